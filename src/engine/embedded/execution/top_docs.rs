//! The top documents: qualifying articles counted, folded and ordered, before any stored passage is
//! read.

use super::accumulator::SumsPool;
use super::facets::FacetCounter;
use super::scorer::{ScoredSegment, score};
use super::segment::{SelectedIndex, SelectedSegment};
use crate::engine::collapse::{Collapsed, Qualifying, ReprintPolicy, is_reprint};
use crate::engine::embedded::article_map::ArticleMap;
use crate::engine::embedded::error::read_error;
use crate::engine::plan::Plan;
use crate::engine::top_docs::{
    Candidate, FacetScope, Grouping, Order, OrderFacts, PassageAddress, ScoredPassage, TopDocs,
    Wanted, sort,
};
use crate::error::Result;
use crate::reprint::Groups;
use std::borrow::Cow;
use std::collections::HashSet;
use tantivy::DocId;
use tantivy::columnar::{Column, StrColumn};

/// How many passages of an article proximity may choose from: the best by their words. A choice for
/// speed.
const MOST_EXAMINED: usize = 2;

/// Runs a plan over the segments of an index.
///
/// # Errors
/// Tantivy's error for a damaged segment.
pub fn top_docs(
    index: &SelectedIndex<'_>,
    plan: &Plan,
    wanted: &Wanted<'_>,
    pool: &SumsPool,
) -> Result<TopDocs> {
    let mut scored = score(index, plan, pool)?;
    let mut qualifying = Vec::new();
    for ((number, segment), scored) in (0u32..).zip(&index.segments).zip(&mut scored) {
        qualifying.extend(qualify(number, segment.articles, scored, wanted)?);
    }
    let collapsed = Collapsed::new(wanted.groups, wanted.reprints, qualifying.into_iter());
    let mut found = TopDocs { collapsed, ..TopDocs::default() };
    let mut counters: Vec<FacetCounter> =
        wanted.facets.iter().map(|&facet| FacetCounter::new(facet)).collect();
    for ((number, segment), scored) in (0u32..).zip(&index.segments).zip(&scored) {
        found.passages += scored.passages.len() as u64;
        let counted = counted(scored, segment.articles, wanted);
        for counter in &mut counters {
            index.check()?;
            let group = |article| found.collapsed.group(number, article);
            counter.add(&counted, segment.articles, group)?;
        }
        let columns = OrderColumns::open(segment)?;
        let shown = |article: u32| found.collapsed.shows(number, article);
        let ranked: Vec<Ranked> = match wanted.grouping {
            Grouping::Articles => {
                let own = scored.articles.iter().filter(|found| shown(found.article));
                own.map(|f| (f.best, f.score, f.passages - 1)).collect()
            }
            Grouping::Passages => {
                let article = |doc: DocId| segment.articles.article(doc);
                let own = scored.passages.iter().filter(|(doc, _)| shown(article(*doc)));
                own.map(|&(doc, score)| (doc, score, 0)).collect()
            }
        };
        found.candidates.extend(best(ranked, &columns, wanted, number));
    }
    sort(&mut found.candidates, |at| {
        Ok(OrderColumns::open(&index.segments[at.segment as usize])?.id(at.passage))
    })?;
    for candidate in found.candidates.iter_mut().take(wanted.examined) {
        let number = candidate.at.segment as usize;
        examine(&index.segments[number], &scored[number], wanted.grouping, candidate)?;
    }
    found.facets = counters.into_iter().map(FacetCounter::finish).collect();
    scored.into_iter().for_each(|scored| scored.accumulator.recycle(pool));
    Ok(found)
}

/// The articles of a segment that qualify. Where only originals are wanted, reprints leave
/// `scored`.
fn qualify(
    segment: u32,
    map: &ArticleMap,
    scored: &mut ScoredSegment<'_>,
    wanted: &Wanted<'_>,
) -> Result<Vec<Qualifying>> {
    let numbers = map.columns.number()?;
    let number = |article: u32| numbers.first(map.passages(article).start);
    if wanted.reprints == ReprintPolicy::LeftOut {
        keep_originals(map, number, wanted.groups, scored);
    }
    // Without groups, nobody asks for numbers.
    let grouped = wanted.groups.is_some_and(|groups| !groups.is_empty());
    let qualifying = scored.articles.iter().map(|found| Qualifying {
        segment,
        article: found.article,
        number: if grouped { number(found.article) } else { None },
        score: found.score,
        whole: found.whole,
    });
    Ok(qualifying.collect())
}

/// The passages of a segment that facets count.
fn counted<'s>(
    scored: &'s ScoredSegment<'_>,
    map: &ArticleMap,
    wanted: &Wanted<'_>,
) -> Cow<'s, [(DocId, f32)]> {
    let related = scored.articles.iter().any(|found| !found.whole);
    if wanted.facets.is_empty() || wanted.counted == FacetScope::All || !related {
        return Cow::Borrowed(&scored.passages);
    }
    let whole = scored.articles.iter().filter(|found| found.whole).map(|found| found.article);
    let whole: HashSet<u32> = whole.collect();
    let passages = scored.passages.iter().copied();
    Cow::Owned(passages.filter(|&(doc, _)| whole.contains(&map.article(doc))).collect())
}

/// Takes the reprints out of a segment's articles that qualify.
fn keep_originals(
    map: &ArticleMap,
    number: impl Fn(u32) -> Option<u64>,
    groups: Option<&Groups>,
    scored: &mut ScoredSegment<'_>,
) {
    let mut copies: HashSet<u32> = HashSet::new();
    scored.articles.retain(|found| {
        let copy = is_reprint(groups, number(found.article));
        if copy {
            copies.insert(found.article);
        }
        !copy
    });
    scored.passages.retain(|&(doc, _)| !copies.contains(&map.article(doc)));
}

/// A document with its score and the number of further passages that it stands for.
type Ranked = (DocId, f32, u32);

/// The first candidates of a segment.
fn best(
    ranked: Vec<Ranked>,
    columns: &OrderColumns<'_>,
    wanted: &Wanted<'_>,
    segment: u32,
) -> Vec<Candidate> {
    let most = wanted.candidates;
    if most == 0 {
        return Vec::new();
    }
    let mut keyed: Vec<(i64, Ranked)> =
        ranked.into_iter().map(|r| (columns.key(r.0, r.1, wanted.order), r)).collect();
    if keyed.len() > most {
        // All that share the last place stay until ids decide.
        let (_, &mut (last, _), _) = keyed.select_nth_unstable_by(most - 1, |a, b| b.0.cmp(&a.0));
        keyed.retain(|r| r.0 >= last);
    }
    let mut keyed: Vec<(i64, u64, Ranked)> =
        keyed.into_iter().map(|(key, r)| (key, columns.id_ordinal(r.0), r)).collect();
    keyed.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.0.cmp(&b.2.0)));
    keyed.truncate(most);
    let candidate = |(key, _, (doc, score, further)): (i64, u64, Ranked)| Candidate {
        at: PassageAddress { segment, passage: doc },
        ordinal: columns.ordinal(doc),
        score,
        key,
        further,
        article: columns.articles.article(doc),
        examined: Vec::new(),
    };
    keyed.into_iter().map(candidate).collect()
}

/// Adds to a candidate the passages of its article that proximity may prefer, in order.
fn examine(
    segment: &SelectedSegment<'_>,
    scored: &ScoredSegment<'_>,
    grouping: Grouping,
    candidate: &mut Candidate,
) -> Result<()> {
    let columns = OrderColumns::open(segment)?;
    let common = scored.accumulator.article_score(candidate.article);
    let docs = match grouping {
        Grouping::Articles => best_passages(segment, scored, candidate.article),
        Grouping::Passages => vec![candidate.at.passage],
    };
    let passage = |doc: DocId| ScoredPassage {
        at: PassageAddress { segment: candidate.at.segment, passage: doc },
        ordinal: columns.ordinal(doc),
        score: scored.accumulator.passage_score(doc) + common,
    };
    candidate.examined = docs.into_iter().map(passage).collect();
    Ok(())
}

/// The best passages of an article by their words, in order: those that have a word themselves,
/// where there are any.
fn best_passages(
    segment: &SelectedSegment<'_>,
    scored: &ScoredSegment<'_>,
    article: u32,
) -> Vec<DocId> {
    let all = segment.articles.passages(article);
    let first = scored.passages.partition_point(|&(doc, _)| doc < all.start);
    let own = scored.passages[first..].iter().copied().take_while(|&(doc, _)| doc < all.end);
    let mut own: Vec<(DocId, f32)> = own.collect();
    // A title belongs to the whole article and does not choose among its passages.
    if own.iter().any(|&(doc, _)| scored.accumulator.has_own(doc)) {
        own.retain(|&(doc, _)| scored.accumulator.has_own(doc));
    }
    own.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    own.truncate(MOST_EXAMINED);
    let mut own: Vec<DocId> = own.into_iter().map(|(doc, _)| doc).collect();
    own.sort_unstable();
    own
}

/// The columns that ordering reads.
struct OrderColumns<'a> {
    articles: &'a ArticleMap,
    ordinal: &'a Column<u64>,
    date: &'a Column<i64>,
    seen: &'a Column<i64>,
    id: Option<&'a StrColumn>,
    number: &'a Column<u64>,
}

impl<'a> OrderColumns<'a> {
    fn open(segment: &SelectedSegment<'a>) -> Result<OrderColumns<'a>> {
        let columns = &segment.articles.columns;
        Ok(OrderColumns {
            articles: segment.articles,
            ordinal: columns.ordinal()?,
            date: columns.date()?,
            seen: columns.seen()?,
            id: columns.text("id")?,
            number: columns.number()?,
        })
    }

    fn ordinal(&self, doc: DocId) -> u32 {
        self.ordinal.first(doc).unwrap_or(0) as u32
    }

    fn id_ordinal(&self, doc: DocId) -> u64 {
        let ordinals = self.id.map(|id| id.term_ords(self.articles.first(doc)));
        ordinals.and_then(|mut ordinals| ordinals.next()).unwrap_or(u64::MAX)
    }

    fn id(&self, doc: DocId) -> String {
        article_id(self.articles, doc).unwrap_or_default()
    }

    /// The key by which candidates are ordered, greatest first.
    fn key(&self, doc: DocId, score: f32, order: Order) -> i64 {
        let first = self.articles.first(doc);
        let mut known = OrderFacts { score, ..OrderFacts::default() };
        match order {
            Order::Relevance => {}
            Order::Newest | Order::Oldest => known.date = self.date.first(first),
            Order::Seen => {
                known.date = self.date.first(first);
                known.seen = self.seen.first(first).unwrap_or(0);
            }
            Order::Sample(_) => known.number = self.number.first(first).unwrap_or(0),
        }
        order.key(known)
    }
}

/// The id of the article that a document belongs to; empty where it has none.
///
/// # Errors
/// Tantivy's error for a damaged column.
pub fn article_id(articles: &ArticleMap, doc: DocId) -> Result<String> {
    let mut text = String::new();
    if let Some(id) = articles.columns.text("id")?
        && let Some(ord) = id.term_ords(articles.first(doc)).next()
        && !id.ord_to_str(ord, &mut text).map_err(read_error)?
    {
        text.clear();
    }
    Ok(text)
}
