//! What a passage's exact text leaves out: white space, capitals, wide and traditional forms, so
//! that the text comes back as it was printed.
//!
//! The exact text is the folded one without what cannot be seen. Most of the difference is the wide
//! punctuation of Chinese, which is taken for granted; the rest is a list of edits.

use super::analyzer::is_exact_char;
use super::characters;
use crate::text::fold::{fold_char, one_for_one};

/// Folded punctuation with the form that Chinese text nearly always has.
const USUAL: [(char, char); 7] =
    [(',', '，'), (':', '：'), (';', '；'), ('?', '？'), ('!', '！'), ('(', '（'), (')', '）')];

/// How a character of the exact text is printed where no edit says otherwise.
fn usual(c: char) -> char {
    if c.is_ascii() {
        USUAL.iter().find(|(folded, _)| *folded == c).map_or(c, |&(_, wide)| wide)
    } else {
        c
    }
}

/// A number below this is how many characters an edit replaces; this one says that the number
/// follows.
const MANY: u64 = 3;

/// Appends the codes of the exact text of `text` to `exact`, and what brings `text` back to
/// `edits`.
///
/// An edit is a number, how many exact characters stand since the last one times four plus how many
/// are replaced, and the code of the one character that was there.
pub fn split(text: &str, exact: &mut Vec<u8>, edits: &mut Vec<u8>) {
    let (mut folded, mut skip) = (String::new(), 0u64);
    for c in text.chars() {
        if let Some(f) = one_for_one(c).filter(|&f| is_exact_char(f) && usual(f) == c) {
            characters::push(f, exact);
            skip += 1;
            continue;
        }
        folded.clear();
        fold_char(c, &mut folded);
        let mut replaced = 0;
        let mut only = None;
        for f in folded.chars().filter(|&f| is_exact_char(f)) {
            characters::push(f, exact);
            replaced += 1;
            only = Some(f);
        }
        if replaced == 1 && only.map(usual) == Some(c) {
            skip += 1;
            continue;
        }
        push_number(skip * (MANY + 1) + replaced.min(MANY), edits);
        if replaced >= MANY {
            push_number(replaced, edits);
        }
        characters::push(c, edits);
        skip = 0;
    }
}

/// The text that was [`split`] into `exact`, codes of the exact text, and `edits`; `None` where
/// they do not fit.
pub fn join(exact: &[u8], mut edits: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(exact.len() * 2);
    let mut exact = characters::numbers(exact);
    while !edits.is_empty() {
        let packed = take_number(&mut edits)?;
        for _ in 0..packed / (MANY + 1) {
            text.push(usual(characters::character(exact.next()?)?));
        }
        let replaced = match packed % (MANY + 1) {
            MANY => take_number(&mut edits)?,
            few => few,
        };
        for _ in 0..replaced {
            exact.next()?;
        }
        let mut codes = characters::numbers(edits);
        text.push(characters::character(codes.next()?)?);
        edits = codes.rest();
    }
    for number in &mut exact {
        text.push(usual(characters::character(number)?));
    }
    exact.rest().is_empty().then_some(text)
}

/// Appends a number, seven bits a byte, the lowest first; the last byte has its highest bit clear.
fn push_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0u64, 0);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(number);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::fold;
    use proptest::prelude::*;

    fn parts(text: &str) -> (Vec<u8>, Vec<u8>) {
        let (mut exact, mut edits) = (Vec::new(), Vec::new());
        split(text, &mut exact, &mut edits);
        (exact, edits)
    }

    #[test]
    fn usual_chinese_needs_no_edits() {
        let (exact, edits) = parts("他说：“剪报（第2版）好，对吗？”");
        assert_eq!(characters::decode(&exact).unwrap(), "他说:“剪报(第2版)好,对吗?”");
        assert!(edits.is_empty());
    }

    proptest! {
        #[test]
        fn a_text_comes_back(text in "[臺灣，,　 \n\t。GdpＧ㎏…ﬁ①ﷺ𠮷：:İ]{0,40}|\\PC{0,30}") {
            let (exact, edits) = parts(&text);
            let expected: String = fold(&text).chars().filter(|&c| is_exact_char(c)).collect();
            prop_assert_eq!(characters::decode(&exact), Some(expected));
            prop_assert_eq!(join(&exact, &edits), Some(text));
        }

        #[test]
        fn any_bytes_are_joined_or_refused(exact in proptest::collection::vec(any::<u8>(), 0..30), edits in proptest::collection::vec(any::<u8>(), 0..30)) {
            let _ = join(&exact, &edits);
        }
    }
}
