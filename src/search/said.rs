//! Whose words count: the stretches of each passage that were said by the speakers asked for.

use crate::error::Result;
use crate::index::{Layout, Speech};
use crate::query::Filters;
use tantivy::DocId;
use tantivy::columnar::Column;

/// The words of some speakers in one segment.
pub struct Said<'a> {
    speech: &'a Column<u64>,
    wanted: Wanted,
}

/// Which quotes count.
#[derive(Debug, Clone)]
struct Wanted {
    /// Hash bits of the speakers' names.
    speakers: Vec<u32>,
    filters: Filters,
}

impl<'a> Said<'a> {
    /// The words of the speakers that `filters` names, as far as trust and kind go; `None` where it
    /// names none.
    pub fn new(layout: &'a Layout, filters: &Filters) -> Result<Option<Said<'a>>> {
        if filters.speakers.is_empty() {
            return Ok(None);
        }
        let speakers = filters.speakers.iter().map(|name| Speech::speaker_bits(name)).collect();
        let speech = layout.columns.speech()?;
        Ok(Some(Said { speech, wanted: Wanted { speakers, filters: filters.clone() } }))
    }

    /// Whether the document has any words that count.
    pub fn speaks(&self, doc: DocId) -> bool {
        self.stretches(doc).next().is_some()
    }

    /// Whether the positions `start..end` of the document lie in words that count.
    pub fn covers(&self, doc: DocId, start: u32, end: u32) -> bool {
        self.stretches(doc).any(|s| s.start <= start && end <= s.end)
    }

    fn stretches(&self, doc: DocId) -> impl Iterator<Item = Speech> + '_ {
        self.speech.values_for_doc(doc).map(Speech::unpack).filter(|s| self.wanted.counts(s))
    }
}

impl Wanted {
    fn counts(&self, speech: &Speech) -> bool {
        self.speakers.contains(&speech.speaker)
            && self.filters.min_confidence.is_none_or(|least| speech.confidence >= least)
            && (self.filters.kinds.is_empty() || self.filters.kinds.contains(&speech.kind))
    }
}
