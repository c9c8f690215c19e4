//! The words of questions: how they are cut, which of them say nothing by themselves, which
//! mean the same.

use crate::definition::Definition;
use crate::text::fold::fold;
use crate::text::word::Segmenter;
use std::collections::{HashMap, HashSet};

/// The segmenter with what is known of words.
#[derive(Clone)]
pub struct Lexicon {
    /// Cuts words.
    pub segmenter: Segmenter,
    light: HashSet<String>,
    /// Each name with the others of the same thing, folded.
    synonyms: HashMap<String, Vec<String>>,
}

impl Lexicon {
    /// Loads the definition's words.
    pub fn new(definition: &Definition, segmenter: Segmenter) -> Lexicon {
        let light =
            definition.lexicon("lexicon/question_words.txt").map(|e| fold(e.word)).collect();
        let mut synonyms: HashMap<String, Vec<String>> = HashMap::new();
        for entry in definition.lexicon("lexicon/synonyms.txt") {
            let names: Vec<String> =
                std::iter::once(entry.word).chain(entry.columns()).map(fold).collect();
            for name in &names {
                let others = names.iter().filter(|other| *other != name).cloned();
                synonyms.entry(name.clone()).or_default().extend(others);
            }
        }
        Lexicon { segmenter, light, synonyms }
    }

    /// A lexicon for questions without words.
    pub fn empty() -> Lexicon {
        Lexicon { segmenter: Segmenter::empty(), light: HashSet::new(), synonyms: HashMap::new() }
    }

    /// True if a folded word says how something is asked rather than what.
    pub fn is_light(&self, word: &str) -> bool {
        self.light.contains(word)
    }

    /// Other names of what a folded name stands for.
    pub fn synonyms(&self, name: &str) -> &[String] {
        self.synonyms.get(name).map_or(&[], Vec::as_slice)
    }
}
