//! A conversation with an agent over a stream of messages: several requests run at one time,
//! answers go out in the order in which they are ready, and a request that the agent cancels stops
//! and is not answered (Model Context Protocol 2025-11-25, "Cancellation"). Where messages come
//! from and answers go to is left to the [`Respondent`].

use super::rpc::{Incoming, RpcRequest};
use crate::engine::Stop;
use crate::error::Result;
use crossbeam_channel::{Receiver, TrySendError};
use serde_json::Value;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Requests that wait for those that run; more are refused.
const MOST_WAITING: usize = 64;

/// The code of a request that is refused since too many wait: one that JSON-RPC 2.0 leaves to
/// servers.
const BUSY: i32 = -32_000;

/// The side of a conversation that answers. It is called from several threads at one time.
pub trait Respondent: Sync {
    /// Answers a request. The work gives up soon after `stop` is requested.
    fn answer(&self, request: &RpcRequest, stop: &Stop) -> Value;

    /// Sends an answer.
    ///
    /// # Errors
    /// A stream that takes no more; it ends the conversation.
    fn send(&self, answer: &Value) -> Result<()>;
}

/// A request that is not answered yet.
#[derive(Debug, Default)]
struct Pending {
    stop: Stop,
    is_cancelled: bool,
}

/// The state of a conversation.
struct Conversation<'a, R> {
    respondent: &'a R,
    /// The requests that wait or run, by id.
    pending: Mutex<HashMap<String, Pending>>,
    /// The first failure of sending.
    failure: Mutex<Result<()>>,
}

/// Answers messages until there are no more, then waits for the requests that run. Up to `at_once`
/// requests to the index run at one time; others are answered between two messages.
///
/// # Errors
/// A message that cannot be read, an answer that cannot be sent.
pub fn converse(
    messages: impl Iterator<Item = Result<String>>,
    at_once: usize,
    respondent: &impl Respondent,
) -> Result<()> {
    let conversation =
        Conversation { respondent, pending: Mutex::default(), failure: Mutex::new(Ok(())) };
    let (sender, waiting) = crossbeam_channel::bounded::<RpcRequest>(MOST_WAITING);
    let read = std::thread::scope(|scope| {
        for _ in 0..at_once.max(1) {
            let (waiting, conversation) = (waiting.clone(), &conversation);
            scope.spawn(move || conversation.work(&waiting));
        }
        let begin = |request| match sender.try_send(request) {
            Ok(()) => None,
            Err(TrySendError::Full(request) | TrySendError::Disconnected(request)) => Some(request),
        };
        let read =
            messages.map(|message| conversation.take(&message?, &begin)).find(Result::is_err);
        drop(sender);
        if read.is_some() {
            conversation.give_up();
        }
        read.unwrap_or(Ok(()))
    });
    let failure = conversation.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    read.and(failure)
}

impl<R: Respondent> Conversation<'_, R> {
    /// Takes a message. `begin` hands a request to the threads that work, or back where too many
    /// wait.
    ///
    /// # Errors
    /// An earlier answer that could not be sent.
    fn take(&self, message: &str, begin: &impl Fn(RpcRequest) -> Option<RpcRequest>) -> Result<()> {
        match Incoming::read(message) {
            Incoming::Silent => {}
            Incoming::Malformed(answer) => self.send(&answer),
            Incoming::Cancelled(id) => self.cancel(&id),
            Incoming::Request(request) if !request.asks_index() => {
                self.send(&self.answered(&request, &Stop::default()));
            }
            Incoming::Request(request) => self.queue(request, begin),
        }
        std::mem::replace(&mut *lock(&self.failure), Ok(()))
    }

    /// Queues a request, or refuses it.
    fn queue(&self, request: RpcRequest, begin: &impl Fn(RpcRequest) -> Option<RpcRequest>) {
        let id = request.id().to_string();
        if lock(&self.pending).contains_key(&id) {
            let text = format!("the id {id} is that of a request that is not answered yet");
            return self.send(&request.refused(-32_600, &text));
        }
        lock(&self.pending).insert(id.clone(), Pending::default());
        if let Some(request) = begin(request) {
            lock(&self.pending).remove(&id);
            let text = format!("{MOST_WAITING} requests wait already; ask again when one is done");
            self.send(&request.refused(BUSY, &text));
        }
    }

    /// Stops a request, which is not answered any more. One that is unknown or answered is let go.
    fn cancel(&self, id: &Value) {
        if let Some(pending) = lock(&self.pending).get_mut(&id.to_string()) {
            pending.is_cancelled = true;
            pending.stop.request();
        }
    }

    /// Stops every request: nobody reads answers any more.
    fn give_up(&self) {
        for pending in lock(&self.pending).values_mut() {
            pending.is_cancelled = true;
            pending.stop.request();
        }
    }

    /// Runs requests one after the other, as long as there are any.
    fn work(&self, waiting: &Receiver<RpcRequest>) {
        for request in waiting {
            let id = request.id().to_string();
            let stop = lock(&self.pending).get(&id).map(|pending| pending.stop.clone());
            let answer =
                stop.filter(|stop| !stop.requested()).map(|stop| self.answered(&request, &stop));
            let pending = lock(&self.pending).remove(&id);
            let is_wanted = pending.is_some_and(|pending| !pending.is_cancelled);
            if let Some(answer) = answer.filter(|_| is_wanted) {
                self.send(&answer);
            }
        }
    }

    /// The answer to a request; a defect of the program is told in its place.
    fn answered(&self, request: &RpcRequest, stop: &Stop) -> Value {
        let answer = catch_unwind(AssertUnwindSafe(|| self.respondent.answer(request, stop)));
        let failed = "the program failed at this request; run `jianbao doctor` on the index";
        answer.unwrap_or_else(|_| request.refused(-32_603, failed))
    }

    /// Sends an answer; a failure is kept until the next message.
    fn send(&self, answer: &Value) {
        if let Err(error) = self.respondent.send(answer) {
            let mut failure = lock(&self.failure);
            if failure.is_ok() {
                *failure = Err(error);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::mpsc::{Sender, channel};
    use std::time::{Duration, Instant};

    /// The limit of a test that would wait for ever.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// Answers at once, but for the tool `slow`, which goes on until it is stopped, and `broken`.
    struct Trial {
        begun: Mutex<Sender<Value>>,
        sent: Mutex<Sender<Value>>,
    }

    impl Respondent for Trial {
        fn answer(&self, request: &RpcRequest, stop: &Stop) -> Value {
            let _ = lock(&self.begun).send(request.id().clone());
            let begun = Instant::now();
            let message = request.refused(0, "done");
            match request.tool() {
                Some("slow") => {
                    while !stop.requested() && begun.elapsed() < PATIENCE {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                }
                Some("broken") => panic!("broken"),
                _ => {}
            }
            message
        }

        fn send(&self, answer: &Value) -> Result<()> {
            let _ = lock(&self.sent).send(answer.clone());
            Ok(())
        }
    }

    fn call(id: u32, tool: &str) -> String {
        let params = json!({ "name": tool });
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string()
    }

    fn cancel(id: u32) -> String {
        let params = json!({ "requestId": id, "reason": "no longer of use" });
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })
            .to_string()
    }

    /// Holds a conversation; `talk` gets what sends a message, what is begun and what is sent.
    /// Returns what is sent after it.
    fn hold(
        at_once: usize,
        talk: impl FnOnce(&dyn Fn(String), &dyn Fn() -> Value, &dyn Fn() -> Value) + Send,
    ) -> Vec<Value> {
        let (say, messages) = channel::<String>();
        let ((begun, begins), (sent, answers)) = (channel(), channel());
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let trial = Trial { begun: Mutex::new(begun), sent: Mutex::new(sent) };
                converse(messages.into_iter().map(Ok), at_once, &trial).unwrap();
            });
            let next = |from: &std::sync::mpsc::Receiver<Value>| from.recv_timeout(PATIENCE);
            talk(&|message| say.send(message).unwrap(), &|| next(&begins).unwrap(), &|| {
                next(&answers).unwrap()
            });
            drop(say);
            answers.into_iter().collect()
        })
    }

    #[test]
    fn a_cancelled_request_stops_and_is_not_answered() {
        let begun = Instant::now();
        let rest = hold(2, |say, begins, answers| {
            say(call(1, "slow"));
            assert_eq!(begins(), 1);
            // Others are answered while it runs.
            say(json!({ "jsonrpc": "2.0", "id": "p", "method": "ping" }).to_string());
            assert_eq!(answers()["id"], "p");
            say(call(2, "quick"));
            assert_eq!(answers()["id"], 2);
            say(cancel(1));
            say(cancel(1));
            say(cancel(77));
            say(call(3, "quick"));
            assert_eq!(answers()["id"], 3);
        });
        assert!(rest.is_empty() && begun.elapsed() < PATIENCE, "{rest:?}");
    }

    #[test]
    fn a_request_that_is_cancelled_while_it_waits_never_begins() {
        let rest = hold(1, |say, begins, answers| {
            say(call(1, "slow"));
            assert_eq!(begins(), 1);
            for message in [call(2, "quick"), cancel(2), call(3, "quick"), cancel(1)] {
                say(message);
            }
            assert_eq!((begins(), answers()["id"].clone()), (json!(3), json!(3)));
        });
        assert!(rest.is_empty(), "{rest:?}");
    }

    #[test]
    fn too_many_requests_and_an_id_in_use_are_refused() {
        let count = u32::try_from(MOST_WAITING).unwrap();
        let rest = hold(1, |say, begins, answers| {
            say(call(0, "slow"));
            assert_eq!(begins(), 0);
            say(call(0, "quick"));
            assert_eq!(answers()["error"]["code"], -32_600);
            (1..=count).for_each(|id| say(call(id, "quick")));
            say(call(99, "quick"));
            let refused = answers();
            assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!(99), &json!(BUSY)));
            say(cancel(0));
        });
        let ids: Vec<u64> = rest.iter().map(|answer| answer["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, (1..=u64::from(count)).collect::<Vec<_>>());
    }

    #[test]
    fn a_defect_at_one_request_leaves_the_others_answered() {
        let rest = hold(1, |say, _, _| {
            say(call(1, "broken"));
            say(call(2, "quick"));
        });
        assert_eq!(rest[0]["error"]["code"], -32_603);
        assert_eq!(rest[1]["id"], 2);
    }
}
