//! Reads of a whole index, page by page, in the order of article numbers.
//!
//! Numbers are hashes, so that a range of their first digits has as many articles as any other: an
//! index is read range by range, and no page asks the cluster to order more than a range.

use super::client::{Client, Verb};
use super::document::unhex;
use crate::error::{Error, Result};
use serde_json::{Value, json};

/// Articles of a page.
const PAGE: u64 = 1_000;
/// Articles that a range may have, nearly.
const RANGE: u64 = 4_000;

/// A read of an index.
pub struct Scan<'a> {
    /// The articles that are read, as a query of the cluster.
    pub query: Value,
    /// The values of fields that come with each hit.
    pub fields: &'a [&'a str],
    /// The parts of the document that come with each hit.
    pub source: &'a [&'a str],
    /// Hits of a page; fewer where they are large.
    pub page: u64,
}

impl Default for Scan<'_> {
    fn default() -> Self {
        Scan { query: json!({ "match_all": {} }), fields: &[], source: &[], page: PAGE }
    }
}

/// The number of articles of the index that `query` finds.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn count(client: &Client, query: &Value) -> Result<u64> {
    let path = format!("/{}/_count", client.address().name());
    let answer = client.call(Verb::Post, &path, Some(&json!({ "query": query })))?;
    client.check_whole(&answer)?;
    Ok(answer["count"].as_u64().unwrap_or(0))
}

impl Scan<'_> {
    /// Calls `each` with every hit, by number, as of the moment when the read begins.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole, and the errors of `each`.
    pub fn each(&self, client: &Client, mut each: impl FnMut(&Value) -> Result<()>) -> Result<()> {
        let view = PointView::open(client)?;
        let total = count(client, &self.query)?;
        let mut digits = 0;
        while digits < 6 && total >> (4 * digits) > RANGE {
            digits += 1;
        }
        for range in 0..1u64 << (4 * digits) {
            let mut bounds = serde_json::Map::new();
            if range > 0 {
                bounds.insert("gte".to_owned(), json!(prefix(range, digits)));
            }
            if range + 1 < 1 << (4 * digits) {
                bounds.insert("lt".to_owned(), json!(prefix(range + 1, digits)));
            }
            self.range(client, &view, &Value::Object(bounds), &mut each)?;
        }
        Ok(())
    }

    fn range(
        &self,
        client: &Client,
        view: &PointView<'_>,
        bounds: &Value,
        each: &mut impl FnMut(&Value) -> Result<()>,
    ) -> Result<()> {
        let mut filter = vec![self.query.clone()];
        if bounds.as_object().is_some_and(|bounds| !bounds.is_empty()) {
            filter.push(json!({ "range": { "number": bounds } }));
        }
        let mut body = json!({
            "size": self.page,
            "query": { "bool": { "filter": filter } },
            "sort": [{ "number": "asc" }],
            "track_total_hits": false,
        });
        columns(&mut body, self.fields);
        if !self.source.is_empty() {
            body["stored_fields"] = json!(["_source"]);
            body["_source"] = json!(self.source);
        }
        loop {
            let answer = view.search(client, &mut body)?;
            let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
            hits.iter().try_for_each(&mut *each)?;
            match hits.last().filter(|_| hits.len() as u64 == self.page) {
                Some(last) => body["search_after"] = last["sort"].clone(),
                None => return Ok(()),
            }
        }
    }
}

/// Has a search return the number of each hit, for [`number`], and these columns: nothing else of
/// it, since what is stored is dear to read.
pub fn columns(body: &mut Value, fields: &[&str]) {
    let fields: Vec<&str> = fields.iter().copied().chain(["number"]).collect();
    body["docvalue_fields"] = json!(fields);
    body["stored_fields"] = json!("_none_");
}

/// The number of the article of a hit of a search for [`columns`].
pub fn number(hit: &Value) -> Option<u64> {
    hit["fields"]["number"][0].as_str().and_then(unhex)
}

/// The first digits of the numbers of a range, as long as a whole number so that they compare.
fn prefix(range: u64, digits: u32) -> String {
    match digits {
        0 => String::new(),
        _ => format!("{range:0width$x}", width = digits as usize),
    }
}

/// The time for which a view is kept after it was asked last.
const KEEP: &str = "5m";

/// A view of an index as of one moment, where the cluster can give one.
pub struct PointView<'a> {
    client: &'a Client,
    held: Option<HeldView>,
}

/// A view that the cluster holds.
struct HeldView {
    id: String,
    kind: ViewKind,
}

/// The engines' two ways of holding a view.
#[derive(Clone, Copy)]
enum ViewKind {
    /// OpenSearch.
    PointInTime,
    /// Elasticsearch.
    Pit,
}

impl ViewKind {
    /// The path that opens a view of an index, and that which closes it.
    fn paths(self) -> (&'static str, &'static str) {
        match self {
            ViewKind::PointInTime => ("_search/point_in_time", "/_search/point_in_time"),
            ViewKind::Pit => ("_pit", "/_pit"),
        }
    }
}

impl<'a> PointView<'a> {
    /// Opens a view of the index of articles. A cluster that can hold none is read as it is.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn open(client: &'a Client) -> Result<PointView<'a>> {
        for kind in [ViewKind::PointInTime, ViewKind::Pit] {
            let path = format!("/{}/{}?keep_alive={KEEP}", client.address().name(), kind.paths().0);
            match client.call(Verb::Post, &path, None) {
                Ok(answer) => {
                    let id = answer["pit_id"].as_str().or(answer["id"].as_str());
                    if let Some(id) = id {
                        let held = Some(HeldView { id: id.to_owned(), kind });
                        return Ok(PointView { client, held });
                    }
                }
                Err(Error::Refused { status: 400 | 404 | 405, kind, .. })
                    if kind != "index_not_found_exception" => {}
                Err(error) => return Err(error),
            }
        }
        Ok(PointView { client, held: None })
    }

    /// Searches it; the answer is whole.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn search(&self, client: &Client, body: &mut Value) -> Result<Value> {
        let path = match &self.held {
            Some(held) => {
                body["pit"] = json!({ "id": held.id, "keep_alive": KEEP });
                "/_search".to_owned()
            }
            None => format!("/{}/_search", client.address().name()),
        };
        let answer = client.call(Verb::Post, &path, Some(body))?;
        client.check_whole(&answer)?;
        Ok(answer)
    }
}

impl Drop for PointView<'_> {
    fn drop(&mut self) {
        if let Some(held) = &self.held {
            let body = match held.kind {
                ViewKind::PointInTime => json!({ "pit_id": [held.id] }),
                ViewKind::Pit => json!({ "id": held.id }),
            };
            // One that stays open is closed by the cluster.
            let _ = self.client.call(Verb::Delete, held.kind.paths().1, Some(&body));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::opensearch::document::hex;

    #[test]
    fn ranges_part_the_numbers() {
        for digits in 1..4 {
            for number in [0, 1, 0x0fff_ffff_ffff_ffff, 0x1000_0000_0000_0000, u64::MAX] {
                let own = |range: &u64| {
                    let after = *range == 0 || hex(number) >= prefix(*range, digits);
                    let last = range + 1 == 1 << (4 * digits);
                    after && (last || hex(number) < prefix(range + 1, digits))
                };
                assert_eq!((0..1u64 << (4 * digits)).filter(own).count(), 1);
            }
        }
    }
}
