//! The pages for people: rendered on the server, every state an address, no script needed.
//!
//! front.rs is the page with the box (filters.rs its filters), article.rs an article and its
//! copies, speaker.rs a speaker, clips.rs the basket that basket.rs keeps in a cookie, login.rs the
//! way in; passage_view.rs and timeline.rs are what they show, link.rs the addresses, language.rs
//! the two languages. The templates beside them escape whatever they show.

mod article;
mod basket;
mod clips;
mod concordance;
mod empty;
mod evidence;
mod filters;
mod front;
mod language;
mod link;
mod login;
mod passage_view;
mod speaker;
mod timeline;

use super::api::{self, NameInPath, unnamed};
use super::asked;
use super::feed::FEED;
use super::held::Held;
use super::parameters::{Parameter, Parameters};
use super::problem::HttpProblem;
use super::topic_names::TopicNames;
use crate::Index;
use crate::passage::Passage;
use askama::Template;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use basket::CookieBasket;
use link::Link;
use std::sync::Arc;

pub use basket::cookie_of;
pub use language::Language;

/// The style of every page.
const STYLE: &str = include_str!("page/style.css");
/// Keys and the span drawn on the timeline; pages do without.
const SCRIPT: &str = include_str!("page/script.js");

/// A request for a page.
struct Visit {
    index: Arc<Index>,
    /// The name in the path; empty where it has none.
    name: String,
    path: String,
    parameters: Parameters,
    language: Language,
    basket: CookieBasket,
    /// True if a page may tell where files are.
    paths: bool,
    topic_names: Arc<TopicNames>,
}

impl Visit {
    /// The same page in the other language.
    fn in_other_language(&self, here: &Link) -> String {
        here.set("lang", self.language.say("en", "zh")).text()
    }

    /// The name of a value of a filter or facet, in the language of the page where it is a topic.
    fn value_name<'a>(&'a self, filter: &str, value: &'a str) -> &'a str {
        let is_topic = matches!(filter, "topic" | "not_topic");
        match self.language {
            Language::Chinese if is_topic => self.topic_names.name(value),
            _ => value,
        }
    }

    /// The passages of the article whose key is the name in the path.
    fn article(&self) -> Result<Vec<Passage>, HttpProblem> {
        let absent = || HttpProblem::absent("there is no such article");
        asked::article(&self.index, &self.name, absent)
    }
}

/// A kind of page.
#[derive(Clone, Copy)]
struct Page {
    path: &'static str,
    kind: &'static str,
    known: &'static [&'static [Parameter]],
    make: fn(&Visit) -> Result<String, HttpProblem>,
}

const HTML: &str = "text/html; charset=utf-8";

const PAGES: [Page; 8] = [
    Page { path: "/", kind: HTML, known: front::KNOWN, make: front::front },
    Page { path: "/a/{key}", kind: HTML, known: &[&article::ARTICLE], make: article::article },
    Page {
        path: "/a/{key}/reprints",
        kind: HTML,
        known: &[&article::ARTICLE],
        make: article::reprints,
    },
    Page {
        path: "/a/{key}/cite.ris",
        kind: "application/x-research-info-systems; charset=utf-8",
        known: &[],
        make: article::as_ris,
    },
    Page {
        path: "/a/{key}/cite.bib",
        kind: "application/x-bibtex; charset=utf-8",
        known: &[],
        make: article::as_bibtex,
    },
    Page { path: "/s/{name}", kind: HTML, known: speaker::KNOWN, make: speaker::speaker },
    Page { path: "/clips", kind: HTML, known: &[&clips::CLIPS], make: clips::clips },
    Page { path: "/help", kind: HTML, known: &[&speaker::SPEAKER], make: help },
];

/// The routes of the pages.
pub fn routes() -> Router<Arc<Held>> {
    let mut routes = Router::new();
    for page in PAGES {
        let named = move |held, index, uri, name, query, headers| {
            visit(page, (held, index, uri), name, query, headers)
        };
        let plain = move |held, index, uri, query, headers| {
            visit(page, (held, index, uri), unnamed(), query, headers)
        };
        let handler = if page.path.contains('{') { get(named) } else { get(plain) };
        routes = routes.route(page.path, handler);
    }
    routes.route("/clips/document", get(clips::document))
}

/// The routes of forms that change something: the basket, and who the browser's user is.
pub fn forms() -> Router<Arc<Held>> {
    Router::new()
        .route("/clips", post(clips::change))
        .route("/login", get(login::form).post(login::enter))
}

/// The routes of what pages are made with.
pub fn assets() -> Router<Arc<Held>> {
    let asset = |kind: &'static str, text: &'static str| {
        get(move || async move {
            let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")];
            (headers, text)
        })
    };
    Router::new()
        .route("/style.css", asset("text/css; charset=utf-8", STYLE))
        .route("/script.js", asset("text/javascript; charset=utf-8", SCRIPT))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
}

/// The parameters of every page.
type VisitParts = (State<Arc<Held>>, Extension<Arc<Index>>, Uri);

/// Makes a page, or the page that says why not.
async fn visit(
    page: Page,
    (State(held), Extension(index), uri): VisitParts,
    name: NameInPath,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let text = query.unwrap_or_default();
    let language = Language::of(&text, &headers);
    let read = name.map_err(HttpProblem::from);
    let read = read.and_then(|Path(name)| Ok((name, held.read(&text, page.known)?)));
    let made = match read {
        Ok((name, parameters)) => {
            let path = uri.path().to_owned();
            let (basket, paths) = (CookieBasket::read(&headers), held.shows_paths());
            let topic_names = held.topic_names();
            let visit =
                Visit { index, name, path, parameters, language, basket, paths, topic_names };
            held.search(move |stop| {
                let parameters = visit.parameters.clone().until(stop);
                (page.make)(&Visit { parameters, ..visit })
            })
            .await
        }
        Err(problem) => Err(problem),
    };
    match made {
        Ok(text) => ([(header::CONTENT_TYPE, page.kind)], text).into_response(),
        Err(problem) => told(problem, language),
    }
}

/// The answer to a request that finds no index: a page for people, a record for programs.
pub fn refused(problem: HttpProblem, request: &Request) -> Response {
    let path = request.uri().path();
    if path.starts_with(api::BASE) || path == FEED {
        return problem.into_response();
    }
    let text = request.uri().query().unwrap_or_default();
    told(problem, Language::of(text, request.headers()))
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    l: Language,
    other: String,
    clips: usize,
    status: u16,
    detail: String,
    hint: String,
}

/// The answer where there is no such address: a page for people, a problem for programs.
pub async fn missing(headers: HeaderMap) -> Response {
    let problem = HttpProblem::absent("there is no such page");
    let accepted = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    if accepted.is_some_and(|kinds| kinds.contains("text/html")) {
        told(problem, Language::of("", &headers))
    } else {
        problem.into_response()
    }
}

/// The page that says why there is none.
fn told(problem: HttpProblem, l: Language) -> Response {
    let page = ProblemPage {
        l,
        other: "/".to_owned(),
        clips: 0,
        status: problem.status.as_u16(),
        detail: crate::text::harmless(&problem.detail).into_owned(),
        hint: crate::text::harmless(&problem.hint).into_owned(),
    };
    let status = problem.status;
    let Ok(text) = page.render() else { return problem.into_response() };
    let mut response = (status, [(header::CONTENT_TYPE, HTML)], text).into_response();
    if let Some(after) = problem.into_response().headers_mut().remove(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, after);
    }
    response
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    l: Language,
    other: String,
    clips: usize,
}

fn help(visit: &Visit) -> Result<String, HttpProblem> {
    let other = visit.in_other_language(&Link::new("/help", &[]));
    rendered(&HelpPage { l: visit.language, other, clips: visit.basket.len() })
}

/// A page as text.
fn rendered(page: &impl Template) -> Result<String, HttpProblem> {
    page.render().map_err(|_| HttpProblem::failed())
}
