//! A page: its main text, its headline, the lines under the headline and what its data states.
//!
//! blocks.rs finds the main text, headline.rs the headline, data.rs reads what the page states for
//! machines, strip.rs strips tags in one pass. Where no main text is found, dom_smoothie (a port
//! of Mozilla's Readability) is asked. Pages that are too large or too costly for a document tree
//! (tree_cost.rs) are stripped of their tags, and so are HTML fragments in fields.

mod blocks;
mod data;
mod headline;
mod strip;
mod tree_cost;

pub use data::is_nobody;
pub use headline::without_site;
pub use strip::{is_html, strip, unescaped};

use blocks::{Borders, Masses, TextBlock};

/// The content of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageContent {
    /// The headline.
    pub title: Option<String>,
    /// The lines about the headline, parts set apart by spaces: date, outlet, author and the like.
    pub info: Vec<String>,
    /// The main text, one paragraph a line.
    pub text: String,
    /// The dates that the page states, likeliest first.
    pub dates: Vec<String>,
    /// The outlet that the page states.
    pub source: Option<String>,
    /// The site, which may have the article from elsewhere.
    pub site: Option<String>,
    /// The authors, as written.
    pub author: Option<String>,
    /// Section and keywords.
    pub tags: Vec<String>,
    /// The page's own address.
    pub url: Option<String>,
    /// How the text was found.
    pub extent: Extent,
}

/// How much of a page the text is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Extent {
    /// The main text.
    #[default]
    Main,
    /// All text of the page.
    Whole,
}

/// Pages larger than this many bytes are not built into a tree, which takes some ten times their
/// size.
const LARGEST: usize = 8 << 20;

/// How many lines about the headline are looked at.
const INFO_LINES: usize = 14;

/// A main text has at least so many characters.
const SHORTEST: usize = 12;

/// Reads a page.
pub fn page(html: &str) -> PageContent {
    if html.len() > LARGEST || !tree_cost::is_bounded(html) {
        return PageContent {
            title: between(html, "<title", "</title").map(|title| strip(title).trim().to_owned()),
            text: strip(html),
            extent: Extent::Whole,
            ..PageContent::default()
        };
    }
    let document = dom_query::Document::from(html);
    let stated = data::stated(&document);
    let body = document.select("body").first();
    let root = body.nodes().first().copied().unwrap_or_else(|| document.root());
    let masses = Masses::of(&root);
    let main = masses.blocks(&masses.main(&root), Borders::Joined);
    let all = masses.blocks(&root, Borders::Spaced);
    let title = title(&document, &stated, &all);
    let info = info(&main, &all, title.as_deref());
    let mut page = PageContent {
        title,
        info,
        dates: stated.dates,
        source: stated.source,
        site: stated.site,
        author: stated.author,
        tags: stated.tags,
        url: stated.url,
        ..PageContent::default()
    };
    let text = joined(&main);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let stated_text = stated.text.map(|text| if is_html(&text) { strip(&text) } else { text });
    if let Some(stated) = stated_text.filter(|stated| letters(stated) > letters(&text) * 3 / 2) {
        page.text = stated;
    } else if letters(&text) >= SHORTEST {
        page.text = text;
    } else if let Some((title, text)) = readability(document) {
        page.text = text;
        page.title = page.title.or(title);
    } else {
        page.text = strip(html);
        page.extent = Extent::Whole;
    }
    page
}

/// The lines of the main text; lines that are links and nothing else are left out.
fn joined(blocks: &[TextBlock]) -> String {
    let is_link = |block: &TextBlock| {
        let count = block.text.chars().filter(|c| !c.is_whitespace()).count();
        let sentence = block.text.contains(['。', '！', '？']);
        block.linked * 10 >= count * 8 && count < 60 && !sentence
    };
    let lines: Vec<&str> =
        blocks.iter().filter(|block| !is_link(block)).map(|block| block.text.as_str()).collect();
    lines.join("\n")
}

/// The headline of a page.
fn title(
    document: &dom_query::Document,
    stated: &data::Stated,
    blocks: &[TextBlock],
) -> Option<String> {
    let text_of = |selector: &str| -> Vec<String> {
        let found = document.select(selector);
        let texts = found
            .iter()
            .take(12)
            .map(|found| found.text().split_whitespace().collect::<Vec<_>>().join(" "));
        texts.filter(|text| !text.is_empty()).collect()
    };
    let headings: Vec<String> =
        ["h1", "h2", "h3", "[class*='title']"].into_iter().flat_map(text_of).collect();
    let lines: Vec<String> = blocks.iter().take(200).map(|block| block.text.clone()).collect();
    let of_document = document.select("title").first().text();
    let first_line = of_document.trim().lines().next().unwrap_or_default();
    headline::choose(&headline::Titles {
        document: Some(first_line),
        meta: stated.title.as_deref(),
        headings: &headings,
        lines: &lines,
    })
}

/// The lines from a little above the headline to the first sentence of the main text; without a
/// headline, those before that sentence.
fn info(main: &[TextBlock], all: &[TextBlock], title: Option<&str>) -> Vec<String> {
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let is_sentence = |block: &&TextBlock| {
        block.text.contains(['。', '！', '？', '，']) && block.text.chars().count() >= 15
    };
    let title = title.map(bare);
    let is_title =
        |block: &TextBlock| title.as_ref().is_some_and(|title| bare(&block.text) == *title);
    let first = main.iter().find(|block| is_sentence(block) && !is_title(block));
    let first = first.map(|block| bare(&block.text));
    let end = first.and_then(|first| all.iter().position(|block| bare(&block.text) == first));
    let end = end.unwrap_or(all.len().min(INFO_LINES));
    let headline = all[..end].iter().rposition(is_title);
    let from = headline.map_or(end.saturating_sub(INFO_LINES), |at| at.saturating_sub(3));
    let lines = all[from.max(end.saturating_sub(2 * INFO_LINES))..end].iter();
    let lines = lines.filter(|block| !is_title(block) && block.text.chars().count() <= 200);
    lines.map(|block| block.text.clone()).collect()
}

/// Title and main text as Readability finds them.
fn readability(document: dom_query::Document) -> Option<(Option<String>, String)> {
    document.select("[style*='visibility']").remove_attr("style");
    document.select("script, style, noscript, template, iframe, nav, footer, aside, form").remove();
    let config = dom_smoothie::Config {
        text_mode: dom_smoothie::TextMode::Formatted,
        char_threshold: 80,
        max_elements_to_parse: 200_000,
        ..dom_smoothie::Config::default()
    };
    let mut readability =
        dom_smoothie::Readability::with_document(document, None, Some(config)).ok()?;
    let article = readability.parse().ok()?;
    let text = article.text_content.to_string();
    let title = article.title.trim().to_owned();
    (!text.trim().is_empty()).then(|| ((!title.is_empty()).then_some(title), text))
}

fn between<'a>(html: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let from = html.find(start)?;
    let from = from + html[from..].find('>')? + 1;
    let to = html[from..].find(end)?;
    Some(&html[from..from + to])
}
