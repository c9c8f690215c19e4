//! Every route.

use super::api;
use super::feed::{FEED, feed, opensearch};
use super::guard::guard;
use super::held::Held;
use super::openapi::openapi;
use super::page;
use super::problem::HttpProblem;
use super::revision::revision;
use super::rpc;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The routes of a server, with everything that stands before them.
pub fn router(held: Arc<Held>) -> Router {
    let of_a_commit = Router::new()
        .merge(api::routes())
        .merge(page::routes())
        .route(FEED, get(feed))
        .layer(middleware::from_fn_with_state(Arc::clone(&held), revision));
    Router::new()
        .merge(of_a_commit)
        .merge(page::assets())
        .merge(page::forms())
        .route("/mcp", post(agent))
        .route("/opensearch.xml", get(opensearch))
        .route("/openapi.json", get(|| async { described() }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(page::missing)
        .method_not_allowed_fallback(|| async {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            HttpProblem::new(
                status,
                "this address is not asked that way",
                "use GET, and POST for /mcp",
            )
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&held), guard))
        .with_state(held)
}

/// Says that searches are answered: there is an open commit, and the queue has room.
async fn ready(State(held): State<Arc<Held>>) -> Response {
    if held.waiting() >= held.service().limits.queue.max(1) {
        return HttpProblem::busy().into_response();
    }
    match held.index() {
        Ok(index) => format!("ready {}\n", index.snapshot().commit()).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// `/mcp`: one message of an agent, one answer; no session is kept.
async fn agent(State(held): State<Arc<Held>>, body: Body) -> Result<Response, HttpProblem> {
    let most = held.service().limits.body_bytes;
    let bytes = to_bytes(body, most).await.map_err(|_| HttpProblem::too_long(most))?;
    let index = held.index();
    let message = String::from_utf8_lossy(&bytes).into_owned();
    let answer = held.search(move |stop| Ok(rpc::answer(index.as_deref(), &message, stop))).await?;
    Ok(match answer {
        Some(answer) => {
            ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
        }
        None => StatusCode::ACCEPTED.into_response(),
    })
}

/// The description of the API.
fn described() -> impl IntoResponse {
    let text = serde_json::to_string_pretty(&openapi()).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// The counts in the text format of Prometheus.
async fn metrics(State(held): State<Arc<Held>>) -> impl IntoResponse {
    let counts = &held.counts;
    let mut text = String::new();
    let mut line = |kind: &str, name: &str, about: &str, number: u64| {
        // Writing into a string does not fail.
        let _ = write!(
            text,
            "# HELP jianbao_{name} {about}\n# TYPE jianbao_{name} {kind}\njianbao_{name} {number}\n"
        );
    };
    let load = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    for (class, count) in (2..).zip(&counts.by_status) {
        line("counter", &format!("answers_{class}xx_total"), "Answers by status.", load(count));
    }
    line("counter", "searches_total", "Searches that ran.", load(&counts.searches));
    line("counter", "refused_total", "Searches refused.", load(&counts.refused));
    line("counter", "commits_total", "Commits opened later.", load(&counts.commits));
    line("counter", "failed_looks_total", "Looks that failed.", load(&counts.failed_looks));
    line("gauge", "searches_running", "Searches that run.", held.running() as u64);
    line("gauge", "searches_waiting", "Searches that wait.", held.waiting() as u64);
    let index = held.index().ok();
    line("gauge", "index_open", "1 while a commit is open.", u64::from(index.is_some()));
    let passages = index.map_or(0, |index| index.snapshot().engine().statistics().passages);
    line("gauge", "passages", "Passages of the open commit.", passages);
    let mut headers = HeaderMap::new();
    if let Ok(kind) = "text/plain; version=0.0.4; charset=utf-8".parse() {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    (headers, text)
}
