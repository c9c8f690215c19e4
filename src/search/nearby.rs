//! Plans that ask for less, for a question that nothing answers: fewer of the words, or nearly the
//! quoted phrase instead of the phrase itself.

use super::lexicon::Lexicon;
use crate::engine::plan::{Evidence, Occur, Plan, Scope, Unit};

/// A plan that asks for less than was typed.
pub struct Wider {
    /// The plan.
    pub plan: Plan,
    /// True if fewer of the words are enough.
    pub relaxed: bool,
    /// True if passages with nearly the quoted phrase are enough.
    pub near: bool,
}

/// The plans that ask for less, the closest to what was typed first.
pub fn wider(plan: &Plan, lexicon: &Lexicon) -> Vec<Wider> {
    let fewer = |plan: &Plan| {
        let fallback = Plan { minimum: plan.fallback, ..plan.clone() };
        (plan.minimum > plan.fallback).then_some(fallback)
    };
    let near = near_phrases(plan, lexicon);
    let both = near.as_ref().and_then(fewer);
    let some = |plan: Option<Plan>, relaxed: bool, near: bool| {
        plan.map(|plan| Wider { plan, relaxed, near })
    };
    let all = [some(fewer(plan), true, false), some(near, false, true), some(both, true, true)];
    all.into_iter().flatten().collect()
}

/// Phrases of fewer characters say too little once a word of theirs is another; longer ones are
/// whole sentences, and each of their words costs a look at positions.
const PHRASE_LENGTHS: std::ops::RangeInclusive<usize> = 5..=24;
/// A phrase of fewer words is no phrase without one of them.
const FEWEST_WORDS: usize = 3;
/// Characters that may stand between two words of the phrase which it has side by side.
const INSERTED: u32 = 3;
/// Characters by which another word may be longer than that of the phrase.
const LONGER: usize = 2;

/// The plan with each required phrase replaced by what is nearly it: one word another or missing,
/// or something between two words. `None` where no phrase can be.
fn near_phrases(plan: &Plan, lexicon: &Lexicon) -> Option<Plan> {
    let mut near = plan.clone();
    let mut replaced = false;
    for unit in &mut near.units {
        let Some(chars) = phrase(unit).map(<[char]>::to_vec) else { continue };
        let evidence = nearly(&chars, lexicon);
        if !evidence.is_empty() {
            unit.evidence = evidence.into_iter().map(|evidence| (1.0, evidence)).collect();
            near.runs.push(chars.into_iter().map(|c| (c, 1.0)).collect());
            replaced = true;
        }
    }
    // No article of these holds the phrase as typed.
    near.whole = vec![usize::MAX];
    replaced.then_some(near)
}

/// The characters of a required phrase of a length that can be loosened.
fn phrase(unit: &Unit) -> Option<&[char]> {
    let asked = unit.occur == Occur::Required && unit.scope == Scope::Anywhere;
    match unit.evidence.as_slice() {
        [(_, Evidence::Phrase(chars))] if asked => {
            Some(chars.as_slice()).filter(|chars| PHRASE_LENGTHS.contains(&chars.len()))
        }
        _ => None,
    }
}

/// The forms that are nearly a phrase.
fn nearly(chars: &[char], lexicon: &Lexicon) -> Vec<Evidence> {
    let text: String = chars.iter().collect();
    let words = lexicon.segmenter.words(&text);
    let mut evidence = Vec::new();
    let mut start = 0;
    for word in words.iter().filter(|_| words.len() >= FEWEST_WORDS) {
        let end = start + word.of(&text).chars().count();
        let (before, after, dropped) = (&chars[..start], &chars[end..], end - start);
        if start > 0 {
            evidence.push(Evidence::Near(INSERTED, vec![before.to_vec(), chars[start..].to_vec()]));
        }
        // What is left must be most of the phrase.
        if 2 * dropped < chars.len() {
            evidence.push(match (before.is_empty(), after.is_empty()) {
                (true, _) => Evidence::Phrase(after.to_vec()),
                (_, true) => Evidence::Phrase(before.to_vec()),
                _ => {
                    let distance = (dropped + LONGER) as u32;
                    Evidence::Near(distance, vec![before.to_vec(), after.to_vec()])
                }
            });
        }
        start = end;
    }
    evidence
}
