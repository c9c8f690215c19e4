//! `.json`: one object, an array of objects, objects one after another, an object that wraps an
//! array, or columns.
//!
//! The file is cut into values while it streams, by brackets and strings alone, so that one
//! malformed value loses only itself and a huge array costs no more memory than its largest
//! element. Values that hold several records are taken apart in unwrap.rs.

use super::{About, Outcome, SkipReason, json, open, unwrap};
use crate::error::Note;
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{self, BufRead};

/// The records of a JSON file.
pub fn records<'a>(
    about: About<'a>,
    reader: open::ByteReader,
) -> Box<dyn Iterator<Item = Outcome> + Send + 'a> {
    match open::stream(reader, about.options.encoding, open::Framing::Brackets) {
        Ok(stream) => Box::new(Values {
            about,
            bytes_in: stream.bytes_in,
            encoding: stream.encoding,
            cutter: Cutter {
                reader: stream.reader,
                line: 1,
                depth: 0,
                bytes: Vec::new(),
                start_line: 1,
            },
            place: 0,
            waiting: VecDeque::new(),
            columns: None,
            state: ValuesState::Reading,
        }),
        Err((reason, detail)) => Box::new(std::iter::once(Err(about.skip(None, reason, detail)))),
    }
}

struct Values<'a> {
    about: About<'a>,
    cutter: Cutter,
    bytes_in: &'static encoding_rs::Encoding,
    encoding: &'static str,
    place: u64,
    /// Elements of a wrapping object that have not been given yet.
    waiting: VecDeque<Value>,
    /// The names of the columns, where the values are rows and the first of them named those.
    columns: Option<Vec<String>>,
    state: ValuesState,
}

#[derive(PartialEq, Eq)]
enum ValuesState {
    Reading,
    Ended,
}

impl Iterator for Values<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        loop {
            if let Some(value) = self.waiting.pop_front() {
                self.place += 1;
                return Some(self.record(value, self.encoding, None));
            }
            if self.state == ValuesState::Ended {
                return None;
            }
            let cut = self.cutter.cut(self.about.options.max_size);
            if let Some(outcome) = self.take(cut) {
                return Some(outcome);
            }
        }
    }
}

impl Values<'_> {
    /// Takes what was cut from the stream; gives the outcome where there is one at once.
    fn take(&mut self, cut: io::Result<Cut>) -> Option<Outcome> {
        match cut {
            Ok(Cut::End) => {
                self.state = ValuesState::Ended;
                let skip = || self.about.skip(None, SkipReason::NoText, "no records in it");
                (self.place == 0).then(|| Err(skip()))
            }
            Ok(Cut::TooLarge) => {
                self.place += 1;
                let detail = format!("a value of more than {} bytes", self.about.options.max_size);
                Some(Err(self.about.skip(Some(self.place), SkipReason::TooLarge, detail)))
            }
            Ok(Cut::Value) => match json::value(&self.cutter.bytes, self.bytes_in) {
                Ok(json) => match unwrap::records(json.value, &self.about.options.fields) {
                    Ok(values) => {
                        self.waiting.extend(values);
                        None
                    }
                    Err(Value::Array(cells)) if self.take_row(&cells) => None,
                    Err(value) => {
                        self.place += 1;
                        let encoding = json.encoding.unwrap_or(self.encoding);
                        Some(self.record(value, encoding, json.note))
                    }
                },
                Err((reason, detail)) => {
                    self.place += 1;
                    Some(Err(self.about.skip(Some(self.place), reason, detail)))
                }
            },
            Err(error) => {
                self.state = ValuesState::Ended;
                Some(Err(self.about.skip(None, open::reason(&error), error.to_string())))
            }
        }
    }

    /// Takes a list for a row of a table: the first one names the columns. Returns false where it
    /// is none.
    fn take_row(&mut self, cells: &[Value]) -> bool {
        match &self.columns {
            Some(names) => {
                let pairs = names.iter().cloned().zip(cells.iter().cloned());
                self.waiting.push_back(Value::Object(pairs.collect()));
                true
            }
            None if self.place == 0 => {
                self.columns = unwrap::column_names(cells, &self.about.options.fields);
                self.columns.is_some()
            }
            None => false,
        }
    }

    fn record(&self, value: Value, encoding: &'static str, note: Option<Note>) -> Outcome {
        match value {
            Value::Object(object) => {
                self.about.object(self.place, self.cutter.start_line, encoding, (object, note))
            }
            _ => Err(self.about.skip(Some(self.place), SkipReason::Malformed, "not a JSON object")),
        }
    }
}

/// Cuts a stream into its top-level values; the elements of a top-level array count as such.
struct Cutter {
    reader: open::ByteReader,
    line: u64,
    /// Top-level arrays that are open (at most one).
    depth: u32,
    bytes: Vec<u8>,
    start_line: u64,
}

/// The result of [`Cutter::cut`].
enum Cut {
    Value,
    TooLarge,
    End,
}

impl Cutter {
    /// Reads the next value into `bytes`.
    fn cut(&mut self, limit: u64) -> io::Result<Cut> {
        self.bytes.clear();
        let Some(first) = self.skip_separators()? else { return Ok(Cut::End) };
        self.start_line = self.line;
        let mut scan = BracketScan { depth: 0, within: Within::Structure };
        let mut size = 0u64;
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(if size > limit { Cut::TooLarge } else { Cut::Value });
            }
            let (taken, ended) = scan.run(bytes, first);
            size += taken as u64;
            self.line += bytes[..taken].iter().filter(|&&b| b == b'\n').count() as u64;
            if size <= limit {
                self.bytes.extend_from_slice(&bytes[..taken]);
            } else {
                self.bytes = Vec::new();
            }
            self.reader.consume(taken);
            if ended == Ended::Yes {
                return Ok(if size > limit { Cut::TooLarge } else { Cut::Value });
            }
        }
    }

    /// Skips white space, commas and the brackets of a top-level array; gives the first byte of the
    /// next value without taking it.
    fn skip_separators(&mut self) -> io::Result<Option<u8>> {
        loop {
            let bytes = self.reader.fill_buf()?;
            let Some(&byte) = bytes.first() else { return Ok(None) };
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' | b',' => {}
                b'[' if self.depth == 0 => self.depth = 1,
                b']' => self.depth = 0,
                _ => return Ok(Some(byte)),
            }
            self.reader.consume(1);
        }
    }
}

/// Where the scan stands: the depth of brackets, and whether inside a string.
struct BracketScan {
    depth: u64,
    within: Within,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Within {
    Structure,
    String,
    Escape,
}

#[derive(PartialEq, Eq)]
enum Ended {
    Yes,
    NotYet,
}

impl BracketScan {
    /// Runs over `bytes` to the end of the value that starts with `first`; gives the bytes that
    /// belong to it.
    fn run(&mut self, bytes: &[u8], first: u8) -> (usize, Ended) {
        let scalar = !matches!(first, b'{' | b'[' | b'"');
        for (i, &byte) in bytes.iter().enumerate() {
            match (self.within, byte) {
                (Within::Escape, _) => self.within = Within::String,
                (Within::String, b'\\') => self.within = Within::Escape,
                (Within::String, b'"') => {
                    self.within = Within::Structure;
                    if self.depth == 0 {
                        return (i + 1, Ended::Yes);
                    }
                }
                (Within::String, _) => {}
                (Within::Structure, b',' | b']' | b'\n') if self.depth == 0 && scalar => {
                    return (i, Ended::Yes);
                }
                (Within::Structure, b'"') => self.within = Within::String,
                (Within::Structure, b'{' | b'[') => self.depth += 1,
                (Within::Structure, b'}' | b']') => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return (i + 1, Ended::Yes);
                    }
                }
                (Within::Structure, _) => {}
            }
        }
        (bytes.len(), Ended::NotYet)
    }
}
