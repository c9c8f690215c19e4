//! Looking after an index: several archives, forgetting, examining, repairing, exporting, and who
//! is writing.

use crate::sample::{ARCHIVE, CRAWLED, index, jianbao, run};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Two small archives and a place for an index.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        for (archive, text) in [("甲", "洪水退了"), ("乙", "桥修好了")] {
            fs::create_dir(folder.path().join(archive)).unwrap();
            for i in 0..3 {
                let path = folder.path().join(archive).join(format!("{archive}{i}.txt"));
                fs::write(&path, format!("标题{i}\n2024-03-0{}\n\n市长说：“{text}。”", i + 1))
                    .unwrap();
                let file = fs::File::options().append(true).open(&path).unwrap();
                file.set_modified(SystemTime::now() - Duration::from_secs(1000)).unwrap();
            }
        }
        let place = Place { folder };
        place.ok(&["index", "甲", "乙", "--quiet"]);
        place
    }

    /// Runs the program in the folder: exit code, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = jianbao();
        let output = command
            .current_dir(self.folder.path())
            .args(arguments)
            .args(["--index", "i"])
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, 0, "{out}{err}");
        out
    }

    fn update(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["index", "--quiet", "--format", "json"];
        all.extend(arguments);
        json(&self.ok(&all))
    }

    /// The index's files whose names begin and end so.
    fn files(&self, begin: &str, end: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for folder in ["i", "i/engine"] {
            for entry in fs::read_dir(self.folder.path().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if name.starts_with(begin) && name.ends_with(end) {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn spoil(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(path, bytes).unwrap();
}

#[test]
fn archives_in_one_index_live_and_go_by_themselves() {
    let place = Place::new();
    assert_eq!(json(&place.ok(&["stats", "--format", "json"]))["archives"][0]["articles"], 3);
    // The other archive is left alone by an update of one, even where that one's files are gone.
    fs::remove_file(place.folder.path().join("甲/甲0.txt")).unwrap();
    fs::remove_file(place.folder.path().join("乙/乙0.txt")).unwrap();
    assert_eq!(place.update(&["甲"])["total_articles"], 5);
    fs::remove_dir_all(place.folder.path().join("乙")).unwrap();
    let forgotten = json(&place.ok(&["forget", "乙", "--format", "json"]));
    assert_eq!((&forgotten["files"], &forgotten["total_articles"]), (&3.into(), &2.into()));
    assert_eq!(place.run(&["search", "“桥修好了”"]).0, 1);
    assert_eq!(place.run(&["search", "“洪水退了”"]).0, 0);
    let (code, _, err) = place.run(&["forget", "丙"]);
    assert!(code == 2 && err.contains("it holds 甲"), "{err}");
    place.ok(&["doctor"]);
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let place = Place::new();
    fs::write(place.folder.path().join("甲/新.txt"), "标题\n\n路通了。").unwrap();
    fs::remove_file(place.folder.path().join("甲/甲0.txt")).unwrap();
    let before: Vec<PathBuf> = place.files("", "");
    let told = place.update(&["甲", "乙", "--dry-run"]);
    assert_eq!(
        (&told["added"], &told["removed"], &told["unchanged"]),
        (&1.into(), &1.into(), &5.into())
    );
    assert_eq!(place.files("", ""), before);
    let done = place.update(&["甲", "乙"]);
    assert_eq!(
        (&done["added"], &done["removed"], &done["unchanged"]),
        (&1.into(), &1.into(), &5.into())
    );
    let fresh = place.folder.path().join("new");
    let (code, _, err) =
        place.run(&["index", "甲", "--dry-run", "--index", fresh.to_str().unwrap()]);
    assert!(code == 2 || !fresh.exists(), "{err}");
}

#[test]
fn other_settings_are_told_and_leave_no_mix() {
    let place = Place::new();
    let (code, _, err) = place.run(&["index", "甲", "乙", "--crawled", "2024-03-24"]);
    assert!(
        code == 0 && err.contains("6 files are read again") && err.contains("no --crawled"),
        "{err}"
    );
    assert_eq!(place.update(&["甲", "乙", "--crawled", "2024-03-24"])["unchanged"], 6);
}

#[test]
fn an_archive_keeps_the_path_that_it_was_first_given_with() {
    let place = Place::new();
    let whole = place.folder.path().join("甲");
    fs::write(whole.join("新.txt"), "标题\n\n路通了。").unwrap();
    fs::write(whole.join("甲0.txt"), "标题\n\n洪水又来了。").unwrap();
    place.update(&[whole.to_str().unwrap()]);
    let lines = place.ok(&["export"]);
    assert!(
        lines.lines().all(|line| !json(line)["article"]["path"].as_str().unwrap().starts_with('/'))
    );
}

#[test]
fn a_plan_of_a_cluster_shows_its_arithmetic_and_measures_a_sample() {
    let plan = |arguments: &[&str]| {
        let output = jianbao().arg("plan").args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text, String::from_utf8(output.stderr).unwrap())
    };
    let (code, text, _) = plan(&["--articles", "1e9"]);
    let names: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    let expected = "articles text index copies disk nodes shards loading loaders";
    assert_eq!((code, names.join(" ").as_str()), (0, expected));
    assert!(text.lines().skip(1).all(|line| line.contains(" = ")), "{text}");
    let json = |arguments: &[&str]| -> serde_json::Value {
        let told = plan(&[arguments, &["--articles", "1000000000", "--format", "json"]].concat());
        serde_json::from_str(&told.1).unwrap()
    };
    let (usual, bare) = (json(&[]), json(&["--replicas", "0", "--disk", "4000G"]));
    assert!(
        usual["nodes"].as_u64().unwrap() >= 3 && bare["nodes"].as_u64() < usual["nodes"].as_u64()
    );
    assert_eq!(usual["index"], bare["index"]);
    // Articles of the sample are shorter than news, so there is less of everything.
    let sample = json(&["--sample", crate::sample::ARCHIVE]);
    assert!(sample["sample_articles"].as_u64().unwrap() > 3 && usual["sample_articles"].is_null());
    let number = |plan: &serde_json::Value, key: &str| plan[key].as_f64().unwrap();
    let ratio = number(&sample, "text") / number(&usual, "text");
    assert!((number(&sample, "index") / number(&usual, "index") - ratio).abs() < 1e-9);
    assert!(number(&sample["archive"], "passages") >= 1.0);
    let empty = tempfile::tempdir().unwrap();
    let nothing = plan(&["--articles", "5", "--sample", empty.path().to_str().unwrap()]);
    assert!(nothing.0 == 2 && nothing.2.contains("no article"), "{nothing:?}");
    assert_eq!(plan(&["--articles", "viele"]).0, 2);
}

#[test]
fn the_doctor_finds_every_damage_and_repairs_it() {
    let place = Place::new();
    let whole = place.ok(&["export"]);
    let parts = [
        ("", ".store"),
        ("", ".pos"),
        ("dictionary", ".trie"),
        ("records-", ".bin"),
        ("reprints-", ".bin"),
        ("meta", ".json"),
    ];
    for (begin, end) in parts {
        let files = place.files(begin, end);
        assert!(!files.is_empty(), "no {begin}*{end}");
        spoil(&files[0]);
        let (code, out, err) = place.run(&["doctor", "--repair", "--format", "json"]);
        assert_eq!(code, 0, "{begin}*{end}: {out}{err}");
        let healthy: Vec<Value> = out.lines().map(|line| json(line)["healthy"].clone()).collect();
        assert_eq!(healthy, [false, true], "{begin}*{end}: {out}");
        assert_eq!(place.ok(&["export"]), whole, "{begin}*{end}");
    }
    fs::remove_file(&place.files("", ".store")[0]).unwrap();
    assert_eq!(place.run(&["doctor"]).0, 1);
    place.ok(&["doctor", "--repair"]);
    assert_eq!(place.ok(&["export"]), whole);
    assert_eq!(place.run(&["doctor", "--index", "nowhere"]).0, 2);
}

#[test]
fn the_doctor_finds_articles_that_the_tables_do_not_know_and_the_other_way_round() {
    let place = Place::new();
    let whole = place.ok(&["export"]);
    let mut engine = tantivy::Index::open_in_dir(place.folder.path().join("i/engine")).unwrap();
    engine.set_tokenizers(jianbao::engine::embedded::tokenizers());
    jianbao::engine::embedded::plugins()
        .into_iter()
        .for_each(|component| engine.register_plugin(component));
    let payload = engine.load_metas().unwrap().payload.unwrap();
    let fields = jianbao::engine::embedded::IndexFields::new();
    let numbers: Vec<u64> = {
        let searcher = engine.reader().unwrap().searcher();
        let reader = &searcher.segment_readers()[0];
        let column = reader.fast_fields().u64("number").unwrap();
        reader.doc_ids_alive().filter_map(|doc| column.first(doc)).collect()
    };
    let mut writer: tantivy::IndexWriter = engine.writer_with_num_threads(1, 15_000_000).unwrap();
    writer.delete_term(tantivy::Term::from_field_u64(fields.article, numbers[0]));
    let mut stray = tantivy::TantivyDocument::new();
    stray.add_u64(fields.article, 5);
    stray.add_u64(fields.number, 5);
    stray.add_u64(fields.ordinal, 0);
    writer.add_document(stray).unwrap();
    let mut commit = writer.prepare_commit().unwrap();
    commit.set_payload(&payload);
    commit.commit().unwrap();
    drop(writer);
    let (code, out, _) = place.run(&["doctor"]);
    assert!(code == 1 && out.contains("is missing") && out.contains("in no table"), "{out}");
    let (code, out, err) = place.run(&["doctor", "--repair"]);
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(place.ok(&["export"]), whole);
}

#[test]
fn an_export_has_every_passage_and_quote_in_order() {
    let (code, out, _) = run(&["export"]);
    assert_eq!(code, 0);
    let lines: Vec<Value> = out.lines().map(json).collect();
    let key = |v: &Value| {
        let (article, ordinal) = (&v["article"], v["passage"]["ordinal"].as_u64());
        let text = |key: &str| article[key].as_str().unwrap().to_owned();
        (text("path"), article["line"].as_u64(), text("id"), ordinal)
    };
    assert!(lines.windows(2).all(|pair| key(&pair[0]) <= key(&pair[1])));
    let (_, stats, _) = run(&["stats", "--format", "json"]);
    assert_eq!(lines.len() as u64, json(&stats)["passages"].as_u64().unwrap());
    let output = jianbao().args(["quotes", ARCHIVE, "--crawled", CRAWLED]).output().unwrap();
    let mut quotes: Vec<(String, u64, String)> = Vec::new();
    for line in &lines {
        for quote in line["quotes"].as_array().unwrap() {
            let start = quote["start"].as_u64().unwrap();
            quotes.push((
                line["article"]["id"].as_str().unwrap().to_owned(),
                start,
                quote["part"].to_string(),
            ));
        }
    }
    quotes.sort();
    quotes.dedup();
    assert_eq!(quotes.len(), String::from_utf8(output.stdout).unwrap().lines().count());
    assert!(index().exists());
}

#[test]
fn a_second_indexer_is_told_who_holds_the_index_and_a_dead_one_is_not_believed() {
    let place = Place::new();
    let writer = place.folder.path().join("i/writer.json");
    assert!(!writer.exists());
    let own = format!("{{\"process\":{},\"since\":\"2024-03-05T10:00:00Z\"}}", std::process::id());
    // Left behind: it keeps nobody out.
    fs::write(&writer, &own).unwrap();
    place.update(&["甲"]);
    assert!(!writer.exists());
    let mut engine = tantivy::Index::open_in_dir(place.folder.path().join("i/engine")).unwrap();
    jianbao::engine::embedded::plugins()
        .into_iter()
        .for_each(|component| engine.register_plugin(component));
    let lock: tantivy::IndexWriter = engine.writer_with_num_threads(1, 15_000_000).unwrap();
    fs::write(&writer, &own).unwrap();
    let (code, _, err) = place.run(&["index", "甲"]);
    let named = format!("process {}, since 2024-03-05", std::process::id());
    assert!(code == 2 && err.contains(&named), "{err}");
    fs::write(&writer, "{\"process\":4000000000,\"since\":\"2024-03-05T10:00:00Z\"}").unwrap();
    let (code, _, err) = place.run(&["forget", "甲"]);
    assert!(code == 2 && err.contains("another process") && !err.contains("4000000000"), "{err}");
    assert_eq!(place.run(&["search", "洪水"]).0, 0);
    drop(lock);
}
