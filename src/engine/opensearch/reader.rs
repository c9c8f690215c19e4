//! An index in a cluster, opened for reading: articles by name and number, passages, and counts
//! that the cluster itself makes.
//!
//! An address of a passage is the place of its article in a table of this reader, and the passage's
//! ordinal. Articles that were read last are kept, since their passages are asked for one by one.

use super::client::{Client, SEARCH_PATIENCE, Verb};
use super::combined::nested;
use super::document::{hex, passages};
use super::inspection;
use super::scan::{self, Scan};
use super::term_counts::{CountedTerm, TermCounts};
use super::{ClusterAddress, composite};
use crate::engine::bm25::mean;
use crate::engine::number::day;
use crate::engine::{
    ArticleName, Inspected, KeyField, PassageAddress, Statistics, TermField, YearCounts,
};
use crate::error::{Error, Result};
use crate::passage::{ArticleKey, Head, Passage};
use crate::reprint::Groups;
use crate::text::fold::key;
use crate::text::word::Segmenter;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Articles that are kept after they were read.
const KEPT: usize = 1_000;
/// Articles that are asked for together.
const TOGETHER: usize = 200;
/// Articles with one name that are found.
const MOST_FOUND: usize = 10_000;

/// An index in a cluster, opened.
pub struct ClusterReader {
    client: Client,
    segmenter: Segmenter,
    statistics: Statistics,
    table: Mutex<ArticleTable>,
    kept: Mutex<HashMap<u32, Arc<Vec<Passage>>>>,
    term_counts: TermCounts,
    /// The distinct values of columns that were asked for.
    values: Mutex<HashMap<&'static str, Arc<Vec<String>>>>,
}

/// The articles that addresses name, in the order in which they were met.
#[derive(Default)]
struct ArticleTable {
    numbers: Vec<u64>,
    places: HashMap<u64, u32>,
}

impl ArticleTable {
    fn place(&mut self, number: u64) -> u32 {
        *self.places.entry(number).or_insert_with(|| {
            self.numbers.push(number);
            self.numbers.len() as u32 - 1
        })
    }
}

impl ClusterReader {
    /// Opens the index at `address`, whose words `segmenter` cut.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn open(address: &ClusterAddress, segmenter: &Segmenter) -> Result<ClusterReader> {
        let client = Client::new(address, SEARCH_PATIENCE);
        let statistics = statistics(&client)?;
        let term_counts = TermCounts::new(&client);
        Ok(ClusterReader {
            client,
            segmenter: segmenter.clone(),
            statistics,
            table: Mutex::default(),
            kept: Mutex::default(),
            term_counts,
            values: Mutex::default(),
        })
    }

    /// The client that it asks with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The segmenter that cut its words.
    pub fn segmenter(&self) -> &Segmenter {
        &self.segmenter
    }

    /// The numbers that BM25 weighs by.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// The address of an article's first passage.
    pub fn first(&self, number: u64) -> PassageAddress {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        PassageAddress { segment: table.place(number), passage: 0 }
    }

    /// The number of the article that the passage belongs to.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the address is none of this reader.
    pub fn number(&self, at: PassageAddress) -> Result<u64> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let number = table.numbers.get(at.segment as usize).copied();
        number.ok_or_else(|| self.damaged("a passage of another commit was asked for"))
    }

    /// The error that the index is damaged.
    pub fn damaged(&self, reason: &str) -> Error {
        let path = self.client.address().to_string().into();
        Error::Damaged { path, reason: reason.to_owned() }
    }

    /// Searches the index; the answer is whole.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn search(&self, body: &Value) -> Result<Value> {
        let path = format!("/{}/_search", self.client.address().name());
        let answer = self.client.call(Verb::Post, &path, Some(body))?;
        self.client.check_whole(&answer)?;
        Ok(answer)
    }

    /// Reads the articles of these passages together, for those who ask for them next.
    ///
    /// # Errors
    /// A cluster that does not answer; [`Error::Damaged`] where an article cannot be read.
    pub fn prefetch(&self, at: &[PassageAddress]) -> Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() + at.len() > KEPT {
            kept.clear();
        }
        drop(kept);
        for some in at.chunks(TOGETHER) {
            let numbers: Vec<u64> =
                some.iter().map(|&at| self.number(at)).collect::<Result<_>>()?;
            let ids: Vec<String> = numbers.into_iter().map(hex).collect();
            let mut body = json!({ "query": { "ids": { "values": ids } }, "size": ids.len() });
            scan::columns(&mut body, &["stored"]);
            let found = self.search(&body)?;
            for document in found["hits"]["hits"].as_array().into_iter().flatten() {
                let stored = document["fields"]["stored"][0].as_str();
                let number = scan::number(document);
                if let Some((number, stored)) = number.zip(stored) {
                    let read = passages(stored).map_err(|reason| self.damaged(&reason))?;
                    let read = keyed(read, number);
                    self.keep(self.first(number).segment, Arc::new(read));
                }
            }
        }
        Ok(())
    }

    /// The numbers of passages with a term.
    pub fn term_counts(&self) -> &TermCounts {
        &self.term_counts
    }

    /// The distinct values of a column.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn values(&self, column: &'static str) -> Result<Arc<Vec<String>>> {
        let known = || {
            let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
            values.get(column).map(Arc::clone)
        };
        if let Some(values) = known() {
            return Ok(values);
        }
        let mut found: Vec<String> = Vec::new();
        composite::each(&self.client, &json!({ "match_all": {} }), &[column], |values, _| {
            found.extend(values[0].as_str().map(str::to_owned));
        })?;
        let found = Arc::new(found);
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(values.entry(column).or_insert(found)))
    }

    /// Keeps an article that was read, for those who ask for its passages next.
    pub fn keep_read(&self, at: PassageAddress, number: u64, read: Vec<Passage>) {
        self.keep(at.segment, Arc::new(keyed(read, number)));
    }

    fn keep(&self, article: u32, read: Arc<Vec<Passage>>) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(article, read);
    }

    /// The passages of the article that the passage belongs to.
    ///
    /// # Errors
    /// [`Error::Damaged`] where they cannot be read, as of an article that is gone.
    pub fn article(&self, at: PassageAddress) -> Result<Arc<Vec<Passage>>> {
        let known = || {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get(&at.segment).map(Arc::clone)
        };
        if let Some(kept) = known() {
            return Ok(kept);
        }
        self.prefetch(&[at])?;
        known().ok_or_else(|| self.damaged("an article is gone; it was rewritten or deleted"))
    }

    /// The stored passage at an address.
    ///
    /// # Errors
    /// Those of [`ClusterReader::article`].
    pub fn passage(&self, at: PassageAddress) -> Result<Passage> {
        let article = self.article(at)?;
        let passage = article.get(at.passage as usize).cloned();
        passage.ok_or_else(|| self.damaged("an article has fewer passages than it had"))
    }

    /// The addresses of all passages of the article that the passage belongs to, in order.
    pub fn siblings(&self, at: PassageAddress) -> Vec<PassageAddress> {
        let count = self.article(at).map_or(1, |article| article.len() as u32);
        (0..count).map(|passage| PassageAddress { passage, ..at }).collect()
    }

    /// The first passage of every article with this name.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn find(&self, name: ArticleName<'_>) -> Result<Vec<PassageAddress>> {
        let query = match name {
            ArticleName::Number(number) => json!({ "ids": { "values": [hex(number)] } }),
            ArticleName::Id(id) => json!({ "term": { "id": id } }),
            ArticleName::Path(path) => json!({ "term": { "path": path } }),
        };
        let mut body = json!({ "query": query, "size": MOST_FOUND, "sort": [{ "number": "asc" }] });
        scan::columns(&mut body, &[]);
        let answer = self.search(&body)?;
        let hits = answer["hits"]["hits"].as_array().into_iter().flatten();
        let numbers = hits.filter_map(scan::number);
        Ok(numbers.map(|number| self.first(number)).collect())
    }

    /// Every article: its number and its first passage.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn articles(&self) -> Result<Vec<(u64, PassageAddress)>> {
        let mut all = Vec::new();
        Scan { page: 5_000, ..Scan::default() }.each(&self.client, |hit| {
            if let Some(number) = scan::number(hit) {
                all.push((number, self.first(number)));
            }
            Ok(())
        })?;
        Ok(all)
    }

    /// The number of passages that meet a query.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn passages_with(&self, query: &Value) -> Result<u64> {
        let body = json!({ "size": 0, "track_total_hits": false, "query": nested(query), "aggs": {
            "p": { "nested": { "path": "passages" }, "aggs": { "n": { "filter": query } } } } });
        let answer = self.search(&body)?;
        Ok(answer["aggregations"]["p"]["n"]["doc_count"].as_u64().unwrap_or(0))
    }

    /// The number of passages (of articles, for what articles have) with a value.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn value_count(&self, field: KeyField, value: &str) -> Result<u64> {
        let value = key(value);
        match field {
            KeyField::Speaker => {
                self.passages_with(&json!({ "term": { "passages.speaker_key": value } }))
            }
            KeyField::Alias => {
                self.passages_with(&json!({ "term": { "passages.alias_key": value } }))
            }
            KeyField::Topic => {
                scan::count(&self.client, &json!({ "term": { "topic_key": value } }))
            }
        }
    }

    /// In how many passages a character of the exact text is.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn character_count(&self, c: char) -> Result<u64> {
        let term = CountedTerm::Character(c);
        self.term_counts.ask(&self.client, std::slice::from_ref(&term))?;
        Ok(self.term_counts.of(&term))
    }

    /// The names of all speakers as they are filed, sorted.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn speaker_names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        composite::each(&self.client, &json!({ "match_all": {} }), &["speaker"], |values, _| {
            names.extend(values[0].as_str().map(str::to_owned));
        })?;
        names.sort();
        Ok(names)
    }

    /// Calls `emit` with the terms of a dictionary and their numbers of passages; of words, with
    /// none: a cluster does not tell its dictionary.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn terms(&self, field: TermField, emit: &mut dyn FnMut(&str, u64)) -> Result<()> {
        match field {
            TermField::Words => Ok(()),
            TermField::Speakers => composite::each_nested(
                &self.client,
                "passages",
                "passages.speaker_key",
                |value, count| emit(value, count),
            ),
        }
    }

    /// Counts the articles of each year; undated ones under `None`.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn years(&self) -> Result<YearCounts> {
        let mut years = YearCounts::new();
        composite::each(&self.client, &json!({ "match_all": {} }), &["date"], |values, count| {
            let year = values[0].as_i64().map(|date| day(date).year());
            *years.entry(year).or_default() += count;
        })?;
        Ok(years)
    }

    /// Reads everything that is stored, article by article, and tells what it found.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn inspect(&self, each: &mut dyn FnMut(Inspected)) -> Result<()> {
        let bytes = super::tables::ClusterTables::new(&self.client).groups()?;
        let groups = bytes.and_then(|b| Groups::new(crate::text::word::Bytes::new(b)));
        let groups = groups.unwrap_or_else(Groups::none);
        inspection::inspect(&self.client, &groups, &mut |found, _| each(found))
    }
}

/// The passages of the article with this number, with its key.
fn keyed(mut passages: Vec<Passage>, number: u64) -> Vec<Passage> {
    let head = passages.first().map(|first| first.article.as_ref().clone()).unwrap_or_default();
    let head = Arc::new(Head { key: Some(ArticleKey(number)), ..head });
    passages.iter_mut().for_each(|passage| passage.article = Arc::clone(&head));
    passages
}

/// The numbers of the index that BM25 weighs by.
fn statistics(client: &Client) -> Result<Statistics> {
    let sum = |field: &str| json!({ "sum": { "field": field } });
    let body = json!({ "size": 0, "track_total_hits": true, "aggs": {
        "passages": sum("row.passages"), "title": sum("lengths.title"),
        "words": sum("lengths.words"), "chars": sum("lengths.chars") } });
    let path = format!("/{}/_search", client.address().name());
    let answer = client.call(Verb::Post, &path, Some(&body))?;
    client.check_whole(&answer)?;
    let sum = |name: &str| answer["aggregations"][name]["value"].as_f64().unwrap_or(0.0) as u64;
    let articles = answer["hits"]["total"]["value"].as_u64().unwrap_or(0);
    let (passages, words) = (sum("passages"), sum("words"));
    Ok(Statistics {
        passages,
        articles,
        title_words: mean(sum("title"), articles),
        article_words: mean(words, articles),
        passage_words: mean(words, passages),
        passage_chars: mean(sum("chars"), passages),
    })
}
