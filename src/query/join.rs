//! Words that join others: OR, AND and NOT, by themselves or between Chinese words (华为OR小米),
//! and the Chinese words for OR. Words of a quotation or of a group join nothing.

/// The words that join others, in capital letters.
pub const LATIN: [&str; 3] = ["OR", "AND", "NOT"];
/// Chinese words for OR, where they stand by themselves: 华为 或者 小米.
pub const CHINESE: [&str; 3] = ["或者", "或是", "或"];

/// True if `word` begins at `at`.
pub fn begins(chars: &[char], at: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c))
}

/// True if `word` begins at `at` with a Chinese character on both sides.
pub fn is_between(chars: &[char], at: usize, word: &str) -> bool {
    let is_han = |c: Option<&char>| c.is_some_and(|&c| c.is_alphabetic() && !c.is_ascii());
    begins(chars, at, word)
        && is_han(at.checked_sub(1).and_then(|before| chars.get(before)))
        && is_han(chars.get(at + word.len()))
}

/// True if a word that joins stands at `at` between two Chinese characters, so that a word ends
/// there.
pub fn parts(chars: &[char], at: usize) -> bool {
    LATIN.iter().any(|word| is_between(chars, at, word))
}

/// The length of a word, in characters.
pub fn length(word: &str) -> usize {
    word.chars().count()
}
