//! The words that headers and footers are recognised by, compiled once from the definition.

use super::title_end::{self, TitleEnd};
use crate::definition::Definition;
use crate::error::Result;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Anchored, Input, MatchKind, StartKind};
use std::collections::HashMap;

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
    /// How much may be cut with each phrase.
    boilerplate_most: Vec<CutExtent>,
    title_end: TitleEnd,
}

impl Headers {
    /// Compiles the lexicons `labels`, `outlets` and `boilerplate` of `definition`, each word also
    /// in traditional characters.
    ///
    /// # Errors
    /// [`crate::error::Error::Definition`] where the model of titles is damaged.
    pub fn new(definition: &Definition) -> Result<Headers> {
        let variants = Variants::new();
        let both = |file: &str| -> Vec<(String, String)> {
            let entries = definition.lexicon(file);
            let mut seen = std::collections::HashSet::new();
            let words = entries.flat_map(|entry| {
                let attributes = entry.attributes.to_owned();
                variants.of(entry.word).into_iter().map(move |word| (word, attributes.clone()))
            });
            words.filter(|(word, _)| seen.insert(word.clone())).collect()
        };
        let labels = both("lexicon/labels.txt");
        let outlets = both("lexicon/outlets.txt");
        let boilerplate = both("lexicon/boilerplate.txt");
        let words = |list: &[(String, String)]| automaton(list.iter().map(|(word, _)| &**word));
        let kinds = |attributes: &str| attributes.split('\t').filter_map(kind).collect();
        Ok(Headers {
            labels: words(&labels),
            kinds: labels.iter().map(|(_, attributes)| kinds(attributes)).collect(),
            outlets: words(&outlets),
            outlet_names: outlets
                .iter()
                .map(|(word, attributes)| (attributes != "self").then(|| word.clone()))
                .collect(),
            boilerplate: words(&boilerplate),
            boilerplate_most: boilerplate
                .iter()
                .map(|(_, attributes)| match attributes.as_str() {
                    "short" => CutExtent::Short,
                    "line" => CutExtent::Line,
                    _ => CutExtent::Rest,
                })
                .collect(),
            title_end: TitleEnd::read(definition.model(title_end::FILE))?,
        })
    }

    /// The length in bytes of the headline that is glued to the start of `text`; `None` where it
    /// is not sure.
    pub(super) fn title_end(&self, text: &str) -> Option<usize> {
        self.title_end.find(text)
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

    /// Returns true if an outlet's name, a reporter or a correspondent stands inside `text`, not
    /// at its start.
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
        self.boilerplate.find_iter(text).filter_map(|found| {
            let most = match self.boilerplate_most[found.pattern()] {
                CutExtent::Short => SHORT,
                CutExtent::Rest => usize::MAX,
                CutExtent::Line => return None,
            };
            Some((found.start(), most))
        })
    }

    /// Returns true if a line is nothing but the heading of a part below the article (相关阅读,
    /// 网友评论), whatever the marks around it.
    pub(super) fn is_heading_below(&self, line: &str) -> bool {
        let line = line.trim_matches(|c: char| !c.is_alphanumeric());
        let found = self.boilerplate.find(Input::new(line).anchored(Anchored::Yes));
        found.is_some_and(|found| {
            found.end() == line.len() && self.boilerplate_most[found.pattern()] != CutExtent::Rest
        })
    }
}

/// How much a phrase of boilerplate cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CutExtent {
    /// All that follows.
    Rest,
    /// All that follows, if it is short.
    Short,
    /// Where it is a line of its own, all lines below it.
    Line,
}

/// Words in simplified characters as they may be written in traditional ones.
struct Variants(HashMap<char, Vec<char>>);

/// The most spellings of one word.
const MOST_SPELLINGS: usize = 16;

/// Simplified characters that are traditional ones, too.
const BOTH_SCRIPTS: &str = "台后里只面系周采游升志布占准余";

impl Variants {
    fn new() -> Variants {
        let mut of: HashMap<char, Vec<char>> = HashMap::new();
        let traditional = ('\u{4e00}'..='\u{9fff}').filter_map(|c| {
            let simplified = crate::text::fold::one_for_one(c).filter(|&s| s != c)?;
            Some((simplified, c))
        });
        for (simplified, traditional) in traditional {
            let list = of.entry(simplified).or_default();
            if list.is_empty() && BOTH_SCRIPTS.contains(simplified) {
                list.push(simplified);
            }
            list.push(traditional);
        }
        Variants(of)
    }

    /// The word itself, and its spellings in traditional characters.
    fn of(&self, word: &str) -> Vec<String> {
        let mut spellings = vec![String::new()];
        for c in word.chars() {
            let one = [c];
            let options = self.0.get(&c).map_or(&one[..], Vec::as_slice);
            let longer = spellings
                .iter()
                .flat_map(|start| options.iter().map(move |option| format!("{start}{option}")));
            spellings = longer.take(MOST_SPELLINGS).collect();
        }
        spellings.insert(0, word.to_owned());
        spellings
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_in_both_scripts() {
        let headers = Headers::new(&Definition::embedded()).unwrap();
        assert!(headers.label("責任編輯：林").is_some() && headers.label("责任编辑：林").is_some());
        assert_eq!(headers.outlet("環球時報訊").map(|(name, _)| name), Some(Some("環球時報")));
        assert!(headers.is_heading_below("◎延伸閱讀：") && headers.is_heading_below("相关阅读"));
        assert!(!headers.is_heading_below("相关阅读材料已公布"));
    }
}
