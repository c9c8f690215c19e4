//! Our cut of a text against the segmenter that it replaces: words equal to those of jieba-rs,
//! search tokens equal to those of tantivy-jieba.

use jianbao::definition::Definition;
use jianbao::text::Span;
use jianbao::text::dictionary;
use jianbao::text::word::Segmenter;
use proptest::prelude::*;
use std::cell::RefCell;
use std::io::Read;
use std::sync::OnceLock;
use tantivy::tokenizer::{TokenStream, Tokenizer};
use tantivy_jieba::JiebaTokenizer;
use tantivy_jieba::jieba_rs::Jieba;

/// Our segmenter and jieba with the same dictionary, loaded once.
fn both() -> &'static (Segmenter, Jieba) {
    static BOTH: OnceLock<(Segmenter, Jieba)> = OnceLock::new();
    BOTH.get_or_init(|| {
        let definition = Definition::embedded();
        (Segmenter::new(&definition).unwrap(), dictionary::jieba(&definition).unwrap())
    })
}

/// Our words and search tokens of a text.
fn ours(text: &str) -> (Vec<Span>, Vec<Span>) {
    let (segmenter, mut tokens) = (&both().0, Vec::new());
    let words = segmenter.words(text);
    segmenter.search_tokens(text, &words, |span| tokens.push(span));
    (words, tokens)
}

/// The words of jieba and the tokens of tantivy-jieba, without those that are punctuation.
fn theirs(text: &str) -> (Vec<Span>, Vec<Span>) {
    thread_local! {
        static TOKENIZER: RefCell<JiebaTokenizer> =
            RefCell::new(JiebaTokenizer::with_jieba(both().1.clone()));
    }
    let words = both().1.cut(text, true);
    let words = words.into_iter().map(|t| Span::new(t.byte_start, t.byte_end)).collect();
    let mut tokens = Vec::new();
    TOKENIZER.with_borrow_mut(|tokenizer| {
        let mut stream = tokenizer.token_stream(text);
        while stream.advance() {
            let token = stream.token();
            if token.text.chars().any(char::is_alphanumeric) {
                tokens.push(Span::new(token.offset_from, token.offset_to));
            }
        }
    });
    (words, tokens)
}

/// All words of the definition's dictionary.
fn dictionary_words() -> Vec<String> {
    let (definition, mut text) = (Definition::embedded(), String::new());
    let compressed = definition.model("lexicon/jieba.dict.zst");
    zstd::stream::read::Decoder::new(compressed).unwrap().read_to_string(&mut text).unwrap();
    let words = text.lines().filter_map(|line| line.split(' ').next());
    let own = definition.lexicon("lexicon/words.txt").map(|entry| entry.word);
    words.chain(own).map(str::to_owned).collect()
}

/// Words of the dictionary one after the other, some of them cut off, and much else between them.
fn sentence() -> impl Strategy<Value = String> {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    let words = WORDS.get_or_init(dictionary_words);
    let word = prop::sample::select(words.as_slice());
    let first = word.clone().prop_map(|word| word.chars().take(1).collect::<String>());
    let last = word.clone().prop_map(|word| word.chars().last().into_iter().collect::<String>());
    let other = "[，。 \r\n\u{3400}\u{20000}\u{2a700}\u{fa0e}𠮷々a-zA-Z0-9.%_#&+-]{1,4}|\\PC";
    prop::collection::vec(prop_oneof![6 => word, 3 => first, 2 => last, 1 => other], 0..12)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]
    #[test]
    fn words_and_search_tokens_are_those_of_jieba(text in sentence()) {
        prop_assert_eq!(ours(&text), theirs(&text));
    }
}
