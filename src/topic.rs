//! The subject matter of an article: topics of a taxonomy, and subjects, its own key terms.
//!
//! taxonomy.rs reads which topics there are, classify.rs gives them to an article with the linear
//! model of model.rs, train.rs learns such a model (latent.rs, logistic.rs: its algebra; bag.rs,
//! table.rs: its words), tokens.rs has an article's words for both, subjects.rs finds an article's
//! key terms against the counts of background.rs, discover.rs proposes words that the dictionary
//! lacks. How topics are searched, counted and shown is left to query, search and cli.

pub mod bag;
pub mod background;
pub mod classify;
pub mod discover;
mod latent;
mod logistic;
pub mod model;
pub mod subjects;
mod table;
pub mod taxonomy;
mod tokens;
pub mod train;

pub use background::Background;
pub use classify::{Classifier, classify};
pub use discover::{NewWord, discover};
pub use model::Model;
pub use subjects::subjects;
pub use taxonomy::{Taxonomy, TopicEntry};
pub use tokens::Tokens;

use serde::{Deserialize, Serialize};

/// A topic given to an article: one of the taxonomy's top level, with what lies below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    /// The taxonomy's key at the top level: `economy`.
    pub key: String,
    /// Probability between 0 and 1; 1 where the article's own metadata decided.
    pub score: f32,
    /// The terms (or the metadata) that decided, strongest first.
    pub evidence: Vec<String>,
    /// The second-level topics below it that apply, best first.
    pub narrower: Vec<Narrower>,
}

/// A second-level topic given to an article, decided by the terms that the taxonomy lists for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Narrower {
    /// The full key: `economy/房地产`.
    pub key: String,
    /// Between 0 and 1: how dense its terms are; 1 where the article's own metadata decided.
    pub score: f32,
    /// The terms (or the metadata) that decided, the most frequent first.
    pub evidence: Vec<String>,
}

impl Topic {
    /// The topic's own key, then those below it: what a filter may ask for.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key.as_str()).chain(self.narrower.iter().map(|n| n.key.as_str()))
    }
}

/// A key term of an article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// The term as it first stands in the article.
    pub term: String,
    /// Its weight in the article, relative to the strongest term (which has 1).
    pub score: f32,
    /// Its number of occurrences in title and body.
    pub count: u32,
}

#[cfg(test)]
mod tests;
