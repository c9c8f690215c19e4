//! "Did you mean": for words that the archive lacks, the nearest ones that it has, by sound and by
//! spelling.

use super::compile::compile;
use super::lexicon::Lexicon;
use crate::engine::{Engine, Evidence, Occur, Ranking, Scope, TermField};
use crate::error::Result;
use crate::query::{Clause, Query};
use crate::text::exact::exact;
use crate::text::fold::fold;
use crate::update::Snapshot;
use pinyin::ToPinyin;
use std::collections::BTreeMap;

/// A word that the archive lacks, with the nearest ones that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// As typed, folded.
    pub typed: String,
    /// The words that may have been meant, best first.
    pub meant: Vec<String>,
}

/// At most so many words are offered for one.
const MOST_MEANT: usize = 3;
/// At most so many words of a query are looked after.
const MOST_TYPED: usize = 4;
/// Words of more characters are not compared.
const LONGEST: usize = 12;
/// A word in fewer passages is likely a slip itself.
const FEWEST: u64 = 2;

/// Suggestions for the words of `query` of which no passage has any.
///
/// # Errors
/// A failure of the engine, as of a damaged index.
pub fn suggest(snapshot: &Snapshot, query: &Query, lexicon: &Lexicon) -> Result<Vec<Suggestion>> {
    let engine = snapshot.engine();
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for word in missing_words(engine, query, lexicon)?.into_iter().take(MOST_TYPED) {
        let meant = nearest(&word, engine)?;
        if !meant.is_empty() && !suggestions.iter().any(|s| s.typed == word) {
            suggestions.push(Suggestion { typed: word, meant });
        }
    }
    Ok(suggestions)
}

/// The words of a query of which no passage has any, folded.
fn missing_words(engine: &dyn Engine, query: &Query, lexicon: &Lexicon) -> Result<Vec<String>> {
    let mut missing: Vec<String> = Vec::new();
    for clause in &query.clauses {
        let (Clause::Words(text) | Clause::Exact(text)) = clause else { continue };
        let word = fold(text);
        let short =
            (2..=4).contains(&word.chars().count()) && word.chars().all(char::is_alphanumeric);
        // A word that is known needs no look for its characters, which costs as much as a search.
        let lacks = |evidence: &Evidence| engine.occurs(evidence).map(|occurs| !occurs);
        if short && lacks(&Evidence::Word(word.clone()))? && lacks(&Evidence::Phrase(exact(&word)))?
        {
            missing.push(word);
            continue;
        }
        let alone = Query { clauses: vec![clause.clone()] };
        let plain = Ranking { synonym: 0.0, ..Ranking::default() };
        for unit in compile(&alone, lexicon, &plain).units {
            let plain = unit.occur == Occur::Wanted && unit.scope == Scope::Anywhere;
            let long = unit.label.chars().nth(1).is_some();
            let mut whole = unit.evidence.iter().filter(|(weight, _)| *weight >= 1.0);
            let lacking: Result<bool> = whole.try_fold(true, |all, (_, e)| Ok(all && lacks(e)?));
            if plain && long && lacking? {
                missing.push(unit.label);
            }
        }
    }
    Ok(missing)
}

/// The terms nearest to a word: those that sound the same, then those that differ in one character,
/// frequent ones first.
fn nearest(word: &str, engine: &dyn Engine) -> Result<Vec<String>> {
    let chars: Vec<char> = word.chars().collect();
    if chars.len() > LONGEST {
        return Ok(Vec::new());
    }
    let sound = sound(&chars);
    let mut found: BTreeMap<String, (usize, u64)> = BTreeMap::new();
    let mut compare = |term: &str, count: u64| {
        // Bytes first: nearly every term is ruled out by its length.
        if term.len().abs_diff(word.len()) <= 4
            && let Some(distance) = distance(&chars, &sound, term)
        {
            found.entry(term.to_owned()).or_insert((distance, 0)).1 += count;
        }
    };
    engine.words_near(word, &mut compare)?;
    engine.terms(TermField::Speakers, &mut compare)?;
    let mut found: Vec<(String, (usize, u64))> =
        found.into_iter().filter(|(_, (_, n))| *n >= FEWEST).collect();
    found.sort_by(|a, b| a.1.0.cmp(&b.1.0).then(b.1.1.cmp(&a.1.1)).then_with(|| a.0.cmp(&b.0)));
    found.truncate(MOST_MEANT);
    Ok(found.into_iter().map(|(term, _)| term).collect())
}

/// The distance of a term from a word: 0 where it sounds the same, 1 where one character differs;
/// `None` where it is another word.
fn distance(word: &[char], word_sound: &Option<Vec<&'static str>>, term: &str) -> Option<usize> {
    let chars: Vec<char> = term.chars().collect();
    if chars == word {
        return None;
    }
    let common = chars.iter().filter(|c| word.contains(c)).count();
    if chars.len() == word.len()
        && (common > 0 || word.len() == 2)
        && word_sound.is_some()
        && sound(&chars) == *word_sound
    {
        return Some(0);
    }
    // In a word of two characters one is half of it: that would be any word.
    let long_enough = word.len() >= 3 && chars.len() >= 3;
    (long_enough && common + 1 >= word.len().max(chars.len()) && differ_once(word, &chars))
        .then_some(1)
}

/// The syllables of a word without tones; `None` where it is not all Chinese.
fn sound(chars: &[char]) -> Option<Vec<&'static str>> {
    chars.iter().map(|c| c.to_pinyin().map(|p| p.plain())).collect()
}

/// True if one character put in, left out or changed makes one word of the other, or two neighbours
/// have changed places.
fn differ_once(a: &[char], b: &[char]) -> bool {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    (a.len() <= 1 && b.len() <= 1) || matches!((a, b), ([x, y], [z, w]) if x == w && y == z)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(a: &str, b: &str) -> Option<usize> {
        let chars: Vec<char> = a.chars().collect();
        distance(&chars, &sound(&chars), b)
    }

    #[test]
    fn names_that_sound_alike_are_near() {
        assert_eq!(far("李颜宏", "李彦宏"), Some(0));
        assert_eq!(far("马思克", "马斯克"), Some(0));
    }

    #[test]
    fn one_slip_is_near_and_two_are_far() {
        assert_eq!(far("chatgtp", "chatgpt"), Some(1));
        assert_eq!(far("文心一语", "文心一言"), Some(1));
        assert_eq!(far("文心二语", "文心一言"), None);
        assert_eq!(far("百度", "百色"), None);
        assert_eq!(far("百度", "百度"), None);
    }
}
