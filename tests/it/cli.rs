//! The program end to end: commands, forms of output, exit codes, errors.

use crate::sample::{ARCHIVE, CRAWLED, index, jianbao, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The ids found by a search.
fn found(arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["search", "--format", "jsonl"];
    all.extend(arguments);
    let (_, out, _) = run(&all);
    out.lines().map(|line| json(line)["article"]["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn exit_codes_tell_found_nothing_and_error() {
    assert_eq!(run(&["search", "算力"]).0, 0);
    assert_eq!(run(&["search", "“不存在的词语组合”"]).0, 1);
    assert_eq!(run(&["search", "算力", "--since", "gestern"]).0, 2);
    assert_eq!(run(&["search"]).0, 2);
    assert_eq!(run(&["show", "nobody"]).0, 2);
    jianbao().arg("--version").assert().code(0);
    jianbao().arg("nonsense").assert().code(2);
}

#[test]
fn one_command_indexes_and_searches() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = jianbao();
    command.args([
        "search",
        "算力",
        "浪费",
        "--archive",
        ARCHIVE,
        "--crawled",
        CRAWLED,
        "--quiet",
        "--index",
    ]);
    let output = command.arg(folder.path().join("i")).output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("程砚秋"));
}

#[test]
fn a_second_run_reads_only_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, place) = (folder.path().join("a"), folder.path().join("i"));
    fs::create_dir(&archive).unwrap();
    for (name, text) in [("一.txt", "标题一\n\n洪水退了。"), ("二.txt", "标题二\n\n桥修好了。")]
    {
        fs::write(archive.join(name), text).unwrap();
    }
    let update = || {
        let mut command = jianbao();
        command
            .args(["index", "--format", "json", "--quiet"])
            .arg(&archive)
            .arg("--index")
            .arg(&place);
        json(&String::from_utf8(command.output().unwrap().stdout).unwrap())
    };
    let search = |words: &str| {
        jianbao().args(["search", words, "--index"]).arg(&place).output().unwrap().status.code()
    };
    assert_eq!(update()["articles"], 2);
    assert_eq!(update()["unchanged"], 2);
    fs::write(archive.join("二.txt"), "标题二\n\n桥又塌了，洪水来了。").unwrap();
    fs::remove_file(archive.join("一.txt")).unwrap();
    let second = update();
    assert_eq!(
        (&second["articles"], &second["vanished"], &second["total_articles"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!((search("修好"), search("洪水退了"), search("塌了")), (Some(1), Some(0), Some(0)));
    assert_eq!(search("“洪水退了”"), Some(1));
}

#[test]
fn every_skipped_input_is_counted_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (report, place) = (folder.path().join("report.jsonl"), folder.path().join("i"));
    let mut command = jianbao();
    command
        .args(["index", ARCHIVE, "--format", "json", "--report"])
        .arg(&report)
        .arg("--index")
        .arg(&place);
    let output = command.output().unwrap();
    let counts = json(&String::from_utf8(output.stdout).unwrap());
    let listed = fs::read_to_string(&report).unwrap();
    let counted: u64 =
        counts["skipped"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(listed.lines().count() as u64, counted);
    assert_eq!(counted, 4);
    assert!(listed.lines().all(|line| json(line)["reason"].is_string()));
    jianbao()
        .args(["index", ARCHIVE, "--quiet", "--strict", "--rebuild", "--index"])
        .arg(&place)
        .assert()
        .code(2);
}

#[test]
fn exact_words_exclusions_and_alternatives() {
    let all = found(&["房价|股票"]);
    assert!(!all.is_empty());
    assert_eq!(found(&["“房價不是股票”"]), found(&["“房价不是股票”"]));
    assert!(found(&["“股票房价”"]).is_empty());
    let without = found(&["算力", "-转发"]);
    assert!(!without.is_empty() && without.len() < found(&["算力"]).len());
    assert_eq!(found(&["--reprints", "title:逆转"]).len(), 2);
    assert!(
        !found(&["same:(大模型 浪费)"]).is_empty() || !found(&["near/60:(大模型 浪费)"]).is_empty()
    );
}

#[test]
fn a_speaker_filter_looks_into_the_speakers_own_words() {
    assert!(!found(&["浪费", "--speaker", "程砚秋"]).is_empty());
    // 林远舟 answers him in the same article, and never says that computing power is wasted.
    assert!(found(&["极大浪费", "--speaker", "林远舟"]).is_empty());
    assert_eq!(found(&["--speaker", "程砚秋"]), found(&["--speaker", "程硯秋"]));
}

#[test]
fn a_speaker_is_found_by_sound_and_a_slip_is_answered_with_likely_names() {
    assert_eq!(found(&["--speaker", "chengyanqiu"]), found(&["--speaker", "程砚秋"]));
    let (code, _, err) = run(&["search", "--speaker", "程燕秋"]);
    assert_eq!(code, 1);
    assert!(err.contains("程砚秋"), "{err}");
    let (code, _, err) = run(&["search", "--topic", "体肓"]);
    assert_eq!(code, 1);
    assert!(err.contains("sport"), "{err}");
}

#[test]
fn speakers_and_topics_are_counted() {
    let (_, out, _) = run(&["speakers", "--format", "jsonl", "程砚秋"]);
    let speaker = json(out.lines().next().unwrap());
    assert_eq!(speaker["name"], "程砚秋");
    assert!(speaker["quotes"].as_u64().unwrap() >= 3 && speaker["articles"].as_u64().unwrap() >= 2);
    assert!(speaker["titles"].as_array().unwrap().iter().any(|t| t == "云帆科技创始人"));
    let (_, out, _) = run(&["topics", "--by", "month", "--format", "csv"]);
    assert!(out.starts_with("topic,time,articles,texts\n") && out.contains("sport,2024-05,"));
    let (_, out, _) = run(&["topics", "--speaker", "段洪亮", "--format", "jsonl"]);
    assert!(out.lines().any(|line| json(line)["topic"] == "sport"));
}

#[test]
fn topics_are_learnt_from_folders() {
    let folder = tempfile::tempdir().unwrap();
    for (label, words) in [("足球", "进球 门将 越位 球队"), ("楼市", "房价 楼盘 首付 贷款")]
    {
        let place = folder.path().join(label);
        fs::create_dir(&place).unwrap();
        for i in 0..6 {
            fs::write(place.join(format!("{i}.txt")), format!("第{i}篇\n\n{}。", words.repeat(3)))
                .unwrap();
        }
    }
    let models = tempfile::tempdir().unwrap();
    let own = models.path().join("own");
    let output = jianbao().arg("train").arg(folder.path()).arg("--out").arg(&own).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("12 articles, 2 labels, 5-fold cross-validation: accuracy 1.000"),
        "{text}"
    );
    let again = models.path().join("again");
    jianbao().arg("train").arg(folder.path()).arg("--out").arg(&again).assert().success();
    let model = |place: &Path| fs::read(place.join("topics.model")).unwrap();
    assert_eq!(model(&own), model(&again));
    let output = jianbao().args(["analyze", ARCHIVE, "--definition"]).arg(&own).output().unwrap();
    let articles = String::from_utf8(output.stdout).unwrap();
    assert!(
        articles.lines().map(json).all(|a| a["topics"]
            .as_array()
            .unwrap()
            .iter()
            .all(|t| t == "足球" || t == "楼市"))
    );
}

#[test]
fn filters_narrow_and_undated_articles_are_told() {
    let all = found(&["临江", "-n", "50"]).len();
    for filter in [
        ["--source", "临江商报"],
        ["--since", "2024-06"],
        ["--until", "2024-06"],
        ["--path", "财经/*"],
        ["--topic", "体育"],
    ] {
        let narrowed = found(&["临江", "-n", "50", filter[0], filter[1]]).len();
        assert!(narrowed > 0 && narrowed < all, "{filter:?}: {narrowed} of {all}");
    }
    assert_eq!(found(&["临江", "-n", "3", "--offset", "2"])[0], found(&["临江", "-n", "3"])[2]);
    let dates = |order: &str| -> Vec<String> {
        let (_, out, _) =
            run(&["search", "临江", "--format", "jsonl", "--sort", order, "-n", "50"]);
        out.lines().map(|l| json(l)["article"]["date"].as_str().unwrap_or("").to_owned()).collect()
    };
    let (newest, mut oldest) = (dates("newest"), dates("oldest"));
    oldest.reverse();
    let days = |dates: Vec<String>| {
        dates.into_iter().map(|d| d.chars().take(10).collect::<String>()).collect::<Vec<_>>()
    };
    assert_eq!(days(newest), days(oldest));
}

#[test]
fn json_carries_the_documented_keys_and_true_offsets() {
    let (_, out, _) = run(&["search", "算力", "--format", "json"]);
    let answer = json(&out);
    assert_eq!(answer["schema"], 1);
    for hit in answer["hits"].as_array().unwrap() {
        let text = hit["passage"]["text"].as_str().unwrap();
        let span =
            |pair: &Value| pair[0].as_u64().unwrap() as usize..pair[1].as_u64().unwrap() as usize;
        let marked: Vec<&str> =
            hit["highlights"].as_array().unwrap().iter().map(|h| &text[span(h)]).collect();
        assert!(marked.iter().all(|m| *m == "算力") && !marked.is_empty(), "{marked:?}");
        let (start, end) =
            (hit["passage"]["start"].as_u64().unwrap(), hit["passage"]["end"].as_u64().unwrap());
        assert_eq!((end - start) as usize, text.len());
        for key in ["id", "path", "title", "date", "source", "authors", "url"] {
            assert!(hit["article"].get(key).is_some(), "{key}");
        }
        assert!(hit["speakers"].is_array() && hit["topics"].is_array());
    }
}

#[test]
fn other_forms_of_output() {
    let (_, csv, _) = run(&["search", "算力", "--format", "csv"]);
    assert!(csv.starts_with(
        "rank,score,id,date,source,title,speakers,text,path,reprints,line,key,date_inferred\n"
    ));
    let (_, trec, _) = run(&["search", "算力", "--format", "trec"]);
    assert!(trec.lines().all(|line| line.split(' ').count() == 6 && line.starts_with("1 Q0 ")));
    let folder = tempfile::tempdir().unwrap();
    let queries = folder.path().join("q.tsv");
    fs::write(&queries, "a\t算力\nb\t“不存在的词语组合”\nc\t防汛\n").unwrap();
    let (code, out, _) =
        run(&["search", "--queries", queries.to_str().unwrap(), "--format", "trec"]);
    assert_eq!(code, 0);
    assert!(
        out.lines().any(|l| l.starts_with("a Q0 ")) && out.lines().any(|l| l.starts_with("c Q0 "))
    );
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    assert!(!run(&["search", "算力"]).1.contains('\u{1b}'));
    assert!(run(&["search", "算力", "--color", "always"]).1.contains("\u{1b}[1;31m算力\u{1b}[0m"));
}

#[test]
fn an_empty_answer_explains_itself() {
    let (_, out, err) = run(&["search", "算力", "量子纠缠", "“算力量子”", "--since", "2030"]);
    assert!(out.is_empty());
    for word in ["算力", "纠缠", "--since"] {
        assert!(err.contains(word), "{err}");
    }
}

#[test]
fn what_is_malformed_in_a_query_is_said_and_read_as_text() {
    let (code, _, err) = run(&["search", "“算力"]);
    assert_eq!(code, 0);
    assert!(err.contains("note:"), "{err}");
}

#[test]
fn show_gives_the_whole_article_back() {
    let (code, out, _) = run(&["show", "lj-1001", "--format", "json"]);
    assert_eq!(code, 0);
    let shown = json(&out);
    assert!(shown["body"].as_str().unwrap().contains("下半场才像我们"));
    assert!(shown["quotes"].as_array().unwrap().iter().any(|q| q["speaker"] == "段洪亮"));
    let (code, out, _) = run(&["show", "tests/data/archive/体育/江淮联赛.jsonl"]);
    assert_eq!(code, 0);
    assert!(out.contains("段洪亮"));
}

#[test]
fn stats_count_what_went_in() {
    let (_, out, _) = run(&["stats", "--format", "json"]);
    let stats = json(&out);
    assert_eq!(
        (&stats["articles"], &stats["files"], &stats["format"]),
        (&24.into(), &20.into(), &jianbao::engine::embedded::FORMAT.into())
    );
    assert!(stats["passages"].as_u64().unwrap() > 24 && stats["bytes"].as_u64().unwrap() > 10_000);
    assert!(stats["dates"]["first"].is_string() && stats["sources"].is_object());
}

#[test]
fn analyze_and_quotes_need_no_index() {
    let output = jianbao().args(["analyze", ARCHIVE, "--crawled", CRAWLED]).output().unwrap();
    let articles: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(json).collect();
    assert_eq!(articles.len(), 24);
    for article in &articles {
        for key in [
            "path",
            "id",
            "title",
            "date",
            "source",
            "reprinted_by",
            "authors",
            "n_views",
            "url",
            "encoding",
            "passages",
            "notes",
        ] {
            assert!(article.get(key).is_some(), "{key}");
        }
        assert!(article["authors"].is_array());
    }
    let relative = articles.iter().find(|a| a["date"]["raw"] == "12 天前").unwrap();
    assert_eq!(
        (&relative["date"]["value"], &relative["n_views"]),
        (&"2024-03-12".into(), &1864.into())
    );
    let output = jianbao().args(["quotes", ARCHIVE]).output().unwrap();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let quote = json(line);
        let text = quote["text"].as_str().unwrap();
        let length = quote["end"].as_u64().unwrap() - quote["start"].as_u64().unwrap();
        assert_eq!(text.len() as u64, length);
    }
}

#[test]
fn errors_say_what_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let error = |place: &Path| {
        let output = jianbao().args(["search", "算力", "--index"]).arg(place).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(error(&folder.path().join("none")).contains("jianbao index"));
    fs::write(folder.path().join("letter.txt"), "mine").unwrap();
    assert!(error(folder.path()).contains("not a jianbao index"));
    jianbao().args(["index", ARCHIVE, "--index"]).arg(folder.path()).assert().code(2);
    assert!(folder.path().join("letter.txt").exists());
    jianbao()
        .args(["index", "no/such/folder", "--index"])
        .arg(folder.path().join("i"))
        .assert()
        .code(2);
}

#[test]
fn an_index_of_another_format_or_definition_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("i");
    jianbao().args(["index", ARCHIVE, "--quiet", "--index"]).arg(&place).assert().success();
    let manifest = place.join("jianbao.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"format\": ", "\"format\": 9")).unwrap();
    let output = jianbao().args(["stats", "--index"]).arg(&place).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--rebuild"));
    fs::write(&manifest, &text).unwrap();
    let own = folder.path().join("own/lexicon");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("words.txt"), "词典外\n").unwrap();
    let output = jianbao()
        .args(["stats", "--index"])
        .arg(&place)
        .arg("--definition")
        .arg(folder.path().join("own"))
        .output();
    assert_eq!(output.unwrap().status.code(), Some(2));
}

#[test]
fn a_held_index_is_named_and_the_lock_is_not_to_be_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("i");
    jianbao().args(["index", ARCHIVE, "--quiet", "--index"]).arg(&place).assert().success();
    let mut engine = tantivy::Index::open_in_dir(place.join("engine")).unwrap();
    jianbao::engine::embedded::plugins()
        .into_iter()
        .for_each(|component| engine.register_plugin(component));
    let writer: tantivy::IndexWriter = engine.writer_with_num_threads(1, 15_000_000).unwrap();
    let output =
        jianbao().args(["index", ARCHIVE, "--quiet", "--index"]).arg(&place).output().unwrap();
    drop(writer);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text.contains("being written") && !text.contains("delete"), "{text}");
}

#[test]
fn a_closed_pipe_is_quiet() {
    let program = assert_cmd::cargo::cargo_bin!("jianbao");
    let line =
        format!("'{}' analyze {ARCHIVE} | head -c 10; exit ${{PIPESTATUS[0]}}", program.display());
    let output = std::process::Command::new("bash")
        .args(["-c", &line])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && !text.contains("panicked") && !text.contains("cannot write"),
        "{text}"
    );
}

#[test]
fn completions_and_the_manual_page_name_every_command() {
    for command in ["index", "search", "show", "stats", "config", "analyze", "quotes"] {
        let manual = jianbao().arg("man").output().unwrap().stdout;
        assert!(String::from_utf8(manual).unwrap().contains(command));
        let completions = jianbao().args(["completions", "bash"]).output().unwrap().stdout;
        assert!(String::from_utf8(completions).unwrap().contains(command));
    }
    let folder = tempfile::tempdir().unwrap();
    jianbao().args(["man", "--dir"]).arg(folder.path()).assert().success();
    assert!(folder.path().join("jianbao-search.1").exists());
}

#[test]
fn the_same_index_whatever_the_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let answers = ["1", "4"].map(|threads| {
        let place = folder.path().join(threads);
        let mut command = jianbao();
        command
            .args([
                "index",
                ARCHIVE,
                "--quiet",
                "--crawled",
                CRAWLED,
                "--threads",
                threads,
                "--index",
            ])
            .arg(&place);
        command.assert().success();
        let output = jianbao()
            .args(["search", "临江", "-n", "30", "--format", "jsonl", "--index"])
            .arg(&place)
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn an_index_inside_its_archive_is_not_indexed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("一.txt"), "标题\n\n洪水退了。").unwrap();
    let place = folder.path().join("built");
    for _ in 0..2 {
        jianbao()
            .args(["index", "--quiet"])
            .arg(folder.path())
            .arg("--index")
            .arg(&place)
            .assert()
            .success();
    }
    let output =
        jianbao().args(["stats", "--format", "json", "--index"]).arg(&place).output().unwrap();
    assert_eq!(json(&String::from_utf8(output.stdout).unwrap())["articles"], 1);
    assert!(index().exists());
}

/// Runs the program in `folder` with the user's data folder below it.
fn run_in(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = jianbao();
    command.current_dir(folder).args(arguments).env("XDG_DATA_HOME", folder.join("data"));
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_index_is_found_from_any_folder_in_the_order_of_the_manual() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().canonicalize().unwrap();
    fs::create_dir_all(folder.join("新闻/下")).unwrap();
    fs::write(folder.join("新闻/一.txt"), "标题\n\n洪水退了。").unwrap();
    let stats = |below: &str, arguments: &[&str]| {
        let mut all = vec!["stats", "--format", "json"];
        all.extend(arguments);
        let mut command = jianbao();
        command.current_dir(folder.join(below)).args(all);
        command.env("XDG_DATA_HOME", folder.join("data"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let record = json(&String::from_utf8(output.stdout).unwrap());
        let path = folder.join(below).join(record["index"].as_str().unwrap());
        (path, record["index_from"].as_str().unwrap().to_owned())
    };
    let index = |arguments: &[&str]| {
        let mut all = vec!["index", "--quiet"];
        all.extend(arguments);
        assert_eq!(run_in(&folder, &all).0, Some(0));
    };
    // Nothing names an index: it is made in the user's data folder, and found from below.
    index(&["新闻"]);
    let data = folder.join("data/jianbao/index");
    assert_eq!(stats("新闻/下", &[]), (data, "the user's data folder".to_owned()));
    // One below the working directory is nearer, for those who are there.
    index(&["新闻", "--index", "index/built"]);
    let here = "found in the working directory".to_owned();
    assert_eq!(stats("", &[]), (folder.join("index/built"), here));
    // A configuration file is said on purpose, and holds below its folder.
    fs::write(folder.join("jianbao.toml"), "index = 'own'\narchives = ['新闻']\n").unwrap();
    index(&[]);
    let file = folder.join("jianbao.toml").display().to_string();
    assert_eq!(stats("新闻/下", &[]), (folder.join("own"), file));
    let other = folder.join("index/built");
    let flag = stats("", &["--index", other.to_str().unwrap()]);
    assert_eq!(flag, (other, "--index".to_owned()));
}

#[test]
fn settings_are_defaults_of_flags_and_told_with_where_they_come_from() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().canonicalize().unwrap();
    let settings = format!(
        "index = {:?}\n[search]\nlimit = 1\nfacets = ['source']\n",
        index().to_str().unwrap()
    );
    fs::write(folder.join("jianbao.toml"), settings).unwrap();
    let hits = |arguments: &[&str]| {
        let mut all = vec!["search", "临江", "--format", "json"];
        all.extend(arguments);
        let (code, out, err) = run_in(&folder, &all);
        assert_eq!(code, Some(0), "{err}");
        let answer = json(&out);
        assert!(answer["facets"]["source"].is_array());
        answer["hits"].as_array().unwrap().len()
    };
    assert_eq!((hits(&[]), hits(&["-n", "2"])), (1, 2));
    let (_, out, _) = run_in(&folder, &["config"]);
    let line = out.lines().find(|line| line.starts_with("search.limit")).unwrap();
    assert!(line.contains(" 1  (") && line.contains("jianbao.toml"), "{line}");
    fs::write(folder.join("jianbao.toml"), "indx = 'own'\n").unwrap();
    let (code, _, err) = run_in(&folder, &["search", "临江"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("`indx` is no setting; did you mean `index`?"), "{err}");
    fs::write(folder.join("jianbao.toml"), "[search]\nsort = 'schnell'\n").unwrap();
    let (code, _, err) = run_in(&folder, &["search", "临江"]);
    assert!(code == Some(2) && err.contains("`search.sort`: invalid value"), "{err}");
}

#[test]
fn an_inferred_date_is_marked_in_every_output_and_comes_after_a_certain_one() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("2023-07");
    std::fs::create_dir(&archive).unwrap();
    let body = "市水务局局长许立诚说，城东水厂明年六月竣工。居民不必再等水车。";
    std::fs::write(archive.join("a.txt"), format!("水厂开工\n7月28日 16:40\n{body}\n")).unwrap();
    let certain = "堤坝合龙\n2023年7月28日 08:00\n坝工许立诚说，坝长十里，不碍水厂取水。\n";
    std::fs::write(archive.join("b.txt"), certain).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = jianbao();
        let output = command.current_dir(&folder).args(arguments).args(["--index", "i"]).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    run(&["index", "2023-07", "--quiet"]);
    let text = run(&["search", "水厂", "--sort", "oldest"]);
    let places = ["2023-07-28T08:00 ·", "2023-07-28T16:40（推断）"].map(|date| text.find(date));
    assert!(places[0].is_some() && places[0] < places[1], "{text}");
    let clipping = run(&["search", "水厂开工", "-n", "1", "--format", "md"]);
    assert!(clipping.contains("[2023-07-28]"), "{clipping}");
    let columns = run(&["search", "水厂", "--format", "csv", "--rows", "quotes"]);
    assert!(columns.contains(",2023-07-28T16:40,minute,true,"), "{columns}");
    assert!(columns.contains(",2023-07-28T08:00,minute,false,"), "{columns}");
    let json = run(&["search", "水厂开工", "-n", "1", "--format", "json"]);
    assert!(json.contains("\"date_inferred\": true") || json.contains("\"date_inferred\":true"));
    let concordance = run(&["search", "水厂", "--kwic", "8"]);
    assert!(concordance.contains("2023-07-28（推断）"), "{concordance}");
}
