//! Turns of interviews and transcripts: the words from one label to the next, across paragraphs.
//!
//! label.rs finds the labels. This file finds the speaker of each, leaves out headings, captions
//! and credits inside a turn, and cuts what is left into sentences.

use super::attributed::{Confidence, Rule, Speaker, SpeakerKind, SpeechKind};
use super::content::{Attribution, Utterance};
use super::coreference::Coreference;
use super::grammar::SignClass;
use super::label::{LabelRole, TurnLabel, labels};
use super::mention::Who;
use super::name_reading::NoNames;
use super::person_name;
use super::scene::Scene;
use super::score;
use super::subject;
use crate::text::{Span, first_chars, floor_boundary, is_han};
use std::collections::HashMap;

/// Most sentences of a question.
const MAX_QUESTION: usize = 6;
/// Most characters of a heading inside a turn.
const MAX_HEADING: usize = 22;
/// Bytes at the start of a text that name the person of an interview.
const MAX_OPENING: usize = 1_500;
/// Characters at the start of a paragraph that tell whom it is about.
const NARRATED: usize = 40;
/// Most characters of a short form in a legend.
const MAX_SHORT: usize = 3;

/// One turn of a transcript.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    /// The label as written.
    pub label: Span,
    /// The words, from behind the label to the next label.
    pub words: Span,
    /// The part that the label plays.
    pub role: LabelRole,
    /// The speaker; `None` where the label could not be resolved.
    pub speaker: Option<(Speaker, Confidence)>,
}

/// The turns of a text, in order; empty where it is no transcript.
pub(super) fn turns(scene: &Scene<'_>, cast: &Coreference) -> Vec<Turn> {
    let labels = labels(scene, cast);
    if labels.is_empty() {
        return Vec::new();
    }
    let people = People::new(scene, cast, &labels);
    let mut turns = Vec::new();
    for (i, label) in labels.iter().enumerate() {
        let end = labels.get(i + 1).map_or(scene.text.len(), |next| next.span.start);
        turns.push(Turn {
            label: label.span,
            role: label.role,
            words: Span::new(label.end.min(end), end),
            speaker: people.speaker(label),
        });
    }
    turns
}

/// The sentences of the turns, each given to the speaker of its turn. The first is as certain as
/// the label; the others are carried.
pub(super) fn utterances(scene: &Scene<'_>, turns: &[Turn]) -> Vec<Utterance> {
    let mut found = Vec::new();
    for turn in turns {
        let Some((speaker, confidence)) = &turn.speaker else { continue };
        let mut confidence = *confidence;
        let mut sentences = spoken_sentences(scene, turn.words, speaker);
        if turn.role == LabelRole::Asker {
            // Behind the last question mark of a question somebody else speaks, label or not.
            let asked = sentences.iter().take(MAX_QUESTION).rposition(|s| {
                s.of(scene.text).trim_end_matches(['”', '"']).ends_with(['？', '?'])
            });
            sentences.truncate(asked.map_or(1, |last| last + 1));
        }
        for sentence in sentences {
            let speakers = vec![(speaker.clone(), confidence)];
            let none = Span::new(sentence.start, sentence.start);
            let first = confidence != Confidence::Carried;
            let mention = if first { turn.label } else { none };
            found.push(Utterance {
                span: sentence,
                kind: SpeechKind::Indirect,
                source: Attribution { speakers, mention, cue: none, rule: Rule::Turn },
                unclosed: false,
            });
            confidence = Confidence::Carried;
        }
    }
    found
}

/// The sentences of a turn, without headings and notes, up to the credits below the text or the
/// first paragraph that tells of the speaker or the reporter in the third person.
fn spoken_sentences(scene: &Scene<'_>, words: Span, speaker: &Speaker) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = words.start;
    let mut ended = false;
    for (i, line) in words.of(scene.text).split_inclusive('\n').enumerate() {
        let span = Span::new(at, at + line.trim_end().len());
        at += line.len();
        let plain = line.trim();
        if i > 0 && (is_credit(scene, plain) || tells_of(plain, speaker)) {
            break;
        }
        let heading = i > 0
            && ended
            && plain.chars().count() <= MAX_HEADING
            && !plain.ends_with(|c: char| "。！？!?…”）；：:.,，、」~～".contains(c));
        let note = plain.starts_with(['（', '(', '【', '[', '△', '▲'])
            && plain.ends_with(['）', ')', '】', ']']);
        if plain.is_empty() || heading || note {
            continue;
        }
        ended = plain.ends_with(|c: char| "。！？!?…”）.:：；」".contains(c));
        found.extend(scene.marks.sentences(scene.text, span));
    }
    found
}

/// True for a paragraph of narration: nobody calls himself by his name, or 记者 by that word.
fn tells_of(line: &str, speaker: &Speaker) -> bool {
    let opening = first_chars(line, NARRATED);
    let person = speaker.kind == SpeakerKind::Person;
    person && (opening.contains(speaker.name.as_str()) || opening.starts_with("记者"))
}

/// True for a line that stands below the words of a transcript: a credit, a note on copyright.
fn is_credit(scene: &Scene<'_>, line: &str) -> bool {
    let label = line.split(['：', ':', '|', '丨', '/']).next().unwrap_or("").trim();
    let credit = label.len() < line.len() && scene.grammar.labels.contains(label);
    credit
        || scene
            .grammar
            .begins(SignClass::Foot, line.trim_start_matches(['（', '(', '【', '[', '#', ' ']))
}

/// The people of a transcript, by the labels that stand for them.
struct People<'a> {
    scene: &'a Scene<'a>,
    cast: &'a Coreference,
    /// Full names that the text gives for short labels: 倪 -> 倪寿明.
    legend: HashMap<String, String>,
    /// Names of persons that stand in labels and in the opening.
    names: Vec<String>,
    answerer: Option<Speaker>,
}

impl<'a> People<'a> {
    fn new(scene: &'a Scene<'a>, cast: &'a Coreference, labels: &[TurnLabel]) -> People<'a> {
        let mut names: Vec<String> = cast.persons().map(|s| s.name.clone()).collect();
        let person = Who::Is(SpeakerKind::Person);
        let labelled = labels.iter().filter_map(|l| l.mention.as_ref());
        names.extend(labelled.filter(|m| m.who == person).map(|m| m.name.clone()));
        let legend = legend(scene, labels);
        let mut people = People { scene, cast, legend, names, answerer: None };
        let first = labels.first().map_or(0, |l| l.span.start);
        people.names.extend(interviewed(scene, first));
        people.answerer = people.find_answerer(labels, first);
        people
    }

    /// The speaker of a label.
    fn speaker(&self, label: &TurnLabel) -> Option<(Speaker, Confidence)> {
        let words = label.span.of(self.scene.text);
        let note = label.note.of(self.scene.text).trim();
        // Q（主持人）：: the first label of its kind tells who it stands for.
        let noted = Some(note).filter(|n| !n.is_empty()).and_then(|n| self.by_words(n));
        match label.role {
            LabelRole::Asker => noted
                .or_else(|| self.legend.get(words).and_then(|full| self.by_words(full)))
                .or_else(|| Some((Speaker::named("记者", SpeakerKind::Role), Confidence::Role))),
            LabelRole::Answerer => noted
                .or_else(|| self.legend.get(words).and_then(|full| self.by_words(full)))
                .or_else(|| self.answerer.clone().map(|s| (s, Confidence::Role))),
            LabelRole::Named => {
                if let Some(full) = self.legend.get(words).or_else(|| self.longer(words)) {
                    return self.by_words(full);
                }
                let mention = label.mention.as_ref()?;
                self.cast.resolve(mention, None, self.scene.grammar)
            }
        }
    }

    /// The speaker called `words`: a person of the article, or what the words say.
    fn by_words(&self, words: &str) -> Option<(Speaker, Confidence)> {
        let words = words.trim();
        // A name of nothing but spaces and strokes is nobody's.
        if !words.contains(char::is_alphanumeric) {
            return None;
        }
        if let Some(speaker) = self.cast.persons().find(|s| s.name == words) {
            return Some((speaker.clone(), Confidence::Named));
        }
        if words.chars().count() > 20 {
            return None;
        }
        let found = person_name::person(words, self.scene.grammar, self.cast);
        if let Some(found) = found.filter(|f| f.score >= score::PLAUSIBLE) {
            let mut speaker = Speaker::named(found.name, SpeakerKind::Person);
            found.before.clone_into(&mut speaker.title);
            return Some((speaker, Confidence::Named));
        }
        if self.names.iter().any(|name| name == words) {
            return Some((Speaker::named(words, SpeakerKind::Person), Confidence::Named));
        }
        Some((Speaker::named(words, SpeakerKind::Role), Confidence::Role))
    }

    /// The full name that a surname or the last part of a name stands for.
    fn longer(&self, label: &str) -> Option<&String> {
        let longer = |name: &&String| {
            let surname = label.chars().count() == 1 && name.starts_with(label);
            let last = label.chars().count() >= 2 && name.ends_with(label);
            name.len() > label.len() && (surname || last)
        };
        self.names
            .iter()
            .filter(longer)
            .max_by_key(|name| (self.scene.text.matches(name.as_str()).count().min(9), name.len()))
    }

    /// Who answers the press by the headline or the lines above the first label:
    /// 外交部发言人就…答记者问.
    fn answering_office(&self, first: usize) -> Option<Speaker> {
        let scene = self.scene;
        let opening = &scene.text[..first.min(scene.text.len())];
        [opening, scene.headline.unwrap_or("")].into_iter().find_map(|text| {
            let at = text.find(ANSWERS)?;
            let start = text[..at]
                .rfind(['，', '。', '\n', ' '])
                .map_or(0, |i| i + text[i..].chars().next().map_or(0, char::len_utf8));
            let clause = Span::new(start, at + ANSWERS.len());
            let mention = subject::subject(text, clause, scene.grammar, self.cast)?;
            self.cast.resolve(&mention, None, scene.grammar).map(|(speaker, _)| speaker)
        })
    }

    /// The one who answers: the other person of the labels, else the person of the opening.
    fn find_answerer(&self, labels: &[TurnLabel], first: usize) -> Option<Speaker> {
        let person = Who::Is(SpeakerKind::Person);
        // The reporter's label names who asks.
        let asks = |l: &TurnLabel| {
            let words = l.span.of(self.scene.text);
            ["记者", "主持", "编辑", "网友"].iter().any(|w| words.contains(w))
        };
        let other = labels.iter().filter(|l| l.role == LabelRole::Named && !asks(l));
        let other = other.filter_map(|l| l.mention.as_ref()).find(|m| m.who == person);
        if let Some(mention) = other {
            return self.cast.resolve(mention, None, self.scene.grammar).map(|(s, _)| s);
        }
        let opening = &self.scene.text[..first];
        let headline = self.scene.headline.unwrap_or("");
        let weight = |name: &str| {
            let introduced =
                introduced(self.scene, headline, name) + introduced(self.scene, opening, name);
            let headed = headline.matches(name).count();
            if introduced + headed == 0 {
                return 0;
            }
            headed * 3 + opening.matches(name).count().min(5) + introduced * 4
        };
        let best = self.names.iter().max_by_key(|name| (weight(name), name.len()));
        let best = best.filter(|name| weight(name) > 0).and_then(|name| self.by_words(name));
        best.map(|(speaker, _)| speaker).or_else(|| self.answering_office(first))
    }
}

/// The end of a text that announces answers to the press.
const ANSWERS: &str = "答记者问";

/// How often `name` stands right behind a word that introduces the person of an interview, or
/// before 答记者问.
fn introduced(scene: &Scene<'_>, text: &str, name: &str) -> usize {
    let signs = || scene.grammar.signs(SignClass::Interviews);
    text.match_indices(name)
        .filter(|(at, _)| {
            let before = text[..*at].trim_end_matches(['：', ':', ' ']);
            let behind = &text[at + name.len()..];
            signs().any(|w| before.ends_with(w) || behind.starts_with(w))
        })
        .count()
}

/// Names that stand behind a word that introduces the person of an interview: 对话王建国.
fn interviewed(scene: &Scene<'_>, first: usize) -> Vec<String> {
    let mut found = Vec::new();
    let upto = floor_boundary(scene.text, first.min(MAX_OPENING));
    for text in [scene.headline.unwrap_or(""), &scene.text[..upto]] {
        for sign in scene.grammar.signs(SignClass::Interviews) {
            for (at, _) in text.match_indices(sign) {
                let rest = text[at + sign.len()..].trim_start_matches(['：', ':', ' ']);
                found.extend(name_at(scene, rest));
            }
        }
    }
    found
}

/// The person's name that `rest` starts with, if the text has it again.
fn name_at(scene: &Scene<'_>, rest: &str) -> Option<String> {
    [3, 2, 4].into_iter().find_map(|length| {
        let end = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
        let name = &rest[..end];
        let found = person_name::person(name, scene.grammar, &NoNames)?;
        let whole = found.name == name && found.score >= score::BARE_FOREIGN;
        let closed = !rest[end..].starts_with(is_han);
        (whole && (closed || scene.text.matches(name).count() >= 2)).then(|| name.to_owned())
    })
}

/// The short forms that the text explains: 倪寿明（以下简称倪）, 问：记者　陈：陈大文.
fn legend(scene: &Scene<'_>, labels: &[TurnLabel]) -> HashMap<String, String> {
    let text = scene.text;
    let mut found = HashMap::new();
    for sign in scene.grammar.signs(SignClass::Short) {
        for (at, _) in text.match_indices(sign) {
            let before = text[..at].trim_end_matches(['（', '(', '，', ' ', '以', '下']);
            let name = before.rsplit(|c: char| "，。；：、（()）\n “”".contains(c)).next();
            let short = text[at + sign.len()..]
                .trim_start_matches(['“', '"', '：', ':', '为', ' '])
                .split(['）', ')', '”', '"', '，', '。'])
                .next();
            if let (Some(name), Some(short)) = (name, short)
                && (1..=MAX_SHORT).contains(&short.chars().count())
                && short.chars().next().is_some_and(|c| name.contains(c))
                && name.chars().count() <= 14
            {
                found.insert(short.to_owned(), name.to_owned());
            }
        }
    }
    // A label that explains another: its words are nothing but a name or role.
    for (i, label) in labels.iter().enumerate() {
        let end = labels.get(i + 1).map_or(text.len(), |next| next.span.start);
        let words = Span::new(label.end.min(end), end).of(text).trim();
        let words = words.trim_end_matches(['；', '，', ';', ',', '\u{3000}']);
        let short = label.span.of(text);
        let explains = label.role != LabelRole::Named || short.chars().count() <= MAX_SHORT;
        let person = person_name::person(words, scene.grammar, &NoNames)
            .is_some_and(|f| f.score >= score::SOUND && f.name.starts_with(short));
        let role = scene.grammar.titles.contains(words) || words.ends_with("记者");
        if explains && (2..=12).contains(&words.chars().count()) && (person || role) {
            found.entry(short.to_owned()).or_insert_with(|| words.to_owned());
        }
    }
    // The bracket behind the first label of its kind: Q（主持人）：.
    for label in labels.iter().filter(|l| l.role != LabelRole::Named && !l.note.is_empty()) {
        let note = label.note.of(text).trim();
        found.entry(label.span.of(text).to_owned()).or_insert_with(|| note.to_owned());
    }
    found
}
