//! Statements as rows of a table: one row a statement, whoever said it.

use crate::passage::ArticleKey;
use crate::quote::{Confidence, Quote, SpeakerKind, SpeechKind};
use crate::search::Hit;
use serde::Serialize;

/// A statement with its speaker and its article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuoteRow<'a> {
    /// The speaker; empty where the article does not tell.
    pub speaker: &'a str,
    /// The kind of speaker.
    pub speaker_kind: Option<SpeakerKind>,
    /// The speaker's title.
    pub title: &'a str,
    /// The words.
    pub words: &'a str,
    /// The verb of saying.
    pub cue: &'a str,
    /// How the words are given.
    pub kind: SpeechKind,
    /// How far the attribution can be trusted.
    pub confidence: Confidence,
    /// The article's date in ISO 8601, cut to its precision.
    pub date: &'a str,
    /// The smallest part of the date that is known: `year`, `month`, `day` or `minute`.
    pub date_precision: &'static str,
    /// True if a part of the date is inferred and not written.
    pub date_inferred: bool,
    /// Original outlet.
    pub source: &'a str,
    /// Authors.
    pub authors: &'a [String],
    /// Headline.
    pub headline: &'a str,
    /// Address on the web.
    pub url: &'a str,
    /// The file of the article.
    pub path: &'a str,
    /// The line of the file that the article starts on.
    pub line: Option<u64>,
    /// The article's id.
    pub id: &'a str,
    /// The article's key.
    pub key: Option<ArticleKey>,
    /// `reprint` where the article is a copy of another of the archive, else `original`.
    pub printing: &'static str,
}

impl<'a> QuoteRow<'a> {
    /// The columns of [`QuoteRow::row`].
    pub const COLUMNS: [&'static str; 19] = [
        "speaker",
        "speaker_kind",
        "title",
        "words",
        "cue",
        "kind",
        "confidence",
        "date",
        "date_precision",
        "date_inferred",
        "source",
        "authors",
        "headline",
        "url",
        "path",
        "line",
        "id",
        "key",
        "printing",
    ];

    /// A statement of a hit.
    pub fn new(hit: &'a Hit, quote: &'a Quote) -> QuoteRow<'a> {
        let head = &*hit.passage.article;
        let speaker = quote.speaker.as_ref();
        let date = head.date.as_deref().unwrap_or_default();
        QuoteRow {
            speaker: speaker.map_or("", |s| &s.name),
            speaker_kind: speaker.map(|s| s.kind),
            title: speaker.map_or("", |s| &s.title),
            words: hit.passage.words(quote.span).trim(),
            cue: &quote.cue,
            kind: hit.passage.kind(quote),
            confidence: quote.confidence,
            date,
            date_precision: precision(date),
            date_inferred: head.date_inferred,
            source: head.source.as_deref().unwrap_or_default(),
            authors: &head.authors,
            headline: head.title.as_deref().unwrap_or_default(),
            url: head.url.as_deref().unwrap_or_default(),
            path: &head.path,
            line: head.line,
            id: &head.id,
            key: head.key,
            printing: if hit.standing.original.is_some() { "reprint" } else { "original" },
        }
    }

    /// The statement as a row of a table.
    pub fn row(&self) -> Vec<String> {
        let kind = |kind: SpeakerKind| format!("{kind:?}").to_lowercase();
        vec![
            self.speaker.to_owned(),
            self.speaker_kind.map(kind).unwrap_or_default(),
            self.title.to_owned(),
            self.words.to_owned(),
            self.cue.to_owned(),
            format!("{:?}", self.kind).to_lowercase(),
            format!("{:?}", self.confidence).to_lowercase(),
            self.date.to_owned(),
            self.date_precision.to_owned(),
            self.date_inferred.to_string(),
            self.source.to_owned(),
            self.authors.join("; "),
            self.headline.to_owned(),
            self.url.to_owned(),
            self.path.to_owned(),
            self.line.map(|line| line.to_string()).unwrap_or_default(),
            self.id.to_owned(),
            self.key.map(|key| key.to_string()).unwrap_or_default(),
            self.printing.to_owned(),
        ]
    }
}

/// The smallest part that a date in ISO 8601 tells.
fn precision(date: &str) -> &'static str {
    match date.len() {
        0 => "",
        1..=4 => "year",
        5..=7 => "month",
        8..=10 => "day",
        _ => "minute",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_precision_of_a_date_is_its_length() {
        let of = ["", "2024", "2024-03", "2024-03-12", "2024-03-12T08:30"].map(precision);
        assert_eq!(of, ["", "year", "month", "day", "minute"]);
    }
}
