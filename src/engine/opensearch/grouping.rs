//! The groups of reprints of a whole index, made anew from the imprints of all its articles.
//!
//! They are a function of the articles, so that many loaders leave the same groups as one. The
//! `text` of an article that was reprinted names the original; an article is written whole with the
//! version that it has, so that a newer one is never overwritten.

use super::bulk::{self, BULK_BYTES, Write};
use super::client::{Client, Verb};
use super::document::{ARTICLE_FIELDS, article, hex, imprint, unhex};
use super::lease::Lease;
use super::scan::{self, Scan};
use super::tables::ClusterTables;
use crate::error::{Error, Result};
use crate::reprint::{Imprint, group, groups};
use crate::text::word::Segmenter;
use serde_json::json;
use std::collections::HashMap;

/// Articles that are read together to be written again.
const READ_TOGETHER: usize = 200;

/// Groups the articles of the index that `client` asks, unless that has been done since the last
/// commit. `holder` names this loader, `segmenter` cut the words of its articles.
///
/// # Errors
/// A cluster that does not answer, or not whole; [`Error::Damaged`] where an article cannot be
/// read; [`Error::Locked`] where this process stood still and another took over.
pub fn group_all(client: &Client, holder: &str, segmenter: &Segmenter) -> Result<()> {
    let tables = ClusterTables::new(client);
    if is_grouped(tables)? {
        return Ok(());
    }
    let mut lease = Lease::take(tables, holder)?;
    // Whoever held it may have grouped what this loader wrote.
    let revision = tables.revision()?;
    if is_grouped(tables)? {
        return Ok(());
    }
    let name = client.address().name();
    client.call(Verb::Post, &format!("/{name}/_refresh"), None)?;
    let (mut imprints, mut texts) = (Vec::new(), HashMap::new());
    let fields = ["imprint", "text"];
    Scan { fields: &fields, ..Scan::default() }.each(client, |hit| {
        lease.keep()?;
        let number = scan::number(hit);
        let value = |field: &str| hit["fields"][field][0].as_str();
        let read = number.zip(value("imprint")).and_then(|(number, v)| imprint(number, v));
        let imprint: Imprint =
            read.ok_or_else(|| damaged(client, hit["fields"]["number"][0].as_str()))?;
        if let Some(text) = value("text").and_then(unhex) {
            texts.insert(imprint.article, text);
        }
        imprints.push(imprint);
        Ok(())
    })?;
    let imprints: Vec<&Imprint> = imprints.iter().collect();
    let found: Vec<Vec<u64>> = group(&imprints)
        .iter()
        .map(|group| group.iter().map(|&i| imprints[i].article).collect())
        .collect();
    lease.keep()?;
    let mut wanted: HashMap<u64, u64> = HashMap::new();
    for group in &found {
        wanted.extend(group.iter().map(|&member| (member, group[0])));
    }
    let mut changed: Vec<(u64, Option<u64>)> = wanted
        .iter()
        .filter(|&(number, text)| texts.get(number) != Some(text))
        .map(|(&number, &text)| (number, Some(text)))
        .collect();
    let alone = texts.keys().filter(|number| !wanted.contains_key(number));
    changed.extend(alone.map(|&number| (number, None)));
    changed.sort_unstable();
    for some in changed.chunks(READ_TOGETHER) {
        lease.keep()?;
        rewrite(client, some, segmenter)?;
    }
    client.call(Verb::Post, &format!("/{name}/_refresh"), None)?;
    lease.renew()?;
    tables.write_groups(&groups::bytes(&found), revision.commits)
}

/// True if the groups are of the last commit.
fn is_grouped(tables: ClusterTables<'_>) -> Result<bool> {
    let revision = tables.revision()?;
    Ok(revision.groups > 0 && revision.grouped == revision.commits)
}

/// Writes articles again, each as a copy of another text. What has been written since it was read
/// stays as it is.
fn rewrite(client: &Client, changed: &[(u64, Option<u64>)], segmenter: &Segmenter) -> Result<()> {
    let name = client.address().name();
    let ids: Vec<String> = changed.iter().map(|&(number, _)| hex(number)).collect();
    let body = json!({ "query": { "ids": { "values": ids } }, "size": ids.len(), "version": true,
                       "_source": false, "docvalue_fields": ARTICLE_FIELDS });
    let found = client.call(Verb::Post, &format!("/{name}/_search"), Some(&body))?;
    client.check_whole(&found)?;
    let texts: HashMap<u64, Option<u64>> = changed.iter().copied().collect();
    let (mut writes, mut size) = (Vec::new(), 0);
    // One that is gone is nobody's copy any more.
    for document in found["hits"]["hits"].as_array().into_iter().flatten() {
        let (id, version) = (document["_id"].as_str(), document["_version"].as_u64());
        let mut again = article(document).map_err(|_| damaged(client, id))?;
        let (Some(&text), Some(version)) = (texts.get(&again.number), version) else { continue };
        again.text = text;
        let write = Write::article(again.number, version, again.document(segmenter)?);
        size += write.size();
        writes.push(write);
        if size > BULK_BYTES {
            bulk::send(client, name, &writes)?;
            (writes, size) = (Vec::new(), 0);
        }
    }
    bulk::send(client, name, &writes)
}

fn damaged(client: &Client, id: Option<&str>) -> Error {
    Error::Damaged {
        path: client.address().to_string().into(),
        reason: format!("the article {} cannot be read", id.unwrap_or("?")),
    }
}
