//! Text and where things stand in it: spans, folding, sentences and words.
//!
//! There is one coordinate system: half-open byte spans in `Article::body`. What reads a
//! changed form of the text (folded, simplified) maps its spans back before it hands them on.

pub mod class;
mod cut;
pub mod dictionary;
pub mod exact;
pub mod fold;
pub mod likeness;
pub mod scan;
pub mod sentence;
mod trie;
pub mod weights;
pub mod word;

use serde::{Deserialize, Serialize};

/// A half-open byte range `start..end` of a text, on character boundaries of that text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte; never before `start`.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    ///
    /// # Panics
    /// If `end < start`: such a span would be a bug of the caller.
    ///
    /// ```
    /// use jianbao::text::Span;
    /// assert_eq!(Span::new(3, 9).of("你好吗"), "好吗");
    /// ```
    pub fn new(start: usize, end: usize) -> Span {
        assert!(start <= end, "span {start}..{end} ends before it starts");
        Span { start, end }
    }

    /// The span of the whole of `text`.
    pub fn whole(text: &str) -> Span {
        Span { start: 0, end: text.len() }
    }

    /// The part of `text` that the span covers; empty where the span does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// True if the span covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True if `other` lies inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// True if the two spans share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The span moved `by` bytes to the right.
    pub fn shifted(self, by: usize) -> Span {
        Span { start: self.start + by, end: self.end + by }
    }

    /// The span of `part`, which must be a slice of `text`; `None` where it is not.
    pub fn of_slice(text: &str, part: &str) -> Option<Span> {
        let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        let end = start + part.len();
        (end <= text.len()).then_some(Span { start, end })
    }
}

/// True if `c` is a letter, a figure or a Chinese character. The tables of Unicode are slow;
/// Chinese characters and punctuation are told without them.
///
/// ```
/// use jianbao::text::is_word_char;
/// assert!("中々aé7".chars().all(is_word_char) && !"，“ 。-".chars().any(is_word_char));
/// ```
#[inline]
pub fn is_word_char(c: char) -> bool {
    match c {
        '\u{4e00}'..='\u{9fff}' => true,
        '\u{2000}'..='\u{206f}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}'
        | '\u{ff00}'..='\u{ff0f}' => false,
        c => c.is_alphanumeric(),
    }
}

/// True if `c` is a Chinese character (CJK unified ideographs with extensions, 々 and 〇).
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{3134f}'
        | '\u{f900}'..='\u{faff}' | '々' | '〇')
}

/// `text` made harmless, with spaces for line breaks.
pub fn one_line(text: &str) -> String {
    harmless(text).chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }).collect()
}

/// The last character boundary of `text` that is not after `at`.
pub fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The first `n` characters of `text`, or all of it.
///
/// ```
/// assert_eq!(jianbao::text::first_chars("剪报馆", 2), "剪报");
/// ```
pub fn first_chars(text: &str, n: usize) -> &str {
    &text[..text.char_indices().nth(n).map_or(text.len(), |(at, _)| at)]
}

/// The last `n` characters of `text`, one at least, or all of it.
///
/// ```
/// assert_eq!(jianbao::text::last_chars("剪报馆", 2), "报馆");
/// ```
pub fn last_chars(text: &str, n: usize) -> &str {
    let at = text.char_indices().rev().nth(n.saturating_sub(1)).map_or(0, |(at, _)| at);
    &text[at..]
}

/// Bytes as a part of an address (RFC 3986): as they are where they are letters, digits, one of
/// `-._~` or one of `kept`, in hexadecimal otherwise.
pub fn percent_encoded(bytes: &[u8], kept: &[u8]) -> String {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte);
    let part = |&byte: &u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    bytes.iter().map(part).collect()
}

/// True if `c` could be used to attack a terminal or a reader: a control character other than tab
/// and line feed (escape sequences begin with one), a mark that turns the direction of writing (UAX
/// #9; CVE-2021-42574), or a character that nobody sees: of zero width, a filler, a tag, a line or
/// paragraph separator. Selectors of variants are seen and stay.
pub fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Removes what an article could use to attack a terminal or a reader; see [`is_harmful`].
///
/// ```
/// assert_eq!(jianbao::text::harmless("红\u{1b}[31m\u{202e}色\u{200b}"), "红[31m色");
/// ```
pub fn harmless(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().any(is_harmful) {
        text.chars().filter(|&c| !is_harmful(c)).collect::<String>().into()
    } else {
        text.into()
    }
}
