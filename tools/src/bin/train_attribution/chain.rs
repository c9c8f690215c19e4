//! Learns a linear-chain conditional random field with an L1 and an L2 penalty, by accelerated
//! proximal gradient steps (FISTA; Beck, Teboulle 2009) with restarts (O'Donoghue, Candès 2015).
//!
//! A place may allow several labels; the likelihood then is that of any allowed labelling. Sums run
//! in a fixed order on one thread, so the same data give the same weights.

use jianbao::quote::learned::chain::{MAX_LABELS, Marginals, PerLabel, marginals};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// One sequence: the features of each place, and the labels that are allowed there.
pub struct Sequence {
    pub features: Vec<Vec<u32>>,
    /// The number of its article.
    pub article: usize,
    pub allowed: Vec<[bool; MAX_LABELS]>,
}

/// How to learn.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Weight of the sum of absolute weights.
    pub l1: f64,
    /// Weight of the sum of squared weights.
    pub l2: f64,
    /// Least number of articles that a feature must occur in.
    pub least: usize,
    pub steps: usize,
}

/// Weights as learnt.
pub struct Learnt {
    labels: Vec<&'static str>,
    transitions: [PerLabel; MAX_LABELS],
    /// By the feature's number.
    weights: BTreeMap<u32, PerLabel>,
}

/// Learns the weights of the features of `sequences` for `labels`.
pub fn learn(labels: &[&'static str], sequences: &[&Sequence], options: Options) -> Learnt {
    let mut found: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
    for sequence in sequences {
        for feature in sequence.features.iter().flatten() {
            found.entry(*feature).or_default().insert(sequence.article);
        }
    }
    found.retain(|_, articles| articles.len() >= options.least);
    let numbers: BTreeMap<u32, usize> = found.keys().enumerate().map(|(i, f)| (*f, i)).collect();
    let problem = Problem {
        sequences: sequences
            .iter()
            .map(|s| {
                let known =
                    |p: &Vec<u32>| p.iter().filter_map(|f| numbers.get(f).copied()).collect();
                (s.features.iter().map(known).collect(), s.allowed.as_slice())
            })
            .collect(),
        labels: labels.len(),
        features: numbers.len(),
    };
    let w = problem.minimise(options);
    let mut learnt = Learnt {
        labels: labels.to_vec(),
        transitions: problem.transitions(&w),
        weights: BTreeMap::new(),
    };
    for (feature, i) in numbers {
        let row = problem.row(&w, i);
        if row.iter().any(|v| *v != 0.0) {
            learnt.weights.insert(feature, row);
        }
    }
    learnt
}

impl Learnt {
    /// The model as text. `names` gives each feature's name.
    pub fn text(&self, names: &BTreeMap<u32, String>, least: f64, comment: &str) -> String {
        let mut text = String::new();
        for line in comment.lines() {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "labels\t{}", self.labels.join("\t"));
        let _ = writeln!(text, "least\t{least}");
        for (from, row) in self.labels.iter().zip(&self.transitions) {
            for (to, w) in self.labels.iter().zip(row) {
                let _ = writeln!(text, "transition\t{from}\t{to}\t{w:.4}");
            }
        }
        let mut rows: Vec<(&String, &PerLabel)> =
            self.weights.iter().filter_map(|(f, row)| Some((names.get(f)?, row))).collect();
        rows.sort_unstable_by_key(|(name, _)| *name);
        for (name, row) in rows {
            text.push_str(name);
            for w in &row[..self.labels.len()] {
                let _ = write!(text, "\t{w:.4}");
            }
            text.push('\n');
        }
        text
    }
}

/// The places of a sequence by feature numbers, and the labels allowed at each.
type Numbered<'a> = (Vec<Vec<usize>>, &'a [[bool; MAX_LABELS]]);

struct Problem<'a> {
    sequences: Vec<Numbered<'a>>,
    labels: usize,
    features: usize,
}

impl Problem<'_> {
    /// The weights are those of each feature's labels, then the transitions.
    fn size(&self) -> usize {
        (self.features + self.labels) * self.labels
    }

    fn row(&self, w: &[f64], feature: usize) -> PerLabel {
        let mut row = [0.0; MAX_LABELS];
        row[..self.labels].copy_from_slice(&w[feature * self.labels..(feature + 1) * self.labels]);
        row
    }

    fn transitions(&self, w: &[f64]) -> [PerLabel; MAX_LABELS] {
        let mut table = [[0.0; MAX_LABELS]; MAX_LABELS];
        for (from, row) in table.iter_mut().enumerate().take(self.labels) {
            *row = self.row(w, self.features + from);
        }
        table
    }

    /// The negative logarithm of the likelihood with the L2 penalty, and its gradient.
    fn loss(&self, w: &[f64], l2: f64) -> (f64, Vec<f64>) {
        let mut gradient: Vec<f64> = w.iter().map(|v| 2.0 * l2 * v).collect();
        let mut loss = l2 * w.iter().map(|v| v * v).sum::<f64>();
        let transitions = self.transitions(w);
        for (features, allowed) in &self.sequences {
            let scores: Vec<PerLabel> = features
                .iter()
                .map(|place| {
                    let mut sum = [0.0; MAX_LABELS];
                    for &f in place {
                        for (l, s) in sum.iter_mut().enumerate().take(self.labels) {
                            *s += w[f * self.labels + l];
                        }
                    }
                    sum
                })
                .collect();
            let narrowed: Vec<PerLabel> = scores
                .iter()
                .zip(*allowed)
                .map(|(s, a)| std::array::from_fn(|l| if a[l] { s[l] } else { f64::NEG_INFINITY }))
                .collect();
            let free = marginals(&scores, &transitions, self.labels);
            let bound = marginals(&narrowed, &transitions, self.labels);
            loss += free.log_sum - bound.log_sum;
            self.descend(features, &free, &bound, &mut gradient);
        }
        (loss, gradient)
    }

    /// Adds what one sequence contributes to the gradient.
    fn descend(
        &self,
        features: &[Vec<usize>],
        free: &Marginals,
        bound: &Marginals,
        gradient: &mut [f64],
    ) {
        for (i, place) in features.iter().enumerate() {
            for &f in place {
                for l in 0..self.labels {
                    gradient[f * self.labels + l] += free.places[i][l] - bound.places[i][l];
                }
            }
        }
        for from in 0..self.labels {
            for to in 0..self.labels {
                gradient[(self.features + from) * self.labels + to] +=
                    free.transitions[from][to] - bound.transitions[from][to];
            }
        }
    }

    fn minimise(&self, options: Options) -> Vec<f64> {
        let mut w = vec![0.0; self.size()];
        let mut ahead = w.clone();
        let mut momentum = 1.0f64;
        let mut rate = 0.01f64;
        for _ in 0..options.steps {
            let (loss, gradient) = self.loss(&ahead, options.l2);
            let next = loop {
                let next: Vec<f64> = ahead
                    .iter()
                    .zip(&gradient)
                    .map(|(a, g)| shrink(a - rate * g, rate * options.l1))
                    .collect();
                let (reached, _) = self.loss(&next, options.l2);
                let (mut linear, mut square) = (0.0, 0.0);
                for ((n, a), g) in next.iter().zip(&ahead).zip(&gradient) {
                    linear += (n - a) * g;
                    square += (n - a) * (n - a);
                }
                if reached <= loss + linear + square / (2.0 * rate) + 1e-9 || rate < 1e-9 {
                    break next;
                }
                rate /= 2.0;
            };
            let uphill: f64 =
                next.iter().zip(&w).zip(&ahead).map(|((n, w), a)| (a - n) * (n - w)).sum();
            let following = (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt()) / 2.0;
            let push = if uphill > 0.0 { 0.0 } else { (momentum - 1.0) / following };
            momentum = if uphill > 0.0 { 1.0 } else { following };
            ahead = next.iter().zip(&w).map(|(n, w)| n + push * (n - w)).collect();
            w = next;
            rate *= 1.05;
        }
        w
    }
}

/// `v` moved towards zero by `by`.
fn shrink(v: f64, by: f64) -> f64 {
    v.signum() * (v.abs() - by).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jianbao::quote::learned::chain::Chain;
    use jianbao::quote::learned::features::Features;

    #[test]
    fn a_chain_learns_that_labels_hold_on() {
        // The first place tells the label by its feature, the others only by what precedes them.
        let only = |label: usize| std::array::from_fn(|l| l == label);
        let mut names = BTreeMap::new();
        let mut place = |value: &str| {
            let mut features = Features::named();
            features.add("sign", value);
            names.insert(features.hashes()[0], features.names()[0].clone());
            features
        };
        let (on, off, none) = (place("on"), place("off"), place("none"));
        let sequence = |first: &Features, label: usize, article: usize| Sequence {
            features: [first, &none, &none].map(|f| f.hashes().to_vec()).to_vec(),
            article,
            allowed: vec![only(label); 3],
        };
        let sequences: Vec<Sequence> = (0..20)
            .map(|i| if i % 2 == 0 { sequence(&on, 0, i) } else { sequence(&off, 1, i) })
            .collect();
        let sequences: Vec<&Sequence> = sequences.iter().collect();
        let options = Options { l1: 0.01, l2: 0.01, least: 1, steps: 100 };
        let text = learn(&["yes", "no"], &sequences, options).text(&names, 0.5, "");
        let chain = Chain::parse("continuation.model", &text).unwrap();
        assert!(chain.marginals(&[on, none.clone(), none.clone()])[2][0] > 0.8, "{text}");
        assert!(chain.marginals(&[off, none.clone(), none])[2][0] < 0.2, "{text}");
    }
}
