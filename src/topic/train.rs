//! Learns a topic model from labelled articles, and says by cross-validation how good it is.
//!
//! Reading articles from folders and files is left to the caller. Training uses one thread and no
//! chance: the same lessons in the same order give the same model, byte for byte.

use super::bag::Bag;
use super::latent::Basis;
use super::logistic::{self, FeatureRow, Fit, Problem};
use super::model::{self, Decision, Length, Model, Parts, Vector};
use crate::error::{Error, Result};
use std::collections::HashMap;

/// One labelled article.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    bag: Bag,
    /// `(label, share)`: shares sum to 1, the first label's is the largest.
    shares: Vec<(usize, f32)>,
    importance: f32,
}

/// The settings of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingOptions {
    /// Directions of latent semantic analysis over the background; 0 learns from the lessons' own
    /// words alone.
    pub n_directions: usize,
    /// The cost of a unit of log loss against the penalty on large weights; larger fits the lessons
    /// more closely.
    pub cost: f64,
    /// A word in fewer articles than this is not learnt.
    pub rarest: u32,
    /// Most steps of the optimiser.
    pub n_steps: usize,
}

/// The result of cross-validation.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// Articles tested.
    pub n_articles: usize,
    /// Share of articles whose best label is the first one given.
    pub accuracy: f64,
    /// Share of articles whose best label is any of those given.
    pub fair: f64,
    /// Micro F1 over all labels, with `decision`.
    pub f1: f64,
    /// The thresholds that gave the best F1.
    pub decision: Decision,
    /// Each label's figures.
    pub labels: Vec<LabelValidation>,
}

/// The result of cross-validation for one label, as an article's best label against its first one.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelValidation {
    /// The label.
    pub label: String,
    /// Of the articles given it, the share that have it.
    pub precision: f64,
    /// Of the articles that have it, the share given it.
    pub recall: f64,
    /// The articles that have it.
    pub n_articles: usize,
}

impl TrainingOptions {
    /// For a user's own folder: no background is needed.
    pub const PLAIN: TrainingOptions =
        TrainingOptions { n_directions: 0, cost: 30.0, rarest: 2, n_steps: 60 };
    /// For few lessons and a large background of unlabelled articles.
    pub const LATENT: TrainingOptions =
        TrainingOptions { n_directions: 300, cost: 8.0, rarest: 6, n_steps: 80 };
}

impl Lesson {
    /// An article and its labels (indices), best first; of labels after the third nothing is
    /// learnt.
    pub fn new(bag: Bag, labels: &[usize]) -> Lesson {
        // What an editor puts first weighs most.
        let shares: &[f32] = match labels.len() {
            0 | 1 => &[1.0],
            2 => &[0.65, 0.35],
            _ => &[0.5, 0.3, 0.2],
        };
        Lesson {
            bag,
            shares: labels.iter().copied().zip(shares.iter().copied()).collect(),
            importance: 1.0,
        }
    }

    /// The same, counting only `importance` (below 1). Such lessons are learnt from and never
    /// tested on.
    pub fn minor(self, importance: f32) -> Lesson {
        Lesson { importance, ..self }
    }

    /// The lesson's words.
    pub fn bag(&self) -> &Bag {
        &self.bag
    }

    fn is_tested(&self) -> bool {
        self.importance >= 1.0
    }
}

/// Learns a model of `labels` from `lessons`; `background` are articles without labels.
///
/// # Errors
/// [`Error::Usage`] where there are fewer than two labels, more than 255, or a label without a
/// lesson.
pub fn learn(
    labels: &[String],
    lessons: &[Lesson],
    background: &[Bag],
    options: TrainingOptions,
) -> Result<Model> {
    check(labels, lessons)?;
    let prepared = Prepared::new(lessons, background, options);
    let decision = prepared.validate(labels, lessons, 5).decision;
    let fit = prepared.fit(lessons, labels.len(), |_| true);
    let model = Model::quantised(Parts {
        labels: labels.to_vec(),
        bias: fit.bias.iter().map(|&b| b as f32).collect(),
        decision,
        length: prepared.length(&fit),
        weights: prepared.word_weights(&fit),
        hashes: prepared.hashes,
        idf: prepared.idf,
    });
    Ok(model)
}

/// Learns from all but one part of the lessons and tests on that part, `n_parts` times. Each
/// label's articles are dealt out to the parts in turn.
///
/// # Errors
/// As [`learn`].
pub fn cross_validate(
    labels: &[String],
    lessons: &[Lesson],
    background: &[Bag],
    n_parts: usize,
    options: TrainingOptions,
) -> Result<Validation> {
    check(labels, lessons)?;
    Ok(Prepared::new(lessons, background, options).validate(labels, lessons, n_parts.max(2)))
}

fn check(labels: &[String], lessons: &[Lesson]) -> Result<()> {
    if labels.len() < 2 || labels.len() > 255 {
        return Err(Error::Usage(format!(
            "training needs 2 to 255 labels, found {}",
            labels.len()
        )));
    }
    if let Some(long) = labels.iter().find(|l| l.len() > 255) {
        return Err(Error::Usage(format!(
            "label `{long}` is longer than 255 bytes; give it a shorter name"
        )));
    }
    for (index, label) in labels.iter().enumerate() {
        if !lessons.iter().any(|l| l.shares.iter().any(|&(i, _)| i == index)) {
            return Err(Error::Usage(format!(
                "label `{label}` has no articles; add some or remove the label"
            )));
        }
    }
    Ok(())
}

/// Lessons and background as numbers; nothing in it depends on labels.
struct Prepared {
    hashes: Vec<u32>,
    idf: Vec<f32>,
    /// Directions of the background, where there are any.
    basis: Option<Basis>,
    /// For each word its column beside the directions, where it has one.
    columns: Vec<Option<u32>>,
    n_columns: usize,
    rows: Vec<FeatureRow>,
    /// For each row its length before it was divided by it, and how many words it has.
    lengths: Vec<(f32, usize)>,
    options: TrainingOptions,
}

impl Prepared {
    fn new(lessons: &[Lesson], background: &[Bag], options: TrainingOptions) -> Prepared {
        let bags = || lessons.iter().map(|l| &l.bag).chain(background);
        let mut counts: HashMap<u32, u32> = HashMap::new();
        bags().flat_map(Bag::iter).for_each(|(hash, _)| *counts.entry(hash).or_default() += 1);
        let mut known: Vec<(u32, u32)> =
            counts.into_iter().filter(|&(_, n)| n >= options.rarest).collect();
        known.sort_unstable();
        let n_bags = (lessons.len() + background.len()) as f32;
        let idf: Vec<f32> =
            known.iter().map(|&(_, n)| ((n_bags + 1.0) / (n as f32 + 1.0)).ln() + 1.0).collect();
        let hashes: Vec<u32> = known.into_iter().map(|(hash, _)| hash).collect();
        let vector = |bag: &Bag| -> Vector {
            let known =
                bag.iter().filter_map(|(h, n)| Some((hashes.binary_search(&h).ok()? as u32, n)));
            model::weighted(known, |feature| idf[feature as usize])
        };
        let basis = (options.n_directions > 0).then(|| {
            let rows: Vec<Vector> = background.iter().map(vector).collect();
            Basis::of(&rows, hashes.len(), options.n_directions)
        });
        let vectors: Vec<Vector> = lessons.iter().map(|lesson| vector(&lesson.bag)).collect();
        let columns = columns(&vectors, hashes.len(), options);
        let n_columns = options.n_directions + columns.iter().flatten().count();
        let (rows, lengths) = vectors.iter().map(|v| row(v, basis.as_ref(), &columns)).unzip();
        Prepared { hashes, idf, basis, columns, n_columns, rows, lengths, options }
    }

    /// Learns from the lessons at the positions that `wanted` accepts.
    fn fit(&self, lessons: &[Lesson], n_labels: usize, wanted: impl Fn(usize) -> bool) -> Fit {
        let chosen: Vec<usize> = (0..lessons.len()).filter(|&i| wanted(i)).collect();
        let problem = Problem {
            rows: chosen.iter().map(|&i| &self.rows[i]).collect(),
            targets: chosen.iter().map(|&i| lessons[i].shares.as_slice()).collect(),
            importance: chosen.iter().map(|&i| lessons[i].importance).collect(),
            n_columns: self.n_columns,
            n_labels,
        };
        logistic::fit(&problem, self.options.cost, self.options.n_steps)
    }

    /// The weight of each word for each label: through the directions, and by itself.
    fn word_weights(&self, fit: &Fit) -> Vec<f32> {
        let width = fit.bias.len();
        let share = if self.basis.is_some() { OWN_WORDS } else { 1.0 };
        let nothing = vec![0.0; width];
        let weights = self.columns.iter().enumerate().flat_map(|(feature, &column)| {
            let dense = self
                .basis
                .as_ref()
                .map_or(Vec::new(), |basis| basis.of_feature(feature as u32).to_vec());
            FeatureRow { dense, sparse: column.map(|c| (c, share)).into_iter().collect() }
                .scores(&fit.weights, &nothing)
        });
        weights.map(|w| w as f32).collect()
    }

    /// Least squares over the lessons: how their lengths follow from what the model sees of an
    /// article.
    fn length(&self, fit: &Fit) -> Length {
        if self.basis.is_none() {
            return Length::default();
        }
        let nothing = vec![0.0; fit.bias.len()];
        // Normal equations of three unknowns, the right side in the last column.
        let mut sums = [[0.0f64; 4]; 3];
        for (row, &(length, n_words)) in
            self.rows.iter().zip(&self.lengths).filter(|(_, l)| l.1 > 0)
        {
            let scores = row.scores(&fit.weights, &nothing).into_iter().map(|s| s as f32 * length);
            let [scores, features] = Length::signs(&scores.collect::<Vec<f32>>(), n_words);
            let line = [1.0, f64::from(scores), f64::from(features), f64::from(length.ln())];
            for i in 0..3 {
                for j in 0..4 {
                    sums[i][j] += line[i] * line[j];
                }
            }
        }
        let [constant, scores, features] = solved(sums).map(|v| v as f32);
        Length { constant, scores, features }
    }

    fn validate(&self, labels: &[String], lessons: &[Lesson], n_parts: usize) -> Validation {
        let parts = deal(lessons, labels.len(), n_parts);
        let mut tested: Vec<(&Lesson, Vec<f32>)> = Vec::new();
        for part in 0..n_parts {
            let held_out = |i: usize| parts[i] == part && lessons[i].is_tested();
            let fit = self.fit(lessons, labels.len(), |i| !held_out(i));
            for i in (0..lessons.len()).filter(|&i| held_out(i)) {
                let scores = self.rows[i].scores(&fit.weights, &fit.bias);
                let mut scores: Vec<f32> = scores.into_iter().map(|s| s as f32).collect();
                model::softmax(&mut scores);
                tested.push((&lessons[i], scores));
            }
        }
        report(labels, &tested)
    }
}

/// The weight of a word's own column against the directions. 0.05 to 0.2 of the squared length do
/// equally well.
const OWN_WORDS: f32 = 0.28;

/// The words that get a column of their own: without directions all, else those of two lessons or
/// more.
fn columns(vectors: &[Vector], n_features: usize, options: TrainingOptions) -> Vec<Option<u32>> {
    let mut counts = vec![0u32; n_features];
    vectors.iter().flat_map(|v| &v.parts).for_each(|&(feature, _)| counts[feature as usize] += 1);
    let least = if options.n_directions > 0 { 2 } else { 0 };
    let mut next = options.n_directions as u32;
    let column = |n: u32| {
        (n >= least).then(|| {
            next += 1;
            next - 1
        })
    };
    counts.into_iter().map(column).collect()
}

/// A lesson's row, with its length before it was divided by it and its number of words.
fn row(
    vector: &Vector,
    basis: Option<&Basis>,
    columns: &[Option<u32>],
) -> (FeatureRow, (f32, usize)) {
    let own = vector
        .parts
        .iter()
        .filter_map(|&(feature, value)| Some((columns[feature as usize]?, value)));
    let Some(basis) = basis else {
        return (
            FeatureRow { dense: Vec::new(), sparse: own.collect() },
            (1.0, vector.parts.len()),
        );
    };
    let mut dense = basis.project(vector);
    let length = dense.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-3);
    dense.iter_mut().for_each(|v| *v /= length);
    let sparse = own.map(|(column, value)| (column, value * OWN_WORDS / length)).collect();
    (FeatureRow { dense, sparse }, (length, vector.parts.len()))
}

/// Gauss's elimination for three unknowns; an unknown that nothing determines is 0.
fn solved(mut m: [[f64; 4]; 3]) -> [f64; 3] {
    for i in 0..3 {
        let pivot = m[i][i];
        if pivot.abs() < 1e-9 {
            m[i] = [0.0; 4];
            continue;
        }
        let line = m[i].map(|v| v / pivot);
        for (j, other) in m.iter_mut().enumerate() {
            let factor = other[i];
            for (o, l) in other.iter_mut().zip(line) {
                *o = if j == i { l } else { *o - factor * l };
            }
        }
    }
    [m[0][3], m[1][3], m[2][3]]
}

/// For each lesson the part it belongs to.
fn deal(lessons: &[Lesson], n_labels: usize, n_parts: usize) -> Vec<usize> {
    let mut dealt = vec![0; n_labels];
    let part = |lesson: &Lesson| {
        let label = lesson.shares.first().map_or(0, |s| s.0);
        dealt[label] += 1;
        // The labels' shortest parts do not all fall together.
        (dealt[label] + label) % n_parts
    };
    lessons.iter().map(part).collect()
}

/// Figures over articles and the probabilities that a model which had not seen them gave them.
fn report(labels: &[String], tested: &[(&Lesson, Vec<f32>)]) -> Validation {
    let best = |p: &[f32]| model::decide(p, SINGLE).first().copied();
    let share = |n: usize| n as f64 / tested.len().max(1) as f64;
    let first = |l: &Lesson| l.shares.first().map(|s| s.0);
    let right = tested.iter().filter(|(l, p)| best(p) == first(l)).count();
    let fair =
        tested.iter().filter(|(l, p)| l.shares.iter().any(|&(i, _)| Some(i) == best(p))).count();
    let (decision, f1) = best_decision(tested);
    let labels = labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let count = |wanted: &dyn Fn(&Lesson, &[f32]) -> bool| {
                tested.iter().filter(|(l, p)| wanted(l, p)).count()
            };
            let both = count(&|l, p| first(l) == Some(index) && best(p) == Some(index)) as f64;
            let given = count(&|_, p| best(p) == Some(index));
            let n_articles = count(&|l, _| first(l) == Some(index));
            LabelValidation {
                label: label.clone(),
                precision: both / given.max(1) as f64,
                recall: both / n_articles.max(1) as f64,
                n_articles,
            }
        })
        .collect();
    Validation {
        n_articles: tested.len(),
        accuracy: share(right),
        fair: share(fair),
        f1,
        decision,
        labels,
    }
}

/// One label an article.
const SINGLE: Decision = Decision { ratio: 2.0, floor: 2.0 };

/// The thresholds with the best micro F1, and that F1. Where no article has a second label, none is
/// given.
fn best_decision(tested: &[(&Lesson, Vec<f32>)]) -> (Decision, f64) {
    let mut best = (SINGLE, micro_f1(tested, SINGLE));
    if tested.iter().all(|(l, _)| l.shares.len() < 2) {
        return best;
    }
    for ratio in [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6] {
        for floor in [0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.25] {
            let decision = Decision { ratio, floor };
            let f1 = micro_f1(tested, decision);
            if f1 > best.1 {
                best = (decision, f1);
            }
        }
    }
    best
}

fn micro_f1(tested: &[(&Lesson, Vec<f32>)], decision: Decision) -> f64 {
    let (mut hits, mut total) = (0, 0);
    for (lesson, probabilities) in tested {
        let given = model::decide(probabilities, decision);
        hits += given.iter().filter(|&&g| lesson.shares.iter().any(|&(i, _)| i == g)).count();
        total += given.len() + lesson.shares.len();
    }
    2.0 * hits as f64 / total.max(1) as f64
}
