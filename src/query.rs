//! Query text to [`Query`].
//!
//! Anything is a query. What is malformed is read as plain text and said in a remark; no clause is
//! dropped silently. A `Query` is a plain value that knows nothing of any search engine, and
//! printed it parses to itself.

mod bracket;
mod group;
mod join;
mod marks;
mod parse;
mod settle;
#[cfg(test)]
mod tests;

use crate::quote::{Confidence, SpeechKind};
use crate::text::fold::key;
use serde::{Deserialize, Serialize};
use std::fmt;

pub use parse::parse;

/// The words of a query: clauses in the order typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// The demands on a passage.
    pub clauses: Vec<Clause>,
}

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clause {
    /// Plain words between two spaces: 大公司. Ranked, not required one by one.
    Words(String),
    /// Characters that must stand exactly so: "对资源的浪费".
    Exact(String),
    /// A word that the article must have: +大模型, 大模型 AND 浪费.
    Must(String),
    /// Words that must not occur: -广告, NOT 广告, -“一带一路”.
    Not(Box<Clause>),
    /// At least one of them: 大模型 OR 人工智能, 大模型|人工智能.
    Any(Vec<Clause>),
    /// Words that start so: 大模型*
    Prefix(String),
    /// Words that end so: *模型
    Suffix(String),
    /// All of them within one sentence: same:(李彦宏 浪费)
    Same(Vec<String>),
    /// All of them with at most this many characters between neighbours: near/5:(李彦宏 浪费)
    Near(u32, Vec<String>),
    /// In the title: title:大模型, title:“百模大战”
    Title(Box<Clause>),
}

/// Filters: demands on a passage whatever its words, all of which must hold. Several values
/// of one filter are alternatives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filters {
    /// Said by one of them.
    pub speakers: Vec<String>,
    /// The least confidence of the attribution.
    pub min_confidence: Option<Confidence>,
    /// The kinds of speech; empty for any.
    pub kinds: Vec<SpeechKind>,
    /// The article mentions one of them as a speaker, or by name in its text.
    pub mentions: Vec<String>,
    /// About one of these topics (keys, names, aliases) or subjects.
    pub topics: Vec<String>,
    /// Printed by one of them; part of the outlet's name is enough.
    pub sources: Vec<String>,
    /// Written by one of them.
    pub authors: Vec<String>,
    /// Not before this day.
    pub since: Option<jiff::civil::Date>,
    /// Not after this day.
    pub until: Option<jiff::civil::Date>,
    /// Words that the title must have.
    pub titles: Vec<String>,
    /// Globs or parts of the file's path.
    pub paths: Vec<String>,
    /// Others who must speak in the same article, all of them, each under one of the names.
    #[serde(default)]
    pub beside: Vec<Vec<String>>,
    /// Values that keep an article out.
    #[serde(default)]
    pub excluded: ExcludedValues,
}

/// Values that keep an article out of an answer; one of them in any of its passages is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludedValues {
    /// One of them speaks in it.
    pub speakers: Vec<String>,
    /// It mentions one of them.
    pub mentions: Vec<String>,
    /// It is about one of them.
    pub topics: Vec<String>,
    /// One of them printed it.
    pub sources: Vec<String>,
    /// One of them wrote it.
    pub authors: Vec<String>,
    /// Its title holds one of them.
    pub titles: Vec<String>,
    /// Its file's path holds or matches one of them.
    pub paths: Vec<String>,
}

impl ExcludedValues {
    /// The filters that admit what these values keep out, one a value.
    pub fn admitted(&self) -> Filters {
        let ExcludedValues { speakers, mentions, topics, sources, authors, titles, paths } =
            self.clone();
        Filters {
            speakers,
            mentions,
            topics,
            sources,
            authors,
            titles,
            paths,
            ..Filters::default()
        }
    }
}

impl Filters {
    /// True if nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Filters::default()
    }

    /// The name of a filter one of whose values has nothing to compare, as of an unset variable of
    /// a script; it would let everything through or nothing.
    pub fn blank(&self) -> Option<String> {
        let by_key = [
            ("speaker", &self.speakers),
            ("mentions", &self.mentions),
            ("topic", &self.topics),
            ("source", &self.sources),
            ("author", &self.authors),
            ("title", &self.titles),
        ];
        let beside = self.beside.iter().map(|names| ("beside", names));
        let no_key = by_key
            .into_iter()
            .chain(beside)
            .find(|(_, values)| values.iter().any(|value| key(value).is_empty()));
        let no_path = self.paths.iter().any(|path| path.trim().is_empty()).then_some("path");
        let excluded = || {
            let some = self.excluded != ExcludedValues::default();
            some.then(|| self.excluded.admitted().blank()).flatten()
        };
        let own = no_key.map(|(name, _)| name).or(no_path).map(str::to_owned);
        own.or_else(|| excluded().map(|name| format!("not-{name}")))
    }
}

/// Something about the query text that was read otherwise than typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark(pub String);

impl Query {
    /// True if nothing is asked for: no clause, or only exclusions.
    pub fn is_empty(&self) -> bool {
        self.clauses.iter().all(|clause| matches!(clause, Clause::Not(_)))
    }

    /// The number of terms: the clauses, each alternative of [`Clause::Any`] and each word of
    /// [`Clause::Same`] and [`Clause::Near`] being one of its own.
    pub fn terms(&self) -> usize {
        self.clauses.iter().map(Clause::terms).sum()
    }
}

impl Clause {
    /// The number of terms, as [`Query::terms`] counts them.
    fn terms(&self) -> usize {
        match self {
            Clause::Any(clauses) => clauses.iter().map(Clause::terms).sum(),
            Clause::Same(words) | Clause::Near(_, words) => words.len(),
            Clause::Not(clause) | Clause::Title(clause) => clause.terms(),
            Clause::Words(_)
            | Clause::Exact(_)
            | Clause::Must(_)
            | Clause::Prefix(_)
            | Clause::Suffix(_) => 1,
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, clause) in self.clauses.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{clause}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Clause::Words(words) => f.write_str(words),
            Clause::Exact(text) => write!(f, "“{text}”"),
            Clause::Must(word) => write!(f, "+{word}"),
            Clause::Not(clause) if matches!(**clause, Clause::Any(_)) => write!(f, "-({clause})"),
            // A minus before minuses would be one of them.
            Clause::Not(clause) if matches!(&**clause, Clause::Words(word) if is_minuses(word)) => {
                write!(f, "NOT {clause}")
            }
            Clause::Not(clause) => write!(f, "-{clause}"),
            Clause::Any(clauses) => {
                for (i, clause) in clauses.iter().enumerate() {
                    if i > 0 {
                        f.write_str("|")?;
                    }
                    write!(f, "{clause}")?;
                }
                Ok(())
            }
            Clause::Prefix(stem) => write!(f, "{stem}*"),
            Clause::Suffix(stem) => write!(f, "*{stem}"),
            Clause::Same(words) => write!(f, "same:({})", words.join(" ")),
            Clause::Near(distance, words) => write!(f, "near/{distance}:({})", words.join(" ")),
            Clause::Title(clause) => write!(f, "title:{clause}"),
        }
    }
}

/// True for a word of minuses alone.
fn is_minuses(word: &str) -> bool {
    word.chars().all(|c| matches!(c, '-' | '－'))
}
