//! Text that was decoded twice: its bytes were read in a wrong encoding, and the wrong characters
//! saved.
//!
//! Reversible damage is reversed; a text that lost bytes on its way is told, so that it is skipped
//! and not searched.

use encoding_rs::{Encoding, GB18030, WINDOWS_1252};

/// The verdict on a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It reads as it should.
    Sound,
    /// It was decoded twice, and this is what it was.
    Repaired(String),
    /// It was decoded twice, and cannot be turned back.
    Lost,
}

/// How much of a text decides that it reads as it should.
const INSPECTED: usize = 400;

/// Characters that Chinese text in UTF-8 turns into when it is read as GBK: those of 的, 了, 是,
/// 在, 不, commas and full stops. Hardly any of them is used in news.
const GBK_SIGNS: &str = "鐨勪簡鏄鍦涓嶏紝銆傛槸缃戞柊闂绔鎴鍜岃浠栧湴";

/// Examines a text.
pub fn examine(text: &str) -> Verdict {
    let (mut latin, mut signs, mut lost, mut wide) = (0usize, 0usize, 0usize, 0usize);
    let mut all = 0usize;
    for c in text.chars().take(INSPECTED) {
        all += 1;
        match c {
            '\u{a0}'..='\u{ff}' | '\u{80}'..='\u{9f}' => latin += 1,
            '锟' | '斤' | '拷' => lost += 1,
            '\u{2013}'..='\u{2122}' | '\u{152}'..='\u{192}' | '\u{2c6}' | '\u{2dc}' => latin += 1,
            c if crate::text::is_han(c) => {
                wide += 1;
                signs += usize::from(GBK_SIGNS.contains(c));
            }
            _ => {}
        }
    }
    if latin * 2 > all && wide * 20 < all && all >= 4 {
        return repaired(text, &[WINDOWS_1252]).map_or(Verdict::Sound, Verdict::Repaired);
    }
    if wide >= 6 && signs * 8 > wide {
        return repaired(text, &[GB18030]).map_or(Verdict::Lost, Verdict::Repaired);
    }
    if lost * 3 > wide && lost >= 6 {
        return Verdict::Lost;
    }
    Verdict::Sound
}

/// The text whose bytes were read as one of `wrong`.
fn repaired(text: &str, wrong: &[&'static Encoding]) -> Option<String> {
    wrong.iter().find_map(|encoding| {
        let bytes = bytes_of(text, encoding)?;
        let utf8 = String::from_utf8(bytes.clone()).ok();
        let read = utf8.or_else(|| {
            let (text, wrong) = GB18030.decode_without_bom_handling(&bytes);
            (!wrong && *encoding == WINDOWS_1252).then(|| text.into_owned())
        })?;
        let han = read.chars().filter(|&c| crate::text::is_han(c)).count();
        (han * 3 >= read.chars().filter(|c| !c.is_whitespace()).count()).then_some(read)
    })
}

/// The bytes that were read as `encoding` and gave `text`. The five bytes that windows-1252 leaves
/// open stand for themselves, as browsers read them.
fn bytes_of(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    if encoding != WINDOWS_1252 {
        let (bytes, _, unmappable) = encoding.encode(text);
        return (!unmappable).then(|| bytes.into_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte) => bytes.push(byte),
            Err(_) => {
                let mut buffer = [0; 4];
                let (read, _, unmappable) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
                bytes.push((!unmappable).then(|| read.first().copied())??);
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "城东水厂扩建工程昨日开工，市水务局的工作人员说，这是在本市的第三座水厂。";

    #[test]
    fn text_read_in_a_western_encoding_is_turned_back() {
        let (wrong, _) = WINDOWS_1252.decode_without_bom_handling(TEXT.as_bytes());
        assert_eq!(examine(&wrong), Verdict::Repaired(TEXT.to_owned()));
        let gbk = GB18030.encode(TEXT).0;
        let (wrong, _) = WINDOWS_1252.decode_without_bom_handling(&gbk);
        assert_eq!(examine(&wrong), Verdict::Repaired(TEXT.to_owned()));
    }

    #[test]
    fn text_read_as_gbk_is_turned_back_or_told() {
        let (wrong, lossy) = GB18030.decode_without_bom_handling(TEXT.as_bytes());
        let verdict = examine(&wrong);
        assert!(matches!(verdict, Verdict::Repaired(_)) != lossy || verdict == Verdict::Lost);
        assert_eq!(examine(&"锟斤拷锟斤拷".repeat(8)), Verdict::Lost);
    }

    #[test]
    fn news_in_any_language_is_sound() {
        for text in [TEXT, "Café, déjà vu, “naïve”…", "斤斤计较的人，一斤也不让。", "新闻网"]
        {
            assert_eq!(examine(text), Verdict::Sound, "{text}");
        }
    }
}
