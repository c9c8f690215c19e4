//! An answer in every form: for reading, as JSON, CSV or a TREC run, as clippings. hit.rs prints a
//! hit for reading.

use super::args::{Format, PageFlags, SearchCommand};
use super::number::{counted, verb};
use super::opened::Opened;
use super::output::Output;
use super::terminal::{Role, Style, one_line};
use super::{hit, prepare};
use crate::clipping::{self, Clipping};
use crate::engine::FacetCount;
use crate::error::{Error, Result};
use crate::quote::Quote;
use crate::record::{AnswerRecord, FacetRow, HitRecord, QuoteRow};
use crate::search::{self, Answer, Hit, Request};
use crate::text::harmless;
use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use unicode_width::UnicodeWidthStr;

/// Columns of the longest bar of a chart.
const BAR: u64 = 30;
/// Values shown of a facet that is no time.
const VALUES_SHOWN: usize = 20;

/// Prints a hit as a line of a TREC run.
pub fn trec(query: &str, hit: &Hit, output: &mut Output) -> Result<()> {
    output.line(&harmless(&format!(
        "{query} Q0 {} {} {:.4} jianbao",
        hit.passage.article.id, hit.rank, hit.score
    )))
}

/// Prints an answer in the form that was asked for.
pub fn answer(
    command: &SearchCommand,
    opened: &Opened,
    request: &Request,
    answer: &mut Answer,
    output: &mut Output,
) -> Result<()> {
    let page = &command.page;
    search::compare_with_archive(&opened.index, &opened.lexicon, answer)?;
    if page.by_quotes() {
        return quote_rows(page, request, answer, output);
    }
    match page.format {
        Format::Text => print_text(command, answer, output),
        Format::Jsonl => answer.hits.iter().try_for_each(|hit| output.json(&HitRecord::from(hit))),
        Format::Trec => answer.hits.iter().try_for_each(|hit| trec("1", hit, output)),
        Format::Json => output.json(&AnswerRecord::new(&request.query, answer)),
        Format::Csv if !page.facets.is_empty() => {
            output.mark(page.bom)?;
            let rows = answer.facets.iter().flat_map(FacetRow::of).map(|row| row.row());
            output.csv(&FacetRow::COLUMNS, rows)
        }
        Format::Csv => {
            output.mark(page.bom)?;
            let rows = answer.hits.iter().map(|hit| HitRecord::from(hit).row());
            output.csv(&HitRecord::COLUMNS, rows)
        }
        Format::Md | Format::Html | Format::Docx | Format::Ris | Format::Bib => {
            let day = prepare::accessed(page.accessed.as_deref())?;
            let clippings: Vec<Clipping> =
                answer.hits.iter().map(|hit| Clipping::of_hit(hit, day)).collect();
            document(page.format, &clippings, output)
        }
    }
}

/// Prints clippings as a document.
///
/// # Errors
/// [`Error::Usage`] where a document of Word would go to a terminal.
pub fn document(format: Format, clippings: &[Clipping], output: &mut Output) -> Result<()> {
    let text = match format {
        Format::Html => clipping::html(clippings),
        Format::Ris => clipping::ris(clippings),
        Format::Bib => clipping::bibtex(clippings),
        Format::Docx => {
            if std::io::stdout().is_terminal() {
                let reason =
                    "a document of Word is no text; write it into a file: > clippings.docx";
                return Err(Error::Usage(reason.to_owned()));
            }
            let bytes = clipping::docx(clippings)?;
            return output.write_all(&bytes).map_err(Error::io("write", "standard output"));
        }
        _ => clipping::markdown(clippings),
    };
    output.line(text.trim_end())
}

/// Prints the statements of an answer, the first `-n` of them after `--offset`. With a speaker only
/// that speaker's; with words, only those that hold one of them.
fn quote_rows(
    page: &PageFlags,
    request: &Request,
    answer: &Answer,
    output: &mut Output,
) -> Result<()> {
    let mut seen = HashSet::new();
    let statements = answer.hits.iter().flat_map(|hit| {
        let wanted = |quote: &&Quote| is_wanted(hit, quote, request);
        hit.passage.statements().into_iter().filter(wanted).map(move |quote| (hit, quote))
    });
    // A statement that runs over two passages is in both.
    let rows: Vec<QuoteRow<'_>> = statements
        .filter(|(hit, quote)| {
            let speaker = quote.speaker.as_ref().map(|s| s.name.as_str());
            seen.insert((hit.passage.article.key, quote.span, speaker))
        })
        .map(|(hit, quote)| QuoteRow::new(hit, quote))
        .skip(page.offset)
        .take(page.sample.unwrap_or(page.limit))
        .collect();
    match page.format {
        Format::Csv => {
            output.mark(page.bom)?;
            output.csv(&QuoteRow::COLUMNS, rows.iter().map(QuoteRow::row))
        }
        Format::Jsonl => rows.iter().try_for_each(|row| output.json(row)),
        _ => Err(Error::Usage("--rows quotes prints with --format csv or jsonl".to_owned())),
    }
}

/// True if a statement of a hit is asked for.
fn is_wanted(hit: &Hit, quote: &Quote, request: &Request) -> bool {
    let speech = |span: crate::text::Span| {
        let at = quote.span;
        let base = hit.passage.span.start;
        at.start < base + span.end && base + span.start < at.end
    };
    search::admits(&request.filters, quote)
        && (request.query.is_empty() || hit.highlights.iter().any(|&span| speech(span)))
}

/// A number of articles, with that of their texts where some of them are reprints of others.
pub fn articles(articles: u64, of_texts: u64) -> String {
    format!("{}{}", counted(articles, "article"), texts(articles, of_texts))
}

/// A number of texts after that of their articles, where the two differ.
pub fn texts(articles: u64, texts: u64) -> String {
    if texts == articles { String::new() } else { format!(" ({})", counted(texts, "text")) }
}

fn print_text(command: &SearchCommand, answer: &Answer, output: &mut Output) -> Result<()> {
    let style = Style::new(command.page.color);
    let mut hits: Vec<&Hit> = answer.hits.iter().collect();
    if command.page.best_last {
        hits.reverse();
    }
    hits.into_iter().try_for_each(|found| hit::print(command, found, style, output))?;
    let mut shown = answer.facets.iter().filter(|facet| !facet.counts.is_empty());
    shown.try_for_each(|facet| print_facet(facet, style, output))?;
    if !answer.facets.is_empty() && !command.page.facets_all && answer.whole < answer.articles {
        let related = counted(answer.articles - answer.whole, "related article");
        talk!("the counts leave {related} out; --facets-all counts them too");
    }
    if !answer.hits.is_empty() {
        output.flush()?;
        talk!("{}", totals(answer));
    }
    Ok(())
}

/// The totals of an answer: articles and passages, and where they differ how many of the articles
/// hold all of the words.
fn totals(answer: &Answer) -> String {
    let all = articles(answer.articles, answer.texts);
    let passages = counted(answer.passages, "passage");
    if answer.whole == answer.articles {
        return format!("{all}, {passages}");
    }
    if answer.whole == 0 {
        let are = verb(answer.articles, "is", "are");
        return format!("no article holds all of the words; {all} {are} related, {passages}");
    }
    let whole = articles(answer.whole, answer.whole_texts);
    let hold = verb(answer.whole, "holds", "hold");
    let related = answer.articles - answer.whole;
    format!("{whole} {hold} all of the words, {related} more are only related; {passages}")
}

/// A bar whose length is to the longest as `n` to `most`.
pub fn bar(n: u64, most: u64) -> String {
    "█".repeat((n * BAR).div_ceil(most.max(1)) as usize)
}

/// Prints the counts of a facet, those of time with bars and rates.
fn print_facet(facet: &FacetCount, style: Style, output: &mut Output) -> Result<()> {
    output.line(&style.paint(Role::Title, facet.facet.name()))?;
    if !facet.facet.is_period() {
        for count in facet.counts.iter().take(VALUES_SHOWN) {
            let texts = texts(count.articles, count.texts);
            let all = count.archive.map(|all| format!(" of {all}")).unwrap_or_default();
            let value = one_line(&count.value);
            output.line(&format!("  {:>6}  {value}{texts}{all}", count.articles))?;
        }
        return Ok(());
    }
    let most = facet.counts.iter().map(|count| count.articles).max().unwrap_or(0);
    let width = facet.counts.iter().map(|count| count.value.width()).max().unwrap_or(0);
    for row in FacetRow::of(facet) {
        let bar = bar(row.articles, most);
        let rate = row.per_thousand.map(|rate| format!("{rate:>7.1} ‰")).unwrap_or_default();
        let texts = texts(row.articles, row.texts);
        let line = format!("  {:<width$} {:>6} {rate}  {bar}{texts}", row.value, row.articles);
        output.line(&one_line(line.trim_end()))?;
    }
    Ok(())
}
