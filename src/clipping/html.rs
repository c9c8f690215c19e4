//! Clippings as a page of HTML that loads nothing from elsewhere.

use super::{Clipping, citation};
use crate::text::harmless;
use std::fmt::Write as _;

/// The style of a page.
const STYLE: &str = "body{max-width:42em;margin:2em auto;padding:0 \
    1em;font-family:serif;line-height:1.7}\
blockquote{margin:1em 0;padding-left:1em;border-left:3px solid #999}\
ul,ol{font-size:.9em;color:#444}\
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}ul,ol{color:#bbb}}";

/// A page of clippings, each with its statements and provenance, the references at its end.
pub fn html(clippings: &[Clipping]) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"zh\">\n<meta charset=\"utf-8\">\n<title>剪报</title>\n\
         <style>{STYLE}</style>\n<h1>剪报</h1>\n"
    );
    for (i, clipping) in clippings.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(page, "<article id=\"{}\">", escaped(&clipping.key));
        let _ = writeln!(page, "<h2>{}. {}</h2>", i + 1, escaped(&clipping.title()));
        page.push_str("<blockquote>\n");
        for line in clipping.text.lines().filter(|line| !line.trim().is_empty()) {
            let _ = writeln!(page, "<p>{}</p>", escaped(line.trim()));
        }
        page.push_str("</blockquote>\n<ul>\n");
        for statement in &clipping.statements {
            let (who, words) = (escaped(&statement.attribution()), statement.words.trim());
            let _ = writeln!(page, "<li>{who}：<q>{}</q></li>", escaped(words));
        }
        for fact in clipping.printings() {
            let _ = writeln!(page, "<li>{}</li>", escaped(&fact));
        }
        let place = escaped(&clipping.place());
        let _ = writeln!(page, "<li>出处：<code>{place}</code>（{}）</li>", escaped(&clipping.key));
        page.push_str("</ul>\n</article>\n");
    }
    page.push_str("<h2>参考文献</h2>\n<ol>\n");
    for clipping in clippings {
        let _ = writeln!(page, "<li>{}</li>", linked(clipping));
    }
    page.push_str("</ol>\n</html>\n");
    page
}

/// A reference whose address is a link, if it is one of the web.
fn linked(clipping: &Clipping) -> String {
    let text = escaped(&citation(clipping));
    let web = |url: &&str| url.starts_with("http://") || url.starts_with("https://");
    match clipping.article.url.as_deref().filter(web).map(escaped) {
        Some(url) => text.replace(&url, &format!("<a href=\"{url}\">{url}</a>")),
        None => text,
    }
}

/// Text as HTML shows it, also within quotation marks.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::tests::clipping;

    #[test]
    fn what_an_article_contains_is_text_and_only_addresses_of_the_web_are_links() {
        let mut clipping = clipping();
        clipping.article.title = Some("<script>甲</script>".to_owned());
        let page = html(std::slice::from_ref(&clipping));
        assert!(page.contains("<h2>1. &lt;script&gt;甲&lt;/script&gt;</h2>"), "{page}");
        assert!(page.contains("<a href=\"https://example.org/a?b=1&amp;c=2\">"), "{page}");
        clipping.article.url = Some("javascript:alert(1)".to_owned());
        assert!(!html(&[clipping]).contains("<a "));
    }
}
