//! `show`, `analyze` and `quotes`: a whole article, and what is derived from articles.

use super::analysed::AnalysedArchive;
use super::args::{AnalyzeCommand, CountFormat, RecordFormat, ShowCommand, When};
use super::output::Output;
use super::terminal::{Role, Style, columns, wrapped};
use super::{CommandOutcome, prepare};
use crate::analysis::Analyzer;
use crate::archive::RawRecord;
use crate::error::Result;
use crate::passage::{Head, Passage};
use crate::quote::ArticlePart;
use crate::record::{self, AnalysisRecord, ArticleQuoteRecord, WholeRecord};
use crate::search;
use crate::text::Span;
use crate::update::Snapshot;
use std::ops::ControlFlow;

/// Runs `jianbao show`.
pub fn show(command: &ShowCommand, output: &mut Output) -> Result<CommandOutcome> {
    let index =
        Snapshot::open(command.place.place()?, &prepare::definition(&command.place.definition)?)?;
    let passages = search::article(&index, &command.name)?;
    if command.format == CountFormat::Text {
        output.page();
    }
    let same = |a: &Passage, b: &Passage| a.article.key == b.article.key;
    for article in passages.chunk_by(same) {
        match command.format {
            CountFormat::Json => output.json(&WholeRecord::new(article))?,
            CountFormat::Text => show_article(article, Style::new(command.color), output)?,
        }
    }
    Ok(CommandOutcome::Found)
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
    let date = head.shown_date();
    let facts =
        [date.as_deref(), head.source.as_deref(), Some(authors.as_str()), head.url.as_deref()];
    let facts: Vec<&str> = facts.into_iter().flatten().filter(|f| !f.is_empty()).collect();
    output.line(&style.paint(Role::Aside, &facts.join(" · ")))?;
    output.line(&style.link(&head.path, head.line, &place(head)))?;
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

/// Place, id and key of an article.
fn place(head: &Head) -> String {
    let key = head.key.map(|key| format!(" · {key}")).unwrap_or_default();
    format!("{} ({}){key}", head.place(), head.id)
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

/// Runs `jianbao analyze`.
pub fn analyze(command: &AnalyzeCommand, output: &mut Output) -> Result<CommandOutcome> {
    let style = Style::new(When::Auto);
    each_record(command, Analyzer::analyze, |analysis| match command.format {
        RecordFormat::Jsonl => output.json(&AnalysisRecord::from(analysis)),
        RecordFormat::Text => {
            show_article(&analysis.passages, style, output).and_then(|()| output.line(""))
        }
    })
}

/// Runs `jianbao quotes`.
pub fn quotes(command: &AnalyzeCommand, output: &mut Output) -> Result<CommandOutcome> {
    let style = Style::new(When::Auto);
    let mut count = 0;
    let outcome = each_record(command, Analyzer::quotes, |(article, quotes)| {
        count += quotes.len();
        if command.format == RecordFormat::Jsonl {
            return quotes
                .iter()
                .try_for_each(|quote| output.json(&ArticleQuoteRecord::new(article, quote)));
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
            let why = style.paint(
                Role::Aside,
                &format!("({confidence}, {}, {})", quote.evidence(), quote.cue),
            );
            let line = format!("  {}: {words} {why}", style.paint(Role::Speaker, name));
            output.line(&wrapped(&line, columns(), "    "))?;
        }
        Ok(())
    })?;
    Ok(if count > 0 { outcome } else { CommandOutcome::Nothing })
}

/// Analyses every record of the paths on all cores, and hands the results over in order.
fn each_record<T: Send>(
    command: &AnalyzeCommand,
    analyze: impl Fn(&Analyzer, &RawRecord) -> T + Sync,
    mut emit: impl FnMut(&T) -> Result<()>,
) -> Result<CommandOutcome> {
    let AnalyzeCommand { paths, reading, definition, .. } = command;
    let mut outcome = CommandOutcome::Nothing;
    AnalysedArchive { paths, reading, definition }.each(analyze, |analysed| {
        outcome = CommandOutcome::Found;
        emit(analysed).map(ControlFlow::Continue)
    })?;
    Ok(outcome)
}
