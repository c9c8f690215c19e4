//! Words: jieba once a text, shared by everything that needs words.
//!
//! Jieba's accurate cut gives the [`Word`]s of a folded text. Search mode, which the index uses, is those words
//! plus the shorter dictionary words inside them; it equals what tantivy-jieba's own tokenizer gives.

use super::dictionary::{self, Dictionary};
use super::fold::Folded;
use super::{Span, is_word_char};
use crate::definition::Definition;
use crate::error::Result;
use foldhash::fast::FixedState;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use tantivy_jieba::jieba_rs::Jieba;

/// A segmenter: jieba with its dictionary and the definition's own words. Cheap to clone; clones share the dictionary.
#[derive(Clone)]
pub struct Segmenter {
    source: Source,
}

/// Where the segmenter's words are.
#[derive(Clone)]
enum Source {
    /// All in memory.
    Whole(Arc<Jieba>),
    /// In a transducer; each text gets what it needs.
    Kept(Arc<Dictionary<Bytes>>),
}

/// Bytes of a dictionary, wherever they lie: in memory or in a mapped file.
pub struct Bytes(Box<dyn AsRef<[u8]> + Send + Sync>);

impl Bytes {
    /// Takes hold of some bytes.
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Bytes {
        Bytes(Box::new(bytes))
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
    /// Loads jieba's dictionary (100-200 ms) and adds the words that news needs and it lacks.
    ///
    /// # Errors
    /// [`crate::error::Error::Definition`] where the dictionary of the definition cannot be read.
    pub fn new(definition: &Definition) -> Result<Segmenter> {
        Ok(Segmenter { source: Source::Whole(Arc::new(dictionary::whole(definition)?)) })
    }

    /// Opens what [`dictionary::transducer`] gave, at no cost; `None` where the bytes are something else. Right for
    /// short texts: every cut collects the words it needs.
    pub fn open(bytes: Bytes) -> Option<Segmenter> {
        Some(Segmenter { source: Source::Kept(Arc::new(Dictionary::new(bytes)?)) })
    }

    /// Calls `use_it` with a jieba that cuts `text` and its parts.
    fn with_jieba<T>(&self, text: &str, use_it: impl FnOnce(&Jieba) -> T) -> T {
        match &self.source {
            Source::Whole(jieba) => use_it(jieba),
            Source::Kept(dictionary) => use_it(&dictionary.for_text(text)),
        }
    }

    /// A segmenter without a dictionary, for questions without words. It cuts everything into unknown words.
    pub fn empty() -> Segmenter {
        Segmenter { source: Source::Whole(Arc::new(Jieba::empty())) }
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
        self.with_jieba(text, |jieba| {
            jieba.cut(text, true).into_iter().map(|t| Span::new(t.byte_start, t.byte_end)).collect()
        })
    }

    /// The words of a folded text with jieba's part-of-speech tags. Dearer than [`Segmenter::words`], and the tags of a
    /// segmenter that was opened, not loaded, are empty.
    pub fn tagged(&self, text: &str) -> Vec<(Word, String)> {
        let tag = |t: tantivy_jieba::jieba_rs::Tag<'_>| (Span::new(t.byte_start, t.byte_end), t.tag.to_owned());
        self.with_jieba(text, |jieba| jieba.tag(text, true).into_iter().map(tag).collect())
    }

    /// Whether the dictionary has `word`.
    pub fn knows(&self, word: &str) -> bool {
        match &self.source {
            Source::Whole(jieba) => jieba.has_word(word),
            Source::Kept(dictionary) => dictionary.knows(word),
        }
    }

    /// Calls `emit` with the span of each search-mode token of `words`, in jieba's order: first the lettered parts of a
    /// compound (the `gpt` of `gpt-4`), then the two- and three-character dictionary words inside a longer word, then
    /// the word. Punctuation, spaces and symbols are left out.
    pub fn search_tokens(&self, text: &str, words: &[Word], mut emit: impl FnMut(Span)) {
        match &self.source {
            Source::Whole(jieba) => INNER.with_borrow_mut(|inner| {
                inner.belong_to(jieba);
                search_tokens(|word, found| inner.find(word, jieba, found), text, words, &mut emit);
            }),
            Source::Kept(dictionary) => {
                let find = |word: &str, found: &mut Vec<Span>| found.extend(inner_words(word, |w| dictionary.knows(w)));
                search_tokens(find, text, words, &mut emit);
            }
        }
    }
}

/// See [`Segmenter::search_tokens`].
fn search_tokens(mut find: impl FnMut(&str, &mut Vec<Span>), text: &str, words: &[Word], emit: &mut impl FnMut(Span)) {
    let mut found: Vec<Span> = Vec::new();
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
        if part.chars().nth(2).is_some() {
            found.clear();
            find(part, &mut found);
            found.iter().for_each(|inner| emit(inner.shifted(word.start)));
        }
        emit(word);
    }
}

/// The two- and then the three-character words inside a longer word.
fn inner_words<'w>(word: &'w str, knows: impl Fn(&str) -> bool + 'w) -> impl Iterator<Item = Span> + 'w {
    let starts: Vec<usize> = word.char_indices().map(|(i, _)| i).chain([word.len()]).collect();
    let spans = [2, 3].into_iter().flat_map(move |width| {
        let windows: Vec<Span> = starts.windows(width + 1).map(|w| Span::new(w[0], w[width])).collect();
        windows.into_iter()
    });
    spans.filter(move |inner| inner.len() < word.len() && knows(inner.of(word)))
}

thread_local! {
    /// See [`Inner`].
    static INNER: RefCell<Inner> = RefCell::default();
}

/// The words inside the longer words that a thread met last: news repeats itself, and the dictionary is slow to ask.
#[derive(Default)]
struct Inner {
    words: HashMap<Box<str>, Box<[Span]>, FixedState>,
    /// The dictionary that they are from.
    jieba: Weak<Jieba>,
}

/// A thread remembers so many words: a few megabytes.
const MOST_REMEMBERED: usize = 1 << 15;

impl Inner {
    /// Forgets what another dictionary said.
    fn belong_to(&mut self, jieba: &Arc<Jieba>) {
        if self.jieba.as_ptr() != Arc::as_ptr(jieba) {
            *self = Inner { words: HashMap::default(), jieba: Arc::downgrade(jieba) };
        }
    }

    fn find(&mut self, word: &str, jieba: &Jieba, found: &mut Vec<Span>) {
        if let Some(known) = self.words.get(word) {
            found.extend_from_slice(known);
            return;
        }
        found.extend(inner_words(word, |w| jieba.has_word(w)));
        if self.words.len() >= MOST_REMEMBERED {
            self.words.clear();
        }
        self.words.insert(word.into(), found.as_slice().into());
    }
}

/// The letters and the figures of a word that has both (iphone and 15 of iphone15), two characters and more.
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

/// A number with the character that says what it counts (28日, 12人, 2023年), found among `words` at `at`: how many
/// words it takes; 0 where there is none. A month takes its day along where `Day` says so.
///
/// ```
/// use jianbao::text::Span;
/// use jianbao::text::word::{Day, measure};
/// let text = "7月28日电";
/// let words = [(0, 1), (1, 4), (4, 6), (6, 9), (9, 12)].map(|(start, end)| Span { start, end });
/// assert_eq!((measure(text, &words, 0, Day::Apart), measure(text, &words, 0, Day::WithMonth)), (2, 4));
/// assert_eq!(measure(text, &words, 1, Day::Apart), 0);
/// ```
pub fn measure(text: &str, words: &[Word], at: usize, day: Day) -> usize {
    let number = |i: usize| words.get(i).is_some_and(|w| is_number(w.of(text)));
    let unit = |i: usize| words.get(i).map(|w| w.of(text)).filter(|u| is_one_han_character(u));
    let Some(first) = unit(at + 1).filter(|_| number(at)) else { return 0 };
    if day == Day::WithMonth && first == "月" && number(at + 2) && unit(at + 3) == Some("日") { 4 } else { 2 }
}

/// Whether a day is one with its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// 7月, 28日.
    Apart,
    /// 7月28日.
    WithMonth,
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')) && word.bytes().any(|b| b.is_ascii_digit())
}

fn is_one_han_character(word: &str) -> bool {
    let mut chars = word.chars();
    matches!((chars.next(), chars.next()), (Some('\u{4e00}'..='\u{9fff}'), None))
}

/// What joins the parts of an alphanumeric compound, as jieba-rs 0.11 sees it.
fn is_connector(b: u8) -> bool {
    matches!(b, b'.' | b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::OnceLock;
    use tantivy::tokenizer::{TokenStream, Tokenizer};

    /// The whole and the kept segmenter, loaded once.
    fn both() -> &'static (Segmenter, Segmenter) {
        static BOTH: OnceLock<(Segmenter, Segmenter)> = OnceLock::new();
        BOTH.get_or_init(|| {
            let definition = Definition::embedded();
            let bytes = dictionary::transducer(&definition).unwrap();
            (Segmenter::new(&definition).unwrap(), Segmenter::open(Bytes::new(bytes)).unwrap())
        })
    }

    fn tokens(segmenter: &Segmenter, text: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        segmenter.search_tokens(text, &segmenter.words(text), |s| found.push((s.start, s.end)));
        found
    }

    const TEXTS: [&str; 4] = [
        "中华人民共和国外交部发言人汪文斌28日表示",
        "乒乓球拍卖完了",
        "gpt-4与iphone 15、c919",
        "文心一言大模型 5g 时代",
    ];

    #[test]
    fn search_tokens_equal_those_of_tantivy_jieba() {
        let definition = Definition::embedded();
        let mut theirs = tantivy_jieba::JiebaTokenizer::with_jieba(dictionary::whole(&definition).unwrap());
        for text in TEXTS {
            let mut expected = Vec::new();
            let mut stream = theirs.token_stream(text);
            while stream.advance() {
                let token = stream.token();
                if token.text.chars().any(char::is_alphanumeric) {
                    expected.push((token.offset_from, token.offset_to));
                }
            }
            assert_eq!(tokens(&both().0, text), expected, "{text}");
        }
    }

    #[test]
    fn the_definitions_words_stay_whole() {
        let text = "百度用文心一言打百模大战";
        for segmenter in [&both().0, &both().1] {
            let words: Vec<&str> = segmenter.words(text).into_iter().map(|w| w.of(text)).collect();
            assert_eq!(words, ["百度", "用", "文心一言", "打", "百模大战"]);
        }
    }

    proptest! {
        #[test]
        fn a_kept_dictionary_cuts_as_the_whole_one(
            parts in prop::collection::vec(prop::sample::select(TEXTS.to_vec()), 1..3),
            more in "[的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感]{0,30}",
        ) {
            let text = format!("{}{more}", parts.concat());
            let (whole, kept) = both();
            prop_assert_eq!(whole.words(&text), kept.words(&text));
            prop_assert_eq!(tokens(whole, &text), tokens(kept, &text));
        }
    }
}
