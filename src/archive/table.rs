//! `.csv` and `.tsv`: a header row that names the columns, then one record a row.

use super::field::FieldMap;
use super::value::Object;
use super::{About, Outcome, Skip, SkipReason, decode, open};
use crate::error::Note;
use encoding_rs::{Encoding, UTF_8};
use serde_json::Value;
use std::io::{self, BufRead};

/// The character between the columns of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// A tab; quotation marks are ordinary characters.
    Tab,
    /// The one that the header row shows: comma, semicolon, tab or bar.
    Detected,
}

/// The records of a table.
pub fn records<'a>(
    about: About<'a>,
    reader: open::ByteReader,
    separator: Separator,
) -> Box<dyn Iterator<Item = Outcome> + Send + 'a> {
    let mut stream = match open::stream(reader, about.options.encoding, open::Framing::Ascii) {
        Ok(stream) => stream,
        Err((reason, detail)) => {
            return Box::new(std::iter::once(Err(about.skip(None, reason, detail))));
        }
    };
    let delimiter = match separator {
        Separator::Tab => b'\t',
        Separator::Detected => detected(&mut stream, &about.options.fields),
    };
    let meter = open::Meter::default();
    let limit = about.options.max_size;
    let metered = open::Metered { reader: stream.reader, meter: meter.clone(), limit };
    let rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        // With CRLF as terminator the lines of records would be counted from the carriage return;
        // `cell` takes that off.
        .terminator(csv::Terminator::Any(b'\n'))
        .quoting(separator != Separator::Tab)
        .from_reader(metered);
    let (bytes_in, encoding) = (stream.bytes_in, stream.encoding);
    let state = TableState::Header;
    Box::new(Rows { about, rows, meter, bytes_in, encoding, header: Vec::new(), state })
}

/// The separator of a table: the one that splits the first row into the most names that mean a
/// field, the commonest where none does. A line `sep=;` above, as spreadsheets write it, is taken
/// off.
fn detected(stream: &mut open::Stream, map: &FieldMap) -> u8 {
    const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
    let Ok(ahead) = stream.reader.fill_buf() else { return b',' };
    let line = ahead.split(|&b| b == b'\n').next().unwrap_or_default();
    if let [b's', b'e', b'p', b'=', separator, rest @ ..] = line
        && matches!(rest, [] | [b'\r'])
    {
        let (separator, length) = (*separator, (line.len() + 1).min(ahead.len()));
        stream.reader.consume(length);
        return separator;
    }
    // The order of the list decides between equals.
    let rank = |&separator: &u8| {
        let names = line.split(|&b| b == separator);
        let known = names.filter(|name| map.knows(cell(name, stream.bytes_in).trim())).count();
        (known, line.iter().filter(|&&b| b == separator).count())
    };
    SEPARATORS.into_iter().rev().max_by_key(rank).unwrap_or(b',')
}

/// The most columns that a table may have.
const MOST_COLUMNS: usize = 10_000;

struct Rows<'a> {
    about: About<'a>,
    rows: csv::Reader<open::Metered>,
    /// Bytes read since the last row ended.
    meter: open::Meter,
    bytes_in: &'static Encoding,
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
            self.meter.reset();
            match self.rows.read_byte_record(&mut row) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.state = TableState::Ended;
                    return Some(Err(self.failure(&error)));
                }
            }
            let line = row.position().map_or(0, csv::Position::line);
            if self.state == TableState::Body {
                return Some(self.record(&row, line));
            }
            if let Err(skip) = self.take_header(&row) {
                self.state = TableState::Ended;
                return Some(Err(skip));
            }
            self.state = TableState::Body;
        }
        self.state = TableState::Ended;
        None
    }
}

impl Rows<'_> {
    /// Takes the header row, if its names can be those of news.
    fn take_header(&mut self, row: &csv::ByteRecord) -> Result<(), Skip> {
        if row.len() > MOST_COLUMNS {
            let detail = format!("more than {MOST_COLUMNS} columns");
            return Err(self.about.skip(None, SkipReason::TooLarge, detail));
        }
        let encoding = decode::of_record(row.as_slice(), self.bytes_in);
        self.header = row.iter().map(|bytes| cell(bytes, encoding)).collect();
        if self.header.iter().any(|name| self.about.options.fields.knows(name)) {
            return Ok(());
        }
        let names: Vec<&str> = self.header.iter().take(8).map(|name| start(name)).collect();
        let detail = format!("the header row ({}) names no title and no body", names.join(", "));
        Err(self.about.skip(None, SkipReason::NoText, detail))
    }

    fn record(&self, row: &csv::ByteRecord, line: u64) -> Outcome {
        let encoding = decode::of_record(row.as_slice(), self.bytes_in);
        let mut object = Object::new();
        for (name, value) in self.header.iter().zip(row) {
            if !value.trim_ascii().is_empty() {
                object.insert(name.clone(), Value::String(cell(value, encoding)));
            }
        }
        let foreign = encoding != self.bytes_in && !row.as_slice().is_ascii();
        let name = if foreign { encoding.name() } else { self.encoding };
        self.about.object(line, line, name, (object, foreign.then_some(Note::EncodingMixed)))
    }

    fn failure(&self, error: &csv::Error) -> Skip {
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
fn cell(bytes: &[u8], encoding: &'static Encoding) -> String {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let text = if encoding == UTF_8 {
        String::from_utf8_lossy(bytes)
    } else {
        encoding.decode_without_bom_handling(bytes).0
    };
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if inner.contains("\"\"") || !inner.contains('"') => {
            inner.replace("\"\"", "\"")
        }
        _ => text.into_owned(),
    }
}
