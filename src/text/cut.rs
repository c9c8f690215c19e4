//! Jieba's accurate cut: the likeliest words of a text, and unknown words by how characters stand
//! in words.
//!
//! It gives what jieba-rs 0.11 gives (tests/it/segmentation.rs proves it), and more quickly: the
//! dictionary takes a third of the memory, and the words from each character on are looked up while
//! the best way is found. The hidden Markov model for unknown words is jieba's own.

use super::Span;
use super::dictionary::Dictionary;
use super::trie::View;
use jieba_rs::Jieba;
use std::sync::LazyLock;

/// Knows no word, so that it cuts everything by its model.
static MODEL: LazyLock<Jieba> = LazyLock::new(Jieba::empty);

/// The words of a text in order, tiling it.
pub(super) fn cut<D: AsRef<[u8]>>(text: &str, dictionary: &Dictionary<D>) -> Vec<Span> {
    // News has a word for each five bytes.
    let mut words = Vec::with_capacity(text.len() / 4 + 1);
    let trie = dictionary.trie();
    let mut block =
        Block { text, dictionary, trie, starts: Vec::new(), codes: Vec::new(), steps: Vec::new() };
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if !is_cut(first) {
            let pair = first == '\r' && chars.next_if(|c| c.1 == '\n').is_some();
            words.push(Span::new(start, start + first.len_utf8() + usize::from(pair)));
            continue;
        }
        block.starts.clear();
        block.codes.clear();
        let mut next = Some((start, first));
        while let Some((at, c)) = next {
            block.starts.push(at);
            block.codes.push(trie.code(c));
            next = chars.next_if(|c| is_cut(c.1));
        }
        block.starts.push(chars.peek().map_or(text.len(), |c| c.0));
        block.find_best();
        block.emit(&mut words);
    }
    words
}

/// True if a character belongs to what is cut by the dictionary: Chinese, letters, figures and what
/// joins them. Every other one is a word by itself.
fn is_cut(c: char) -> bool {
    match c {
        '\u{4e00}'..='\u{9fff}' => true,
        _ if c.is_ascii() => {
            c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '&' | '.' | '_' | '%' | '-')
        }
        _ => matches!(c,
            '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2a6df}'
            | '\u{2a700}'..='\u{2b73f}' | '\u{2b740}'..='\u{2b81f}' | '\u{2b820}'..='\u{2ceaf}'
            | '\u{2ceb0}'..='\u{2ebef}' | '\u{2f800}'..='\u{2fa1f}'),
    }
}

/// A run of characters that are cut by the dictionary.
struct Block<'a, D> {
    text: &'a str,
    dictionary: &'a Dictionary<D>,
    trie: View<'a>,
    /// The byte offset of each character in the text, and the end of the last.
    starts: Vec<usize>,
    /// Their codes in the dictionary.
    codes: Vec<u16>,
    /// The best step from each character.
    steps: Vec<Step>,
}

/// A word as a step from one character to another.
#[derive(Clone, Copy)]
struct Step {
    /// Log-probability of everything from here on.
    weight: f64,
    /// The character behind the word.
    end: usize,
}

impl<D: AsRef<[u8]>> Block<'_, D> {
    /// Finds the likeliest words, from the end on; among equally likely ones the longest.
    fn find_best(&mut self) {
        let (trie, codes, n) = (self.trie, self.codes.as_slice(), self.codes.len());
        self.steps.clear();
        self.steps.resize(n + 1, Step { weight: 0.0, end: n });
        for at in (0..n).rev() {
            let mut best: Option<Step> = None;
            let (mut node, mut end) = (trie.first(codes[at]), at + 1);
            while let Some(here) = node {
                if let Some(number) = here.number() {
                    let weight = self.dictionary.weight(number) + self.steps[end].weight;
                    if best.is_none_or(|best| weight >= best.weight) {
                        best = Some(Step { weight, end });
                    }
                }
                node = codes.get(end).and_then(|&code| trie.next(here, code));
                end += 1;
            }
            let alone = || Step {
                weight: self.dictionary.unknown() + self.steps[at + 1].weight,
                end: at + 1,
            };
            self.steps[at] = best.unwrap_or_else(alone);
        }
    }

    /// Adds the words. Characters that stayed alone are joined where the model joins them.
    fn emit(&self, words: &mut Vec<Span>) {
        let n = self.codes.len();
        let (mut at, mut alone) = (0, 0);
        while at < n {
            let end = self.steps[at].end;
            if end - at > 1 {
                self.emit_alone(alone, at, words);
                words.push(self.span(at, end));
                alone = end;
            }
            at = end;
        }
        self.emit_alone(alone, n, words);
    }

    fn emit_alone(&self, start: usize, end: usize, words: &mut Vec<Span>) {
        if end - start < 2 || self.is_word(start, end) {
            words.extend((start..end).map(|at| self.span(at, at + 1)));
            return;
        }
        let run = self.span(start, end);
        let cut = MODEL.cut(run.of(self.text), true);
        words.extend(
            cut.into_iter().map(|t| Span::new(run.start + t.byte_start, run.start + t.byte_end)),
        );
    }

    fn is_word(&self, start: usize, end: usize) -> bool {
        self.trie.has(&self.codes[start..end])
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.starts[start], self.starts[end])
    }
}
