//! Reads the date that a text starts with.

use super::cursor::Cursor;
use super::numeral::{chinese_number, digit, era};
use super::written::{TimeUnit, Written};

/// Reads the date that `text` starts with; gives it and the length in bytes of what was read.
///
/// Digits and separators may be full-width, and spaces may stand between the parts (8 月 12 日).
/// Years of the Republic (112/07/28) and of Japanese eras count from theirs. A date of the lunar
/// calendar is not read.
///
/// ```
/// use jianbao::date::scan;
/// let (written, length) = scan("2023年7月28日讯").unwrap();
/// assert_eq!((written.year(), written.is_full(), length), (Some(2023), true, 16));
/// assert!(scan("农历六月初十").is_none());
/// ```
pub fn scan(text: &str) -> Option<(Written, usize)> {
    let first = text.chars().next()?;
    if first.is_ascii_alphabetic() {
        return english(text);
    }
    if digit(first).is_none() {
        return relative_word(text).or_else(|| of_era(text)).or_else(|| in_characters(text));
    }
    let mut cursor = Cursor::new(text);
    let (leading, digits) = cursor.number()?;
    if let Some((unit, length)) = ago_unit(cursor.rest()) {
        let count = i32::try_from(leading).ok().filter(|&count| count <= 20_000)?;
        return Some((Written::Ago { count, unit, time: None }, cursor.at + length));
    }
    let leading = i64::try_from(leading).ok()?;
    match digits {
        4 => {
            let year = i16::try_from(leading).ok().filter(|year| (1000..=2999).contains(year))?;
            year_first(cursor, year)
        }
        3 if (90..=150).contains(&leading) => republic(cursor, leading as i16),
        8 | 12 | 14 => compact(cursor, leading, digits),
        1 | 2 => small_first(cursor, leading as i8),
        _ => None,
    }
}

/// 20230728, 202307281640, 20230728164000.
fn compact(mut cursor: Cursor<'_>, number: i64, digits: u32) -> Option<(Written, usize)> {
    let (date, clock) = match digits {
        8 => (number, None),
        12 => (number / 10_000, Some(number % 10_000)),
        _ => (number / 1_000_000, Some(number % 1_000_000 / 100)),
    };
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    if !(1900..=2100).contains(&year) || cursor.is_before_word() {
        return None;
    }
    let written = Written::day(year as i16, month as i8, day as i8);
    let Some(clock) = clock else {
        let written = written.with_time(cursor.clock());
        return Some((written, cursor.at));
    };
    let (hour, minute) = (clock / 100, clock % 100);
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60;
    valid.then(|| (written.with_time(Some(((hour as i8, minute as i8), None))), cursor.at))
}

/// The text after a year: 年7月28日, 年7月, 年, -07-28, /07/28, .07.28, -07.
fn year_first(mut cursor: Cursor<'_>, year: i16) -> Option<(Written, usize)> {
    let (month, day) = month_and_day(&mut cursor)?;
    let written = Written::Calendar { year: Some(year), month, day, time: None, offset: None };
    let clock = day.and_then(|_| cursor.clock());
    Some((written.with_time(clock), cursor.at))
}

fn month_and_day(cursor: &mut Cursor<'_>) -> Option<(Option<i8>, Option<i8>)> {
    let separator = cursor.accept(&['年', '-', '/', '.', '－', '．', '／', '—', '–'])?;
    if separator == '年' {
        return Some(after_year_character(cursor));
    }
    let month = cursor.small()?;
    let after_month = cursor.at;
    if cursor.accept(&[separator]).is_some()
        && let Some(day) = cursor.small()
    {
        return Some((Some(month), Some(day)));
    }
    cursor.at = after_month;
    // 2023-07 is a month; 2023.5 is a number.
    (separator == '-' || separator == '/').then_some((Some(month), None))
}

/// The month and day after 年, as far as they are there.
fn after_year_character(cursor: &mut Cursor<'_>) -> (Option<i8>, Option<i8>) {
    let after_year = cursor.at;
    cursor.skip_spaces();
    let Some(month) = cursor.small() else {
        // 2023年七月28日
        cursor.at = after_year;
        return character_month_and_day(cursor).unwrap_or((None, None));
    };
    let month = Some(month);
    if cursor.accept(&['月']).is_none() {
        cursor.at = after_year;
        return (None, None);
    }
    let after_month = cursor.at;
    cursor.skip_spaces();
    let day = cursor.small();
    if day.is_some() && cursor.accept(&['日', '号', '號']).is_some() {
        return (month, day);
    }
    cursor.at = after_month;
    (month, None)
}

/// A year of the Republic with month and day: 112/07/28, 112年7月28日.
fn republic(mut cursor: Cursor<'_>, year: i16) -> Option<(Written, usize)> {
    let (Some(month), Some(day)) = month_and_day(&mut cursor)? else { return None };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let written = Written::day(year + 1911, month, day).with_time(cursor.clock());
    Some((written, cursor.at))
}

/// 7月28日, 07-28, 07/28/2023, 28.07.2023, 28 July 2023.
fn small_first(mut cursor: Cursor<'_>, first: i8) -> Option<(Written, usize)> {
    if let Some(found) = day_month_name(cursor, first) {
        return Some(found);
    }
    let separator = cursor.accept(&['月', '-', '/', '.', '／', '－'])?;
    cursor.skip_spaces();
    let second = cursor.small()?;
    if separator == '月' {
        cursor.accept(&['日', '号', '號'])?;
        return month_day(cursor, first, second);
    }
    if cursor.accept(&[separator]).is_some() {
        let (year, digits) = cursor.number()?;
        let year = i16::try_from(year).ok().filter(|year| (1900..=2100).contains(year))?;
        let written = if digits == 4 { numeric(first, second, year)? } else { return None };
        return Some((written.with_time(cursor.clock()), cursor.at));
    }
    if separator == '.' || cursor.is_before_word() || cursor.peek() == Some('%') {
        return None;
    }
    month_day(cursor, first, second)
}

fn month_day(mut cursor: Cursor<'_>, month: i8, day: i8) -> Option<(Written, usize)> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (month, day) = (Some(month), Some(day));
    let written = Written::Calendar { year: None, month, day, time: None, offset: None };
    Some((written.with_time(cursor.clock()), cursor.at))
}

/// Two numbers before a year: the one above 12 is the day; otherwise their order is unknown.
fn numeric(first: i8, second: i8, year: i16) -> Option<Written> {
    Some(match (first, second) {
        (1..=12, 13..=31) => Written::day(year, first, second),
        (13..=31, 1..=12) => Written::day(year, second, first),
        (1..=12, 1..=12) if first == second => Written::day(year, first, second),
        (1..=12, 1..=12) => Written::Numeric { first, second, year, time: None, offset: None },
        _ => return None,
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The English month that `cursor` stands before, whole or by its first three letters.
fn month_name(cursor: &mut Cursor<'_>) -> Option<i8> {
    let rest = cursor.rest();
    let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let word = &rest[..length];
    let fits = |name: &&str| {
        word.eq_ignore_ascii_case(name)
            || word.eq_ignore_ascii_case(&name[..3])
            || (*name == "September" && word.eq_ignore_ascii_case("Sept"))
    };
    let month = MONTHS.iter().position(fits)?;
    cursor.at += length;
    cursor.skip(".");
    Some(month as i8 + 1)
}

/// 28 July 2023, 28-Jul-2023 16:40.
fn day_month_name(mut cursor: Cursor<'_>, day: i8) -> Option<(Written, usize)> {
    ["st", "nd", "rd", "th"].iter().any(|ending| cursor.skip(ending));
    cursor.accept(&['-', '/', '.']);
    cursor.skip_spaces();
    let month = month_name(&mut cursor)?;
    let dashed = cursor.accept(&['-', '/', '.', ',']) == Some('-');
    cursor.skip_spaces();
    let (year, digits) = cursor.number()?;
    let year = i16::try_from(year).ok()?;
    // 28-JUL-23, as Oracle prints it: a year above 69 is of the last century.
    let year = match digits {
        2 if dashed => year + if year > 69 { 1900 } else { 2000 },
        4 if (1900..=2100).contains(&year) => year,
        _ => return None,
    };
    Some((Written::day(year, month, day).with_time(cursor.clock()), cursor.at))
}

/// Jul 28, 2023 4:40 PM; Fri Jul 28 16:40:07 +0800 2023.
fn english(text: &str) -> Option<(Written, usize)> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut cursor = Cursor::new(text);
    let weekday =
        DAYS.iter().any(|day| text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(day)));
    if weekday {
        cursor.at = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        cursor.accept(&[',', '.']);
        cursor.skip_spaces();
    }
    if weekday && cursor.peek().and_then(digit).is_some() {
        let day = cursor.small()?;
        return day_month_name(cursor, day);
    }
    let month = month_name(&mut cursor)?;
    cursor.accept(&['-']);
    cursor.skip_spaces();
    let Some(day) = cursor.small().filter(|day| (1..=31).contains(day)) else {
        return month_of_year(cursor, month);
    };
    ["st", "nd", "rd", "th"].iter().any(|ending| cursor.skip(ending));
    cursor.accept(&[',', '-']);
    let clock_first = cursor.clock();
    cursor.skip_spaces();
    // 16:40:07 CST 2023: China's time, as Java prints it.
    if clock_first.is_some() && cursor.skip("CST") {
        cursor.skip_spaces();
    }
    let (year, 4) = cursor.number()? else { return None };
    let year = i16::try_from(year).ok().filter(|year| (1900..=2100).contains(year))?;
    let clock = clock_first.or_else(|| cursor.clock());
    Some((Written::day(year, month, day).with_time(clock), cursor.at))
}

/// July 2023: a month and a year of four digits.
fn month_of_year(mut cursor: Cursor<'_>, month: i8) -> Option<(Written, usize)> {
    let (year, 4) = cursor.number()? else { return None };
    let year = i16::try_from(year).ok().filter(|year| (1900..=2100).contains(year))?;
    let (year, month) = (Some(year), Some(month));
    let written = Written::Calendar { year, month, day: None, time: None, offset: None };
    Some((written, cursor.at))
}

/// 民国112年7月28日, 令和5年7月28日, 中華民國一一二年七月二十八日.
fn of_era(text: &str) -> Option<(Written, usize)> {
    let (base, length) = era(text)?;
    let mut cursor = Cursor::new(text);
    cursor.at = length;
    cursor.skip_spaces();
    let year = number_of_any_kind(&mut cursor).filter(|year| (1..=150).contains(year))?;
    cursor.accept(&['年'])?;
    let year = base + i16::try_from(year).ok()?;
    let (month, day) = character_month_and_day(&mut cursor)?;
    let written = Written::Calendar { year: Some(year), month, day, time: None, offset: None };
    let clock = day.and_then(|_| cursor.clock());
    Some((written.with_time(clock), cursor.at))
}

/// 二〇二三年七月二十八日; the year has four digits, so that no other number is taken for one.
fn in_characters(text: &str) -> Option<(Written, usize)> {
    let (year, length) = chinese_number(text)?;
    let four = text[..length].chars().count() == 4 && (1900..=2100).contains(&year);
    let mut cursor = Cursor::new(text);
    cursor.at = length;
    if !four || cursor.accept(&['年']).is_none() {
        return None;
    }
    let (month, day) = character_month_and_day(&mut cursor)?;
    let year = i16::try_from(year).ok();
    let written = Written::Calendar { year, month, day, time: None, offset: None };
    let clock = day.and_then(|_| cursor.clock());
    Some((written.with_time(clock), cursor.at))
}

/// Month and day after 年, in figures or characters; `None` where they are those of the lunar
/// calendar (六月初十, 腊月).
fn character_month_and_day(cursor: &mut Cursor<'_>) -> Option<(Option<i8>, Option<i8>)> {
    let after_year = cursor.at;
    cursor.skip_spaces();
    if ["正月", "冬月", "腊月", "臘月", "闰", "閏", "农历", "農曆"].iter().any(|w| cursor.skip(w))
    {
        return None;
    }
    let month = number_of_any_kind(cursor).filter(|month| (1..=12).contains(month));
    if month.is_none() || cursor.accept(&['月']).is_none() {
        cursor.at = after_year;
        return Some((None, None));
    }
    let month = month.map(|month| month as i8);
    let after_month = cursor.at;
    cursor.skip_spaces();
    if cursor.peek().is_some_and(|c| matches!(c, '初' | '廿')) {
        return None;
    }
    let day = number_of_any_kind(cursor).filter(|day| (1..=31).contains(day));
    if day.is_some() && cursor.accept(&['日', '号', '號']).is_some() {
        return Some((month, day.map(|day| day as i8)));
    }
    cursor.at = after_month;
    Some((month, None))
}

/// A number in figures of up to three digits, or in Chinese characters.
fn number_of_any_kind(cursor: &mut Cursor<'_>) -> Option<u32> {
    if cursor.peek().and_then(digit).is_some() {
        let (value, 1..=3) = cursor.number()? else { return None };
        return u32::try_from(value).ok();
    }
    let (value, length) = chinese_number(cursor.rest())?;
    cursor.at += length;
    Some(value)
}

/// 昨天, 前天, 今天, 刚刚, 昨天 10:20.
fn relative_word(text: &str) -> Option<(Written, usize)> {
    const WORDS: [(&str, i32, TimeUnit); 9] = [
        ("刚刚", 0, TimeUnit::Minute),
        ("剛剛", 0, TimeUnit::Minute),
        ("半小时前", 30, TimeUnit::Minute),
        ("今天", 0, TimeUnit::Day),
        ("今日", 0, TimeUnit::Day),
        ("昨天", 1, TimeUnit::Day),
        ("昨日", 1, TimeUnit::Day),
        ("前天", 2, TimeUnit::Day),
        ("上周", 1, TimeUnit::Week),
    ];
    let &(word, count, unit) = WORDS.iter().find(|(word, ..)| text.starts_with(word))?;
    let mut cursor = Cursor::new(text);
    cursor.at = word.len();
    let time = (unit == TimeUnit::Day).then(|| cursor.clock()).flatten();
    let end = if time.is_some() { cursor.at } else { word.len() };
    Some((Written::Ago { count, unit, time: time.map(|(time, _)| time) }, end))
}

/// The unit of a relative date, and the length of ` 天前`.
fn ago_unit(text: &str) -> Option<(TimeUnit, usize)> {
    const UNITS: [(&str, TimeUnit); 14] = [
        ("秒", TimeUnit::Minute),
        ("分钟", TimeUnit::Minute),
        ("分鐘", TimeUnit::Minute),
        ("小时", TimeUnit::Hour),
        ("小時", TimeUnit::Hour),
        ("天", TimeUnit::Day),
        ("日", TimeUnit::Day),
        ("周", TimeUnit::Week),
        ("週", TimeUnit::Week),
        ("星期", TimeUnit::Week),
        ("个月", TimeUnit::Month),
        ("個月", TimeUnit::Month),
        ("月", TimeUnit::Month),
        ("年", TimeUnit::Year),
    ];
    let rest = text.trim_start_matches(' ');
    let (word, unit) = UNITS.iter().find(|(word, _)| rest.starts_with(word))?;
    let after = rest[word.len()..].trim_start_matches(' ').strip_prefix("前")?;
    Some((*unit, text.len() - after.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<(i16, i8, i8)> {
        match scan(text)?.0 {
            Written::Calendar { year, month: Some(month), day: Some(day), .. } => {
                Some((year.unwrap_or(0), month, day))
            }
            _ => None,
        }
    }

    #[test]
    fn a_year_that_is_written_is_never_dropped() {
        for text in ["07/28/2023", "28/07/2023", "28.7.2023", "28 July 2023", "Jul 28, 2023"] {
            assert_eq!(date(text), Some((2023, 7, 28)), "{text}");
        }
        let (written, _) = scan("07/08/2023").unwrap();
        assert!(matches!(written, Written::Numeric { first: 7, second: 8, year: 2023, .. }));
        assert_eq!(scan("18-03-08"), None);
        assert_eq!(scan("10-03-08"), None);
    }

    #[test]
    fn eras_and_chinese_numerals() {
        for text in [
            "民国112年7月28日",
            "中華民國一一二年七月二十八日",
            "112/07/28 16:40",
            "令和5年7月28日",
            "二〇二三年七月二十八日",
        ] {
            assert_eq!(date(text), Some((2023, 7, 28)), "{text}");
        }
        assert_eq!(date("昭和60年8月12日"), Some((1985, 8, 12)));
        for text in ["二〇二三年六月初十", "112号", "三十年前", "一百年"] {
            assert_eq!(scan(text), None, "{text}");
        }
    }

    #[test]
    fn twelve_and_fourteen_digits_have_a_time() {
        for text in ["202307281640", "20230728164000", "Fri Jul 28 16:40:07 2023"] {
            let (written, length) = scan(text).unwrap();
            let clock = Written::day(2023, 7, 28).with_time(Some(((16, 40), None)));
            assert_eq!((written, length), (clock, text.len()), "{text}");
        }
    }
}
