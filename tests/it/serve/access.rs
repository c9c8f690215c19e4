//! A server that others reach: its token, its names, and what it does not tell.

use super::{Reply, get_with, held_for, key, post_form, request, sample, send};
use crate::sample::index;
use axum::Router;
use axum::http::StatusCode;
use jianbao::serve::{Access, ServerLimits, router};

const TOKEN: &str = "0123456789abcdef";
const HOST: (&str, &str) = ("host", "news.example");

fn guarded() -> Router {
    let hosts = ["news.example".to_owned()];
    let access = Access::new("10.0.0.1".parse().unwrap(), &hosts, Some(TOKEN)).unwrap();
    router(held_for(index(), ServerLimits::default(), access))
}

/// The answer to somebody who has the token.
fn ask(routes: &Router, address: &str) -> Reply {
    let bearer = format!("Bearer {TOKEN}");
    get_with(routes, address, &[HOST, ("authorization", &bearer)])
}

#[test]
fn nothing_but_the_way_in_is_answered_without_the_token() {
    let routes = guarded();
    for address in ["/", "/api/v1/search", "/openapi.json", "/metrics", "/clips", "/nothing"] {
        let status = |headers: &[(&str, &str)]| get_with(&routes, address, headers).status;
        assert_eq!(status(&[HOST]), StatusCode::UNAUTHORIZED, "{address}");
        for wrong in ["Bearer 0123456789abcdeg", "Bearer", "Basic 0123456789abcdef", "Bearer x"] {
            let status = status(&[HOST, ("authorization", wrong)]);
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{address} {wrong}");
        }
        let cookie = format!("jianbao={TOKEN}");
        let by_cookie = status(&[HOST, ("cookie", &cookie)]);
        assert_eq!(by_cookie, StatusCode::UNAUTHORIZED, "the token is no pass: {address}");
        let led = get_with(&routes, address, &[HOST, ("accept", "text/html")]);
        assert_eq!((led.status, led.header("location")), (StatusCode::SEE_OTHER, "/login"));
        let localhost = status(&[("host", "localhost"), ("authorization", "Bearer x")]);
        assert_eq!(localhost, StatusCode::MISDIRECTED_REQUEST);
    }
    for address in ["/healthz", "/readyz", "/login", "/style.css", "/script.js"] {
        assert_eq!(get_with(&routes, address, &[HOST]).status, StatusCode::OK, "{address}");
    }
    assert_eq!(ask(&routes, "/api/v1/search").status, StatusCode::OK);
}

#[test]
fn the_token_earns_a_cookie_that_opens_every_page() {
    let routes = guarded();
    let https = ("origin", "https://news.example");
    let enter = |token: &str| post_form(&routes, "/login", &[("token", token)], &[HOST, https]);
    let refused = enter("0123456789abcdeg");
    assert_eq!((refused.status, refused.header("set-cookie")), (StatusCode::UNAUTHORIZED, ""));
    let entered = enter(TOKEN);
    assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = entered.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(TOKEN), "{cookie}");
    let pass = ("cookie", cookie.split(';').next().unwrap());
    assert_eq!(get_with(&routes, "/?q=临江", &[HOST, pass]).status, StatusCode::OK);
    let foreign = ("origin", "https://evil.example");
    let forged = post_form(&routes, "/clips", &[("action", "clear")], &[HOST, pass, foreign]);
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[test]
fn a_server_that_others_reach_tells_no_path_of_its_machine() {
    let (own, key) = (sample(), key(&sample(), "北堤"));
    let routes = guarded();
    let clip = format!("clips={key}-a-01234567");
    let addresses = [
        "/api/v1/search?q=北堤&limit=20".to_owned(),
        format!("/api/v1/articles/{key}"),
        "/api/v1/articles/".to_owned() + &key + "/reprints",
        "/api/v1/stats".to_owned(),
        "/api/v1/export".to_owned(),
        "/api/v1/export?format=csv".to_owned(),
        "/api/v1/export?format=ris".to_owned(),
        "/api/v1/export?format=bib".to_owned(),
        "/api/v1/verify?quote=北堤".to_owned(),
        "/feed.atom?q=北堤".to_owned(),
        format!("/a/{key}"),
        format!("/a/{key}/cite.ris"),
        format!("/a/{key}/cite.bib"),
        "/?q=北堤&view=kwic".to_owned(),
        "/clips".to_owned(),
        "/clips/document?format=md".to_owned(),
        "/clips/document?format=html".to_owned(),
        "/clips/document?format=csv".to_owned(),
        "/clips/document?format=jsonl".to_owned(),
    ];
    let bearer = format!("Bearer {TOKEN}");
    let folder = index().to_str().unwrap();
    let tells = |text: &str| text.contains("data/archive") || text.contains(folder);
    for address in &addresses {
        let headers = [HOST, ("authorization", bearer.as_str()), ("cookie", clip.as_str())];
        let reply = get_with(&routes, address, &headers);
        assert_eq!(reply.status, StatusCode::OK, "{address}: {}", reply.text);
        assert!(!tells(&reply.text), "{address}: {}", reply.text);
    }
    // The same addresses tell paths where only this machine is answered.
    let told = addresses
        .iter()
        .filter(|address| tells(&get_with(&own, address, &[("cookie", clip.as_str())]).text));
    assert!(told.count() > 12);
    for address in ["/api/v1/search?path=data", "/?not_path=data", "/feed.atom?path=data"] {
        assert_eq!(ask(&routes, address).status, StatusCode::BAD_REQUEST, "{address}");
    }
}

#[test]
fn a_server_beyond_this_machine_needs_both_a_token_and_a_name() {
    let start = |more: &[&str]| {
        let mut command = crate::sample::jianbao();
        command.args(["serve", "--port", "0", "--listen", "0.0.0.0", "--index"]).arg(index());
        let output = command.args(more).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let folder = tempfile::tempdir().unwrap();
    let (good, short) = (folder.path().join("good"), folder.path().join("short"));
    std::fs::write(&good, format!("{TOKEN}\n")).unwrap();
    std::fs::write(&short, "geheim\n").unwrap();
    let path = |file: &std::path::Path| file.to_str().unwrap().to_owned();
    for more in [
        vec![],
        vec!["--host".to_owned(), "news.example".to_owned()],
        vec!["--token-file".to_owned(), path(&good)],
        vec!["--host".to_owned(), "a".to_owned(), "--token-file".to_owned(), path(&short)],
    ] {
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        let (code, told) = start(&more);
        assert!(code == 2 && told.contains("token"), "{more:?}: {told}");
    }
}

#[test]
fn a_form_is_only_taken_from_the_servers_own_pages() {
    let routes = sample();
    for headers in [
        vec![("origin", "http://evil.example")],
        vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
        vec![("sec-fetch-site", "same-site")],
    ] {
        let reply = post_form(&routes, "/clips", &[("action", "clear")], &headers);
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let long = "a".repeat(70 << 10);
    let reply = post_form(&routes, "/clips", &[("records", &long)], &[]);
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    let reply = super::on_runtime(send(&routes, request("/login", &[])));
    assert_eq!(reply.status, StatusCode::OK);
}
