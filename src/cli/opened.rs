//! An index opened for questions, with the words of its definition.

use super::args::IndexFlags;
use super::prepare;
use crate::definition::Definition;
use crate::error::Result;
use crate::search::{self, Answer, Lexicon, Request};
use crate::update::Snapshot;

/// An index opened for questions.
pub struct Opened {
    /// The index.
    pub index: Snapshot,
    /// The definition that it was built under.
    pub definition: Definition,
    /// The words of the definition.
    pub lexicon: Lexicon,
}

impl Opened {
    /// Opens the index of a command.
    ///
    /// # Errors
    /// Those of [`Snapshot::open`], and a malformed definition.
    pub fn new(place: &IndexFlags) -> Result<Opened> {
        let definition = prepare::definition(&place.definition)?;
        let index = Snapshot::open(place.place()?, &definition)?;
        let lexicon = Lexicon::new(&definition, index.segmenter()?);
        Ok(Opened { index, definition, lexicon })
    }

    /// The same for a few questions; see [`Snapshot::sparing`].
    pub fn sparing(self) -> Opened {
        Opened { index: self.index.sparing(), ..self }
    }

    /// Answers a request whose filters are resolved.
    ///
    /// # Errors
    /// Those of [`search::run`].
    pub fn run(&self, request: &Request) -> Result<Answer> {
        search::run(&self.index, request, &self.lexicon)
    }
}
