//! Trains index/topics.model anew and prints how good it is.
//!
//! `cargo run --release -p jianbao-tools --bin train_topics -- --data DIR --labels FILE --labels
//! FILE [--out index/topics.model]`; without `--out` cross-validation only.
//!
//! `--background index/background.counts` instead counts words: articles with each word, and which
//! are names.
//!
//! DIR holds the texts, none of which is kept: news.jsonl.zst (one article a line: id, title, body)
//! and, in topics/, labelled headlines and documents of other collections. Each FILE holds labels
//! of articles of news.jsonl.zst: `{"id": ..., "topics": [best first]}` or `id TAB topics` a line.
//! The same files give the same model, byte for byte.

use jianbao::definition::Definition;
use jianbao::text::dictionary;
use jianbao::text::word::{Segmented, Segmenter};
use jianbao::topic::background::Counts;
use jianbao::topic::bag::Bag;
use jianbao::topic::train::{self, Lesson, TrainingOptions, Validation};
use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// The labels of other collections in our terms: file, label, topics. What is missing fits no
/// topic (history, essay, story, world, society) and is not used.
const MAPPING: &[(&str, &str, &[&str])] = &[
    ("nlpcc2017_headlines.tsv", "fashion", &["lifestyle"]),
    ("nlpcc2017_headlines.tsv", "food", &["lifestyle"]),
    ("nlpcc2017_headlines.tsv", "travel", &["lifestyle"]),
    ("nlpcc2017_headlines.tsv", "entertainment", &["arts"]),
    ("nlpcc2017_headlines.tsv", "game", &["arts"]),
    ("nlpcc2017_headlines.tsv", "finance", &["economy"]),
    ("nlpcc2017_headlines.tsv", "car", &["economy"]),
    ("nlpcc2017_headlines.tsv", "military", &["conflict"]),
    ("nlpcc2017_headlines.tsv", "sports", &["sport"]),
    ("nlpcc2017_headlines.tsv", "regimen", &["health"]),
    ("nlpcc2017_headlines.tsv", "tech", &["science"]),
    ("thucnews_titles.tsv", "game", &["arts"]),
    ("thucnews_titles.tsv", "entertainment", &["arts"]),
    ("thucnews_titles.tsv", "stocks", &["economy"]),
    ("thucnews_titles.tsv", "finance", &["economy"]),
    ("thucnews_titles.tsv", "realty", &["economy"]),
    ("thucnews_titles.tsv", "sports", &["sport"]),
    ("thucnews_titles.tsv", "education", &["education"]),
    ("thucnews_titles.tsv", "politics", &["politics"]),
    ("thucnews_titles.tsv", "science", &["science"]),
    ("cnews.tsv", "体育", &["sport"]),
    ("cnews.tsv", "财经", &["economy"]),
    ("cnews.tsv", "房产", &["economy"]),
    ("cnews.tsv", "游戏", &["arts"]),
    ("cnews.tsv", "教育", &["education"]),
    ("cnews.tsv", "时政", &["politics"]),
    ("cnews.tsv", "科技", &["science"]),
    ("cnews.tsv", "时尚", &["lifestyle"]),
    ("cnews.tsv", "娱乐", &["arts"]),
    ("cnews.tsv", "家居", &["lifestyle", "economy"]),
];

/// One article of news.jsonl.zst.
#[derive(serde::Deserialize)]
struct Record {
    id: String,
    title: Option<String>,
    body: String,
}

/// How much a headline or document of another collection counts against an article of the news
/// itself.
const HEADLINE: f32 = 0.03;
const DOCUMENT: f32 = 0.1;
/// One headline of so many is used; more add time and nothing else.
const HEADLINES_SKIPPED: usize = 10;
/// Labels of all files but the first were chosen for being hard; they are learnt from, and not
/// tested on.
const CHOSEN: f32 = 0.9;

struct Arguments {
    data: PathBuf,
    labels: Vec<PathBuf>,
    out: Option<PathBuf>,
    /// Where to write word counts, and do nothing else.
    background: Option<PathBuf>,
    /// Labelled documents in one file (`label TAB text`) to cross-validate plain training on, and
    /// nothing else.
    plain: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    let segmenter = Segmenter::new(&Definition::embedded())?;
    if let Some(file) = &arguments.plain {
        return validate_plain(file, &segmenter);
    }
    let topics: Vec<String> =
        jianbao::topic::Taxonomy::parse("topics.toml", Definition::embedded().text("topics.toml"))?
            .iter()
            .filter(|e| e.parent.is_none())
            .map(|e| e.key.clone())
            .collect();
    if let Some(out) = arguments.background {
        return count_words(&arguments.data.join("news.jsonl.zst"), &out, &segmenter);
    }
    let wanted = read_labels(&arguments.labels, &topics)?;
    let (mut lessons, background) =
        read_news(&arguments.data.join("news.jsonl.zst"), &wanted, &segmenter)?;
    eprintln!("{} labelled articles, {} others", lessons.len(), background.len());
    lessons.extend(read_others(&arguments.data.join("topics"), &topics, &segmenter)?);
    let Some(out) = arguments.out else {
        print_report(&train::cross_validate(
            &topics,
            &lessons,
            &background,
            10,
            TrainingOptions::LATENT,
        )?);
        return Ok(());
    };
    let model = train::learn(&topics, &lessons, &background, TrainingOptions::LATENT)?;
    let bytes = model.to_bytes();
    println!("{}: {} words, {} bytes", out.display(), model.n_features(), bytes.len());
    std::fs::write(out, bytes)?;
    Ok(())
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut found = Arguments {
        data: PathBuf::new(),
        labels: Vec::new(),
        out: None,
        background: None,
        plain: None,
    };
    let mut given = std::env::args().skip(1);
    while let Some(flag) = given.next() {
        let value = PathBuf::from(given.next().ok_or_else(|| format!("{flag} needs a value"))?);
        match flag.as_str() {
            "--data" => found.data = value,
            "--labels" => found.labels.push(value),
            "--out" => found.out = Some(value),
            "--background" => found.background = Some(value),
            "--plain" => found.plain = Some(value),
            _ => {
                return Err(format!(
                    "unknown flag {flag}; known: --data --labels --out --background --plain"
                )
                .into());
            }
        }
    }
    Ok(found)
}

/// For each article id its labels (positions in the list of topics) and how much it counts.
type Labels = HashMap<String, (Vec<usize>, f32)>;

/// The labels that `files` give.
fn read_labels(files: &[PathBuf], topics: &[String]) -> Result<Labels, Box<dyn Error>> {
    #[derive(serde::Deserialize)]
    struct Line {
        id: String,
        topics: Vec<String>,
    }
    let mut wanted = HashMap::new();
    for (order, file) in files.iter().enumerate() {
        let importance = if order == 0 { 1.0 } else { CHOSEN };
        for line in
            std::fs::read_to_string(file)?.lines().filter(|l| !l.is_empty() && !l.starts_with('#'))
        {
            let line: Line = match line.split_once('\t') {
                Some((id, topics)) => Line {
                    id: id.to_owned(),
                    topics: topics.split(',').map(|t| t.trim().to_owned()).collect(),
                },
                None => serde_json::from_str(line)?,
            };
            let position = |t: &String| {
                topics.iter().position(|k| k == t).ok_or_else(|| format!("no topic `{t}`"))
            };
            let labels =
                line.topics.iter().map(position).collect::<Result<Vec<usize>, String>>()?;
            wanted.entry(line.id).or_insert((labels, importance));
        }
    }
    Ok(wanted)
}

/// The labelled articles, and the words of the others.
fn read_news(
    file: &Path,
    wanted: &Labels,
    segmenter: &Segmenter,
) -> Result<(Vec<Lesson>, Vec<Bag>), Box<dyn Error>> {
    let (mut lessons, mut background) = (Vec::new(), Vec::new());
    let reader = BufReader::new(zstd::Decoder::new(std::fs::File::open(file)?)?);
    for line in reader.lines() {
        let record: Record = serde_json::from_str(&line?)?;
        let (title, body) = headline(record.title.as_deref(), &record.body);
        let bag = Bag::of(&Segmented::new(title, segmenter), &Segmented::new(body, segmenter));
        match wanted.get(&record.id) {
            Some((labels, importance)) => lessons.push(Lesson::new(bag, labels).minor(*importance)),
            None => background.push(bag),
        }
    }
    Ok((lessons, background))
}

/// Counts in how many articles each word occurs, and marks names: words that the tagger takes for
/// names in most of the articles and that begin with a common family name or are transliterated.
fn count_words(file: &Path, out: &Path, segmenter: &Segmenter) -> Result<(), Box<dyn Error>> {
    let definition = Definition::embedded();
    let family: Vec<&str> =
        definition.lexicon("lexicon/family_names.txt").map(|e| e.word).collect();
    let jieba = dictionary::jieba(&definition)?;
    let mut counts = Counts::default();
    let mut names: HashMap<String, (u32, u32)> = HashMap::new();
    let reader = BufReader::new(zstd::Decoder::new(std::fs::File::open(file)?)?);
    for line in reader.lines() {
        let record: Record = serde_json::from_str(&line?)?;
        let title = Segmented::new(record.title.as_deref().unwrap_or(""), segmenter);
        let body = Segmented::new(&record.body, segmenter);
        counts.add(&Bag::of(&title, &body));
        for word in jieba.tag(body.folded.text(), true) {
            let tally = names.entry(word.word.to_owned()).or_default();
            tally.0 += u32::from(matches!(word.tag, "nr" | "nrt" | "nrfg"));
            tally.1 += 1;
        }
    }
    for (name, (tagged, all)) in &names {
        let like_a_name =
            family.iter().any(|f| name.starts_with(f)) && (2..=3).contains(&name.chars().count());
        let transliterated =
            name.chars().count() >= 3 && jieba.tag(name, true).iter().all(|t| t.tag == "nrt");
        if tagged * 10 >= all * 9 && (like_a_name || transliterated) {
            counts.add_name(name);
        }
    }
    let background = counts.into_background(6);
    std::fs::write(out, background.to_bytes())?;
    println!(
        "{}: {} articles, {} bytes",
        out.display(),
        background.n_articles(),
        background.to_bytes().len()
    );
    Ok(())
}

/// Title and body; where the record has no title, a short first line that is no sentence is one.
fn headline<'a>(title: Option<&'a str>, body: &'a str) -> (&'a str, &'a str) {
    match (title, body.split_once('\n')) {
        (Some(title), _) => (title, body),
        (None, Some((first, rest)))
            if (6..=40).contains(&first.chars().count())
                && !first.trim_end().ends_with(['。', '，']) =>
        {
            (first, rest)
        }
        _ => ("", body),
    }
}

/// The headlines and documents of other collections whose labels mean a topic here.
fn read_others(
    folder: &Path,
    topics: &[String],
    segmenter: &Segmenter,
) -> Result<Vec<Lesson>, Box<dyn Error>> {
    let mut lessons = Vec::new();
    let mut files: Vec<&str> = MAPPING.iter().map(|m| m.0).collect();
    files.dedup();
    for file in files {
        let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
            eprintln!("{file} is not there; going on without it");
            continue;
        };
        let step = if file == "cnews.tsv" { 1 } else { HEADLINES_SKIPPED };
        for line in text.lines().step_by(step) {
            let mut columns = line.split('\t');
            let (Some(label), Some(text)) = (columns.next(), columns.next()) else { continue };
            let Some((_, _, means)) = MAPPING.iter().find(|m| m.0 == file && m.1 == label) else {
                continue;
            };
            let labels: Vec<usize> =
                means.iter().filter_map(|m| topics.iter().position(|t| t == m)).collect();
            let (title, body) = if file == "cnews.tsv" { ("", text) } else { (text, "") };
            let bag = Bag::of(&Segmented::new(title, segmenter), &Segmented::new(body, segmenter));
            lessons.push(Lesson::new(bag, &labels).minor(if file == "cnews.tsv" {
                DOCUMENT
            } else {
                HEADLINE
            }));
        }
    }
    Ok(lessons)
}

/// Cross-validates plain training, as a user's own folder gets it.
fn validate_plain(file: &Path, segmenter: &Segmenter) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let pairs: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut labels: Vec<String> = pairs.iter().map(|p| p.0.to_owned()).collect();
    labels.sort();
    labels.dedup();
    let mut lessons = Vec::new();
    for (label, text) in pairs {
        let index = labels.iter().position(|l| l == label).unwrap_or(0);
        lessons.push(Lesson::new(
            Bag::of(&Segmented::default(), &Segmented::new(text, segmenter)),
            &[index],
        ));
    }
    print_report(&train::cross_validate(&labels, &lessons, &[], 10, TrainingOptions::PLAIN)?);
    Ok(())
}

fn print_report(report: &Validation) {
    println!(
        "cross-validated on {} articles: first {:.3} fair {:.3} F1 {:.3} (ratio {} floor {})",
        report.n_articles,
        report.accuracy,
        report.fair,
        report.f1,
        report.decision.ratio,
        report.decision.floor
    );
    for label in &report.labels {
        println!(
            "  {:<12} n {:>4}  P {:.3}  R {:.3}",
            label.label, label.n_articles, label.precision, label.recall
        );
    }
}
