//! The segmenter's dictionary: its text, and the form in which an index keeps it, opened without being loaded.
//!
//! Loading jieba's dictionary takes longer than a search may. But to cut a text, jieba needs only those words that
//! stand somewhere in that text. So an index keeps all words in a finite-state transducer, and a query gets a
//! small jieba made of the few words it can need, with the true total frequency. The cut is the same; a test proves it.

use crate::definition::Definition;
use crate::error::{Error, Result};
use fst::{Map, MapBuilder};
use std::collections::BTreeMap;
use std::io::Read;
use tantivy_jieba::jieba_rs::Jieba;

/// The file of the definition with jieba's dictionary: `word frequency tag` a line, compressed with zstd.
const FILE: &str = "lexicon/jieba.dict.zst";
/// The file of the definition with the words that news needs besides.
const WORDS: &str = "lexicon/words.txt";
/// The key under which the transducer holds the sum of all frequencies; no word begins so.
const TOTAL: &str = "\0total";
/// Stands for all words that a small jieba does not hold; no text contains it.
const REST: &str = "\u{10fffe}\u{10ffff}";

/// Jieba with the whole dictionary and the definition's own words.
///
/// # Errors
/// [`Error::Definition`] where the dictionary cannot be read.
pub fn whole(definition: &Definition) -> Result<Jieba> {
    let text = text(definition)?;
    let mut jieba = jieba(&text)?;
    add_words(&mut jieba, definition);
    Ok(jieba)
}

/// All words with their frequencies as the bytes of a transducer, for [`Dictionary::new`].
///
/// # Errors
/// [`Error::Definition`] where the dictionary cannot be read.
pub fn transducer(definition: &Definition) -> Result<Vec<u8>> {
    let text = text(definition)?;
    let mut jieba = jieba(&text)?;
    let mut words: BTreeMap<&str, u64> = BTreeMap::new();
    for line in text.lines() {
        let mut columns = line.split(' ');
        if let (Some(word), Some(frequency)) = (columns.next(), columns.next().and_then(|f| f.parse().ok())) {
            words.insert(word, frequency);
        }
    }
    let added = add_words(&mut jieba, definition);
    words.extend(added.iter().map(|(word, frequency)| (word.as_str(), *frequency)));
    let total: u64 = words.values().sum();
    words.insert(TOTAL, total);
    let mut builder = MapBuilder::memory();
    for (word, frequency) in words {
        builder.insert(word, frequency).map_err(|e| wrong(e.to_string()))?;
    }
    builder.into_inner().map_err(|e| wrong(e.to_string()))
}

/// A dictionary as an index keeps it. `D` is where its bytes lie, a mapped file or memory.
pub struct Dictionary<D> {
    words: Map<D>,
    total: u64,
}

impl<D: AsRef<[u8]>> Dictionary<D> {
    /// Opens the bytes that [`transducer`] gave; `None` where they are something else.
    pub fn new(bytes: D) -> Option<Dictionary<D>> {
        let words = Map::new(bytes).ok()?;
        let total = words.get(TOTAL)?;
        Some(Dictionary { words, total })
    }

    /// Whether `word` is one of its words.
    pub fn knows(&self, word: &str) -> bool {
        self.words.get(word).is_some()
    }

    /// A jieba with just the words that stand in `text`; it cuts `text` and any part of it as the whole one does.
    pub fn for_text(&self, text: &str) -> Jieba {
        let mut jieba = Jieba::empty();
        let mut held = 0;
        for (start, _) in text.char_indices() {
            let fst = self.words.as_fst();
            let (mut node, mut frequency) = (fst.root(), 0u64);
            for (i, &byte) in text.as_bytes()[start..].iter().enumerate() {
                let Some(transition) = node.find_input(byte).map(|t| node.transition(t)) else { break };
                frequency += transition.out.value();
                node = fst.node(transition.addr);
                if node.is_final() {
                    let word = &text[start..=start + i];
                    let frequency = frequency + node.final_output().value();
                    if !jieba.has_word(word) {
                        jieba.add_word(word, usize::try_from(frequency).ok(), None);
                        held += frequency;
                    }
                }
            }
        }
        jieba.add_word(REST, usize::try_from(self.total.saturating_sub(held)).ok(), None);
        jieba
    }
}

/// The text of jieba's dictionary.
fn text(definition: &Definition) -> Result<String> {
    let mut text = String::new();
    let read = zstd::stream::read::Decoder::new(definition.model(FILE)).and_then(|mut d| d.read_to_string(&mut text));
    read.map_err(|e| wrong(e.to_string()))?;
    Ok(text)
}

/// Jieba with the words of `text`.
fn jieba(text: &str) -> Result<Jieba> {
    Jieba::with_dict(&mut text.as_bytes()).map_err(|e| wrong(e.to_string()))
}

/// Adds the definition's own words to jieba's; returns them with their frequencies.
fn add_words(jieba: &mut Jieba, definition: &Definition) -> Vec<(String, u64)> {
    let mut added = Vec::new();
    for entry in definition.lexicon(WORDS) {
        let mut columns = entry.columns();
        let frequency = columns.next().and_then(|f| f.parse().ok());
        // Without a frequency jieba picks one that keeps the word whole.
        let frequency = frequency.or_else(|| Some(jieba.suggest_freq(entry.word)));
        let given = jieba.add_word(entry.word, frequency, columns.next());
        added.push((entry.word.to_owned(), given as u64));
    }
    added
}

fn wrong(reason: String) -> Error {
    Error::Definition { file: FILE.to_owned(), line: 0, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_is_jiebas_own() {
        let ours = whole(&Definition::embedded().with_file(WORDS, Vec::new()).unwrap()).unwrap();
        assert_eq!(format!("{ours:?}"), format!("{:?}", Jieba::new()));
    }

    #[test]
    fn other_bytes_are_no_dictionary() {
        assert!(Dictionary::new(b"something else".as_slice()).is_none());
    }
}
