//! The checks before every route: names of the host, foreign pages, sizes, time, and the headers
//! that every answer has.

use super::held::Held;
use super::problem::HttpProblem;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The names by which the server may be called. Any other name is one that a foreign site had
/// resolved to this machine.
const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Pages take nothing from elsewhere, run no script but the server's own, and are put into no
/// frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every answer.
const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// Lets a request through, or refuses it.
pub async fn guard(State(held): State<Arc<Held>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request_id(request.headers());
    let limits = &held.service().limits;
    let mut response = match refusal(&request, limits.body_bytes) {
        Some(problem) => problem.into_response(),
        None => match tokio::time::timeout(limits.request_time, next.run(request)).await {
            Ok(response) => response,
            Err(_) => HttpProblem::late().into_response(),
        },
    };
    let class = usize::from(response.status().as_u16() / 100).clamp(2, 5) - 2;
    held.counts.by_status[class].fetch_add(1, Ordering::Relaxed);
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    let took = format!("app;dur={:.1}", begun.elapsed().as_secs_f64() * 1000.0);
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

/// Why a request is refused; `None` where it is not.
fn refusal(request: &Request, body_bytes: usize) -> Option<HttpProblem> {
    let headers = request.headers();
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str());
    // Two names, one good and one bad, are bad.
    let hosts = headers.get_all(header::HOST);
    let named = hosts.iter().map(|value| value.to_str().unwrap_or_default());
    let names: Vec<&str> = named.chain(request.uri().authority().map(|a| a.as_str())).collect();
    if names.is_empty() || !names.iter().all(|name| is_ours(name)) {
        let hint = "call the server localhost or 127.0.0.1";
        return Some(HttpProblem::new(StatusCode::MISDIRECTED_REQUEST, "unknown host", hint));
    }
    if let Some(origin) = text(header::ORIGIN) {
        let own = format!("http://{}", names[0]);
        if origin.ok() != Some(own.as_str()) {
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
        let hint = format!("send at most {body_bytes} bytes");
        return Some(HttpProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long", hint));
    }
    None
}

fn foreign() -> HttpProblem {
    let detail = "the request comes from another site";
    HttpProblem::new(StatusCode::FORBIDDEN, detail, "open the server's own page")
}

/// True if a host, with a port or without, is a name of the server.
fn is_ours(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host.as_str(),
    };
    HOSTS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_loopback_interface_are_ours() {
        for host in ["localhost", "127.0.0.1:7070", "[::1]:80", "[::1]", "LOCALHOST:1"] {
            assert!(is_ours(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "::1",
            "localhost:80:80",
            "localhost:99999",
            "user@localhost",
        ] {
            assert!(!is_ours(host), "{host}");
        }
    }
}
