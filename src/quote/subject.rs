//! Finds the speaker in the clause of a cue: where the subject starts, where it ends, or that it is
//! left out.
//!
//! mention.rs reads the phrase; statement.rs looks for a subject that stands elsewhere.

use super::attributed::SpeakerKind;
use super::grammar::{Grammar, Lead, SignClass};
use super::mention::{Mention, Phrases, Who, lowest_score};
use super::name_reading::ArticleNames;
use super::score;
use crate::text::Span;

/// The words before a cue, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SubjectReading {
    /// One speaker, or several who speak together.
    Speakers(Vec<Mention>),
    /// No subject is written: 并强调.
    Omitted,
    /// The subject is written and never speaks: 数据显示.
    Silent,
    /// Something is written that could not be read.
    Unreadable,
}

/// Reads the stretch of `text` between a clause's start and its cue.
pub(super) fn read(
    text: &str,
    region: Span,
    grammar: &Grammar,
    known: &dyn ArticleNames,
) -> SubjectReading {
    let phrases = Phrases::new(text, region, grammar, known);
    let bounds = bounds(text, region, grammar);
    let reader = ClauseReader { phrases, text, grammar, bounds };
    let (starts, adverbials) = reader.starts(region);
    let rest = starts.last().map_or("", |&s| &text[s..region.end]);
    let omitted = reader.omits_subject(rest);
    let mut best: Option<Vec<Mention>> = None;
    for (i, &start) in starts.iter().enumerate().rev() {
        if omitted && i >= adverbials && start + rest.len() == region.end {
            // 在某地工作多年的经纪人蒋某: only a titled name behind 的 makes the whole a subject.
            if best.is_none() && reader.leads(Span::new(start, region.end)) {
                best = reader
                    .phrases
                    .phrase(Span::new(start, region.end))
                    .filter(|m| lowest_score(m) >= score::TITLED && rest.ends_with(&m[0].name));
            }
            continue;
        }
        let Some(found) = reader.leading(Span::new(start, region.end)) else { continue };
        // A reading that only follows a noun (赛后, 届时) must be a person to count.
        let sure =
            lowest_score(&found) >= score::CERTAIN || found.iter().all(|m| known.knows(&m.name));
        if i < adverbials && !reader.leads(region) && !sure {
            continue;
        }
        if best.as_ref().is_none_or(|b| lowest_score(&found) > lowest_score(b)) {
            best = Some(found);
        }
        if best.as_ref().is_some_and(|b| lowest_score(b) >= score::CERTAIN) {
            break;
        }
    }
    if best.as_ref().is_none_or(|b| lowest_score(b) < score::RECOGNISED)
        && !omitted
        && let Some(&start) = starts.last()
        && let Some(found) = reader.scan(Span::new(start, region.end))
    {
        best = Some(found);
    }
    let omits = omitted || reader.starts_with_bound(rest);
    reading(best, rest, omits)
}

/// The reading that the best mention of a clause makes; `rest` stands before the cue, and `omits`
/// says that no subject is in it.
fn reading(best: Option<Vec<Mention>>, rest: &str, omits: bool) -> SubjectReading {
    match best {
        Some(found) if lowest_score(&found) >= score::RECOGNISED || !omits => {
            if found.iter().any(|m| m.who == Who::Silent) {
                SubjectReading::Silent
            } else {
                SubjectReading::Speakers(found)
            }
        }
        _ if rest.trim().is_empty() || omits => SubjectReading::Omitted,
        _ => SubjectReading::Unreadable,
    }
}

/// Reads the subject that a clause opens with, whatever follows it.
pub(super) fn subject(
    text: &str,
    clause: Span,
    grammar: &Grammar,
    known: &dyn ArticleNames,
) -> Option<Mention> {
    subjects(text, clause, grammar, known).filter(|found| found.len() == 1)?.into_iter().next()
}

/// Reads the subject or joint subjects that a clause opens with.
pub(super) fn subjects(
    text: &str,
    clause: Span,
    grammar: &Grammar,
    known: &dyn ArticleNames,
) -> Option<Vec<Mention>> {
    let mut words = clause.of(text).trim_start();
    while let Some(opener) = grammar.openers.prefix(words) {
        words = words[opener.len()..].trim_start();
    }
    match grammar.lead(words) {
        Lead::Neither => {}
        Lead::Subject if grammar.bounds.prefix(words).is_none() => {}
        _ => return None,
    }
    match read(text, clause, grammar, known) {
        SubjectReading::Speakers(found) if lowest_score(&found) >= score::RECOGNISED => Some(found),
        _ => None,
    }
}

struct ClauseReader<'a> {
    phrases: Phrases<'a>,
    text: &'a str,
    grammar: &'a Grammar,
    /// Where a word stands in the clause that ends mentions, in order.
    bounds: Vec<usize>,
}

impl ClauseReader<'_> {
    /// True if the clause opens with a preposition, so that its subject stands elsewhere:
    /// 向记者表示.
    fn omits_subject(&self, rest: &str) -> bool {
        matches!(self.grammar.lead(rest), Lead::Preposition | Lead::Adverbial)
    }

    /// The first reading of a prefix that is a known name or a role, where no word marks its end:
    /// 居民意犹未尽地.
    fn scan(&self, region: Span) -> Option<Vec<Mention>> {
        let rest = region.of(self.text);
        if !rest.ends_with(['地', '的']) && !self.phrases.known.knows_any_in(rest) {
            return None;
        }
        let ends = rest.char_indices().skip(2).take(14).map(|(i, _)| region.start + i);
        ends.filter_map(|end| self.phrases.single(Span::new(region.start, end)))
            .find(|m| match m.who {
                Who::Is(SpeakerKind::Person) => {
                    self.phrases.known.knows(&m.name)
                        || m.score >= score::BARE_FOREIGN && rest.ends_with('地')
                }
                Who::Is(SpeakerKind::Role) => {
                    m.score >= score::ROLE && rest.ends_with(['地', '的'])
                }
                _ => false,
            })
            .map(|m| vec![Mention { score: score::PLAUSIBLE, ..m }])
    }

    /// Where the subject may start: at the clause's start, and behind each time or opener that
    /// stands there. The first of them, as many as the number says, stand behind an adverbial:
    /// 在回答提问时X表示.
    fn starts(&self, region: Span) -> (Vec<usize>, usize) {
        let mut at = self.dateline_end(region);
        let mut starts = vec![at];
        for _ in 0..8 {
            let rest = &self.text[at..region.end];
            let skip = opener_length(rest, self.grammar);
            if skip == 0 {
                break;
            }
            // A time or a bracket is never the start of a subject; a word may be (连 in 连战).
            if !self.grammar.openers.contains(&rest[..skip]) {
                starts.pop();
            }
            at += skip;
            starts.push(at);
        }
        let rest = &self.text[at..region.end];
        let leads = self.leads(Span::new(at, region.end));
        let mut adverbials = 0;
        for (i, c) in rest.char_indices().skip(2) {
            let end = at + i + c.len_utf8();
            let closes = match c {
                _ if self.bound_up(c, &rest[i + c.len_utf8()..]) => false,
                '时' | '后' => true,
                '上' | '中' | '前' => leads,
                '”' | '》' | ' ' => true,
                '有' => rest[..i].ends_with(['也', '还', '又']),
                _ => false,
            };
            if closes && end < region.end && adverbials < 6 {
                starts.push(end);
                adverbials += 1;
            }
        }
        starts.rotate_right(adverbials);
        (starts, adverbials)
    }

    /// True if the clause opens with an adverbial before its subject.
    fn leads(&self, region: Span) -> bool {
        self.grammar.lead(region.of(self.text)) == Lead::Adverbial
    }

    /// True if a character that may close an adverbial is part of a longer word: 时代, 中央, 上海.
    fn bound_up(&self, closer: char, behind: &str) -> bool {
        let longer = self.grammar.closers.attributes(closer.encode_utf8(&mut [0; 4])).unwrap_or("");
        behind.chars().next().is_some_and(|next| longer.contains(next))
    }

    /// Behind a dateline that the clause opens with: 某社北京7月1日电 （记者 …）.
    fn dateline_end(&self, region: Span) -> usize {
        let words = region.of(self.text);
        if !self.grammar.holds(SignClass::Dateline, words) {
            return region.start;
        }
        let ends = self
            .grammar
            .signs(SignClass::Dateline)
            .filter_map(|w| words.find(w).map(|i| i + w.len()));
        ends.filter(|&i| i < 120).max().map_or(region.start, |i| region.start + i)
    }

    fn starts_with_bound(&self, rest: &str) -> bool {
        self.grammar.bounds.prefix(rest).is_some() || rest.starts_with(['“', '「', '（', '('])
    }

    /// The best mention that `region` opens with.
    fn leading(&self, region: Span) -> Option<Vec<Mention>> {
        let mut best: Option<Vec<Mention>> = None;
        let ends = self.ends(region);
        let mut crossed = 0u8;
        for (tried, &end) in ends.iter().enumerate() {
            let penalty = crossed.min(40);
            let words = &self.text[end..region.end];
            let long = self.grammar.bounds.prefix(words).is_some_and(|b| b.chars().count() > 1);
            crossed = crossed.saturating_add(if long { 6 } else { 2 });
            let Some(mut found) = self.phrases.phrase(Span::new(region.start, end)) else {
                continue;
            };
            for mention in found.iter_mut().filter(|m| m.who != Who::Is(SpeakerKind::Person)) {
                mention.score = mention.score.saturating_sub(penalty);
            }
            let short = end < region.end && end <= region.start + 3;
            if short && found.iter().any(|m| m.who == Who::Silent) {
                continue;
            }
            let silent = tried > 0 && found.iter().any(|m| m.who == Who::Silent);
            let heard = best.as_ref().is_some_and(|b| lowest_score(b) >= score::RECOGNISED);
            if !(silent && heard)
                && best.as_ref().is_none_or(|b| lowest_score(&found) > lowest_score(b))
            {
                best = Some(found);
            }
            if tried > 16 || best.as_ref().is_some_and(|b| lowest_score(b) >= score::CERTAIN) {
                break;
            }
        }
        best
    }

    /// Where the mention may end: before each word that ends one, and at the region's end.
    fn ends(&self, region: Span) -> Vec<usize> {
        let rest = region.of(self.text);
        let mut ends = Vec::new();
        let mut quoted = false;
        for (i, c) in rest.char_indices() {
            if matches!(c, '”' | '」') {
                quoted = false;
            }
            let bound = i > 0
                && !quoted
                && (c.is_ascii_digit()
                    || matches!(c, '“' | '「' | '（' | '(')
                    || c != '某'
                        && rest[..i].ends_with('某')
                        && !self.grammar.given.contains(c.encode_utf8(&mut [0; 4]))
                    || self.bounds.binary_search(&(region.start + i)).is_ok());
            if bound {
                ends.push(region.start + i);
            }
            if matches!(c, '“' | '「') {
                quoted = true;
            }
        }
        ends.push(region.end);
        ends
    }
}

/// Where a word that ends mentions stands in `region`, in order.
fn bounds(text: &str, region: Span, grammar: &Grammar) -> Vec<usize> {
    let rest = region.of(text);
    let places = rest.char_indices().map(|(i, _)| i);
    places.filter(|&i| bound_at(rest, i, grammar)).map(|i| region.start + i).collect()
}

/// True if a word that ends mentions stands at `i`; not where it may be the last character of a
/// name (陈建|为).
fn bound_at(rest: &str, i: usize, grammar: &Grammar) -> bool {
    let Some(bound) = grammar.bounds.prefix(&rest[i..]) else { return false };
    if grammar.titles.prefix(&rest[i..]).is_some_and(|t| t.len() > bound.len()) {
        return false;
    }
    let mut chars = bound.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        let given = grammar.given.attributes(c.encode_utf8(&mut [0; 4]));
        let count: u32 = given.and_then(|n| n.parse().ok()).unwrap_or(0);
        let behind = &rest[i + bound.len()..];
        return count < 40 || !(behind.is_empty() || grammar.bounds.prefix(behind).is_some());
    }
    true
}

/// Bytes of white space, time or opener at the start of `rest`.
fn opener_length(rest: &str, grammar: &Grammar) -> usize {
    let Some(first) = rest.chars().next() else { return 0 };
    if first.is_whitespace()
        || matches!(
            first,
            '【' | '×'
                | '▲'
                | '△'
                | '●'
                | '■'
                | '>'
                | '*'
                | '—'
                | '·'
                | '：'
                | ':'
                | '，'
                | '”'
                | '、'
                | '】'
                | '－'
                | '-'
        )
    {
        return first.len_utf8();
    }
    if first.is_ascii_digit() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ':' | '-'))
            .unwrap_or(rest.len());
        let unit = rest[digits..].chars().next();
        return match unit {
            Some(c @ ('年' | '月' | '日' | '时' | '点' | '分' | '号')) => {
                digits + c.len_utf8()
            }
            _ => 0,
        };
    }
    if matches!(first, '（' | '(') {
        return rest
            .find(['）', ')'])
            .filter(|i| *i < 150)
            .map_or(0, |i| i + rest[i..].chars().next().map_or(0, char::len_utf8));
    }
    grammar.openers.prefix(rest).map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::name_reading::NoNames;

    fn read_whole(text: &str) -> SubjectReading {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        read(text, Span::new(0, text.len()), &grammar, &NoNames)
    }

    #[test]
    fn a_subject_is_found_behind_its_adverbial() {
        let SubjectReading::Speakers(found) = read_whole("在回答提问时校长丁秀英")
        else {
            panic!("no speaker")
        };
        assert_eq!(found[0].name, "丁秀英");
    }

    #[test]
    fn an_omitted_subject_and_a_silent_one_are_told() {
        assert_eq!(read_whole("并"), SubjectReading::Omitted);
        assert_eq!(read_whole("数据"), SubjectReading::Silent);
    }
}
