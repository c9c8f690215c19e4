//! Headlines: the comparison of a line with a headline, and the marks around one.

use super::find::trimmed;

/// Returns true if a line repeats the title, whatever the spaces and brackets.
pub fn same_title(line: &str, title: &str) -> bool {
    let letters = |text: &'_ str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    line.len() < title.len() * 2 + 24 && letters(line) == letters(title)
}

/// 【标题】 without its brackets.
pub fn unbracketed(line: &str) -> &str {
    match line.strip_prefix('【').and_then(|rest| rest.strip_suffix('】')) {
        Some(inner) if !inner.contains('】') => trimmed(inner),
        _ => line.trim_start_matches(['#', ' ']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_brackets_do_not_make_another_title() {
        assert!(same_title("【水退了】 北堤守住", "水退了，北堤守住"));
        assert!(!same_title("水退了，北堤守住，全城放心", "水退了"));
        assert_eq!([unbracketed("【水退了】"), unbracketed("## 水退了")], ["水退了"; 2]);
    }
}
