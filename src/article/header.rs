//! The head of a text, line by line: title, marks, date and view lines, bylines. Prefixes glued to
//! the text are dateline.rs's.

use super::find::{Findings, views};
use super::label::{Headers, LabelKind};
use super::title::{same_title, unbracketed};
use super::{DateOrigin, date, dateline, name};

/// A line of the text, trimmed, never empty, and its number in the file from 1.
#[derive(Debug, Clone, Copy)]
pub struct TextLine<'a> {
    pub text: &'a str,
    pub number: u64,
}

/// The place of a record's title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Titled {
    /// The first short line of the text.
    ByFirstLine,
    /// The title came with the record, if there is one.
    Apart,
}

/// How many lines a header may have.
const LONGEST: usize = 24;

/// A title has at most so many characters.
const TITLE: usize = 64;

/// Takes the header off the front of `lines`.
pub fn read(
    lines: &mut Vec<TextLine<'_>>,
    titled: Titled,
    headers: &Headers,
    findings: &mut Findings,
) {
    let mut dropped = 0;
    if let (Some(title), Some(first)) = (&findings.title, lines.first()) {
        dropped = usize::from(lines.len() > 1 && same_title(first.text, title));
    } else if titled == Titled::ByFirstLine && lines.len() > 1 && is_title(lines[0].text, headers) {
        findings.title = Some(unbracketed(lines[0].text).to_owned());
        dropped = 1;
    }
    let mut seen = dropped;
    let mut kept: Vec<TextLine<'_>> = Vec::new();
    let mut waiting: Vec<TextLine<'_>> = Vec::new();
    while seen < lines.len() && seen < LONGEST {
        let line = lines[seen];
        // The last line of all is text, whatever it looks like.
        if seen + 1 == lines.len() && kept.is_empty() && waiting.is_empty() && seen == 0 {
            break;
        }
        if header_line(line.text, headers, findings, dropped > 0) {
            for line in waiting.drain(..) {
                match (findings.is_reprint, &findings.reprinted_by) {
                    (true, None) => findings.reprinted_by = Some(line.text.to_owned()),
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
    lines.drain(..dropped);
    kept.append(lines);
    *lines = kept;
}

/// Returns true if a line is nothing but header; takes what it says.
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
        findings.merge(found);
    }
    parts > 0
}

/// The length of the header part that `rest` starts with.
fn header_part(rest: &str, headers: &Headers, found: &mut Findings, inside: bool) -> Option<usize> {
    if let Some((kind, value)) = headers.labelled(rest)
        && kind != LabelKind::Text
    {
        return labelled_part(rest, kind, value, headers, found);
    }
    if let Some((written, length)) = date::scan(rest)
        && is_apart(&rest[length..])
        && (written.is_full() || inside)
    {
        found.dates.push((written, rest[..length].to_owned(), DateOrigin::Header));
        return Some(length + skip_weekday(&rest[length..]));
    }
    if let Some((kinds, end)) = headers.label(rest) {
        if kinds.contains(&LabelKind::Mark) && is_apart(&rest[end..]) {
            found.is_reprint |= rest.starts_with("转载");
            return Some(end);
        }
        if kinds.contains(&LabelKind::Views) {
            return view_part(rest, end, found);
        }
        if let Some(end) = people_part(rest, kinds, end, headers, found) {
            return Some(end);
        }
    }
    if inside && rest.starts_with(|c: char| c.is_ascii_digit()) {
        return view_count(rest, headers, found);
    }
    outlet_part(rest, headers, found, inside)
}

/// 来源：人民网, the value behind a label starting at `value`; `None` where it is a sentence or too
/// long.
fn labelled_part(
    rest: &str,
    kind: LabelKind,
    value: usize,
    headers: &Headers,
    found: &mut Findings,
) -> Option<usize> {
    let end = value + value_end(&rest[value..], headers);
    let text = &rest[value..end];
    let most = if kind == LabelKind::Title { 80 } else { 60 };
    let sentence = text.contains(['。', '！', '？']) && kind != LabelKind::Title;
    if sentence || text.chars().count() > most {
        return None;
    }
    found.take(kind, text, headers);
    Some(end)
}

/// 记者 王曦 通讯员 李明: a role that ends at `end`, with names behind it.
fn people_part(
    rest: &str,
    kinds: &[LabelKind],
    end: usize,
    headers: &Headers,
    found: &mut Findings,
) -> Option<usize> {
    let people = kinds
        .iter()
        .any(|kind| matches!(kind, LabelKind::Author | LabelKind::Contributor | LabelKind::Credit));
    if !people || !rest[end..].starts_with([' ', '\u{3000}']) {
        return None;
    }
    let until = end + value_end(&rest[end..], headers);
    let names = name::names(&rest[end..until]);
    let letters = rest[end..until].chars().filter(|c| c.is_alphanumeric()).count();
    if names.is_empty() || names.iter().map(|n| n.chars().count()).sum::<usize>() != letters {
        return None;
    }
    if kinds.contains(&LabelKind::Author) {
        found.authors.extend(names);
    }
    Some(until)
}

/// 人民网, or an outlet that no lexicon knows beside a date: 江淮体育报 2024-12-01 10:00.
fn outlet_part(rest: &str, headers: &Headers, found: &mut Findings, inside: bool) -> Option<usize> {
    if let Some((Some(outlet), end)) = headers.outlet(rest)
        && is_apart(&rest[end..])
    {
        if found.source.is_none() {
            found.source = Some(outlet.to_owned());
        }
        return Some(end);
    }
    let end = rest.find(char::is_whitespace)?;
    let after = rest[end..].trim_start();
    let dated = date::scan(after).is_some_and(|(written, _)| written.is_full());
    let named = end <= 36 && OUTLET_ENDS.iter().any(|suffix| rest[..end].ends_with(suffix));
    if inside && dated && named {
        found.source = found.source.take().or(Some(rest[..end].to_owned()));
        return Some(end);
    }
    None
}

/// How the names of outlets end.
pub const OUTLET_ENDS: [&str; 10] =
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
        Some((kinds, end)) if kinds.contains(&LabelKind::Views) => rest.len() - after.len() + end,
        _ if after.is_empty() && digits <= 9 => rest.len(),
        _ => return None,
    };
    found.views = Some(views(rest)?);
    Some(word)
}

/// Where the value at the start of `text` ends: before the next label, a date that stands apart, or
/// at the end.
pub fn value_end(text: &str, headers: &Headers) -> usize {
    let next_label = headers
        .labelled_in(text)
        .find(|&(start, ..)| start > 0 && !text[..start].ends_with(is_joined))
        .map(|(start, ..)| start);
    let spaces = text.match_indices([' ', '\u{3000}']).map(|(at, space)| at + space.len());
    let next_date = spaces
        .into_iter()
        .find(|&at| date::scan(&text[at..]).is_some_and(|(written, _)| written.is_full()));
    [next_label, next_date].into_iter().flatten().min().unwrap_or(text.len())
}

/// Labels that continue a word (图片 in 图片来源) are no new label.
fn is_joined(c: char) -> bool {
    "、和及".contains(c)
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

/// Returns true if a first line is a title: short, no sentence, no header.
fn is_title(line: &str, headers: &Headers) -> bool {
    let count = line.chars().count();
    (2..=TITLE).contains(&count)
        && !line.ends_with(['。', '；', '，', '、', '：', ':', ';', ','])
        && !line.contains('。')
        && !headers
            .labelled_in(line)
            .any(|(_, kind, _)| matches!(kind, LabelKind::Source | LabelKind::Author))
        && !header_line(line, headers, &mut Findings::default(), false)
        && !dateline::starts(line, headers)
}

/// Returns true if a line among header lines can be the name of a channel.
fn is_channel(line: &str) -> bool {
    line.chars().count() <= 16 && !line.contains(|c: char| "。，！？：；“”「」、,.?!:;".contains(c))
}
