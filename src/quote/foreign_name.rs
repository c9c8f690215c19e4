//! Reads names that are written by their sound: transliterated ones, and those of Mongolians,
//! Tibetans, Uyghurs and Kazakhs.

use super::grammar::Grammar;
use super::name_reading::{PersonName, opens_name};
use super::score;
use crate::text::is_han;

/// 埃隆·马斯克, 乔-马鲁夫, 特朗普.
pub(super) fn transliterated<'t>(mention: &'t str, grammar: &Grammar) -> Option<PersonName<'t>> {
    // 穆罕默德六世
    if let Some(stem) = mention.strip_suffix('世') {
        let stem =
            stem.trim_end_matches(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十']);
        let found =
            transliterated(stem, grammar).filter(|_| stem.len() + '世'.len_utf8() < mention.len());
        return found.map(|f| PersonName { name: &mention[f.before.len()..], ..f });
    }
    let run = foreign_run(mention, grammar)?;
    let mut start = run.start;
    if let Some(found) = loosely_joined(mention, &run, grammar) {
        return Some(found);
    }
    if let Some(joint) = run.joint.filter(|j| *j >= start)
        && let Some(head) = joint_start(&mention[..joint], grammar).filter(|h| *h < start)
        && head > 0
    {
        start = head;
    }
    if run.joint.is_some() {
        start = whole_part(mention, start, grammar);
    }
    let (before, name) = mention.split_at(start);
    if run.joint.is_some_and(|j| j > start) {
        let score = score::TITLED;
        return (run.count >= 2).then_some(PersonName::new(before, name, score));
    }
    if run.count < 2
        || grammar.silent.contains(name)
        || grammar.common.contains(name)
        || grammar.bounds.contains(name)
        || grammar.places.contains(name)
        || grammar.organisations.contains(name)
    {
        return None;
    }
    let score = match before {
        "" => score::BARE_FOREIGN,
        _ if before.ends_with('的') => score::ROLE,
        _ if opens_name(before, grammar) => score::TITLED_FOREIGN,
        _ => score::MISPLACED_FOREIGN,
    };
    Some(PersonName::new(before, name, score))
}

/// The characters of foreign names that a mention ends with.
struct ForeignRun {
    /// Where the run starts, in bytes.
    start: usize,
    /// The first joint of the run.
    joint: Option<usize>,
    /// Characters other than joints.
    count: usize,
}

/// The run of characters of foreign names at the end of `mention`; `None` where it ends with a
/// joint.
fn foreign_run(mention: &str, grammar: &Grammar) -> Option<ForeignRun> {
    let mut run = ForeignRun { start: mention.len(), joint: None, count: 0 };
    for (at, c) in mention.char_indices().rev() {
        // J.K.罗琳
        let dot = c == '.' && mention[..at].ends_with(|c: char| c.is_ascii_uppercase());
        let joint = dot || matches!(c, '·' | '•' | '・' | '-' | '－' | '．');
        let initial = run.joint == Some(at + c.len_utf8()) && c.is_ascii_uppercase();
        if !joint && !initial && !grammar.translit.contains(c) {
            break;
        }
        if joint && run.count == 0 {
            return None;
        }
        if joint {
            run.joint = Some(at);
        } else {
            run.start = at;
            run.count += 1;
        }
    }
    Some(run)
}

/// Before a joint a name may hold any character: 特拉维斯·金, 卡迪尔·热合曼.
fn loosely_joined<'t>(
    mention: &'t str,
    run: &ForeignRun,
    grammar: &Grammar,
) -> Option<PersonName<'t>> {
    let joint = mention
        .rfind(['·', '•', '・', '-'])
        .filter(|j| run.joint.is_none() && *j < run.start.max(1))?;
    let tail = mention[joint..].chars().count() - 1;
    let fits = (1..=4).contains(&tail) || tail <= 6 && foreign(&mention[joint..], grammar);
    let head = joint_start(&mention[..joint], grammar).filter(|_| fits)?;
    let (before, name) = mention.split_at(head);
    let score = if before.is_empty() { score::BARE } else { score::TITLED };
    Some(PersonName::new(before, name, score))
}

/// Where the first part of a joined name starts in `head`: behind a title, else with its run of
/// characters of foreign names.
pub(super) fn joint_start(head: &str, grammar: &Grammar) -> Option<usize> {
    let part = |c: char| is_han(c) || matches!(c, '·' | '•' | '・' | '-');
    let starts: Vec<usize> = head
        .char_indices()
        .rev()
        .take_while(|(_, c)| part(*c))
        .take(14)
        .map(|(at, _)| at)
        .collect();
    let titled =
        |at: &&usize| grammar.titles.suffix(&head[..**at]).is_some_and(|t| t.chars().count() > 1);
    if let Some(&at) = starts.iter().take(8).find(titled) {
        return Some(at);
    }
    let run = starts.iter().take_while(|&&at| {
        let c = head[at..].chars().next().unwrap_or(' ');
        !is_han(c) || grammar.translit.contains(c)
    });
    match run.last() {
        Some(&start) => Some(whole_part(head, start, grammar)),
        None => (starts.len() <= 4 && starts.last() == Some(&0)).then_some(0),
    }
}

/// Most characters before the run of a foreign name's usual characters that belong to it.
const MAX_UNUSUAL: usize = 4;

/// 安东尼·布林肯, 爱新觉罗·溥佳: where the part of a name starts whose first characters are unusual
/// in foreign names, if the clause starts there too; else `start`.
fn whole_part(head: &str, start: usize, grammar: &Grammar) -> usize {
    let before = &head[..start];
    let unusual = before.chars().rev().take_while(|c| is_han(*c)).count();
    if unusual == 0 || unusual > MAX_UNUSUAL {
        return start;
    }
    let at = before.char_indices().rev().nth(unusual - 1).map_or(start, |(at, _)| at);
    let words = &before[at..];
    let apart = [&grammar.openers, &grammar.bounds, &grammar.places, &grammar.titles];
    let apart = apart.into_iter().filter_map(|list| list.prefix(words)).map(str::len).max();
    // More than two must be no words at all: 非裔女性凯伦·金.
    let sounds = words.chars().any(|c| grammar.translit.contains(c));
    if unusual > 2 && (!sounds || apart.is_some() || holds_word(words, grammar)) {
        return start;
    }
    at + apart.unwrap_or(0)
}

/// True if two characters side by side are a word, or one joins words.
fn holds_word(words: &str, grammar: &Grammar) -> bool {
    let lists = [&grammar.common, &grammar.organisations, &grammar.titles, &grammar.silent];
    let places: Vec<usize> = words.char_indices().map(|(at, _)| at).chain([words.len()]).collect();
    let mut pairs = places.windows(3).map(|pair| &words[pair[0]..pair[2]]);
    words.contains(['的', '和', '与', '及', '后', '前', '在'])
        || pairs.any(|pair| lists.iter().any(|list| list.contains(pair)))
}

/// True if nearly all characters are those of transliterated names.
fn foreign(words: &str, grammar: &Grammar) -> bool {
    words.chars().filter(|c| is_han(*c) && !grammar.translit.contains(*c)).count() <= 1
}

/// 乌云其其格, 扎西卓玛: two parts of such names, or two other characters before a part that ends
/// them.
pub(super) fn of_parts<'t>(mention: &'t str, grammar: &Grammar) -> Option<PersonName<'t>> {
    let last = grammar.name_parts.suffix(mention)?;
    let stem = &mention[..mention.len() - last.len()];
    let (before, part) = match grammar.name_parts.suffix(stem) {
        Some(first) => stem.split_at(stem.len() - first.len()),
        None => {
            let ends = grammar.name_parts.attributes(last) == Some("end");
            let at = stem.char_indices().rev().nth(1).map(|(at, _)| at).filter(|_| ends)?;
            stem.split_at(at)
        }
    };
    if !part.chars().all(is_han) || grammar.bounds.suffix(part).is_some() {
        return None;
    }
    let score = match before {
        "" => score::BARE,
        _ if opens_name(before, grammar) => score::TITLED,
        _ if before.ends_with(['的', ' ', '）', ')']) => score::SOUND,
        _ => return None,
    };
    Some(PersonName::new(before, &mention[before.len()..], score))
}
