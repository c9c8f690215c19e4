//! Queries of a cluster put together.

use serde_json::{Value, json};

/// The articles that no query finds.
pub fn none() -> Value {
    json!({ "match_none": {} })
}

/// The articles that one of the queries finds.
pub fn any(queries: Vec<Value>) -> Value {
    at_least(1, queries)
}

/// The articles that so many of the queries find.
pub fn at_least(count: usize, queries: Vec<Value>) -> Value {
    match queries.len() {
        0 => none(),
        _ => json!({ "bool": { "should": queries, "minimum_should_match": count } }),
    }
}

/// The articles, or the passages, that all of the queries find.
pub fn all(queries: Vec<Value>) -> Value {
    json!({ "bool": { "filter": queries } })
}

/// A query of articles, of one that looks at passages.
pub fn nested(query: &Value) -> Value {
    json!({ "nested": { "path": "passages", "score_mode": "none", "query": query } })
}
