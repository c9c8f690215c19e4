//! Faults of an index in a cluster, found and put right again from the sources. These
//! tests need a cluster, see cluster.rs.

use crate::cluster::{Cluster, OTHER, TEXT, analyzer, cluster};
use jianbao::engine::opensearch::client::{Client, LOADING_PATIENCE, Verb};
use jianbao::engine::{self, IndexPlace};
use jianbao::error::{Error, Result};
use jianbao::update::repair::{Loss, Mended};
use jianbao::update::{self, FileRecord, Mode, Part, examine_cluster};
use serde_json::{Value, json};
use std::fs;

impl Cluster {
    fn ask(&self, verb: Verb, path: &str, body: Option<&Value>) -> Value {
        let client = Client::new(&self.address, LOADING_PATIENCE);
        client.call(verb, &path.replace("NAME", self.address.name()), body).unwrap()
    }

    /// The numbers of the articles of a file of the archive, as they are written.
    fn numbers(&self, file: &str) -> Vec<String> {
        let path = self.archive().join(file);
        let body = json!({ "query": { "term": { "path": path.to_str().unwrap() } },
                           "sort": [{ "id": "asc" }] });
        let found = self.ask(Verb::Post, "/NAME/_search", Some(&body));
        let hits = found["hits"]["hits"].as_array().unwrap();
        hits.iter().map(|hit| hit["_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Writes something that is no article in its place.
    fn damage(&self, number: &str) {
        let found = self.ask(Verb::Get, &format!("/NAME/_doc/{number}"), None);
        let version = &found["_version"];
        let path =
            format!("/NAME/_doc/{number}?version={version}&version_type=external_gte&refresh=true");
        let body = json!({ "number": number, "id": found["_source"]["id"],
                           "path": found["_source"]["path"], "row": found["_source"]["row"],
                           "stored": "AAAA" });
        self.ask(Verb::Put, &path, Some(&body));
    }

    fn lose(&self, number: &str) {
        self.ask(Verb::Delete, &format!("/NAME/_doc/{number}?refresh=true"), None);
    }

    /// Deletes a document of the tables.
    fn forget(&self, id: &str) {
        self.ask(Verb::Delete, &format!("/NAME-tables/_doc/{id}?refresh=true"), None);
    }

    /// The faults that are told.
    fn faults(&self) -> Vec<String> {
        let found = examine_cluster(&self.address, &analyzer().definition).unwrap();
        found.checks.into_iter().flat_map(|check| check.faults).collect()
    }

    fn repair(&self, loss: Loss) -> Result<Mended> {
        let definition = &analyzer().definition;
        let found = examine_cluster(&self.address, definition).unwrap();
        let place = IndexPlace::from(self.address.clone());
        let mut again = |files: &[FileRecord]| {
            assert!(!files.is_empty());
            self.run(&place, Part::default(), Mode::Incremental).map(drop)
        };
        update::repair_cluster(&self.address, definition, &found, loss, &mut again)
    }
}

#[test]
fn what_is_damaged_or_missing_is_read_again_from_its_sources() {
    let Some(cluster) = cluster("repair") else { return };
    cluster.write("一.jsonl", &[TEXT, OTHER, "天亮了。"]);
    cluster.write("二.jsonl", &[TEXT]);
    cluster.write("三.jsonl", &["雪停了。"]);
    cluster.update();
    let none = cluster.repair(Loss::Refused).unwrap();
    assert_eq!((none.again.len(), none.lost.len()), (0, 0));
    let numbers = cluster.numbers("一.jsonl");
    cluster.damage(&numbers[0]);
    cluster.lose(&numbers[1]);
    let faults = cluster.faults();
    assert!(faults.iter().any(|fault| fault.contains("cannot be read")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("counted wrongly")), "{faults:?}");
    let mended = cluster.repair(Loss::Refused).unwrap();
    assert_eq!((mended.again.len(), mended.lost.len()), (1, 0));
    assert_eq!(mended.again[0].path, cluster.archive().join("一.jsonl").to_str().unwrap());
    cluster.check();
    // Groups that are gone are made anew; an article that is one too many goes.
    cluster.forget("groups");
    let extra = "00000000000000aa";
    cluster.ask(
        Verb::Put,
        &format!("/NAME/_doc/{extra}?refresh=true"),
        Some(&json!({
            "number": extra, "id": "zu viel",
            "path": cluster.archive().join("二.jsonl").to_str().unwrap(),
        })),
    );
    assert!(cluster.faults().iter().any(|fault| fault.contains("as a copy of another text")));
    cluster.repair(Loss::Refused).unwrap();
    cluster.check();
}

#[test]
fn articles_that_no_table_knows_are_compared_with_their_source_by_the_next_update() {
    let Some(cluster) = cluster("strays") else { return };
    cluster.write("一.jsonl", &[TEXT, OTHER]);
    cluster.write("二.jsonl", &["雪停了。"]);
    cluster.update();
    let lines = engine::shared(&cluster.address).lines().unwrap();
    let of_first = |record: &Option<Value>| {
        record.as_ref().unwrap()["file"].as_str().unwrap().ends_with("一.jsonl")
    };
    let line = lines.iter().find(|line| of_first(&line.record)).unwrap();
    cluster.forget(&format!("line-{}", line.id));
    assert!(cluster.faults().iter().any(|fault| fault.contains("is in no table")));
    let mended = cluster.repair(Loss::Refused).unwrap();
    assert_eq!((mended.again.len(), mended.lost.len()), (0, 0));
    let found = examine_cluster(&cluster.address, &analyzer().definition).unwrap();
    assert!(found.is_healthy() && found.unfinished == 1, "{found:?}");
    let report = cluster.update();
    assert_eq!((report.added, report.replaced), (0, 0), "{report:?}");
    cluster.check();
}

#[test]
fn articles_whose_source_is_gone_are_lost_only_where_that_is_accepted() {
    let Some(cluster) = cluster("loss") else { return };
    cluster.write("一.jsonl", &[TEXT, OTHER]);
    cluster.write("二.jsonl", &["雪停了。"]);
    cluster.update();
    let numbers = cluster.numbers("一.jsonl");
    cluster.damage(&numbers[0]);
    let path = cluster.archive().join("一.jsonl");
    let kept = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let refused = cluster.repair(Loss::Refused);
    assert!(
        matches!(&refused, Err(Error::Loss { files, articles: 1 }) if files.len() == 1),
        "{refused:?}"
    );
    assert!(!cluster.faults().is_empty());
    let mended = cluster.repair(Loss::Accepted).unwrap();
    assert_eq!((mended.again.len(), mended.lost.len()), (0, 1));
    let found = examine_cluster(&cluster.address, &analyzer().definition).unwrap();
    assert!(found.is_healthy() && found.articles == 2, "{found:?}");
    // The source comes back, and with it all of its articles.
    fs::write(&path, kept).unwrap();
    cluster.update();
    cluster.check();
}
