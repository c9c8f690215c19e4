//! The evidence of a plan in all segments: matched by position, or left to be streamed.

use super::segment::{SelectedIndex, SelectedSegment, character_count, word_count};
use super::term_matcher::Matches;
use crate::engine::embedded::error::read_error;
use crate::engine::embedded::schema::IndexFields;
use crate::engine::plan::{CHEAP_CHARACTERS, Evidence, Plan, RARE_WORD, Scope};
use crate::error::Result;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use tantivy::Term;
use tantivy::schema::Field;

/// Evidence that is found without looking at places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Streamed<'e> {
    /// A word.
    Word(&'e str),
    /// A character.
    Character(char),
}

impl Streamed<'_> {
    /// The field that has it in titles, and the term.
    pub fn in_titles(&self, fields: &IndexFields) -> (Field, String) {
        match self {
            Streamed::Word(word) => (fields.title_words, (*word).to_owned()),
            Streamed::Character(c) => (fields.title_chars, c.to_string()),
        }
    }

    fn count(&self, segments: &[SelectedSegment<'_>]) -> Result<u64> {
        match self {
            Streamed::Word(word) => word_count(segments, word),
            Streamed::Character(c) => Ok(character_count(segments, *c)),
        }
    }
}

/// The evidence as such, where it is of that kind.
pub fn streamed(evidence: &Evidence) -> Option<Streamed<'_>> {
    match evidence {
        Evidence::Word(word) | Evidence::Unknown(word) => Some(Streamed::Word(word)),
        Evidence::Character(character) => character.chars().next().map(Streamed::Character),
        // Every list of a character says this; how often it is in a passage makes little
        // difference.
        Evidence::Phrase(chars) => (chars.len() == 1).then(|| Streamed::Character(chars[0])),
        _ => None,
    }
}

/// The number of passages with the rarest of some characters.
fn rarest(chars: impl Iterator<Item = char>, segments: &[SelectedSegment<'_>]) -> u64 {
    chars.map(|c| character_count(segments, c)).min().unwrap_or(0)
}

/// The matches of the evidence that has to be looked up by position, by unit, evidence and
/// segment.
pub struct EvidenceLists<'p> {
    found: HashMap<(usize, usize), Vec<Matches>>,
    /// The number of passages with what is streamed.
    streamed: HashMap<Streamed<'p>, u64>,
}

impl<'p> EvidenceLists<'p> {
    /// Matches the evidence of a plan.
    ///
    /// # Errors
    /// Tantivy's error for a damaged segment, and [`crate::error::Error::GivenUp`].
    pub fn find(plan: &'p Plan, index: &SelectedIndex<'_>) -> Result<EvidenceLists<'p>> {
        let segments = index.segments.as_slice();
        let mut lists = EvidenceLists { found: HashMap::new(), streamed: HashMap::new() };
        for (u, unit) in plan.units.iter().enumerate() {
            let placed =
                unit.scope == Scope::Title || segments.iter().any(|s| s.speaker_spans.is_some());
            for (e, (_, evidence)) in unit.evidence.iter().enumerate() {
                let by_position = match evidence {
                    // A word's postings are streamed, unless its place matters.
                    Evidence::Word(_) | Evidence::Character(_) => placed,
                    Evidence::Phrase(chars) if chars.len() == 1 => placed,
                    Evidence::Unknown(word) => {
                        placed
                            || word_count(segments, word)? < RARE_WORD
                                && rarest(word.chars(), segments) <= CHEAP_CHARACTERS
                    }
                    Evidence::Pair(chars)
                        if rarest(chars.iter().copied(), segments) > CHEAP_CHARACTERS =>
                    {
                        lists.found.insert((u, e), vec![Matches::new(); segments.len()]);
                        continue;
                    }
                    _ => true,
                };
                index.check()?;
                if by_position {
                    let found = segments
                        .iter()
                        .map(|s| s.find(evidence, unit.scope))
                        .collect::<Result<_>>()?;
                    lists.found.insert((u, e), found);
                } else if let Some(streamed) = streamed(evidence)
                    && let Entry::Vacant(entry) = lists.streamed.entry(streamed)
                {
                    entry.insert(streamed.count(segments)?);
                }
            }
        }
        Ok(lists)
    }

    /// The matches of one kind of evidence in a segment; `None` where it is streamed.
    pub fn get(&self, unit: usize, evidence: usize, segment: usize) -> Option<&Matches> {
        self.found.get(&(unit, evidence)).and_then(|segments| segments.get(segment))
    }

    /// The number of passages with one kind of evidence that is not streamed.
    pub fn count(&self, unit: usize, evidence: usize) -> u64 {
        self.found
            .get(&(unit, evidence))
            .map_or(0, |segments| segments.iter().map(|s| s.len() as u64).sum())
    }

    /// The number of passages with something streamed.
    pub fn count_of(&self, streamed: Streamed<'_>) -> u64 {
        self.streamed.get(&streamed).copied().unwrap_or_default()
    }
}

/// The number of articles that have a term in a field of titles.
///
/// # Errors
/// Tantivy's error for a damaged segment.
pub fn title_count(segments: &[SelectedSegment<'_>], field: Field, text: &str) -> Result<u64> {
    let term = Term::from_field_text(field, text);
    segments.iter().try_fold(0, |count, segment| {
        let more = segment.reader.inverted_index(field)?.doc_freq(&term);
        Ok(count + u64::from(more.map_err(read_error)?))
    })
}
