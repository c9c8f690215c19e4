//! Snippets: the places of the words in a passage, and the part of it that fits a given width.

use crate::engine::{Evidence, Occur, Plan, Unit};
use crate::passage::Passage;
use crate::query::Filters;
use crate::quote::{ArticlePart, Quote};
use crate::text::Span;
use crate::text::exact::is_exact_char;
use crate::text::fold::{Folded, key};
use crate::text::sentence::{is_terminator, sentences};
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthChar;

/// A part of a text with its highlights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The part shown, as a byte span of the text.
    pub span: Span,
    /// The highlights inside it, as byte spans of the text.
    pub highlights: Vec<Span>,
}

/// The places of what a plan looks for in `text`: byte spans, in order, not overlapping.
/// With `within`, only what lies in one of those spans counts.
pub fn highlights(text: &str, plan: &Plan, within: Option<&[Span]>) -> Vec<Span> {
    let squeezed = Squeezed::new(text);
    let mut found: Vec<Span> = Vec::new();
    let mut mark = |pattern: &[char]| -> bool {
        let before = found.len();
        found.extend(
            squeezed
                .occurrences(pattern)
                .filter(|s| within.is_none_or(|w| w.iter().any(|q| q.contains(*s)))),
        );
        found.len() > before
    };
    for unit in plan.units.iter().filter(|u| is_marked(u)) {
        for (_, evidence) in &unit.evidence {
            // A single character that only scores stands everywhere.
            if unit.occur == Occur::Bonus && matches!(evidence, Evidence::Character(_)) {
                continue;
            }
            if let Evidence::Near(_, phrases) | Evidence::Same(phrases) = evidence {
                // A single character beside a phrase stands everywhere.
                let long = phrases.iter().any(|phrase| phrase.len() > 1);
                phrases.iter().filter(|phrase| !long || phrase.len() > 1).for_each(|phrase| {
                    mark(phrase);
                });
            }
            let hit = evidence.exact().is_some_and(|chars| mark(&chars));
            // A word that stands here as it was typed needs no marks on the shorter words inside
            // it.
            if hit && matches!(evidence, Evidence::Word(_) | Evidence::Unknown(_)) {
                break;
            }
        }
    }
    merged(found)
}

/// True if what a unit finds is marked: not what is excluded, and no question words, which score at
/// a lower weight.
fn is_marked(unit: &Unit) -> bool {
    let whole = unit.evidence.iter().any(|&(weight, _)| weight >= 1.0);
    unit.occur != Occur::Excluded && (unit.occur != Occur::Bonus || whole)
}

/// The part of `text` that fits `columns` of a terminal: whole sentences around the best cluster of
/// highlights; of a sentence that is itself too long, the part around its highlights.
pub fn snippet(text: &str, highlights: &[Span], columns: usize) -> Snippet {
    let spans = sentences(text);
    if spans.is_empty() || width(text) <= columns {
        return Snippet { span: Span::whole(text), highlights: highlights.to_vec() };
    }
    let weight = |s: &Span| {
        let mut kinds: Vec<&str> =
            highlights.iter().filter(|h| s.overlaps(**h)).map(|h| h.of(text)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.len()
    };
    // The sentence with the most different hits, the first of them on a tie.
    let best = (0..spans.len()).rev().max_by_key(|&i| weight(&spans[i])).unwrap_or(0);
    let (mut first, mut last) = (best, best);
    let fits = |first: usize, last: usize| {
        width(Span::new(spans[first].start, spans[last].end).of(text)) <= columns
    };
    if !fits(best, best) {
        return cut_sentence(text, spans[best], highlights, columns);
    }
    loop {
        let after = last + 1 < spans.len() && fits(first, last + 1);
        let before = first > 0 && fits(first - 1, last);
        match (before, after) {
            (true, true) if weight(&spans[first - 1]) > weight(&spans[last + 1]) => first -= 1,
            (_, true) => last += 1,
            (true, false) => first -= 1,
            (false, false) => break,
        }
    }
    let span = Span::new(spans[first].start, spans[last].end);
    Snippet { span, highlights: highlights.iter().copied().filter(|h| span.contains(*h)).collect() }
}

/// Characters of the shortest clause that says something, and of the longest part shown of one.
const CLAUSE: std::ops::RangeInclusive<usize> = 6..=30;

/// The first clause of a text, for an article without a headline; a part of it with an ellipsis
/// where it is long.
///
/// ```
/// use jianbao::search::first_clause;
/// assert_eq!(first_clause("“城南泵站昨日开工，计划明年竣工。”"), "城南泵站昨日开工");
/// assert_eq!(first_clause("他说，桥修好了。"), "他说，桥修好了");
/// assert_eq!(first_clause("“夜市大战”打响，摊主忙。"), "“夜市大战”打响");
/// ```
pub fn first_clause(whole: &str) -> String {
    let ends = |c: char| is_terminator(c) || matches!(c, '，' | '；' | '：' | '\n' | ',' | ';');
    let text = whole.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut clause = String::new();
    for (i, c) in text.chars().enumerate() {
        if i >= *CLAUSE.start() && ends(c) {
            break;
        }
        if i >= *CLAUSE.end() {
            clause.push('…');
            break;
        }
        clause.push(c);
    }
    let clause = clause.trim_end_matches(|c: char| ends(c) || c.is_whitespace() || c == '”');
    // A mark that closes within the clause keeps the one that opens at its start.
    let opens = whole.trim_start().starts_with('“')
        && clause.matches('”').count() > clause.matches('“').count();
    if opens { format!("“{clause}") } else { clause.to_owned() }
}

/// The headline of an article, or a stand-in with the first clause of `text`.
///
/// ```
/// use jianbao::search::headline;
/// assert_eq!(headline(Some("泵站开工"), "城南。"), "泵站开工");
/// assert_eq!(headline(None, "城南泵站昨日开工，计划明年竣工。"), "（无标题）城南泵站昨日开工");
/// ```
pub fn headline(title: Option<&str>, text: &str) -> String {
    title.map_or_else(|| format!("（无标题）{}", first_clause(text)), str::to_owned)
}

/// True if a sentence may end with `c`, closing marks included.
pub fn ends_sentence(c: char) -> bool {
    is_terminator(c) || matches!(c, '”' | '」' | '』' | '）' | ')' | '\n')
}

/// True if the filters by speaker, confidence and kind admit a statement.
pub fn admits(filters: &Filters, quote: &Quote) -> bool {
    let named = |wanted: &[String]| {
        let speakers = quote.speaker.iter();
        let names =
            speakers.flat_map(|s| std::iter::once(&s.name).chain(&s.aliases).chain(&s.represents));
        names.into_iter().any(|name| wanted.contains(&key(name)))
    };
    let wanted: Vec<String> = filters.speakers.iter().map(|name| key(name)).collect();
    (wanted.is_empty() || named(&wanted))
        && filters.min_confidence.is_none_or(|least| quote.confidence >= least)
        && (filters.kinds.is_empty() || filters.kinds.contains(&quote.kind))
}

/// The spans of a passage's text in which one of the speakers says something that the filters
/// admit; `None` where no speaker is asked for.
pub fn said_spans(passage: &Passage, filters: &Filters) -> Option<Vec<Span>> {
    if filters.speakers.is_empty() {
        return None;
    }
    let body = passage.quotes.iter().filter(|quote| quote.part == ArticlePart::Body);
    let spans = body.filter(|quote| admits(filters, quote));
    let within = |span: Span| {
        let start = span.start.clamp(passage.span.start, passage.span.end) - passage.span.start;
        let end = span.end.clamp(passage.span.start, passage.span.end) - passage.span.start;
        Span::new(start, end)
    };
    Some(spans.map(|quote| within(quote.span)).filter(|s| !s.is_empty()).collect())
}

/// A text's exact characters, folded, each with the byte span that it came from.
struct Squeezed {
    chars: Vec<char>,
    spans: Vec<Span>,
}

impl Squeezed {
    fn new(text: &str) -> Squeezed {
        let folded = Folded::new(text);
        let (mut chars, mut spans) = (Vec::new(), Vec::new());
        for (at, c) in folded.text().char_indices().filter(|&(_, c)| is_exact_char(c)) {
            chars.push(c);
            spans.push(folded.original_span(Span::new(at, at + c.len_utf8()), text));
        }
        Squeezed { chars, spans }
    }

    fn occurrences<'a>(&'a self, pattern: &'a [char]) -> impl Iterator<Item = Span> + 'a {
        let length = pattern.len().max(1);
        self.chars
            .windows(length)
            .enumerate()
            .filter(move |(_, window)| *window == pattern)
            .map(move |(i, _)| Span::new(self.spans[i].start, self.spans[i + length - 1].end))
    }
}

/// Sorted, with overlapping and touching spans made one.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// The part of an overlong sentence around its best cluster of highlights.
fn cut_sentence(text: &str, sentence: Span, highlights: &[Span], columns: usize) -> Snippet {
    let anchor = cluster(text, sentence, highlights, columns - columns / 3);
    // A third of the room goes before the hit.
    let mut start = anchor;
    let mut used = 0;
    for (at, c) in text[sentence.start..anchor].char_indices().rev() {
        used += c.width().unwrap_or(0);
        if used > columns / 3 {
            break;
        }
        start = sentence.start + at;
    }
    let mut end = start;
    let mut used = 0;
    for (at, c) in text[start..sentence.end].char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        end = start + at + c.len_utf8();
    }
    let span = Span::new(start, end);
    Snippet { span, highlights: highlights.iter().copied().filter(|h| span.contains(*h)).collect() }
}

/// The byte at which the best cluster of highlights of a sentence starts: that with the most
/// different ones in so many columns, the first of them on a tie.
fn cluster(text: &str, sentence: Span, highlights: &[Span], columns: usize) -> usize {
    let hits: Vec<Span> = highlights.iter().copied().filter(|h| sentence.contains(*h)).collect();
    let mut best = (0, sentence.start);
    for (i, first) in hits.iter().enumerate() {
        let near = |hit: &&Span| width(Span::new(first.start, hit.end).of(text)) <= columns;
        let kinds: BTreeSet<&str> =
            hits[i..].iter().take_while(near).map(|hit| hit.of(text)).collect();
        if kinds.len().max(1) > best.0 {
            best = (kinds.len().max(1), first.start);
        }
    }
    best.1
}

/// Columns that a text takes on a terminal.
fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::{Lexicon, Ranking};
    use super::*;
    use crate::query::parse;
    use crate::text::word::Segmenter;
    use proptest::prelude::*;

    fn marked(text: &str, line: &str) -> Vec<String> {
        let lexicon =
            Lexicon::new(&Default::default(), Segmenter::new(&Default::default()).unwrap());
        let plan = super::super::compile(&parse(line).0, &lexicon, &Ranking::default());
        highlights(text, &plan, None).into_iter().map(|s| s.of(text).to_owned()).collect()
    }

    #[test]
    fn hits_are_marked_on_the_original_characters() {
        assert_eq!(marked("臺灣的ＧＰＴ－４很快", "台湾 gpt-4"), ["臺灣", "ＧＰＴ－４"]);
        assert_eq!(marked("大 模\n型来了", "“大模型”"), ["大 模\n型"]);
    }

    #[test]
    fn question_words_and_single_characters_are_not_marked() {
        let text = "为什么车的人大多不说话？大家怎么看：房价在涨，人人都在说车价。";
        assert_eq!(marked(text, "怎么看 房价"), ["房价"]);
        assert_eq!(marked(text, "为什么 房价 涨 人"), ["房价"]);
        assert_eq!(marked(text, "大家怎么看车价上涨"), ["大家", "车价"]);
        // Unless nothing else was asked for.
        assert_eq!(marked("涨了又涨", "涨"), ["涨", "涨"]);
    }

    #[test]
    fn overlapping_words_and_many_repeats_do_no_harm() {
        let text = format!("{}北京大学", "的".repeat(48));
        assert_eq!(marked(&text, "北京大学"), ["北京大学"]);
    }

    #[test]
    fn a_snippet_is_whole_sentences_around_the_hits() {
        let text = "甲乙丙丁。大模型很好。戊己庚辛。";
        let at = text.find("大模型").unwrap();
        let shown = snippet(text, &[Span::new(at, at + 9)], 24);
        assert_eq!(shown.span.of(text), "大模型很好。戊己庚辛。");
    }

    #[test]
    fn of_an_overlong_sentence_the_part_with_most_of_the_words_is_shown() {
        let text = format!("堤坝{}堤坝边的泵站", "很长的话".repeat(20));
        let mut hits: Vec<Span> = ["堤坝", "泵站"]
            .iter()
            .flat_map(|word| text.match_indices(word))
            .map(|(at, word)| Span::new(at, at + word.len()))
            .collect();
        hits.sort_unstable();
        let shown = snippet(&text, &hits, 24);
        assert!(shown.span.of(&text).ends_with("堤坝边的泵站"), "{}", shown.span.of(&text));
        assert_eq!(shown.highlights, hits[1..]);
    }

    proptest! {
        #[test]
        fn a_snippet_fits_and_stays_on_boundaries(text in "[甲乙a，。]\
         {0,80}", columns in 2usize..60) {
            let at = text.char_indices().nth(5).map_or(0, |(i, _)| i);
            let end = text.char_indices().nth(6).map_or(text.len(), |(i, _)| i).max(at);
            let shown = snippet(&text, &[Span::new(at, end)], columns);
            prop_assert!(width(shown.span.of(&text)) <= columns || text.is_empty());
        }
    }
}
