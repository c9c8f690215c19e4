//! Statements: the cues that open or close a report, each with its speakers.
//!
//! content.rs finds the words that a statement reports.

use super::attributed::{Confidence, Rule, Speaker, SpeakerKind};
use super::coreference::Coreference;
use super::cue::Cue;
use super::cue_context::{CueContext, Follows, read_context};
use super::grammar::{CueClass, SignClass};
use super::mention::{Mention, Who, lowest_score};
use super::name_reading::{ArticleNames, NoNames};
use super::person_name;
use super::punctuation::Mark;
use super::scene::Scene;
use super::score;
use super::subject::{self, SubjectReading};
use crate::text::{Span, floor_boundary};

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
    pub rule: Rule,
    /// The speaker is a medium, which may only relay.
    pub medium: bool,
}

/// The statements that the cues of a scene make, in order; `cast` learns the speakers.
pub(super) fn statements(
    scene: &Scene<'_>,
    cues: &[Cue],
    cast: &mut Coreference,
) -> Vec<Statement> {
    let mut heard: Vec<CueContext> =
        cues.iter().filter_map(|&cue| read_context(scene, cue, &NoNames)).collect();
    cast.learn_joined(scene.text, scene.grammar);
    for mention in heard.iter().flat_map(|h| match &h.reading {
        SubjectReading::Speakers(found) => found.as_slice(),
        _ => &[],
    }) {
        if mention.score >= score::RECOGNISED {
            cast.learn(mention, scene.text, scene.grammar);
        }
    }
    for h in &mut heard {
        let weak = match &h.reading {
            SubjectReading::Speakers(found) => found.iter().any(|m| m.score < score::SOUND),
            SubjectReading::Silent => false,
            _ => true,
        };
        // Without a name that is known by now, a second reading ends as the first did.
        let weak = weak && cast.knows_any_in(h.region.of(scene.text));
        if weak && let Some(again) = read_context(scene, h.cue, cast) {
            h.reading = again.reading;
        }
    }
    let mut made: Vec<Statement> = Vec::new();
    for h in heard {
        if let Some(statement) = state(scene, h, &made, cast) {
            for (speaker, _) in &statement.speakers {
                cast.hear(speaker);
            }
            made.push(statement);
        }
    }
    without_relays(scene, made)
}

/// CNN称，一名官员告诉…: the medium only relays a speaker whose cue stands in the same sentence.
fn without_relays(scene: &Scene<'_>, made: Vec<Statement>) -> Vec<Statement> {
    let relays = |i: usize, s: &Statement| {
        let end = scene.marks.next(s.cue.end, |m| m >= Mark::Stop).span.start;
        let mut next = made[i + 1..].iter().take_while(|n| n.cue.start < end);
        s.medium && next.any(|n| !n.medium && !n.mention.is_empty())
    };
    let relayed: Vec<bool> = made.iter().enumerate().map(|(i, s)| relays(i, s)).collect();
    made.into_iter().zip(relayed).filter(|(_, relays)| !relays).map(|(s, _)| s).collect()
}

/// Turns what was heard into a statement.
fn state(
    scene: &Scene<'_>,
    h: CueContext,
    made: &[Statement],
    cast: &Coreference,
) -> Option<Statement> {
    let strong = matches!(h.cue.class, CueClass::Say | CueClass::Tell);
    let opens = matches!(h.follows, Follows::Colon | Follows::Quotation | Follows::Comma);
    let mut rule = h.rule;
    let mut mention = Span::new(h.region.end, h.region.end);
    let speakers = match &h.reading {
        SubjectReading::Silent => vec![(author(scene, &h)?, Confidence::Role)],
        SubjectReading::Speakers(found) => {
            mention = Span::new(found.first()?.span.start, found.last()?.span.end);
            let speakers = named(scene, &h, found, cast)?;
            if speakers.is_empty() && found.iter().all(|m| m.name.chars().count() == 1) {
                // A lone character that is no surname of the article is read as no subject.
                mention = Span::new(h.region.end, h.region.end);
                rule = Rule::Inherited;
                inherited(scene, h.region.start, made, cast).unwrap_or_default()
            } else {
                speakers
            }
        }
        SubjectReading::Omitted if h.cue.class == CueClass::Stance => return None,
        // 邀请小朋友们一起读出反诈提示: behind other words of its clause only a plain verb reports.
        SubjectReading::Omitted if !strong && !opens_clause(scene, &h) => return None,
        SubjectReading::Unreadable if !(strong && opens) => return None,
        reading => {
            rule = Rule::Inherited;
            let found = inherited(scene, h.region.start, made, cast);
            if *reading == SubjectReading::Omitted { found? } else { found.unwrap_or_default() }
        }
    };
    let medium = matches!(&h.reading, SubjectReading::Speakers(found)
        if found.iter().all(|m| m.who == Who::Media));
    let quoted = scene.marks.quotation_from(h.behind).is_some();
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
        medium,
    })
}

/// 文章指出: the named author of the article that the text is about, 发表习近平总书记的重要文章.
fn author(scene: &Scene<'_>, h: &CueContext) -> Option<Speaker> {
    const PAPER: &str = "文章";
    let opens = h.region.of(scene.text).trim();
    if opens != PAPER && opens != "文章还" {
        return None;
    }
    let before = &scene.text[..h.cue.span.start];
    before.match_indices(PAPER).take(MAX_PAPERS).find_map(|(at, _)| {
        let mut words = &before[scene.marks.sentence_start(at)..at];
        while let Some(rest) =
            ["重要", "署名", "的", "题为"].iter().find_map(|w| words.strip_suffix(w))
        {
            words = rest;
        }
        for verb in ["发表", "刊发", "刊登", "刊载"] {
            words = words.rsplit_once(verb).map_or(words, |(_, name)| name);
        }
        let found = person_name::person(words, scene.grammar, &NoNames)?;
        let sure = found.score >= score::SOUND && before[..at].ends_with(['的', '要', '名', '为']);
        sure.then(|| Speaker::named(found.name, SpeakerKind::Person))
    })
}

/// Most mentions of an article that are read for its author.
const MAX_PAPERS: usize = 4;

/// True if nothing but adverbs and conjunctions stand before the cue in its clause.
fn opens_clause(scene: &Scene<'_>, h: &CueContext) -> bool {
    let mut words = h.region.of(scene.text).trim();
    while let Some(opener) = scene.grammar.openers.prefix(words) {
        words = words[opener.len()..].trim_start();
    }
    words.is_empty()
}

/// The speakers that stand beside a cue, resolved; `None` where they do not bear it.
fn named(
    scene: &Scene<'_>,
    h: &CueContext,
    found: &[Mention],
    cast: &Coreference,
) -> Option<Vec<(Speaker, Confidence)>> {
    let opens = matches!(h.follows, Follows::Colon | Follows::Quotation | Follows::Comma);
    let needed = match h.cue.class {
        CueClass::Say | CueClass::Tell if opens || h.cue.span.len() >= 6 => 0,
        CueClass::Act if h.cue.span.of(scene.text) == "宣布" => 0,
        _ => score::RECOGNISED,
    };
    let lowest = lowest_score(found);
    let apart = matches!(h.cue.class, CueClass::Act | CueClass::Stance)
        && !beside(scene, found.last()?.span.end, h.cue);
    if lowest < needed || h.rule == Rule::Cited && lowest < score::RECOGNISED || apart {
        return None;
    }
    let pronoun = found.iter().find(|m| m.who == Who::Pronoun);
    let about = pronoun
        .and_then(|m| subject_before(scene, h.region.start, cast, PronounNumber::of(&m.name)));
    Some(found.iter().filter_map(|m| cast.resolve(m, about.as_ref(), scene.grammar)).collect())
}

/// Most bytes between a cue and a sentence with 并 that its speaker is carried to.
const MAX_CARRY: usize = 900;

/// The speakers of a cue whose subject is written earlier in its sentence.
fn inherited(
    scene: &Scene<'_>,
    at: usize,
    made: &[Statement],
    cast: &Coreference,
) -> Option<Vec<(Speaker, Confidence)>> {
    let sentence = scene.marks.sentence_start(at);
    if let Some(last) = made.last().filter(|s| s.cue.start >= sentence && !s.speakers.is_empty()) {
        return Some(last.speakers.clone());
    }
    // 并强调，…: a sentence without a subject of its own goes on with who spoke last.
    let opening = scene.text[sentence..].trim_start();
    if let Some(last) = made.last().filter(|s| at.saturating_sub(s.cue.end) < MAX_CARRY)
        && sentence == at
        && scene.grammar.begins(SignClass::GoesOn, opening)
    {
        let carried = |(speaker, _): &(Speaker, Confidence)| (speaker.clone(), Confidence::Carried);
        return Some(last.speakers.iter().map(carried).collect());
    }
    let found = clauses(scene, sentence, at)
        .into_iter()
        .filter(|clause| !scene.grammar.holds(SignClass::Relay, clause.of(scene.text)))
        .filter_map(|clause| subject::subjects(scene.text, clause, scene.grammar, cast))
        .reduce(
            |first, next| if next.iter().all(|m| m.score >= score::CERTAIN) { next } else { first },
        )?;
    let weaker =
        |(speaker, confidence): (Speaker, Confidence)| (speaker, confidence.min(Confidence::Role));
    let [subject] = found.as_slice() else {
        return Some(
            found.iter().filter_map(|m| cast.resolve(m, None, scene.grammar)).map(weaker).collect(),
        );
    };
    let pronoun = (subject.who == Who::Pronoun).then(|| PronounNumber::of(&subject.name));
    let about = pronoun.and_then(|gap| subject_before(scene, sentence, cast, gap));
    cast.resolve(subject, about.as_ref(), scene.grammar).map(|found| vec![weaker(found)])
}

/// The person that the sentence before `at`, or the clauses before it in its own sentence, are
/// about.
pub(super) fn subject_before(
    scene: &Scene<'_>,
    at: usize,
    cast: &Coreference,
    gap: PronounNumber,
) -> Option<Mention> {
    let mut end = at;
    for turn in 0..3 {
        let start = scene.marks.sentence_start(end);
        let person = clauses(scene, start, end)
            .into_iter()
            .rev()
            .filter_map(|clause| subject::subject(scene.text, clause, scene.grammar, cast))
            .find(|m| match gap {
                // 负责人亦持乐观态度，他表示: in its own sentence a role will do.
                PronounNumber::Person if m.who == Who::Is(SpeakerKind::Role) => {
                    turn == 0 && m.score >= score::ROLE && !m.name.ends_with('们')
                }
                PronounNumber::Person => {
                    m.who == Who::Is(SpeakerKind::Person)
                        && (m.score >= score::CERTAIN
                            || m.score >= score::ROLE && cast.knows(&m.name)
                            || m.score >= score::BARE_FOREIGN && m.name.chars().count() >= 3)
                }
                PronounNumber::Group => {
                    matches!(m.who, Who::Is(SpeakerKind::Role | SpeakerKind::Organisation))
                        && m.score >= score::PLAUSIBLE
                }
            });
        if person.is_some() {
            return person;
        }
        if start == 0 {
            return None;
        }
        end = scene.marks.before(start).map_or(0, |b| b.span.start);
    }
    None
}

/// The number of a pronoun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PronounNumber {
    /// 他, 她.
    Person,
    /// 他们.
    Group,
}

impl PronounNumber {
    pub fn of(pronoun: &str) -> PronounNumber {
        if pronoun.ends_with('们') { PronounNumber::Group } else { PronounNumber::Person }
    }
}

/// True if nothing but adverbs and times part a mention from its cue: no 对, 把, 向 and no noun
/// with 的.
fn beside(scene: &Scene<'_>, mention: usize, cue: Cue) -> bool {
    let mut between = scene.text.get(mention..cue.span.start).unwrap_or("");
    // 向本报记者补充: whom it was told to does not part them.
    if between.starts_with(['向', '对'])
        && let Some(end) = scene
            .grammar
            .signs(SignClass::Hearer)
            .filter_map(|w| between.find(w).map(|i| i + w.len()))
            .max()
    {
        between = &between[end..];
    }
    let short = between.chars().count() <= if cue.class == CueClass::Stance { 6 } else { 24 };
    short && !scene.grammar.holds(SignClass::Apart, between)
}

/// Most clauses of a sentence that are read for its subject.
const MAX_CLAUSES: usize = 12;
/// Most bytes of a clause that are read for its subject.
const MAX_CLAUSE: usize = 360;

/// The clauses between two positions, in order, those nearest to the end.
pub(super) fn clauses(scene: &Scene<'_>, start: usize, end: usize) -> Vec<Span> {
    let breaks = &scene.marks.breaks;
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
    Span::new(clause.start, floor_boundary(text, end))
}

/// Where the report begins behind a hearer: 告诉记者，…; 告诉本报记者…
fn hearer_end(scene: &Scene<'_>, at: usize) -> Option<usize> {
    let next = scene.marks.next(at, |_| true);
    match next.mark {
        Mark::Comma | Mark::Colon if next.span.start - at <= MAX_HEARER => Some(next.span.end),
        // 周某告诉青禾日报。: nothing but the hearer stands behind the cue.
        _ => {
            let hearer = scene.text[at..next.span.start].trim();
            let medium = hearer.ends_with("记者") || scene.grammar.media.suffix(hearer).is_some();
            (hearer.len() > MAX_HEARER || !medium).then_some(at)
        }
    }
}

/// Most bytes of a hearer.
const MAX_HEARER: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::cue::cues;
    use crate::quote::grammar::Grammar;
    use crate::quote::punctuation::Punctuation;
    use crate::quote::scene::Script;

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
    fn a_cue_without_a_subject_takes_that_of_its_sentence() {
        let found = with("县长王建国来到现场，并表示新馆下月开放。", |_, made, _| made.to_vec());
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].rule, found[0].speakers[0].0.name.as_str()),
            (Rule::Inherited, "王建国")
        );
    }

    #[test]
    fn what_never_speaks_makes_no_statement() {
        assert!(with("数据显示，客流增加。", |_, made, _| made.is_empty()));
    }
}
