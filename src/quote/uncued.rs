//! Speech without a cue: quotations that stand alone, X：… without a verb, and reports that run on.
//!
//! All of it is read from the neighbourhood and carries the lower confidence that this deserves.

use super::attributed::{Confidence, Rule, Speaker, SpeakerKind, SpeechKind};
use super::content::{Attribution, Utterance, direct};
use super::coreference::Coreference;
use super::grammar::SignClass;
use super::mention::{Mention, Who};
use super::name_reading::NoNames;
use super::punctuation::{Mark, ended};
use super::quotation_kind;
use super::scene::Scene;
use super::score;
use super::statement::{PronounNumber, Statement, clauses, subject_before};
use super::subject::{self, SubjectReading};
use crate::text::Span;

/// Most bytes from the start of a text that a headline glued to it may take.
const MAX_HEADLINE: usize = 150;
/// Longest mention before a colon, in bytes.
const MAX_LABEL: usize = 90;

/// 律师：… and 村民张某：“…”: a speaker, a colon, words.
pub(super) fn labelled(
    scene: &Scene<'_>,
    statements: &[Statement],
    cast: &Coreference,
    taken: &mut [bool],
) -> Vec<Utterance> {
    let mut said = Vec::new();
    let breaks = &scene.marks.breaks;
    for (i, colon) in breaks.iter().enumerate().filter(|(_, b)| b.mark == Mark::Colon) {
        let before = i.checked_sub(1).map(|i| breaks[i]);
        let region = Span::new(before.map_or(0, |b| b.span.end), colon.span.start);
        let next = statements.partition_point(|s| s.cue.start < region.start);
        if region.len() > MAX_LABEL
            || statements.get(next).is_some_and(|s| s.cue.end <= colon.span.end)
        {
            continue;
        }
        let rest = &scene.text[colon.span.end..];
        let behind = colon.span.end + (rest.len() - rest.trim_start_matches(' ').len());
        let quotation = scene.marks.quotation_from(behind).filter(|&q| !taken[q]);
        let opens = before.is_none_or(|b| match b.mark {
            // 甲要起诉乙，律师：…; 原标题：某某：…: in a headline.
            Mark::Comma => colon.span.start < MAX_HEADLINE,
            Mark::Colon => scene.text[..b.span.start].ends_with("标题"),
            mark => mark >= Mark::Stop || mark == Mark::Gap,
        });
        if quotation.is_none() && !opens {
            continue;
        }
        let label = label(scene, region, quotation.is_some(), cast);
        if let (Label::Silent, Some(q)) = (&label, quotation) {
            taken[q] = true;
        }
        let Label::Speakers(speakers) = label else { continue };
        let source =
            Attribution { speakers, mention: region, cue: colon.span, rule: Rule::Labelled };
        if let Some(q) = quotation {
            if quotation_kind::utterance(scene, scene.marks.quotations[q]) {
                taken[q] = true;
                said.push(direct(scene.marks.quotations[q], source));
            }
            continue;
        }
        let end = scene.marks.next(behind, |m| m >= Mark::Stop).span.start;
        let span = Span::new(behind, end.max(behind));
        if span.of(scene.text).chars().nth(3).is_some() {
            said.push(Utterance { span, kind: SpeechKind::Indirect, source, unclosed: false });
        }
    }
    said
}

/// The words before a colon, as read.
enum Label {
    Speakers(Vec<(Speaker, Confidence)>),
    /// 古人云：, 数据显示：
    Silent,
    /// 编辑：, or anything else.
    Nobody,
}

/// Reads the words before a colon; before a quotation a verb may follow the speaker.
fn label(scene: &Scene<'_>, region: Span, quoted: bool, cast: &Coreference) -> Label {
    let words = region.of(scene.text).trim_end();
    let credit = scene.grammar.signs(SignClass::Credit).any(|w| words.ends_with(w))
        || scene.grammar.signs(SignClass::Position).any(|w| words.ends_with(w));
    if credit && !quoted || scene.grammar.holds(SignClass::Address, words) {
        return Label::Nobody;
    }
    let somebody = of_somebody(scene, region);
    let lead = if somebody.is_some() { 90 } else { 12 };
    let reading = match somebody {
        Some(mention) => SubjectReading::Speakers(vec![mention]),
        None => subject::read(scene.text, region, scene.grammar, cast),
    };
    let found = match reading {
        SubjectReading::Speakers(found) => found,
        SubjectReading::Silent => return Label::Silent,
        _ => return Label::Nobody,
    };
    let rest = found.last().map_or("", |m| &scene.text[m.span.end..region.end]).trim();
    let before = found.first().map_or("", |m| &scene.text[region.start..m.span.start]).trim();
    let whole = rest.is_empty() || rest.starts_with('“') && rest.ends_with('”');
    let near = rest.chars().count() <= 16 && before.chars().count() <= lead;
    let least = if quoted { score::RECOGNISED } else { score::ROLE };
    let sure = found.iter().all(|m| m.score >= least && m.who != Who::Media);
    if !near || !sure || !quoted && !whole {
        return Label::Nobody;
    }
    Label::Speakers(found.iter().filter_map(|m| cast.resolve(m, None, scene.grammar)).collect())
}

/// 站长杨某的电话：“…”: the person whose call or answer it is.
fn of_somebody(scene: &Scene<'_>, region: Span) -> Option<Mention> {
    let words = region.of(scene.text);
    let whose = scene.grammar.signs(SignClass::Whose).find_map(|w| words.strip_suffix(w))?;
    let found = super::person_name::person(whose, scene.grammar, &NoNames)
        .filter(|f| f.score >= score::AFFILIATED)?;
    let start = region.start + whose.len() - found.name.len() - found.behind.len();
    Some(Mention {
        span: Span::new(start, region.start + whose.len()),
        name: found.name.to_owned(),
        title: String::new(),
        alias: None,
        who: Who::Is(SpeakerKind::Person),
        indefinite: false,
        form: found.form,
        score: found.score,
    })
}

/// Quotations that stand alone, given to who spoke right before or after.
pub(super) fn alone(
    scene: &Scene<'_>,
    said: &[Utterance],
    cast: &Coreference,
    taken: &mut [bool],
) -> Vec<Utterance> {
    let mut found: Vec<Utterance> = Vec::new();
    for (i, &quotation) in scene.marks.quotations.iter().enumerate() {
        if taken[i] || !quotation_kind::stands_alone(scene, quotation) {
            continue;
        }
        let start = scene.marks.sentence_start(quotation.outer.start);
        let lead = scene.text[start..quotation.outer.start].trim();
        let parted = scene.marks.before(quotation.outer.start);
        let parted =
            parted.filter(|b| scene.text[b.span.end..quotation.outer.start].trim().is_empty());
        // A heading or caption may stand glued to an utterance that ends with its own full stop.
        let inner = quotation.inner.of(scene.text);
        let spoken = quotation_kind::spoken(scene, inner);
        let colon = parted.is_some_and(|b| b.mark == Mark::Colon);
        // 说到儿子，他笑了，“才三岁啊”: behind a comma the words must read like talk.
        let led = quotation_kind::led(scene, quotation);
        let free =
            if colon { led || spoken } else { lead.is_empty() || led || spoken && ended(inner) };
        if !free {
            continue;
        }
        if let Some(before) = adjacent(scene, &found, said, quotation.outer.start) {
            taken[i] = true;
            found.push(direct(quotation, before));
            continue;
        }
        let speakers = match captioned(scene, Span::new(start, quotation.outer.start), cast) {
            Some(speaker) => vec![(speaker, Confidence::Carried)],
            None => neighbour(scene, &found, said, quotation.outer, cast),
        };
        let unsure = speakers.is_empty();
        if unsure
            && scene.text[quotation.outer.end..].trim_start_matches(['。', ' ']).starts_with('的')
        {
            continue;
        }
        taken[i] = true;
        let none = Span::new(quotation.outer.start, quotation.outer.start);
        let source =
            Attribution { speakers, mention: none, cue: none, rule: Rule::CarriedQuotation };
        found.push(direct(quotation, source));
    }
    found
}

/// “…”“…”: the source of the quotation that ends right where another starts.
fn adjacent(
    scene: &Scene<'_>,
    found: &[Utterance],
    said: &[Utterance],
    start: usize,
) -> Option<Attribution> {
    let last = scene.marks.quotation_until(start, scene.text)?;
    let last = scene.marks.quotations[last];
    if !scene.text[last.outer.end..start].trim().is_empty() {
        return None;
    }
    let spoken = |u: &&Utterance| u.span == last.inner && !u.source.speakers.is_empty();
    let at = said.partition_point(|u| u.span.start < last.inner.start);
    let before = found.last().filter(spoken).or_else(|| said[at..].iter().take(4).find(spoken))?;
    let speakers = before.source.speakers.iter();
    let speakers = speakers.map(|(s, _)| (s.clone(), Confidence::Carried)).collect();
    let none = Span::new(start, start);
    Some(Attribution { speakers, mention: none, cue: none, rule: Rule::CarriedQuotation })
}

/// 病理科刘某“……。”: the person whose name is all that stands before a quotation.
fn captioned(scene: &Scene<'_>, lead: Span, cast: &Coreference) -> Option<Speaker> {
    let words = lead.of(scene.text).trim();
    // 本报记者 孙某“……”: a byline is no caption.
    if scene.grammar.holds(SignClass::Byline, words) {
        return None;
    }
    let found = super::person_name::person(words, scene.grammar, cast)
        .filter(|f| f.score >= score::SOUND)?;
    let plain = !found.before.is_empty()
        && found.before.chars().count() <= 20
        && !found.before.contains(['，', '。']);
    plain.then(|| Speaker {
        name: found.name.to_owned(),
        kind: SpeakerKind::Person,
        title: found.before.to_owned(),
        aliases: Vec::new(),
        represents: None,
    })
}

/// 说到儿子，老陈笑了，“才三岁啊”: the subject of the last clause before a quotation that has one.
fn own_subject(scene: &Scene<'_>, lead: Span, cast: &Coreference) -> Option<Speaker> {
    let person = Who::Is(SpeakerKind::Person);
    let subject = clauses(scene, lead.start, lead.end)
        .into_iter()
        .rev()
        .filter_map(|clause| subject::subject(scene.text, clause, scene.grammar, cast))
        .find(|m| m.who == Who::Pronoun || m.who == person && m.score >= score::SOUND)?;
    let singular =
        subject.who == Who::Pronoun && PronounNumber::of(&subject.name) == PronounNumber::Person;
    let about =
        singular.then(|| subject_before(scene, lead.start, cast, PronounNumber::Person)).flatten();
    cast.resolve(&subject, about.as_ref(), scene.grammar).map(|(speaker, _)| speaker)
}

/// How many of the latest utterances are looked at for the one before a quotation.
const MAX_NEIGHBOURS: usize = 40;

/// Who speaks a quotation that stands alone at `outer`.
fn neighbour(
    scene: &Scene<'_>,
    found: &[Utterance],
    said: &[Utterance],
    outer: Span,
    cast: &Coreference,
) -> Vec<(Speaker, Confidence)> {
    let sentence = scene.marks.sentence_start(outer.start);
    let previous =
        scene.marks.before(sentence).map_or(0, |b| scene.marks.sentence_start(b.span.start));
    let one = |speaker: Speaker| vec![(speaker, Confidence::Carried)];
    let resolved = |m: Mention| cast.resolve(&m, None, scene.grammar).map(|(speaker, _)| speaker);
    if let Some(own) = own_subject(scene, Span::new(sentence, outer.start), cast) {
        return one(own);
    }
    let upto = said.partition_point(|s| s.span.start < outer.start);
    let near = said[upto.saturating_sub(MAX_NEIGHBOURS)..upto].iter();
    let before = near
        .chain(&found[found.len().saturating_sub(MAX_NEIGHBOURS)..])
        .filter(|s| {
            s.span.end <= outer.start && s.span.end + 6 >= previous
                || s.source.cue.start >= previous && s.source.cue.end <= outer.start
        })
        .filter(|s| !s.source.speakers.is_empty())
        .max_by_key(|s| s.span.end.max(s.source.cue.end));
    if let Some(before) = before {
        // A person that the last clause turns to speaks next, not the one quoted before.
        let last = clauses(scene, previous, sentence).pop();
        let turned =
            last.and_then(|clause| subject::subject(scene.text, clause, scene.grammar, cast));
        let newer = turned.filter(|m| {
            m.who == Who::Is(SpeakerKind::Person) && m.span.start > before.source.cue.end
        });
        return newer.and_then(resolved).map_or_else(|| carried(before), one);
    }
    if let Some(speaker) =
        subject_before(scene, outer.start, cast, PronounNumber::Person).and_then(resolved)
    {
        return one(speaker);
    }
    if let Some(speaker) = cast.named_last(Span::new(previous, sentence).of(scene.text)) {
        return one(speaker.clone());
    }
    speaker_after(scene, said, outer, cast)
}

/// The speakers of an utterance, for words that follow without a cue.
fn carried(before: &Utterance) -> Vec<(Speaker, Confidence)> {
    let speakers = before.source.speakers.iter();
    speakers.map(|(speaker, _)| (speaker.clone(), Confidence::Carried)).collect()
}

/// The speaker of a quotation at the head of an article comes after it: “……。”村民孟某通过平台反映.
fn speaker_after(
    scene: &Scene<'_>,
    said: &[Utterance],
    outer: Span,
    cast: &Coreference,
) -> Vec<(Speaker, Confidence)> {
    let rest = &scene.text[outer.end..];
    let from = outer.end + (rest.len() - rest.trim_start_matches([' ', '。']).len());
    let next = scene.marks.next(from, |m| m >= Mark::Stop && m != Mark::Quoted);
    let person = clauses(scene, outer.end, next.span.start.max(outer.end))
        .into_iter()
        .filter_map(|clause| subject::subject(scene.text, clause, scene.grammar, cast))
        .find(|m| m.score >= score::KNOWN && m.who == Who::Is(SpeakerKind::Person));
    if let Some((speaker, _)) = person.and_then(|m| cast.resolve(&m, None, scene.grammar)) {
        return vec![(speaker, Confidence::Carried)];
    }
    let after = said.get(said.partition_point(|s| s.span.start < outer.end));
    after.filter(|s| s.span.start <= next.span.end + 300).map(carried).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::cue::cues;
    use crate::quote::grammar::Grammar;
    use crate::quote::punctuation::Punctuation;
    use crate::quote::scene::Script;
    use crate::quote::statement::statements;

    fn with<T>(text: &str, read: impl Fn(&Scene<'_>, &[Statement], &Coreference) -> T) -> T {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let marks = Punctuation::new(text);
        let scene = Scene {
            text,
            headline: None,
            script: Script::Simplified,
            marks: &marks,
            grammar: &grammar,
        };
        let mut cast = Coreference::default();
        let made = statements(&scene, &cues(&scene), &mut cast);
        read(&scene, &made, &cast)
    }

    #[test]
    fn a_speaker_and_a_colon_need_no_verb() {
        let names = with("赵宁：新馆下月开放，门票十元。", |scene, made, cast| {
            let mut taken = vec![false; scene.marks.quotations.len()];
            let found = labelled(scene, made, cast, &mut taken);
            found.iter().map(|u| u.source.speakers[0].0.name.clone()).collect::<Vec<_>>()
        });
        assert_eq!(names, ["赵宁"]);
    }

    #[test]
    fn a_credit_before_a_colon_is_no_speaker() {
        let none = with("责任编辑：赵宁今天值班。", |scene, made, cast| {
            labelled(scene, made, cast, &mut []).is_empty()
        });
        assert!(none);
    }
}
