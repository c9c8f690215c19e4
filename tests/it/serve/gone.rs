//! An index that is removed or replaced while it is served.

use super::{Reply, get, get_with, held, held_for, index_of, on_runtime, send};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use jianbao::serve::{Access, ServerLimits, router};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

const RISEN: &str = r#"{"title": "甲", "content": "河水涨了一米。"}"#;
const FALLEN: &str = r#"{"title": "乙", "content": "河水退了两米。"}"#;

/// A call of the tool `search`.
fn search(words: &str) -> String {
    let params = json!({ "name": "search", "arguments": { "q": words } });
    json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params }).to_string()
}

fn ask_agent(routes: &Router, message: &str) -> Value {
    let request = Request::post("/mcp").header("host", "localhost:7070");
    let request = request.body(Body::from(message.to_owned())).unwrap();
    let reply = on_runtime(send(routes, request));
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    reply.json()
}

/// Requires the refusal of an index that is gone, as programs read it.
fn require_refusal(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{}", reply.text);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.header("retry-after"), "1");
    let problem: Value = serde_json::from_str(&reply.text).unwrap();
    assert!(problem["detail"].as_str().unwrap().starts_with("no index at `"), "{problem}");
    assert!(problem["hint"].as_str().unwrap().contains("jianbao index"), "{problem}");
}

#[test]
fn an_index_that_is_gone_is_no_longer_served_and_one_in_its_place_is() {
    let folder = tempfile::tempdir().unwrap();
    let built = index_of(&folder.path().join("a"), RISEN);
    let held = held(&built, ServerLimits::default());
    let routes = router(Arc::clone(&held));
    let found = || get(&routes, "/api/v1/search?q=河水").json()["hits"][0].to_string();
    assert!(found().contains("涨"));
    let tag = get(&routes, "/").header("etag").to_owned();

    fs::remove_dir_all(&built).unwrap();
    assert!(held.renew().is_err() && held.renew().is_err());
    let paths = ["/readyz", "/api/v1/search?q=河水", "/api/v1/export?q=河水", "/feed.atom?q=河水"];
    for path in paths {
        require_refusal(&get(&routes, path));
    }
    for page in ["/?q=河水&lang=en", "/help"] {
        let reply = get_with(&routes, page, &[("if-none-match", &tag)]);
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
        assert!(reply.header("content-type").starts_with("text/html"), "{page}");
        assert!(reply.text.contains("no index at"), "{}", reply.text);
    }
    let result = ask_agent(&routes, &search("河水"))["result"].clone();
    assert_eq!(result["isError"], true);
    assert!(result["content"][0]["text"].as_str().unwrap().contains("no index at"), "{result}");
    let params = json!({ "uri": "jianbao://speaker/甲" });
    let read = json!({ "jsonrpc": "2.0", "id": 7, "method": "resources/read", "params": params });
    let failure = ask_agent(&routes, &read.to_string())["error"]["message"].to_string();
    assert!(failure.contains("no index at"), "{failure}");
    assert_eq!(get(&routes, "/healthz").status, StatusCode::OK);
    assert!(get(&routes, "/metrics").text.contains("\njianbao_index_open 0\n"));

    fs::rename(index_of(&folder.path().join("b"), FALLEN), &built).unwrap();
    assert!(held.renew().unwrap() && found().contains("退"));
    assert_eq!(get(&routes, "/readyz").status, StatusCode::OK);
}

#[test]
fn an_index_that_is_replaced_is_followed_or_refused_with_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let built = index_of(&folder.path().join("a"), RISEN);
    let held = held(&built, ServerLimits::default());
    let routes = router(Arc::clone(&held));
    let other = index_of(&folder.path().join("b"), FALLEN);
    fs::rename(&built, folder.path().join("away")).unwrap();
    fs::rename(&other, &built).unwrap();
    assert!(held.renew().unwrap());
    assert!(get(&routes, "/api/v1/search?q=河水").text.contains("退"));

    // One of another format cannot be read by this program.
    fs::remove_dir_all(&built).unwrap();
    let older = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/format-5");
    fs::create_dir_all(built.join("engine")).unwrap();
    for part in ["", "engine"] {
        for entry in fs::read_dir(older.join(part)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), built.join(part).join(entry.file_name())).unwrap();
            }
        }
    }
    assert!(held.renew().is_err());
    let reply = get(&routes, "/api/v1/search?q=河水");
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.text.contains("has format 5") && reply.text.contains("--rebuild"), "{reply:?}");
}

#[test]
fn a_server_for_others_does_not_tell_where_the_index_was() {
    let folder = tempfile::tempdir().unwrap();
    let built = index_of(folder.path(), RISEN);
    let hosts = ["localhost".to_owned()];
    let token = Some("0123456789abcdef0123456789abcdef");
    let access = Access::new(Ipv4Addr::UNSPECIFIED.into(), &hosts, token).unwrap();
    let held = held_for(&built, ServerLimits::default(), access);
    fs::remove_dir_all(&built).unwrap();
    assert!(held.renew().is_err());
    let reply = get(&router(held), "/readyz");
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    let place = folder.path().to_str().unwrap();
    assert!(reply.text.contains("cannot be opened") && !reply.text.contains(place), "{reply:?}");
}

#[test]
fn an_agent_on_standard_input_is_told_that_the_index_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let built = index_of(&folder.path().join("a"), RISEN);
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("jianbao"));
    command.arg("mcp").arg("--index").arg(&built);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
    let child = child.as_mut().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut ask = || -> Value {
        writeln!(input, "{}", search("河水")).unwrap();
        let line = output.next().unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["result"].take()
    };
    let text = |result: &Value| result["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(text(&ask()).contains("涨"));
    fs::remove_dir_all(&built).unwrap();
    let gone = ask();
    assert!(gone["isError"] == true && text(&gone).contains("no index at `"), "{gone}");
    fs::rename(index_of(&folder.path().join("b"), FALLEN), &built).unwrap();
    assert!(text(&ask()).contains("退"));
    drop(input);
    assert!(child.wait().unwrap().success());
}
