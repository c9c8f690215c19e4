//! Records derived from an article that is in no index.

use super::{PassageRecord, QuoteRecord, SCHEMA, speakers};
use crate::analysis::Analysis;
use crate::article::{Article, Date, DateOrigin, Precision};
use crate::error::Note;
use crate::quote::{ArticlePart, Quote};
use crate::topic::Topic;
use serde::Serialize;

/// Everything derived from an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnalysisRecord<'a> {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The file that it was read from.
    pub path: &'a str,
    /// The id that it gives itself, or the name of its file.
    pub id: &'a str,
    /// The line of the file that it starts on, from 1.
    pub line: Option<u64>,
    /// Headline.
    pub title: Option<&'a str>,
    /// Date.
    pub date: Option<DateRecord<'a>>,
    /// Original outlet.
    pub source: Option<&'a str>,
    /// The outlet that this copy was taken from.
    pub reprinted_by: Option<&'a str>,
    /// Authors, in order.
    pub authors: &'a [String],
    /// The number of views, as the article says.
    pub n_views: Option<u64>,
    /// Address on the web.
    pub url: Option<&'a str>,
    /// Labels that the article came with.
    pub tags: &'a [String],
    /// The encoding of its file.
    pub encoding: &'a str,
    /// Those who speak in it.
    pub speakers: Vec<&'a str>,
    /// Keys of its topics, best first.
    pub topics: Vec<&'a str>,
    /// The topics with what decided.
    pub topic_evidence: Vec<TopicRecord<'a>>,
    /// Its key terms.
    pub subjects: &'a [String],
    /// Its quotes.
    pub quotes: Vec<ArticleQuoteRecord<'a>>,
    /// Its passages.
    pub passages: Vec<PassageRecord<'a>>,
    /// Notes on what could not be found or was mended.
    pub notes: &'a [Note],
}

/// A date with its provenance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DateRecord<'a> {
    /// In ISO 8601, cut to its precision.
    pub value: String,
    /// As written in the article.
    pub raw: &'a str,
    /// The smallest part that is known.
    pub precision: Precision,
    /// The place where it was found.
    pub origin: DateOrigin,
    /// True if a part of it came from the context.
    pub inferred: bool,
}

impl<'a> From<&'a Date> for DateRecord<'a> {
    fn from(date: &'a Date) -> DateRecord<'a> {
        DateRecord {
            value: date.iso(),
            raw: &date.raw,
            precision: date.precision,
            origin: date.origin,
            inferred: date.inferred,
        }
    }
}

/// A topic with what decided for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicRecord<'a> {
    /// The taxonomy's key.
    pub key: &'a str,
    /// Between 0 and 1.
    pub score: f64,
    /// The terms that decided, strongest first.
    pub evidence: &'a [String],
    /// The topics below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrower: Option<Vec<TopicRecord<'a>>>,
}

impl<'a> From<&'a Topic> for TopicRecord<'a> {
    fn from(topic: &'a Topic) -> TopicRecord<'a> {
        let narrower = topic.narrower.iter().map(|below| TopicRecord {
            key: &below.key,
            score: below.score.into(),
            evidence: &below.evidence,
            narrower: None,
        });
        TopicRecord {
            key: &topic.key,
            score: topic.score.into(),
            evidence: &topic.evidence,
            narrower: Some(narrower.collect()),
        }
    }
}

/// A quote with its words and its article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleQuoteRecord<'a> {
    /// The file of the article.
    pub path: &'a str,
    /// The article's id.
    pub article: &'a str,
    /// The quote.
    #[serde(flatten)]
    pub quote: QuoteRecord<'a>,
}

impl<'a> ArticleQuoteRecord<'a> {
    /// A quote of an article.
    pub fn new(article: &'a Article, quote: &'a Quote) -> ArticleQuoteRecord<'a> {
        let part = match quote.part {
            ArticlePart::Body => article.body.as_str(),
            ArticlePart::Title => article.title.as_deref().unwrap_or_default(),
        };
        ArticleQuoteRecord {
            path: &article.path,
            article: article.id.as_str(),
            quote: QuoteRecord::new(quote, quote.span.of(part)),
        }
    }
}

impl<'a> From<&'a Analysis> for AnalysisRecord<'a> {
    fn from(analysis: &'a Analysis) -> AnalysisRecord<'a> {
        let article = &analysis.article;
        let quote = |quote| ArticleQuoteRecord::new(article, quote);
        AnalysisRecord {
            schema: SCHEMA,
            path: &article.path,
            id: article.id.as_str(),
            line: article.line,
            title: article.title.as_deref(),
            date: article.date.as_ref().map(DateRecord::from),
            source: article.source.as_deref(),
            reprinted_by: article.reprinted_by.as_deref(),
            authors: &article.authors,
            n_views: article.n_views,
            url: article.url.as_deref(),
            tags: &article.tags,
            encoding: article.encoding.as_ref(),
            speakers: speakers(&analysis.quotes),
            topics: analysis.topics.iter().map(|t| t.key.as_str()).collect(),
            topic_evidence: analysis.topics.iter().map(TopicRecord::from).collect(),
            subjects: &analysis.subjects,
            quotes: analysis.quotes.iter().map(quote).collect(),
            passages: analysis.passages.iter().map(PassageRecord::from).collect(),
            notes: &article.notes,
        }
    }
}
