//! The way in where a token is asked for: `/login`, a form, and the cookie that it earns.

use super::clips::fields;
use super::language::Language;
use super::rendered;
use crate::serve::access;
use crate::serve::held::Held;
use crate::serve::problem::HttpProblem;
use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    l: Language,
    other: String,
    clips: usize,
    wrong: bool,
}

/// The form.
pub async fn form(RawQuery(query): RawQuery, headers: HeaderMap) -> Result<Response, HttpProblem> {
    page(&query.unwrap_or_default(), &headers, false)
}

fn page(query: &str, headers: &HeaderMap, wrong: bool) -> Result<Response, HttpProblem> {
    let l = Language::of(query, headers);
    let text = rendered(&LoginPage {
        l,
        other: l.say("/login?lang=en", "/login?lang=zh").to_owned(),
        clips: 0,
        wrong,
    })?;
    let status = if wrong { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    Ok((status, [(header::CONTENT_TYPE, super::HTML)], text).into_response())
}

/// Takes the token, and gives the cookie.
pub async fn enter(
    State(held): State<Arc<Held>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpProblem> {
    let fields = fields(&held, body).await?;
    let token = fields.iter().find(|(name, _)| name == "token").map_or("", |(_, value)| value);
    let access = &held.service().access;
    let Some(pass) = access.pass().filter(|_| access.admits_token(token.trim())) else {
        return page("", &headers, true);
    };
    // A browser that came by TLS, through a proxy, sends the cookie by nothing else.
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let secure = origin.is_some_and(|origin| origin.starts_with("https://"));
    let name = access::COOKIE;
    let cookie = format!(
        "{name}={pass}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict{}",
        if secure { "; Secure" } else { "" }
    );
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| HttpProblem::failed())?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}
