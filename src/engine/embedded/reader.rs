//! One commit of the embedded engine, opened for reading.

use super::article_map::ArticleMap;
use super::counts::{self, CountedSegment};
use super::document;
use super::error::{engine_error, read_error};
use super::execution::{
    EmbeddedExecution, FilteredSegment, SelectedIndex, SelectedSegment, SpeakerSpans, SumsPool,
    article_id, title_count,
};
use super::lookup;
use super::schema::IndexFields;
use super::stored;
use crate::engine::bm25::mean;
use crate::engine::{
    ArticleName, Engine, Evidence, Execution, Inspected, KeyField, PassageAddress, Period, Ranking,
    Reprints, Scope, Selection, SpeakerCount, Statistics, TermField, TopicCounts, YearCounts,
};
use crate::error::{Error, Result};
use crate::passage::{ArticleKey, Passage};
use crate::text::fold::key;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::index::SegmentId;
use tantivy::store::StoreReader;
use tantivy::{
    DocId, Index, IndexReader, ReloadPolicy, Searcher, SegmentReader, TantivyError, Term,
};

/// At most so many terms are read from the dictionary of each segment: a fraction of a second.
const MOST_TERMS: usize = 1_000_000;
/// The blocks of the store of texts that are kept unpacked, a segment.
const CACHED_BLOCKS: usize = 100;

/// One commit, opened.
pub struct EmbeddedReader {
    folder: PathBuf,
    engine_folder: PathBuf,
    fields: IndexFields,
    searcher: Searcher,
    maps: Vec<ArticleMap>,
    /// The texts of each segment.
    stores: Vec<StoreReader>,
    statistics: Statistics,
    pool: SumsPool,
}

impl EmbeddedReader {
    /// Opens the last commit of `index`, whose files are in `engine_folder` of the index at
    /// `folder`.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a file cannot be read.
    pub fn open(index: &Index, folder: &Path, engine_folder: &Path) -> Result<EmbeddedReader> {
        let failed = |e| engine_error(folder, e);
        let segments = || -> Result<HashSet<SegmentId>> {
            Ok(index.searchable_segment_ids().map_err(failed)?.into_iter().collect())
        };
        let (searcher, maps) = loop {
            let before = segments()?;
            let opened = open_segments(index).map_err(failed);
            // Segments that were merged meanwhile are gone, and the whole is opened again.
            match opened {
                Ok((searcher, Ok(maps))) => break (searcher, maps),
                Ok((_, Err(error))) | Err(error) if before == segments()? => return Err(error),
                _ => {}
            }
        };
        let fields = IndexFields::new();
        let store = |reader: &SegmentReader| reader.get_store_reader(CACHED_BLOCKS);
        let stores = searcher.segment_readers().iter().map(store).collect::<io::Result<_>>();
        let stores = stores.map_err(|e| failed(e.into()))?;
        let statistics = statistics(&searcher, &maps, &fields)?;
        Ok(EmbeddedReader {
            folder: folder.to_owned(),
            engine_folder: engine_folder.to_owned(),
            fields,
            searcher,
            maps,
            stores,
            statistics,
            pool: SumsPool::default(),
        })
    }

    /// The segments, each with its articles.
    fn segments(&self) -> impl Iterator<Item = (&SegmentReader, &ArticleMap)> {
        self.searcher.segment_readers().iter().zip(&self.maps)
    }

    fn map(&self, at: PassageAddress) -> Result<&ArticleMap> {
        let map = self.maps.get(at.segment as usize);
        map.ok_or_else(|| self.damaged("a passage of another commit was asked for".to_owned()))
    }

    fn damaged(&self, reason: String) -> Error {
        Error::Damaged { path: self.folder.clone(), reason }
    }

    /// The error of a text that cannot be read.
    fn unreadable(&self, error: TantivyError) -> Error {
        match error {
            TantivyError::IoError(e) if e.raw_os_error().is_none() => self.damaged(e.to_string()),
            error => error.into(),
        }
    }

    /// All segments without a selection.
    fn everything<'a>(&'a self, ranking: &'a Ranking) -> SelectedIndex<'a> {
        let segments = self.segments().map(|(reader, articles)| SelectedSegment {
            reader,
            fields: &self.fields,
            allowed: None,
            speaker_spans: None,
            articles,
        });
        let statistics = &self.statistics;
        SelectedIndex { segments: segments.collect(), statistics, ranking, stop: None }
    }

    /// The segments that a selection admits, for counting.
    fn counted<'a>(
        &'a self,
        selection: &Selection<'_>,
        reprints: Reprints<'a>,
    ) -> Result<Vec<CountedSegment<'a>>> {
        let counted = self.segments().map(|(reader, articles)| {
            let segment = FilteredSegment { reader, fields: &self.fields, articles };
            let allowed = segment.allowed(selection)?;
            Ok(CountedSegment { max_doc: reader.max_doc(), articles, allowed, reprints })
        });
        counted.collect()
    }
}

/// The segments of the last commit with the articles of each.
fn open_segments(index: &Index) -> tantivy::Result<(Searcher, Result<Vec<ArticleMap>>)> {
    let builder = index.reader_builder().reload_policy(ReloadPolicy::Manual);
    let reader: IndexReader = builder.try_into()?;
    let searcher = reader.searcher();
    let maps = searcher.segment_readers().iter().map(ArticleMap::new).collect();
    Ok((searcher, maps))
}

/// Reads the numbers that BM25 weighs by.
fn statistics(
    searcher: &Searcher,
    maps: &[ArticleMap],
    fields: &IndexFields,
) -> Result<Statistics> {
    let passages = searcher.segment_readers().iter().map(|r| u64::from(r.max_doc())).sum();
    let articles = maps.iter().map(|map| map.count() as u64).sum();
    let mut title_words = 0;
    for reader in searcher.segment_readers() {
        title_words += reader.inverted_index(fields.title_words)?.total_num_tokens();
    }
    let words: u64 = maps.iter().map(|map| map.words.tokens()).sum();
    let chars: u64 = maps.iter().map(|map| map.texts.characters()).sum();
    Ok(Statistics {
        passages,
        articles,
        title_words: mean(title_words, articles),
        article_words: mean(words, articles),
        passage_words: mean(words, passages),
        passage_chars: mean(chars, passages),
    })
}

impl Engine for EmbeddedReader {
    fn read_in_pieces(&mut self) {
        for (map, reader) in self.maps.iter_mut().zip(self.searcher.segment_readers()) {
            map.texts.read_in_pieces(&self.engine_folder, reader.segment_id());
        }
    }

    fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    fn execution<'a>(
        &'a self,
        selection: &Selection<'a>,
        ranking: &'a Ranking,
    ) -> Result<Box<dyn Execution + 'a>> {
        let speech = selection.speakers();
        let segments = self.segments().map(|(reader, articles)| {
            let fields = &self.fields;
            let allowed = FilteredSegment { reader, fields, articles }.allowed(selection)?;
            let spans = speech.map(|speech| SpeakerSpans::new(articles, speech)).transpose()?;
            Ok(SelectedSegment { reader, fields, allowed, speaker_spans: spans, articles })
        });
        let segments = segments.collect::<Result<_>>()?;
        let (statistics, stop) = (&self.statistics, selection.stop);
        let index = SelectedIndex { segments, statistics, ranking, stop };
        Ok(Box::new(EmbeddedExecution { index, pool: &self.pool }))
    }

    fn passage(&self, at: PassageAddress) -> Result<Passage> {
        let (map, store) = (self.map(at)?, &self.stores[at.segment as usize]);
        let fetch = |doc: DocId| -> Result<Passage> {
            let document = store.get_document_bytes(doc).map_err(|e| self.unreadable(e))?;
            document::passage(&document, map.texts.passage(doc), &self.fields)
                .map_err(|reason| self.damaged(reason))
        };
        let mut passage = fetch(at.passage)?;
        if passage.ordinal > 0 {
            let first = at.passage.checked_sub(passage.ordinal).map(fetch).transpose()?;
            if !first.is_some_and(|first| stored::complete(&mut passage, &first)) {
                let id = &passage.article.id;
                let reason = format!("the first passage of {id} is not where it should be");
                return Err(self.damaged(reason));
            }
        }
        // A second reference to the head is only held by a passage that is dropped here.
        Arc::make_mut(&mut passage.article).key = self.number(at)?.map(ArticleKey);
        Ok(passage)
    }

    fn siblings(&self, at: PassageAddress) -> Vec<PassageAddress> {
        let Some(map) = self.maps.get(at.segment as usize) else { return Vec::new() };
        let passages = map.passages(map.article(at.passage));
        passages.map(|passage| PassageAddress { segment: at.segment, passage }).collect()
    }

    fn number(&self, at: PassageAddress) -> Result<Option<u64>> {
        let map = self.map(at)?;
        Ok(map.columns.number()?.first(map.first(at.passage)))
    }

    fn article_id(&self, at: PassageAddress) -> Result<String> {
        article_id(self.map(at)?, at.passage)
    }

    fn find(&self, name: ArticleName<'_>) -> Result<Vec<PassageAddress>> {
        let fields = &self.fields;
        match name {
            ArticleName::Number(number) => {
                let term = Term::from_field_u64(fields.article, number);
                let found = lookup::documents(&self.searcher, &term)?;
                let first = |at: PassageAddress| -> Result<PassageAddress> {
                    Ok(PassageAddress { passage: self.map(at)?.first(at.passage), ..at })
                };
                found.into_iter().take(1).map(first).collect()
            }
            ArticleName::Id(id) => {
                lookup::documents(&self.searcher, &Term::from_field_text(fields.id, id))
            }
            ArticleName::Path(path) => {
                lookup::documents(&self.searcher, &Term::from_field_text(fields.path, path))
            }
        }
    }

    fn articles(&self) -> Result<Vec<(u64, PassageAddress)>> {
        let mut articles = Vec::new();
        for (segment, (reader, map)) in (0..).zip(self.segments()) {
            let numbers = map.columns.number()?;
            for &passage in map.firsts().iter().filter(|&&doc| !reader.is_deleted(doc)) {
                let number = numbers.first(passage).unwrap_or(0);
                articles.push((number, PassageAddress { segment, passage }));
            }
        }
        Ok(articles)
    }

    fn character_count(&self, c: char) -> u64 {
        self.maps.iter().map(|map| map.texts.count(c)).sum()
    }

    fn occurs(&self, evidence: &Evidence) -> Result<bool> {
        let ranking = Ranking::default();
        let index = self.everything(&ranking);
        if let Evidence::Word(word) | Evidence::Unknown(word) = evidence {
            let passages: u64 =
                self.maps.iter().map(|map| map.words.count(word)).sum::<Result<u64>>()?;
            if passages + title_count(&index.segments, self.fields.title_words, word)? > 0 {
                return Ok(true);
            }
        }
        for segment in &index.segments {
            if !segment.find(evidence, Scope::Anywhere)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn terms(&self, field: TermField, emit: &mut dyn FnMut(&str, u64)) -> Result<()> {
        for (reader, map) in self.segments() {
            let mut seen = 0;
            if field == TermField::Words {
                map.words.each_word("", |term, count| {
                    emit(term, count);
                    seen += 1;
                    seen < MOST_TERMS
                })?;
                continue;
            }
            let inverted = reader.inverted_index(self.fields.speaker)?;
            let mut terms = inverted.terms().stream().map_err(read_error)?;
            while terms.advance() && seen < MOST_TERMS {
                seen += 1;
                if let Ok(term) = std::str::from_utf8(terms.key()) {
                    emit(term, terms.value().doc_freq.into());
                }
            }
        }
        Ok(())
    }

    fn value_count(&self, field: KeyField, value: &str) -> Result<u64> {
        let field = match field {
            KeyField::Speaker => self.fields.speaker,
            KeyField::Alias => self.fields.alias,
            KeyField::Topic => self.fields.topic,
        };
        Ok(self.searcher.doc_freq(&Term::from_field_text(field, &key(value)))?)
    }

    fn speaker_names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for map in &self.maps {
            if let Some(column) = map.columns.text("speaker")? {
                let mut values = column.dictionary().stream().map_err(read_error)?;
                while values.advance() {
                    names.extend(std::str::from_utf8(values.key()).ok().map(str::to_owned));
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn speakers(
        &self,
        pattern: &str,
        selection: &Selection<'_>,
        reprints: Reprints<'_>,
    ) -> Result<Vec<SpeakerCount>> {
        counts::speakers(&self.counted(selection, reprints)?, pattern)
    }

    fn topics(
        &self,
        period: Period,
        selection: &Selection<'_>,
        reprints: Reprints<'_>,
    ) -> Result<TopicCounts> {
        counts::topics(&self.counted(selection, reprints)?, period)
    }

    fn years(&self) -> Result<YearCounts> {
        lookup::years(self.segments())
    }

    fn inspect(&self, each: &mut dyn FnMut(Inspected)) -> Result<()> {
        for (reader, map) in self.segments() {
            lookup::inspect(reader, map, &self.fields, &self.folder, each)?;
        }
        Ok(())
    }
}
