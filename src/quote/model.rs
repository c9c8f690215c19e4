//! Models that decide what the rules leave open, trained on annotated news.
//!
//! continuation.rs: sentences without a cue that continue a report, by a chain (chain.rs);
//! sentence.rs: the sentences with what the rules found in them; features.rs: hashed features.

mod candidate;
pub mod chain;
pub(super) mod continuation;
pub mod features;
pub mod forest;
pub(super) mod quotation;
mod sentence;

pub use continuation::{CONTINUES, Lesson};
pub use quotation::{Question, Row};

use crate::text::Span;
use std::collections::BTreeMap;

/// The probability, in percent, of each utterance that a model decided on, by its span.
pub(super) type Probabilities = BTreeMap<Span, u8>;

/// A probability in whole percent.
fn percent(probability: f64) -> u8 {
    (probability * 100.0).round().clamp(0.0, 100.0) as u8
}
