//! Who said what: quotes with their speakers, and the evidence for each.
//!
//! [`extract`] reads one article: layout.rs finds quotations and clauses, cue.rs the words of
//! saying, speaker.rs, mention.rs and name.rs the speaker beside them, resolve.rs whom it stands
//! for, hearing.rs, statement.rs and content.rs what is said, scare.rs which quotations are speech,
//! carry.rs what has no cue. Across articles speakers are joined by [`Aliases`].

mod alias;
mod carry;
mod content;
mod cue;
mod grammar;
mod hearing;
mod layout;
mod mention;
mod name;
mod resolve;
mod scare;
mod speaker;
mod statement;
mod words;

pub use alias::Aliases;
pub use grammar::Grammar;

use crate::text::{Span, fold, is_han};
use hearing::Scene;
use layout::Layout;
use resolve::Memory;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Who said what in one article; pure; cannot fail. Quotes are sorted by part, span and speaker.
///
/// ```
/// use jianbao::{definition::Definition, quote};
/// let grammar = quote::Grammar::new(&Definition::embedded()).unwrap();
/// let quotes = quote::extract(None, "县长王建国表示，这座桥明年通车。", &grammar);
/// assert_eq!(quotes[0].speaker.as_ref().unwrap().name, "王建国");
/// ```
pub fn extract(title: Option<&str>, body: &str, grammar: &Grammar) -> Vec<Quote> {
    let mut memory = Memory::default();
    let mut quotes = read_part(body, Part::Body, grammar, &mut memory);
    if let Some(title) = title {
        quotes.extend(read_part(title, Part::Title, grammar, &mut memory));
    }
    quotes.sort_by(|a, b| order(a).cmp(&order(b)));
    quotes.dedup_by(|a, b| order(a) == order(b));
    quotes
}

/// One statement by one speaker. A statement by several speakers gives one quote for each, with the
/// same span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The part of the article that `span` counts in.
    pub part: Part,
    /// The words: a byte span of that part (of `Article::body` for [`Part::Body`]), without the
    /// quotation marks.
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

/// A part of an article that holds text of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
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
    /// What kind of speaker.
    pub kind: SpeakerKind,
    /// Title and affiliation as written before or after the name (百度创始人、董事长兼CEO); empty
    /// where none is given.
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

fn order(quote: &Quote) -> (Part, Span, Kind, &str) {
    (quote.part, quote.span, quote.kind, quote.speaker.as_ref().map_or("", |s| s.name.as_str()))
}

fn read_part(text: &str, part: Part, grammar: &Grammar, memory: &mut Memory) -> Vec<Quote> {
    let simplified = reading_form(text);
    let layout = Layout::new(&simplified);
    let scene = Scene { text: &simplified, layout: &layout, grammar };
    let cues = cue::cues(&simplified, &layout, grammar);
    let statements = statement::statements(&scene, &cues, memory);
    let mut taken = vec![false; layout.quotations.len()];
    let mut said = content::reports(&scene, &statements, &mut taken);
    said.extend(carry::labelled(&scene, &statements, memory, &mut taken));
    said.sort_by_key(|s| s.span);
    let alone = carry::alone(&scene, &said, memory, &mut taken);
    said.extend(alone);
    let more = carry::running_on(&scene, &said, &statements, memory);
    said.extend(more);
    said.iter()
        .filter(|s| !s.span.is_empty())
        .flat_map(|s| content::quotes(s, text, part))
        .collect()
}

/// Least share of traditional characters, one in so many, that makes a text traditional.
const TRADITIONAL: usize = 50;

/// The text in simplified script if it is written in traditional; a simplified text keeps the rare
/// characters of its names (谢国樑) as they are.
fn reading_form(text: &str) -> Cow<'_, str> {
    let simplified = fold::simplify(text);
    if let Cow::Owned(form) = &simplified {
        let changed = text.chars().zip(form.chars()).filter(|(a, b)| a != b).count();
        if changed * TRADITIONAL < text.chars().filter(|c| is_han(*c)).count() {
            return Cow::Borrowed(text);
        }
    }
    simplified
}
