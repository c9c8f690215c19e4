//! The tokenizers of the index: they cut what analysis has prepared and decide nothing themselves.
//!
//! Words arrive already segmented, joined by [`SEPARATOR`]; characters arrive folded. So the text
//! is segmented once, and no token costs an allocation.

use super::schema::FORMAT;
use crate::text::fold::key;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

/// Stands between two words of a prepared text; an article cannot contain it, since folding and
/// cleaning drop it.
pub const SEPARATOR: char = '\u{1f}';

/// The tokenizers by the names that the schema of format [`FORMAT`] uses.
pub fn tokenizers() -> TokenizerManager {
    const { assert!(FORMAT == 4, "tokenizers belong to a format") };
    let manager = TokenizerManager::default();
    manager.register("split", TextAnalyzer::builder(Split::default()).build());
    manager.register("chars", TextAnalyzer::builder(Chars::default()).build());
    manager.register("key", TextAnalyzer::builder(Key::default()).build());
    manager
}

/// Whether a character of a folded text takes part in exact search: all but white space and what
/// cannot be seen.
///
/// ```
/// use jianbao::index::is_exact_char;
/// assert!(is_exact_char('，') && is_exact_char('剪') && !is_exact_char(' ') && !is_exact_char('\n'));
/// ```
pub fn is_exact_char(c: char) -> bool {
    // Nearly all characters; the tables of Unicode are slow.
    matches!(c, '\u{4e00}'..='\u{9fff}' | '!'..='~') || !c.is_whitespace() && !c.is_control()
}

/// Cuts at [`SEPARATOR`].
#[derive(Clone, Default)]
struct Split {
    token: Token,
}

struct SplitStream<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for Split {
    type TokenStream<'a> = SplitStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SplitStream<'a> {
        self.token.reset();
        SplitStream { rest: text, token: &mut self.token }
    }
}

impl TokenStream for SplitStream<'_> {
    fn advance(&mut self) -> bool {
        if self.rest.is_empty() {
            return false;
        }
        let (word, rest) = self.rest.split_once(SEPARATOR).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.token.text.clear();
        self.token.text.push_str(word);
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

/// Cuts a folded text into characters; a position counts the characters for which [`is_exact_char`]
/// holds.
#[derive(Clone, Default)]
struct Chars {
    token: Token,
}

struct CharsStream<'a> {
    rest: std::str::Chars<'a>,
    token: &'a mut Token,
}

impl Tokenizer for Chars {
    type TokenStream<'a> = CharsStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharsStream<'a> {
        self.token.reset();
        CharsStream { rest: text.chars(), token: &mut self.token }
    }
}

impl TokenStream for CharsStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(c) = self.rest.by_ref().find(|&c| is_exact_char(c)) else { return false };
        self.token.text.clear();
        self.token.text.push(c);
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

/// The whole value as one token, in the form that [`key`] gives.
#[derive(Clone, Default)]
struct Key {
    token: Token,
}

struct KeyStream<'a> {
    token: &'a mut Token,
    left: bool,
}

impl Tokenizer for Key {
    type TokenStream<'a> = KeyStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> KeyStream<'a> {
        self.token.reset();
        self.token.position = 0;
        self.token.text = key(text);
        KeyStream { token: &mut self.token, left: true }
    }
}

impl TokenStream for KeyStream<'_> {
    fn advance(&mut self) -> bool {
        std::mem::take(&mut self.left)
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
        assert!(tokens("split", "").is_empty());
    }
}
