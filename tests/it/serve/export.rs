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

#[test]
fn offsets_count_what_a_client_counts() {
    let folder = tempfile::tempdir().unwrap();
    let text = "𠮷野站长林秋实表示：“渡口𠮷日开放。”\n".to_owned()
        + &"船工在岸边修船。".repeat(60)
        + "\n站长林秋实又说：“渡口𠮷日关闭。”";
    let article = json!({ "title": "𠮷渡口", "content": text }).to_string();
    let routes = super::sample_of(&super::index_of(folder.path(), &article));
    let utf16 = |text: &str, span: &Value| {
        let units: Vec<u16> = text.encode_utf16().collect();
        let at = |i: usize| span[i].as_u64().unwrap() as usize;
        String::from_utf16(&units[at(0)..at(1)]).unwrap()
    };
    let chars = |text: &str, span: &Value| -> String {
        let at = |i: usize| span[i].as_u64().unwrap() as usize;
        text.chars().skip(at(0)).take(at(1) - at(0)).collect()
    };
    let key = super::key(&routes, "渡口");
    for (unit, cut) in [("utf16", &utf16 as &dyn Fn(&str, &Value) -> String), ("char", &chars)] {
        let whole = get(&routes, &format!("/api/v1/articles/{key}?offsets={unit}")).json();
        let body = whole["body"].as_str().unwrap();
        assert_eq!(cut(body, &json!([0, whole["length"]])), body);
        let address = format!("/api/v1/search?q=渡口 关闭&per=passage&offsets={unit}");
        let found = get(&routes, &address).json();
        let hit = &found["hits"][0];
        let passage = &hit["passage"];
        let span = json!([passage["start"], passage["end"]]);
        assert_eq!(cut(body, &span), passage["text"].as_str().unwrap(), "{unit}");
        assert_eq!(cut("𠮷渡口", &hit["title_highlights"][0]), "渡口");
        let mark = cut(passage["text"].as_str().unwrap(), &hit["highlights"][0]);
        assert!(["渡口", "关闭"].contains(&mark.as_str()), "{unit}: {mark}");
        for quote in
            hit["quotes"].as_array().unwrap().iter().chain(whole["quotes"].as_array().unwrap())
        {
            let span = json!([quote["start"], quote["end"]]);
            assert_eq!(cut(body, &span), quote["text"].as_str().unwrap(), "{unit}");
        }
        let address = format!("/api/v1/articles/{key}?offsets={unit}&start=2&length=9");
        let slice = get(&routes, &address).json();
        let span = json!([slice["start"], slice["end"]]);
        assert_eq!(cut(body, &span), slice["body"].as_str().unwrap(), "{unit}");
    }
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
