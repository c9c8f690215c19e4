//! Bytes to text: byte order marks, strict UTF-8, else GB18030, Big5 or UTF-16 by detection.
//!
//! A GB2312 or GBK verdict is read as GB18030, which contains both. Bytes that are no
//! text are refused.

use super::SkipReason;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// Decoded text and the encoding it was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark. Bytes that mean nothing are U+FFFD.
    pub text: String,
    /// The WHATWG name of the encoding.
    pub encoding: &'static str,
}

/// How much is shown to the detector; more does not change its verdict.
const DETECTED: usize = 256 << 10;

/// How much is searched for signs that the bytes are not text.
const INSPECTED: usize = 8 << 10;

/// The text of `bytes`.
///
/// # Errors
/// [`SkipReason::Empty`], [`SkipReason::Binary`], or [`SkipReason::Undecodable`] where more than
/// one character in a hundred means nothing.
///
/// ```
/// use jianbao::archive::text;
/// let decoded = text(b"\xd0\xc2\xce\xc5\xa3\xac\xb1\xa8\xb5\xc0", None)?;
/// assert_eq!((decoded.text.as_str(), decoded.encoding), ("新闻，报道", "gb18030"));
/// # Ok::<(), jianbao::archive::SkipReason>(())
/// ```
pub fn text(bytes: &[u8], forced: Option<&'static Encoding>) -> Result<Decoded, SkipReason> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(SkipReason::Empty);
    }
    let (encoding, bom) = sniff(bytes, forced)?;
    let (text, _) = encoding.decode_without_bom_handling(&bytes[bom..]);
    if text.trim().is_empty() {
        return Err(SkipReason::Empty);
    }
    if is_spoiled(&text) {
        return Err(SkipReason::Undecodable);
    }
    Ok(Decoded { text: text.into_owned(), encoding: encoding.name() })
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
        let (_, wrong) = encoding.decode_without_bom_handling(bytes);
        (!wrong).then_some(encoding)
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

/// The encoding of text that begins with `prefix`, and the length of its byte order mark.
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
    let inspected = &prefix[..prefix.len().min(INSPECTED)];
    if inspected.contains(&0) {
        return utf16(inspected).map(|encoding| (encoding, 0)).ok_or(SkipReason::Binary);
    }
    if is_binary(inspected) {
        return Err(SkipReason::Binary);
    }
    Ok((detect(prefix), 0))
}

/// The encoding of bytes that have no byte order mark and no NUL.
fn detect(bytes: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(bytes) {
        Ok(_) => return UTF_8,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => return UTF_8,
        Err(_) => {}
    }
    let sample = &bytes[..bytes.len().min(DETECTED)];
    if is_damaged_utf8(sample) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() == bytes.len());
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

/// Returns true if nearly all of the bytes that are not ASCII form UTF-8 characters.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut wide, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        wide += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    wide > 0 && wrong * 50 < wide
}

/// Which UTF-16 the bytes are, if they are: most units must be characters that Chinese news has.
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

/// Returns true if bytes without NUL are still no text: a known signature, or many control
/// characters.
fn is_binary(bytes: &[u8]) -> bool {
    const SIGNATURES: &[&[u8]] = &[
        b"%PDF-",
        b"\x89PNG",
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"\xff\xd8\xff",
        b"GIF8",
        b"\x28\xb5\x2f\xfd",
        b"Rar!",
    ];
    if SIGNATURES.iter().any(|signature| bytes.starts_with(signature)) {
        return true;
    }
    let control = bytes
        .iter()
        .filter(|&&b| b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c | 0x1b))
        .count();
    control * 50 > bytes.len()
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
