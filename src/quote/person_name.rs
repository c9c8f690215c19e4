//! Recognises a person's name at the end of a mention: Chinese, Latin, or surname and honorific;
//! foreign_name.rs reads names written by their sound.
//!
//! The words before the name (title, affiliation) are handed back unread; subject.rs decides if the
//! whole is a speaker.

use super::foreign_name::{of_parts, transliterated};
use super::grammar::{Grammar, SignClass};
use super::name_reading::{ArticleNames, NameForm, PersonName, opens_name};
use super::score;
use super::word_list::WordList;
use crate::text::is_han;

/// The person that `mention` ends with. `known` answers whether a name is already a person of the
/// article.
pub(super) fn person<'t>(
    mention: &'t str,
    grammar: &Grammar,
    known: &dyn ArticleNames,
) -> Option<PersonName<'t>> {
    let last = mention.chars().next_back()?;
    if last.is_ascii_alphanumeric() || last == '.' {
        return latin(mention, grammar);
    }
    if !is_han(last) {
        return None;
    }
    if filed_person(mention, grammar) {
        return Some(PersonName::new("", mention, score::BARE));
    }
    with_honorific(mention, grammar, known)
        .or_else(|| anonymous(mention, grammar))
        .or_else(|| surname_and_kind(mention, grammar))
        .or_else(|| of_parts(mention, grammar))
        .or_else(|| nickname(mention, grammar))
        .or_else(|| best(transliterated(mention, grammar), chinese(mention, grammar, known)))
        .filter(|f| f.score >= score::PLAUSIBLE)
        .or_else(|| loose(mention, grammar))
}

/// True if `mention` is the name of a person of speakers.toml, which files bodies too.
fn filed_person(mention: &str, grammar: &Grammar) -> bool {
    let body = |name: &str| {
        grammar.organisations.suffix(name).is_some()
            || grammar.media.suffix(name).is_some()
            || grammar.places.contains(name)
            || grammar.titles.suffix(name).is_some()
    };
    grammar.aliases.is_filed(mention) && !grammar.aliases.names(mention).iter().any(|n| body(n))
}

fn best<'t>(a: Option<PersonName<'t>>, b: Option<PersonName<'t>>) -> Option<PersonName<'t>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.score > a.score { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// 杨安明律师, 李主任, 刁女士, 艾萨克·泰勒上校.
fn with_honorific<'t>(
    mention: &'t str,
    grammar: &Grammar,
    known: &dyn ArticleNames,
) -> Option<PersonName<'t>> {
    let behind = grammar.titles.suffix(mention)?;
    let rest = &mention[..mention.len() - behind.len()];
    if rest.is_empty() {
        return None;
    }
    // 史蒂夫·乔伯: one character behind a joint belongs to the name.
    if behind.chars().count() == 1 && rest.chars().rev().take(3).any(|c| "·•・".contains(c)) {
        return None;
    }
    let honorific = grammar.titles.attributes(behind).is_some_and(|a| a.contains("honorific"));
    let inner = best(transliterated(rest, grammar), chinese(rest, grammar, known));
    if let Some(found) = inner.filter(|f| {
        f.score >= score::SOUND && (honorific || f.before.is_empty() || f.name.contains('·'))
    }) {
        return Some(PersonName { behind, ..found });
    }
    if !honorific {
        return None;
    }
    let surname = grammar.surnames.suffix(rest)?;
    let before = &rest[..rest.len() - surname.len()];
    let name = &mention[before.len()..];
    let rare = grammar.surnames.attributes(surname) == Some("rare");
    // 乌总统 is the president of a country, not somebody called 乌.
    let state = grammar.signs(SignClass::State).any(|w| w == behind);
    if state && (rare || grammar.places.contains(surname)) {
        return None;
    }
    let placed = before.is_empty() || before.ends_with('的') || opens_name(before, grammar);
    (placed && !(rare && before.is_empty() && behind.chars().count() == 1)).then_some(PersonName {
        before,
        name,
        behind: "",
        form: NameForm::Surname,
        score: score::CERTAIN,
    })
}

/// 陈男, 何官: a surname with the sex or office, as the press of Taiwan and Hong Kong has it.
fn surname_and_kind<'t>(mention: &'t str, grammar: &Grammar) -> Option<PersonName<'t>> {
    let surname = mention.strip_suffix(['男', '女', '妇', '官', '父', '母', '翁', '嫌'])?;
    let known = grammar.surnames.contains(surname);
    (known && !grammar.common.contains(mention)).then_some(PersonName {
        before: "",
        name: mention,
        behind: "",
        form: NameForm::Surname,
        score: score::SOUND,
    })
}

/// 陈某, 莫某某, 王某强: the name that police reports give.
fn anonymous<'t>(mention: &'t str, grammar: &Grammar) -> Option<PersonName<'t>> {
    let at = mention.rfind('某')?;
    let first = mention[..at].trim_end_matches('某');
    let tail = mention[at + '某'.len_utf8()..].chars().count();
    let surname = grammar.surnames.suffix(first)?;
    let before = &first[..first.len() - surname.len()];
    let placed = before.is_empty() || before.ends_with('的') || opens_name(before, grammar);
    let behind = &mention[at + '某'.len_utf8()..];
    let given = behind.is_empty()
        || grammar.given.contains(behind) && grammar.bounds.prefix(behind).is_none();
    (tail <= 1 && given && placed).then_some(PersonName {
        before,
        name: &mention[before.len()..],
        behind: "",
        form: NameForm::Surname,
        score: score::CERTAIN,
    })
}

/// 小丽, 老胡, 阿强: what people are called, in two characters.
fn nickname<'t>(mention: &'t str, grammar: &Grammar) -> Option<PersonName<'t>> {
    let start = mention.char_indices().rev().nth(1)?.0;
    let (before, name) = mention.split_at(start);
    let mut chars = name.chars();
    let (first, second) = (chars.next()?, chars.next()?);
    let called = second.encode_utf8(&mut [0; 4]).to_owned();
    let common = grammar.titles.contains(name)
        || grammar.silent.contains(name)
        || grammar.organisations.contains(name);
    let fits = match first {
        '小' => grammar.given.contains(&called) || grammar.surnames.contains(&called),
        '老' => grammar.surnames.attributes(&called) == Some(""),
        '阿' => grammar.given.contains(&called),
        _ => false,
    };
    (fits && !common && (before.is_empty() || opens_name(before, grammar))).then_some(PersonName {
        before,
        name,
        behind: "",
        form: NameForm::Name,
        score: score::NICKNAME,
    })
}

/// 哈恰图良, 亨特: a foreign name behind a title, all but one of its characters of transliterated
/// names.
fn loose<'t>(mention: &'t str, grammar: &Grammar) -> Option<PersonName<'t>> {
    let starts = mention.char_indices().rev().map(|(at, _)| at).take(8).skip(1);
    for at in starts {
        let (before, name) = mention.split_at(at);
        if grammar.titles.suffix(before).is_none_or(|t| t.chars().count() < 2) {
            continue;
        }
        let joint = |c: char| matches!(c, '·' | '•' | '・' | '-');
        let length = name.chars().filter(|c| !joint(*c)).count();
        let strange = name.chars().filter(|c| !joint(*c) && !grammar.translit.contains(*c)).count();
        let word = grammar.silent.suffix(name).is_some_and(|w| w.chars().count() > 1)
            || grammar.titles.suffix(name).is_some_and(|w| w.chars().count() > 1)
            || grammar.organisations.suffix(name).is_some()
            || grammar.bounds.prefix(name).is_some()
            || grammar.bounds.suffix(name).is_some();
        let word = word || grammar.holds(SignClass::Talk, name);
        let allowed = (length / 2).max(1);
        return (strange <= allowed && !word && name.chars().all(|c| is_han(c) || joint(c)))
            .then_some(PersonName::new(before, name, score::IRREGULAR));
    }
    None
}

/// 李彦宏, 欧阳修: a surname and one or two characters that given names have.
fn chinese<'t>(
    mention: &'t str,
    grammar: &Grammar,
    known: &dyn ArticleNames,
) -> Option<PersonName<'t>> {
    let ends_otherwise =
        |words: &WordList| words.suffix(mention).is_some_and(|s| s.chars().count() > 1);
    if ends_otherwise(&grammar.organisations)
        || ends_otherwise(&grammar.media)
        || grammar.media.contains(mention)
    {
        return None;
    }
    let starts: Vec<usize> = mention.char_indices().rev().map(|(at, _)| at).take(6).collect();
    let mut found: Option<PersonName<'t>> = None;
    for &at in starts.iter().skip(1) {
        let (before, name) = mention.split_at(at);
        let Some(surname) = grammar.surnames.prefix(name).filter(|s| s.len() < name.len()) else {
            continue;
        };
        let given = &name[surname.len()..];
        let given_length = given.chars().count();
        // 鸠山由纪夫: three characters only behind a Japanese family name.
        if given_length > 2 + usize::from(surname.chars().count() > 1) || !name.chars().all(is_han)
        {
            continue;
        }
        let score = chinese_score(before, name, surname, given, grammar)
            .max(if known.knows(name) { score::KNOWN } else { 0 });
        // Three characters are the rule; two or four must be better placed to win.
        let weight = |f: &PersonName<'_>| {
            u16::from(f.score) * 10 + if f.name.chars().count() == 3 { 5 } else { 0 }
        };
        let one = PersonName::new(before, name, score);
        if score > 0 && found.as_ref().is_none_or(|f| weight(&one) > weight(f)) {
            found = Some(one);
        }
    }
    found
}

fn chinese_score(before: &str, name: &str, surname: &str, given: &str, grammar: &Grammar) -> u8 {
    let rare = grammar.surnames.attributes(surname) == Some("rare");
    let plausible = given.chars().all(|c| grammar.given.contains(c.encode_utf8(&mut [0; 4])));
    let semi = grammar.surnames.attributes(surname) == Some("semi");
    if grammar.bounds.suffix(given).is_some() && !plausible
        || grammar.bounds.contains(name)
        || grammar.common.contains(name)
        || grammar.quantifiers.contains(name)
        || (semi || rare) && given.chars().count() > 1 && grammar.titles.contains(given)
        || grammar.titles.contains(name)
        || grammar.silent.contains(name)
        || grammar.organisations.contains(name)
        || grammar.places.contains(name)
        || grammar.openers.contains(name)
    {
        return 0;
    }
    let placed: u8 = if before.is_empty() {
        score::BARE
    } else if opens_name(before, grammar) {
        score::TITLED
    } else if before.ends_with(['的', '”', ' ', '）', ')']) {
        score::SOUND
    } else if grammar.organisations.suffix(before).is_some_and(|s| s.chars().count() > 1)
        || before.chars().count() > 1 && grammar.places.contains(before)
    {
        score::AFFILIATED
    } else if before
        .ends_with(['部', '局', '院', '所', '台', '厅', '处', '科', '校', '馆', '站', '委', '社'])
    {
        score::SOUND
    } else if !rare && !semi && unlisted(before, given, grammar) {
        // Behind a title that no list has: three usual characters are a name all the same.
        score::LISTED
    } else {
        score::MISPLACED
    };
    if seam(before, surname, grammar) {
        return 0;
    }
    let worded = placed < score::TITLED && grammar.common.prefix(name).is_some();
    let placed = if worded { placed.saturating_sub(30) } else { placed };
    let short = semi && name.chars().count() == 2;
    match (rare || short, plausible) {
        (false, true) => placed,
        (true, true) => placed.saturating_sub(if placed == score::TITLED { 5 } else { 60 }),
        (false, false) if name.chars().count() == 3 => {
            placed.saturating_sub(if placed == score::TITLED { 10 } else { 20 })
        }
        (false, false) => placed.saturating_sub(if placed == score::TITLED { 15 } else { 40 }),
        (true, false) => placed.saturating_sub(50),
    }
}

/// True if the surname belongs to the word before it, which is no title: 官方身份, 部门今天.
fn seam(before: &str, surname: &str, grammar: &Grammar) -> bool {
    let last = before.char_indices().next_back().map_or("", |(at, _)| &before[at..]);
    let word = format!("{last}{surname}");
    let titled = grammar.titles.suffix(before).is_some_and(|t| t.chars().count() > 1);
    !last.is_empty()
        && !titled
        && (grammar.common.contains(&word)
            || grammar.organisations.contains(&word)
            || grammar.surname_ends.contains(&word))
}

/// True if a name may stand behind `before`, which ends with no title of the list: two usual
/// characters of given names that are no part of a foreign name or of another word.
fn unlisted(before: &str, given: &str, grammar: &Grammar) -> bool {
    let count = |c: char| {
        grammar.given.attributes(c.encode_utf8(&mut [0; 4])).and_then(|n| n.parse::<u32>().ok())
    };
    let usual =
        given.chars().count() == 2 && given.chars().all(|c| count(c).is_some_and(|n| n >= USUAL));
    let foreign = |words: &str| words.chars().all(|c| grammar.translit.contains(c));
    let last = before.char_indices().next_back().map_or("", |(at, _)| &before[at..]);
    usual
        && before.chars().count() >= 3
        && !grammar.holds(SignClass::Ordinary, given)
        && !(foreign(given) && foreign(last))
        && !grammar.holds(SignClass::Verbal, before)
        && grammar.bounds.prefix(before).is_none()
        && grammar.bounds.suffix(before).is_none()
}

/// How many of the counted names hold a character that is usual in given names.
const USUAL: u32 = 25;

/// Robin Li, CEO Tim Cook.
fn latin<'t>(mention: &'t str, grammar: &Grammar) -> Option<PersonName<'t>> {
    let part = |c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’');
    let start =
        mention.char_indices().rev().take_while(|(_, c)| part(*c)).last().map(|(at, _)| at)?;
    let name = mention[start..].trim();
    let mut before = mention[..mention.len() - mention[start..].trim_start().len()].trim_end();
    let mut name_start = name;
    // CEO Tim Cook: a Latin title belongs before the name.
    if let Some(title) =
        name.split(' ').next().filter(|t| grammar.titles.contains(t) && name.len() > t.len())
    {
        name_start = name[title.len()..].trim_start();
        before = mention[..mention.len() - name_start.len()].trim_end();
    }
    let words =
        name_start.split(' ').filter(|w| w.starts_with(|c: char| c.is_ascii_uppercase())).count();
    if name_start.len() < 2 {
        return None;
    }
    let titled = grammar.titles.suffix(before).is_some();
    let score = match (titled, words) {
        (true, 1..) => score::TITLED,
        (false, 2..=4) if before.is_empty() && name_start.split(' ').count() == words => {
            score::SOUND
        }
        _ => return None,
    };
    Some(PersonName::new(before, name_start, score))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::name_reading::NoNames;

    fn read(mention: &str) -> Option<(String, String)> {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        person(mention, &grammar, &NoNames)
            .filter(|f| f.score >= score::PLAUSIBLE)
            .map(|f| (f.before.to_owned(), format!("{}{}", f.name, f.behind)))
    }

    #[test]
    fn titles_stay_outside_the_name() {
        for (mention, before, name) in [
            ("县水利局局长周国栋", "县水利局局长", "周国栋"),
            ("总统埃尔南德斯", "总统", "埃尔南德斯"),
            ("国务卿玛丽亚·科斯塔", "国务卿", "玛丽亚·科斯塔"),
            ("首席执行官Anna Lee", "首席执行官", "Anna Lee"),
            ("退休多年的刁女士", "退休多年的", "刁女士"),
            ("村民欧阳小兰", "村民", "欧阳小兰"),
            ("嫌疑人陈某某", "嫌疑人", "陈某某"),
        ] {
            assert_eq!(read(mention), Some((before.to_owned(), name.to_owned())), "{mention}");
        }
    }

    #[test]
    fn a_surname_that_ends_a_word_begins_no_name() {
        for mention in ["国防部官方微信", "县气象部门今天", "村委会比方说"] {
            assert_eq!(read(mention), None, "{mention}");
        }
        assert_eq!(read("县公安局方建国"), Some(("县公安局".into(), "方建国".into())));
    }

    #[test]
    fn roles_are_no_names() {
        for mention in ["相关负责人", "外交部发言人", "业内人士", "居民", "官方"]
        {
            assert_eq!(read(mention), None, "{mention}");
        }
    }
}
