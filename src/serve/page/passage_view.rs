//! Passages and hits as templates show them: text cut at marks and quotes, speakers with evidence.

use super::basket::{CookieBasket, KeptClipping};
use super::evidence::{rule, tier, who};
use super::language::Language;
use super::link::in_path;
use crate::passage::{Head, Passage};
use crate::quote::{ArticlePart, Confidence, Quote};
use crate::record::segments;
use crate::search::{Hit, first_clause, snippet};
use crate::text::{Span, harmless};

/// Columns of a passage that are shown of a hit.
const COLUMNS: usize = 900;
/// Bytes of the tags of a section, a mark, a stretch of speech and a speaker.
const SECTION: usize = 160;
const MARK: usize = 13;
const SPEECH: usize = 31;
const SPEAKER: usize = 180;
/// Characters of a title beside a name.
const TITLE: usize = 24;

/// A stretch of text.
pub struct Stretch {
    /// The words.
    pub text: String,
    /// True if they were looked for.
    pub marked: bool,
    /// The class of the speech that they stand in; empty for none.
    pub class: String,
    /// Who says them, and how sure that is; empty for none.
    pub who: String,
}

/// A speaker with the evidence.
pub struct SpeakerView {
    /// The name; `？` where the article does not tell.
    pub name: String,
    /// The title; empty for none.
    pub title: String,
    /// The address of the speaker's page; empty for none.
    pub link: String,
    /// The class of the colour.
    pub class: String,
    /// Title, mention, cue, rule and confidence in a line.
    pub evidence: String,
}

/// A passage.
pub struct PassageView {
    /// Its place in the article.
    pub ordinal: u32,
    /// True if something comes before what is shown.
    pub cut_before: bool,
    /// The text shown.
    pub stretches: Vec<Stretch>,
    /// True if something comes after.
    pub cut_after: bool,
    /// Those who speak in it.
    pub speakers: Vec<SpeakerView>,
}

/// A hit.
pub struct HitView {
    /// The key of its article.
    pub key: String,
    /// The headline, cut at its marks.
    pub title: Vec<Stretch>,
    /// Date, outlet, authors.
    pub facts: String,
    /// The passage.
    pub passage: PassageView,
    /// Further passages of the article.
    pub further: u32,
    /// Further copies of the text.
    pub reprints: u64,
    /// The name of the clipping that it would be.
    pub clip: String,
    /// True if it is in the basket.
    pub kept: bool,
}

impl HitView {
    /// A hit for a page, for somebody with that basket.
    pub fn new(hit: &Hit, basket: &CookieBasket, language: Language) -> HitView {
        let head = &hit.passage.article;
        let title = title(&hit.passage, language);
        let marks = if head.title.is_some() { hit.title_highlights.as_slice() } else { &[] };
        let passage = &hit.passage;
        let clip = head.key.map(|key| KeptClipping::of(key, Some(passage.ordinal), &passage.text));
        HitView {
            key: head.key.map(|key| key.to_string()).unwrap_or_default(),
            title: stretches(&title, marks, &[]),
            facts: facts(head, language),
            passage: PassageView::new(&hit.passage, &hit.highlights, Some(COLUMNS), language),
            further: hit.further,
            reprints: hit.standing.count as u64,
            kept: clip.as_ref().is_some_and(|clip| basket.holds(clip)),
            clip: clip.map(|clip| clip.name()).unwrap_or_default(),
        }
    }
}

/// The headline of a passage's article; the passage's first clause stands for one that is missing.
fn title(passage: &Passage, language: Language) -> String {
    match passage.article.title.as_deref() {
        Some(title) => title.to_owned(),
        None => {
            let clause = first_clause(&passage.text);
            format!("{}{clause}", language.say("（无标题）", "(no title) "))
        }
    }
}

/// The headline or its stand-in, as a page may show it.
pub fn title_of(passage: &Passage, language: Language) -> String {
    harmless(&title(passage, language)).into_owned()
}

/// The facts about an article, in a line.
pub fn facts(head: &Head, language: Language) -> String {
    let inferred =
        if head.date_inferred { language.say("（推断）", " (inferred)") } else { "" };
    let date = head.date.as_deref().map(|date| format!("{}{inferred}", date.replace('T', " ")));
    let undated = || language.say("无日期", "undated").to_owned();
    let by = |by: &String| format!("{}{by}", language.say("转载：", "reprinted by "));
    let facts = [
        Some(date.unwrap_or_else(undated)),
        head.source.clone(),
        head.reprinted_by.as_ref().map(by),
        Some(head.authors.join("、")).filter(|authors| !authors.is_empty()),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    harmless(&facts.join(" · ")).into_owned()
}

impl PassageView {
    /// A passage for a page, in at most so many columns.
    pub fn new(
        passage: &Passage,
        marks: &[Span],
        columns: Option<usize>,
        language: Language,
    ) -> PassageView {
        let text = passage.text.as_str();
        let part = columns.map_or(Span::whole(text), |columns| snippet(text, marks, columns).span);
        let base = passage.span.start + part.start;
        let within = |span: &Span, base: usize| {
            let clamp = |at: usize| at.clamp(base, base + part.end - part.start) - base;
            Span::new(clamp(span.start), clamp(span.end))
        };
        let quotes: Vec<&Quote> =
            passage.quotes.iter().filter(|quote| quote.part == ArticlePart::Body).collect();
        let marks: Vec<Span> = marks.iter().map(|mark| within(mark, part.start)).collect();
        let names = crate::record::speakers(&passage.quotes);
        let spoken = quotes.iter().map(|quote| SpokenStretch {
            span: within(&quote.span, base),
            class: class(quote, &names),
            who: harmless(&who(quote, language)).into_owned(),
        });
        let spoken: Vec<SpokenStretch> = spoken.collect();
        let shown = |quote: &&&Quote| !within(&quote.span, base).is_empty();
        let mut speakers: Vec<SpeakerView> = Vec::new();
        for quote in quotes.iter().filter(shown) {
            let view = SpeakerView::new(quote, &names, language);
            if !speakers.iter().any(|other| other.name == view.name) {
                speakers.push(view);
            }
        }
        PassageView {
            ordinal: passage.ordinal,
            cut_before: part.start > 0,
            stretches: stretches(part.of(text), &marks, &spoken),
            cut_after: part.end < text.len(),
            speakers,
        }
    }
}

impl PassageView {
    /// The bytes of HTML that it takes, with its frame.
    pub fn bytes(&self) -> usize {
        let text = self.stretches.iter().map(|s| match s.class.is_empty() {
            true => escaped(&s.text) + MARK,
            false => escaped(&s.text) + MARK + s.class.len() + escaped(&s.who) + SPEECH,
        });
        let speakers = self.speakers.iter().map(|s| {
            let twice = 2 * escaped(&s.name) + s.link.len() + s.class.len();
            twice + escaped(&s.title) + escaped(&s.evidence) + SPEAKER
        });
        SECTION + text.sum::<usize>() + speakers.sum::<usize>()
    }
}

impl SpeakerView {
    fn new(quote: &Quote, names: &[&str], language: Language) -> SpeakerView {
        let name = quote.speaker.as_ref().map(|speaker| speaker.name.as_str());
        let title = quote.speaker.as_ref().map_or("", |speaker| speaker.title.as_str());
        let named =
            |label: &str, value: &str| (!value.is_empty()).then(|| format!("{label}{value}"));
        let parts = [
            named("", title),
            named(language.say("原文作：", "written as: "), &quote.mention),
            named(language.say("提示词：", "cue: "), &quote.cue),
            named(language.say("规则：", "rule: "), &rule(quote, language)),
            named(language.say("可信度：", "confidence: "), tier(quote.confidence, language)),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        SpeakerView {
            name: harmless(name.unwrap_or("？")).into_owned(),
            title: harmless(&shortened(title, TITLE)).into_owned(),
            link: name.map(|name| format!("/s/{}", in_path(name))).unwrap_or_default(),
            class: class(quote, names),
            evidence: harmless(&parts.join(" · ")).into_owned(),
        }
    }
}

/// A stretch of speech in a text.
struct SpokenStretch {
    span: Span,
    class: String,
    who: String,
}

/// The bytes of a text whose marks of HTML are escaped.
fn escaped(text: &str) -> usize {
    text.len() + 5 * text.bytes().filter(|byte| b"<>&\"'".contains(byte)).count()
}

/// A text of at most so many characters, with an ellipsis where it is longer.
fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The classes of a quote: the colour of its speaker, and how sure it is.
fn class(quote: &Quote, names: &[&str]) -> String {
    let speaker = quote.speaker.as_ref();
    let place = speaker.and_then(|speaker| names.iter().position(|name| *name == speaker.name));
    let sure = if quote.confidence >= Confidence::Role { "sure" } else { "unsure" };
    place.map_or_else(|| format!("s {sure} s9"), |place| format!("s {sure} s{}", place % 6))
}

/// A text cut at its marks and its speech.
fn stretches(text: &str, marks: &[Span], spoken: &[SpokenStretch]) -> Vec<Stretch> {
    let spans: Vec<Span> = spoken.iter().map(|spoken| spoken.span).collect();
    let cut = segments(text, marks, &spans).into_iter();
    cut.map(|segment| Stretch {
        text: harmless(segment.text).into_owned(),
        marked: segment.marked,
        class: segment.quote.map(|at| spoken[at].class.clone()).unwrap_or_default(),
        who: segment.quote.map(|at| spoken[at].who.clone()).unwrap_or_default(),
    })
    .collect()
}
