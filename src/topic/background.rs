//! Background frequencies: in how many articles of a large corpus a word occurs, which are names of
//! persons, and which say nothing about an article at all.
//!
//! The embedded background.counts holds counts of 83,001 news articles of 2022 to 2026; an
//! archive's own counts can be joined to it. Choosing an article's terms is left to subjects.rs.
//!
//! Format 1, little endian: `JBBG`, u8 format, u32 articles, u32 words, all u32 hashes in order,
//! one u8 a word: the highest bit for names, the rest 8 x ln of the number of articles.

use super::bag::{self, Bag};
use super::table::{HashTable, ModelReader};
use crate::definition::Definition;
use crate::error::{Error, Result};
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

const MAGIC: &[u8; 4] = b"JBBG";
const FORMAT: u8 = 1;
const NAME: u8 = 0x80;
const STEPS: f32 = 8.0;
/// A single character in more articles than one of 37 is mostly grammar (的, 和, 在, 将).
const COMMON_CHARACTER: f32 = 3.6;
/// Rarity beyond which a word is no better a subject: once in 1,800 articles.
const RAREST: f32 = 7.5;

/// Document frequencies of words, with stop words and family names.
#[derive(Debug, Clone, Default)]
pub struct Background {
    n_articles: u32,
    words: HashTable,
    /// For each word: the flag for names, and how many articles have it.
    bytes: Vec<u8>,
    stop: HashTable,
    family: HashSet<char, FixedState>,
}

/// Counts words article by article, for a [`Background`].
#[derive(Debug, Clone, Default)]
pub struct Counts {
    n_articles: u32,
    words: HashMap<u32, u32>,
    names: HashSet<u32>,
}

impl Background {
    /// The background that `definition` describes (`background.counts`, `lexicon/stopwords.txt`,
    /// `lexicon/family_names.txt`).
    ///
    /// # Errors
    /// [`Error::Definition`] where background.counts is malformed.
    pub fn new(definition: &Definition) -> Result<Background> {
        let bytes = definition.model("background.counts");
        let mut background = if bytes.is_empty() {
            Background::default()
        } else {
            Background::parse("background.counts", bytes)?
        };
        let stop: BTreeSet<u32> =
            definition.lexicon("lexicon/stopwords.txt").map(|e| bag::hash(e.word)).collect();
        background.stop = HashTable::new(stop.into_iter().collect());
        background.family = definition
            .lexicon("lexicon/family_names.txt")
            .filter_map(|e| e.word.chars().next())
            .collect();
        Ok(background)
    }

    /// Reads what [`Background::to_bytes`] wrote; without stop words. `file` names it in errors.
    ///
    /// # Errors
    /// [`Error::Definition`] where the bytes are no counts of this format.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Background> {
        let reason = "not word counts of format 1; restore the file or leave it out".to_owned();
        read(bytes).ok_or_else(|| Error::Definition { file: file.to_owned(), line: 0, reason })
    }

    /// The counts as bytes, the same for the same counts.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(13 + self.bytes.len() * 5);
        out.extend_from_slice(MAGIC);
        out.push(FORMAT);
        out.extend_from_slice(&self.n_articles.to_le_bytes());
        out.extend_from_slice(&(self.bytes.len() as u32).to_le_bytes());
        self.words.hashes().iter().for_each(|hash| out.extend_from_slice(&hash.to_le_bytes()));
        out.extend_from_slice(&self.bytes);
        out
    }

    /// This background with the counts of an archive added; a word is ordinary where it is ordinary
    /// in both together.
    pub fn joined(&self, archive: &Counts) -> Background {
        let mut words: BTreeMap<u32, (u32, u8)> = BTreeMap::new();
        for (&hash, &byte) in self.words.hashes().iter().zip(&self.bytes) {
            words.insert(hash, (count_of(byte), byte & NAME));
        }
        for (&hash, &n) in &archive.words {
            words
                .entry(hash)
                .or_insert((0, if archive.names.contains(&hash) { NAME } else { 0 }))
                .0 += n;
        }
        let bytes = words.values().map(|&(n, name)| byte_of(n) | name).collect();
        Background {
            n_articles: self.n_articles.saturating_add(archive.n_articles),
            words: HashTable::new(words.into_keys().collect()),
            bytes,
            stop: self.stop.clone(),
            family: self.family.clone(),
        }
    }

    /// The number of articles counted.
    pub fn n_articles(&self) -> u32 {
        self.n_articles
    }

    /// In how many articles a folded word occurs, to within 7 %; 0 for words that were rare or
    /// never seen.
    pub fn n_articles_with(&self, word: &str) -> u32 {
        self.byte(bag::hash(word)).map_or(0, count_of)
    }

    /// ln of (all articles + 1) / (articles with the word + 1), by the word's hash; at most 7.5.
    pub(super) fn rarity(&self, hash: u32) -> f32 {
        let n = self.byte(hash).map_or(0, count_of);
        ((self.n_articles.max(1_000) as f32 + 1.0) / (n as f32 + 1.0)).ln().min(RAREST)
    }

    /// True if the word says nothing about an article.
    pub(super) fn is_stop(&self, hash: u32) -> bool {
        self.stop.find(hash).is_some()
    }

    /// True if a word cannot be part of a term: a stop word, or a single character that is mostly
    /// grammar.
    pub(super) fn is_particle(&self, word: &str, hash: u32) -> bool {
        self.is_stop(hash)
            || (word.chars().nth(1).is_none() && self.rarity(hash) < COMMON_CHARACTER)
    }

    /// True if a folded word is, as far as one can tell, the name of a person: counted as one, or
    /// unknown and built like one.
    pub(super) fn is_name(&self, word: &str, hash: u32) -> bool {
        match self.byte(hash) {
            Some(byte) => byte & NAME != 0,
            None => {
                let n = word.chars().count();
                (2..=3).contains(&n)
                    && word.chars().next().is_some_and(|c| self.family.contains(&c))
            }
        }
    }

    /// True if the corpus has the word often enough to have been kept.
    pub(super) fn knows(&self, hash: u32) -> bool {
        self.byte(hash).is_some()
    }

    fn byte(&self, hash: u32) -> Option<u8> {
        self.words.find(hash).map(|position| self.bytes[position as usize])
    }
}

impl Counts {
    /// Counts the words of one article.
    pub fn add(&mut self, bag: &Bag) {
        self.n_articles = self.n_articles.saturating_add(1);
        bag.iter().for_each(|(hash, _)| *self.words.entry(hash).or_default() += 1);
    }

    /// Marks a folded word as the name of a person.
    pub fn add_name(&mut self, word: &str) {
        self.names.insert(bag::hash(word));
    }

    /// The counts of words in at least `rarest` articles, as a background.
    pub fn into_background(mut self, rarest: u32) -> Background {
        self.words.retain(|_, n| *n >= rarest);
        Background::default().joined(&self)
    }
}

fn byte_of(n_articles: u32) -> u8 {
    ((n_articles.max(1) as f32).ln() * STEPS).round().min(127.0) as u8
}

fn count_of(byte: u8) -> u32 {
    (f32::from(byte & !NAME) / STEPS).exp().round() as u32
}

fn read(bytes: &[u8]) -> Option<Background> {
    let mut rest = ModelReader { bytes };
    if rest.take(4)? != MAGIC || rest.byte()? != FORMAT {
        return None;
    }
    let n_articles = rest.number()?;
    let n_words = rest.number()? as usize;
    let words = HashTable::new(rest.hashes(n_words)?);
    let bytes = rest.take(n_words)?.to_vec();
    rest.bytes.is_empty().then(|| Background { n_articles, words, bytes, ..Background::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::word::{Segmented, Segmenter};

    #[test]
    fn counts_survive_the_way_through_bytes() {
        let segmenter = Segmenter::new(&Definition::embedded()).unwrap();
        let mut counts = Counts::default();
        for text in ["股市上涨", "股市下跌", "春天来了"] {
            counts.add(&Bag::of(&Segmented::default(), &Segmented::new(text, &segmenter)));
        }
        let background = counts.into_background(1);
        let again = Background::parse("x", &background.to_bytes()).unwrap();
        assert_eq!(again.to_bytes(), background.to_bytes());
        assert_eq!(
            (again.n_articles(), again.n_articles_with("股市"), again.n_articles_with("月亮")),
            (3, 2, 0)
        );
        assert!(Background::parse("x", b"JBBG\x01").is_err());
    }
}
