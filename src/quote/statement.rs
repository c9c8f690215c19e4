//! From what was heard around the cues to statements: which of them open a report, and who is the
//! speaker.
//!
//! How far the report goes and what in it is quoted is for content.rs.

use super::cue::Cue;
use super::grammar::CueClass;
use super::hearing::{Follows, Heard, Scene, hear};
use super::layout::Mark;
use super::mention::{CERTAIN, Mention, RECOGNISED, Who, score};
use super::resolve::Memory;
use super::speaker::{self, Reading};
use super::{Confidence, Speaker, SpeakerKind};
use crate::text::Span;

/// A cue that opens or closes a report, with its speakers.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub cue: Span,
    pub class: CueClass,
    /// Where the clause of the cue starts.
    pub clause: usize,
    pub speakers: Vec<(Speaker, Confidence)>,
    /// The mention as written; empty where the subject is not written here.
    pub mention: Span,
    /// Where the report begins, if one follows the cue.
    pub content: Option<usize>,
    pub follows: Follows,
    pub rule: &'static str,
}

/// The statements that the cues of a scene make, in order. `memory` holds what the article tells
/// about its cast.
pub(super) fn statements(scene: &Scene<'_>, cues: &[Cue], memory: &mut Memory) -> Vec<Statement> {
    let mut heard: Vec<Heard> =
        cues.iter().filter_map(|&cue| hear(scene, cue, &|_| false)).collect();
    memory.learn_joined(scene.text, scene.grammar);
    for mention in heard.iter().flat_map(|h| match &h.reading {
        Reading::Speakers(found) => found.as_slice(),
        _ => &[],
    }) {
        if mention.score >= RECOGNISED {
            memory.learn(mention, scene.text, scene.grammar);
        }
    }
    for h in &mut heard {
        let weak = match &h.reading {
            Reading::Speakers(found) => found.iter().any(|m| m.score < 80),
            Reading::Silent => false,
            _ => true,
        };
        // Without a name that is known by now, a second reading ends as the first did.
        let weak = weak && memory.knows_any_in(h.region.of(scene.text));
        if weak && let Some(again) = hear(scene, h.cue, &|name| memory.knows(name)) {
            h.reading = again.reading;
        }
    }
    let mut made: Vec<Statement> = Vec::new();
    for h in heard {
        if let Some(statement) = state(scene, h, &made, memory) {
            for (speaker, _) in &statement.speakers {
                memory.hear(speaker);
            }
            made.push(statement);
        }
    }
    made
}

/// Turns what was heard into a statement.
fn state(scene: &Scene<'_>, h: Heard, made: &[Statement], memory: &Memory) -> Option<Statement> {
    let strong = matches!(h.cue.class, CueClass::Say | CueClass::Tell);
    let opens = matches!(h.follows, Follows::Colon | Follows::Quotation | Follows::Comma);
    let mut rule = h.rule;
    let mut mention = Span::new(h.region.end, h.region.end);
    let speakers = match &h.reading {
        Reading::Silent => return None,
        Reading::Speakers(found) => {
            mention = Span::new(found.first()?.span.start, found.last()?.span.end);
            named(scene, &h, found, memory)?
        }
        Reading::Omitted if h.cue.class == CueClass::Stance => return None,
        Reading::Unreadable if !(strong && opens) => return None,
        reading => {
            rule = "inherited";
            let found = inherited(scene, h.region.start, made, memory);
            if *reading == Reading::Omitted { found? } else { found.unwrap_or_default() }
        }
    };
    let quoted = scene.layout.quotation_from(h.behind).is_some();
    if speakers.is_empty() && !(strong && opens && quoted) {
        return None;
    }
    let content = match h.cue.class {
        CueClass::Tell if h.follows == Follows::Words => hearer_end(scene, h.behind),
        _ => (h.follows != Follows::End).then_some(h.behind),
    };
    let (clause, follows) = (h.region.start, h.follows);
    Some(Statement {
        cue: h.cue.span,
        class: h.cue.class,
        clause,
        speakers,
        mention,
        content,
        follows,
        rule,
    })
}

/// The speakers that stand beside a cue, resolved; `None` where they do not bear it.
fn named(
    scene: &Scene<'_>,
    h: &Heard,
    found: &[Mention],
    memory: &Memory,
) -> Option<Vec<(Speaker, Confidence)>> {
    let opens = matches!(h.follows, Follows::Colon | Follows::Quotation | Follows::Comma);
    let needed = match h.cue.class {
        CueClass::Say | CueClass::Tell if opens || h.cue.span.len() >= 6 => 0,
        CueClass::Act if h.cue.span.of(scene.text) == "宣布" => 0,
        _ => RECOGNISED,
    };
    let lowest = score(found);
    let apart = matches!(h.cue.class, CueClass::Act | CueClass::Stance)
        && !beside(scene, found.last()?.span.end, h.cue);
    if lowest < needed || h.rule == "cited" && lowest < RECOGNISED || apart {
        return None;
    }
    let pronoun = found.iter().find(|m| m.who == Who::Pronoun);
    let about =
        pronoun.and_then(|m| subject_before(scene, h.region.start, memory, Gap::of(&m.name)));
    Some(found.iter().filter_map(|m| memory.resolve(m, about.as_ref(), scene.grammar)).collect())
}

/// How far, in bytes, a speaker may be carried to a sentence that opens with 并.
const MAX_CARRY: usize = 900;

/// The speakers of a cue whose subject is written earlier in its sentence.
fn inherited(
    scene: &Scene<'_>,
    at: usize,
    made: &[Statement],
    memory: &Memory,
) -> Option<Vec<(Speaker, Confidence)>> {
    let sentence = scene.layout.sentence_start(at);
    if let Some(last) = made.last().filter(|s| s.cue.start >= sentence && !s.speakers.is_empty()) {
        return Some(last.speakers.clone());
    }
    // 并强调，…: a sentence without a subject of its own goes on with who spoke last.
    let opening = scene.text[sentence..].trim_start();
    if let Some(last) = made.last().filter(|s| at.saturating_sub(s.cue.end) < MAX_CARRY)
        && sentence == at
        && scene.grammar.begins("goes-on", opening)
    {
        let carried = |(speaker, _): &(Speaker, Confidence)| (speaker.clone(), Confidence::Carried);
        return Some(last.speakers.iter().map(carried).collect());
    }
    let known = |name: &str| memory.knows(name);
    let found = clauses(scene, sentence, at)
        .into_iter()
        .filter(|clause| !scene.grammar.holds("relay", clause.of(scene.text)))
        .filter_map(|clause| speaker::subjects(scene.text, clause, scene.grammar, &known))
        .reduce(|first, next| if next.iter().all(|m| m.score >= CERTAIN) { next } else { first })?;
    let weaker =
        |(speaker, confidence): (Speaker, Confidence)| (speaker, confidence.min(Confidence::Role));
    let [subject] = found.as_slice() else {
        return Some(
            found
                .iter()
                .filter_map(|m| memory.resolve(m, None, scene.grammar))
                .map(weaker)
                .collect(),
        );
    };
    let pronoun = (subject.who == Who::Pronoun).then(|| Gap::of(&subject.name));
    let about = pronoun.and_then(|gap| subject_before(scene, sentence, memory, gap));
    memory.resolve(subject, about.as_ref(), scene.grammar).map(|found| vec![weaker(found)])
}

/// The person that the sentence before `at`, or the clauses before it in its own sentence, are
/// about.
pub(super) fn subject_before(
    scene: &Scene<'_>,
    at: usize,
    memory: &Memory,
    gap: Gap,
) -> Option<Mention> {
    let known = |name: &str| memory.knows(name);
    let mut end = at;
    for turn in 0..3 {
        let start = scene.layout.sentence_start(end);
        let person = clauses(scene, start, end)
            .into_iter()
            .rev()
            .filter_map(|clause| speaker::subject(scene.text, clause, scene.grammar, &known))
            .find(|m| match gap {
                // 负责人亦持乐观态度，他表示: in its own sentence a role will do.
                Gap::Person if m.who == Who::Is(SpeakerKind::Role) => {
                    turn == 0 && m.score >= 75 && !m.name.ends_with('们')
                }
                Gap::Person => {
                    m.who == Who::Is(SpeakerKind::Person)
                        && (m.score >= CERTAIN
                            || m.score >= 75 && memory.knows(&m.name)
                            || m.score >= 82 && m.name.chars().count() >= 3)
                }
                Gap::Group => {
                    matches!(m.who, Who::Is(SpeakerKind::Role | SpeakerKind::Organisation))
                        && m.score >= 70
                }
            });
        if person.is_some() {
            return person;
        }
        if start == 0 {
            return None;
        }
        end = scene.layout.before(start).map_or(0, |b| b.span.start);
    }
    None
}

/// What a pronoun leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// 他, 她.
    Person,
    /// 他们.
    Group,
}

impl Gap {
    fn of(pronoun: &str) -> Gap {
        if pronoun.ends_with('们') { Gap::Group } else { Gap::Person }
    }
}

/// Whether nothing but adverbs and times part a mention from its cue: no 对, 把, 向 and no noun
/// with 的.
fn beside(scene: &Scene<'_>, mention: usize, cue: Cue) -> bool {
    let mut between = scene.text.get(mention..cue.span.start).unwrap_or("");
    // 向本报记者补充: whom it was told to does not part them.
    if between.starts_with(['向', '对'])
        && let Some(end) =
            scene.grammar.signs("hearer").filter_map(|w| between.find(w).map(|i| i + w.len())).max()
    {
        between = &between[end..];
    }
    let short = between.chars().count() <= if cue.class == CueClass::Stance { 6 } else { 24 };
    short && !scene.grammar.holds("apart", between)
}

/// Most clauses of a sentence that are read for its subject.
const MAX_CLAUSES: usize = 12;
/// Most bytes of a clause that are read for its subject.
const MAX_CLAUSE: usize = 360;

/// The clauses between two positions, in order, those nearest to the end.
pub(super) fn clauses(scene: &Scene<'_>, start: usize, end: usize) -> Vec<Span> {
    let breaks = &scene.layout.breaks;
    let from = breaks.partition_point(|b| b.span.start < start);
    let upto = breaks.partition_point(|b| b.span.end <= end);
    let mut found = Vec::new();
    let mut last = start;
    for b in breaks[from.min(upto)..upto]
        .iter()
        .skip((upto - from.min(upto)).saturating_sub(MAX_CLAUSES))
    {
        if b.span.start > last {
            found.push(shortened(scene.text, Span::new(last, b.span.start)));
        }
        last = b.span.end;
    }
    if last < end {
        found.push(shortened(scene.text, Span::new(last, end)));
    }
    found
}

/// At most the first [`MAX_CLAUSE`] bytes of a clause.
fn shortened(text: &str, clause: Span) -> Span {
    let end = clause.end.min(clause.start + MAX_CLAUSE);
    let end =
        (clause.start..=end).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(clause.start);
    Span::new(clause.start, end)
}

/// Where the report begins behind a hearer: 告诉记者，…; 告诉本报记者…
fn hearer_end(scene: &Scene<'_>, at: usize) -> Option<usize> {
    let next = scene.layout.next(at, |_| true);
    match next.mark {
        Mark::Comma | Mark::Colon if next.span.start - at <= 60 => Some(next.span.end),
        _ => Some(at),
    }
}
