//! Who said what: quotes with their speakers, and the evidence for each.

use crate::text::Span;
use serde::{Deserialize, Serialize};

/// One statement by one speaker. A statement by several speakers gives one quote for each, with the same span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The words: a byte span of `Article::body`, without the quotation marks.
    pub span: Span,
    /// How the words are given.
    pub kind: Kind,
    /// Who said it, resolved; `None` where the article does not tell.
    pub speaker: Option<Speaker>,
    /// The speaker as written at this place: 他, 该负责人, 李先生. Empty where nothing is written.
    pub mention: String,
    /// The verb or phrase of saying (表示, 据…介绍); empty where there is none.
    pub cue: String,
    /// Name of the rule that decided.
    pub rule: String,
    /// How far the attribution can be trusted.
    pub confidence: Confidence,
    /// Whether a quotation mark was opened and never closed.
    pub unclosed: bool,
}

/// A speaker, resolved within its article.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Speaker {
    /// The fullest form of the name that the article gives, in simplified script: 李彦宏.
    pub name: String,
    /// What kind of speaker.
    pub kind: SpeakerKind,
    /// Title and affiliation as written before or after the name (百度创始人、董事长兼CEO); empty where none is given.
    pub title: String,
    /// Other names that the article gives for the same speaker (Robin Li).
    pub aliases: Vec<String>,
}

/// How the words of a quote are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Between quotation marks.
    Direct,
    /// Reported: X表示，…
    Indirect,
    /// A reported clause with words between marks inside: 他批评这是“对资源的浪费”.
    Mixed,
}

/// What kind of speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpeakerKind {
    /// Somebody with a name.
    Person,
    /// A company, ministry, country, team.
    Organisation,
    /// Somebody known by a role alone: 主持人, 外交部发言人, 一位业内人士.
    Role,
    /// A meeting: 会议强调.
    Meeting,
}

/// How far an attribution can be trusted, worst first, so that `>=` reads as "at least".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Speech, but nobody could be named.
    Unknown,
    /// Carried over from a neighbouring sentence.
    Carried,
    /// Through a pronoun.
    Pronoun,
    /// Through a role or a title.
    Role,
    /// The name stands with the cue.
    Named,
}
