//! The likeness of two words to somebody who types Chinese: by sound (pinyin) and by characters.

use pinyin::ToPinyin;

/// The pinyin of a word without tones, spaces or marks; other letters and digits stay, in lower
/// case.
///
/// ```
/// assert_eq!(jianbao::text::likeness::sound("李彦宏"), "liyanhong");
/// assert_eq!(jianbao::text::likeness::sound("Robin Li"), "robinli");
/// ```
pub fn sound(word: &str) -> String {
    let mut sound = String::with_capacity(word.len() * 2);
    for c in word.chars() {
        match c.to_pinyin() {
            Some(pinyin) => sound.push_str(pinyin.plain()),
            None => sound.extend(c.to_lowercase().filter(|c| c.is_alphanumeric())),
        }
    }
    sound
}

/// Characters of the longest text that is compared.
const LONGEST: usize = 64;

/// The likelihood that `typed` is a slip for `word`: 1 for the same, 0 for nothing in common. The
/// same sound counts 0.9; else it is the share of characters that need no edit (Levenshtein), or
/// that of the sound where that is higher, a little less. Texts of more than 64 characters are no
/// names and are like nothing else, since the work grows with the product of both lengths.
///
/// ```
/// use jianbao::text::likeness::likeness;
/// assert!(likeness("李颜宏", "李彦宏") > likeness("李颜宏", "李大钊"));
/// assert!(likeness("马思克", "马斯克") >= 0.9);
/// ```
pub fn likeness(typed: &str, word: &str) -> f32 {
    if typed == word {
        return 1.0;
    }
    if [typed, word].iter().any(|text| text.chars().nth(LONGEST).is_some()) {
        return 0.0;
    }
    let (a, b) = (sound(typed), sound(word));
    if a == b && !a.is_empty() {
        return 0.9;
    }
    let by_sight = share(typed, word);
    by_sight.max(share(&a, &b) * 0.8)
}

/// The share of the longer word's characters that need no edit.
fn share(a: &str, b: &str) -> f32 {
    let longest = a.chars().count().max(b.chars().count()).max(1);
    1.0 - distance(a, b) as f32 / longest as f32
}

/// The least number of characters to insert, delete or replace (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_textbook() {
        assert_eq!(
            (distance("kitten", "sitting"), distance("", "甲乙"), distance("甲乙", "甲乙")),
            (3, 2, 0)
        );
    }

    #[test]
    fn what_has_nothing_in_common_is_not_alike() {
        assert!(likeness("甲乙", "电视") < 0.4);
    }

    #[test]
    fn a_text_too_long_for_a_name_is_not_compared() {
        let (name, long) = ("堤".repeat(LONGEST), "堤".repeat(LONGEST + 1));
        assert!(likeness(&name, &name[3..]) > 0.8);
        assert_eq!((likeness(&long, &name), likeness(&name, &long)), (0.0, 0.0));
        assert_eq!(likeness(&long, &long), 1.0);
    }
}
