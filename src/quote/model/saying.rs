//! The speaker of a word of saying in a sentence in which the rules read none.
//!
//! A choice (choice.rs) among the stretches before the word that may name its speaker, or none.
//! [`questions`] makes its features, for training as for inference.

use super::ground::Ground;
use super::sentence::{Sentence, sentences};
use crate::quote::attributed::{Confidence, Rule, Speaker, SpeakerKind};
use crate::quote::content::Utterance;
use crate::quote::cue::{self, Cue};
use crate::quote::cue_context::{Follows, follows};
use crate::quote::grammar::{Grammar, Lead};
use crate::quote::learned::choice::{Alternatives, FeatureRows, StretchChoice};
use crate::quote::learned::features::{DIGITS, Features, flag};
use crate::quote::mention::{Mention, Phrases, Who, lowest_score};
use crate::quote::score;
use crate::quote::statement::{PronounNumber, Statement, subject_before};
use crate::quote::tagged_words::{Seam, TaggedWords, tag_name};
use crate::text::word::TAGS;
use crate::text::{Span, first_chars, is_han, last_chars};
use foldhash::fast::FixedState;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Most characters before a word of saying that are read.
const MAX_BEFORE: usize = 36;
/// Least and most characters of a stretch.
const MIN_STRETCH: usize = 2;
const MAX_STRETCH: usize = 14;
/// Most words of saying of a sentence that are asked about.
const MAX_CUES: usize = 6;
/// Most sentences of a text that are read.
const MAX_SENTENCES: usize = 300;

/// A word of saying with the stretches that may name its speaker.
#[derive(Debug)]
pub struct SayingQuestion {
    /// The sentence, in the text that was read.
    pub sentence: Span,
    /// The stretches, in the order of the alternatives.
    pub stretches: Vec<Span>,
    pub alternatives: Alternatives,
}

/// The statement that the model makes of a word of saying, or that it makes none.
pub(in crate::quote) struct ToldStatement {
    pub cue: Span,
    /// `None` where nobody speaks, though the rules have a speaker.
    pub statement: Option<Statement>,
    /// Its probability in percent.
    pub probability: u8,
}

/// The statements that `model` makes of the words of saying in sentences of `ground` without a
/// speaker of their own, in order.
pub(in crate::quote) fn told(ground: &Ground<'_>, model: &StretchChoice) -> Vec<ToldStatement> {
    if model.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    each_cue(ground, &mut |reader, order| {
        let none = reader.none(order);
        let best = if model.may_choose(&none) { reader.best(none, model) } else { None };
        let any = best.map_or(0.0, |(_, any)| any);
        let sure = best.filter(|(_, any)| *any >= f64::from(model.least()));
        let statement = sure.and_then(|(mention, _)| statement(ground, reader.cue, mention));
        let cue = reader.cue.span;
        if statement.is_some() || any < LEAST_INHERITED && inherited(ground, cue) {
            found.push(ToldStatement { cue, statement, probability: super::percent(any) });
        }
    });
    found
}

/// Probability of any speaker in a sentence below which none is taken from its earlier words.
const LEAST_INHERITED: f64 = 0.1;

/// True if the rules take the speaker of a cue from earlier in its sentence.
fn inherited(ground: &Ground<'_>, cue: Span) -> bool {
    let own = |u: &&Utterance| u.source.cue.overlaps(cue);
    let here = |u: &Utterance| u.source.speakers.iter().all(|(_, c)| *c > Confidence::Carried);
    ground.said.iter().filter(own).any(|u| u.source.rule == Rule::Inherited && here(u))
}

fn statement(ground: &Ground<'_>, cue: Cue, mention: Span) -> Option<Statement> {
    let scene = ground.scene;
    let speakers = speakers(ground, mention)?;
    let (follows, behind) = follows(scene, cue.span.end);
    let clause = scene.marks.before(mention.start).map_or(0, |b| b.span.end);
    Some(Statement {
        cue: cue.span,
        class: cue.class,
        clause: clause.min(mention.start),
        speakers,
        mention,
        content: (follows != Follows::End).then_some(behind),
        follows,
        rule: Rule::Model,
        medium: false,
    })
}

/// The speakers that a stretch names; `None` where it names something that never speaks.
fn speakers(ground: &Ground<'_>, span: Span) -> Option<Vec<(Speaker, Confidence)>> {
    let scene = ground.scene;
    let phrases = Phrases::new(scene.text, span, scene.grammar, ground.cast);
    let read = phrases.phrase(span).filter(|m| lowest_score(m) >= score::RECOGNISED);
    let mentions = match read {
        Some(mentions) => mentions,
        None => vec![guess(span, span.of(scene.text), scene.grammar)?],
    };
    let mut found = Vec::new();
    for mention in &mentions {
        let about = match mention.who {
            Who::Silent => return None,
            Who::Pronoun => {
                let sentence = scene.marks.sentence_start(span.start);
                let number = PronounNumber::of(&mention.name);
                Some(subject_before(scene, sentence, ground.cast, number)?)
            }
            _ => None,
        };
        let resolved = ground.cast.resolve(mention, about.as_ref(), scene.grammar);
        found.extend(resolved.map(|(speaker, _)| (speaker, Confidence::Carried)));
    }
    (!found.is_empty()).then_some(found)
}

/// A stretch that the rules cannot read: a person by its surname, an organisation by its ending, a
/// role otherwise. `None` where a word stands at one of its ends that is part of no name: 当大会.
fn guess(span: Span, words: &str, grammar: &Grammar) -> Option<Mention> {
    let length = words.chars().count();
    let surnamed = words.chars().all(is_han) && grammar.surnames.prefix(words).is_some();
    let bound = grammar.lead(words) != Lead::Subject
        || grammar.openers.prefix(words).is_some()
        || grammar.bounds.prefix(words).is_some()
        || grammar.bounds.suffix(words).is_some();
    // 连战, 陈建为: such characters are parts of names, too.
    if bound && !(surnamed && length <= 3) {
        return None;
    }
    let kind = if grammar.organisations.suffix(words).is_some() {
        SpeakerKind::Organisation
    } else if grammar.titles.suffix(words).is_some() {
        SpeakerKind::Role
    } else if words.contains('·') || surnamed && length <= 4 {
        SpeakerKind::Person
    } else {
        SpeakerKind::Role
    };
    Some(Mention { who: Who::Is(kind), score: score::GUESS, ..Mention::role(span, words) })
}

/// The questions that a text asks.
pub(in crate::quote) fn questions(ground: &Ground<'_>) -> Vec<SayingQuestion> {
    let mut found = Vec::new();
    each_cue(ground, &mut |reader, order| {
        found.extend(reader.question(reader.none(order)));
    });
    found
}

/// Hands over the words of saying in sentences without a speaker of their own, in order, each with
/// the number of its sentence and its number in it.
fn each_cue(ground: &Ground<'_>, take: &mut dyn FnMut(&CueReader<'_>, (usize, usize))) {
    let names = OnceCell::new();
    let silent = |s: &Sentence| {
        s.reports.is_none_or(|(first, last)| unsure(&ground.said[first..=last], s.span))
    };
    let sentences = sentences(ground.scene, ground.said).into_iter().enumerate();
    for (number, sentence) in sentences.filter(|(_, s)| silent(s)).take(MAX_SENTENCES) {
        let cues = cue::sayings(ground.scene, sentence.span);
        if cues.is_empty() {
            continue;
        }
        let segmenter = &ground.scene.grammar.segmenter;
        let words = Rc::new(TaggedWords::new(ground.scene.text, sentence.span, segmenter));
        for (nth, cue) in cues.into_iter().take(MAX_CUES).enumerate() {
            let words = words.clone();
            take(&CueReader::new(ground, &names, (sentence.span, words), cue), (number, nth));
        }
    }
}

/// True if the reports in `sentence` have only speakers that stand elsewhere in it.
fn unsure(reports: &[Utterance], sentence: Span) -> bool {
    let own = reports.iter().filter(|u| !u.source.speakers.is_empty());
    own.filter(|u| u.span.overlaps(sentence) || u.source.cue.overlaps(sentence))
        .all(|u| u.source.rule == Rule::Inherited)
}

/// The forms of names that the article knows: in full, and each beginning and end of two
/// characters and more.
#[derive(Debug, Default)]
struct ArticleForms<'a> {
    /// True for those of somebody that the rules found speaking.
    forms: HashMap<&'a str, bool, FixedState>,
}

/// Most names of an article whose forms are kept.
const MAX_NAMES: usize = 60;

impl<'a> ArticleForms<'a> {
    fn new(ground: &'a Ground<'_>) -> ArticleForms<'a> {
        let mut found = ArticleForms::default();
        let speakers = ground.said.iter().flat_map(|u| &u.source.speakers).map(|(s, _)| (s, true));
        let persons = ground.cast.persons().map(|s| (s, false));
        for (speaker, heard) in persons.chain(speakers).take(MAX_NAMES) {
            let name = speaker.name.as_str();
            for (at, c) in name.char_indices() {
                for form in [&name[at..], &name[..at + c.len_utf8()]] {
                    if form.chars().nth(1).is_some() {
                        *found.forms.entry(form).or_default() |= heard;
                    }
                }
            }
        }
        found
    }
}

/// A character before a word of saying.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The byte at which it stands.
    at: usize,
    /// It may stand in a name.
    free: bool,
    /// Its kind.
    sign: NameMark,
    /// The byte at which its clause starts, and the characters before it there.
    clause: usize,
    far: usize,
    /// Commas before it in the sentence.
    commas: usize,
}

/// Kinds of characters that tell of a name, the one that counts most last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NameMark {
    None,
    Letter,
    Digit,
    Joint,
}

impl NameMark {
    fn of(c: char) -> NameMark {
        match c {
            '·' => NameMark::Joint,
            _ if c.is_ascii_digit() => NameMark::Digit,
            _ if c.is_ascii_alphabetic() => NameMark::Letter,
            _ => NameMark::None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            NameMark::None => "none",
            NameMark::Letter => "letter",
            NameMark::Digit => "digit",
            NameMark::Joint => "joint",
        }
    }
}

/// Marks that stand in no name.
fn parts_names(c: char) -> bool {
    c.is_whitespace() || "，。！？；：“”‘’「」、（）()《》【】,!?;:\"'".contains(c)
}

struct CueReader<'a> {
    ground: &'a Ground<'a>,
    /// Made once a question needs them.
    names: &'a OnceCell<ArticleForms<'a>>,
    /// The words of the sentence.
    words: Rc<TaggedWords>,
    text: &'a str,
    sentence: Span,
    cue: Cue,
    /// The characters before the cue that are read.
    places: Vec<Place>,
    /// Commas before the cue in the sentence.
    commas: usize,
    /// The mark or word behind the cue.
    mark: &'static str,
}

impl<'a> CueReader<'a> {
    fn new(
        ground: &'a Ground<'a>,
        names: &'a OnceCell<ArticleForms<'a>>,
        (sentence, words): (Span, Rc<TaggedWords>),
        cue: Cue,
    ) -> CueReader<'a> {
        let text = ground.scene.text;
        let before = &text[sentence.start..cue.span.start];
        let from = before.char_indices().rev().nth(MAX_BEFORE - 1).map_or(0, |(at, _)| at);
        let quotations = &ground.scene.marks.quotations;
        let mut next = quotations.partition_point(|q| q.outer.end <= sentence.start + from);
        let (mut clause, mut far, mut commas) = (sentence.start, 0, 0);
        let mut places = Vec::with_capacity(MAX_BEFORE);
        for (i, c) in before.char_indices() {
            let at = sentence.start + i;
            if i >= from {
                while quotations.get(next).is_some_and(|q| q.outer.end <= at) {
                    next += 1;
                }
                let quoted = quotations.get(next).is_some_and(|q| q.outer.start <= at);
                let free = !quoted && !parts_names(c);
                places.push(Place { at, free, sign: NameMark::of(c), clause, far, commas });
            }
            far += 1;
            if "，。！？；：,".contains(c) {
                (clause, far) = (at + c.len_utf8(), 0);
            }
            commas += usize::from(c == '，');
        }
        let mark = match text[cue.span.end..].chars().next() {
            Some('，' | ',') => "，",
            Some('：' | ':') => "：",
            Some('“' | '「' | '"') => "“",
            None | Some('。' | '！' | '？' | '；' | '\n') => "。",
            _ => "w",
        };
        CueReader { ground, names, words, text, sentence, cue, places, commas, mark }
    }

    /// The byte behind character `i` of those that are read.
    fn end(&self, i: usize) -> usize {
        self.places.get(i).map_or(self.cue.span.start, |p| p.at)
    }

    /// The stretch between characters `i` and `j`.
    fn stretch(&self, i: usize, j: usize) -> Span {
        Span::new(self.places[i].at, self.end(j))
    }

    /// The question with all features of all stretches, given those of none; `None` where there
    /// are no stretches.
    fn question(&self, none: FeatureRows) -> Option<SayingQuestion> {
        let (mut alternatives, bounds) = self.ends(none);
        let mut f = Features::default();
        for &(i, j) in &bounds {
            f.clear();
            self.pair(i, j, &mut f);
            alternatives.pairs.push(&f);
        }
        let stretches: Vec<Span> = bounds.into_iter().map(|(i, j)| self.stretch(i, j)).collect();
        let sentence = self.sentence;
        (!stretches.is_empty()).then_some(SayingQuestion { sentence, stretches, alternatives })
    }

    /// The stretch that `model` prefers, given the features of none, and the probability that there
    /// is any.
    fn best(&self, none: FeatureRows, model: &StretchChoice) -> Option<(Span, f64)> {
        let (alternatives, bounds) = self.ends(none);
        let pair = |stretch: usize, f: &mut Features| {
            let (i, j) = bounds[stretch];
            self.pair(i, j, f);
        };
        let (best, any) = model.best(&alternatives, pair)?;
        let (i, j) = bounds[best];
        Some((self.stretch(i, j), any))
    }

    /// The stretches with the features of their starts and ends, and the characters between which
    /// they lie.
    fn ends(&self, none: FeatureRows) -> (Alternatives, Vec<(usize, usize)>) {
        let mut f = Features::default();
        let mut alternatives = Alternatives { none, ..Alternatives::default() };
        let mut bounds = Vec::new();
        let mut end_rows: Vec<Option<u32>> = vec![None; self.places.len() + 1];
        for i in 0..self.places.len() {
            let mut start_row = None;
            for (j, end_row) in end_rows.iter_mut().enumerate().skip(i + 1).take(MAX_STRETCH) {
                if !self.places[j - 1].free {
                    break;
                }
                if j < i + MIN_STRETCH {
                    continue;
                }
                let mut row = |rows: &mut FeatureRows, add: &dyn Fn(&mut Features)| {
                    f.clear();
                    add(&mut f);
                    rows.push(&f);
                    rows.len() as u32 - 1
                };
                let start = *start_row
                    .get_or_insert_with(|| row(&mut alternatives.starts, &|f| self.start(i, f)));
                let end = *end_row
                    .get_or_insert_with(|| row(&mut alternatives.ends, &|f| self.ending(j, f)));
                alternatives.stretches.push((start, end));
                bounds.push((i, j));
            }
        }
        (alternatives, bounds)
    }

    /// The features of a stretch that starts at character `i`.
    fn start(&self, i: usize, f: &mut Features) {
        let grammar = self.ground.scene.grammar;
        let Place { at, clause, far, commas, .. } = self.places[i];
        let before = &self.text[self.sentence.start..at];
        let behind = &self.text[at..self.cue.span.start];
        let last = last_chars(before, 1);
        let first = first_chars(behind, 1);
        let clause = &self.text[clause..at];
        let surname = surname(behind, grammar);
        let opener = grammar.openers.suffix(before).unwrap_or("");
        f.add("s-1", last);
        f.add("s-2", last_chars(before, 2));
        f.add("s1", first);
        f.add("s2", first_chars(behind, 2));
        f.add("s3", first_chars(behind, 3));
        f.cross("s-1.1", last, first);
        f.bucket("s.far", far, &[0, 1, 2, 4, 8, 14]);
        f.add("s.surname", surname);
        f.add("s.opener", opener);
        let rest = far.saturating_sub(opener.chars().count());
        f.cross_bucket("s.opened", flag(!opener.is_empty()), rest, &[0, 1, 3]);
        f.add("s.bound", grammar.bounds.suffix(before).unwrap_or(""));
        f.add("s.clause", first_chars(clause, 1));
        f.add("s.leads", grammar.leads.prefix(clause).unwrap_or(""));
        let titled = grammar.titles.suffix(before).is_some();
        f.cross("s.titled", flag(titled), surname);
        f.bucket("s.commas", commas, &[0, 1, 2]);
        let Seam { parted, before, behind: [next, _], .. } = self.words.seam(at);
        let next = tag_name(next);
        f.cross("s.cut", flag(parted), next);
        f.cross("s.tags", if parted { tag_name(before) } else { "+" }, next);
    }

    /// The features of a stretch that ends before character `j`.
    fn ending(&self, j: usize, f: &mut Features) {
        let grammar = self.ground.scene.grammar;
        let at = self.end(j);
        let before = &self.text[self.places[0].at..at];
        let between = &self.text[at..self.cue.span.start];
        let cue = self.cue.span.of(self.text);
        let last = last_chars(before, 1);
        let next = first_chars(between, 1);
        let gap = self.places.len() - j;
        let title = grammar.titles.suffix(before).unwrap_or("");
        let organisation = grammar.organisations.suffix(before).unwrap_or("");
        f.add("e-1", last);
        f.add("e-2", last_chars(before, 2));
        f.add("e-3", last_chars(before, 3));
        f.add("e1", next);
        f.add("e2", first_chars(between, 2));
        f.add("e.between", if gap <= 7 { between } else { "+" });
        f.bucket("e.gap", gap, &[0, 1, 2, 3, 5, 8, 14, 22]);
        f.add("e.cue", cue);
        f.cross("e.cue", self.mark, cue);
        f.cross("e.first", self.mark, first_chars(between, 3));
        f.cross("e.last", last_chars(cue, 1), last_chars(between, 2));
        f.cross("e.beside", flag(gap == 0), self.mark);
        f.cross("e.beside.cue", flag(gap == 0), last_chars(cue, 1));
        f.add("e.title", title);
        f.add("e.organisation", organisation);
        let kind = match (title.is_empty(), organisation.is_empty()) {
            (false, _) => "title",
            (_, false) => "organisation",
            _ => "neither",
        };
        f.cross_bucket("e.kind", kind, gap, &[0, 2]);
        let commas = self.places.get(j).map_or(0, |p| self.commas - p.commas);
        f.bucket("e.commas", commas, &[0, 1, 2]);
        f.flag("e.silent", grammar.silent.suffix(before).is_some());
        f.add("e.bound", grammar.bounds.prefix(between).unwrap_or(""));
        f.flag("e.meeting", grammar.meetings.suffix(before).is_some());
        f.cross("e-1.1", last, next);
        f.add("e.mark", self.mark);
        f.cross("e-1.cue", last, last_chars(cue, 1));
        let seam = self.words.seam(at);
        let tag = if seam.parted { tag_name(seam.before) } else { "+" };
        let [next, second] = seam.behind.map(tag_name);
        let speaks = match seam.ending {
            Some(word) => grammar.speaks(word.of(self.text)),
            None => "-",
        };
        f.add("e.speaks", speaks);
        f.cross_bucket("e.speaks", speaks, gap, &[0, 2, 5]);
        f.add("e.tag", tag);
        f.cross("e.tags", tag, next);
        f.cross("e.next", next, second);
    }

    /// The features of the stretch between characters `i` and `j` as a whole.
    fn pair(&self, i: usize, j: usize, f: &mut Features) {
        let grammar = self.ground.scene.grammar;
        let words = self.stretch(i, j).of(self.text);
        let length = j - i;
        let sign = self.places[i..j].iter().map(|p| p.sign).max().unwrap_or(NameMark::None);
        let surname = surname(words, grammar);
        let known = match self.names.get_or_init(|| ArticleForms::new(self.ground)).forms.get(words)
        {
            Some(true) => "heard",
            Some(false) => "known",
            None => "new",
        };
        // Which of the characters behind the first are common in given names.
        let given = |c: char| grammar.given.contains(c.encode_utf8(&mut [0; 4]));
        let shape = if length <= 4 {
            let bits = words.chars().skip(1).fold(1, |bits, c| 2 * bits + usize::from(given(c)));
            SHAPES[bits.min(15)]
        } else {
            "+"
        };
        f.bucket("p.length", length, &[2, 3, 4, 5, 6, 8, 10, 12]);
        f.cross_bucket("p.surname", surname, length, &[2, 3, 4, 6, 9]);
        f.add("p.known", known);
        f.cross("p.shape", surname, shape);
        f.add("p.words", if length <= 4 { words } else { "+" });
        f.flag("p.title", grammar.titles.contains(words));
        f.cross("p.holds", flag(words.contains('的')), sign.name());
        let tags = self.words.within(self.stretch(i, j));
        f.bucket("p.count", tags.len(), &[1, 2, 3, 4, 6]);
        f.cross("p.tags", tag_name(tags.first().copied()), tag_name(tags.last().copied()));
        let holds = |verbal: fn(&str) -> bool| tags.iter().any(|&tag| verbal(TAGS[tag]));
        let verb = flag(holds(|tag| tag == "v"));
        f.cross("p.holds.tag", verb, flag(holds(|tag| matches!(tag, "d" | "p" | "c" | "u"))));
    }

    /// The features of none; the sentence and the cue are the nth of theirs.
    fn none(&self, (sentence, nth): (usize, usize)) -> FeatureRows {
        let mut f = Features::default();
        let grammar = self.ground.scene.grammar;
        let words = self.sentence.of(self.text);
        let before = &self.text[self.sentence.start..self.cue.span.start];
        let behind = &self.text[self.cue.span.end..self.sentence.end.max(self.cue.span.end)];
        let cue = self.cue.span.of(self.text);
        f.add("n", "");
        f.add("n.cue", cue);
        f.add("n.class", DIGITS[self.cue.class as usize % 10]);
        f.cross("n.cue.mark", self.mark, cue);
        f.add("n.mark", self.mark);
        f.cross("n-1", last_chars(before, 1), cue);
        f.cross("n-2", last_chars(before, 2), cue);
        f.add("n2", first_chars(behind, 2));
        f.cross("n1", first_chars(behind, 1), cue);
        f.bucket("n.sentence", sentence, &[0, 1]);
        f.bucket("n.length", words.chars().count(), &[10, 20, 40]);
        f.add("n.nth", DIGITS[nth.min(3)]);
        f.cross("n.last", self.mark, last_chars(cue, 1));
        f.flag("n.quoted", first_chars(behind, 3).contains('“'));
        f.flag("n.heard", !self.ground.said.is_empty());
        f.add("n.opener", grammar.openers.prefix(words).unwrap_or(""));
        f.add("n.first", first_chars(words, 2));
        f.bucket("n.before", self.places.len(), &[2, 5, 12, 24]);
        f.add("n.end", last_chars(words, 1));
        let Span { start, end } = self.cue.span;
        let (opens, closes) = (self.words.seam(start), self.words.seam(end));
        f.cross("n.tags", tag_name(opens.before), tag_name(closes.behind[0]));
        f.cross("n.cut", flag(opens.parted), flag(closes.parted));
        let mut row = FeatureRows::default();
        row.push(&f);
        row
    }
}

/// Names of four bits.
const SHAPES: [&str; 16] =
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"];

/// The characters, as a digit, of the surname that words begin with.
fn surname(words: &str, grammar: &Grammar) -> &'static str {
    match grammar.surnames.prefix(words) {
        Some(s) if s.len() > 3 => "2",
        Some(_) => "1",
        None => "0",
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::Definition;
    use crate::quote::{Confidence, Grammar, Quote, Rule, extract};

    fn told(text: &str) -> Vec<Quote> {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let quotes = extract(None, text, &grammar);
        quotes.into_iter().filter(|q| q.rule == Rule::Model && !q.cue.is_empty()).collect()
    }

    #[test]
    fn a_speaker_that_no_list_has_is_read_beside_a_word_of_saying() {
        let text = "据活动主办方介绍，南国智库将实行开放式建设管理模式。";
        let found = told(text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].speaker.as_ref().unwrap().name, "活动主办方");
        assert_eq!(found[0].span.of(text), "南国智库将实行开放式建设管理模式");
        assert_eq!(found[0].confidence, Confidence::Carried);
        assert!(found[0].probability.is_some_and(|p| p >= 60));
    }

    #[test]
    fn who_only_stands_earlier_in_a_sentence_does_not_speak() {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let text = "城厢派出所接到预警信息，称辖区居民周某疑似正遭遇电信网络诈骗。";
        assert_eq!(extract(None, text, &grammar), []);
    }

    #[test]
    fn a_word_of_saying_without_a_speaker_tells_nothing() {
        assert_eq!(told("消息发布后，股价上涨，要求退票的人排起长队。"), []);
        assert_eq!(told("数据显示，客流增加。"), []);
    }
}
