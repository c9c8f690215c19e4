//! JSON values as text: strings, lists of paragraphs, objects that hold a text under a usual name.

use serde_json::{Map, Value};

/// A JSON object.
pub type Object = Map<String, Value>;

/// How deep lists and objects are followed.
const DEEPEST: u32 = 12;

/// The names under which objects hold their text, likeliest first: WordPress writes `rendered`,
/// editors `text`, `content` or `children`, MongoDB `$oid` and `$date`.
const TEXT_NAMES: [&str; 28] = [
    "rendered",
    "text",
    "content",
    "value",
    "#text",
    "html",
    "body",
    "paragraph",
    "data",
    "children",
    "blocks",
    "ops",
    "insert",
    "name",
    "title",
    "_text",
    "paragraphs",
    "sections",
    "sentences",
    "nodes",
    "items",
    "p",
    "$numberInt",
    "$numberDouble",
    "$oid",
    "$date",
    "$numberLong",
    "$__toml_private_datetime",
];

/// The types of blocks that are no text of an article.
const NO_TEXT_TYPES: [&str; 9] =
    ["image", "img", "video", "audio", "ad", "picture", "embed", "gallery", "recommend"];

/// The texts in a value: of a list each element's, of an object the one under its likeliest name.
pub fn texts(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, 0, &mut found);
    found
}

fn collect(value: &Value, depth: u32, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.trim().is_empty() => {}
        Value::String(text) => found.push(text.clone()),
        Value::Number(number) => found.push(number.to_string()),
        Value::Array(list) if depth < DEEPEST => {
            list.iter().for_each(|element| collect(element, depth + 1, found));
        }
        Value::Object(object) if depth < DEEPEST && !is_other_block(object) => {
            let texts = TEXT_NAMES.iter().find_map(|&name| {
                let mut inner = Vec::new();
                collect(object.get(name)?, depth + 1, &mut inner);
                (!inner.is_empty()).then_some(inner)
            });
            found.extend(texts.unwrap_or_else(|| numbered(object, depth)));
        }
        _ => {}
    }
}

/// The texts of an object whose names are those of parts in order: `{"p1": ..., "p2": ...}`,
/// `{"1": ..., "2": ...}`.
fn numbered(object: &Object, depth: u32) -> Vec<String> {
    let parts: Option<Vec<(u64, &Value)>> =
        object.iter().map(|(name, value)| Some((part_of(name)?.1, value))).collect();
    let mut parts = parts.unwrap_or_default();
    parts.sort_by_key(|(number, _)| *number);
    let mut found = Vec::new();
    parts.into_iter().for_each(|(_, value)| collect(value, depth + 1, &mut found));
    found
}

/// A name without the number of a part behind it, and that number: `content_2` is `content`, 2.
pub fn part_of(name: &str) -> Option<(&str, u64)> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name[stem.len()..].parse().ok()?;
    Some((stem.trim_end_matches(['_', '-', ' ']), number))
}

/// The texts of a list that was written as text: JSON (`[{"type": "p", "text": ...}]`), or a list
/// of strings as Python prints it (`['...', '...']`). `None` where a text is no such list.
pub fn of_list(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    if !(text.starts_with('[') && text.ends_with(']') || text.starts_with("{\"")) {
        return None;
    }
    let found = match serde_json::from_str(text) {
        Ok(value) => texts(&value),
        Err(_) => printed_list(text)?,
    };
    (!found.is_empty()).then_some(found)
}

/// The strings of a list as Python prints it.
fn printed_list(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let mut found = Vec::new();
    let mut chars = inner.chars();
    while let Some(quote) = chars.find(|c| !c.is_whitespace() && *c != ',') {
        if !matches!(quote, '\'' | '"') {
            return None;
        }
        let mut part = String::new();
        loop {
            match chars.next()? {
                '\\' => match chars.next()? {
                    'n' | 'r' => part.push('\n'),
                    't' | 'u' | 'x' => part.push(' '),
                    c => part.push(c),
                },
                c if c == quote => break,
                c => part.push(c),
            }
        }
        found.push(part);
    }
    Some(found)
}

/// Returns true for a block that says to be a picture, a film or an advertisement.
fn is_other_block(object: &Object) -> bool {
    ["type", "tag", "kind"].iter().any(|name| {
        let kind = object.get(*name).and_then(Value::as_str);
        kind.is_some_and(|kind| NO_TEXT_TYPES.contains(&kind.to_ascii_lowercase().as_str()))
    })
}

/// The value at a path of names (`_source.body`, `data.list.0.text`); a name may itself have dots.
pub fn at_path<'v>(object: &'v Object, path: &str) -> Option<&'v Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let dots = path.match_indices('.').map(|(at, _)| at);
    dots.into_iter().find_map(|at| {
        let (first, rest) = (&path[..at], &path[at + 1..]);
        match object.get(first)? {
            Value::Object(inner) => at_path(inner, rest),
            Value::Array(list) => {
                let (index, rest) = rest.split_once('.').unwrap_or((rest, ""));
                let element = list.get(index.parse::<usize>().ok()?)?;
                match (element, rest) {
                    (element, "") => Some(element),
                    (Value::Object(inner), rest) => at_path(inner, rest),
                    _ => None,
                }
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Vec<String> {
        texts(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn blocks_of_editors_give_their_paragraphs() {
        for json in [
            r#"["甲","乙"]"#,
            r#"[{"type":"p","text":"甲"},{"type":"image","text":"图"},{"type":"p","text":"乙"}]"#,
            r#"{"blocks":[{"data":{"text":"甲"}},{"data":{"text":"乙"}}]}"#,
            r#"{"rendered":["甲","乙"],"protected":false}"#,
            r#"[{"children":[{"text":"甲"}]},{"children":[{"text":"乙"}]}]"#,
            r#"{"p2":"乙","p1":"甲"}"#,
            r#"{"sections":[{"heading":"x","paragraphs":["甲"]},{"paragraphs":["乙"]}]}"#,
        ] {
            assert_eq!(of(json), ["甲", "乙"], "{json}");
        }
        assert!(of(r#"{"a":1}"#).is_empty() && of("null").is_empty());
    }

    #[test]
    fn a_list_that_was_written_as_text_is_its_paragraphs() {
        for text in [
            r#"[{"type":"p","text":"甲"},{"type":"img"},{"type":"p","text":"乙"}]"#,
            "['甲', \"乙\"]",
            "['甲','乙',]",
        ] {
            assert_eq!(of_list(text).unwrap(), ["甲", "乙"], "{text}");
        }
        for text in ["[图] 水厂开工", "['甲'] 说", "[甲, 乙]", "[]"] {
            assert_eq!(of_list(text), None, "{text}");
        }
    }

    #[test]
    fn a_path_goes_through_objects_and_lists() {
        let json = r#"{"_source":{"body":"甲"},"list":[{"a.b":"乙"}]}"#;
        let object: Object = serde_json::from_str(json).unwrap();
        assert_eq!(at_path(&object, "_source.body"), Some(&Value::from("甲")));
        assert_eq!(at_path(&object, "list.0.a.b"), Some(&Value::from("乙")));
        assert_eq!(at_path(&object, "list.1"), None);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}\"甲\"{}", "[".repeat(100), "]".repeat(100));
        assert!(of(&deep).is_empty());
    }
}
