//! Filters as flags, of every command that has them.

use crate::quote::{Confidence, SpeechKind};
use clap::{Args, ValueEnum};

/// Filters of searching, counting and exporting.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterFlags {
    /// Only what this speaker says, and the words only in what is said; repeat for several
    #[arg(long, value_name = "NAME")]
    pub speaker: Vec<String>,
    /// Only attributions that can be trusted at least so far
    #[arg(long, value_name = "TIER")]
    pub min_confidence: Option<Tier>,
    /// Only words given this way
    #[arg(long, value_name = "KIND")]
    pub quotes: Option<QuoteKind>,
    /// Only articles that mention this name
    #[arg(long, value_name = "NAME")]
    pub mentions: Vec<String>,
    /// Only articles about this topic or subject; repeat for several
    #[arg(long, value_name = "TOPIC")]
    pub topic: Vec<String>,
    /// Only articles of outlets whose name holds this
    #[arg(long, value_name = "NAME")]
    pub source: Vec<String>,
    /// Only articles by this author
    #[arg(long, value_name = "NAME")]
    pub author: Vec<String>,
    /// Not before this day (2023, 2023-07, 2023-07-28)
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Not after this day; a month or a year counts to its end
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Only articles whose title holds this
    #[arg(long, value_name = "WORDS")]
    pub title: Vec<String>,
    /// Only files whose path holds this or matches this glob
    #[arg(long, value_name = "GLOB")]
    pub path: Vec<String>,
    /// Only articles in which this speaker speaks too; repeat for several, who must all speak
    #[arg(long, value_name = "NAME")]
    pub beside: Vec<String>,
    /// Leave out the articles in which this speaker speaks; repeat for several, here and below
    #[arg(long, value_name = "NAME")]
    pub not_speaker: Vec<String>,
    /// Leave out the articles that mention this name
    #[arg(long, value_name = "NAME")]
    pub not_mentions: Vec<String>,
    /// Leave out the articles about this topic or subject
    #[arg(long, value_name = "TOPIC")]
    pub not_topic: Vec<String>,
    /// Leave out the articles of outlets whose name holds this
    #[arg(long, value_name = "NAME")]
    pub not_source: Vec<String>,
    /// Leave out the articles by this author
    #[arg(long, value_name = "NAME")]
    pub not_author: Vec<String>,
    /// Leave out the articles whose title holds this
    #[arg(long, value_name = "WORDS")]
    pub not_title: Vec<String>,
    /// Leave out the files whose path holds this or matches this glob
    #[arg(long, value_name = "GLOB")]
    pub not_path: Vec<String>,
}

impl FilterFlags {
    /// The flags that may be repeated, by name, with their values.
    pub fn lists(&self) -> [(&'static str, &Vec<String>); 15] {
        [
            ("speaker", &self.speaker),
            ("mentions", &self.mentions),
            ("topic", &self.topic),
            ("source", &self.source),
            ("author", &self.author),
            ("title", &self.title),
            ("path", &self.path),
            ("beside", &self.beside),
            ("not-speaker", &self.not_speaker),
            ("not-mentions", &self.not_mentions),
            ("not-topic", &self.not_topic),
            ("not-source", &self.not_source),
            ("not-author", &self.not_author),
            ("not-title", &self.not_title),
            ("not-path", &self.not_path),
        ]
    }

    /// True if one of the filters is given.
    pub fn is_set(&self) -> bool {
        self.lists().iter().any(|(_, values)| !values.is_empty())
            || self.since.is_some()
            || self.until.is_some()
            || self.min_confidence.is_some()
            || self.quotes.is_some()
    }
}

/// How far an attribution must be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tier {
    /// The name stands with the cue
    Named,
    /// Through a role or a title, or better
    Role,
    /// Through a pronoun, or better
    Pronoun,
    /// Carried over from a neighbouring sentence, or better
    Carried,
}

impl From<Tier> for Confidence {
    fn from(tier: Tier) -> Confidence {
        match tier {
            Tier::Named => Confidence::Named,
            Tier::Role => Confidence::Role,
            Tier::Pronoun => Confidence::Pronoun,
            Tier::Carried => Confidence::Carried,
        }
    }
}

/// How words are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QuoteKind {
    /// Between quotation marks, whole or in part
    Direct,
    /// Reported
    Indirect,
    /// Either way
    All,
}

impl QuoteKind {
    /// The kinds that it admits; none for any.
    pub fn kinds(self) -> Vec<SpeechKind> {
        match self {
            QuoteKind::Direct => vec![SpeechKind::Direct, SpeechKind::Mixed],
            QuoteKind::Indirect => vec![SpeechKind::Indirect],
            QuoteKind::All => Vec::new(),
        }
    }
}
