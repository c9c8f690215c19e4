//! Exports: every form, in the order of the pages, from one commit whatever comes meanwhile.

use super::{get, held, index_of_file, on_runtime, request, sample};
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use jianbao::serve::{ServerLimits, router};
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use tower::ServiceExt as _;

#[test]
fn every_form_has_every_hit_in_the_order_of_the_pages() {
    let routes = sample();
    let found = get(&routes, "/api/v1/search?q=临江&limit=100").json();
    let titles: Vec<&str> = found["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h["article"]["id"].as_str().unwrap())
        .collect();
    assert!(titles.len() > 10);
    let table = get(&routes, "/api/v1/export?q=临江&format=csv");
    assert!(table.header("content-disposition").contains("jianbao.csv"));
    let mut reader = csv::Reader::from_reader(table.text.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let id = columns.iter().position(|name| name == "id").unwrap();
    let rows: Vec<String> = reader.records().map(|row| row.unwrap()[id].to_owned()).collect();
    assert_eq!(rows, titles);
    let ris = get(&routes, "/api/v1/export?q=临江&format=ris").text;
    assert_eq!(ris.matches("TY  - ").count(), titles.len());
    let bibtex = get(&routes, "/api/v1/export?q=临江&format=bib&per=passage").text;
    let parsed = biblatex::Bibliography::parse(&bibtex).unwrap();
    assert_eq!(parsed.len(), titles.len(), "an article is one reference");
    let wrong = get(&routes, "/api/v1/export?q=临江&format=pdf");
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

/// Articles that all have one word.
fn many(count: usize) -> String {
    let line = |n: usize| {
        let text = format!("第{n}号渡口照常开放。站长林秋实说，水位在第{n}天平稳。");
        json!({ "id": n.to_string(), "title": format!("渡口{n}"), "content": text }).to_string()
            + "\n"
    };
    (0..count).map(line).collect()
}

#[test]
fn an_export_and_a_page_begun_before_a_commit_are_answered_from_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let built = index_of_file(folder.path(), "a.jsonl", &many(1_200));
    let held = held(&built, ServerLimits::default());
    let routes = router(Arc::clone(&held));
    let first = get(&routes, "/api/v1/search?q=渡口&limit=10").json();
    let searches = || {
        let text = get(&routes, "/metrics").text;
        let line = text.lines().find(|line| line.starts_with("jianbao_searches_total")).unwrap();
        line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()
    };
    let before = searches();
    let lines: Vec<Value> = on_runtime(async {
        let asked = request("/api/v1/export?q=渡口&reprints=shown", &[]);
        let mut body = routes.clone().oneshot(asked).await.unwrap().into_body();
        let mut text = Vec::new();
        let part = body.frame().await.unwrap().unwrap().into_data().unwrap();
        text.extend_from_slice(&part);
        fs::write(folder.path().join("archive/b.jsonl"), "{\"content\": \"渡口停航。\"}\n")
            .unwrap();
        index_of_file(folder.path(), "a.jsonl", &many(1_190));
        assert!(held.renew().unwrap());
        while let Some(frame) = body.frame().await {
            text.extend_from_slice(&frame.unwrap().into_data().unwrap());
        }
        let text = String::from_utf8(text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    });
    // The hits are ranked once, and read in three parts.
    assert_eq!(searches() - before, 4);
    assert_eq!(lines.last().unwrap(), &json!({ "end": true, "count": 1_200 }));
    let ids: std::collections::HashSet<&str> =
        lines[..1_200].iter().map(|line| line["article"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 1_200);
    assert_eq!(get(&routes, "/api/v1/search?q=渡口&limit=0").json()["articles"], 1_191);
    let cursor = first["next"].as_str().unwrap();
    let next = get(&routes, &format!("/api/v1/search?q=渡口&limit=10&cursor={cursor}"));
    assert_eq!(next.status, StatusCode::GONE);
}
