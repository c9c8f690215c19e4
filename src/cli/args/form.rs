//! The forms in which commands answer, and whether they colour.

use clap::ValueEnum;

/// Forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For reading
    Text,
    /// One JSON object
    Json,
    /// A JSON object for each hit
    Jsonl,
    /// A row for each hit
    Csv,
    /// A TREC run of article ids
    Trec,
    /// Clippings as Markdown, with citations by GB/T 7714
    Md,
    /// Clippings as a page of HTML
    Html,
    /// Clippings as a document of Word
    Docx,
    /// Clippings for reference managers such as Zotero
    Ris,
    /// Clippings as BibTeX
    Bib,
}

/// Forms of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For reading
    Text,
    /// A JSON object a row
    Jsonl,
    /// Comma-separated, with a header row
    Csv,
}

/// Forms of counts and single records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CountFormat {
    /// For reading
    Text,
    /// One JSON object
    Json,
}

/// Forms of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordFormat {
    /// For reading
    Text,
    /// A JSON object a line
    Jsonl,
}

/// Forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A JSON object for each passage
    Jsonl,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
