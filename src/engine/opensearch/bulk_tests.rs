//! Bulk requests against a node that takes only some of what it is sent.

use super::super::ClusterAddress;
use super::super::fake_node::server;
use super::*;

fn client(host: &str) -> Client {
    let urls = [format!("{host}/news")];
    Client::new(&ClusterAddress::parse(&urls, None).unwrap(), Duration::from_secs(3))
}

fn articles(numbers: &[u64]) -> Vec<Write> {
    numbers.iter().map(|&number| Write::article(number, 7, b"{}".to_vec())).collect()
}

#[test]
fn only_what_was_not_taken_is_sent_again() {
    let first = r#"{"items":[{"index":{"status":201}},
        {"index":{"status":429,"error":{"type":"rejected","reason":"full"}}},
        {"index":{"status":409,"error":{"type":"version_conflict_engine_exception"}}}]}"#;
    let second = r#"{"items":[{"index":{"status":200}}]}"#;
    let (host, requests) = server(vec![(200, first), (200, second)]);
    send(&client(&host), "news", &articles(&[1, 2, 3])).unwrap();
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 2);
    let body = |at: usize| requests[at].split("\r\n\r\n").nth(1).unwrap().to_owned();
    assert_eq!(body(0).lines().count(), 6);
    let line = r#"{"index":{"_id":"0000000000000002","version":7,"version_type":"external_gte"}}"#;
    assert_eq!(body(1), format!("{line}\n{{}}\n"));
}

#[test]
fn a_request_that_is_too_large_is_halved() {
    let one = r#"{"items":[{"index":{"status":201}}]}"#;
    let two = r#"{"items":[{"index":{"status":201}},{"index":{"status":201}}]}"#;
    let (host, requests) = server(vec![(413, ""), (200, one), (200, two)]);
    send(&client(&host), "news", &articles(&[1, 2, 3])).unwrap();
    assert_eq!(requests.lock().unwrap().len(), 3);
    let (host, _) = server(vec![(413, "")]);
    let error = send(&client(&host), "news", &articles(&[1])).unwrap_err();
    assert!(matches!(error, Error::Refused { status: 413, .. }), "{error}");
}

#[test]
fn a_write_that_will_never_be_taken_is_told() {
    let wrong =
        r#"{"items":[{"index":{"status":400,"error":{"type":"mapper","reason":"field"}}}]}"#;
    let (host, requests) = server(vec![(200, wrong)]);
    let error = send(&client(&host), "news", &articles(&[1])).unwrap_err().to_string();
    assert!(error.contains("400 mapper") && error.contains("0000000000000001"), "{error}");
    assert_eq!(requests.lock().unwrap().len(), 1);
    let (host, _) = server(vec![(200, r#"{"items":[]}"#)]);
    assert!(send(&client(&host), "news", &articles(&[1])).is_err());
}

#[test]
fn a_deletion_of_what_is_not_there_is_done() {
    let answer = r#"{"items":[{"delete":{"status":404,"result":"not_found"}}]}"#;
    let (host, requests) = server(vec![(200, answer)]);
    let delete = Write::Delete { id: "x".to_owned(), version: Some(9) };
    send(&client(&host), "news", &[delete]).unwrap();
    assert!(requests.lock().unwrap()[0].contains(r#"{"delete":{"_id":"x","version":9"#));
}

#[test]
fn no_request_has_more_bytes_than_it_may() {
    let answer = r#"{"items":[{"index":{"status":201}}]}"#;
    let (host, requests) = server(vec![(200, answer)]);
    let large = |number| Write::article(number, 1, vec![b' '; BULK_BYTES - 200]);
    send(&client(&host), "news", &[large(1), large(2)]).unwrap();
    assert_eq!(requests.lock().unwrap().len(), 2);
}
