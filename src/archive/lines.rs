//! `.jsonl`: one object a line. A line that is malformed or too long is skipped and the rest goes
//! on.

use super::value::Object;
use super::{About, Outcome, SkipReason, decode, open};
use crate::error::Note;
use encoding_rs::{Encoding, UTF_8};
use serde_json::Value;
use std::io::{self, BufRead};

/// The records of a file with one JSON object a line.
pub fn records<'a>(
    about: About<'a>,
    reader: open::ByteReader,
) -> Box<dyn Iterator<Item = Outcome> + Send + 'a> {
    match open::stream(reader, about.options.encoding, open::Framing::Ascii) {
        Ok(stream) => Box::new(Lines {
            about,
            stream,
            line: 0,
            buffer: Vec::new(),
            state: LinesState::Reading,
        }),
        Err((reason, detail)) => Box::new(std::iter::once(Err(about.skip(None, reason, detail)))),
    }
}

struct Lines<'a> {
    about: About<'a>,
    stream: open::Stream,
    line: u64,
    buffer: Vec<u8>,
    state: LinesState,
}

#[derive(PartialEq, Eq)]
enum LinesState {
    Reading,
    Ended,
}

/// The result of reading a line.
enum LineRead {
    Whole,
    TooLong,
    End,
}

impl Iterator for Lines<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        while self.state == LinesState::Reading {
            self.line += 1;
            match self.read_line() {
                Ok(LineRead::End) => self.state = LinesState::Ended,
                Ok(LineRead::TooLong) => {
                    let detail =
                        format!("a line of more than {} bytes", self.about.options.max_size);
                    return Some(Err(self.about.skip(
                        Some(self.line),
                        SkipReason::TooLarge,
                        detail,
                    )));
                }
                Ok(LineRead::Whole) if is_blank(&self.buffer) => {}
                Ok(LineRead::Whole) => return Some(self.record()),
                Err(error) => {
                    self.state = LinesState::Ended;
                    return Some(Err(self.about.skip(
                        Some(self.line),
                        open::reason(&error),
                        error.to_string(),
                    )));
                }
            }
        }
        None
    }
}

/// Returns true if a line holds nothing: white space, NULs, the comma or bracket of an array.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|b| b.is_ascii_whitespace() || *b == 0)
}

impl Lines<'_> {
    /// Reads the next line into the buffer, without its line feed.
    fn read_line(&mut self) -> io::Result<LineRead> {
        self.buffer.clear();
        let limit = self.about.options.max_size;
        let (mut read, mut fits) = (0u64, LineRead::Whole);
        loop {
            let bytes = self.stream.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(if read == 0 { LineRead::End } else { fits });
            }
            let end = memchr::memchr(b'\n', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            read += part.len() as u64;
            if read > limit {
                fits = LineRead::TooLong;
                self.buffer = Vec::new();
            } else {
                self.buffer.extend_from_slice(part);
            }
            let taken = part.len() + usize::from(end.is_some());
            self.stream.reader.consume(taken);
            if end.is_some() {
                return Ok(fits);
            }
            read = read.max(1);
        }
    }

    fn record(&self) -> Outcome {
        let skip = |reason, detail: String| self.about.skip(Some(self.line), reason, detail);
        let json = value(&self.buffer, self.stream.bytes_in)
            .map_err(|(reason, detail)| skip(reason, detail))?;
        let Value::Object(object) = json.value else {
            return Err(skip(SkipReason::Malformed, "not a JSON object".to_owned()));
        };
        let encoding = json.encoding.unwrap_or(self.stream.encoding);
        self.about.object(self.line, self.line, encoding, (object, json.note))
    }
}

/// A value that was read.
pub struct Json {
    /// The value.
    pub value: Value,
    /// Its encoding, where that is not the file's.
    pub encoding: Option<&'static str>,
    /// The remark that its record should carry.
    pub note: Option<Note>,
}

/// The JSON value in `bytes`, in the usual encoding of its file; where they are not, they are
/// decoded by themselves. Control characters, which JSON forbids in strings, count as spaces.
///
/// # Errors
/// The reason and its detail.
pub fn value(bytes: &[u8], usual: &'static Encoding) -> Result<Json, (SkipReason, String)> {
    if is_crowded(bytes) {
        return Err((
            SkipReason::TooLarge,
            format!("more than {MOST_VALUES} values in one record"),
        ));
    }
    if std::str::from_utf8(bytes).is_ok() {
        let value = parsed(bytes)?;
        let foreign = usual != UTF_8 && !bytes.is_ascii();
        return Ok(Json {
            value,
            encoding: foreign.then_some(UTF_8.name()),
            note: foreign.then_some(Note::EncodingMixed),
        });
    }
    let decoded = decode::record(bytes, usual).map_err(|reason| (reason, String::new()))?;
    let value = parsed(decoded.text.as_bytes())?;
    Ok(Json { value, encoding: Some(decoded.encoding), note: decoded.note })
}

fn parsed(bytes: &[u8]) -> Result<Value, (SkipReason, String)> {
    let error = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let clean = bytes.iter().any(|&b| b < 0x20).then(|| {
        let blank = |&b: &u8| if b < 0x20 { b' ' } else { b };
        let spaced: Vec<u8> = bytes.iter().map(blank).collect();
        serde_json::from_slice(&spaced).ok()
    });
    clean.flatten().ok_or_else(|| (SkipReason::Malformed, error.to_string()))
}

/// The most values in one record: each takes up to a hundred times its room in the file.
const MOST_VALUES: usize = 2_000_000;

/// Returns true if there are more values than that in `bytes`, by the marks between them.
fn is_crowded(bytes: &[u8]) -> bool {
    if bytes.len() <= MOST_VALUES {
        return false;
    }
    let (mut marks, mut quoted, mut escaped) = (0, false, false);
    for &byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' | b'[' | b'{' if !quoted => marks += 1,
            _ => {}
        }
    }
    marks > MOST_VALUES
}

/// The object that a value is.
pub fn object(value: Value) -> Option<Object> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::GB18030;

    #[test]
    fn a_record_in_another_encoding_than_its_file_is_read_and_noted() {
        let line = "{\"标题\":\"水厂\",\"正文\":\"城东水厂扩建工程昨日开工。\"}";
        let json = value(&GB18030.encode(line).0, UTF_8).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(json.value["标题"], "水厂");
        assert_eq!((json.encoding, json.note), (Some("gb18030"), Some(Note::EncodingMixed)));
        let json = value(line.as_bytes(), UTF_8).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!((json.encoding, json.note), (None, None));
    }

    #[test]
    fn a_nul_or_a_raw_line_feed_costs_no_record() {
        let json = value("{\"title\":\"水\0厂\"}".as_bytes(), UTF_8);
        assert_eq!(json.unwrap_or_else(|e| panic!("{e:?}")).value["title"], "水 厂");
        assert!(value(b"{\"title\":", UTF_8).is_err());
    }
}
