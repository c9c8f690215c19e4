//! The concordance of an answer: `/?view=kwic`, a line for each place of a word.

use super::language::{Language, grouped};
use super::passage_view::facts;
use crate::engine::Grouping;
use crate::record::{ConcordanceOrder, ContextWidth, OccurrenceRecord, sort_concordance};
use crate::search::{Answer, Hit, Request};

/// Passages that a concordance is sorted among, and lines of it.
const PASSAGES: usize = 1_000;
const LINES: usize = 100;
/// Characters on either side of a line.
const AROUND: usize = 24;

/// A line of a concordance.
pub struct KwicLine {
    /// The text before the word.
    pub left: String,
    /// The word.
    pub word: String,
    /// The text after it.
    pub right: String,
    /// Date, outlet, authors.
    pub facts: String,
    /// The key of the article.
    pub key: String,
    /// The place of the passage.
    pub ordinal: u32,
}

/// The lines of an answer, and how many there would be.
pub struct Concordance {
    /// The lines shown.
    pub lines: Vec<KwicLine>,
    /// The lines shown and the lines found, in words.
    pub total: String,
}

/// The request for the passages of a concordance.
pub fn asked(request: Request) -> Request {
    let (limit, offset) = (PASSAGES, 0);
    Request { limit, offset, grouping: Grouping::Passages, context: 1, ..request }
}

/// The lines of an answer, in order.
pub fn concordance(answer: &Answer, order: Option<&str>, l: Language) -> Concordance {
    let order = match order {
        Some("left") => ConcordanceOrder::Left,
        Some("right") => ConcordanceOrder::Right,
        Some("date") => ConcordanceOrder::Date,
        _ => ConcordanceOrder::Rank,
    };
    let mut found: Vec<(OccurrenceRecord<'_>, &Hit)> = Vec::new();
    for hit in &answer.hits {
        let date = hit.passage.article.date.as_deref().unwrap_or_default();
        let own = OccurrenceRecord::of(hit, date, ContextWidth::Characters(AROUND));
        found.extend(own.map(|occurrence| (occurrence, hit)));
    }
    sort_concordance(&mut found, order, |(occurrence, _)| occurrence);
    let all = found.len();
    let line = |(occurrence, hit): (OccurrenceRecord<'_>, &Hit)| KwicLine {
        left: occurrence.left,
        word: occurrence.word,
        right: occurrence.right,
        facts: facts(&hit.passage.article, l),
        key: occurrence.key,
        ordinal: hit.passage.ordinal,
    };
    let lines: Vec<KwicLine> = found.into_iter().take(LINES).map(line).collect();
    let total = total(lines.len(), all, answer.hits.len(), l);
    Concordance { lines, total }
}

/// The numbers of lines in words; the passages too where further ones were not looked at.
fn total(shown: usize, all: usize, passages: usize, l: Language) -> String {
    let [shown, all, most] = [shown, all, passages].map(|n| grouped(n as u64));
    let cut = passages == PASSAGES;
    match l {
        Language::Chinese if cut => format!("显示 {shown} 行，前 {most} 段中共 {all} 处"),
        Language::Chinese => format!("显示 {shown} 行，共 {all} 处"),
        Language::English if cut => {
            format!("{shown} of {all} lines, from the first {most} passages")
        }
        Language::English => format!("{shown} of {all} lines"),
    }
}
