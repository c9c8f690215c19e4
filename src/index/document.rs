//! A passage as a document of the engine, and back.

use super::analyzer::{SEPARATOR, is_exact_char};
use super::schema::Fields;
use super::stored;
use crate::error::{Error, Result};
use crate::passage::Passage;
use crate::quote::{ArticlePart, Confidence, Quote, SpeechKind};
use crate::text::Span;
use crate::text::fold::key;
use crate::text::word::{Day, Segmented, Segmenter, measure, parts};
use std::path::Path;
use tantivy::TantivyDocument;

/// The number by which the passages of an article are grouped and deleted: the first 8 bytes of the
/// BLAKE3 hash of its path, its id and how many records with that id stand before it in the file:
/// two records with the same id stay two articles, and an article stays the same when others come
/// or go above it.
pub fn article_number(path: &str, id: &str, occurrence: u64) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(path.as_bytes()).update(&[0]).update(id.as_bytes()).update(&[0]);
    hasher.update(&occurrence.to_le_bytes());
    let mut first = [0u8; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// What a quote contributes to a passage's `speech` column, packed into 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speech {
    /// First 24 bits of the hash of the speaker's name; within one passage that tells speakers
    /// apart.
    pub speaker: u32,
    /// First position of the words, in characters of the exact text.
    pub start: u32,
    /// One past the last position of the words.
    pub end: u32,
    /// How far the attribution can be trusted.
    pub confidence: Confidence,
    /// How the words are given.
    pub kind: SpeechKind,
}

const CONFIDENCES: [Confidence; 5] = [
    Confidence::Unknown,
    Confidence::Carried,
    Confidence::Pronoun,
    Confidence::Role,
    Confidence::Named,
];
const KINDS: [SpeechKind; 3] = [SpeechKind::Direct, SpeechKind::Indirect, SpeechKind::Mixed];
/// Bits of a position in a packed [`Speech`]; a passage longer than that is quoted to its end.
const POSITION_BITS: u32 = 17;

impl Speech {
    /// Packs: speaker 24 bits, start 17, end 17, confidence 3, kind 2.
    pub fn pack(self) -> u64 {
        let most = (1u64 << POSITION_BITS) - 1;
        let confidence = CONFIDENCES.iter().position(|&c| c == self.confidence).unwrap_or(0) as u64;
        let kind = KINDS.iter().position(|&k| k == self.kind).unwrap_or(0) as u64;
        (((u64::from(self.speaker) & 0xff_ffff) << POSITION_BITS | u64::from(self.start).min(most))
            << POSITION_BITS
            | u64::from(self.end).min(most))
            << 5
            | confidence << 2
            | kind
    }

    /// The reverse of [`Speech::pack`].
    pub fn unpack(packed: u64) -> Speech {
        let most = (1u64 << POSITION_BITS) - 1;
        Speech {
            speaker: (packed >> (5 + 2 * POSITION_BITS)) as u32,
            start: (packed >> (5 + POSITION_BITS) & most) as u32,
            end: (packed >> 5 & most) as u32,
            confidence: CONFIDENCES[(packed >> 2 & 7).min(4) as usize],
            kind: KINDS[(packed & 3).min(2) as usize],
        }
    }

    /// The 24 bits that stand for a speaker's name; names are compared as [`key`] has them.
    pub fn speaker_bits(name: &str) -> u32 {
        let hash = blake3::hash(key(name).as_bytes());
        let b = hash.as_bytes();
        u32::from_le_bytes([b[0], b[1], b[2], 0])
    }
}

/// Stands between a speaker's name and a title in the `title_of` field.
pub const TITLE_SEPARATOR: char = '\u{1f}';

/// What the passages of one article share in the index.
pub struct ArticleText<'a> {
    /// See [`article_number`].
    pub number: u64,
    /// The article's body.
    pub body: &'a str,
    /// The body's words.
    pub words: &'a Segmented,
    /// The title's words.
    pub title: &'a Segmented,
}

/// The document of each of an article's passages, in order.
pub fn documents(
    passages: &[Passage],
    text: &ArticleText<'_>,
    date: Option<jiff::civil::DateTime>,
    fields: &Fields,
    segmenter: &Segmenter,
) -> Result<Vec<TantivyDocument>> {
    let Some(head) = passages.first().map(|p| &p.article) else { return Ok(Vec::new()) };
    let number = text.number;
    let spans: Vec<Span> = passages.iter().map(|p| p.span).collect();
    let folded_starts = folded_starts(&spans, text);
    let mut documents = Vec::with_capacity(passages.len());
    for (i, passage) in passages.iter().enumerate() {
        let mut document = TantivyDocument::new();
        document.add_u64(fields.article, number);
        document.add_u64(fields.ordinal, u64::from(passage.ordinal));
        let (start, end) = (folded_starts[i], folded_starts[i + 1]);
        let folded = text.words.folded.text();
        add_speech(&mut document, passage, &folded[start..end], text, start, fields);
        document
            .add_custom(fields.words, prepared_words(text.words, start, end, segmenter).as_bytes());
        if passage.ordinal == 0 {
            document.add_u64(fields.number, number);
            add_article(&mut document, passage, text, date, fields, segmenter);
        }
        let (exact, stored) = stored::write(passage).map_err(|reason| Error::Damaged {
            path: Path::new(&head.path).to_owned(),
            reason: format!("a passage cannot be written ({reason})"),
        })?;
        document.add_custom(fields.text, &exact);
        document.add_bytes(fields.stored, &stored);
        documents.push(document);
    }
    Ok(documents)
}

/// Adds what holds for the whole article to the document of its first passage.
fn add_article(
    document: &mut TantivyDocument,
    first: &Passage,
    text: &ArticleText<'_>,
    date: Option<jiff::civil::DateTime>,
    fields: &Fields,
    segmenter: &Segmenter,
) {
    let head = &first.article;
    document.add_text(fields.id, &head.id);
    document.add_text(fields.path, &head.path);
    if let Some(date) = date {
        document.add_i64(fields.date, seconds(date));
    }
    for source in head.source.iter().chain(&head.reprinted_by) {
        document.add_text(fields.source, source);
    }
    for author in &head.authors {
        document.add_text(fields.author, author);
    }
    for key in first.topics.iter().flat_map(|topic| topic.keys()) {
        document.add_text(fields.topic, key);
    }
    for subject in first.subjects.iter() {
        document.add_text(fields.subject, subject);
    }
    document.add_text(fields.title_words, prepared_words(text.title, 0, usize::MAX, segmenter));
    document.add_text(fields.title_chars, text.title.folded.text());
}

/// The passage that a document and the codes of its exact text hold; one that is not its article's
/// first has to be made [`stored::complete`].
///
/// # Errors
/// A reason, where the document has none that can be read: the index is damaged.
pub fn passage(
    document: &TantivyDocument,
    exact: &[u8],
    fields: &Fields,
) -> std::result::Result<Passage, String> {
    use tantivy::schema::Value;
    let bytes = document.get_first(fields.stored).and_then(|v| v.as_bytes().map(<[u8]>::to_vec));
    stored::read(exact, &bytes.ok_or("a passage without its record")?)
}

/// Seconds since 1970 of a civil date and time, as if it were UTC: a number that sorts and never
/// wraps.
pub fn seconds(date: jiff::civil::DateTime) -> i64 {
    let days = (date.date() - jiff::civil::date(1970, 1, 1)).get_days();
    let time = date.time();
    i64::from(days) * 86_400
        + i64::from(time.hour()) * 3_600
        + i64::from(time.minute()) * 60
        + i64::from(time.second())
}

/// The day of a number that [`seconds`] gave.
pub fn day(seconds: i64) -> jiff::civil::Date {
    let days = seconds.div_euclid(86_400);
    jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().try_days(days).unwrap_or_default())
        .unwrap_or_default()
}

/// The names under which a quote is found: its speaker's name and aliases.
fn names(quote: &Quote) -> impl Iterator<Item = &str> {
    quote
        .speaker
        .iter()
        .flat_map(|s| std::iter::once(s.name.as_str()).chain(s.aliases.iter().map(String::as_str)))
}

fn add_speech(
    document: &mut TantivyDocument,
    passage: &Passage,
    folded: &str,
    text: &ArticleText<'_>,
    folded_start: usize,
    fields: &Fields,
) {
    let mut seen: Vec<&str> = Vec::new();
    let mut titles: Vec<String> = Vec::new();
    for quote in &passage.quotes {
        if quote.speaker.is_none() || quote.part == ArticlePart::Title {
            continue;
        }
        // Positions count characters of the folded text; the quote's span is mapped by the text
        // before it.
        let position = |at: usize| {
            let at = at.clamp(passage.span.start, passage.span.end);
            let within = folded_offset(text, at).saturating_sub(folded_start);
            folded.get(..within).unwrap_or(folded).chars().filter(|&c| is_exact_char(c)).count()
                as u32
        };
        if let Some(speaker) = quote.speaker.as_ref().filter(|s| !s.title.is_empty()) {
            let title = format!("{}{TITLE_SEPARATOR}{}", speaker.name, speaker.title);
            if !titles.contains(&title) {
                document.add_text(fields.title_of, &title);
                titles.push(title);
            }
        }
        let (start, end) = (position(quote.span.start), position(quote.span.end));
        for (i, name) in names(quote).enumerate() {
            if !seen.contains(&name) {
                seen.push(name);
                document.add_text(if i == 0 { fields.speaker } else { fields.alias }, name);
            }
            let speaker = Speech::speaker_bits(name);
            let speech =
                Speech { speaker, start, end, confidence: quote.confidence, kind: quote.kind };
            document.add_u64(fields.speech, speech.pack());
        }
    }
}

/// The folded offset of the character at byte `at` of the body.
fn folded_offset(text: &ArticleText<'_>, at: usize) -> usize {
    text.words.folded.folded(at)
}

/// Where each passage starts in the folded body, and where the last ends.
fn folded_starts(spans: &[Span], text: &ArticleText<'_>) -> Vec<usize> {
    let mut starts: Vec<usize> = spans.iter().map(|s| folded_offset(text, s.start)).collect();
    starts.push(text.words.folded.text().len());
    starts
}

/// The search-mode tokens of two characters and more between two folded offsets, and numbers with
/// what they count, joined for the `split` tokenizer. Single characters are found in the exact
/// text.
fn prepared_words(words: &Segmented, start: usize, end: usize, segmenter: &Segmenter) -> String {
    let folded = words.folded.text();
    let first = words.words.partition_point(|w| w.start < start);
    let last = words.words.partition_point(|w| w.start < end);
    let mut prepared = String::with_capacity((end.min(folded.len()).saturating_sub(start)) * 3 / 2);
    let mut add = |token: &str| {
        if token.chars().nth(1).is_some() {
            if !prepared.is_empty() {
                prepared.push(SEPARATOR);
            }
            prepared.push_str(token);
        }
    };
    let words = &words.words[first..last.max(first)];
    segmenter.search_tokens(folded, words, |token| add(token.of(folded)));
    words.iter().flat_map(|word| parts(word.of(folded))).for_each(&mut add);
    for at in 0..words.len() {
        let apart = measure(folded, words, at, Day::Apart);
        if apart > 0 {
            add(Span::new(words[at].start, words[at + apart - 1].end).of(folded));
            let joined = measure(folded, words, at, Day::WithMonth);
            if joined > apart {
                add(Span::new(words[at].start, words[at + joined - 1].end).of(folded));
            }
        }
    }
    prepared
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_become_numbers_and_back() {
        let date = jiff::civil::date(1931, 9, 18).at(7, 30, 0, 0);
        assert_eq!(day(seconds(date)), date.date());
        assert!(seconds(date) < 0);
    }

    proptest! {
        #[test]
        fn speech_is_packed_without_loss(speaker in 0u32..1 << 24, start in 0u32..1 << 17, end in 0u32..1 << 17, c in 0usize..5, k in 0usize..3) {
            let speech = Speech { speaker, start, end, confidence: CONFIDENCES[c], kind: KINDS[k] };
            prop_assert_eq!(Speech::unpack(speech.pack()), speech);
        }
    }
}
