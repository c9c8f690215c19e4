//! The index of tables: the lines of the ledger, two counters, and the groups of reprints.
//!
//! A document there is `run` (the number of the last run of a loader, from which articles have
//! their versions), `revision` (grows with every commit), `line-…` (a line of the ledger),
//! `groups` (the generation of groups that holds) and `groups-GENERATION-…` (its bytes), or the
//! lease of lease.rs. Whatever is counted is written under the condition that nobody wrote since.

use super::bulk::{self, Write};
use super::client::{Client, Repeat, Verb};
use crate::engine::SourceLine;
use crate::error::{Error, Result};
use crate::reprint::Groups;
use crate::text::word::Bytes;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::time::Duration;

/// Bytes of groups in one document.
const CHUNK: usize = 4 << 20;
/// Attempts at a counter that others count too.
const ATTEMPTS: u32 = 200;
/// The pause between two of them.
const PAUSE: Duration = Duration::from_millis(50);
/// Lines of a page.
const LINES: usize = 5_000;
/// Attempts to read groups while others are written.
const READS: usize = 5;

/// The place of a document among all writes: what a conditional write names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequence {
    number: u64,
    term: u64,
}

impl Sequence {
    fn of(answer: &Value) -> Option<Sequence> {
        let (number, term) = (answer["_seq_no"].as_u64()?, answer["_primary_term"].as_u64()?);
        Some(Sequence { number, term })
    }
}

/// The state of an index: it changes with every commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Revision {
    /// The number of commits.
    pub commits: u64,
    /// The generation of the groups that hold; 0 before the first.
    pub groups: u64,
    /// The commits whose articles those groups are of.
    pub grouped: u64,
}

/// The tables of an index.
#[derive(Clone, Copy)]
pub struct ClusterTables<'a> {
    client: &'a Client,
}

impl<'a> ClusterTables<'a> {
    /// The tables of the index that `client` asks.
    pub fn new(client: &'a Client) -> ClusterTables<'a> {
        ClusterTables { client }
    }

    fn path(&self, rest: &str) -> String {
        format!("/{}/{rest}", self.client.address().tables())
    }

    /// A document and its place among all writes, as it was written last; `None` where there is
    /// none.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn get(&self, id: &str) -> Result<Option<(Value, Sequence)>> {
        let found = match self.client.find(&self.path(&format!("_doc/{id}")))? {
            Some(found) if found["found"] == true => found,
            _ => return Ok(None),
        };
        Ok(Sequence::of(&found).map(|at| (found["_source"].clone(), at)))
    }

    /// Writes a document if the last write of it was `before` (`None`: if there is none). Returns
    /// its place among all writes; `None` where somebody else wrote it meanwhile.
    ///
    /// # Errors
    /// A cluster that does not answer: then nobody knows whether it was written.
    pub fn put_if(
        &self,
        id: &str,
        document: &Value,
        before: Option<Sequence>,
    ) -> Result<Option<Sequence>> {
        let path = match before {
            Some(Sequence { number, term }) => {
                format!("_doc/{id}?if_seq_no={number}&if_primary_term={term}")
            }
            None => format!("_create/{id}"),
        };
        let path = self.path(&path);
        match self.client.call_repeating(Repeat::Never, Verb::Put, &path, Some(document)) {
            Ok(answer) => Ok(Sequence::of(&answer)),
            Err(Error::Refused { status: 409, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Counts one further; the new number.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn increase(&self, counter: &str) -> Result<u64> {
        let mut attempt = 0;
        loop {
            let before = self.get(counter)?;
            let (last, at) = before.map_or((0, None), |(document, at)| {
                (document["generation"].as_u64().unwrap_or(0), Some(at))
            });
            let next = json!({ "kind": "counter", "generation": last + 1 });
            attempt += 1;
            match self.put_if(counter, &next, at) {
                Ok(Some(_)) => return Ok(last + 1),
                Ok(None) if attempt < ATTEMPTS => {}
                // A number that was taken by a write that nobody confirmed is left out.
                Err(Error::Unreachable { .. }) if attempt < ATTEMPTS => {}
                Err(Error::Refused { status: 429 | 502..=504, .. }) if attempt < ATTEMPTS => {}
                Ok(None) => {
                    return Err(Error::Locked {
                        path: self.client.address().to_string().into(),
                        by: "other loaders".to_owned(),
                    });
                }
                Err(error) => return Err(error),
            }
            std::thread::sleep(PAUSE * attempt.min(20));
        }
    }

    /// The state of the index.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn revision(&self) -> Result<Revision> {
        let commits = self.get("revision")?.and_then(|(d, _)| d["generation"].as_u64());
        let (groups, grouped) = match self.get("groups")? {
            Some((head, _)) => (head["generation"].as_u64(), head["value"]["commits"].as_u64()),
            None => (None, None),
        };
        let number = |known: Option<u64>| known.unwrap_or(0);
        Ok(Revision { commits: number(commits), groups: number(groups), grouped: number(grouped) })
    }

    /// Writes lines of the ledger, and deletes those without a record.
    ///
    /// # Errors
    /// A cluster that does not answer, or does not take them.
    pub fn write_lines(&self, lines: &[SourceLine]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let write = |line: &SourceLine| {
            let id = format!("line-{}", line.id);
            match &line.record {
                Some(record) => {
                    let document = json!({ "kind": "line", "name": line.id, "value": record });
                    Write::table(id, &document)
                }
                None => Write::Delete { id, version: None },
            }
        };
        let writes: Vec<Write> = lines.iter().map(write).collect();
        bulk::send(self.client, &self.client.address().tables(), &writes)?;
        self.client.call(Verb::Post, &self.path("_refresh"), None).map(drop)
    }

    /// The lines of the ledger.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn lines(&self) -> Result<Vec<SourceLine>> {
        let (mut lines, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut body = json!({
                "size": LINES,
                "query": { "term": { "kind": "line" } },
                "sort": [{ "name": "asc" }],
                "track_total_hits": false,
            });
            if !after.is_null() {
                body["search_after"] = after;
            }
            let answer = self.client.call(Verb::Post, &self.path("_search"), Some(&body))?;
            self.client.check_whole(&answer)?;
            let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
            lines.extend(hits.iter().map(|hit| SourceLine {
                id: hit["_source"]["name"].as_str().unwrap_or_default().to_owned(),
                record: Some(hit["_source"]["value"].clone()),
            }));
            match hits.last().filter(|_| hits.len() == LINES) {
                Some(last) => after = last["sort"].clone(),
                None => return Ok(lines),
            }
        }
    }

    /// Writes groups as the next generation, and then makes it the one that holds. `commits` is
    /// the number of commits that they are made of. The generation before stays for those who read
    /// it just now.
    ///
    /// # Errors
    /// A cluster that does not answer; [`Error::Locked`] where somebody else wrote groups.
    pub fn write_groups(&self, bytes: &[u8], commits: u64) -> Result<()> {
        let (last, at) = match self.get("groups")? {
            Some((head, at)) => (head, Some(at)),
            None => (Value::Null, None),
        };
        let generation = last["generation"].as_u64().unwrap_or(0) + 1;
        let chunks: Vec<&[u8]> = bytes.chunks(CHUNK).collect();
        for (number, chunk) in chunks.iter().enumerate() {
            let document = json!({
                "kind": "groups", "generation": generation, "bytes": BASE64_STANDARD.encode(chunk),
            });
            let id = chunk_id(generation, number as u64);
            bulk::send(
                self.client,
                &self.client.address().tables(),
                &[Write::table(id, &document)],
            )?;
        }
        let value = |head: &Value| {
            json!({ "generation": head["generation"],
                                           "chunks": head["value"]["chunks"] })
        };
        let head = json!({ "kind": "groups-head", "generation": generation, "value": {
            "chunks": chunks.len(),
            "checksum": blake3::hash(bytes).to_hex().as_str(),
            "commits": commits,
            "before": value(&last),
        } });
        if self.put_if("groups", &head, at)?.is_none() {
            return Err(Error::Locked {
                path: self.client.address().to_string().into(),
                by: "another loader, which wrote the groups of reprints".to_owned(),
            });
        }
        let old = &last["value"]["before"];
        if let (Some(generation), Some(chunks)) =
            (old["generation"].as_u64(), old["chunks"].as_u64())
        {
            let chunk = |number| Write::Delete { id: chunk_id(generation, number), version: None };
            let deletes: Vec<Write> = (0..chunks).map(chunk).collect();
            bulk::send(self.client, &self.client.address().tables(), &deletes)?;
        }
        Ok(())
    }

    /// The bytes of the groups that hold; `None` before the first.
    ///
    /// # Errors
    /// A cluster that does not answer; [`Error::Damaged`] where they are not as they were written.
    pub fn groups(&self) -> Result<Option<Vec<u8>>> {
        for _ in 0..READS {
            let Some((head, _)) = self.get("groups")? else { return Ok(None) };
            let generation = head["generation"].as_u64().unwrap_or(0);
            let chunks = head["value"]["chunks"].as_u64().unwrap_or(0);
            let mut bytes = Vec::new();
            for number in 0..chunks {
                let chunk = self.get(&chunk_id(generation, number))?;
                let text = chunk.as_ref().and_then(|(document, _)| document["bytes"].as_str());
                bytes.extend(text.and_then(|t| BASE64_STANDARD.decode(t).ok()).unwrap_or_default());
            }
            // Otherwise further generations came meanwhile, and this one is gone.
            if head["value"]["checksum"] == blake3::hash(&bytes).to_hex().as_str() {
                return Ok(Some(bytes));
            }
        }
        Err(Error::Damaged {
            path: self.client.address().to_string().into(),
            reason: "the groups of reprints are not as they were written".to_owned(),
        })
    }

    /// The groups that hold; `None` before the first, and where they are damaged: the next grouping
    /// makes them anew.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn sound_groups(&self) -> Result<Option<Groups>> {
        match self.groups() {
            Err(Error::Damaged { .. }) => Ok(None),
            bytes => Ok(bytes?.and_then(|bytes| Groups::new(Bytes::new(bytes)))),
        }
    }
}

fn chunk_id(generation: u64, number: u64) -> String {
    format!("groups-{generation}-{number}")
}
