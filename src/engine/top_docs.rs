//! The best passages that an execution returns, before any stored passage is read.

use super::collapse::{Collapsed, ReprintPolicy};
use super::facet::{Facet, FacetCount};
use super::number::day_inferred;
use crate::error::Result;
use crate::reprint::Groups;
use std::cmp::Reverse;
use std::collections::HashMap;

/// The address of a passage in an engine's commit. It means nothing to another commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PassageAddress {
    /// The part of the index.
    pub segment: u32,
    /// The passage's number within the part.
    pub passage: u32,
}

/// The order of hits. Ties are broken by article id, then by place in the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Best first. A question without words has no relevance and is answered newest first.
    Relevance,
    /// Newest first, inferred dates after the certain ones of the same day; undated ones last.
    Newest,
    /// Oldest first, inferred dates after the certain ones of the same day; undated ones last.
    Oldest,
    /// Last come first: by the time of the run that found the article with its present content
    /// first, then by day, the newest first.
    Seen,
    /// At random: by a hash of this seed and the article's number, so that the same seed draws the
    /// same, and one more hit drawn leaves the others.
    Sample(u64),
}

/// The facts about a hit by which an [`Order`] may order it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OrderFacts {
    /// Its score.
    pub score: f32,
    /// The [`date_number`](super::date_number) of its article.
    pub date: Option<i64>,
    /// The time at which its article was seen; see [`RecordRow::seen`](super::origin::RecordRow).
    pub seen: i64,
    /// The number of its article.
    pub number: u64,
}

/// The seconds of a day.
const DAY: i64 = 86_400;

/// The bits of a key of [`Order::Seen`] below the time: days, from the year -3773 to 7713.
const DAY_BITS: u32 = 22;

impl Order {
    /// The key by which hits are ordered, greatest first.
    pub fn key(self, hit: OrderFacts) -> i64 {
        let OrderFacts { score, date, seen, number } = hit;
        match self {
            // The bits of a non-negative float are ordered as it is.
            Order::Relevance => i64::from(score.max(0.0).to_bits()),
            Order::Newest => date.map_or(i64::MIN, |date| {
                let (day, inferred) = day_inferred(date);
                date + (day - i64::from(inferred)) * DAY
            }),
            Order::Oldest => date.map_or(i64::MIN, |date| {
                let (day, inferred) = day_inferred(date);
                -date - (day + i64::from(inferred)) * DAY
            }),
            Order::Seen => {
                let half = 1 << (DAY_BITS - 1);
                let day = date.map_or(-half, |date| day_inferred(date).0.clamp(1 - half, half - 1));
                (seen << DAY_BITS) + half + day
            }
            Order::Sample(seed) => {
                let mut hasher = blake3::Hasher::new();
                hasher.update(&seed.to_le_bytes()).update(&number.to_le_bytes());
                let mut first = [0u8; 8];
                first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
                i64::from_le_bytes(first)
            }
        }
    }
}

impl Candidate {
    /// The time at which its article was seen, in seconds since 1970 in UTC; `None` where `order`,
    /// in which the candidates are, is another than [`Order::Seen`].
    pub fn seen(&self, order: Order) -> Option<i64> {
        (order == Order::Seen).then_some(self.key >> DAY_BITS)
    }
}

/// The passages of an article that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// The best one of each article.
    Articles,
    /// Every one that qualifies.
    Passages,
}

/// The results that an execution is asked for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The order of candidates.
    pub order: Order,
    /// The passages of an article that are candidates.
    pub grouping: Grouping,
    /// The groups of reprints; `None` before the first commit.
    pub groups: Option<&'a Groups>,
    /// The treatment of reprints.
    pub reprints: ReprintPolicy,
    /// At most so many candidates.
    pub candidates: usize,
    /// For so many of the first candidates, the article's passages that proximity may prefer.
    pub examined: usize,
    /// The facets to count over the answer.
    pub facets: &'a [Facet],
    /// The articles that facets count.
    pub counted: FacetScope,
}

/// The articles that facets count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FacetScope {
    /// Those that hold all of the query as typed.
    #[default]
    Whole,
    /// Every one that qualifies.
    All,
}

/// The results of a plan.
#[derive(Debug, Default)]
pub struct TopDocs {
    /// The best, in order.
    pub candidates: Vec<Candidate>,
    /// The articles that qualify, as texts.
    pub collapsed: Collapsed,
    /// Number of passages that qualify, those of every copy of a text.
    pub passages: u64,
    /// Counts over the whole answer, in the order asked for.
    pub facets: Vec<FacetCount>,
}

/// One of the best passages.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The passage.
    pub at: PassageAddress,
    /// Its place in its article.
    pub ordinal: u32,
    /// Its score.
    pub score: f32,
    /// The key by which it is ordered; see [`Order::key`].
    pub key: i64,
    /// The number of further passages of its article that qualify.
    pub further: u32,
    /// The number of its article within the part of the index.
    pub article: u32,
    /// The article's passages that may be shown instead, in order; see [`Wanted::examined`].
    pub examined: Vec<ScoredPassage>,
}

/// A passage with the score of its words and its article.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPassage {
    /// The passage.
    pub at: PassageAddress,
    /// Its place in its article.
    pub ordinal: u32,
    /// Its score.
    pub score: f32,
}

/// The exact text of a passage, for a closer look.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CloseText {
    /// Its characters, folded, without white space.
    pub chars: Vec<char>,
    /// The first character of the article's next passage.
    pub next: Option<char>,
    /// Its length in characters, as exactly as the engine keeps lengths.
    pub length: u32,
    /// Positions of the words that count; `None` where all count.
    pub speaker_spans: Option<Vec<(u32, u32)>>,
}

impl CloseText {
    /// True if the positions `start..end` lie in words that count.
    pub fn counts(&self, start: u32, end: u32) -> bool {
        let Some(spans) = &self.speaker_spans else { return true };
        spans.iter().any(|&(first, last)| first <= start && end <= last)
    }
}

/// The contribution of one kind of evidence to a passage's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The word as typed, folded.
    pub word: String,
    /// The evidence found for it: the word, a part of it, another name.
    pub evidence: String,
    /// Its weight.
    pub weight: f32,
    /// The score of its being in the passage.
    pub passage: f32,
    /// The score of its being in the article and its title.
    pub article: f32,
}

/// Puts candidates in order: by key, then by the id of their article, then by place. `id` is only
/// asked for candidates with equal keys, since ids are dear to read.
///
/// # Errors
/// Those of `id`.
pub fn sort(
    candidates: &mut [Candidate],
    id: impl Fn(PassageAddress) -> Result<String>,
) -> Result<()> {
    candidates.sort_by_key(|candidate| Reverse(candidate.key));
    for equals in candidates.chunk_by_mut(|a, b| a.key == b.key).filter(|e| e.len() > 1) {
        let mut ids = HashMap::new();
        for candidate in equals.iter() {
            ids.insert(candidate.at, id(candidate.at)?);
        }
        equals.sort_by(|a, b| ids[&a.at].cmp(&ids[&b.at]).then(a.ordinal.cmp(&b.ordinal)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(passage: u32, key: i64, ordinal: u32) -> Candidate {
        let at = PassageAddress { segment: 0, passage };
        Candidate { at, ordinal, score: 0.0, key, further: 0, article: passage, examined: vec![] }
    }

    #[test]
    fn what_came_last_is_first_then_what_is_newest() {
        let key = |seen, date| Order::Seen.key(OrderFacts { seen, date, ..OrderFacts::default() });
        let now = 1_700_000_000;
        let old = -640_000_000;
        let keys = [
            key(now + 1, Some(old)),
            key(now + 1, None),
            key(now, Some(now)),
            key(now, Some(old)),
            key(now, None),
            key(0, Some(i64::MAX / 4)),
        ];
        assert!(keys.is_sorted_by(|a, b| a > b), "{keys:?}");
        let candidate = candidate(1, keys[0], 0);
        assert_eq!(candidate.seen(Order::Seen), Some(now + 1));
        assert_eq!(candidate.seen(Order::Newest), None);
        assert_eq!(keys.map(|key| key >> DAY_BITS), [now + 1, now + 1, now, now, now, 0]);
    }

    #[test]
    fn ties_break_by_id_then_by_place() {
        let mut candidates =
            vec![candidate(0, 1, 1), candidate(1, 1, 0), candidate(2, 1, 0), candidate(3, 2, 0)];
        let ids = ["b", "b", "a", "z"];
        sort(&mut candidates, |at| Ok(ids[at.passage as usize].to_owned())).unwrap();
        let order: Vec<u32> = candidates.iter().map(|c| c.at.passage).collect();
        assert_eq!(order, [3, 2, 1, 0]);
    }

    #[test]
    fn undated_articles_come_last_both_ways() {
        let of = |date| OrderFacts { date, ..OrderFacts::default() };
        assert!(Order::Newest.key(of(None)) < Order::Newest.key(of(Some(-1))));
        assert!(Order::Oldest.key(of(None)) < Order::Oldest.key(of(Some(1 << 40))));
        let scored = |score| Order::Relevance.key(OrderFacts { score, ..OrderFacts::default() });
        assert!(scored(2.0) > scored(1.0));
    }

    #[test]
    fn inferred_dates_come_after_the_certain_ones_of_their_day() {
        // Noon of a day, its last minute, the same inferred, and midnight of the next day.
        let day = 19_566 * DAY;
        let (noon, late, next) = (day + DAY / 2, day + DAY - 60, day + DAY);
        let sorted = |order: Order| {
            let mut dates = vec![late + 1, noon, next, late, noon + 1];
            dates.sort_by_key(|&date| {
                std::cmp::Reverse(
                    order.key(OrderFacts { date: Some(date), ..OrderFacts::default() }),
                )
            });
            dates
        };
        assert_eq!(sorted(Order::Newest), [next, late, noon, late + 1, noon + 1]);
        assert_eq!(sorted(Order::Oldest), [noon, late, noon + 1, late + 1, next]);
    }

    #[test]
    fn words_count_inside_a_speakers_span_only() {
        let mut text = CloseText { speaker_spans: Some(vec![(2, 5)]), ..CloseText::default() };
        assert!(text.counts(2, 5) && !text.counts(1, 3) && !text.counts(4, 6));
        text.speaker_spans = None;
        assert!(text.counts(0, 99));
    }
}
