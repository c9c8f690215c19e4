//! Speech without a cue: quotations that stand alone, X：… without a verb, and reports that run on.
//!
//! All of it is read from the neighbourhood and carries the lower confidence that this deserves.

use super::content::{Said, Source, direct};
use super::hearing::Scene;
use super::layout::Mark;
use super::mention::{Mention, RECOGNISED, Who};
use super::resolve::Memory;
use super::scare;
use super::speaker::{self, Reading};
use super::statement::{Gap, Statement, clauses, subject_before};
use super::{Confidence, Kind, Speaker, SpeakerKind};
use crate::text::Span;

/// Longest mention before a colon, in bytes.
const MAX_LABEL: usize = 90;

/// 律师：… and 村民张某：“…”: a speaker, a colon, words.
pub(super) fn labelled(scene: &Scene<'_>, statements: &[Statement], memory: &Memory, taken: &mut [bool]) -> Vec<Said> {
    let mut said = Vec::new();
    for (i, b) in scene.layout.breaks.iter().enumerate().filter(|(_, b)| b.mark == Mark::Colon) {
        let start = i.checked_sub(1).map_or(0, |i| scene.layout.breaks[i].span.end);
        let region = Span::new(start, b.span.start);
        if region.len() > MAX_LABEL || statements.iter().any(|s| s.cue.start >= start && s.cue.end <= b.span.end) {
            continue;
        }
        let behind =
            b.span.end + (scene.text[b.span.end..].len() - scene.text[b.span.end..].trim_start_matches(' ').len());
        let quotation = scene.layout.quotation_from(behind).filter(|&q| !taken[q]);
        let opens = i
            .checked_sub(1)
            .is_none_or(|i| scene.layout.breaks[i].mark >= Mark::Stop || scene.layout.breaks[i].mark == Mark::Gap);
        if quotation.is_none() && !opens {
            continue;
        }
        let words = region.of(scene.text);
        const CREDITS: [&str; 12] =
            ["编辑", "审核", "校对", "监制", "主编", "责编", "作者", "摄影", "记者", "来源", "制图", "策划"];
        let credit = CREDITS.iter().any(|w| words.trim_end().ends_with(w));
        if credit && quotation.is_none() || ["亲爱的", "尊敬的", "各位"].iter().any(|w| words.contains(w)) {
            continue;
        }
        let somebody = of_somebody(scene, region);
        let whose = somebody.is_some();
        let reading = match somebody {
            Some(mention) => Reading::Speakers(vec![mention]),
            None => speaker::read(scene.text, region, scene.grammar, &|n| memory.knows(n)),
        };
        if let (Reading::Silent, Some(q)) = (&reading, quotation) {
            taken[q] = true;
        }
        let Reading::Speakers(found) = reading else { continue };
        let rest = found.last().map_or("", |m| &scene.text[m.span.end..region.end]).trim();
        let whole = rest.is_empty() || rest.starts_with('“') && rest.ends_with('”');
        let lead = found.first().map_or("", |m| &scene.text[region.start..m.span.start]).trim();
        if rest.chars().count() > 16 || !whose && lead.chars().count() > 12 {
            continue;
        }
        if quotation.is_some_and(|q| !scare::utterance(scene.layout.quotations[q].inner.of(scene.text))) {
            continue;
        }
        let least = if quotation.is_some() { RECOGNISED } else { 75 };
        if found.iter().any(|m| m.score < least || m.who == Who::Media) || quotation.is_none() && !whole {
            continue;
        }
        let speakers: Vec<_> = found.iter().filter_map(|m| memory.resolve(m, None, scene.grammar)).collect();
        let mention = Span::new(region.start, region.end);
        let source = Source { speakers, mention, cue: b.span, rule: "labelled" };
        if let Some(q) = quotation {
            taken[q] = true;
            said.push(direct(scene.layout.quotations[q], source));
            continue;
        }
        let end = scene.layout.next(behind, |m| m >= Mark::Stop).span.start;
        let span = Span::new(behind, end.max(behind));
        if span.of(scene.text).chars().count() >= 4 {
            said.push(Said { span, kind: Kind::Indirect, source, unclosed: false });
        }
    }
    said
}

/// 站长杨某的电话：“…”: the person whose call or answer it is.
fn of_somebody(scene: &Scene<'_>, region: Span) -> Option<Mention> {
    const WHOSE: [&str; 7] = ["的电话", "的回复", "的答复", "的留言", "的短信", "的回答", "的声音"];
    let words = region.of(scene.text);
    let whose = WHOSE.iter().find_map(|w| words.strip_suffix(w))?;
    let found = super::name::person(whose, scene.grammar, &|_| false).filter(|f| f.score >= 85)?;
    let start = region.start + whose.len() - found.name.len() - found.behind.len();
    Some(Mention {
        span: Span::new(start, region.start + whose.len()),
        name: found.name.to_owned(),
        title: String::new(),
        alias: None,
        who: Who::Is(SpeakerKind::Person),
        indefinite: false,
        score: found.score,
    })
}

/// Quotations that stand alone, given to who spoke right before or after.
pub(super) fn alone(scene: &Scene<'_>, said: &[Said], memory: &Memory, taken: &mut [bool]) -> Vec<Said> {
    let mut found: Vec<Said> = Vec::new();
    for (i, &quotation) in scene.layout.quotations.iter().enumerate() {
        if taken[i] || !scare::stands_alone(scene, quotation) {
            continue;
        }
        let start = scene.layout.sentence_start(quotation.outer.start);
        let lead = scene.text[start..quotation.outer.start].trim();
        let parted = scene.layout.before(quotation.outer.start);
        let parted = parted.filter(|b| scene.text[b.span.end..quotation.outer.start].trim().is_empty());
        // A heading or caption may stand glued to an utterance that ends with its own full stop.
        let utterance = scare::ended(quotation.inner.of(scene.text)) && scare::spoken(quotation.inner.of(scene.text));
        let spoken = scare::spoken(quotation.inner.of(scene.text));
        if parted.is_some_and(|b| b.mark == Mark::Colon) && !spoken {
            continue;
        }
        if !lead.is_empty() && parted.is_none_or(|b| b.mark != Mark::Colon) && !utterance {
            continue;
        }
        let speakers = match captioned(scene, Span::new(start, quotation.outer.start), memory) {
            Some(speaker) => vec![(speaker, Confidence::Carried)],
            None => neighbour(scene, &found, said, quotation.outer, memory),
        };
        let unsure = speakers.is_empty();
        if unsure && scene.text[quotation.outer.end..].trim_start_matches(['。', ' ']).starts_with('的') {
            continue;
        }
        taken[i] = true;
        let none = Span::new(quotation.outer.start, quotation.outer.start);
        let source = Source { speakers, mention: none, cue: none, rule: "carried quotation" };
        found.push(direct(quotation, source));
    }
    found
}

/// Most sentences that a report runs on without a cue.
const MAX_RUN: usize = 2;

/// Reports that run on: 吴某强调，…。军队永远是…: the sentences behind a report that read like its continuation.
pub(super) fn running_on(scene: &Scene<'_>, said: &[Said], statements: &[Statement], memory: &Memory) -> Vec<Said> {
    let mut found = Vec::new();
    for report in said.iter().filter(|s| s.kind == Kind::Indirect && !s.source.speakers.is_empty()) {
        let mut at = report.span.end;
        for _ in 0..MAX_RUN {
            let stop = scene.layout.next(at, |m| m >= Mark::Stop);
            let end = scene.layout.next(stop.span.end, |m| m >= Mark::Stop);
            let span = Span::new(stop.span.end, end.span.start);
            let told = said.iter().any(|s| s.span.overlaps(span))
                || statements.iter().any(|s| s.cue.overlaps(span) || s.clause >= span.start && s.clause < span.end);
            if stop.mark != Mark::Stop || end.mark != Mark::Stop || told || !continues(scene, span, memory) {
                break;
            }
            let speakers = report.source.speakers.iter().map(|(s, _)| (s.clone(), Confidence::Carried)).collect();
            let none = Span::new(span.start, span.start);
            let source = Source { speakers, mention: none, cue: none, rule: "carried" };
            found.push(Said { span, kind: Kind::Indirect, source, unclosed: false });
            at = end.span.start;
        }
    }
    found
}

/// Whether a sentence without a cue reads like more of the report before it: it says 我们, or what must be done, and
/// nothing in it turns to other people, places or days.
fn continues(scene: &Scene<'_>, span: Span, memory: &Memory) -> bool {
    const HEADS: [&str; 16] = [
        "要",
        "我们",
        "我",
        "必须",
        "应当",
        "应该",
        "应",
        "希望",
        "同时，要",
        "一要",
        "二要",
        "三要",
        "也要",
        "还要",
        "更要",
        "愿",
    ];
    const TURNS: [&str; 14] = [
        "据",
        "记者",
        "报道",
        "当天",
        "近日",
        "日前",
        "昨",
        "随后",
        "公告",
        "数据显示",
        "截至",
        "举行",
        "出席",
        "编辑",
    ];
    let words = span.of(scene.text).trim();
    (8..=200).contains(&words.chars().count())
        && (HEADS.iter().any(|s| words.starts_with(s)) || words.contains("我们") || words.contains("我方"))
        && !TURNS.iter().any(|s| words.contains(s))
        && memory.named_last(words).is_none()
}

/// 病理科刘某“……。”: the person whose name is all that stands before a quotation.
fn captioned(scene: &Scene<'_>, lead: Span, memory: &Memory) -> Option<Speaker> {
    let words = lead.of(scene.text).trim();
    let found = super::name::person(words, scene.grammar, &|n| memory.knows(n)).filter(|f| f.score >= 80)?;
    let plain = !found.before.is_empty() && found.before.chars().count() <= 20 && !found.before.contains(['，', '。']);
    plain.then(|| Speaker {
        name: found.name.to_owned(),
        kind: SpeakerKind::Person,
        title: found.before.to_owned(),
        aliases: Vec::new(),
    })
}

/// Who speaks a quotation that stands alone at `outer`.
fn neighbour(
    scene: &Scene<'_>,
    found: &[Said],
    said: &[Said],
    outer: Span,
    memory: &Memory,
) -> Vec<(Speaker, Confidence)> {
    let sentence = scene.layout.sentence_start(outer.start);
    let previous = scene.layout.before(sentence).map_or(0, |b| scene.layout.sentence_start(b.span.start));
    let before = said
        .iter()
        .chain(found)
        .filter(|s| {
            s.span.end <= outer.start && s.span.end + 6 >= previous
                || s.source.cue.start >= previous && s.source.cue.end <= outer.start
        })
        .filter(|s| !s.source.speakers.is_empty())
        .max_by_key(|s| s.span.end.max(s.source.cue.end));
    let carried = |s: &Said| {
        s.source.speakers.iter().map(|(speaker, _)| (speaker.clone(), Confidence::Carried)).collect::<Vec<_>>()
    };
    let last = clauses(scene, previous, sentence).pop();
    let turned = last.and_then(|clause| speaker::subject(scene.text, clause, scene.grammar, &|n| memory.knows(n)));
    if let Some(before) = before {
        // A person that the last clause turns to speaks next, not the one quoted before.
        let newer = turned.filter(|m| m.who == Who::Is(SpeakerKind::Person) && m.span.start > before.source.cue.end);
        if let Some((speaker, _)) = newer.and_then(|m| memory.resolve(&m, None, scene.grammar)) {
            return vec![(speaker, Confidence::Carried)];
        }
        return carried(before);
    }
    if let Some(subject) = subject_before(scene, outer.start, memory, Gap::Person)
        && let Some((speaker, _)) = memory.resolve(&subject, None, scene.grammar)
    {
        return vec![(speaker, Confidence::Carried)];
    }
    if let Some(speaker) = memory.named_last(Span::new(previous, sentence).of(scene.text)) {
        return vec![(speaker.clone(), Confidence::Carried)];
    }
    // At the head of an article the speaker comes after: “……。”村民孟某通过平台反映.
    let next = scene.layout.next(outer.end, |m| m >= Mark::Stop && m != Mark::Quoted);
    let clause = Span::new(outer.end, next.span.start.max(outer.end));
    let known = |name: &str| memory.knows(name);
    for clause in clauses(scene, clause.start, clause.end) {
        if let Some(subject) = speaker::subject(scene.text, clause, scene.grammar, &known)
            && subject.score >= 90
            && subject.who == Who::Is(SpeakerKind::Person)
            && let Some((speaker, _)) = memory.resolve(&subject, None, scene.grammar)
        {
            return vec![(speaker, Confidence::Carried)];
        }
    }
    let after = said.iter().filter(|s| s.span.start >= outer.end && s.span.start <= next.span.end + 300);
    after.min_by_key(|s| s.span.start).map(carried).unwrap_or_default()
}
