//! The head of a text, line by line: title, marks, date and view lines, bylines. Prefixes glued to
//! the text are dateline.rs's.

use super::find::{Findings, trimmed, views};
use super::label::{Headers, Kind};
use super::{DateOrigin, date, dateline, name};

/// A line of the text, trimmed, never empty, and its number in the file from 1.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub text: &'a str,
    pub number: u64,
}

/// Whether the first short line of a text is its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Titled {
    /// It is.
    ByFirstLine,
    /// The title came with the record, if there is one.
    Apart,
}

/// How many lines a header may have.
const LONGEST: usize = 24;

/// A title has at most so many characters.
const TITLE: usize = 64;

/// Takes the header off the front of `lines`.
pub fn read(lines: &mut Vec<Line<'_>>, titled: Titled, headers: &Headers, findings: &mut Findings) {
    let mut dropped = 0;
    if let (Some(title), Some(first)) = (&findings.title, lines.first()) {
        dropped = usize::from(lines.len() > 1 && same_title(first.text, title));
    } else if titled == Titled::ByFirstLine && lines.len() > 1 && is_title(lines[0].text, headers) {
        findings.title = Some(unbracketed(lines[0].text).to_owned());
        dropped = 1;
    }
    let mut seen = dropped;
    let mut kept: Vec<Line<'_>> = Vec::new();
    let mut waiting: Vec<Line<'_>> = Vec::new();
    while seen < lines.len() && seen < LONGEST {
        let line = lines[seen];
        // The last line of all is text, whatever it looks like.
        if seen + 1 == lines.len() && kept.is_empty() && waiting.is_empty() && seen == 0 {
            break;
        }
        if header_line(line.text, headers, findings, dropped > 0) {
            for line in waiting.drain(..) {
                match (findings.is_reprint, &findings.reprinted_by) {
                    (Some(()), None) => findings.reprinted_by = Some(line.text.to_owned()),
                    (_, Some(known)) if known == line.text => {}
                    _ => kept.push(line),
                }
            }
            dropped = seen + 1;
        } else if dropped > 0 && waiting.len() < 2 && is_channel(line.text) {
            waiting.push(line);
        } else {
            break;
        }
        seen += 1;
    }
    kept.extend(lines.drain(..dropped).skip(dropped).collect::<Vec<_>>());
    kept.append(lines);
    *lines = kept;
}

/// Whether a line is nothing but header; takes what it says.
fn header_line(line: &str, headers: &Headers, findings: &mut Findings, inside: bool) -> bool {
    if line.len() > 400 || line.chars().count() > 120 {
        return false;
    }
    let mut found = Findings::default();
    let mut rest = line;
    let mut parts = 0;
    loop {
        rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || "|｜丨·[]【】()（）,，>".contains(c)
        });
        if rest.is_empty() {
            break;
        }
        let Some(length) = header_part(rest, headers, &mut found, inside) else { return false };
        rest = &rest[length..];
        parts += 1;
    }
    if parts > 0 {
        merge(findings, found);
    }
    parts > 0
}

/// The length of the header part that `rest` starts with.
fn header_part(rest: &str, headers: &Headers, found: &mut Findings, inside: bool) -> Option<usize> {
    if let Some((kind, value)) = headers.labelled(rest)
        && kind != Kind::Text
    {
        let end = value + value_end(&rest[value..], headers);
        let text = &rest[value..end];
        let most = if kind == Kind::Title { 80 } else { 60 };
        if text.contains(['。', '！', '？']) && kind != Kind::Title || text.chars().count() > most
        {
            return None;
        }
        found.take(kind, text, headers);
        return Some(end);
    }
    if let Some((written, length)) = date::scan(rest)
        && is_apart(&rest[length..])
        && (date::is_full(&written) || inside)
    {
        found.dates.push((written, rest[..length].to_owned(), DateOrigin::Header));
        return Some(length + skip_weekday(&rest[length..]));
    }
    if let Some((kinds, end)) = headers.label(rest) {
        if kinds.contains(&Kind::Mark) && is_apart(&rest[end..]) {
            if rest.starts_with("转载") {
                found.is_reprint = Some(());
            }
            return Some(end);
        }
        if kinds.contains(&Kind::Views) {
            return view_part(rest, end, found);
        }
        // 记者 王曦 通讯员 李明
        let people = kinds
            .iter()
            .any(|kind| matches!(kind, Kind::Author | Kind::Contributor | Kind::Credit));
        if people && rest[end..].starts_with([' ', '\u{3000}']) {
            let until = end + value_end(&rest[end..], headers);
            let names = name::names(&rest[end..until]);
            let letters = rest[end..until].chars().filter(|c| c.is_alphanumeric()).count();
            if !names.is_empty()
                && names.iter().map(|n| n.chars().count()).sum::<usize>() == letters
            {
                if kinds.contains(&Kind::Author) {
                    found.authors.extend(names);
                }
                return Some(until);
            }
        }
    }
    if inside && rest.starts_with(|c: char| c.is_ascii_digit()) {
        return view_count(rest, headers, found);
    }
    if let Some((Some(outlet), end)) = headers.outlet(rest)
        && is_apart(&rest[end..])
    {
        if found.source.is_none() {
            found.source = Some(outlet.to_owned());
        }
        return Some(end);
    }
    // 江淮体育报 2024-12-01 10:00: an outlet that no lexicon knows, beside a date.
    let end = rest.find(char::is_whitespace)?;
    let after = rest[end..].trim_start();
    let dated = date::scan(after).is_some_and(|(written, _)| date::is_full(&written));
    if inside
        && dated
        && end <= 36
        && OUTLET_ENDS.iter().any(|suffix| rest[..end].ends_with(suffix))
    {
        found.source = found.source.take().or(Some(rest[..end].to_owned()));
        return Some(end);
    }
    None
}

/// How the names of outlets end.
const OUTLET_ENDS: [&str; 10] =
    ["报", "報", "网", "網", "社", "台", "臺", "客户端", "新闻", "发布"];

/// 阅读 2081, 阅读(2081).
fn view_part(rest: &str, end: usize, found: &mut Findings) -> Option<usize> {
    let value = &rest[end..];
    let start = value.find(|c: char| c.is_ascii_digit()).filter(|&at| at <= 4)?;
    let length = value[start..]
        .find(|c: char| !c.is_ascii_digit() && !".,万次".contains(c))
        .unwrap_or(value.len() - start);
    found.views = found.views.or_else(|| views(&value[start..]));
    Some(end + start + length)
}

/// 2081, 2081 阅读.
fn view_count(rest: &str, headers: &Headers, found: &mut Findings) -> Option<usize> {
    let digits =
        rest.find(|c: char| !c.is_ascii_digit() && !".,万".contains(c)).unwrap_or(rest.len());
    let after = rest[digits..].trim_start_matches([' ', '次', '人']);
    let word = match headers.label(after) {
        Some((kinds, end)) if kinds.contains(&Kind::Views) => rest.len() - after.len() + end,
        _ if after.is_empty() && digits <= 9 => rest.len(),
        _ => return None,
    };
    found.views = Some(views(rest)?);
    Some(word)
}

/// Where the value at the start of `text` ends: before the next label, a date that stands apart, or
/// at the end.
fn value_end(text: &str, headers: &Headers) -> usize {
    let next_label = headers
        .labelled_in(text)
        .find(|&(start, ..)| start > 0 && !text[..start].ends_with(is_joined))
        .map(|(start, ..)| start);
    let spaces = text.match_indices([' ', '\u{3000}']).map(|(at, space)| at + space.len());
    let next_date = spaces
        .into_iter()
        .find(|&at| date::scan(&text[at..]).is_some_and(|(written, _)| date::is_full(&written)));
    [next_label, next_date].into_iter().flatten().min().unwrap_or(text.len())
}

/// Labels that continue a word (图片 in 图片来源) are no new label.
fn is_joined(c: char) -> bool {
    "、和及".contains(c)
}

fn merge(into: &mut Findings, from: Findings) {
    into.title = into.title.take().or(from.title);
    into.original = into.original.take().or(from.original);
    into.source = into.source.take().or(from.source);
    into.reprinted_by = into.reprinted_by.take().or(from.reprinted_by);
    into.authors.extend(from.authors);
    into.contributors.extend(from.contributors);
    into.tags.extend(from.tags);
    into.views = into.views.or(from.views);
    into.dates.extend(from.dates);
    into.is_reprint = into.is_reprint.or(from.is_reprint);
}

fn is_apart(rest: &str) -> bool {
    rest.chars().next().is_none_or(|c| c.is_whitespace() || "|｜丨·]】)）,，/>".contains(c))
}

/// The length of a weekday behind a date: `星期五`, `(周五)`.
fn skip_weekday(rest: &str) -> usize {
    let start = rest.trim_start_matches([' ', '(', '（']);
    for word in ["星期", "周"] {
        if let Some(after) = start.strip_prefix(word)
            && let Some(day) = after.chars().next().filter(|c| "一二三四五六日天".contains(*c))
        {
            return rest.len() - after.len() + day.len_utf8();
        }
    }
    0
}

/// Whether a first line is a title: short, no sentence, no header.
fn is_title(line: &str, headers: &Headers) -> bool {
    let count = line.chars().count();
    (2..=TITLE).contains(&count)
        && !line.ends_with(['。', '；', '，', '、', '：', ':', ';', ','])
        && !line.contains('。')
        && !headers
            .labelled_in(line)
            .any(|(_, kind, _)| matches!(kind, Kind::Source | Kind::Author))
        && !header_line(line, headers, &mut Findings::default(), false)
        && !dateline::starts(line, headers)
}

/// Whether a line among header lines can be the name of a channel.
fn is_channel(line: &str) -> bool {
    line.chars().count() <= 16 && !line.contains(|c: char| "。，！？：；“”「」、,.?!:;".contains(c))
}

/// Whether a line repeats the title, whatever the spaces and brackets.
pub fn same_title(line: &str, title: &str) -> bool {
    let letters = |text: &'_ str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    line.len() < title.len() * 2 + 24 && letters(line) == letters(title)
}

/// 【标题】 without its brackets.
fn unbracketed(line: &str) -> &str {
    match line.strip_prefix('【').and_then(|rest| rest.strip_suffix('】')) {
        Some(inner) if !inner.contains('】') => trimmed(inner),
        _ => line.trim_start_matches(['#', ' ']),
    }
}
