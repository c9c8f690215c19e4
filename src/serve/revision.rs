//! The commit that a request is answered from, and the tag of that commit: a client that has the
//! answer already is told so before anything is searched. A language that an address asks for is
//! kept in a cookie, here, since a client that is told so gets it too.

use super::held::Held;
use super::page::{self, Language};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Gives a request the open commit, and its answer the commit's tag. Where no commit is open, the
/// request is refused.
pub async fn revision(State(held): State<Arc<Held>>, mut request: Request, next: Next) -> Response {
    let index = match held.index() {
        Ok(index) => index,
        Err(problem) => return page::refused(problem, &request),
    };
    let commit = index.snapshot().commit();
    let query = request.uri().query().unwrap_or_default();
    let (typed, language) = (Language::typed(query), Language::of(query, request.headers()));
    // A page shows what is in the basket too, in the language of the browser.
    let basket = match page::cookie_of(request.headers()) {
        "" => String::new(),
        cookie => format!("-{}", &blake3::hash(cookie.as_bytes()).to_hex()[..8]),
    };
    let (version, code) = (env!("CARGO_PKG_VERSION"), language.code());
    let tag = format!("W/\"{commit}-{version}-{code}{basket}\"");
    let known = request.headers().get_all(header::IF_NONE_MATCH).iter().any(|tags| {
        tags.to_str().is_ok_and(|tags| tags.split(',').any(|known| known.trim() == tag))
    });
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = if known && is_read {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        request.extensions_mut().insert(index);
        next.run(request).await
    };
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
            .headers_mut()
            .insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
        if let Some(cookie) = typed.and_then(|l| HeaderValue::from_str(&l.cookie()).ok()) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}
