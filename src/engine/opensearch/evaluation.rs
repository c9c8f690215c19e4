//! The evidence of a plan in one article, and its score: the same sums as those of the engine in
//! the process (BM25 of the passage with its title, BM25F of the article), article by article.

use super::clause::Matching;
use super::fetched::{FetchedArticle, places};
use crate::engine::bm25::{Statistics, length_norm, saturation};
use crate::engine::filter::SpeechFilter;
use crate::engine::plan::{Evidence, Exclusion, Occur, Plan, Scope, Unit};
use crate::engine::ranking::Ranking;

/// Characters that end a sentence for `same:`, folded.
const SENTENCE_ENDS: [char; 3] = ['。', '!', '?'];

/// The context of an evaluation: a plan and the numbers of its index.
pub struct EvaluationContext<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The weights.
    pub ranking: &'a Ranking,
    /// The numbers of the index.
    pub statistics: &'a Statistics,
    /// The speakers whose words alone count.
    pub speech: Option<&'a SpeechFilter>,
    /// By unit and evidence: how it is looked for, and in how many passages it is.
    pub known: &'a [Vec<(Matching, u64)>],
}

/// An article with the sums of a plan's evidence.
#[derive(Debug, Default)]
pub struct EvaluatedArticle {
    /// Scores of passages, without the article's own.
    pub passages: Vec<f32>,
    /// The score of the article as a whole.
    pub common: f32,
    /// The passages that have evidence themselves.
    pub own: Vec<bool>,
    /// The passages that qualify.
    pub qualifying: Vec<usize>,
    /// True if it holds all of the query as typed.
    pub whole: bool,
    required: Vec<usize>,
    excluded: Vec<bool>,
    titled: bool,
    wanted: usize,
    held: usize,
}

impl EvaluatedArticle {
    /// The score of a passage with the article's own.
    pub fn score(&self, passage: usize) -> f32 {
        self.passages[passage] + self.common
    }

    /// The best of the passages that qualify, the first of equals; a title belongs to the whole
    /// article and does not choose among its passages.
    pub fn best(&self) -> Option<usize> {
        let mut best: Option<usize> = None;
        for &at in &self.qualifying {
            let rank = |at: usize| (self.own[at], self.score(at));
            if best.is_none_or(|best| rank(at) > rank(best)) {
                best = Some(at);
            }
        }
        best
    }

    /// The best `most` passages by their words, in order: those that have a word themselves, where
    /// there are any.
    pub fn examined(&self, most: usize) -> Vec<usize> {
        let mut own = self.qualifying.clone();
        if own.iter().any(|&at| self.own[at]) {
            own.retain(|&at| self.own[at]);
        }
        own.sort_by(|&a, &b| self.score(b).total_cmp(&self.score(a)).then(a.cmp(&b)));
        own.truncate(most);
        own.sort_unstable();
        own
    }
}

/// One kind of evidence in an article.
struct FoundEvidence {
    /// The frequency in the title, where it counts for the article as a whole.
    title: u32,
    /// The frequency in each passage.
    passages: Vec<u32>,
}

impl EvaluationContext<'_> {
    /// Evaluates an article; `admitted` says which of its passages pass the filters.
    pub fn evaluate(&self, article: &FetchedArticle, admitted: &[bool]) -> EvaluatedArticle {
        let count = article.passages.len();
        let mut sums = EvaluatedArticle {
            passages: vec![0.0; count],
            own: vec![false; count],
            required: vec![0; count],
            excluded: vec![false; count],
            ..EvaluatedArticle::default()
        };
        for (u, unit) in self.plan.units.iter().enumerate() {
            self.add_unit(article, admitted, (u, unit), &mut sums);
        }
        sums.whole = sums.held >= self.plan.whole.len();
        self.qualify(admitted, &mut sums);
        sums
    }

    /// In how many admitted passages a kind of evidence is, named by its unit and its place in it.
    pub fn count(
        &self,
        article: &FetchedArticle,
        admitted: &[bool],
        (unit, evidence): (usize, usize),
    ) -> u64 {
        let (unit, matching) = (&self.plan.units[unit], self.known[unit][evidence].0);
        let found = self.find(article, admitted, (unit, &unit.evidence[evidence].1), matching);
        found.passages.iter().filter(|&&n| n > 0).count() as u64
    }

    fn add_unit(
        &self,
        article: &FetchedArticle,
        admitted: &[bool],
        (u, unit): (usize, &Unit),
        sums: &mut EvaluatedArticle,
    ) {
        let (mut marked, mut held) = (false, false);
        let mut required = vec![false; article.passages.len()];
        for (e, (weight, evidence)) in unit.evidence.iter().enumerate() {
            let (matching, passages) = self.known[u][e];
            if matching == Matching::Never {
                continue;
            }
            let found = self.find(article, admitted, (unit, evidence), matching);
            let any = found.title > 0 || found.passages.iter().any(|&n| n > 0);
            if !any {
                continue;
            }
            if unit.occur == Occur::Excluded {
                self.exclude(&found, sums);
                continue;
            }
            marked = true;
            held |= self.plan.holds(u, *weight);
            required
                .iter_mut()
                .zip(&found.passages)
                .for_each(|(required, &n)| *required |= n > 0 || found.title > 0);
            let value = weight * self.statistics.idf(passages);
            self.add(article, (evidence, matching), (value, &found), sums);
        }
        sums.wanted += usize::from(marked && unit.occur == Occur::Wanted);
        sums.held += usize::from(held);
        if unit.occur == Occur::Required {
            sums.required.iter_mut().zip(required).for_each(|(n, has)| *n += usize::from(has));
        }
    }

    /// Adds up one kind of evidence.
    fn add(
        &self,
        article: &FetchedArticle,
        (evidence, matching): (&Evidence, Matching),
        (value, found): (f32, &FoundEvidence),
        sums: &mut EvaluatedArticle,
    ) {
        let (ranking, statistics) = (self.ranking, self.statistics);
        let by_words = matching == Matching::Words
            && matches!(evidence, Evidence::Word(_) | Evidence::Unknown(_));
        let title = ranking.title * found.title as f32;
        let mut total = 0.0;
        for (at, passage) in article.passages.iter().enumerate() {
            let (length, average) = match by_words {
                true => (passage.length, statistics.passage_words),
                false => (passage.chars_length, statistics.passage_chars),
            };
            let norm = length_norm(length as f32, average, ranking);
            let own = found.passages[at] as f32;
            if own + title > 0.0 {
                let score = value * saturation(own + title, ranking.k1, norm);
                sums.passages[at] += ranking.passage * score;
            }
            sums.own[at] |= own > 0.0;
            total += own;
        }
        sums.titled |= found.title > 0;
        let norm = length_norm(article.length, statistics.article_words, ranking);
        sums.common += ranking.article * value * saturation(total + title, ranking.k1, norm);
    }

    fn exclude(&self, found: &FoundEvidence, sums: &mut EvaluatedArticle) {
        let all = found.title > 0 || self.plan.exclusion == Exclusion::Articles;
        sums.excluded
            .iter_mut()
            .zip(&found.passages)
            .for_each(|(excluded, &n)| *excluded |= all || n > 0);
    }

    /// The passages that qualify.
    fn qualify(&self, admitted: &[bool], sums: &mut EvaluatedArticle) {
        let count = |occur| self.plan.units.iter().filter(|u| u.occur == occur).count();
        let (required, wanted) = (count(Occur::Required), count(Occur::Wanted));
        let titled = sums.titled || required == 0 && wanted == 0;
        if sums.wanted < self.plan.minimum {
            return;
        }
        sums.qualifying = (0..admitted.len())
            .filter(|&at| {
                admitted[at]
                    && !sums.excluded[at]
                    && (titled || sums.passages[at] > 0.0)
                    && sums.required[at] >= required
            })
            .collect();
    }

    /// The frequencies of one kind of evidence. That which is found by its place counts a title in
    /// each admitted passage.
    fn find(
        &self,
        article: &FetchedArticle,
        admitted: &[bool],
        (unit, evidence): (&Unit, &Evidence),
        matching: Matching,
    ) -> FoundEvidence {
        let titles = unit.scope == Scope::Title || self.speech.is_none();
        let placed = unit.scope == Scope::Title || self.speech.is_some();
        let title = if titles { in_title(article, evidence, matching) } else { 0 };
        let streamed = !placed && is_streamed(evidence, matching);
        let passages = (0..article.passages.len()).map(|at| {
            if !admitted[at] {
                return 0;
            }
            let own = match unit.scope {
                Scope::Anywhere => self.in_passage(article, at, evidence, matching),
                Scope::Title => 0,
            };
            if streamed { own } else { own + title }
        });
        FoundEvidence { passages: passages.collect(), title: if streamed { title } else { 0 } }
    }

    /// How often evidence is in a passage, in the words that count.
    fn in_passage(
        &self,
        article: &FetchedArticle,
        at: usize,
        evidence: &Evidence,
        matching: Matching,
    ) -> u32 {
        let passage = &article.passages[at];
        let words = &passage.words;
        let spans = self.speech.map(|speech| article.spoken(at, speech));
        let starts = |wanted: &[char]| {
            let (mut found, length) = (article.starts(at, wanted), wanted.len() as u32);
            if let Some(spans) = &spans {
                let spoken = |&start: &u32| {
                    spans.iter().any(|&(first, end)| first <= start && start + length <= end)
                };
                found.retain(spoken);
            }
            found
        };
        frequency(evidence, matching, (words, &passage.chars), &starts, spans.is_none())
    }
}

/// True if evidence is found without looking at places.
fn is_streamed(evidence: &Evidence, matching: Matching) -> bool {
    match evidence {
        Evidence::Word(_) | Evidence::Unknown(_) => matching == Matching::Words,
        Evidence::Character(_) => true,
        Evidence::Phrase(chars) => chars.len() == 1,
        _ => false,
    }
}

/// How often evidence is in the title of an article.
fn in_title(article: &FetchedArticle, evidence: &Evidence, matching: Matching) -> u32 {
    let chars = &article.title_chars;
    let starts = |wanted: &[char]| places(chars, wanted);
    frequency(evidence, matching, (&article.title_words, chars), &starts, false)
}

type Words = std::collections::HashMap<String, u32>;

/// How often evidence is in a text; `starts` tells where characters begin in it. Where `once`, a
/// single character counts once: how often it is in a passage makes little difference.
fn frequency(
    evidence: &Evidence,
    matching: Matching,
    (words, chars): (&Words, &[char]),
    starts: &dyn Fn(&[char]) -> Vec<u32>,
    once: bool,
) -> u32 {
    let count = |wanted: &[char]| {
        let found = starts(wanted).len() as u32;
        if once && wanted.len() == 1 { found.min(1) } else { found }
    };
    let of = |word: &str| count(&word.chars().collect::<Vec<char>>());
    let fitting = |fits: &dyn Fn(&str) -> bool| {
        words.iter().filter(|(word, _)| fits(word)).map(|(_, n)| n).sum()
    };
    let cut = matching == Matching::Words;
    match evidence {
        Evidence::Word(word) | Evidence::Unknown(word) if cut => {
            words.get(word).copied().unwrap_or(0)
        }
        Evidence::Prefix(stem) if cut => fitting(&|word| word.starts_with(stem.as_str())),
        Evidence::Suffix(stem) if cut => fitting(&|word| word.ends_with(stem.as_str())),
        Evidence::Word(word) | Evidence::Unknown(word) | Evidence::Character(word) => of(word),
        Evidence::Prefix(stem) | Evidence::Suffix(stem) => of(stem),
        Evidence::Phrase(wanted) | Evidence::Pair(wanted) => count(wanted),
        Evidence::Near(distance, phrases) => {
            let lists: Vec<Vec<(u32, u32)>> = stretches(phrases, starts);
            let Some((first, rest)) = lists.split_first() else { return 0 };
            first.iter().filter(|&&first| chained(first, rest, *distance)).count() as u32
        }
        Evidence::Same(phrases) => {
            let lists = stretches(phrases, starts);
            let Some((first, rest)) = lists.split_first() else { return 0 };
            let ends: Vec<u32> = (0..)
                .zip(chars)
                .filter(|(_, c)| SENTENCE_ENDS.contains(c))
                .map(|(at, _)| at)
                .collect();
            let sentence = |at: u32| ends.partition_point(|&end| end < at);
            let alike = |at: u32| {
                rest.iter().all(|list| list.iter().any(|own| sentence(own.0) == sentence(at)))
            };
            first.iter().filter(|own| alike(own.0)).count() as u32
        }
    }
}

/// The first position of each place of each phrase, and one past its last.
fn stretches(phrases: &[Vec<char>], starts: &dyn Fn(&[char]) -> Vec<u32>) -> Vec<Vec<(u32, u32)>> {
    let of = |phrase: &Vec<char>| {
        let length = phrase.len() as u32;
        starts(phrase).into_iter().map(|start| (start, start + length)).collect()
    };
    phrases.iter().map(of).collect()
}

/// True if, starting from `reached`, every list has a stretch at most `distance` from those
/// reached before it.
fn chained(reached: (u32, u32), lists: &[Vec<(u32, u32)>], distance: u32) -> bool {
    let Some((next, rest)) = lists.split_first() else { return true };
    next.iter().any(|&(start, end)| {
        let apart = start >= reached.1 || end <= reached.0;
        let gap =
            if start >= reached.1 { start - reached.1 } else { reached.0.saturating_sub(end) };
        let joined = (reached.0.min(start), reached.1.max(end));
        apart && gap <= distance && chained(joined, rest, distance)
    })
}
