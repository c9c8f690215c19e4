//! What a question's words are: how they are cut and which of them say nothing by themselves.

use crate::definition::Definition;
use crate::text::fold::fold;
use crate::text::word::Segmenter;
use std::collections::HashSet;

/// The segmenter with what is known of words.
#[derive(Clone)]
pub struct Lexicon {
    /// Cuts words.
    pub segmenter: Segmenter,
    light: HashSet<String>,
}

impl Lexicon {
    /// Loads the definition's words.
    pub fn new(definition: &Definition, segmenter: Segmenter) -> Lexicon {
        let light = definition.lexicon("lexicon/question_words.txt").map(|e| fold(e.word)).collect();
        Lexicon { segmenter, light }
    }

    /// A lexicon for questions without words.
    pub fn empty() -> Lexicon {
        Lexicon { segmenter: Segmenter::empty(), light: HashSet::new() }
    }

    /// Whether a folded word says how something is asked rather than what.
    pub fn is_light(&self, word: &str) -> bool {
        self.light.contains(word)
    }
}
