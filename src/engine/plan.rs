//! The plan of a query: which evidence is looked for, with which weight, and what must hold.
//!
//! A plan is a plain value. `search::compile` makes it from a query, an engine runs it.

use crate::text::exact::exact;
use std::borrow::Cow;
use std::fmt;

/// The least weight of evidence that is a word as it was typed, or a certain equal of it.
pub const AS_TYPED: f32 = 0.7;

/// A query in the terms of the index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The things looked for, in the order typed.
    pub units: Vec<Unit>,
    /// The least number of wanted units that an article must have.
    pub minimum: usize,
    /// The number that is enough where no article has [`Plan::minimum`] of them.
    pub fallback: usize,
    /// The characters of plain words in the order typed, each with the weight of standing behind
    /// the one before it: what stands side by side in a passage as it does here is worth more.
    pub runs: Vec<Vec<(char, f32)>>,
    /// The number of clauses that were left out, since there were too many.
    pub left_out: usize,
    /// The units, by their numbers, that an article must have as typed to hold all of the query;
    /// those that are required anyway are not among them.
    pub whole: Vec<usize>,
    /// The effect of an excluded unit.
    pub exclusion: Exclusion,
}

impl Plan {
    /// True if evidence of a unit is the unit as typed: at its full weight, and the unit is one of
    /// [`Plan::whole`].
    pub fn holds(&self, unit: usize, weight: f32) -> bool {
        weight >= AS_TYPED && self.whole.contains(&unit)
    }
}

/// The effect of an excluded unit on an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Exclusion {
    /// The articles that have it in a passage that the filters admit, or in the title.
    #[default]
    Articles,
    /// The passages that have it.
    Passages,
}

/// One thing that is looked for: it is found where any of its evidence is.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// The words as typed, folded.
    pub label: String,
    /// The meaning of its presence or absence.
    pub occur: Occur,
    /// The texts that are searched for it.
    pub scope: Scope,
    /// The things that count as finding it, each with its weight.
    pub evidence: Vec<(f32, Evidence)>,
}

/// The meaning of the presence or absence of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occur {
    /// It is wanted: it scores, and counts towards [`Plan::minimum`].
    Wanted,
    /// It must be there, and scores.
    Required,
    /// It must not be there.
    Excluded,
    /// It only scores.
    Bonus,
}

/// The texts that are searched for a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// In the passage and in its article's title.
    Anywhere,
    /// In the title alone.
    Title,
}

/// A word that the dictionary lacks and that fewer passages have is looked for by its characters:
/// it may be cut otherwise elsewhere.
pub const RARE_WORD: u64 = 20;

/// Characters are looked for by position where at most so many passages have the rarest of them. An
/// estimate: a few milliseconds.
pub const CHEAP_CHARACTERS: u64 = 3_000;

/// Something that can be found in a field of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// A word of two characters and more, as the segmenter cuts it.
    Word(String),
    /// A single character that is a word.
    Character(String),
    /// A word that the dictionary lacks: found as it was cut or, where that is rare, by its
    /// characters.
    Unknown(String),
    /// Two characters that may be a word; looked for where that is cheap.
    Pair(Vec<char>),
    /// Characters next to each other.
    Phrase(Vec<char>),
    /// A word that starts so.
    Prefix(String),
    /// A word that ends so.
    Suffix(String),
    /// All of the phrases, each at most so many characters from the next one found.
    Near(u32, Vec<Vec<char>>),
    /// All of the phrases in one sentence.
    Same(Vec<Vec<char>>),
}

impl Evidence {
    /// The characters that are looked for, as exact text has them; `None` where several phrases
    /// are.
    pub fn exact(&self) -> Option<Cow<'_, [char]>> {
        match self {
            Evidence::Word(text)
            | Evidence::Unknown(text)
            | Evidence::Character(text)
            | Evidence::Prefix(text)
            | Evidence::Suffix(text) => Some(Cow::Owned(exact(text))),
            Evidence::Phrase(chars) | Evidence::Pair(chars) => Some(Cow::Borrowed(chars)),
            Evidence::Near(..) | Evidence::Same(_) => None,
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |phrases: &[Vec<char>]| {
            phrases.iter().map(|p| p.iter().collect()).collect::<Vec<String>>().join(" ")
        };
        match self {
            Evidence::Word(word) | Evidence::Character(word) | Evidence::Unknown(word) => {
                f.write_str(word)
            }
            Evidence::Pair(chars) => f.write_str(&chars.iter().collect::<String>()),
            Evidence::Phrase(chars) => write!(f, "“{}”", chars.iter().collect::<String>()),
            Evidence::Prefix(stem) => write!(f, "{stem}*"),
            Evidence::Suffix(stem) => write!(f, "*{stem}"),
            Evidence::Near(distance, phrases) => write!(f, "near/{distance}:({})", joined(phrases)),
            Evidence::Same(phrases) => write!(f, "same:({})", joined(phrases)),
        }
    }
}
