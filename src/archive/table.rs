//! `.csv` and `.tsv`: a header row that names the columns, then one record a row.

use super::field::FieldMap;
use super::fields::Field;
use super::value::Object;
use super::{About, Outcome, Skip, SkipReason, decode, open};
use crate::error::Note;
use encoding_rs::{Encoding, UTF_8};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::VecDeque;
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
    let style = QuoteStyle::of(&mut stream, delimiter, separator);
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
        .quoting(style != QuoteStyle::Ordinary)
        .escape((style == QuoteStyle::Backslash).then_some(b'\\'))
        .from_reader(metered);
    let (bytes_in, encoding) = (stream.bytes_in, stream.encoding);
    let state = TableState::Header;
    Box::new(Rows {
        about,
        rows,
        meter,
        bytes_in,
        encoding,
        header: Vec::new(),
        delimiter,
        state,
        waiting: VecDeque::new(),
        above: None,
    })
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
    // The names of the columns may stand below a heading. The order of the list decides between
    // equals.
    let rank = |&separator: &u8| {
        let first = ahead.split(|&b| b == b'\n').take(1 + MOST_HEADINGS as usize);
        let known = first.map(|line| {
            let names = line.split(|&b| b == separator);
            names.filter(|name| map.knows(cell(name, stream.bytes_in).trim())).count()
        });
        (known.max().unwrap_or(0), line.iter().filter(|&&b| b == separator).count())
    };
    SEPARATORS.into_iter().rev().max_by_key(rank).unwrap_or(b',')
}

/// The meaning of quotation marks in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QuoteStyle {
    /// They stand around cells; one within a cell is written twice (RFC 4180).
    Doubled,
    /// They stand around cells; one within a cell has a backslash before it, as MySQL writes it.
    Backslash,
    /// They are ordinary characters.
    Ordinary,
}

impl QuoteStyle {
    /// The style that the beginning of a table shows.
    fn of(stream: &mut open::Stream, delimiter: u8, separator: Separator) -> QuoteStyle {
        let ahead = stream.reader.fill_buf().unwrap_or_default();
        let opened = [&[delimiter, b'"'][..], b"\n\""];
        let opened = |at: usize| opened.iter().any(|mark| ahead[at..].starts_with(mark));
        if separator == Separator::Tab {
            let closes = |at: usize| {
                let rest = &ahead[at + 2..];
                let end = memchr::memmem::find(rest, &[b'"', delimiter]);
                let line = memchr::memmem::find(rest, b"\"\n");
                [end, line, memchr::memmem::find(rest, b"\"\r")].into_iter().flatten().min()
            };
            let mut places = (0..ahead.len().saturating_sub(2)).filter(|&at| opened(at));
            // A cell with a line feed in it is one only where its quotation marks count.
            let spread = |at: usize| {
                closes(at).is_some_and(|end| ahead[at + 2..at + 2 + end].contains(&b'\n'))
            };
            let ordinary = !places.next().is_some_and(spread);
            return if ordinary { QuoteStyle::Ordinary } else { QuoteStyle::Doubled };
        }
        let within = |pair: &[u8]| pair[1] != delimiter && !pair[1].is_ascii_whitespace();
        let escaped = ahead.windows(3).any(|mark| &mark[..2] == b"\\\"" && within(&mark[1..]));
        let doubled = ahead.windows(4).any(|mark| {
            &mark[1..3] == b"\"\"" && mark[0] != delimiter && within(&mark[2..]) && mark[0] != b'\\'
        });
        if escaped && !doubled { QuoteStyle::Backslash } else { QuoteStyle::Doubled }
    }
}

/// The most rows above the names of the columns.
const MOST_HEADINGS: u32 = 5;

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
    delimiter: u8,
    state: TableState,
    /// Rows, with their lines, that a quotation mark left open had made one.
    waiting: VecDeque<(csv::ByteRecord, u64)>,
    /// The skip for the first row without names of columns, and the number of such rows.
    above: Option<(Skip, u32)>,
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
        if let Some((row, line)) = self.waiting.pop_front() {
            return Some(self.record(&row, line));
        }
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
                self.waiting = self.torn(&row, line);
                let (row, line) = self.waiting.pop_front().unwrap_or((row, line));
                return Some(self.record(&row, line));
            }
            match self.take_header(&row) {
                Ok(()) => self.state = TableState::Body,
                Err(skip) => match self.above.take() {
                    // Spreadsheets have a heading above the names of their columns.
                    None => self.above = Some((skip, 1)),
                    Some((first, rows)) if rows < MOST_HEADINGS => {
                        self.above = Some((first, rows + 1));
                    }
                    Some((first, _)) => {
                        self.state = TableState::Ended;
                        return Some(Err(first));
                    }
                },
            }
        }
        if self.state == TableState::Header {
            self.state = TableState::Ended;
            return self.above.take().map(|(skip, _)| Err(skip));
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
        let map = &self.about.options.fields;
        let known = self.header.iter().filter(|name| map.knows(name)).count();
        // Below a heading, a single such word may be a cell.
        if known > usize::from(self.above.is_some()) {
            return Ok(());
        }
        let names: Vec<&str> = self.header.iter().take(8).map(|name| start(name)).collect();
        let detail = format!("the header row ({}) names no title and no body", names.join(", "));
        Err(self.about.skip(None, SkipReason::NoText, detail))
    }

    fn record(&self, row: &csv::ByteRecord, line: u64) -> Outcome {
        let encoding = decode::of_record(row.as_slice(), self.bytes_in);
        let mut object = Object::new();
        let cells = self.cells(row);
        for (name, value) in self.header.iter().zip(&cells) {
            if !value.trim_ascii().is_empty() {
                object.insert(name.clone(), Value::String(cell(value, encoding)));
            }
        }
        let foreign = encoding != self.bytes_in && !row.as_slice().is_ascii();
        let name = if foreign { encoding.name() } else { self.encoding };
        self.about.object(line, line, name, (object, foreign.then_some(Note::EncodingMixed)))
    }

    /// The rows that a row really is, where a quotation mark was left open: nearly all of its lines
    /// have as many separators as the table has. None for an ordinary row.
    fn torn(&self, row: &csv::ByteRecord, line: u64) -> VecDeque<(csv::ByteRecord, u64)> {
        let between = self.header.len().saturating_sub(1);
        if between == 0 || !row.as_slice().contains(&b'\n') {
            return VecDeque::new();
        }
        let text = row.iter().collect::<Vec<_>>().join(&self.delimiter);
        let text = text.strip_suffix(b"\n").unwrap_or(&text);
        let separators = |line: &[u8]| line.iter().filter(|&&b| b == self.delimiter).count();
        let below: Vec<bool> =
            text.split(|&b| b == b'\n').skip(1).map(|line| separators(line) == between).collect();
        if below.iter().filter(|&&fits| fits).count() * 10 < below.len() * 9 {
            return VecDeque::new();
        }
        let lines = text.split(|&b| b == b'\n').zip(line..);
        lines.map(|(text, line)| (text.split(|&b| b == self.delimiter).collect(), line)).collect()
    }

    /// The cells of a row, one a column. Where there are more, commas of the text were taken for
    /// separators: the cells beyond the last column belong to the text.
    fn cells<'r>(&self, row: &'r csv::ByteRecord) -> Vec<Cow<'r, [u8]>> {
        let more = row.len().saturating_sub(self.header.len());
        let map = &self.about.options.fields;
        let text = self.header.iter().position(|name| map.field(name) == Some(Field::Body));
        let surplus = row.iter().skip(self.header.len()).any(|cell| !cell.trim_ascii().is_empty());
        let (Some(text), true) = (text, surplus) else {
            return row.iter().map(Cow::Borrowed).collect();
        };
        let all: Vec<&[u8]> = row.iter().collect();
        let (before, rest) = all.split_at(text);
        let (parts, after) = rest.split_at(more + 1);
        let joined = Cow::Owned(parts.join(&self.delimiter));
        let before = before.iter().copied().map(Cow::Borrowed);
        before.chain([joined]).chain(after.iter().copied().map(Cow::Borrowed)).collect()
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
    crate::text::first_chars(name, 40)
}

/// A cell as text; quotation marks that a TSV put around it anyway are taken off.
fn cell(bytes: &[u8], encoding: &'static Encoding) -> String {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let text = if encoding == UTF_8 {
        String::from_utf8_lossy(bytes)
    } else {
        encoding.decode_without_bom_handling(bytes).0
    };
    let trimmed = text.trim();
    match trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if inner.contains("\"\"") || !inner.contains('"') => {
            inner.replace("\"\"", "\"")
        }
        _ => text.into_owned(),
    }
}
