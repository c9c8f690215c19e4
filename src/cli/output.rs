//! Standard output, buffered, and what closing it means.

use crate::error::{Error, Result};
use crate::record::plain_cell;
use crate::text::is_harmful;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::{Command, Stdio};

/// The program that shows what is longer than the screen, where `PAGER` names none: it ends at once
/// where the text fits, passes colours on, and leaves the text on the screen.
const PAGER: &str = "less -FRX";

/// Where data goes.
pub struct Output {
    out: Box<dyn Write + Send>,
    /// The text that waits for the pager; `None` where there is no pager.
    paged: Option<Vec<u8>>,
}

impl Output {
    /// Standard output.
    pub fn stdout() -> Output {
        let out = Box::new(BufWriter::with_capacity(64 << 10, io::stdout()));
        Output { out, paged: None }
    }

    /// Has everything that is longer than the screen shown by a pager from now on, where standard
    /// output is a terminal. An empty `PAGER` means none.
    pub fn page(&mut self) {
        let refused = std::env::var_os("PAGER").is_some_and(|pager| pager.is_empty());
        if io::stdout().is_terminal() && !refused {
            self.paged.get_or_insert_default();
        }
    }

    /// Shows what waits: in the pager where it is longer than the screen.
    fn show_page(&mut self) -> io::Result<()> {
        let Some(text) = self.paged.as_mut().map(std::mem::take) else { return Ok(()) };
        let lines = text.iter().filter(|&&byte| byte == b'\n').count();
        let rows = terminal_size::terminal_size().map_or(24, |(_, rows)| usize::from(rows.0));
        if lines >= rows && pager(&text) {
            return Ok(());
        }
        self.out.write_all(&text)
    }

    /// Writes a line.
    pub fn line(&mut self, text: &str) -> Result<()> {
        self.write_all(text.as_bytes()).and_then(|()| self.write_all(b"\n")).map_err(failed)
    }

    /// Writes a value as one line of JSON. What could harm a terminal is written as an escape,
    /// which reads as the same text.
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<()> {
        write_json(self, value).map_err(failed)?;
        self.line("")
    }

    /// Writes the mark by which Excel knows UTF-8, if it is wanted.
    pub fn mark(&mut self, wanted: bool) -> Result<()> {
        let mark = if wanted { "\u{feff}" } else { "" };
        self.write_all(mark.as_bytes()).map_err(failed)
    }

    /// Writes records as CSV, with a header row.
    pub fn csv(
        &mut self,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<()> {
        let mut writer = csv::Writer::from_writer(self);
        let write = || -> std::result::Result<(), csv::Error> {
            writer.write_record(header)?;
            for row in rows {
                writer.write_record(row.iter().map(|cell| plain_cell(cell)))?;
            }
            Ok(writer.flush()?)
        };
        write().map_err(|e| match e.into_kind() {
            csv::ErrorKind::Io(e) => failed(e),
            other => failed(io::Error::other(format!("{other:?}"))),
        })
    }

    /// Writes what is still waiting.
    pub fn flush(&mut self) -> Result<()> {
        self.show_page().and_then(|()| self.out.flush()).map_err(failed)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.paged {
            Some(waiting) => waiting.write(bytes),
            None => self.out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Shows a text in the pager. Returns false where there is none that could be started.
fn pager(text: &[u8]) -> bool {
    let named = std::env::var("PAGER").unwrap_or_else(|_| PAGER.to_owned());
    let mut words = named.split_whitespace();
    let Some(program) = words.next() else { return false };
    let started = Command::new(program).args(words).stdin(Stdio::piped()).spawn();
    let Ok(mut child) = started else { return false };
    if let Some(mut stdin) = child.stdin.take() {
        // The reader may leave before the end.
        let _ = stdin.write_all(text);
    }
    child.wait().is_ok()
}

/// Writes a value as JSON, as [`Output::json`] does, wherever it goes.
pub fn write_json(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    let mut writer = serde_json::Serializer::with_formatter(out, Escaped);
    Ok(value.serialize(&mut writer)?)
}

/// JSON on one line, with `\u` escapes for all that a terminal should not be shown.
struct Escaped;

impl serde_json::ser::Formatter for Escaped {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_harmful(c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

/// True if an error only says that nobody reads standard output any more.
pub fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
}

fn failed(source: io::Error) -> Error {
    Error::Io { action: "write", path: "standard output".into(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_escapes_what_a_terminal_should_not_see_and_reads_the_same() {
        let text = "红\u{1b}[31m\u{9b}\u{202e}\u{e0041}\u{7f}“\"\n𠮷";
        let mut written = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut written, Escaped);
        serde::Serialize::serialize(text, &mut writer).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(!written.chars().any(|c| is_harmful(c) || c == '\n'), "{written:?}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}
