//! Splits a Markdown file into its YAML front matter and the rest.

use super::{FieldMap, Fields};
use serde_json::{Map, Value};

/// Front matter larger than this is text.
const FRONT_MATTER: usize = 64 << 10;

/// The front matter of `text` as fields; the body is the Markdown after it.
pub fn fields(text: String, map: &FieldMap) -> Fields {
    let Some((front, body)) = split(&text) else {
        return Fields { body: Some(text), ..Fields::default() };
    };
    let object = match serde_yaml_ng::from_str::<Value>(front) {
        Ok(Value::Object(object)) => object,
        // Titles with a colon are not YAML, and common all the same.
        _ => lenient(front),
    };
    Fields { body: Some(body.to_owned()), ..map.fields(object) }
}

fn split(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("---")?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
        if at > FRONT_MATTER {
            return None;
        }
    }
    None
}

fn lenient(front: &str) -> Map<String, Value> {
    let pairs = front.lines().filter_map(|line| line.split_once([':', '：']));
    pairs
        .map(|(key, value)| {
            let value = value.trim().trim_matches(['"', '\'']);
            (key.trim().to_owned(), Value::String(value.to_owned()))
        })
        .collect()
}
