//! Which passages have a word, and how often: an ordinary text field of tantivy, whose tokens
//! are the words that analysis has cut.

use super::error::read_error;
use super::schema::IndexFields;
use crate::error::Result;
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::{IndexRecordOption, Schema};
use tantivy::{DocId, InvertedIndexReader, SegmentReader, Term};

/// The words of one segment's passages.
#[derive(Clone)]
pub struct WordPostings {
    field: tantivy::schema::Field,
    inverted: Arc<InvertedIndexReader>,
    lengths: FieldNormReader,
}

impl WordPostings {
    /// Opens those of a segment.
    ///
    /// # Errors
    /// Tantivy's error for a segment without such a field, or for damaged files.
    pub fn open(reader: &SegmentReader) -> Result<WordPostings> {
        let schema: &Schema = reader.schema();
        let field = schema.get_field(IndexFields::WORDS)?;
        let inverted = reader.inverted_index(field)?;
        Ok(WordPostings { field, inverted, lengths: reader.get_fieldnorms_reader(field)? })
    }

    /// The number of words of all passages together.
    pub fn tokens(&self) -> u64 {
        self.inverted.total_num_tokens()
    }

    /// The number of words of a passage, rounded, as tantivy's field norm byte.
    #[inline]
    pub fn length_id(&self, doc: DocId) -> u8 {
        self.lengths.fieldnorm_id(doc)
    }

    /// The number of passages that have a word.
    ///
    /// # Errors
    /// Tantivy's error for a damaged segment.
    pub fn count(&self, word: &str) -> Result<u64> {
        let term = Term::from_field_text(self.field, word);
        self.inverted.doc_freq(&term).map(u64::from).map_err(read_error)
    }

    /// Calls `emit` with the passages that have a word and how often each has it, some at a time,
    /// in order.
    ///
    /// # Errors
    /// Tantivy's error for a damaged segment.
    pub fn each_block(&self, word: &str, mut emit: impl FnMut(&[DocId], &[u32])) -> Result<()> {
        let term = Term::from_field_text(self.field, word);
        let option = IndexRecordOption::WithFreqs;
        let postings = self.inverted.read_block_postings(&term, option).map_err(read_error)?;
        if let Some(mut postings) = postings {
            while postings.block_len() > 0 {
                emit(postings.docs(), postings.freqs());
                postings.advance();
            }
        }
        Ok(())
    }

    /// Calls `emit` with every word from `first` on, in order, and its number of passages,
    /// until that is `false`.
    ///
    /// # Errors
    /// Tantivy's error for a damaged segment.
    pub fn each_word(&self, first: &str, mut emit: impl FnMut(&str, u64) -> bool) -> Result<()> {
        let mut words =
            self.inverted.terms().range().ge(first).into_stream().map_err(read_error)?;
        while words.advance() {
            let count = u64::from(words.value().doc_freq);
            if std::str::from_utf8(words.key()).is_ok_and(|word| !emit(word, count)) {
                break;
            }
        }
        Ok(())
    }
}
