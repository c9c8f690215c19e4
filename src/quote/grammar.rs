//! What the definition says about speech, compiled once: the cues and the word lists.
//!
//! This file reads lexicons; what is done with them is for cue, name, speaker and resolve.

use super::alias::Aliases;
use super::words::Words;
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::text::class::Characters;
use crate::text::scan::Scanner;
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Compiled once from the definition: cues and word lists.
#[derive(Debug)]
pub struct Grammar {
    pub(super) cues: Scanner,
    pub(super) cue_classes: Vec<CueClass>,
    pub(super) titles: Words,
    pub(super) surnames: Words,
    pub(super) given: Words,
    pub(super) translit: Characters,
    pub(super) organisations: Words,
    pub(super) places: Words,
    pub(super) media: Words,
    pub(super) silent: Words,
    pub(super) common: Words,
    pub(super) leads: Words,
    pub(super) closers: Words,
    signs: HashMap<String, Signs, FixedState>,
    pub(super) meetings: Words,
    pub(super) pronouns: Words,
    pub(super) openers: Words,
    pub(super) bounds: Words,
    pub(super) quantifiers: Words,
    pub(super) demonstratives: Words,
    /// From every other name of a speaker to the one that all are filed under.
    /// Speakers known by several names across articles.
    pub aliases: Aliases,
}

/// What a word of saying needs around it; see `lexicon/cues.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CueClass {
    /// Opens a report by itself: 表示.
    Say,
    /// Needs a known speaker beside it: 呼吁.
    Act,
    /// Needs a known speaker right beside it and its own: 担心.
    Stance,
    /// Counts only before a colon, comma or quotation: 介绍.
    Tail,
    /// Has a hearer behind it: 告诉.
    Tell,
    /// Counts only right before a colon or quotation: 道.
    Close,
    /// Counts only in 据…消息.
    Source,
    /// Counts only in 援引…的话报道.
    Cited,
    /// Counts only in 在…看来.
    View,
    /// Looks like a cue and is none: 小说.
    None,
}

/// The words of one class, and their first characters.
#[derive(Debug, Default)]
struct Signs {
    words: Vec<String>,
    first: Characters,
}

impl Signs {
    fn begin(&self, words: &str) -> bool {
        words.chars().next().is_some_and(|c| self.first.contains(c))
            && self.words.iter().any(|sign| words.starts_with(sign.as_str()))
    }
}

/// How a clause begins; see `lexicon/leads.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// 在…时: the subject may follow.
    Adverbial,
    /// 向…: the subject stands elsewhere.
    Preposition,
    /// 据…: what follows is not the subject.
    Noun,
    /// A word that only begins like one of those: 在场.
    Neither,
    /// Nothing stands before the subject.
    Subject,
}

impl Grammar {
    /// Compiles what `definition` says about speech.
    ///
    /// # Errors
    /// [`Error::Definition`] where a cue has no known class or `speakers.toml` is not as its head
    /// describes.
    ///
    /// ```
    /// use jianbao::{definition::Definition, quote::Grammar};
    /// assert!(Grammar::new(&Definition::embedded()).is_ok());
    /// ```
    pub fn new(definition: &Definition) -> Result<Grammar> {
        let words =
            |name: &str| Words::new(definition.lexicon(name).map(|e| (e.word, e.attributes)));
        let mut patterns = Vec::new();
        let mut cue_classes = Vec::new();
        for entry in definition.lexicon(CUES) {
            patterns.push(entry.word);
            cue_classes.push(cue_class(entry.attributes).ok_or_else(|| Error::Definition {
                file: CUES.to_owned(),
                line: entry.line,
                reason: format!("`{}` is no class of cue", entry.attributes),
            })?);
        }
        let cues = Scanner::new(patterns).map_err(|reason| wrong(CUES, reason))?;
        Ok(Grammar {
            cues,
            cue_classes,
            titles: words("lexicon/titles.txt"),
            surnames: words("lexicon/surnames.txt"),
            given: words("lexicon/given.txt"),
            translit: Characters::new(definition.lexicon("lexicon/translit.txt").map(|e| e.word)),
            organisations: words("lexicon/organisations.txt"),
            places: words("lexicon/places.txt"),
            media: words("lexicon/media.txt"),
            silent: words("lexicon/silent.txt"),
            common: words("lexicon/common.txt"),
            leads: words("lexicon/leads.txt"),
            closers: words("lexicon/closers.txt"),
            signs: signs(definition),
            meetings: words("lexicon/meetings.txt"),
            pronouns: words("lexicon/pronouns.txt"),
            openers: words("lexicon/openers.txt"),
            bounds: words("lexicon/bounds.txt"),
            quantifiers: words("lexicon/quantifiers.txt"),
            demonstratives: words("lexicon/demonstratives.txt"),
            aliases: Aliases::new(definition)?,
        })
    }

    /// The words of a class of `lexicon/signs.txt`.
    pub(super) fn signs(&self, class: &str) -> impl Iterator<Item = &str> {
        self.signs.get(class).into_iter().flat_map(|s| &s.words).map(String::as_str)
    }

    /// Whether `words` holds a sign of the class.
    pub(super) fn holds(&self, class: &str, words: &str) -> bool {
        let Some(signs) = self.signs.get(class) else { return false };
        let starts = |(at, c): (usize, char)| signs.first.contains(c) && signs.begin(&words[at..]);
        words.char_indices().any(starts)
    }

    /// What stands before and behind the first sign of the class, in the order of the lexicon, that
    /// `words` hold.
    pub(super) fn parted<'t>(&self, class: &str, words: &'t str) -> Option<(&'t str, &'t str)> {
        // Nearly always there is none, which one look at each character tells.
        self.holds(class, words)
            .then(|| self.signs(class).find_map(|sign| words.split_once(sign)))
            .flatten()
    }

    /// Whether `words` begins with a sign of the class.
    pub(super) fn begins(&self, class: &str, words: &str) -> bool {
        self.signs.get(class).is_some_and(|signs| signs.begin(words))
    }

    /// How a clause that begins with `words` leads to its subject, by `lexicon/leads.txt`.
    pub(super) fn lead(&self, words: &str) -> Lead {
        match self.leads.prefix(words).and_then(|w| self.leads.attributes(w)) {
            Some("adverbial") => Lead::Adverbial,
            Some("preposition") => Lead::Preposition,
            Some("noun") => Lead::Noun,
            Some("neither") => Lead::Neither,
            _ => Lead::Subject,
        }
    }
}

const CUES: &str = "lexicon/cues.txt";

fn wrong(file: &str, reason: String) -> Error {
    Error::Definition { file: file.to_owned(), line: 0, reason }
}

fn cue_class(name: &str) -> Option<CueClass> {
    Some(match name {
        "say" => CueClass::Say,
        "act" => CueClass::Act,
        "stance" => CueClass::Stance,
        "tail" => CueClass::Tail,
        "tell" => CueClass::Tell,
        "close" => CueClass::Close,
        "source" => CueClass::Source,
        "cited" => CueClass::Cited,
        "view" => CueClass::View,
        "none" => CueClass::None,
        _ => return None,
    })
}

fn signs(definition: &Definition) -> HashMap<String, Signs, FixedState> {
    let mut signs: HashMap<String, Signs, FixedState> = HashMap::default();
    for entry in definition.lexicon("lexicon/signs.txt") {
        for class in entry.columns() {
            signs.entry(class.to_owned()).or_default().words.push(entry.word.to_owned());
        }
    }
    for class in signs.values_mut() {
        let first = class.words.iter().filter_map(|w| {
            w.char_indices().nth(1).map_or(Some(w.as_str()), |(at, _)| w.get(..at))
        });
        class.first = Characters::new(first);
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cue_of_no_class_is_named_with_its_line() {
        let broken = Definition::embedded()
            .with_file(
                CUES,
                "表示	say
说	loudly
"
                .into(),
            )
            .unwrap();
        let error = Grammar::new(&broken).unwrap_err().to_string();
        assert!(error.contains("loudly") && error.contains('2'), "{error}");
    }
}
