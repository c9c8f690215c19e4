//! From cues to statements: which cue opens a report, who is its speaker and where the report begins.
//!
//! How far the report goes and what in it is quoted is for content.rs.

use super::cue::Cue;
use super::grammar::{CueClass, Grammar};
use super::layout::{Layout, Mark};
use super::resolve::Memory;
use super::speaker::{self, CERTAIN, Mention, RECOGNISED, Reading, Who};
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

/// What stands right behind a cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    Colon,
    Comma,
    Quotation,
    End,
    Words,
}

/// One article part under analysis.
pub(super) struct Scene<'a> {
    pub text: &'a str,
    pub layout: &'a Layout,
    pub grammar: &'a Grammar,
}

/// A cue with what was read before it.
struct Heard {
    cue: Cue,
    region: Span,
    reading: Reading,
    follows: Follows,
    /// The position behind the punctuation that follows the cue.
    behind: usize,
    rule: &'static str,
}

/// The statements that the cues of a scene make, in order. `memory` holds what the article tells about its cast.
pub(super) fn statements(scene: &Scene<'_>, cues: &[Cue], memory: &mut Memory) -> Vec<Statement> {
    let mut heard: Vec<Heard> = cues.iter().filter_map(|&cue| hear(scene, cue, &|_| false)).collect();
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

/// Reads the surroundings of a cue; `None` where the cue cannot open a report here.
fn hear(scene: &Scene<'_>, cue: Cue, known: &dyn Fn(&str) -> bool) -> Option<Heard> {
    let text = scene.text;
    let start = scene.layout.before(cue.span.start).map_or(0, |b| b.span.end);
    let (follows, behind) = follows(scene, cue.span.end);
    let mut region = Span::new(start, cue.span.start);
    let opening = region.of(text).trim_start();
    let lead = opening.chars().next();
    // “不予置评”他说: the quotation before the subject is no part of it.
    let from = region.end - opening.len();
    if let Some(q) = scene.layout.quotation_from(from)
        && scene.layout.quotations[q].outer.end < region.end
        && !text[scene.layout.quotations[q].outer.end..region.end].trim().is_empty()
        && !region.of(text)[scene.layout.quotations[q].outer.end - region.start..].starts_with(['的', '等'])
    {
        region.start = scene.layout.quotations[q].outer.end;
    }
    let words = region.of(text).trim_start();
    let accord = words.starts_with('据') && !words.starts_with("据此");
    let mut rule = if accord { "accord" } else { "before" };
    let fits = match cue.class {
        CueClass::Say => !(follows == Follows::Words && bad_object(&text[cue.span.end..])),
        CueClass::Tail | CueClass::Act | CueClass::Stance if words.ends_with('的') => false,
        CueClass::Act | CueClass::Stance => {
            matches!(follows, Follows::Words | Follows::Quotation | Follows::Comma | Follows::Colon)
                && !bad_object(&text[cue.span.end..])
        }
        CueClass::Tail => matches!(follows, Follows::Comma | Follows::Colon | Follows::Quotation) || accord,
        CueClass::Tell => follows != Follows::End,
        CueClass::Close => {
            follows == Follows::Colon
                || follows == Follows::Quotation
                || follows == Follows::End
                || follows == Follows::Comma && scene.layout.quotation_from(behind).is_some()
        }
        CueClass::Cited => cites(words) && matches!(follows, Follows::Comma | Follows::Colon),
        CueClass::Source => accord && follows == Follows::Comma,
        CueClass::View => lead == Some('在') && follows != Follows::End,
        CueClass::None => false,
    };
    if !fits {
        return None;
    }
    if cue.class == CueClass::View {
        rule = "view";
        region.start = region.end - words.len() + '在'.len_utf8();
    }
    let relayed = ["报道", "报导", "网传", "网络传言"].iter().any(|w| region.of(text).contains(w));
    if let Some(at) = ["援引", "引述"].iter().find_map(|w| region.of(text).find(w).map(|i| i + w.len())) {
        region.start += at;
        let cited = region.of(text);
        let end = ["的话", "的消息", "的说法"].iter().find_map(|w| cited.find(w)).unwrap_or(cited.len());
        region.end = region.start + end;
        rule = "cited";
    } else if relayed && reporting(region.of(text)) {
        return None;
    }
    let reading = speaker::read(text, region, scene.grammar, known);
    let reading = match reading {
        Reading::Speakers(found)
            if found.iter().any(|m| m.who == Who::Media)
                && (accord || !matches!(cue.class, CueClass::Say | CueClass::Close)) =>
        {
            return None;
        }
        Reading::Speakers(found) if cue.class == CueClass::Source && found.iter().any(|m| m.score < RECOGNISED) => {
            return None;
        }
        other => other,
    };
    Some(Heard { cue, region, reading, follows, behind, rule })
}

/// Whether a medium passes on what somebody said: 援引专家的话.
fn cites(words: &str) -> bool {
    ["援引", "引述", "引用"].iter().any(|w| words.contains(w)) && ["的话", "的说法"].iter().any(|w| words.ends_with(w))
}

/// Whether the clause before the cue ends in a report that relays: 报道(称), 有媒体报道说.
fn reporting(region: &str) -> bool {
    let region = region.trim_end_matches(['的', '中', '里', '上']);
    region.ends_with("报道") && !region.ends_with("的报道") || region.ends_with("报导") || region.contains("报道中")
}

/// What stands behind a cue, and where the words after it begin.
fn follows(scene: &Scene<'_>, at: usize) -> (Follows, usize) {
    let text = scene.text;
    let mut at = at;
    let mut follows = Follows::Words;
    while let Some(c) = text[at..].chars().next() {
        let next = at + c.len_utf8();
        match c {
            ' ' | '\u{3000}' | '\u{a0}' => {}
            '：' | ':' if follows == Follows::Words => follows = Follows::Colon,
            '，' | ',' if follows == Follows::Words => follows = Follows::Comma,
            '。' | '\n' | '！' | '？' | '；' | '…' | '!' | '?' | '”' => {
                return (if follows == Follows::Words { Follows::End } else { follows }, at);
            }
            _ => break,
        }
        at = next;
    }
    if at >= text.len() {
        return (Follows::End, at);
    }
    if follows == Follows::Words && scene.layout.quotation_from(at).is_some() {
        follows = Follows::Quotation;
    }
    (follows, at)
}

/// Whether what follows a cue shows that it is no report: 说的, 称了, 要求下.
fn bad_object(rest: &str) -> bool {
    rest.starts_with(['的', '了', '过', '着', '者', '书', '函', '性']) || rest.starts_with("下，")
}

/// Turns what was heard into a statement.
fn state(scene: &Scene<'_>, h: Heard, made: &[Statement], memory: &Memory) -> Option<Statement> {
    let text = scene.text;
    let sentence = scene.layout.sentence_start(h.region.start);
    let strong = matches!(h.cue.class, CueClass::Say | CueClass::Tell);
    let opens = matches!(h.follows, Follows::Colon | Follows::Quotation | Follows::Comma);
    let mut rule = h.rule;
    let mut mention = Span::new(h.region.end, h.region.end);
    let speakers: Vec<(Speaker, Confidence)> = match &h.reading {
        Reading::Silent => return None,
        Reading::Speakers(found) => {
            let lowest = found.iter().map(|m| m.score).min().unwrap_or(0);
            let needed = match h.cue.class {
                CueClass::Say | CueClass::Tell if opens || h.cue.span.len() >= 6 => 0,
                CueClass::Act if h.cue.span.of(text) == "宣布" => 0,
                _ => RECOGNISED,
            };
            if lowest < needed || h.rule == "cited" && lowest < RECOGNISED {
                return None;
            }
            mention = Span::new(found.first()?.span.start, found.last()?.span.end);
            if matches!(h.cue.class, CueClass::Act | CueClass::Stance) && !beside(text, mention.end, h.cue) {
                return None;
            }
            let pronoun = found.iter().find(|m| m.who == Who::Pronoun);
            let about = pronoun.and_then(|m| subject_before(scene, h.region.start, memory, Gap::of(&m.name)));
            found.iter().filter_map(|m| memory.resolve(m, about.as_ref(), scene.grammar)).collect()
        }
        Reading::Omitted if h.cue.class == CueClass::Stance => return None,
        Reading::Omitted => {
            rule = "inherited";
            inherited(scene, h.region.start, sentence, made, memory)?
        }
        Reading::Unreadable if strong && opens => {
            rule = "inherited";
            inherited(scene, h.region.start, sentence, made, memory).unwrap_or_default()
        }
        Reading::Unreadable => return None,
    };
    let quoted = scene.layout.quotation_from(h.behind).is_some();
    if speakers.is_empty() && !(strong && opens && quoted) {
        return None;
    }
    let content = match h.cue.class {
        CueClass::Tell if h.follows == Follows::Words => hearer_end(scene, h.behind),
        _ => (h.follows != Follows::End).then_some(h.behind),
    };
    let clause = h.region.start;
    Some(Statement {
        cue: h.cue.span,
        class: h.cue.class,
        clause,
        speakers,
        mention,
        content,
        follows: h.follows,
        rule,
    })
    .filter(|_| !text.is_empty())
}

/// How far, in bytes, a speaker may be carried to a sentence that opens with 并.
const MAX_CARRY: usize = 900;

/// The speakers of a cue whose subject is written earlier in its sentence.
fn inherited(
    scene: &Scene<'_>,
    at: usize,
    sentence: usize,
    made: &[Statement],
    memory: &Memory,
) -> Option<Vec<(Speaker, Confidence)>> {
    if let Some(last) = made.last().filter(|s| s.cue.start >= sentence && !s.speakers.is_empty()) {
        return Some(last.speakers.clone());
    }
    // 并强调，…: a sentence without a subject of its own goes on with who spoke last.
    let opening = scene.text[sentence..].trim_start();
    if let Some(last) = made.last().filter(|s| at.saturating_sub(s.cue.end) < MAX_CARRY)
        && sentence == at
        && ["并", "同时", "还", "此外"].iter().any(|w| opening.starts_with(w))
    {
        let carried = |(speaker, _): &(Speaker, Confidence)| (speaker.clone(), Confidence::Carried);
        return Some(last.speakers.iter().map(carried).collect());
    }
    let known = |name: &str| memory.knows(name);
    let found = clauses(scene, sentence, at)
        .into_iter()
        .filter(|clause| !["报道", "消息", "援引"].iter().any(|w| clause.of(scene.text).contains(w)))
        .filter_map(|clause| speaker::subjects(scene.text, clause, scene.grammar, &known))
        .reduce(|first, next| if next.iter().all(|m| m.score >= CERTAIN) { next } else { first })?;
    let weaker = |(speaker, confidence): (Speaker, Confidence)| (speaker, confidence.min(Confidence::Role));
    let [subject] = found.as_slice() else {
        return Some(found.iter().filter_map(|m| memory.resolve(m, None, scene.grammar)).map(weaker).collect());
    };
    let pronoun = (subject.who == Who::Pronoun).then(|| Gap::of(&subject.name));
    let about = pronoun.and_then(|gap| subject_before(scene, sentence, memory, gap));
    memory.resolve(subject, about.as_ref(), scene.grammar).map(|found| vec![weaker(found)])
}

/// The person that the sentence before `at`, or the clauses before it in its own sentence, are about.
pub(super) fn subject_before(scene: &Scene<'_>, at: usize, memory: &Memory, gap: Gap) -> Option<Mention> {
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
                Gap::Group => matches!(m.who, Who::Is(SpeakerKind::Role | SpeakerKind::Organisation)) && m.score >= 70,
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

/// Whether nothing but adverbs and times part a mention from its cue: no 对, 把, 向 and no noun with 的.
fn beside(text: &str, mention: usize, cue: Cue) -> bool {
    let mut between = text.get(mention..cue.span.start).unwrap_or("");
    // 向本报记者补充: whom it was told to does not part them.
    if let Some(hearer) =
        ["记者", "媒体", "新闻", "日报", "晚报"].iter().find_map(|w| between.find(w).map(|i| i + w.len()))
        && between.starts_with(['向', '对'])
    {
        between = &between[hearer..];
    }
    let short = between.chars().count() <= if cue.class == CueClass::Stance { 6 } else { 24 };
    let apart = [
        '正', '了', '为', '把', '被', '将', '给', '对', '向', '与', '和', '的', '让', '使', '生', '没', '不', '令',
        '引', '受', '获', '遭',
    ];
    short && !between.contains(apart)
}

/// The clauses between two positions, in order.
pub(super) fn clauses(scene: &Scene<'_>, start: usize, end: usize) -> Vec<Span> {
    let from = scene.layout.breaks.partition_point(|b| b.span.start < start);
    let mut at = start;
    let mut found = Vec::new();
    for b in scene.layout.breaks[from..].iter().take_while(|b| b.span.end <= end) {
        if b.span.start > at {
            found.push(Span::new(at, b.span.start));
        }
        at = b.span.end;
    }
    if at < end {
        found.push(Span::new(at, end));
    }
    found.truncate(12);
    found
}

/// Where the report begins behind a hearer: 告诉记者，…; 告诉本报记者…
fn hearer_end(scene: &Scene<'_>, at: usize) -> Option<usize> {
    let next = scene.layout.next(at, |_| true);
    match next.mark {
        Mark::Comma | Mark::Colon if next.span.start - at <= 60 => Some(next.span.end),
        _ => Some(at),
    }
}
