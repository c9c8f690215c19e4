//! Who said what: quotes with their speakers, and the evidence for each.
//!
//! [`extract`] reads one article in this order; each file uses only files named before it:
//!
//! - word_list.rs, tagged_words.rs, alias.rs, learned.rs, grammar.rs: the language facts and the
//!   learned models, compiled once;
//! - punctuation.rs: quotations and breaks between clauses; scene.rs: a text under analysis;
//! - cue.rs: the words of saying; quotation_kind.rs: quotations of speech apart from terms;
//! - score.rs, name_reading.rs, foreign_name.rs, person_name.rs, mention.rs, subject.rs: the
//!   speaker written beside a cue;
//! - cue_context.rs: the words around a cue; coreference.rs: the speaker a mention stands for;
//! - affiliation.rs: the organisation that a speaker speaks for;
//! - statement.rs: cues with speakers; content.rs: the words that a statement reports;
//! - uncued.rs: speech without a cue; label.rs, turn.rs: turns of interviews and transcripts;
//! - model.rs: quotations and sentences that the rules leave open, by the learned models.
//!
//! Across articles speakers are joined by [`Aliases`].

mod affiliation;
mod alias;
mod attributed;
mod content;
mod coreference;
mod cue;
mod cue_context;
mod foreign_name;
mod grammar;
mod label;
pub mod learned;
mod mention;
pub mod model;
mod name_reading;
mod person_name;
mod punctuation;
mod quotation_kind;
mod scene;
mod score;
mod statement;
mod subject;
mod tagged_words;
mod turn;
mod uncued;
mod word_list;

pub use alias::Aliases;
pub use attributed::{ArticlePart, Confidence, Quote, Rule, Speaker, SpeakerKind, SpeechKind};
pub use grammar::Grammar;

use crate::text::{Span, fold, is_han};
use content::Utterance;
use coreference::Coreference;
use cue::Cue;
use foldhash::fast::FixedState;
use model::Probabilities;
use model::ground::Ground;
use punctuation::Punctuation;
use scene::{Scene, Script};
use statement::Statement;
use std::borrow::Cow;
use std::collections::HashMap;
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
    with_scene(text, headline, grammar, |scene| {
        let cues = cue::cues(scene);
        let statements = statement::statements(scene, &cues, cast);
        let mut chosen = Probabilities::default();
        let found = with_sayings(scene, &cues, statements, cast, &mut chosen);
        let ground = Ground { scene, cues: &cues, cast, said: &found };
        let mut utterances =
            model::quotation::attribute(&ground, &grammar.attribution, &mut chosen);
        let ground = Ground { scene, cues: &cues, cast, said: &utterances };
        let continued = model::continuation::continued(&ground, &grammar.continuation, &mut chosen);
        utterances.extend(continued);
        let probability = |quote: &Quote| {
            let by_model = matches!(quote.rule, Rule::Model | Rule::Carried);
            chosen.get(&quote.span).copied().filter(|_| by_model)
        };
        utterances
            .iter()
            .filter(|s| !s.span.is_empty())
            .flat_map(|s| content::quotes(s, text, part, grammar))
            .map(|quote| Quote { probability: probability(&quote), ..quote })
            .collect()
    })
}

/// Applies `read` to the scene of a text, given as printed.
fn with_scene<T>(
    text: &str,
    headline: Option<&str>,
    grammar: &Grammar,
    read: impl FnOnce(&Scene<'_>) -> T,
) -> T {
    let simplified = reading_form(text);
    let script = match simplified {
        Cow::Borrowed(_) => Script::Simplified,
        Cow::Owned(_) => Script::Traditional,
    };
    let marks = Punctuation::new(&simplified);
    let headline = headline.map(reading_form);
    let headline = headline.as_deref();
    read(&Scene { text: &simplified, headline, script, marks: &marks, grammar })
}

/// True if `at` stands in the label or the words of a turn: its label tells who speaks there.
fn in_turn(turns: &[Turn], at: usize) -> bool {
    let next = turns.partition_point(|t| t.label.start <= at);
    next.checked_sub(1).is_some_and(|i| at < turns[i].words.end && turns[i].speaker.is_some())
}

/// The utterances that the rules find, sorted by span.
fn by_rules(
    scene: &Scene<'_>,
    statements: &[Statement],
    turns: &[Turn],
    cast: &Coreference,
) -> Vec<Utterance> {
    let mut taken = vec![false; scene.marks.quotations.len()];
    let mut utterances = content::reports(scene, statements, &mut taken);
    let labelled = uncued::labelled(scene, statements, cast, &mut taken);
    utterances.extend(labelled.into_iter().filter(|u| !in_turn(turns, u.source.cue.start)));
    utterances.sort_by_key(|s| s.span);
    let alone = uncued::alone(scene, &utterances, cast, &mut taken);
    utterances.extend(alone.into_iter().filter(|u| !in_turn(turns, u.span.start)));
    utterances.extend(turn::utterances(scene, turns));
    utterances.sort_by_key(|s| s.span);
    utterances
}

/// The utterances that the rules find, and those of the sayings that a model reads where the rules
/// are silent, sorted by span. `chosen` takes the probabilities.
fn with_sayings(
    scene: &Scene<'_>,
    cues: &[Cue],
    mut statements: Vec<Statement>,
    cast: &Coreference,
    chosen: &mut Probabilities,
) -> Vec<Utterance> {
    let turns = turn::turns(scene, cast);
    let found = by_rules(scene, &statements, &turns, cast);
    let ground = Ground { scene, cues, cast, said: &found };
    let mut told = model::saying::told(&ground, &scene.grammar.saying);
    // What the rules read as well is theirs.
    fn names(s: &Statement) -> impl Iterator<Item = &str> {
        s.speakers.iter().map(|(speaker, _)| speaker.name.as_str())
    }
    told.retain(|t| {
        let own = |s: &&Statement| s.cue.overlaps(t.cue);
        let Some(told) = &t.statement else { return true };
        !statements.iter().filter(own).any(|s| names(s).eq(names(told)))
    });
    if told.is_empty() {
        return found;
    }
    let probability: HashMap<Span, u8, FixedState> =
        told.iter().map(|t| (t.cue, t.probability)).collect();
    statements.retain(|s| !told.iter().any(|t| t.cue.overlaps(s.cue)));
    statements.extend(told.into_iter().filter_map(|t| t.statement));
    statements.sort_by_key(|s| s.cue);
    let found = by_rules(scene, &statements, &turns, cast);
    for utterance in found.iter().filter(|u| u.source.rule == Rule::Model) {
        if let Some(&percent) = probability.get(&utterance.source.cue) {
            chosen.insert(utterance.span, percent);
        }
    }
    found
}

/// The lessons that an article's body holds for the training of the continuation model.
pub fn continuation_lessons(
    headline: Option<&str>,
    body: &str,
    grammar: &Grammar,
) -> Vec<model::ContinuationLesson> {
    with_ground(headline, body, grammar, |ground| {
        let said = model::quotation::attribute(
            ground,
            &grammar.attribution,
            &mut Probabilities::default(),
        );
        model::continuation::lessons(&Ground { said: &said, ..*ground })
    })
}

/// The words of saying of an article's body in whose sentences the rules read no speaker, for the
/// training of the model that reads it.
pub fn saying_questions(
    headline: Option<&str>,
    body: &str,
    grammar: &Grammar,
) -> Vec<model::SayingQuestion> {
    with_ground(headline, body, grammar, model::saying::questions)
}

/// The quotations of an article's body with their candidates, for the training of the model that
/// chooses among them.
pub fn quotation_questions(
    headline: Option<&str>,
    body: &str,
    grammar: &Grammar,
) -> Vec<model::Question> {
    with_ground(headline, body, grammar, model::quotation::questions)
}

/// Applies `read` to what the rules find in a body.
fn with_ground<T>(
    headline: Option<&str>,
    body: &str,
    grammar: &Grammar,
    read: impl Fn(&Ground<'_>) -> T,
) -> T {
    with_scene(body, headline, grammar, |scene| {
        let cues = cue::cues(scene);
        let mut cast = Coreference::default();
        let statements = statement::statements(scene, &cues, &mut cast);
        let chosen = &mut Probabilities::default();
        let utterances = with_sayings(scene, &cues, statements, &cast, chosen);
        read(&Ground { scene, cues: &cues, cast: &cast, said: &utterances })
    })
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
