//! HZ (RFC 1843): GB2312 in seven bits between `~{` and `~}`, as old news groups sent it.

use encoding_rs::GB18030;

/// The text of bytes in HZ; `None` where they are not: bytes above 126, no `~{`, or pairs outside
/// of GB2312.
pub fn decode(bytes: &[u8]) -> Option<String> {
    let opened = bytes.windows(2).any(|pair| pair == b"~{");
    if !opened || !bytes.is_ascii() {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let (mut rest, mut chinese, mut pairs) = (bytes, false, 0);
    while let [first, tail @ ..] = rest {
        match (first, tail.first()) {
            (b'~', Some(b'{')) if !chinese => (chinese, rest) = (true, &tail[1..]),
            (b'~', Some(b'}')) if chinese => (chinese, rest) = (false, &tail[1..]),
            (b'~', Some(b'~')) if !chinese => {
                out.push(b'~');
                rest = &tail[1..];
            }
            (b'~', Some(b'\n')) if !chinese => rest = &tail[1..],
            (b'\n', _) => {
                // A line ends the Chinese mode.
                chinese = false;
                out.push(b'\n');
                rest = tail;
            }
            (0x21..=0x77, Some(second @ 0x21..=0x7e)) if chinese => {
                out.extend([first | 0x80, second | 0x80]);
                pairs += 1;
                rest = &tail[1..];
            }
            _ if chinese => return None,
            (other, _) => {
                out.push(*other);
                rest = tail;
            }
        }
    }
    let (text, wrong) = GB18030.decode_without_bom_handling(&out);
    (!wrong && pairs > 0).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_between_the_marks_are_characters() {
        assert_eq!(decode(b"News: ~{VP9z~}.").as_deref(), Some("News: 中国."));
        assert_eq!(decode(b"~{VP9z"), Some("中国".to_owned()));
        assert_eq!(decode(b"no marks"), None);
        assert_eq!(decode(b"f(x) ~{ x } ~"), None);
    }
}
