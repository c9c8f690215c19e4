//! A passage as it is stored: a compact record, since stored text is the largest part of an
//! index.
//!
//! The passage's own text is kept where it is searched (see exact_text.rs); a record has what that
//! leaves out. All other texts of a record stand one after the other in few bytes (see
//! characters.rs); the rest of the record says how long each of them is. What the passages of an
//! article share is stored with the first of them alone.

use super::{char_codec, text_edits};
use crate::passage::{Head, Passage};
use crate::quote::{ArticlePart, Confidence, Quote, Rule, Speaker, SpeakerKind, SpeechKind};
use crate::text::Span;
use crate::topic::{Narrower, Topic};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The record of a passage. A text is given by its length in bytes of UTF-8; its place follows
/// from the order.
#[derive(Serialize, Deserialize)]
struct StoredPassage<'a> {
    ordinal: u32,
    /// Where its text starts in the article's body, in bytes.
    start: usize,
    /// The edits that its exact text leaves out; see text_edits.rs.
    edits: &'a [u8],
    quotes: Vec<StoredQuote>,
    /// With the article's first passage.
    shared: Option<StoredShared>,
    texts: &'a [u8],
}

#[derive(Serialize, Deserialize)]
struct StoredQuote {
    part: ArticlePart,
    start: usize,
    length: usize,
    kind: SpeechKind,
    speaker: Option<StoredSpeaker>,
    mention: usize,
    cue: usize,
    rule: usize,
    confidence: Confidence,
    unclosed: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredSpeaker {
    name: usize,
    kind: SpeakerKind,
    title: usize,
    aliases: Vec<usize>,
    represents: Option<usize>,
}

#[derive(Serialize, Deserialize)]
struct StoredShared {
    id: usize,
    path: usize,
    line: Option<u64>,
    title: Option<usize>,
    date: Option<usize>,
    date_inferred: bool,
    source: Option<usize>,
    reprinted_by: Option<usize>,
    authors: Vec<usize>,
    url: Option<usize>,
    topics: Vec<(StoredTopic, Vec<StoredTopic>)>,
    subjects: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
struct StoredTopic {
    key: usize,
    /// In ten-thousandths.
    score: u32,
    evidence: Vec<usize>,
}

/// The unit of a stored score.
const SCORE_UNIT: f32 = 10_000.0;

/// The codes of a passage's exact text, and the record of the rest.
///
/// # Errors
/// A reason, should it not be possible to write it.
pub fn write(passage: &Passage) -> Result<(Vec<u8>, Vec<u8>), String> {
    let (mut exact, mut edits) = (Vec::with_capacity(passage.text.len() / 2), Vec::new());
    text_edits::split(&passage.text, &mut exact, &mut edits);
    let mut texts = TextWriter::default();
    let quotes = passage.quotes.iter().map(|quote| texts.add_quote(quote)).collect();
    let shared = (passage.ordinal == 0).then(|| texts.add_shared(passage));
    let record = StoredPassage {
        ordinal: passage.ordinal,
        start: passage.span.start,
        edits: &edits,
        quotes,
        shared,
        texts: &texts.codes,
    };
    let buffer = Vec::with_capacity(texts.codes.len() + edits.len() + 64);
    let record = postcard::to_extend(&record, buffer).map_err(|e| e.to_string())?;
    Ok((exact, record))
}

/// The passage of the codes of an exact text and a record. One that is not its article's first has
/// an empty head until it is made [`complete`].
///
/// # Errors
/// A reason, where the bytes are no record: the index is damaged.
pub fn read(exact: &[u8], bytes: &[u8]) -> Result<Passage, String> {
    let record: StoredPassage<'_> = postcard::from_bytes(bytes).map_err(|e| e.to_string())?;
    let text = text_edits::join(exact, record.edits)
        .ok_or("its text is not the one that its record is of")?;
    let texts = char_codec::decode(record.texts).ok_or("its texts cannot be decoded")?;
    let mut texts = TextReader { rest: &texts };
    let quotes =
        record.quotes.into_iter().map(|quote| texts.take_quote(quote)).collect::<Result<_, _>>()?;
    let end = record.start.checked_add(text.len()).ok_or("it ends nowhere")?;
    let span = Span::new(record.start, end);
    let mut passage = Passage {
        article: Arc::default(),
        ordinal: record.ordinal,
        span,
        text,
        quotes,
        topics: Arc::default(),
        subjects: Arc::default(),
    };
    if let Some(shared) = record.shared {
        texts.take_shared(shared, &mut passage)?;
    }
    Ok(passage)
}

/// Gives a later passage what it shares with its article's first one; `false` where `first` is
/// none.
pub fn complete(passage: &mut Passage, first: &Passage) -> bool {
    if first.ordinal != 0 {
        return false;
    }
    passage.article = Arc::clone(&first.article);
    passage.topics = Arc::clone(&first.topics);
    passage.subjects = Arc::clone(&first.subjects);
    true
}

/// Texts one after the other.
#[derive(Default)]
struct TextWriter {
    codes: Vec<u8>,
}

impl TextWriter {
    fn add(&mut self, text: &str) -> usize {
        char_codec::encode(text, &mut self.codes);
        text.len()
    }

    fn add_some(&mut self, text: &Option<String>) -> Option<usize> {
        text.as_ref().map(|text| self.add(text))
    }

    fn add_all(&mut self, texts: &[String]) -> Vec<usize> {
        texts.iter().map(|text| self.add(text)).collect()
    }

    fn add_quote(&mut self, quote: &Quote) -> StoredQuote {
        StoredQuote {
            part: quote.part,
            start: quote.span.start,
            length: quote.span.len(),
            kind: quote.kind,
            speaker: quote.speaker.as_ref().map(|speaker| StoredSpeaker {
                name: self.add(&speaker.name),
                kind: speaker.kind,
                title: self.add(&speaker.title),
                aliases: self.add_all(&speaker.aliases),
                represents: speaker.represents.as_deref().map(|name| self.add(name)),
            }),
            mention: self.add(&quote.mention),
            cue: self.add(&quote.cue),
            rule: self.add(&quote.evidence()),
            confidence: quote.confidence,
            unclosed: quote.unclosed,
        }
    }

    fn add_shared(&mut self, passage: &Passage) -> StoredShared {
        let head = &passage.article;
        StoredShared {
            id: self.add(&head.id),
            path: self.add(&head.path),
            line: head.line,
            title: self.add_some(&head.title),
            date: self.add_some(&head.date),
            date_inferred: head.date_inferred,
            source: self.add_some(&head.source),
            reprinted_by: self.add_some(&head.reprinted_by),
            authors: self.add_all(&head.authors),
            url: self.add_some(&head.url),
            topics: passage.topics.iter().map(|topic| self.add_topic(topic)).collect(),
            subjects: self.add_all(&passage.subjects),
        }
    }

    fn add_topic(&mut self, topic: &Topic) -> (StoredTopic, Vec<StoredTopic>) {
        let mut record = |key: &str, score: f32, evidence: &[String]| StoredTopic {
            key: self.add(key),
            score: (score * SCORE_UNIT).round() as u32,
            evidence: self.add_all(evidence),
        };
        let broad = record(&topic.key, topic.score, &topic.evidence);
        (broad, topic.narrower.iter().map(|n| record(&n.key, n.score, &n.evidence)).collect())
    }
}

/// Takes texts off, in the order in which they were added.
struct TextReader<'a> {
    rest: &'a str,
}

impl TextReader<'_> {
    fn take(&mut self, length: usize) -> Result<String, String> {
        let (text, rest) =
            self.rest.split_at_checked(length).ok_or("one of its texts is missing")?;
        self.rest = rest;
        Ok(text.to_owned())
    }

    fn take_some(&mut self, length: Option<usize>) -> Result<Option<String>, String> {
        length.map(|length| self.take(length)).transpose()
    }

    fn take_all(&mut self, lengths: Vec<usize>) -> Result<Vec<String>, String> {
        lengths.into_iter().map(|length| self.take(length)).collect()
    }

    fn take_quote(&mut self, record: StoredQuote) -> Result<Quote, String> {
        let speaker = |speaker: StoredSpeaker, texts: &mut Self| -> Result<Speaker, String> {
            Ok(Speaker {
                name: texts.take(speaker.name)?,
                kind: speaker.kind,
                title: texts.take(speaker.title)?,
                aliases: texts.take_all(speaker.aliases)?,
                represents: texts.take_some(speaker.represents)?,
            })
        };
        let end =
            record.start.checked_add(record.length).ok_or("one of its quotes ends nowhere")?;
        // The texts lie in the order in which they were added.
        let speaker = record.speaker.map(|s| speaker(s, self)).transpose()?;
        let (mention, cue) = (self.take(record.mention)?, self.take(record.cue)?);
        let evidence = self.take(record.rule)?;
        let (rule, probability) = Rule::parse_evidence(&evidence)
            .ok_or_else(|| format!("`{evidence}` is no rule of attribution"))?;
        Ok(Quote {
            part: record.part,
            span: Span::new(record.start, end),
            kind: record.kind,
            speaker,
            mention,
            cue,
            rule,
            confidence: record.confidence,
            probability,
            unclosed: record.unclosed,
        })
    }

    fn take_shared(&mut self, record: StoredShared, passage: &mut Passage) -> Result<(), String> {
        passage.article = Arc::new(Head {
            id: self.take(record.id)?,
            path: self.take(record.path)?,
            line: record.line,
            title: self.take_some(record.title)?,
            date: self.take_some(record.date)?,
            date_inferred: record.date_inferred,
            source: self.take_some(record.source)?,
            reprinted_by: self.take_some(record.reprinted_by)?,
            authors: self.take_all(record.authors)?,
            url: self.take_some(record.url)?,
            key: None,
        });
        let topics = record.topics.into_iter().map(|topic| self.take_topic(topic));
        passage.topics = topics.collect::<Result<_, _>>()?;
        passage.subjects = self.take_all(record.subjects)?.into();
        Ok(())
    }

    fn take_topic(
        &mut self,
        (broad, narrower): (StoredTopic, Vec<StoredTopic>),
    ) -> Result<Topic, String> {
        let mut parts = |record: StoredTopic| -> Result<(String, f32, Vec<String>), String> {
            Ok((
                self.take(record.key)?,
                record.score as f32 / SCORE_UNIT,
                self.take_all(record.evidence)?,
            ))
        };
        let (key, score, evidence) = parts(broad)?;
        let narrower = narrower.into_iter().map(|n| {
            let (key, score, evidence) = parts(n)?;
            Ok::<_, String>(Narrower { key, score, evidence })
        });
        Ok(Topic { key, score, evidence, narrower: narrower.collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote() -> Quote {
        Quote {
            part: ArticlePart::Body,
            span: Span::new(3, 6),
            kind: SpeechKind::Indirect,
            speaker: Some(Speaker {
                name: "王建国".into(),
                kind: SpeakerKind::Person,
                title: "县长".into(),
                aliases: vec!["老王".into()],
                represents: None,
            }),
            mention: "他".into(),
            cue: "说".into(),
            rule: Rule::Before,
            confidence: Confidence::Pronoun,
            probability: None,
            unclosed: true,
        }
    }

    fn passages() -> [Passage; 2] {
        let head =
            Head { id: "7".into(), title: Some("剪报".into()), line: Some(3), ..Head::default() };
        let narrower = vec![Narrower {
            key: "economy/房地产".into(),
            score: 0.25,
            evidence: vec!["楼市".into()],
        }];
        let topic =
            Topic { key: "economy".into(), score: 0.5, evidence: vec!["房价".into()], narrower };
        let first = Passage {
            article: Arc::new(head),
            ordinal: 0,
            span: Span::new(0, 9),
            text: "他说。".into(),
            quotes: vec![quote(), Quote { speaker: None, ..quote() }],
            topics: [topic].into(),
            subjects: ["剪报".to_owned()].into(),
        };
        let later =
            Passage {
                ordinal: 1, span: Span::new(9, 18), text: "她说。".into(), ..first.clone()
            };
        [first, later]
    }

    #[test]
    fn a_record_gives_the_passage_back() {
        let [first, later] = passages();
        let back = |passage: &Passage| {
            let (exact, record) = write(passage).unwrap();
            read(&exact, &record).unwrap()
        };
        assert_eq!(back(&first), first);
        let mut back = back(&later);
        assert_eq!(back.article.id, "");
        assert!(!complete(&mut back.clone(), &later));
        assert!(complete(&mut back, &first));
        assert_eq!(back, later);
    }

    #[test]
    fn a_record_cut_short_is_an_error() {
        let (exact, record) = write(&passages()[0]).unwrap();
        assert!((0..record.len()).all(|end| read(&exact, &record[..end]).is_err()));
        assert!(read(&exact, &[0xff; 40]).is_err());
    }
}
