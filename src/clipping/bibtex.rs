//! Clippings as BibTeX, with the fields that biblatex and its style for GB/T 7714 know.

use super::Clipping;
use crate::text::harmless;

/// One entry for each clipping, by the key of its article.
pub fn bibtex(clippings: &[Clipping]) -> String {
    let mut text = String::new();
    for (i, clipping) in clippings.iter().enumerate() {
        let head = &clipping.article;
        let known = clippings[..i].iter().filter(|other| other.key == clipping.key).count();
        let again = if known > 0 { format!("-{}", known + 1) } else { String::new() };
        text.push_str(&format!("@article{{jianbao-{}{again},\n", clipping.key));
        let mut field = |name: &str, value: &str| {
            let value = value.trim();
            // An address is read as it stands.
            let value = if name == "url" { address(value) } else { escaped(value) };
            if !value.is_empty() {
                text.push_str(&format!("  {name} = {{{value}}},\n"));
            }
        };
        let braced: Vec<String> =
            head.authors.iter().map(|name| name.replace(" and ", " ")).collect();
        field("author", &braced.join(" and "));
        field("title", &clipping.title());
        field("journal", head.source.as_deref().unwrap_or_default());
        field("entrysubtype", "newspaper");
        let mut parts = head.date.as_deref().unwrap_or_default().get(..10).map_or_else(
            || head.date.as_deref().unwrap_or_default().split('-'),
            |day| day.split('-'),
        );
        field("year", parts.next().unwrap_or_default());
        field("month", parts.next().unwrap_or_default().trim_start_matches('0'));
        field("day", parts.next().unwrap_or_default().trim_start_matches('0'));
        if let Some(url) = &head.url {
            field("url", url);
            field("urldate", &clipping.clipped.to_string());
        }
        field("abstract", &clipping.text);
        field("note", &clipping.printings().join("；"));
        field("langid", "chinese");
        field("annotation", &format!("剪报 {}", clipping.place()));
        text.push_str("}\n\n");
    }
    text
}

/// An address without what would end its field.
fn address(url: &str) -> String {
    harmless(url).replace('{', "%7B").replace('}', "%7D").replace(char::is_whitespace, "")
}

/// Text of a field: braces would have to match, and `%`, `&` and the like mean something to TeX.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '{' | '}' => shown.push(if c == '{' { '｛' } else { '｝' }),
            '\\' => shown.push('＼'),
            '%' | '&' | '#' | '$' | '_' => {
                shown.push('\\');
                shown.push(c);
            }
            '\n' | '\t' => shown.push(' '),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::tests::clipping;
    use biblatex::{Bibliography, ChunksExt};

    #[test]
    fn a_parser_of_bibtex_reads_back_what_was_written() {
        let mut second = clipping();
        second.article.title = Some("百分之50%{甲".to_owned());
        let text = bibtex(&[clipping(), second]);
        let found = Bibliography::parse(&text).unwrap();
        assert_eq!(found.len(), 2, "{text}");
        let entry = found.get("jianbao-abcdefghijklm").unwrap();
        assert_eq!(entry.title().unwrap().format_verbatim(), "堤坝“合龙”");
        assert_eq!(entry.author().unwrap().len(), 2);
        assert_eq!(entry.url().unwrap(), "https://example.org/a?b=1&c=2");
        let second = found.get("jianbao-abcdefghijklm-2").unwrap();
        assert_eq!(second.title().unwrap().format_verbatim(), "百分之50%｛甲");
    }
}
