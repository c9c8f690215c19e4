//! Numbers of passages with a word or a character, told by the cluster's dictionaries.
//!
//! The suggester of terms tells in how many documents each term near a text is, and reads
//! dictionaries alone: asked for what is near a term with one character more, it tells the term
//! itself. A count by a query looks at every passage that has the term. Dictionaries count what was
//! deleted until it is merged away, so where anything was, passages are counted by a query; only
//! the numbers of terms that are in very many passages, and of articles, are scaled by the share
//! of what lives.

use super::client::{Client, Verb};
use super::combined::{any, nested};
use super::document::token;
use crate::error::Result;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Terms of one request.
const TOGETHER: usize = 100;
/// Terms near a text that are told; the term itself is the nearest.
const NEAR: u32 = 100;
/// Words near a typed one that are told.
const MOST_NEAR: u32 = 1_000;
/// The most passages of a term that are counted by a query where documents were deleted. Of more
/// than that, what was deleted is an even enough sample.
const MOST_COUNTED: u64 = 1_000_000;
/// The character that is added to a term; no text contains it.
const ADDED: char = '\u{2}';

/// A term whose passages or articles are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CountedTerm {
    /// A word, in passages.
    Word(String),
    /// A character of the exact text, in passages.
    Character(char),
    /// A word, in articles.
    ArticleWord(String),
}

impl CountedTerm {
    /// The field and the token.
    fn place(&self) -> (&'static str, String) {
        match self {
            CountedTerm::Word(word) => ("passages.words", token(word).into_owned()),
            CountedTerm::Character(c) => ("passages.chars", c.to_string()),
            CountedTerm::ArticleWord(word) => ("words", token(word).into_owned()),
        }
    }

    /// The passages that have it, as a query within `passages`; `None` of a word in articles.
    fn passages(&self) -> Option<Value> {
        let (field, token) = self.place();
        let counts_articles = matches!(self, CountedTerm::ArticleWord(_));
        (!counts_articles).then(|| json!({ "term": { field: token } }))
    }
}

/// The number of documents that have a term.
#[derive(Debug, Clone, Copy)]
struct TermCount {
    /// Those in the dictionaries, of which some may have been deleted.
    told: u64,
    /// Those that live, where they were counted.
    living: Option<u64>,
}

/// The numbers that were asked for, of one commit.
pub struct TermCounts {
    known: Mutex<HashMap<CountedTerm, TermCount>>,
    /// The share of the cluster's documents that were not deleted.
    living: f64,
}

impl TermCounts {
    /// No number yet, of the index that `client` asks.
    pub fn new(client: &Client) -> TermCounts {
        let path = format!("/{}/_stats/docs", client.address().name());
        // Who may not ask for it takes all for living.
        let found = client.call(Verb::Get, &path, None).unwrap_or_default();
        // Any copy may answer, and each has merged for itself.
        let docs = &found["_all"]["total"]["docs"];
        let number = |name: &str| docs[name].as_f64().unwrap_or(0.0);
        let (count, deleted) = (number("count"), number("deleted"));
        let living = if deleted > 0.0 { count / (count + deleted) } else { 1.0 };
        TermCounts { known: Mutex::default(), living }
    }

    /// Asks for all terms that are not known yet.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn ask(&self, client: &Client, terms: &[CountedTerm]) -> Result<()> {
        let mut asked: Vec<&CountedTerm> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            terms.iter().filter(|term| !known.contains_key(term)).collect()
        };
        asked.sort_by_cached_key(|term| term.place());
        asked.dedup();
        for some in asked.chunks(TOGETHER) {
            let told = told(client, some)?.into_iter();
            let mut told: Vec<TermCount> =
                told.map(|told| TermCount { told, living: None }).collect();
            if self.living < 1.0 {
                count_living(client, some, &mut told)?;
            }
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.extend(some.iter().map(|&term| term.clone()).zip(told));
        }
        Ok(())
    }

    /// The number of passages or articles that have a term; 0 for one that was not asked for.
    pub fn of(&self, term: &CountedTerm) -> u64 {
        let found = self.known(term);
        found.living.unwrap_or_else(|| self.scaled(found.told))
    }

    /// The number that weighs a term in the cluster's own scores, which dictionaries tell, scaled
    /// as if all documents lived.
    pub fn in_dictionaries(&self, term: &CountedTerm) -> u64 {
        self.scaled(self.known(term).told)
    }

    fn known(&self, term: &CountedTerm) -> TermCount {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(term).copied().unwrap_or(TermCount { told: 0, living: None })
    }

    fn scaled(&self, told: u64) -> u64 {
        ((told as f64 * self.living).round() as u64).max(u64::from(told > 0))
    }
}

/// Counts the passages that live of those terms of which `counts` has a number from dictionaries
/// that is not too large.
fn count_living(client: &Client, terms: &[&CountedTerm], counts: &mut [TermCount]) -> Result<()> {
    let (mut queries, mut aggregations) = (Vec::new(), Map::new());
    for (at, (term, count)) in terms.iter().zip(counts.iter()).enumerate() {
        let few = (1..=MOST_COUNTED).contains(&count.told);
        if let Some(query) = term.passages().filter(|_| few) {
            aggregations.insert(at.to_string(), json!({ "filter": query }));
            queries.push(query);
        }
    }
    if queries.is_empty() {
        return Ok(());
    }
    let passages = json!({ "nested": { "path": "passages" }, "aggs": aggregations });
    let body = json!({ "size": 0, "track_total_hits": false, "query": nested(&any(queries)),
                       "aggs": { "passages": passages } });
    let answer =
        client.call(Verb::Post, &format!("/{}/_search", client.address().name()), Some(&body))?;
    client.check_whole(&answer)?;
    let found = &answer["aggregations"]["passages"];
    for (at, count) in counts.iter_mut().enumerate() {
        count.living = found[at.to_string()]["doc_count"].as_u64();
    }
    Ok(())
}

/// Calls `emit` with the words of passages that differ from `word` in one character, and their
/// numbers of passages.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn each_near(client: &Client, word: &str, emit: &mut dyn FnMut(&str, u64)) -> Result<()> {
    let near = json!({
        "field": "passages.words", "analyzer": "whitespace", "suggest_mode": "always",
        "max_edits": 1, "prefix_length": 0, "min_word_length": 1, "size": MOST_NEAR,
        "max_inspections": MOST_NEAR, "accuracy": 0.0,
    });
    let body = json!({ "size": 0, "track_total_hits": false, "query": { "match_none": {} },
                       "suggest": { "near": { "text": token(word), "term": near } } });
    let path = format!("/{}/_search", client.address().name());
    let answer = client.call(Verb::Post, &path, Some(&body))?;
    client.check_whole(&answer)?;
    for near in answer["suggest"]["near"][0]["options"].as_array().into_iter().flatten() {
        if let Some((text, count)) = near["text"].as_str().zip(near["freq"].as_u64()) {
            emit(text, count);
        }
    }
    Ok(())
}

/// The number of documents of each term, those that were deleted among them.
fn told(client: &Client, terms: &[&CountedTerm]) -> Result<Vec<u64>> {
    let mut asked = Map::new();
    for (at, term) in terms.iter().enumerate() {
        let (field, token) = term.place();
        let length = token.chars().count();
        let near = json!({
            "field": field, "analyzer": "whitespace", "suggest_mode": "always", "max_edits": 1,
            "prefix_length": length, "min_word_length": 1, "size": NEAR,
            "string_distance": "jaro_winkler",
        });
        asked.insert(at.to_string(), json!({ "text": format!("{token}{ADDED}"), "term": near }));
    }
    let body = json!({ "size": 0, "track_total_hits": false, "query": { "match_none": {} },
                       "suggest": asked });
    let answer =
        client.call(Verb::Post, &format!("/{}/_search", client.address().name()), Some(&body))?;
    client.check_whole(&answer)?;
    let of = |(at, term): (usize, &&CountedTerm)| {
        let (token, near) = (term.place().1, &answer["suggest"][at.to_string()][0]["options"]);
        let own = near.as_array().into_iter().flatten().find(|near| near["text"] == token.as_str());
        own.and_then(|own| own["freq"].as_u64()).unwrap_or(0)
    };
    Ok(terms.iter().enumerate().map(of).collect())
}
