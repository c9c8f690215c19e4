//! The columns of a segment, each opened when it is first asked for and kept: opening one costs
//! more than reading it.

use crate::error::Result;
use std::sync::OnceLock;
use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};
use tantivy::fastfield::FastFieldReaders;

/// The columns of one segment; see the fields of [`super::schema::IndexFields`].
#[derive(Clone)]
pub struct FastColumns {
    fast: FastFieldReaders,
    ordinal: OnceLock<Column<u64>>,
    number: OnceLock<Column<u64>>,
    speech: OnceLock<Column<u64>>,
    date: OnceLock<Column<i64>>,
    seen: OnceLock<Column<i64>>,
    texts: [OnceLock<Option<StrColumn>>; TEXTS.len()],
}

/// The columns of text.
const TEXTS: [&str; 8] =
    ["id", "path", "source", "author", "speaker", "title_of", "topic", "subject"];

impl FastColumns {
    /// Those of a segment; opens none.
    pub fn new(reader: &SegmentReader) -> FastColumns {
        FastColumns {
            fast: reader.fast_fields().clone(),
            ordinal: OnceLock::new(),
            number: OnceLock::new(),
            speech: OnceLock::new(),
            date: OnceLock::new(),
            seen: OnceLock::new(),
            texts: Default::default(),
        }
    }

    /// Places of passages in their articles.
    pub fn ordinal(&self) -> Result<&Column<u64>> {
        kept(&self.ordinal, || Ok(self.fast.u64("ordinal")?))
    }

    /// Numbers of articles, with their first passages.
    pub fn number(&self) -> Result<&Column<u64>> {
        kept(&self.number, || Ok(self.fast.u64("number")?))
    }

    /// Quotes of passages; see [`super::speech::Speech`].
    pub fn speech(&self) -> Result<&Column<u64>> {
        kept(&self.speech, || Ok(self.fast.u64("speech")?))
    }

    /// Dates of articles, with their first passages.
    pub fn date(&self) -> Result<&Column<i64>> {
        kept(&self.date, || Ok(self.fast.i64("date")?))
    }

    /// Times at which articles were seen, with their first passages.
    pub fn seen(&self) -> Result<&Column<i64>> {
        kept(&self.seen, || Ok(self.fast.i64("seen")?))
    }

    /// A column of text by the name of its field; `None` where the segment has no value or the
    /// index no such column.
    pub fn text(&self, name: &str) -> Result<Option<&StrColumn>> {
        let Some(at) = TEXTS.iter().position(|&text| text == name) else { return Ok(None) };
        Ok(kept(&self.texts[at], || Ok(self.fast.str(name)?))?.as_ref())
    }
}

/// The value of the cell, which is put there first where nothing is.
fn kept<T>(cell: &OnceLock<T>, open: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(kept) = cell.get() {
        return Ok(kept);
    }
    let opened = open()?;
    Ok(cell.get_or_init(|| opened))
}
