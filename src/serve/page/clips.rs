//! The basket: `/clips`, its documents, and the forms that change it.

use super::basket::{CookieBasket, KeptClipping, digest};
use super::language::Language;
use super::link::Link;
use super::passage_view::{PassageView, facts, title_of};
use super::{Visit, rendered};
use crate::Index;
use crate::clipping::{self, Clipping, citation};
use crate::date::chinese_time;
use crate::passage::{self, Passage};
use crate::search;
use crate::serve::asked;
use crate::serve::held::Held;
use crate::serve::parameters::{Parameter, ValueKind};
use crate::serve::problem::HttpProblem;
use askama::Template;
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The values of the page.
pub const CLIPS: [Parameter; 2] = [
    Parameter { name: "lang", form: ValueKind::OneOf(&["zh", "en"]), about: "Language" },
    Parameter { name: "unread", form: ValueKind::Number(1 << 20), about: "Lines not read" },
];

/// The values of a document.
const DOCUMENT: [Parameter; 1] = [Parameter {
    name: "format",
    form: ValueKind::OneOf(&["md", "html", "docx", "ris", "bib", "csv", "jsonl"]),
    about: "The form",
}];

/// Columns of the words of a clipping that are shown.
const COLUMNS: usize = 2_000;
/// The media type of a document of Word.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

#[derive(Template)]
#[template(path = "clips.html")]
struct ClipsPage {
    l: Language,
    other: String,
    clips: usize,
    unread: usize,
    rows: Vec<ClipView>,
}

/// A clipping as the index has its place now.
struct ClipView {
    name: String,
    key: String,
    /// None where the index has it no more.
    found: Option<FoundView>,
    /// True if other words stand there than were cut out.
    changed: bool,
}

struct FoundView {
    title: String,
    facts: String,
    passage: PassageView,
    citation: String,
}

/// The words of a clipping as the index has them now, in the passages that they are of.
fn passages(index: &Index, kept: &KeptClipping) -> Result<Vec<Passage>, HttpProblem> {
    let absent = || HttpProblem::absent("there is no such article");
    let mut found = match asked::article(index, &kept.key.to_string(), absent) {
        Err(problem) if problem.status == StatusCode::NOT_FOUND => Vec::new(),
        found => found?,
    };
    found.retain(|passage| kept.ordinal.is_none_or(|ordinal| ordinal == passage.ordinal));
    Ok(found)
}

fn clipping(passages: &[Passage], kept: &KeptClipping) -> Option<Clipping> {
    let day = chinese_time(jiff::Timestamp::now()).date();
    match kept.ordinal {
        Some(_) => passages.first().map(|passage| Clipping::of_passage(passage, day)),
        None => Clipping::of_article(passages, day),
    }
}

/// Makes the page of the basket.
pub fn clips(visit: &Visit) -> Result<String, HttpProblem> {
    let l = visit.language;
    let mut rows = Vec::new();
    for kept in &visit.basket.0 {
        let found = passages(&visit.index, kept)?;
        let cut = clipping(&found, kept);
        let view = |first: &Passage| FoundView {
            title: title_of(first, l),
            facts: facts(&first.article, l),
            passage: PassageView::new(first, &[], Some(COLUMNS), l),
            citation: cut.as_ref().map(citation).unwrap_or_default(),
        };
        rows.push(ClipView {
            name: kept.name(),
            key: kept.key.to_string(),
            changed: !found.is_empty() && digest(&passage::body(&found)) != kept.digest,
            found: found.first().map(view),
        });
    }
    let here = Link::new("/clips", visit.parameters.pairs());
    rendered(&ClipsPage {
        l,
        other: visit.in_other_language(&here),
        clips: visit.basket.len(),
        unread: visit.parameters.number("unread").unwrap_or(0),
        rows,
    })
}

/// `/clips/document`: the basket in a form for other programs.
pub async fn document(
    State(held): State<Arc<Held>>,
    Extension(index): Extension<Arc<Index>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let parameters = held.read(query.as_deref().unwrap_or_default(), &[&DOCUMENT])?;
    let (basket, paths) = (CookieBasket::read(&headers), held.shows_paths());
    let form = parameters.get("format").unwrap_or("md").to_owned();
    let made = held.search(move |stop| {
        let mut cut: Vec<Clipping> = Vec::new();
        for kept in &basket.0 {
            stop.check()?;
            let Some(own) = clipping(&passages(&index, kept)?, kept) else { continue };
            let (first, copies) = search::printings(index.snapshot(), kept.key)?;
            let own = own.with_copies(first.as_deref(), copies);
            cut.push(own.told_with_place(paths));
        }
        in_form(&form, &cut)
    });
    let (kind, ending, bytes) = made.await?;
    let name = format!("attachment; filename=\"clippings.{ending}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// Clippings in a form: its media type, the ending of its name, and its bytes.
fn in_form(
    form: &str,
    cut: &[Clipping],
) -> Result<(&'static str, &'static str, Vec<u8>), HttpProblem> {
    Ok(match form {
        "html" => ("text/html; charset=utf-8", "html", clipping::html(cut).into_bytes()),
        "docx" => (DOCX, "docx", clipping::docx(cut)?),
        "ris" => ("application/x-research-info-systems", "ris", clipping::ris(cut).into_bytes()),
        "bib" => ("application/x-bibtex", "bib", clipping::bibtex(cut).into_bytes()),
        "csv" => ("text/csv; charset=utf-8", "csv", clipping::csv(cut).into_bytes()),
        "jsonl" => {
            let lines: Result<Vec<String>, _> = cut.iter().map(serde_json::to_string).collect();
            let lines = lines.map_err(|_| HttpProblem::failed())?.join("\n") + "\n";
            ("application/jsonl; charset=utf-8", "jsonl", lines.into_bytes())
        }
        _ => ("text/markdown; charset=utf-8", "md", clipping::markdown(cut).into_bytes()),
    })
}

/// A form that changes the basket, and the way back to where it stood.
pub async fn change(
    State(held): State<Arc<Held>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpProblem> {
    let fields = fields(&held, body).await?;
    let mut basket = CookieBasket::read(&headers);
    let value = |name: &str| {
        fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    };
    let mut back = back(value("back"));
    match value("action") {
        "read" => {
            let unread = basket.add_records(value("records"));
            if unread > 0 {
                back = format!("/clips?unread={unread}");
            }
        }
        action => basket.change(action, value("clip")),
    }
    let mut response = StatusCode::SEE_OTHER.into_response();
    for (name, value) in [(header::LOCATION, back), (header::SET_COOKIE, basket.cookie())] {
        let wrong = |_| HttpProblem::wrong("`back` is no address", "send the form of the page");
        response.headers_mut().insert(name, HeaderValue::from_str(&value).map_err(wrong)?);
    }
    Ok(response)
}

/// The fields of a form.
///
/// # Errors
/// A body that is too long.
pub async fn fields(held: &Held, body: Body) -> Result<Vec<(String, String)>, HttpProblem> {
    let most = held.service().limits.body_bytes;
    let bytes = to_bytes(body, most).await.map_err(|_| HttpProblem::too_long(most))?;
    Ok(form_urlencoded::parse(&bytes).into_owned().collect())
}

/// An address of the server's own to go back to; anything else is the basket.
fn back(typed: &str) -> String {
    let own = typed.starts_with('/') && !typed.starts_with("//") && !typed.contains('\\');
    if own { typed.to_owned() } else { "/clips".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_no_other_site() {
        assert_eq!(back("/?q=%E5%A0%A4#h2"), "/?q=%E5%A0%A4#h2");
        for other in ["//evil.example", "https://evil.example", "/\\evil.example", "", "a"] {
            assert_eq!(back(other), "/clips", "{other}");
        }
    }
}
