//! Failures (`Error`), findings worth telling (`Note`), and `Result`.
//!
//! Analysis never fails: what it misses it says in a [`Note`]. Everything that touches the
//! outside world returns an [`Error`] that names the thing and the next step.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The result of everything in jianbao that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure: what, where and why, as data and as one line of text. The text names no flag and no
/// command; what to do next is added by the program that the user runs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused something about a file or folder.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// The attempt, as a verb: `read`, `write`, `create`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// There is no index where one was expected.
    #[error("no index at `{}`", .0.display())]
    NoIndex(PathBuf),
    /// The folder holds something that jianbao did not put there.
    #[error("`{}` is not empty and not a jianbao index", .0.display())]
    ForeignFolder(PathBuf),
    /// The index was written by another format or another definition.
    #[error("index `{}` has {found}, need {need}", path.display())]
    Outdated {
        /// The index folder.
        path: PathBuf,
        /// The state of the index as it describes itself.
        found: String,
        /// The state that this program needs.
        need: String,
    },
    /// Another process is writing the index.
    #[error("index `{}` is being written by {by}", path.display())]
    Locked {
        /// The index folder.
        path: PathBuf,
        /// The writer, as far as it is known.
        by: String,
    },
    /// The index is there but cannot be trusted.
    #[error("index `{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The index folder.
        path: PathBuf,
        /// The damage.
        reason: String,
    },
    /// A failure of the search engine that no other variant describes.
    #[error("search engine: {0}")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No node of a cluster answers.
    #[error("cannot reach the cluster at {address}: {reason}")]
    Unreachable {
        /// The addresses that were asked.
        address: String,
        /// The last failure.
        reason: String,
    },
    /// A cluster refused a request.
    #[error("the cluster at {address} refused a request ({status} {kind}): {reason}")]
    Refused {
        /// The addresses that were asked.
        address: String,
        /// The status of the answer, as of HTTP.
        status: u16,
        /// The kind of the refusal, by the cluster's own name.
        kind: String,
        /// The cluster's reason.
        reason: String,
    },
    /// A part of a cluster did not answer.
    #[error("{failed} of {shards} shards of the cluster at {address} did not answer: {reason}")]
    Partial {
        /// The addresses that were asked.
        address: String,
        /// Shards that did not answer; 0 where the time was over.
        failed: u64,
        /// All shards.
        shards: u64,
        /// The cluster's reason.
        reason: String,
    },
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
        /// The fault, and what was expected.
        reason: String,
    },
    /// No article of the index has that id or path.
    #[error("no article with id or path `{0}` in the index")]
    NoArticle(String),
    /// No archive of the index holds that path.
    #[error("nothing from `{}` is in the index; it holds {}", path.display(), archives.join(", "))]
    NotIndexed {
        /// The path asked for.
        path: PathBuf,
        /// The archives that are in the index, as they were named.
        archives: Vec<String>,
    },
    /// A setting has a value that cannot be understood.
    #[error("{setting} `{value}`: {reason}")]
    Setting {
        /// The setting, by its name on the command line: `include`, `field`.
        setting: &'static str,
        /// The value as it was given.
        value: String,
        /// The fault.
        reason: String,
    },
    /// A root has lost so many articles at once that somebody has to say that it is meant. They are
    /// still in the index.
    #[error("{articles} of {of} articles of `{}` are gone from it", root.display())]
    Vanished {
        /// The root.
        root: PathBuf,
        /// Articles whose files are gone.
        articles: u64,
        /// Articles that the index has from the root.
        of: u64,
    },
    /// A repair would lose articles: they are damaged, and their sources are gone.
    #[error(
        "a repair would lose {articles} articles, whose sources are gone: {}",
        files.join(", ")
    )]
    Loss {
        /// The files that they were read from, a few of them.
        files: Vec<String>,
        /// The number of articles.
        articles: u64,
    },
    /// The run was interrupted; what had been committed stays.
    #[error("interrupted; everything up to the last commit is in the index")]
    Interrupted,
    /// A search was given up before it ended.
    #[error("the search was given up")]
    GivenUp,
    /// Inputs were skipped although none may be.
    #[error("inputs were skipped: {0}")]
    Skipped(u64),
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
