//! The page asked for: qualifying articles counted, ordered, the best looked at closely, before any
//! passage is fetched.

use super::close::Neighbours;
use super::compile::Plan;
use super::copies::Texts;
use super::evidence::Segment;
use super::facet::{self, FacetCount};
use super::rank::{self, Scored};
use super::statistics::{Norms, Statistics};
use super::{Grouping, Order, Request};
use crate::error::Result;
use crate::index::{Groups, Layout};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId};

/// One line of the page before its passage is fetched.
pub struct Entry {
    pub key: i64,
    pub ordinal: u32,
    pub score: f32,
    pub address: DocAddress,
    pub further: u32,
}

/// What one pass over the index collects.
#[derive(Default)]
pub struct Page {
    pub entries: Vec<Entry>,
    pub texts: Texts,
    pub passages: u64,
    pub facets: Vec<FacetCount>,
}

/// The columns that ordering reads.
struct Columns<'a> {
    layout: &'a Layout,
    ordinal: &'a Column<u64>,
    date: &'a Column<i64>,
    id: Option<&'a StrColumn>,
}

impl<'a> Columns<'a> {
    fn open(segment: &Segment<'a>) -> Result<Columns<'a>> {
        let (layout, columns) = (segment.layout, &segment.layout.columns);
        Ok(Columns {
            layout,
            ordinal: columns.ordinal()?,
            date: columns.date()?,
            id: columns.text("id")?,
        })
    }

    fn ordinal(&self, doc: DocId) -> u32 {
        self.ordinal.first(doc).unwrap_or(0) as u32
    }

    fn id_ordinal(&self, doc: DocId) -> u64 {
        self.id
            .as_ref()
            .and_then(|id| id.term_ords(self.layout.first(doc)).next())
            .unwrap_or(u64::MAX)
    }

    fn id(&self, doc: DocId) -> String {
        let mut text = String::new();
        if let Some(id) = &self.id
            && let Some(ord) = id.term_ords(self.layout.first(doc)).next()
            && !id.ord_to_str(ord, &mut text).unwrap_or(false)
        {
            text.clear();
        }
        text
    }

    /// The key by which entries are ordered, greatest first.
    fn key(&self, doc: DocId, score: f32, order: Order) -> i64 {
        match order {
            // The bits of a non-negative float are ordered as it is.
            Order::Relevance => i64::from(score.max(0.0).to_bits()),
            Order::Newest => self.date.first(self.layout.first(doc)).unwrap_or(i64::MIN),
            Order::Oldest => self.date.first(self.layout.first(doc)).map_or(i64::MIN, |date| -date),
        }
    }
}

/// Collects the page that answers `request`.
pub fn collect(
    plan: &Plan,
    segments: &[Segment<'_>],
    statistics: &Statistics,
    request: &Request,
    groups: Option<&Groups>,
) -> Result<Page> {
    let order = match request.order {
        Order::Relevance if request.query.is_empty() => Order::Newest,
        order => order,
    };
    let wanted = request.offset.saturating_add(request.limit);
    let close = order == Order::Relevance && wanted > 0 && !plan.runs.is_empty();
    let kept = if close { wanted.max(request.ranking.candidates) } else { wanted };
    let mut scored = rank::score(plan, segments, statistics, &request.ranking)?;
    let texts = Texts::find(groups, segments, &mut scored, request.reprints)?;
    let mut page = Page { texts, ..Page::default() };
    let mut counters: Vec<facet::Counter> =
        request.facets.iter().map(|&f| facet::Counter::new(f)).collect();
    for (number, (segment, scored)) in segments.iter().zip(&scored).enumerate() {
        page.passages += scored.passages.len() as u64;
        for counter in &mut counters {
            counter.add(&scored.passages, segment.layout, |article| {
                page.texts.group(number, article)
            })?;
        }
        let columns = Columns::open(segment)?;
        let shown = |article: u32| page.texts.shows(number, article);
        let candidates: Vec<Candidate> = match request.grouping {
            Grouping::Articles => {
                let own = scored.articles.iter().filter(|found| shown(found.article));
                own.map(|f| (f.best, f.score, f.passages - 1)).collect()
            }
            Grouping::Passages => {
                let own =
                    scored.passages.iter().filter(|(doc, _)| shown(segment.layout.article(*doc)));
                own.map(|&(doc, score)| (doc, score, 0)).collect()
            }
        };
        page.entries.extend(best(candidates, &columns, order, kept, number as u32));
    }
    sort(&mut page.entries, segments)?;
    if close {
        look_closely(plan, segments, &scored, statistics, request, &mut page.entries)?;
    }
    page.entries = page.entries.into_iter().skip(request.offset).take(request.limit).collect();
    page.facets = counters.into_iter().map(facet::Counter::finish).collect();
    Ok(page)
}

/// A document with its score and how many further passages it stands for.
type Candidate = (DocId, f32, u32);

/// Best first; ids, which are dear to read, only decide between equals.
fn sort(entries: &mut [Entry], segments: &[Segment<'_>]) -> Result<()> {
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.key));
    for equals in entries.chunk_by_mut(|a, b| a.key == b.key).filter(|equals| equals.len() > 1) {
        let mut ids = std::collections::HashMap::new();
        for entry in equals.iter() {
            let columns = Columns::open(&segments[entry.address.segment_ord as usize])?;
            ids.insert(entry.address, columns.id(entry.address.doc_id));
        }
        equals
            .sort_by(|a, b| ids[&a.address].cmp(&ids[&b.address]).then(a.ordinal.cmp(&b.ordinal)));
    }
    Ok(())
}

/// Scores the first entries again with a close look at their passages, and puts them in order.
fn look_closely(
    plan: &Plan,
    segments: &[Segment<'_>],
    scored: &[Scored<'_>],
    statistics: &Statistics,
    request: &Request,
    entries: &mut [Entry],
) -> Result<()> {
    let count = entries.len().min(request.ranking.candidates);
    let neighbours = Neighbours::new(plan, segments, statistics, &request.ranking);
    for (number, (segment, scored)) in segments.iter().zip(scored).enumerate() {
        let own = |entry: &&mut Entry| entry.address.segment_ord == number as u32;
        let mut documents: Vec<DocId> = Vec::new();
        for entry in entries[..count].iter_mut().filter(own) {
            match request.grouping {
                Grouping::Articles => documents.extend(passages(segment, scored, entry)),
                Grouping::Passages => documents.push(entry.address.doc_id),
            }
        }
        documents.sort_unstable();
        let norms = Norms::exact(segment.layout, statistics, &request.ranking);
        let scores = neighbours.scores(segment, &documents, &norms);
        let columns = Columns::open(segment)?;
        for entry in entries[..count].iter_mut().filter(own) {
            let common = scored.tally.article_score(segment.layout.article(entry.address.doc_id));
            let candidates = match request.grouping {
                Grouping::Articles => passages(segment, scored, entry),
                Grouping::Passages => vec![entry.address.doc_id],
            };
            let mut best: Option<(DocId, f32)> = None;
            for doc in candidates {
                let close = documents.binary_search(&doc).map_or(0.0, |i| scores[i]);
                let score = scored.tally.passage_score(doc) + common + close;
                if best.is_none_or(|(_, most)| score > most) {
                    best = Some((doc, score));
                }
            }
            if let Some((doc, score)) = best {
                entry.score = score;
                entry.address.doc_id = doc;
                entry.ordinal = columns.ordinal(doc);
                entry.key = columns.key(doc, score, Order::Relevance);
            }
        }
    }
    sort(entries, segments)
}

/// The passages of an entry's article that may be shown for it, in order: the best by their words.
fn passages(segment: &Segment<'_>, scored: &Scored<'_>, entry: &Entry) -> Vec<DocId> {
    let all = segment.layout.passages(segment.layout.article(entry.address.doc_id));
    let first = scored.passages.partition_point(|&(doc, _)| doc < all.start);
    let mut own: Vec<(DocId, f32)> =
        scored.passages[first..].iter().copied().take_while(|&(doc, _)| doc < all.end).collect();
    own.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    own.truncate(MOST_PASSAGES);
    let mut own: Vec<DocId> = own.into_iter().map(|(doc, _)| doc).collect();
    own.sort_unstable();
    own
}

/// How many passages of an article are looked at closely: the best by their words. A choice for
/// speed.
const MOST_PASSAGES: usize = 2;

/// The first `wanted` entries of a segment.
fn best(
    candidates: Vec<Candidate>,
    columns: &Columns<'_>,
    order: Order,
    wanted: usize,
    segment: u32,
) -> Vec<Entry> {
    if wanted == 0 {
        return Vec::new();
    }
    let mut candidates: Vec<(i64, Candidate)> =
        candidates.into_iter().map(|g| (columns.key(g.0, g.1, order), g)).collect();
    if candidates.len() > wanted {
        // All that share the last place stay until ids decide.
        let (_, &mut (last, _), _) =
            candidates.select_nth_unstable_by(wanted - 1, |a, b| b.0.cmp(&a.0));
        candidates.retain(|g| g.0 >= last);
    }
    let mut keyed: Vec<(i64, u64, Candidate)> =
        candidates.into_iter().map(|(key, g)| (key, columns.id_ordinal(g.0), g)).collect();
    keyed.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.0.cmp(&b.2.0)));
    keyed.truncate(wanted);
    let entry = |(key, _, (doc, score, further)): (i64, u64, Candidate)| Entry {
        key,
        ordinal: columns.ordinal(doc),
        score,
        address: DocAddress::new(segment, doc),
        further,
    };
    keyed.into_iter().map(entry).collect()
}
