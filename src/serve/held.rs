//! The index that is served: one commit at a time, replaced when a new one is there, and the gate
//! that lets only so many searches in.

use super::Service;
use super::parameters::{Parameter, Parameters};
use super::problem::{HttpProblem, PathPolicy};
use super::topic_names::TopicNames;
use crate::Index;
use crate::engine::Stop;
use crate::error::Result;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The time between two looks for a new commit.
const LOOK: Duration = Duration::from_secs(1);

/// An index held open for requests.
pub struct Held {
    service: Service,
    /// The open commit, or why there is none any more.
    index: RwLock<Result<Arc<Index>, HttpProblem>>,
    gate: Arc<Semaphore>,
    waiting: AtomicUsize,
    topic_names: Arc<TopicNames>,
    /// The counts that `/metrics` shows.
    pub counts: RequestCounts,
}

/// Numbers of requests since the start.
#[derive(Debug, Default)]
pub struct RequestCounts {
    /// Requests by the hundred of their status: 2xx, 3xx, 4xx, 5xx.
    pub by_status: [AtomicU64; 4],
    /// Searches that ran.
    pub searches: AtomicU64,
    /// Searches that were refused, since too many waited.
    pub refused: AtomicU64,
    /// Commits that were opened after the first.
    pub commits: AtomicU64,
    /// Looks for a new commit that failed.
    pub failed_looks: AtomicU64,
}

/// Takes a waiting search off the count, also where its request is given up.
struct Waits<'a>(&'a AtomicUsize);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Asks a search to stop when nobody waits for it any more.
struct Awaited(Option<Stop>);

impl Drop for Awaited {
    fn drop(&mut self) {
        if let Some(stop) = &self.0 {
            stop.request();
        }
    }
}

impl Held {
    /// Opens the index of a service.
    ///
    /// # Errors
    /// Those of [`Index::open`].
    pub fn open(service: Service) -> Result<Held> {
        let index = Index::open_under(&service.place, service.definition.clone())?;
        let topic_names = Arc::new(TopicNames::new(&service.definition)?);
        Ok(Held {
            topic_names,
            index: RwLock::new(Ok(Arc::new(index))),
            gate: Arc::new(Semaphore::new(service.limits.searches.max(1))),
            waiting: AtomicUsize::new(0),
            counts: RequestCounts::default(),
            service,
        })
    }

    /// The index served.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// The names of topics for a reader.
    pub fn topic_names(&self) -> Arc<TopicNames> {
        Arc::clone(&self.topic_names)
    }

    /// Reads the parameters of an address. Beyond this machine nobody may ask by the paths of its
    /// files.
    ///
    /// # Errors
    /// A problem where a parameter is unknown or malformed, or asks by a path.
    pub fn read(&self, text: &str, known: &[&[Parameter]]) -> Result<Parameters, HttpProblem> {
        let read = Parameters::read(text, known)?;
        let by_path = ["path", "not_path"].iter().any(|name| read.get(name).is_some());
        if by_path && !self.shows_paths() {
            let hint = "ask by outlet, author, title or date";
            return Err(HttpProblem::wrong("this server tells no paths", hint));
        }
        Ok(read)
    }

    /// True if answers may tell where files are: nobody but this machine is answered.
    pub fn shows_paths(&self) -> bool {
        !self.service.access.is_guarded()
    }

    /// The commit that is open now.
    ///
    /// # Errors
    /// A problem (503) where the index is gone or cannot be opened any more.
    pub fn index(&self) -> Result<Arc<Index>, HttpProblem> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Searches that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Searches that run.
    pub fn running(&self) -> usize {
        self.service.limits.searches.max(1) - self.gate.available_permits()
    }

    /// Opens the last commit if it is another than the open one. True if it was. A commit of an
    /// index that is gone is closed.
    ///
    /// # Errors
    /// Those of [`Index::open`]; requests are refused until a later look succeeds.
    pub fn renew(&self) -> Result<bool> {
        let service = &self.service;
        let renewed = match self.index() {
            Ok(index) => index.renewed(),
            Err(_) => Index::open_under(&service.place, service.definition.clone()).map(Some),
        };
        let (next, looked) = match renewed {
            Ok(None) => return Ok(false),
            Ok(Some(index)) => (Ok(Arc::new(index)), Ok(true)),
            Err(error) => (Err(HttpProblem::unavailable(&error, self.path_policy())), Err(error)),
        };
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = next;
        if looked.is_ok() {
            self.counts.commits.fetch_add(1, Ordering::Relaxed);
        }
        looked
    }

    fn path_policy(&self) -> PathPolicy {
        if self.shows_paths() { PathPolicy::Told } else { PathPolicy::Hidden }
    }

    /// Does some work of searching on a thread for it, once there is room. The work is asked to
    /// stop where nobody waits for it any more: its time is over, or its client has gone.
    ///
    /// # Errors
    /// A problem where too many searches wait, or the work fails.
    pub async fn search<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Stop) -> Result<T, HttpProblem> + Send + 'static,
    ) -> Result<T, HttpProblem> {
        let stop = Stop::default();
        let mut awaited = Awaited(Some(stop.clone()));
        let permit = match Arc::clone(&self.gate).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let before = self.waiting.fetch_add(1, Ordering::Relaxed);
                let _waits = Waits(&self.waiting);
                if before >= self.service.limits.queue {
                    self.counts.refused.fetch_add(1, Ordering::Relaxed);
                    return Err(HttpProblem::busy());
                }
                let gate = Arc::clone(&self.gate);
                gate.acquire_owned().await.map_err(|_| HttpProblem::busy())?
            }
        };
        self.counts.searches.fetch_add(1, Ordering::Relaxed);
        // The permit goes with the work, which may go on for a step where its request is given up.
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&stop);
            drop(permit);
            done
        });
        let done = done.await;
        awaited.0 = None;
        done.unwrap_or_else(|_| Err(HttpProblem::failed()))
    }
}

/// Looks for a new commit again and again.
pub async fn follow(held: Arc<Held>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let looking = Arc::clone(&held);
        let looked = tokio::task::spawn_blocking(move || looking.renew()).await;
        if !matches!(looked, Ok(Ok(_))) {
            held.counts.failed_looks.fetch_add(1, Ordering::Relaxed);
        }
    }
}
