//! The date in a URL or a path.

use super::written::Written;

/// The date in a URL or a path, and the part that it was read from: `/2023/0728/`,
/// `/2023/07/28/`, `/2023-07/28/`, `/202307/28/`, `/20230728/`, `t20230728_`, `2023-07-28`; where
/// no day is written, the month (`/2023-07/`, `/202307/`) or the year (`/2023/`).
pub fn scan_address(address: &str) -> Option<(Written, &str)> {
    let bytes = address.as_bytes();
    let starts = || {
        (0..bytes.len()).filter(|&at| {
            matches!(bytes[at], b'1' | b'2') && (at == 0 || !bytes[at - 1].is_ascii_digit())
        })
    };
    starts()
        .find_map(|at| day(address, at))
        .or_else(|| starts().find_map(|at| month(address, at)))
        .or_else(|| starts().find_map(|at| year(address, at)))
}

/// A date with its day at `at`.
fn day(address: &str, at: usize) -> Option<(Written, &str)> {
    let bytes = address.as_bytes();
    let year = number(bytes, at, 4).filter(|year| (1990..=2099).contains(year))?;
    let (month_at, apart) = skip_separator(bytes, at + 4);
    let month = number(bytes, month_at, 2).filter(|month| (1..=12).contains(month))?;
    let (day_at, day_apart) = skip_separator(bytes, month_at + 2);
    let day = number(bytes, day_at, 2).filter(|day| (1..=31).contains(day))?;
    let after = bytes.get(day_at + 2);
    // In 202307/28 the day must be a folder of its own.
    if day_apart && !apart && after.is_some_and(|&b| b != b'/') {
        return None;
    }
    if after.is_some_and(u8::is_ascii_digit) {
        // A longer number that only looks like a date, unless a time follows: 202307281640.
        let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if apart || day_apart || !matches!(digits, 12 | 14) {
            return None;
        }
    }
    Some((Written::day(year as i16, month as i8, day as i8), &address[at..day_at + 2]))
}

/// A month that is a folder of its own, or written with a dash.
fn month(address: &str, at: usize) -> Option<(Written, &str)> {
    let bytes = address.as_bytes();
    let year = number(bytes, at, 4).filter(|year| (1990..=2099).contains(year))?;
    let (month_at, _) = skip_separator(bytes, at + 4);
    let month = number(bytes, month_at, 2).filter(|month| (1..=12).contains(month))?;
    let ends = matches!(bytes.get(month_at + 2), None | Some(b'/' | b'.' | b'_'));
    let begins = at == 0 || matches!(bytes[at - 1], b'/' | b'_' | b'-');
    let written = Written::Calendar {
        year: Some(year as i16),
        month: Some(month as i8),
        day: None,
        time: None,
        offset: None,
    };
    (begins && ends).then_some((written, &address[at..month_at + 2]))
}

/// A year that is a folder of its own.
fn year(address: &str, at: usize) -> Option<(Written, &str)> {
    let bytes = address.as_bytes();
    let year = number(bytes, at, 4).filter(|year| (1990..=2099).contains(year))?;
    let ends = address[at + 4..].starts_with('/') || address[at + 4..].starts_with('年');
    let begins = at == 0 || bytes[at - 1] == b'/';
    let year = Some(year as i16);
    let written = Written::Calendar { year, month: None, day: None, time: None, offset: None };
    (begins && ends).then_some((written, &address[at..at + 4]))
}

fn number(bytes: &[u8], at: usize, digits: usize) -> Option<u32> {
    let part = bytes.get(at..at + digits)?;
    let value = || part.iter().fold(0, |sum, b| sum * 10 + u32::from(b - b'0'));
    part.iter().all(u8::is_ascii_digit).then(value)
}

fn skip_separator(bytes: &[u8], at: usize) -> (usize, bool) {
    match bytes.get(at) {
        Some(b'/' | b'-' | b'_' | b'.') => (at + 1, true),
        _ => (at, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_months_and_years_of_addresses() {
        let read = |address: &str| match scan_address(address)?.0 {
            Written::Calendar { year: Some(year), month, day, .. } => {
                Some((year, month.unwrap_or(0), day.unwrap_or(0)))
            }
            _ => None,
        };
        for address in [
            "http://a.cn/2023/0728/c1-100.html",
            "http://a.cn/2023-07/28/c_1129.htm",
            "http://a.cn/202307/28/a.html",
            "http://a.cn/202307/t20230728_1.html",
        ] {
            assert_eq!(read(address), Some((2023, 7, 28)), "{address}");
        }
        assert_eq!(read("http://a.cn/news/202307/c1.html"), Some((2023, 7, 0)));
        assert_eq!(read("archive/2023/水厂.txt"), Some((2023, 0, 0)));
        assert_eq!(read("http://a.cn/12023072899/1.html"), None);
    }
}
