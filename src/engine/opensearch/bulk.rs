//! Many writes in one request: every item of the answer is read, a busy cluster is waited for, and
//! a request that is too large is halved.

use super::client::{Client, LOADING_PATIENCE};
use super::document::hex;
use crate::error::{Error, Result};
use serde_json::Value;
use std::time::{Duration, Instant};

/// The bytes of a request at which it is sent; a single larger article goes alone.
pub const BULK_BYTES: usize = 4 << 20;

/// The first pause before refused items are sent again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Attempts at an item that fails by an error of the cluster's own.
const ATTEMPTS: u32 = 12;

/// A write. A version decides between writes of one document, whenever they arrive: an older one
/// changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// A document is put in the place of what was there.
    Put {
        /// The name of the document.
        id: String,
        /// Its version; `None` where the last write wins.
        version: Option<u64>,
        /// The document as JSON.
        document: Vec<u8>,
    },
    /// A document is deleted.
    Delete {
        /// The name of the document.
        id: String,
        /// The version of the deletion; `None` where the last write wins.
        version: Option<u64>,
    },
}

impl Write {
    /// Puts the article with this number.
    pub fn article(number: u64, version: u64, document: Vec<u8>) -> Write {
        Write::Put { id: hex(number), version: Some(version), document }
    }

    /// Puts a document of the tables.
    pub fn table(id: String, document: &Value) -> Write {
        Write::Put { id, version: None, document: document.to_string().into_bytes() }
    }

    /// The bytes that it takes in a request, nearly.
    pub fn size(&self) -> usize {
        match self {
            Write::Put { document, .. } => document.len() + 100,
            Write::Delete { .. } => 100,
        }
    }

    fn id(&self) -> &str {
        match self {
            Write::Put { id, .. } | Write::Delete { id, .. } => id,
        }
    }

    fn append(&self, lines: &mut Vec<u8>) {
        let (verb, id, version) = match self {
            Write::Put { id, version, .. } => ("index", id, version),
            Write::Delete { id, version } => ("delete", id, version),
        };
        let version = version.map_or_else(String::new, |version| {
            format!(r#","version":{version},"version_type":"external_gte""#)
        });
        lines.extend(format!("{{\"{verb}\":{{\"_id\":\"{id}\"{version}}}}}\n").as_bytes());
        if let Write::Put { document, .. } = self {
            lines.extend(document);
            lines.push(b'\n');
        }
    }
}

/// The fate of one item of a request.
enum Fate {
    /// It is done, or a newer write came before it.
    Done,
    /// The cluster was busy.
    Busy(Error),
    /// The cluster failed.
    Failed(Error),
}

/// Sends writes to the index called `index` until each is acknowledged.
///
/// # Errors
/// [`Error::Unreachable`] where the cluster does not answer, or stays busy with one write, for
/// longer than a loader's patience; [`Error::Refused`] where it does not take one of them.
pub fn send(client: &Client, index: &str, writes: &[Write]) -> Result<()> {
    let mut parts: Vec<Vec<&Write>> = Vec::new();
    let mut size = usize::MAX;
    for write in writes {
        if size.saturating_add(write.size()) > BULK_BYTES {
            parts.push(Vec::new());
            size = 0;
        }
        size += write.size();
        if let Some(part) = parts.last_mut() {
            part.push(write);
        }
    }
    parts.into_iter().try_for_each(|part| send_part(client, index, part))
}

fn send_part(client: &Client, index: &str, mut left: Vec<&Write>) -> Result<()> {
    let (mut pause, mut failures, mut progress) = (FIRST_PAUSE, 0, Instant::now());
    while !left.is_empty() {
        let mut lines = Vec::with_capacity(left.iter().map(|write| write.size()).sum());
        left.iter().for_each(|write| write.append(&mut lines));
        let answer = match client.lines(&format!("/{index}/_bulk"), &lines) {
            // Nothing of a request that is too large is taken.
            Err(Error::Refused { status: 413, .. }) if left.len() > 1 => {
                drop(lines);
                let second = left.split_off(left.len() / 2);
                send_part(client, index, left)?;
                return send_part(client, index, second);
            }
            answer => answer?,
        };
        let before = left.len();
        let (again, trouble) = sorted(client, &answer, left)?;
        left = again;
        let Some((error, failed)) = trouble else { return Ok(()) };
        if left.len() < before {
            (pause, failures, progress) = (FIRST_PAUSE, 0, Instant::now());
        }
        failures += u32::from(failed);
        if failures > ATTEMPTS || progress.elapsed() + pause > LOADING_PATIENCE {
            return Err(error);
        }
        std::thread::sleep(pause);
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
    Ok(())
}

/// The writes that have to be sent again, with the last trouble and `true` where the cluster
/// failed.
#[expect(clippy::type_complexity, reason = "one caller, which takes it apart at once")]
fn sorted<'w>(
    client: &Client,
    answer: &Value,
    writes: Vec<&'w Write>,
) -> Result<(Vec<&'w Write>, Option<(Error, bool)>)> {
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if items.len() != writes.len() {
        return Err(Error::Refused {
            address: client.address().to_string(),
            status: 200,
            kind: "bulk".to_owned(),
            reason: format!("{} writes were answered by {} items", writes.len(), items.len()),
        });
    }
    let (mut again, mut trouble) = (Vec::new(), None);
    for (write, item) in writes.into_iter().zip(items) {
        match fate(client, write, item)? {
            Fate::Done => {}
            Fate::Busy(error) => {
                trouble = Some((error, false));
                again.push(write);
            }
            Fate::Failed(error) => {
                trouble = Some((error, true));
                again.push(write);
            }
        }
    }
    Ok((again, trouble))
}

/// The fate of a write by its item of the answer.
///
/// # Errors
/// [`Error::Refused`] where the cluster will never take it.
fn fate(client: &Client, write: &Write, item: &Value) -> Result<Fate> {
    let item = item.as_object().and_then(|verbs| verbs.values().next()).unwrap_or(&Value::Null);
    let status = item["status"].as_u64().and_then(|s| u16::try_from(s).ok()).unwrap_or(500);
    let kind = item["error"]["type"].as_str().unwrap_or_default().to_owned();
    let reason = item["error"]["reason"].as_str().unwrap_or_default();
    let blocked = kind == "cluster_block_exception" && reason.contains("read-only");
    let error = || Error::Refused {
        address: client.address().to_string(),
        status,
        kind: kind.clone(),
        reason: format!(
            "document {}: {}",
            write.id(),
            reason.chars().take(400).collect::<String>()
        ),
    };
    match (status, write) {
        (200..=299 | 409, _) | (404, Write::Delete { .. }) => Ok(Fate::Done),
        (429 | 502 | 503 | 504, _) if !blocked => Ok(Fate::Busy(error())),
        (500.., _) => Ok(Fate::Failed(error())),
        _ => Err(error()),
    }
}

#[cfg(test)]
#[path = "bulk_tests.rs"]
mod tests;
