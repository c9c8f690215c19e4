//! The indices of a cluster as a whole: created, checked, removed, and what an update asks of them.

use super::ClusterAddress;
use super::client::{Client, LOADING_PATIENCE, Repeat, Verb};
use super::document::{ROW_FIELDS, hex, row_of_fields};
use super::inspection;
use super::mapping::{self, CLUSTER_FORMAT, Layout};
use super::reader::ClusterReader;
use super::scan::{self, Scan};
use super::tables::ClusterTables;
use super::writer::ClusterWriter;
use crate::engine::origin::{FileKey, RecordRow};
use crate::engine::{Described, Engine, Inspected, SharedIndex, SharedWriter, SourceLine};
use crate::error::{Error, Result};
use crate::reprint::Groups;
use crate::text::word::Segmenter;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Files whose articles are asked for together.
const FILES: usize = 500;
/// Files from which on all articles are read instead.
const MANY_FILES: usize = 20_000;

/// An index in a cluster, whether anybody has opened it or not.
pub struct ClusterIndex {
    client: Client,
}

impl ClusterIndex {
    /// The index at `address`. Nothing is asked yet.
    pub fn new(address: &ClusterAddress) -> ClusterIndex {
        ClusterIndex { client: Client::new(address, LOADING_PATIENCE) }
    }

    /// The client that it asks with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    fn name(&self) -> &str {
        self.client.address().name()
    }

    /// Creates one of the two indices; one that is there already stays.
    fn make(&self, name: &str, body: &Value) -> Result<()> {
        let path = format!("/{name}?wait_for_active_shards=all&timeout=30s");
        let made = self.client.call_repeating(Repeat::Never, Verb::Put, &path, Some(body));
        match made {
            Err(Error::Refused { kind, .. }) if kind == "resource_already_exists_exception" => {
                Ok(())
            }
            made => made.map(drop),
        }
    }

    /// Checks that every part of the index has a copy that answers.
    fn check_parts(&self) -> Result<()> {
        let address = self.client.address();
        let path = format!(
            "/_cluster/health/{},{}?wait_for_status=yellow&timeout=20s",
            address.name(),
            address.tables()
        );
        let health = match self.client.call(Verb::Get, &path, None) {
            // A health that is not reached in time is told with the status of HTTP.
            Err(Error::Refused { status: 408, .. }) => json!({ "status": "red" }),
            health => health?,
        };
        if health["status"] != "red" {
            return Ok(());
        }
        let missing = health["unassigned_shards"].as_u64().unwrap_or(0);
        let active = health["active_shards"].as_u64().unwrap_or(0);
        Err(Error::Partial {
            address: address.to_string(),
            failed: missing,
            shards: missing + active,
            reason: "the index is red: a part of it has no copy on any node".to_owned(),
        })
    }

    /// The layout of a new index: a part for each node that holds data, and one further copy where
    /// there are several.
    fn usual_layout(&self) -> Result<Layout> {
        let health = self.client.call(Verb::Get, "/_cluster/health", None)?;
        let nodes = health["number_of_data_nodes"].as_u64().unwrap_or(1).clamp(1, 100) as u32;
        Ok(Layout { shards: nodes, replicas: u32::from(nodes > 1) })
    }
}

impl SharedIndex for ClusterIndex {
    fn described(&self) -> Result<Option<Described>> {
        let Some(answer) = self.client.find(&format!("/{}/_mapping", self.name()))? else {
            return Ok(None);
        };
        let mapping = answer.as_object().and_then(|all| all.values().next());
        let meta = mapping.map_or(Value::Null, |index| index["mappings"]["_meta"].clone());
        let text = |name: &str| meta[name].as_str().unwrap_or_default().to_owned();
        match meta["format"].as_u64().and_then(|format| u32::try_from(format).ok()) {
            Some(format) => {
                let (definition, program) = (text("definition"), text("program"));
                Ok(Some(Described { format, definition, program }))
            }
            None => Err(Error::ForeignFolder(self.client.address().to_string().into())),
        }
    }

    fn format(&self) -> u32 {
        CLUSTER_FORMAT
    }

    fn create(&self, fingerprint: &str) -> Result<()> {
        let layout = self.usual_layout()?;
        let address = self.client.address();
        self.make(&address.tables(), &mapping::tables(layout))?;
        self.make(address.name(), &mapping::articles(layout, fingerprint))?;
        self.check_parts()
    }

    fn remove(&self) -> Result<()> {
        let address = self.client.address();
        for name in [address.name(), &address.tables()] {
            match self.client.call(Verb::Delete, &format!("/{name}"), None) {
                Err(Error::Refused { status: 404, .. }) => {}
                removed => drop(removed?),
            }
        }
        Ok(())
    }

    fn is_begun(&self) -> Result<bool> {
        Ok(ClusterTables::new(&self.client).revision()?.commits > 0)
    }

    fn state(&self) -> Result<Vec<u8>> {
        let revision = ClusterTables::new(&self.client).revision()?;
        let numbers = [revision.commits, revision.groups];
        Ok(numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
    }

    fn groups(&self) -> Result<Option<Vec<u8>>> {
        ClusterTables::new(&self.client).groups()
    }

    fn lines(&self) -> Result<Vec<SourceLine>> {
        ClusterTables::new(&self.client).lines()
    }

    fn articles(&self) -> Result<u64> {
        scan::count(&self.client, &json!({ "match_all": {} }))
    }

    fn rows(&self, files: &[FileKey], each: &mut dyn FnMut(u64, RecordRow)) -> Result<()> {
        let known: HashSet<FileKey> = files.iter().copied().collect();
        let mut take = |query: Value| {
            let scan = Scan { query, fields: &ROW_FIELDS, page: 5_000, ..Scan::default() };
            scan.each(&self.client, |hit| {
                let number = scan::number(hit);
                match number.zip(row_of_fields(&hit["fields"])) {
                    Some((number, row)) if known.contains(&row.file) => each(number, row),
                    Some(_) => {}
                    None => {
                        return Err(Error::Damaged {
                            path: self.client.address().to_string().into(),
                            reason: format!(
                                "the article {} has no origin",
                                hit["fields"]["number"][0]
                            ),
                        });
                    }
                }
                Ok(())
            })
        };
        if files.len() > MANY_FILES {
            return take(json!({ "match_all": {} }));
        }
        files.chunks(FILES).try_for_each(|some| {
            let keys: Vec<String> = some.iter().map(|file| hex(file.bits())).collect();
            take(json!({ "terms": { "row.file": keys } }))
        })
    }

    fn open(&self, segmenter: &Segmenter) -> Result<Box<dyn Engine>> {
        Ok(Box::new(ClusterReader::open(self.client.address(), segmenter)?))
    }

    fn health(&self) -> Result<Vec<String>> {
        inspection::health(&self.client)
    }

    fn inspect(&self, each: &mut dyn FnMut(Inspected, Option<RecordRow>)) -> Result<()> {
        let groups = ClusterTables::new(&self.client).sound_groups()?;
        inspection::inspect(&self.client, &groups.unwrap_or_else(Groups::none), each)
    }

    fn writer(&self) -> Result<Box<dyn SharedWriter>> {
        self.check_parts()?;
        Ok(Box::new(ClusterWriter::open(self.client.address())?))
    }
}
