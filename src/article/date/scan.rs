//! Reads dates where they stand: at the start of a text, in a field, in a URL. Their values are
//! left to [`super::resolve`].

use super::{TimeUnit, Written, chinese_time};
use jiff::civil::DateTime;

/// The date in a field or a meta tag: anything that [`scan`] reads, RFC 2822, or Unix time in
/// seconds or milliseconds.
pub fn scan_field(raw: &str) -> Option<Written> {
    let raw = raw.trim();
    if let Some(written) = unix_time(raw) {
        return Some(written);
    }
    if let Some((written, _)) = scan(raw) {
        return Some(written);
    }
    if let Ok(timestamp) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(raw) {
        return Some(of_moment(chinese_time(timestamp)));
    }
    // 发布时间：2023-07-28, 2023年第28期 2023-07-28: the first date that is written in full.
    let starts = raw.char_indices().filter(|(_, c)| digit(*c).is_some()).map(|(at, _)| at).take(12);
    starts.filter_map(|at| scan(&raw[at..])).map(|(written, _)| written).find(is_full)
}

/// Returns true if a date has year, month and day.
pub fn is_full(written: &Written) -> bool {
    matches!(written, Written::Calendar { year: Some(_), month: Some(_), day: Some(_), .. })
}

fn of_moment(moment: DateTime) -> Written {
    Written::Calendar {
        year: Some(moment.year()),
        month: Some(moment.month()),
        day: Some(moment.day()),
        time: Some((moment.hour(), moment.minute())),
        offset: None,
    }
}

fn unix_time(raw: &str) -> Option<Written> {
    let whole = raw.split_once('.').map_or(raw, |(whole, _)| whole);
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let timestamp = match whole.len() {
        9..=10 => jiff::Timestamp::from_second(whole.parse().ok()?).ok()?,
        12..=13 => jiff::Timestamp::from_millisecond(whole.parse().ok()?).ok()?,
        _ => return None,
    };
    Some(of_moment(chinese_time(timestamp)))
}

/// The date in a URL or a path: `/2023/0728/`, `/2023/07/28/`, `/20230728/`, `t20230728_`,
/// `2023-07-28`.
pub fn scan_address(address: &str) -> Option<(Written, &str)> {
    let bytes = address.as_bytes();
    for at in 0..bytes.len() {
        let fresh = at == 0 || !bytes[at - 1].is_ascii_digit();
        if !fresh || !matches!(bytes[at], b'1' | b'2') {
            continue;
        }
        let Some(year) = number(bytes, at, 4).filter(|year| (1990..=2099).contains(year)) else {
            continue;
        };
        let (mut next, apart) = skip_separator(bytes, at + 4);
        let Some(month) = number(bytes, next, 2).filter(|month| (1..=12).contains(month)) else {
            continue;
        };
        let (day_at, day_apart) = skip_separator(bytes, next + 2);
        next = day_at;
        // 2023/0728 and 20230728 and 2023/07/28, but not 202307/28.
        if day_apart && !apart {
            continue;
        }
        let Some(day) = number(bytes, next, 2).filter(|day| (1..=31).contains(day)) else {
            continue;
        };
        if bytes.get(next + 2).is_some_and(u8::is_ascii_digit) && !apart && !day_apart {
            // A longer number that only looks like a date, unless it is 20230728 with a time behind
            // it.
            let run = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            if !matches!(run, 12 | 14) {
                continue;
            }
        }
        let written = Written::Calendar {
            year: Some(year as i16),
            month: Some(month as i8),
            day: Some(day as i8),
            time: None,
            offset: None,
        };
        return Some((written, &address[at..next + 2]));
    }
    None
}

fn number(bytes: &[u8], at: usize, digits: usize) -> Option<u32> {
    let part = bytes.get(at..at + digits)?;
    part.iter()
        .all(u8::is_ascii_digit)
        .then(|| part.iter().fold(0, |sum, b| sum * 10 + u32::from(b - b'0')))
}

fn skip_separator(bytes: &[u8], at: usize) -> (usize, bool) {
    match bytes.get(at) {
        Some(b'/' | b'-' | b'_' | b'.') => (at + 1, true),
        _ => (at, false),
    }
}

/// Reads the date that `text` starts with; gives it and the length in bytes of what was read.
///
/// Digits and separators may be full-width, and spaces may stand between the parts (8 月 12 日).
pub fn scan(text: &str) -> Option<(Written, usize)> {
    let first = text.chars().next()?;
    if digit(first).is_none() {
        return relative_word(text);
    }
    let mut cursor = Cursor { text, at: 0 };
    let (leading, digits) = cursor.number()?;
    if let Some((unit, length)) = ago_unit(&text[cursor.at..]) {
        let count = i32::try_from(leading).ok().filter(|&count| count <= 20_000)?;
        return Some((Written::Ago { count, unit, time: None }, cursor.at + length));
    }
    let (year, month, day) = match digits {
        4 => {
            let year = i16::try_from(leading).ok().filter(|year| (1000..=2999).contains(year))?;
            let (month, day) = cursor.month_and_day()?;
            (Some(year), month, day)
        }
        8 => {
            let (year, rest) = (leading / 10_000, leading % 10_000);
            if !(1900..=2100).contains(&year) || cursor.next_is_digit_or_letter() {
                return None;
            }
            (Some(year as i16), Some((rest / 100) as i8), Some((rest % 100) as i8))
        }
        1 | 2 => {
            let (month, day) = cursor.day_after(leading)?;
            (None, Some(month), Some(day))
        }
        _ => return None,
    };
    let mut end = cursor.at;
    let mut written_time = None;
    let mut offset = None;
    if day.is_some()
        && let Some((time, zone)) = cursor.time()
    {
        (written_time, offset, end) = (Some(time), zone, cursor.at);
    }
    Some((Written::Calendar { year, month, day, time: written_time, offset }, end))
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
    let mut cursor = Cursor { text, at: word.len() };
    let time = (unit == TimeUnit::Day).then(|| cursor.time()).flatten();
    let end = if time.is_some() { cursor.at } else { word.len() };
    Some((Written::Ago { count, unit, time: time.map(|(time, _)| time) }, end))
}

/// The unit of a relative date, and the length of ` 天前`.
fn ago_unit(text: &str) -> Option<(TimeUnit, usize)> {
    const UNITS: [(&str, TimeUnit); 13] = [
        ("秒", TimeUnit::Minute),
        ("分钟", TimeUnit::Minute),
        ("分鐘", TimeUnit::Minute),
        ("小时", TimeUnit::Hour),
        ("小時", TimeUnit::Hour),
        ("天", TimeUnit::Day),
        ("日", TimeUnit::Day),
        ("周", TimeUnit::Week),
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

/// The value of a decimal digit, half or full width.
fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '０'..='９' => Some(c as u32 - '０' as u32),
        _ => None,
    }
}

/// Reads on in a text.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip_spaces(&mut self) {
        while let Some(c) = self.peek().filter(|&c| c == ' ' || c == '\u{3000}' || c == '\u{a0}') {
            self.at += c.len_utf8();
        }
    }

    fn next_is_digit_or_letter(&self) -> bool {
        self.peek().is_some_and(|c| digit(c).is_some() || c.is_ascii_alphabetic())
    }

    /// A number of at most nine digits, and how many digits it has.
    fn number(&mut self) -> Option<(u32, u32)> {
        let (mut value, mut digits) = (0u32, 0);
        while let Some((c, d)) = self.peek().and_then(|c| Some((c, digit(c)?))) {
            digits += 1;
            if digits > 9 {
                return None;
            }
            value = value * 10 + d;
            self.at += c.len_utf8();
        }
        (digits > 0).then_some((value, digits))
    }

    /// A number of one or two digits.
    fn small(&mut self) -> Option<i8> {
        let before = self.at;
        match self.number() {
            Some((value, 1 | 2)) => Some(value as i8),
            _ => {
                self.at = before;
                None
            }
        }
    }

    /// One of `wanted`, with spaces around it.
    fn accept(&mut self, wanted: &[char]) -> Option<char> {
        let before = self.at;
        self.skip_spaces();
        match self.peek().filter(|c| wanted.contains(c)) {
            Some(c) => {
                self.at += c.len_utf8();
                Some(c)
            }
            None => {
                self.at = before;
                None
            }
        }
    }

    /// The text after a year: 年7月28日, 年7月, 年, -07-28, /07/28, .07.28, -07.
    fn month_and_day(&mut self) -> Option<(Option<i8>, Option<i8>)> {
        let separator = self.accept(&['年', '-', '/', '.', '－', '．', '／', '—', '–'])?;
        if separator == '年' {
            let after_year = self.at;
            self.skip_spaces();
            let Some(month) = self.small() else {
                self.at = after_year;
                return Some((None, None));
            };
            if self.accept(&['月']).is_none() {
                self.at = after_year;
                return Some((None, None));
            }
            let after_month = self.at;
            self.skip_spaces();
            let day = self.small();
            if day.is_some() && self.accept(&['日', '号', '號']).is_some() {
                return Some((Some(month), day));
            }
            self.at = after_month;
            return Some((Some(month), None));
        }
        let month = self.small()?;
        let after_month = self.at;
        if self.accept(&[separator]).is_some()
            && let Some(day) = self.small()
        {
            return Some((Some(month), Some(day)));
        }
        self.at = after_month;
        // 2023-07 is a month; 2023.5 is a number.
        (separator == '-' || separator == '/').then_some((Some(month), None))
    }

    /// The text after a month: 月28日, -28. A bare 7-28 or 7.28 counts only with two digits or a
    /// time behind it; the caller's surroundings decide the rest.
    fn day_after(&mut self, month: u32) -> Option<(i8, i8)> {
        let month = i8::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
        let separator = self.accept(&['月', '-', '/'])?;
        self.skip_spaces();
        let day = self.small().filter(|day| (1..=31).contains(day))?;
        if separator == '月' {
            self.accept(&['日', '号', '號'])?;
        } else if self.next_is_digit_or_letter() || self.peek() == Some('%') {
            return None;
        }
        Some((month, day))
    }

    /// 16:40, T16:40:07Z, 16：40, 16时40分, 上午10:20, with seconds and zone.
    fn time(&mut self) -> Option<((i8, i8), Option<i32>)> {
        let before = self.at;
        let found = self.time_or_stay();
        if found.is_none() {
            self.at = before;
        }
        found
    }

    fn time_or_stay(&mut self) -> Option<((i8, i8), Option<i32>)> {
        self.accept(&['T', 't', ',', '，', '_']);
        self.skip_spaces();
        // 星期五 and (周五) may stand between date and time.
        let afternoon =
            ["下午", "晚上", "晚"].iter().find(|word| self.text[self.at..].starts_with(**word));
        let morning =
            ["上午", "早上", "凌晨"].iter().find(|word| self.text[self.at..].starts_with(**word));
        self.at += afternoon.or(morning).map_or(0, |word| word.len());
        self.skip_spaces();
        let mut hour = self.small().filter(|hour| (0..=24).contains(hour))?;
        self.accept(&[':', '：', '时', '∶'])?;
        self.skip_spaces();
        let minute = self.small().filter(|minute| (0..=59).contains(minute))?;
        self.accept(&['分']);
        if afternoon.is_some() && hour < 12 {
            hour += 12;
        }
        let after_minute = self.at;
        if self.accept(&[':', '：', '∶']).is_none() || self.small().is_none() {
            self.at = after_minute;
        } else if self.peek() == Some('.') {
            self.at += 1;
            self.number();
        }
        Some(((hour % 24, minute), self.zone()))
    }

    /// `Z`, `+08:00`, `+0800`, in seconds east of UTC.
    fn zone(&mut self) -> Option<i32> {
        let before = self.at;
        if self.peek() == Some('Z') {
            self.at += 1;
            return Some(0);
        }
        let zone = self.signed_zone();
        if zone.is_none() {
            self.at = before;
        }
        zone
    }

    fn signed_zone(&mut self) -> Option<i32> {
        let sign = if self.accept(&['+', '-'])? == '+' { 1 } else { -1 };
        let (value, digits) = self.number()?;
        let (hours, minutes) = match digits {
            4 => (value / 100, value % 100),
            2 => {
                let before = self.at;
                let minutes = self.accept(&[':']).and_then(|_| self.small());
                if minutes.is_none() {
                    self.at = before;
                }
                (value, minutes.unwrap_or(0) as u32)
            }
            _ => return None,
        };
        (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60) as i32)
    }
}
