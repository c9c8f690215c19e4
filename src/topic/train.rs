//! Learns a topic model from labelled articles, and says by cross-validation how good it is.
//!
//! Reading articles from folders and files is left to the caller. Training uses one thread and no chance: the same
//! lessons in the same order give the same model, byte for byte.

use super::bag::Bag;
use super::latent::Basis;
use super::logistic::{self, Fit, Problem, Row};
use super::model::{self, Decision, Model, Parts, Vector};
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

/// How to learn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Directions of latent semantic analysis over the background; 0 learns from the lessons' own words alone.
    pub n_directions: usize,
    /// What a unit of log loss costs against the penalty on large weights; larger fits the lessons more closely.
    pub cost: f64,
    /// A word in fewer articles than this is not learnt.
    pub rarest: u32,
    /// Most steps of the optimiser.
    pub n_steps: usize,
}

/// What cross-validation found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
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
    pub labels: Vec<LabelReport>,
}

/// What cross-validation found about one label, as an article's best label against its first one.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelReport {
    /// The label.
    pub label: String,
    /// Of the articles given it, the share that have it.
    pub precision: f64,
    /// Of the articles that have it, the share given it.
    pub recall: f64,
    /// The articles that have it.
    pub n_articles: usize,
}

impl Options {
    /// For a user's own folder: no background is needed.
    pub const PLAIN: Options = Options { n_directions: 0, cost: 30.0, rarest: 2, n_steps: 60 };
    /// For few lessons and a large background of unlabelled articles.
    pub const LATENT: Options = Options { n_directions: 200, cost: 30.0, rarest: 6, n_steps: 120 };
}

impl Lesson {
    /// An article and its labels (indices), best first; of labels after the third nothing is learnt.
    pub fn new(bag: Bag, labels: &[usize]) -> Lesson {
        // What an editor puts first weighs most.
        let shares: &[f32] = match labels.len() {
            0 | 1 => &[1.0],
            2 => &[0.65, 0.35],
            _ => &[0.5, 0.3, 0.2],
        };
        Lesson { bag, shares: labels.iter().copied().zip(shares.iter().copied()).collect(), importance: 1.0 }
    }

    /// The same, counting only `importance` (below 1). Such lessons are learnt from and never tested on.
    pub fn minor(self, importance: f32) -> Lesson {
        Lesson { importance, ..self }
    }

    fn is_tested(&self) -> bool {
        self.importance >= 1.0
    }
}

/// Learns a model of `labels` from `lessons`; `background` are articles without labels.
///
/// # Errors
/// [`Error::Usage`] where there are fewer than two labels, more than 255, or a label without a lesson.
pub fn learn(labels: &[String], lessons: &[Lesson], background: &[Bag], options: Options) -> Result<Model> {
    check(labels, lessons)?;
    let prepared = Prepared::new(lessons, background, options);
    let decision = prepared.validate(labels, lessons, 5).decision;
    let fit = prepared.fit(lessons, labels.len(), |_| true);
    let width = labels.len();
    let mut weights = vec![0.0f32; prepared.hashes.len() * width];
    for (feature, row) in weights.chunks_exact_mut(width).enumerate() {
        match &prepared.basis {
            None => row.iter_mut().zip(&fit.weights[feature * width..]).for_each(|(w, &f)| *w = f as f32),
            Some(basis) => {
                let word = Row::Dense(basis.of_feature(feature as u32).to_vec());
                let scores = word.scores(&fit.weights, &vec![0.0; width]);
                row.iter_mut().zip(scores).for_each(|(w, s)| *w = s as f32);
            }
        }
    }
    let bias = fit.bias.iter().map(|&b| b as f32).collect();
    Ok(Model::quantised(Parts {
        labels: labels.to_vec(),
        bias,
        decision,
        hashes: prepared.hashes,
        idf: prepared.idf,
        weights,
    }))
}

/// Learns from all but one part of the lessons and tests on that part, `n_parts` times. Parts are dealt by position.
///
/// # Errors
/// As [`learn`].
pub fn cross_validate(
    labels: &[String],
    lessons: &[Lesson],
    background: &[Bag],
    n_parts: usize,
    options: Options,
) -> Result<Report> {
    check(labels, lessons)?;
    Ok(Prepared::new(lessons, background, options).validate(labels, lessons, n_parts.max(2)))
}

fn check(labels: &[String], lessons: &[Lesson]) -> Result<()> {
    if labels.len() < 2 || labels.len() > 255 {
        return Err(Error::Usage(format!("training needs 2 to 255 labels, found {}", labels.len())));
    }
    if let Some(long) = labels.iter().find(|l| l.len() > 255) {
        return Err(Error::Usage(format!("label `{long}` is longer than 255 bytes; give it a shorter name")));
    }
    for (index, label) in labels.iter().enumerate() {
        if !lessons.iter().any(|l| l.shares.iter().any(|&(i, _)| i == index)) {
            return Err(Error::Usage(format!("label `{label}` has no articles; add some or remove the label")));
        }
    }
    Ok(())
}

/// Lessons and background as numbers; nothing in it depends on labels.
struct Prepared {
    hashes: Vec<u32>,
    idf: Vec<f32>,
    basis: Option<Basis>,
    rows: Vec<Row>,
    options: Options,
}

impl Prepared {
    fn new(lessons: &[Lesson], background: &[Bag], options: Options) -> Prepared {
        let bags = || lessons.iter().map(|l| &l.bag).chain(background);
        let mut counts: HashMap<u32, u32> = HashMap::new();
        bags().flat_map(Bag::iter).for_each(|(hash, _)| *counts.entry(hash).or_default() += 1);
        let mut known: Vec<(u32, u32)> = counts.into_iter().filter(|&(_, n)| n >= options.rarest).collect();
        known.sort_unstable();
        let n_bags = (lessons.len() + background.len()) as f32;
        let idf: Vec<f32> = known.iter().map(|&(_, n)| ((n_bags + 1.0) / (n as f32 + 1.0)).ln() + 1.0).collect();
        let hashes: Vec<u32> = known.into_iter().map(|(hash, _)| hash).collect();
        let vector = |bag: &Bag| -> Vector {
            let known = bag.iter().filter_map(|(h, n)| Some((hashes.binary_search(&h).ok()? as u32, n)));
            model::weighted(known, |feature| idf[feature as usize])
        };
        let basis = (options.n_directions > 0).then(|| {
            let rows: Vec<Vector> = background.iter().map(vector).collect();
            Basis::of(&rows, hashes.len(), options.n_directions)
        });
        let rows = lessons
            .iter()
            .map(|lesson| {
                let vector = vector(&lesson.bag);
                match &basis {
                    Some(basis) => Row::Dense(basis.project(&vector)),
                    None => Row::Sparse(vector.parts),
                }
            })
            .collect();
        Prepared { hashes, idf, basis, rows, options }
    }

    /// Learns from the lessons at the positions that `wanted` accepts.
    fn fit(&self, lessons: &[Lesson], n_labels: usize, wanted: impl Fn(usize) -> bool) -> Fit {
        let chosen: Vec<usize> = (0..lessons.len()).filter(|&i| wanted(i)).collect();
        let problem = Problem {
            rows: chosen.iter().map(|&i| &self.rows[i]).collect(),
            targets: chosen.iter().map(|&i| lessons[i].shares.as_slice()).collect(),
            importance: chosen.iter().map(|&i| lessons[i].importance).collect(),
            n_columns: if self.basis.is_some() { self.options.n_directions } else { self.hashes.len() },
            n_labels,
        };
        logistic::fit(&problem, self.options.cost, self.options.n_steps)
    }

    fn validate(&self, labels: &[String], lessons: &[Lesson], n_parts: usize) -> Report {
        let mut tested: Vec<(&Lesson, Vec<f32>)> = Vec::new();
        for part in 0..n_parts {
            let held_out = |i: usize| i % n_parts == part && lessons[i].is_tested();
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

/// Figures over articles and the probabilities that a model which had not seen them gave them.
fn report(labels: &[String], tested: &[(&Lesson, Vec<f32>)]) -> Report {
    let best = |p: &[f32]| model::decide(p, SINGLE).first().copied();
    let share = |n: usize| n as f64 / tested.len().max(1) as f64;
    let first = |l: &Lesson| l.shares.first().map(|s| s.0);
    let right = tested.iter().filter(|(l, p)| best(p) == first(l)).count();
    let fair = tested.iter().filter(|(l, p)| l.shares.iter().any(|&(i, _)| Some(i) == best(p))).count();
    let (decision, f1) = best_decision(tested);
    let labels = labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let count = |wanted: &dyn Fn(&Lesson, &[f32]) -> bool| tested.iter().filter(|(l, p)| wanted(l, p)).count();
            let both = count(&|l, p| first(l) == Some(index) && best(p) == Some(index)) as f64;
            let given = count(&|_, p| best(p) == Some(index));
            let n_articles = count(&|l, _| first(l) == Some(index));
            LabelReport {
                label: label.clone(),
                precision: both / given.max(1) as f64,
                recall: both / n_articles.max(1) as f64,
                n_articles,
            }
        })
        .collect();
    Report { n_articles: tested.len(), accuracy: share(right), fair: share(fair), f1, decision, labels }
}

/// One label an article.
const SINGLE: Decision = Decision { ratio: 2.0, floor: 2.0 };

/// The thresholds with the best micro F1, and that F1. Where no article has a second label, none is given.
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
