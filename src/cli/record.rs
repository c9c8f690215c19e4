//! The records that machines read: hits, articles, quotes as JSON.

use crate::analysis::Analysis;
use crate::article::Article;
use crate::passage::{Head, Passage};
use crate::quote::{ArticlePart, Quote};
use crate::search::{Hit, Share};
use serde_json::{Value, json};

/// Version of the JSON that `search`, `analyze` and `quotes` print: raised when a key changes its
/// meaning or goes.
pub const SCHEMA: u32 = 1;

/// What an article says of itself.
pub fn head(head: &Head) -> Value {
    json!({
        "id": head.id, "path": head.path, "line": head.line, "title": head.title, "date": head.date,
        "source": head.source, "reprinted_by": head.reprinted_by, "authors": head.authors, "url": head.url,
    })
}

/// A hit. `start` and `end` of the passage are byte offsets in the article's body; `highlights` are
/// byte offsets in `passage.text`; those of quotes are byte offsets in the article's body.
/// `reprints` are copies of the text that answer too and that the hit stands for, `reprint_ids`
/// those of the first thousand; `original` is the id of the original where the hit is a reprint of
/// it.
pub fn hit(hit: &Hit) -> Value {
    let passage = &hit.passage;
    let spans = |spans: &[crate::text::Span]| {
        spans.iter().map(|s| json!([s.start, s.end])).collect::<Vec<_>>()
    };
    let mut value = json!({
        "schema": SCHEMA,
        "rank": hit.rank,
        "score": (f64::from(hit.score) * 1e4).round() / 1e4,
        "article": head(&passage.article),
        "passage": {
            "ordinal": passage.ordinal, "start": passage.span.start, "end": passage.span.end, "text": passage.text,
        },
        "speakers": speakers(&passage.quotes),
        "topics": topic_keys(passage),
        "subjects": passage.subjects,
        "highlights": spans(&hit.highlights),
        "title_highlights": spans(&hit.title_highlights),
        "quotes": passage.quotes.iter().filter(|q| q.part == ArticlePart::Body).map(quote).collect::<Vec<_>>(),
        "further": hit.further,
        "reprints": hit.standing.count,
        "reprint_ids": hit.standing.copies,
        "original": hit.standing.original,
    });
    if !hit.shares.is_empty() {
        let share = |s: &Share| json!({ "word": s.word, "evidence": s.evidence, "weight": s.weight, "passage": s.passage, "article": s.article });
        value["shares"] = json!(hit.shares.iter().map(share).collect::<Vec<_>>());
    }
    if !hit.before.is_empty() || !hit.after.is_empty() {
        value["context"] = json!({ "before": hit.before, "after": hit.after });
    }
    value
}

/// A passage with all its quotes, those of the headline too; keys and offsets are those of [`hit`].
pub fn passage(passage: &Passage) -> Value {
    let head = &passage.article;
    json!({
        "schema": SCHEMA,
        "article": {
            "id": head.id, "path": head.path, "line": head.line, "title": head.title, "date": head.date,
            "source": head.source, "reprinted_by": head.reprinted_by, "authors": head.authors, "url": head.url,
        },
        "passage": {
            "ordinal": passage.ordinal, "start": passage.span.start, "end": passage.span.end, "text": passage.text,
        },
        "speakers": speakers(&passage.quotes),
        "topics": topic_keys(passage),
        "subjects": passage.subjects,
        "quotes": passage.quotes.iter().map(quote).collect::<Vec<_>>(),
    })
}

/// A quote without its words.
pub fn quote(quote: &Quote) -> Value {
    let speaker = quote.speaker.as_ref();
    json!({
        "speaker": speaker.map(|s| &s.name),
        "speaker_kind": speaker.map(|s| s.kind),
        "mention": quote.mention,
        "title": speaker.map(|s| &s.title).filter(|t| !t.is_empty()),
        "aliases": speaker.map_or(&[][..], |s| &s.aliases),
        "cue": quote.cue,
        "rule": quote.rule,
        "confidence": quote.confidence,
        "probability": quote.probability,
        "kind": quote.kind,
        "part": quote.part,
        "unclosed": quote.unclosed,
        "start": quote.span.start,
        "end": quote.span.end,
    })
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

/// Everything derived from an article.
pub fn analysis(analysis: &Analysis) -> Value {
    let article = &analysis.article;
    let date = article.date.as_ref().map(|d| {
        json!({ "value": d.iso(), "raw": d.raw, "precision": d.precision, "origin": d.origin, "inferred": d.inferred })
    });
    let passages: Vec<Value> = analysis
        .passages
        .iter()
        .map(|p| json!({ "ordinal": p.ordinal, "start": p.span.start, "end": p.span.end, "text": p.text }))
        .collect();
    json!({
        "schema": SCHEMA,
        "path": article.path,
        "id": article.id,
        "line": article.line,
        "title": article.title,
        "date": date,
        "source": article.source,
        "reprinted_by": article.reprinted_by,
        "authors": article.authors,
        "n_views": article.n_views,
        "url": article.url,
        "tags": article.tags,
        "encoding": article.encoding,
        "speakers": speakers(&analysis.quotes),
        "topics": analysis.topics.iter().map(|t| &t.key).collect::<Vec<_>>(),
        "topic_evidence": analysis.topics,
        "subjects": analysis.subjects,
        "quotes": quotes(&analysis.article, &analysis.quotes),
        "passages": passages,
        "notes": article.notes,
    })
}

/// The quotes of an article, each as `jianbao quotes` prints it.
pub fn quotes(article: &Article, quotes: &[Quote]) -> Vec<Value> {
    let record = |q: &Quote| {
        let part = match q.part {
            ArticlePart::Body => article.body.as_str(),
            ArticlePart::Title => article.title.as_deref().unwrap_or_default(),
        };
        let mut value = json!({ "path": article.path, "article": article.id });
        if let (Some(all), Value::Object(rest)) = (value.as_object_mut(), quote(q)) {
            all.extend(rest);
            all.insert("text".to_owned(), json!(q.span.of(part)));
        }
        value
    };
    quotes.iter().map(record).collect()
}

fn topic_keys(passage: &Passage) -> Vec<&str> {
    passage.topics.iter().map(|t| t.key.as_str()).collect()
}
