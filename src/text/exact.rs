//! The exact text: the characters of a folded text that take part in exact search.

use super::fold::fold;

/// True if a character of a folded text takes part in exact search: all but white space and what
/// cannot be seen (what joins pictures or asks for their colour).
///
/// ```
/// use jianbao::text::exact::is_exact_char;
/// assert!(is_exact_char('，') && is_exact_char('剪'));
/// assert!(!is_exact_char(' ') && !is_exact_char('\n'));
/// ```
pub fn is_exact_char(c: char) -> bool {
    // Nearly all characters; the tables of Unicode are slow.
    matches!(c, '\u{4e00}'..='\u{9fff}' | '!'..='~')
        || !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// The characters of a text that take part in exact search, folded.
///
/// ```
/// assert_eq!(jianbao::text::exact::exact("１ 剪報").iter().collect::<String>(), "1剪报");
/// ```
pub fn exact(text: &str) -> Vec<char> {
    fold(text).chars().filter(|&c| is_exact_char(c)).collect()
}
