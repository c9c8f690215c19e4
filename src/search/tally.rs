//! Adds up what is found in one segment: scores of passages and of articles, and how many units
//! each has.

use super::compile::{Occur, Plan};
use super::postings::DocBits;
use super::ranking::Ranking;
use crate::index::Layout;
use std::cell::RefCell;
use tantivy::DocId;

/// Scores and counts while a plan's units are added up one after the other.
pub struct Tally<'a> {
    layout: &'a Layout,
    allowed: Option<&'a DocBits>,
    ranking: &'a Ranking,
    /// Average words of an article.
    average: f32,
    sums: Sums,
    excluded: Option<DocBits>,
    unit: u8,
    occur: Occur,
    reach: Reach,
    /// Whether the open passages have been told from the others.
    narrowed: bool,
    run: Run,
}

/// What is added up, by passage and by article; all zero where nothing was touched.
#[derive(Default)]
struct Sums {
    /// Scores of passages.
    passages: Vec<f32>,
    /// Passages, by required units and the last of them that counted.
    required: Vec<(u8, u8)>,
    /// Scores of articles as a whole, titles included.
    articles: Vec<f32>,
    /// How many wanted units each article has.
    wanted: Vec<u8>,
    /// The last unit that counted for each article, from 1.
    last: Vec<u8>,
    /// Articles in which anything was found.
    touched: DocBits,
    /// Articles whose title has something.
    titled: DocBits,
    /// Passages of the articles that a unit with [`Reach::Having`] may still count for.
    open: DocBits,
}

thread_local! {
    /// Sums that wait for the next search: megabytes that it would otherwise have to clear first.
    static WAITING: RefCell<Vec<Sums>> = const { RefCell::new(Vec::new()) };
}

/// At most so many wait: one for each of a few segments.
const MOST_WAITING: usize = 8;

impl Sums {
    /// Sums over a segment, all zero.
    fn new(layout: &Layout) -> Sums {
        let articles = layout.count();
        let documents = layout.passages(articles.saturating_sub(1) as u32).end as usize;
        let mut sums = WAITING.with_borrow_mut(Vec::pop).unwrap_or_default();
        sums.passages.resize(documents, 0.0);
        sums.required.resize(documents, (0, 0));
        sums.articles.resize(articles, 0.0);
        sums.wanted.resize(articles, 0);
        sums.last.resize(articles, 0);
        sums.touched.resize(articles as DocId);
        sums.titled.resize(articles as DocId);
        sums.open.resize(documents as DocId);
        sums
    }

    /// Clears what was touched, and waits for the next search.
    fn give_back(mut self, layout: &Layout) {
        let Sums { passages, required, articles, wanted, last, touched, titled, open } = &mut self;
        touched.for_each(|article| {
            let own = layout.passages(article);
            passages[own.start as usize..own.end as usize].fill(0.0);
            required[own.start as usize..own.end as usize].fill((0, 0));
            let i = article as usize;
            (articles[i], wanted[i], last[i]) = (0.0, 0, 0);
        });
        touched.clear();
        titled.clear();
        open.clear();
        WAITING.with_borrow_mut(|waiting| {
            if waiting.len() < MOST_WAITING {
                waiting.push(self);
            }
        });
    }
}

impl Drop for Tally<'_> {
    fn drop(&mut self) {
        std::mem::take(&mut self.sums).give_back(self.layout);
    }
}

/// Which articles a unit may still bring in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Any.
    All,
    /// Only those in which something was found, and that have so many wanted units: others could
    /// not get enough any more.
    Having(u8),
}

/// One kind of evidence in the passages of one article, which follow one another.
#[derive(Default)]
struct Run {
    article: Option<u32>,
    frequency: f32,
    weight: f32,
}

/// An article that qualifies.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its number in the segment.
    pub article: u32,
    /// The score of its best passage with the article's own.
    pub score: f32,
    /// Its best passage; the first of equals.
    pub best: DocId,
    /// How many of its passages qualify.
    pub passages: u32,
}

impl<'a> Tally<'a> {
    /// Nothing found yet.
    pub fn new(
        layout: &'a Layout,
        allowed: Option<&'a DocBits>,
        ranking: &'a Ranking,
        average: f32,
    ) -> Tally<'a> {
        Tally {
            layout,
            allowed,
            ranking,
            average,
            sums: Sums::new(layout),
            excluded: None,
            unit: 0,
            occur: Occur::Bonus,
            reach: Reach::All,
            narrowed: false,
            run: Run::default(),
        }
    }

    /// Begins a unit. Once one has [`Reach::Having`], so have all after it, and never less.
    pub fn start(&mut self, unit: usize, occur: Occur, reach: Reach) {
        self.reach = reach;
        if let Reach::Having(least) = reach {
            self.narrow(least);
        }
        // Units are fewer than 255; see MOST_UNITS.
        self.unit = (unit + 1).min(255) as u8;
        self.occur = occur;
    }

    /// Leaves only articles open that have something and so many wanted units.
    fn narrow(&mut self, least: u8) {
        let (layout, sums) = (self.layout, &mut self.sums);
        let (open, wanted) = (&mut sums.open, &sums.wanted);
        if std::mem::replace(&mut self.narrowed, true) {
            open.retain(|doc| wanted[layout.article(doc) as usize] >= least);
            return;
        }
        sums.touched.for_each(|article| {
            if wanted[article as usize] >= least {
                open.insert_all(layout.passages(article));
            }
        });
        if let Some(allowed) = self.allowed {
            open.intersect(allowed);
        }
    }

    /// Counts something in passages: documents in order and how often it is in each; `score` says
    /// what that is worth by itself. `weight` is what it is worth in the article as a whole,
    /// without saturation.
    pub fn add_passages(
        &mut self,
        weight: f32,
        found: impl Iterator<Item = (DocId, u32)>,
        score: impl Fn(DocId, u32) -> f32,
    ) {
        for (doc, frequency) in found {
            // Most passages of a frequent word end here.
            let may_count = match self.reach {
                Reach::All => self.allowed.is_none_or(|allowed| allowed.contains(doc)),
                Reach::Having(_) => self.sums.open.contains(doc),
            };
            if !may_count {
                continue;
            }
            if self.occur == Occur::Excluded {
                self.exclude(doc);
                continue;
            }
            let article = self.layout.article(doc);
            self.sums.passages[doc as usize] += self.ranking.passage * score(doc, frequency);
            if self.run.article != Some(article) {
                self.finish_run();
                self.run = Run { article: Some(article), frequency: 0.0, weight };
                self.mark(article);
            }
            self.run.frequency += frequency as f32;
            self.require(doc);
        }
    }

    /// Counts something in titles, which are indexed with the first passage and belong to every
    /// passage of the article.
    pub fn add_titles(&mut self, found: impl Iterator<Item = (DocId, f32)>) {
        for (first, score) in found {
            let article = self.layout.article(first);
            if self.occur == Occur::Excluded {
                self.layout.passages(article).for_each(|doc| self.exclude(doc));
                continue;
            }
            if let Reach::Having(least) = self.reach
                && !(self.sums.touched.contains(article)
                    && self.sums.wanted[article as usize] >= least)
            {
                continue;
            }
            self.sums.articles[article as usize] += score;
            self.sums.titled.insert(article);
            self.mark(article);
            if self.occur == Occur::Required {
                self.layout.passages(article).for_each(|doc| self.require(doc));
            }
        }
    }

    /// Ends one kind of evidence.
    pub fn finish_run(&mut self) {
        if let Some(article) = self.run.article.take() {
            let Ranking { k1, b, .. } = *self.ranking;
            let norm = k1 * (1.0 - b + b * self.layout.length(article) / self.average);
            let saturated = self.run.frequency * (1.0 + k1) / (self.run.frequency + norm);
            self.sums.articles[article as usize] +=
                self.ranking.article * self.run.weight * saturated;
        }
    }

    /// A passage's own score.
    pub fn passage_score(&self, doc: DocId) -> f32 {
        self.sums.passages[doc as usize]
    }

    /// What every passage of an article has in common.
    pub fn article_score(&self, article: u32) -> f32 {
        self.sums.articles[article as usize]
    }

    /// The articles that have enough, in order, with the passages that qualify.
    pub fn qualifying(&self, plan: &Plan, mut passage: impl FnMut(DocId, f32)) -> Vec<Found> {
        let count = |occur| plan.units.iter().filter(|u| u.occur == occur).count();
        let (required, wanted) = (count(Occur::Required), count(Occur::Wanted));
        let everything = required == 0 && wanted == 0;
        let mut found = Vec::new();
        let mut look = |article: u32| {
            if usize::from(self.sums.wanted[article as usize]) < plan.minimum {
                return;
            }
            let whole = everything || self.sums.titled.contains(article);
            let common = self.article_score(article);
            let mut group: Option<Found> = None;
            for doc in self.layout.passages(article) {
                let qualifies = (whole || self.sums.passages[doc as usize] > 0.0)
                    && (required == 0
                        || usize::from(self.sums.required[doc as usize].0) >= required)
                    && self.allowed.is_none_or(|allowed| allowed.contains(doc))
                    && self.excluded.as_ref().is_none_or(|excluded| !excluded.contains(doc));
                if !qualifies {
                    continue;
                }
                let score = self.passage_score(doc) + common;
                passage(doc, score);
                let group = group.get_or_insert(Found { article, score, best: doc, passages: 0 });
                group.passages += 1;
                if score > group.score {
                    (group.score, group.best) = (score, doc);
                }
            }
            found.extend(group);
        };
        if everything {
            (0..self.layout.count() as u32).for_each(&mut look);
        } else {
            self.sums.touched.for_each(&mut look);
        }
        found
    }

    fn mark(&mut self, article: u32) {
        let i = article as usize;
        if self.sums.last[i] != self.unit {
            self.sums.last[i] = self.unit;
            self.sums.touched.insert(article);
            if self.occur == Occur::Wanted {
                self.sums.wanted[i] += 1;
            }
        }
    }

    fn require(&mut self, doc: DocId) {
        if self.occur == Occur::Required
            && let Some((count, last)) = self.sums.required.get_mut(doc as usize)
            && *last != self.unit
        {
            (*count, *last) = (*count + 1, self.unit);
        }
    }

    fn exclude(&mut self, doc: DocId) {
        let documents = self.sums.passages.len() as DocId;
        self.excluded.get_or_insert_with(|| DocBits::empty(documents)).insert(doc);
    }
}
