//! A choice among the stretches of a text, or none of them, by weights of hashed features.
//!
//! A stretch has the features of its start, of its end and of both together; the probability is the
//! softmax over all stretches and over none (a conditional logit, McFadden 1974). The number of the
//! model file is the least probability at which a stretch is chosen. A gate, a logistic regression
//! over the features of none, turns most questions away before a stretch is looked at.

use super::features::Features;
use crate::error::Result;
use crate::text::weights::WeightTable;

/// Binary logarithm of the number of features.
const BITS: u32 = 17;
/// The number of features that are told apart.
const FEATURES: usize = 1 << BITS;

/// The number of features of none that the gate tells apart; its weights follow the others.
const GATE_FEATURES: usize = 1 << 14;
/// Least probability, by the gate, of a right stretch at which stretches are looked at.
const LEAST_GATE: f32 = 0.06;

/// How much lower, in logarithms of odds, the score of the ends of a stretch may be than that of
/// the best: what a stretch as a whole can make good.
const FAR: f32 = 8.0;

/// The place of the gate's weight of a feature.
fn gate_place(feature: u32) -> usize {
    FEATURES + feature as usize % GATE_FEATURES
}

/// The logistic function.
fn logistic(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

/// Hashed features, a row after the other; every row has as many.
#[derive(Debug, Clone, Default)]
pub struct FeatureRows {
    width: usize,
    features: Vec<u32>,
}

/// The numbers of the features of a row: the high bits of their hashes are mixed in, since the low
/// ones alone tell less.
fn folded(row: &Features) -> impl Iterator<Item = u32> {
    row.hashes().iter().map(|h| (h ^ (h >> BITS)) & (FEATURES as u32 - 1))
}

impl FeatureRows {
    /// Adds the features of one row, as many as the other rows have.
    pub fn push(&mut self, row: &Features) {
        debug_assert!(self.features.is_empty() || self.width == row.hashes().len());
        self.width = row.hashes().len();
        self.features.extend(folded(row));
    }

    fn row(&self, i: usize) -> &[u32] {
        &self.features[i * self.width..(i + 1) * self.width]
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.features.len().checked_div(self.width).unwrap_or(0)
    }

    /// True without a row.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }
}

/// The stretches among which one is chosen, or none.
#[derive(Debug, Clone, Default)]
pub struct Alternatives {
    /// One row: of there being none.
    pub none: FeatureRows,
    pub starts: FeatureRows,
    pub ends: FeatureRows,
    /// The start and the end of each stretch: rows of `starts` and of `ends`.
    pub stretches: Vec<(u32, u32)>,
    /// A row for each stretch.
    pub pairs: FeatureRows,
}

impl Alternatives {
    /// The scores of none and of each stretch, in this order.
    fn scores(&self, weight: impl Fn(u32) -> f32) -> Vec<f32> {
        let mut scores = vec![sum(self.none.row(0), &weight)];
        scores.extend(self.end_scores(&weight));
        for (i, score) in scores[1..].iter_mut().enumerate() {
            *score += sum(self.pairs.row(i), &weight);
        }
        scores
    }

    /// The scores of the start and the end of each stretch together.
    fn end_scores(&self, weight: impl Fn(u32) -> f32) -> impl Iterator<Item = f32> {
        let sums = |rows: &FeatureRows| -> Vec<f32> {
            (0..rows.len()).map(|i| sum(rows.row(i), &weight)).collect()
        };
        let (starts, ends) = (sums(&self.starts), sums(&self.ends));
        self.stretches.iter().map(move |&(start, end)| starts[start as usize] + ends[end as usize])
    }
}

/// The sum of the weights of a row.
fn sum(row: &[u32], weight: impl Fn(u32) -> f32) -> f32 {
    row.iter().map(|&f| weight(f)).sum()
}

/// The softmax of `scores`.
fn probabilities(mut scores: Vec<f32>) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|s| *s = (*s - most).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|s| *s /= sum);
    scores
}

/// A trained choice; without a model nothing is chosen.
#[derive(Debug, Default)]
pub struct StretchChoice(WeightTable);

impl StretchChoice {
    /// Reads a model; no bytes at all are a choice without one. `file` names it in errors.
    ///
    /// # Errors
    /// [`crate::error::Error::Definition`] where the length is another.
    pub fn read(file: &str, bytes: &[u8]) -> Result<StretchChoice> {
        WeightTable::read(file, bytes, FEATURES + GATE_FEATURES).map(StretchChoice)
    }

    /// True if there is no model.
    pub fn is_empty(&self) -> bool {
        self.0.weights.is_empty()
    }

    /// False where the features of none alone tell that no stretch is right.
    pub fn may_choose(&self, none: &FeatureRows) -> bool {
        let weights = &self.0.weights;
        let gate = |&f: &u32| weights.get(gate_place(f)).copied().unwrap_or(0);
        let sum: f32 = none.row(0).iter().map(|f| f32::from(gate(f))).sum();
        !self.is_empty() && logistic(sum * self.0.unit) >= LEAST_GATE
    }

    fn weight(&self, feature: u32) -> f32 {
        f32::from(self.0.weights[feature as usize]) * self.0.unit
    }

    /// The least probability at which a stretch is chosen.
    pub fn least(&self) -> f32 {
        self.0.number
    }

    /// The likeliest stretch, as a position in the list, and the probability that there is one;
    /// `None` where there are none. `pair` adds the features of a stretch as a whole; it is asked
    /// for those whose starts and ends together are not far worse than the best, since others have
    /// hardly a part in the probability.
    pub fn best(
        &self,
        alternatives: &Alternatives,
        mut pair: impl FnMut(usize, &mut Features),
    ) -> Option<(usize, f64)> {
        if self.is_empty() {
            return None;
        }
        let ends: Vec<f32> = alternatives.end_scores(|f| self.weight(f)).collect();
        let most = ends.iter().copied().fold(f32::MIN, f32::max);
        let near: Vec<usize> = (0..ends.len()).filter(|&i| ends[i] >= most - FAR).collect();
        let mut scores = vec![sum(alternatives.none.row(0), |f| self.weight(f))];
        let mut features = Features::default();
        for &i in &near {
            features.clear();
            pair(i, &mut features);
            scores.push(ends[i] + folded(&features).map(|f| self.weight(f)).sum::<f32>());
        }
        let found = probabilities(scores);
        let likelier = |best: usize, i: usize| if found[i] > found[best] { i } else { best };
        let best = (1..found.len()).reduce(likelier)?;
        Some((near[best - 1], f64::from(1.0 - found[0])))
    }
}

/// Alternatives with the stretches that are right, by their positions; none is right where there
/// are none.
#[derive(Debug, Clone, Default)]
pub struct ChoiceLesson {
    pub alternatives: Alternatives,
    pub right: Vec<usize>,
}

/// The rate of AdaGrad (Duchi, Hazan and Singer, 2011).
const RATE: f32 = 0.15;
/// The start of its sums of squares: a feature that is seen once moves little.
const SQUARES: f32 = 0.01;
/// Gradients below this change nothing.
const NEGLIGIBLE: f32 = 1e-4;

/// The bytes of a model learnt from `lessons` in their order, in so many passes, that chooses from
/// a probability of `least` on. The likelihood of the right stretches together is raised.
pub fn learn(lessons: &[&ChoiceLesson], passes: usize, least: f32) -> Vec<u8> {
    let mut weights = vec![0.0f32; FEATURES + GATE_FEATURES];
    let mut squares = vec![SQUARES; FEATURES + GATE_FEATURES];
    for _ in 0..passes {
        for ChoiceLesson { alternatives, right } in lessons {
            let found = probabilities(alternatives.scores(|f| weights[f as usize]));
            let mut wanted = vec![0.0f32; found.len()];
            let sum: f32 = right.iter().map(|&i| found[i + 1]).sum();
            right.iter().for_each(|&i| wanted[i + 1] = found[i + 1] / sum.max(1e-12));
            if right.is_empty() {
                wanted[0] = 1.0;
            }
            let none = alternatives.none.row(0);
            let open: f32 = none.iter().map(|&f| weights[gate_place(f)]).sum();
            let mut move_by = |place: usize, gradient: f32| {
                squares[place] += gradient * gradient;
                weights[place] -= RATE * gradient / squares[place].sqrt();
            };
            let gradient = logistic(open) - (1.0 - wanted[0]);
            none.iter().for_each(|&f| move_by(gate_place(f), gradient));
            let mut step = |row: &[u32], gradient: f32| {
                row.iter().for_each(|&f| move_by(f as usize, gradient));
            };
            step(none, found[0] - wanted[0]);
            for (i, &(start, end)) in alternatives.stretches.iter().enumerate() {
                let gradient = found[i + 1] - wanted[i + 1];
                if gradient.abs() > NEGLIGIBLE {
                    step(alternatives.starts.row(start as usize), gradient);
                    step(alternatives.ends.row(end as usize), gradient);
                    step(alternatives.pairs.row(i), gradient);
                }
            }
        }
    }
    WeightTable::quantized(&weights, least).to_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stretches of one character in `text`, `right` of them right.
    fn lesson(text: &str, right: &[usize]) -> ChoiceLesson {
        let mut alternatives = Alternatives::default();
        let mut features = Features::default();
        features.add("none", "");
        alternatives.none.push(&features);
        for (i, c) in text.char_indices() {
            let mut row = |rows: &mut FeatureRows, template: &'static str| {
                features.clear();
                features.add(template, c.encode_utf8(&mut [0; 4]));
                rows.push(&features);
            };
            row(&mut alternatives.starts, "start");
            row(&mut alternatives.ends, "end");
            row(&mut alternatives.pairs, "pair");
            alternatives.stretches.push((i as u32, i as u32));
        }
        ChoiceLesson { alternatives, right: right.to_vec() }
    }

    /// Adds the features of a stretch of `text` as a whole.
    fn pair(text: &str) -> impl Fn(usize, &mut Features) {
        let characters: Vec<String> = text.chars().map(String::from).collect();
        move |stretch, features| features.add("pair", &characters[stretch])
    }

    #[test]
    fn what_was_right_is_chosen_again_and_nothing_where_nothing_was() {
        let lessons = [lesson("axb", &[1]), lesson("ab", &[]), lesson("xcc", &[0])];
        let model = learn(&lessons.iter().collect::<Vec<_>>(), 20, 0.5);
        let choice = StretchChoice::read("own.model", &model).unwrap();
        let best = |text: &str| {
            let (best, any) = choice.best(&lesson(text, &[]).alternatives, pair(text))?;
            (any >= f64::from(choice.least())).then_some(best)
        };
        assert_eq!((best("cbx"), best("ab")), (Some(2), None));
        let none = StretchChoice::default();
        assert_eq!(none.best(&lesson("x", &[]).alternatives, pair("x")), None);
    }
}
