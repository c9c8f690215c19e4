//! Walks over the distinct values of fields, each with its number of documents: exact, page by
//! page, however many there are.

use super::client::{Client, Verb};
use crate::error::Result;
use serde_json::{Map, Value, json};

/// Values of a page.
const PAGE: u64 = 5_000;

/// Calls `each` with every combination of values of `fields` that an article found by `query` has,
/// and the number of those articles; a field without a value is null.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn each(
    client: &Client,
    query: &Value,
    fields: &[&str],
    mut each: impl FnMut(&[Value], u64),
) -> Result<()> {
    let sources = sources(fields, true);
    walk(client, query, &sources, |walk| json!({ "walk": walk }), |found| &found["walk"], {
        |bucket| {
            let value = |at: usize| bucket["key"][at.to_string()].clone();
            let values: Vec<Value> = (0..fields.len()).map(value).collect();
            each(&values, bucket["doc_count"].as_u64().unwrap_or(0));
        }
    })
}

/// Calls `each` with every value of a field of nested documents, and the number of those.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn each_nested(
    client: &Client,
    path: &str,
    field: &str,
    mut each: impl FnMut(&str, u64),
) -> Result<()> {
    let inside =
        |walk: Value| json!({ "nested": { "nested": { "path": path }, "aggs": { "walk": walk } } });
    let query = json!({ "match_all": {} });
    walk(client, &query, &sources(&[field], false), inside, |found| &found["nested"]["walk"], {
        |bucket| {
            if let Some(value) = bucket["key"]["0"].as_str() {
                each(value, bucket["doc_count"].as_u64().unwrap_or(0));
            }
        }
    })
}

/// The sources of a walk, numbered.
fn sources(fields: &[&str], missing: bool) -> Value {
    let source = |(at, field): (usize, &&str)| {
        let mut source = Map::new();
        let terms = json!({ "terms": { "field": field, "missing_bucket": missing } });
        source.insert(at.to_string(), terms);
        Value::Object(source)
    };
    fields.iter().enumerate().map(source).collect()
}

fn walk(
    client: &Client,
    query: &Value,
    sources: &Value,
    inside: impl Fn(Value) -> Value,
    within: impl Fn(&Value) -> &Value,
    mut each: impl FnMut(&Value),
) -> Result<()> {
    let path = format!("/{}/_search", client.address().name());
    let mut after = Value::Null;
    loop {
        let mut composite = json!({ "size": PAGE, "sources": sources });
        if !after.is_null() {
            composite["after"] = after;
        }
        let walk = inside(json!({ "composite": composite }));
        let body = json!({ "size": 0, "track_total_hits": false, "query": query, "aggs": walk });
        let answer = client.call(Verb::Post, &path, Some(&body))?;
        client.check_whole(&answer)?;
        let found = within(&answer["aggregations"]);
        found["buckets"].as_array().into_iter().flatten().for_each(&mut each);
        after = found["after_key"].clone();
        let count = found["buckets"].as_array().map_or(0, Vec::len) as u64;
        if after.is_null() || count < PAGE {
            return Ok(());
        }
    }
}
