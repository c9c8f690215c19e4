//! The speaker of a quotation where the rules are silent, unsure or go through a pronoun.
//!
//! Every candidate (candidate.rs) of every such quotation makes a row of numbers; trees (forest.rs)
//! give the probability that it said the quotation.

use super::candidate::{CandidateMention, Candidates, Found};
use super::ground::Ground;
use super::row::Row;
use super::{Probabilities, percent};
use crate::quote::attributed::{Confidence, Rule, SpeakerKind};
use crate::quote::content::{Attribution, Utterance, direct};
use crate::quote::cue::Cue;
use crate::quote::grammar::SignClass;
use crate::quote::learned::forest::Forest;
use crate::quote::punctuation::{Mark, Quotation, ended};
use crate::quote::tagged_words::TaggedWords;
use crate::text::word::TAGS;
use crate::text::{Span, floor_boundary, is_han};

/// Bytes before and behind a quotation in which its speaker is looked for.
const BEFORE: usize = 1_800;
const BEHIND: usize = 450;
/// The same for a subject that is neither a known name nor stands with a title.
const SUBJECTS_BEFORE: usize = 300;
const SUBJECTS_BEHIND: usize = 120;
/// Most quotations of a text that are decided here.
const MAX_QUOTATIONS: usize = 300;

/// The rules' answer about a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::quote) enum RuleAnswer {
    /// Nothing.
    Silent,
    /// Speech by nobody known, or by a speaker who stands elsewhere.
    Weak(usize),
    /// Speech by a speaker that stands with it, or part of a report.
    Firm,
}

/// The rules' answer about each quotation of `ground`.
pub(in crate::quote) fn answers(ground: &Ground<'_>) -> Vec<RuleAnswer> {
    let mut found = Vec::with_capacity(ground.scene.marks.quotations.len());
    for quotation in &ground.scene.marks.quotations {
        found.push(answer(ground, *quotation));
    }
    found
}

fn answer(ground: &Ground<'_>, quotation: Quotation) -> RuleAnswer {
    let inner = quotation.inner;
    // Reports are short; those that reach a quotation start not far before it.
    let upto = ground.said.partition_point(|u| u.span.start < inner.end);
    let near = ground.said[upto.saturating_sub(40)..upto].iter().enumerate();
    let offset = upto.saturating_sub(40);
    let shared = |u: &Utterance| {
        u.span.end.min(inner.end).saturating_sub(u.span.start.max(inner.start)) * 2 >= inner.len()
    };
    let mut weak = None;
    for (i, utterance) in near.filter(|(_, u)| shared(u)) {
        let source = &utterance.source;
        if source.rule == Rule::Turn {
            return RuleAnswer::Firm;
        }
        let elsewhere = matches!(source.rule, Rule::CarriedQuotation | Rule::Inherited)
            || source.speakers.iter().any(|(_, c)| *c <= Confidence::Pronoun);
        if !source.speakers.is_empty() && !elsewhere {
            return RuleAnswer::Firm;
        }
        weak = Some(offset + i);
    }
    weak.map_or(RuleAnswer::Silent, RuleAnswer::Weak)
}

/// The quotations whose surroundings are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::quote) enum CandidateReach {
    /// All: for training.
    All,
    /// Those without a firm answer that may be speech.
    Open,
}

/// Least characters of a quotation that may be speech by its words alone.
const MIN_SPEECH: usize = 6;

/// False for a short phrase without a mark or a word of sentences, which nearly always is a term.
fn may_be_speech(ground: &Ground<'_>, quotation: Quotation) -> bool {
    let inner = quotation.inner.of(ground.scene.text);
    ended(inner)
        || inner.chars().count() >= MIN_SPEECH
            && ground.scene.grammar.holds(SignClass::Clause, inner)
}

/// A quotation with its candidates.
#[derive(Debug)]
pub struct Question {
    /// The words between the marks, in the text that was read.
    pub inner: Span,
    /// True if the model may decide: the rules have no firm answer.
    pub open: bool,
    /// The name and the row of each candidate.
    pub candidates: Vec<(String, Row)>,
}

/// A text's quotations with their candidates, and what they stand on.
pub(in crate::quote) struct QuotationReader<'a> {
    ground: &'a Ground<'a>,
    candidates: Candidates,
    answers: Vec<RuleAnswer>,
    marks: MarkPlaces,
    /// The words around the quotations.
    words: TaggedWords,
}

/// The places of marks in a text, each kind in order.
#[derive(Debug, Default)]
struct MarkPlaces {
    stops: Vec<usize>,
    commas: Vec<usize>,
    lines: Vec<usize>,
    quotations: Vec<usize>,
}

impl MarkPlaces {
    fn new(text: &str, windows: &[Span]) -> MarkPlaces {
        let mut places = MarkPlaces::default();
        for window in windows {
            for (at, c) in window.of(text).char_indices() {
                let kind = match c {
                    '。' | '！' | '？' | '!' | '?' => &mut places.stops,
                    '，' | '；' | ',' => &mut places.commas,
                    '\n' => &mut places.lines,
                    '“' | '「' => &mut places.quotations,
                    _ => continue,
                };
                kind.push(window.start + at);
            }
        }
        places
    }
}

/// The number of places in `span`.
fn count(places: &[usize], span: Span) -> usize {
    let before = |at: usize| places.partition_point(|&place| place < at);
    before(span.end).saturating_sub(before(span.start))
}

impl<'a> QuotationReader<'a> {
    /// Reads the surroundings of the quotations that `reach` takes in.
    pub fn new(ground: &'a Ground<'a>, reach: CandidateReach) -> QuotationReader<'a> {
        let mut answers = answers(ground);
        if reach == CandidateReach::Open {
            for (answer, quotation) in answers.iter_mut().zip(&ground.scene.marks.quotations) {
                if *answer == RuleAnswer::Silent && !may_be_speech(ground, *quotation) {
                    *answer = RuleAnswer::Firm;
                }
            }
        }
        let wanted = |a: RuleAnswer| reach == CandidateReach::All || a != RuleAnswer::Firm;
        let quotations = ground.scene.marks.quotations.iter().zip(&answers);
        let outer: Vec<Span> = quotations
            .filter(|(_, answer)| wanted(**answer))
            .take(MAX_QUOTATIONS)
            .map(|(quotation, _)| quotation.outer)
            .collect();
        let text = ground.scene.text;
        let around = windows(text, &outer, (BEFORE, BEHIND));
        let near = windows(text, &outer, (SUBJECTS_BEFORE, SUBJECTS_BEHIND));
        let marks = MarkPlaces::new(text, &around);
        let mut words = TaggedWords::default();
        for &window in &around {
            words.extend(text, window, &ground.scene.grammar.segmenter);
        }
        let candidates = Candidates::collect(ground, &around, &near, &words);
        QuotationReader { ground, candidates, answers, marks, words }
    }

    /// The entities that may have said quotation `q`, each with its row, made like `template`
    /// (named or not).
    fn rows(&self, q: usize, template: &Row) -> Vec<(usize, Row)> {
        let quotation = self.ground.scene.marks.quotations[q];
        let window = window(self.ground.scene.text, quotation.outer, (BEFORE, BEHIND));
        let mentions = &self.candidates.mentions;
        let from = mentions.partition_point(|m| m.span.start < window.start);
        let upto = mentions.partition_point(|m| m.span.end <= window.end);
        let near: Vec<&CandidateMention> = mentions[from.min(upto)..upto]
            .iter()
            .filter(|m| !m.span.overlaps(quotation.outer))
            .collect();
        let mut entities: Vec<usize> = near.iter().filter_map(|m| m.entity).collect();
        entities.sort_unstable();
        entities.dedup();
        let place = QuotationPlace::new(self, q, near);
        let mut base = template.clone();
        place.own(&mut base);
        entities
            .into_iter()
            .map(|entity| {
                let mut row = base.clone();
                place.pair(entity, &mut row);
                (entity, row)
            })
            .collect()
    }
}

/// The stretch from `reach.0` bytes before a quotation to `reach.1` behind it.
fn window(text: &str, outer: Span, reach: (usize, usize)) -> Span {
    let boundary = |at: usize| (at..=text.len()).find(|&i| text.is_char_boundary(i));
    let start = boundary(outer.start.saturating_sub(reach.0)).unwrap_or(0);
    let end = boundary((outer.end + reach.1).min(text.len())).unwrap_or(text.len());
    Span::new(start, end.max(outer.end))
}

/// The windows of some quotations; those that touch are one.
fn windows(text: &str, outer: &[Span], reach: (usize, usize)) -> Vec<Span> {
    let mut windows: Vec<Span> = Vec::new();
    for &outer in outer {
        let window = window(text, outer, reach);
        match windows.last_mut() {
            Some(last) if last.end >= window.start => last.end = last.end.max(window.end),
            _ => windows.push(window),
        }
    }
    windows
}

/// One quotation and what stands around it.
struct QuotationPlace<'a> {
    reader: &'a QuotationReader<'a>,
    text: &'a str,
    index: usize,
    quotation: Quotation,
    /// From the start to the end of the sentence around the quotation.
    sentence: Span,
    mentions: Vec<&'a CandidateMention>,
    /// The last speaker before, the one before that, and the next, by the rules' other answers.
    last: Option<&'a Utterance>,
    earlier: Option<&'a Utterance>,
    next: Option<&'a Utterance>,
}

impl<'a> QuotationPlace<'a> {
    fn new(
        reader: &'a QuotationReader<'a>,
        index: usize,
        mentions: Vec<&'a CandidateMention>,
    ) -> QuotationPlace<'a> {
        let ground = reader.ground;
        let text = ground.scene.text;
        let quotation = ground.scene.marks.quotations[index];
        let outer = quotation.outer;
        let start = ground.scene.marks.sentence_start(outer.start);
        let end = ground.scene.marks.next(outer.end, |m| m >= Mark::Stop && m != Mark::Quoted);
        let own = |u: &&Utterance| u.span.overlaps(quotation.inner);
        let upto = ground.said.partition_point(|u| u.span.start < outer.start);
        let spoken = |u: &&Utterance| !u.source.speakers.is_empty() && !own(u);
        let mut before = ground.said[..upto].iter().rev().take(40).filter(spoken);
        let last = before.next();
        let earlier = last.and_then(|last| {
            before.find(|u| u.source.speakers[0].0.name != last.source.speakers[0].0.name)
        });
        let next = ground.said[upto..].iter().take(40).find(spoken);
        QuotationPlace {
            reader,
            text,
            index,
            quotation,
            sentence: Span::new(start.min(outer.start), end.span.start.max(outer.end)),
            mentions,
            last,
            earlier,
            next,
        }
    }

    fn cues(&self, span: Span) -> &'a [Cue] {
        let cues = self.reader.ground.cues;
        let from = cues.partition_point(|c| c.span.start < span.start);
        let upto = cues.partition_point(|c| c.span.end <= span.end);
        &cues[from.min(upto)..upto]
    }

    /// Adds the numbers of the quotation alone.
    fn own(&self, row: &mut Row) {
        let outer = self.quotation.outer;
        let inner = self.quotation.inner.of(self.text);
        let grammar = self.reader.ground.scene.grammar;
        let before = self.text[..outer.start].chars().next_back().unwrap_or('\n');
        let behind = self.text[outer.end..].chars().next().unwrap_or('\n');
        row.push("q.length", inner.chars().count());
        row.push("q.marks", inner.chars().filter(|c| "，。！？；,".contains(*c)).count());
        row.push("q.ended", ended(inner));
        row.push("q.comma", inner.ends_with(['，', ',']));
        row.push("q.colon", matches!(before, '：' | ':'));
        row.push("q.after.comma", matches!(before, '，' | ','));
        row.push("q.after.stop", matches!(before, '。' | '！' | '？' | '\n' | '”' | '；'));
        row.push("q.after.line", before == '\n');
        row.push("q.after.word", is_han(before));
        row.push("q.before.word", is_han(behind));
        row.push("q.before.comma", matches!(behind, '，' | ','));
        row.push("q.before.stop", matches!(behind, '。' | '！' | '？' | '\n'));
        row.push("q.before.line", behind == '\n');
        row.push("q.before.de", behind == '的');
        row.push(
            "q.list",
            matches!(before, '、' | '和' | '与') || matches!(behind, '、' | '和' | '与'),
        );
        row.push("q.spoken", grammar.holds(SignClass::Spoken, inner));
        row.push("q.clause", grammar.holds(SignClass::Clause, inner));
        row.push("q.first.person", inner.contains(['我', '你', '您', '咱']));
        row.push(
            "q.particles",
            inner.chars().filter(|c| "了吗吧呢啊的是不就都也".contains(*c)).count(),
        );
        row.push("q.latin", inner.chars().filter(char::is_ascii_alphanumeric).count());
        row.push("q.lead", (outer.start - self.sentence.start) / 3);
        row.push("q.rest", (self.sentence.end - outer.end) / 3);
        let lead = Span::new(self.sentence.start, outer.start);
        let rest = Span::new(outer.end, self.sentence.end);
        let (before_cues, after_cues) = (self.cues(lead), self.cues(rest));
        let gap = |from: usize, to: usize| to.saturating_sub(from) / 3;
        row.push("q.cue.before", before_cues.last().map_or(99, |c| gap(c.span.end, outer.start)));
        row.push("q.cue.class", before_cues.last().map_or(99, |c| c.class as usize));
        row.push("q.cue.behind", after_cues.first().map_or(99, |c| gap(outer.end, c.span.start)));
        row.push("q.behind.class", after_cues.first().map_or(99, |c| c.class as usize));
        let quotations = &self.reader.ground.scene.marks.quotations;
        let near = |q: &Quotation| q.outer.start.abs_diff(outer.start) < 450;
        row.push("q.dense", quotations.iter().filter(|q| near(q)).count());
        let before = self.index.checked_sub(1).map(|i| quotations[i]);
        row.push("q.previous", before.map_or(999, |b| gap(b.outer.end, outer.start)));
        let following = quotations.get(self.index + 1);
        row.push("q.following", following.map_or(999, |b| gap(outer.end, b.outer.start)));
        row.push("q.pronoun.before", self.pronouns(lead));
        row.push("q.pronoun.behind", self.pronouns(rest));
        row.push("q.candidates", self.mentions.iter().filter(|m| m.entity.is_some()).count());
    }

    fn pronouns(&self, span: Span) -> usize {
        self.mentions.iter().filter(|m| m.entity.is_none() && span.contains(m.span)).count()
    }

    /// Adds the numbers of the quotation with one candidate.
    fn pair(&self, entity: usize, row: &mut Row) {
        let candidate = &self.reader.candidates.entities[entity];
        let speaker = &candidate.speaker;
        row.push("kind", speaker.kind as usize);
        row.push("count", candidate.count);
        row.push("name", speaker.name.chars().count());
        row.push("titled", !speaker.title.is_empty());
        let said =
            self.reader.ground.said.iter().filter(|u| !u.span.overlaps(self.quotation.inner));
        let says = |u: &Utterance| u.source.speakers.iter().any(|(s, _)| s.name == speaker.name);
        let said = said.filter(|u| says(u)).count();
        row.push("said", said);
        let is = |u: Option<&Utterance>| u.is_some_and(says);
        row.push("is.last", is(self.last));
        row.push("is.earlier", is(self.earlier));
        row.push("is.next", is(self.next));
        let outer = self.quotation.outer;
        let gap = |from: usize, to: usize| to.saturating_sub(from) / 3;
        let to_last = self.last.map_or(999, |u| gap(u.span.end, outer.start));
        row.push("last.gap", to_last);
        row.push("next.gap", self.next.map_or(999, |u| gap(outer.end, u.span.start)));
        let own = |m: &&&CandidateMention| m.entity == Some(entity);
        let before: Vec<&'a CandidateMention> = self
            .mentions
            .iter()
            .filter(own)
            .filter(|m| m.span.end <= outer.start && !m.quoted)
            .copied()
            .collect();
        row.push("quoted", self.mentions.iter().filter(own).filter(|m| m.quoted).count());
        self.mention(entity, said > 0, self.before(&before), &BEFORE_NAMES, row);
        self.mention(entity, said > 0, self.behind(entity), &BEHIND_NAMES, row);
        self.pronoun(entity, row);
    }

    /// Its best mention before the quotation: the nearest, or in the same sentence the one nearest
    /// to a cue. `mentions` are those that stand before it.
    fn before(&self, mentions: &[&'a CandidateMention]) -> Option<MentionPlace<'a>> {
        let outer = self.quotation.outer;
        let cues = self.cues(Span::new(self.sentence.start, outer.start));
        let here = mentions.iter().filter(|m| m.span.start >= self.sentence.start);
        let to_cue = |m: &&&'a CandidateMention| {
            let next = cues.iter().find(|c| c.span.start >= m.span.end);
            let object = self.object(m.span);
            (
                next.map_or(150, |c| c.span.start - m.span.end) + 9 * usize::from(object),
                m.span.start,
            )
        };
        let m = here.min_by_key(to_cue).or(mentions.last()).copied()?;
        let between = Span::new(m.span.end, outer.start);
        Some(MentionPlace { mention: m, between, same: m.span.start >= self.sentence.start })
    }

    /// Its first mention behind the quotation.
    fn behind(&self, entity: usize) -> Option<MentionPlace<'a>> {
        let own = |m: &&&CandidateMention| m.entity == Some(entity) && !m.quoted;
        let outer = self.quotation.outer;
        let m = self.mentions.iter().filter(own).find(|m| m.span.start >= outer.end).copied()?;
        let between = Span::new(outer.end, m.span.start);
        Some(MentionPlace { mention: m, between, same: m.span.start < self.sentence.end })
    }

    /// The numbers of a mention, or of none, under `names`.
    fn mention(
        &self,
        entity: usize,
        heard: bool,
        place: Option<MentionPlace<'_>>,
        names: &[&'static str; MENTION],
        row: &mut Row,
    ) {
        let Some(MentionPlace { mention, between, same }) = place else {
            row.push(names[0], 999usize);
            names[1..].iter().for_each(|name| row.push(name, -1.0f32));
            return;
        };
        let marks = &self.reader.marks;
        let (others, persons) = self.between(entity, between);
        let numbers = [
            between.len() / 3,
            count(&marks.stops, between),
            count(&marks.commas, between),
            count(&marks.lines, between),
            count(&marks.quotations, between),
            usize::from(same),
            others,
            persons,
            self.pronouns(between),
            self.cues(between).len(),
        ];
        let numbers = numbers.into_iter().chain(self.form(mention, heard));
        names.iter().zip(numbers).for_each(|(name, number)| row.push(name, number));
    }

    /// Other candidates, and other persons, that are mentioned in `span`.
    fn between(&self, entity: usize, span: Span) -> (usize, usize) {
        let mut others: Vec<usize> = self
            .mentions
            .iter()
            .filter(|m| span.contains(m.span) && !m.quoted)
            .filter_map(|m| m.entity.filter(|&e| e != entity))
            .collect();
        others.sort_unstable();
        others.dedup();
        let entities = &self.reader.candidates.entities;
        let person = |e: &&usize| entities[**e].speaker.kind == SpeakerKind::Person;
        (others.len(), others.iter().filter(person).count())
    }

    /// How a mention stands in its clause.
    fn form(&self, m: &CandidateMention, heard: bool) -> [usize; 11] {
        let before = self.text[..m.span.start].chars().next_back().unwrap_or('\n');
        let behind = self.text[m.span.end..].chars().next().unwrap_or('\n');
        let end = floor_boundary(self.text, m.span.end + 120);
        let cue = self.cues(Span::new(m.span.end, end)).first();
        // The rules' answer for this very quotation must not show.
        let found = if heard { m.found } else { m.found.min(Found::Subject) };
        let words = &self.reader.words;
        let (start, end) = (words.seam(m.span.start), words.seam(m.span.end));
        let last = end.ending.map_or("", |word| word.of(self.text));
        let speaks = self.reader.ground.scene.grammar.speaks(last);
        [
            cue.map_or(99, |c| (c.span.start - m.span.end) / 3),
            cue.map_or(99, |c| c.class as usize),
            usize::from("，。！？；：“\n”、）】 ,".contains(before)),
            usize::from(self.object(m.span)),
            usize::from(behind == '的'),
            usize::from(matches!(behind, '、' | '和' | '与')),
            found as usize,
            usize::from(start.parted) + 2 * usize::from(end.parted),
            end.before.unwrap_or(TAGS.len()),
            start.before.unwrap_or(TAGS.len()),
            speaks.parse().unwrap_or(0),
        ]
    }

    /// True if a preposition stands before the mention: 对王明.
    fn object(&self, mention: Span) -> bool {
        self.text[..mention.start].ends_with([
            '对', '向', '给', '把', '被', '与', '和', '跟', '同', '为', '让', '将', '使', '由',
            '在', '以',
        ])
    }

    /// Where the candidate stands among those that a pronoun may stand for.
    fn pronoun(&self, entity: usize, row: &mut Row) {
        let outer = self.quotation.outer;
        let here = |m: &&&CandidateMention| m.entity.is_none() && self.sentence.contains(m.span);
        let before = self.mentions.iter().filter(here).rfind(|m| m.span.end <= outer.start);
        let pronoun =
            before.or_else(|| self.mentions.iter().find(|m| here(m) && m.span.start >= outer.end));
        let Some(pronoun) = pronoun else {
            row.push("p.rank", -1.0f32);
            row.push("p.first.rank", -1.0f32);
            row.push("p.cue", -1.0f32);
            return;
        };
        let entities = &self.reader.candidates.entities;
        let persons = self.mentions.iter().rev().filter(|m| {
            m.span.end <= pronoun.span.start
                && !m.quoted
                && m.entity.is_some_and(|e| entities[e].speaker.kind == SpeakerKind::Person)
        });
        let (mut all, mut first) = (Vec::new(), Vec::new());
        for m in persons.take(20) {
            let Some(e) = m.entity else { continue };
            if !all.contains(&e) {
                all.push(e);
            }
            let before = self.text[..m.span.start].chars().next_back().unwrap_or('\n');
            if "，。！？；：\n”".contains(before) && !first.contains(&e) {
                first.push(e);
            }
        }
        let rank = |list: &[usize]| list.iter().position(|&e| e == entity).unwrap_or(9);
        row.push("p.rank", rank(&all));
        row.push("p.first.rank", rank(&first));
        let cue = self.cues(Span::new(pronoun.span.end, self.sentence.end.max(pronoun.span.end)));
        row.push("p.cue", cue.first().map_or(99, |c| (c.span.start - pronoun.span.end) / 3));
    }
}

/// A mention of a candidate before or behind a quotation.
struct MentionPlace<'a> {
    mention: &'a CandidateMention,
    /// The stretch between it and the quotation.
    between: Span,
    /// It stands in the quotation's sentence.
    same: bool,
}

/// The number of numbers of a mention.
const MENTION: usize = 21;
const BEFORE_NAMES: [&str; MENTION] = [
    "b.gap",
    "b.sentences",
    "b.commas",
    "b.lines",
    "b.quotations",
    "b.same",
    "b.others",
    "b.persons",
    "b.pronouns",
    "b.cues",
    "b.cue",
    "b.class",
    "b.first",
    "b.object",
    "b.de",
    "b.list",
    "b.found",
    "b.cut",
    "b.tag",
    "b.tag.before",
    "b.speaks",
];
const BEHIND_NAMES: [&str; MENTION] = [
    "a.gap",
    "a.sentences",
    "a.commas",
    "a.lines",
    "a.quotations",
    "a.same",
    "a.others",
    "a.persons",
    "a.pronouns",
    "a.cues",
    "a.cue",
    "a.class",
    "a.first",
    "a.object",
    "a.de",
    "a.list",
    "a.found",
    "a.cut",
    "a.tag",
    "a.tag.before",
    "a.speaks",
];

/// A candidate of a quotation, as the model rates it.
#[derive(Debug)]
struct Choice {
    entity: usize,
    probability: f64,
}

/// Least ratio of an unsure choice to the speaker that the rules carry from elsewhere.
const LEAST_RATIO: f64 = 3.0;
/// Least ratio of any choice to the speaker whom the rules read in the sentence, through a pronoun
/// or from its earlier words.
const READ_RATIO: f64 = 2.0;

/// Gives quotations that the rules leave open to the speaker that `model` prefers: the utterances
/// of `ground` with these, sorted by span. `chosen` takes the probabilities.
pub(in crate::quote) fn attribute(
    ground: &Ground<'_>,
    model: &Forest,
    chosen: &mut Probabilities,
) -> Vec<Utterance> {
    let mut said = ground.said.to_vec();
    if model.is_empty() {
        return said;
    }
    let reader = QuotationReader::new(ground, CandidateReach::Open);
    for (q, answer) in reader.answers.iter().enumerate().take(MAX_QUOTATIONS) {
        if *answer == RuleAnswer::Firm {
            continue;
        }
        let rated = reader.rated(q, model);
        let likelier = |a: &&Choice, b: &&Choice| {
            a.probability.total_cmp(&b.probability).then(b.entity.cmp(&a.entity))
        };
        let Some(choice) = rated.iter().max_by(likelier) else { continue };
        let rule = match answer {
            RuleAnswer::Weak(i) => Some(&ground.said[*i]),
            _ => None,
        };
        if rule.is_some_and(|rule| reader.agrees(choice, rule)) {
            continue;
        }
        let theirs = rule.map_or(0.0, |rule| reader.likeliest(&rated, rule));
        let read = rule.is_some_and(|rule| rule.source.rule != Rule::CarriedQuotation);
        if read && choice.probability < READ_RATIO * theirs {
            continue;
        }
        if choice.probability < model.least() {
            let carried = rule.is_some_and(|u| u.source.rule == Rule::CarriedQuotation);
            let needed = (LEAST_RATIO * theirs).max(model.least() / 2.0);
            if !carried || choice.probability < needed {
                continue;
            }
        }
        let source = reader.source(q, choice);
        let span = match answer {
            RuleAnswer::Weak(i) => {
                said[*i].source = source;
                said[*i].span
            }
            _ => {
                said.push(direct(ground.scene.marks.quotations[q], source));
                ground.scene.marks.quotations[q].inner
            }
        };
        chosen.insert(span, percent(choice.probability));
    }
    said.sort_by_key(|u| u.span);
    said
}

impl QuotationReader<'_> {
    /// The candidates of quotation `q` with the probability that each said it.
    fn rated(&self, q: usize, model: &Forest) -> Vec<Choice> {
        let rate = |(entity, row): (usize, Row)| Choice {
            entity,
            probability: model.probability(&row.values),
        };
        self.rows(q, &Row::default()).into_iter().map(rate).collect()
    }

    /// The most that a candidate is rated whom the rules chose.
    fn likeliest(&self, rated: &[Choice], utterance: &Utterance) -> f64 {
        let theirs = rated.iter().filter(|choice| self.agrees(choice, utterance));
        theirs.map(|choice| choice.probability).fold(0.0, f64::max)
    }

    /// True if the rules chose this speaker.
    fn agrees(&self, choice: &Choice, utterance: &Utterance) -> bool {
        let name = &self.candidates.entities[choice.entity].speaker.name;
        utterance.source.speakers.iter().any(|(s, _)| s.name == *name)
    }

    fn source(&self, q: usize, choice: &Choice) -> Attribution {
        let outer = self.ground.scene.marks.quotations[q].outer;
        let distance = |m: &&CandidateMention| {
            if m.span.start >= outer.end {
                m.span.start - outer.end
            } else {
                outer.start.saturating_sub(m.span.end)
            }
        };
        let own = self.candidates.mentions.iter().filter(|m| m.entity == Some(choice.entity));
        let none = Span::new(outer.start, outer.start);
        let mention = own.min_by_key(distance).map_or(none, |m| m.span);
        let speaker = self.candidates.entities[choice.entity].speaker.clone();
        Attribution {
            speakers: vec![(speaker, Confidence::Carried)],
            mention,
            cue: none,
            rule: Rule::Model,
        }
    }
}

/// The quotations of a text with their candidates, for training: those with a firm answer too.
pub(in crate::quote) fn questions(ground: &Ground<'_>) -> Vec<Question> {
    let reader = QuotationReader::new(ground, CandidateReach::All);
    let quotations = &ground.scene.marks.quotations;
    (0..quotations.len().min(MAX_QUOTATIONS))
        .map(|q| Question {
            inner: quotations[q].inner,
            open: reader.answers[q] != RuleAnswer::Firm,
            candidates: reader
                .rows(q, &Row::named())
                .into_iter()
                .map(|(e, row)| (reader.candidates.entities[e].speaker.name.clone(), row))
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::definition::Definition;
    use crate::quote::{Grammar, quotation_questions};

    #[test]
    fn every_row_has_the_numbers_that_the_model_was_trained_on() {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let text = "村支书王海停下车，指着新桥。“以前路太窄，孩子上学我不放心！”\
                    他笑了。班长赵立说：“年底就能通车。”李老师点了点头。";
        let questions = quotation_questions(None, text, &grammar);
        assert_eq!(questions.len(), 2);
        let names: Vec<&str> = questions[0].candidates.iter().map(|c| c.0.as_str()).collect();
        assert!(names.contains(&"赵立") && names.contains(&"李老师"), "{names:?}");
        for (_, row) in questions.iter().flat_map(|q| &q.candidates) {
            assert_eq!(row.names(), grammar.attribution.features());
            assert_eq!(row.names().len(), row.values.len());
        }
        assert!(questions[0].open && !questions[1].open);
    }

    #[test]
    fn a_word_that_often_speaks_in_news_is_a_candidate() {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let text = "店家摇了摇头。“都卖完了，明天再来吧！”";
        let questions = quotation_questions(None, text, &grammar);
        assert!(questions[0].candidates.iter().any(|(name, _)| name == "店家"));
    }

    #[test]
    fn nothing_is_decided_without_a_model() {
        let empty = Definition::embedded()
            .with_file("attribution.model", Vec::new())
            .unwrap()
            .with_file("saying.model", Vec::new())
            .unwrap()
            .with_file("continuation.model", Vec::new())
            .unwrap();
        let grammar = Grammar::new(&empty).unwrap();
        let text = "王海停下车。“以前路太窄，孩子上学我不放心！”周国栋表示，年底通车。我们要努力。";
        let quotes = crate::quote::extract(None, text, &grammar);
        assert!(quotes.iter().all(|q| q.probability.is_none()), "{quotes:?}");
    }
}
