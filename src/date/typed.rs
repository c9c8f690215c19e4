//! A year, a month or a day as people type it.

use jiff::civil::Date;

/// The first and the last day of a year, month or day as people type it: `2023`, `2023-07`,
/// `2023-07-28`, `2023年7月28日`, `112/07/28`. `None` where the text is none of these.
///
/// ```
/// use jianbao::date::typed_span;
/// let (first, last) = typed_span("2024-02").unwrap();
/// assert_eq!((first.to_string().as_str(), last.day()), ("2024-02-01", 29));
/// ```
pub fn typed_span(text: &str) -> Option<(Date, Date)> {
    let hyphens = |c: char| if matches!(c, '/' | '.' | '年' | '月' | '日') { '-' } else { c };
    let text: String = text.trim().chars().map(hyphens).collect();
    let parts: Vec<i16> = text
        .trim_end_matches('-')
        .split('-')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let (year, rest) = parts.split_first()?;
    // 112/07/28 counts from the first year of the Republic.
    let of_republic = (90..=150).contains(year) && rest.len() == 2;
    let year = if of_republic { year + 1911 } else { *year };
    if !(1000..=9999).contains(&year) {
        return None;
    }
    let date = |month: i16, day: i16| {
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    match *rest {
        [] => Some((date(1, 1)?, date(12, 31)?)),
        [month] => Some((date(month, 1)?, date(month, 1)?.last_of_month())),
        [month, day] => Some((date(month, day)?, date(month, day)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_a_month_and_a_day_are_spans() {
        let span = |text: &str| typed_span(text).map(|(a, b)| (a.to_string(), b.to_string()));
        assert_eq!(span("2023").unwrap(), ("2023-01-01".into(), "2023-12-31".into()));
        assert_eq!(span("2024-02").unwrap().1, "2024-02-29");
        assert_eq!(span("2023年7月28日").unwrap().0, "2023-07-28");
        assert_eq!(span("112/07/28").unwrap().0, "2023-07-28");
        for text in ["112", "7/28", "gestern", "2023-13", "2023-02-30", "2023-1-1-1", ""] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
