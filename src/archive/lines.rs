//! `.jsonl`: one object a line. A line that is malformed or too long is skipped and the rest goes
//! on.

use super::{About, Outcome, SkipReason, decode, open};
use encoding_rs::Encoding;
use serde_json::Value;
use std::io::{self, BufRead};

/// The records of a file with one JSON object a line.
pub fn records<'a>(
    about: About<'a>,
    reader: open::ByteReader,
) -> Box<dyn Iterator<Item = Outcome> + Send + 'a> {
    match open::utf8(reader, about.options.encoding) {
        Ok((reader, encoding)) => Box::new(Lines {
            about,
            reader,
            encoding,
            line: 0,
            buffer: Vec::new(),
            state: LinesState::Reading,
        }),
        Err((reason, detail)) => Box::new(std::iter::once(Err(about.skip(None, reason, detail)))),
    }
}

struct Lines<'a> {
    about: About<'a>,
    reader: open::ByteReader,
    encoding: &'static Encoding,
    line: u64,
    buffer: Vec<u8>,
    state: LinesState,
}

#[derive(PartialEq, Eq)]
enum LinesState {
    Reading,
    Ended,
}

/// How reading a line went.
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
                Ok(LineRead::Whole) if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
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

impl Lines<'_> {
    /// Reads the next line into the buffer, without its line feed.
    fn read_line(&mut self) -> io::Result<LineRead> {
        self.buffer.clear();
        let limit = self.about.options.max_size;
        let (mut read, mut fits) = (0u64, LineRead::Whole);
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(if read == 0 { LineRead::End } else { fits });
            }
            let end = bytes.iter().position(|&b| b == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            read += part.len() as u64;
            if read > limit {
                fits = LineRead::TooLong;
                self.buffer = Vec::new();
            } else {
                self.buffer.extend_from_slice(part);
            }
            let taken = part.len() + usize::from(end.is_some());
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(fits);
            }
            read = read.max(1);
        }
    }

    fn record(&self) -> Outcome {
        let skip = |reason, detail: String| self.about.skip(Some(self.line), reason, detail);
        let (object, encoding) =
            object(&self.buffer, self.encoding).map_err(|(reason, detail)| skip(reason, detail))?;
        let fields = self.about.options.fields.fields(object);
        self.about.fields(self.line, self.line, encoding, fields)
    }
}

/// The JSON object in `bytes`, which should be UTF-8; where they are not, they are decoded by
/// themselves.
pub fn value(
    bytes: &[u8],
    encoding: &'static Encoding,
) -> Result<(Value, &'static str), (SkipReason, String)> {
    let malformed = |error: serde_json::Error| (SkipReason::Malformed, error.to_string());
    if is_crowded(bytes) {
        return Err((
            SkipReason::TooLarge,
            format!("more than {MOST_VALUES} values in one record"),
        ));
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok((serde_json::from_slice(bytes).map_err(malformed)?, encoding.name()));
    }
    let decoded = decode::text(bytes, None).map_err(|reason| (reason, String::new()))?;
    Ok((serde_json::from_str(&decoded.text).map_err(malformed)?, decoded.encoding))
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

type Object = serde_json::Map<String, Value>;

fn object(
    bytes: &[u8],
    encoding: &'static Encoding,
) -> Result<(Object, &'static str), (SkipReason, String)> {
    match value(bytes, encoding)? {
        (Value::Object(object), encoding) => Ok((object, encoding)),
        _ => Err((SkipReason::Malformed, "not a JSON object".to_owned())),
    }
}
