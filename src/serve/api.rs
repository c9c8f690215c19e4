//! The API for programs, `/api/v1`: addresses in, records out. answers.rs makes the records.

use super::answers;
use super::asked::Asked;
use super::export::export;
use super::held::Held;
use super::parameters::{self as known, Parameter};
use super::problem::HttpProblem;
use crate::Index;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use std::sync::Arc;

/// The version of the API, before every address.
pub const BASE: &str = "/api/v1";

/// An address of the API that is answered by one record.
#[derive(Clone, Copy)]
pub struct Address {
    /// Its path after [`BASE`]; a part in braces is the name of something.
    pub path: &'static str,
    /// The answer, in a few words.
    pub about: &'static str,
    /// The parameters that it knows.
    pub known: &'static [&'static [Parameter]],
    /// Makes the record, as JSON.
    make: fn(&Asked) -> Result<String, HttpProblem>,
}

/// Every address that is answered by one record.
pub const ADDRESSES: [Address; 10] = [
    Address {
        path: "/search",
        about: "Passages that answer, a page of them, and counts of the whole answer",
        known: &[&known::QUESTION, &known::FILTERS, &known::PAGE, &known::OFFSETS],
        make: answers::search,
    },
    Address {
        path: "/articles/{key}",
        about: "An article with its quotes; a long body in slices",
        known: &[&known::SLICE, &known::OFFSETS],
        make: answers::article,
    },
    Address {
        path: "/articles/{key}/reprints",
        about: "The copies of an article's text, and what each changed",
        known: &[&known::COPIES],
        make: answers::reprints,
    },
    Address {
        path: "/speakers",
        about: "Who speaks, most quotes first",
        known: &[&known::PATTERN, &known::FILTERS, &known::LIST],
        make: answers::speakers,
    },
    Address {
        path: "/speakers/{name}",
        about: "One speaker: titles over time, namesakes, months, topics, who else is quoted",
        known: &[&known::FILTERS],
        make: answers::speaker,
    },
    Address {
        path: "/topics",
        about: "Articles and texts by topic and time",
        known: &[&known::PERIODS, &known::FILTERS],
        make: answers::topics,
    },
    Address {
        path: "/counts",
        about: "An answer counted by facets, the whole index beside it",
        known: &[&known::QUESTION, &known::FILTERS, &known::COUNTS],
        make: answers::counts,
    },
    Address { path: "/stats", about: "What the index holds", known: &[], make: answers::stats },
    Address {
        path: "/suggest",
        about: "What was perhaps meant: words, speakers, topics",
        known: &[&known::TYPED],
        make: answers::suggest,
    },
    Address {
        path: "/verify",
        about: "Whether a quotation is in the index, and who says it there",
        known: &[&known::QUOTATION],
        make: answers::verify,
    },
];

/// The routes of the API.
pub fn routes() -> Router<Arc<Held>> {
    let mut routes = Router::new();
    for address in ADDRESSES {
        let path = format!("{BASE}{}", address.path);
        let handler = if address.path.contains('{') {
            get(move |held, index, name, query| answer(address, held, index, name, query))
        } else {
            get(move |held, index, query| answer(address, held, index, unnamed(), query))
        };
        routes = routes.route(&path, handler);
    }
    routes.route(&format!("{BASE}/export"), get(export))
}

/// The name in the path of an address; an error where it is no UTF-8.
pub type NameInPath = Result<Path<String>, PathRejection>;

/// The name in a path that has none.
pub fn unnamed() -> NameInPath {
    Ok(Path(String::new()))
}

/// Answers a request to an address.
async fn answer(
    address: Address,
    State(held): State<Arc<Held>>,
    Extension(index): Extension<Arc<Index>>,
    name: NameInPath,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpProblem> {
    let Path(name) = name?;
    let parameters = held.read(query.as_deref().unwrap_or_default(), address.known)?;
    let (own, paths) = (Arc::clone(&held), held.shows_paths());
    let text = held.search(move |stop| {
        let parameters = parameters.until(stop);
        let text = (address.make)(&Asked { held: own, index, name, parameters })?;
        Ok(if paths { text } else { answers::without_paths(&text) })
    });
    let text = text.await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
