//! The cost of building a tree from a page, estimated in one pass over its bytes.
//!
//! A tree's algorithms are quadratic in four numbers: elements, their depth, the attributes of one
//! tag (each is compared with those before it) and the character references of the text (writing a
//! text node back looks for the next character to escape over and over). Pages that have too much
//! of one are read without a tree.

/// Most elements open at once.
const MAX_DEPTH: usize = 400;
/// Most attributes of one tag. Tags of news pages have fewer than 30.
const MAX_ATTRIBUTES: usize = 250;
/// Most elements: finding the main text is quadratic in the rows of a table. News pages have a few
/// thousand.
const MAX_ELEMENTS: usize = 20_000;
/// Most ampersands and no-break spaces outside of tags. Pages laid out with `&nbsp;` have hundreds.
const MAX_REFERENCES: usize = 5_000;

/// Elements that need no end tag, and so say nothing about depth.
const WITHOUT_END: [&[u8]; 13] = [
    b"br", b"img", b"meta", b"link", b"input", b"hr", b"p", b"li", b"source", b"wbr", b"td", b"tr",
    b"option",
];
/// Elements whose content holds no tags (HTML standard, 13.2.5: RCDATA, raw text, script data).
const RAW: [&[u8]; 8] =
    [b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"];

/// Returns true if a tree can be built from the page in time about linear in its length.
pub fn is_bounded(html: &str) -> bool {
    let bytes = html.as_bytes();
    let (mut open, mut elements, mut references, mut at) = (0usize, 0usize, 0usize, 0usize);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'&' => references += 1,
            // U+00A0 in UTF-8.
            0xc2 if bytes.get(at + 1) == Some(&0xa0) => references += 1,
            b'<' => {
                let tag = Tag::read(&bytes[at + 1..]);
                if tag.attributes > MAX_ATTRIBUTES {
                    return false;
                }
                match tag.kind {
                    TagKind::Open => open += 1,
                    TagKind::Closed => {}
                    TagKind::Close => open = open.saturating_sub(1),
                    TagKind::Neutral => {}
                }
                elements += usize::from(!matches!(tag.kind, TagKind::Close | TagKind::Neutral));
                references += tag.references;
                at += tag.length;
            }
            _ => {}
        }
        if open > MAX_DEPTH || elements > MAX_ELEMENTS || references > MAX_REFERENCES {
            return false;
        }
        at += 1;
    }
    true
}

enum TagKind {
    Open,
    Close,
    /// An element without end tag.
    Closed,
    /// A comment, or no tag.
    Neutral,
}

/// A tag, as it stands after a `<`.
struct Tag {
    kind: TagKind,
    attributes: usize,
    /// Ampersands in the content of an element without tags in it.
    references: usize,
    /// Bytes after the `<` that belong to it, with the content of an element without tags in it.
    length: usize,
}

impl Tag {
    fn read(rest: &[u8]) -> Tag {
        let neutral = |length| Tag { kind: TagKind::Neutral, attributes: 0, references: 0, length };
        if rest.starts_with(b"!--") {
            // `<!-->` and `<!--->` are whole comments.
            return neutral(find(&rest[1..], b"-->").map_or(rest.len(), |end| end + 4));
        }
        if rest.first().is_some_and(|c| matches!(c, b'!' | b'?')) {
            return neutral(memchr::memchr(b'>', rest).map_or(rest.len(), |end| end + 1));
        }
        let closes = rest.first() == Some(&b'/');
        let name_start = usize::from(closes);
        if !rest.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
            return neutral(0);
        }
        let name_end = rest[name_start..]
            .iter()
            .position(|&c| c.is_ascii_whitespace() || matches!(c, b'/' | b'>'))
            .map_or(rest.len(), |length| name_start + length);
        let name = &rest[name_start..name_end];
        let is = |names: &[&[u8]]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        let (attributes, end) = attributes(rest, name_end);
        let length = if !closes && is(&RAW) { raw_end(rest, end, name) } else { end };
        // Scripts and styles are removed before anything is written back.
        let written = !is(&[b"script", b"style"]);
        let references =
            if written { memchr::memchr_iter(b'&', &rest[end..length]).count() } else { 0 };
        let kind = match closes {
            true => TagKind::Close,
            false if is(&WITHOUT_END) => TagKind::Closed,
            false => TagKind::Open,
        };
        Tag { kind, attributes, references, length }
    }
}

/// The number of attributes of a tag whose name ends at `at`, and the place behind its `>`.
fn attributes(tag: &[u8], mut at: usize) -> (usize, usize) {
    let mut count = 0;
    let blank = |c: &u8| c.is_ascii_whitespace();
    loop {
        while tag.get(at).is_some_and(|c| blank(c) || *c == b'/') {
            at += 1;
        }
        match tag.get(at) {
            None => return (count, at),
            Some(b'>') => return (count, at + 1),
            Some(_) => count += 1,
        }
        // An `=` at the beginning of a name belongs to it.
        at += 1;
        while tag.get(at).is_some_and(|c| !blank(c) && !matches!(c, b'/' | b'>' | b'=')) {
            at += 1;
        }
        let mut value = at;
        while tag.get(value).is_some_and(blank) {
            value += 1;
        }
        if tag.get(value) != Some(&b'=') {
            continue;
        }
        at = value + 1;
        while tag.get(at).is_some_and(blank) {
            at += 1;
        }
        match tag.get(at) {
            Some(&quote @ (b'"' | b'\'')) => {
                let end = memchr::memchr(quote, &tag[at + 1..]);
                at = end.map_or(tag.len(), |end| at + 1 + end + 1);
            }
            _ => {
                while tag.get(at).is_some_and(|c| !blank(c) && *c != b'>') {
                    at += 1;
                }
            }
        }
    }
}

/// The start of the end tag of an element without tags in it, whose start tag ends at `from`.
fn raw_end(rest: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(found) = find(&rest[at..], b"</") {
        at += found;
        if rest.get(at + 2..at + 2 + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name)) {
            return at;
        }
        at += 2;
    }
    rest.len()
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_is_bounded() {
        let page = "<!DOCTYPE html><html><head><title>a<b</title><script>if (a<b) x()</script>\
            <!-- <p a b> --></head><body><p class=\"x>y\">市长&nbsp;说</p></body></html>";
        assert!(is_bounded(&page.repeat(100)));
    }

    #[test]
    fn depth_attributes_and_references_are_counted_as_a_parser_reads_them() {
        assert!(!is_bounded(&"<div>".repeat(500)));
        assert!(is_bounded(&"<div></div>".repeat(500)));
        assert!(!is_bounded(&"<tr><td>".repeat(12_000)));
        for attribute in [" a", "/a", " a=1", " a='>'", " a = \">\""] {
            let page = format!("<p{}>正文</p>", attribute.repeat(300));
            assert!(!is_bounded(&page), "{attribute}");
            assert!(is_bounded(&format!("<p{attribute}>正文</p>").repeat(300)), "{attribute}");
        }
        // A name may begin with `=` (HTML Standard, before attribute name state). The quote of the
        // next `="a` then opens its value, so that two of them are one attribute.
        assert!(!is_bounded(&format!("<p{}>正文</p>", " =\"a".repeat(900))));
        assert!(is_bounded(&"<p =\"a>正文</p>".repeat(300)));
        assert!(is_bounded(&format!("<p title=\"{}\">", "a b/c ".repeat(1000))));
        assert!(!is_bounded(&"&amp;".repeat(6000)));
        assert!(!is_bounded(&format!("<textarea>{}", "&".repeat(6000))));
        assert!(!is_bounded(&format!("<!-- <p a=\" --><p{}>", " b".repeat(300))));
        assert!(!is_bounded(&format!("<script>'<p a=\"'</script><p{}>", " b".repeat(300))));
    }
}
