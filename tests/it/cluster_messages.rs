//! The program asked about a cluster answers as it does about a folder: standard output, standard
//! error and exit codes. These tests need a cluster, see cluster.rs.

use crate::cluster::{OTHER, TEXT, cluster};
use crate::sample::jianbao;
use jianbao::engine::IndexPlace;
use jianbao::engine::opensearch::client::{Client, LOADING_PATIENCE, Verb};
use jianbao::update::{Mode, Part};
use serde_json::json;

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
    let texts: Vec<String> = (0..40).map(|i| format!("第{i}天，堤防还在修。")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).take(28).collect();
    cluster.write("一.jsonl", &texts);
    cluster.update();
    let (client, name) = (Client::new(&cluster.address, LOADING_PATIENCE), cluster.address.name());
    let settings = client.call(Verb::Get, &format!("/{name}/_settings"), None).unwrap();
    if settings[name]["settings"]["index"]["number_of_shards"] == "1" {
        eprintln!("skipped: a cluster of one node has nothing that could be missing");
        return;
    }
    // A part of the index is taken from its nodes, and may go to no other.
    let settings = json!({ "index.number_of_replicas": 0,
                           "index.routing.allocation.require._name": "nobody" });
    client.call(Verb::Put, &format!("/{name}/_settings"), Some(&settings)).unwrap();
    let shards = client.call(Verb::Get, &format!("/_cat/shards/{name}?format=json"), None).unwrap();
    let first = shards.as_array().unwrap().iter();
    let first = first.into_iter().find(|s| s["shard"] == "0" && s["prirep"] == "p").unwrap();
    let cancel = json!({ "commands": [{ "cancel": {
        "index": name, "shard": 0, "node": first["node"], "allow_primary": true } }] });
    client.call(Verb::Post, "/_cluster/reroute", Some(&cancel)).unwrap();
    let url = cluster.address.to_string();
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
    assert!(err.contains("the answer is not whole"), "{err}");
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    let articles = answer["articles"].as_u64().unwrap_or(0);
    assert!((1..28).contains(&articles), "{answer}");
}
