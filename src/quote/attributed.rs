//! The result of attribution: quotes, their speakers, and the evidence for each.

use crate::text::Span;
use serde::{Deserialize, Serialize};

/// One statement by one speaker. A statement by several speakers gives one quote for each, with the
/// same span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The part of the article that `span` counts in.
    pub part: ArticlePart,
    /// The words: a byte span of that part (of `Article::body` for [`ArticlePart::Body`]), without
    /// the quotation marks.
    pub span: Span,
    /// The form of the words.
    pub kind: SpeechKind,
    /// Who said it, resolved; `None` where the article does not tell.
    pub speaker: Option<Speaker>,
    /// The speaker as written at this place: 他, 该负责人, 李先生. Empty where nothing is written.
    pub mention: String,
    /// The verb or phrase of saying (表示, 据…介绍); empty where there is none.
    pub cue: String,
    /// The rule that decided.
    pub rule: Rule,
    /// The reliability of the attribution.
    pub confidence: Confidence,
    /// The probability that the speaker is right, in percent, where a trained model decided.
    pub probability: Option<u8>,
    /// True if a quotation mark was opened and never closed.
    pub unclosed: bool,
}

impl Quote {
    /// The rule that decided, with the probability where a trained model did: `model 83 %`.
    /// [`Rule::parse_evidence`] reads it.
    pub fn evidence(&self) -> String {
        match self.probability {
            Some(percent) => format!("{} {percent} %", self.rule),
            None => self.rule.as_str().to_owned(),
        }
    }
}

/// A part of an article that holds text of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArticlePart {
    /// The headline, `Article::title`.
    Title,
    /// The text, `Article::body`.
    Body,
}

/// A speaker, resolved within its article.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Speaker {
    /// The fullest form of the name that the article gives, in simplified script if the article is
    /// in traditional: 李彦宏.
    pub name: String,
    /// The kind of speaker.
    pub kind: SpeakerKind,
    /// Title and affiliation as written before or after the name (百度创始人、董事长兼CEO); empty
    /// where none is given.
    pub title: String,
    /// Other names that the article gives for the same speaker (Robin Li).
    pub aliases: Vec<String>,
    /// The organisation that the speaker speaks for by title: 外交部 of its spokesman. A search
    /// for the organisation finds the speaker's words too.
    #[serde(default)]
    pub represents: Option<String>,
}

/// The form of reported words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpeechKind {
    /// Between quotation marks.
    Direct,
    /// Reported: X表示，…
    Indirect,
    /// A reported clause with words between marks inside: 他批评这是“对资源的浪费”.
    Mixed,
}

/// The kind of a speaker.
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

/// The reliability of an attribution, lowest first, so that `>=` reads as "at least".
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

/// The rule that attributed a quote to its speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rule {
    /// The speaker stands before the cue: 王明表示，…
    #[serde(rename = "before")]
    Before,
    /// The cue and its speaker follow the quotation: “…”王明说.
    #[serde(rename = "after")]
    After,
    /// 据王明介绍，…
    #[serde(rename = "accord")]
    Accord,
    /// 在王明看来，…
    #[serde(rename = "view")]
    View,
    /// The speaker is cited by another source: 媒体援引官员的话说.
    #[serde(rename = "cited")]
    Cited,
    /// The cue has no subject of its own; an earlier clause names the speaker.
    #[serde(rename = "inherited")]
    Inherited,
    /// The cue ends the sentence that it reports: 这对双方都有利，他说。
    #[serde(rename = "inverted")]
    Inverted,
    /// A speaker and a colon, without a verb: 律师：…
    #[serde(rename = "labelled")]
    Labelled,
    /// A turn of an interview or transcript: the words behind a label, up to the next label.
    #[serde(rename = "turn")]
    Turn,
    /// A sentence without a cue that continues the report before it.
    #[serde(rename = "carried")]
    Carried,
    /// A quotation without a cue, given to a neighbouring speaker.
    #[serde(rename = "carried quotation")]
    CarriedQuotation,
    /// A quotation whose speaker a trained model chose among those of the article.
    #[serde(rename = "model")]
    Model,
}

impl Speaker {
    /// A speaker known by a name alone.
    pub(super) fn named(name: &str, kind: SpeakerKind) -> Speaker {
        Speaker {
            name: name.to_owned(),
            kind,
            title: String::new(),
            aliases: Vec::new(),
            represents: None,
        }
    }
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 12] = [
        Rule::Before,
        Rule::After,
        Rule::Accord,
        Rule::View,
        Rule::Cited,
        Rule::Inherited,
        Rule::Inverted,
        Rule::Labelled,
        Rule::Turn,
        Rule::Carried,
        Rule::CarriedQuotation,
        Rule::Model,
    ];

    /// The text form of the rule, as JSON and an index hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::Before => "before",
            Rule::After => "after",
            Rule::Accord => "accord",
            Rule::View => "view",
            Rule::Cited => "cited",
            Rule::Inherited => "inherited",
            Rule::Inverted => "inverted",
            Rule::Labelled => "labelled",
            Rule::Turn => "turn",
            Rule::Carried => "carried",
            Rule::CarriedQuotation => "carried quotation",
            Rule::Model => "model",
        }
    }

    /// The rule with the text form `text`; `None` where there is no such rule.
    ///
    /// ```
    /// use jianbao::quote::Rule;
    /// assert!(Rule::ALL.iter().all(|&rule| Rule::parse(rule.as_str()) == Some(rule)));
    /// ```
    pub fn parse(text: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

impl Rule {
    /// The rule and the probability that [`Quote::evidence`] printed; `None` for any other text.
    ///
    /// ```
    /// use jianbao::quote::Rule;
    /// assert_eq!(Rule::parse_evidence("model 83 %"), Some((Rule::Model, Some(83))));
    /// assert_eq!(Rule::parse_evidence("before"), Some((Rule::Before, None)));
    /// ```
    pub fn parse_evidence(text: &str) -> Option<(Rule, Option<u8>)> {
        let Some((rule, percent)) = text.strip_suffix(" %").and_then(|t| t.rsplit_once(' ')) else {
            return Some((Rule::parse(text)?, None));
        };
        Some((Rule::parse(rule)?, Some(percent.parse().ok()?)))
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_prints_a_rule_as_its_text_form() {
        for rule in Rule::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
        }
        assert_eq!(Rule::parse("no such rule"), None);
    }
}
