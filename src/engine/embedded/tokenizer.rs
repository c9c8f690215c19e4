//! The tokenizers of the index. They cut what analysis has prepared and decide nothing themselves.
//!
//! Words arrive already segmented, joined by [`SEPARATOR`]; characters arrive folded. So the text
//! is segmented once, and no token costs an allocation.

use crate::text::exact::is_exact_char;
use crate::text::fold::key;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

/// Stands between two words of a prepared text; an article cannot contain it, since folding and
/// cleaning drop it.
pub const SEPARATOR: char = '\u{1f}';

/// The tokenizers by the names that the schema uses. Other tokens are another format of the index.
pub fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register("split", TextAnalyzer::builder(PreparedTokenizer::new(next_word)).build());
    manager.register("chars", TextAnalyzer::builder(PreparedTokenizer::new(next_char)).build());
    manager.register("key", TextAnalyzer::builder(PreparedTokenizer::new(next_key)).build());
    manager
}

/// Writes the next token of a text into the buffer. Returns the rest of the text, or `None` where
/// there is no further token.
type NextToken = for<'a> fn(&'a str, &mut String) -> Option<&'a str>;

/// The next word before a [`SEPARATOR`].
fn next_word<'a>(text: &'a str, token: &mut String) -> Option<&'a str> {
    if text.is_empty() {
        return None;
    }
    let (word, rest) = text.split_once(SEPARATOR).unwrap_or((text, ""));
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
        assert_eq!(tokens("split", "百度\u{1f}发布"), [("百度".into(), 0), ("发布".into(), 1)]);
        assert_eq!(
            tokens("chars", "说 ：\n好"),
            [("说".into(), 0), ("：".into(), 1), ("好".into(), 2)]
        );
        assert_eq!(tokens("key", "Robin Li"), [("robinli".into(), 0)]);
        assert!(tokens("split", "").is_empty() && tokens("key", "").is_empty());
    }
}
