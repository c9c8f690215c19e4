//! Looks things up by name: an article by its id or path, the text around a passage, the years an
//! index covers.

use crate::engine::{ArticleName, Engine, PassageAddress, YearCounts};
use crate::error::{Error, Result};
use crate::passage::{ArticleKey, Passage};
use crate::text::Span;
use crate::text::sentence::sentences;
use crate::update::Snapshot;
use std::collections::HashSet;

/// All passages of the articles with this name, in order of path and place. A name is an id, the
/// path of a file, a key, or a path and a line (`a/b.jsonl:3`); the first of these that something
/// has.
///
/// # Errors
/// [`Error::NoArticle`] where there is none.
pub fn article(snapshot: &Snapshot, name: &str) -> Result<Vec<Passage>> {
    let engine = snapshot.engine();
    let mut found = Vec::new();
    for first in firsts(engine, name)? {
        found.extend(passages(engine, first)?);
    }
    found.sort_by(|a, b| {
        let head = |p: &Passage| (p.article.path.clone(), p.article.line, p.article.id.clone());
        let place = |p: &Passage| (head(p), p.article.key, p.ordinal);
        place(a).cmp(&place(b))
    });
    Ok(found)
}

/// The first passages of the articles with a name.
fn firsts(engine: &dyn Engine, name: &str) -> Result<Vec<PassageAddress>> {
    let key = name.parse().ok().map(|key: ArticleKey| ArticleName::Number(key.0));
    let names = [Some(ArticleName::Id(name)), Some(ArticleName::Path(name)), key];
    for as_named in names.into_iter().flatten() {
        let found = engine.find(as_named)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let mut found = Vec::new();
    if let Some((path, line)) = name.rsplit_once(':')
        && let Ok(line) = line.parse::<u64>()
    {
        for first in engine.find(ArticleName::Path(path))? {
            if engine.passage(first)?.article.line == Some(line) {
                found.push(first);
            }
        }
    }
    if found.is_empty() { Err(Error::NoArticle(name.to_owned())) } else { Ok(found) }
}

/// The passages of the article that begins at `first`.
fn passages(engine: &dyn Engine, first: PassageAddress) -> Result<Vec<Passage>> {
    engine.siblings(first).into_iter().map(|at| engine.passage(at)).collect()
}

/// The copies of one text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CopyGroup {
    /// The number of articles.
    pub count: usize,
    /// The first of them, the original before all, each with its passages.
    pub articles: Vec<Vec<Passage>>,
}

/// Every group of reprints that an article with this name (see [`article`]) is in: of each group
/// the original and at most `limit` reprints are read.
///
/// # Errors
/// [`Error::NoArticle`] where there is no such article.
pub fn reprints(snapshot: &Snapshot, name: &str, limit: usize) -> Result<Vec<CopyGroup>> {
    let engine = snapshot.engine();
    let firsts = firsts(engine, name)?;
    let Some(groups) = snapshot.groups() else { return Ok(Vec::new()) };
    let (mut wanted, mut seen): (Vec<u32>, HashSet<u32>) = Default::default();
    for first in firsts {
        let group = engine.number(first)?.and_then(|number| groups.group(number));
        wanted.extend(group.filter(|&group| seen.insert(group)));
    }
    let copies = |group: u32| {
        let numbers = groups.members(group);
        let mut articles = Vec::new();
        for &number in numbers.iter().take(limit.saturating_add(1)) {
            if let Some(&first) = engine.find(ArticleName::Number(number))?.first() {
                articles.push(passages(engine, first)?);
            }
        }
        Ok(CopyGroup { count: numbers.len(), articles })
    };
    wanted.into_iter().map(copies).collect()
}

/// The articles of each year; undated ones under `None`.
///
/// # Errors
/// A failure of the engine, as of a damaged index.
pub fn years(snapshot: &Snapshot) -> Result<YearCounts> {
    snapshot.engine().years()
}

/// `count` sentences before and after a passage, out of its article's other passages.
///
/// # Errors
/// Those of [`Engine::passage`].
pub fn context(snapshot: &Snapshot, at: PassageAddress, count: usize) -> Result<(String, String)> {
    let (mut before, mut after) = (String::new(), String::new());
    if count == 0 {
        return Ok((before, after));
    }
    let engine = snapshot.engine();
    let siblings = engine.siblings(at);
    let own = siblings.iter().position(|&other| other == at).unwrap_or(0);
    for &other in siblings[..own].iter().rev() {
        if sentences(&before).len() >= count {
            break;
        }
        before.insert_str(0, &engine.passage(other)?.text);
    }
    for &other in siblings.iter().skip(own + 1) {
        if sentences(&after).len() >= count {
            break;
        }
        after.push_str(&engine.passage(other)?.text);
    }
    let spans = sentences(&before);
    let first = spans.len().saturating_sub(count);
    let start = spans.get(first).map_or(before.len(), |s| s.start);
    let before = Span::new(start, before.len()).of(&before).to_owned();
    let end = sentences(&after).get(count - 1).map_or(after.len(), |s| s.end);
    after.truncate(end);
    Ok((before, after))
}
