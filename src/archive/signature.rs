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

/// The form of a text that begins like a file of JSON records: an object on its first line, an
/// object spread over lines, or an array of objects.
pub fn of_records(prefix: &[u8]) -> Option<Form> {
    let prefix = prefix.strip_prefix(b"\xef\xbb\xbf").unwrap_or(prefix).trim_ascii_start();
    let opens = |bytes: &[u8]| {
        let inner = bytes.strip_prefix(b"{").unwrap_or_default().trim_ascii_start();
        inner.starts_with(b"\"")
            && inner
                .windows(2)
                .take(200)
                .any(|pair| pair[0] == b'"' && matches!(pair[1], b':' | b' '))
    };
    if let Some(rest) = prefix.strip_prefix(b"[") {
        return opens(rest.trim_ascii_start()).then_some(Form::Json);
    }
    if !opens(prefix) {
        return None;
    }
    let mut lines = prefix.split(|&b| b == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next().unwrap_or_default();
    let next = lines.find(|line| !line.is_empty());
    let one_a_line = first.ends_with(b"}") && next.is_some_and(opens);
    Some(if one_a_line { Form::JsonLines } else { Form::Json })
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
    fn records_in_a_text_file_are_told_from_text() {
        assert_eq!(of_records(b"{\"title\":\"a\"}\n{\"title\":\"b\"}\n"), Some(Form::JsonLines));
        assert_eq!(of_records(b"{\n  \"title\": \"a\"\n}"), Some(Form::Json));
        assert_eq!(of_records(b"[{\"title\": \"a\"}]"), Some(Form::Json));
        assert_eq!(of_records("{水厂}开工。".as_bytes()), None);
        assert_eq!(of_records(b"[2023-07-28 16:40]"), None);
    }

    #[test]
    fn a_page_may_begin_with_a_comment_or_a_declaration() {
        assert!(is_page("<!-- saved from url --><HTML lang=zh><body>"));
        assert!(is_page("<?xml version='1.0'?><html xmlns='x'>"));
        assert!(!is_page("<htmlx>") && !is_page("水退了。<html>"));
    }
}
