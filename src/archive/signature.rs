//! The form of a file told by how its content begins, where its name says nothing.

use super::decode;
use super::form::{Form, Packing};

const PACKED: [(&[u8], Packing); 4] = [
    (b"\x1f\x8b", Packing::Gzip),
    (b"\x28\xb5\x2f\xfd", Packing::Zstd),
    (b"BZh", Packing::Bzip2),
    (b"\xfd7zXZ\0", Packing::Xz),
];

/// The packing of a file that begins with `prefix`.
pub fn packing(prefix: &[u8]) -> Packing {
    let known = PACKED.iter().find(|(signature, _)| prefix.starts_with(signature));
    known.map_or(Packing::None, |(_, packing)| *packing)
}

/// The form of unpacked content that begins with `prefix`; `None` where it is not known or is no
/// text with Chinese characters.
pub fn form(prefix: &[u8]) -> Option<Form> {
    const BINARY: [(&[u8], Form); 3] =
        [(b"PK\x03\x04", Form::Zip), (b"%PDF-", Form::Pdf), (b"WARC/1.", Form::Warc)];
    if let Some((_, form)) = BINARY.iter().find(|(signature, _)| prefix.starts_with(signature)) {
        return Some(*form);
    }
    if prefix.get(257..262) == Some(b"ustar") {
        return Some(Form::Tar);
    }
    let whole = prefix.len() - prefix.len().min(3);
    // A character may be cut off at the end.
    let decoded = (0..4).find_map(|cut| {
        decode::text(&prefix[..prefix.len().checked_sub(cut)?.max(whole)], None).ok()
    })?;
    let text = decoded.text.trim_start();
    if is_page(text) {
        return Some(Form::Html);
    }
    if text.starts_with("<?xml") || text.starts_with("<rss") || text.starts_with("<feed") {
        return Some(Form::Feed);
    }
    if text.starts_with('{') && text.contains('"') {
        let lines = text.lines().take(2).filter(|line| line.trim_end().starts_with('{')).count();
        return Some(if lines == 2 { Form::JsonLines } else { Form::Json });
    }
    if text.starts_with('[') && text[1..].trim_start().starts_with('{') {
        return Some(Form::Json);
    }
    text.chars().any(crate::text::is_han).then_some(Form::Text)
}

/// Returns true if a text is a page of HTML from its first line on.
pub fn is_page(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let start = match start.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")) {
        Some((comment, rest)) if comment.len() < 2_000 => rest.trim_start(),
        _ => start,
    };
    let begins =
        |tag: &str| start.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag));
    begins("<!doctype html")
        || ["<html", "<head", "<body"]
            .iter()
            .any(|tag| begins(tag) && start[tag.len()..].starts_with(['>', ' ', '\n', '\r', '\t']))
        || (begins("<?xml") && start.get(..600).unwrap_or(start).contains("<html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_where_a_name_is_silent() {
        assert_eq!(form("<!DOCTYPE html><p>水退了。".as_bytes()), Some(Form::Html));
        assert_eq!(form(b"{\"title\":\"a\"}\n{\"title\":\"b\"}\n"), Some(Form::JsonLines));
        assert_eq!(form(b"[ {\"title\":\"a\"}]"), Some(Form::Json));
        assert_eq!(form("水退了。".as_bytes()), Some(Form::Text));
        assert_eq!(form(&"水退了。".as_bytes()[..11]), Some(Form::Text));
        assert_eq!(form(b"all: build"), None);
        assert_eq!(form(b"\x7fELF\0\0"), None);
        assert_eq!(packing(b"\x1f\x8b\x08"), Packing::Gzip);
    }

    #[test]
    fn a_page_may_begin_with_a_comment_or_a_declaration() {
        assert!(is_page("<!-- saved from url --><HTML lang=zh><body>"));
        assert!(is_page("<?xml version='1.0'?><html xmlns='x'>"));
        assert!(!is_page("<htmlx>") && !is_page("水退了。<html>"));
    }
}
