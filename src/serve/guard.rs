//! The checks before every route: names of the host, foreign pages, the token, sizes, time; and
//! what every answer has: headers, and gzip where it is taken.

use super::Service;
use super::access::Access;
use super::held::Held;
use super::packing;
use super::problem::HttpProblem;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Paths that are answered without a token.
const OPEN: [&str; 6] =
    ["/healthz", "/readyz", "/login", "/style.css", "/script.js", "/favicon.ico"];

/// Pages take nothing from elsewhere, run no script but the server's own, and are put into no
/// frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every answer.
const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// Lets a request through, or refuses it.
pub async fn guard(State(held): State<Arc<Held>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request_id(request.headers());
    let service = held.service();
    let line = service.log.line(&request);
    let packs = packing::takes_gzip(request.headers()) && request.method() != Method::HEAD;
    let mut response = match refusal(&request, service) {
        Some(refused) => refused,
        None => match tokio::time::timeout(service.limits.request_time, next.run(request)).await {
            Ok(response) => response,
            Err(_) => HttpProblem::late().into_response(),
        },
    };
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR && !held.shows_paths() {
        // What failed may name a path of the machine.
        response = HttpProblem::failed().into_response();
    }
    if packs {
        response = packing::packed(response).await;
    }
    let class = usize::from(response.status().as_u16() / 100).clamp(2, 5) - 2;
    held.counts.by_status[class].fetch_add(1, Ordering::Relaxed);
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    let took = begun.elapsed();
    if let Some(line) = line {
        line.end(response.status(), took, &id);
    }
    let headers = response.headers_mut();
    let took = format!("app;dur={:.1}", took.as_secs_f64() * 1000.0);
    for (name, value) in [("server-timing", took), ("x-request-id", id)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// The id of a request: the client's own where it is short and plain, else a number.
fn request_id(headers: &HeaderMap) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let own = headers.get("x-request-id").and_then(|id| id.to_str().ok()).filter(plain);
    own.map_or_else(|| format!("r{}", NEXT.fetch_add(1, Ordering::Relaxed)), str::to_owned)
}

/// The answer to a request that is refused; `None` to one that is not.
fn refusal(request: &Request, service: &Service) -> Option<Response> {
    let refused = foreign_refusal(request, service).map(IntoResponse::into_response);
    refused.or_else(|| unknown_refusal(request, &service.access))
}

/// The answer to a request without the token, where one is asked for: people are led to the form.
fn unknown_refusal(request: &Request, access: &Access) -> Option<Response> {
    let headers = request.headers();
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION).and_then(|value| value.split_once(' '));
    let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let known = !access.is_guarded()
        || OPEN.contains(&request.uri().path())
        || bearer.is_some_and(|(_, token)| access.admits_token(token.trim()))
        || text(header::COOKIE).is_some_and(|cookie| access.admits_cookie(cookie));
    let reads_pages = text(header::ACCEPT).is_some_and(|kinds| kinds.contains("text/html"));
    if known {
        None
    } else if reads_pages && request.method() == Method::GET {
        Some((StatusCode::SEE_OTHER, [(header::LOCATION, "/login")]).into_response())
    } else {
        Some(HttpProblem::unknown().into_response())
    }
}

/// Why a request is refused that comes from elsewhere or is too large; `None` where it is not.
fn foreign_refusal(request: &Request, service: &Service) -> Option<HttpProblem> {
    let (access, body_bytes) = (&service.access, service.limits.body_bytes);
    let headers = request.headers();
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str());
    // Two names, one good and one bad, are bad.
    let hosts = headers.get_all(header::HOST);
    let named = hosts.iter().map(|value| value.to_str().unwrap_or_default());
    let names: Vec<&str> = named.chain(request.uri().authority().map(|a| a.as_str())).collect();
    if names.is_empty() || !names.iter().all(|name| access.answers_to(name)) {
        let hint = "call the server localhost, or by a name that it was started with";
        return Some(HttpProblem::new(StatusCode::MISDIRECTED_REQUEST, "unknown host", hint));
    }
    if let Some(origin) = text(header::ORIGIN) {
        // A proxy before a server that others reach speaks TLS for it.
        let schemes: &[&str] =
            if access.is_guarded() { &["http://", "https://"] } else { &["http://"] };
        let host = |origin: &str| schemes.iter().any(|s| origin.strip_prefix(s) == Some(names[0]));
        if !origin.is_ok_and(host) {
            return Some(foreign());
        }
    }
    let fetch = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    // A link on another page may lead here; nothing else on it may.
    let is_visit = fetch("sec-fetch-mode") == Some("navigate")
        && fetch("sec-fetch-dest") == Some("document")
        && request.method() == Method::GET;
    match fetch("sec-fetch-site") {
        None | Some("same-origin" | "none") => {}
        Some(_) if is_visit => {}
        Some(_) => return Some(foreign()),
    }
    let length = text(header::CONTENT_LENGTH).map(|length| length.ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length.is_none_or(|length| length > body_bytes)) {
        return Some(HttpProblem::too_long(body_bytes));
    }
    None
}

fn foreign() -> HttpProblem {
    let detail = "the request comes from another site";
    HttpProblem::new(StatusCode::FORBIDDEN, detail, "open the server's own page")
}
