//! Filters of one segment: the documents that meet the conditions of a selection.

use super::doc_set::DocBitSet;
use super::phrase;
use super::postings::{add_term, for_each_phrase};
use super::speaker_spans::SpeakerSpans;
use crate::engine::embedded::article_map::ArticleMap;
use crate::engine::embedded::error::read_error;
use crate::engine::embedded::schema::IndexFields;
use crate::engine::embedded::speech::Speech;
use crate::engine::filter::{Column, Condition, DateScope, Selection, SpeechFilter};
use crate::error::Result;
use crate::text::exact::exact;
use crate::text::fold::key;
use tantivy::schema::Field;
use tantivy::{DocId, SegmentReader};

/// A segment on which filters are evaluated.
pub struct FilteredSegment<'a> {
    /// Tantivy's segment.
    pub reader: &'a SegmentReader,
    /// The fields.
    pub fields: &'a IndexFields,
    /// The articles and the documents of each.
    pub articles: &'a ArticleMap,
}

impl FilteredSegment<'_> {
    /// The documents that a selection admits; `None` where nothing filters and nothing was deleted.
    ///
    /// # Errors
    /// Tantivy's error for a damaged segment.
    pub fn allowed(&self, selection: &Selection<'_>) -> Result<Option<DocBitSet>> {
        let mut allowed: Option<DocBitSet> = None;
        for condition in selection.conditions() {
            selection.check()?;
            let set = self.documents(&condition)?;
            match &mut allowed {
                Some(allowed) => allowed.intersect(&set),
                None => allowed = Some(set),
            }
        }
        let max_doc = self.reader.max_doc();
        if let Some(alive) = self.reader.alive_bitset() {
            let allowed = allowed.get_or_insert_with(|| DocBitSet::all(max_doc));
            allowed.retain(|doc| alive.is_alive(doc));
        }
        if selection.dating == DateScope::Undated {
            let dates = self.articles.columns.date()?;
            let allowed = allowed.get_or_insert_with(|| DocBitSet::all(max_doc));
            allowed.retain(|doc| dates.first(self.articles.first(doc)).is_none());
        }
        Ok(allowed)
    }

    /// The documents that meet a condition.
    fn documents(&self, condition: &Condition<'_>) -> Result<DocBitSet> {
        let fields = self.fields;
        let mut set = DocBitSet::empty(self.reader.max_doc());
        // First passages of the articles of which something holds as a whole.
        let mut firsts = DocBitSet::empty(self.reader.max_doc());
        match condition {
            Condition::Speaks(speech) => self.speaking(speech, &mut set)?,
            Condition::Mentions(names) => {
                // Who speaks anywhere in an article is mentioned in all of it.
                self.add_terms(&[fields.speaker, fields.alias], names, &mut firsts)?;
                for name in *names {
                    phrase::for_each_phrase(self.articles, &exact(name), None, |doc, _| {
                        set.insert(doc);
                    });
                    self.add_titles(name, &mut firsts)?;
                }
            }
            Condition::About(topics) => {
                self.add_terms(&[fields.topic, fields.subject], topics, &mut firsts)?;
            }
            Condition::Value(column, admits) => self.with_value(*column, admits, &mut firsts)?,
            Condition::Dated(range) => {
                self.articles.each_dated(range.clone(), |doc| firsts.insert(doc))?;
            }
            Condition::TitleHolds(titles) => {
                titles.iter().try_for_each(|title| self.add_titles(title, &mut firsts))?;
            }
            Condition::Holds(conditions) => {
                self.articles.firsts().iter().for_each(|&doc| firsts.insert(doc));
                for condition in conditions {
                    firsts.intersect(&self.firsts_of(&self.documents(condition)?));
                }
            }
            Condition::Lacks(conditions) => {
                self.articles.firsts().iter().for_each(|&doc| firsts.insert(doc));
                for condition in conditions {
                    let out = self.firsts_of(&self.documents(condition)?);
                    firsts.retain(|doc| !out.contains(doc));
                }
            }
        }
        firsts.for_each(|doc| set.insert_all(self.articles.passages(self.articles.article(doc))));
        Ok(set)
    }

    /// The first passages of the articles that the documents belong to.
    fn firsts_of(&self, documents: &DocBitSet) -> DocBitSet {
        let mut firsts = DocBitSet::empty(self.reader.max_doc());
        documents.for_each(|doc| firsts.insert(self.articles.first(doc)));
        firsts
    }

    /// Adds the documents with a quote that counts.
    fn speaking(&self, filter: &SpeechFilter, set: &mut DocBitSet) -> Result<()> {
        if !filter.speakers.is_empty() {
            let fields = [self.fields.speaker, self.fields.alias];
            self.add_terms(&fields, &filter.speakers, set)?;
            let spans = SpeakerSpans::new(self.articles, filter)?;
            set.retain(|doc| spans.speaks(doc));
            return Ok(());
        }
        let speech = self.articles.columns.speech()?;
        let counts = |speech: Speech| filter.admits(speech.confidence, speech.kind);
        for doc in 0..self.reader.max_doc() {
            if speech.values_for_doc(doc).map(Speech::unpack).any(counts) {
                set.insert(doc);
            }
        }
        Ok(())
    }

    fn add_terms(&self, fields: &[Field], values: &[String], set: &mut DocBitSet) -> Result<()> {
        for &field in fields {
            for value in values {
                add_term(self.reader, field, &key(value), set)?;
            }
        }
        Ok(())
    }

    /// Adds the first passages of the articles with `text` in their title.
    fn add_titles(&self, text: &str, firsts: &mut DocBitSet) -> Result<()> {
        let field = self.fields.title_chars;
        for_each_phrase(self.reader, field, &exact(text), None, |doc, _| firsts.insert(doc))
    }

    /// Adds the first passages of articles with a value of the column that `admits` accepts. Each
    /// distinct value is looked at once.
    fn with_value(
        &self,
        column: Column,
        admits: &dyn Fn(&str) -> bool,
        firsts: &mut DocBitSet,
    ) -> Result<()> {
        let name = match column {
            Column::Source => "source",
            Column::Author => "author",
            Column::Path => "path",
        };
        let Some(column) = self.articles.columns.text(name)? else { return Ok(()) };
        let mut ordinals = DocBitSet::empty(column.num_terms() as DocId);
        let mut values = column.dictionary().stream().map_err(read_error)?;
        while values.advance() {
            if std::str::from_utf8(values.key()).is_ok_and(admits) {
                ordinals.insert(values.term_ord() as DocId);
            }
        }
        if ordinals.is_empty() {
            return Ok(());
        }
        for &doc in self.articles.firsts() {
            if column.term_ords(doc).any(|ord| ordinals.contains(ord as DocId)) {
                firsts.insert(doc);
            }
        }
        Ok(())
    }
}
