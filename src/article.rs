//! From a raw record to a clean article: `parse` takes the header, the boilerplate and the dates
//! out of the body.
//!
//! read.rs puts an article together; header.rs reads the lines above the text, info.rs those about
//! a page's headline, dateline.rs the prefixes glued to it, clean.rs takes off what stands below
//! it, citation.rs the notice of how to cite it; date.rs resolves dates, html.rs and markdown.rs
//! give plain text, title.rs compares headlines, bound.rs keeps headers short. Parsing opens
//! nothing and cannot fail; what it misses it says in the article's notes.

mod bound;
mod citation;
mod clean;
pub mod date;
mod dateline;
mod find;
mod header;
pub mod html;
mod info;
mod label;
mod markdown;
mod name;
mod read;
mod title;
pub mod title_end;

pub use label::Headers;
pub use read::{Context, id, parse};

use crate::error::Note;
use crate::text::floor_boundary;
use serde::{Deserialize, Serialize};

/// An article's identity: the record's own id, else one made from its path. Never empty, never with
/// white space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(String);

/// The most bytes of an id.
const LONGEST_ID: usize = 512;

impl ArticleId {
    /// The id `text`, with white space and control characters turned into `_`; `_` where nothing is
    /// left. Of one that has more than 512 bytes the beginning is kept, and a digest of the whole
    /// (BLAKE3, 128 bits) in the place of the rest.
    ///
    /// ```
    /// assert_eq!(jianbao::article::ArticleId::new(" a b ").as_str(), "a_b");
    /// ```
    pub fn new(text: &str) -> ArticleId {
        let mut id: String = text
            .trim()
            .chars()
            .map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c })
            .collect();
        if id.len() > LONGEST_ID {
            let digest = blake3::hash(id.as_bytes()).to_hex();
            id.truncate(floor_boundary(&id, LONGEST_ID - 33));
            id.push('-');
            id.push_str(&digest[..32]);
        }
        ArticleId(if id.is_empty() { "_".to_owned() } else { id })
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ArticleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A clean article. All spans elsewhere are byte spans of `body`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// The record's own id, or one made from the path (and the record's place in it).
    pub id: ArticleId,
    /// The file the article was read from, as the user would type it.
    pub path: String,
    /// Line of `path` (from 1) at which the article's record or body starts; `None` where lines
    /// mean nothing (HTML).
    pub line: Option<u64>,
    /// The headline.
    pub title: Option<String>,
    /// The text without header and boilerplate; paragraphs are separated by line feeds.
    pub body: String,
    /// When it was published.
    pub date: Option<Date>,
    /// The outlet that published it first, as far as the article says.
    pub source: Option<String>,
    /// The outlet that this copy was taken from, where it differs from `source`.
    pub reprinted_by: Option<String>,
    /// Who wrote it, in the order given.
    pub authors: Vec<String>,
    /// Where it was on the web.
    pub url: Option<String>,
    /// The sections and tags that the record itself gives (category, 栏目, tags).
    pub tags: Vec<String>,
    /// The encoding the bytes were read in (WHATWG name).
    pub encoding: String,
    /// How often it had been viewed when it was scraped.
    pub n_views: Option<u64>,
    /// The parts that were missing or had to be guessed.
    pub notes: Vec<Note>,
}

/// A date with its provenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Date {
    /// As written in the article.
    pub raw: String,
    /// The resolved moment in Chinese civil time; parts below `precision` are zero (or one, for
    /// month and day).
    pub value: jiff::civil::DateTime,
    /// The smallest part that is known.
    pub precision: Precision,
    /// The place where it was found.
    pub origin: DateOrigin,
    /// True if a part of it (the year, the base of a relative date) came from the context.
    pub inferred: bool,
}

impl Date {
    /// The date as ISO 8601, cut to its precision: `2023`, `2023-07`, `2023-07-28` or
    /// `2023-07-28T16:40`.
    pub fn iso(&self) -> String {
        let format = match self.precision {
            Precision::Year => "%Y",
            Precision::Month => "%Y-%m",
            Precision::Day => "%Y-%m-%d",
            Precision::Minute => "%Y-%m-%dT%H:%M",
        };
        self.value.strftime(format).to_string()
    }
}

/// The smallest part of a date that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// The day.
    Day,
    /// The minute.
    Minute,
}

/// Where a date was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrigin {
    /// A field of the record (date, 发布时间) or the front matter.
    Field,
    /// A meta tag of the page.
    Meta,
    /// A line of the header, or a prefix of the body.
    Header,
    /// A dateline (新华社北京8月1日电).
    Dateline,
    /// The URL.
    Url,
    /// The file's path or name.
    Path,
}
