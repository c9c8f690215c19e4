//! Standard output, buffered, and what closing it means.

use crate::error::{Error, Result};
use std::io::{self, BufWriter, Write};

/// Where data goes.
pub struct Output {
    out: Box<dyn Write>,
}

impl Output {
    /// Standard output.
    pub fn stdout() -> Output {
        Output { out: Box::new(BufWriter::with_capacity(64 << 10, io::stdout().lock())) }
    }

    /// Writes a line.
    pub fn line(&mut self, text: &str) -> Result<()> {
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.write_all(b"\n")).map_err(failed)
    }

    /// Writes a value as one line of JSON.
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.out, value).map_err(|e| failed(e.into()))?;
        self.line("")
    }

    /// Writes records as CSV, with a header row.
    pub fn csv(&mut self, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<()> {
        let mut writer = csv::Writer::from_writer(&mut self.out);
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
        self.out.flush().map_err(failed)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether an error only says that nobody reads standard output any more.
pub fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
}

/// A cell that no spreadsheet takes for a formula, and without what could harm a terminal.
fn plain_cell(cell: &str) -> String {
    let cell = crate::text::harmless(cell);
    if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell.into_owned() }
}

fn failed(source: io::Error) -> Error {
    Error::Io { action: "write", path: "standard output".into(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(plain_cell("=1+1"), "'=1+1");
        assert_eq!(plain_cell("涨6.4%\u{1b}"), "涨6.4%");
    }
}
