//! Writes articles into a cluster: analysts hand requests over, a few threads send them, and a
//! commit waits until each is acknowledged.
//!
//! Every write has the number of its run for a version, so that a write that arrives twice or late
//! changes nothing. No lock is taken: several loaders write one index.

use super::bulk::{self, BULK_BYTES, Write};
use super::client::{Client, LOADING_PATIENCE, Verb};
use super::document::{IndexedArticle, hex};
use super::tables::ClusterTables;
use super::{ClusterAddress, grouping};
use crate::analysis::Analysis;
use crate::engine::{Batch, Provenance, Replaced, SharedWriter, SourceLine};
use crate::error::{Error, Result};
use crate::reprint::Groups;
use crate::text::word::Segmenter;
use crossbeam_channel::{Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Threads that send. The bytes in flight are those of as many requests, and of as many waiting.
const SENDERS: usize = 4;

/// A loader of a cluster.
pub struct ClusterWriter {
    sending: Arc<Sending>,
    sender: Sender<Vec<Write>>,
    /// The number of this run.
    run: u64,
    /// The groups as they were when the run began: an article that is written again most likely
    /// stays a copy of what it was.
    groups: Groups,
    deleted: Mutex<Vec<u64>>,
}

/// The state that senders share.
struct Sending {
    client: Client,
    state: Mutex<SendingState>,
    idle: Condvar,
}

#[derive(Default)]
struct SendingState {
    /// Requests that were handed over and are not acknowledged.
    waiting: usize,
    /// The first failure. Whoever hands over after it is told it too.
    failure: Option<Error>,
}

impl Sending {
    /// Sends what comes until nobody can hand anything over any more.
    fn send(&self, receiver: &Receiver<Vec<Write>>) {
        for writes in receiver {
            let failed =
                self.state.lock().unwrap_or_else(PoisonError::into_inner).failure.is_some();
            let name = self.client.address().name();
            let sent = if failed { Ok(()) } else { bulk::send(&self.client, name, &writes) };
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
            if let Err(error) = sent {
                state.failure.get_or_insert(error);
            }
            self.idle.notify_all();
        }
    }
}

impl ClusterWriter {
    /// Opens the index at `address` for one more loader.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn open(address: &ClusterAddress) -> Result<ClusterWriter> {
        let client = Client::new(address, LOADING_PATIENCE);
        let tables = ClusterTables::new(&client);
        let run = tables.increase("run")?;
        let groups = tables.sound_groups()?;
        let (state, idle) = (Mutex::default(), Condvar::new());
        let sending = Arc::new(Sending { client, state, idle });
        let (sender, receiver) = crossbeam_channel::bounded(SENDERS);
        for _ in 0..SENDERS {
            let (sending, receiver) = (Arc::clone(&sending), receiver.clone());
            std::thread::spawn(move || sending.send(&receiver));
        }
        let groups = groups.unwrap_or_else(Groups::none);
        Ok(ClusterWriter { sending, sender, run, groups, deleted: Mutex::default() })
    }

    /// Hands a request over.
    fn hand_over(&self, writes: Vec<Write>) -> Result<()> {
        if writes.is_empty() {
            return Ok(());
        }
        let mut state = self.sending.state.lock().unwrap_or_else(PoisonError::into_inner);
        failure(&state)?;
        state.waiting += 1;
        drop(state);
        // The other end goes only when this one does.
        let _ = self.sender.send(writes);
        Ok(())
    }

    /// Waits until everything that was handed over is acknowledged.
    fn settle(&self) -> Result<()> {
        let state = self.sending.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self
            .sending
            .idle
            .wait_while(state, |state| state.waiting > 0)
            .unwrap_or_else(PoisonError::into_inner);
        failure(&state)
    }
}

/// The failure of a sender, if there was one.
fn failure(state: &SendingState) -> Result<()> {
    Err(match &state.failure {
        None => return Ok(()),
        Some(Error::Refused { address, status, kind, reason }) => Error::Refused {
            address: address.clone(),
            status: *status,
            kind: kind.clone(),
            reason: reason.clone(),
        },
        Some(Error::Unreachable { address, reason }) => {
            Error::Unreachable { address: address.clone(), reason: reason.clone() }
        }
        Some(other) => Error::Engine(other.to_string().into()),
    })
}

impl SharedWriter for ClusterWriter {
    fn batch<'a>(&'a self, segmenter: &'a Segmenter) -> Box<dyn Batch + 'a> {
        Box::new(ClusterBatch { writer: self, segmenter, writes: Vec::new(), bytes: 0 })
    }

    fn delete(&self, article: u64) {
        self.deleted.lock().unwrap_or_else(PoisonError::into_inner).push(article);
    }

    fn begin(&self, lines: &[SourceLine]) -> Result<()> {
        ClusterTables::new(&self.sending.client).write_lines(lines)
    }

    fn commit(&mut self, lines: &[SourceLine]) -> Result<()> {
        self.settle()?;
        let deleted =
            std::mem::take(&mut *self.deleted.lock().unwrap_or_else(PoisonError::into_inner));
        let delete = |&article: &u64| Write::Delete { id: hex(article), version: Some(self.run) };
        let deletes: Vec<Write> = deleted.iter().map(delete).collect();
        let client = &self.sending.client;
        bulk::send(client, client.address().name(), &deletes)?;
        client.call(Verb::Post, &format!("/{}/_refresh", client.address().name()), None)?;
        let tables = ClusterTables::new(client);
        tables.write_lines(lines)?;
        tables.increase("revision").map(drop)
    }

    fn close(self: Box<Self>, segmenter: &Segmenter) -> Result<()> {
        self.settle()?;
        let holder = format!("run {} of process {}", self.run, std::process::id());
        grouping::group_all(&self.sending.client, &holder, segmenter)
    }
}

/// The articles of one thread on their way.
struct ClusterBatch<'a> {
    writer: &'a ClusterWriter,
    segmenter: &'a Segmenter,
    writes: Vec<Write>,
    bytes: usize,
}

impl Batch for ClusterBatch<'_> {
    fn put(
        &mut self,
        number: u64,
        article: &Analysis,
        provenance: &Provenance,
        _: Replaced,
    ) -> Result<u32> {
        let mut document = IndexedArticle::new(number, article, provenance.clone());
        let groups = &self.writer.groups;
        let original = groups.group(number).and_then(|group| groups.original(group));
        document.text = original;
        let bytes = document.document(self.segmenter)?;
        let write = Write::article(number, self.writer.run, bytes);
        self.bytes += write.size();
        self.writes.push(write);
        if self.bytes >= BULK_BYTES {
            self.bytes = 0;
            self.writer.hand_over(std::mem::take(&mut self.writes))?;
        }
        Ok(article.passages.len() as u32)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.writer.hand_over(self.writes)
    }
}
