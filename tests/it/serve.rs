//! The server: its routes, its refusals, its limits.

mod agent;
mod pages;

use crate::sample::{index, jianbao};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use jianbao::definition::Definition;
use jianbao::serve::{Held, ServerLimits, Service, router};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

/// The status, the headers by name, and the text of an answer.
struct Reply {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
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
    let service = Service {
        folder: folder.to_owned(),
        definition: Definition::embedded(),
        index_from: "--index".to_owned(),
        port: 0,
        limits,
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
    Reply { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
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
                .search(move || {
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

/// A server in a process of its own.
struct Running {
    process: Child,
    port: u16,
}

impl Running {
    fn start(index: &Path, more: &[&str]) -> Running {
        // The path of the program and its surroundings are those of every test.
        let prepared = jianbao();
        let mut command = std::process::Command::new(prepared.get_program());
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("JIANBAO_INDEX");
        command.args(["serve", "--port", "0", "--index"]).arg(index).args(more);
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        while !line.contains("http://localhost:") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server ended");
        }
        let port = line.trim().rsplit_once(':').unwrap().1.parse().unwrap();
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Running { process, port }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// The answer of the server to these bytes until it closes the connection.
    fn raw(&self, text: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may close before everything is sent.
        let _ = stream.write_all(text);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn raw_sockets_meet_the_limits() {
    let server = Running::start(index(), &[]);
    let get =
        |headers: &str| format!("GET /healthz HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    assert!(server.raw(get("Host: localhost\r\n").as_bytes()).starts_with("HTTP/1.1 200"));
    assert!(server.raw(get("Host: evil.example\r\n").as_bytes()).starts_with("HTTP/1.1 421"));
    assert!(server.raw(get("").as_bytes()).starts_with("HTTP/1.1 421"));
    let long = format!("Host: localhost\r\nX-Long: {}\r\n", "a".repeat(20 << 10));
    assert!(server.raw(get(&long).as_bytes()).starts_with("HTTP/1.1 431"));
    let post = "POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n";
    assert!(server.raw(post.as_bytes()).starts_with("HTTP/1.1 413"));
    assert!(server.raw(b"\x16\x03\x01\x02\x00\x01").starts_with("HTTP/1.1 400"));
    // A header that never ends is given up; others are answered meanwhile.
    let begun = Instant::now();
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: local").unwrap();
    let idle: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
    assert!(server.raw(get("Host: localhost\r\n").as_bytes()).starts_with("HTTP/1.1 200"));
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!((5..19).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    drop(idle);
}

#[cfg(unix)]
#[test]
fn a_server_told_to_end_ends_in_peace() {
    let mut server = Running::start(index(), &[]);
    let _idle = server.connect();
    let told = std::process::Command::new("kill").arg(server.process.id().to_string()).status();
    assert!(told.unwrap().success());
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
}

/// An index of one article, in a folder of its own.
fn index_of(folder: &Path, article: &str) -> PathBuf {
    let (archive, built) = (folder.join("archive"), folder.join("index"));
    fs::create_dir_all(&archive).unwrap();
    fs::write(archive.join("a.json"), article).unwrap();
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
