//! The mentions of possible speakers around quotations: known names, subjects of clauses, names and
//! titles side by side, surnames with titles, pronouns.
//!
//! Recall matters here; which candidate spoke is for quotation.rs.

use super::ground::Ground;
use crate::quote::attributed::{Speaker, SpeakerKind};
use crate::quote::grammar::Grammar;
use crate::quote::mention::Who;
use crate::quote::tagged_words::TaggedWords;
use crate::quote::{score, subject};
use crate::text::{Span, is_han};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// A place where a possible speaker is written.
#[derive(Debug, Clone)]
pub(super) struct CandidateMention {
    pub span: Span,
    /// Whom it stands for: a position in [`Candidates::entities`]. `None` for a pronoun.
    pub entity: Option<usize>,
    pub found: Found,
    /// It stands inside a quotation.
    pub quoted: bool,
}

/// How a mention was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    Title,
    Pronoun,
    Honorific,
    BehindTitle,
    Subject,
    Known,
}

/// A possible speaker.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    pub speaker: Speaker,
    /// The rules know it as a speaker of this article.
    pub known: bool,
    /// Its mentions.
    pub count: usize,
}

/// The mentions in some stretches of a text, in order.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub mentions: Vec<CandidateMention>,
    pub entities: Vec<Entity>,
    by_name: HashMap<String, usize, FixedState>,
}

/// How often a word stands before words of saying that may name a speaker by itself; see
/// `lexicon/speaks.txt`.
const LEAST_SPEAKS: &str = "3";

/// Most mentions of a text.
const MAX_MENTIONS: usize = 4_000;

impl Candidates {
    /// The mentions in `windows`, and the subjects of the clauses in `near`; both must be in order
    /// and apart.
    pub fn collect(
        ground: &Ground<'_>,
        windows: &[Span],
        near: &[Span],
        words: &TaggedWords,
    ) -> Candidates {
        let mut found = Candidates::default();
        found.known(ground, windows);
        for &window in near {
            found.subjects(ground, window);
        }
        for &window in windows {
            found.titled(ground, window);
            found.pronouns(ground.scene.text, window);
        }
        found.speaking(ground, words);
        found.settle(ground);
        found
    }

    fn entity(&mut self, speaker: &Speaker, known: bool) -> usize {
        if let Some(&i) = self.by_name.get(&speaker.name) {
            let entity = &mut self.entities[i];
            entity.known |= known;
            if entity.speaker.title.is_empty() {
                entity.speaker.title.clone_from(&speaker.title);
            }
            return i;
        }
        let i = self.entities.len();
        self.by_name.insert(speaker.name.clone(), i);
        self.entities.push(Entity { speaker: speaker.clone(), known, count: 0 });
        i
    }

    fn push(&mut self, span: Span, entity: Option<usize>, found: Found) {
        if self.mentions.len() < MAX_MENTIONS {
            self.mentions.push(CandidateMention { span, entity, found, quoted: false });
        }
    }

    /// The names that the rules know, wherever they stand.
    fn known(&mut self, ground: &Ground<'_>, windows: &[Span]) {
        let speakers = ground.said.iter().flat_map(|u| &u.source.speakers).map(|(s, _)| (s, true));
        let persons = ground.cast.persons().map(|s| (s, false));
        for (speaker, heard) in speakers.chain(persons) {
            if speaker.name.chars().count() < 2 {
                continue;
            }
            let before = self.entities.len();
            let i = self.entity(speaker, heard);
            if i < before {
                continue;
            }
            let short = speaker.name.rsplit(['·', '•', '・', '-']).next().unwrap_or("");
            let form = if short.chars().count() >= 2 { short } else { &speaker.name };
            for &window in windows {
                let text = window.of(ground.scene.text);
                for (at, _) in text.match_indices(form) {
                    let end = window.start + at + form.len();
                    let whole = text[..at + form.len()].ends_with(speaker.name.as_str());
                    let length = if whole { speaker.name.len() } else { form.len() };
                    self.push(Span::new(end - length, end), Some(i), Found::Known);
                }
            }
        }
    }

    /// The subjects of clauses that stand in no quotation.
    fn subjects(&mut self, ground: &Ground<'_>, window: Span) {
        let scene = ground.scene;
        let breaks = &scene.marks.breaks;
        let from = breaks.partition_point(|b| b.span.end <= window.start);
        // A clause that begins before the window is no whole one.
        let cut =
            window.start > 0 && breaks[..from].last().is_none_or(|b| b.span.end != window.start);
        let mut start = match breaks.get(from).filter(|_| cut) {
            Some(first) => first.span.end,
            None => window.start,
        };
        let from = (from + usize::from(cut)).min(breaks.len());
        let ends = breaks[from..].iter().map(|b| b.span).chain([Span::new(window.end, window.end)]);
        for end in ends {
            if start >= window.end {
                break;
            }
            let clause = Span::new(start, end.start.min(window.end).max(start));
            start = end.end;
            if clause.is_empty() || in_quotation(ground, clause.start) {
                continue;
            }
            for mention in subject::subjects(scene.text, clause, scene.grammar, ground.cast)
                .unwrap_or_default()
            {
                let kind = match mention.who {
                    Who::Is(kind) => kind,
                    Who::Media => SpeakerKind::Organisation,
                    _ => continue,
                };
                if mention.score < score::RECOGNISED {
                    continue;
                }
                let speaker = Speaker {
                    name: mention.name.clone(),
                    kind,
                    title: mention.title.clone(),
                    aliases: mention.alias.clone().into_iter().collect(),
                    represents: None,
                };
                let i = self.entity(&speaker, false);
                self.push(mention.span, Some(i), Found::Subject);
            }
        }
    }

    /// Titles, names behind them, surnames before them.
    fn titled(&mut self, ground: &Ground<'_>, window: Span) {
        let text = ground.scene.text;
        let grammar = ground.scene.grammar;
        let words = window.of(text);
        let mut next = 0;
        for (at, c) in words.char_indices() {
            if at < next || !is_han(c) {
                continue;
            }
            let Some(title) = grammar.titles.prefix(&words[at..]) else { continue };
            if title.chars().count() < 2 {
                continue;
            }
            let start = window.start + at;
            let end = start + title.len();
            next = at + title.len();
            let honorific =
                grammar.titles.attributes(title).is_some_and(|a| a.contains("honorific"));
            let surname = grammar.surnames.suffix(&text[..start]);
            if let Some(surname) = surname.filter(|_| honorific) {
                let from = start - surname.len();
                let speaker = person(&text[from..end], "");
                let i = self.entity(&speaker, false);
                self.push(Span::new(from, end), Some(i), Found::Honorific);
                continue;
            }
            let i = self.entity(&role(title), false);
            self.push(Span::new(start, end), Some(i), Found::Title);
            if let Some(name) = name_at(&text[end..window.end], grammar) {
                let i = self.entity(&person(name, title), false);
                self.push(Span::new(end, end + name.len()), Some(i), Found::BehindTitle);
                next += name.len();
            }
        }
    }

    /// Words that often stand before words of saying: 店家.
    fn speaking(&mut self, ground: &Ground<'_>, words: &TaggedWords) {
        let (text, grammar) = (ground.scene.text, ground.scene.grammar);
        for &word in words.all() {
            let name = word.of(text);
            if grammar.speaks(name) >= LEAST_SPEAKS && !grammar.titles.contains(name) {
                let i = self.entity(&role(name), false);
                self.push(word, Some(i), Found::Title);
            }
        }
    }

    fn pronouns(&mut self, text: &str, window: Span) {
        const WORDS: [&str; 3] = ["他", "她", "对方"];
        for word in WORDS {
            for (at, _) in window.of(text).match_indices(word) {
                let start = window.start + at;
                // 其他
                if !text[..start].ends_with('其') {
                    self.push(Span::new(start, start + word.len()), None, Found::Pronoun);
                }
            }
        }
    }

    /// Sorts the mentions, drops those inside others, and joins short forms with full ones.
    fn settle(&mut self, ground: &Ground<'_>) {
        let mut mentions = std::mem::take(&mut self.mentions);
        mentions.sort_by_key(|m| (m.span.start, std::cmp::Reverse((m.span.end, m.found))));
        for mut mention in mentions {
            if self.mentions.last().is_some_and(|last| mention.span.end <= last.span.end) {
                continue;
            }
            mention.quoted = in_quotation(ground, mention.span.start);
            self.mentions.push(mention);
        }
        let fuller: Vec<usize> =
            (0..self.entities.len()).map(|i| self.fuller(i, ground.scene.grammar)).collect();
        let root = |mut i: usize| {
            for _ in 0..4 {
                i = fuller[i];
            }
            i
        };
        for mention in &mut self.mentions {
            mention.entity = mention.entity.map(root);
            if let Some(i) = mention.entity {
                self.entities[i].count += 1;
            }
        }
        for i in 0..self.entities.len() {
            if self.entities[i].known {
                self.entities[root(i)].known = true;
            }
        }
    }

    /// The entity whose name is the full form of the name of entity `i`; itself where there
    /// is none.
    fn fuller(&self, i: usize, grammar: &Grammar) -> usize {
        let own = &self.entities[i].speaker;
        let name = own.name.as_str();
        if own.kind == SpeakerKind::Role {
            return i;
        }
        let longer = |e: &Entity| {
            let rest = e.speaker.name.len().checked_sub(name.len()).filter(|r| *r > 0);
            rest.is_some_and(|r| r <= 24)
                && name.chars().count() >= 2
                && e.speaker.kind == own.kind
                && (e.speaker.name.ends_with(name) || e.speaker.name.starts_with(name))
        };
        if let Some(found) = self.entities.iter().position(longer) {
            return found;
        }
        let Some(title) = grammar.titles.suffix(name).filter(|t| t.len() < name.len()) else {
            return i;
        };
        let surname = &name[..name.len() - title.len()];
        let mut same = self.entities.iter().enumerate().filter(|(j, e)| {
            *j != i
                && e.speaker.kind == SpeakerKind::Person
                && e.speaker.name.starts_with(surname)
                && (2..=4).contains(&e.speaker.name.chars().count())
                && grammar.titles.suffix(&e.speaker.name).is_none()
        });
        match (same.next(), same.next()) {
            (Some((j, _)), None) => j,
            _ => i,
        }
    }
}

/// True if a place lies in a quotation.
fn in_quotation(ground: &Ground<'_>, at: usize) -> bool {
    let quotations = &ground.scene.marks.quotations;
    let next = quotations.partition_point(|q| q.outer.end <= at);
    quotations.get(next).is_some_and(|q| q.outer.start <= at)
}

fn person(name: &str, title: &str) -> Speaker {
    Speaker {
        name: name.to_owned(),
        kind: SpeakerKind::Person,
        title: title.to_owned(),
        aliases: Vec::new(),
        represents: None,
    }
}

fn role(name: &str) -> Speaker {
    Speaker { kind: SpeakerKind::Role, ..person(name, "") }
}

/// The name of a person that `text` begins with: a surname, and one or two characters of given
/// names before a word that ends names.
fn name_at<'t>(text: &'t str, grammar: &Grammar) -> Option<&'t str> {
    let surname = grammar.surnames.prefix(text)?;
    let rest = &text[surname.len()..];
    let ends = |n: usize| {
        let end = rest.char_indices().nth(n).map_or(rest.len(), |(at, _)| at);
        let (given, behind) = rest.split_at(end);
        let fits = given.chars().count() == n
            && given.chars().all(|c| grammar.given.contains(c.encode_utf8(&mut [0; 4])));
        let free = behind.chars().next().is_none_or(|c| !is_han(c))
            || grammar.bounds.prefix(behind).is_some();
        (fits && free).then_some(surname.len() + end)
    };
    ends(2).or_else(|| ends(1)).map(|end| &text[..end])
}
