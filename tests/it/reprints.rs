//! Reprints in a search and by themselves: folded, shown, left out, counted, and what each changed.

use crate::sample::run;
use serde_json::Value;

const ORIGINAL: &str = "云帆大模型发布会";
const REPRINT: &str = "程砚秋-重复训练浪费算力";

fn answer(flags: &[&str]) -> Value {
    let mut all = vec!["search", "重复训练", "浪费", "算力", "--format", "json"];
    all.extend(flags);
    serde_json::from_str(&run(&all).1).unwrap()
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["hits"].as_array().unwrap().iter().map(|hit| hit["article"]["id"].as_str().unwrap()).collect()
}

#[test]
fn a_text_is_shown_once_by_its_original_and_says_how_often_it_was_printed() {
    let folded = answer(&[]);
    assert!(ids(&folded).contains(&ORIGINAL) && !ids(&folded).contains(&REPRINT));
    let hit = folded["hits"].as_array().unwrap().iter().find(|hit| hit["article"]["id"] == ORIGINAL).unwrap();
    assert_eq!(hit["reprints"], 1);
    let count = |key: &str| folded[key].as_u64().unwrap();
    assert_eq!(count("articles"), count("texts") + 1);
    assert!(run(&["search", "重复训练", "浪费", "算力"]).1.contains("+1 转载"));
}

#[test]
fn the_copy_that_answers_stands_for_an_original_that_does_not() {
    let copy = answer(&["--path", REPRINT]);
    assert_eq!((ids(&copy), copy["hits"][0]["reprints"].as_u64()), (vec![REPRINT], Some(0)));
}

#[test]
fn reprints_are_shown_or_left_out_where_that_is_asked_for() {
    let shown = answer(&["--reprints"]);
    assert!(ids(&shown).contains(&ORIGINAL) && ids(&shown).contains(&REPRINT));
    let left_out = answer(&["--original-only", "--facets", "topic"]);
    assert!(!ids(&left_out).contains(&REPRINT));
    assert_eq!(left_out["articles"], left_out["texts"]);
    assert_eq!(left_out["articles"].as_u64().unwrap() + 1, shown["articles"].as_u64().unwrap());
    assert_eq!(run(&["search", "算力", "--reprints", "--original-only"]).0, 2);
}

#[test]
fn a_run_for_judges_names_every_article() {
    let (_, out, _) = run(&["search", "重复训练 浪费 算力", "--format", "trec"]);
    assert!(out.contains(ORIGINAL) && out.contains(REPRINT));
}

#[test]
fn the_copies_of_an_article_come_original_first_with_what_they_changed() {
    let (code, out, _) = run(&["reprints", REPRINT, "--format", "json"]);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 0);
    let copies = told["copies"].as_array().unwrap();
    assert_eq!((&copies[0]["article"]["id"], &copies[1]["article"]["id"]), (&ORIGINAL.into(), &REPRINT.into()));
    assert!(copies[1]["changes"].as_array().unwrap().iter().all(|c| c["deleted"] != c["inserted"]));
    assert_eq!(run(&["reprints", "財經短評"]).0, 1);
}
