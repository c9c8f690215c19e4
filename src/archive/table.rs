//! `.csv` and `.tsv`: a header row that names the columns, then one record a row.

use super::{About, Outcome, SkipReason, open};
use serde_json::{Map, Value};
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The records of a table whose columns are separated by `separator`.
pub fn records<'a>(
    about: About<'a>,
    reader: open::ByteReader,
    separator: u8,
) -> Box<dyn Iterator<Item = Outcome> + Send + 'a> {
    let (reader, encoding) = match open::utf8(reader, about.options.encoding) {
        Ok(opened) => opened,
        Err((reason, detail)) => {
            return Box::new(std::iter::once(Err(about.skip(None, reason, detail))));
        }
    };
    let read = Arc::new(AtomicU64::new(0));
    let metered = Metered { reader, read: Arc::clone(&read), limit: about.options.max_size };
    let rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        // With CRLF as terminator the lines of records would be counted from the carriage return;
        // `cell` takes that off.
        .terminator(csv::Terminator::Any(b'\n'))
        .quoting(separator != b'\t')
        .from_reader(metered);
    Box::new(Rows {
        about,
        rows,
        read,
        encoding: encoding.name(),
        header: Vec::new(),
        state: TableState::Header,
    })
}

/// The most columns that a table may have.
const MOST_COLUMNS: usize = 10_000;

struct Rows<'a> {
    about: About<'a>,
    rows: csv::Reader<Metered>,
    /// Bytes read since the last row ended.
    read: Arc<AtomicU64>,
    encoding: &'static str,
    header: Vec<String>,
    state: TableState,
}

#[derive(PartialEq, Eq)]
enum TableState {
    Header,
    Body,
    Ended,
}

impl Iterator for Rows<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        let mut row = csv::ByteRecord::new();
        while self.state != TableState::Ended {
            self.read.store(0, Ordering::Relaxed);
            match self.rows.read_byte_record(&mut row) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.state = TableState::Ended;
                    return Some(Err(self.failure(&error)));
                }
            }
            let line = row.position().map_or(0, csv::Position::line);
            if self.state == TableState::Header {
                if row.len() > MOST_COLUMNS {
                    self.state = TableState::Ended;
                    let detail = format!("more than {MOST_COLUMNS} columns");
                    return Some(Err(self.about.skip(None, SkipReason::TooLarge, detail)));
                }
                self.header = row.iter().map(cell).collect();
                self.state = TableState::Body;
                let known: Map<String, Value> =
                    self.header.iter().map(|name| (name.clone(), Value::Null)).collect();
                if !self.about.options.fields.names_text(&known) {
                    self.state = TableState::Ended;
                    let detail = format!(
                        "the header row ({}) names no title and no body",
                        self.header
                            .iter()
                            .take(8)
                            .map(|name| start(name))
                            .collect::<Vec<_>>()
                            .join(", ")
                    );
                    return Some(Err(self.about.skip(None, SkipReason::NoText, detail)));
                }
                continue;
            }
            return Some(self.record(&row, line));
        }
        self.state = TableState::Ended;
        None
    }
}

impl Rows<'_> {
    fn record(&self, row: &csv::ByteRecord, line: u64) -> Outcome {
        let mut object = Map::new();
        for (name, value) in self.header.iter().zip(row) {
            if !value.trim_ascii().is_empty() {
                object.insert(name.clone(), Value::String(cell(value)));
            }
        }
        self.about.fields(line, line, self.encoding, self.about.options.fields.fields(object))
    }

    fn failure(&self, error: &csv::Error) -> super::Skip {
        let line = error.position().map(csv::Position::line);
        match error.kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                let detail = format!(
                    "a row of more than {} bytes; is a quotation mark open? Nothing below it was \
                     read",
                    self.about.options.max_size
                );
                self.about.skip(line, SkipReason::TooLarge, detail)
            }
            csv::ErrorKind::Io(error) => {
                self.about.skip(line, open::reason(error), error.to_string())
            }
            _ => self.about.skip(line, SkipReason::Malformed, error.to_string()),
        }
    }
}

/// The first characters of a column's name, for a message.
fn start(name: &str) -> &str {
    name.char_indices().nth(40).map_or(name, |(at, _)| &name[..at])
}

/// A cell as text; quotation marks that a TSV put around it anyway are taken off.
fn cell(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(bytes));
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if inner.contains("\"\"") || !inner.contains('"') => {
            inner.replace("\"\"", "\"")
        }
        _ => text.into_owned(),
    }
}

/// A reader that fails once a single row has taken more than `limit` bytes.
struct Metered {
    reader: open::ByteReader,
    read: Arc<AtomicU64>,
    limit: u64,
}

impl Read for Metered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.read.load(Ordering::Relaxed) > self.limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "row too large"));
        }
        let bytes = self.reader.fill_buf()?;
        let n = bytes.len().min(into.len());
        into[..n].copy_from_slice(&bytes[..n]);
        self.reader.consume(n);
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
