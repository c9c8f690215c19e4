//! Searching: a [`Request`] in, an [`Answer`] out. Never prints, never fetches more passages than the page shows.
//!
//! compile.rs turns the query into a plan, filter.rs and said.rs say which passages may answer, evidence.rs finds
//! what the plan looks for, rank.rs scores and groups, snippet.rs marks the hits, diagnosis.rs explains an empty answer.

mod close;
mod compile;
mod count;
mod diagnosis;
mod evidence;
mod facet;
mod filter;
mod lexicon;
mod lookup;
mod names;
mod postings;
mod rank;
mod ranking;
mod said;
mod snippet;
mod suggest;
mod tally;

pub use compile::{Evidence, MOST_UNITS, Occur, Place, Plan, Unit, compile};
pub use count::{Period, SpeakerCount, speakers, topics};
pub use diagnosis::{Diagnosis, diagnose};
pub use facet::{Facet, FacetCount};
pub use lexicon::Lexicon;
pub use lookup::{article, years};
pub use names::{nearest_speakers, nearest_topics, resolve};
pub use rank::Share;
pub use ranking::Ranking;
pub use snippet::{Snippet, ends_sentence, highlights, snippet};
pub use suggest::{Suggestion, suggest};

use crate::error::Result;
use crate::index::Index;
use crate::passage::Passage;
use crate::query::{Filters, Query};
use crate::text::Span;
use close::Neighbours;
use evidence::Segment;
use filter::Filter;
use rank::{Norms, Scored, Statistics};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, SegmentReader};

/// A question to an index.
#[derive(Debug, Clone)]
pub struct Request {
    /// The words.
    pub query: Query,
    /// What must hold besides.
    pub filters: Filters,
    /// In which order hits come.
    pub order: Order,
    /// Which passages of an article are shown.
    pub grouping: Grouping,
    /// How many hits to show; may be 0.
    pub limit: usize,
    /// How many hits to leave out before them.
    pub offset: usize,
    /// How many sentences to show before and after a passage.
    pub context: usize,
    /// What to count over the whole answer.
    pub facets: Vec<Facet>,
    /// How relevance is weighed.
    pub ranking: Ranking,
    /// Whether each hit's score is taken apart.
    pub explain: bool,
}

impl Default for Request {
    fn default() -> Request {
        Request {
            query: Query::default(),
            filters: Filters::default(),
            order: Order::Relevance,
            grouping: Grouping::Articles,
            limit: 10,
            offset: 0,
            context: 0,
            facets: Vec::new(),
            ranking: Ranking::default(),
            explain: false,
        }
    }
}

/// In which order hits come. Ties are broken by article id, then by place in the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Best first. A question without words has no relevance and is answered newest first.
    Relevance,
    /// Newest first; undated ones last.
    Newest,
    /// Oldest first; undated ones last.
    Oldest,
}

/// Which passages of an article are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// The best one of each article.
    Articles,
    /// Every one that qualifies.
    Passages,
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The page asked for.
    pub hits: Vec<Hit>,
    /// Articles with a passage that qualifies.
    pub articles: u64,
    /// Passages that qualify.
    pub passages: u64,
    /// Articles that only a filter by date kept out, since they have no date.
    pub undated: u64,
    /// Counts over the whole answer, in the order asked for.
    pub facets: Vec<FacetCount>,
    /// Whether no passage had enough of the words and those with fewer are shown.
    pub relaxed: bool,
    /// How many clauses were left out, since there were too many; see [`MOST_UNITS`].
    pub left_out: usize,
}

/// One hit.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Its rank in the whole answer, from 1.
    pub rank: usize,
    /// Its score; comparable within one answer only.
    pub score: f32,
    /// The passage.
    pub passage: Passage,
    /// Byte spans in the passage's text of what was looked for.
    pub highlights: Vec<Span>,
    /// Byte spans in the title of what was looked for.
    pub title_highlights: Vec<Span>,
    /// Sentences before the passage, as asked for.
    pub before: String,
    /// Sentences after the passage, as asked for.
    pub after: String,
    /// How many passages of the article qualify besides this one; 0 where each is shown by itself.
    pub further: u32,
    /// What makes up its score, where that was asked for.
    pub shares: Vec<Share>,
}

/// Answers a question, whose filters [`resolve`] has resolved.
///
/// # Errors
/// [`crate::error::Error::Usage`] where a filter is malformed, or what the engine reports of a damaged index.
pub fn run(index: &Index, request: &Request, lexicon: &Lexicon) -> Result<Answer> {
    let searcher = index.searcher();
    let filter = Filter::new(&request.filters)?;
    let mut plan = compile(&request.query, lexicon, &request.ranking);
    let statistics = Statistics::new(&searcher, index.fields(), index.layouts())?;
    let segments = searcher.segment_readers().iter().zip(index.layouts()).map(|(reader, layout)| {
        Ok(Segment {
            reader,
            fields: index.fields(),
            allowed: filter.allowed(reader, index.fields())?,
            said: filter.said(reader)?,
            length: reader.fast_fields().u64("length")?,
            layout,
        })
    });
    let segments: Vec<Segment<'_>> = segments.collect::<Result<_>>()?;
    let mut page = collect(&plan, &segments, &statistics, request)?;
    let mut relaxed = false;
    if page.articles == 0 && plan.minimum > plan.fallback {
        // Better a passage with some of the words than nothing; the answer says so.
        plan.minimum = plan.fallback;
        page = collect(&plan, &segments, &statistics, request)?;
        relaxed = page.articles > 0;
    }
    let mut answer = Answer {
        articles: page.articles,
        passages: page.passages,
        relaxed,
        left_out: plan.left_out,
        ..Answer::default()
    };
    if request.filters.since.is_some() || request.filters.until.is_some() {
        answer.undated = undated(&plan, index, request, &filter, &statistics)?;
    }
    answer.facets = page.facets;
    for (i, entry) in page.entries.iter().enumerate() {
        answer.hits.push(hit(index, &searcher, entry, request.offset + i + 1, &plan, request)?);
    }
    if request.explain {
        for (entry, hit) in page.entries.iter().zip(&mut answer.hits) {
            hit.shares = explain(&plan, &segments, entry.address, &statistics, &request.ranking)?;
        }
    }
    Ok(answer)
}

/// The segments of an index without any filter.
fn open_segments<'a>(index: &'a Index, searcher: &'a tantivy::Searcher) -> Result<Vec<Segment<'a>>> {
    let segments = searcher.segment_readers().iter().zip(index.layouts()).map(|(reader, layout)| {
        let length = reader.fast_fields().u64("length")?;
        Ok(Segment { reader, fields: index.fields(), allowed: None, said: None, length, layout })
    });
    segments.collect()
}

/// What makes up the score of a passage: its words and, last, its neighbouring characters.
fn explain(
    plan: &Plan,
    segments: &[Segment<'_>],
    at: DocAddress,
    statistics: &Statistics,
    ranking: &Ranking,
) -> Result<Vec<Share>> {
    let number = at.segment_ord as usize;
    let shares = rank::shares(plan, segments, number, &[at.doc_id], statistics, ranking)?;
    let mut shares: Vec<Share> = shares.into_iter().flatten().collect();
    let norms = Norms::new(segments[number].reader, segments[number].fields.chars, statistics, ranking)?;
    let neighbours = Neighbours::new(plan, segments, statistics, ranking)?;
    let close: f32 = neighbours.scores(&segments[number], &[at.doc_id], &norms)?.iter().sum();
    if close > 0.0 {
        let text = plan.runs.iter().map(|run| run.iter().map(|c| c.0).collect()).collect::<Vec<String>>().join(" ");
        let (evidence, weight) = ("neighbours".to_owned(), ranking.neighbours);
        shares.push(Share { word: text, evidence, weight, passage: close, article: 0.0 });
    }
    Ok(shares)
}

/// One line of the page before its passage is fetched.
struct Entry {
    key: i64,
    ordinal: u32,
    score: f32,
    address: DocAddress,
    further: u32,
}

/// What one pass over the index collects.
#[derive(Default)]
struct Page {
    entries: Vec<Entry>,
    articles: u64,
    passages: u64,
    facets: Vec<FacetCount>,
}

/// The columns that ordering reads.
struct Columns {
    ordinal: Column<u64>,
    date: Column<i64>,
    id: Option<StrColumn>,
}

impl Columns {
    fn open(reader: &SegmentReader) -> Result<Columns> {
        let fast = reader.fast_fields();
        Ok(Columns { ordinal: fast.u64("ordinal")?, date: fast.i64("date")?, id: fast.str("id")? })
    }

    fn ordinal(&self, doc: DocId) -> u32 {
        self.ordinal.first(doc).unwrap_or(0) as u32
    }

    fn id_ordinal(&self, doc: DocId) -> u64 {
        self.id.as_ref().and_then(|id| id.term_ords(doc).next()).unwrap_or(u64::MAX)
    }

    fn id(&self, doc: DocId) -> String {
        let mut text = String::new();
        if let Some(id) = &self.id
            && let Some(ord) = id.term_ords(doc).next()
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
            Order::Newest => self.date.first(doc).unwrap_or(i64::MIN),
            Order::Oldest => self.date.first(doc).map_or(i64::MIN, |date| -date),
        }
    }
}

fn collect(plan: &Plan, segments: &[Segment<'_>], statistics: &Statistics, request: &Request) -> Result<Page> {
    let order = match request.order {
        Order::Relevance if request.query.is_empty() => Order::Newest,
        order => order,
    };
    let wanted = request.offset.saturating_add(request.limit);
    let close = order == Order::Relevance && wanted > 0 && !plan.runs.is_empty();
    let kept = if close { wanted.max(request.ranking.candidates) } else { wanted };
    let mut page = Page::default();
    let mut counters: Vec<facet::Counter> = request.facets.iter().map(|&f| facet::Counter::new(f)).collect();
    let scored = rank::score(plan, segments, statistics, &request.ranking)?;
    for (number, (segment, scored)) in segments.iter().zip(&scored).enumerate() {
        page.articles += scored.articles.len() as u64;
        page.passages += scored.passages.len() as u64;
        for counter in &mut counters {
            counter.add(segment.reader, &scored.passages, |doc| segment.layout.article(doc))?;
        }
        let columns = Columns::open(segment.reader)?;
        let groups: Vec<Group> = match request.grouping {
            Grouping::Articles => scored.articles.iter().map(|f| (f.best, f.score, f.passages - 1)).collect(),
            Grouping::Passages => scored.passages.iter().map(|&(doc, score)| (doc, score, 0)).collect(),
        };
        page.entries.extend(best(groups, &columns, order, kept, number as u32));
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
type Group = (DocId, f32, u32);

/// Best first; ids, which are dear to read, only decide between equals.
fn sort(entries: &mut [Entry], segments: &[Segment<'_>]) -> Result<()> {
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.key));
    for equals in entries.chunk_by_mut(|a, b| a.key == b.key).filter(|equals| equals.len() > 1) {
        let mut ids = std::collections::HashMap::new();
        for entry in equals.iter() {
            let columns = Columns::open(segments[entry.address.segment_ord as usize].reader)?;
            ids.insert(entry.address, columns.id(entry.address.doc_id));
        }
        equals.sort_by(|a, b| ids[&a.address].cmp(&ids[&b.address]).then(a.ordinal.cmp(&b.ordinal)));
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
    let neighbours = Neighbours::new(plan, segments, statistics, &request.ranking)?;
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
        let norms = Norms::new(segment.reader, segment.fields.chars, statistics, &request.ranking)?;
        let scores = neighbours.scores(segment, &documents, &norms)?;
        let columns = Columns::open(segment.reader)?;
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

/// How many passages of an article are looked at closely: the best by their words. With three of them the figures are the
/// same to three digits.
const MOST_PASSAGES: usize = 2;

/// The first `wanted` entries of a segment.
fn best(groups: Vec<Group>, columns: &Columns, order: Order, wanted: usize, segment: u32) -> Vec<Entry> {
    if wanted == 0 {
        return Vec::new();
    }
    let mut groups: Vec<(i64, Group)> = groups.into_iter().map(|g| (columns.key(g.0, g.1, order), g)).collect();
    if groups.len() > wanted {
        // All that share the last place stay until ids decide.
        let (_, &mut (last, _), _) = groups.select_nth_unstable_by(wanted - 1, |a, b| b.0.cmp(&a.0));
        groups.retain(|g| g.0 >= last);
    }
    let mut keyed: Vec<(i64, u64, Group)> =
        groups.into_iter().map(|(key, g)| (key, columns.id_ordinal(g.0), g)).collect();
    keyed.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.0.cmp(&b.2.0)));
    keyed.truncate(wanted);
    let entry = |(key, _, (doc, score, further)): (i64, u64, Group)| Entry {
        key,
        ordinal: columns.ordinal(doc),
        score,
        address: DocAddress::new(segment, doc),
        further,
    };
    keyed.into_iter().map(entry).collect()
}

/// How many articles would be in the answer if they had a date.
fn undated(plan: &Plan, index: &Index, request: &Request, filter: &Filter, statistics: &Statistics) -> Result<u64> {
    let searcher = index.searcher();
    let parts: Vec<filter::Part> = filter.parts().filter(|&part| part != filter::Part::Date).collect();
    let segments = searcher.segment_readers().iter().zip(index.layouts()).map(|(reader, layout)| {
        let dates = reader.fast_fields().i64("date")?;
        let mut allowed = filter.passing(&parts, reader, index.fields())?.unwrap_or_else(|| {
            let mut all = postings::DocBits::empty(reader.max_doc());
            (0..reader.max_doc()).for_each(|doc| all.insert(doc));
            all
        });
        allowed.retain(|doc| dates.first(doc).is_none());
        Ok(Segment {
            reader,
            fields: index.fields(),
            allowed: Some(allowed),
            said: filter.said(reader)?,
            length: reader.fast_fields().u64("length")?,
            layout,
        })
    });
    let segments: Vec<Segment<'_>> = segments.collect::<Result<_>>()?;
    let request = Request { limit: 0, offset: 0, facets: Vec::new(), ..request.clone() };
    Ok(collect(plan, &segments, statistics, &request)?.articles)
}

fn hit(
    index: &Index,
    searcher: &tantivy::Searcher,
    entry: &Entry,
    rank: usize,
    plan: &Plan,
    request: &Request,
) -> Result<Hit> {
    let passage = index.passage(searcher, entry.address)?;
    let said = snippet::said_spans(&passage, &request.filters);
    let highlights = highlights(&passage.text, plan, said.as_deref());
    let title = passage.article.title.as_deref().unwrap_or_default();
    let title_highlights = if said.is_some() { Vec::new() } else { snippet::highlights(title, plan, None) };
    let (before, after) = lookup::context(index, searcher, entry.address, &passage, request.context)?;
    Ok(Hit {
        rank,
        score: entry.score,
        highlights,
        title_highlights,
        before,
        after,
        further: entry.further,
        shares: Vec::new(),
        passage,
    })
}
