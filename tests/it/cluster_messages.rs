//! The program asked about a cluster answers as it does about a folder: standard output, standard
//! error and exit codes. These tests need a cluster, see cluster.rs.

use crate::cluster::{OTHER, TEXT, cluster};
use crate::sample::jianbao;
use jianbao::engine::IndexPlace;
use jianbao::update::{Mode, Part};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// Questions of every kind: some have answers, some none, some are wrong.
const QUESTIONS: [&[&str]; 44] = [
    &["search", "堤防"],
    &["search", "地防"],
    &["search", "火星 殖民"],
    &["search", "near/20:(堤防 工程)"],
    &["search", "near/3:(堤防 村民)"],
    &["search", "near/0:(堤防 工程)"],
    &["search", "near/20:(堤防"],
    &["search", "near/20:(火星 堤防)"],
    &["search", "near/20:(堤防 工程)", "--speaker", "段洪亮"],
    &["search", "near/20:(汛期 完成)", "--speaker", "段洪亮"],
    &["search", "same:(堤防 八亿元)"],
    &["search", "same:(堤防 第一期)"],
    &["search", "same:()"],
    &["search", "same:(汛期 第一期)", "--quotes", "direct"],
    &["search", "堤防", "--path", "一"],
    &["search", "堤防", "--path", "**/二*"],
    &["search", "堤防", "--path", "nirgends"],
    &["search", "堤防", "--path", "[", "--format", "json"],
    &["search", "堤防", "--not-path", "一"],
    &["search", "堤防", "--author", "苏敏之"],
    &["search", "堤防", "--author", "无人"],
    &["search", "堤防", "--not-author", "苏敏之"],
    &["search", "堤防", "--mentions", "段洪亮"],
    &["search", "内卷", "--mentions", "王沈"],
    &["search", "堤防", "--mentions", "无人"],
    &["search", "--mentions", "段洪亮"],
    &["search", "堤防", "--not-mentions", "段洪亮"],
    &["search", "汛期", "--quotes", "direct"],
    &["search", "汛期", "--quotes", "indirect"],
    &["search", "内卷", "--quotes", "indirect"],
    &["search", "堤防", "--speaker", "段鸿亮"],
    &["search", "堤防", "--topic", "nirgends"],
    &["search", "堤防", "--source", "日报"],
    &["search", "堤防", "--since", "2024"],
    &["search", "堤防", "--since", "2023-13"],
    &["search", "堤防 -工程", "--facets", "speaker,month,source"],
    &["search", "“防全长十二公里，分三期建设，总投资八亿元。工程部门在江边搭起了工棚”"],
    &["search", "堤防", "--format", "json", "--accessed", "2026-01-01"],
    &["search", "堤防", "--kwic", "10"],
    &["speakers"],
    &["speaker", "段洪亮"],
    &["topics"],
    &["show", "一.jsonl-1"],
    &["show", "nirgends"],
];

#[test]
fn the_program_says_of_a_cluster_what_it_says_of_a_folder() {
    let Some(cluster) = cluster("messages") else { return };
    cluster.write("一.jsonl", &[TEXT, OTHER, "雪停了。"]);
    cluster.write("二.jsonl", &[TEXT, "（记者苏敏之）堤防修好了，村民段洪亮来看。"]);
    cluster.update();
    let folder = cluster.folder.path().join("index");
    cluster.run(&IndexPlace::from(&folder), Part::default(), Mode::Incremental).unwrap();
    let (folder, url) = (folder.to_str().unwrap(), cluster.address.to_string());
    let ask = |question: &[&str], place: [&str; 2]| {
        let output = jianbao().args(question).args(place).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(place[1], "INDEX");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let mut found = std::collections::BTreeMap::new();
    for question in QUESTIONS {
        let answers = [["--index", folder], ["--engine", &url]].map(|place| ask(question, place));
        assert_eq!(answers[0], answers[1], "{question:?}");
        *found.entry(answers[0].0).or_insert(0) += 1;
    }
    // All three exit codes come about.
    assert!(found.len() == 3, "{found:?}");
}

#[test]
fn an_answer_that_is_not_whole_is_an_error_unless_that_is_accepted() {
    let Some(cluster) = cluster("partial") else { return };
    cluster.write("一.jsonl", &[TEXT, "堤防修好了。"]);
    cluster.update();
    let url = format!("{}/{}", failing_gateway(), cluster.address.name());
    let ask = |more: &[&str]| {
        let search = ["search", "堤防", "--format", "json", "--engine", &url];
        let output = jianbao().args(search).args(more).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = ask(&[]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("search --partial"), "{err}");
    let (code, out, err) = ask(&["--partial"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("the answer is not whole: 1 of "), "{err}");
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["articles"], 2, "{answer}");
}

/// The address of a gateway to the cluster that says of each answer that a part failed.
fn failing_gateway() -> String {
    let url = std::env::var("JIANBAO_TEST_CLUSTER").unwrap();
    let node = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let node = node.clone();
            std::thread::spawn(move || pass_on(&client, &node));
        }
    });
    address
}

/// Passes the requests of a connection on to a node, one after the other.
fn pass_on(mut client: &TcpStream, node: &str) -> Option<()> {
    loop {
        let request = message(client)?;
        let mut node = TcpStream::connect(node).ok()?;
        node.write_all(&request).ok()?;
        let mut answer = message(&node)?;
        let whole = br#""failed":0"#;
        let places: Vec<usize> =
            (0..answer.len()).filter(|&at| answer[at..].starts_with(whole)).collect();
        places.into_iter().for_each(|at| answer[at + whole.len() - 1] = b'1');
        client.write_all(&answer).ok()?;
    }
}

/// A message of HTTP with a length.
fn message(mut stream: &TcpStream) -> Option<Vec<u8>> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 1 << 14]);
    loop {
        let read = stream.read(&mut piece).ok().filter(|&read| read > 0)?;
        bytes.extend(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.split("content-length:").nth(1).and_then(|l| l.lines().next());
        let length: usize = length.and_then(|l| l.trim().parse().ok()).unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return Some(bytes);
        }
    }
}
