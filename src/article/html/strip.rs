//! HTML as text in one pass: fragments in fields, and pages that are too large for a tree.

use std::borrow::Cow;

/// Returns true if a text that should be plain holds HTML.
pub fn is_html(text: &str) -> bool {
    const TAGS: [&str; 13] = [
        "p", "br", "div", "span", "strong", "section", "img", "a ", "em", "b>", "i>", "font",
        "mark",
    ];
    let mut rest = text;
    for _ in 0..20 {
        let Some(at) = rest.find('<') else { return false };
        rest = &rest[at + 1..];
        let inner = rest.strip_prefix('/').unwrap_or(rest);
        let named = |tag: &str| {
            inner.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
                && (tag.ends_with([' ', '>']) || inner[tag.len()..].starts_with(['>', ' ', '/']))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_references_are_resolved() {
        let html =
            "<p>水退了，&ldquo;堤没有动&rdquo;。</p><script>x<y</script><br>3 &lt; 5 &#25105;";
        assert_eq!(strip(html).trim(), "水退了，“堤没有动”。\n\n3 < 5 我");
        assert!(is_html(html) && !is_html("若 a<b 且 b<c"));
    }
}
