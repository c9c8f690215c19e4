//! The lessons of the continuation model: sentences between reports, with what the reader says.

use crate::chain::{self, Options, Sequence};
use crate::gold::{Article, GoldSentence, same};
use jianbao::quote::learned::chain::MAX_LABELS;
use jianbao::quote::model::{CONTINUES, ContinuationLesson};
use jianbao::quote::{Grammar, continuation_lessons};
use std::collections::BTreeMap;

/// The model's file in the definition.
pub const FILE: &str = "continuation.model";
/// A sentence that continues a report whose speaker the rules do not know.
const ELSEWHERE: &str = "elsewhere";
const LABELS: [&str; 3] = [CONTINUES, "other", ELSEWHERE];
/// Least probability at which a sentence is said to continue a report, chosen by cross-validation.
const LEAST: f64 = 0.7;
const OPTIONS: Options = Options { l1: 2.0, l2: 0.5, least: 4, steps: 150 };

/// The sequences of one article, with the names of their features.
#[derive(Default)]
pub struct Lessons {
    names: BTreeMap<u32, String>,
    sequences: Vec<Sequence>,
}

/// The text of a model learnt from `lessons`.
pub fn learn<'a>(lessons: impl IntoIterator<Item = &'a Lessons>) -> String {
    let mut names = BTreeMap::new();
    let mut sequences = Vec::new();
    for lesson in lessons {
        for (hash, name) in &lesson.names {
            names.entry(*hash).or_insert_with(|| name.clone());
        }
        sequences.extend(&lesson.sequences);
    }
    let learnt = chain::learn(&LABELS, &sequences, OPTIONS);
    learnt.text(&names, LEAST, "Written by the training program from annotated news.")
}

/// The lessons of an article, whose quotations are attributed by `grammar`'s model.
pub fn lessons(number: usize, article: &Article, grammar: &Grammar) -> Lessons {
    let mut after = 0;
    let mut found = Lessons::default();
    for lesson in continuation_lessons(article.title.as_deref(), &article.body, grammar) {
        for features in &lesson.features {
            for (hash, name) in features.hashes().iter().zip(features.names()) {
                found.names.entry(*hash).or_insert_with(|| name.clone());
            }
        }
        let allowed = lesson
            .sentences
            .iter()
            .map(|span| {
                let place = article.place(*span, &mut after);
                allowed(place.and_then(|p| article.sentence(p)), &lesson)
            })
            .collect();
        let features = lesson.features.iter().map(|f| f.hashes().to_vec()).collect();
        found.sequences.push(Sequence { features, article: number, allowed });
    }
    found
}

/// The labels that a reader's annotation allows.
fn allowed(sentence: Option<&GoldSentence>, lesson: &ContinuationLesson) -> [bool; MAX_LABELS] {
    let [continues, other, elsewhere] = [0, 1, 2].map(|label| {
        let mut only = [false; MAX_LABELS];
        only[label] = true;
        only
    });
    let Some(sentence) = sentence else { return [true, true, true, false] };
    let is = |accepted: &Vec<String>| lesson.speakers.iter().any(|s| same(s, accepted));
    let right = sentence.speakers.iter().chain(&sentence.tolerated).any(is);
    if right {
        continues
    } else if sentence.optional && sentence.speakers.is_empty() && sentence.tolerated.is_empty() {
        [true, true, true, false]
    } else if sentence.speakers.is_empty() && !sentence.tolerated.is_empty() {
        elsewhere
    } else {
        other
    }
}
