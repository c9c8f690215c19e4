//! How long grouping takes, and what memory it needs, where there are very many articles of one
//! form: `cargo run --profile quick -p jianbao-tools --bin forms -- [ARTICLES] [FORM...]`; a
//! million and all forms without.
//!
//! The memory is the most that the process had until then (Linux), the imprints themselves among
//! it.

use jianbao::article::ArticleId;
use jianbao::reprint::{Imprint, Sketch, group};
use jianbao_tools::{arguments, peak_memory};
use std::time::Instant;

/// A kind of archive: its name and the body of its article with this number.
type Form = (&'static str, fn(u64) -> String);

const FORMS: [Form; 6] = [
    ("notice", |i| format!("第{i}号公告。洪水退了，堤没有动。市长说，明天就可以回家。")),
    ("one-number", |i| format!("第{i}号公告。{}", sentences(0, 40))),
    ("many-numbers", |i| {
        (0..20).map(|k| format!("{}{}万元。", sentences(k, 1), mix(i * 20 + k) % 10_000)).collect()
    }),
    ("slots", |i| {
        (0..20).map(|k| format!("{}{}。", sentences(k, 1), words(mix(i * 20 + k), 2))).collect()
    }),
    ("groups-of-32", |i| format!("{}{}", words(mix(i / 32), 120), words(mix(i), 3))),
    ("unlike", |i| words(mix(i), 120)),
];

fn main() {
    let arguments = arguments();
    let count: u64 =
        arguments.first().map_or(1_000_000, |count| count.parse().expect("a number of articles"));
    let wanted = arguments.get(1..).unwrap_or_default();
    println!(
        "| form | articles | groups | grouped | largest | seconds | peak MB | MB before |\n\
         |---|---|---|---|---|---|---|---|"
    );
    for (name, body) in
        FORMS.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| w == name))
    {
        let imprint = |i: u64| Imprint {
            article: mix(i),
            id: ArticleId::new(&i.to_string()),
            date: Some(i as i64 % 1_000 * 3_600),
            source: None,
            outlet: None,
            sketch: Sketch::new(&body(i)),
        };
        let imprints: Vec<Imprint> = (0..count).map(imprint).collect();
        let all: Vec<&Imprint> = imprints.iter().collect();
        let (before, began) = (peak_memory(), Instant::now());
        let groups = group(&all);
        let seconds = began.elapsed().as_secs_f64();
        let (members, most) =
            (groups.iter().map(Vec::len).sum::<usize>(), groups.iter().map(Vec::len).max());
        let (groups, most, peak) = (groups.len(), most.unwrap_or(0), peak_memory());
        println!(
            "| {name} | {count} | {groups} | {members} | {most} | {seconds:.1} | {peak:.0} \
             | {before:.0} |"
        );
    }
}

/// So many sentences of news, the first by its number.
fn sentences(first: u64, count: u64) -> String {
    (first..first + count).map(|i| words(mix(i + 1), 6) + "，").collect()
}

/// So many words picked by `seed`.
fn words(seed: u64, count: u64) -> String {
    const WORDS: [&str; 16] = [
        "洪水", "大堤", "市长", "公司", "股票", "球队", "比赛", "学校", "老师", "医院", "桥梁",
        "公路", "法院", "工厂", "粮食", "天气",
    ];
    (0..count).map(|k| WORDS[(mix(seed.wrapping_add(k)) >> 60) as usize]).collect()
}

fn mix(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ mixed >> 32
}
