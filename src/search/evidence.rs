//! Finds a plan's evidence in one segment: which documents have it, and how often.

use super::compile::{Evidence, Place};
use super::postings::{DocBits, for_each_phrase};
use super::said::Said;
use crate::error::{Error, Result};
use crate::index::{Fields, Layout, TAIL, document};
use std::collections::BTreeMap;
use tantivy::columnar::Column;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TantivyDocument, Term};

/// One segment, as far as finding evidence needs it.
pub struct Segment<'a> {
    /// The engine's segment.
    pub reader: &'a SegmentReader,
    /// The fields.
    pub fields: &'a Fields,
    /// The documents that pass the filters; `None` for all.
    pub allowed: Option<DocBits>,
    /// Whose words count; `None` for everybody's and the narration.
    pub said: Option<Said<'a>>,
    /// How many positions of a document are its own.
    pub length: &'a Column<u64>,
    /// Which documents make up which article.
    pub layout: &'a Layout,
}

/// Documents of one segment in ascending order, with how often the evidence occurs in each.
pub type Found = Vec<(DocId, u32)>;

/// At most so many words stand for a prefix or a suffix; the most frequent ones.
const MOST_EXPANSIONS: usize = 200;
/// Characters that end a sentence, as far as `same:` is concerned.
const SENTENCE_ENDS: [char; 4] = ['。', '！', '？', '!'];

impl Segment<'_> {
    /// The documents in which `evidence` occurs at `place`, in the passage's own text or the title.
    pub fn find(&self, evidence: &Evidence, place: Place) -> Result<Found> {
        let mut found: BTreeMap<DocId, u32> = BTreeMap::new();
        if place == Place::Anywhere {
            for (doc, count) in self.find_in_body(evidence)? {
                *found.entry(doc).or_default() += count;
            }
        }
        if place == Place::Title || self.said.is_none() {
            for (doc, count) in self.find_in_title(evidence)? {
                *found.entry(doc).or_default() += count;
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The documents of articles with the evidence in their title.
    fn find_in_title(&self, evidence: &Evidence) -> Result<Found> {
        let mut found = Found::new();
        for (first, count) in self.titles_with(evidence)? {
            let passages = self.layout.passages(self.layout.article(first));
            let allowed = |doc: &DocId| self.allowed.as_ref().is_none_or(|allowed| allowed.contains(*doc));
            found.extend(passages.filter(allowed).map(|doc| (doc, count)));
        }
        Ok(found)
    }

    /// The first passages of articles with the evidence in their title.
    fn titles_with(&self, evidence: &Evidence) -> Result<Found> {
        let field = self.fields.title_chars;
        let everywhere = |_: DocId, _: u32, _: u32| true;
        match evidence {
            Evidence::Word(word) | Evidence::Character(word) | Evidence::Unknown(word) => {
                self.phrase(field, &word.chars().collect::<Vec<_>>(), &everywhere)
            }
            Evidence::Phrase(chars) | Evidence::Pair(chars) => self.phrase(field, chars, &everywhere),
            Evidence::Prefix(_) | Evidence::Suffix(_) => self.expanded(self.fields.title_words, evidence),
            Evidence::Near(distance, phrases) => self.together(field, phrases, Some(*distance), &everywhere),
            Evidence::Same(phrases) => self.together(field, phrases, None, &everywhere),
        }
    }

    fn find_in_body(&self, evidence: &Evidence) -> Result<Found> {
        let field = self.fields.chars;
        let counts = |doc: DocId, start: u32, length: u32| self.is_own(doc, start, length);
        match evidence {
            Evidence::Word(word) | Evidence::Character(word) | Evidence::Unknown(word) => {
                self.phrase(field, &word.chars().collect::<Vec<_>>(), &counts)
            }
            Evidence::Phrase(chars) | Evidence::Pair(chars) => self.phrase(field, chars, &counts),
            Evidence::Prefix(_) | Evidence::Suffix(_) if self.said.is_none() => {
                self.expanded(self.fields.words, evidence)
            }
            Evidence::Prefix(stem) | Evidence::Suffix(stem) => {
                self.phrase(field, &stem.chars().collect::<Vec<_>>(), &counts)
            }
            Evidence::Near(distance, phrases) => self.together(field, phrases, Some(*distance), &counts),
            Evidence::Same(phrases) => self.together(field, phrases, None, &counts),
        }
    }

    /// Whether something of `length` positions at `start` belongs to the document: it begins in the passage's own text
    /// and, where only somebody's words count, lies in those.
    pub fn is_own(&self, doc: DocId, start: u32, length: u32) -> bool {
        u64::from(start) < self.length.first(doc).unwrap_or(0)
            && self.said.as_ref().is_none_or(|said| said.covers(doc, start, start + length))
    }

    /// The documents to look at in a field. A title is its first passage's, whichever passages of the article pass.
    fn allowed_in(&self, field: Field) -> Option<&DocBits> {
        let of_article = field == self.fields.title_chars || field == self.fields.title_words;
        self.allowed.as_ref().filter(|_| !of_article)
    }

    fn phrase(&self, field: Field, chars: &[char], counts: &dyn Fn(DocId, u32, u32) -> bool) -> Result<Found> {
        let mut found = Vec::new();
        if field == self.fields.chars && chars.len() > TAIL + 1 {
            return self.long_phrase(chars, counts);
        }
        for_each_phrase(self.reader, field, chars, self.allowed_in(field), |doc, starts| {
            let count = starts.iter().filter(|&&start| counts(doc, start, chars.len() as u32)).count();
            if count > 0 {
                found.push((doc, count as u32));
            }
        })?;
        Ok(found)
    }

    /// A phrase longer than the text that a passage shares with the next. Where it runs on beyond that, it is looked up
    /// by its beginning, and verified in the stored text of the passages that it may run through.
    fn long_phrase(&self, chars: &[char], counts: &dyn Fn(DocId, u32, u32) -> bool) -> Result<Found> {
        let length = chars.len() as u32;
        let mut found: BTreeMap<DocId, u32> = BTreeMap::new();
        for_each_phrase(self.reader, self.fields.chars, chars, self.allowed.as_ref(), |doc, starts| {
            let count = starts.iter().filter(|&&start| counts(doc, start, length)).count();
            if count > 0 {
                found.insert(doc, count as u32);
            }
        })?;
        let mut candidates: Vec<(DocId, Vec<u32>)> = Vec::new();
        for_each_phrase(self.reader, self.fields.chars, &chars[..=TAIL], self.allowed.as_ref(), |doc, starts| {
            let indexed = self.length.first(doc).unwrap_or(0) + TAIL as u64;
            let runs_on = |start: u32| u64::from(start + length) > indexed;
            let on: Vec<u32> =
                starts.iter().copied().filter(|&start| runs_on(start) && counts(doc, start, length)).collect();
            if !on.is_empty() {
                candidates.push((doc, on));
            }
        })?;
        let store = self.reader.get_store_reader(4).map_err(engine)?;
        let ordinals = self.layout.columns.ordinal()?;
        for (doc, starts) in candidates {
            let mut text: Vec<char> = Vec::new();
            let mut next = doc;
            let needed = starts.iter().max().map_or(0, |&start| start as usize + chars.len());
            while text.len() < needed && next < self.reader.max_doc() {
                if next > doc && ordinals.first(next) == Some(0) {
                    break;
                }
                let document: TantivyDocument = store.get(next)?;
                let passage = document::passage(&document, self.fields)
                    .map_err(|reason| Error::Damaged { path: "index".into(), reason })?;
                text.extend(super::compile::exact(&passage.text));
                next += 1;
            }
            let count =
                starts.iter().filter(|&&start| text.get(start as usize..).is_some_and(|t| t.starts_with(chars)));
            let count = count.count() as u32;
            if count > 0 {
                *found.entry(doc).or_default() += count;
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The documents with a word that starts or ends as `evidence` says.
    fn expanded(&self, field: Field, evidence: &Evidence) -> Result<Found> {
        let inverted = self.reader.inverted_index(field)?;
        let mut words: Vec<(u32, String)> = Vec::new();
        let mut keep = |word: &[u8], doc_freq: u32| {
            words.extend(std::str::from_utf8(word).ok().map(|word| (doc_freq, word.to_owned())));
        };
        match evidence {
            Evidence::Prefix(stem) => {
                let mut terms = inverted.terms().range().ge(stem.as_bytes()).into_stream().map_err(engine)?;
                while terms.advance() && terms.key().starts_with(stem.as_bytes()) {
                    keep(terms.key(), terms.value().doc_freq);
                }
            }
            Evidence::Suffix(stem) => {
                let mut terms = inverted.terms().stream().map_err(engine)?;
                while terms.advance() {
                    if terms.key().ends_with(stem.as_bytes()) {
                        keep(terms.key(), terms.value().doc_freq);
                    }
                }
            }
            _ => {}
        }
        words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        words.truncate(MOST_EXPANSIONS);
        let mut found: BTreeMap<DocId, u32> = BTreeMap::new();
        let allowed = self.allowed_in(field);
        for (_, word) in words {
            super::postings::for_each_block(self.reader, field, &word, |docs, freqs| {
                for (&doc, &count) in docs.iter().zip(freqs) {
                    if allowed.is_none_or(|allowed| allowed.contains(doc)) {
                        *found.entry(doc).or_default() += count;
                    }
                }
            })?;
        }
        Ok(found.into_iter().collect())
    }

    /// The documents in which all phrases occur near each other (`distance` characters between neighbours) or, without
    /// a distance, in one sentence.
    fn together(
        &self,
        field: Field,
        phrases: &[Vec<char>],
        distance: Option<u32>,
        counts: &dyn Fn(DocId, u32, u32) -> bool,
    ) -> Result<Found> {
        let mut by_document: BTreeMap<DocId, Vec<Vec<Stretch>>> = BTreeMap::new();
        for (i, chars) in phrases.iter().enumerate() {
            let length = chars.len() as u32;
            for_each_phrase(self.reader, field, chars, self.allowed_in(field), |doc, starts| {
                let own: Vec<Stretch> = starts
                    .iter()
                    .filter(|&&start| counts(doc, start, length))
                    .map(|&start| Stretch { start, end: start + length })
                    .collect();
                let lists = by_document.entry(doc).or_default();
                if !own.is_empty() && lists.len() == i {
                    lists.push(own);
                }
            })?;
            by_document.retain(|_, lists| lists.len() == i + 1);
        }
        let mut found = Vec::new();
        for (doc, lists) in by_document {
            let ends = if distance.is_none() { self.sentence_ends(field, doc)? } else { Vec::new() };
            let count = lists[0].iter().filter(|&&first| match distance {
                Some(distance) => chained(first, &lists[1..], distance),
                None => {
                    let sentence = |position: u32| ends.partition_point(|&end| end < position);
                    let wanted = sentence(first.start);
                    lists[1..].iter().all(|list| list.iter().any(|s| sentence(s.start) == wanted))
                }
            });
            let count = count.count() as u32;
            if count > 0 {
                found.push((doc, count));
            }
        }
        Ok(found)
    }

    /// The positions at which sentences of a document end, ascending.
    fn sentence_ends(&self, field: Field, doc: DocId) -> Result<Vec<u32>> {
        let inverted = self.reader.inverted_index(field)?;
        let mut ends = Vec::new();
        for mark in SENTENCE_ENDS {
            let folded = crate::text::fold::fold(&mark.to_string());
            let term = Term::from_field_text(field, &folded);
            let postings = inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions).map_err(engine)?;
            if let Some(mut postings) = postings
                && (postings.doc() == doc || (postings.doc() < doc && postings.seek(doc) == doc))
            {
                postings.append_positions_with_offset(0, &mut ends);
            }
        }
        ends.sort_unstable();
        Ok(ends)
    }
}

/// A stretch of positions.
#[derive(Clone, Copy)]
struct Stretch {
    start: u32,
    end: u32,
}

/// Whether, starting from `reached`, every list has a stretch at most `distance` from those reached before it.
fn chained(reached: Stretch, lists: &[Vec<Stretch>], distance: u32) -> bool {
    let Some((next, rest)) = lists.split_first() else { return true };
    next.iter().any(|&s| {
        let gap = if s.start >= reached.end { s.start - reached.end } else { reached.start.saturating_sub(s.end) };
        let apart = s.start >= reached.end || s.end <= reached.start;
        let joined = Stretch { start: reached.start.min(s.start), end: reached.end.max(s.end) };
        apart && gap <= distance && chained(joined, rest, distance)
    })
}

fn engine(error: std::io::Error) -> Error {
    Error::Engine(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_needs_every_link() {
        let at = |start: u32| Stretch { start, end: start + 2 };
        assert!(chained(at(0), &[vec![at(7)], vec![at(14)]], 5));
        assert!(!chained(at(0), &[vec![at(8)]], 5));
        assert!(chained(at(10), &[vec![at(3)]], 5));
    }
}
