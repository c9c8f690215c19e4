//! Sentences without a cue that continue a report: 吴某表示，…。军队永远是…。
//!
//! A chain (chain.rs) over the sentences between two reports tells which of them still hold the
//! words of the first one's speaker. [`gaps`] makes its features, for training as for inference.

use super::ground::Ground;
use super::sentence::{Sentence, sentences};
use super::{Probabilities, percent};
use crate::quote::attributed::{Confidence, Rule, SpeakerKind, SpeechKind};
use crate::quote::content::{Attribution, Utterance};
use crate::quote::cue::Cue;
use crate::quote::grammar::{CueClass, SignClass};
use crate::quote::learned::chain::Chain;
use crate::quote::learned::features::{DIGITS, Features, flag};
use crate::text::{Span, first_chars, is_han, last_chars};

/// The label of a sentence that continues the report.
pub const CONTINUES: &str = "continues";

/// Most sentences behind a report that are looked at.
const MAX_GAP: usize = 16;
/// Most characters of a sentence that give features of pairs.
const MAX_PAIRS: usize = 80;

/// The sentences between a report and the next one.
#[derive(Debug)]
pub(in crate::quote) struct Gap {
    /// The last utterance before the gap, as a position in the list of utterances.
    pub report: usize,
    pub sentences: Vec<Span>,
    pub features: Vec<Features>,
}

/// The utterances that continue those of `ground`, by `model`. `chosen` takes the probabilities.
pub(in crate::quote) fn continued(
    ground: &Ground<'_>,
    model: &Chain,
    chosen: &mut Probabilities,
) -> Vec<Utterance> {
    let Some(label) = model.label(CONTINUES) else { return Vec::new() };
    let mut found = Vec::new();
    for gap in gaps(ground, &Features::default()) {
        let report = &ground.said[gap.report];
        for (span, place) in gap.sentences.iter().zip(model.marginals(&gap.features)) {
            if place[label] >= model.least() {
                let words = span.of(ground.scene.text);
                let bare = words.trim_end_matches('。').len();
                let span = Span::new(span.start, span.start + bare);
                found.push(carried(report, span));
                chosen.insert(span, percent(place[label]));
            }
        }
    }
    found
}

fn carried(report: &Utterance, span: Span) -> Utterance {
    let speakers = report.source.speakers.iter();
    let speakers = speakers.map(|(s, _)| (s.clone(), Confidence::Carried)).collect();
    let none = Span::new(span.start, span.start);
    let source = Attribution { speakers, mention: none, cue: none, rule: Rule::Carried };
    Utterance { span, kind: SpeechKind::Indirect, source, unclosed: false }
}

/// The gaps of a text with their features, made like `template` (named or not).
pub(in crate::quote) fn gaps(ground: &Ground<'_>, template: &Features) -> Vec<Gap> {
    let sentences = sentences(ground.scene, ground.said);
    let lines = sentences.iter().filter(|s| s.opens_line).count();
    let reader = GapReader { ground, lines, sentences: &sentences };
    let mut found = Vec::new();
    let mut i = 0;
    while i < sentences.len() {
        let Some((_, report)) = sentences[i].reports else {
            i += 1;
            continue;
        };
        let end = (i + 1..sentences.len()).find(|&k| sentences[k].reports.is_some());
        let until = end.unwrap_or(sentences.len()).min(i + 1 + MAX_GAP);
        if i + 1 < until {
            let scored = i + 1..(until + 1).min(end.unwrap_or(sentences.len()));
            let scores: Vec<f32> = scored.map(|k| reader.score(k)).collect();
            let looks: Vec<Look> = (i..until).map(|k| Look::new(reader.text(k))).collect();
            let place = GapPlace { report, sentence: i, next: end, scores: &scores, looks: &looks };
            let features =
                (i + 1..until).map(|k| reader.features(k, place, template.clone())).collect();
            let sentences = sentences[i + 1..until].iter().map(|s| s.span).collect();
            found.push(Gap { report, sentences, features });
        }
        i = end.unwrap_or(sentences.len());
    }
    found
}

/// Where a gap lies.
#[derive(Debug, Clone, Copy)]
struct GapPlace<'a> {
    /// The last utterance before it.
    report: usize,
    /// The sentence of that utterance.
    sentence: usize,
    /// The sentence of the next report.
    next: Option<usize>,
    /// How much each sentence of the gap is like words that news reports, and the one behind it
    /// where that reports nothing.
    scores: &'a [f32],
    /// The looks of the sentence of the report and of those of the gap.
    looks: &'a [Look],
}

impl GapPlace<'_> {
    /// The look of sentence `k`.
    fn look(&self, k: usize) -> &Look {
        &self.looks[k - self.sentence]
    }
}

/// The features of a sentence alone that several sentences are asked for.
#[derive(Debug)]
struct Look {
    /// See [`signature`].
    signature: [u64; 4],
    /// See [`person`].
    person: &'static str,
}

impl Look {
    fn new(words: &str) -> Look {
        Look { signature: signature(words), person: person(words) }
    }
}

struct GapReader<'a> {
    ground: &'a Ground<'a>,
    sentences: &'a [Sentence],
    /// Paragraphs of the text.
    lines: usize,
}

impl GapReader<'_> {
    fn text(&self, k: usize) -> &str {
        self.sentences[k].span.of(self.ground.scene.text)
    }

    fn features(&self, k: usize, place: GapPlace<'_>, mut f: Features) -> Features {
        f.add("bias", "");
        self.distance(k, place, &mut f);
        self.report(k, place, &mut f);
        self.next(k, place, &mut f);
        self.words(k, place, &mut f);
        self.likeness(k, place, &mut f);
        self.named(k, place, &mut f);
        self.neighbours(k, place, &mut f);
        f
    }

    fn distance(&self, k: usize, place: GapPlace<'_>, f: &mut Features) {
        let d = k - place.sentence;
        let lines = self.sentences[place.sentence + 1..=k].iter().filter(|s| s.opens_line).count();
        // A text may be a line a sentence, a line a paragraph or one line.
        let form = match (self.lines, self.sentences.len()) {
            (1, _) => "one",
            (l, s) if l * 5 > s * 4 => "each",
            (l, s) if l * 7 > s => "some",
            _ => "few",
        };
        let near = DIGITS[d.min(9)];
        f.bucket("d", d, &[1, 2, 3, 4, 6, 9, 15]);
        f.cross_bucket("lines", form, lines, &[0, 1, 2, 4]);
        f.cross_bucket(lines_by_distance(d), form, lines, &[0, 1, 2]);
        let sentence = &self.sentences[k];
        f.cross("opens", form, flag(sentence.opens_line));
        f.cross("ends", form, flag(sentence.ends_line));
        f.flag("report.ends", self.sentences[place.sentence].ends_line);
        let ends = self.text(place.sentence).chars().next_back().unwrap_or(' ');
        f.add("report.last", ends.encode_utf8(&mut [0; 4]));
        if lines == 0 {
            f.add("same.line", near);
        }
        f.bucket("left", self.sentences.len() - 1 - k, &[0, 1, 2, 4]);
        f.bucket("place", 10 * k / self.sentences.len(), &[0, 1, 3, 5, 7, 8]);
    }

    /// The report that may be continued.
    fn report(&self, k: usize, place: GapPlace<'_>, f: &mut Features) {
        let said = &self.ground.said[place.report];
        let d = DIGITS[(k - place.sentence).min(3)];
        let cue = said.source.cue.of(self.ground.scene.text);
        let rule = said.source.rule.as_str();
        f.add("rule", rule);
        f.cross("rule", d, rule);
        f.add("cue", cue);
        f.add("kind", kind(said.kind));
        f.cross("kind", d, kind(said.kind));
        f.bucket("speakers", said.source.speakers.len(), &[1]);
        if let Some((speaker, confidence)) = said.source.speakers.first() {
            f.add("speaker", speaker_kind(speaker.kind));
            f.add("confidence", DIGITS[*confidence as usize]);
            let spoken = self
                .ground
                .said
                .iter()
                .filter(|u| u.source.speakers.iter().any(|(s, _)| s.name == speaker.name));
            f.bucket("spoken", spoken.count(), &[1, 2, 4, 8]);
        }
        let rest = self.sentences[place.sentence].span.end.saturating_sub(said.span.end);
        f.bucket("rest", rest, &[3, 6, 24, 60]);
        let colon = self.ground.scene.text[said.source.cue.end..].starts_with(['：', ':']);
        f.flag("colon", colon);
        let between = &self.sentences[place.sentence + 1..=k];
        f.flag("unknown.between", between.iter().any(|s| s.unknown));
        f.bucket("reports", self.ground.said.len() * 10 / self.sentences.len(), &[1, 3, 6]);
    }

    /// The report behind the gap.
    fn next(&self, k: usize, place: GapPlace<'_>, f: &mut Features) {
        let Some(next) = place.next else {
            f.add("next", "none");
            return;
        };
        let distance = next - k;
        f.bucket("next", distance, &[1, 2, 3, 5, 9]);
        let Some((first, _)) = self.sentences[next].reports else { return };
        let (said, before) = (&self.ground.said[first], &self.ground.said[place.report]);
        f.add("next.rule", said.source.rule.as_str());
        f.add("next.kind", kind(said.kind));
        let same = said
            .source
            .speakers
            .iter()
            .any(|(s, _)| before.source.speakers.iter().any(|(b, _)| b.name == s.name));
        let near = DIGITS[distance.min(4)];
        f.add(if same { "next.same" } else { "next.other" }, near);
        let lines = self.sentences[k + 1..=next].iter().filter(|s| s.opens_line).count();
        f.bucket("next.lines", lines, &[0, 1, 2]);
        f.add("next.first", first_chars(self.text(next), 2));
        if said.source.mention.is_empty() {
            f.add("next.bare", near);
        }
    }

    /// The words of the sentence itself.
    fn words(&self, k: usize, place: GapPlace<'_>, f: &mut Features) {
        let words = self.text(k);
        for (n, template) in [(1, "w1"), (2, "w2"), (3, "w3"), (4, "w4")] {
            f.add(template, first_chars(words, n));
        }
        let last = words.chars().next_back().unwrap_or(' ');
        f.add("last", last.encode_utf8(&mut [0; 4]));
        let bare = words.trim_end_matches(|c: char| !c.is_alphanumeric());
        f.add("tail", last_chars(bare, 1));
        f.bucket("length", words.chars().count(), &[8, 15, 30, 50, 80, 120]);
        f.flag("quotes", words.contains(['“', '「']));
        f.flag("question", words.contains('？'));
        let digits = words.chars().filter(char::is_ascii_digit).count();
        f.bucket("digits", digits, &[0, 2, 5, 9]);
        f.flag("brackets", words.contains(['（', '(']));
        f.flag("unknown", self.sentences[k].unknown);
        f.add("person", place.look(k).person);
        let grammar = self.ground.scene.grammar;
        let held = grammar.classes(words);
        for (class, template) in CLASSES {
            if held.has(*class) {
                f.add(template, "in");
            }
            if grammar.begins(*class, words) {
                f.add(template, "at");
            }
        }
        if let Some(opener) = grammar.openers.prefix(words) {
            f.add("opener", opener);
        }
        for pair in pairs(words) {
            f.add("p", pair);
        }
        self.cue_words(k, f);
    }

    /// How much a sentence is like words that news reports.
    fn score(&self, k: usize) -> f32 {
        let words = self.text(k).trim_end_matches(['。', '！', '？', '；']);
        self.ground.scene.grammar.reported.score(words)
    }

    /// How much the words are like words that news reports, beside those of their neighbours.
    fn likeness(&self, k: usize, place: GapPlace<'_>, f: &mut Features) {
        let d = k - place.sentence;
        let (before, from) = place.scores.split_at(d - 1);
        let own = likeness(from[0]);
        f.add("like", own);
        f.cross("like", DIGITS[d.min(3)], own);
        if let Some(last) = before.last() {
            let least = before.iter().copied().fold(9.0, f32::min);
            f.add("like.least.before", likeness(least));
            f.add("like.before", likeness(*last));
        }
        if let Some(after) = from.get(1) {
            f.add("like.after", likeness(*after));
        }
    }

    fn cue_words(&self, k: usize, f: &mut Features) {
        let span = self.sentences[k].span;
        let cues = self.ground.cues;
        let from = cues.partition_point(|c| c.span.start < span.start);
        let here: Vec<&Cue> = cues[from..].iter().take_while(|c| c.span.end <= span.end).collect();
        f.bucket("cues", here.len(), &[0, 1]);
        for cue in &here {
            // 周某表示: words before a verb of saying name somebody else, most likely.
            if matches!(cue.class, CueClass::Say | CueClass::Tell) {
                let before = self.ground.scene.marks.before(cue.span.start);
                let start = before.map_or(0, |b| b.span.end).max(span.start);
                f.bucket("say.lead", (cue.span.start - start) / 3, &[0, 1, 3, 8, 20]);
            }
        }
        for cue in here.into_iter().take(4) {
            f.add("cue.class", DIGITS[cue.class as usize % 10]);
            f.add("cue.word", cue.span.of(self.ground.scene.text));
        }
    }

    /// Whom the sentence names.
    fn named(&self, k: usize, place: GapPlace<'_>, f: &mut Features) {
        let cast = self.ground.cast;
        let words = self.text(k);
        let said = &self.ground.said[place.report];
        for (speaker, _) in said.source.speakers.iter().take(1) {
            match words.find(speaker.name.as_str()) {
                Some(0..=12) => f.add("speaker.named", "first"),
                Some(_) => f.add("speaker.named", "later"),
                None => {}
            }
        }
        let other = cast.persons().filter(|p| p.name.chars().count() > 1).find(|p| {
            words.contains(p.name.as_str())
                && said.source.speakers.iter().all(|(s, _)| s.name != p.name)
        });
        f.flag("other.named", other.is_some());
    }

    /// The sentences beside it.
    fn neighbours(&self, k: usize, place: GapPlace<'_>, f: &mut Features) {
        let own = place.look(k).signature;
        let shared = |other: usize| {
            let theirs = place.look(other).signature;
            own.iter().zip(theirs).map(|(a, b)| (a & b).count_ones() as usize).sum::<usize>()
        };
        f.bucket("shared.before", shared(k - 1), &[0, 1, 2, 4, 8]);
        if place.sentence + 1 < k {
            f.bucket("shared.report", shared(place.sentence), &[0, 1, 2, 4, 8]);
        }
        f.add("before.person", place.look(k - 1).person);
        f.add("before.first", first_chars(self.text(k - 1), 2));
        if k + 1 < self.sentences.len() && self.sentences[k + 1].reports.is_none() {
            let after = place.looks.get(k + 1 - place.sentence);
            let person = after.map_or_else(|| person(self.text(k + 1)), |look| look.person);
            f.add("after.person", person);
            f.add("after.first", first_chars(self.text(k + 1), 2));
        }
    }
}

/// Classes of signs that tell how a sentence is meant.
const CLASSES: &[(SignClass, &str)] = &[
    (SignClass::Turns, "turns"),
    (SignClass::Runs, "runs"),
    (SignClass::Spoken, "spoken"),
    (SignClass::GoesOn, "goes.on"),
    (SignClass::Relay, "relay"),
    (SignClass::Byline, "byline"),
    (SignClass::Dateline, "dateline"),
    (SignClass::Hearer, "hearer"),
];

/// The template of paragraph counts at a distance of `d` sentences.
fn lines_by_distance(d: usize) -> &'static str {
    ["lines.0", "lines.1", "lines.2", "lines.3"][d.min(3)]
}

fn kind(kind: SpeechKind) -> &'static str {
    match kind {
        SpeechKind::Direct => "direct",
        SpeechKind::Indirect => "indirect",
        SpeechKind::Mixed => "mixed",
    }
}

fn speaker_kind(kind: SpeakerKind) -> &'static str {
    match kind {
        SpeakerKind::Person => "person",
        SpeakerKind::Organisation => "organisation",
        SpeakerKind::Role => "role",
        SpeakerKind::Meeting => "meeting",
    }
}

/// The logarithm of odds in coarse steps.
fn likeness(score: f32) -> &'static str {
    const BOUNDS: [f32; 9] = [-4.0, -3.0, -2.0, -1.0, -0.3, 0.3, 1.0, 2.0, 3.0];
    DIGITS[BOUNDS.iter().take_while(|bound| score > **bound).count()]
}

/// The grammatical person that the words are in.
fn person(words: &str) -> &'static str {
    if words.contains("我们") {
        "we"
    } else if words.contains('我') || words.contains('咱') {
        "i"
    } else if words.contains(['你', '您']) {
        "you"
    } else if words.starts_with(['他', '她']) {
        "he.first"
    } else if words.contains(['他', '她']) {
        "he"
    } else {
        "none"
    }
}

/// The pairs of Chinese characters side by side, up to [`MAX_PAIRS`].
fn pairs(words: &str) -> impl Iterator<Item = &str> {
    let mut chars = words.char_indices();
    let mut last = chars.next().map(|(at, c)| (at, is_han(c)));
    chars.take(MAX_PAIRS).filter_map(move |(at, c)| {
        let own = (at, is_han(c));
        let (start, _) = last.replace(own).filter(|(_, han)| *han && own.1)?;
        Some(&words[start..at + c.len_utf8()])
    })
}

/// A bit for each pair of characters, out of 256: shared bits are likely shared words.
fn signature(words: &str) -> [u64; 4] {
    let mut bits = [0u64; 4];
    for pair in pairs(words) {
        let hash = pair.bytes().fold(0u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b)));
        let bit = (hash.wrapping_mul(0x9e37_79b1) >> 24) as usize;
        bits[bit / 64] |= 1 << (bit % 64);
    }
    bits
}

/// One gap with what training needs of it.
#[derive(Debug)]
pub struct ContinuationLesson {
    /// The names of the speakers that the gap would continue.
    pub speakers: Vec<String>,
    /// The sentences, in the text that was read.
    pub sentences: Vec<Span>,
    /// The features of each, with names.
    pub features: Vec<Features>,
}

/// The lessons that a text gives.
pub(in crate::quote) fn lessons(ground: &Ground<'_>) -> Vec<ContinuationLesson> {
    let names = |report: usize| {
        ground.said[report].source.speakers.iter().map(|(s, _)| s.name.clone()).collect()
    };
    gaps(ground, &Features::named())
        .into_iter()
        .map(|gap| ContinuationLesson {
            speakers: names(gap.report),
            sentences: gap.sentences,
            features: gap.features,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::definition::Definition;
    use crate::quote::{Confidence, Grammar, Quote, Rule, extract};

    fn carried(text: &str) -> Vec<Quote> {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        extract(None, text, &grammar).into_iter().filter(|q| q.rule == Rule::Carried).collect()
    }

    #[test]
    fn a_sentence_in_the_first_person_continues_the_report() {
        let text = "市交通局局长周国栋表示，大桥将在年底通车，届时两岸居民过江只需要十分钟。\
                    我们还会在桥头修建停车场和公交站，方便大家换乘。\
                    同时，要加强施工管理，确保工程质量和安全。\n\
                    据了解，大桥全长两公里，去年三月开工。";
        let found = carried(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].span.of(text), "我们还会在桥头修建停车场和公交站，方便大家换乘");
        assert_eq!(found[0].speaker.as_ref().unwrap().name, "周国栋");
        assert_eq!(found[0].confidence, Confidence::Carried);
        assert!(found[0].probability.is_some_and(|p| p >= 70));
    }

    #[test]
    fn narration_in_a_paragraph_of_its_own_continues_nothing() {
        let text = "市交通局局长周国栋表示，大桥年底通车，过江只要十分钟。\n\
                    据了解，大桥全长两公里，去年三月开工。\n记者昨日在现场看到，桥面已经铺好。";
        assert_eq!(carried(text), []);
    }
}
