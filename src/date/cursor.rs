//! Reads numbers, separators, times of day and zones, from left to right.

use super::numeral::digit;

/// A time of day, and the offset of its zone from UTC in seconds, if one is written.
pub type Clock = ((i8, i8), Option<i32>);

/// A place in a text that only moves forward.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    text: &'a str,
    /// Bytes read so far.
    pub at: usize,
}

/// The half of the day that a word before a time names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DayPart {
    /// 上午, 凌晨, AM: 12 is midnight.
    Morning,
    /// 中午: 12 is noon, 1 is 13.
    Noon,
    /// 下午, PM: 12 is noon.
    Afternoon,
    /// 晚上: 12 is the end of the day.
    Evening,
}

const DAY_PARTS: [(&str, DayPart); 16] = [
    ("上午", DayPart::Morning),
    ("早上", DayPart::Morning),
    ("早晨", DayPart::Morning),
    ("清晨", DayPart::Morning),
    ("凌晨", DayPart::Morning),
    ("中午", DayPart::Noon),
    ("下午", DayPart::Afternoon),
    ("午后", DayPart::Afternoon),
    ("傍晚", DayPart::Afternoon),
    ("晚上", DayPart::Evening),
    ("晚间", DayPart::Evening),
    ("晚間", DayPart::Evening),
    ("夜间", DayPart::Evening),
    ("晚", DayPart::Evening),
    ("AM ", DayPart::Morning),
    ("PM ", DayPart::Afternoon),
];

impl<'a> Cursor<'a> {
    /// A cursor at the start of `text`.
    pub fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    /// The text that is left.
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next character.
    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Skips spaces of any width.
    pub fn skip_spaces(&mut self) {
        while let Some(c) = self.peek().filter(|&c| matches!(c, ' ' | '\u{3000}' | '\u{a0}')) {
            self.at += c.len_utf8();
        }
    }

    /// Skips `word`; returns true if it was there.
    pub fn skip(&mut self, word: &str) -> bool {
        let there = self.rest().starts_with(word);
        self.at += if there { word.len() } else { 0 };
        there
    }

    /// Returns true if a figure or a Latin letter follows.
    pub fn is_before_word(&self) -> bool {
        self.peek().is_some_and(|c| digit(c).is_some() || c.is_ascii_alphabetic())
    }

    /// A number of at most 14 digits, and the number of its digits.
    pub fn number(&mut self) -> Option<(u64, u32)> {
        let (mut value, mut digits) = (0u64, 0);
        while let Some((c, d)) = self.peek().and_then(|c| Some((c, digit(c)?))) {
            digits += 1;
            if digits > 14 {
                return None;
            }
            value = value * 10 + u64::from(d);
            self.at += c.len_utf8();
        }
        (digits > 0).then_some((value, digits))
    }

    /// A number of one or two digits.
    pub fn small(&mut self) -> Option<i8> {
        let before = self.at;
        match self.number() {
            Some((value, 1 | 2)) => i8::try_from(value).ok(),
            _ => {
                self.at = before;
                None
            }
        }
    }

    /// One of `wanted`, with spaces before it.
    pub fn accept(&mut self, wanted: &[char]) -> Option<char> {
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

    /// Skips a weekday: 星期五, （周五）, (五).
    pub fn skip_weekday(&mut self) {
        let before = self.at;
        self.skip_spaces();
        let bracket = self.accept(&['(', '（', '[']).is_some();
        let mut read = false;
        for word in ["星期", "礼拜", "禮拜", "周", "週"] {
            if !read && self.skip(word) {
                read = self.peek().is_some_and(|c| "一二三四五六日天".contains(c));
                self.at += if read { 3 } else { 0 };
            }
        }
        // (五), as Taiwan's papers write it.
        if !read && bracket && self.peek().is_some_and(|c| "一二三四五六日".contains(c)) {
            self.at += 3;
            read = true;
        }
        if !read || (bracket && self.accept(&[')', '）', ']']).is_none()) {
            self.at = before;
        }
    }

    /// A time of day: 16:40, T16:40:07Z, 16：40, 16时40分, 上午10:20, 4:40 PM, 下午4点, with
    /// seconds and zone. Nothing is read where there is none.
    pub fn clock(&mut self) -> Option<Clock> {
        let before = self.at;
        let found = self.clock_or_nothing();
        if found.is_none() {
            self.at = before;
        }
        found
    }

    fn clock_or_nothing(&mut self) -> Option<Clock> {
        self.skip_weekday();
        self.accept(&['T', 't', ',', '，', '_']);
        self.skip_spaces();
        // July 28, 2023 at 4:40 pm; 2023-07-28 HKT 16:40.
        let _ = self.skip("at ") || self.skip("HKT ");
        self.skip_spaces();
        let mut part = DAY_PARTS.iter().find(|(word, _)| self.skip(word)).map(|&(_, part)| part);
        self.skip_spaces();
        let hour = self.small().filter(|hour| (0..=24).contains(hour))?;
        let mark = self.accept(&[':', '：', '时', '時', '点', '點', '∶'])?;
        self.skip_spaces();
        let minute = match self.small().filter(|minute| (0..=59).contains(minute)) {
            Some(minute) => minute,
            None if matches!(mark, ':' | '：' | '∶') => return None,
            None if self.skip("半") => 30,
            None => 0,
        };
        self.accept(&['分']);
        self.skip_seconds();
        if part.is_none() {
            part = self.half();
        }
        let hour = of_day_part(hour, part)?;
        Some(((hour, minute), self.zone()))
    }

    fn skip_seconds(&mut self) {
        let after_minute = self.at;
        if self.accept(&[':', '：', '∶']).is_none() || self.small().is_none() {
            self.at = after_minute;
            if self.small().is_none() || self.accept(&['秒']).is_none() {
                self.at = after_minute;
            }
        } else if self.peek() == Some('.') {
            self.at += 1;
            self.number();
        }
    }

    /// `AM` or `p.m.` behind a time.
    fn half(&mut self) -> Option<DayPart> {
        let before = self.at;
        self.skip_spaces();
        const HALVES: [(&str, DayPart); 4] = [
            ("AM", DayPart::Morning),
            ("PM", DayPart::Afternoon),
            ("A.M.", DayPart::Morning),
            ("P.M.", DayPart::Afternoon),
        ];
        let rest = self.rest();
        let found = HALVES.iter().find(|(word, _)| {
            rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        });
        match found {
            Some(&(word, part)) => {
                self.at += word.len();
                Some(part)
            }
            None => {
                self.at = before;
                None
            }
        }
    }

    /// `Z`, `+08:00`, `+0800`, `GMT+8`, `UTC`, in seconds east of UTC.
    fn zone(&mut self) -> Option<i32> {
        let before = self.at;
        if self.skip("Z") {
            return Some(0);
        }
        self.skip_spaces();
        let named = self.skip("GMT") || self.skip("UTC");
        let zone = self.signed_zone(named);
        if zone.is_none() && !named {
            self.at = before;
        }
        zone.or(named.then_some(0))
    }

    fn signed_zone(&mut self, named: bool) -> Option<i32> {
        let before = self.at;
        let zone = self.signed_zone_or_nothing(named);
        if zone.is_none() {
            self.at = before;
        }
        zone
    }

    fn signed_zone_or_nothing(&mut self, named: bool) -> Option<i32> {
        let sign = if self.accept(&['+', '-'])? == '+' { 1 } else { -1 };
        let (value, digits) = self.number()?;
        let value = i32::try_from(value).ok()?;
        let (hours, minutes) = match digits {
            4 => (value / 100, value % 100),
            1 if !named => return None,
            1 | 2 => {
                let before = self.at;
                let minutes = self.accept(&[':']).and_then(|_| self.small());
                if minutes.is_none() {
                    self.at = before;
                }
                (value, i32::from(minutes.unwrap_or(0)))
            }
            _ => return None,
        };
        (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

/// The hour of 24 for an hour as written in a part of the day; `None` where it has none such.
fn of_day_part(hour: i8, part: Option<DayPart>) -> Option<i8> {
    Some(match (part, hour) {
        (Some(DayPart::Morning), 12) => 0,
        (Some(DayPart::Noon), 1..=3) => hour + 12,
        (Some(DayPart::Afternoon), 1..=11) => hour + 12,
        (Some(DayPart::Evening), 5..=12) => hour + 12,
        (_, 0..=24) => hour,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_in_all_their_forms() {
        for (text, time, zone) in [
            ("16:40", (16, 40), None),
            ("T16:40:07Z", (16, 40), Some(0)),
            (" 04:40 PM", (16, 40), None),
            ("上午12:05", (0, 5), None),
            ("下午12:30", (12, 30), None),
            ("晚上12点", (24, 0), None),
            ("晚上8点半", (20, 30), None),
            ("（星期五）16时40分07秒", (16, 40), None),
            ("(五) 16:40", (16, 40), None),
            (" at 4:40 pm", (16, 40), None),
            (" HKT 16:40", (16, 40), None),
            (" PM 4:40", (16, 40), None),
            ("16:40:07 GMT+8", (16, 40), Some(28_800)),
            ("16:40:07.123-0500", (16, 40), Some(-18_000)),
        ] {
            assert_eq!(Cursor::new(text).clock(), Some((time, zone)), "{text}");
        }
        for text in ["16", "25:10", "16:77", "下午", "周边"] {
            let mut cursor = Cursor::new(text);
            assert_eq!((cursor.clock(), cursor.at), (None, 0), "{text}");
        }
    }
}
