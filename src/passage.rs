//! Cuts an article into passages, the units that are found, ranked and shown.
//!
//! A passage is a run of whole sentences that never cuts a quotation and ends where the speaker
//! changes. Passages tile the body. The type is plain data and knows nothing of any search engine.

mod key;

pub use key::{ArticleKey, NoKey};

use crate::article::Article;
use crate::quote::{ArticlePart, Quote, SpeechKind};
use crate::text::Span;
use crate::text::sentence::{paragraphs, sentences};
use crate::topic::Topic;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// A passage takes further sentences until it has this many characters; it then ends with its
/// paragraph, and with the speaker at any length. Below, an answer lacks its context; see
/// [`LONGEST`] for the other end.
pub const SHORTEST: usize = 200;

/// A passage ends before the sentence that would take it over this many characters. Above, a reader
/// has to search the answer in the answer. A single longer sentence or quotation stays whole.
pub const LONGEST: usize = 300;

/// The header of the article to which a passage belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The article's id.
    pub id: String,
    /// The file it was read from.
    pub path: String,
    /// Line of the file at which the article's record or body starts.
    pub line: Option<u64>,
    /// Headline.
    pub title: Option<String>,
    /// Date in ISO 8601, cut to its precision.
    pub date: Option<String>,
    /// True if a part of the date (its year, the base of a relative date) is inferred.
    #[serde(default)]
    pub date_inferred: bool,
    /// Original outlet.
    pub source: Option<String>,
    /// The outlet this copy was taken from.
    pub reprinted_by: Option<String>,
    /// Authors, in order.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Address on the web.
    pub url: Option<String>,
    /// Its key in the index; none where it is in no index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ArticleKey>,
}

impl Head {
    /// The date for a reader; an inferred one is marked as such.
    pub fn shown_date(&self) -> Option<Cow<'_, str>> {
        let date = self.date.as_deref()?;
        Some(match self.date_inferred {
            true => Cow::Owned(format!("{date}（推断）")),
            false => Cow::Borrowed(date),
        })
    }

    /// The address on the web, where it can be followed: an article may give any text as its own.
    pub fn web_address(&self) -> Option<&str> {
        let url = self.url.as_deref()?;
        let scheme = url.split_once("://")?.0.to_ascii_lowercase();
        matches!(scheme.as_str(), "http" | "https").then_some(url)
    }

    /// The place of the article, as editors understand it: `path:line`, or the path alone.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.path),
            None => self.path.clone(),
        }
    }
}

impl From<&Article> for Head {
    fn from(article: &Article) -> Head {
        Head {
            id: article.id.as_str().to_owned(),
            path: article.path.clone(),
            line: article.line,
            title: article.title.clone(),
            date: article.date.as_ref().map(|d| d.iso()),
            date_inferred: article.date.as_ref().is_some_and(|d| d.inferred),
            source: article.source.clone(),
            reprinted_by: article.reprinted_by.clone(),
            authors: article.authors.clone(),
            url: article.url.clone(),
            key: None,
        }
    }
}

/// A passage of an article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// The article it belongs to.
    pub article: Arc<Head>,
    /// Its place among the article's passages, from 0.
    pub ordinal: u32,
    /// Its byte span in the article's body.
    pub span: Span,
    /// Its text: the body at `span`, byte for byte.
    pub text: String,
    /// The quotes with at least one byte in it; spans are those of the article's body. Quotes of
    /// the headline are with the first passage.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// The article's topics, best first.
    #[serde(default)]
    pub topics: Arc<[Topic]>,
    /// The article's key terms.
    #[serde(default)]
    pub subjects: Arc<[String]>,
}

/// The body of the article that `passages` are all of, in order.
pub fn body(passages: &[Passage]) -> String {
    passages.iter().map(|passage| passage.text.as_str()).collect()
}

impl Passage {
    /// The statements of the body that have a part in the passage, each once: what one speaker says
    /// within a longer statement of the same speaker is a part of that.
    pub fn statements(&self) -> Vec<&Quote> {
        let quotes: Vec<&Quote> =
            self.quotes.iter().filter(|quote| quote.part == ArticlePart::Body).collect();
        let inside = |inner: &Quote, outer: &Quote| {
            inner.speaker == outer.speaker && outer.span.contains(inner.span)
        };
        let is_outer = |i: usize| {
            !quotes.iter().enumerate().any(|(j, other)| {
                i != j && inside(quotes[i], other) && (!inside(other, quotes[i]) || j < i)
            })
        };
        (0..quotes.len()).filter(|&i| is_outer(i)).map(|i| quotes[i]).collect()
    }

    /// How the words of a statement are given: a reported one with words between marks in it is
    /// both.
    pub fn kind(&self, statement: &Quote) -> SpeechKind {
        let within = |other: &Quote| {
            other.speaker == statement.speaker
                && other.span != statement.span
                && statement.span.contains(other.span)
                && other.kind != SpeechKind::Indirect
        };
        match statement.kind {
            SpeechKind::Indirect if self.quotes.iter().any(within) => SpeechKind::Mixed,
            kind => kind,
        }
    }

    /// The part of a span of the body that lies in the passage.
    pub fn words(&self, span: Span) -> &str {
        let start = span.start.clamp(self.span.start, self.span.end);
        let end = span.end.clamp(start, self.span.end);
        Span::new(start - self.span.start, end - self.span.start).of(&self.text)
    }
}

/// The spans of a body's passages: whole sentences that tile it. A body without text gives one
/// empty span, so that every article has a passage and can be found by its title.
///
/// `speakers` gives the speaker of a sentence's span, as anything that can be compared; `None` for
/// narration.
///
/// ```
/// use jianbao::passage::cut;
/// let body = "甲说，行。乙说，不行。";
/// let spans = cut(body, |s| Some(s.of(body).chars().next()));
/// assert_eq!(spans.iter().map(|s| s.of(body)).collect::<Vec<_>>(), ["甲说，行。", "乙说，不行\
/// 。"]);
/// ```
pub fn cut<S: PartialEq>(body: &str, speaker: impl Fn(Span) -> Option<S>) -> Vec<Span> {
    let mut paragraph_ends = paragraphs(body).into_iter().map(|p| p.end).peekable();
    let mut passages = Vec::new();
    let mut open: Option<Open<S>> = None;
    for sentence in sentences(body) {
        let count = sentence.of(body).chars().count();
        let speaking = speaker(sentence);
        match open.as_mut() {
            Some(passage) if !passage.ends_before(count, &speaking) => {
                passage.span.end = sentence.end;
                passage.count += count;
                if speaking.is_some() {
                    passage.speaker = speaking;
                }
            }
            _ => {
                passages.extend(open.take().map(|p| p.span));
                open = Some(Open { span: sentence, count, speaker: speaking });
            }
        }
        while paragraph_ends.next_if(|&end| end < sentence.end).is_some() {}
        if paragraph_ends.peek() == Some(&sentence.end)
            && open.as_ref().is_some_and(|p| p.count >= SHORTEST)
        {
            passages.extend(open.take().map(|p| p.span));
        }
    }
    passages.extend(open.map(|p| p.span));
    if passages.is_empty() {
        passages.push(Span::whole(body));
    }
    passages
}

/// The passages of an article, with its quotes and topics handed out to them.
pub fn passages(
    article: &Article,
    quotes: &[Quote],
    topics: &[Topic],
    subjects: &[String],
) -> Vec<Passage> {
    let head = Arc::new(Head::from(article));
    let (topics, subjects): (Arc<[Topic]>, Arc<[String]>) = (topics.into(), subjects.into());
    let spoken = Spoken::new(quotes);
    let names = |sentence: Span| {
        let mut names = spoken.within(sentence).filter_map(|q| q.speaker.as_ref());
        let first = names.next()?.name.as_str();
        Some(names.map(|s| s.name.as_str()).fold(vec![first], |mut all, name| {
            if !all.contains(&name) {
                all.push(name);
            }
            all
        }))
    };
    let spans = cut(&article.body, names);
    spans
        .into_iter()
        .enumerate()
        .map(|(ordinal, span)| Passage {
            article: Arc::clone(&head),
            ordinal: ordinal as u32,
            span,
            text: span.of(&article.body).to_owned(),
            quotes: of_title(quotes, ordinal).chain(spoken.within(span)).cloned().collect(),
            topics: Arc::clone(&topics),
            subjects: Arc::clone(&subjects),
        })
        .collect()
}

/// The quotes of the headline, for the first passage.
fn of_title(quotes: &[Quote], ordinal: usize) -> impl Iterator<Item = &Quote> {
    let looked_at = if ordinal == 0 { quotes } else { &[] };
    looked_at.iter().filter(|q| q.part != ArticlePart::Body)
}

/// The quotes of a body, found by place: an article may have a million.
struct Spoken<'a> {
    /// By their start.
    quotes: Vec<&'a Quote>,
    /// The furthest end of each and those before it.
    ends: Vec<usize>,
}

impl<'a> Spoken<'a> {
    fn new(quotes: &'a [Quote]) -> Spoken<'a> {
        let mut quotes: Vec<&Quote> =
            quotes.iter().filter(|q| q.part == ArticlePart::Body).collect();
        quotes.sort_by_key(|q| q.span.start);
        let mut furthest = 0;
        let ends = quotes
            .iter()
            .map(|q| {
                furthest = furthest.max(q.span.end);
                furthest
            })
            .collect();
        Spoken { quotes, ends }
    }

    /// Those with at least one byte in `span`.
    fn within(&self, span: Span) -> impl Iterator<Item = &'a Quote> {
        let from = self.ends.partition_point(|&end| end <= span.start);
        let to = self.quotes.partition_point(|q| q.span.start < span.end).max(from);
        self.quotes[from..to].iter().copied().filter(move |q| q.span.overlaps(span))
    }
}

/// The passage that is being filled.
struct Open<S> {
    span: Span,
    /// Characters so far.
    count: usize,
    /// The last speaker in it.
    speaker: Option<S>,
}

impl<S: PartialEq> Open<S> {
    /// True if the passage ends before a sentence of `count` characters spoken by `speaker`.
    fn ends_before(&self, count: usize, speaker: &Option<S>) -> bool {
        match (&self.speaker, speaker) {
            (Some(before), Some(now)) if before != now => true,
            // Words of somebody deserve a passage of their own once the narration before them is
            // long enough, and narration goes on in a new one once the words are.
            (Some(_), None) | (None, Some(_)) if self.count >= SHORTEST => true,
            _ => self.count + count > LONGEST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_passage_ends_where_the_speaker_changes() {
        let body = "甲说，一。甲说，二。乙说，三。天亮了。";
        let spans = cut(body, |s| s.of(body).chars().next().filter(|c| *c != '天'));
        let texts: Vec<&str> = spans.iter().map(|s| s.of(body)).collect();
        assert_eq!(texts, ["甲说，一。甲说，二。", "乙说，三。天亮了。"]);
    }

    #[test]
    fn a_long_quotation_stays_whole() {
        let body = format!("他说：“{}”天亮了。", "很长。".repeat(200));
        let spans = cut(&body, |_| None::<()>);
        assert!(spans[0].of(&body).ends_with('”'));
    }

    #[test]
    fn an_empty_body_has_one_empty_passage() {
        assert_eq!(cut("", |_| None::<()>), [Span::new(0, 0)]);
    }

    /// A quote of a body, of nobody.
    fn quote(start: usize, length: usize) -> Quote {
        Quote {
            part: ArticlePart::Body,
            span: Span::new(start, start + length),
            kind: crate::quote::SpeechKind::Direct,
            speaker: None,
            mention: String::new(),
            cue: String::new(),
            rule: crate::quote::Rule::Before,
            confidence: crate::quote::Confidence::Unknown,
            probability: None,
            unclosed: false,
        }
    }

    proptest! {
        #[test]
        fn quotes_are_found_by_place(
            places in prop::collection::vec((0usize..60, 1usize..30), 0..20),
            start in 0usize..60,
            length in 0usize..20,
        ) {
            let mut quotes: Vec<Quote> =
                places.iter().map(|&(start, length)| quote(start, length)).collect();
            quotes.sort_by_key(|q| q.span);
            let span = Span::new(start, start + length);
            let expected: Vec<Span> =
                quotes.iter().map(|q| q.span).filter(|s| s.overlaps(span)).collect();
            let found: Vec<Span> = Spoken::new(&quotes).within(span).map(|q| q.span).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn passages_tile_the_body(body in "([。！“”\\n甲乙说，]|\\PC){0,400}") {
            let spans = cut(&body, |s| s.of(&body).chars().next());
            let mut at = 0;
            for s in &spans {
                prop_assert_eq!(s.start, at);
                at = s.end;
            }
            prop_assert_eq!(at, body.len());
        }
    }
}
