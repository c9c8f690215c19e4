//! The remarks on an answer: slips of the pen, words that were left out, and why nothing was found.
//! All of it goes to standard error.

use super::args::FilterFlags;
use super::number::{counted, noun, verb};
use crate::definition::Definition;
use crate::engine::MissingParts;
use crate::error::Result;
use crate::search::{self, Answer, Diagnosis, Suggestion};
use crate::text::harmless;
use crate::update::{LockHolder, Snapshot};

/// Tells what is to be said of an answer besides its hits.
pub fn tell(suggestions: &[Suggestion], answer: &Answer) {
    tell_suggestions(suggestions);
    of(answer).iter().for_each(|note| talk!("{note}"));
    tell_undated(answer);
}

/// Tells that an index is empty since it is being built.
pub fn tell_builder(index: &Snapshot) {
    let passages = index.engine().statistics().passages;
    if let (0, Some(holder)) = (passages, index.place().folder().and_then(LockHolder::of)) {
        talk!("the index is being built by {holder}; nothing of it has been committed yet");
    }
}

/// Tells which parts of a cluster an answer lacks.
pub fn tell_missing(index: &Snapshot) {
    if let Some(MissingParts { failed, parts, reason }) = index.engine().missing() {
        let (failed, reason) = (failed.max(1), harmless(&reason));
        talk!(
            "note: the answer is not whole: {failed} of {} did not answer ({reason})",
            counted(parts, "part")
        );
    }
}

fn tell_suggestions(suggestions: &[Suggestion]) {
    for suggestion in suggestions {
        let meant =
            suggestion.meant.iter().map(|m| harmless(m).into_owned()).collect::<Vec<String>>();
        talk!("no article has {}; did you mean {}?", harmless(&suggestion.typed), meant.join(", "));
    }
}

/// The remarks on how an answer was found.
pub fn of(answer: &Answer) -> Vec<String> {
    let mut notes = Vec::new();
    if answer.left_out > 0 {
        let (words, groups) = (search::MOST_UNITS, search::MOST_GROUPS);
        notes.push(format!(
            "note: the query is too long; its first {words} words were looked for, and its first \
             {groups} same:( ) and near/N:( )"
        ));
    }
    if answer.near {
        let near = "no passage has the quoted words exactly; these have nearly the same";
        notes.push(near.to_owned());
    }
    if answer.relaxed {
        notes.push("no passage has all of the words; these have some of them".to_owned());
    }
    notes
}

fn tell_undated(answer: &Answer) {
    if answer.undated > 0 {
        let (articles, verb) = (
            counted(answer.undated, "undated article"),
            verb(answer.undated, "answers was", "answer were"),
        );
        talk!("{articles} that {verb} left out by --since/--until");
    }
}

/// Names the speakers and topics that were perhaps meant.
pub fn suggest(flags: &FilterFlags, index: &Snapshot, definition: &Definition) -> Result<()> {
    const MOST: usize = 5;
    let tell = |what: &str, typed: &str, alike: Vec<(String, u64)>| {
        let alike: Vec<String> =
            alike.into_iter().map(|(name, count)| format!("{name} ({count})")).collect();
        if !alike.is_empty() {
            talk!("{}", harmless(&format!("{what} like `{typed}`: {}", alike.join(", "))));
        }
    };
    for name in &flags.speaker {
        tell("speakers", name, search::nearest_speakers(index, name, definition, MOST)?);
    }
    for topic in &flags.topic {
        tell("topics", topic, search::nearest_topics(index, topic, definition, MOST)?);
    }
    Ok(())
}

/// Tells why an answer is empty: what each word gave, and what each filter left.
pub fn explain(diagnosis: &Diagnosis) {
    talk!("nothing found");
    for (word, count) in &diagnosis.words {
        talk!(
            "  {count:>8} {} {} {}",
            noun(*count, "article"),
            verb(*count, "has", "have"),
            harmless(word)
        );
    }
    if !diagnosis.filters.is_empty() {
        let count = diagnosis.without_filters;
        talk!(
            "  {count:>8} {} {} without filters",
            noun(count, "article"),
            verb(count, "answers", "answer")
        );
        for (filter, count) in &diagnosis.filters {
            // Two flags make one filter by date.
            talk!("  {count:>8} with --{} alone", filter.replace('/', "/--"));
        }
    }
}
