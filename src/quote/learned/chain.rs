//! A linear-chain conditional random field: the labels of a sequence, each with its probability
//! (Lafferty, McCallum, Pereira 2001).
//!
//! The model file is text. `labels` names the labels, `least` is the least probability at which
//! the first label is given, `transition FROM TO WEIGHT` has a line for
//! each pair, and a line `FEATURE TAB WEIGHT ...` has a weight for each label.

use super::features::{Features, hash_name};
use crate::error::{Error, Result};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Most labels of a chain.
pub const MAX_LABELS: usize = 4;

/// One number for each label.
pub type PerLabel = [f64; MAX_LABELS];

/// A trained chain.
#[derive(Debug, Default)]
pub struct Chain {
    labels: Vec<String>,
    /// The least probability at which its first label is given.
    least: f64,
    /// From the first label to the second.
    transitions: [PerLabel; MAX_LABELS],
    weights: HashMap<u32, [f32; MAX_LABELS], FixedState>,
}

impl Chain {
    /// Reads a model. `file` names it in errors.
    ///
    /// # Errors
    /// [`Error::Definition`] with the line that is not as described above.
    pub fn parse(file: &str, text: &str) -> Result<Chain> {
        let mut chain = Chain::default();
        for (i, line) in text.lines().enumerate() {
            chain.read_line(line).ok_or_else(|| Error::Definition {
                file: file.to_owned(),
                line: i + 1,
                reason: format!("`{line}` is no line of a chain model"),
            })?;
        }
        Ok(chain)
    }

    fn read_line(&mut self, line: &str) -> Option<()> {
        if line.is_empty() || line.starts_with('#') {
            return Some(());
        }
        let mut columns = line.split('\t');
        let name = columns.next()?;
        match name {
            "labels" => {
                self.labels = columns.map(str::to_owned).collect();
                return (self.labels.len() <= MAX_LABELS).then_some(());
            }
            "least" => self.least = columns.next()?.parse().ok()?,
            "transition" => {
                let (from, to) = (self.label(columns.next()?)?, self.label(columns.next()?)?);
                self.transitions[from][to] = columns.next()?.parse().ok()?;
            }
            _ => {
                let mut row = [0.0; MAX_LABELS];
                for slot in &mut row[..self.labels.len()] {
                    *slot = columns.next()?.parse().ok()?;
                }
                self.weights.insert(hash_name(name), row);
            }
        }
        columns.next().is_none().then_some(())
    }

    /// The least probability at which the first label is given, chosen by cross-validation.
    pub fn least(&self) -> f64 {
        self.least
    }

    /// The number of the label `name`.
    pub fn label(&self, name: &str) -> Option<usize> {
        self.labels.iter().position(|l| l == name)
    }

    /// The probability of each label at each place of `sequence`.
    pub fn marginals(&self, sequence: &[Features]) -> Vec<PerLabel> {
        let scores: Vec<PerLabel> = sequence.iter().map(|f| self.score(f)).collect();
        marginals(&scores, &self.transitions, self.labels.len()).places
    }

    fn score(&self, features: &Features) -> PerLabel {
        let mut sum = [0.0; MAX_LABELS];
        for row in features.hashes().iter().filter_map(|h| self.weights.get(h)) {
            for (s, w) in sum.iter_mut().zip(row) {
                *s += f64::from(*w);
            }
        }
        sum
    }
}

/// The probabilities of a sequence's labels, by its scores.
#[derive(Debug, Clone, Default)]
pub struct Marginals {
    /// The probability of each label at each place.
    pub places: Vec<PerLabel>,
    /// The expected number of transitions from the first label to the second.
    pub transitions: [PerLabel; MAX_LABELS],
    /// The logarithm of the sum over all labellings.
    pub log_sum: f64,
}

/// Forward-backward over the first `labels` labels. A score of minus infinity forbids a label.
pub fn marginals(
    scores: &[PerLabel],
    transitions: &[PerLabel; MAX_LABELS],
    labels: usize,
) -> Marginals {
    let mut found = Marginals::default();
    let n = scores.len();
    if n == 0 || labels == 0 {
        return found;
    }
    let step: Vec<PerLabel> = transitions.iter().map(|row| row.map(f64::exp)).collect();
    // Scores are taken relative to the best of their place, so that no exponential overflows.
    let best: Vec<f64> =
        scores.iter().map(|s| s[..labels].iter().copied().fold(f64::MIN, f64::max)).collect();
    let local: Vec<PerLabel> =
        scores.iter().zip(&best).map(|(s, b)| s.map(|v| (v - b).exp())).collect();
    let (forward, log_sum) = forward(&local, &step, labels);
    let backward = backward(&local, &step, labels);
    found.log_sum = log_sum + best.iter().sum::<f64>();
    for i in 0..n {
        let mut place = [0.0; MAX_LABELS];
        for (l, p) in place.iter_mut().enumerate().take(labels) {
            *p = forward[i][l] * backward[i][l];
        }
        let sum: f64 = place.iter().sum();
        found.places.push(place.map(|v| v / sum));
    }
    for i in 1..n {
        let mut pairs = [[0.0; MAX_LABELS]; MAX_LABELS];
        let mut sum = 0.0;
        for from in 0..labels {
            for to in 0..labels {
                let pair = forward[i - 1][from] * step[from][to] * local[i][to] * backward[i][to];
                pairs[from][to] = pair;
                sum += pair;
            }
        }
        for (total, pair) in found.transitions.iter_mut().flatten().zip(pairs.iter().flatten()) {
            *total += pair / sum;
        }
    }
    found
}

/// The probability of each label at each place given the places before it, and the logarithm of
/// the sum over all labellings of `local`.
fn forward(local: &[PerLabel], step: &[PerLabel], labels: usize) -> (Vec<PerLabel>, f64) {
    let mut forward = vec![[0.0; MAX_LABELS]; local.len()];
    let mut log_sum = 0.0;
    for i in 0..local.len() {
        for to in 0..labels {
            let before = match i {
                0 => 1.0,
                _ => (0..labels).map(|from| forward[i - 1][from] * step[from][to]).sum(),
            };
            forward[i][to] = before * local[i][to];
        }
        let sum: f64 = forward[i][..labels].iter().sum();
        forward[i].iter_mut().for_each(|v| *v /= sum);
        log_sum += sum.ln();
    }
    (forward, log_sum)
}

/// The weight of all labellings of the places after each, for each of its labels, to scale.
fn backward(local: &[PerLabel], step: &[PerLabel], labels: usize) -> Vec<PerLabel> {
    let mut backward = vec![[1.0; MAX_LABELS]; local.len()];
    for i in (0..local.len() - 1).rev() {
        for from in 0..labels {
            backward[i][from] =
                (0..labels).map(|to| step[from][to] * local[i + 1][to] * backward[i + 1][to]).sum();
        }
        let sum: f64 = backward[i][..labels].iter().sum();
        backward[i].iter_mut().for_each(|v| *v /= sum);
    }
    backward
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums over every labelling, one by one.
    fn by_hand(
        scores: &[PerLabel],
        transitions: &[PerLabel; MAX_LABELS],
        labels: usize,
    ) -> Marginals {
        let n = scores.len();
        let mut found = Marginals { places: vec![[0.0; MAX_LABELS]; n], ..Marginals::default() };
        let mut sum = 0.0;
        for code in 0..labels.pow(n as u32) {
            let path: Vec<usize> = (0..n).map(|i| code / labels.pow(i as u32) % labels).collect();
            let local: f64 = path.iter().zip(scores).map(|(&l, s)| s[l]).sum();
            let steps: f64 = path.windows(2).map(|w| transitions[w[0]][w[1]]).sum();
            let weight = (local + steps).exp();
            sum += weight;
            path.iter().enumerate().for_each(|(i, &l)| found.places[i][l] += weight);
            path.windows(2).for_each(|w| found.transitions[w[0]][w[1]] += weight);
        }
        found.places.iter_mut().flatten().for_each(|p| *p /= sum);
        found.transitions.iter_mut().flatten().for_each(|p| *p /= sum);
        found.log_sum = sum.ln();
        found
    }

    #[test]
    fn forward_backward_is_the_sum_over_all_labellings() {
        let scores = [
            [0.3, -1.0, 0.5, 0.0],
            [2.0, 0.1, -0.4, 0.0],
            [-3.0, 0.7, f64::NEG_INFINITY, 0.0],
            [0.0, 0.0, 1.5, 0.0],
        ];
        let transitions =
            [[1.0, -0.5, 0.2, 0.0], [0.0, 0.8, -1.0, 0.0], [0.3, 0.3, 0.3, 0.0], [0.0; 4]];
        let (fast, slow) = (marginals(&scores, &transitions, 3), by_hand(&scores, &transitions, 3));
        assert!((fast.log_sum - slow.log_sum).abs() < 1e-9);
        let numbers = |m: &Marginals| -> Vec<f64> {
            m.places.iter().chain(&m.transitions).flatten().copied().collect()
        };
        for (a, b) in numbers(&fast).into_iter().zip(numbers(&slow)) {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn a_model_is_read_from_its_text() {
        let text = "# a comment\nlabels\tC\tO\ntransition\tC\tC\t1.5\nfirst=我们\t2.0\t-1.0\n";
        let chain = Chain::parse("continuation.model", text).unwrap();
        let mut features = Features::default();
        features.add("first", "我们");
        let place = chain.marginals(&[features])[0];
        assert!((place[0] - 1.0 / (1.0 + (-3.0f64).exp())).abs() < 1e-9);
        let error = Chain::parse("continuation.model", "labels\tC\nx=1\tlow\n").unwrap_err();
        assert!(error.to_string().contains("low"));
    }
}
