//! jianbao 剪报: search for Chinese news archives.
//!
//! [`Index`] opens an index that `jianbao index` built, and answers questions:
//!
//! ```
//! # use jianbao::{analysis::Analyzer, archive, article::Context, definition::Definition, update};
//! # use jianbao::engine::IndexPlace;
//! use jianbao::Index;
//! use jianbao::query::{Filters, parse};
//! use jianbao::search::Request;
//! # let folder = tempfile::tempdir()?;
//! # let article = folder.path().join("论坛.txt");
//! # std::fs::write(&article, "李彦宏表示：“重复开发基础模型是对社会资源的极大浪费。”\n")?;
//! # let archive_index = folder.path().join("built");
//! # let analyzer = Analyzer::new(Definition::embedded(), Context::default())?;
//! # let built = update::Update {
//! #     place: &IndexPlace::from(&archive_index), roots: &[article],
//! #     options: &archive::Options::default(),
//! #     analyzer: &analyzer, mode: update::Mode::Incremental, threads: 1,
//! #     memory_budget: 50 << 20, rules: update::Rules::default(),
//! # };
//! # update::update(&built, &(), &update::Stop::default())?;
//!
//! let index = Index::open(&archive_index)?;
//! let (query, _) = parse("大模型 资源");
//! let filters = Filters { speakers: vec!["李彦宏".into()], ..Filters::default() };
//! let answer = index.search(&Request { query, filters, ..Request::default() })?;
//! assert_eq!(answer.articles, 1);
//! assert!(answer.hits[0].passage.text.contains("极大浪费"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The flow goes one way; a module uses only those above it in this list.

#![forbid(unsafe_code)]

pub mod error;
pub mod definition;
pub mod text;
pub mod date;
pub mod archive;
pub mod article;
pub mod reprint;
pub mod quote;
pub mod topic;
pub mod passage;
pub mod analysis;
pub mod query;
pub mod engine;
pub mod update;
pub mod search;
pub mod record;
pub mod clipping;
#[cfg(feature = "serve")]
pub mod serve;
pub mod cli;

use crate::definition::Definition;
use crate::engine::IndexPlace;
use crate::error::Result;
use crate::search::{Answer, Holdings, Lexicon, RankedAnswer, Request};
use crate::update::Snapshot;
use std::sync::OnceLock;

/// An index opened for questions: one commit, and the words of its definition.
pub struct Index {
    snapshot: Snapshot,
    definition: Definition,
    lexicon: Lexicon,
    holdings: OnceLock<Holdings>,
}

impl Index {
    /// Opens the index at `place`, a folder or a cluster's address, which was built under the
    /// embedded definition.
    ///
    /// # Errors
    /// Those of [`Snapshot::open`].
    pub fn open(place: impl Into<IndexPlace>) -> Result<Index> {
        Index::open_under(place, Definition::embedded())
    }

    /// Opens the index at `place`, which was built under `definition`.
    ///
    /// # Errors
    /// Those of [`Snapshot::open`].
    pub fn open_under(place: impl Into<IndexPlace>, definition: Definition) -> Result<Index> {
        let snapshot = Snapshot::open(place, &definition)?;
        let lexicon = Lexicon::new(&definition, snapshot.segmenter()?);
        Ok(Index { snapshot, definition, lexicon, holdings: OnceLock::new() })
    }

    /// The last commit of the index at the same place, opened; `None` where this one is the last.
    ///
    /// # Errors
    /// Those of [`Index::open`]: the index is gone or cannot be opened any more, and this commit
    /// is no longer one of it.
    pub fn renewed(&self) -> Result<Option<Index>> {
        if self.snapshot.is_last() {
            return Ok(None);
        }
        Index::open_under(self.snapshot.place(), self.definition.clone()).map(Some)
    }

    /// Answers a question. The names in its filters are resolved first; see [`search::resolve`].
    ///
    /// # Errors
    /// Those of [`search::run`].
    pub fn search(&self, request: &Request) -> Result<Answer> {
        search::run(&self.snapshot, &self.resolved(request)?, &self.lexicon)
    }

    /// Ranks the hits of a question as [`Index::search`] does, to be read page by page.
    ///
    /// # Errors
    /// Those of [`search::run`].
    pub fn rank(&self, request: &Request) -> Result<RankedAnswer> {
        search::rank(&self.snapshot, &self.resolved(request)?, &self.lexicon)
    }

    fn resolved(&self, request: &Request) -> Result<Request> {
        let filters = search::resolve(&request.filters, &self.definition, &self.snapshot)?;
        Ok(Request { filters, ..request.clone() })
    }

    /// The holdings of the commit, counted when they are asked for first.
    ///
    /// # Errors
    /// Those of [`Holdings::new`].
    pub fn holdings(&self) -> Result<&Holdings> {
        if let Some(known) = self.holdings.get() {
            return Ok(known);
        }
        let counted = Holdings::new(&self.snapshot)?;
        Ok(self.holdings.get_or_init(|| counted))
    }

    /// The commit, for all that [`search`] asks besides.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The definition that it was built under.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The words of the definition.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }
}
