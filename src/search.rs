//! Searching: a [`Request`] in, an [`Answer`] out. Never prints, never fetches more passages than
//! the page shows.
//!
//! compile.rs turns the query into a plan, filter.rs and said.rs say which passages may answer,
//! evidence.rs finds what the plan looks for (exact.rs in the text itself), rank.rs scores and
//! groups, copies.rs folds reprints, page.rs keeps the page asked for, snippet.rs marks the hits,
//! diagnosis.rs explains an empty answer.

mod close;
mod compile;
mod copies;
mod count;
mod diagnosis;
mod evidence;
mod exact;
mod facet;
mod filter;
mod lexicon;
mod lookup;
mod names;
mod page;
mod postings;
mod rank;
mod ranking;
mod said;
mod snippet;
mod statistics;
mod suggest;
mod tally;

pub use compile::{Evidence, MOST_UNITS, Occur, Place, Plan, Unit, compile};
pub use copies::{Reprints, Standing};
pub use count::{Period, SpeakerCount, speakers, topics};
pub use diagnosis::{Diagnosis, diagnose};
pub use facet::{Copied, Count, Facet, FacetCount};
pub use lexicon::Lexicon;
pub use lookup::{article, reprints, years};
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
use page::{Entry, collect};
use statistics::{Norms, Statistics};
use tantivy::DocAddress;

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
    /// What happens to articles that print the same text.
    pub reprints: Reprints,
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
            reprints: Reprints::Folded,
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
    /// Articles with a passage that qualifies, reprints among them unless they were left out.
    pub articles: u64,
    /// Texts among those: reprints of each other are one.
    pub texts: u64,
    /// Passages that qualify, those of every copy of a text.
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
    /// How its article stands among the copies of its text.
    pub standing: Standing,
    /// What makes up its score, where that was asked for.
    pub shares: Vec<Share>,
}

/// Answers a question, whose filters [`resolve`] has resolved.
///
/// # Errors
/// [`crate::error::Error::Usage`] where a filter is malformed, or what the engine reports of a
/// damaged index.
pub fn run(index: &Index, request: &Request, lexicon: &Lexicon) -> Result<Answer> {
    let searcher = index.searcher();
    let filter = Filter::new(&request.filters)?;
    let mut plan = compile(&request.query, lexicon, &request.ranking);
    let statistics = Statistics::new(&searcher, index.fields(), index.layouts())?;
    let segments =
        searcher.segment_readers().iter().zip(index.layouts()).map(|(reader, layout)| {
            Ok(Segment {
                reader,
                fields: index.fields(),
                allowed: filter.allowed(reader, index.fields(), layout)?,
                said: filter.said(layout)?,
                layout,
            })
        });
    let segments: Vec<Segment<'_>> = segments.collect::<Result<_>>()?;
    let mut page = collect(&plan, &segments, &statistics, request, index.groups())?;
    let mut relaxed = false;
    if page.texts.articles == 0 && plan.minimum > plan.fallback {
        // Better a passage with some of the words than nothing; the answer says so.
        plan.minimum = plan.fallback;
        page = collect(&plan, &segments, &statistics, request, index.groups())?;
        relaxed = page.texts.articles > 0;
    }
    let mut answer = Answer {
        articles: page.texts.articles,
        texts: page.texts.texts,
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
        let hit = hit(index, &searcher, entry, request.offset + i + 1, &plan, request)?;
        answer
            .hits
            .push(Hit { standing: page.texts.standing(index, &searcher, entry.address)?, ..hit });
    }
    if request.explain {
        for (entry, hit) in page.entries.iter().zip(&mut answer.hits) {
            hit.shares = explain(&plan, &segments, entry.address, &statistics, &request.ranking)?;
        }
    }
    Ok(answer)
}

/// The segments of an index without any filter.
fn open_segments<'a>(
    index: &'a Index,
    searcher: &'a tantivy::Searcher,
) -> Result<Vec<Segment<'a>>> {
    let segments =
        searcher.segment_readers().iter().zip(index.layouts()).map(|(reader, layout)| {
            Ok(Segment { reader, fields: index.fields(), allowed: None, said: None, layout })
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
    let norms = Norms::exact(segments[number].layout, statistics, ranking);
    let neighbours = Neighbours::new(plan, segments, statistics, ranking);
    let close: f32 = neighbours.scores(&segments[number], &[at.doc_id], &norms).iter().sum();
    if close > 0.0 {
        let text = plan
            .runs
            .iter()
            .map(|run| run.iter().map(|c| c.0).collect())
            .collect::<Vec<String>>()
            .join(" ");
        let (evidence, weight) = ("neighbours".to_owned(), ranking.neighbours);
        shares.push(Share { word: text, evidence, weight, passage: close, article: 0.0 });
    }
    Ok(shares)
}

/// How many articles would be in the answer if they had a date.
fn undated(
    plan: &Plan,
    index: &Index,
    request: &Request,
    filter: &Filter,
    statistics: &Statistics,
) -> Result<u64> {
    let searcher = index.searcher();
    let parts: Vec<filter::Part> =
        filter.parts().filter(|&part| part != filter::Part::Date).collect();
    let segments =
        searcher.segment_readers().iter().zip(index.layouts()).map(|(reader, layout)| {
            let dates = layout.columns.date()?;
            let mut allowed =
                filter.passing(&parts, reader, index.fields(), layout)?.unwrap_or_else(|| {
                    let mut all = postings::DocBits::empty(reader.max_doc());
                    (0..reader.max_doc()).for_each(|doc| all.insert(doc));
                    all
                });
            allowed.retain(|doc| dates.first(layout.first(doc)).is_none());
            Ok(Segment {
                reader,
                fields: index.fields(),
                allowed: Some(allowed),
                said: filter.said(layout)?,
                layout,
            })
        });
    let segments: Vec<Segment<'_>> = segments.collect::<Result<_>>()?;
    let request = Request { limit: 0, offset: 0, facets: Vec::new(), ..request.clone() };
    Ok(collect(plan, &segments, statistics, &request, index.groups())?.texts.articles)
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
    let title_highlights =
        if said.is_some() { Vec::new() } else { snippet::highlights(title, plan, None) };
    let (before, after) =
        lookup::context(index, searcher, entry.address, &passage, request.context)?;
    Ok(Hit {
        rank,
        score: entry.score,
        highlights,
        title_highlights,
        before,
        after,
        further: entry.further,
        standing: Standing::default(),
        shares: Vec::new(),
        passage,
    })
}
