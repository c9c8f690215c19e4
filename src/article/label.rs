//! The words that headers and footers are recognised by, compiled once from the definition.

use crate::definition::Definition;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Anchored, Input, MatchKind, StartKind};

/// The meaning of the value behind a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelKind {
    /// 原标题.
    Title,
    /// 来源.
    Source,
    /// 原文来源: wins over a plain source.
    Original,
    /// 文章转载来源: the outlet that copied.
    Reprint,
    /// 作者, 记者, 文.
    Author,
    /// 通讯员, 实习生: an author where there is no other.
    Contributor,
    /// 编辑, 图片来源 and everything else that is dropped.
    Credit,
    /// 发布时间.
    Date,
    /// 阅读量.
    Views,
    /// 栏目.
    Tag,
    /// 正文: what follows is the text.
    Text,
    /// 转载, 原创: stands alone.
    Mark,
}

/// The lexicons that [`super::parse`] needs, compiled. Building it takes about a millisecond;
/// parsing borrows it.
#[derive(Debug, Clone)]
pub struct Headers {
    labels: AhoCorasick,
    kinds: Vec<Vec<LabelKind>>,
    outlets: AhoCorasick,
    outlet_names: Vec<Option<String>>,
    boilerplate: AhoCorasick,
    /// The most bytes that may be cut with each phrase.
    boilerplate_most: Vec<usize>,
}

impl Headers {
    /// Compiles the lexicons `labels`, `outlets` and `boilerplate` of `definition`.
    pub fn new(definition: &Definition) -> Headers {
        let labels: Vec<_> = definition.lexicon("lexicon/labels.txt").collect();
        let outlets: Vec<_> = definition.lexicon("lexicon/outlets.txt").collect();
        let boilerplate: Vec<_> = definition.lexicon("lexicon/boilerplate.txt").collect();
        Headers {
            labels: automaton(labels.iter().map(|entry| entry.word)),
            kinds: labels.iter().map(|entry| entry.columns().filter_map(kind).collect()).collect(),
            outlets: automaton(outlets.iter().map(|entry| entry.word)),
            outlet_names: outlets
                .iter()
                .map(|entry| (entry.attributes != "self").then(|| entry.word.to_owned()))
                .collect(),
            boilerplate: automaton(boilerplate.iter().map(|entry| entry.word)),
            boilerplate_most: boilerplate
                .iter()
                .map(|entry| if entry.attributes == "short" { SHORT } else { usize::MAX })
                .collect(),
        }
    }

    /// The label that `text` starts with: what it may be, and its length.
    pub(super) fn label(&self, text: &str) -> Option<(&[LabelKind], usize)> {
        let found = self.labels.find(Input::new(text).anchored(Anchored::Yes))?;
        Some((&self.kinds[found.pattern()], found.end()))
    }

    /// The label with a separator behind it (来源：) that `text` starts with: what the value is,
    /// and where it starts.
    pub(super) fn labelled(&self, text: &str) -> Option<(LabelKind, usize)> {
        let (kinds, end) = self.label(text)?;
        let &kind = kinds.iter().find(|&&kind| kind != LabelKind::Mark)?;
        let value = end + separator(&text[end..])?;
        Some((kind, value))
    }

    /// All labels with separators in `text`: where each starts, what it is, and where its value
    /// starts.
    pub(super) fn labelled_in<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = (usize, LabelKind, usize)> + 'a {
        self.labels.find_iter(text).filter_map(|found| {
            let &kind =
                self.kinds[found.pattern()].iter().find(|&&kind| kind != LabelKind::Mark)?;
            let value = found.end() + separator(&text[found.end()..])?;
            Some((found.start(), kind, value))
        })
    }

    /// All labels in `text`, with or without separators: where each starts and ends, and what it
    /// may be.
    pub(super) fn labels_in<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = (usize, usize, &'a [LabelKind])> + 'a {
        self.labels
            .find_iter(text)
            .map(|found| (found.start(), found.end(), self.kinds[found.pattern()].as_slice()))
    }

    /// The outlet that `text` starts with: its name (`None` for 本报), and its length.
    pub(super) fn outlet(&self, text: &str) -> Option<(Option<&str>, usize)> {
        let found = self.outlets.find(Input::new(text).anchored(Anchored::Yes))?;
        Some((self.outlet_names[found.pattern()].as_deref(), found.end()))
    }

    /// Returns true if an outlet's name, a reporter or a correspondent stands inside `text`, not at
    /// its start.
    pub(super) fn names_within(&self, text: &str) -> bool {
        self.outlets.find(text).is_some()
            || ["记者", "通讯员", "编辑"].iter().any(|role| text.contains(role))
    }

    /// The starts of boilerplate in `text`, in order, each with the most bytes that may be cut from
    /// there.
    pub(super) fn boilerplate_in<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.boilerplate
            .find_iter(text)
            .map(|found| (found.start(), self.boilerplate_most[found.pattern()]))
    }
}

/// The most bytes that a phrase marked `short` may cut.
const SHORT: usize = 240;

/// The length of a separator between label and value, with the spaces around it.
pub(super) fn separator(text: &str) -> Option<usize> {
    let spaces = text.len() - text.trim_start_matches([' ', '\u{3000}', '\u{a0}']).len();
    let mark = text[spaces..].chars().next().filter(|c| ":：丨|｜/／︱﹕∶┃".contains(*c))?;
    let rest = &text[spaces + mark.len_utf8()..];
    Some(text.len() - rest.trim_start_matches([' ', '\u{3000}', '\u{a0}']).len())
}

fn kind(name: &str) -> Option<LabelKind> {
    Some(match name {
        "title" => LabelKind::Title,
        "source" => LabelKind::Source,
        "original" => LabelKind::Original,
        "reprint" => LabelKind::Reprint,
        "author" => LabelKind::Author,
        "contributor" => LabelKind::Contributor,
        "credit" => LabelKind::Credit,
        "date" => LabelKind::Date,
        "views" => LabelKind::Views,
        "tag" => LabelKind::Tag,
        "text" => LabelKind::Text,
        "mark" => LabelKind::Mark,
        _ => return None,
    })
}

/// An automaton for the longest match; one that matches nothing where the words are too many to
/// compile.
fn automaton<'a>(words: impl Iterator<Item = &'a str>) -> AhoCorasick {
    AhoCorasickBuilder::new()
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(StartKind::Both)
        .build(words)
        .unwrap_or_else(|_| {
            AhoCorasick::new::<_, &str>([]).expect("an automaton of no words is small")
        })
}
