//! An answer in every form: for reading, as JSON, CSV or a TREC run.

use super::args::{Format, SearchCommand};
use super::number::counted;
use super::output::Output;
use super::terminal::{Role, Style, columns, one_line, wrapped};
use crate::error::Result;
use crate::passage::Head;
use crate::quote::{ArticlePart, Quote};
use crate::record::{self, AnswerRecord, HitRecord};
use crate::search::{self, Answer, Hit, Request, Share};
use crate::text::{Span, harmless};

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
    request: &Request,
    answer: &Answer,
    output: &mut Output,
) -> Result<()> {
    match command.page.format {
        Format::Text => print_text(command, answer, output),
        Format::Jsonl => answer.hits.iter().try_for_each(|hit| output.json(&HitRecord::from(hit))),
        Format::Trec => answer.hits.iter().try_for_each(|hit| trec("1", hit, output)),
        Format::Json => output.json(&AnswerRecord::new(&request.query, answer)),
        Format::Csv => {
            let rows = answer.hits.iter().map(|hit| HitRecord::from(hit).row());
            output.csv(&HitRecord::COLUMNS, rows)
        }
    }
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
    if answer.relaxed {
        eprintln!("no passage has all of the words; these have some of them");
    }
    for hit in &answer.hits {
        print_hit(command, hit, style, output)?;
    }
    for facet in &answer.facets {
        output.line(&style.paint(Role::Title, facet.facet.name()))?;
        for count in facet.counts.iter().take(20) {
            output.line(&format!(
                "  {:>6}  {}{}",
                count.articles,
                one_line(&count.value),
                texts(count.articles, count.texts)
            ))?;
        }
    }
    if !answer.hits.is_empty() {
        eprintln!(
            "{}, {}",
            articles(answer.articles, answer.texts),
            counted(answer.passages, "passage")
        );
    }
    Ok(())
}

/// What the lines of a hit begin with.
const INDENT: &str = "    ";

fn print_hit(command: &SearchCommand, hit: &Hit, style: Style, output: &mut Output) -> Result<()> {
    let head = &hit.passage.article;
    let width = columns() - INDENT.len();
    // Without a headline the passage itself is one; saying the id in its place would tell nothing.
    let title = head.title.as_deref().unwrap_or("（无标题）");
    let title = if style.paint(Role::Title, "x") == "x" || hit.title_highlights.is_empty() {
        style.paint(Role::Title, title)
    } else {
        style.marked(title, Span::whole(title), &hit.title_highlights, Role::Match)
    };
    output.line(&format!("{:>3} {}", hit.rank, wrapped(&title, width, INDENT)))?;
    let authors = head.authors.join("、");
    let reprint = head.reprinted_by.as_ref().map(|by| format!("转载：{by}"));
    let facts =
        [head.date.as_deref(), head.source.as_deref(), reprint.as_deref(), Some(authors.as_str())];
    let mut facts: Vec<&str> = facts.into_iter().flatten().filter(|f| !f.is_empty()).collect();
    let mut line = style.paint(Role::Aside, &facts.join(" · "));
    if !facts.is_empty() {
        line.push_str(&style.paint(Role::Aside, " · "));
    }
    line.push_str(&style.link(&head.path, head.line, &place(head)));
    facts.clear();
    output.line(&format!("{INDENT}{line}"))?;
    let names = record::speakers(&hit.passage.quotes);
    if !names.is_empty() {
        output.line(&format!(
            "{INDENT}{}",
            style.paint(Role::Speaker, &format!("[{}]", names.join("、")))
        ))?;
    }
    let text = &hit.passage.text;
    let room = command.page.width.unwrap_or(3 * width);
    let shown = search::snippet(text, &hit.highlights, room);
    let part = trimmed(text, shown.span);
    let mut words = style.marked(text, part, &shown.highlights, Role::Match);
    // Whole sentences need no dots; what was cut out of a sentence does.
    if !text[..part.start].trim_end().ends_with(search::ends_sentence) && part.start > 0 {
        words.insert(0, '…');
    }
    if part.end < text.trim_end().len() && !part.of(text).ends_with(search::ends_sentence) {
        words.push('…');
    }
    let before = style.paint(Role::Aside, hit.before.trim());
    let after = style.paint(Role::Aside, hit.after.trim());
    for part in [before, words, after].iter().filter(|p| !p.is_empty()) {
        output.line(&format!("{INDENT}{}", wrapped(part, width, INDENT)))?;
    }
    print_reasons(command, hit, style, output)?;
    output.line("")
}

/// Prints why speakers and topics were taken for it, the parts of the score, and how many more
/// passages and copies there are.
fn print_reasons(
    command: &SearchCommand,
    hit: &Hit,
    style: Style,
    output: &mut Output,
) -> Result<()> {
    if command.page.why {
        for quote in hit.passage.quotes.iter().filter(|q| q.part == ArticlePart::Body) {
            output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &why(quote))))?;
        }
        for topic in hit.passage.topics.iter() {
            let line = format!("{} {:.2}: {}", topic.key, topic.score, topic.evidence.join(" "));
            output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &line)))?;
        }
    }
    for share in &hit.shares {
        output.line(&format!(
            "{INDENT}{}",
            style.paint(Role::Aside, &part_of_score(share, hit.score))
        ))?;
    }
    let further = (hit.further > 0).then(|| format!("+{} 段", hit.further));
    let copies = Some(hit.standing.count).filter(|&n| n > 0).map(|n| format!("+{n} 转载"));
    let original = hit.standing.original.as_ref().map(|id| format!("原文 {id}"));
    let more: Vec<String> = [further, copies, original].into_iter().flatten().collect();
    if !more.is_empty() {
        output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &more.join(" · "))))?;
    }
    Ok(())
}

/// Where an article is, as an editor understands it.
pub fn place(head: &Head) -> String {
    match head.line {
        Some(line) => format!("{}:{line}", head.path),
        None => head.path.clone(),
    }
}

/// What a word gives to a score, in the passage and in the article with its title.
fn part_of_score(share: &Share, score: f32) -> String {
    let percent = 100.0 * (share.passage + share.article) / score.max(f32::MIN_POSITIVE);
    let name = if share.evidence == share.word {
        harmless(&share.word).into_owned()
    } else {
        format!("{} → {}", harmless(&share.word), harmless(&share.evidence))
    };
    format!(
        "{percent:>5.1} %  {name} × {:.2}: passage {:.2}, article and title {:.2}",
        share.weight, share.passage, share.article
    )
}

/// Why a quote's speaker was taken for it.
fn why(quote: &Quote) -> String {
    let speaker = quote.speaker.as_ref();
    let name = speaker.map_or("?", |s| s.name.as_str());
    let title =
        speaker.map(|s| s.title.as_str()).filter(|t| !t.is_empty()).map(|t| format!("（{t}）"));
    let confidence = format!("{:?}", quote.confidence).to_lowercase();
    format!(
        "{name}{}: “{}” {} · {} · {confidence}",
        title.unwrap_or_default(),
        quote.mention,
        quote.cue,
        quote.rule
    )
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let start = span.start + (part.len() - part.trim_start().len());
    Span::new(start, (span.start + part.trim_end().len()).max(start))
}
