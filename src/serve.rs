//! The server: a page for people, an API for programs. It asks the index what others ask it on the
//! command line; no logic of searching lives here.
//!
//! listen.rs takes connections, guard.rs (with access.rs, packing.rs) refuses requests and packs
//! answers, held.rs keeps the index open and counts searches, parameters.rs reads addresses. api.rs
//! (with answers.rs, offsets.rs, export.rs, openapi.rs) and feed.rs answer programs, page.rs
//! people, rpc.rs (with tools.rs, guide.rs, bounded.rs) agents, several requests of one at a time
//! by conversation.rs. revision.rs ties an answer to a commit, topic_names.rs names topics for a
//! reader, request_log.rs tells what was asked.

mod access;
mod answers;
mod api;
mod asked;
mod bounded;
mod conversation;
mod export;
mod feed;
mod guard;
mod guide;
mod held;
mod listen;
mod offsets;
mod openapi;
mod packing;
mod page;
mod parameters;
mod problem;
mod request_log;
mod revision;
mod routes;
mod rpc;
mod tools;
mod topic_names;

pub use access::Access;
pub use conversation::{Respondent, converse};
pub use held::Held;
pub use problem::{HttpProblem, PathPolicy};
pub use request_log::RequestLog;
pub use routes::router;
pub use rpc::RpcRequest;

use crate::definition::Definition;
use crate::engine::IndexPlace;
use crate::error::{Error, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// The limits of a server.
#[derive(Debug, Clone)]
pub struct ServerLimits {
    /// Searches at one time.
    pub searches: usize,
    /// Searches that wait for those; more are refused.
    pub queue: usize,
    /// Connections at one time; further ones wait.
    pub connections: usize,
    /// The time in which a header must arrive.
    pub header_time: Duration,
    /// Bytes of a header.
    pub header_bytes: usize,
    /// Bytes of a body.
    pub body_bytes: usize,
    /// The time in which the head of an answer is sent.
    pub request_time: Duration,
    /// The time that open requests have when the server ends.
    pub drain_time: Duration,
}

impl Default for ServerLimits {
    fn default() -> ServerLimits {
        ServerLimits {
            searches: std::thread::available_parallelism().map_or(2, usize::from),
            queue: 32,
            connections: 256,
            header_time: Duration::from_secs(10),
            header_bytes: 16 << 10,
            body_bytes: 64 << 10,
            request_time: Duration::from_secs(10),
            drain_time: Duration::from_secs(10),
        }
    }
}

/// The index served, and the address.
#[derive(Debug, Clone)]
pub struct Service {
    /// The place of the index.
    pub place: IndexPlace,
    /// The definition that it was built under.
    pub definition: Definition,
    /// Why that place was taken, as statistics tell it.
    pub index_from: String,
    /// The address listened at, with the port; port 0 for any that is free.
    pub address: SocketAddr,
    /// Who may ask.
    pub access: Access,
    /// The limits.
    pub limits: ServerLimits,
    /// The lines that are told of requests.
    pub log: RequestLog,
}

/// Serves until the process is told to end (SIGTERM or Ctrl-C), then lets open requests finish.
/// `ready` is called once connections are taken.
///
/// # Errors
/// An index that cannot be opened, a port that is taken.
pub fn serve(service: Service, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(service.limits.searches + 2)
        .enable_io()
        .enable_time()
        .build()
        .map_err(Error::io("start", "the server's threads"))?;
    let address = service.address;
    let limits = service.limits.clone();
    let held = Arc::new(Held::open(service)?);
    let ended = runtime.block_on(async {
        let socket = TcpListener::bind(address)
            .await
            .map_err(Error::io("listen at", address.to_string()))?;
        let end = listen::told_to_end();
        ready(socket.local_addr().map_err(Error::io("listen at", address.to_string()))?);
        let following = tokio::spawn(held::follow(Arc::clone(&held)));
        let routes = router(Arc::clone(&held));
        listen::listen(socket, routes, &limits, end).await;
        following.abort();
        Ok(())
    });
    // A search that still runs is of no use to anybody.
    runtime.shutdown_background();
    ended
}
