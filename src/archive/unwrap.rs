//! JSON values that hold several records: objects that wrap an array, objects of records by their
//! ids, and columns as pandas writes them.

use super::field::FieldMap;
use super::fields::Field;
use super::value::Object;
use serde_json::Value;

/// The most records that columns are taken apart into.
const MOST_ROWS: usize = 1_000_000;

/// The records that a value holds, or the value as it was where it is a record itself.
///
/// # Errors
/// The value itself, where it holds no several records.
pub fn records(value: Value, map: &FieldMap) -> Result<Vec<Value>, Value> {
    let Value::Object(mut object) = value else { return Err(value) };
    if let Some(rows) = columns(&object, map).or_else(|| split(&object, map)) {
        return Ok(rows);
    }
    if map.has_text(&object) && !is_answer(&object, map) {
        return Err(Value::Object(object));
    }
    if let Some(array) = take_array(&mut object) {
        return Ok(array);
    }
    for inner in object.values_mut() {
        if let Value::Object(inner) = inner
            && let Some(array) = take_array(inner)
        {
            return Ok(array);
        }
    }
    if is_by_id(&object, map) {
        return Ok(object.into_iter().map(|(_, value)| value).collect());
    }
    Err(Value::Object(object))
}

/// Takes the only array of objects out of `object` (`{"data": [...]}`).
fn take_array(object: &mut Object) -> Option<Vec<Value>> {
    let mut arrays = object.values_mut().filter_map(|value| match value {
        Value::Array(array) if array.first().is_some_and(Value::is_object) => Some(array),
        _ => None,
    });
    let array = arrays.next()?;
    arrays.next().is_none().then_some(std::mem::take(array))
}

/// Returns true for the answer of an interface, whose own text (`"message": "success"`) is none of
/// an article: it has no title, and a list of objects that have both a title and a text.
fn is_answer(object: &Object, map: &FieldMap) -> bool {
    let is_whole = |value: &Value| {
        let has = |field| {
            value.as_object().is_some_and(|inner| inner.keys().any(|k| map.field(k) == Some(field)))
        };
        has(Field::Title) && has(Field::Body)
    };
    let holds = |value: &Value| match value {
        Value::Array(list) => !list.is_empty() && list.iter().all(is_whole),
        value => is_whole(value),
    };
    let titled = object.keys().any(|name| map.field(name) == Some(Field::Title));
    !titled
        && object.values().any(|value| match value {
            Value::Object(inner) => holds(value) || inner.values().any(holds),
            value => holds(value),
        })
}

/// Returns true for the lines of Elasticsearch's bulk format that say what is to be done with the
/// record below them: `{"index": {"_id": "7"}}`.
pub fn is_action(object: &Object) -> bool {
    let mut pairs = object.iter();
    let (Some((name, Value::Object(inner))), None) = (pairs.next(), pairs.next()) else {
        return false;
    };
    matches!(name.as_str(), "index" | "create" | "update" | "delete")
        && inner.keys().all(|key| key.starts_with('_') || key == "routing")
}

/// The names of columns in the first of several lists, if it names a title or a text.
pub fn column_names(cells: &[Value], map: &FieldMap) -> Option<Vec<String>> {
    let names: Vec<String> =
        cells.iter().map(|cell| cell.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    (names.len() > 1 && names.iter().any(|name| map.names_text(name))).then_some(names)
}

/// Returns true for `{"1001": {record}, "1002": {record}}`: no name of it is that of a field.
fn is_by_id(object: &Object, map: &FieldMap) -> bool {
    !object.is_empty()
        && (object.len() >= 2 || object.keys().all(|key| key.bytes().all(|b| b.is_ascii_digit())))
        && !object.keys().any(|name| map.knows(name))
        && object.values().all(|value| value.as_object().is_some_and(|inner| map.has_text(inner)))
}

/// The rows of columns: `{"title": ["甲", "乙"], "content": [...]}` and
/// `{"title": {"0": "甲", "1": "乙"}, "content": {...}}` (pandas, `orient="list"` and
/// `"columns"`).
fn columns(object: &Object, map: &FieldMap) -> Option<Vec<Value>> {
    let known = |field: Field| {
        object.iter().find(|(name, _)| map.field(name) == Some(field)).map(|(_, value)| value)
    };
    let keys = keys_of(known(Field::Body).or(known(Field::Title))?)?;
    // One of title, date and source must run beside the body, row by row.
    let beside = [Field::Title, Field::Date, Field::Url, Field::Id, Field::Source];
    let beside = beside.into_iter().filter_map(known).filter(|value| fits(value, &keys)).count();
    // A single row is told from a record by the number that pandas gives it: {"title": {"0": ...}}.
    let least = if object.values().all(Value::is_object) { 1 } else { 2 };
    if !(least..=MOST_ROWS).contains(&keys.len()) || beside == 0 {
        return None;
    }
    let longest = known(Field::Title)
        .and_then(Value::as_array)
        .and_then(|titles| titles.iter().map(|t| t.as_str().map_or(0, str::len)).max());
    if longest.is_some_and(|longest| longest > 600) {
        return None;
    }
    let row = |key: &str| {
        let cells = object.iter().filter_map(|(name, column)| {
            let cell = match column {
                Value::Array(list) => list.get(key.parse::<usize>().ok()?)?,
                Value::Object(by_key) => by_key.get(key)?,
                _ => return None,
            };
            Some((name.clone(), cell.clone()))
        });
        Value::Object(cells.collect())
    };
    Some(keys.iter().map(|key| row(key)).collect())
}

/// The keys of a column's cells, if it is one: every cell is a string, a number or null.
fn keys_of(column: &Value) -> Option<Vec<String>> {
    let plain = |value: &Value| value.is_string() || value.is_number() || value.is_null();
    match column {
        Value::Array(list) if list.iter().all(plain) => {
            Some((0..list.len()).map(|index| index.to_string()).collect())
        }
        Value::Object(cells) if cells.values().all(plain) => {
            let numbered = |key: &String| key.bytes().all(|b| b.is_ascii_digit());
            cells.keys().all(numbered).then(|| cells.keys().cloned().collect())
        }
        _ => None,
    }
}

/// Returns true if a value is a column with these keys.
fn fits(column: &Value, keys: &[String]) -> bool {
    match column {
        Value::Array(list) => list.len() == keys.len(),
        Value::Object(cells) => cells.len() == keys.len(),
        _ => false,
    }
}

/// The rows of `{"columns": ["title", ...], "data": [["甲", ...], ...]}` (pandas,
/// `orient="split"`).
fn split(object: &Object, map: &FieldMap) -> Option<Vec<Value>> {
    let (names, rows) = (object.get("columns")?.as_array()?, object.get("data")?.as_array()?);
    let names: Vec<&str> = names.iter().map(Value::as_str).collect::<Option<_>>()?;
    if !names.iter().any(|name| map.names_text(name)) {
        return None;
    }
    let row = |cells: &Value| {
        let cells = cells.as_array()?.iter().cloned();
        let pairs = names.iter().map(|name| (*name).to_owned()).zip(cells);
        Some(Value::Object(pairs.collect()))
    };
    rows.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(json: &str) -> Result<Vec<String>, Value> {
        let all = records(serde_json::from_str(json).unwrap(), &FieldMap::default())?;
        Ok(all.iter().map(|record| record["title"].as_str().unwrap().to_owned()).collect())
    }

    #[test]
    fn columns_are_taken_apart_into_rows() {
        for json in [
            r#"{"title":["甲","乙"],"content":["一","二"],"date":["2023-07-28","2023-07-29"]}"#,
            r#"{"title":{"0":"甲","1":"乙"},"content":{"0":"一","1":"二"}}"#,
            r#"{"columns":["title","content"],"index":[0,1],"data":[["甲","一"],["乙","二"]]}"#,
            r#"{"7":{"title":"甲"},"9":{"title":"乙"}}"#,
            r#"{"code":0,"data":{"list":[{"title":"甲"},{"title":"乙"}]}}"#,
            r#"{"msg":"好了","data":[{"title":"甲","content":"一"},{"title":"乙","text":"二"}]}"#,
        ] {
            assert_eq!(titles(json).unwrap(), ["甲", "乙"], "{json}");
        }
    }

    #[test]
    fn actions_and_names_of_columns_are_told_from_records() {
        let object = |json: &str| -> Object { serde_json::from_str(json).unwrap() };
        assert!(is_action(&object(r#"{"index":{"_index":"news","_id":"7"}}"#)));
        assert!(!is_action(&object(r#"{"index":{"title":"水厂"}}"#)));
        let names = |json: &str| {
            let cells: Vec<Value> = serde_json::from_str(json).unwrap();
            column_names(&cells, &FieldMap::default())
        };
        assert_eq!(names(r#"["标题","正文"]"#).unwrap(), ["标题", "正文"]);
        assert_eq!(names(r#"["水厂开工","昨日"]"#), None);
    }

    #[test]
    fn one_record_with_lists_stays_one() {
        for json in [
            r#"{"title":["甲"],"content":["一","二"],"date":["2023-07-28"]}"#,
            r#"{"title":"甲","content":["一","二"],"tags":["x","y"]}"#,
            r#"{"title":"甲","content":{"rendered":"一"}}"#,
        ] {
            assert!(titles(json).is_err(), "{json}");
        }
    }
}
