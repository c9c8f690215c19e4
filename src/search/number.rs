//! Numbers with signs inside, and words with signs (C++, .NET): where one stands in a query, and
//! the forms in which a text may have it.

use super::typed;
use crate::engine::plan::Evidence;
use crate::text::exact::exact;

/// True for a Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

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
        Some(b'0'..=b'9') => number_length(&text[at..]),
        Some(b'a'..=b'z') => word_length(bytes),
        Some(b'.') if bytes.get(1).is_some_and(u8::is_ascii_alphabetic) => {
            1 + bytes[1..].iter().take_while(|b| b.is_ascii_alphanumeric()).count()
        }
        _ => 0,
    }
}

/// The length of a number with signs inside it or a percent sign behind it, and its unit.
fn number_length(text: &str) -> usize {
    let mut end = 0;
    let mut signs = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let inside = matches!(c, '.' | ',' | '/' | ':' | '-' | '~' | '×' | '·')
            && chars.peek().is_some_and(char::is_ascii_digit);
        if !c.is_ascii_digit() && !inside {
            break;
        }
        signs += usize::from(inside);
        end += c.len_utf8();
    }
    let rest = &text[end..];
    if rest.starts_with('%') {
        return end + 1;
    }
    // 25℃ is folded to 25°c.
    let degree = if rest.starts_with('°') { '°'.len_utf8() } else { 0 };
    let unit = rest[degree..].bytes().take_while(u8::is_ascii_alphabetic).count();
    let day = signs + unit == 0 && end == 8 && typed::day_forms(&text[..end]).is_some();
    if signs + degree + usize::from(day) == 0 { 0 } else { end + degree + unit }
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

/// The forms in which a text has a number or a word with signs, each with its weight; a form that
/// may be meant weighs `less`.
pub fn signed_forms(text: &str, less: f32) -> Vec<(f32, Evidence)> {
    let phrase = |text: &str| (1.0, Evidence::Phrase(exact(text)));
    let word = |text: String| (1.0, Evidence::Word(text));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    if let Some(forms) = typed::day_forms(text) {
        // A news text leaves out the year that everybody knows.
        let short = forms[0].split_once('年').map(|(_, day)| Evidence::Word(day.to_owned()));
        let short = short.map(|day| (less, day));
        return forms.iter().map(|form| phrase(form)).chain(short).collect();
    }
    if let Some(whole) = without_commas(text) {
        return vec![phrase(text), word(whole)];
    }
    // A number is a word of the index, its percent sign or its unit with it.
    if text.strip_suffix('%').is_some_and(|number| digits(number) && !number.contains(',')) {
        return vec![word(text.to_owned())];
    }
    let mut forms = if digits(text) && text.matches('.').count() == 1 {
        let units = ('a'..='z').map(|unit| (1.0, Evidence::Prefix(format!("{text}{unit}"))));
        [word(text.to_owned()), word(format!("{text}%"))].into_iter().chain(units).collect()
    } else {
        vec![phrase(text)]
    };
    let other = |form: &String| exact(form) != exact(text);
    if let Some(month) = typed::month_forms(text) {
        forms.extend(month.iter().filter(|form| other(form)).map(|form| phrase(form)));
    }
    if let Some((month, day, certain)) = typed::month_and_day(text) {
        let weight = if certain { 1.0 } else { less };
        forms.push((weight, Evidence::Word(format!("{month}月{day}日"))));
    }
    forms.extend(typed::pair_forms(text).iter().map(|form| phrase(form)));
    forms
}

/// Words that say what a number counts, beside single characters: those that the segmenter keeps
/// whole, so that the number stands apart from them.
const UNITS: [&str; 48] = [
    "万元",
    "亿元",
    "千元",
    "百元",
    "万亿",
    "万亿元",
    "万吨",
    "亿吨",
    "万人",
    "亿人",
    "万户",
    "万人次",
    "人次",
    "万辆",
    "万套",
    "万台",
    "万名",
    "万亩",
    "亩地",
    "万千瓦",
    "千瓦",
    "千瓦时",
    "亿美元",
    "万美元",
    "美元",
    "欧元",
    "日元",
    "港元",
    "英镑",
    "卢布",
    "韩元",
    "公里",
    "千米",
    "厘米",
    "毫米",
    "平方米",
    "平方公里",
    "立方米",
    "公斤",
    "千克",
    "毫克",
    "小时",
    "分钟",
    "秒钟",
    "摄氏度",
    "个月",
    "海里",
    "公顷",
];
/// Characters that multiply a number: what is counted follows them.
const MULTIPLIERS: [char; 4] = ['万', '亿', '千', '百'];

/// The lengths in bytes of a number that begins at `at` in a folded text and of what it counts,
/// where that is written in several characters or goes on: 3000万元, 3000万, 24小时.
pub fn quantity(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '-' | '/')) {
        return None;
    }
    let rest = &text[at..];
    let figure = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b',');
    let number = rest.bytes().take_while(figure).count();
    let digits = rest[..number].bytes().filter(u8::is_ascii_digit).count();
    let ends = rest[..number].ends_with(|c: char| c.is_ascii_digit());
    if digits < 2 || !ends || !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let unit = &rest[number..];
    let longest = UNITS.iter().filter(|word| unit.starts_with(**word)).map(|word| word.len());
    let multiplied = || unit.chars().next().filter(|c| MULTIPLIERS.contains(c)).map(char::len_utf8);
    // A number with a comma is cut apart whatever follows.
    let single = || unit.chars().next().filter(|c| is_han(*c) && rest[..number].contains(','));
    let unit = longest.max().or_else(multiplied).or_else(|| single().map(char::len_utf8))?;
    Some((number, unit))
}

/// The forms of a number that a quantity begins with: what parts it from a longer number.
pub fn number_forms(number: &str) -> Vec<(f32, Evidence)> {
    let whole = without_commas(number).unwrap_or_else(|| number.to_owned());
    let parted = with_commas(&whole).map(|parted| Evidence::Phrase(exact(&parted)));
    let all = [Evidence::Word(whole)].into_iter().chain(parted);
    all.map(|evidence| (1.0, evidence)).collect()
}

/// The forms of a quantity: 3000万元, 3,000万元.
pub fn quantity_forms(number: &str, unit: &str) -> Vec<(f32, Evidence)> {
    let whole = without_commas(number).unwrap_or_else(|| number.to_owned());
    let all = with_commas(&whole).into_iter().chain([whole]);
    all.map(|number| (1.0, Evidence::Phrase(exact(&format!("{number}{unit}"))))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_looked_for_in_the_forms_that_texts_have() {
        let shown = |text: &str| {
            let forms = signed_forms(text, 0.5);
            let full = forms.iter().filter(|(weight, _)| *weight >= 1.0);
            full.map(|(_, form)| form.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(shown("12.5")[..3], ["12.5", "12.5%", "12.5a*"]);
        assert_eq!(shown("12.5%"), ["12.5%"]);
        assert_eq!(shown("1,234,567"), ["“1,234,567”", "1234567"]);
        assert_eq!(shown("2.0t"), ["“2.0t”"]);
        assert_eq!(shown("2023.7.28")[..2], ["“2023年7月28日”", "“2023年07月28日”"]);
        assert_eq!(shown("2023.13.28"), ["“2023.13.28”"]);
        assert_eq!(shown("7-28"), ["“7-28”", "7月28日", "“7~28”", "“7至28”", "“7到28”"]);
        assert!(shown("2023/7").contains(&"“2023年7月”".to_owned()));
        assert_eq!(with_commas("1234567").as_deref(), Some("1,234,567"));
        assert_eq!(with_commas("123"), None);
        assert_eq!(with_commas("12345").as_deref(), Some("12,345"));
    }

    #[test]
    fn a_number_goes_with_what_it_counts() {
        let parts = |text: &str| quantity(text, 0);
        assert_eq!(parts("3000万元"), Some((4, 6)));
        assert_eq!(parts("3000万"), Some((4, 3)));
        assert_eq!(parts("1.5亿美元"), Some((3, 9)));
        assert_eq!(parts("5,000元"), Some((5, 3)));
        assert_eq!(parts("24小时营业"), Some((2, 6)));
        for text in ["12人", "2023年", "7小时", "12", "2023中国", "x24小时", "万元"] {
            assert_eq!(parts(text), None, "{text}");
        }
        assert_eq!(quantity("13000万元", 1), None);
        let forms = quantity_forms("3,000", "万元");
        let forms: Vec<String> = forms.iter().map(|(_, form)| form.to_string()).collect();
        assert_eq!(forms, ["“3,000万元”", "“3000万元”"]);
    }
}
