//! The accumulator of one segment: scores of passages and of articles, and the number of units of
//! each, while a plan's units are added up one after the other.

use super::doc_set::DocBitSet;
use crate::engine::bm25::{length_norm, saturation};
use crate::engine::embedded::article_map::ArticleMap;
use crate::engine::plan::{Exclusion, Occur, Plan};
use crate::engine::ranking::Ranking;
use std::sync::{Mutex, PoisonError};
use tantivy::DocId;

/// The articles that an accumulator adds up.
#[derive(Clone, Copy)]
pub struct AccumulatorScope<'a> {
    /// The articles of the segment.
    pub map: &'a ArticleMap,
    /// The documents that pass the filters; `None` for all.
    pub allowed: Option<&'a DocBitSet>,
    /// The weights.
    pub ranking: &'a Ranking,
    /// Average number of words of an article in the index.
    pub article_words: f32,
    /// The effect of an excluded unit.
    pub exclusion: Exclusion,
}

/// The role of evidence for its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceRole {
    /// The unit is there as typed.
    Whole,
    /// Something related to it is.
    Related,
}

/// Scores and counts while a plan's units are added up one after the other.
pub struct Accumulator<'a> {
    map: &'a ArticleMap,
    allowed: Option<&'a DocBitSet>,
    ranking: &'a Ranking,
    /// Average number of words of an article.
    article_words: f32,
    sums: Sums,
    exclusion: Exclusion,
    excluded: Option<DocBitSet>,
    held: EvidenceRole,
    unit: u8,
    occur: Occur,
    reach: Reach,
    /// True once the open passages have been told from the others.
    narrowed: bool,
    run: ArticleRun,
    /// The articles that have the evidence in their titles, in order, with its weighted frequency.
    titles: Vec<(u32, f32)>,
    /// The number of those that were added up.
    added_titles: usize,
}

/// The sums by passage and by article; all zero where nothing was touched.
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
    /// Articles, by units that they have as typed and the last of them that counted.
    whole: Vec<(u8, u8)>,
    /// Articles in which anything was found.
    touched: DocBitSet,
    /// Articles whose title has something.
    titled: DocBitSet,
    /// Passages of the articles that a unit with [`Reach::Having`] may still count for.
    open: DocBitSet,
    /// Passages that have evidence themselves, not in their title alone.
    own: DocBitSet,
}

impl Sums {
    /// Makes cleared sums fit the articles and passages of a segment.
    fn resize(&mut self, map: &ArticleMap) {
        let articles = map.count();
        let passages = map.passages(articles.saturating_sub(1) as u32).end as usize;
        self.passages.resize(passages, 0.0);
        self.required.resize(passages, (0, 0));
        self.articles.resize(articles, 0.0);
        self.wanted.resize(articles, 0);
        self.last.resize(articles, 0);
        self.whole.resize(articles, (0, 0));
        self.touched.resize(articles as DocId);
        self.titled.resize(articles as DocId);
        self.open.resize(passages as DocId);
        self.own.resize(passages as DocId);
    }

    /// Clears what was touched.
    fn clear(&mut self, map: &ArticleMap) {
        let Sums { passages, required, articles, wanted, last, .. } = self;
        let Sums { whole, touched, titled, open, own, .. } = self;
        touched.for_each(|article| {
            let all = map.passages(article);
            passages[all.start as usize..all.end as usize].fill(0.0);
            required[all.start as usize..all.end as usize].fill((0, 0));
            let i = article as usize;
            (articles[i], wanted[i], last[i], whole[i]) = (0.0, 0, 0, (0, 0));
        });
        touched.clear();
        titled.clear();
        open.clear();
        own.clear();
    }
}

/// Cleared sums that wait for the next search: megabytes that it would otherwise have to clear
/// first.
#[derive(Default)]
pub struct SumsPool {
    waiting: Mutex<Vec<Sums>>,
}

/// At most so many wait: one for each of a few segments.
const MOST_WAITING: usize = 8;

impl SumsPool {
    fn take(&self) -> Sums {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.pop().unwrap_or_default()
    }

    fn give_back(&self, sums: Sums) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST_WAITING {
            waiting.push(sums);
        }
    }
}

/// The articles that a unit may still bring in.
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
struct ArticleRun {
    article: Option<u32>,
    frequency: f32,
    /// The weighted frequency in its title.
    title: f32,
}

/// An article that qualifies.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredArticle {
    /// Its number in the segment.
    pub article: u32,
    /// The score of its best passage with the article's own.
    pub score: f32,
    /// Its best passage; the first of equals.
    pub best: DocId,
    /// How many of its passages qualify.
    pub passages: u32,
    /// True if it holds all of the query as typed.
    pub whole: bool,
}

impl<'a> Accumulator<'a> {
    /// An accumulator without anything found.
    pub fn new(pool: &SumsPool, scope: AccumulatorScope<'a>) -> Accumulator<'a> {
        let mut sums = pool.take();
        sums.resize(scope.map);
        Accumulator {
            map: scope.map,
            allowed: scope.allowed,
            ranking: scope.ranking,
            article_words: scope.article_words,
            sums,
            exclusion: scope.exclusion,
            excluded: None,
            held: EvidenceRole::Related,
            unit: 0,
            occur: Occur::Bonus,
            reach: Reach::All,
            narrowed: false,
            run: ArticleRun::default(),
            titles: Vec::new(),
            added_titles: 0,
        }
    }

    /// Clears the sums and gives them back to the pool.
    pub fn recycle(mut self, pool: &SumsPool) {
        self.sums.clear(self.map);
        pool.give_back(self.sums);
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

    /// Begins a kind of evidence of the unit.
    pub fn start_evidence(&mut self, held: EvidenceRole) {
        self.held = held;
    }

    /// Leaves only articles open that have something and so many wanted units.
    fn narrow(&mut self, least: u8) {
        let (map, sums) = (self.map, &mut self.sums);
        let (open, wanted) = (&mut sums.open, &sums.wanted);
        if std::mem::replace(&mut self.narrowed, true) {
            open.retain(|doc| wanted[map.article(doc) as usize] >= least);
            return;
        }
        sums.touched.for_each(|article| {
            if wanted[article as usize] >= least {
                open.insert_all(map.passages(article));
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
        score: impl Fn(DocId, f32) -> f32,
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
            let article = self.map.article(doc);
            if self.run.article != Some(article) {
                self.finish_run(weight);
                let title = self.title(article, weight);
                self.run = ArticleRun { article: Some(article), frequency: 0.0, title };
                self.mark(article);
            }
            let (own, title) = (frequency as f32, self.run.title);
            // The title's share was added with the title.
            let added = if title > 0.0 {
                score(doc, own + title) - score(doc, title)
            } else {
                score(doc, own)
            };
            self.sums.passages[doc as usize] += self.ranking.passage * added;
            self.run.frequency += own;
            self.sums.own.insert(doc);
            self.require(doc);
        }
    }

    /// Counts one kind of evidence in titles, which are indexed with the first passage and belong
    /// to every passage of the article. Titles come before the passages.
    /// `score` is as for [`Accumulator::add_passages`].
    pub fn add_titles(
        &mut self,
        firsts: &[DocId],
        counts: &[u32],
        score: impl Fn(DocId, f32) -> f32,
    ) {
        for (&first, &count) in firsts.iter().zip(counts) {
            let article = self.map.article(first);
            if self.occur == Occur::Excluded {
                self.map.passages(article).for_each(|doc| self.exclude(doc));
                continue;
            }
            if let Reach::Having(least) = self.reach
                && !(self.sums.touched.contains(article)
                    && self.sums.wanted[article as usize] >= least)
            {
                continue;
            }
            let frequency = self.ranking.title * count as f32;
            self.titles.push((article, frequency));
            for doc in self.map.passages(article) {
                self.sums.passages[doc as usize] += self.ranking.passage * score(doc, frequency);
            }
            self.sums.titled.insert(article);
            if self.occur == Occur::Required {
                self.map.passages(article).for_each(|doc| self.require(doc));
            }
        }
    }

    /// Ends one kind of evidence. `weight` is its value without saturation.
    pub fn finish_evidence(&mut self, weight: f32) {
        self.finish_run(weight);
        self.finish_titles(u32::MAX, weight);
        self.titles.clear();
        self.added_titles = 0;
    }

    /// The frequency in the title of an article whose passages come next.
    fn title(&mut self, article: u32, weight: f32) -> f32 {
        self.finish_titles(article, weight);
        let title = self.titles.get(self.added_titles).filter(|title| title.0 == article);
        let frequency = title.map_or(0.0, |title| title.1);
        self.added_titles += usize::from(title.is_some());
        frequency
    }

    /// Adds up the article whose passages were counted last.
    fn finish_run(&mut self, weight: f32) {
        if let Some(article) = self.run.article.take() {
            self.add_article(article, self.run.frequency + self.run.title, weight);
        }
    }

    /// Adds up the articles before `end` that have the evidence in their titles alone.
    fn finish_titles(&mut self, end: u32, weight: f32) {
        while let Some(&(article, frequency)) = self.titles.get(self.added_titles)
            && article < end
        {
            self.added_titles += 1;
            self.mark(article);
            self.add_article(article, frequency, weight);
        }
    }

    fn add_article(&mut self, article: u32, frequency: f32, weight: f32) {
        let norm = length_norm(self.map.length(article), self.article_words, self.ranking);
        let saturated = saturation(frequency, self.ranking.k1, norm);
        self.sums.articles[article as usize] += self.ranking.article * weight * saturated;
    }

    /// True if a passage has evidence itself, not in its title alone.
    pub fn has_own(&self, doc: DocId) -> bool {
        self.sums.own.contains(doc)
    }

    /// A passage's own score.
    pub fn passage_score(&self, doc: DocId) -> f32 {
        self.sums.passages[doc as usize]
    }

    /// The score that every passage of an article has in common.
    pub fn article_score(&self, article: u32) -> f32 {
        self.sums.articles[article as usize]
    }

    /// The articles that have enough, in order, with the passages that qualify.
    pub fn qualifying(
        &self,
        plan: &Plan,
        mut passage: impl FnMut(DocId, f32),
    ) -> Vec<ScoredArticle> {
        let count = |occur| plan.units.iter().filter(|u| u.occur == occur).count();
        let (required, wanted) = (count(Occur::Required), count(Occur::Wanted));
        let everything = required == 0 && wanted == 0;
        let mut found = Vec::new();
        let mut look = |article: u32| {
            if usize::from(self.sums.wanted[article as usize]) < plan.minimum {
                return;
            }
            let titled = everything || self.sums.titled.contains(article);
            let whole = usize::from(self.sums.whole[article as usize].0) >= plan.whole.len();
            let common = self.article_score(article);
            let mut group: Option<ScoredArticle> = None;
            for doc in self.map.passages(article) {
                let qualifies = (titled || self.sums.passages[doc as usize] > 0.0)
                    && (required == 0
                        || usize::from(self.sums.required[doc as usize].0) >= required)
                    && self.allowed.is_none_or(|allowed| allowed.contains(doc))
                    && self.excluded.as_ref().is_none_or(|excluded| !excluded.contains(doc));
                if !qualifies {
                    continue;
                }
                let score = self.passage_score(doc) + common;
                passage(doc, score);
                let first = ScoredArticle { article, score, best: doc, passages: 0, whole };
                let group = group.get_or_insert(first);
                group.passages += 1;
                // A title belongs to the whole article and does not choose among its passages.
                let before = (self.has_own(group.best), group.score);
                if (self.has_own(doc), score) > before {
                    (group.score, group.best) = (score, doc);
                }
            }
            found.extend(group);
        };
        if everything {
            (0..self.map.count() as u32).for_each(&mut look);
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
        let (count, last) = &mut self.sums.whole[i];
        if self.held == EvidenceRole::Whole && *last != self.unit {
            (*count, *last) = (*count + 1, self.unit);
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
        let excluded = self.excluded.get_or_insert_with(|| DocBitSet::empty(documents));
        match self.exclusion {
            Exclusion::Passages => excluded.insert(doc),
            Exclusion::Articles if excluded.contains(doc) => {}
            Exclusion::Articles => excluded.insert_all(self.map.passages(self.map.article(doc))),
        }
    }
}
