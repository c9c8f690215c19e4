//! Dates, ranges and scores as people type them in figures, in the forms that a text has them.

use std::collections::HashSet;

/// The forms of a day written in figures: 2023.7.28, 2023-07-28, 20230728, 2023年07月28日.
pub fn day_forms(text: &str) -> Option<Vec<String>> {
    let parts = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        vec![text[..4].to_owned(), text[4..6].to_owned(), text[6..].to_owned()]
    } else {
        parts(text)?
    };
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] => (year_of(year)?, month_of(month)?, day_of(day)?),
        _ => return None,
    };
    let mut forms =
        vec![format!("{year}年{month}月{day}日"), format!("{year}年{month:02}月{day:02}日")];
    for sign in ["-", ".", "/"] {
        forms.push(format!("{year}{sign}{month}{sign}{day}"));
        forms.push(format!("{year}{sign}{month:02}{sign}{day:02}"));
    }
    forms.push(text.to_owned());
    Some(distinct(forms))
}

/// The forms of a month written in figures: 2023.7, 2023-07, 2023/7.
pub fn month_forms(text: &str) -> Option<Vec<String>> {
    let parts = parts(text)?;
    let [year, month] = parts.as_slice() else { return None };
    let (year, month) = (year_of(year)?, month_of(month)?);
    let mut forms = vec![format!("{year}年{month}月"), format!("{year}年{month:02}月")];
    for sign in ["-", ".", "/"] {
        forms.push(format!("{year}{sign}{month:02}"));
    }
    Some(distinct(forms))
}

/// The month and the day of 7.28, 7-28 and 07/28, and whether they are certainly meant: 1/3 may be
/// a third, 2-1 a score, 7.28 a number.
pub fn month_and_day(text: &str) -> Option<(u16, u16, bool)> {
    let parts = parts(text)?;
    let [month, day] = parts.as_slice() else { return None };
    let (month_number, day_number) = (month_of(month)?, day_of(day)?);
    let padded = month.starts_with('0') || day.starts_with('0');
    let certain = !text.contains('.') && (padded || day_number > 12);
    Some((month_number, day_number, certain))
}

/// Other forms of two whole numbers that belong together: 20-30 is also 20至30, 3:1 is 3比1, 9·11
/// is 9.11.
pub fn pair_forms(text: &str) -> Vec<String> {
    let Some(sign) = text.chars().find(|c| !c.is_ascii_digit()) else { return Vec::new() };
    let Some((first, second)) = text.split_once(sign) else { return Vec::new() };
    let whole = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !whole(first) || !whole(second) {
        return Vec::new();
    }
    let others: &[&str] = match sign {
        '-' => &["~", "至", "到"],
        '~' => &["-", "至", "到"],
        ':' => &["比"],
        '·' => &[".", "•"],
        _ => &[],
    };
    others.iter().map(|other| format!("{first}{other}{second}")).collect()
}

/// The numbers of a text that one sign parts.
fn parts(text: &str) -> Option<Vec<String>> {
    let sign = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| "./-".contains(*c))?;
    let parts: Vec<String> = text.split(sign).map(str::to_owned).collect();
    let whole = |part: &String| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.iter().all(whole).then_some(parts)
}

fn year_of(text: &str) -> Option<u16> {
    text.parse().ok().filter(|year| text.len() == 4 && (1900..=2100).contains(year))
}

fn month_of(text: &str) -> Option<u16> {
    text.parse().ok().filter(|month| text.len() <= 2 && (1..=12).contains(month))
}

fn day_of(text: &str) -> Option<u16> {
    text.parse().ok().filter(|day| text.len() <= 2 && (1..=31).contains(day))
}

fn distinct(mut forms: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    forms.retain(|form| seen.insert(form.clone()));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_dates_where_they_can_be_one() {
        for text in ["2023.7.28", "2023-07-28", "2023/7/28", "20230728"] {
            assert_eq!(day_forms(text).unwrap()[0], "2023年7月28日", "{text}");
        }
        for text in ["2023.13.1", "2023.7", "20231399", "12345678", "1.2.3", "2023年7月"] {
            assert_eq!(day_forms(text), None, "{text}");
        }
        assert_eq!(month_forms("2023.7").unwrap()[0], "2023年7月");
        assert_eq!(month_forms("12.5"), None);
        assert_eq!(month_and_day("07-28"), Some((7, 28, true)));
        assert_eq!(month_and_day("13-28"), None);
        for text in ["1/3", "2-1", "7.28"] {
            assert!(month_and_day(text).is_some_and(|(_, _, certain)| !certain), "{text}");
        }
        assert_eq!(pair_forms("3:1"), ["3比1"]);
        assert_eq!(pair_forms("9·11"), ["9.11", "9•11"]);
        assert!(pair_forms("12.5").is_empty());
    }
}
