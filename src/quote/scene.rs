//! One part of an article under analysis: its text, its punctuation and the grammar.

use super::grammar::Grammar;
use super::punctuation::Punctuation;

/// The text of a headline or body with all that the rules read it by.
pub(super) struct Scene<'a> {
    /// The text in simplified script.
    pub text: &'a str,
    /// The headline of the article, where `text` is its body and it has one.
    pub headline: Option<&'a str>,
    /// The quotations and clause breaks of `text`.
    pub marks: &'a Punctuation,
    /// The script of the original text.
    pub script: Script,
    /// The language facts.
    pub grammar: &'a Grammar,
}

/// The script that a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Mainland China, Singapore.
    Simplified,
    /// Taiwan, Hong Kong.
    Traditional,
}
