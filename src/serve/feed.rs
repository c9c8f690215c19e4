//! The answers to readers of feeds and browsers' search boxes: `/feed.atom`, `/opensearch.xml`.

use super::held::Held;
use super::parameters::{FILTERS, QUESTION};
use super::problem::HttpProblem;
use crate::Index;
use crate::clipping::atom;
use crate::engine::Order;
use crate::search::Request;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use std::sync::Arc;

/// The path of the feed.
pub const FEED: &str = "/feed.atom";
/// Entries of a feed.
const ENTRIES: usize = 50;

/// `/feed.atom`: the texts of an answer that came last into the index, an entry each.
pub async fn feed(
    State(held): State<Arc<Held>>,
    Extension(index): Extension<Arc<Index>>,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, HttpProblem> {
    let text = query.unwrap_or_default();
    let parameters = held.read(&text, &[&QUESTION, &FILTERS])?;
    // What is said by somebody and what mentions them are two feeds.
    let parts = parameters.pairs().iter().map(|(name, value)| match name.as_str() {
        "q" => value.clone(),
        name => format!("{name}={value}"),
    });
    let name = parts.collect::<Vec<_>>().join(" ");
    let text = held
        .search(move |stop| {
            let (request, _) = parameters.until(stop).request()?;
            let request = Request { limit: ENTRIES, order: Order::Seen, ..request };
            let answer = index.search(&request)?;
            Ok(atom(&name, &answer.hits, jiff::Timestamp::now(), Some("/a/")))
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], text))
}

/// `/opensearch.xml`: how a browser asks the server from its own box.
pub async fn opensearch(headers: HeaderMap) -> impl IntoResponse {
    // The guard lets only names of this machine through, which need no escaping.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
         <ShortName>剪报</ShortName>\n<Description>Search a news archive</Description>\n\
         <InputEncoding>UTF-8</InputEncoding>\n\
         <Url type=\"text/html\" template=\"http://{host}/?q={{searchTerms}}\"/>\n\
         <Url type=\"application/atom+xml\" \
         template=\"http://{host}/feed.atom?q={{searchTerms}}\"/>\n\
         </OpenSearchDescription>\n"
    );
    ([(header::CONTENT_TYPE, "application/opensearchdescription+xml; charset=utf-8")], text)
}
