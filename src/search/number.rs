//! Numbers with signs inside, and words with signs (C++, .NET): where one stands in a query, and
//! the forms in which a text may have it.

use crate::engine::plan::Evidence;
use crate::text::exact::exact;

/// The length in bytes of the number or the word with signs that begins at `at` in a folded text; 0
/// where neither does. Whole numbers and plain words are the segmenter's.
///
/// ```
/// use jianbao::search::signed_length;
/// let length = |text: &str| signed_length(text, 0);
/// assert_eq!([length("12.5"), length("2.0t"), length("6.4%了")], [4, 4, 4]);
/// assert_eq!([length("1,234,567元"), length("2023.7.28")], [9, 9]);
/// assert_eq!([length("c++和"), length(".net"), length("node.js.")], [3, 4, 7]);
/// assert_eq!([length("2023年"), length("5g"), length("gpt-4"), length("1.")], [0; 4]);
/// ```
pub fn signed_length(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[at..];
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '-' | '/')) {
        return 0;
    }
    match bytes.first() {
        Some(b'0'..=b'9') => number_length(bytes),
        Some(b'a'..=b'z') => word_length(bytes),
        Some(b'.') if bytes.get(1).is_some_and(u8::is_ascii_alphabetic) => {
            1 + bytes[1..].iter().take_while(|b| b.is_ascii_alphanumeric()).count()
        }
        _ => 0,
    }
}

/// The length of a number with signs inside it or a percent sign behind it, and its unit.
fn number_length(bytes: &[u8]) -> usize {
    let mut end = 0;
    let mut signs = 0;
    while let Some(&b) = bytes.get(end) {
        let inside = matches!(b, b'.' | b',' | b'/' | b':' | b'-')
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !b.is_ascii_digit() && !inside {
            break;
        }
        signs += usize::from(inside);
        end += 1;
    }
    if bytes.get(end) == Some(&b'%') {
        return end + 1;
    }
    let unit = bytes[end..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if signs == 0 { 0 } else { end + unit }
}

/// The length of a word of letters and figures with a sign inside (node.js, at&t) or behind (c++,
/// c#).
fn word_length(bytes: &[u8]) -> usize {
    let mut end = 0;
    let mut signs = 0;
    while let Some(&b) = bytes.get(end) {
        let inside =
            matches!(b, b'.' | b'&') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        if !b.is_ascii_alphanumeric() && !inside {
            break;
        }
        signs += usize::from(inside);
        end += 1;
    }
    let behind = bytes[end..].iter().take_while(|b| matches!(b, b'+' | b'#')).count();
    if signs + behind == 0 { 0 } else { end + behind }
}

/// The forms in which a text has a number or a word with signs.
pub fn signed_forms(text: &str) -> Vec<Evidence> {
    let phrase = |text: &str| Evidence::Phrase(exact(text));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    if let Some(day) = day_forms(text) {
        return day.iter().map(|form| phrase(form)).collect();
    }
    if let Some(whole) = without_commas(text) {
        return vec![phrase(text), Evidence::Word(whole)];
    }
    // A number is a word of the index, its percent sign or its unit with it.
    if text.strip_suffix('%').is_some_and(|number| digits(number) && !number.contains(',')) {
        return vec![Evidence::Word(text.to_owned())];
    }
    if digits(text) && text.matches('.').count() == 1 {
        return vec![Evidence::Prefix(text.to_owned())];
    }
    vec![phrase(text)]
}

/// A whole number with commas (1,234,567) without them.
fn without_commas(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let rest: Vec<&str> = groups.collect();
    let whole = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let fits = whole(first) && rest.iter().all(|part| part.len() == 3 && whole(part));
    (fits && !rest.is_empty()).then(|| text.replace(',', ""))
}

/// A whole number of four figures and more as it is written with commas.
pub fn with_commas(number: &str) -> Option<String> {
    if number.len() < 4 || number.starts_with('0') || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut text = String::new();
    for (i, c) in number.chars().enumerate() {
        if i > 0 && (number.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    Some(text)
}

/// The forms of a day written in figures: 2023.7.28, 2023-07-28, 2023年7月28日.
fn day_forms(text: &str) -> Option<Vec<String>> {
    let sign = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| "./-".contains(*c))?;
    let parts: Vec<u16> = text.split(sign).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [year @ 1900..=2100, month @ 1..=12, day @ 1..=31] = parts[..] else { return None };
    let mut forms = vec![text.to_owned(), format!("{year}年{month}月{day}日")];
    for sign in ["-", ".", "/"] {
        forms.push(format!("{year}{sign}{month}{sign}{day}"));
        forms.push(format!("{year}{sign}{month:02}{sign}{day:02}"));
    }
    let mut seen = std::collections::HashSet::new();
    forms.retain(|form| seen.insert(form.clone()));
    Some(forms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_looked_for_in_the_forms_that_texts_have() {
        let shown =
            |text: &str| signed_forms(text).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(shown("12.5"), ["12.5*"]);
        assert_eq!(shown("12.5%"), ["12.5%"]);
        assert_eq!(shown("1,234,567"), ["“1,234,567”", "1234567"]);
        assert_eq!(shown("2.0t"), ["“2.0t”"]);
        assert_eq!(
            shown("2023.7.28"),
            [
                "“2023.7.28”",
                "“2023年7月28日”",
                "“2023-7-28”",
                "“2023-07-28”",
                "“2023.07.28”",
                "“2023/7/28”",
                "“2023/07/28”"
            ]
        );
        assert_eq!(shown("2023.13.28"), ["“2023.13.28”"]);
        assert_eq!(with_commas("1234567").as_deref(), Some("1,234,567"));
        assert_eq!(with_commas("123"), None);
        assert_eq!(with_commas("12345").as_deref(), Some("12,345"));
    }
}
