//! Bytes to text: byte order marks, UTF-8 with a few bad bytes at most, else GB18030, Big5, UTF-16
//! or HZ by detection.
//!
//! A GB2312 or GBK verdict is read as GB18030, which contains both. Bytes that are no text are
//! refused. Where the lines of a text are in two encodings, each is read in its own.

use super::{SkipReason, hz, magic, mojibake, utf32};
use crate::error::Note;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Decoded text and the encoding it was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark. Bytes that mean nothing are U+FFFD.
    pub text: String,
    /// The WHATWG name of the encoding, or UTF-32LE, UTF-32BE, HZ.
    pub encoding: &'static str,
    /// The remark that the article should carry.
    pub note: Option<Note>,
}

/// How much is shown to the detector; more does not change its verdict.
const DETECTED: usize = 256 << 10;

/// How much is searched for signs that the bytes are not text.
const INSPECTED: usize = 8 << 10;

/// The text of `bytes`.
///
/// # Errors
/// [`SkipReason::Empty`], [`SkipReason::Binary`], [`SkipReason::Mojibake`], or
/// [`SkipReason::Undecodable`] where more than one character in a hundred means nothing.
///
/// ```
/// use jianbao::archive::text;
/// let decoded = text(b"\xd0\xc2\xce\xc5\xa3\xac\xb1\xa8\xb5\xc0", None)?;
/// assert_eq!((decoded.text.as_str(), decoded.encoding), ("新闻，报道", "gb18030"));
/// # Ok::<(), jianbao::archive::SkipReason>(())
/// ```
pub fn text(bytes: &[u8], forced: Option<&'static Encoding>) -> Result<Decoded, SkipReason> {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(SkipReason::Empty);
    }
    let (text, encoding, note) = decoded(bytes, forced)?;
    if text.trim().is_empty() {
        return Err(SkipReason::Empty);
    }
    if is_spoiled(&text) {
        return Err(SkipReason::Undecodable);
    }
    let (text, note) = match (forced, mojibake::examine(&text)) {
        (Some(_), _) | (_, mojibake::Verdict::Sound) => (text.into_owned(), note),
        (_, mojibake::Verdict::Repaired(text)) => (text, Some(Note::Repaired)),
        (_, mojibake::Verdict::Lost) => return Err(SkipReason::Mojibake),
    };
    Ok(Decoded { text, encoding, note })
}

/// Text, the name of its encoding, and the remark that it deserves.
type Reading<'b> = (Cow<'b, str>, &'static str, Option<Note>);

/// The text of bytes before it is examined.
fn decoded<'b>(
    bytes: &'b [u8],
    forced: Option<&'static Encoding>,
) -> Result<Reading<'b>, SkipReason> {
    if let (Some((order, mark)), None) = (utf32::sniff(bytes), forced) {
        return Ok((Cow::Owned(utf32::decode(&bytes[mark..], order)), order.name(), None));
    }
    if forced.is_none()
        && let Some(text) = hz::decode(bytes)
    {
        return Ok((Cow::Owned(text), "HZ", None));
    }
    let (encoding, bom) = sniff(bytes, forced)?;
    let bytes = &bytes[bom..];
    if encoding == UTF_8
        && forced.is_none()
        && let Some(text) = by_line(bytes)
    {
        return Ok((Cow::Owned(text), encoding.name(), Some(Note::EncodingMixed)));
    }
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Ok((text, encoding.name(), None))
}

/// The text of bytes that are UTF-8 in most lines and another encoding in the others; `None` where
/// they are not.
fn by_line(bytes: &[u8]) -> Option<String> {
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let mut text = String::with_capacity(bytes.len());
    let mut foreign = false;
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => {
                let encoding = of_record(line, UTF_8);
                foreign |= encoding != UTF_8;
                text.push_str(&encoding.decode_without_bom_handling(line).0);
            }
        }
    }
    foreign.then_some(text)
}

/// The encoding of one record of a file that is mostly in `usual`: UTF-8 where it is that but for
/// a few bytes, else `usual` where that is another encoding, else by detection.
pub fn of_record(bytes: &[u8], usual: &'static Encoding) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() || is_damaged_utf8(bytes) {
        return UTF_8;
    }
    if usual != UTF_8 { usual } else { detect(bytes) }
}

/// The text of one record of a file that is mostly in `usual`.
///
/// # Errors
/// Those of [`text`].
pub fn record(bytes: &[u8], usual: &'static Encoding) -> Result<Decoded, SkipReason> {
    let encoding = of_record(bytes, usual);
    let mut decoded = text(bytes, Some(encoding))?;
    if encoding != usual {
        decoded.note = Some(Note::EncodingMixed);
    }
    Ok(decoded)
}

/// The text of a page: like [`text`], but a `charset` that the page declares is tried before
/// detection.
///
/// # Errors
/// Those of [`text`].
pub fn page(bytes: &[u8], forced: Option<&'static Encoding>) -> Result<Decoded, SkipReason> {
    let declared = || {
        if std::str::from_utf8(bytes).is_ok() {
            return None;
        }
        let encoding = declared_charset(bytes)?;
        let (text, wrong) = encoding.decode_without_bom_handling(bytes);
        (!wrong || !is_spoiled(&text) && !is_damaged_utf8(bytes)).then_some(encoding)
    };
    text(bytes, forced.or_else(declared))
}

/// Returns true if more than one character in a hundred (and more than two) is U+FFFD.
pub fn is_spoiled(text: &str) -> bool {
    let mut replaced = text.matches('\u{fffd}');
    if replaced.next().is_none() {
        return false;
    }
    let replaced = 1 + replaced.count();
    replaced > 2 && replaced * 100 > text.chars().count()
}

/// The encoding of text that begins with `prefix`, and the length of its byte order mark. A few
/// NULs do not make it binary.
///
/// # Errors
/// [`SkipReason::Binary`].
pub fn sniff(
    prefix: &[u8],
    forced: Option<&'static Encoding>,
) -> Result<(&'static Encoding, usize), SkipReason> {
    if let Some((encoding, bom)) = Encoding::for_bom(prefix) {
        return Ok(match forced {
            Some(forced) if forced != encoding => (forced, 0),
            _ => (encoding, bom),
        });
    }
    if let Some(encoding) = forced {
        return Ok((if encoding == GBK { GB18030 } else { encoding }, 0));
    }
    let inspected = without_padding(&prefix[..prefix.len().min(INSPECTED)]);
    let inspected = inspected.as_ref();
    let nuls = inspected.iter().filter(|&&b| b == 0).count();
    if nuls > 0 && !magic::is_no_text(inspected) {
        if let Some(encoding) = utf16(inspected) {
            return Ok((encoding, 0));
        }
        if nuls * 50 > inspected.len() {
            return Err(SkipReason::Binary);
        }
    }
    if is_binary(inspected) {
        return Err(SkipReason::Binary);
    }
    Ok((detect(prefix), 0))
}

/// Bytes without the long runs of NULs that a crash or a preallocated file leaves.
fn without_padding(bytes: &[u8]) -> Cow<'_, [u8]> {
    let run = [0u8; 16];
    if bytes.windows(run.len()).all(|window| window != run) {
        return Cow::Borrowed(bytes);
    }
    let runs = bytes.chunk_by(|a, b| (*a == 0) == (*b == 0));
    Cow::Owned(runs.filter(|part| !part.starts_with(&run)).flatten().copied().collect())
}

/// The encoding of bytes that have no byte order mark.
fn detect(bytes: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(bytes) {
        Ok(_) => return UTF_8,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => return UTF_8,
        Err(_) => {}
    }
    let sample = &bytes[..bytes.len().min(DETECTED)];
    if is_damaged_utf8(sample) || is_mostly_utf8(sample) {
        return UTF_8;
    }
    // Lines in UTF-8 among the others say nothing of those.
    let lines = sample.split_inclusive(|&b| b == b'\n');
    let foreign: Vec<u8> =
        lines.filter(|line| std::str::from_utf8(line).is_err()).flatten().copied().collect();
    let sample = &foreign[..];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, bytes.len() <= DETECTED);
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    // Both Chinese encodings decode most of each other's bytes, and the detector leans to GBK: the
    // commonest characters decide. Another verdict stands only where both are impossible.
    let verdict = if guess == BIG5 { [BIG5, GB18030] } else { [GB18030, BIG5] };
    let scores = verdict.map(|encoding| {
        let (text, _) = encoding.decode_without_bom_handling(sample);
        (!is_spoiled(&text)).then(|| text.chars().filter(|&c| COMMON.contains(c)).count())
    });
    match scores {
        [Some(first), Some(second)] if second > first => verdict[1],
        [Some(_), _] => verdict[0],
        [None, Some(_)] => verdict[1],
        [None, None] => guess,
    }
}

/// The commonest characters of Chinese text, in both scripts.
const COMMON: &str = "，。、：的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們「」“”";

/// Returns true if nearly all of the bytes that are not ASCII form UTF-8 characters: there are
/// eight such characters to each fault. Bytes of GB18030 and Big5 form one only by chance.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut wide, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        wide += chunk.valid().chars().filter(|&c| c >= '\u{800}').count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    wide >= 8 * wrong
}

/// Returns true if at least half of the lines with characters beyond ASCII are UTF-8.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0usize, 0usize);
    for line in bytes.split(|&b| b == b'\n').filter(|line| !line.is_ascii()) {
        match std::str::from_utf8(line) {
            Ok(line) if line.chars().any(|c| c >= '\u{800}') => right += 1,
            Ok(_) => {}
            Err(error) if error.error_len().is_none() => right += 1,
            Err(_) => wrong += 1,
        }
    }
    right > 0 && right >= wrong
}

/// The byte order of bytes in UTF-16, if they are: most units must be characters of Chinese news.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let usual = |unit: u16| {
        matches!(unit, 0x4e00..=0x9fff | 0x3000..=0x303f | 0xff00..=0xffef)
            || matches!(unit, 0x20..=0x7e | 0x09 | 0x0a | 0x0d | 0x2010..=0x2026)
    };
    let score = |order: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
        units.filter(|&unit| usual(unit)).count() * 100 / (bytes.len() / 2).max(1)
    };
    let (little, big) = (score(u16::from_le_bytes), score(u16::from_be_bytes));
    if little.max(big) < 85 {
        return None;
    }
    Some(if little >= big { UTF_16LE } else { UTF_16BE })
}

/// Returns true if bytes are no text: a known signature, or many control characters.
fn is_binary(bytes: &[u8]) -> bool {
    let control = bytes
        .iter()
        .filter(|&&b| b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c | 0x1b))
        .count();
    magic::is_no_text(bytes) || control * 50 > bytes.len()
}

/// The encoding that a page declares in its first 2 KiB, where it is one of those that Chinese
/// pages use.
fn declared_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(2048)].to_ascii_lowercase();
    let at = head.windows(8).position(|window| window == b"charset=")? + 8;
    let label: Vec<u8> = head[at..]
        .iter()
        .copied()
        .skip_while(|b| matches!(b, b'"' | b'\'' | b' '))
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .collect();
    let encoding = Encoding::for_label(&label)?;
    let encoding = if encoding == GBK { GB18030 } else { encoding };
    [GB18030, BIG5].contains(&encoding).then_some(encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_with_one_bad_byte_is_utf8() {
        let bytes = ["水厂开工，桥也修好了。".as_bytes(), b"\xff", "人都在。".as_bytes()].concat();
        let decoded = text(&bytes, None).unwrap();
        assert_eq!(decoded.text, "水厂开工，桥也修好了。\u{fffd}人都在。");
        assert_eq!(decoded.encoding, "UTF-8");
    }

    #[test]
    fn a_line_in_another_encoding_is_read_in_its_own() {
        let line = "临江北堤水位回落，市民都放心了。\n";
        let mut bytes = line.repeat(3).into_bytes();
        bytes.extend(GB18030.encode(line).0.iter());
        let decoded = text(&bytes, None).unwrap();
        assert_eq!((decoded.text, decoded.note), (line.repeat(4), Some(Note::EncodingMixed)));
    }

    #[test]
    fn a_few_nuls_do_not_make_text_binary() {
        let bytes = format!("水厂开工。\0{}", "桥修好了。".repeat(20));
        assert_eq!(text(bytes.as_bytes(), None).unwrap().encoding, "UTF-8");
        assert_eq!(text(&[0, 1, 0, 2, 0, 200, 0, 3], None), Err(SkipReason::Binary));
    }

    #[test]
    fn nuls_that_pad_a_file_do_not_make_it_binary() {
        let bytes = ["水厂开工，桥修好了。\n".repeat(20).as_bytes(), &[0; 4096]].concat();
        assert_eq!(sniff(&bytes, None), Ok((UTF_8, 0)));
        assert_eq!(sniff(&[0x11; 64], None), Err(SkipReason::Binary));
    }

    #[test]
    fn a_line_in_utf8_does_not_hide_the_encoding_of_the_others() {
        let line = "臨江市水廠擴建工程昨天動工，居民都說好。\n";
        let mut bytes = BIG5.encode(&line.repeat(4)).0.into_owned();
        bytes.extend(line.as_bytes());
        assert_eq!(sniff(&bytes, None), Ok((BIG5, 0)));
    }

    #[test]
    fn encodings_beyond_the_web_are_read() {
        let mut utf32 = b"\xff\xfe\0\0".to_vec();
        utf32.extend("水退了。".chars().flat_map(|c| (c as u32).to_le_bytes()));
        let decoded = text(&utf32, None).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.encoding), ("水退了。", "UTF-32LE"));
        assert_eq!(text(b"~{VP9z~}", None).unwrap().encoding, "HZ");
    }
}
