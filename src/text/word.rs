//! Words: a text is cut once, for everything that needs words.
//!
//! Jieba's accurate cut gives the [`Word`]s of a folded text (see cut.rs). Search mode, which an
//! index uses, is those words plus the shorter dictionary words inside them, as jieba gives them.
//! tests/it/segmentation.rs proves words and search tokens equal to theirs.

use super::cut::cut;
pub use super::dictionary::TAGS;
use super::dictionary::{self, Dictionary};
use super::fold::Folded;
use super::trie::View;
use super::{Span, is_word_char};
use crate::definition::Definition;
use crate::error::Result;
use std::fmt;
use std::sync::Arc;

/// A segmenter: a dictionary of jieba's and the definition's own words. Cheap to clone; clones
/// share the dictionary.
#[derive(Clone)]
pub struct Segmenter {
    dictionary: Arc<Dictionary<Bytes>>,
}

impl fmt::Debug for Segmenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segmenter").finish_non_exhaustive()
    }
}

/// Bytes of a dictionary, wherever they lie: in memory or in a mapped file.
pub struct Bytes(Box<dyn AsRef<[u8]> + Send + Sync>);

impl Bytes {
    /// Takes hold of some bytes.
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Bytes {
        Bytes(Box::new(bytes))
    }
}

impl Default for Bytes {
    fn default() -> Bytes {
        Bytes::new([])
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// One word of jieba's accurate cut: its byte span in the text that was cut.
pub type Word = Span;

/// A text folded and cut into words, once, for everything that asks about its words.
#[derive(Debug, Clone, Default)]
pub struct Segmented {
    /// The folded text, with the way back to the original.
    pub folded: Folded,
    /// The words of the folded text; spans index `folded.text()`.
    pub words: Vec<Word>,
}

impl Segmented {
    /// Folds and cuts `text`.
    pub fn new(text: &str, segmenter: &Segmenter) -> Segmented {
        let folded = Folded::new(text);
        let words = segmenter.words(folded.text());
        Segmented { folded, words }
    }

    /// The words in order, as folded text.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.of(self.folded.text()))
    }
}

impl Segmenter {
    /// Compiles the dictionary of a definition (some 200 ms).
    ///
    /// # Errors
    /// [`crate::error::Error::Definition`] where the dictionary cannot be read.
    pub fn new(definition: &Definition) -> Result<Segmenter> {
        let bytes = Bytes::new(dictionary::compile(definition)?);
        Segmenter::open(bytes).ok_or_else(dictionary::unreadable)
    }

    /// Opens what [`dictionary::compile`] gave, at no cost; `None` where the bytes are something
    /// else.
    pub fn open(bytes: Bytes) -> Option<Segmenter> {
        Some(Segmenter { dictionary: Arc::new(Dictionary::open(bytes)?) })
    }

    /// A segmenter without a dictionary, for questions without words. It cuts everything into
    /// unknown words.
    pub fn empty() -> Segmenter {
        Segmenter { dictionary: Arc::new(Dictionary::empty()) }
    }

    /// The dictionary's bytes, for [`Segmenter::open`].
    pub fn bytes(&self) -> &[u8] {
        self.dictionary.bytes()
    }

    /// The words of a folded text in order, tiling it; punctuation and spaces are words too.
    ///
    /// ```no_run
    /// # let segmenter = jianbao::text::word::Segmenter::new(&Default::default()).unwrap();
    /// let text = "百度发布大模型";
    /// let words: Vec<&str> = segmenter.words(text).into_iter().map(|w| w.of(text)).collect();
    /// assert_eq!(words, ["百度", "发布", "大模型"]);
    /// ```
    pub fn words(&self, text: &str) -> Vec<Word> {
        cut(text, &self.dictionary)
    }

    /// True if the dictionary has `word`.
    pub fn knows(&self, word: &str) -> bool {
        self.dictionary.knows(word)
    }

    /// The part of speech of `word`, as a position in [`TAGS`]; 0 for a word that the dictionary
    /// lacks.
    pub fn tag(&self, word: &str) -> usize {
        self.dictionary.tag(word)
    }

    /// Calls `emit` with the span of each search-mode token of `words`, in jieba's order: first the
    /// lettered parts of a compound (the `gpt` of `gpt-4`), then the two- and three-character
    /// dictionary words inside a longer word, then the word. Punctuation, spaces and symbols are
    /// left out.
    pub fn search_tokens(&self, text: &str, words: &[Word], mut emit: impl FnMut(Span)) {
        let mut inner =
            Inner { trie: self.dictionary.trie(), starts: Vec::new(), codes: Vec::new() };
        for &word in words {
            let part = word.of(text);
            if !part.chars().any(is_word_char) {
                continue;
            }
            if part.bytes().any(is_connector) {
                let mut at = word.start;
                for piece in part.split(|c: char| c.is_ascii() && is_connector(c as u8)) {
                    if piece.len() >= 2 && piece.bytes().any(|b| b.is_ascii_alphabetic()) {
                        emit(Span::new(at, at + piece.len()));
                    }
                    at += piece.len() + 1;
                }
            }
            inner.each(part, |span| emit(span.shifted(word.start)));
            emit(word);
        }
    }
}

/// Looks for the dictionary's words inside longer words.
struct Inner<'d> {
    trie: View<'d>,
    /// The byte offsets of a word's characters, and their codes in the dictionary.
    starts: Vec<usize>,
    codes: Vec<u16>,
}

impl Inner<'_> {
    /// The two- and then the three-character words that are shorter than `word`.
    fn each(&mut self, word: &str, mut emit: impl FnMut(Span)) {
        if word.chars().nth(2).is_none() {
            return;
        }
        self.starts.clear();
        self.codes.clear();
        for (at, c) in word.char_indices() {
            self.starts.push(at);
            self.codes.push(self.trie.code(c));
        }
        self.starts.push(word.len());
        for width in [2, 3].into_iter().filter(|&width| width < self.codes.len()) {
            for (at, codes) in self.codes.windows(width).enumerate() {
                if self.trie.has(codes) {
                    emit(Span::new(self.starts[at], self.starts[at + width]));
                }
            }
        }
    }
}

/// The letters and the figures of a word that has both (iphone and 15 of iphone15), two characters
/// and more.
///
/// ```
/// use jianbao::text::word::parts;
/// assert_eq!(parts("iphone15").collect::<Vec<_>>(), ["iphone", "15"]);
/// assert_eq!(parts("c919").collect::<Vec<_>>(), ["919"]);
/// assert_eq!(parts("2023").count() + parts("大模型").count() + parts("gpt-4").count(), 0);
/// ```
pub fn parts(word: &str) -> impl Iterator<Item = &str> {
    let mixed = word.bytes().all(|b| b.is_ascii_alphanumeric())
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_alphabetic());
    let kind = |b: &u8, c: &u8| b.is_ascii_digit() == c.is_ascii_digit();
    let runs = if mixed { word.as_bytes() } else { &[] }.chunk_by(kind);
    runs.filter(|run| run.len() > 1).filter_map(|run| std::str::from_utf8(run).ok())
}

/// A number with the character that says what it counts (28日, 12人, 2023年), found among `words`
/// at `at`: how many words it takes; 0 where there is none. A month takes its day along where `Day`
/// says so.
///
/// ```
/// use jianbao::text::Span;
/// use jianbao::text::word::{Day, measure};
/// let text = "7月28日电";
/// let words = [(0, 1), (1, 4), (4, 6), (6, 9), (9, 12)].map(|(start, end)| Span { start, end });
/// assert_eq!(measure(text, &words, 0, Day::Apart), 2);
/// assert_eq!(measure(text, &words, 0, Day::WithMonth), 4);
/// assert_eq!(measure(text, &words, 1, Day::Apart), 0);
/// ```
pub fn measure(text: &str, words: &[Word], at: usize, day: Day) -> usize {
    let number = |i: usize| words.get(i).is_some_and(|w| is_number(w.of(text)));
    let unit = |i: usize| words.get(i).map(|w| w.of(text)).filter(|u| is_one_han_character(u));
    let Some(first) = unit(at + 1).filter(|_| number(at)) else { return 0 };
    if day == Day::WithMonth && first == "月" && number(at + 2) && unit(at + 3) == Some("日") {
        4
    } else {
        2
    }
}

/// The treatment of a day after its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// 7月, 28日.
    Apart,
    /// 7月28日.
    WithMonth,
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
        && word.bytes().any(|b| b.is_ascii_digit())
}

fn is_one_han_character(word: &str) -> bool {
    let mut chars = word.chars();
    matches!((chars.next(), chars.next()), (Some('\u{4e00}'..='\u{9fff}'), None))
}

/// True for what joins the parts of an alphanumeric compound, as jieba-rs 0.11 sees it.
fn is_connector(b: u8) -> bool {
    matches!(b, b'.' | b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_words_stay_whole() {
        let segmenter = Segmenter::new(&Definition::embedded()).unwrap();
        let text = "百度用文心一言打百模大战";
        let words: Vec<&str> = segmenter.words(text).into_iter().map(|w| w.of(text)).collect();
        assert_eq!(words, ["百度", "用", "文心一言", "打", "百模大战"]);
    }

    #[test]
    fn a_search_token_is_a_word_or_a_shorter_word_inside_it() {
        let segmenter = Segmenter::new(&Definition::embedded()).unwrap();
        let text = "中华人民共和国，gpt-4";
        let mut tokens = Vec::new();
        segmenter.search_tokens(text, &segmenter.words(text), |span| tokens.push(span.of(text)));
        let inner = ["中华", "华人", "人民", "共和", "共和国"];
        assert_eq!(tokens[..5], inner);
        assert_eq!(tokens[5..], ["中华人民共和国", "gpt", "gpt-4"]);
    }
}
