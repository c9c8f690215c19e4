//! Matches a plan's evidence in one segment: the documents that have it, and how often.

use super::doc_set::DocBitSet;
use super::phrase;
use super::postings::{for_each_block, for_each_phrase};
use super::segment::SelectedSegment;
use crate::engine::embedded::char_codec;
use crate::engine::embedded::error::read_error;
use crate::engine::plan::{Evidence, Scope};
use crate::error::Result;
use std::collections::BTreeMap;
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Term};

/// Documents of one segment in ascending order, with how often the evidence occurs in each.
pub type Matches = Vec<(DocId, u32)>;

/// At most so many words stand for a prefix or a suffix; the most frequent ones.
const MOST_EXPANSIONS: usize = 4_000;
/// Characters that end a sentence, as far as `same:` is concerned; folded.
const SENTENCE_ENDS: [char; 3] = ['。', '!', '?'];

impl SelectedSegment<'_> {
    /// The documents in which `evidence` occurs in `scope`, in the passage's own text or the title.
    pub fn find(&self, evidence: &Evidence, scope: Scope) -> Result<Matches> {
        let body =
            if scope == Scope::Anywhere { self.find_in_body(evidence)? } else { Matches::new() };
        let title = if scope == Scope::Title || self.speaker_spans.is_none() {
            self.find_in_title(evidence)?
        } else {
            Matches::new()
        };
        Ok(both(body, title))
    }

    /// The documents of articles with the evidence in their title.
    fn find_in_title(&self, evidence: &Evidence) -> Result<Matches> {
        let mut found = Matches::new();
        for (first, count) in self.titles_with(evidence)? {
            let passages = self.articles.passages(self.articles.article(first));
            let allowed = |doc: &DocId| self.allows(*doc);
            found.extend(passages.filter(allowed).map(|doc| (doc, count)));
        }
        Ok(found)
    }

    /// The first passages of articles with the evidence in their title.
    fn titles_with(&self, evidence: &Evidence) -> Result<Matches> {
        match evidence {
            Evidence::Word(word) | Evidence::Character(word) | Evidence::Unknown(word) => {
                self.phrase(MatchedText::Title, &word.chars().collect::<Vec<_>>())
            }
            Evidence::Phrase(chars) | Evidence::Pair(chars) => {
                self.phrase(MatchedText::Title, chars)
            }
            Evidence::Prefix(_) | Evidence::Suffix(_) => {
                self.expanded(MatchedText::Title, evidence)
            }
            Evidence::Near(distance, phrases) => {
                self.together(MatchedText::Title, phrases, Some(*distance))
            }
            Evidence::Same(phrases) => self.together(MatchedText::Title, phrases, None),
        }
    }

    fn find_in_body(&self, evidence: &Evidence) -> Result<Matches> {
        match evidence {
            Evidence::Word(word) | Evidence::Character(word) | Evidence::Unknown(word) => {
                self.phrase(MatchedText::Body, &word.chars().collect::<Vec<_>>())
            }
            Evidence::Phrase(chars) | Evidence::Pair(chars) => {
                self.phrase(MatchedText::Body, chars)
            }
            Evidence::Prefix(_) | Evidence::Suffix(_) if self.speaker_spans.is_none() => {
                self.expanded(MatchedText::Body, evidence)
            }
            Evidence::Prefix(stem) | Evidence::Suffix(stem) => {
                self.phrase(MatchedText::Body, &stem.chars().collect::<Vec<_>>())
            }
            Evidence::Near(distance, phrases) => {
                self.together(MatchedText::Body, phrases, Some(*distance))
            }
            Evidence::Same(phrases) => self.together(MatchedText::Body, phrases, None),
        }
    }

    /// Calls `emit` with each document in which the phrase is, and the positions at which it
    /// begins: in its own text and, where only somebody's words count, in those. Of the documents'
    /// own texts only those in `among` are looked through, if it is given.
    fn each_phrase(
        &self,
        within: MatchedText,
        phrase: &[char],
        among: Option<&DocBitSet>,
        mut emit: impl FnMut(DocId, &[u32]),
    ) -> Result<()> {
        if within == MatchedText::Title {
            // A title is its first passage's, whichever passages of the article pass.
            return for_each_phrase(self.reader, self.fields.title_chars, phrase, None, emit);
        }
        let mut own: Vec<u32> = Vec::new();
        let allowed = among.or(self.allowed.as_ref());
        phrase::for_each_phrase(self.articles, phrase, allowed, |doc, starts| {
            let Some(spans) = &self.speaker_spans else { return emit(doc, starts) };
            own.clear();
            own.extend(
                starts
                    .iter()
                    .copied()
                    .filter(|&start| spans.cover(doc, start, start + phrase.len() as u32)),
            );
            if !own.is_empty() {
                emit(doc, &own);
            }
        });
        Ok(())
    }

    fn phrase(&self, within: MatchedText, phrase: &[char]) -> Result<Matches> {
        let mut found = Vec::new();
        if let (MatchedText::Body, &[only], None) = (within, phrase, &self.speaker_spans) {
            // Every list of a character says this; how often it is in a passage makes little
            // difference.
            let allowed = |doc: &DocId| self.allows(*doc);
            self.articles
                .texts
                .each(only, |doc| found.extend(Some(doc).filter(allowed).map(|doc| (doc, 1))));
            return Ok(found);
        }
        let emit = |doc, starts: &[u32]| found.push((doc, starts.len() as u32));
        self.each_phrase(within, phrase, None, emit)?;
        Ok(found)
    }

    /// The documents with a word that starts or ends as `evidence` says.
    fn expanded(&self, within: MatchedText, evidence: &Evidence) -> Result<Matches> {
        let mut words: Vec<(u64, String)> = Vec::new();
        let fits = |word: &str| match evidence {
            Evidence::Prefix(stem) => word.starts_with(stem.as_str()),
            Evidence::Suffix(stem) => word.ends_with(stem.as_str()),
            _ => false,
        };
        let first = if let Evidence::Prefix(stem) = evidence { stem.as_str() } else { "" };
        let mut keep = |word: &str, count: u64| {
            let fits = fits(word);
            words.extend(fits.then(|| (count, word.to_owned())));
            // What begins alike stands together.
            fits || first.is_empty()
        };
        match within {
            MatchedText::Body => self.articles.words.each_word(first, keep)?,
            MatchedText::Title => {
                let inverted = self.reader.inverted_index(self.fields.title_words)?;
                let mut terms = inverted
                    .terms()
                    .range()
                    .ge(first.as_bytes())
                    .into_stream()
                    .map_err(read_error)?;
                while terms.advance()
                    && std::str::from_utf8(terms.key())
                        .is_ok_and(|word| keep(word, terms.value().doc_freq.into()))
                {
                }
            }
        }
        words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        words.truncate(MOST_EXPANSIONS);
        let mut found: BTreeMap<DocId, u32> = BTreeMap::new();
        for (_, word) in words {
            match within {
                MatchedText::Body => self.articles.words.each_block(&word, |docs, counts| {
                    let both = docs.iter().zip(counts);
                    for (&doc, count) in both.filter(|(doc, _)| self.allows(**doc)) {
                        *found.entry(doc).or_default() += count;
                    }
                })?,
                // A title is its first passage's, whichever passages of the article pass.
                MatchedText::Title => {
                    for_each_block(self.reader, self.fields.title_words, &word, |docs, freqs| {
                        docs.iter()
                            .zip(freqs)
                            .for_each(|(&doc, &count)| *found.entry(doc).or_default() += count);
                    })?;
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The documents in which all phrases occur near each other (`distance` characters between
    /// neighbours) or, without a distance, in one sentence.
    fn together(
        &self,
        within: MatchedText,
        phrases: &[Vec<char>],
        distance: Option<u32>,
    ) -> Result<Matches> {
        let by_document = self.with_all(within, phrases)?;
        let mut found = Vec::new();
        for (doc, lists) in by_document {
            let ends =
                if distance.is_none() { self.sentence_ends(within, doc)? } else { Vec::new() };
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

    /// The documents that have all phrases, with the places of each phrase. The phrase with the
    /// rarest character is looked for first, the others only where those before them were found.
    fn with_all(
        &self,
        within: MatchedText,
        phrases: &[Vec<char>],
    ) -> Result<BTreeMap<DocId, Vec<Vec<PositionSpan>>>> {
        let texts = &self.articles.texts;
        let rarest = |i: &usize| phrases[*i].iter().map(|&c| texts.count(c)).min();
        let mut order: Vec<usize> = (0..phrases.len()).collect();
        order.sort_by_key(rarest);
        let mut by_document: BTreeMap<DocId, Vec<Vec<PositionSpan>>> = BTreeMap::new();
        let mut among: Option<DocBitSet> = None;
        for i in order {
            let length = phrases[i].len() as u32;
            self.each_phrase(within, &phrases[i], among.as_ref(), |doc, starts| {
                let spans = starts.iter().map(|&start| PositionSpan { start, end: start + length });
                let known = among.is_none() || by_document.contains_key(&doc);
                if known {
                    let lists = by_document.entry(doc);
                    lists.or_insert_with(|| vec![Vec::new(); phrases.len()])[i] = spans.collect();
                }
            })?;
            by_document.retain(|_, lists| !lists[i].is_empty());
            let mut with = DocBitSet::empty(self.reader.max_doc());
            by_document.keys().for_each(|&doc| with.insert(doc));
            among = Some(with);
        }
        Ok(by_document)
    }

    /// The positions at which sentences of a document end, ascending.
    fn sentence_ends(&self, within: MatchedText, doc: DocId) -> Result<Vec<u32>> {
        let mut ends = Vec::new();
        if within == MatchedText::Body {
            let marks = SENTENCE_ENDS.map(char_codec::number);
            let numbers = (0..).zip(char_codec::numbers(self.articles.texts.passage(doc)));
            ends.extend(
                numbers.filter(|(_, number)| marks.contains(number)).map(|(position, _)| position),
            );
            return Ok(ends);
        }
        let inverted = self.reader.inverted_index(self.fields.title_chars)?;
        for mark in SENTENCE_ENDS {
            let term =
                Term::from_field_text(self.fields.title_chars, mark.encode_utf8(&mut [0; 4]));
            let postings = inverted
                .read_postings(&term, IndexRecordOption::WithFreqsAndPositions)
                .map_err(read_error)?;
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

/// The matches of either, added up.
fn both(a: Matches, b: Matches) -> Matches {
    if b.is_empty() {
        return a;
    }
    let mut found = a;
    found.extend(b);
    found.sort_by_key(|&(doc, _)| doc);
    found.dedup_by(|later, first| {
        let same = later.0 == first.0;
        first.1 += if same { later.1 } else { 0 };
        same
    });
    found
}

/// Where a phrase is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MatchedText {
    Body,
    Title,
}

/// A stretch of positions.
#[derive(Clone, Copy)]
struct PositionSpan {
    start: u32,
    end: u32,
}

/// True if, starting from `reached`, every list has a stretch at most `distance` from those
/// reached before it.
fn chained(reached: PositionSpan, lists: &[Vec<PositionSpan>], distance: u32) -> bool {
    let Some((next, rest)) = lists.split_first() else { return true };
    next.iter().any(|&s| {
        let gap = if s.start >= reached.end {
            s.start - reached.end
        } else {
            reached.start.saturating_sub(s.end)
        };
        let apart = s.start >= reached.end || s.end <= reached.start;
        let joined =
            PositionSpan { start: reached.start.min(s.start), end: reached.end.max(s.end) };
        apart && gap <= distance && chained(joined, rest, distance)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_needs_every_link() {
        let at = |start: u32| PositionSpan { start, end: start + 2 };
        assert!(chained(at(0), &[vec![at(7)], vec![at(14)]], 5));
        assert!(!chained(at(0), &[vec![at(8)]], 5));
        assert!(chained(at(10), &[vec![at(3)]], 5));
    }
}
