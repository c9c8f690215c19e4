//! The findings of headers, datelines and footers, gathered until the article is assembled.

use super::date::Written;
use super::label::{Headers, LabelKind};
use super::name::{self, Byline};
use super::{DateOrigin, date};
use crate::text::Span;

/// The values found outside the body.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    pub title: Option<String>,
    pub original: Option<String>,
    pub source: Option<String>,
    pub dateline_source: Option<String>,
    /// The site of a page, which may have it from elsewhere.
    pub site: Option<String>,
    pub reprinted_by: Option<String>,
    pub authors: Vec<String>,
    pub contributors: Vec<String>,
    pub tags: Vec<String>,
    pub views: Option<u64>,
    /// In the order found: the date, its raw text, and where it was.
    pub dates: Vec<(Written, String, DateOrigin)>,
    /// True once a mark of copying was seen (转载).
    pub is_reprint: bool,
}

impl Findings {
    /// Takes the value behind a label.
    pub fn take(&mut self, kind: LabelKind, value: &str, headers: &Headers) {
        let value = trimmed(value);
        match kind {
            LabelKind::Title => set(&mut self.title, value, 80),
            LabelKind::Source => set(&mut self.source, outlet(value, headers), 30),
            LabelKind::Original => set(&mut self.original, outlet(value, headers), 30),
            LabelKind::Reprint => set(&mut self.reprinted_by, outlet(value, headers), 30),
            LabelKind::Author => {
                let byline = name::byline(value, headers);
                self.authors.extend(name::names(value));
                self.people(byline);
            }
            LabelKind::Contributor => self.contributors.extend(name::names(value)),
            LabelKind::Date => {
                if let Some((written, length)) = date::scan(value) {
                    self.dates.push((written, value[..length].to_owned(), DateOrigin::Header));
                }
            }
            LabelKind::Views => self.views = self.views.or_else(|| views(value)),
            LabelKind::Tag => self.tags.extend(
                value
                    .split(['、', ',', '，', ' ', '/'])
                    .filter(|t| !t.is_empty())
                    .map(str::to_owned),
            ),
            LabelKind::Credit | LabelKind::Text | LabelKind::Mark => {}
        }
    }

    /// Takes over what `other` found later; single values that are known stay.
    pub fn merge(&mut self, other: Findings) {
        self.title = self.title.take().or(other.title);
        self.original = self.original.take().or(other.original);
        self.source = self.source.take().or(other.source);
        self.dateline_source = self.dateline_source.take().or(other.dateline_source);
        self.site = self.site.take().or(other.site);
        self.reprinted_by = self.reprinted_by.take().or(other.reprinted_by);
        self.authors.extend(other.authors);
        self.contributors.extend(other.contributors);
        self.tags.extend(other.tags);
        self.views = self.views.or(other.views);
        self.dates.extend(other.dates);
        self.is_reprint |= other.is_reprint;
    }

    /// Takes the people of a byline.
    pub fn people(&mut self, byline: Byline) {
        self.authors.extend(byline.authors);
        self.contributors.extend(byline.contributors);
    }
}

fn set(place: &mut Option<String>, value: &str, most: usize) {
    if place.is_none() && !value.is_empty() && value.chars().count() <= most {
        *place = Some(value.to_owned());
    }
}

/// A value without brackets, quotation marks and separators around it. A bracket whose partner
/// stands within the value stays: 【夏季行动】警方通报.
pub fn trimmed(value: &str) -> &str {
    const OPENING: [char; 4] = ['[', '【', '(', '（'];
    const CLOSING: [char; 4] = [']', '】', ')', '）'];
    let inner = value
        .trim_matches(|c: char| c.is_whitespace() || "[]【】()（）|｜丨·:：,，;；、".contains(c));
    let Some(span) = Span::of_slice(value, inner).filter(|_| !inner.is_empty()) else {
        return inner;
    };
    let (opened, closed) = (inner.matches(OPENING).count(), inner.matches(CLOSING).count());
    let before = value[..span.start].chars().next_back().filter(|c| OPENING.contains(c));
    let after = value[span.end..].chars().next().filter(|c| CLOSING.contains(c));
    match (before, after) {
        (Some(c), _) if closed > opened => &value[span.start - c.len_utf8()..span.end],
        (_, Some(c)) if opened > closed => &value[span.start..span.end + c.len_utf8()],
        _ => inner,
    }
}

/// An outlet's name at the start of a value: a known one, else the value up to the first space or
/// separator.
fn outlet<'a>(value: &'a str, headers: &Headers) -> &'a str {
    let value = value.trim_start_matches(['@', ' ']);
    let value =
        value.strip_prefix("综合").map_or(value, |rest| rest.trim_start_matches(['@', ' ']));
    let wrong = ["http", "www.", "记者", "通讯员", "编辑", "网络"]
        .iter()
        .any(|start| value.starts_with(start));
    if wrong || value.chars().nth(1).is_none() {
        return "";
    }
    if let Some((Some(_), length)) = headers.outlet(value) {
        // 长江日报-长江网 and 央视新闻客户端 are longer than the outlet that they start with.
        let rest = &value[length..];
        let tail = rest
            .find(|c: char| c.is_whitespace() || "，,。、;；|｜丨（(）)《【[据".contains(c))
            .unwrap_or(rest.len());
        return if rest[..tail].chars().count() <= 8 {
            &value[..length + tail]
        } else {
            &value[..length]
        };
    }
    let end = value
        .find(|c: char| c.is_whitespace() || "，,。;；|｜丨（(《【[、".contains(c))
        .unwrap_or(value.len());
    &value[..end]
}

/// A count of views: 2081, 1.2万, 3,456次.
pub fn views(text: &str) -> Option<u64> {
    let text = text.trim().trim_start_matches([':', '：', ' ']);
    let end =
        text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let number: f64 = text[..end].replace(',', "").parse().ok()?;
    let factor = match text[end..].trim_start().chars().next() {
        Some('万' | '萬' | 'w' | 'W') => 1e4,
        Some('亿') => 1e8,
        _ => 1.0,
    };
    let views = number * factor;
    (views.is_finite() && (0.0..1e15).contains(&views)).then_some(views as u64)
}

/// A source field without `来源：` before it.
pub fn trimmed_source(field: &str) -> &str {
    let field = field.trim();
    let named = ["来源", "來源"].iter().find_map(|label| field.strip_prefix(label));
    let field = named.map_or(field, |rest| rest.trim_start_matches([':', '：', ' ']));
    // 人民网－《人民日报》
    match field.split_once(['－', '-', '—']) {
        Some((_, paper)) => {
            paper.strip_prefix('《').and_then(|rest| rest.strip_suffix('》')).unwrap_or(field)
        }
        None => field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_without_its_label_and_the_site_before_the_paper() {
        assert_eq!(trimmed_source("来源：人民网－《人民日报》"), "人民日报");
        assert_eq!(trimmed_source("東湖-南湖報"), "東湖-南湖報");
        assert_eq!(trimmed_source("來源：海東報"), "海東報");
    }

    #[test]
    fn a_bracket_stays_where_its_partner_does() {
        assert_eq!(trimmed("【水退了】"), "水退了");
        assert_eq!(trimmed("【夏季行动】警方通报"), "【夏季行动】警方通报");
        assert_eq!(trimmed("：水退了（图）"), "水退了（图）");
        assert_eq!(trimmed("（"), "");
    }
}
