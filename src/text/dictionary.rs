//! The segmenter's dictionary: jieba's and the definition's own words, compiled into bytes that an
//! index keeps.
//!
//! Opened from a mapped file it costs nothing until a word is looked up, so that indexing and a
//! single query read the same bytes.

use super::trie::{self, Trie, View};
use crate::definition::Definition;
use crate::error::{Error, Result};
use jieba_rs::Jieba;
use std::collections::BTreeMap;
use std::io::Read;

/// The file of the definition with jieba's dictionary: `word frequency tag` a line, compressed with
/// zstd.
const FILE: &str = "lexicon/jieba.dict.zst";
/// The file of the definition with the words that news needs besides.
const WORDS: &str = "lexicon/words.txt";
/// Stands for all words that a small jieba does not hold; no text contains it.
const REST: &str = "\u{10fffe}\u{10ffff}";
/// Has the sum of all frequencies as its own; nobody looks it up in a text.
const TOTAL: &str = "\u{10ffff}";

/// Parts of speech by jieba's names for them. The first is that of an unknown word; the last holds
/// all others.
pub const TAGS: [&str; 25] = [
    "", "n", "nr", "nrt", "ns", "nt", "nz", "v", "vn", "a", "d", "p", "c", "r", "m", "q", "t", "f",
    "s", "u", "i", "l", "j", "b", "x",
];
/// Bits of a number in the trie for the frequency of a word; those above are for its part of
/// speech, as a position in [`TAGS`].
const FREQUENCY_BITS: u32 = 48;
const TAG_MASK: u64 = !((1 << FREQUENCY_BITS) - 1);

/// The bits of a part of speech, or of the one whose name it begins with, in a number of the trie.
fn tag_bits(tag: &str) -> u64 {
    let first = tag.get(..1).unwrap_or_default();
    let own = TAGS.iter().position(|&t| t == tag);
    let number = own.or_else(|| TAGS.iter().position(|&t| t == first)).unwrap_or(TAGS.len() - 1);
    (number as u64) << FREQUENCY_BITS
}

/// The frequency in a number of the trie.
fn frequency(number: u64) -> u64 {
    number & !TAG_MASK
}

/// The bytes of the dictionary that a definition describes, for [`Dictionary::open`].
///
/// # Errors
/// [`Error::Definition`] where the dictionary cannot be read.
pub fn compile(definition: &Definition) -> Result<Vec<u8>> {
    let text = text(definition)?;
    let mut words = Vec::new();
    for (line, entry) in (1..).zip(text.lines()) {
        let mut columns = entry.split_whitespace();
        let Some(word) = columns.next() else { continue };
        let frequency = columns.next().map_or(Ok(0), str::parse);
        let frequency =
            frequency.map_err(|e| wrong(line, format!("`{entry}` has no frequency: {e}")))?;
        words.push((word, frequency | tag_bits(columns.next().unwrap_or_default())));
    }
    // Of two lines for one word the later counts.
    words.reverse();
    words.sort_by_key(|&(word, _)| word);
    words.dedup_by_key(|&mut (word, _)| word);
    let mut more = Vec::new();
    for (word, (frequency, tag)) in added(&words, definition) {
        match words.binary_search_by_key(&word, |w| w.0) {
            Ok(at) => words[at].1 = frequency | tag.map_or(words[at].1 & TAG_MASK, tag_bits),
            Err(_) => more.push((word, frequency | tag.map_or(0, tag_bits))),
        }
    }
    words.extend(more);
    words.push((TOTAL, words.iter().map(|&(_, number)| frequency(number)).sum()));
    words.sort_unstable();
    trie::build(&words).map_err(|reason| wrong(0, reason))
}

/// The definition's own words with their frequencies and parts of speech. A word without a
/// frequency gets the one that makes jieba keep it whole. `words` are jieba's, with their numbers.
fn added<'d>(
    words: &[(&str, u64)],
    definition: &'d Definition,
) -> BTreeMap<&'d str, (u64, Option<&'d str>)> {
    let mut total: u64 = words.iter().map(|&(_, number)| frequency(number)).sum();
    let (mut added, mut held) = (BTreeMap::new(), BTreeMap::new());
    // What jieba says about a word depends on the words in it alone, and on the sum of all
    // frequencies.
    let mut jieba = Jieba::empty();
    for entry in definition.lexicon(WORDS) {
        let word = entry.word;
        let ends = || word.char_indices().map(|(at, c)| at + c.len_utf8());
        let parts = word
            .char_indices()
            .flat_map(|(start, _)| ends().filter_map(move |end| word.get(start..end)));
        for part in parts.filter(|part| !part.is_empty()) {
            if let (Ok(at), false) =
                (words.binary_search_by_key(&part, |w| w.0), held.contains_key(part))
            {
                let own = frequency(words[at].1);
                held.insert(part, own);
                jieba.add_word(part, Some(own as usize), None);
            }
        }
        let rest = total - held.values().sum::<u64>();
        jieba.add_word(REST, Some(rest as usize), None);
        let mut columns = entry.columns();
        let given = columns.next().and_then(|f| f.parse().ok());
        let frequency = given.unwrap_or_else(|| jieba.suggest_freq(word) as u64);
        jieba.add_word(word, Some(frequency as usize), None);
        total = total + frequency - held.insert(word, frequency).unwrap_or(0);
        added.insert(word, (frequency, columns.next()));
    }
    added
}

/// A dictionary of words with their log-probabilities. `D` is where its bytes lie.
#[derive(Debug)]
pub struct Dictionary<D> {
    words: Trie<D>,
    /// The log-probability of each different frequency.
    weights: Vec<f64>,
    /// That of a character that is no word.
    unknown: f64,
}

impl<D: AsRef<[u8]> + Default> Dictionary<D> {
    /// A dictionary without words.
    pub fn empty() -> Dictionary<D> {
        Dictionary { words: Trie::empty(), weights: Vec::new(), unknown: 0.0 }
    }
}

impl<D: AsRef<[u8]>> Dictionary<D> {
    /// Opens the bytes that [`compile`] gave; `None` where they are something else.
    pub fn open(bytes: D) -> Option<Dictionary<D>> {
        let words = Trie::open(bytes)?;
        let numbers = words.numbers();
        let total = frequency(*numbers.get(words.view().find(TOTAL)?)?);
        let log_total = (total as f64).ln();
        let weights =
            numbers.iter().map(|&number| (frequency(number) as f64).ln() - log_total).collect();
        // As if it had been counted once.
        Some(Dictionary { weights, unknown: 0.0 - log_total, words })
    }

    /// True if `word` is one of its words.
    pub fn knows(&self, word: &str) -> bool {
        self.trie().find(word).is_some()
    }

    /// The part of speech of `word`, as a position in [`TAGS`]; 0 for an unknown word.
    pub fn tag(&self, word: &str) -> usize {
        let number = self.trie().find(word).and_then(|number| self.words.numbers().get(number));
        number.map_or(0, |number| (number >> FREQUENCY_BITS) as usize % TAGS.len())
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        self.words.bytes()
    }

    /// The trie in which words are looked up.
    pub(super) fn trie(&self) -> View<'_> {
        self.words.view()
    }

    /// The log-probability of a word with this number.
    #[inline]
    pub(super) fn weight(&self, number: usize) -> f64 {
        self.weights.get(number).copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// The log-probability of a character that is no word.
    pub(super) fn unknown(&self) -> f64 {
        self.unknown
    }
}

/// Jieba with the same words, for what only jieba does, such as parts of speech, and to prove the
/// two alike. Takes 100-200 ms.
///
/// # Errors
/// [`Error::Definition`] where the dictionary cannot be read.
pub fn jieba(definition: &Definition) -> Result<Jieba> {
    let mut jieba =
        Jieba::with_dict(&mut text(definition)?.as_bytes()).map_err(|e| wrong(0, e.to_string()))?;
    for entry in definition.lexicon(WORDS) {
        let mut columns = entry.columns();
        let frequency = columns.next().and_then(|f| f.parse().ok());
        jieba.add_word(entry.word, frequency, columns.next());
    }
    Ok(jieba)
}

/// The text of jieba's dictionary.
fn text(definition: &Definition) -> Result<String> {
    let mut text = String::new();
    let read = zstd::stream::read::Decoder::new(definition.model(FILE))
        .and_then(|mut d| d.read_to_string(&mut text));
    read.map_err(|e| wrong(0, e.to_string()))?;
    Ok(text)
}

/// Says that what was compiled is no dictionary: a mistake of this program, which must not pass for
/// a dictionary without words.
pub(super) fn unreadable() -> Error {
    wrong(
        0,
        "the compiled dictionary cannot be opened; this is a fault of jianbao, please report it"
            .to_owned(),
    )
}

fn wrong(line: usize, reason: String) -> Error {
    Error::Definition { file: FILE.to_owned(), line, reason }
}

/// All words that [`compile`] knows.
#[cfg(test)]
pub fn words(definition: &Definition) -> Result<Vec<String>> {
    let text = text(definition)?;
    let words = text.lines().filter_map(|line| line.split(' ').next());
    Ok(words.chain(definition.lexicon(WORDS).map(|entry| entry.word)).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_is_jiebas_own() {
        let ours = jieba(&Definition::embedded().with_file(WORDS, Vec::new()).unwrap()).unwrap();
        assert_eq!(format!("{ours:?}"), format!("{:?}", Jieba::new()));
    }

    #[test]
    fn every_word_has_the_frequency_that_jieba_gives_it() {
        let definition = Definition::embedded();
        let (ours, theirs) =
            (Dictionary::open(compile(&definition).unwrap()).unwrap(), jieba(&definition).unwrap());
        for word in words(&definition).unwrap() {
            let number = ours.words.numbers()[ours.trie().find(&word).unwrap()];
            let frequency = frequency(number) as usize;
            // Jieba tells no frequency, but never suggests less than a word has.
            assert!(theirs.has_word(&word) && frequency <= theirs.suggest_freq(&word), "{word}");
        }
    }

    #[test]
    fn a_word_has_jiebas_part_of_speech() {
        let words = Dictionary::open(compile(&Definition::embedded()).unwrap()).unwrap();
        let tag = |word| TAGS[words.tag(word)];
        assert_eq!(
            [tag("联系"), tag("又"), tag("从"), tag("外交部"), tag("唲唲")],
            ["n", "d", "p", "nt", ""]
        );
    }

    #[test]
    fn other_bytes_are_no_dictionary() {
        assert!(Dictionary::open(b"something else".as_slice()).is_none());
        assert!(Dictionary::open(trie::build(&[("词", 1)]).unwrap()).is_none());
        assert!(!Dictionary::<Vec<u8>>::empty().knows("词"));
    }
}
