//! The date in a field of a record or in a meta tag, and the order of day and month in a column.

use super::numeral::digit;
use super::scan::scan;
use super::written::{Written, chinese_time};

/// The order of the numbers in dates like 07/08/2023.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumericOrder {
    /// 07/08 is the 7th of August.
    DayFirst,
    /// 07/08 is the 8th of July.
    MonthFirst,
}

impl NumericOrder {
    /// The order that the date in `raw` proves, if it is numeric and one of its numbers is above
    /// 12.
    ///
    /// ```
    /// use jianbao::date::NumericOrder;
    /// assert_eq!(NumericOrder::of("25/07/2023"), Some(NumericOrder::DayFirst));
    /// assert_eq!(NumericOrder::of("07/08/2023"), None);
    /// ```
    pub fn of(raw: &str) -> Option<NumericOrder> {
        let mut parts = raw.trim().split(['/', '.', '-']);
        let number = |part: Option<&str>| part.and_then(|part| part.trim().parse::<u32>().ok());
        let (first, second) = (number(parts.next())?, number(parts.next())?);
        let year = parts.next()?.trim().get(..4).and_then(|year| year.parse::<u32>().ok())?;
        match (first, second) {
            (13..=31, 1..=12) if year >= 1900 => Some(NumericOrder::DayFirst),
            (1..=12, 13..=31) if year >= 1900 => Some(NumericOrder::MonthFirst),
            _ => None,
        }
    }
}

/// The date in a field or a meta tag: anything that [`scan`] reads, RFC 2822, 2022 11 23,
/// 18-03-08, Unix time in seconds to nanoseconds, or the serial day of a spreadsheet.
pub fn scan_field(raw: &str) -> Option<Written> {
    let raw = raw.trim().trim_matches(['"', '\'']).trim();
    if let Some((written, length)) = scan(raw)
        && (written.is_full() || length == raw.len())
    {
        return Some(written);
    }
    if let Some(written) = unix_time(raw).or_else(|| serial_day(raw)).or_else(|| spaced(raw)) {
        return Some(written);
    }
    if let Some(written) = basic(raw) {
        return Some(written);
    }
    if let Some(written) = short_year(raw).or_else(|| of_program(raw)) {
        return Some(written);
    }
    if let Ok(timestamp) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(raw) {
        return Some(Written::moment(chinese_time(timestamp)));
    }
    // 发布时间：2023-07-28, 2023年第28期 2023-07-28: the first date that is written in full.
    let starts = |c: char| digit(c).is_some() || "民昭平令二一中".contains(c);
    let places = raw.char_indices().filter(|(_, c)| starts(*c)).map(|(at, _)| at).take(12);
    let full = places
        .filter(|&at| raw[..at].chars().next_back().is_none_or(|c| digit(c).is_none()))
        .filter_map(|at| scan(&raw[at..]).map(|(written, _)| written).or(short_year(&raw[at..])))
        .find(Written::is_full);
    full.or_else(|| scan(raw).map(|(written, _)| written))
}

/// Unix time: 9 or 10 digits of seconds, 12 or 13 of milliseconds, 16 of microseconds, 19 of
/// nanoseconds.
fn unix_time(raw: &str) -> Option<Written> {
    let whole = raw.split_once('.').map_or(raw, |(whole, _)| whole);
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let timestamp = match whole.len() {
        9..=10 => jiff::Timestamp::from_second(number).ok()?,
        12..=13 => jiff::Timestamp::from_millisecond(number).ok()?,
        16 => jiff::Timestamp::from_microsecond(number).ok()?,
        19 => jiff::Timestamp::from_nanosecond(i128::from(number)).ok()?,
        _ => return None,
    };
    Some(Written::moment(chinese_time(timestamp)))
}

/// A spreadsheet's serial day (45135 is 2023-07-28), with a fraction for the time; those of 1980
/// to 2060. Day 1 is 1900-01-01, and 1900 counts as a leap year (ECMA-376, 18.17.4.1).
fn serial_day(raw: &str) -> Option<Written> {
    let (whole, fraction) = raw.split_once('.').unwrap_or((raw, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 5 || !digits(whole) || !digits(fraction) || fraction.len() > 15 {
        return None;
    }
    let days: i64 = whole.parse().ok().filter(|days| (29_221..=58_440).contains(days))?;
    let share: f64 = format!("0.{fraction}0").parse().ok()?;
    let minutes = (share * 1440.0).round() as i64;
    let base = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0);
    let span = jiff::Span::new().days(days).minutes(minutes);
    let moment = base.checked_add(span).ok()?;
    if fraction.is_empty() {
        return Some(Written::day(moment.year(), moment.month(), moment.day()));
    }
    Some(Written::moment(moment))
}

/// 20230728T164000Z: a moment in the basic format of ISO 8601.
fn basic(raw: &str) -> Option<Written> {
    let (day, rest) = raw.split_once('T')?;
    let (clock, zone) = rest.split_at_checked(6)?;
    if day.len() != 8 || ![day, clock].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let ((year, date), (hour, minutes)) = (day.split_at(4), clock.split_at(2));
    let ((month, day), (minute, second)) = (date.split_at(2), minutes.split_at(2));
    let spelled = format!("{year}-{month}-{day}T{hour}:{minute}:{second}{zone}");
    scan(&spelled).filter(|(written, _)| written.is_full()).map(|(written, _)| written)
}

/// `datetime.datetime(2023, 7, 28, 16, 40)` as Python prints it, `/Date(1690533600000)/` as .NET
/// writes it.
fn of_program(raw: &str) -> Option<Written> {
    let (name, rest) = raw.split_once('(')?;
    let inner = rest[..rest.find(')')?].trim();
    match name.trim_start_matches('/') {
        "Date" => unix_time(inner.split(['+', '-']).next()?),
        "datetime.datetime" | "datetime.date" => {
            let mut parts = inner.split(',').map(|part| part.trim().parse::<i16>().ok());
            let year = parts.next()??;
            let mut small = || i8::try_from(parts.next().flatten()?).ok();
            let (month, day) = (small()?, small()?);
            let clock = small().map(|hour| ((hour, small().unwrap_or(0)), None));
            Some(Written::day(year, month, day).with_time(clock))
        }
        _ => None,
    }
}

/// 2022 11 23.
fn spaced(raw: &str) -> Option<Written> {
    let mut parts = raw.split_ascii_whitespace();
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    let year = year.parse().ok().filter(|year| (1900..=2100).contains(year))?;
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    Some(Written::day(year, month, day.parse().ok().filter(|day| (1..=31).contains(day))?))
}

/// 18-03-08: year, month and day of two digits each. A year above 69 is of the last century
/// (POSIX, `strptime`).
fn short_year(raw: &str) -> Option<Written> {
    let bytes = raw.as_bytes();
    let two = |at: usize| {
        let pair = bytes.get(at..at + 2)?;
        pair.iter().all(u8::is_ascii_digit).then(|| (pair[0] - b'0') * 10 + pair[1] - b'0')
    };
    let (year, month, day) = (two(0)?, two(3)?, two(6)?);
    let marks = bytes.get(2) == Some(&b'-') && bytes.get(5) == Some(&b'-');
    let ends = !bytes.get(8).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-');
    if !marks || !ends || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let century = if year > 69 { 1900 } else { 2000 };
    let mut cursor = super::cursor::Cursor::new(raw);
    cursor.at = 8;
    let written = Written::day(century + i16::from(year), month as i8, day as i8);
    Some(written.with_time(cursor.clock()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: i16, month: i8, day: i8, time: Option<(i8, i8)>) -> Option<Written> {
        Some(Written::day(year, month, day).with_time(time.map(|time| (time, None))))
    }

    #[test]
    fn machines_write_dates_as_numbers() {
        let moment = at(2023, 7, 28, Some((16, 40)));
        for raw in ["1690533600", "1690533600000", "1690533600.5", "1690533600000000"] {
            assert_eq!(scan_field(raw), moment, "{raw}");
        }
        assert_eq!(scan_field("202307281640"), moment);
        assert_eq!(scan_field("45135"), at(2023, 7, 28, None));
        assert_eq!(scan_field("45135.694444444"), moment);
        assert_eq!(scan_field("12"), None);
        for raw in ["20230728T水水", "2023-07-28水水T水水", "2023072水T164000"] {
            assert!(scan_field(raw).is_none_or(|written| written.is_full()), "{raw}");
        }
        for raw in [
            "datetime.datetime(2023, 7, 28, 16, 40)",
            "/Date(1690533600000)/",
            "/Date(1690533600000+0800)/",
            "Fri Jul 28 16:40:07 CST 2023",
            "20230728T164000",
            "2023-07-28 PM 4:40",
        ] {
            assert_eq!(scan_field(raw), moment, "{raw}");
        }
    }

    #[test]
    fn people_write_dates_in_many_ways() {
        assert_eq!(scan_field("2022 11 23"), at(2022, 11, 23, None));
        assert_eq!(scan_field("发布时间：18-03-08 09:10"), at(2018, 3, 8, Some((9, 10))));
        assert_eq!(scan_field("发布于 2023-07-28 16:40"), at(2023, 7, 28, Some((16, 40))));
        assert_eq!(scan_field("28-JUL-23"), at(2023, 7, 28, None));
        assert_eq!(scan_field("Jul-28-2023"), at(2023, 7, 28, None));
        assert_eq!(scan_field("28th July 2023"), at(2023, 7, 28, None));
        assert_eq!(scan_field("2023年七月28日"), at(2023, 7, 28, None));
        assert_eq!(scan_field("2023年第28期 2023-07-28"), at(2023, 7, 28, None));
    }

    #[test]
    fn a_column_proves_the_order_of_its_numbers() {
        assert_eq!(NumericOrder::of("07/28/2023"), Some(NumericOrder::MonthFirst));
        assert_eq!(NumericOrder::of("2023/07/28"), None);
    }
}
