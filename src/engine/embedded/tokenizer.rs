//! The tokenizers of the index. They cut what analysis has prepared and decide nothing themselves.
//!
//! Words arrive already segmented, each after a [`SEPARATOR`]; characters arrive folded. So the
//! text is segmented once, and no token costs an allocation. The words are those of tantivy-jieba,
//! and its tokenizer cuts any text that was not segmented: another program opens an index with
//! tantivy and tantivy-jieba alone.

use crate::text::exact::is_exact_char;
use crate::text::fold::key;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy_jieba::{JiebaTokenStream, JiebaTokenizer};

/// Stands before each word of a prepared text; an article cannot contain it, since folding and
/// cleaning drop it.
pub const SEPARATOR: char = '\u{1f}';

/// The name of the tokenizer of words.
pub const JIEBA: &str = "jieba";

/// The tokenizers by the names that the schema uses. Other tokens are another format of the index.
pub fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(JIEBA, TextAnalyzer::builder(WordTokenizer::default()).build());
    manager.register("chars", TextAnalyzer::builder(PreparedTokenizer::new(next_char)).build());
    manager.register("key", TextAnalyzer::builder(PreparedTokenizer::new(next_key)).build());
    manager
}

/// Writes the next token of a text into the buffer. Returns the rest of the text, or `None` where
/// there is no further token.
type NextToken = for<'a> fn(&'a str, &mut String) -> Option<&'a str>;

/// The next word, up to a [`SEPARATOR`]; the text begins with one.
fn next_word<'a>(text: &'a str, token: &mut String) -> Option<&'a str> {
    let text = text.strip_prefix(SEPARATOR)?;
    let (word, rest) = text.split_at(text.find(SEPARATOR).unwrap_or(text.len()));
    token.push_str(word);
    Some(rest)
}

/// The next character of the exact text; a position counts such characters.
fn next_char<'a>(text: &'a str, token: &mut String) -> Option<&'a str> {
    let mut chars = text.chars();
    token.push(chars.by_ref().find(|&c| is_exact_char(c))?);
    Some(chars.as_str())
}

/// The whole value as one token, in the form that [`key`] gives.
fn next_key<'a>(text: &'a str, token: &mut String) -> Option<&'a str> {
    if text.is_empty() {
        return None;
    }
    token.push_str(&key(text));
    Some("")
}

/// A tokenizer that cuts a prepared text.
#[derive(Clone)]
struct PreparedTokenizer {
    next: NextToken,
    token: Token,
}

impl PreparedTokenizer {
    fn new(next: NextToken) -> PreparedTokenizer {
        PreparedTokenizer { next, token: Token::default() }
    }
}

/// The tokens of one text.
struct PreparedStream<'a> {
    next: NextToken,
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for PreparedTokenizer {
    type TokenStream<'a> = PreparedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PreparedStream<'a> {
        self.token.reset();
        PreparedStream { next: self.next, rest: text, token: &mut self.token }
    }
}

impl TokenStream for PreparedStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.text.clear();
        let Some(rest) = (self.next)(self.rest, &mut self.token.text) else { return false };
        self.rest = rest;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// The tokenizer of words: a prepared text is cut as prepared, any other by tantivy-jieba.
///
/// Jieba's dictionary is loaded with the first text that is not prepared, never before.
#[derive(Clone)]
struct WordTokenizer {
    prepared: PreparedTokenizer,
    jieba: JiebaTokenizer,
}

impl Default for WordTokenizer {
    fn default() -> Self {
        let (prepared, jieba) = (PreparedTokenizer::new(next_word), JiebaTokenizer::new());
        WordTokenizer { prepared, jieba }
    }
}

/// The words of one text.
enum WordStream<'a> {
    Prepared(PreparedStream<'a>),
    Jieba(JiebaTokenStream<'a>),
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        match text.starts_with(SEPARATOR) {
            true => WordStream::Prepared(self.prepared.token_stream(text)),
            false => WordStream::Jieba(self.jieba.token_stream(text)),
        }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        match self {
            WordStream::Prepared(stream) => stream.advance(),
            WordStream::Jieba(stream) => stream.advance(),
        }
    }

    fn token(&self) -> &Token {
        match self {
            WordStream::Prepared(stream) => stream.token(),
            WordStream::Jieba(stream) => stream.token(),
        }
    }

    fn token_mut(&mut self) -> &mut Token {
        match self {
            WordStream::Prepared(stream) => stream.token_mut(),
            WordStream::Jieba(stream) => stream.token_mut(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(name: &str, text: &str) -> Vec<(String, usize)> {
        let mut analyzer = tokenizers().get(name).unwrap();
        let mut stream = analyzer.token_stream(text);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().text.clone(), stream.token().position));
        }
        found
    }

    #[test]
    fn prepared_words_and_characters_are_cut_as_prepared() {
        let prepared = "\u{1f}百度\u{1f}发布";
        assert_eq!(tokens(JIEBA, prepared), [("百度".into(), 0), ("发布".into(), 1)]);
        assert_eq!(
            tokens("chars", "说 ：\n好"),
            [("说".into(), 0), ("：".into(), 1), ("好".into(), 2)]
        );
        assert_eq!(tokens("key", "Robin Li"), [("robinli".into(), 0)]);
        assert!(tokens(JIEBA, "").is_empty() && tokens("key", "").is_empty());
    }

    #[test]
    fn a_text_that_is_not_prepared_is_cut_by_jieba() {
        let tokens = tokens(JIEBA, "百度发布");
        let words: Vec<String> = tokens.into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["百度", "发布"]);
    }
}
