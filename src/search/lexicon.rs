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
    synonyms: HashMap<String, Vec<Synonym>>,
}

/// Another name of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// The name, folded.
    pub name: String,
    /// How far it is the same.
    pub likeness: Likeness,
}

/// How far two names mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// They certainly do: an official name and its abbreviation.
    Equal,
    /// They mostly do, or nearly.
    Related,
}

impl Lexicon {
    /// Loads the definition's words.
    pub fn new(definition: &Definition, segmenter: Segmenter) -> Lexicon {
        let light =
            definition.lexicon("lexicon/question_words.txt").map(|e| fold(e.word)).collect();
        let mut synonyms: HashMap<String, Vec<Synonym>> = HashMap::new();
        let files = [("synonyms", Likeness::Equal), ("related", Likeness::Related)];
        for (file, likeness) in files {
            for entry in definition.lexicon(&format!("lexicon/{file}.txt")) {
                let names: Vec<String> =
                    std::iter::once(entry.word).chain(entry.columns()).map(fold).collect();
                for name in &names {
                    let others = names.iter().filter(|other| *other != name).cloned();
                    let others = others.map(|name| Synonym { name, likeness });
                    synonyms.entry(name.clone()).or_default().extend(others);
                }
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
    pub fn synonyms(&self, name: &str) -> &[Synonym] {
        self.synonyms.get(name).map_or(&[], Vec::as_slice)
    }
}
