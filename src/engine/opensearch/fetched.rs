//! An article of a cluster as questions look at it: its words and characters, counted, and the
//! passages of it that filters admit.

use super::codec;
use crate::engine::OrderFacts;
use crate::engine::embedded::rounded_length;
use crate::engine::filter::{Column, Condition, DateScope, Selection, SpeechFilter};
use crate::engine::indexed_text::{FoldedPassage, each_word, names, ranked_title, spoken};
use crate::engine::plan::{Evidence, Plan};
use crate::passage::Passage;
use crate::quote::{Confidence, SpeechKind};
use crate::text::exact::{exact, is_exact_char};
use crate::text::fold::key;
use crate::text::word::Segmenter;
use std::collections::{HashMap, HashSet};

/// The words that are counted in an article.
#[derive(Debug, Clone, Default)]
pub struct SoughtWords {
    words: HashSet<String>,
    /// True where words are looked for by a part of them.
    all: bool,
}

impl SoughtWords {
    /// The words that a plan looks for.
    pub fn of(plan: &Plan) -> SoughtWords {
        let mut sought = SoughtWords::default();
        for (_, evidence) in plan.units.iter().flat_map(|unit| &unit.evidence) {
            match evidence {
                Evidence::Word(word) | Evidence::Unknown(word) => {
                    sought.words.insert(word.clone());
                }
                Evidence::Prefix(_) | Evidence::Suffix(_) => sought.all = true,
                _ => {}
            }
        }
        sought
    }

    fn count(&self, word: &str, counts: &mut HashMap<String, u32>) {
        if !self.all && !self.words.contains(word) {
            return;
        }
        match counts.get_mut(word) {
            Some(count) => *count += 1,
            None => drop(counts.insert(word.to_owned(), 1)),
        }
    }
}

/// An article with the text of its title and its passages.
pub struct FetchedArticle {
    /// Its number.
    pub number: u64,
    /// Its date; see [`crate::engine::date_number`].
    pub date: Option<i64>,
    /// When it was seen; see [`OrderFacts::seen`].
    pub seen: i64,
    /// The words of its title, or of its first sentence, that are counted, with their frequencies.
    pub title_words: HashMap<String, u32>,
    /// The characters of its title's exact text.
    pub title_chars: Vec<char>,
    /// Its passages as they are stored.
    pub stored: Vec<Passage>,
    /// The texts of its passages.
    pub passages: Vec<FetchedPassage>,
    /// Its number of words, as the engine in the process rounds it.
    pub length: f32,
}

/// A passage with its words and its exact text.
pub struct FetchedPassage {
    /// Its words that are counted, with their frequencies.
    pub words: HashMap<String, u32>,
    /// Its number of words, rounded.
    pub length: u32,
    /// The characters of its exact text.
    pub chars: Vec<char>,
    /// Their number, rounded.
    pub chars_length: u32,
    /// The quotes in it whose speakers are known.
    pub speech: Vec<FetchedSpeech>,
}

/// A quote of a passage.
pub struct FetchedSpeech {
    /// The keys of its speaker's names.
    pub names: Vec<String>,
    /// Its first position in the exact text, and one past its last.
    pub span: (u32, u32),
    confidence: Confidence,
    kind: SpeechKind,
}

impl FetchedSpeech {
    /// True if it is by one of the speakers, whose keys are `speakers`, and of a confidence and
    /// kind that count.
    fn counts(&self, speakers: &[String], filter: &SpeechFilter) -> bool {
        let named = speakers.is_empty() || self.names.iter().any(|name| speakers.contains(name));
        named && filter.admits(self.confidence, self.kind)
    }
}

impl FetchedArticle {
    /// The article with these facts and this stored part; `segmenter` cut its words, of which those
    /// that `sought` wants are counted.
    ///
    /// # Errors
    /// A reason, where the stored part is none: the index is damaged.
    pub fn new(
        own: OrderFacts,
        packed: &str,
        segmenter: &Segmenter,
        sought: &SoughtWords,
    ) -> Result<FetchedArticle, String> {
        let (stored, title, body) = codec::unpack(packed)?;
        let (ranked, span) = ranked_title(&title, &body);
        let mut title_words = HashMap::new();
        each_word(segmenter, ranked, span, |word| {
            sought.count(word, &mut title_words);
        });
        let mut passages = Vec::with_capacity(stored.len());
        for (passage, text) in FoldedPassage::of(&stored, &body) {
            let (mut words, mut count) = (HashMap::new(), 0);
            each_word(segmenter, &body, text.span, |word| {
                count += 1;
                sought.count(word, &mut words);
            });
            let chars: Vec<char> = text.chars().collect();
            let speech = spoken(passage).filter(|quote| quote.speaker.is_some());
            let speech = speech.map(|quote| FetchedSpeech {
                names: names(quote).map(key).collect(),
                span: text.positions(passage, quote),
                confidence: quote.confidence,
                kind: quote.kind,
            });
            passages.push(FetchedPassage {
                words,
                length: rounded_length(count),
                chars_length: rounded_length(chars.len() as u32),
                speech: speech.collect(),
                chars,
            });
        }
        let title_chars = title.folded.text().chars().filter(|&c| is_exact_char(c)).collect();
        let length = passages.iter().map(|passage| passage.length as f32).sum();
        let OrderFacts { number, date, seen, .. } = own;
        Ok(FetchedArticle {
            number,
            date,
            seen,
            title_words,
            title_chars,
            stored,
            passages,
            length,
        })
    }

    /// The id of the article.
    pub fn id(&self) -> &str {
        self.stored.first().map_or("", |first| &first.article.id)
    }

    /// The places at which `wanted` begins in a passage; it may end in a later one.
    pub fn starts(&self, at: usize, wanted: &[char]) -> Vec<u32> {
        let own = self.passages[at].chars.len();
        let within = places(&self.passages[at].chars, wanted);
        if wanted.len() < 2 || at + 1 == self.passages.len() {
            return within;
        }
        // What begins in the last characters and goes on in the next passages.
        let from = own.saturating_sub(wanted.len() - 1);
        let tail = self.passages[at].chars[from..].iter();
        let rest = self.passages[at + 1..].iter().flat_map(|passage| &passage.chars);
        let seam: Vec<char> = tail.chain(rest.take(wanted.len() - 1)).copied().collect();
        let crossing = places(&seam, wanted).into_iter().map(|start| start + from as u32);
        let last = (own + 1).saturating_sub(wanted.len()) as u32;
        let crossing = crossing.filter(|&start| start >= last && start < own as u32);
        within.into_iter().chain(crossing).collect()
    }

    /// The spans of a passage that speakers whose words alone count have said.
    pub fn spoken(&self, at: usize, speech: &SpeechFilter) -> Vec<(u32, u32)> {
        let speakers: Vec<String> = speech.speakers.iter().map(|name| key(name)).collect();
        let own = self.passages[at].speech.iter().filter(|own| own.counts(&speakers, speech));
        own.map(|own| own.span).collect()
    }

    /// For each passage, whether a selection admits it.
    pub fn admitted(&self, selection: &Selection<'_>) -> Vec<bool> {
        let mut admitted = vec![true; self.passages.len()];
        if selection.dating == DateScope::Undated && self.date.is_some() {
            admitted.fill(false);
        }
        for condition in selection.conditions() {
            let met = self.meeting(&condition);
            admitted.iter_mut().zip(met).for_each(|(admitted, met)| *admitted &= met);
        }
        admitted
    }

    /// For each passage, whether it meets a condition.
    fn meeting(&self, condition: &Condition<'_>) -> Vec<bool> {
        let whole = |met: bool| vec![met; self.passages.len()];
        let somewhere = |condition: &Condition<'_>| self.meeting(condition).contains(&true);
        let head = self.stored.first().map(|first| first.article.as_ref());
        match condition {
            Condition::Speaks(filter) => {
                let spoken = |at| !self.spoken(at, filter).is_empty();
                (0..self.passages.len()).map(spoken).collect()
            }
            Condition::Mentions(names) => self.mentioning(names),
            Condition::About(topics) => {
                let Some(first) = self.stored.first() else { return whole(false) };
                let wanted: Vec<String> = topics.iter().map(|topic| key(topic)).collect();
                let topics = first.topics.iter().flat_map(|topic| topic.keys());
                let mut own = topics.chain(first.subjects.iter().map(String::as_str));
                whole(own.any(|own| wanted.contains(&key(own))))
            }
            Condition::Value(column, admits) => whole(head.is_some_and(|head| match column {
                Column::Source => {
                    head.source.iter().chain(&head.reprinted_by).any(|source| admits(source))
                }
                Column::Author => head.authors.iter().any(|author| admits(author)),
                Column::Path => admits(&head.path),
            })),
            Condition::Dated(range) => whole(self.date.is_some_and(|date| range.contains(&date))),
            Condition::TitleHolds(titles) => {
                whole(titles.iter().any(|title| self.title_has(&exact(title))))
            }
            Condition::Holds(all) => whole(all.iter().all(somewhere)),
            Condition::Lacks(none) => whole(!none.iter().any(somewhere)),
        }
    }

    /// For each passage, whether the article has one of the names as a speaker or in its title, or
    /// the passage has it in its text.
    fn mentioning(&self, wanted: &[String]) -> Vec<bool> {
        let keys: Vec<String> = wanted.iter().map(|name| key(name)).collect();
        let mut speakers = self.passages.iter().flat_map(|p| &p.speech).flat_map(|s| &s.names);
        let texts: Vec<Vec<char>> = wanted.iter().map(|name| exact(name)).collect();
        if speakers.any(|name| keys.contains(name)) || texts.iter().any(|t| self.title_has(t)) {
            return vec![true; self.passages.len()];
        }
        let has = |at: usize| texts.iter().any(|text| !self.starts(at, text).is_empty());
        (0..self.passages.len()).map(has).collect()
    }

    fn title_has(&self, text: &[char]) -> bool {
        !places(&self.title_chars, text).is_empty()
    }
}

/// The places of some characters in others.
pub fn places(chars: &[char], wanted: &[char]) -> Vec<u32> {
    let Some(first) = wanted.first() else { return Vec::new() };
    let starts = chars.iter().enumerate().filter(|(_, c)| *c == first).map(|(at, _)| at);
    starts.filter(|&at| chars[at..].starts_with(wanted)).map(|at| at as u32).collect()
}
