//! `show`, `stats`, `analyze` and `quotes`: what is in an index, and what is derived from articles.

use super::args::{AnalyzeCommand, CountFormat, RecordFormat, ShowCommand, StatsCommand, When};
use super::number::counted;
use super::output::Output;
use super::terminal::{Role, Style, columns, one_line, wrapped};
use super::{Outcome, prepare, record};
use crate::analysis::Analyzer;
use crate::archive;
use crate::error::Result;
use crate::index::Index;
use crate::passage::Passage;
use crate::quote::ArticlePart;
use crate::search::{self, Facet, Request};
use crate::text::Span;
use rayon::prelude::*;
use serde_json::json;

/// Records that are analysed together: enough for all cores, few enough to keep little in memory.
const TOGETHER: usize = 256;
/// Bytes of text after which they are analysed all the same.
const BYTES_TOGETHER: usize = 16 << 20;

/// Runs `jianbao show`.
pub fn show(command: &ShowCommand, output: &mut Output) -> Result<Outcome> {
    let index =
        Index::open(&command.place.index, &prepare::definition(&command.place.definition)?)?;
    let passages = search::article(&index, &command.name)?;
    let same =
        |a: &Passage, b: &Passage| a.article.id == b.article.id && a.article.line == b.article.line;
    for article in passages.chunk_by(same) {
        match command.format {
            CountFormat::Json => output.json(&whole(article))?,
            CountFormat::Text => show_article(article, Style::new(command.color), output)?,
        }
    }
    Ok(Outcome::Found)
}

fn whole(passages: &[Passage]) -> serde_json::Value {
    let body: String = passages.iter().map(|p| p.text.as_str()).collect();
    let mut quotes: Vec<_> = passages.iter().flat_map(|p| &p.quotes).collect();
    quotes.sort_by_key(|q| (q.part, q.span));
    quotes.dedup();
    json!({
        "schema": record::SCHEMA,
        "article": passages[0].article,
        "body": body,
        "topics": passages[0].topics.iter().map(|t| &t.key).collect::<Vec<_>>(),
        "subjects": passages[0].subjects,
        "quotes": quotes.into_iter().map(record::quote).collect::<Vec<_>>(),
    })
}

/// Shows an article with its speech marked. `passages` are all of its own, in order.
pub fn show_article(passages: &[Passage], style: Style, output: &mut Output) -> Result<()> {
    let head = &passages[0].article;
    let width = columns();
    output.line(&wrapped(
        &style.paint(Role::Title, head.title.as_deref().unwrap_or(&head.id)),
        width,
        "",
    ))?;
    let authors = head.authors.join("、");
    let facts =
        [head.date.as_deref(), head.source.as_deref(), Some(authors.as_str()), head.url.as_deref()];
    let facts: Vec<&str> = facts.into_iter().flatten().filter(|f| !f.is_empty()).collect();
    output.line(&style.paint(Role::Aside, &facts.join(" · ")))?;
    output.line(&style.link(&head.path, head.line, &format!("{} ({})", head.path, head.id)))?;
    let topics: Vec<&str> = passages[0].topics.iter().map(|t| t.key.as_str()).collect();
    if !topics.is_empty() || !passages[0].subjects.is_empty() {
        let line = format!("{} | {}", topics.join(" "), passages[0].subjects.join(" "));
        output.line(&style.paint(Role::Aside, &line))?;
    }
    for passage in passages {
        output.line("")?;
        let within = |span: Span| {
            let clamp =
                |at: usize| at.clamp(passage.span.start, passage.span.end) - passage.span.start;
            Span::new(clamp(span.start), clamp(span.end))
        };
        let quotes: Vec<_> = passage
            .quotes
            .iter()
            .filter(|q| q.part == ArticlePart::Body && q.speaker.is_some())
            .collect();
        let names = record::speakers(&passage.quotes);
        if !names.is_empty() {
            output.line(&style.paint(Role::Speaker, &format!("[{}]", names.join("、"))))?;
        }
        let mut spans: Vec<Span> = quotes.iter().map(|q| within(q.span)).collect();
        spans.sort_unstable();
        spans.dedup();
        let mut apart: Vec<Span> = Vec::new();
        for span in spans {
            if apart.last().is_none_or(|last| last.end <= span.start) {
                apart.push(span);
            }
        }
        for line in paragraphs(&passage.text, &apart, style) {
            output.line(&wrapped(&line, width, ""))?;
        }
    }
    Ok(())
}

/// The paragraphs of a passage with its speech painted.
fn paragraphs(text: &str, speech: &[Span], style: Style) -> Vec<String> {
    let lines = crate::text::sentence::paragraphs(text).into_iter().map(|paragraph| {
        let end = paragraph.start + paragraph.of(text).trim_end().len();
        let part = Span::new(paragraph.start, end);
        let inside: Vec<Span> = speech
            .iter()
            .filter(|s| s.overlaps(part))
            .map(|s| Span::new(s.start.max(part.start), s.end.min(part.end)))
            .collect();
        style.marked(text, part, &inside, Role::Speech)
    });
    lines.filter(|line| !line.is_empty()).collect()
}

/// Runs `jianbao stats`.
pub fn stats(command: &StatsCommand, output: &mut Output) -> Result<Outcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let index = Index::open(&command.place.index, &definition)?;
    let ledger = index.ledger()?;
    let (articles, passages, bytes, skipped) = ledger.totals();
    let years = search::years(&index)?;
    let (groups, members) =
        index.groups().map_or((0, 0), |g| (g.len() as u64, g.articles() as u64));
    let texts = (articles + groups).saturating_sub(members);
    let facets = vec![Facet::Source, Facet::Speaker, Facet::Topic];
    let request = Request { limit: 1, order: search::Order::Oldest, facets, ..Request::default() };
    // No words are cut for a question without words.
    let lexicon = search::Lexicon::empty();
    let oldest = search::run(&index, &request, &lexicon)?;
    let newest = Request { order: search::Order::Newest, facets: Vec::new(), ..request.clone() };
    let newest = search::run(&index, &newest, &lexicon)?;
    let date =
        |answer: &search::Answer| answer.hits.first().and_then(|h| h.passage.article.date.clone());
    let (first, last) = (date(&oldest), date(&newest));
    let undated = years.get(&None).copied().unwrap_or(0);
    match command.format {
        CountFormat::Json => {
            let top = |facet: usize| -> serde_json::Map<String, serde_json::Value> {
                let counts = oldest.facets[facet].counts.iter().take(50);
                counts.map(|count| (count.value.clone(), json!(count.articles))).collect()
            };
            output.json(&json!({
                "schema": record::SCHEMA,
                "index": command.place.index,
                "format": index.manifest().format,
                "definition": index.manifest().definition,
                "files": ledger.files.len(),
                "archives": ledger.archives().into_iter().map(|(path, (files, articles))| json!({ "path": path, "files": files, "articles": articles })).collect::<Vec<_>>(),
                "articles": articles,
                "texts": texts,
                "passages": passages,
                "bytes": bytes,
                "skipped": skipped,
                "dates": { "first": first, "last": last, "undated": undated },
                "years": years.iter().filter_map(|(y, n)| Some((y.as_ref()?.to_string(), json!(n)))).collect::<serde_json::Map<_, _>>(),
                "sources": top(0),
                "speakers": top(1),
                "topics": top(2),
            }))?;
        }
        CountFormat::Text => {
            output.line(&format!(
                "index      {} (format {})",
                command.place.index.display(),
                index.manifest().format
            ))?;
            output.line(&format!("files      {}", ledger.files.len()))?;
            output
                .line(&format!("articles   {articles}{}", super::render::texts(articles, texts)))?;
            output.line(&format!("passages   {passages}"))?;
            output.line(&format!("text       {:.1} MB", bytes as f64 / 1e6))?;
            output.line(&format!("skipped    {}", counted(skipped, "record")))?;
            let range = format!(
                "{} to {}",
                first.as_deref().unwrap_or("?"),
                last.as_deref().unwrap_or("?")
            );
            output
                .line(&format!("dates      {range} ({} undated)", counted(undated, "article")))?;
            for (name, (files, articles)) in ledger.archives() {
                let counts = [counted(files, "file"), counted(articles, "article")].join(", ");
                output.line(&format!("archive    {} ({counts})", one_line(name)))?;
            }
            for (name, facet) in [("sources", 0), ("speakers", 1), ("topics", 2)] {
                let counts = oldest.facets[facet].counts.iter().take(8);
                let counts: Vec<String> = counts
                    .map(|count| format!("{} {}", one_line(&count.value), count.articles))
                    .collect();
                output.line(&format!("{name:<10} {}", counts.join(" · ")))?;
            }
        }
    }
    Ok(if articles > 0 { Outcome::Found } else { Outcome::Nothing })
}

/// Runs `jianbao analyze`.
pub fn analyze(command: &AnalyzeCommand, output: &mut Output) -> Result<Outcome> {
    let style = Style::new(When::Auto);
    each_record(command, Analyzer::analyze, |analysis| match command.format {
        RecordFormat::Jsonl => output.json(&record::analysis(analysis)),
        RecordFormat::Text => {
            show_article(&analysis.passages, style, output).and_then(|()| output.line(""))
        }
    })
}

/// Runs `jianbao quotes`.
pub fn quotes(command: &AnalyzeCommand, output: &mut Output) -> Result<Outcome> {
    let style = Style::new(When::Auto);
    let mut count = 0;
    let outcome = each_record(command, Analyzer::quotes, |(article, quotes)| {
        count += quotes.len();
        if command.format == RecordFormat::Jsonl {
            return record::quotes(article, quotes).iter().try_for_each(|quote| output.json(quote));
        }
        if !quotes.is_empty() {
            output.line(
                &style.paint(Role::Title, article.title.as_deref().unwrap_or(article.id.as_str())),
            )?;
        }
        for quote in quotes {
            let part = match quote.part {
                ArticlePart::Body => article.body.as_str(),
                ArticlePart::Title => article.title.as_deref().unwrap_or_default(),
            };
            let name = quote.speaker.as_ref().map_or("?", |s| s.name.as_str());
            let words = style.marked(part, quote.span, &[], Role::Speech);
            let confidence = format!("{:?}", quote.confidence).to_lowercase();
            let why =
                style.paint(Role::Aside, &format!("({confidence}, {}, {})", quote.evidence(), quote.cue));
            let line = format!("  {}: {words} {why}", style.paint(Role::Speaker, name));
            output.line(&wrapped(&line, columns(), "    "))?;
        }
        Ok(())
    })?;
    Ok(if count > 0 { outcome } else { Outcome::Nothing })
}

/// Analyses every record of the paths on all cores, and hands the results over in order.
fn each_record<T: Send>(
    command: &AnalyzeCommand,
    analyze: impl Fn(&Analyzer, &archive::RawRecord) -> T + Sync,
    mut emit: impl FnMut(&T) -> Result<()>,
) -> Result<Outcome> {
    let definition = prepare::definition(&command.definition)?;
    let options = prepare::reading(&command.reading, &definition)?;
    let analyzer = prepare::analyzer(definition, &command.reading)?;
    let walk = archive::walk(&command.paths, &options)?;
    let tell = |skip: &archive::Skip| eprintln!("skipped {}", one_line(&skip.to_string()));
    walk.skipped.iter().for_each(tell);
    let mut count = 0;
    let (mut waiting, mut bytes) = (Vec::with_capacity(TOGETHER), 0);
    let mut flush = |waiting: &mut Vec<archive::RawRecord>| -> Result<()> {
        let done: Vec<T> = waiting.par_iter().map(|record| analyze(&analyzer, record)).collect();
        waiting.clear();
        count += done.len();
        done.iter().try_for_each(&mut emit)
    };
    for entry in &walk.files {
        for outcome in archive::records(entry, &options) {
            match outcome {
                Ok(record) => {
                    bytes += record.content.size();
                    waiting.push(record);
                }
                Err(skip) => tell(&skip),
            }
            if waiting.len() == TOGETHER || bytes >= BYTES_TOGETHER {
                flush(&mut waiting)?;
                bytes = 0;
            }
        }
    }
    flush(&mut waiting)?;
    Ok(if count > 0 { Outcome::Found } else { Outcome::Nothing })
}
