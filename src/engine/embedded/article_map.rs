//! The passages of each article: passages of an article are neighbours in a segment, so a
//! range says it all.

use super::columns::FastColumns;
use super::exact_text::ExactTexts;
use super::words::WordPostings;
use crate::error::Result;
use std::sync::OnceLock;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::{DocId, SegmentReader};

/// The articles of one segment.
#[derive(Clone)]
pub struct ArticleMap {
    /// The columns of its passages.
    pub columns: FastColumns,
    /// The exact texts of its passages.
    pub texts: ExactTexts,
    /// Their words.
    pub words: WordPostings,
    /// The number of each passage's article within the segment.
    articles: Vec<u32>,
    /// The first passage of each article, and one past the last passage of all.
    firsts: Vec<DocId>,
    /// The number of words of each article.
    lengths: Vec<f32>,
    /// The date of each article, once somebody has asked; see [`ArticleMap::each_dated`].
    dates: OnceLock<Vec<i64>>,
}

/// Stands for the date of an article that has none.
const UNDATED: i64 = i64::MIN;

impl ArticleMap {
    /// Reads it from a segment.
    pub fn new(reader: &SegmentReader) -> Result<ArticleMap> {
        let columns = FastColumns::new(reader);
        let ordinals = columns.ordinal()?.clone();
        let mut map = ArticleMap {
            columns,
            texts: ExactTexts::open(reader)?,
            words: WordPostings::open(reader)?,
            articles: Vec::new(),
            firsts: Vec::new(),
            lengths: Vec::new(),
            dates: OnceLock::new(),
        };
        map.articles.reserve(reader.max_doc() as usize);
        for doc in 0..reader.max_doc() {
            if ordinals.first(doc).unwrap_or(0) == 0 || doc == 0 {
                map.firsts.push(doc);
                map.lengths.push(0.0);
            }
            map.articles.push(map.firsts.len() as u32 - 1);
            if let Some(length) = map.lengths.last_mut() {
                let norm = map.words.length_id(doc);
                *length += FieldNormReader::id_to_fieldnorm(norm) as f32;
            }
        }
        map.firsts.push(reader.max_doc());
        Ok(map)
    }

    /// The number of articles.
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
    /// The engine's error for a damaged column.
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

    /// The number of words of an article.
    #[inline]
    pub fn length(&self, article: u32) -> f32 {
        self.lengths[article as usize]
    }
}
