//! The records that leave the program as JSON or CSV: what every key means, in one place.
//!
//! A record borrows from what it is made of and is only ever written. Escaping for terminals and
//! spreadsheets is left to whoever writes it. Spans are byte offsets in UTF-8: those of passages
//! and quotes count in the article's body (or its title, where `part` says so), highlights in the
//! text of their passage.

mod analysis;
mod capacity;
mod cell;
mod concordance;
mod count;
mod quote_row;
mod reprint;
mod segment;
mod update;

pub use analysis::{AnalysisRecord, ArticleQuoteRecord, DateRecord, TopicRecord};
pub use capacity::CapacityRecord;
pub use cell::plain_cell;
pub use concordance::{ConcordanceOrder, ContextWidth, OccurrenceRecord, sort_concordance};
pub use count::{
    ArchiveRecord, DatesRecord, FacetRow, FacetsRecord, NumberMap, SpeakerRecord, StatsRecord,
    TopicRow,
};
pub use quote_row::QuoteRow;
pub use reprint::{ChangeRecord, ReprintGroupRecord, ReprintRecord, SideRecord, WordsRecord};
pub use segment::{SegmentRecord, segments};
pub use update::{DoctorRecord, RepairRecord, UpdateRecord, megabytes_per_second};

use crate::passage::{self, ArticleKey, Head, Passage};
use crate::query::Query;
use crate::quote::{ArticlePart, Confidence, Quote, SpeakerKind, SpeechKind};
use crate::search::{Answer, Hit, Share};
use crate::text::Span;
use serde::Serialize;
use std::borrow::Cow;

/// Version of the records: raised when a key changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// The head of an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleRecord<'a> {
    /// The id that the article gives itself, or the name of its file.
    pub id: &'a str,
    /// Its key in the index; none where it is in no index.
    pub key: Option<ArticleKey>,
    /// The file that it was read from.
    pub path: &'a str,
    /// The line of the file that it starts on, from 1.
    pub line: Option<u64>,
    /// Headline.
    pub title: Option<&'a str>,
    /// Date in ISO 8601, cut to its precision.
    pub date: Option<&'a str>,
    /// True if a part of the date is inferred and not written.
    pub date_inferred: bool,
    /// Original outlet.
    pub source: Option<&'a str>,
    /// The outlet that this copy was taken from.
    pub reprinted_by: Option<&'a str>,
    /// Authors, in order.
    pub authors: &'a [String],
    /// Address on the web.
    pub url: Option<&'a str>,
}

impl<'a> From<&'a Head> for ArticleRecord<'a> {
    fn from(head: &'a Head) -> ArticleRecord<'a> {
        ArticleRecord {
            id: &head.id,
            key: head.key,
            path: &head.path,
            line: head.line,
            title: head.title.as_deref(),
            date: head.date.as_deref(),
            date_inferred: head.date_inferred,
            source: head.source.as_deref(),
            reprinted_by: head.reprinted_by.as_deref(),
            authors: &head.authors,
            url: head.url.as_deref(),
        }
    }
}

/// A passage without what is known of its article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassageRecord<'a> {
    /// Its place among the article's passages, from 0.
    pub ordinal: u32,
    /// Its start in the article's body.
    pub start: usize,
    /// Its end.
    pub end: usize,
    /// The body between the two.
    pub text: &'a str,
}

impl<'a> From<&'a Passage> for PassageRecord<'a> {
    fn from(passage: &'a Passage) -> PassageRecord<'a> {
        let (start, end) = (passage.span.start, passage.span.end);
        PassageRecord { ordinal: passage.ordinal, start, end, text: &passage.text }
    }
}

/// A quote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuoteRecord<'a> {
    /// The speaker's name; none where the article does not tell.
    pub speaker: Option<&'a str>,
    /// The kind of speaker.
    pub speaker_kind: Option<SpeakerKind>,
    /// The speaker as written at this place.
    pub mention: &'a str,
    /// The speaker's title.
    pub title: Option<&'a str>,
    /// Other names that the article gives.
    pub aliases: &'a [String],
    /// The organisation that the speaker speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub represents: Option<&'a str>,
    /// The verb of saying.
    pub cue: &'a str,
    /// The rule that decided.
    pub rule: &'a str,
    /// The confidence of the attribution.
    pub confidence: Confidence,
    /// The probability that the speaker is right, in percent, where a trained model decided.
    pub probability: Option<u8>,
    /// The kind of speech.
    pub kind: SpeechKind,
    /// The part of the article that the offsets count in.
    pub part: ArticlePart,
    /// True if a quotation mark was opened and never closed.
    pub unclosed: bool,
    /// The start of the words.
    pub start: usize,
    /// The end of the words.
    pub end: usize,
    /// The words, as far as they stand in the text that the record is of.
    pub text: Cow<'a, str>,
}

impl<'a> QuoteRecord<'a> {
    /// A quote with its words.
    pub fn new(quote: &'a Quote, text: impl Into<Cow<'a, str>>) -> QuoteRecord<'a> {
        let speaker = quote.speaker.as_ref();
        QuoteRecord {
            speaker: speaker.map(|s| s.name.as_str()),
            speaker_kind: speaker.map(|s| s.kind),
            mention: &quote.mention,
            title: speaker.map(|s| s.title.as_str()).filter(|t| !t.is_empty()),
            aliases: speaker.map_or(&[], |s| &s.aliases),
            represents: speaker.and_then(|s| s.represents.as_deref()),
            cue: &quote.cue,
            rule: quote.rule.as_str(),
            confidence: quote.confidence,
            probability: quote.probability,
            kind: quote.kind,
            part: quote.part,
            unclosed: quote.unclosed,
            start: quote.span.start,
            end: quote.span.end,
            text: text.into(),
        }
    }

    /// A quote of a passage, with its words as far as they stand in it.
    fn of(passage: &'a Passage, quote: &'a Quote) -> QuoteRecord<'a> {
        let text = match quote.part {
            ArticlePart::Body => passage.words(quote.span),
            ArticlePart::Title => {
                quote.span.of(passage.article.title.as_deref().unwrap_or_default())
            }
        };
        QuoteRecord::new(quote, text)
    }
}

/// A hit of a search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HitRecord<'a> {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Its rank in the whole answer, from 1.
    pub rank: usize,
    /// Its score, to four decimals; comparable within one answer only.
    pub score: f64,
    /// Its article.
    pub article: ArticleRecord<'a>,
    /// The passage shown.
    pub passage: PassageRecord<'a>,
    /// Those who speak in the passage, in order of their first words.
    pub speakers: Vec<&'a str>,
    /// Keys of the article's topics, best first.
    pub topics: Vec<&'a str>,
    /// The article's key terms.
    pub subjects: &'a [String],
    /// Spans of the words looked for, in the text of the passage.
    pub highlights: Vec<[usize; 2]>,
    /// The same in the headline.
    pub title_highlights: Vec<[usize; 2]>,
    /// The quotes of the passage.
    pub quotes: Vec<QuoteRecord<'a>>,
    /// Further passages of the article that answer.
    pub further: u32,
    /// Further copies of the text that answer and that the hit stands for.
    pub reprints: u64,
    /// The ids of the first thousand of those.
    pub reprint_ids: &'a [String],
    /// The id of the original where the hit is a reprint of it.
    pub original: Option<&'a str>,
    /// The copy in the index with the earliest date, where the text was printed more than once.
    pub first_printed: Option<ArticleRecord<'a>>,
    /// The parts of the score, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<ShareRecord<'a>>,
    /// The sentences around the passage, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<ContextRecord<'a>>,
    /// The name of the query in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<&'a str>,
}

/// A part of a hit's score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShareRecord<'a> {
    /// The word as typed, folded.
    pub word: &'a str,
    /// The evidence found for it.
    pub evidence: &'a str,
    /// Its weight.
    pub weight: f64,
    /// The score of its being in the passage.
    pub passage: f64,
    /// The score of its being in the article and its title.
    pub article: f64,
}

/// The sentences around a passage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContextRecord<'a> {
    /// Before it.
    pub before: &'a str,
    /// After it.
    pub after: &'a str,
}

impl<'a> From<&'a Share> for ShareRecord<'a> {
    fn from(share: &'a Share) -> ShareRecord<'a> {
        ShareRecord {
            word: &share.word,
            evidence: &share.evidence,
            weight: share.weight.into(),
            passage: share.passage.into(),
            article: share.article.into(),
        }
    }
}

impl<'a> From<&'a Hit> for HitRecord<'a> {
    fn from(hit: &'a Hit) -> HitRecord<'a> {
        let passage = &hit.passage;
        let spans = |spans: &[Span]| spans.iter().map(|s| [s.start, s.end]).collect();
        let around = !hit.before.is_empty() || !hit.after.is_empty();
        HitRecord {
            schema: SCHEMA,
            rank: hit.rank,
            score: rounded(hit.score.into()),
            article: (&*passage.article).into(),
            passage: passage.into(),
            speakers: speakers(&passage.quotes),
            topics: topic_keys(passage),
            subjects: &passage.subjects,
            highlights: spans(&hit.highlights),
            title_highlights: spans(&hit.title_highlights),
            quotes: passage
                .quotes
                .iter()
                .filter(|q| q.part == ArticlePart::Body)
                .map(|quote| QuoteRecord::of(passage, quote))
                .collect(),
            further: hit.further,
            reprints: hit.standing.count as u64,
            reprint_ids: &hit.standing.copies,
            original: hit.standing.original.as_deref(),
            first_printed: hit.standing.first.as_deref().map(ArticleRecord::from),
            shares: hit.shares.iter().map(ShareRecord::from).collect(),
            context: around.then_some(ContextRecord { before: &hit.before, after: &hit.after }),
            query: None,
        }
    }
}

impl HitRecord<'_> {
    /// The columns of [`HitRecord::row`].
    pub const COLUMNS: [&'static str; 13] = [
        "rank",
        "score",
        "id",
        "date",
        "source",
        "title",
        "speakers",
        "text",
        "path",
        "reprints",
        "line",
        "key",
        "date_inferred",
    ];

    /// The hit as a row of a table.
    pub fn row(&self) -> Vec<String> {
        let head = &self.article;
        let own = |text: Option<&str>| text.unwrap_or_default().to_owned();
        vec![
            self.rank.to_string(),
            format!("{:.4}", self.score),
            head.id.to_owned(),
            own(head.date),
            own(head.source),
            own(head.title),
            self.speakers.join("; "),
            self.passage.text.to_owned(),
            head.path.to_owned(),
            self.reprints.to_string(),
            head.line.map(|line| line.to_string()).unwrap_or_default(),
            head.key.map(|key| key.to_string()).unwrap_or_default(),
            head.date_inferred.to_string(),
        ]
    }
}

/// The numbers of a whole answer, and how it was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TotalsRecord {
    /// Articles that answer.
    pub articles: u64,
    /// Texts among those.
    pub texts: u64,
    /// Articles among those that hold all of the query as typed, or a name that surely means the
    /// same; facets count these, or all of them where that is asked for.
    pub articles_whole: u64,
    /// Texts among those.
    pub texts_whole: u64,
    /// Passages that answer.
    pub passages: u64,
    /// Articles that only a filter by date kept out, since they have no date.
    pub undated: u64,
    /// True if no passage had enough of the words and those with fewer are shown.
    pub relaxed: bool,
    /// True if no passage has a quoted phrase exactly and those with nearly the same are shown.
    pub near: bool,
}

impl From<&Answer> for TotalsRecord {
    fn from(answer: &Answer) -> TotalsRecord {
        TotalsRecord {
            articles: answer.articles,
            texts: answer.texts,
            articles_whole: answer.whole,
            texts_whole: answer.whole_texts,
            passages: answer.passages,
            undated: answer.undated,
            relaxed: answer.relaxed,
            near: answer.near,
        }
    }
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerRecord<'a> {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The query as it was understood.
    pub query: String,
    /// The numbers of the whole answer.
    #[serde(flatten)]
    pub totals: TotalsRecord,
    /// The page asked for.
    pub hits: Vec<HitRecord<'a>>,
    /// The counts asked for.
    pub facets: FacetsRecord<'a>,
}

impl<'a> AnswerRecord<'a> {
    /// The record of an answer to `query`.
    pub fn new(query: &Query, answer: &'a Answer) -> AnswerRecord<'a> {
        AnswerRecord {
            schema: SCHEMA,
            query: query.to_string(),
            totals: answer.into(),
            hits: answer.hits.iter().map(HitRecord::from).collect(),
            facets: FacetsRecord(&answer.facets),
        }
    }
}

/// A passage with all of its quotes, as an export has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportRecord<'a> {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Its article.
    pub article: ArticleRecord<'a>,
    /// The passage.
    pub passage: PassageRecord<'a>,
    /// Those who speak in the passage.
    pub speakers: Vec<&'a str>,
    /// Keys of the article's topics, best first.
    pub topics: Vec<&'a str>,
    /// The article's key terms.
    pub subjects: &'a [String],
    /// The quotes of the passage, with those of the headline in the first.
    pub quotes: Vec<QuoteRecord<'a>>,
}

impl<'a> From<&'a Passage> for ExportRecord<'a> {
    fn from(passage: &'a Passage) -> ExportRecord<'a> {
        ExportRecord {
            schema: SCHEMA,
            article: (&*passage.article).into(),
            passage: passage.into(),
            speakers: speakers(&passage.quotes),
            topics: topic_keys(passage),
            subjects: &passage.subjects,
            quotes: passage.quotes.iter().map(|quote| QuoteRecord::of(passage, quote)).collect(),
        }
    }
}

/// A whole article of an index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WholeRecord<'a> {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Its head.
    pub article: ArticleRecord<'a>,
    /// Its body.
    pub body: String,
    /// Keys of its topics, best first.
    pub topics: Vec<&'a str>,
    /// Its key terms.
    pub subjects: &'a [String],
    /// Its quotes, in order.
    pub quotes: Vec<QuoteRecord<'a>>,
}

impl<'a> WholeRecord<'a> {
    /// The article that `passages` are all of, in order; `None` for no passage.
    pub fn new(passages: &'a [Passage]) -> Option<WholeRecord<'a>> {
        let first = passages.first()?;
        let mut quotes: Vec<&Quote> = passages.iter().flat_map(|p| &p.quotes).collect();
        quotes.sort_by_key(|q| (q.part, q.span));
        quotes.dedup();
        let body = passage::body(passages);
        let title = first.article.title.as_deref().unwrap_or_default();
        let words = |quote: &Quote| match quote.part {
            ArticlePart::Body => quote.span.of(&body).to_owned(),
            ArticlePart::Title => quote.span.of(title).to_owned(),
        };
        Some(WholeRecord {
            schema: SCHEMA,
            article: (&*first.article).into(),
            topics: topic_keys(first),
            subjects: &first.subjects,
            quotes: quotes.into_iter().map(|quote| QuoteRecord::new(quote, words(quote))).collect(),
            body,
        })
    }
}

/// The names of those who speak in `quotes`, in order of their first words.
pub fn speakers(quotes: &[Quote]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for speaker in quotes.iter().filter_map(|q| q.speaker.as_ref()) {
        if !names.contains(&speaker.name.as_str()) {
            names.push(&speaker.name);
        }
    }
    names
}

fn topic_keys(passage: &Passage) -> Vec<&str> {
    passage.topics.iter().map(|t| t.key.as_str()).collect()
}

/// A number to four decimals.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}
