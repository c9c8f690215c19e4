//! The server: its routes, its refusals, its limits.

mod access;
mod agent;
mod client;
mod clips;
mod export;
mod feed;
mod gone;
mod pages;
mod socket;

use crate::sample::{index, jianbao};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use jianbao::definition::Definition;
use jianbao::serve::{Access, Held, RequestLog, ServerLimits, Service, router};
use serde_json::Value;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

/// The status, the headers by name, and the text of an answer.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
    bytes: Vec<u8>,
}

impl Reply {
    fn json(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn held(folder: &Path, limits: ServerLimits) -> Arc<Held> {
    held_for(folder, limits, Access::local())
}

fn held_for(folder: &Path, limits: ServerLimits, access: Access) -> Arc<Held> {
    let service = Service {
        place: folder.into(),
        definition: Definition::embedded(),
        index_from: "--index".to_owned(),
        address: ([127, 0, 0, 1], 0).into(),
        access,
        limits,
        log: RequestLog::Off,
    };
    Arc::new(Held::open(service).unwrap())
}

fn sample() -> Router {
    router(held(index(), ServerLimits::default()))
}

fn on_runtime<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work)
}

async fn send(routes: &Router, request: Request<Body>) -> Reply {
    let response = routes.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&body).into_owned();
    Reply { status, headers, text, bytes: body.to_vec() }
}

fn request(address: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let path: String = address
        .chars()
        .map(|c| match c {
            c if c.is_ascii() && !" <>\"'".contains(c) => c.to_string(),
            c => c.to_string().bytes().map(|b| format!("%{b:02X}")).collect(),
        })
        .collect();
    let mut request = Request::get(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:7070");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

fn get(routes: &Router, address: &str) -> Reply {
    on_runtime(send(routes, request(address, &[])))
}

fn get_with(routes: &Router, address: &str, headers: &[(&str, &str)]) -> Reply {
    on_runtime(send(routes, request(address, headers)))
}

/// The key of the first hit for some words.
fn key(routes: &Router, words: &str) -> String {
    let found = get(routes, &format!("/api/v1/search?q={words}")).json();
    found["hits"][0]["article"]["key"].as_str().unwrap().to_owned()
}

#[test]
fn a_search_gives_totals_hits_and_a_text_cut_at_its_marks() {
    let routes = sample();
    let found = get(&routes, "/api/v1/search?q=北堤&facets=month,speaker&limit=2").json();
    assert!(found["articles"].as_u64().unwrap() > 0);
    let hit = &found["hits"][0];
    let segments = hit["segments"].as_array().unwrap();
    let whole: String = segments.iter().map(|s| s["text"].as_str().unwrap()).collect();
    assert_eq!(whole, hit["passage"]["text"].as_str().unwrap());
    assert!(segments.iter().any(|s| s["marked"] == true && s["text"] == "北堤"), "{segments:?}");
    assert!(found["facets"]["month"].is_array());
}

#[test]
fn pages_follow_each_other_by_cursor_and_a_foreign_cursor_is_refused() {
    let routes = sample();
    let all = get(&routes, "/api/v1/search?limit=4").json();
    let first = get(&routes, "/api/v1/search?limit=2").json();
    let cursor = first["next"].as_str().unwrap();
    let second = get(&routes, &format!("/api/v1/search?limit=2&cursor={cursor}")).json();
    let keys = |answer: &Value| -> Vec<String> {
        let hits = answer["hits"].as_array().unwrap().iter();
        hits.map(|hit| hit["article"]["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!([keys(&first), keys(&second)].concat(), keys(&all));
    let other = get(&routes, &format!("/api/v1/search?q=堤&cursor={cursor}"));
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    let parts: Vec<&str> = cursor.split('-').collect();
    let gone = format!("2-0123456789abcdef-{}", parts[2]);
    let gone = get(&routes, &format!("/api/v1/search?limit=2&cursor={gone}"));
    assert_eq!(gone.status, StatusCode::GONE);
}

#[test]
fn every_address_of_the_description_answers_and_knows_no_other_parameter() {
    let routes = sample();
    let key = key(&routes, "北堤");
    let described = get(&routes, "/openapi.json").json();
    let mut count = 0;
    for (path, _) in described["paths"].as_object().unwrap() {
        let path = path.replace("{key}", &key).replace("{name}", "魏长河");
        let need = if path.ends_with("verify") { "quote=北堤" } else { "" };
        let reply = get(&routes, &format!("{path}?{need}"));
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        assert!(!reply.header("x-request-id").is_empty());
        let reply = get(&routes, &format!("{path}?{need}&speakr=x"));
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem: Value = serde_json::from_str(&reply.text).unwrap();
        assert!(problem["hint"].as_str().unwrap().starts_with("this address knows"), "{path}");
        count += 1;
    }
    assert_eq!(count, 11);
}

/// With `JIANBAO_RENEW=1` the file is written anew instead of compared.
#[test]
fn the_description_of_the_api_changes_only_on_purpose() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/openapi.json");
    let text = get(&sample(), "/openapi.json").text + "\n";
    if std::env::var_os("JIANBAO_RENEW").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_client_that_has_the_answer_of_the_commit_is_told_so() {
    let routes = sample();
    let first = get(&routes, "/api/v1/search?q=堤");
    let tag = first.header("etag");
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = get_with(&routes, "/api/v1/search?q=堤", &[("if-none-match", tag)]);
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let other = get_with(&routes, "/api/v1/search?q=堤", &[("if-none-match", "W/\"x\"")]);
    assert_eq!(other.status, StatusCode::OK);
}

#[test]
fn an_export_has_every_hit_and_says_that_it_is_whole() {
    let routes = sample();
    let articles = get(&routes, "/api/v1/search?limit=0&reprints=shown").json()["articles"].clone();
    let reply = get(&routes, "/api/v1/export?reprints=shown");
    let lines: Vec<Value> =
        reply.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.last().unwrap()["end"], true);
    assert_eq!(lines.last().unwrap()["count"], articles);
    assert_eq!(lines.len() as u64 - 1, articles.as_u64().unwrap());
}

#[test]
fn a_long_article_comes_in_slices_that_make_it_up() {
    let routes = sample();
    let key = key(&routes, "北堤");
    let whole = get(&routes, &format!("/api/v1/articles/{key}")).json();
    let (mut start, mut body) = (0, String::new());
    loop {
        let address = format!("/api/v1/articles/{key}?start={start}&length=50");
        let slice = get(&routes, &address).json();
        body.push_str(slice["body"].as_str().unwrap());
        match slice["next_start"].as_u64() {
            Some(next) => start = next,
            None => break,
        }
    }
    assert_eq!(body, whole["body"].as_str().unwrap());
    assert_eq!(get(&routes, "/api/v1/articles/2aaaaaaaaaaaa").status, StatusCode::NOT_FOUND);
    assert_eq!(get(&routes, "/api/v1/articles/../../etc").status, StatusCode::NOT_FOUND);
}

#[test]
fn other_hosts_and_other_sites_are_refused_on_every_route() {
    let routes = sample();
    for address in ["/api/v1/search", "/healthz", "/nothing", "/openapi.json"] {
        let status = |headers: &[(&str, &str)]| get_with(&routes, address, headers).status;
        for host in ["evil.example", "localhost.evil.example:7070", ""] {
            assert_eq!(status(&[("host", host)]), StatusCode::MISDIRECTED_REQUEST, "{host}");
        }
        let two = [("host", "localhost"), ("host", "evil.example")];
        assert_eq!(status(&two), StatusCode::MISDIRECTED_REQUEST);
        for origin in ["http://evil.example", "null", "https://localhost:7070", "http://localhost"]
        {
            assert_eq!(status(&[("origin", origin)]), StatusCode::FORBIDDEN, "{origin}");
        }
        assert_ne!(status(&[("origin", "http://localhost:7070")]), StatusCode::FORBIDDEN);
        assert_eq!(status(&[("sec-fetch-site", "cross-site")]), StatusCode::FORBIDDEN);
        let image = [("sec-fetch-site", "same-site"), ("sec-fetch-dest", "image")];
        assert_eq!(status(&image), StatusCode::FORBIDDEN);
    }
}

#[test]
fn searches_beyond_the_queue_are_refused_and_told_to_come_again() {
    let limits = ServerLimits { searches: 1, queue: 0, ..ServerLimits::default() };
    let held = held(index(), limits);
    on_runtime(async {
        let (begun, wait) = std::sync::mpsc::channel::<()>();
        let (start, started) = std::sync::mpsc::channel::<()>();
        let first = Arc::clone(&held);
        let first = tokio::spawn(async move {
            first
                .search(move |_| {
                    start.send(()).unwrap();
                    wait.recv().unwrap();
                    Ok(1)
                })
                .await
        });
        while started.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        let routes = router(Arc::clone(&held));
        let reply = send(&routes, request("/api/v1/search?q=堤", &[])).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reply.header("retry-after"), "1");
        assert_eq!(send(&routes, request("/healthz", &[])).await.status, StatusCode::OK);
        begun.send(()).unwrap();
        assert_eq!(first.await.unwrap().unwrap(), 1);
        let reply = send(&routes, request("/api/v1/search?q=堤", &[])).await;
        assert_eq!(reply.status, StatusCode::OK);
    });
}

/// An index of one article, in a folder of its own.
fn index_of(folder: &Path, article: &str) -> PathBuf {
    index_of_file(folder, "a.json", article)
}

/// An index of a file with this name and text, in a folder of its own.
fn index_of_file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let (archive, built) = (folder.join("archive"), folder.join("index"));
    fs::create_dir_all(&archive).unwrap();
    fs::write(archive.join(name), text).unwrap();
    jianbao()
        .arg("index")
        .arg(&archive)
        .arg("--quiet")
        .arg("--index")
        .arg(&built)
        .assert()
        .success();
    built
}

#[test]
fn a_new_commit_is_answered_from() {
    let folder = tempfile::tempdir().unwrap();
    let built = index_of(folder.path(), r#"{"title": "甲", "content": "河水涨了一米。"}"#);
    let held = held(&built, ServerLimits::default());
    let routes = router(Arc::clone(&held));
    let count = || get(&routes, "/api/v1/search?limit=0").json()["articles"].clone();
    assert_eq!((count(), held.renew().unwrap()), (1.into(), false));
    fs::write(folder.path().join("archive/b.txt"), "乙\n\n河水退了。\n").unwrap();
    index_of(folder.path(), r#"{"title": "甲", "content": "河水涨了一米。"}"#);
    assert_eq!((held.renew().unwrap(), count()), (true, 2.into()));
}

#[test]
fn a_quotation_is_verified_against_what_somebody_says() {
    let folder = tempfile::tempdir().unwrap();
    let text = "站长林秋实表示：“今年的水位比去年同期低了两米，渡口可以照常开放。”船工在岸边修船。";
    let article = serde_json::json!({ "title": "渡口", "content": text }).to_string();
    let routes = sample_of(&index_of(folder.path(), &article));
    let verdict = |query: &str| -> String {
        let found = get(&routes, &format!("/api/v1/verify?{query}")).json();
        assert!(found["note"].as_str().unwrap().contains("not the same as never said"));
        found["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("quote=渡口可以照常开放&speaker=林秋实"), "verbatim");
    assert_eq!(verdict("quote=渡口可以照常开放"), "verbatim");
    assert_eq!(verdict("quote=渡口可以照常开放&speaker=王建国"), "other_speaker");
    assert_eq!(verdict("quote=船工在岸边修船"), "not_speech");
    let near = "quote=今年的水位比去年同期高了两米，渡口可以照常开放&speaker=林秋实";
    assert_eq!(verdict(near), "near");
    assert_eq!(verdict("quote=股价跌破发行价"), "not_found");
}

fn sample_of(folder: &Path) -> Router {
    router(held(folder, ServerLimits::default()))
}

/// A form sent as a browser sends it.
fn post_form(
    routes: &Router,
    address: &str,
    fields: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Reply {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let mut request = request(address, headers);
    *request.method_mut() = axum::http::Method::POST;
    *request.body_mut() = Body::from(body.finish());
    on_runtime(send(routes, request))
}

#[test]
fn a_search_that_nobody_waits_for_any_more_is_asked_to_stop() {
    let limits = ServerLimits { request_time: Duration::from_millis(50), ..Default::default() };
    let held = held(index(), limits.clone());
    on_runtime(async {
        let waiting = held.search(|stop| {
            while !stop.requested() {
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(())
        });
        assert!(tokio::time::timeout(limits.request_time, waiting).await.is_err());
        let begun = Instant::now();
        while held.running() > 0 {
            assert!(begun.elapsed() < Duration::from_secs(5), "it still runs");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
}

#[test]
fn a_search_that_was_given_up_ends_before_it_has_read_anything() {
    let index = jianbao::Index::open(index()).unwrap();
    let request = jianbao::search::Request::default();
    assert!(index.search(&request).is_ok());
    request.stop.request();
    let given_up = index.search(&request).map(|answer| answer.articles);
    assert!(matches!(given_up, Err(jianbao::error::Error::GivenUp)), "{given_up:?}");
}

#[test]
fn what_is_excluded_and_what_is_asked_for_make_up_everything() {
    let routes = sample();
    let count = |query: &str| -> u64 {
        let found = get(&routes, &format!("/api/v1/search?limit=0&reprints=shown{query}")).json();
        found["articles"].as_u64().unwrap()
    };
    let all = count("");
    for (name, value) in [
        ("speaker", "段洪亮"),
        ("mentions", "临江"),
        ("topic", "sport"),
        ("source", "日报"),
        ("author", "马跃"),
        ("title", "临江"),
        ("path", "体育/*"),
    ] {
        let (with, without) =
            (count(&format!("&{name}={value}")), count(&format!("&not_{name}={value}")));
        assert!(with > 0 && without > 0, "{name}: {with} {without}");
        assert_eq!(with + without, all, "{name}");
    }
    let one = count("&not_speaker=段洪亮");
    assert!(count("&not_speaker=段洪亮&not_speaker=韩立群") < one);
    assert_eq!(count("&speaker=段洪亮&not_speaker=段洪亮"), 0);
    let together = count("&speaker=段洪亮&beside=白羽");
    assert!(together > 0 && together < count("&speaker=段洪亮"));
    assert_eq!(together, count("&speaker=白羽&beside=段洪亮"));
    assert_eq!(count("&beside=白羽&beside=段洪亮"), together);
}

#[test]
fn answers_are_packed_for_clients_that_take_it() {
    let routes = sample();
    for address in ["/api/v1/search?limit=20", "/?q=临江", "/api/v1/export", "/style.css"] {
        let plain = get(&routes, address);
        assert_eq!(plain.header("content-encoding"), "", "{address}");
        let packed = get_with(&routes, address, &[("accept-encoding", "br, gzip")]);
        assert_eq!(packed.header("content-encoding"), "gzip", "{address}");
        assert!(packed.bytes.len() < plain.bytes.len(), "{address}");
        let mut text = String::new();
        flate2::read::GzDecoder::new(&packed.bytes[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text, "{address}");
        let vary: Vec<_> = packed.headers.get_all("vary").iter().collect();
        assert!(vary.iter().any(|v| *v == "accept-encoding"), "{address}: {vary:?}");
    }
    let refused = get_with(&routes, "/?q=临江", &[("accept-encoding", "gzip;q=0")]);
    assert_eq!(refused.header("content-encoding"), "");
}

/// The lines that were told of requests.
static TOLD: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());

#[test]
fn what_was_asked_is_told_only_where_it_is_asked_for() {
    let told = |log: RequestLog| {
        let service = Service {
            place: index().into(),
            definition: Definition::embedded(),
            index_from: "--index".to_owned(),
            address: ([127, 0, 0, 1], 0).into(),
            access: Access::local(),
            limits: ServerLimits::default(),
            log,
        };
        let routes = router(Arc::new(Held::open(service).unwrap()));
        for address in ["/api/v1/search?q=北堤", "/s/魏长河", "/none/秘密"] {
            get_with(&routes, address, &[("x-request-id", "own-1")]);
        }
        std::mem::take(&mut *TOLD.lock().unwrap())
    };
    let write = |line: &str| TOLD.lock().unwrap().push(line.to_owned());
    assert!(told(RequestLog::Off).is_empty());
    let lines = told(RequestLog::Routes(write));
    for (line, what) in lines.iter().zip([
        "Z GET /api/v1/search 200 ",
        "Z GET /s/{name} 200 ",
        "Z GET (no route) 404 ",
    ]) {
        assert!(line.contains(what) && line.ends_with(" ms own-1"), "{line}");
    }
    assert!(!lines.concat().contains('%'), "{lines:?}");
    assert!(told(RequestLog::Addresses(write))[0].contains("?q=%E5%8C%97%E5%A0%A4 200 "));
}
