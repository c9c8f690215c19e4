//! Measures relevance on judged questions, for several settings side by side, with plain BM25 of
//! true term frequencies in the same run.
//!
//! `cargo run --release -p jianbao-tools --bin relevance -- [--index INDEX] [--queries] [--grades
//! FILE] [--unjudged FILE] [--depth N] [--part N/M] SET... [NAME=VALUE,... ...]`
//!
//! A SET is a folder with `queries.tsv` (question TAB words), `qrels.tsv` (question TAB article TAB
//! grade) and `corpus.jsonl` (`id`, `title`, `text`), or without a corpus a set of questions to
//! INDEX; `duplicates.tsv` (question TAB article TAB the article it is a copy of) makes a copy of
//! what was shown before worth nothing. Each NAME=VALUE is one more setting to compare: the chosen
//! one with some weights changed.
//!
//! Where grades go up to 3, a grade of 2 and more is relevant; gains are 2^grade - 1. Reprints are
//! folded where the set has copies. The plain setting is BM25 (k1 0.9, b 0.4) over the words of
//! passages, the title counted once, an article being worth its best passage. `--queries` prints
//! each question. `--grades` adds rows to the `qrels.tsv` of the sets that ask the questions.
//! `--unjudged` writes what nobody has read among the first ten (or `--depth`) of every answer, in
//! the order of ids. `--part 0/2` takes only those questions whose place in the set leaves 0 when
//! divided by 2.
//! A set without any grades is asked whole, so that `--unjudged` writes what is to be judged.

use jianbao::analysis::Analyzer;
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::engine::IndexPlace;
use jianbao::query::parse;
use jianbao::search::{self, Lexicon, Ranking, ReprintPolicy, Request};
use jianbao::text::fold::fold;
use jianbao::text::word::Segmenter;
use jianbao::update::{Mode, Rules, Snapshot, Stop, Update, update};
use jianbao_tools::{Failure, arguments};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How many articles of an answer are measured.
const DEPTH: usize = 10;

fn main() -> Result<(), Failure> {
    let task = Task::read(&arguments())?;
    let definition = Definition::embedded();
    let lexicon = Lexicon::new(&definition, Segmenter::new(&definition)?);
    println!("{:<44} hit@1  hit@10 MRR@10 nDCG@10 P@5   unjudged", "setting");
    let mut unjudged = BTreeSet::new();
    for folder in &task.sets {
        let set = Set::read(folder, task.grades.as_deref(), task.part)?;
        println!("{}: {} questions", folder.display(), set.queries.len());
        let reprints = set.reprints();
        let scratch = tempfile::tempdir()?;
        let corpus = folder.join("corpus.jsonl");
        let place = if corpus.exists() {
            build(scratch.path(), &corpus, definition.clone())?;
            scratch.path()
        } else {
            task.index.as_deref().ok_or("a set without a corpus needs --index INDEX")?
        };
        let index = Snapshot::open(place, &definition)?;
        if task.settings.is_empty() {
            let plain = Plain::new(&index, &lexicon)?;
            let answer = |line: &String| Ok(plain.answer(&lexicon, line, reprints, task.depth));
            let answers = measure("plain BM25", &set, answer, task.each)?;
            unjudged.extend(set.unjudged(&answers));
        }
        for setting in std::iter::once("").chain(task.settings.iter().map(String::as_str)) {
            let ranking = changed(setting)?;
            let answer = |line: &String| {
                let query = parse(line).0;
                let limit = task.depth;
                let request = Request { query, ranking, limit, reprints, ..Request::default() };
                let hits = search::run(&index, &request, &lexicon)?.hits;
                Ok(hits.into_iter().map(|hit| hit.passage.article.id.clone()).collect())
            };
            let answers = measure(&format!("jianbao {setting}"), &set, answer, task.each)?;
            unjudged.extend(set.unjudged(&answers));
        }
    }
    if let Some(file) = task.unjudged {
        std::fs::write(file, Vec::from_iter(unjudged).concat())?;
    }
    Ok(())
}

/// The command line.
#[derive(Default)]
struct Task {
    index: Option<PathBuf>,
    grades: Option<PathBuf>,
    unjudged: Option<PathBuf>,
    each: bool,
    /// How many articles of an answer are pooled for `unjudged`.
    depth: usize,
    /// Remainder and divisor of the places of the questions that are asked.
    part: (usize, usize),
    sets: Vec<PathBuf>,
    settings: Vec<String>,
}

impl Task {
    fn read(arguments: &[String]) -> Result<Task, Failure> {
        let mut task = Task { part: (0, 1), depth: DEPTH, ..Task::default() };
        let mut left = arguments.iter();
        while let Some(word) = left.next() {
            let mut value = || left.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--index" => task.index = Some(value()?.into()),
                "--grades" => task.grades = Some(value()?.into()),
                "--unjudged" => task.unjudged = Some(value()?.into()),
                "--depth" => task.depth = value()?.parse::<usize>()?.max(DEPTH),
                "--queries" => task.each = true,
                "--part" => {
                    let (n, of) = value()?.split_once('/').ok_or("--part is N/M")?;
                    task.part = (n.parse()?, of.parse()?);
                }
                setting if setting.contains('=') => task.settings.push(word.clone()),
                _ => task.sets.push(word.into()),
            }
        }
        if task.sets.is_empty() {
            return Err("usage: relevance [--index INDEX] SET... [NAME=VALUE,... ...]".into());
        }
        Ok(task)
    }
}

/// Questions with what was judged.
struct Set {
    queries: Vec<(String, String)>,
    grades: HashMap<String, HashMap<String, u32>>,
    /// For each question the articles that are copies of another.
    copies: HashMap<(String, String), String>,
    /// The least grade that counts as relevant.
    relevant: u32,
}

impl Set {
    /// Reads a folder; rows of `graded` are taken as rows of its `qrels.tsv`.
    fn read(
        folder: &Path,
        graded: Option<&Path>,
        (remainder, divisor): (usize, usize),
    ) -> Result<Set, Failure> {
        let split = |text: &str| -> Vec<Vec<String>> {
            text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
        };
        let rows =
            |name: &str| split(&std::fs::read_to_string(folder.join(name)).unwrap_or_default());
        let mut queries = rows("queries.tsv");
        let mut judged = rows("qrels.tsv");
        judged.extend(split(&graded.map(std::fs::read_to_string).transpose()?.unwrap_or_default()));
        let mut copies = HashMap::new();
        for row in rows("duplicates.tsv").iter().filter(|row| row.len() == 3) {
            copies.insert((row[0].clone(), row[1].clone()), row[2].clone());
        }
        let mut grades: HashMap<String, HashMap<String, u32>> = HashMap::new();
        let asked: HashSet<&str> = queries.iter().map(|row| row[0].as_str()).collect();
        judged.retain(|row| row.len() >= 3 && asked.contains(row[0].as_str()));
        for row in &judged {
            let text = copies.get(&(row[0].clone(), row[1].clone())).unwrap_or(&row[1]);
            let grade = grades.entry(row[0].clone()).or_default().entry(text.clone()).or_default();
            *grade = (*grade).max(row[2].parse()?);
        }
        let most = grades.values().flat_map(HashMap::values).max().copied().unwrap_or_default();
        queries.retain(|row| grades.is_empty() || grades.contains_key(&row[0]));
        let chosen =
            queries.into_iter().enumerate().filter(|(i, _)| i % divisor.max(1) == remainder);
        let queries = chosen.map(|(_, row)| (row[0].clone(), row[1..].join("\t"))).collect();
        Ok(Set { queries, grades, copies, relevant: if most > 1 { 2 } else { 1 } })
    }

    /// Reprints are folded where a copy is worth nothing.
    fn reprints(&self) -> ReprintPolicy {
        if self.copies.is_empty() { ReprintPolicy::Shown } else { ReprintPolicy::Folded }
    }

    /// The text that an article is a copy of, for this question.
    fn text<'a>(&'a self, query: &str, id: &'a str) -> &'a str {
        self.copies.get(&(query.to_owned(), id.to_owned())).map_or(id, String::as_str)
    }

    fn grade(&self, query: &str, id: &str) -> Option<u32> {
        self.grades.get(query)?.get(self.text(query, id)).copied()
    }

    /// The lines `question TAB article` of answers that nobody has judged.
    fn unjudged(&self, answers: &[Vec<String>]) -> Vec<String> {
        let of = |((query, _), ids): (&(String, String), &Vec<String>)| {
            let ids: Vec<&String> =
                ids.iter().filter(|id| self.grade(query, id).is_none()).collect();
            ids.into_iter().map(|id| format!("{query}\t{id}\n")).collect::<Vec<_>>()
        };
        self.queries.iter().zip(answers).flat_map(of).collect()
    }
}

/// Sums of what is measured, over questions.
#[derive(Default)]
struct Figures {
    first: f64,
    ten: f64,
    reciprocal: f64,
    gain: f64,
    five: f64,
    unjudged: f64,
}

/// Answers all questions and prints a line of the table.
fn measure(
    name: &str,
    set: &Set,
    answer: impl Fn(&String) -> jianbao::error::Result<Vec<String>> + Sync,
    each: bool,
) -> Result<Vec<Vec<String>>, Failure> {
    let started = Instant::now();
    let answers: Vec<Vec<String>> =
        set.queries.par_iter().map(|(_, line)| answer(line)).collect::<Result<_, _>>()?;
    let spent = started.elapsed().as_secs_f64() * 1e3 / set.queries.len().max(1) as f64;
    let mut sums = Figures::default();
    for ((query, line), ids) in set.queries.iter().zip(&answers) {
        let grades = grades(set, query, ids);
        let gain = gain(set, query, &grades);
        add(set, &grades, gain, &mut sums);
        if each {
            let shown: Vec<String> =
                grades.iter().map(|g| g.map_or("-".to_owned(), |g| g.to_string())).collect();
            println!("  {query} {gain:.3} {} {line}", shown.concat());
        }
    }
    let n = set.queries.len().max(1) as f64;
    println!(
        "{:<44} {:.4} {:.4} {:.4} {:.4} {:.4} {:.2}",
        format!("{name} ({spent:.2} ms)"),
        sums.first / n,
        sums.ten / n,
        sums.reciprocal / n,
        sums.gain / n,
        sums.five / n,
        sums.unjudged / n
    );
    Ok(answers)
}

/// The grades of the first articles: 0 for a copy of what was shown, none for what nobody judged.
fn grades(set: &Set, query: &str, ids: &[String]) -> Vec<Option<u32>> {
    let mut shown = HashSet::new();
    let grade = |id: &String| {
        let first = shown.insert(set.text(query, id).to_owned());
        set.grade(query, id).map(|grade| if first { grade } else { 0 })
    };
    ids.iter().take(DEPTH).map(grade).collect()
}

fn add(set: &Set, grades: &[Option<u32>], gain: f64, sums: &mut Figures) {
    let right = |grade: &Option<u32>| grade.is_some_and(|grade| grade >= set.relevant);
    let at = grades.iter().position(right);
    sums.first += f64::from(u8::from(at == Some(0)));
    sums.ten += f64::from(u8::from(at.is_some()));
    sums.reciprocal += at.map_or(0.0, |at| 1.0 / (at + 1) as f64);
    sums.gain += gain;
    sums.five += grades.iter().take(5).filter(|grade| right(grade)).count() as f64 / 5.0;
    sums.unjudged += grades.iter().filter(|grade| grade.is_none()).count() as f64;
}

/// nDCG@10 (Järvelin and Kekäläinen, 2002) with gains of 2^grade - 1.
fn gain(set: &Set, query: &str, grades: &[Option<u32>]) -> f64 {
    let sum = |grades: &mut dyn Iterator<Item = u32>| -> f64 {
        (0..).zip(grades).map(|(i, g)| (2f64.powi(g as i32) - 1.0) / f64::from(i + 2).log2()).sum()
    };
    let mut best: Vec<u32> =
        set.grades.get(query).into_iter().flat_map(HashMap::values).copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal = sum(&mut best.into_iter().take(DEPTH));
    let found = sum(&mut grades.iter().map(|grade| grade.unwrap_or(0)));
    if ideal > 0.0 { found / ideal } else { 0.0 }
}

fn build(folder: &Path, corpus: &Path, definition: Definition) -> Result<(), Failure> {
    let analyzer = Analyzer::new(definition, Context::default())?;
    let roots: Vec<PathBuf> = vec![corpus.to_owned()];
    let job = Update {
        place: &IndexPlace::from(folder),
        roots: &roots,
        options: &archive::Options { max_size: 1 << 30, ..archive::Options::default() },
        analyzer: &analyzer,
        mode: Mode::Rebuild,
        threads: 2,
        memory_budget: 100 << 20,
        rules: Rules::default(),
    };
    update(&job, &(), &Stop::default())?;
    Ok(())
}

/// The chosen weights with some changed, as `b=0.5,title=1`.
fn changed(setting: &str) -> Result<Ranking, Failure> {
    let mut ranking = Ranking::default();
    for change in setting.split(',').filter(|c| !c.is_empty()) {
        let (name, value) = change.split_once('=').ok_or("a setting is NAME=VALUE")?;
        let value: f32 = value.parse()?;
        let weight = match name {
            "k1" => &mut ranking.k1,
            "b" => &mut ranking.b,
            "passage" => &mut ranking.passage,
            "article" => &mut ranking.article,
            "title" => &mut ranking.title,
            "inner" => &mut ranking.inner,
            "question" => &mut ranking.question,
            "synonym" => &mut ranking.synonym,
            "equal" => &mut ranking.equal,
            "neighbours" => &mut ranking.neighbours,
            "within" => &mut ranking.within,
            "agreement" => &mut ranking.agreement,
            "lead" => &mut ranking.lead,
            "cohesion" => &mut ranking.cohesion,
            "minimum_keywords" => &mut ranking.minimum_keywords,
            "minimum" => &mut ranking.minimum,
            "candidates" => {
                ranking.candidates = value as usize;
                continue;
            }
            other => return Err(format!("no weight is called {other}").into()),
        };
        *weight = value;
    }
    Ok(ranking)
}

/// Plain BM25 over passages, as the public baselines have it.
struct Plain {
    /// The article of each passage, and its number of words.
    passages: Vec<(u32, f32)>,
    postings: HashMap<String, Vec<(u32, f32)>>,
    /// Id of each article, and the group of its reprints.
    articles: Vec<(String, Option<u32>)>,
}

impl Plain {
    fn new(index: &Snapshot, lexicon: &Lexicon) -> Result<Plain, Failure> {
        let mut plain =
            Plain { passages: Vec::new(), postings: HashMap::new(), articles: Vec::new() };
        let engine = index.engine();
        for (number, first) in engine.articles()? {
            let head = engine.passage(first)?.article;
            let article = plain.articles.len() as u32;
            let group = index.groups().and_then(|groups| groups.group(number));
            plain.articles.push((head.id.clone(), group));
            let title = tokens(lexicon, head.title.as_deref().unwrap_or_default());
            for at in engine.siblings(first) {
                let text = tokens(lexicon, &engine.passage(at)?.text);
                plain.push(article, text.into_iter().chain(title.clone()).collect());
            }
        }
        Ok(plain)
    }

    fn push(&mut self, article: u32, words: Vec<String>) {
        let place = self.passages.len() as u32;
        self.passages.push((article, words.len() as f32));
        let mut counts: HashMap<String, f32> = HashMap::new();
        words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1.0);
        for (word, count) in counts {
            self.postings.entry(word).or_default().push((place, count));
        }
    }

    /// The first articles, one of each group of reprints.
    fn answer(
        &self,
        lexicon: &Lexicon,
        line: &str,
        reprints: ReprintPolicy,
        depth: usize,
    ) -> Vec<String> {
        let n = self.passages.len() as f32;
        let average = self.passages.iter().map(|p| p.1).sum::<f32>() / n;
        let mut scores: HashMap<u32, f32> = HashMap::new();
        for token in tokens(lexicon, line) {
            let Some(postings) = self.postings.get(&token) else { continue };
            let df = postings.len() as f32;
            let idf = (1.0 + (n - df + 0.5) / (df + 0.5)).ln();
            for &(passage, count) in postings {
                let norm = 0.9 * (0.6 + 0.4 * self.passages[passage as usize].1 / average);
                *scores.entry(passage).or_default() += idf * count * 1.9 / (count + norm);
            }
        }
        let mut best: HashMap<u32, f32> = HashMap::new();
        for (passage, score) in scores {
            let best = best.entry(self.passages[passage as usize].0).or_default();
            *best = best.max(score);
        }
        let mut best: Vec<(u32, f32)> = best.into_iter().collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut shown = HashSet::new();
        let articles = best.into_iter().map(|(article, _)| &self.articles[article as usize]);
        let new = articles.filter(|(_, group)| {
            reprints == ReprintPolicy::Shown || group.is_none_or(|group| shown.insert(group))
        });
        new.take(depth).map(|(id, _)| id.clone()).collect()
    }
}

/// The words of a text as jieba cuts them in search mode.
fn tokens(lexicon: &Lexicon, text: &str) -> Vec<String> {
    let folded = fold(text);
    let cut = lexicon.segmenter.words(&folded);
    let mut tokens = Vec::new();
    lexicon.segmenter.search_tokens(&folded, &cut, |span| tokens.push(span.of(&folded).to_owned()));
    tokens.retain(|token| token.chars().any(char::is_alphanumeric));
    tokens
}
