//! Paths as text and back: a name that is not UTF-8 can be written down, found again, and is never
//! that of another file.

use std::path::{Path, PathBuf};

/// A path as text: UTF-8 as it is, other bytes as `\xE9`. A backslash that would read as such is
/// written `\x5C`, so that two paths never share a text.
pub fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find('\\') {
            let (before, after) = rest.split_at(at + 1);
            text.push_str(before);
            if byte_of(after).is_some() {
                text.push_str("x5C");
            }
            rest = after;
        }
        text.push_str(rest);
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    text
}

/// The path that [`path_text`] wrote as `text`.
pub fn path_of(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        match byte_of(rest) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            None => bytes.push(b'\\'),
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    path_of_bytes(bytes)
}

#[cfg(unix)]
fn path_of_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_of_bytes(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// The byte that `text` begins with, written `x` and two capital hexadecimal figures.
fn byte_of(text: &str) -> Option<u8> {
    let figures = text.strip_prefix('x')?.get(..2)?;
    let capital = figures.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'A'..=b'F'));
    u8::from_str_radix(figures, 16).ok().filter(|_| capital)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn a_name_that_looks_like_an_escape_is_not_taken_for_one() {
        let path = |bytes: &[u8]| PathBuf::from(std::ffi::OsString::from_vec(bytes.to_vec()));
        assert_eq!(path_text(&path(b"\xd0\xc2.txt")), r"\xD0\xC2.txt");
        assert_eq!(path_text(&path(br"\xD0\xC2.txt")), r"\x5CxD0\x5CxC2.txt");
        assert_eq!(path_text(&path(br"a\b\xd0")), r"a\b\xd0");
    }

    proptest! {
        #[test]
        fn a_path_is_found_again_by_its_text(
            parts in prop::collection::vec(
                prop_oneof![
                    Just(b"\\x".to_vec()),
                    Just(b"5C".to_vec()),
                    prop::collection::vec(1u8.., 0..3),
                ],
                0..8,
            )
        ) {
            let path = PathBuf::from(std::ffi::OsString::from_vec(parts.concat()));
            prop_assert_eq!(path_of(&path_text(&path)), path);
        }
    }
}
