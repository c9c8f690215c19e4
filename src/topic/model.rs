//! A linear model over words, in a compact form: what train.rs writes and classify.rs reads.
//!
//! Format 1, little endian: `JBTM`, u8 format, u8 labels, u32 features; per label u8 length and
//! name, f32 bias, f32 scale; f32 ratio, f32 floor, three f32 of the length estimate; then features
//! in the order of their hashes: all u32 hashes, all u8 IDFs, all weights (one i8 a label,
//! companded by a square root).

use super::bag::Bag;
use super::table::{HashTable, ModelReader};
use crate::error::{Error, Result};

const MAGIC: &[u8; 4] = b"JBTM";
const FORMAT: u8 = 1;
/// IDFs lie between 1 and 13 (a corpus of some 160,000 articles); one step of the stored byte.
const IDF_STEP: f32 = 12.0 / 255.0;

/// A trained model: labels with the weights of words for each.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    labels: Vec<String>,
    bias: Vec<f32>,
    scale: Vec<f32>,
    decision: Decision,
    length: Length,
    words: HashTable,
    idf: Vec<u8>,
    /// `labels.len()` weights for each feature.
    weights: Vec<i8>,
}

/// When a second or third label is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// Least probability in proportion to the best label's.
    pub ratio: f32,
    /// Least probability.
    pub floor: f32,
}

/// The length of an article's vector in the directions that the model was trained in, estimated
/// from what is at hand: ln length = `constant` + `scores` x ln length of the centred scores +
/// `features` x ln number of features. All zero where the model was trained on the words
/// themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Length {
    pub constant: f32,
    pub scores: f32,
    pub features: f32,
}

/// The features that a model knows in one article, weighted by TF-IDF and normalised to length 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vector {
    /// `(feature, value)` in the order of features.
    pub parts: Vec<(u32, f32)>,
}

/// The parts of a model, unquantised; train.rs fills it in.
pub(super) struct Parts {
    pub labels: Vec<String>,
    pub bias: Vec<f32>,
    pub decision: Decision,
    pub length: Length,
    /// Sorted, unique.
    pub hashes: Vec<u32>,
    pub idf: Vec<f32>,
    /// `labels.len()` weights for each feature.
    pub weights: Vec<f32>,
}

impl Model {
    /// Reads what [`Model::to_bytes`] wrote. `file` names it in errors.
    ///
    /// # Errors
    /// [`Error::Definition`] where the bytes are no model of this format.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Model> {
        let wrong = |reason: &str| Error::Definition {
            file: file.to_owned(),
            line: 0,
            reason: reason.to_owned(),
        };
        let mut rest = ModelReader { bytes };
        if rest.take(4) != Some(MAGIC) {
            return Err(wrong("not a topic model"));
        }
        match rest.byte() {
            Some(FORMAT) => {}
            Some(other) => {
                return Err(wrong(&format!("topic model has format {other}, need {FORMAT}")));
            }
            None => return Err(wrong("topic model is cut short")),
        }
        read(&mut rest).ok_or_else(|| wrong("topic model is cut short or damaged"))
    }

    /// The model as bytes, the same for the same model.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.idf.len() * (5 + self.labels.len()));
        out.extend_from_slice(MAGIC);
        out.push(FORMAT);
        out.push(self.labels.len() as u8);
        out.extend_from_slice(&(self.idf.len() as u32).to_le_bytes());
        for (i, label) in self.labels.iter().enumerate() {
            out.push(label.len() as u8);
            out.extend_from_slice(label.as_bytes());
            out.extend_from_slice(&self.bias[i].to_le_bytes());
            out.extend_from_slice(&self.scale[i].to_le_bytes());
        }
        let length = [self.length.constant, self.length.scores, self.length.features];
        for value in [self.decision.ratio, self.decision.floor].into_iter().chain(length) {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for hash in self.words.hashes() {
            out.extend_from_slice(&hash.to_le_bytes());
        }
        out.extend_from_slice(&self.idf);
        out.extend(self.weights.iter().map(|&w| w as u8));
        out
    }

    /// The model that `parts` make, quantised.
    pub(super) fn quantised(parts: Parts) -> Model {
        let width = parts.labels.len();
        let mut scale = vec![0.0f32; width];
        for row in parts.weights.chunks(width.max(1)) {
            for (s, w) in scale.iter_mut().zip(row) {
                *s = s.max(w.abs());
            }
        }
        let weights =
            parts.weights.iter().enumerate().map(|(i, &w)| squeeze(w, scale[i % width])).collect();
        let idf = parts
            .idf
            .iter()
            .map(|&v| ((v - 1.0) / IDF_STEP).round().clamp(0.0, 255.0) as u8)
            .collect();
        let words = HashTable::new(parts.hashes);
        Model {
            labels: parts.labels,
            bias: parts.bias,
            scale,
            decision: parts.decision,
            length: parts.length,
            words,
            idf,
            weights,
        }
    }

    /// The labels, in the order of all scores.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// When a second or third label is given.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The number of words the model knows.
    pub fn n_features(&self) -> usize {
        self.idf.len()
    }

    /// The known words of `bag`: (1 + ln count) x IDF, normalised to length 1.
    pub fn vector(&self, bag: &Bag) -> Vector {
        let known = bag.iter().filter_map(|(hash, count)| Some((self.feature(hash)?, count)));
        weighted(known, |feature| self.idf(feature))
    }

    /// The weight of a word that occurs `count` times, before normalisation.
    pub(super) fn value(&self, feature: u32, count: u32) -> f32 {
        dampened(count) * self.idf(feature)
    }

    /// The score of `label` for each unit of the value of `feature`.
    pub(super) fn weight(&self, feature: u32, label: usize) -> f32 {
        let weight = self.weights[feature as usize * self.labels.len() + label];
        unsqueeze(weight) * self.scale[label]
    }

    /// Each label's probability (they sum to 1), given features and their values, normalised to
    /// length 1.
    pub fn probabilities(&self, vector: impl Iterator<Item = (u32, f32)>) -> Vec<f32> {
        let width = self.labels.len();
        let mut sums = vec![0.0f32; width];
        let mut n_features = 0;
        for (feature, value) in vector {
            n_features += 1;
            let at = feature as usize * width;
            for (sum, &weight) in sums.iter_mut().zip(&self.weights[at..at + width]) {
                *sum += value * unsqueeze(weight);
            }
        }
        sums.iter_mut().zip(&self.scale).for_each(|(sum, scale)| *sum *= scale);
        let length = self.length.of(&sums, n_features);
        sums.iter_mut().zip(&self.bias).for_each(|(sum, bias)| *sum = *sum / length + bias);
        softmax(&mut sums);
        sums
    }

    /// Labels by probability, best first (ties: the earlier label), cut by the model's decision:
    /// one to three.
    pub fn decide(&self, probabilities: &[f32]) -> Vec<usize> {
        decide(probabilities, self.decision)
    }

    fn idf(&self, feature: u32) -> f32 {
        1.0 + f32::from(self.idf[feature as usize]) * IDF_STEP
    }

    /// The feature of a word, by its hash.
    pub(super) fn feature(&self, hash: u32) -> Option<u32> {
        self.words.find(hash)
    }
}

impl Length {
    /// The two numbers that the estimate rests on: ln length of the centred scores, ln number of
    /// features.
    pub(super) fn signs(scores: &[f32], n_features: usize) -> [f32; 2] {
        let mean = scores.iter().sum::<f32>() / scores.len().max(1) as f32;
        let length = scores.iter().map(|s| (s - mean) * (s - mean)).sum::<f32>().sqrt();
        [length.max(1e-6).ln(), (n_features.max(1) as f32).ln()]
    }

    fn of(self, scores: &[f32], n_features: usize) -> f32 {
        if self == Length::default() {
            return 1.0;
        }
        let [scores, features] = Length::signs(scores, n_features);
        (self.constant + self.scores * scores + self.features * features).exp().clamp(0.05, 1.0)
    }
}

/// See [`Model::decide`].
pub(super) fn decide(probabilities: &[f32], decision: Decision) -> Vec<usize> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
    let best = order.first().map_or(0.0, |&i| probabilities[i]);
    // A third label is rare in what editors give: it has to be 1.4 times as sure as a second.
    let enough = |rank: usize, p: f32| match rank {
        0 => true,
        1 => p >= decision.floor && p >= decision.ratio * best,
        2 => p >= decision.floor && p >= 1.4 * decision.ratio * best,
        _ => false,
    };
    let n =
        order.iter().enumerate().take_while(|&(rank, &i)| enough(rank, probabilities[i])).count();
    order.truncate(n);
    order
}

/// (1 + ln count) x `idf` of each feature, sorted by feature and normalised to length 1.
pub(super) fn weighted(
    counts: impl Iterator<Item = (u32, u32)>,
    idf: impl Fn(u32) -> f32,
) -> Vector {
    let mut parts: Vec<(u32, f32)> =
        counts.map(|(feature, count)| (feature, dampened(count) * idf(feature))).collect();
    parts.sort_unstable_by_key(|&(feature, _)| feature);
    let length = parts.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
    if length > 0.0 {
        parts.iter_mut().for_each(|(_, v)| *v /= length);
    }
    Vector { parts }
}

/// Turns scores into probabilities.
pub(super) fn softmax(scores: &mut [f32]) {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - top).exp();
        total += *score;
    }
    scores.iter_mut().for_each(|s| *s /= total);
}

/// 1 + ln count: a word said ten times says three times as much as a word said once.
fn dampened(count: u32) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + (count.max(1) as f32).ln() }
}

/// A weight as a signed byte: the square root keeps small weights apart.
fn squeeze(weight: f32, scale: f32) -> i8 {
    if scale == 0.0 {
        return 0;
    }
    let byte = ((weight.abs() / scale).sqrt() * 127.0).round().min(127.0);
    (if weight < 0.0 { -byte } else { byte }) as i8
}

/// The value of a weight's byte, in proportion to the label's scale. Computed, not looked up,
/// so that many are done at once.
#[inline]
fn unsqueeze(weight: i8) -> f32 {
    let part = f32::from(weight) / 127.0;
    part * part.abs()
}

/// Everything after the format byte; `None` where it is damaged.
fn read(rest: &mut ModelReader) -> Option<Model> {
    let n_labels = rest.byte()? as usize;
    let n_features = rest.number()? as usize;
    let (mut labels, mut bias, mut scale) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..n_labels {
        let length = rest.byte()? as usize;
        labels.push(std::str::from_utf8(rest.take(length)?).ok()?.to_owned());
        bias.push(rest.real()?);
        scale.push(rest.real()?);
    }
    let decision = Decision { ratio: rest.real()?, floor: rest.real()? };
    let length = Length { constant: rest.real()?, scores: rest.real()?, features: rest.real()? };
    let words = HashTable::new(rest.hashes(n_features)?);
    let idf = rest.take(n_features)?.to_vec();
    let weights = rest.take(n_features.checked_mul(n_labels)?)?.iter().map(|&b| b as i8).collect();
    let whole = n_labels > 0 && rest.bytes.is_empty();
    whole.then_some(Model { labels, bias, scale, decision, length, words, idf, weights })
}
