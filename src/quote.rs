//! Who said what: quotes with their speakers, and the evidence for each.
//!
//! [`extract`] reads one article in this order; each file uses only files named before it:
//!
//! - word_list.rs, alias.rs, grammar.rs: the language facts, compiled once;
//! - punctuation.rs: quotations and breaks between clauses; scene.rs: a text under analysis;
//! - cue.rs: the words of saying; quotation_kind.rs: quotations of speech apart from terms;
//! - score.rs, person_name.rs, mention.rs, subject.rs: the speaker written beside a cue;
//! - cue_context.rs: the words around a cue; coreference.rs: the speaker a mention stands for;
//! - statement.rs: cues with speakers; content.rs: the words that a statement reports;
//! - uncued.rs: speech without a cue; label.rs, turn.rs: turns of interviews and transcripts.
//!
//! Across articles speakers are joined by [`Aliases`].

mod alias;
mod attributed;
mod content;
mod coreference;
mod cue;
mod cue_context;
mod grammar;
mod label;
mod mention;
mod person_name;
mod punctuation;
mod quotation_kind;
mod scene;
mod score;
mod statement;
mod subject;
mod turn;
mod uncued;
mod word_list;

pub use alias::Aliases;
pub use attributed::{ArticlePart, Confidence, Quote, Rule, Speaker, SpeakerKind, SpeechKind};
pub use grammar::Grammar;

use crate::text::{Span, fold, is_han};
use coreference::Coreference;
use punctuation::Punctuation;
use scene::{Scene, Script};
use std::borrow::Cow;
use turn::Turn;

/// Who said what in one article; pure; cannot fail. Quotes are sorted by part, span and speaker.
///
/// ```
/// use jianbao::{definition::Definition, quote};
/// let grammar = quote::Grammar::new(&Definition::embedded()).unwrap();
/// let quotes = quote::extract(None, "县长王建国表示，这座桥明年通车。", &grammar);
/// assert_eq!(quotes[0].speaker.as_ref().unwrap().name, "王建国");
/// ```
pub fn extract(title: Option<&str>, body: &str, grammar: &Grammar) -> Vec<Quote> {
    let mut cast = Coreference::default();
    let mut quotes = read_part(body, title, ArticlePart::Body, grammar, &mut cast);
    if let Some(title) = title {
        quotes.extend(read_part(title, None, ArticlePart::Title, grammar, &mut cast));
    }
    quotes.sort_by(|a, b| order(a).cmp(&order(b)));
    quotes.dedup_by(|a, b| order(a) == order(b));
    quotes
}

fn order(quote: &Quote) -> (ArticlePart, Span, SpeechKind, &str) {
    (quote.part, quote.span, quote.kind, quote.speaker.as_ref().map_or("", |s| s.name.as_str()))
}

fn read_part(
    text: &str,
    headline: Option<&str>,
    part: ArticlePart,
    grammar: &Grammar,
    cast: &mut Coreference,
) -> Vec<Quote> {
    let simplified = reading_form(text);
    let script = match simplified {
        Cow::Borrowed(_) => Script::Simplified,
        Cow::Owned(_) => Script::Traditional,
    };
    let marks = Punctuation::new(&simplified);
    let headline = headline.map(reading_form);
    let scene =
        Scene { text: &simplified, headline: headline.as_deref(), script, marks: &marks, grammar };
    let cues = cue::cues(&scene);
    let statements = statement::statements(&scene, &cues, cast);
    let mut taken = vec![false; marks.quotations.len()];
    let turns = turn::turns(&scene, cast);
    let mut utterances = content::reports(&scene, &statements, &mut taken);
    let labelled = uncued::labelled(&scene, &statements, cast, &mut taken);
    utterances.extend(labelled.into_iter().filter(|u| !in_turn(&turns, u.source.cue.start)));
    utterances.sort_by_key(|s| s.span);
    let alone = uncued::alone(&scene, &utterances, cast, &mut taken);
    utterances.extend(alone.into_iter().filter(|u| !in_turn(&turns, u.span.start)));
    let more = uncued::running_on(&scene, &utterances, &statements, cast);
    utterances.extend(more.into_iter().filter(|u| !in_turn(&turns, u.span.start)));
    utterances.extend(turn::utterances(&scene, &turns));
    utterances
        .iter()
        .filter(|s| !s.span.is_empty())
        .flat_map(|s| content::quotes(s, text, part))
        .collect()
}

/// True if `at` stands in the label or the words of a turn: its label tells who speaks there.
fn in_turn(turns: &[Turn], at: usize) -> bool {
    let next = turns.partition_point(|t| t.label.start <= at);
    next.checked_sub(1).is_some_and(|i| at < turns[i].words.end && turns[i].speaker.is_some())
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
