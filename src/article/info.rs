//! The lines about a headline on a page: 2023年07月25日 09:34 来源：第一财经 字号：A- A+.
//!
//! Unlike a header of plain text (header.rs), such a line may hold parts that mean nothing here:
//! buttons, counts, places. It is read part by part, and its date, outlet and authors are taken.

use super::find::Findings;
use super::header::value_end;
use super::label::{Headers, LabelKind};
use super::{DateOrigin, date, name};

/// The longest line that is read, in characters.
const LONGEST: usize = 160;

/// The ends of outlets' names.
const OUTLET_ENDS: [&str; 22] = [
    "报",
    "報",
    "网",
    "網",
    "社",
    "台",
    "臺",
    "客户端",
    "新闻",
    "新聞",
    "发布",
    "在线",
    "时报",
    "周刊",
    "週刊",
    "广播",
    "财经",
    "電視",
    "频道",
    "号",
    "日报社",
    "融媒体中心",
];

/// The findings of the lines about a headline, labelled ones before those without a label.
#[derive(Debug, Default)]
pub struct Info {
    /// The findings of labels and dates.
    pub said: Findings,
    /// An outlet without a label.
    pub outlet: Option<String>,
    /// Dates of later changes (更新时间).
    pub changed: Vec<(date::Written, String, DateOrigin)>,
}

impl Info {
    /// Reads one line; returns true if it is nothing but such information.
    pub fn read(&mut self, line: &str, headers: &Headers) -> bool {
        let line = line.trim();
        let ended = line.contains(['。', '！', '？', '“', '「']);
        if line.is_empty() || ended || line.chars().count() > LONGEST {
            return false;
        }
        let before = (self.said.dates.len(), self.said.authors.len());
        let known = self.outlet.clone();
        let (mut rest, mut found, mut other) = (line, false, 0);
        while !rest.is_empty() {
            rest = rest.trim_start_matches(is_border);
            if rest.is_empty() {
                break;
            }
            match self.part(rest, headers) {
                Some(length) => {
                    found = true;
                    rest = &rest[length..];
                }
                None => {
                    let end = rest.find(is_border).unwrap_or(rest.len());
                    let (word, _) = rest.split_at(end);
                    other += word.chars().filter(|&c| crate::text::is_han(c)).count();
                    rest = &rest[end..];
                }
            }
        }
        // Alone, a word that ends like an outlet may be a button of the site.
        if before == (self.said.dates.len(), self.said.authors.len()) {
            self.outlet = known;
        }
        found && other <= 6
    }

    /// Reads the part that `rest` starts with; its length.
    fn part(&mut self, rest: &str, headers: &Headers) -> Option<usize> {
        if let Some((kind, value)) = headers.labelled(rest)
            && kind != LabelKind::Text
        {
            return Some(self.labelled(rest, kind, value, headers));
        }
        if let Some((written, length)) = date::scan(rest).filter(|(written, _)| written.is_full()) {
            self.said.dates.push((written, rest[..length].to_owned(), DateOrigin::Header));
            return Some(length);
        }
        let end = rest.find(is_border).unwrap_or(rest.len());
        let word = &rest[..end];
        if let Some((kinds, length)) = headers.label(rest) {
            let people = |kind: &LabelKind| {
                matches!(kind, LabelKind::Author | LabelKind::Contributor | LabelKind::Credit)
            };
            if kinds.iter().any(people) && (length < end || rest[length..].starts_with(' ')) {
                return self.people(rest, length, headers);
            }
            if length == end || kinds.contains(&LabelKind::Mark) {
                return Some(length);
            }
        }
        // 台北即時報導, 综合报道.
        if ["報導", "报道", "報道"].iter().any(|end| word.ends_with(end))
            && word.chars().count() <= 10
        {
            return Some(end);
        }
        let count = word.chars().count();
        let named =
            headers.outlet(word).is_some_and(|(name, length)| name.is_some() && length == end);
        if named || (3..=14).contains(&count) && OUTLET_ENDS.iter().any(|e| word.ends_with(e)) {
            self.outlet.get_or_insert_with(|| word.to_owned());
            return Some(end);
        }
        // 石嘉/东湖青年报
        let after = rest[end..].trim_start_matches(' ');
        if name::is_person(word) && after.starts_with(['/', '／']) {
            self.said.authors.push(word.to_owned());
            return Some(end);
        }
        let button = ["A-", "A+", "A", "T", "T|T", "+", "-", "0"].contains(&word);
        (button || word.bytes().all(|b| b.is_ascii_digit() || b == b':')).then_some(end)
    }

    /// Reads a value behind its label.
    fn labelled(&mut self, rest: &str, kind: LabelKind, value: usize, headers: &Headers) -> usize {
        if headers.labelled(&rest[value..]).is_some() {
            // 浏览次数： 信息来源：东湖报
            return value;
        }
        let end = value + value_end(&rest[value..], headers);
        let text = rest[value..end].trim_end();
        let changed = ["更新", "最后更新", "修改", "编辑时间", "最後更新"];
        if kind == LabelKind::Date && changed.iter().any(|word| rest.starts_with(word)) {
            if let Some((written, length)) = date::scan(text) {
                self.changed.push((written, text[..length].to_owned(), DateOrigin::Header));
            }
            return end;
        }
        // The values of buttons and of outlets end at a space; those of people may go on.
        let single = matches!(
            kind,
            LabelKind::Source | LabelKind::Original | LabelKind::Reprint | LabelKind::Mark
        );
        let words = if single { text.find(is_border).unwrap_or(text.len()) } else { text.len() };
        self.said.take(kind, &text[..words], headers);
        value + words
    }

    /// 記者 陳某, 文 林小明: a role, with names behind it.
    fn people(&mut self, rest: &str, role: usize, headers: &Headers) -> Option<usize> {
        let end = role + value_end(&rest[role..], headers);
        let names = name::names(&rest[role..end]);
        let last = names.last()?;
        let until = rest[role..end].find(last.as_str()).map_or(end, |at| role + at + last.len());
        let byline = name::byline(&rest[..until], headers);
        self.said.people(byline);
        Some(until)
    }
}

/// Returns true for what stands between the parts of a line.
fn is_border(c: char) -> bool {
    c.is_whitespace() || "|｜丨·[]【】()（）〔〕/／>，,;；﻿●•".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;

    fn read(line: &str) -> (Info, bool) {
        let mut info = Info::default();
        let only = info.read(line, &Headers::new(&Definition::embedded()).unwrap());
        (info, only)
    }

    #[test]
    fn date_and_source_are_found_among_buttons() {
        for line in [
            "2023年07月25日 09:34 来源：东湖财经",
            "2023-07-25 09:34:12 字号：A- A A+ 来源：东湖财经",
            "来源：东湖财经 发布时间：2023-07-25 09:34 分享到 微信 微博",
            "发布日期：2023-07-25 09:34 浏览次数： 信息来源：东湖财经",
        ] {
            let (info, only) = read(line);
            assert!(only, "{line}");
            assert_eq!(info.said.source.as_deref(), Some("东湖财经"), "{line}");
            assert_eq!(info.said.dates.len(), 1, "{line}");
        }
    }

    #[test]
    fn an_outlet_without_a_label_and_people() {
        let (info, _) = read("原创 南湖都市报 2019-09-09 16:01:46");
        assert_eq!(info.outlet.as_deref(), Some("南湖都市报"));
        let (info, _) = read("2023-07-28 16:40 海東報 記者 陳某 ／台北即時報導");
        assert_eq!(info.said.authors, ["陳某"]);
        assert_eq!(info.outlet.as_deref(), Some("海東報"));
        let (info, _) = read("最后更新: 2019-09-07 15:14:21");
        assert!(info.said.dates.is_empty() && info.changed.len() == 1);
    }

    #[test]
    fn sentences_are_not_read() {
        for line in ["2023年7月25日，水厂开工。", "水厂扩建工程昨日在城东正式开工"]
        {
            assert!(!read(line).1, "{line}");
        }
    }
}
