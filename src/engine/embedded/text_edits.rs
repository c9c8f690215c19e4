//! The edits that turn a passage's exact text into the text as it was printed: white space,
//! capitals, wide and traditional forms.
//!
//! The exact text is the folded one without what cannot be seen. Most of the difference is the wide
//! punctuation of Chinese, which is taken for granted; the rest is a list of edits.

use super::{char_codec, varint};
use crate::text::exact::is_exact_char;
use crate::text::fold::{fold_char, one_for_one};

/// Folded punctuation with the form that Chinese text nearly always has.
const USUAL: [(char, char); 7] =
    [(',', '，'), (':', '：'), (';', '；'), ('?', '？'), ('!', '！'), ('(', '（'), (')', '）')];

/// The form in which a character of the exact text is printed where no edit says otherwise.
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
            char_codec::push(f, exact);
            skip += 1;
            continue;
        }
        folded.clear();
        fold_char(c, &mut folded);
        let mut replaced = 0;
        let mut only = None;
        for f in folded.chars().filter(|&f| is_exact_char(f)) {
            char_codec::push(f, exact);
            replaced += 1;
            only = Some(f);
        }
        if replaced == 1 && only.map(usual) == Some(c) {
            skip += 1;
            continue;
        }
        varint::push(skip * (MANY + 1) + replaced.min(MANY), edits);
        if replaced >= MANY {
            varint::push(replaced, edits);
        }
        char_codec::push(c, edits);
        skip = 0;
    }
}

/// The text that was [`split`] into `exact`, codes of the exact text, and `edits`; `None` where
/// they do not fit.
pub fn join(exact: &[u8], mut edits: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(exact.len() * 2);
    let mut exact = char_codec::numbers(exact);
    while !edits.is_empty() {
        let packed = varint::take(&mut edits)?;
        for _ in 0..packed / (MANY + 1) {
            text.push(usual(char_codec::character(exact.next()?)?));
        }
        let replaced = match packed % (MANY + 1) {
            MANY => varint::take(&mut edits)?,
            few => few,
        };
        for _ in 0..replaced {
            exact.next()?;
        }
        let mut codes = char_codec::numbers(edits);
        text.push(char_codec::character(codes.next()?)?);
        edits = codes.rest();
    }
    for number in &mut exact {
        text.push(usual(char_codec::character(number)?));
    }
    exact.rest().is_empty().then_some(text)
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
        assert_eq!(char_codec::decode(&exact).unwrap(), "他说:“剪报(第2版)好,对吗?”");
        assert!(edits.is_empty());
    }

    proptest! {
        #[test]
        fn a_text_comes_back(text in "[臺灣，,　 \n\t。GdpＧ㎏…ﬁ①ﷺ𠮷：:İ]{0,40}|\\PC{0,30}") {
            let (exact, edits) = parts(&text);
            let expected: String = fold(&text).chars().filter(|&c| is_exact_char(c)).collect();
            prop_assert_eq!(char_codec::decode(&exact), Some(expected));
            prop_assert_eq!(join(&exact, &edits), Some(text));
        }

        #[test]
        fn any_bytes_are_joined_or_refused(
            exact in proptest::collection::vec(any::<u8>(), 0..30),
            edits in proptest::collection::vec(any::<u8>(), 0..30),
        ) {
            let _ = join(&exact, &edits);
        }
    }
}
