//! An index opened for questions, with the words of its definition.

use super::args::{IndexFlags, SearchCommand};
use super::prepare;
use crate::definition::Definition;
use crate::engine::{Completeness, IndexPlace};
use crate::error::{Error, Result};
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
        Opened::taking(place, Completeness::Whole)
    }

    /// The same, for a search: of a cluster, partial answers are taken where it says so.
    ///
    /// # Errors
    /// Those of [`Opened::new`]; [`Error::Usage`] where partial answers of a folder are asked for.
    pub fn asked(command: &SearchCommand) -> Result<Opened> {
        let partial = if command.partial { Completeness::Partial } else { Completeness::Whole };
        Opened::taking(&command.place, partial)
    }

    fn taking(place: &IndexFlags, completeness: Completeness) -> Result<Opened> {
        let definition = prepare::definition(&place.definition)?;
        let place = match (place.place()?, completeness) {
            (IndexPlace::Folder(_), Completeness::Partial) => {
                let reason = "--partial is for an index in a cluster: a folder answers as a whole";
                return Err(Error::Usage(reason.to_owned()));
            }
            (IndexPlace::Cluster(address), completeness) => address.taking(completeness).into(),
            (place, _) => place,
        };
        let index = Snapshot::open(place, &definition)?;
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
