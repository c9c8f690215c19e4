//! The first bytes of files that hold no text.

/// The beginnings of files that hold no text.
const NO_TEXT: [&[u8]; 12] = [
    b"%PDF-",
    b"\x89PNG",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x28\xb5\x2f\xfd",
    b"Rar!",
    b"BZh9",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf",
    b"\x7fELF",
];

/// Returns true if `bytes` begin like a file that holds no text.
pub fn is_no_text(bytes: &[u8]) -> bool {
    NO_TEXT.iter().any(|signature| bytes.starts_with(signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_packed_files_are_no_text() {
        assert!(is_no_text(b"\x89PNG\r\n") && is_no_text(b"PK\x03\x04"));
        assert!(!is_no_text("水退了".as_bytes()) && !is_no_text(b""));
    }
}
