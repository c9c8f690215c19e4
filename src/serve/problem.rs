//! A request that is not answered: RFC 9457, with a hint at what to do.

use crate::error::Error;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why a request is not answered.
#[derive(Debug, Clone)]
pub struct HttpProblem {
    /// The status.
    pub status: StatusCode,
    /// The fault.
    pub detail: String,
    /// The next step.
    pub hint: String,
}

/// The policy on paths of the machine in a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathPolicy {
    /// Paths are told: nobody but this machine asks.
    Told,
    /// Paths are left out.
    Hidden,
}

/// The body of a problem.
#[derive(Serialize)]
struct ProblemRecord<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    hint: &'a str,
}

impl HttpProblem {
    /// A problem with a status of its own.
    pub fn new(
        status: StatusCode,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) -> HttpProblem {
        HttpProblem { status, detail: detail.into(), hint: hint.into() }
    }

    /// A request that makes no sense.
    pub fn wrong(detail: impl Into<String>, hint: impl Into<String>) -> HttpProblem {
        HttpProblem::new(StatusCode::BAD_REQUEST, detail, hint)
    }

    /// Something that is not there.
    pub fn absent(detail: impl Into<String>) -> HttpProblem {
        HttpProblem::new(StatusCode::NOT_FOUND, detail, "search for it at /api/v1/search")
    }

    /// Too many searches wait.
    pub fn busy() -> HttpProblem {
        let detail = "too many searches wait already";
        HttpProblem::new(StatusCode::SERVICE_UNAVAILABLE, detail, "ask again in a second")
    }

    /// The request took too long.
    pub fn late() -> HttpProblem {
        let detail = "the answer took too long";
        HttpProblem::new(StatusCode::SERVICE_UNAVAILABLE, detail, "ask for fewer words or hits")
    }

    /// A body that is longer than is read.
    pub fn too_long(most: usize) -> HttpProblem {
        let hint = format!("send at most {most} bytes");
        HttpProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long", hint)
    }

    /// A request without the token that the server asks for.
    pub fn unknown() -> HttpProblem {
        let hint = "send `Authorization: Bearer TOKEN`, or log in at /login";
        HttpProblem::new(StatusCode::UNAUTHORIZED, "the server asks for its token", hint)
    }

    /// An index that is gone, or that cannot be opened any more. Where `paths` are not told, the
    /// detail names no file.
    pub fn unavailable(error: &Error, paths: PathPolicy) -> HttpProblem {
        let hint = match error {
            Error::NoIndex(_) | Error::ForeignFolder(_) => {
                "build it again with `jianbao index PATH...`; it is answered from once it is there"
            }
            Error::Outdated { .. } => "build it anew with `jianbao index --rebuild`",
            _ => "run `jianbao doctor` on the index",
        };
        let detail = match paths {
            PathPolicy::Told => error.to_string(),
            PathPolicy::Hidden => "the index cannot be opened".to_owned(),
        };
        HttpProblem::new(StatusCode::SERVICE_UNAVAILABLE, detail, hint)
    }

    /// A defect of the server.
    pub fn failed() -> HttpProblem {
        let detail = "the server failed at this request";
        HttpProblem::new(StatusCode::INTERNAL_SERVER_ERROR, detail, "look at what the server says")
    }
}

impl From<Error> for HttpProblem {
    fn from(error: Error) -> HttpProblem {
        let (status, hint) = match &error {
            Error::GivenUp => return HttpProblem::late(),
            Error::NoArticle(_) => {
                (StatusCode::NOT_FOUND, "keys are in the answers of /api/v1/search")
            }
            Error::Usage(_) | Error::Setting { .. } => {
                (StatusCode::BAD_REQUEST, "/help explains the query and its filters")
            }
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "run `jianbao doctor` on the index"),
        };
        HttpProblem::new(status, error.to_string(), hint)
    }
}

impl From<PathRejection> for HttpProblem {
    fn from(_: PathRejection) -> HttpProblem {
        HttpProblem::wrong("the name in the address is no UTF-8", "encode it as UTF-8")
    }
}

impl IntoResponse for HttpProblem {
    fn into_response(self) -> Response {
        let record = ProblemRecord {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("problem"),
            status: self.status.as_u16(),
            detail: &self.detail,
            hint: &self.hint,
        };
        let body = serde_json::to_string(&record).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
