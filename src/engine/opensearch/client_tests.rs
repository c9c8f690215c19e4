//! The client against small servers on loopback that answer as a cluster does when it is not well.

use super::super::fake_node::server;
use super::*;
use std::net::TcpListener;

fn client(hosts: &[String]) -> Client {
    let urls: Vec<String> = hosts.iter().map(|host| format!("{host}/news")).collect();
    let credentials = super::super::Credentials::parse("u:p").ok();
    Client::new(&ClusterAddress::parse(&urls, credentials).unwrap(), Duration::from_secs(3))
}

#[test]
fn a_busy_cluster_is_asked_again_and_a_refusal_is_not() {
    let (host, requests) = server(vec![(429, "{}"), (0, ""), (503, "{}"), (200, r#"{"ok":1}"#)]);
    let body = serde_json::json!({"甲": 1});
    let answer = client(&[host]).call(Verb::Post, "/news/_search", Some(&body)).unwrap();
    assert_eq!(answer["ok"], 1);
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 4);
    assert!(requests[3].starts_with("POST /news/_search HTTP/1.1"), "{}", requests[3]);
    assert!(requests[3].ends_with("{\"甲\":1}") && requests[3].contains("Basic dTpw"));
    let wrong = r#"{"error":{"type":"x_exception","reason":"a","root_cause":[{"reason":"b"}]}}"#;
    let (host, requests) = server(vec![(400, wrong)]);
    let error = client(&[host]).call(Verb::Get, "/", None).unwrap_err();
    assert!(error.to_string().contains("(400 x_exception): a: b"), "{error}");
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[test]
fn a_dead_node_is_left_for_the_next() {
    let dead = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead_host = format!("http://{}", dead.local_addr().unwrap());
    drop(dead);
    let (host, requests) = server(vec![(200, "{}")]);
    let client = client(&[dead_host, host]);
    for _ in 0..10 {
        client.call(Verb::Get, "/", None).unwrap();
    }
    assert_eq!(requests.lock().unwrap().len(), 10);
}

#[test]
fn what_may_not_be_repeated_is_sent_once() {
    let (host, requests) = server(vec![(0, ""), (200, "{}")]);
    let error = client(&[host]).call_repeating(Repeat::Never, Verb::Put, "/news", None);
    assert!(matches!(error, Err(Error::Unreachable { .. })));
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[test]
fn a_block_for_a_full_disk_is_told_at_once() {
    let body = concat!(
        r#"{"error":{"type":"cluster_block_exception","reason":"index [news] blocked by: "#,
        r#"[disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"}}"#
    );
    let (host, requests) = server(vec![(429, body)]);
    let error = client(&[host]).call(Verb::Put, "/news/_doc/1", None).unwrap_err();
    assert!(matches!(error, Error::Refused { status: 429, .. }), "{error}");
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[test]
fn an_answer_without_all_shards_is_partial() {
    let client = client(&["http://127.0.0.1:1".to_owned()]);
    let whole = serde_json::json!({"timed_out": false, "_shards": {"total": 3, "failed": 0}});
    assert!(client.check_whole(&whole).is_ok());
    let failures = serde_json::json!([{"reason": {"type": "t", "reason": "node left"}}]);
    let part = serde_json::json!({"_shards": {"total": 3, "failed": 1, "failures": failures}});
    let error = client.check_whole(&part).unwrap_err().to_string();
    assert!(error.contains("1 of 3 shards") && error.contains("node left"), "{error}");
    let late = serde_json::json!({"timed_out": true, "_shards": {"total": 3, "failed": 0}});
    assert!(client.check_whole(&late).unwrap_err().to_string().contains("time was over"));
}

#[test]
fn an_answer_of_some_shards_is_taken_where_that_is_wanted_and_what_is_missing_is_told() {
    let urls = ["http://127.0.0.1:1/news".to_owned()];
    let address = ClusterAddress::parse(&urls, None).unwrap().taking(Completeness::Partial);
    let client = Client::new(&address, Duration::from_secs(3));
    let whole = serde_json::json!({"timed_out": false, "_shards": {"total": 3, "failed": 0}});
    client.check_whole(&whole).unwrap();
    assert_eq!(client.missing(), None);
    let failures = serde_json::json!([{"reason": {"type": "t", "reason": "node\u{1b} left"}}]);
    let part = serde_json::json!({"_shards": {"total": 3, "failed": 1, "failures": failures}});
    client.check_whole(&part).unwrap();
    let missing = client.missing().unwrap();
    assert_eq!((missing.failed, missing.parts, missing.reason.as_str()), (1, 3, "node  left"));
}
