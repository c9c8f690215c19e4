//! Folding: full-width to half-width, traditional to simplified, upper to lower case, with a map
//! back.
//!
//! Both sides of a search are folded alike, character by character and without context. That
//! is what makes exact search exact: folding a part gives the same as the part of the folding.

use super::Span;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;

/// Characters that the table changes and that simplified text has too (通用规范汉字表: 著名, 乾隆,
/// 瞭望, 狼藉): alone they do not make a text traditional.
const SHARED: &str = "乾著瞭藉於徵覆麽夥昇甯堃鍾";

/// A folded text that knows where each of its parts stood in the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// `(folded, original)` byte offsets at which the distance between the two changes, in order.
    steps: Vec<(u32, u32)>,
    original_len: usize,
}

impl Folded {
    /// Folds `text`: Unicode NFKC (UAX #15) of each character by itself, lower case, simplified
    /// script.
    ///
    /// ```
    /// use jianbao::text::fold::Folded;
    /// let folded = Folded::new("ＧＰＴ－４：臺灣");
    /// assert_eq!(folded.text(), "gpt-4:台湾");
    /// ```
    pub fn new(text: &str) -> Folded {
        let mut folded = String::with_capacity(text.len());
        let mut steps = Vec::new();
        let mut delta = 0i64;
        for (at, c) in text.char_indices() {
            let now = at as i64 - folded.len() as i64;
            if now != delta {
                steps.push((folded.len() as u32, at as u32));
                delta = now;
            }
            let before = folded.len();
            if let Some(c) = one_for_one(c) {
                folded.push(c);
                continue;
            }
            fold_char(c, &mut folded);
            if folded[before..].chars().nth(1).is_some() {
                // A character that became several: all of them map back to its start.
                if steps.last() != Some(&(before as u32, at as u32)) {
                    steps.push((before as u32, at as u32));
                }
                for (part, _) in folded[before..].char_indices().skip(1) {
                    steps.push(((before + part) as u32, at as u32));
                    delta = at as i64 - (before + part) as i64;
                }
            }
        }
        Folded { text: folded, steps, original_len: text.len() }
    }

    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The original offset of the character that the folded byte offset `at` belongs to.
    pub fn original(&self, at: usize) -> usize {
        if at >= self.text.len() {
            return self.original_len;
        }
        let i = self.steps.partition_point(|&(folded, _)| folded as usize <= at);
        match i.checked_sub(1).map(|i| self.steps[i]) {
            Some((folded, original)) => original as usize + (at - folded as usize),
            None => at,
        }
    }

    /// The folded offset of the character at the original offset `at`; the reverse of
    /// [`Folded::original`].
    pub fn folded(&self, at: usize) -> usize {
        if at >= self.original_len {
            return self.text.len();
        }
        let i = self.steps.partition_point(|&(_, original)| (original as usize) < at);
        if let Some(&(folded, original)) = self.steps.get(i)
            && original as usize == at
        {
            return folded as usize;
        }
        match i.checked_sub(1).map(|i| self.steps[i]) {
            Some((folded, original)) => folded as usize + (at - original as usize),
            None => at,
        }
    }

    /// The span of `original` characters that a span of the folded text came from: whole
    /// characters, never fewer. `original` must be the text that was folded.
    pub fn original_span(&self, span: Span, original: &str) -> Span {
        let start = self.original(span.start);
        if span.is_empty() {
            return Span { start, end: start };
        }
        let last = (0..4)
            .map(|back| span.end.saturating_sub(1 + back))
            .find(|&i| self.text.is_char_boundary(i));
        let last = self.original(last.unwrap_or(span.start));
        let width =
            original.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Span { start, end: (last + width).max(start) }
    }
}

/// The folded form of `text`, where nobody needs to know the way back.
///
/// ```
/// assert_eq!(jianbao::text::fold::fold("李彥宏（Ｒｏｂｉｎ Li）"), "李彦宏(robin li)");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, &mut folded));
    folded
}

/// A name in the form in which it is compared: folded, without spaces and the dots and dashes
/// inside names.
///
/// ```
/// use jianbao::text::fold::key;
/// assert_eq!(key("Robin Li"), key("ｒｏｂｉｎ　ｌｉ"));
/// assert_eq!(key("埃隆·马斯克"), key("埃隆－馬斯克"));
/// ```
pub fn key(value: &str) -> String {
    let mut folded = fold(value);
    folded.retain(|c| !c.is_whitespace() && !matches!(c, '·' | '•' | '・' | '-' | '‧' | '—' | '–'));
    folded
}

/// `text` in simplified script, each character replaced by one of the same length in UTF-8, so that
/// byte spans of the result are byte spans of `text`. Analyses of the wording read this form.
///
/// ```
/// assert_eq!(jianbao::text::fold::simplify("他說：「對」"), "他说：「对」");
/// ```
pub fn simplify(text: &str) -> Cow<'_, str> {
    let table = traditional();
    let changes = |c: char| table.simplified(c).filter(|s| s.len_utf8() == c.len_utf8());
    if !text.chars().any(|c| changes(c).is_some() && !SHARED.contains(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| changes(c).unwrap_or(c)).collect())
}

/// Most characters that one character is folded to. The units of Japanese print (㌖, キロメートル)
/// have six; two Arabic ligatures have 8 and 18 (U+FDFB, U+FDFA) and stay as they are, or a text of
/// them would grow to eighteen times its length.
const MAX_FOLDED: usize = 6;

/// Appends the folded form of one character, which may be several characters, at most six.
pub fn fold_char(c: char, out: &mut String) {
    if let Some(folded) = one_for_one(c) {
        out.push(folded);
        return;
    }
    let start = out.len();
    out.extend(
        std::iter::once(c)
            .nfkc()
            .flat_map(char::to_lowercase)
            .map(|c| traditional().simplified(c).unwrap_or(c)),
    );
    if out[start..].chars().nth(MAX_FOLDED).is_some() {
        out.truncate(start);
        out.push(c);
    }
}

/// The folded form of a character of the kinds that nearly all news consists of; each of these
/// folds to one character. `None` says that [`fold_char`] has to look closer.
#[inline]
pub fn one_for_one(c: char) -> Option<char> {
    /// From an ASCII character to its full width form.
    const WIDER: u32 = 0xfee0;
    match c {
        '\0'..='\x7f' => Some(c.to_ascii_lowercase()),
        '\u{4e00}'..='\u{9fff}' => Some(traditional().simplified(c).unwrap_or(c)),
        '“' | '”' | '‘' | '’' | '。' | '、' | '《' | '》' => Some(c),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - WIDER).map(|c| c.to_ascii_lowercase()),
        _ => None,
    }
}

/// Stands in the table of common characters for one whose simplified form needs more than 16 bits;
/// no character is U+0001.
const ELSEWHERE: u16 = 1;

/// Characters that OpenCC turns into another one when it goes from traditional to simplified.
struct Traditional {
    /// Indexed by code point from U+4E00; 0 where nothing changes.
    common: Vec<u16>,
    rare: HashMap<char, char>,
}

impl Traditional {
    #[inline]
    fn simplified(&self, c: char) -> Option<char> {
        if matches!(c, '\u{4e00}'..='\u{9fff}') {
            let to = self.common[(c as usize) - 0x4e00];
            return match to {
                0 => None,
                ELSEWHERE => self.rare.get(&c).copied(),
                to => char::from_u32(u32::from(to)),
            };
        }
        if (c as u32) < 0x3400 { None } else { self.rare.get(&c).copied() }
    }
}

fn traditional() -> &'static Traditional {
    static TABLE: OnceLock<Traditional> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Traditional { common: vec![0; 0x9fff - 0x4e00 + 1], rare: HashMap::new() };
        for line in include_str!("../../index/lexicon/traditional.txt").lines() {
            let mut chars = line.chars();
            let (Some(from), Some('\t'), Some(to)) = (chars.next(), chars.next(), chars.next())
            else {
                continue;
            };
            match (from, u16::try_from(to as u32)) {
                ('\u{4e00}'..='\u{9fff}', Ok(to)) => table.common[from as usize - 0x4e00] = to,
                ('\u{4e00}'..='\u{9fff}', Err(_)) => {
                    table.common[from as usize - 0x4e00] = ELSEWHERE;
                    table.rare.insert(from, to);
                }
                _ => {
                    table.rare.insert(from, to);
                }
            }
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn grown_characters_map_back_to_their_start() {
        let folded = Folded::new("a㎏…b");
        assert_eq!(folded.text(), "akg...b");
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(|i| folded.original(i)), [0, 1, 1, 4, 4, 4, 7]);
        assert_eq!(folded.original_span(Span::new(1, 3), "a㎏…b"), Span::new(1, 4));
    }

    proptest! {
        #[test]
        fn the_map_back_is_monotone_and_on_boundaries(text in "\\PC{0,40}|[臺後ＡＢ：㎏…ﬁ\
            ①x ]{0,20}") {
            let folded = Folded::new(&text);
            prop_assert_eq!(folded.text(), &fold(&text));
            let mut last = 0;
            for (i, _) in folded.text().char_indices() {
                let at = folded.original(i);
                prop_assert!(at >= last && text.is_char_boundary(at));
                last = at;
            }
            for (i, _) in text.char_indices() {
                prop_assert_eq!(folded.original(folded.folded(i)), i);
            }
            prop_assert_eq!(simplify(&text).len(), text.len());
        }

        #[test]
        fn folding_a_part_gives_a_part_of_the_folding(a in "\\PC{0,12}", b in "\\PC{0,12}") {
            prop_assert_eq!(fold(&format!("{a}{b}")), fold(&a) + &fold(&b));
        }
    }
}
