//! Splits a Markdown file into its front matter, YAML or TOML, and the rest.

use super::{FieldMap, Fields};
use serde_json::{Map, Value};

/// Front matter larger than this is text.
const FRONT_MATTER: usize = 64 << 10;

/// The front matter of `text` as fields; the body is the Markdown after it.
pub fn fields(text: String, map: &FieldMap) -> Fields {
    let Some((kind, front, body)) = split(&text) else {
        return Fields { body: Some(text), ..Fields::default() };
    };
    let parsed = match kind {
        FrontMatter::Yaml => serde_yaml_ng::from_str::<Value>(front).ok(),
        FrontMatter::Toml => toml::from_str::<Value>(front).ok(),
    };
    let object = match parsed {
        Some(Value::Object(object)) => object,
        // Titles with a colon are not YAML, and common all the same.
        _ => lenient(front),
    };
    Fields { body: Some(body.to_owned()), ..map.fields(object).fields }
}

/// The language of a front matter, told by the line around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FrontMatter {
    /// Between lines `---`.
    Yaml,
    /// Between lines `+++`, as Hugo writes it.
    Toml,
}

fn split(text: &str) -> Option<(FrontMatter, &str, &str)> {
    let (kind, rest) = match text.strip_prefix("---") {
        Some(rest) => (FrontMatter::Yaml, rest),
        None => (FrontMatter::Toml, text.strip_prefix("+++")?),
    };
    let rest = rest.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        let ends = match kind {
            FrontMatter::Yaml => matches!(line.trim_end(), "---" | "..."),
            FrontMatter::Toml => line.trim_end() == "+++",
        };
        if ends {
            return Some((kind, &rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
        if at > FRONT_MATTER {
            return None;
        }
    }
    None
}

fn lenient(front: &str) -> Map<String, Value> {
    let pairs = front.lines().filter_map(|line| line.split_once([':', '：', '=']));
    pairs
        .map(|(key, value)| {
            let value = value.trim().trim_matches(['"', '\'']);
            (key.trim().to_owned(), Value::String(value.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_yaml_or_toml() {
        for front in [
            "---\ntitle: 水厂开工\ndate: 2023-07-28\n---\n水厂。",
            "---\ntitle: 水厂开工：好事\n  x\n---\n水厂。",
            "+++\ntitle = \"水厂开工\"\ndate = 2023-07-28\n+++\n水厂。",
            "+++\ntitle = 水厂开工\n+++\n水厂。",
        ] {
            let fields = fields(front.to_owned(), &FieldMap::default());
            assert!(fields.title.unwrap().starts_with("水厂开工"), "{front}");
            assert_eq!(fields.body.as_deref(), Some("水厂。"), "{front}");
            assert!(!front.contains("2023-07-28") || fields.date.unwrap() == "2023-07-28");
        }
    }

    #[test]
    fn a_line_that_only_begins_like_front_matter_is_text() {
        let text = "--- 水退了 ---\n北堤守住了。";
        assert_eq!(fields(text.to_owned(), &FieldMap::default()).body.as_deref(), Some(text));
    }
}
