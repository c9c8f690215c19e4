//! Clippings: a passage with everything that a citation needs, and documents made of them.
//!
//! citation.rs writes references by GB/T 7714, markdown.rs, html.rs and docx.rs documents for
//! readers, table.rs tables, atom.rs feeds, ris.rs and bibtex.rs files for reference managers. A
//! clipping is plain data, so that it can be kept; its digest tells whether the source still says
//! the same.

mod atom;
mod bibtex;
mod citation;
mod docx;
mod html;
mod markdown;
mod ris;
mod table;

pub use atom::atom;
pub use bibtex::bibtex;
pub use citation::citation;
pub use docx::docx;
pub use html::html;
pub use markdown::markdown;
pub use ris::ris;
pub use table::csv;

use crate::passage::{self, Head, Passage};
use crate::quote::{ArticlePart, Confidence, Quote, SpeechKind};
use crate::search::{Hit, headline};
use crate::text::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A passage cut out of an article, with its provenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clipping {
    /// The key of its article.
    pub key: String,
    /// The article.
    pub article: Head,
    /// The passage's place among those of the article, from 0; none where it is the whole article.
    pub ordinal: Option<u32>,
    /// The words.
    pub text: String,
    /// The statements in it, in order.
    pub statements: Vec<ClippedStatement>,
    /// The article that printed the text first, where the clipping is of a reprint.
    #[serde(default)]
    pub first_printed: Option<Head>,
    /// Other copies of the text in the archive.
    #[serde(default)]
    pub reprints: u64,
    /// Digest of the words: BLAKE3, 128 bits in hexadecimal.
    pub digest: String,
    /// The day on which it was cut out.
    pub clipped: Date,
}

/// A statement in a clipping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClippedStatement {
    /// The speaker; none where the article does not tell.
    pub speaker: Option<String>,
    /// The speaker's title; empty where none is given.
    pub title: String,
    /// The verb of saying; empty where there is none.
    pub cue: String,
    /// How the words are given.
    pub kind: SpeechKind,
    /// How far the attribution can be trusted.
    pub confidence: Confidence,
    /// The words, as far as they stand in the passage.
    pub words: String,
}

impl Clipping {
    /// Cuts out a passage.
    pub fn of_passage(passage: &Passage, clipped: Date) -> Clipping {
        let quotes: Vec<Quote> = passage.statements().into_iter().cloned().collect();
        Clipping::cut(passage, Some(passage.ordinal), &passage.text, &quotes, clipped)
    }

    /// Cuts out the passage of a hit, with its standing among the copies of its text.
    pub fn of_hit(hit: &Hit, clipped: Date) -> Clipping {
        let own = Clipping::of_passage(&hit.passage, clipped);
        own.with_copies(hit.standing.first.as_deref(), hit.standing.count)
    }

    /// The same with what is known of its text: the copy that was printed first, and the number of
    /// other copies.
    pub fn with_copies(self, first: Option<&Head>, copies: usize) -> Clipping {
        let first = first.filter(|first| first.key != self.article.key);
        Clipping { first_printed: first.cloned(), reprints: copies as u64, ..self }
    }

    /// Cuts out the whole article that `passages` are all of, in order; `None` for no passage.
    pub fn of_article(passages: &[Passage], clipped: Date) -> Option<Clipping> {
        let first = passages.first()?;
        let text = passage::body(passages);
        let mut quotes: Vec<Quote> =
            passages.iter().flat_map(|p| p.statements()).cloned().collect();
        quotes.sort_by_key(|quote| quote.span);
        quotes.dedup();
        Some(Clipping::cut(first, None, &text, &quotes, clipped))
    }

    /// Cuts `text`, which starts where `first` does, out of the article of `first`.
    fn cut(
        first: &Passage,
        ordinal: Option<u32>,
        text: &str,
        quotes: &[Quote],
        clipped: Date,
    ) -> Clipping {
        let base = first.span.start;
        let words = |span: Span| {
            let clamp = |at: usize| at.clamp(base, base + text.len()) - base;
            Span::new(clamp(span.start), clamp(span.end)).of(text)
        };
        let quotes = quotes.iter().filter(|quote| quote.part == ArticlePart::Body);
        let statements = quotes.map(|quote| {
            let speaker = quote.speaker.as_ref();
            ClippedStatement {
                speaker: speaker.map(|s| s.name.clone()),
                title: speaker.map(|s| s.title.clone()).unwrap_or_default(),
                cue: quote.cue.clone(),
                kind: quote.kind,
                confidence: quote.confidence,
                words: words(quote.span).to_owned(),
            }
        });
        Clipping {
            key: first.article.key.map(|key| key.to_string()).unwrap_or_default(),
            article: (*first.article).clone(),
            ordinal,
            text: text.to_owned(),
            statements: statements.collect(),
            first_printed: None,
            reprints: 0,
            digest: digest(text),
            clipped,
        }
    }

    /// The same for readers who are told of places on the machine that keeps the archive, or not.
    pub fn told_with_place(self, told: bool) -> Clipping {
        if told {
            return self;
        }
        let bare = |head: Head| Head { path: String::new(), line: None, ..head };
        Clipping {
            article: bare(self.article),
            first_printed: self.first_printed.map(bare),
            ..self
        }
    }

    /// Where the article stands, as an editor understands it.
    pub fn place(&self) -> String {
        match self.article.path.as_str() {
            "" => "档案".to_owned(),
            _ => self.article.place(),
        }
    }

    /// Those who speak in it, each with title, in order.
    fn speakers(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for statement in &self.statements {
            let Some(name) = &statement.speaker else { continue };
            let name = match statement.title.as_str() {
                "" => name.clone(),
                title => format!("{name}（{title}）"),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The headline, or a stand-in.
    fn title(&self) -> String {
        headline(self.article.title.as_deref(), &self.text)
    }

    /// Facts about the date and the copies of the text, for a reader; empty where it was printed
    /// once and says when.
    fn printings(&self) -> Vec<String> {
        let mut facts = Vec::new();
        if self.article.date_inferred {
            facts.push("日期由上下文推断，原文未写全".to_owned());
        }
        if let Some(first) = &self.first_printed {
            let outlet = first.source.as_deref().unwrap_or("来源不明");
            let date = first.shown_date().unwrap_or("日期不详".into());
            facts.push(format!("首次刊登：{outlet}，{date}（{}）", first.place()));
        }
        if let Some(by) = &self.article.reprinted_by {
            facts.push(format!("转载自：{by}"));
        }
        if self.reprints > 0 {
            facts.push(format!("另有 {} 篇转载", self.reprints));
        }
        facts
    }
}

impl ClippedStatement {
    /// Who said it, how, and how far that can be trusted, for a reader.
    fn attribution(&self) -> String {
        let kind = match self.kind {
            SpeechKind::Direct => "直接引语",
            SpeechKind::Indirect => "间接引语",
            SpeechKind::Mixed => "混合引语",
        };
        let trust = match self.confidence {
            Confidence::Named => "署名",
            Confidence::Role => "职务",
            Confidence::Pronoun => "代词",
            Confidence::Carried => "承前",
            Confidence::Unknown => "不明",
        };
        let name = self.speaker.as_deref().unwrap_or("？");
        let title =
            if self.title.is_empty() { String::new() } else { format!("（{}）", self.title) };
        let cue =
            if self.cue.is_empty() { String::new() } else { format!("“{}”，", self.cue) };
        format!("{name}{title}：{cue}{kind}，{trust}")
    }
}

/// Digest of a text, 128 bits of BLAKE3 in hexadecimal.
pub fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

#[cfg(test)]
pub(crate) mod tests;
