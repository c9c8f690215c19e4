//! What the definition says about speech, compiled once: the automaton of cues and the word lists.
//!
//! This file reads lexicons; what is done with them is for cue, name, speaker and resolve.

use super::alias::Aliases;
use super::words::{Characters, Words};
use crate::definition::Definition;
use crate::error::{Error, Result};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Compiled once from the definition: automata and name lists.
#[derive(Debug)]
pub struct Grammar {
    pub(super) cues: AhoCorasick,
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

impl Grammar {
    /// Compiles what `definition` says about speech.
    ///
    /// # Errors
    /// [`Error::Definition`] where a cue has no known class or `speakers.toml` is not as its head describes.
    ///
    /// ```
    /// use jianbao::{definition::Definition, quote::Grammar};
    /// assert!(Grammar::new(&Definition::embedded()).is_ok());
    /// ```
    pub fn new(definition: &Definition) -> Result<Grammar> {
        let words = |name: &str| Words::new(definition.lexicon(name).map(|e| (e.word, e.attributes)));
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
        let cues = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&patterns)
            .map_err(|e| wrong(CUES, e.to_string()))?;
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
            meetings: words("lexicon/meetings.txt"),
            pronouns: words("lexicon/pronouns.txt"),
            openers: words("lexicon/openers.txt"),
            bounds: words("lexicon/bounds.txt"),
            quantifiers: words("lexicon/quantifiers.txt"),
            demonstratives: words("lexicon/demonstratives.txt"),
            aliases: Aliases::new(definition)?,
        })
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
