//! The fields of the two indices of a cluster, all on what every engine of this family has:
//! keywords, numbers, nested documents, and the analyzer of white space.

use crate::engine::Ranking;
use serde_json::{Value, json};

/// Number of the format of documents: raised whenever fields or tokens change their meaning.
pub const CLUSTER_FORMAT: u32 = 4;

/// The number of shards and copies of a new index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Parts that the articles are spread over; it cannot be changed later.
    pub shards: u32,
    /// Further copies of each part.
    pub replicas: u32,
}

/// The mapping and the settings of the index of articles. `fingerprint` is that of the definition.
pub fn articles(layout: Layout, fingerprint: &str) -> Value {
    let ranking = Ranking::default();
    json!({
        "settings": {
            "number_of_shards": layout.shards,
            "number_of_replicas": layout.replicas,
            "index.codec": "best_compression",
            // What was deleted stays known for so long that no loader writes it again.
            "index.gc_deletes": "12h",
            // So that an operator's merge takes all away that a grouping wrote again.
            "index.merge.policy.expunge_deletes_allowed": 0,
            "index.mapping.nested_objects.limit": 1_000_000,
            "index.max_result_window": 20_000,
            "similarity": {
                "words": { "type": "BM25", "k1": ranking.k1, "b": ranking.b },
            },
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": { "format": CLUSTER_FORMAT, "definition": fingerprint,
                       "program": env!("CARGO_PKG_VERSION") },
            // What can be made again of the stored part.
            "_source": { "excludes": [
                "words", "title_words", "title_chars", "topic_key", "subject_key",
                "passages", "stored", "imprint", "newest", "oldest", "latest",
            ] },
            "properties": article_fields(),
        },
    })
}

/// A value that is found whole and counted; one that is too long for that is only kept.
fn keyword() -> Value {
    json!({ "type": "keyword", "ignore_above": 8191 })
}

/// A number that is read back and never searched.
fn counted(kind: &str) -> Value {
    json!({ "type": kind, "index": false })
}

/// Words apart by spaces, with their frequencies.
fn words() -> Value {
    json!({ "type": "text", "analyzer": "whitespace", "index_options": "freqs",
            "similarity": "words" })
}

/// Characters apart by spaces, with their positions: they decide, and rank by their number alone.
fn characters() -> Value {
    json!({ "type": "text", "analyzer": "whitespace", "index_options": "positions",
            "norms": false, "similarity": "words" })
}

/// Characters that rank by the length of their text too.
fn ranked_characters() -> Value {
    json!({ "type": "text", "analyzer": "whitespace", "index_options": "positions",
            "similarity": "words" })
}

fn article_fields() -> Value {
    json!({
        "number": keyword(),
        "id": keyword(),
        "path": keyword(),
        "date": { "type": "long" },
        // The keys of the orders by date, and of that by the time at which it was seen.
        "newest": counted("long"),
        "oldest": counted("long"),
        "latest": counted("long"),
        "source": keyword(),
        "author": keyword(),
        "topic": keyword(),
        "topic_key": keyword(),
        "subject": keyword(),
        "subject_key": keyword(),
        // The original of its text, and whether it is a copy of another: of reprints alone.
        "text": keyword(),
        "copy": { "type": "boolean" },
        "speaker": keyword(),
        "alias": keyword(),
        "title_of": keyword(),
        "title_words": words(),
        "title_chars": characters(),
        "words": words(),
        "lengths": { "properties": {
            "title": counted("long"),
            "words": counted("long"),
            "chars": counted("long"),
            "passages": { "type": "object", "enabled": false },
        } },
        "passages": { "type": "nested", "properties": passage_fields() },
        // A column: two hundred of them are read for a question.
        "stored": { "type": "binary", "doc_values": true },
        "row": { "properties": {
            "file": keyword(),
            "digest": { "type": "keyword", "index": false },
            "line": counted("long"),
            "passages": counted("long"),
            "bytes": counted("long"),
            "from_crawl": counted("boolean"),
            "seen": counted("long"),
        } },
        "imprint": { "type": "binary", "doc_values": true },
    })
}

fn passage_fields() -> Value {
    json!({
        "ordinal": { "type": "integer" },
        "words": words(),
        "chars": ranked_characters(),
        "speaker": keyword(),
        "speaker_key": keyword(),
        "alias_key": keyword(),
        "quotes": { "type": "nested", "properties": {
            "name": keyword(),
            "confidence": { "type": "byte" },
            "kind": keyword(),
            "start": { "type": "integer" },
            "end": { "type": "integer" },
            "chars": characters(),
        } },
    })
}

/// The mapping and the settings of the index of tables: small documents that are found by name
/// or by kind, and one part with as many copies, since all loaders wait for it.
pub fn tables(layout: Layout) -> Value {
    json!({
        "settings": {
            "number_of_shards": 1,
            "number_of_replicas": layout.replicas,
            "index.gc_deletes": "12h",
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "kind": { "type": "keyword" },
                "name": { "type": "keyword", "ignore_above": 8191 },
                "generation": { "type": "long" },
                "value": { "type": "object", "enabled": false },
                "bytes": { "type": "binary" },
            },
        },
    })
}
