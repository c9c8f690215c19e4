//! A quotation held against an index: is it there, and who says it. What an index does not hold may
//! have been said all the same.

use super::lexicon::Lexicon;
use super::request::{Answer, Hit, Request};
use super::run::run;
use super::snippet::admits;
use crate::engine::{Grouping, Stop};
use crate::error::Result;
use crate::query::{Clause, Filters, Query};
use crate::quote::Quote;
use crate::reprint::difference;
use crate::text::Span;
use crate::text::sentence::sentences;
use crate::update::Snapshot;
use serde::Serialize;

/// Passages that are looked at.
const MOST_READ: usize = 50;
/// The share of words in both that makes two wordings near each other.
const NEAR: f64 = 0.6;

/// The verdict on a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotationVerdict {
    /// The words stand in speech, of the speaker where one was named.
    Verbatim,
    /// Nearly the same words do.
    Near,
    /// The words stand in speech of somebody else.
    OtherSpeaker,
    /// The words stand in the index, in no speech.
    NotSpeech,
    /// Neither the words nor any near them stand in the index.
    NotFound,
}

/// A quotation held against an index.
#[derive(Debug, Clone)]
pub struct VerifiedQuotation {
    /// The verdict.
    pub verdict: QuotationVerdict,
    /// The passages that it rests on, best first.
    pub hits: Vec<Hit>,
    /// Those who say the words there.
    pub speakers: Vec<String>,
    /// The nearest wording, where the verdict is [`QuotationVerdict::Near`].
    pub nearest: Option<NearestWording>,
}

/// Words near those of a quotation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearestWording {
    /// The words.
    pub text: String,
    /// The share of the words of both that is in both.
    pub likeness: f64,
}

/// Holds a quotation against an index. `filters` are resolved; its speakers are those who are said
/// to have said it. The work is given up when `stop` is asked.
///
/// # Errors
/// Those of [`run`].
pub fn verify(
    snapshot: &Snapshot,
    quotation: &str,
    filters: &Filters,
    lexicon: &Lexicon,
    stop: &Stop,
) -> Result<VerifiedQuotation> {
    let asked = Asker { snapshot, lexicon, stop };
    let anybody = Filters { speakers: Vec::new(), ..filters.clone() };
    let trimmed = quotation.trim().trim_matches(['“', '”', '"', '「', '」', '『', '』']);
    let answer = asked.passages(Clause::Exact(trimmed.to_owned()), &anybody)?;
    let found = answer.hits;
    if answer.near || found.is_empty() {
        return asked.near(trimmed, filters);
    }
    let speaks = |hit: &Hit, filters: &Filters| {
        spoken(hit).into_iter().any(|quote| quote.speaker.is_some() && admits(filters, quote))
    };
    let (verdict, hits): (_, Vec<Hit>) = if found.iter().any(|hit| speaks(hit, filters)) {
        (QuotationVerdict::Verbatim, found.into_iter().filter(|hit| speaks(hit, filters)).collect())
    } else if found.iter().any(|hit| speaks(hit, &anybody)) {
        let others = found.into_iter().filter(|hit| speaks(hit, &anybody));
        (QuotationVerdict::OtherSpeaker, others.collect())
    } else {
        (QuotationVerdict::NotSpeech, found)
    };
    let mut speakers: Vec<String> = Vec::new();
    for speaker in hits.iter().flat_map(spoken).filter_map(|quote| quote.speaker.as_ref()) {
        if !speakers.contains(&speaker.name) {
            speakers.push(speaker.name.clone());
        }
    }
    Ok(VerifiedQuotation { verdict, hits, speakers, nearest: None })
}

/// The index that a quotation is held against.
struct Asker<'a> {
    snapshot: &'a Snapshot,
    lexicon: &'a Lexicon,
    stop: &'a Stop,
}

impl Asker<'_> {
    /// The passages that answer one clause.
    fn passages(&self, clause: Clause, filters: &Filters) -> Result<Answer> {
        let request = Request {
            query: Query { clauses: vec![clause] },
            filters: filters.clone(),
            grouping: Grouping::Passages,
            limit: MOST_READ,
            stop: self.stop.clone(),
            ..Request::default()
        };
        run(self.snapshot, &request, self.lexicon)
    }

    /// The wording in speech that is nearest to a quotation.
    fn near(&self, quotation: &str, filters: &Filters) -> Result<VerifiedQuotation> {
        let segmenter = self.snapshot.segmenter()?;
        let mut best: Option<(f64, String, String, Hit)> = None;
        let words = Clause::Words(quotation.to_owned());
        for hit in self.passages(words, filters)?.hits {
            self.stop.check()?;
            for quote in hit.passage.statements() {
                let Some(speaker) = quote.speaker.as_ref().filter(|_| admits(filters, quote))
                else {
                    continue;
                };
                let words = hit.passage.words(quote.span);
                let whole = std::iter::once(Span::whole(words));
                for wording in whole.chain(sentences(words)).map(|span| span.of(words)) {
                    let likeness = difference(quotation, wording, &segmenter).likeness();
                    if likeness >= NEAR && best.as_ref().is_none_or(|(most, ..)| likeness > *most) {
                        let (wording, name) = (wording.to_owned(), speaker.name.clone());
                        best = Some((likeness, wording, name, hit.clone()));
                    }
                }
            }
        }
        Ok(match best {
            Some((likeness, text, name, hit)) => VerifiedQuotation {
                verdict: QuotationVerdict::Near,
                hits: vec![hit],
                speakers: vec![name],
                nearest: Some(NearestWording { text, likeness: (likeness * 1e4).round() / 1e4 }),
            },
            None => VerifiedQuotation {
                verdict: QuotationVerdict::NotFound,
                hits: Vec::new(),
                speakers: Vec::new(),
                nearest: None,
            },
        })
    }
}

/// The quotes of a hit that hold the words that were looked for.
fn spoken(hit: &Hit) -> Vec<&Quote> {
    let start = hit.passage.span.start;
    let marks: Vec<Span> =
        hit.highlights.iter().map(|m| Span::new(m.start + start, m.end + start)).collect();
    let holds = |quote: &&Quote| marks.iter().any(|mark| quote.span.overlaps(*mark));
    hit.passage.statements().into_iter().filter(holds).collect()
}
