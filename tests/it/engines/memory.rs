//! A small engine in memory: every article is looked through for every question.
//!
//! It shares no code with the embedded engine below the seam, so what both find alike is what the
//! seam says and not how one of them works.

use super::seen;
use jianbao::analysis::Analysis;
use jianbao::engine::counts::{SpeakerSum, speaker_counts};
use jianbao::engine::filter::{Column, Condition, DateScope, SpeechFilter};
use jianbao::engine::plan::{CHEAP_CHARACTERS, RARE_WORD};
use jianbao::engine::{
    ArticleName, Candidate, CloseText, Collapsed, Engine, Evidence, Exclusion, Execution,
    Inspected, KeyField, Occur, OrderFacts, PassageAddress, Period, Plan, Qualifying, Ranking,
    Reprints, Scope, Selection, Share, SpeakerCount, Statistics, TermField, TopDocs, TopicCounts,
    Unit, Wanted, YearCounts, date_number, day,
};
use jianbao::error::Result;
use jianbao::passage::Passage;
use jianbao::quote::ArticlePart as QuotePart;
use jianbao::text::Span;
use jianbao::text::exact::{exact, is_exact_char};
use jianbao::text::fold::{fold, key};
use jianbao::text::word::{Day, Segmented, Segmenter, measure, parts};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Characters that end a sentence for `same:`, folded.
const SENTENCE_ENDS: [char; 3] = ['。', '!', '?'];

/// A passage with what a question may ask of it.
struct StoredPassage {
    passage: Passage,
    chars: Vec<char>,
    words: HashSet<String>,
    /// Quotes: the names of the speaker, the first and one past the last position.
    speech: Vec<StoredSpeech>,
}

struct StoredSpeech {
    names: Vec<String>,
    start: u32,
    end: u32,
    confidence: jianbao::quote::Confidence,
    kind: jianbao::quote::SpeechKind,
}

/// An article.
struct StoredArticle {
    number: u64,
    date: Option<i64>,
    title_chars: Vec<char>,
    title_words: HashSet<String>,
    passages: Vec<StoredPassage>,
}

/// Articles in the order in which they were put in.
pub struct MemoryEngine {
    articles: Vec<StoredArticle>,
    statistics: Statistics,
}

impl MemoryEngine {
    /// An engine of these articles, each with its number.
    pub fn new(articles: &[(u64, Analysis)], segmenter: &Segmenter) -> MemoryEngine {
        let stored = articles.iter().map(|(number, article)| store(*number, article, segmenter));
        let articles: Vec<StoredArticle> = stored.collect();
        let passages = articles.iter().map(|a| a.passages.len() as u64).sum();
        let statistics = Statistics {
            passages,
            articles: articles.len() as u64,
            title_words: 1.0,
            article_words: 1.0,
            passage_words: 1.0,
            passage_chars: 1.0,
        };
        MemoryEngine { articles, statistics }
    }

    fn passages(&self) -> impl Iterator<Item = &StoredPassage> {
        self.articles.iter().flat_map(|article| &article.passages)
    }

    fn stored(&self, at: PassageAddress) -> &StoredPassage {
        &self.articles[at.segment as usize].passages[at.passage as usize]
    }

    fn word_count(&self, word: &str) -> u64 {
        self.passages().filter(|passage| passage.words.contains(word)).count() as u64
    }

    fn rarest(&self, chars: impl Iterator<Item = char>) -> u64 {
        chars.map(|c| self.character_count(c)).min().unwrap_or(0)
    }

    /// True if a selection admits a passage.
    fn admits(&self, selection: &Selection<'_>, article: &StoredArticle, at: usize) -> bool {
        let dated = selection.dating == DateScope::Undated && article.date.is_some();
        !dated && selection.conditions().all(|condition| self.meets(article, at, &condition))
    }

    /// True if some passage of an article meets a condition.
    fn somewhere(&self, article: &StoredArticle, condition: &Condition<'_>) -> bool {
        (0..article.passages.len()).any(|at| self.meets(article, at, condition))
    }

    /// True if a passage meets a condition.
    fn meets(&self, article: &StoredArticle, at: usize, condition: &Condition<'_>) -> bool {
        let (passage, head) = (&article.passages[at], &article.passages[at].passage.article);
        let first = &article.passages[0].passage;
        let keys = |values: &[String]| values.iter().map(|v| key(v)).collect::<Vec<_>>();
        match condition {
            Condition::Speaks(filter) => passage.speech.iter().any(|s| counts(s, filter)),
            Condition::Mentions(names) => {
                let wanted = keys(names);
                let all = article.passages.iter().flat_map(|p| &p.speech).flat_map(|s| &s.names);
                all.into_iter().any(|name| wanted.contains(&key(name)))
                    || names.iter().any(|name| {
                        let chars = exact(name);
                        !starts(article, at, &chars).is_empty()
                            || !found_in(&article.title_chars, &chars).is_empty()
                    })
            }
            Condition::About(topics) => {
                let wanted = keys(topics);
                let topics = first.topics.iter().flat_map(|topic| topic.keys());
                topics
                    .map(key)
                    .chain(first.subjects.iter().map(|s| key(s)))
                    .any(|k| wanted.contains(&k))
            }
            Condition::Value(Column::Source, admits) => {
                head.source.iter().chain(&head.reprinted_by).any(|source| admits(source))
            }
            Condition::Value(Column::Author, admits) => head.authors.iter().any(|a| admits(a)),
            Condition::Value(Column::Path, admits) => admits(&head.path),
            Condition::Dated(range) => article.date.is_some_and(|date| range.contains(&date)),
            Condition::TitleHolds(titles) => {
                titles.iter().any(|t| !found_in(&article.title_chars, &exact(t)).is_empty())
            }
            Condition::Holds(conditions) => conditions.iter().all(|c| self.somewhere(article, c)),
            Condition::Lacks(conditions) => !conditions.iter().any(|c| self.somewhere(article, c)),
        }
    }
}

/// True if a quote is one of the speakers asked for, and of the confidence and kind.
fn counts(speech: &StoredSpeech, filter: &SpeechFilter) -> bool {
    let named = |name: &String| filter.speakers.iter().any(|wanted| key(wanted) == key(name));
    (filter.speakers.is_empty() || speech.names.iter().any(named))
        && filter.admits(speech.confidence, speech.kind)
}

fn store(number: u64, article: &Analysis, segmenter: &Segmenter) -> StoredArticle {
    let body = &article.body_words;
    let folded = |at: usize| body.folded.folded(at);
    let passages = article.passages.iter().map(|passage| {
        let end = article.passages.get(passage.ordinal as usize + 1);
        let bounds = (folded(passage.span.start), end.map_or(usize::MAX, |p| folded(p.span.start)));
        StoredPassage {
            passage: passage.clone(),
            chars: exact(&passage.text),
            words: words(body, bounds, segmenter),
            speech: speech(passage),
        }
    });
    StoredArticle {
        number,
        date: article.article.date.as_ref().map(date_number),
        title_chars: exact(article.article.title.as_deref().unwrap_or_default()),
        title_words: words(&article.title_words, (0, usize::MAX), segmenter),
        passages: passages.collect(),
    }
}

/// The words of two characters and more of a part of a text, and numbers with what they count.
fn words(text: &Segmented, (start, end): (usize, usize), segmenter: &Segmenter) -> HashSet<String> {
    let folded = text.folded.text();
    let own: Vec<Span> =
        text.words.iter().copied().filter(|w| (start..end).contains(&w.start)).collect();
    let mut found = HashSet::new();
    let mut add = |word: &str| {
        if word.chars().count() > 1 {
            found.insert(word.to_owned());
        }
    };
    segmenter.search_tokens(folded, &own, |token| add(token.of(folded)));
    for (at, word) in own.iter().enumerate() {
        parts(word.of(folded)).for_each(&mut add);
        for day in [Day::Apart, Day::WithMonth] {
            let count = measure(folded, &own, at, day);
            if count > 0 {
                add(Span::new(own[at].start, own[at + count - 1].end).of(folded));
            }
        }
    }
    found
}

fn speech(passage: &Passage) -> Vec<StoredSpeech> {
    let position = |at: usize| {
        let at = at.clamp(passage.span.start, passage.span.end) - passage.span.start;
        fold(&passage.text[..at]).chars().filter(|&c| is_exact_char(c)).count() as u32
    };
    let quotes = passage.quotes.iter().filter(|quote| quote.part != QuotePart::Title);
    let spoken = quotes.filter_map(|quote| {
        let speaker = quote.speaker.as_ref()?;
        let names = std::iter::once(&speaker.name).chain(&speaker.aliases).cloned().collect();
        let (start, end) = (position(quote.span.start), position(quote.span.end));
        Some(StoredSpeech { names, start, end, confidence: quote.confidence, kind: quote.kind })
    });
    spoken.collect()
}

/// The places of some characters in others.
fn found_in(chars: &[char], wanted: &[char]) -> Vec<u32> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let windows = chars.windows(wanted.len()).enumerate();
    windows.filter(|(_, window)| *window == wanted).map(|(at, _)| at as u32).collect()
}

/// The places in a passage at which some characters begin; they may end in a later passage.
fn starts(article: &StoredArticle, at: usize, wanted: &[char]) -> Vec<u32> {
    let own = article.passages[at].chars.len() as u32;
    let rest = article.passages[at..].iter().flat_map(|passage| &passage.chars);
    let rest: Vec<char> = rest.copied().collect();
    found_in(&rest, wanted).into_iter().filter(|&start| start < own).collect()
}

/// The passages that a selection admits.
struct MemoryExecution<'a> {
    engine: &'a MemoryEngine,
    speech: Option<&'a SpeechFilter>,
    allowed: HashSet<PassageAddress>,
}

/// The evidence of one unit in an article.
#[derive(Default)]
struct UnitMatch {
    /// Passages that have it themselves.
    passages: HashSet<usize>,
    /// True if the title has it and titles count.
    title: bool,
}

impl MemoryExecution<'_> {
    fn is_allowed(&self, segment: usize, passage: usize) -> bool {
        let at = PassageAddress { segment: segment as u32, passage: passage as u32 };
        self.allowed.contains(&at)
    }

    /// The places of some characters in a passage, as far as they lie in words that count.
    fn places(&self, article: &StoredArticle, at: usize, wanted: &[char]) -> Vec<u32> {
        let mut found = starts(article, at, wanted);
        if let Some(filter) = self.speech {
            let length = wanted.len() as u32;
            found.retain(|&start| {
                let spoken = article.passages[at].speech.iter().filter(|s| counts(s, filter));
                spoken.into_iter().any(|s| s.start <= start && start + length <= s.end)
            });
        }
        found
    }

    fn matches(&self, unit: &Unit, segment: usize) -> UnitMatch {
        let article = &self.engine.articles[segment];
        let mut found = UnitMatch::default();
        for (_, evidence) in &unit.evidence {
            if unit.scope == Scope::Anywhere {
                let own = (0..article.passages.len()).filter(|&p| self.is_allowed(segment, p));
                found.passages.extend(own.filter(|&p| self.in_passage(article, p, evidence)));
            }
            if unit.scope == Scope::Title || self.speech.is_none() {
                let placed = unit.scope == Scope::Title;
                found.title |= self.in_title(article, evidence, placed);
            }
        }
        found
    }

    fn by_characters(&self, word: &str) -> bool {
        self.engine.word_count(word) < RARE_WORD
            && self.engine.rarest(word.chars()) <= CHEAP_CHARACTERS
    }

    fn in_passage(&self, article: &StoredArticle, at: usize, evidence: &Evidence) -> bool {
        let words = &article.passages[at].words;
        let has = |chars: &[char]| !self.places(article, at, chars).is_empty();
        let chars = |word: &str| word.chars().collect::<Vec<char>>();
        let spoken = self.speech.is_some();
        match evidence {
            Evidence::Word(word) if !spoken => words.contains(word),
            Evidence::Unknown(word) if !spoken && !self.by_characters(word) => words.contains(word),
            Evidence::Word(word) | Evidence::Unknown(word) | Evidence::Character(word) => {
                has(&chars(word))
            }
            Evidence::Pair(pair) => {
                self.engine.rarest(pair.iter().copied()) <= CHEAP_CHARACTERS && has(pair)
            }
            Evidence::Phrase(phrase) => has(phrase),
            Evidence::Prefix(stem) if !spoken => words.iter().any(|w| w.starts_with(stem.as_str())),
            Evidence::Suffix(stem) if !spoken => words.iter().any(|w| w.ends_with(stem.as_str())),
            Evidence::Prefix(stem) | Evidence::Suffix(stem) => has(&chars(stem)),
            Evidence::Near(distance, phrases) => {
                let places = phrases.iter().map(|p| (self.places(article, at, p), p.len() as u32));
                near(&places.collect::<Vec<_>>(), *distance)
            }
            Evidence::Same(phrases) => {
                let places: Vec<_> = phrases.iter().map(|p| self.places(article, at, p)).collect();
                in_one_sentence(&article.passages[at].chars, &places)
            }
        }
    }

    fn in_title(&self, article: &StoredArticle, evidence: &Evidence, placed: bool) -> bool {
        let (title, words) = (&article.title_chars, &article.title_words);
        let has = |chars: &[char]| !found_in(title, chars).is_empty();
        let chars = |word: &str| word.chars().collect::<Vec<char>>();
        match evidence {
            Evidence::Word(word) if !placed => words.contains(word),
            Evidence::Unknown(word) if !placed && !self.by_characters(word) => words.contains(word),
            Evidence::Word(word) | Evidence::Unknown(word) | Evidence::Character(word) => {
                has(&chars(word))
            }
            Evidence::Pair(pair) => {
                self.engine.rarest(pair.iter().copied()) <= CHEAP_CHARACTERS && has(pair)
            }
            Evidence::Phrase(phrase) => has(phrase),
            Evidence::Prefix(stem) => words.iter().any(|word| word.starts_with(stem.as_str())),
            Evidence::Suffix(stem) => words.iter().any(|word| word.ends_with(stem.as_str())),
            Evidence::Near(distance, phrases) => {
                let places = phrases.iter().map(|p| (found_in(title, p), p.len() as u32));
                near(&places.collect::<Vec<_>>(), *distance)
            }
            Evidence::Same(phrases) => {
                let places: Vec<_> = phrases.iter().map(|p| found_in(title, p)).collect();
                in_one_sentence(title, &places)
            }
        }
    }

    /// True if an article has every word as typed.
    fn holds_all(&self, plan: &Plan, segment: usize) -> bool {
        plan.whole.iter().all(|&unit| {
            let mut typed = plan.units[unit].clone();
            typed.evidence.retain(|&(weight, _)| plan.holds(unit, weight));
            let found = self.matches(&typed, segment);
            found.title || !found.passages.is_empty()
        })
    }

    /// The passages of an article that qualify.
    fn qualifying(&self, plan: &Plan, segment: usize) -> Vec<usize> {
        let found: Vec<UnitMatch> =
            plan.units.iter().map(|unit| self.matches(unit, segment)).collect();
        let has = |unit: &UnitMatch| unit.title || !unit.passages.is_empty();
        let of = |occur: Occur| {
            plan.units.iter().zip(&found).filter(move |(unit, _)| unit.occur == occur)
        };
        if plan.exclusion == Exclusion::Articles && of(Occur::Excluded).any(|(_, unit)| has(unit)) {
            return Vec::new();
        }
        let wanted = of(Occur::Wanted).filter(|(_, unit)| has(unit)).count();
        if wanted < plan.minimum {
            return Vec::new();
        }
        let everything = of(Occur::Wanted).chain(of(Occur::Required)).next().is_none();
        let scoring = || plan.units.iter().zip(&found).filter(|(u, _)| u.occur != Occur::Excluded);
        let titled = scoring().any(|(_, unit)| unit.title);
        let passages = 0..self.engine.articles[segment].passages.len();
        let qualifies = |&p: &usize| {
            let holds = |unit: &UnitMatch| unit.title || unit.passages.contains(&p);
            self.is_allowed(segment, p)
                && (everything || titled || scoring().any(|(_, u)| u.passages.contains(&p)))
                && of(Occur::Required).all(|(_, unit)| holds(unit))
                && !of(Occur::Excluded).any(|(_, unit)| holds(unit))
        };
        passages.filter(qualifies).collect()
    }
}

/// True if every list has a place at most `distance` characters from those reached before it.
fn near(places: &[(Vec<u32>, u32)], distance: u32) -> bool {
    fn reach(from: (u32, u32), rest: &[(Vec<u32>, u32)], distance: u32) -> bool {
        let Some(((next, length), rest)) = rest.split_first() else { return true };
        next.iter().any(|&start| {
            let end = start + length;
            let gap = if start >= from.1 { Some(start - from.1) } else { from.0.checked_sub(end) };
            gap.is_some_and(|gap| gap <= distance)
                && reach((from.0.min(start), from.1.max(end)), rest, distance)
        })
    }
    let Some(((first, length), rest)) = places.split_first() else { return false };
    first.iter().any(|&start| reach((start, start + length), rest, distance))
}

/// True if every list has a place in the sentence of one of the first list.
fn in_one_sentence(chars: &[char], places: &[Vec<u32>]) -> bool {
    let sentence = |at: u32| {
        let before = chars.iter().take(at as usize);
        before.filter(|c| SENTENCE_ENDS.contains(c)).count()
    };
    let Some((first, rest)) = places.split_first() else { return false };
    first.iter().any(|&at| {
        rest.iter().all(|list| list.iter().any(|&other| sentence(other) == sentence(at)))
    })
}

impl Execution for MemoryExecution<'_> {
    fn top_docs(&self, plan: &Plan, wanted: &Wanted<'_>) -> Result<TopDocs> {
        let mut found = TopDocs::default();
        let mut qualifying = Vec::new();
        for (segment, article) in self.engine.articles.iter().enumerate() {
            let passages = self.qualifying(plan, segment);
            found.passages += passages.len() as u64;
            let Some(&first) = passages.first() else { continue };
            let at = PassageAddress { segment: segment as u32, passage: first as u32 };
            let number = Some(article.number);
            let whole = self.holds_all(plan, segment);
            let segment = at.segment;
            qualifying.push(Qualifying { segment, article: 0, number, score: 0.0, whole });
            found.candidates.push(Candidate {
                at,
                ordinal: first as u32,
                score: 0.0,
                key: wanted.order.key(OrderFacts {
                    date: article.date,
                    seen: seen(article.number),
                    number: article.number,
                    ..OrderFacts::default()
                }),
                further: passages.len() as u32 - 1,
                article: 0,
                examined: Vec::new(),
            });
        }
        found.collapsed = Collapsed::new(wanted.groups, wanted.reprints, qualifying.into_iter());
        jianbao::engine::top_docs::sort(&mut found.candidates, |at| self.engine.article_id(at))?;
        found.candidates.truncate(wanted.candidates);
        Ok(found)
    }

    fn explain(&self, _: &Plan, _: PassageAddress) -> Result<Vec<Share>> {
        Ok(Vec::new())
    }

    fn close_text(&self, at: PassageAddress) -> Result<CloseText> {
        let chars = self.engine.stored(at).chars.clone();
        Ok(CloseText { length: chars.len() as u32, chars, ..CloseText::default() })
    }
}

impl Engine for MemoryEngine {
    fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    fn execution<'a>(
        &'a self,
        selection: &Selection<'a>,
        _: &'a Ranking,
    ) -> Result<Box<dyn Execution + 'a>> {
        let mut allowed = HashSet::new();
        for (segment, article) in self.articles.iter().enumerate() {
            for passage in 0..article.passages.len() {
                if self.admits(selection, article, passage) {
                    let (segment, passage) = (segment as u32, passage as u32);
                    allowed.insert(PassageAddress { segment, passage });
                }
            }
        }
        Ok(Box::new(MemoryExecution { engine: self, speech: selection.speakers(), allowed }))
    }

    fn passage(&self, at: PassageAddress) -> Result<Passage> {
        Ok(self.stored(at).passage.clone())
    }

    fn siblings(&self, at: PassageAddress) -> Vec<PassageAddress> {
        let passages = self.articles[at.segment as usize].passages.len() as u32;
        (0..passages).map(|passage| PassageAddress { segment: at.segment, passage }).collect()
    }

    fn number(&self, at: PassageAddress) -> Result<Option<u64>> {
        Ok(Some(self.articles[at.segment as usize].number))
    }

    fn article_id(&self, at: PassageAddress) -> Result<String> {
        Ok(self.stored(at).passage.article.id.clone())
    }

    fn find(&self, name: ArticleName<'_>) -> Result<Vec<PassageAddress>> {
        let named = |article: &StoredArticle| {
            let head = &article.passages[0].passage.article;
            match name {
                ArticleName::Number(number) => article.number == number,
                ArticleName::Id(id) => head.id == id,
                ArticleName::Path(path) => head.path == path,
            }
        };
        let all = (0..).zip(&self.articles).filter(|(_, article)| named(article));
        Ok(all.map(|(segment, _)| PassageAddress { segment, passage: 0 }).collect())
    }

    fn articles(&self) -> Result<Vec<(u64, PassageAddress)>> {
        let all = (0..).zip(&self.articles);
        Ok(all.map(|(segment, a)| (a.number, PassageAddress { segment, passage: 0 })).collect())
    }

    fn character_count(&self, c: char) -> u64 {
        self.passages().filter(|passage| passage.chars.contains(&c)).count() as u64
    }

    fn occurs(&self, evidence: &Evidence) -> Result<bool> {
        let allowed = HashSet::new();
        let all = MemoryExecution { engine: self, speech: None, allowed };
        Ok(self.articles.iter().any(|article| {
            let mut passages = 0..article.passages.len();
            passages.any(|p| all.in_passage(article, p, evidence))
                || all.in_title(article, evidence, false)
        }))
    }

    fn terms(&self, field: TermField, emit: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for passage in self.passages() {
            let terms: HashSet<String> = match field {
                TermField::Words => passage.words.clone(),
                TermField::Speakers => passage.speech.iter().map(|s| key(&s.names[0])).collect(),
            };
            terms.into_iter().for_each(|term| *counts.entry(term).or_default() += 1);
        }
        counts.iter().for_each(|(term, &count)| emit(term, count));
        Ok(())
    }

    fn value_count(&self, field: KeyField, value: &str) -> Result<u64> {
        let wanted = key(value);
        let has = |passage: &&StoredPassage| match field {
            KeyField::Speaker => passage.speech.iter().any(|s| key(&s.names[0]) == wanted),
            KeyField::Alias => {
                passage.speech.iter().any(|s| s.names[1..].iter().any(|n| key(n) == wanted))
            }
            KeyField::Topic => {
                let topics = passage.passage.topics.iter().flat_map(|topic| topic.keys());
                passage.passage.ordinal == 0 && topics.into_iter().any(|t| key(t) == wanted)
            }
        };
        Ok(self.passages().filter(has).count() as u64)
    }

    fn speaker_names(&self) -> Result<Vec<String>> {
        let names = self.passages().flat_map(|p| &p.speech).map(|s| s.names[0].clone());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn speakers(
        &self,
        pattern: &str,
        selection: &Selection<'_>,
        _: Reprints<'_>,
    ) -> Result<Vec<SpeakerCount>> {
        let mut sums: HashMap<String, SpeakerSum> = HashMap::new();
        for article in &self.articles {
            let mut seen = HashSet::new();
            for (p, passage) in article.passages.iter().enumerate() {
                if !self.admits(selection, article, p) {
                    continue;
                }
                for speech in &passage.speech {
                    let name = &speech.names[0];
                    if key(name).contains(&key(pattern)) {
                        let sum = sums.entry(name.clone()).or_default();
                        sum.quotes += 1;
                        if seen.insert(name.clone()) {
                            sum.articles.add(None);
                        }
                        article.date.into_iter().for_each(|date| sum.date(date));
                    }
                }
            }
        }
        Ok(speaker_counts(sums))
    }

    fn topics(
        &self,
        period: Period,
        selection: &Selection<'_>,
        _: Reprints<'_>,
    ) -> Result<TopicCounts> {
        let mut counts = TopicCounts::new();
        for article in &self.articles {
            let mut passages = 0..article.passages.len();
            let passes = passages.any(|p| self.admits(selection, article, p));
            if let Some(time) = period.of(article.date).filter(|_| passes) {
                for topic in article.passages[0].passage.topics.iter().flat_map(|t| t.keys()) {
                    counts.entry((topic.to_owned(), time.clone())).or_default().add(None);
                }
            }
        }
        Ok(counts)
    }

    fn years(&self) -> Result<YearCounts> {
        let mut years = YearCounts::new();
        for article in &self.articles {
            *years.entry(article.date.map(|date| day(date).year())).or_default() += 1;
        }
        Ok(years)
    }

    fn inspect(&self, each: &mut dyn FnMut(Inspected)) -> Result<()> {
        for article in &self.articles {
            each(Inspected {
                number: Some(article.number),
                passages: article.passages.len() as u32,
                path: Some(article.passages[0].passage.article.path.clone()),
                faults: Vec::new(),
                misfiled: false,
            });
        }
        Ok(())
    }
}
