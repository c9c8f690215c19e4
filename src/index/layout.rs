//! Which passages make up which article: passages of an article are neighbours in a segment, so a range says it all.

use super::columns::Columns;
use super::texts::Texts;
use super::words::Words;
use crate::error::Result;
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
}

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

    /// How many words an article has.
    #[inline]
    pub fn length(&self, article: u32) -> f32 {
        self.lengths[article as usize]
    }
}
