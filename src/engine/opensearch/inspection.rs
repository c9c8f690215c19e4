//! An index in a cluster examined: its parts and their copies, and every article read.

use super::client::{Client, Verb};
use super::document::{ARTICLE_FIELDS, article, hex, row_of_fields, unhex};
use super::scan::Scan;
use crate::engine::Inspected;
use crate::engine::origin::RecordRow;
use crate::error::Result;
use crate::reprint::Groups;
use serde_json::Value;

/// Articles that are read together.
const PAGE: u64 = 200;
/// The parts of a document that are read beside its columns.
const READ: [&str; 3] = ["number", "id", "path"];

/// One line for each thing that is wrong with the nodes, the parts and their copies.
///
/// # Errors
/// A cluster that does not answer.
pub fn health(client: &Client) -> Result<Vec<String>> {
    let address = client.address();
    let names = [address.name().to_owned(), address.tables()];
    let path = format!("/_cat/shards/{}?format=json", names.join(","));
    let mut faults = Vec::new();
    let shards = client.call(Verb::Get, &path, None)?;
    for shard in shards.as_array().into_iter().flatten() {
        let text = |key: &str| shard[key].as_str().unwrap_or("?");
        if text("state") == "STARTED" || text("state") == "RELOCATING" {
            continue;
        }
        let copy = if text("prirep") == "p" { "has no copy" } else { "lacks a copy" };
        let state = text("state").to_lowercase();
        faults.push(format!("part {} of {} {copy} ({state})", text("shard"), text("index")));
    }
    for name in &names {
        let settings = client.call(Verb::Get, &format!("/{name}/_settings"), None)?;
        let blocks = settings.as_object().and_then(|all| all.values().next());
        let blocks = blocks.map_or(&Value::Null, |index| &index["settings"]["index"]["blocks"]);
        for (block, on) in blocks.as_object().into_iter().flatten() {
            if on == "true" || on == true {
                faults.push(format!("{name} has the block {block}"));
            }
        }
    }
    Ok(faults)
}

/// Calls `each` with every article as it was found, and its origin where that can be read.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn inspect(
    client: &Client,
    groups: &Groups,
    each: &mut dyn FnMut(Inspected, Option<RecordRow>),
) -> Result<()> {
    let scan = Scan { source: &READ, fields: &ARTICLE_FIELDS, page: PAGE, ..Scan::default() };
    scan.each(client, |hit| {
        let (mut faults, mut misfiled) = (Vec::new(), false);
        let source = &hit["_source"];
        // It is written and deleted under this name.
        let filed = hit["_id"].as_str().and_then(unhex);
        let found = match article(hit) {
            Ok(found) => found,
            Err(reason) => {
                let path = source["path"].as_str().map(str::to_owned);
                faults.push(format!("cannot be read ({reason})"));
                let row = row_of_fields(&hit["fields"]);
                each(Inspected { number: filed, passages: 0, path, faults, misfiled }, row);
                return Ok(());
            }
        };
        let (number, row) = (found.number, found.provenance.row);
        let head = found.passages.first().map(|first| first.article.as_ref());
        if filed != Some(number) || source["number"] != hex(number).as_str() {
            faults.push("is filed under another number".to_owned());
        }
        if head.is_none_or(|h| source["id"] != h.id.as_str() || source["path"] != h.path.as_str()) {
            faults.push("has another head than its passages".to_owned());
        }
        let bytes: usize = found.passages.iter().map(|passage| passage.text.len()).sum();
        if row.bytes as usize != bytes {
            faults.push(format!("has {bytes} bytes of {}", row.bytes));
        }
        let original = groups.group(number).and_then(|group| groups.original(group));
        if found.text != original {
            misfiled = true;
        }
        let path = head.map(|head| head.path.clone());
        let passages = found.passages.len() as u32;
        each(Inspected { number: filed, passages, path, faults, misfiled }, Some(row));
        Ok(())
    })
}
