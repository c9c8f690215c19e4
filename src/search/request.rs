//! A question to an index, and the answer.

use super::collapse::Standing;
use crate::engine::{
    Exclusion, Facet, FacetCount, FacetScope, Grouping, Order, Ranking, ReprintPolicy, Share, Stop,
};
use crate::passage::Passage;
use crate::query::{Filters, Query};
use crate::text::Span;

/// A question to an index.
#[derive(Debug, Clone)]
pub struct Request {
    /// The words.
    pub query: Query,
    /// The filters.
    pub filters: Filters,
    /// The order of hits.
    pub order: Order,
    /// The passages of an article that are shown.
    pub grouping: Grouping,
    /// The treatment of articles that print the same text.
    pub reprints: ReprintPolicy,
    /// The number of hits to show; may be 0.
    pub limit: usize,
    /// The number of hits to leave out before them.
    pub offset: usize,
    /// The number of sentences to show before and after a passage.
    pub context: usize,
    /// The facets to count over the answer.
    pub facets: Vec<Facet>,
    /// The articles that facets count.
    pub counted: FacetScope,
    /// The effect of an excluded word.
    pub exclusion: Exclusion,
    /// The weights of relevance.
    pub ranking: Ranking,
    /// True to have each hit's score taken apart.
    pub explain: bool,
    /// Gives the search up when it is asked.
    pub stop: Stop,
}

impl Default for Request {
    fn default() -> Request {
        Request {
            query: Query::default(),
            filters: Filters::default(),
            order: Order::Relevance,
            grouping: Grouping::Articles,
            reprints: ReprintPolicy::Folded,
            limit: 10,
            offset: 0,
            context: 0,
            facets: Vec::new(),
            counted: FacetScope::default(),
            exclusion: Exclusion::default(),
            ranking: Ranking::default(),
            explain: false,
            stop: Stop::default(),
        }
    }
}

/// The answer to a question.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The page asked for.
    pub hits: Vec<Hit>,
    /// Articles with a passage that qualifies, reprints among them unless they were left out.
    pub articles: u64,
    /// Texts among those: reprints of each other are one.
    pub texts: u64,
    /// Articles among those that hold all of the query as typed, or a name that surely means the
    /// same; the others are only related.
    pub whole: u64,
    /// Texts among the articles that hold all of it.
    pub whole_texts: u64,
    /// Passages that qualify, those of every copy of a text.
    pub passages: u64,
    /// Articles that only a filter by date kept out, since they have no date.
    pub undated: u64,
    /// Counts over what [`Request::counted`] says, in the order asked for.
    pub facets: Vec<FacetCount>,
    /// True if no passage had enough of the words and those with fewer are shown.
    pub relaxed: bool,
    /// True if no passage has a quoted phrase exactly and those with nearly the same are shown.
    pub near: bool,
    /// The number of clauses that were left out, since there were too many; see
    /// [`super::MOST_UNITS`].
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
    /// The number of passages of the article that qualify besides this one; 0 where each is shown
    /// by itself.
    pub further: u32,
    /// The place of its article among the copies of its text.
    pub standing: Standing,
    /// The parts of its score, where those were asked for.
    pub shares: Vec<Share>,
    /// Seconds since 1970 in UTC when the run began that found the article with its present content
    /// first; `None` where hits are ordered by something else.
    pub seen: Option<i64>,
}
