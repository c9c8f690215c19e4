//! What can go wrong (`Error`), what is merely worth saying (`Note`), and `Result`.
//!
//! Analysis never fails: what it misses it says in a [`Note`]. Everything that touches the
//! outside world returns an [`Error`] that names the thing and the next step.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The result of everything in jianbao that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure, in one line a user can act on: what, where, and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused something about a file or folder.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was attempted, as a verb: `read`, `write`, `create`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// There is no index where one was expected.
    #[error("no index at `{}`; build one with `jianbao index PATH... --index {}`", .0.display(), .0.display())]
    NoIndex(PathBuf),
    /// The folder holds something that jianbao did not put there.
    #[error("`{}` is not empty and not a jianbao index; choose another folder with --index", .0.display())]
    ForeignFolder(PathBuf),
    /// The index was written by another format or another definition.
    #[error("index `{}` has {found}, need {need}; build it anew with `{command}`", path.display())]
    Outdated {
        /// The index folder.
        path: PathBuf,
        /// What the index says of itself.
        found: String,
        /// What this program needs.
        need: String,
        /// The command that builds it anew from its sources.
        command: String,
    },
    /// Another process is writing the index.
    #[error("index `{}` is being written by {by}; wait for it to finish, or use another --index", path.display())]
    Locked {
        /// The index folder.
        path: PathBuf,
        /// Who is writing it, as far as that is known.
        by: String,
    },
    /// The index is there but cannot be trusted.
    #[error("index `{}` is damaged: {reason}; run `jianbao index --rebuild` on its sources", path.display())]
    Damaged {
        /// The index folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The search engine failed in a way that has no better name.
    #[error("search engine: {0}")]
    Engine(#[from] tantivy::TantivyError),
    /// The system does not tell of changes, or not any more.
    #[error("cannot watch `{}`: {reason}", path.display())]
    Watch {
        /// The file or folder.
        path: PathBuf,
        /// Why, and what to do about it.
        reason: String,
    },
    /// A flag or an argument does not make sense.
    #[error("{0}")]
    Usage(String),
    /// A file of the definition (lexicon, taxonomy, speakers) is malformed.
    #[error("{file}:{line}: {reason}")]
    Definition {
        /// The file's name below `index/`, or the user's own.
        file: String,
        /// Line number, from 1; 0 where the fault has no line.
        line: usize,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// Nothing in the index answers to that name or path.
    #[error("{0}")]
    NotFound(String),
    /// The run was interrupted; what had been committed stays.
    #[error("interrupted; everything up to the last commit is in the index")]
    Interrupted,
    /// `--strict` was given and inputs were skipped.
    #[error("--strict was given, and inputs were skipped: {0}; --report FILE lists them")]
    Strict(u64),
}

impl Error {
    /// Wraps an operating-system error with what was attempted and on what.
    pub fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::Io { action, path, source }
    }
}

/// Something an analysis noticed or had to do without; never a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// No title was found.
    NoTitle,
    /// No date was found, or none that could be trusted.
    NoDate,
    /// The date lacked its year, which was taken from the context.
    YearInferred,
    /// The date was relative (335 天前) and resolved against the crawl date.
    DateRelative,
    /// A date was written that no calendar has, or that lies out of range.
    DateInvalid,
    /// No source was found.
    NoSource,
    /// No author was found.
    NoAuthor,
    /// The article has no text besides its header.
    EmptyBody,
    /// A quotation mark was opened and never closed.
    UnclosedQuote,
    /// Bytes that the encoding cannot express were replaced.
    Replaced,
    /// Main-text extraction failed and the whole page's text was taken.
    WholePage,
    /// A header field was too long and was cut.
    Shortened,
    /// The record is in another encoding than most of its file.
    EncodingMixed,
    /// The text had been decoded twice, and was turned back.
    Repaired,
    /// The text was taken from a field that no lexicon knows.
    TextGuessed,
    /// The record has a title and no text.
    TitleOnly,
    /// The year of the date was taken from the file's time, for want of anything better.
    YearFromFile,
    /// A date was written without its year, and nothing says which it was.
    YearUnknown,
    /// Day and month of a numeric date stand in an unknown order.
    DateAmbiguous,
}
