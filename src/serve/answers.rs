//! The records that the API answers with, as JSON: those of record.rs, with the commit beside them.

use super::asked::{self, Asked};
use super::offsets::OffsetUnit;
use super::parameters::LONGEST_SLICE;
use super::problem::HttpProblem;
use crate::clipping::{Clipping, citation};
use crate::engine::{Facet, Period, ReprintPolicy};
use crate::passage;
use crate::query::{Filters, Remark};
use crate::record::{
    ArticleRecord, FacetRow, FacetsRecord, HitRecord, QuoteRecord, ReprintGroupRecord,
    ReprintRecord, SCHEMA, SegmentRecord, SpeakerRecord, StatsRecord, TopicRow, TotalsRecord,
    WholeRecord, segments,
};
use crate::reprint::difference;
use crate::search::{self, Hit, NearestWording, QuotationVerdict, Request};
use crate::text::Span;
use serde::Serialize;
use serde_json::Value;

/// Names that are proposed.
const MOST_PROPOSED: usize = 8;
/// The meaning of an absence.
pub const ABSENT: &str = "absent from this index is not the same as never said";

fn json(record: &impl Serialize) -> Result<String, HttpProblem> {
    serde_json::to_string(record).map_err(|_| HttpProblem::failed())
}

/// A record without the places of files on the machine that keeps them.
pub fn without_paths(record: &str) -> String {
    fn blank(value: &mut Value) {
        match value {
            Value::Array(values) => values.iter_mut().for_each(blank),
            Value::Object(fields) => {
                for name in ["path", "line", "index", "index_from"] {
                    fields.remove(name);
                }
                fields.values_mut().for_each(blank);
            }
            _ => {}
        }
    }
    // What was written as JSON is JSON.
    let mut value: Value = serde_json::from_str(record).unwrap_or_default();
    blank(&mut value);
    value.to_string()
}

/// A hit, its text also cut at marks and quotes.
#[derive(Serialize)]
pub struct HitReply<'a> {
    #[serde(flatten)]
    hit: HitRecord<'a>,
    segments: Vec<SegmentRecord<'a>>,
}

impl<'a> HitReply<'a> {
    /// The reply for a hit.
    pub fn new(hit: &'a Hit) -> HitReply<'a> {
        let record = HitRecord::from(hit);
        let base = hit.passage.span.start;
        let quotes: Vec<Span> = record
            .quotes
            .iter()
            .map(|q| inside(q.start, q.end, base, hit.passage.text.len()))
            .collect();
        let segments = segments(&hit.passage.text, &hit.highlights, &quotes);
        HitReply { hit: record, segments }
    }

    /// Counts its offsets in a unit.
    fn count_in(&mut self, unit: OffsetUnit, asked: &Asked) -> Result<(), HttpProblem> {
        let key = self.hit.article.key.map(|key| key.to_string()).unwrap_or_default();
        let passages = asked::article(&asked.index, &key, HttpProblem::failed)?;
        unit.count_hit(&mut self.hit, &passage::body(&passages));
        Ok(())
    }
}

/// The part of a span of the body that lies in a text of `length` bytes from `base` on.
fn inside(start: usize, end: usize, base: usize, length: usize) -> Span {
    let start = start.clamp(base, base + length);
    Span::new(start - base, end.clamp(start, base + length) - base)
}

#[derive(Serialize)]
struct SearchReply<'a> {
    schema: u32,
    commit: &'a str,
    query: String,
    #[serde(flatten)]
    totals: TotalsRecord,
    left_out: usize,
    remarks: Vec<&'a str>,
    suggestions: Vec<SuggestionReply<'a>>,
    next: Option<String>,
    hits: Vec<HitReply<'a>>,
    facets: FacetsRecord<'a>,
}

#[derive(Serialize)]
struct SuggestionReply<'a> {
    typed: &'a str,
    meant: &'a [String],
}

/// `/search`
pub fn search(asked: &Asked) -> Result<String, HttpProblem> {
    let (mut request, remarks) = asked.parameters.request()?;
    if let Some(cursor) = asked.parameters.get("cursor") {
        request.offset = asked.offset(cursor)?;
    }
    let answer = asked.index.search(&request)?;
    let snapshot = asked.index.snapshot();
    // Where some article holds all of the words, none of them is a slip.
    let found = match answer.whole {
        0 => search::suggest(snapshot, &request.query, asked.index.lexicon())?,
        _ => Vec::new(),
    };
    let suggestions =
        found.iter().map(|s| SuggestionReply { typed: &s.typed, meant: &s.meant }).collect();
    let unit = OffsetUnit::of(asked.parameters.get("offsets"));
    let mut hits: Vec<HitReply<'_>> = answer.hits.iter().map(HitReply::new).collect();
    if unit != OffsetUnit::Byte {
        hits.iter_mut().try_for_each(|hit| hit.count_in(unit, asked))?;
    }
    json(&SearchReply {
        schema: SCHEMA,
        commit: snapshot.commit(),
        query: request.query.to_string(),
        totals: (&answer).into(),
        left_out: answer.left_out,
        remarks: remarks.iter().map(|Remark(text)| text.as_str()).collect(),
        suggestions,
        next: asked.next(&request, &answer),
        hits,
        facets: FacetsRecord(&answer.facets),
    })
}

#[derive(Serialize)]
struct ArticleReply<'a> {
    schema: u32,
    commit: &'a str,
    article: &'a ArticleRecord<'a>,
    start: usize,
    end: usize,
    length: usize,
    next_start: Option<usize>,
    body: &'a str,
    topics: &'a [&'a str],
    subjects: &'a [String],
    quotes: Vec<QuoteRecord<'a>>,
    segments: Vec<SegmentRecord<'a>>,
    citation: String,
}

/// `/articles/{key}`
pub fn article(asked: &Asked) -> Result<String, HttpProblem> {
    let passages = asked.article()?;
    let whole = WholeRecord::new(&passages).ok_or_else(HttpProblem::failed)?;
    let body = whole.body.as_str();
    let parameters = &asked.parameters;
    let unit = OffsetUnit::of(parameters.get("offsets"));
    let start = unit.byte(body, parameters.number("start").unwrap_or(0));
    let length = parameters.number("length").unwrap_or(LONGEST_SLICE).max(4);
    let end = unit.byte(body, unit.at(body, start).saturating_add(length));
    let slice = Span::new(start, end);
    let mut quotes: Vec<QuoteRecord<'_>> = whole
        .quotes
        .iter()
        .filter(|q| q.part == crate::quote::ArticlePart::Body)
        .filter(|q| slice.overlaps(Span::new(q.start, q.end)))
        .cloned()
        .collect();
    let spans: Vec<Span> =
        quotes.iter().map(|q| inside(q.start, q.end, start, end - start)).collect();
    let text = slice.of(body);
    quotes.iter_mut().for_each(|quote| unit.count_quote(quote, body, ""));
    let today = crate::date::chinese_time(jiff::Timestamp::now()).date();
    json(&ArticleReply {
        schema: SCHEMA,
        commit: asked.index.snapshot().commit(),
        article: &whole.article,
        start: unit.at(body, start),
        end: unit.at(body, end),
        length: unit.at(body, body.len()),
        next_start: (end < body.len()).then_some(unit.at(body, end)),
        body: text,
        topics: &whole.topics,
        subjects: whole.subjects,
        segments: segments(text, &[], &spans),
        quotes,
        citation: Clipping::of_article(&passages, today).map(|c| citation(&c)).unwrap_or_default(),
    })
}

#[derive(Serialize)]
struct ReprintsReply<'a> {
    commit: &'a str,
    groups: Vec<serde_json::Value>,
}

/// `/articles/{key}/reprints`
pub fn reprints(asked: &Asked) -> Result<String, HttpProblem> {
    let snapshot = asked.index.snapshot();
    asked.article()?;
    let limit = asked.parameters.number("limit").unwrap_or(20);
    let segmenter = snapshot.segmenter()?;
    let mut groups = Vec::new();
    for group in search::reprints(snapshot, &asked.name, limit)? {
        let bodies: Vec<String> =
            group.articles.iter().map(|passages| passage::body(passages)).collect();
        let Some(first) = group.articles.first().and_then(|passages| passages.first()) else {
            continue;
        };
        let copies = group.articles.iter().zip(&bodies).skip(1).filter_map(|(passages, body)| {
            let found = difference(&bodies[0], body, &segmenter);
            Some(ReprintRecord::new(&passages.first()?.article, body, &bodies[0], &found))
        });
        let record = ReprintGroupRecord {
            schema: SCHEMA,
            articles: group.count,
            original: (&*first.article).into(),
            reprints: copies.collect(),
        };
        groups.push(serde_json::to_value(&record).map_err(|_| HttpProblem::failed())?);
    }
    json(&ReprintsReply { commit: snapshot.commit(), groups })
}

#[derive(Serialize)]
struct ListReply<'a, T> {
    commit: &'a str,
    total: usize,
    rows: Vec<T>,
}

/// `/speakers`
pub fn speakers(asked: &Asked) -> Result<String, HttpProblem> {
    let snapshot = asked.index.snapshot();
    let pattern = asked.parameters.get("pattern").unwrap_or_default();
    let all = search::speakers(snapshot, pattern, &asked.filters()?, ReprintPolicy::Shown)?;
    let offset = asked.parameters.number("offset").unwrap_or(0);
    let limit = asked.parameters.number("limit").unwrap_or(50);
    let rows = all.iter().skip(offset).take(limit).map(SpeakerRecord).collect();
    json(&ListReply { commit: snapshot.commit(), total: all.len(), rows })
}

/// `/speakers/{name}`
pub fn speaker(asked: &Asked) -> Result<String, HttpProblem> {
    let index = &asked.index;
    let mut typed = asked.parameters.filters()?;
    typed.speakers = vec![asked.name.clone()];
    let filters = search::resolve(&typed, index.definition(), index.snapshot())?;
    let stop = asked.parameters.stop().clone();
    let request = Request { filters, stop, ..Request::default() };
    let found = search::profile(index.snapshot(), &asked.name, &request, index.lexicon())?;
    match found {
        Some(profile) => json(&profile),
        None => Err(HttpProblem::absent(format!("nobody called `{}` speaks", asked.name))),
    }
}

/// `/topics`
pub fn topics(asked: &Asked) -> Result<String, HttpProblem> {
    let snapshot = asked.index.snapshot();
    let period = match asked.parameters.get("period") {
        Some("year") => Period::Year,
        Some("month") => Period::Month,
        Some("week") => Period::Week,
        Some("day") => Period::Day,
        _ => Period::All,
    };
    let counts = search::topics(snapshot, &asked.filters()?, period, ReprintPolicy::Shown)?;
    let rows: Vec<TopicRow<'_>> =
        counts.iter().map(|((topic, time), count)| TopicRow::new(topic, time, count)).collect();
    json(&ListReply { commit: snapshot.commit(), total: rows.len(), rows })
}

/// `/counts`
pub fn counts(asked: &Asked) -> Result<String, HttpProblem> {
    let (mut request, _) = asked.parameters.request()?;
    request.limit = 0;
    if request.facets.is_empty() {
        request.facets = vec![Facet::Month];
    }
    let index = &asked.index;
    let mut answer = index.search(&request)?;
    search::compare_with_archive(index.snapshot(), index.lexicon(), &mut answer)?;
    let rows: Vec<FacetRow<'_>> = answer.facets.iter().flat_map(FacetRow::of).collect();
    #[derive(Serialize)]
    struct CountsReply<'a> {
        commit: &'a str,
        articles: u64,
        texts: u64,
        passages: u64,
        undated: u64,
        rows: Vec<FacetRow<'a>>,
    }
    json(&CountsReply {
        commit: index.snapshot().commit(),
        articles: answer.articles,
        texts: answer.texts,
        passages: answer.passages,
        undated: answer.undated,
        rows,
    })
}

/// `/stats`
pub fn stats(asked: &Asked) -> Result<String, HttpProblem> {
    let snapshot = asked.index.snapshot();
    let (ledger, holdings) = (snapshot.ledger()?, asked.index.holdings()?);
    let index_from = asked.held.service().index_from.clone();
    json(&StatsRecord::new(holdings, index_from, snapshot, &ledger))
}

/// `/suggest`
pub fn suggest(asked: &Asked) -> Result<String, HttpProblem> {
    let index = &asked.index;
    let typed = asked.parameters.get("q").unwrap_or_default();
    let snapshot = index.snapshot();
    let (query, _) = asked.parameters.query()?;
    let found = search::suggest(snapshot, &query, index.lexicon())?;
    let definition = index.definition();
    let speakers = search::nearest_speakers(snapshot, typed, definition, MOST_PROPOSED)?;
    let topics = search::nearest_topics(snapshot, typed, definition, MOST_PROPOSED)?;
    #[derive(Serialize)]
    struct SuggestReply<'a> {
        commit: &'a str,
        words: Vec<SuggestionReply<'a>>,
        speakers: Vec<(String, u64)>,
        topics: Vec<(String, u64)>,
    }
    let words = found.iter().map(|s| SuggestionReply { typed: &s.typed, meant: &s.meant });
    json(&SuggestReply { commit: snapshot.commit(), words: words.collect(), speakers, topics })
}

#[derive(Serialize)]
struct VerifyReply<'a> {
    commit: &'a str,
    verdict: QuotationVerdict,
    note: &'static str,
    speakers: &'a [String],
    nearest: Option<&'a NearestWording>,
    articles_in_index: u64,
    hits: Vec<HitReply<'a>>,
}

/// `/verify`
pub fn verify(asked: &Asked) -> Result<String, HttpProblem> {
    let index = &asked.index;
    let Some(quotation) = asked.parameters.get("quote") else {
        return Err(HttpProblem::wrong("`quote` is missing", "give the words as `quote`"));
    };
    let typed = Filters { speakers: asked.parameters.all("speaker"), ..Filters::default() };
    let filters = search::resolve(&typed, index.definition(), index.snapshot())?;
    let stop = asked.parameters.stop();
    let found = search::verify(index.snapshot(), quotation, &filters, index.lexicon(), stop)?;
    json(&VerifyReply {
        commit: index.snapshot().commit(),
        verdict: found.verdict,
        note: ABSENT,
        speakers: &found.speakers,
        nearest: found.nearest.as_ref(),
        articles_in_index: index.holdings()?.oldest.articles,
        hits: found.hits.iter().map(HitReply::new).collect(),
    })
}
