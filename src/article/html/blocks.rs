//! The text of a page's elements as lines, and the element that holds the main text.
//!
//! The main text is looked for by its mass: the characters of text nodes that have a pause of a
//! sentence in them and stand in no link. From the body on, the search goes down to the child that
//! has most of its parent's mass, as long as there is one. (The idea of text density is of Sun,
//! Song and Liao, "DOM based content extraction via text density", SIGIR 2011.)

use dom_query::{NodeId, NodeRef};
use std::collections::HashMap;

/// A line of a page: the text of a block, white space collapsed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextBlock {
    /// The text.
    pub text: String,
    /// How many of its characters stand in links.
    pub linked: usize,
}

/// The treatment of borders between elements within a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Borders {
    /// The texts are joined, as a sentence needs it.
    Joined,
    /// A space is put between them, so that the parts of a line under the headline stay apart.
    Spaced,
}

/// Elements whose text is never part of an article.
const SILENT: [&str; 18] = [
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "svg",
    "select",
    "button",
    "textarea",
    "object",
    "rt",
    "rp",
    "head",
    "nav",
    "aside",
    "footer",
    "form",
    "figcaption",
];

/// Elements that begin and end a line.
const BLOCKS: [&str; 36] = [
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "blockquote",
    "pre",
    "hr",
    "br",
    "figure",
    "header",
    "main",
    "address",
    "center",
    "body",
    "tbody",
    "thead",
    "details",
    "summary",
    "fieldset",
    "caption",
    "form",
    "video",
];

/// Words in `class` and `id` of what stands around an article.
const AROUND: [&str; 54] = [
    "ad",
    "ads",
    "advert",
    "advertisement",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "cmt",
    "cmts",
    "comment",
    "comments",
    "copyright",
    "crumb",
    "crumbs",
    "disclaimer",
    "download",
    "ewm",
    "feedback",
    "foot",
    "footer",
    "guess",
    "hot",
    "hotnews",
    "keyword",
    "keywords",
    "like",
    "login",
    "menu",
    "nav",
    "navbar",
    "navigation",
    "newsletter",
    "pager",
    "pagination",
    "pinglun",
    "qrcode",
    "rank",
    "ranking",
    "rec",
    "recommend",
    "recommended",
    "related",
    "relates",
    "reply",
    "share",
    "sharing",
    "sidebar",
    "social",
    "subscribe",
    "tag",
    "tags",
    "toolbar",
    "tuijian",
    "xiangguan",
];

/// Returns true for an element that no reader takes for a part of the article.
fn is_silent(node: &NodeRef<'_>) -> bool {
    let name = node.node_name();
    name.as_deref().is_some_and(|name| SILENT.contains(&name))
}

/// Returns true for an element whose class or id names something around an article.
fn is_around(node: &NodeRef<'_>) -> bool {
    let attributes = [node.attr("class"), node.attr("id")];
    attributes
        .into_iter()
        .flatten()
        .any(|value| words(&value).any(|word| AROUND.binary_search(&word.as_str()).is_ok()))
}

/// The words of a class: `relatedNews hot-list` has `related`, `news`, `hot` and `list`.
fn words(value: &str) -> impl Iterator<Item = String> + '_ {
    let mut word = String::new();
    let mut found = Vec::new();
    let mut before = ' ';
    for c in value.chars().take(400).chain([' ']) {
        let border =
            !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && before.is_ascii_lowercase());
        if border && !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    found.into_iter()
}

/// The masses of all elements below a node.
pub struct Masses {
    of: HashMap<NodeId, usize>,
    total: usize,
}

impl Masses {
    /// Weighs the elements below `root`. What stands around the article has no mass, unless it has
    /// more than half of all: then its name misleads.
    pub fn of(root: &NodeRef<'_>) -> Masses {
        let mut masses = Masses { of: HashMap::new(), total: usize::MAX };
        masses.weigh(root);
        masses.total = masses.get(root);
        let all = std::mem::take(&mut masses.of);
        let mut masses = Masses { of: all, total: masses.total };
        masses.take_away(root);
        masses
    }

    /// The mass of an element.
    pub fn get(&self, node: &NodeRef<'_>) -> usize {
        self.of.get(&node.id).copied().unwrap_or(0)
    }

    fn weigh(&mut self, node: &NodeRef<'_>) -> usize {
        let mut mass = 0;
        for child in node.children_it(false) {
            if child.is_text() {
                let text = child.text();
                if text.contains(['，', '。', '！', '？', '；', '、', ',']) {
                    mass += text.chars().filter(|c| !c.is_whitespace()).count();
                }
            } else if child.is_element() && !is_silent(&child) && !child.has_name("a") {
                mass += self.weigh(&child);
            }
        }
        if mass > 0 {
            self.of.insert(node.id, mass);
        }
        mass
    }

    /// Takes the mass of what stands around the article away; returns what went.
    fn take_away(&mut self, node: &NodeRef<'_>) -> usize {
        let mut gone = 0;
        for child in node.children_it(false).filter(|child| child.is_element()) {
            let mass = self.get(&child);
            if mass == 0 {
                continue;
            }
            if is_around(&child) && mass * 2 < self.total {
                self.of.remove(&child.id);
                gone += mass;
            } else {
                gone += self.take_away(&child);
            }
        }
        if gone > 0
            && let Some(mass) = self.of.get_mut(&node.id)
        {
            *mass -= gone;
        }
        gone
    }

    /// Returns true if an element is passed over: it stands around the article.
    fn is_passed(&self, node: &NodeRef<'_>) -> bool {
        is_silent(node) || (is_around(node) && self.get(node) * 2 < self.total)
    }

    /// The element that holds the main text below `root`.
    pub fn main<'a>(&self, root: &NodeRef<'a>) -> NodeRef<'a> {
        let mut node = *root;
        loop {
            let children = node.children_it(false).filter(|child| child.is_element());
            let heaviest = children.max_by_key(|child| self.get(child));
            match heaviest {
                Some(child) if self.get(&child) * 4 >= self.get(&node) * 3 => node = child,
                _ => break,
            }
            if self.get(&node) == 0 {
                break;
            }
        }
        // A paragraph is no article: its neighbours belong to it.
        while !is_container(&node)
            && let Some(parent) = node.parent()
            && parent.is_element()
        {
            node = parent;
        }
        node
    }

    /// The lines below a node.
    pub fn blocks(&self, node: &NodeRef<'_>, borders: Borders) -> Vec<TextBlock> {
        let mut writer = BlockWriter { blocks: vec![TextBlock::default()], borders, space: false };
        writer.node(node, self, false);
        let mut blocks = writer.blocks;
        blocks.iter_mut().for_each(|block| {
            let length = block.text.trim_end().len();
            block.text.truncate(length);
        });
        blocks.retain(|block| !block.text.is_empty());
        blocks
    }
}

/// Returns true for elements that hold paragraphs.
fn is_container(node: &NodeRef<'_>) -> bool {
    let name = node.node_name();
    let name = name.as_deref().unwrap_or_default();
    matches!(name, "div" | "article" | "main" | "body" | "td" | "center" | "html" | "li")
        || name == "section" && node.children_it(false).filter(NodeRef::is_element).count() > 1
}

/// Writes elements as lines.
struct BlockWriter {
    blocks: Vec<TextBlock>,
    borders: Borders,
    /// White space was read that the next text needs before it.
    space: bool,
}

impl BlockWriter {
    fn node(&mut self, node: &NodeRef<'_>, masses: &Masses, linked: bool) {
        for child in node.children_it(false) {
            if child.is_text() {
                self.text(&child.text(), linked);
                continue;
            }
            if !child.is_element() || masses.is_passed(&child) {
                continue;
            }
            let name = child.node_name();
            let name = name.as_deref().unwrap_or_default();
            let is_block = BLOCKS.contains(&name);
            if is_block {
                self.line();
            } else if self.borders == Borders::Spaced || matches!(name, "td" | "th") {
                self.space = true;
            }
            self.node(&child, masses, linked || name == "a");
            if is_block {
                self.line();
            } else if self.borders == Borders::Spaced || matches!(name, "td" | "th") {
                self.space = true;
            }
        }
    }

    fn line(&mut self) {
        self.space = false;
        if self.blocks.last().is_some_and(|block| !block.text.is_empty()) {
            self.blocks.push(TextBlock::default());
        }
    }

    fn text(&mut self, text: &str, linked: bool) {
        let Some(block) = self.blocks.last_mut() else { return };
        for c in text.chars() {
            if c.is_whitespace() {
                // A wide space is the editor's, between names or before a paragraph.
                if c == '\u{3000}' && !block.text.is_empty() {
                    block.text.push(c);
                }
                self.space |= c != '\u{3000}';
                continue;
            }
            if std::mem::take(&mut self.space)
                && !block.text.is_empty()
                && (self.borders == Borders::Spaced || needs_space(&block.text, c))
            {
                block.text.push(' ');
            }
            block.text.push(c);
            block.linked += usize::from(linked);
        }
    }
}

/// Returns true if white space between two characters is more than the line feed of an editor.
fn needs_space(before: &str, after: char) -> bool {
    let wide = |c: char| crate::text::is_han(c) || "，。！？；：“”‘’、（）《》".contains(c);
    !before.chars().next_back().is_some_and(wide) || !wide(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn main(html: &str) -> Vec<String> {
        let document = dom_query::Document::from(html);
        let root = document.root();
        let masses = Masses::of(&root);
        let blocks = masses.blocks(&masses.main(&root), Borders::Joined);
        blocks.into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn the_list_of_words_is_sorted() {
        assert!(AROUND.is_sorted());
        assert_eq!(
            words("relatedNews hot-list").collect::<Vec<_>>(),
            ["related", "news", "hot", "list"]
        );
    }

    #[test]
    fn the_main_text_is_where_the_sentences_are() {
        let text = main(
            "<body><div class=menu><a>首页</a></div><div><h1>水厂</h1><div class=c><p>水厂开工，\
             <span>明年</span>完工。</p><p>居民说，好。</p></div>\
             <div class=comments><p>好，太好了，终于开工了！</p></div></div></body>",
        );
        assert_eq!(text, ["水厂开工，明年完工。", "居民说，好。"]);
    }

    #[test]
    fn a_name_that_misleads_does_not_lose_the_article() {
        let text =
            main("<body class='tag hot'><div id=share><p>水厂开工，明年完工。</p></div></body>");
        assert_eq!(text, ["水厂开工，明年完工。"]);
    }

    #[test]
    fn readings_over_characters_go_and_the_characters_stay() {
        let text = main("<p>他叫<ruby>王<rp>(</rp><rt>wáng</rt><rp>)</rp></ruby>伟，是局长。</p>");
        assert_eq!(text, ["他叫王伟，是局长。"]);
    }
}
