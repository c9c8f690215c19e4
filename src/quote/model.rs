//! Models that decide what the rules leave open, trained on annotated news.
//!
//! saying.rs: the speaker of a word of saying, by a choice among the stretches before it;
//! continuation.rs: sentences without a cue that continue a report, by a chain; quotation.rs: the
//! speaker of a quotation, by trees over the candidates of candidate.rs. ground.rs: what they work
//! on; sentence.rs: the sentences with what the rules found in them; row.rs: a question to trees.

mod candidate;
pub(super) mod continuation;
pub(super) mod ground;
pub(super) mod quotation;
mod row;
pub(super) mod saying;
mod sentence;

pub use continuation::{CONTINUES, ContinuationLesson};
pub use quotation::Question;
pub use row::Row;
pub use saying::SayingQuestion;

use crate::text::Span;
use std::collections::BTreeMap;

/// The probability, in percent, of each utterance that a model decided on, by its span.
pub(super) type Probabilities = BTreeMap<Span, u8>;

/// A probability in whole percent.
fn percent(probability: f64) -> u8 {
    (probability * 100.0).round().clamp(0.0, 100.0) as u8
}
