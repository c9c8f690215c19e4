//! The description of the API (OpenAPI 3.1), made of the same tables that read its addresses: it
//! cannot name a parameter that is unknown.

use super::api::{ADDRESSES, BASE};
use super::parameters::{EXPORT, FILTERS, LONGEST_QUERY, Parameter, QUESTION, ValueKind};
use serde_json::{Map, Value, json};

/// The description.
pub fn openapi() -> Value {
    let mut paths = Map::new();
    for address in ADDRESSES {
        let parameters = in_path(address.path).chain(in_query(address.known)).collect();
        let operation = operation(address.about, "application/json", parameters);
        paths.insert(format!("{BASE}{}", address.path), operation);
    }
    let parameters = in_query(&[&QUESTION, &FILTERS, &EXPORT]).collect();
    let about = "Every hit from one commit, as lines of JSON (the last line is \
        {\"end\":true,\"count\":n}), CSV, RIS or BibTeX";
    let export = operation(about, "application/x-ndjson", parameters);
    paths.insert(format!("{BASE}/export"), export);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "jianbao 剪报",
            "version": "1",
            "description": "Who said what about what, and when, in a Chinese news archive. Spans \
                are byte offsets in UTF-8; `segments` is the text cut at them.",
        },
        "paths": paths,
        "components": { "schemas": { "Problem": {
            "type": "object",
            "required": ["title", "status", "detail", "hint"],
            "properties": {
                "type": { "type": "string" },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string" },
                "hint": { "type": "string" },
            },
        } } },
    })
}

fn operation(about: &str, kind: &str, parameters: Vec<Value>) -> Value {
    let record = json!({ "type": if kind.ends_with("ndjson") { "string" } else { "object" } });
    let problem = json!({ "description": "Why there is no answer", "content": {
        "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } }
    } });
    json!({ "get": {
        "summary": about,
        "parameters": parameters,
        "responses": {
            "200": { "description": "The answer", "content": { kind: { "schema": record } } },
            "304": { "description": "The client has the answer of this commit" },
            "default": problem,
        },
    } })
}

/// The names in a path.
fn in_path(path: &str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    })
}

fn in_query(known: &[&[Parameter]]) -> impl Iterator<Item = Value> {
    known.iter().copied().flatten().map(|parameter| {
        json!({
            "name": parameter.name,
            "in": "query",
            "description": parameter.about,
            "explode": !matches!(parameter.form, ValueKind::SomeOf(_)),
            "schema": schema(parameter.form),
        })
    })
}

/// The schema of a value.
pub fn schema(form: ValueKind) -> Value {
    let text = json!({ "type": "string", "maxLength": LONGEST_QUERY });
    match form {
        ValueKind::Text => text,
        ValueKind::Texts => json!({ "type": "array", "items": text }),
        ValueKind::Number(usize::MAX) => json!({ "type": "integer", "minimum": 0 }),
        ValueKind::Number(most) => json!({ "type": "integer", "minimum": 0, "maximum": most }),
        ValueKind::Day => json!({ "type": "string", "description": "2023, 2023-07, 2023-07-28" }),
        ValueKind::OneOf(words) => json!({ "type": "string", "enum": words }),
        ValueKind::SomeOf(words) => {
            json!({ "type": "array", "items": { "type": "string", "enum": words } })
        }
    }
}
