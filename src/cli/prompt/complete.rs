//! Completion at the prompt: orders after a colon, speakers after `:speaker`, topics after
//! `:topic`, also by pinyin.

use super::order::QuestionPart;
use crate::cli::opened::Opened;
use crate::error::Result;
use crate::text::likeness::sound;
use crate::topic::Taxonomy;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

/// Completions that are offered at a time.
const MOST_OFFERED: usize = 50;
/// Orders that are no settings.
const ORDERS: [&str; 6] = ["more", "open", "clip", "save", "help", "quit"];

/// The names that can be completed.
pub struct KnownNames {
    speakers: Vec<String>,
    topics: Vec<String>,
}

impl KnownNames {
    /// The names of an index.
    ///
    /// # Errors
    /// A malformed taxonomy, and what the engine reports of a damaged index.
    pub fn new(opened: &Opened) -> Result<KnownNames> {
        let taxonomy = Taxonomy::parse("topics.toml", opened.definition.text("topics.toml"))?;
        let topics = taxonomy.iter().map(|entry| entry.key.clone()).collect();
        Ok(KnownNames { speakers: opened.index.engine().speaker_names()?, topics })
    }

    /// Where the word to be completed starts, and what it may become.
    fn candidates(&self, line: &str) -> (usize, Vec<String>) {
        let Some(order) = line.strip_prefix(':') else { return (0, Vec::new()) };
        let Some((name, typed)) = order.split_once(' ') else {
            let all = QuestionPart::ALL.iter().map(|(name, _)| *name).chain(ORDERS);
            let fitting = all.filter(|known| known.starts_with(order));
            return (1, fitting.map(|known| format!("{known} ")).collect());
        };
        let known = match name {
            "speaker" => &self.speakers,
            "topic" => &self.topics,
            _ => return (0, Vec::new()),
        };
        let spelt = typed.chars().all(|c| c.is_ascii_alphabetic()) && !typed.is_empty();
        let fits = |name: &&String| {
            name.starts_with(typed) || spelt && sound(name).starts_with(&typed.to_lowercase())
        };
        let found = known.iter().filter(fits).take(MOST_OFFERED).cloned().collect();
        (line.len() - typed.len(), found)
    }
}

impl Completer for KnownNames {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, found) = self.candidates(line.get(..position).unwrap_or(line));
        let pair = |text: String| Pair { display: text.clone(), replacement: text };
        Ok((start, found.into_iter().map(pair).collect()))
    }
}

impl Hinter for KnownNames {
    type Hint = String;
}

impl Highlighter for KnownNames {}

impl Validator for KnownNames {}

impl Helper for KnownNames {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_names_are_completed_and_names_also_by_pinyin() {
        let names = KnownNames {
            speakers: ["程砚秋", "程远", "段洪亮"].map(str::to_owned).to_vec(),
            topics: vec!["economy".to_owned()],
        };
        assert_eq!(names.candidates(":sp"), (1, vec!["speaker ".to_owned()]));
        assert_eq!(names.candidates(":speaker 程"), (9, vec!["程砚秋".into(), "程远".into()]));
        assert_eq!(names.candidates(":speaker duanh"), (9, vec!["段洪亮".into()]));
        assert_eq!(names.candidates(":topic ec"), (7, vec!["economy".into()]));
        assert_eq!(names.candidates("大模"), (0, vec![]));
    }
}
