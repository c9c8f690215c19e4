//! What an article is about: topics of a taxonomy, and subjects, its own key terms.

use serde::{Deserialize, Serialize};

/// A topic given to an article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    /// The taxonomy's key: `economy` or, at the second level, `economy/房地产`.
    pub key: String,
    /// Probability between 0 and 1; 1 where the article's own metadata decided.
    pub score: f32,
    /// The terms (or the metadata) that decided, strongest first.
    pub evidence: Vec<String>,
}
