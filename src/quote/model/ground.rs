//! The ground of the models: a text, its cues and speakers, and the utterances found so far.

use crate::quote::content::Utterance;
use crate::quote::coreference::Coreference;
use crate::quote::cue::Cue;
use crate::quote::scene::Scene;

/// A text with what the rules found in it.
pub(in crate::quote) struct Ground<'a> {
    pub scene: &'a Scene<'a>,
    /// In order.
    pub cues: &'a [Cue],
    pub cast: &'a Coreference,
    /// Sorted by span.
    pub said: &'a [Utterance],
}
