//! An article as one document of the cluster, and back.
//!
//! All text is written as tokens apart by spaces, so that any engine's own analyzer of white space
//! cuts it; [`token`] makes a word one.

use super::codec;
use crate::analysis::Analysis;
use crate::article::ArticleId;
use crate::engine::indexed_text::{
    CONFIDENCES, FoldedPassage, each_word, names, ranked_title, spoken, titled,
};
use crate::engine::origin::{Dating, FileKey, Provenance, RecordRow};
use crate::engine::{Order, OrderFacts, date_number};
use crate::error::{Error, Result};
use crate::passage::Passage;
use crate::quote::SpeechKind;
use crate::reprint::{Imprint, Outlet, Sketch};
use crate::text::exact::is_exact_char;
use crate::text::fold::key;
use crate::text::word::{Segmented, Segmenter};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::path::Path;

/// The characters of the article after a passage that stand in its field of characters, marked,
/// so that a phrase that begins in the passage and ends after it is found there.
pub const FOLLOWING: usize = 31;
/// The mark before such a character; no text contains it.
pub const MARK: char = '\u{1}';

/// The most characters of a token: the analyzer of white space cuts longer ones at 255.
const LONGEST_TOKEN: usize = 200;

/// A word as a token: white space in it is replaced by a character that cuts nothing, and a long
/// word ends with a hash of the whole.
///
/// ```
/// use jianbao::engine::opensearch::document::token;
/// assert_eq!(token("iphone 15"), "iphone\u{a0}15");
/// ```
pub fn token(word: &str) -> Cow<'_, str> {
    if word.len() > LONGEST_TOKEN && word.chars().count() > LONGEST_TOKEN {
        let start: String = word.chars().take(LONGEST_TOKEN - 33).collect();
        let hash = blake3::hash(word.as_bytes()).to_hex();
        return Cow::Owned(format!("{}\u{a0}{}", token(&start), &hash[..32]));
    }
    match word.contains(char::is_whitespace) {
        true => Cow::Owned(word.replace(char::is_whitespace, "\u{a0}")),
        false => Cow::Borrowed(word),
    }
}

/// A number as keywords have it: 16 hexadecimal digits, which sort as it does.
pub fn hex(number: u64) -> String {
    format!("{number:016x}")
}

/// The number of 16 hexadecimal digits.
pub fn unhex(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 16)
}

/// An article with everything that its document says.
#[derive(Clone)]
pub struct IndexedArticle<'a> {
    /// Its number.
    pub number: u64,
    /// Its passages, in order.
    pub passages: Cow<'a, [Passage]>,
    /// The words of its title.
    pub title: Cow<'a, Segmented>,
    /// The words of its body.
    pub body: Cow<'a, Segmented>,
    /// Its [`date_number`]; `None` where it has no date.
    pub date: Option<i64>,
    /// The number of the original of its text; `None` where it was never reprinted.
    pub text: Option<u64>,
    /// Its origin and its imprint.
    pub provenance: Provenance,
}

impl<'a> IndexedArticle<'a> {
    /// The article of an analysis, which stands alone.
    pub fn new(number: u64, article: &'a Analysis, provenance: Provenance) -> IndexedArticle<'a> {
        IndexedArticle {
            number,
            passages: Cow::Borrowed(&article.passages),
            title: Cow::Borrowed(&article.title_words),
            body: Cow::Borrowed(&article.body_words),
            date: article.article.date.as_ref().map(date_number),
            text: None,
            provenance,
        }
    }

    /// Its document, as JSON; `segmenter` cut its words.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a passage cannot be written.
    pub fn document(&self, segmenter: &Segmenter) -> Result<Vec<u8>> {
        let damaged = |reason: String| Error::Damaged {
            path: Path::new(self.passages.first().map_or("", |p| &p.article.path)).to_owned(),
            reason: format!("an article cannot be written ({reason})"),
        };
        let document = self.fields(segmenter).map_err(damaged)?;
        serde_json::to_vec(&document).map_err(|e| damaged(e.to_string()))
    }

    fn fields(&self, segmenter: &Segmenter) -> std::result::Result<ArticleFields<'_>, String> {
        let first = self.passages.first().ok_or("it has no passage")?;
        let head = &first.article;
        let source = head.source.iter().chain(&head.reprinted_by).map(String::as_str);
        let topic: Vec<&str> = first.topics.iter().flat_map(|topic| topic.keys()).collect();
        let (seen, number) = (self.provenance.row.seen, self.number);
        let known = OrderFacts { date: self.date, seen, number, ..OrderFacts::default() };
        let mut fields = ArticleFields {
            number: hex(self.number),
            id: &head.id,
            path: &head.path,
            date: self.date,
            source: source.collect(),
            author: &head.authors,
            topic_key: topic.iter().map(|topic| key(topic)).collect(),
            topic,
            subject: &first.subjects,
            subject_key: first.subjects.iter().map(|subject| key(subject)).collect(),
            text: self.text.map(hex),
            copy: self.text.filter(|&text| text != self.number).map(|_| true),
            newest: self.date.map(|_| Order::Newest.key(known)),
            oldest: self.date.map(|_| Order::Oldest.key(known)),
            latest: Order::Seen.key(known),
            stored: codec::pack(&self.passages, &self.title, &self.body)?,
            row: RowFields::from(&self.provenance.row),
            imprint: BASE64_STANDARD.encode(imprint_bytes(&self.provenance.imprint)),
            ..ArticleFields::default()
        };
        let (ranked, span) = ranked_title(&self.title, &self.body);
        each_word(segmenter, ranked, span, |word| {
            fields.lengths.title += 1;
            add(&mut fields.title_words, &token(word));
        });
        let title = self.title.folded.text().chars().filter(|&c| is_exact_char(c));
        fields.title_chars = characters(title);
        for (passage, text) in FoldedPassage::of(&self.passages, &self.body) {
            let (mut words, mut count) = (String::new(), 0);
            each_word(segmenter, &self.body, text.span, |word| {
                count += 1;
                add(&mut words, &token(word));
            });
            add(&mut fields.words, &words);
            fields.lengths.words += count;
            let chars: Vec<char> = text.chars().collect();
            fields.lengths.chars += chars.len() as u32;
            fields.lengths.passages.push((count, chars.len() as u32));
            let passage = fields.passage(passage, words, &chars, &text);
            fields.passages.push(passage);
        }
        Ok(fields)
    }
}

/// The fields of an article; mapping.rs has what each is for.
#[derive(Debug, Default, Serialize)]
struct ArticleFields<'a> {
    number: String,
    id: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<i64>,
    source: Vec<&'a str>,
    author: &'a [String],
    topic: Vec<&'a str>,
    topic_key: Vec<String>,
    subject: &'a [String],
    subject_key: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<i64>,
    latest: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy: Option<bool>,
    speaker: Vec<&'a str>,
    alias: Vec<&'a str>,
    title_of: Vec<String>,
    title_words: String,
    title_chars: String,
    words: String,
    lengths: Lengths,
    passages: Vec<PassageFields<'a>>,
    stored: String,
    row: RowFields,
    imprint: String,
}

/// The lengths that ranking weighs by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lengths {
    /// Words of the title, or of the first sentence where there is none.
    pub title: u32,
    /// Words of the article.
    pub words: u32,
    /// Characters of its exact text.
    pub chars: u32,
    /// Words and characters of each passage.
    pub passages: Vec<(u32, u32)>,
}

#[derive(Debug, Serialize)]
struct PassageFields<'a> {
    ordinal: u32,
    words: String,
    chars: String,
    speaker: Vec<&'a str>,
    speaker_key: Vec<String>,
    alias_key: Vec<String>,
    quotes: Vec<QuoteFields>,
}

#[derive(Debug, Serialize)]
struct QuoteFields {
    name: Vec<String>,
    confidence: u8,
    kind: SpeechKind,
    start: u32,
    end: u32,
    chars: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct RowFields {
    file: String,
    digest: String,
    line: u32,
    passages: u32,
    bytes: u32,
    from_crawl: bool,
    seen: i64,
}

impl<'a> ArticleFields<'a> {
    /// The fields of one passage, whose speakers become the article's.
    fn passage(
        &mut self,
        passage: &'a Passage,
        words: String,
        exact: &[char],
        text: &FoldedPassage<'_>,
    ) -> PassageFields<'a> {
        let mut chars = characters(exact.iter().copied());
        for c in text.following().take(FOLLOWING) {
            add(&mut chars, MARK.encode_utf8(&mut [0; 4]));
            chars.push(c);
        }
        let mut fields = PassageFields {
            ordinal: passage.ordinal,
            words,
            chars,
            speaker: Vec::new(),
            speaker_key: Vec::new(),
            alias_key: Vec::new(),
            quotes: Vec::new(),
        };
        let mut seen: Vec<&str> = Vec::new();
        for quote in spoken(passage).filter(|quote| quote.speaker.is_some()) {
            if let Some(title) = titled(quote).filter(|title| !self.title_of.contains(title)) {
                self.title_of.push(title);
            }
            for (i, name) in names(quote).enumerate().filter(|(_, name)| !name.is_empty()) {
                if seen.contains(&name) {
                    continue;
                }
                seen.push(name);
                let (own, all) = match i {
                    0 => (&mut fields.speaker_key, &mut self.speaker),
                    _ => (&mut fields.alias_key, &mut self.alias),
                };
                own.push(key(name));
                if !all.contains(&name) {
                    all.push(name);
                }
                if i == 0 {
                    fields.speaker.push(name);
                }
            }
            let (start, end) = text.positions(passage, quote);
            let chars = exact.get(start as usize..end as usize).unwrap_or_default();
            fields.quotes.push(QuoteFields {
                name: names(quote).map(key).filter(|name| !name.is_empty()).collect(),
                confidence: CONFIDENCES.iter().position(|&c| c == quote.confidence).unwrap_or(0)
                    as u8,
                kind: quote.kind,
                start,
                end,
                chars: characters(chars.iter().copied()),
            });
        }
        fields
    }
}

/// Adds a token to a text of tokens.
fn add(text: &mut String, token: &str) {
    if !text.is_empty() && !token.is_empty() {
        text.push(' ');
    }
    text.push_str(token);
}

/// Characters as tokens.
fn characters(chars: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    chars.for_each(|c| add(&mut text, c.encode_utf8(&mut [0; 4])));
    text
}

impl From<&RecordRow> for RowFields {
    fn from(row: &RecordRow) -> RowFields {
        RowFields {
            file: hex(row.file.bits()),
            digest: hex(row.digest),
            line: row.line,
            passages: row.passages,
            bytes: row.bytes,
            from_crawl: row.dating == Dating::FromCrawl,
            seen: row.seen,
        }
    }
}

/// The names of the fields of a row, for an answer without the document itself.
pub const ROW_FIELDS: [&str; 7] = [
    "row.file",
    "row.digest",
    "row.line",
    "row.passages",
    "row.bytes",
    "row.from_crawl",
    "row.seen",
];

/// The row in the `fields` of a hit that was asked for [`ROW_FIELDS`].
pub fn row_of_fields(fields: &Value) -> Option<RecordRow> {
    let value = |name: &str| &fields[name][0];
    let long = |name: &str| value(name).as_u64().and_then(|n| u32::try_from(n).ok());
    let from_crawl = value("row.from_crawl").as_bool()?;
    Some(RecordRow {
        file: FileKey::from_bits(unhex(value("row.file").as_str()?)?),
        digest: unhex(value("row.digest").as_str()?)?,
        line: long("row.line")?,
        passages: long("row.passages")?,
        bytes: long("row.bytes")?,
        dating: if from_crawl { Dating::FromCrawl } else { Dating::Fixed },
        seen: value("row.seen").as_i64()?,
    })
}

/// Stands for a date that is not known in the bytes of an imprint.
const UNDATED: i64 = i64::MIN;
/// Bytes of an imprint before the id: sketch, date, source, outlet.
const IMPRINT: usize = Sketch::BYTES + 8 + 4 + 4;

fn imprint_bytes(imprint: &Imprint) -> Vec<u8> {
    let mut bytes = imprint.sketch.to_bytes().to_vec();
    bytes.extend(imprint.date.unwrap_or(UNDATED).to_le_bytes());
    for outlet in [imprint.source, imprint.outlet] {
        bytes.extend(outlet.map_or(0, Outlet::bits).to_le_bytes());
    }
    bytes.extend(imprint.id.as_str().as_bytes());
    bytes
}

/// The imprint of the article with this number, in the value of its field; `None` where it is none.
pub fn imprint(number: u64, value: &str) -> Option<Imprint> {
    let bytes = codec::bytes(value).ok()?;
    let (fixed, id) = bytes.split_at_checked(IMPRINT)?;
    let (sketch, rest) = fixed.split_first_chunk::<{ Sketch::BYTES }>()?;
    let (date, rest) = rest.split_first_chunk::<8>()?;
    let (source, rest) = rest.split_first_chunk::<4>()?;
    let outlet = rest.first_chunk::<4>()?;
    let outlet_of = |bytes: &[u8; 4]| Outlet::from_bits(u32::from_le_bytes(*bytes));
    Some(Imprint {
        article: number,
        id: ArticleId::new(std::str::from_utf8(id).ok()?),
        date: Some(i64::from_le_bytes(*date)).filter(|&date| date != UNDATED),
        source: outlet_of(source),
        outlet: outlet_of(outlet),
        sketch: Sketch::from_bytes(sketch),
    })
}

/// The passages in the `stored` value of a document, each whole.
///
/// # Errors
/// A reason, where they cannot be read: the index is damaged.
pub fn passages(stored: &str) -> std::result::Result<Vec<Passage>, String> {
    Ok(codec::unpack(stored)?.0)
}

/// The passages in the `stored` value of a document, and the words of its title and its body.
///
/// # Errors
/// Those of [`passages`].
pub fn analysed(stored: &str) -> std::result::Result<(Vec<Passage>, Segmented, Segmented), String> {
    codec::unpack(stored)
}

/// The columns from which [`article`] makes an article again.
pub const ARTICLE_FIELDS: [&str; 12] = {
    let [file, digest, line, passages, bytes, from_crawl, seen] = ROW_FIELDS;
    [
        "number", "date", "text", "stored", "imprint", file, digest, line, passages, bytes,
        from_crawl, seen,
    ]
};

/// The article of a hit with [`ARTICLE_FIELDS`].
///
/// # Errors
/// A reason, where it cannot be read: the index is damaged.
pub fn article(hit: &Value) -> std::result::Result<IndexedArticle<'static>, String> {
    let fields = &hit["fields"];
    let text = |name: &str| fields[name][0].as_str().ok_or(format!("it has no {name}"));
    let number = text("number").ok().and_then(unhex).ok_or("its number is none")?;
    let (passages, title, body) = codec::unpack(text("stored")?)?;
    let row = row_of_fields(fields).ok_or("it has no row")?;
    let imprint = imprint(number, text("imprint")?).ok_or("its imprint is none")?;
    let original = match text("text") {
        Ok(text) => Some(unhex(text).ok_or("its text is none")?),
        Err(_) => None,
    };
    Ok(IndexedArticle {
        number,
        passages: Cow::Owned(passages),
        title: Cow::Owned(title),
        body: Cow::Owned(body),
        date: fields["date"][0].as_i64(),
        text: original,
        provenance: Provenance { row, imprint },
    })
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
