//! `.jsonl`: one object a line. A line that is malformed or too long is skipped and the rest goes
//! on. Objects that share a line, or that programs spread over several, are read, too.

use super::{About, Outcome, SkipReason, json, open, unwrap};
use serde_json::Value;
use std::collections::VecDeque;
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
            first: 1,
            buffer: Vec::new(),
            waiting: VecDeque::new(),
            state: LinesState::Reading,
        }),
        Err((reason, detail)) => Box::new(std::iter::once(Err(about.skip(None, reason, detail)))),
    }
}

struct Lines<'a> {
    about: About<'a>,
    stream: open::Stream,
    line: u64,
    /// The line that the record in the buffer starts on.
    first: u64,
    buffer: Vec<u8>,
    /// Further records of a line.
    waiting: VecDeque<Outcome>,
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
        loop {
            if let Some(outcome) = self.waiting.pop_front() {
                return Some(outcome);
            }
            if self.state == LinesState::Ended {
                return None;
            }
            self.first = self.line + 1;
            self.buffer.clear();
            match self.read_record() {
                Ok(LineRead::End) => self.state = LinesState::Ended,
                Ok(LineRead::TooLong) => {
                    let detail =
                        format!("a line of more than {} bytes", self.about.options.max_size);
                    let skip = self.about.skip(Some(self.first), SkipReason::TooLarge, detail);
                    return Some(Err(skip));
                }
                Ok(LineRead::Whole) if is_blank(&self.buffer) => {}
                Ok(LineRead::Whole) => self.take_record(),
                Err(error) => {
                    self.state = LinesState::Ended;
                    return Some(Err(self.about.skip(
                        Some(self.first),
                        open::reason(&error),
                        error.to_string(),
                    )));
                }
            }
        }
    }
}

/// Returns true if a line holds nothing: white space, NULs, the comma or bracket of an array, a
/// byte order mark.
fn is_blank(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let nothing = |b: &u8| b.is_ascii_whitespace() || matches!(b, 0 | b',');
    line.iter().all(nothing) || matches!(line.trim_ascii(), b"[" | b"]" | b"],")
}

impl Lines<'_> {
    /// Reads the next record into the buffer: a line, or all lines of an object that starts with a
    /// brace alone and ends with one at the margin.
    fn read_record(&mut self) -> io::Result<LineRead> {
        let read = self.read_line()?;
        let begin = self.buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.buffer);
        if !matches!(read, LineRead::Whole) || begin.trim_ascii() != b"{" {
            return Ok(read);
        }
        let indent = begin.len() - begin.trim_ascii_start().len();
        loop {
            let start = self.buffer.len();
            self.buffer.push(b'\n');
            match self.read_line()? {
                LineRead::Whole => {}
                LineRead::TooLong => return Ok(LineRead::TooLong),
                LineRead::End => return Ok(LineRead::Whole),
            }
            let line = &self.buffer[start + 1..];
            let margin = line.len() - line.trim_ascii_start().len();
            if margin <= indent && line.trim_ascii_start().starts_with(b"}") {
                return Ok(LineRead::Whole);
            }
        }
    }

    /// Appends the next line to the buffer, without its line feed.
    fn read_line(&mut self) -> io::Result<LineRead> {
        let limit = self.about.options.max_size.saturating_sub(self.buffer.len() as u64);
        self.line += 1;
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

    /// Takes the records in the buffer, or the skip in their place.
    fn take_record(&mut self) {
        let skip = |reason, detail: String| Err(self.about.skip(Some(self.first), reason, detail));
        // The first line of an array that goes on below: [{"title": ...},
        let line = self.buffer.trim_ascii();
        let line = match line {
            [b'[', rest @ .., b','] if rest.trim_ascii_start().starts_with(b"{") => rest,
            [rest @ .., b']'] if rest.starts_with(b"{") => rest,
            _ => line,
        };
        let json = match json::value(line, self.stream.bytes_in) {
            Ok(json) => json,
            Err((reason, detail)) => return self.waiting.push_back(skip(reason, detail)),
        };
        let encoding = json.encoding.unwrap_or(self.stream.encoding);
        let values = match json.value {
            Value::Array(list) if list.iter().all(Value::is_object) => list,
            Value::Object(object) if unwrap::is_action(&object) => return,
            value => vec![value],
        };
        let outcomes = values.into_iter().map(|value| match value {
            Value::Object(object) => {
                self.about.object(self.first, self.first, encoding, (object, json.note))
            }
            _ => skip(SkipReason::Malformed, "not a JSON object".to_owned()),
        });
        let outcomes: Vec<Outcome> = outcomes.collect();
        self.waiting.extend(outcomes);
    }
}
