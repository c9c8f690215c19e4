//! Which of the articles that answer are copies of one text, and which of them is shown for all.
//!
//! Who reprinted whom is known since indexing; here it is only looked up, for the articles that
//! qualify.

use super::evidence::Segment;
use super::lookup;
use super::postings::DocBits;
use super::rank::Scored;
use crate::error::{Error, Result};
use crate::index::{Groups, Index, Layout};
use std::collections::HashSet;
use tantivy::columnar::Column;
use tantivy::{DocAddress, Searcher};

/// Copies of a text that a hit names; each is looked up, and a form may have a million.
const MOST_NAMED: usize = 1_000;

/// What happens to reprints in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reprints {
    /// Those that answer together make one hit: the original's, or else that of the best.
    #[default]
    Folded,
    /// Each is a hit.
    Shown,
    /// They are left out of hits and of all counts: only originals, and what was never reprinted,
    /// answer.
    LeftOut,
}

/// Looks up the articles of one segment.
pub struct Lookup<'a> {
    groups: Option<&'a Groups>,
    layout: &'a Layout,
    numbers: &'a Column<u64>,
}

impl<'a> Lookup<'a> {
    /// Opens what it needs of a segment.
    pub fn new(groups: Option<&'a Groups>, layout: &'a Layout) -> Result<Lookup<'a>> {
        Ok(Lookup { groups, layout, numbers: layout.columns.number()? })
    }

    /// The number by which everybody knows an article of this segment.
    fn number(&self, article: u32) -> Option<u64> {
        self.numbers.first(self.layout.passages(article).start)
    }

    /// The group of an article; `None` where it stands alone.
    pub fn group(&self, article: u32) -> Option<u32> {
        self.groups?.group(self.number(article)?)
    }

    /// Whether an article of this group is its original.
    pub fn is_original(&self, article: u32, group: u32) -> bool {
        self.groups.and_then(|groups| groups.original(group)) == self.number(article)
    }
}

/// An article that qualifies and is in a group.
#[derive(Debug, Clone, Copy)]
struct Member {
    group: u32,
    segment: usize,
    article: u32,
    number: u64,
    score: f32,
}

/// The articles of an answer as texts.
#[derive(Default)]
pub struct Texts {
    /// The articles in groups: group after group, in the order of segments.
    members: Vec<Member>,
    /// The same by segment: their places there, in order, each with its group.
    grouped: Vec<Vec<(u32, u32)>>,
    /// The articles that are not shown, by segment.
    hidden: Vec<DocBits>,
    /// Articles that qualify.
    pub articles: u64,
    /// Texts among them.
    pub texts: u64,
}

impl Texts {
    /// Finds out which of the articles that were scored are one text. Where only originals are
    /// wanted, the others leave `scored`.
    pub fn find(
        groups: Option<&Groups>,
        segments: &[Segment<'_>],
        scored: &mut [Scored<'_>],
        reprints: Reprints,
    ) -> Result<Texts> {
        let mut texts = Texts { grouped: vec![Vec::new(); segments.len()], ..Texts::default() };
        for (number, (segment, scored)) in segments.iter().zip(scored.iter_mut()).enumerate() {
            if groups.is_some_and(|groups| !groups.is_empty()) {
                let lookup = Lookup::new(groups, segment.layout)?;
                if reprints == Reprints::LeftOut {
                    keep_originals(&lookup, segment.layout, scored);
                }
                texts.add(number, &lookup, scored);
            }
            texts.articles += scored.articles.len() as u64;
        }
        texts.members.sort_unstable_by_key(|member| (member.group, member.segment, member.article));
        texts.texts = texts.articles;
        let members = std::mem::take(&mut texts.members);
        for several in
            members.chunk_by(|a, b| a.group == b.group).filter(|several| several.len() > 1)
        {
            texts.texts -= several.len() as u64 - 1;
            if reprints == Reprints::Folded {
                if texts.hidden.is_empty() {
                    texts.hidden =
                        segments.iter().map(|s| DocBits::empty(s.layout.count() as u32)).collect();
                }
                let shown = groups.map_or(0, |groups| shown(groups, several));
                several
                    .iter()
                    .filter(|m| m.number != shown)
                    .for_each(|m| texts.hidden[m.segment].insert(m.article));
            }
        }
        texts.members = members;
        Ok(texts)
    }

    /// Adds a segment's articles that are in groups.
    fn add(&mut self, segment: usize, lookup: &Lookup<'_>, scored: &Scored<'_>) {
        for found in &scored.articles {
            let article = found.article;
            let Some(number) = lookup.number(article) else { continue };
            if let Some(group) = lookup.groups.and_then(|groups| groups.group(number)) {
                self.members.push(Member { group, segment, article, number, score: found.score });
                self.grouped[segment].push((article, group));
            }
        }
    }

    /// Whether an article of a segment is shown itself.
    pub fn shows(&self, segment: usize, article: u32) -> bool {
        !self.hidden.get(segment).is_some_and(|hidden| hidden.contains(article))
    }

    /// The group of an article that qualifies; `None` where it stands alone.
    pub fn group(&self, segment: usize, article: u32) -> Option<u32> {
        let grouped = self.grouped.get(segment)?;
        grouped.binary_search_by_key(&article, |&(own, _)| own).ok().map(|place| grouped[place].1)
    }

    /// How a hit at `at` stands among the copies of its text.
    pub fn standing(&self, index: &Index, searcher: &Searcher, at: DocAddress) -> Result<Standing> {
        let segment = at.segment_ord as usize;
        let own = index.layouts()[segment].article(at.doc_id);
        let (Some(groups), Some(group)) = (index.groups(), self.group(segment, own)) else {
            return Ok(Standing::default());
        };
        let first = self.members.partition_point(|member| member.group < group);
        let members = self.members[first..].iter().take_while(|member| member.group == group);
        let (mut copies, mut number) = (HashSet::new(), None);
        for member in members {
            if (member.segment, member.article) == (segment, own) {
                number = Some(member.number);
            } else if !self.shows(member.segment, member.article) {
                copies.insert(member.number);
            }
        }
        let count = copies.len();
        let named = groups
            .members(group)
            .into_iter()
            .filter(|number| copies.contains(number))
            .take(MOST_NAMED);
        let named = named.map(|copy| id(index, searcher, copy)).collect::<Result<Vec<_>>>()?;
        let original = groups.original(group).filter(|&original| Some(original) != number);
        let original =
            original.map(|original| id(index, searcher, original)).transpose()?.flatten();
        Ok(Standing { count, copies: named.into_iter().flatten().collect(), original })
    }
}

/// How a hit stands among the copies of its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many other copies answer, where the hit stands for them.
    pub count: usize,
    /// Their ids, in the order in which they were printed as far as is known; the first thousand.
    pub copies: Vec<String>,
    /// The id of the original, where the hit is a reprint.
    pub original: Option<String>,
}

/// The number of the article that is shown for `several` of one group: the original, else the best,
/// of equals the one that would be taken for the original first.
fn shown(groups: &Groups, several: &[Member]) -> u64 {
    let original = groups.original(several[0].group);
    if let Some(original) =
        original.filter(|&original| several.iter().any(|member| member.number == original))
    {
        return original;
    }
    let Some(best) = several.iter().map(|member| member.score).max_by(f32::total_cmp) else {
        return 0;
    };
    let equals = several
        .iter()
        .filter(|member| member.score.total_cmp(&best).is_eq())
        .map(|member| member.number);
    let equals: HashSet<u64> = equals.collect();
    let first = groups.members(several[0].group).into_iter().find(|number| equals.contains(number));
    first.unwrap_or(several[0].number)
}

/// The id of the article with this number.
fn id(index: &Index, searcher: &Searcher, number: u64) -> Result<Option<String>> {
    let Some(at) = lookup::numbered(index, searcher, number)? else { return Ok(None) };
    let Some(ids) = index.layouts()[at.segment_ord as usize].columns.text("id")? else {
        return Ok(None);
    };
    let mut text = String::new();
    let Some(ord) = ids.term_ords(at.doc_id).next() else { return Ok(None) };
    let known = ids.ord_to_str(ord, &mut text).map_err(|e| Error::Engine(e.into()))?;
    Ok(Some(text).filter(|_| known))
}

/// Takes the reprints out of a segment's articles that qualify.
fn keep_originals(lookup: &Lookup<'_>, layout: &Layout, scored: &mut Scored<'_>) {
    let mut copies = DocBits::empty(layout.count() as u32);
    scored.articles.retain(|found| {
        let stays = lookup
            .group(found.article)
            .is_none_or(|group| lookup.is_original(found.article, group));
        if !stays {
            copies.insert(found.article);
        }
        stays
    });
    scored.passages.retain(|&(doc, _)| !copies.contains(layout.article(doc)));
}
