//! Chinese numerals, and the years of eras: 二〇二三, 二十八, 民国112年, 令和5年.

/// The value of a decimal digit of half or full width.
pub fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '０'..='９' => Some(c as u32 - '０' as u32),
        _ => None,
    }
}

/// The value of a Chinese digit.
fn chinese_digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' | '○' | 'Ｏ' => 0,
        '一' | '元' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// The Chinese numeral that `text` starts with, up to 999 with 十 and 百 or any number of plain
/// digits up to four (二〇二三), and its length in bytes.
pub fn chinese_number(text: &str) -> Option<(u32, usize)> {
    let (mut total, mut current, mut plain, mut count, mut length) = (0u32, None, 0u32, 0, 0);
    let mut units = false;
    for c in text.chars().take(6) {
        if let Some(value) = chinese_digit(c) {
            current = Some(value);
            plain = plain * 10 + value;
            count += 1;
        } else if let Some(unit) = [('十', 10), ('廿', 20), ('百', 100)].iter().find(|u| u.0 == c)
        {
            total += if c == '廿' { 20 } else { current.unwrap_or(1) * unit.1 };
            current = None;
            units = true;
        } else {
            break;
        }
        length += c.len_utf8();
    }
    if length == 0 || count > 4 {
        return None;
    }
    Some((if units { total + current.unwrap_or(0) } else { plain }, length))
}

/// The eras that news names, each with the year before its first one.
const ERAS: [(&str, i16); 8] = [
    ("中華民國", 1911),
    ("中华民国", 1911),
    ("民國", 1911),
    ("民国", 1911),
    ("昭和", 1925),
    ("平成", 1988),
    ("令和", 2018),
    ("大正", 1911),
];

/// The year before the first one of the era that `text` starts with, and the length of its name.
pub fn era(text: &str) -> Option<(i16, usize)> {
    ERAS.iter().find(|(name, _)| text.starts_with(name)).map(|&(name, base)| (base, name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numerals_with_and_without_places() {
        for (text, value) in [
            ("二〇二三年", 2023),
            ("二十八日", 28),
            ("十", 10),
            ("十二月", 12),
            ("一百一十二年", 112),
            ("一一二年", 112),
            ("元年", 1),
        ] {
            assert_eq!(chinese_number(text).map(|(value, _)| value), Some(value), "{text}");
        }
        assert_eq!(chinese_number("年"), None);
    }

    #[test]
    fn an_era_gives_the_year_before_its_first() {
        assert_eq!(era("民國112年"), Some((1911, 6)));
        assert_eq!(era("2023"), None);
    }
}
