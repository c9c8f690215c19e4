//! Looks for exact phrases in the passages' own text: in those that have the rarest character, and
//! in what surrounds them.

use super::doc_set::DocBitSet;
use crate::engine::embedded::article_map::ArticleMap;
use crate::engine::embedded::char_codec;
use crate::engine::embedded::exact_text::ExactTexts;
use crate::engine::embedded::exact_text::window::Window;
use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::memmem::{Finder, FinderBuilder};
use std::ops::Range;
use tantivy::DocId;

/// The codes of a phrase. It must be folded and hold only what
/// [`crate::text::exact::is_exact_char`] admits.
pub fn codes(phrase: &[char]) -> Vec<u8> {
    let mut codes = Vec::with_capacity(phrase.len() * 2);
    phrase.iter().for_each(|&c| char_codec::push(c, &mut codes));
    codes
}

/// Calls `emit` with each passage in which the phrase begins, in order, and the positions at which
/// it does; it may end in a later passage of the same article. Only passages in `allowed` are told.
///
/// The phrase must be folded and hold only what [`crate::text::exact::is_exact_char`] admits.
pub fn for_each_phrase(
    articles: &ArticleMap,
    phrase: &[char],
    allowed: Option<&DocBitSet>,
    mut emit: impl FnMut(DocId, &[u32]),
) {
    let texts = &articles.texts;
    let Some(&lead) = phrase.iter().min_by_key(|&&c| texts.count(c)) else { return };
    if phrase.iter().any(|&c| texts.count(c) == 0) {
        return;
    }
    let pattern = codes(phrase);
    let finder = FinderBuilder::new().build_forward_with_ranker(CodeRanks, &pattern);
    let codes = Window::new(texts);
    let mut scan = PhraseScan {
        articles,
        codes,
        finder: &finder,
        allowed,
        doc: 0,
        end: texts.start(1),
        starts: Vec::new(),
    };
    let reach = pattern.len() - 1;
    if let Some(allowed) = allowed.filter(|allowed| allowed.count() < texts.count(lead)) {
        allowed.for_each(|doc| {
            let last = articles.passages(articles.article(doc)).end;
            let end = texts.start(doc + 1).saturating_add(reach).min(texts.start(last));
            scan.range(texts.start(doc)..end, &mut emit);
        });
    } else {
        // Codes that may hold the phrase, those of passages that follow each other at once; and
        // where their article's begin and end.
        let (mut range, mut article) = (0..0, 0..0);
        let others = OtherCharacters::of(texts, phrase, lead, reach);
        texts.each(lead, |doc| {
            if !others.may_be_around(doc) {
                return;
            }
            let (start, end) = (texts.start(doc), texts.start(doc + 1));
            if start >= article.end {
                let passages = articles.passages(articles.article(doc));
                article = texts.start(passages.start)..texts.start(passages.end);
            }
            let around = start.saturating_sub(reach).max(article.start)
                ..end.saturating_add(reach).min(article.end);
            if around.start < range.end {
                range.end = around.end;
            } else {
                scan.range(range.clone(), &mut emit);
                range = around;
            }
        });
        scan.range(range, &mut emit);
    }
    scan.finish(&mut emit);
}

/// How frequent the bytes of codes are: those of text in other encodings, which the finder knows
/// about, are others.
struct CodeRanks;

impl HeuristicFrequencyRank for CodeRanks {
    fn rank(&self, byte: u8) -> u8 {
        char_codec::BYTE_RANKS[usize::from(byte)]
    }
}

/// In how many passages the rarest character of a phrase has to be before others are asked about
/// too: looking through few passages is quicker than reading another list.
const MANY: u64 = 2_000;
/// At most so many others are asked about.
const MOST_OTHERS: usize = 3;

/// The passages of some characters of a phrase, besides the rarest.
struct OtherCharacters<'a> {
    texts: &'a ExactTexts,
    sets: Vec<DocBitSet>,
    reach: usize,
}

impl<'a> OtherCharacters<'a> {
    /// Those of the rarest others that are in fewer than a quarter of all passages: with
    /// neighbours, a more frequent one is nearly everywhere. `reach` is one byte less than the
    /// phrase has.
    fn of(texts: &'a ExactTexts, phrase: &[char], lead: char, reach: usize) -> OtherCharacters<'a> {
        let mut sets = Vec::new();
        if texts.count(lead) >= MANY {
            let mut others: Vec<(u64, char)> =
                phrase.iter().map(|&c| (texts.count(c), c)).collect();
            others.retain(|&(count, c)| c != lead && count < texts.passages() as u64 / 4);
            others.sort_unstable();
            others.dedup();
            for (_, c) in others.into_iter().take(MOST_OTHERS) {
                let mut set = DocBitSet::empty(texts.passages() as DocId);
                texts.each(c, |doc| set.insert(doc));
                sets.push(set);
            }
        }
        OtherCharacters { texts, sets, reach }
    }

    /// True if the phrase may be in a passage or reach into it: each other character is in it or in
    /// a neighbour. A neighbour shorter than the phrase proves nothing, since what lies behind it
    /// may belong to the phrase.
    fn may_be_around(&self, doc: DocId) -> bool {
        let texts = self.texts;
        let near = |set: &DocBitSet| {
            set.contains(doc) || set.contains(doc + 1) || doc > 0 && set.contains(doc - 1)
        };
        let is_short = |doc: DocId| texts.start(doc + 1) - texts.start(doc) < self.reach;
        self.sets.iter().all(near) || is_short(doc + 1) || doc > 0 && is_short(doc - 1)
    }
}

/// Looks through codes in order.
struct PhraseScan<'a> {
    articles: &'a ArticleMap,
    codes: Window<'a>,
    finder: &'a Finder<'a>,
    allowed: Option<&'a DocBitSet>,
    /// The passage in which something was found last, and where it ends.
    doc: DocId,
    end: usize,
    /// The places found in it.
    starts: Vec<u32>,
}

impl PhraseScan<'_> {
    /// Looks through a range of codes, which lies in one article.
    fn range(&mut self, range: Range<usize>, emit: &mut impl FnMut(DocId, &[u32])) {
        let texts = &self.articles.texts;
        let mut at = range.start;
        // What was found last, and its position: positions are counted on from there.
        let mut last = (usize::MAX, 0);
        while let Some(found) = self.finder.find(self.codes.codes(at..range.end)) {
            let place = at + found;
            if place >= self.end || last.0 == usize::MAX {
                if place >= self.end {
                    self.finish(emit);
                    self.seek(place);
                }
                last = (texts.start(self.doc), 0);
            }
            last = (place, last.1 + char_codec::count(self.codes.codes(last.0..place)));
            if self.allowed.is_none_or(|allowed| allowed.contains(self.doc)) {
                self.starts.push(last.1 as u32);
            }
            at = place + 1;
        }
    }

    /// Goes on to the passage in which a place lies.
    fn seek(&mut self, place: usize) {
        let texts = &self.articles.texts;
        let (mut low, mut high) = (self.doc, texts.passages() as DocId);
        // The last passage that begins at the place or before it.
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if texts.start(middle) <= place { low = middle } else { high = middle }
        }
        (self.doc, self.end) = (low, texts.start(low + 1));
    }

    /// Tells what was found in the last passage.
    fn finish(&mut self, emit: &mut impl FnMut(DocId, &[u32])) {
        if !self.starts.is_empty() {
            emit(self.doc, &self.starts);
            self.starts.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_a_phrase_are_those_of_its_text() {
        let mut expected = Vec::new();
        char_codec::encode("中国队", &mut expected);
        assert_eq!(codes(&['中', '国', '队']), expected);
    }
}
