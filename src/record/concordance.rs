//! A concordance: the occurrences of what was looked for, the word in the middle (KWIC, keyword in
//! context).

use crate::search::Hit;
use crate::text::{Span, one_line};
use serde::Serialize;
use unicode_width::UnicodeWidthChar;

/// An occurrence of what was looked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OccurrenceRecord<'a> {
    /// The text before the word, as far as it fits.
    pub left: String,
    /// The word.
    pub word: String,
    /// The text behind the word, as far as it fits.
    pub right: String,
    /// The article's date in ISO 8601.
    pub date: &'a str,
    /// True if a part of the date is inferred and not written.
    pub date_inferred: bool,
    /// Original outlet.
    pub source: &'a str,
    /// The file of the article.
    pub path: &'a str,
    /// The line of the file that the article starts on.
    pub line: Option<u64>,
    /// The article's key.
    pub key: String,
}

/// The room on either side of the word.
#[derive(Debug, Clone, Copy)]
pub enum ContextWidth {
    /// Columns of a terminal.
    Columns(usize),
    /// Characters.
    Characters(usize),
}

impl ContextWidth {
    /// The first of `chars` that fit.
    fn fitting(self, chars: impl Iterator<Item = char>) -> Vec<char> {
        match self {
            ContextWidth::Characters(most) => chars.take(most).collect(),
            ContextWidth::Columns(most) => {
                let mut used = 0;
                let fits = |c: &char| {
                    used += c.width().unwrap_or(0);
                    used <= most
                };
                chars.take_while(fits).collect()
            }
        }
    }

    /// The end of a text that fits.
    pub fn tail(self, text: &str) -> String {
        self.fitting(text.chars().rev()).into_iter().rev().collect()
    }

    /// The start of a text that fits.
    pub fn start(self, text: &str) -> String {
        self.fitting(text.chars()).into_iter().collect()
    }
}

/// The order of a concordance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConcordanceOrder {
    /// That of the hits.
    Rank,
    /// By what stands before, from the word outwards.
    Left,
    /// By what stands after.
    Right,
    /// By date, undated ones last.
    Date,
    /// By outlet, those without last.
    Source,
}

impl<'a> OccurrenceRecord<'a> {
    /// The columns of [`OccurrenceRecord::row`].
    pub const COLUMNS: [&'static str; 9] =
        ["left", "word", "right", "date", "source", "path", "line", "key", "date_inferred"];

    /// The occurrences in the passage of a hit; `date` is its article's, as far as it counts.
    pub fn of(
        hit: &'a Hit,
        date: &'a str,
        width: ContextWidth,
    ) -> impl Iterator<Item = OccurrenceRecord<'a>> {
        let head = &*hit.passage.article;
        let text = hit.passage.text.as_str();
        let joined = |a: &str, b: &str| one_line(&format!("{a}{b}"));
        hit.highlights.iter().map(move |&span| OccurrenceRecord {
            left: width.tail(&joined(&hit.before, Span::new(0, span.start).of(text))),
            word: one_line(span.of(text)),
            right: width.start(&joined(Span::new(span.end, text.len()).of(text), &hit.after)),
            date,
            date_inferred: head.date_inferred,
            source: head.source.as_deref().unwrap_or_default(),
            path: &head.path,
            line: head.line,
            key: head.key.map(|key| key.to_string()).unwrap_or_default(),
        })
    }

    /// The occurrence as a row of a table.
    pub fn row(&self) -> Vec<String> {
        vec![
            self.left.clone(),
            self.word.clone(),
            self.right.clone(),
            self.date.to_owned(),
            self.source.to_owned(),
            self.path.to_owned(),
            self.line.map(|line| line.to_string()).unwrap_or_default(),
            self.key.clone(),
            self.date_inferred.to_string(),
        ]
    }
}

/// Puts occurrences in order, each the one that `of` gives of an item; equals stay as they are.
pub fn sort_concordance<'a, T>(
    all: &mut [T],
    order: ConcordanceOrder,
    of: impl Fn(&T) -> &OccurrenceRecord<'a>,
) {
    let last_if_empty = |a: &str, b: &str| (a.is_empty(), a).cmp(&(b.is_empty(), b));
    match order {
        ConcordanceOrder::Rank => {}
        ConcordanceOrder::Left => {
            all.sort_by_cached_key(|item| of(item).left.chars().rev().collect::<String>());
        }
        ConcordanceOrder::Right => all.sort_by(|a, b| {
            let (a, b) = (of(a), of(b));
            (&a.word, &a.right).cmp(&(&b.word, &b.right))
        }),
        ConcordanceOrder::Date => all.sort_by(|a, b| last_if_empty(of(a).date, of(b).date)),
        ConcordanceOrder::Source => all.sort_by(|a, b| last_if_empty(of(a).source, of(b).source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occurrences_are_sorted_by_what_stands_beside_them() {
        let found = |left: &str, date: &'static str| OccurrenceRecord {
            left: left.to_owned(),
            word: "堤".to_owned(),
            right: String::new(),
            date,
            date_inferred: false,
            source: "",
            path: "",
            line: None,
            key: String::new(),
        };
        let mut all = [found("一乙", "2024"), found("二甲", ""), found("三乙", "2023")];
        sort_concordance(&mut all, ConcordanceOrder::Date, |o| o);
        assert_eq!(all.each_ref().map(|o| o.date), ["2023", "2024", ""]);
        sort_concordance(&mut all, ConcordanceOrder::Left, |o| o);
        // Read from the word outwards.
        assert_eq!(all.each_ref().map(|o| o.left.as_str()), ["一乙", "三乙", "二甲"]);
    }

    #[test]
    fn contexts_are_cut_by_columns_or_by_characters() {
        assert_eq!(ContextWidth::Columns(3).start("洪水退了"), "洪");
        assert_eq!(ContextWidth::Characters(3).tail("洪水退了"), "水退了");
    }
}
