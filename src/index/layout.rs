//! Which passages make up which article: passages of an article are neighbours in a segment, so a
//! range says it all.

use super::columns::Columns;
use super::texts::Texts;
use super::words::Words;
use crate::error::Result;
use std::sync::OnceLock;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::{DocId, SegmentReader};

/// The articles of one segment.
#[derive(Clone)]
pub struct Layout {
    /// The columns of its passages.
    pub columns: Columns,
    /// The exact texts of its passages.
    pub texts: Texts,
    /// Their words.
    pub words: Words,
    /// The number of each passage's article within the segment.
    articles: Vec<u32>,
    /// The first passage of each article, and one past the last passage of all.
    firsts: Vec<DocId>,
    /// How many words each article has.
    lengths: Vec<f32>,
    /// When each article appeared, once somebody has asked; see [`Layout::each_dated`].
    dates: OnceLock<Vec<i64>>,
}

/// Stands for the date of an article that has none.
const UNDATED: i64 = i64::MIN;

impl Layout {
    /// Reads it from a segment.
    pub fn new(reader: &SegmentReader) -> Result<Layout> {
        let columns = Columns::new(reader);
        let ordinals = columns.ordinal()?.clone();
        let mut layout = Layout {
            columns,
            texts: Texts::open(reader)?,
            words: Words::open(reader)?,
            articles: Vec::new(),
            firsts: Vec::new(),
            lengths: Vec::new(),
            dates: OnceLock::new(),
        };
        layout.articles.reserve(reader.max_doc() as usize);
        for doc in 0..reader.max_doc() {
            if ordinals.first(doc).unwrap_or(0) == 0 || doc == 0 {
                layout.firsts.push(doc);
                layout.lengths.push(0.0);
            }
            layout.articles.push(layout.firsts.len() as u32 - 1);
            if let Some(length) = layout.lengths.last_mut() {
                let norm = layout.words.norms().get(doc as usize).copied().unwrap_or(0);
                *length += FieldNormReader::id_to_fieldnorm(norm) as f32;
            }
        }
        layout.firsts.push(reader.max_doc());
        Ok(layout)
    }

    /// How many articles there are.
    pub fn count(&self) -> usize {
        self.lengths.len()
    }

    /// The number of a passage's article.
    #[inline]
    pub fn article(&self, doc: DocId) -> u32 {
        self.articles[doc as usize]
    }

    /// The passages of an article.
    #[inline]
    pub fn passages(&self, article: u32) -> std::ops::Range<DocId> {
        self.firsts[article as usize]..self.firsts[article as usize + 1]
    }

    /// The first passage of a passage's article, which has what holds for all of it.
    #[inline]
    pub fn first(&self, doc: DocId) -> DocId {
        self.firsts[self.article(doc) as usize]
    }

    /// The first passage of every article, in order.
    pub fn firsts(&self) -> &[DocId] {
        self.firsts.split_last().map_or(&[], |(_, firsts)| firsts)
    }

    /// Calls `emit` with the first passage of each article that appeared between two times (seconds
    /// since 1970), in order.
    ///
    /// # Errors
    /// What the engine says of a damaged column.
    pub fn each_dated(
        &self,
        range: std::ops::RangeInclusive<i64>,
        mut emit: impl FnMut(DocId),
    ) -> Result<()> {
        let dates = match self.dates.get() {
            Some(dates) => dates,
            None => {
                let dates = self.read_dates()?;
                self.dates.get_or_init(|| dates)
            }
        };
        for (&first, date) in self.firsts().iter().zip(dates) {
            if range.contains(date) && *date != UNDATED {
                emit(first);
            }
        }
        Ok(())
    }

    /// The dates of all articles, read at once, which is much quicker than one by one.
    fn read_dates(&self) -> Result<Vec<i64>> {
        let (column, mut docs) = (self.columns.date()?, Vec::new());
        let mut dates = vec![UNDATED; self.count()];
        column.get_docids_for_value_range(
            i64::MIN..=i64::MAX,
            0..self.articles.len() as DocId,
            &mut docs,
        );
        for (&doc, date) in docs.iter().zip(column.values.iter()) {
            dates[self.article(doc) as usize] = date;
        }
        Ok(dates)
    }

    /// How many words an article has.
    #[inline]
    pub fn length(&self, article: u32) -> f32 {
        self.lengths[article as usize]
    }
}
