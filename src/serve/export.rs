//! Every hit of an answer as lines of JSON, from one commit. The last line says that nothing is
//! missing: `{"end":true,"count":n}`. A client that does not see it has a part.

use super::answers::HitReply;
use super::held::Held;
use super::parameters::{FILTERS, Parameters, QUESTION};
use super::problem::HttpProblem;
use crate::Index;
use crate::search::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;

/// Hits that are read at a time.
const AT_A_TIME: usize = 500;

/// The lines of an export, some hits at a time.
type ExportLines = Sender<Result<String, Infallible>>;

/// `/export`
pub async fn export(
    State(held): State<Arc<Held>>,
    Extension(index): Extension<Arc<Index>>,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpProblem> {
    let text = query.unwrap_or_default();
    let (request, _) = Parameters::read(&text, &[&QUESTION, &FILTERS])?.request()?;
    let (sender, receiver) = channel(1);
    // The first part is awaited, so that a refusal is told as one.
    let first = part(&held, &index, &request, 0).await?;
    tokio::spawn(send(held, index, request, first, sender));
    let body = Body::from_stream(ReceiverStream::new(receiver));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// Sends part after part, as fast as the client reads; between two parts nothing is held but the
/// commit.
async fn send(
    held: Arc<Held>,
    index: Arc<Index>,
    request: Request,
    first: (String, usize),
    sender: ExportLines,
) {
    let (mut lines, mut count) = first;
    let mut last = count;
    loop {
        let at_end = last < AT_A_TIME;
        if at_end {
            lines.push_str(&format!("{{\"end\":true,\"count\":{count}}}\n"));
        }
        if sender.send(Ok(lines)).await.is_err() || at_end {
            return;
        }
        match part(&held, &index, &request, count).await {
            Ok((more, found)) => (lines, last) = (more, found),
            Err(problem) => {
                let told = serde_json::json!({ "end": false, "error": problem.detail });
                let _ = sender.send(Ok(format!("{told}\n"))).await;
                return;
            }
        }
        count += last;
    }
}

/// The lines of the hits after the first `offset`, and their number.
async fn part(
    held: &Held,
    index: &Arc<Index>,
    request: &Request,
    offset: usize,
) -> Result<(String, usize), HttpProblem> {
    let request = Request { limit: AT_A_TIME, offset, facets: Vec::new(), ..request.clone() };
    let index = Arc::clone(index);
    held.search(move || {
        let answer = index.search(&request)?;
        let mut lines = String::new();
        for hit in &answer.hits {
            let line =
                serde_json::to_string(&HitReply::new(hit)).map_err(|_| HttpProblem::failed())?;
            lines.push_str(&line);
            lines.push('\n');
        }
        Ok((lines, answer.hits.len()))
    })
    .await
}
