//! A page: its main text, its title and what its meta tags say.
//!
//! Main-text extraction is dom_smoothie's (a port of Mozilla's Readability). Pages that are too large
//! or too costly for a document tree (tree_cost.rs) are stripped of their tags in one pass instead,
//! and so are HTML fragments in fields.

mod tree_cost;

use std::borrow::Cow;

/// The content of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageContent {
    /// The headline.
    pub title: Option<String>,
    /// The main text, one paragraph a line.
    pub text: String,
    /// The dates of meta tags and `<time>`, likeliest first.
    pub dates: Vec<String>,
    /// The outlet.
    pub source: Option<String>,
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
    let mut page = meta(&document);
    document
        .select("script, style, noscript, template, iframe, nav, header nav, footer, aside, form")
        .remove();
    let main = main_text(document);
    match main {
        Some((title, text)) => {
            page.text = text;
            page.title = page.title.or(title);
        }
        None => {
            page.text = strip(html);
            page.extent = Extent::Whole;
        }
    }
    page
}

/// The values of the meta tags, the title and `<time>`.
fn meta(document: &dom_query::Document) -> PageContent {
    let content = |names: &[&str]| -> Option<String> {
        names.iter().find_map(|name| {
            let selection = document.select(&format!(
                "meta[property='{name}'], meta[name='{name}'], meta[itemprop='{name}']"
            ));
            let text = selection.attr("content")?.trim().to_owned();
            (!text.is_empty()).then_some(text)
        })
    };
    const DATES: &[&str] = &[
        "article:published_time",
        "og:published_time",
        "og:release_date",
        "pubdate",
        "PubDate",
        "publishdate",
        "publish_date",
        "datePublished",
        "weibo: article:create_at",
        "weibo:article:create_at",
        "apub:time",
        "date",
    ];
    let mut dates: Vec<String> = DATES.iter().filter_map(|name| content(&[name])).collect();
    dates.extend(document.select("time[datetime]").attr("datetime").map(|text| text.to_string()));
    let heading = || first_text(document, "h1");
    let title = content(&["og:title", "ArticleTitle", "twitter:title"])
        .or_else(heading)
        .or_else(|| first_text(document, "title").map(|title| without_site(&title).to_owned()));
    let tags = content(&["article:section", "ColumnName"]).into_iter();
    let keywords = content(&["article:tag", "keywords"]).unwrap_or_default();
    let keywords = keywords
        .split([',', '，', ' ', ';', '；', '、'])
        .filter(|word| !word.is_empty())
        .map(str::to_owned);
    let link = document.select("link[rel='canonical']").attr("href").map(|href| href.to_string());
    PageContent {
        title,
        dates,
        source: content(&[
            "source",
            "ContentSource",
            "mediaid",
            "og:site_name",
            "article:publisher",
        ]),
        author: content(&["author", "Author", "article:author", "og:article:author"]),
        tags: tags.chain(keywords).take(12).collect(),
        url: content(&["og:url"]).or(link),
        ..PageContent::default()
    }
}

fn first_text(document: &dom_query::Document, selector: &str) -> Option<String> {
    let text = document.select(selector).first().text().trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// A page's title without the site's name behind it: `标题_新闻网`, `标题 - 新闻网`.
fn without_site(title: &str) -> &str {
    let title = title.lines().next().unwrap_or(title).trim();
    let cut =
        title.find(['_', '|', '｜']).or_else(|| title.find(" - ")).or_else(|| title.find("--"));
    match cut {
        Some(at) if title[..at].chars().count() >= 4 => title[..at].trim(),
        _ => title,
    }
}

/// Title and main text, where the page has one.
fn main_text(document: dom_query::Document) -> Option<(Option<String>, String)> {
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

/// Returns true if a text that should be plain holds HTML.
pub fn is_html(text: &str) -> bool {
    const TAGS: [&str; 8] = ["p", "br", "div", "span", "strong", "section", "img", "a "];
    let mut rest = text;
    for _ in 0..20 {
        let Some(at) = rest.find('<') else { return false };
        rest = &rest[at + 1..];
        let inner = rest.strip_prefix('/').unwrap_or(rest);
        let named = |tag: &str| {
            inner.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
                && (tag.ends_with(' ') || inner[tag.len()..].starts_with(['>', ' ', '/']))
        };
        if TAGS.iter().any(|tag| named(tag)) {
            return true;
        }
    }
    false
}

/// The text of HTML in one pass: tags go, ends of blocks become line feeds, scripts and comments
/// go, entities are resolved.
pub fn strip(html: &str) -> String {
    const BLOCKS: [&str; 18] = [
        "p",
        "br",
        "div",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "section",
        "article",
        "blockquote",
        "title",
        "hr",
    ];
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        push_unescaped(&rest[..at], &mut text);
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
            continue;
        }
        let name: String = rest[1..]
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(12)
            .collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() && !rest.starts_with("<!") && !rest.starts_with("<?") {
            text.push('<');
            rest = &rest[1..];
            continue;
        }
        if matches!(name.as_str(), "script" | "style") && !rest.starts_with("</") {
            rest = after_end_tag(rest, &name);
            continue;
        }
        if BLOCKS.contains(&name.as_str()) {
            text.push('\n');
        }
        rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
    }
    push_unescaped(rest, &mut text);
    text
}

fn after_end_tag<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = 1;
    while let Some(at) = rest[from..].find("</") {
        let end = from + at + 2;
        if rest.get(end..end + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return rest[end..].find('>').map_or("", |close| &rest[end + close + 1..]);
        }
        from = end;
    }
    ""
}

fn between<'a>(html: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let from = html.find(start)?;
    let from = from + html[from..].find('>')? + 1;
    let to = html[from..].find(end)?;
    Some(&html[from..from + to])
}

fn push_unescaped(part: &str, text: &mut String) {
    if part.contains('&') { text.push_str(&unescaped(part)) } else { text.push_str(part) }
}

/// Text with its character references resolved: the named ones that news uses, and numbers.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    const NAMED: [(&str, &str); 16] = [
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("nbsp", " "),
        ("ensp", " "),
        ("emsp", "　"),
        ("ldquo", "“"),
        ("rdquo", "”"),
        ("lsquo", "‘"),
        ("rsquo", "’"),
        ("mdash", "—"),
        ("hellip", "…"),
        ("middot", "·"),
        ("bull", "•"),
    ];
    /// Bytes of the longest reference that is resolved, without `&` and `;`.
    const LONGEST_REFERENCE: usize = 10;
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let near = rest.as_bytes()[1..].iter().take(LONGEST_REFERENCE + 1);
        let name = { near }.position(|&c| c == b';').map(|end| &rest[1..1 + end]);
        let replacement = name.and_then(|name| match name.strip_prefix('#') {
            Some(number) => {
                let hex = number.strip_prefix(['x', 'X']);
                let code = hex
                    .map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
                char::from_u32(code).filter(|&c| c != '\0').map(String::from)
            }
            None => {
                NAMED.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
            }
        });
        match (name, replacement) {
            (Some(name), Some(replacement)) => {
                out.push_str(&replacement);
                rest = &rest[name.len() + 2..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}
