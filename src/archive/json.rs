//! JSON values from bytes: decoded by themselves where their encoding is not the file's, and
//! mended where programs write what JSON forbids.

use super::{SkipReason, decode};
use crate::error::Note;
use encoding_rs::{Encoding, UTF_8};
use serde_json::Value;

/// A value that was read.
pub struct Json {
    /// The value.
    pub value: Value,
    /// Its encoding, where that is not the file's.
    pub encoding: Option<&'static str>,
    /// The remark that its record should carry.
    pub note: Option<Note>,
}

/// The JSON value in `bytes`, in the usual encoding of its file; where they are not, they are
/// decoded by themselves. What JSON forbids and programs write is mended ([`mended`]).
///
/// # Errors
/// The reason and its detail.
pub fn value(bytes: &[u8], usual: &'static Encoding) -> Result<Json, (SkipReason, String)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if is_crowded(bytes) {
        return Err((
            SkipReason::TooLarge,
            format!("more than {MOST_VALUES} values in one record"),
        ));
    }
    if std::str::from_utf8(bytes).is_ok() {
        let value = parsed(bytes)?;
        let foreign = usual != UTF_8 && !bytes.is_ascii();
        return Ok(Json {
            value,
            encoding: foreign.then_some(UTF_8.name()),
            note: foreign.then_some(Note::EncodingMixed),
        });
    }
    let decoded = decode::record(bytes, usual).map_err(|reason| (reason, String::new()))?;
    let value = parsed(decoded.text.as_bytes())?;
    Ok(Json { value, encoding: Some(decoded.encoding), note: decoded.note })
}

/// The value in `bytes`; several that stand one after another are a list.
fn parsed(bytes: &[u8]) -> Result<Value, (SkipReason, String)> {
    let error = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let mended = mended(bytes);
    let values = serde_json::Deserializer::from_slice(&mended).into_iter::<Value>();
    let values: Result<Vec<Value>, _> = values.collect();
    match values {
        Ok(mut values) if values.len() == 1 => Ok(values.remove(0)),
        Ok(values) if values.len() > 1 && values.iter().all(Value::is_object) => {
            Ok(Value::Array(values))
        }
        _ => Err((SkipReason::Malformed, error.to_string())),
    }
}

/// The part of JSON that a scan stands in.
#[derive(PartialEq, Eq)]
enum JsonPart {
    Structure,
    String,
}

/// JSON as its standard has it (RFC 8259), from what programs write: control characters in strings
/// become spaces, `NaN` and `Infinity` null, half a surrogate pair U+FFFD; a comma before a closing
/// bracket and one at the very end go.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut within = JsonPart::Structure;
    let mut at = 0;
    while at < bytes.len() {
        let (length, replacement) = match within {
            JsonPart::Structure => in_structure(&bytes[at..], &mut within),
            JsonPart::String => in_string(&bytes[at..], &mut within),
        };
        match replacement {
            Some(replacement) => out.extend_from_slice(replacement),
            None => out.extend_from_slice(&bytes[at..at + length]),
        }
        at += length;
    }
    out
}

/// The next piece outside of strings: its length, and its replacement where it needs one.
fn in_structure(rest: &[u8], within: &mut JsonPart) -> (usize, Option<&'static [u8]>) {
    const NO_NUMBERS: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
    if let Some(word) = NO_NUMBERS.iter().find(|word| rest.starts_with(word)) {
        return (word.len(), Some(b"null"));
    }
    match rest[0] {
        b'"' => *within = JsonPart::String,
        b',' => {
            let next = rest[1..].iter().find(|b| !b.is_ascii_whitespace());
            if matches!(next, None | Some(b'}' | b']')) {
                return (1, Some(b" "));
            }
        }
        byte if byte < 0x20 => return (1, Some(b" ")),
        _ => {}
    }
    (1, None)
}

/// The next piece within a string: its length, and its replacement where it needs one.
fn in_string(rest: &[u8], within: &mut JsonPart) -> (usize, Option<&'static [u8]>) {
    match rest[0] {
        b'"' => *within = JsonPart::Structure,
        b'\\' => {
            let unit = |at: usize| -> Option<u32> {
                let digits = rest.get(at..at + 6)?.strip_prefix(b"\\u")?;
                u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
            };
            return match unit(0) {
                Some(0xd800..=0xdbff) => match unit(6) {
                    Some(0xdc00..=0xdfff) => (12, None),
                    _ => (6, Some(b"\\ufffd")),
                },
                Some(0xdc00..=0xdfff) => (6, Some(b"\\ufffd")),
                _ => (rest.len().min(2), None),
            };
        }
        byte if byte < 0x20 => return (1, Some(b" ")),
        _ => {}
    }
    (1, None)
}

/// The most values in one record: each takes up to a hundred times its room in the file.
const MOST_VALUES: usize = 2_000_000;

/// Returns true if there are more values than that in `bytes`, by the marks between them.
fn is_crowded(bytes: &[u8]) -> bool {
    if bytes.len() <= MOST_VALUES {
        return false;
    }
    let (mut marks, mut quoted, mut escaped) = (0, false, false);
    for &byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' | b'[' | b'{' if !quoted => marks += 1,
            _ => {}
        }
    }
    marks > MOST_VALUES
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::GB18030;

    fn read(text: &str) -> Value {
        value(text.as_bytes(), UTF_8).unwrap_or_else(|e| panic!("{text}: {e:?}")).value
    }

    #[test]
    fn a_record_in_another_encoding_than_its_file_is_read_and_noted() {
        let line = "{\"标题\":\"水厂\",\"正文\":\"城东水厂扩建工程昨日开工。\"}";
        let json = value(&GB18030.encode(line).0, UTF_8).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(json.value["标题"], "水厂");
        assert_eq!((json.encoding, json.note), (Some("gb18030"), Some(Note::EncodingMixed)));
        let json = value(line.as_bytes(), UTF_8).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!((json.encoding, json.note), (None, None));
    }

    #[test]
    fn a_nul_or_a_raw_line_feed_costs_no_record() {
        assert_eq!(read("{\"title\":\"水\0厂\"}")["title"], "水 厂");
        assert!(value(b"{\"title\":", UTF_8).is_err());
    }

    #[test]
    fn what_programs_write_and_json_forbids_costs_no_record() {
        assert_eq!(read("{\"title\":\"水厂\",\"n\":NaN,\"m\":-Infinity}")["title"], "水厂");
        assert_eq!(read("{\"title\":\"NaN,}水厂\\ud83d\"}")["title"], "NaN,}水厂\u{fffd}");
        assert_eq!(read("{\"title\":\"\\ud83d\\udca7\",\"a\":NaN}")["title"], "💧");
        assert_eq!(read("\u{feff}{\"title\":\"水厂\",},")["title"], "水厂");
        assert_eq!(read("{\"title\":\"甲\"}{\"title\":\"乙\"}")[1]["title"], "乙");
    }
}
