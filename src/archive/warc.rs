//! Pages as crawlers store them (WARC, ISO 28500): the HTML of responses and resources, and the
//! plain text of conversions (WET).
//!
//! Requests, redirects, errors and what is no text (pictures, scripts) are no articles and are
//! passed over. Each record is read whole, within the limit of one record.

use super::{About, Content, Decoded, Outcome, RawRecord, RecordStream, SkipReason, decode, open};
use std::io::{self, BufRead, Read};

/// The longest head of a record or a response, in bytes.
const LONGEST_HEAD: u64 = 256 << 10;

/// The records of a WARC file.
pub fn records<'a>(about: About<'a>, reader: open::ByteReader) -> RecordStream<'a> {
    Box::new(WarcRecords { about, reader, place: 0, state: WarcState::Reading })
}

struct WarcRecords<'a> {
    about: About<'a>,
    reader: open::ByteReader,
    place: u64,
    state: WarcState,
}

#[derive(PartialEq, Eq)]
enum WarcState {
    Reading,
    Ended,
}

/// The names and values of a head.
struct NamedValues(Vec<(String, String)>);

impl NamedValues {
    fn get(&self, name: &str) -> Option<&str> {
        let known = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.0.iter().find(known).map(|(_, value)| value.as_str())
    }
}

/// Reads a head up to its empty line: its first line, and the names with their values.
fn head(reader: &mut dyn BufRead) -> io::Result<Option<(String, NamedValues)>> {
    let mut read = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let mut limited = reader.take(LONGEST_HEAD);
    loop {
        read.clear();
        if limited.read_until(b'\n', &mut read)? == 0 {
            let early = !lines.is_empty() || limited.limit() == 0;
            return if early { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(None) };
        }
        let line = String::from_utf8_lossy(read.trim_ascii_end()).into_owned();
        match (line.is_empty(), lines.is_empty()) {
            (true, true) => {}
            (true, false) => break,
            _ => lines.push(line),
        }
    }
    let first = lines.remove(0);
    let pairs = lines.iter().filter_map(|line| line.split_once(':'));
    let pairs = pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    Ok(Some((first, NamedValues(pairs.collect()))))
}

impl Iterator for WarcRecords<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        while self.state == WarcState::Reading {
            match self.read() {
                Ok(Some(outcome)) => return Some(outcome),
                Ok(None) => {}
                Err(error) => {
                    self.state = WarcState::Ended;
                    let skip = self.about.skip(None, open::reason(&error), error.to_string());
                    return Some(Err(skip));
                }
            }
        }
        None
    }
}

impl WarcRecords<'_> {
    /// Reads the next record; `None` where it is no article.
    fn read(&mut self) -> io::Result<Option<Outcome>> {
        let Some((version, head)) = head(&mut self.reader)? else {
            self.state = WarcState::Ended;
            return Ok(None);
        };
        let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        if !version.starts_with("WARC/") {
            return Err(invalid("not a WARC record"));
        }
        let length = head.get("Content-Length").and_then(|length| length.parse::<u64>().ok());
        let length = length.ok_or_else(|| invalid("a WARC record without a length"))?;
        let kind = head.get("WARC-Type").unwrap_or_default().to_ascii_lowercase();
        if !matches!(kind.as_str(), "response" | "resource" | "conversion") {
            return self.pass(length).map(|()| None);
        }
        self.place += 1;
        let limit = self.about.options.max_size;
        if length > limit {
            self.pass(length)?;
            let detail = format!("more than {limit} bytes");
            let skip = self.about.skip(Some(self.place), SkipReason::TooLarge, detail);
            return Ok(Some(Err(skip)));
        }
        let mut block = Vec::new();
        if (&mut self.reader).take(length).read_to_end(&mut block)? as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(self.article(&kind, &head, &block))
    }

    fn pass(&mut self, length: u64) -> io::Result<()> {
        let passed = io::copy(&mut (&mut self.reader).take(length), &mut io::sink())?;
        if passed < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// The article in a block; `None` where it holds none.
    fn article(&self, kind: &str, head: &NamedValues, block: &[u8]) -> Option<Outcome> {
        let skip =
            |reason, detail: &str| Some(Err(self.about.skip(Some(self.place), reason, detail)));
        let of_block = head.get("Content-Type").unwrap_or_default();
        let is_http = kind == "response" && of_block.contains("http");
        let (media, payload) = if is_http {
            match payload(block, self.about.options.max_size) {
                Ok(Some(payload)) => payload,
                Ok(None) => return None,
                Err((reason, detail)) => return skip(reason, detail),
            }
        } else {
            (of_block.to_ascii_lowercase(), block.to_vec())
        };
        let forced = self.about.options.encoding;
        let is_page = media.contains("html") || media.is_empty() && is_html(&payload);
        let decoded = match media.as_str() {
            _ if is_page => decode::page(&payload, forced),
            media if media.starts_with("text/plain") && !of_crawl(head) => {
                decode::text(&payload, forced)
            }
            _ => return None,
        };
        let Decoded { text, encoding, note } = match decoded {
            Ok(decoded) => decoded,
            Err(SkipReason::Empty) => return None,
            Err(reason) => return skip(reason, ""),
        };
        let content = if is_page { Content::Html(text) } else { Content::Plain(text) };
        let stored = head.get("WARC-Date").and_then(|date| date.parse::<jiff::Timestamp>().ok());
        let url = head.get("WARC-Target-URI").map(|url| url.trim_matches(['<', '>']).to_owned());
        let record = self.about.record(Some(self.place), None, encoding, content);
        Some(Ok(RawRecord {
            modified: stored.or(record.modified),
            url,
            notes: note.into_iter().collect(),
            ..record
        }))
    }
}

fn is_html(payload: &[u8]) -> bool {
    let start = payload[..payload.len().min(600)].to_ascii_lowercase();
    start.windows(5).any(|window| window == b"<html")
}

/// The type of a page, and its bytes.
type PageBytes = (String, Vec<u8>);

/// The media type and the body of an HTTP response with status 200, its chunks joined and its
/// compression undone; `None` for other statuses.
fn payload(block: &[u8], limit: u64) -> Result<Option<PageBytes>, (SkipReason, &'static str)> {
    let mut rest = block;
    let Ok(Some((status, head))) = head(&mut rest) else {
        return Err((SkipReason::Malformed, "not an HTTP response"));
    };
    if status.split_ascii_whitespace().nth(1) != Some("200") {
        return Ok(None);
    }
    let media = head.get("Content-Type").unwrap_or_default().to_ascii_lowercase();
    let chunked = head.get("Transfer-Encoding").is_some_and(|value| value.contains("chunked"));
    // Some crawlers store the joined body and keep the header.
    let body = match chunked.then(|| unchunked(rest)).flatten() {
        Some(joined) => joined,
        None => rest.to_vec(),
    };
    let packing = super::signature::packing(&body);
    let coding = head.get("Content-Encoding").unwrap_or_default();
    if coding.contains("br") && std::str::from_utf8(&body).is_err() {
        return Err((SkipReason::UnknownForm, "compressed with Brotli"));
    }
    if packing == super::Packing::None {
        return Ok(Some((media, body)));
    }
    let reader: open::ByteReader = Box::new(io::Cursor::new(body));
    let bytes = open::unpacked(reader, packing)
        .ok()
        .and_then(|mut reader| open::read_bounded(&mut reader, limit).ok());
    match bytes {
        Some(Some(bytes)) => Ok(Some((media, bytes))),
        Some(None) => Err((SkipReason::TooLarge, "a compressed body")),
        None => Err((SkipReason::Malformed, "a compressed body")),
    }
}

/// The joined chunks of a body (RFC 9112, 7.1); `None` where it has none.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.iter().position(|&b| b == b'\n')?;
        let line = std::str::from_utf8(&rest[..end]).ok()?.trim();
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest[size..].trim_ascii_start();
    }
}

/// Returns true for a text that crawlers ask for by themselves: `/robots.txt`.
fn of_crawl(head: &NamedValues) -> bool {
    let uri = head.get("WARC-Target-URI").unwrap_or_default();
    uri.trim_matches(['<', '>']).ends_with("/robots.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined() {
        assert_eq!(
            unchunked(b"3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n").as_deref(),
            Some(&b"abcde"[..])
        );
        assert_eq!(unchunked(b"<html>"), None);
        assert_eq!(unchunked(b"ffffffffffff\r\nabc"), None);
    }

    #[test]
    fn only_whole_answers_are_pages() {
        let block = b"HTTP/1.1 200 OK\r\nContent-Type: text/HTML; charset=utf-8\r\n\r\n<p>a";
        let (media, body) = payload(block, 99).unwrap().unwrap();
        assert_eq!((media.as_str(), &body[..]), ("text/html; charset=utf-8", &b"<p>a"[..]));
        assert_eq!(payload(b"HTTP/1.1 404 No\r\n\r\n<p>a", 99), Ok(None));
        assert!(payload(b"nonsense", 99).is_err());
    }
}
