//! A request to an address of the API, and what several addresses make of it: cursors, the article
//! of a key, resolved filters.

use super::held::Held;
use super::parameters::{DEEPEST, Parameters};
use super::problem::HttpProblem;
use crate::Index;
use crate::passage::{ArticleKey, Passage};
use crate::query::Filters;
use crate::search::{self, Answer, Request};
use axum::http::StatusCode;
use std::sync::Arc;

/// The passages of the article with a key; `absent` says that there is none.
pub fn article(
    index: &Index,
    key: &str,
    absent: impl Fn() -> HttpProblem,
) -> Result<Vec<Passage>, HttpProblem> {
    let parsed: ArticleKey = key.parse().map_err(|_| absent())?;
    let mut passages = search::article(index.snapshot(), key)?;
    passages.retain(|passage| passage.article.key == Some(parsed));
    if passages.is_empty() { Err(absent()) } else { Ok(passages) }
}

/// A request to an address.
pub struct Asked {
    /// The index served.
    pub held: Arc<Held>,
    /// The commit.
    pub index: Arc<Index>,
    /// The name in the path; empty where it has none.
    pub name: String,
    /// The parameters.
    pub parameters: Parameters,
}

impl Asked {
    /// A digest of the question, without its page.
    fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let page = ["cursor", "offset", "limit"];
        let pairs = self.parameters.pairs().iter();
        for (name, value) in pairs.filter(|(name, _)| !page.contains(&name.as_str())) {
            hasher.update(name.as_bytes()).update(&[0]).update(value.as_bytes()).update(&[0]);
        }
        hasher.finalize().to_hex()[..8].to_owned()
    }

    /// The cursor of the next page, while there is one within reach.
    pub fn next(&self, request: &Request, answer: &Answer) -> Option<String> {
        let next = request.offset + answer.hits.len();
        let is_full = request.limit > 0 && answer.hits.len() == request.limit;
        let commit = self.index.snapshot().commit();
        (is_full && next <= DEEPEST).then(|| format!("{next}-{commit}-{}", self.digest()))
    }

    /// The hits before the page that a cursor stands for.
    pub fn offset(&self, cursor: &str) -> Result<usize, HttpProblem> {
        let wrong =
            || HttpProblem::wrong("`cursor` is malformed", "take `next` of the page before");
        let [offset, commit, digest] = cursor.split('-').collect::<Vec<_>>()[..] else {
            return Err(wrong());
        };
        if digest != self.digest() {
            let hint = "send the same words and filters with it";
            return Err(HttpProblem::wrong("`cursor` belongs to another question", hint));
        }
        if commit != self.index.snapshot().commit() {
            let detail = "the index has changed since the page before";
            let hint = "begin at the first page again, or use /export";
            return Err(HttpProblem::new(StatusCode::GONE, detail, hint));
        }
        let offset: usize = offset.parse().map_err(|_| wrong())?;
        if offset > DEEPEST { Err(wrong()) } else { Ok(offset) }
    }

    /// The passages of the article whose key is the name in the path.
    pub fn article(&self) -> Result<Vec<Passage>, HttpProblem> {
        let absent = || HttpProblem::absent(format!("no article `{}`", self.name));
        article(&self.index, &self.name, absent)
    }

    /// The filters, resolved.
    pub fn filters(&self) -> Result<Filters, HttpProblem> {
        let index = &self.index;
        let typed = self.parameters.filters()?;
        Ok(search::resolve(&typed, index.definition(), index.snapshot())?)
    }
}
