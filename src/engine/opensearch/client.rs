//! Requests to a cluster: nodes in rotation, one policy of trying again, typed failures.
//!
//! A request that may be repeated is tried again on the next node where a connection breaks, and
//! after a pause where the cluster is busy (429, 502, 503, 504), until the client's patience is
//! over. A request that may not is tried again only where nobody can have taken it.

use super::address::{ClusterAddress, Completeness};
use crate::engine::MissingParts;
use crate::error::{Error, Result};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use ureq::http;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The patience of a search.
pub const SEARCH_PATIENCE: Duration = Duration::from_secs(30);
/// The patience of loading: a cluster that lost a node takes minutes to be whole.
pub const LOADING_PATIENCE: Duration = Duration::from_secs(300);

/// The patience with a cluster that has never answered: rather its address is wrong.
const FIRST_PATIENCE: Duration = Duration::from_secs(10);
/// The first pause before a request is sent again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The time in which a node takes a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The time for which a node that failed is asked only where no other is left, in milliseconds.
const REST_MILLIS: u64 = 20_000;
/// The most bytes of an answer; a page of articles has some 50 MB.
const LONGEST_ANSWER: u64 = 1 << 30;
/// Characters of a reason that are told.
const LONGEST_REASON: usize = 500;

/// The verb of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Asks whether something is there.
    Head,
    /// Searches, and writes many things at once.
    Post,
    /// Writes one thing.
    Put,
    /// Deletes one thing.
    Delete,
}

/// The number of times that a request may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Any: it reads, or writes the same again.
    Safe,
    /// Once.
    Never,
}

/// The body of a request.
#[derive(Debug, Clone, Copy)]
enum Body<'a> {
    Empty,
    Json(&'a [u8]),
    /// JSON Lines.
    Lines(&'a [u8]),
}

/// The failure of one attempt.
enum FailedAttempt {
    /// Nobody took the request.
    NotSent(String),
    /// The connection broke, or the time was over.
    Broken(String),
    /// The cluster is busy.
    Busy(Error),
    /// The request cannot be answered by any node.
    Final(Error),
}

/// A client of one index of a cluster. It is shared by threads.
pub struct Client {
    agent: ureq::Agent,
    address: ClusterAddress,
    patience: Duration,
    /// True once a node has answered.
    reached: AtomicBool,
    /// The number of requests so far.
    sent: AtomicUsize,
    began: Instant,
    /// When each node failed last, in milliseconds since `began` and one more; 0 for never.
    failed: Vec<AtomicU64>,
    /// The parts that did not take part in an answer that was taken.
    missing: Mutex<Option<MissingParts>>,
}

impl Client {
    /// A client of the index at `address` that tries for so long. Nothing is asked yet.
    pub fn new(address: &ClusterAddress, patience: Duration) -> Client {
        let certificates = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<Certificate<'static>> =
            certificates.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::from(roots))
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .no_delay(true)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(patience.clamp(CONNECT, Duration::from_secs(60))))
            .timeout_send_body(Some(Duration::from_secs(60)))
            .timeout_recv_body(Some(Duration::from_secs(120)))
            .max_idle_connections_per_host(16)
            .build()
            .new_agent();
        Client {
            agent,
            patience,
            reached: AtomicBool::new(false),
            sent: AtomicUsize::new(0),
            began: Instant::now(),
            failed: address.hosts().iter().map(|_| AtomicU64::new(0)).collect(),
            missing: Mutex::default(),
            address: address.clone(),
        }
    }

    /// The address of the index.
    pub fn address(&self) -> &ClusterAddress {
        &self.address
    }

    /// Sends a request that may be repeated; the answer.
    ///
    /// # Errors
    /// [`Error::Unreachable`] where no node answers in time, [`Error::Refused`] where the cluster
    /// says no.
    pub fn call(&self, verb: Verb, path: &str, body: Option<&Value>) -> Result<Value> {
        self.call_repeating(Repeat::Safe, verb, path, body)
    }

    /// Sends a request that may be repeated or not; the answer.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub fn call_repeating(
        &self,
        repeat: Repeat,
        verb: Verb,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let bytes = body.map(serde_json::to_vec).transpose();
        let bytes = bytes.map_err(|e| Error::Engine(Box::new(e)))?;
        self.send(repeat, verb, path, bytes.as_deref().map_or(Body::Empty, Body::Json))
    }

    /// Sends lines of JSON, as of `_bulk`, which may be taken more than once; the answer.
    ///
    /// # Errors
    /// Those of [`Client::call`]. An answer may still refuse some of the lines.
    pub fn lines(&self, path: &str, lines: &[u8]) -> Result<Value> {
        self.send(Repeat::Safe, Verb::Post, path, Body::Lines(lines))
    }

    /// The answer to a reading request, or `None` where the cluster has nothing of that name.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub fn find(&self, path: &str) -> Result<Option<Value>> {
        match self.call(Verb::Get, path, None) {
            Err(Error::Refused { status: 404, .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    /// The parts of the index that did not take part in an answer that was taken all the same.
    pub fn missing(&self) -> Option<MissingParts> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Checks that all shards took part in an answer in time.
    ///
    /// # Errors
    /// [`Error::Partial`] where they did not, unless the address takes the answers of the others.
    pub fn check_whole(&self, answer: &Value) -> Result<()> {
        let shards = &answer["_shards"];
        let failed = shards["failed"].as_u64().unwrap_or(0);
        let late = answer["timed_out"].as_bool().unwrap_or(false);
        if failed == 0 && !late {
            return Ok(());
        }
        let first = &shards["failures"][0]["reason"];
        let told = first["reason"].as_str().or(first["type"].as_str());
        let reason = told.unwrap_or(if late { "the time was over" } else { "no reason is given" });
        let (parts, reason) = (shards["total"].as_u64().unwrap_or(0), shortened(reason));
        if self.address.completeness() == Completeness::Partial {
            let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
            *missing = Some(MissingParts { failed, parts, reason });
            return Ok(());
        }
        let address = self.address.to_string();
        Err(Error::Partial { address, failed, shards: parts, reason })
    }

    fn send(&self, repeat: Repeat, verb: Verb, path: &str, body: Body<'_>) -> Result<Value> {
        let (began, mut pause, mut asked) = (Instant::now(), FIRST_PAUSE, 0);
        loop {
            let host = self.host();
            let failure = match self.attempt(&self.address.hosts()[host], verb, path, body) {
                Ok(answer) => {
                    self.failed[host].store(0, Ordering::Relaxed);
                    self.reached.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            asked += 1;
            let error = match failure {
                FailedAttempt::Final(error) => return Err(error),
                FailedAttempt::Busy(error) if repeat == Repeat::Safe => error,
                FailedAttempt::Busy(error) => return Err(error),
                FailedAttempt::NotSent(reason) => self.unreachable(host, reason),
                FailedAttempt::Broken(reason) if repeat == Repeat::Safe => {
                    self.unreachable(host, reason)
                }
                FailedAttempt::Broken(reason) => return Err(self.unreachable(host, reason)),
            };
            let broken = matches!(error, Error::Unreachable { .. });
            let reached = self.reached.load(Ordering::Relaxed) || !broken;
            let patience = if reached { self.patience } else { self.patience.min(FIRST_PATIENCE) };
            if began.elapsed() + pause > patience {
                return Err(error);
            }
            // Another node may take it at once.
            if !broken || asked % self.failed.len() == 0 {
                std::thread::sleep(pause);
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        }
    }

    /// Notes that a node failed; the error should none answer.
    fn unreachable(&self, host: usize, reason: String) -> Error {
        let now = self.began.elapsed().as_millis() as u64 + 1;
        self.failed[host].store(now, Ordering::Relaxed);
        Error::Unreachable { address: self.address.to_string(), reason: shortened(&reason) }
    }

    /// The next node in rotation that did not fail a moment ago; any where all did.
    fn host(&self) -> usize {
        let (count, first) = (self.failed.len(), self.sent.fetch_add(1, Ordering::Relaxed));
        let now = self.began.elapsed().as_millis() as u64;
        let rests = |host: usize| {
            let failed = self.failed[host].load(Ordering::Relaxed);
            failed > 0 && now < failed + REST_MILLIS
        };
        let mut hosts = (0..count).map(|step| first.wrapping_add(step) % count);
        hosts.find(|&host| !rests(host)).unwrap_or(first % count)
    }

    fn attempt(
        &self,
        host: &str,
        verb: Verb,
        path: &str,
        body: Body<'_>,
    ) -> Result<Value, FailedAttempt> {
        let method = match verb {
            Verb::Get => http::Method::GET,
            Verb::Head => http::Method::HEAD,
            Verb::Post => http::Method::POST,
            Verb::Put => http::Method::PUT,
            Verb::Delete => http::Method::DELETE,
        };
        let mut request = http::Request::builder().method(method).uri(format!("{host}{path}"));
        if let Some(credentials) = self.address.credentials() {
            request = request.header("authorization", credentials.header());
        }
        let failed = |e: http::Error| FailedAttempt::Final(Error::Engine(Box::new(e)));
        let answer = match body {
            Body::Empty => self.agent.run(request.body(()).map_err(failed)?),
            Body::Json(bytes) => {
                let request = request.header("content-type", "application/json");
                self.agent.run(request.body(bytes).map_err(failed)?)
            }
            Body::Lines(bytes) => {
                let request = request.header("content-type", "application/x-ndjson");
                self.agent.run(request.body(bytes).map_err(failed)?)
            }
        };
        let mut answer = answer.map_err(failure)?;
        let status = answer.status().as_u16();
        let bytes = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
        let bytes = bytes.map_err(|e| FailedAttempt::Broken(e.to_string()))?;
        self.judged(status, &bytes)
    }

    /// The answer, or the failure that a status and a body tell.
    fn judged(&self, status: u16, bytes: &[u8]) -> Result<Value, FailedAttempt> {
        let parsed = serde_json::from_slice(bytes);
        if (200..300).contains(&status) {
            return match parsed {
                Ok(answer) => Ok(answer),
                Err(_) if bytes.is_empty() => Ok(Value::Null),
                Err(e) => Err(FailedAttempt::Broken(format!("an answer that is not JSON ({e})"))),
            };
        }
        let (kind, reason) = told(&parsed.unwrap_or_default(), bytes);
        let blocked = kind == "cluster_block_exception" && reason.contains("read-only");
        let error = Error::Refused {
            address: self.address.to_string(),
            status,
            kind,
            reason: shortened(&reason),
        };
        match status {
            429 | 502 | 503 | 504 if !blocked => Err(FailedAttempt::Busy(error)),
            _ => Err(FailedAttempt::Final(error)),
        }
    }
}

/// The failure that an error of the connection is.
fn failure(error: ureq::Error) -> FailedAttempt {
    use std::io::ErrorKind;
    let reason = error.to_string();
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            FailedAttempt::NotSent(reason)
        }
        ureq::Error::Io(e) if e.kind() == ErrorKind::ConnectionRefused => {
            FailedAttempt::NotSent(reason)
        }
        _ => FailedAttempt::Broken(reason),
    }
}

/// The kind and the reason of a refusal, as an answer tells them.
fn told(answer: &Value, bytes: &[u8]) -> (String, String) {
    let error = &answer["error"];
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    if let Some(reason) = error.as_str() {
        return (String::new(), reason.to_owned());
    }
    if error.is_null() {
        let text = String::from_utf8_lossy(bytes);
        let told = if text.trim().is_empty() { "no reason is given" } else { text.trim() };
        return (String::new(), told.to_owned());
    }
    let (kind, mut reason) = (text(error, "type"), text(error, "reason"));
    let deeper = [&error["root_cause"][0], &error["failed_shards"][0]["reason"]];
    for cause in deeper.into_iter().chain([&error["caused_by"]]) {
        let further = text(cause, "reason");
        if !further.is_empty() && !reason.contains(&further) {
            reason = format!("{reason}: {further}");
        }
    }
    (kind, reason)
}

/// The beginning of a reason, without what a terminal takes for commands.
fn shortened(reason: &str) -> String {
    let plain = reason.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LONGEST_REASON).collect()
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
