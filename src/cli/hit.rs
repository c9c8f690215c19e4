//! A hit for reading: title, provenance, speakers, the passage, and what was asked for besides.

use super::args::SearchCommand;
use super::output::Output;
use super::terminal::{Role, Style, columns, packed, wrapped};
use crate::error::Result;
use crate::passage::Passage;
use crate::quote::{ArticlePart, Quote};
use crate::record;
use crate::search::{self, Hit, Share};
use crate::text::{Span, harmless};
use unicode_width::UnicodeWidthStr;

/// The start of each line of a hit after its first.
const INDENT: &str = "    ";
/// Characters shown of a statement under `--why`.
const WORDS_SHOWN: usize = 40;

/// Prints a hit.
pub fn print(command: &SearchCommand, hit: &Hit, style: Style, output: &mut Output) -> Result<()> {
    let width = columns() - INDENT.len();
    let title = wrapped(&title(hit, style), width, INDENT);
    output.line(&format!("{:>3} {title}", hit.rank))?;
    for line in provenance(hit, width, style) {
        output.line(&format!("{INDENT}{line}"))?;
    }
    let names = record::speakers(&hit.passage.quotes);
    if !names.is_empty() {
        let names = style.paint(Role::Speaker, &format!("[{}]", names.join("、")));
        output.line(&format!("{INDENT}{names}"))?;
    }
    let words = passage(hit, command.page.width.unwrap_or(3 * width), style);
    let before = style.paint(Role::Aside, hit.before.trim());
    let after = style.paint(Role::Aside, hit.after.trim());
    for part in [before, words, after].iter().filter(|part| !part.is_empty()) {
        output.line(&format!("{INDENT}{}", wrapped(part, width, INDENT)))?;
    }
    let mut aside = |text: &str| -> Result<()> {
        let text = style.paint(Role::Aside, text);
        output.line(&format!("{INDENT}{}", wrapped(&text, width, INDENT)))
    };
    if command.page.why {
        evidence(&hit.passage).iter().try_for_each(|line| aside(line))?;
    }
    hit.shares.iter().try_for_each(|share| aside(&part_of_score(share, hit.score)))?;
    for line in packed(&more(hit), width) {
        output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &line)))?;
    }
    output.line("")
}

/// The headline; without one the first clause of the passage, since an id would tell nothing.
fn title(hit: &Hit, style: Style) -> String {
    let title = &search::headline(hit.passage.article.title.as_deref(), &hit.passage.text);
    if style.is_plain() || hit.title_highlights.is_empty() {
        return style.paint(Role::Title, title);
    }
    style.marked(title, Span::whole(title), &hit.title_highlights, Role::Match)
}

/// Date, outlets, authors, place and key: one line, or two where they do not fit.
fn provenance(hit: &Hit, width: usize, style: Style) -> Vec<String> {
    let head = &hit.passage.article;
    let authors = head.authors.join("、");
    let reprint = head.reprinted_by.as_ref().map(|by| format!("转载：{by}"));
    let date = head.shown_date();
    let facts =
        [date.as_deref(), head.source.as_deref(), reprint.as_deref(), Some(authors.as_str())];
    let facts: Vec<&str> = facts.into_iter().flatten().filter(|f| !f.is_empty()).collect();
    let facts = facts.join(" · ");
    let key = head.key.map(|key| format!(" · {key}")).unwrap_or_default();
    let place = head.place();
    let used = facts.width() + " · ".width() + place.width() + key.width();
    let link = style.link(&head.path, head.line, &place);
    let place = format!("{link}{}", style.paint(Role::Aside, &key));
    if facts.is_empty() {
        vec![place]
    } else if used <= width {
        vec![format!("{}{place}", style.paint(Role::Aside, &format!("{facts} · ")))]
    } else {
        vec![style.paint(Role::Aside, &facts), place]
    }
}

/// The part of the passage that is shown, its speech and what was looked for painted.
fn passage(hit: &Hit, room: usize, style: Style) -> String {
    let text = &hit.passage.text;
    let shown = search::snippet(text, &hit.highlights, room);
    let part = trimmed(text, shown.span);
    let speech = speech(&hit.passage);
    let mut words = style.layered(text, part, &shown.highlights, &speech);
    // Whole sentences need no dots; what was cut out of a sentence does.
    if !text[..part.start].trim_end().ends_with(search::ends_sentence) && part.start > 0 {
        words.insert(0, '…');
    }
    if part.end < text.trim_end().len() && !part.of(text).ends_with(search::ends_sentence) {
        words.push('…');
    }
    words
}

/// The words that somebody says in a passage, as spans of its text.
fn speech(passage: &Passage) -> Vec<Span> {
    let base = passage.span.start;
    let clamp = |at: usize| at.clamp(base, passage.span.end) - base;
    let quotes =
        passage.quotes.iter().filter(|q| q.part == ArticlePart::Body && q.speaker.is_some());
    quotes.map(|q| Span::new(clamp(q.span.start), clamp(q.span.end))).collect()
}

/// The evidence for each statement of a passage, once, and for the topics of its article.
fn evidence(passage: &Passage) -> Vec<String> {
    let mut lines: Vec<String> =
        passage.statements().into_iter().map(|quote| why(passage, quote)).collect();
    let topics = passage.topics.iter();
    lines.extend(topics.map(|t| format!("{} {:.2}: {}", t.key, t.score, t.evidence.join(" "))));
    lines
}

/// Why a statement's speaker was taken for it.
fn why(passage: &Passage, quote: &Quote) -> String {
    let speaker = quote.speaker.as_ref();
    let name = speaker.map_or("?", |s| s.name.as_str());
    let title = speaker.map(|s| s.title.as_str()).filter(|t| !t.is_empty());
    let title = title.map(|t| format!("（{t}）")).unwrap_or_default();
    let words = passage.words(quote.span).trim();
    let shown: String = words.chars().take(WORDS_SHOWN).collect();
    let dots = if shown.len() < words.len() { "…" } else { "" };
    let seen = [quote.mention.as_str(), quote.cue.as_str()].join(" ");
    let confidence = format!("{:?}", quote.confidence).to_lowercase();
    let evidence = quote.evidence();
    let facts = [seen.trim(), evidence.as_str(), confidence.as_str()];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    format!("{name}{title}: {shown}{dots} ← {}", facts.join(" · "))
}

/// The share of a word in a score, in the passage and in the article with its title.
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

/// Further passages, copies, and where the text was printed first.
fn more(hit: &Hit) -> Vec<String> {
    let standing = &hit.standing;
    let mut facts = Vec::new();
    if hit.further > 0 {
        facts.push(format!("+{} 段", hit.further));
    }
    if standing.count > 0 {
        facts.push(format!("+{} 转载", standing.count));
    }
    if let Some(id) = &standing.original {
        facts.push(format!("原文 {id}"));
    }
    match &standing.first {
        Some(first) if first.key != hit.passage.article.key => {
            let date = first.shown_date();
            let known = [date.as_deref(), first.source.as_deref()];
            let known: Vec<&str> = known.into_iter().flatten().collect();
            let key = first.key.map(|key| format!(" {key}")).unwrap_or_default();
            facts.push(format!("首见 {}{key}", known.join(" ")));
        }
        None if standing.count > 0 || standing.original.is_some() => {
            facts.push("各篇均无日期".to_owned());
        }
        _ => {}
    }
    facts
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let start = span.start + (part.len() - part.trim_start().len());
    Span::new(start, (span.start + part.trim_end().len()).max(start))
}
