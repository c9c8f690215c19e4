//! Measures relevance: hit@1, hit@10, MRR@10 and nDCG@10 of a set of questions, for several
//! settings side by side.
//!
//! `cargo run --release -p jianbao-tools --bin relevance -- CORPUS.jsonl QUERIES.tsv QRELS.tsv
//! [NAME=VALUE,... ...]`
//!
//! CORPUS has one article a line (`id`, `title`, `text`); QUERIES `qid TAB query`; QRELS `qid TAB
//! id TAB 1`. Each further argument is one more setting to compare: the chosen one with some
//! weights changed. The plain settings are BM25 (k1 0.9, b 0.4) over whole articles: words as jieba
//! cuts them in search mode, pairs of characters, and both summed.

use jianbao::analysis::Analyzer;
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::query::parse;
use jianbao::search::{self, Lexicon, Ranking, ReprintPolicy, Request};
use jianbao::text::fold::fold;
use jianbao::text::word::Segmenter;
use jianbao::update::{Mode, Observer, Snapshot, Stop, Update, update};
use jianbao_tools::{Failure, arguments};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

struct Questions {
    queries: Vec<(String, String)>,
    answers: HashMap<String, HashSet<String>>,
}

struct Silent;

impl Observer for Silent {}

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let [corpus, queries, qrels, settings @ ..] = arguments.as_slice() else {
        return Err(
            "usage: relevance CORPUS.jsonl QUERIES.tsv QRELS.tsv [NAME=VALUE,... ...]".into()
        );
    };
    let questions = questions(queries, qrels)?;
    let definition = Definition::embedded();
    let lexicon = Lexicon::new(&definition, Segmenter::new(&definition)?);
    println!("{:<44} hit@1  hit@10 MRR@10 nDCG@10", "setting");
    if settings.is_empty() {
        plain(corpus, &questions, &lexicon)?;
    }
    let folder = std::env::temp_dir().join(format!("jianbao-relevance-{}", std::process::id()));
    let index = build(&folder, Path::new(corpus), definition)?;
    for setting in std::iter::once("").chain(settings.iter().map(String::as_str)) {
        let ranking = changed(setting)?;
        let started = Instant::now();
        let answers: Vec<Vec<String>> = questions
            .queries
            .par_iter()
            .map(|(_, line)| {
                let request = Request {
                    query: parse(line).0,
                    ranking,
                    reprints: ReprintPolicy::Shown,
                    ..Request::default()
                };
                let answer = search::run(&index, &request, &lexicon)?;
                Ok(answer.hits.into_iter().map(|hit| hit.passage.article.id.clone()).collect())
            })
            .collect::<jianbao::error::Result<_>>()?;
        let each = started.elapsed().as_secs_f64() * 1e3 / questions.queries.len() as f64;
        report(&format!("jianbao {setting} ({each:.2} ms)"), &questions, &answers);
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn questions(queries: &str, qrels: &str) -> Result<Questions, Failure> {
    let mut answers: HashMap<String, HashSet<String>> = HashMap::new();
    for line in std::fs::read_to_string(qrels)?.lines() {
        let mut columns = line.split('\t');
        if let (Some(query), Some(id)) = (columns.next(), columns.next()) {
            answers.entry(query.to_owned()).or_default().insert(id.to_owned());
        }
    }
    let text = std::fs::read_to_string(queries)?;
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    let queries = pairs.map(|(name, query)| (name.to_owned(), query.to_owned()));
    Ok(Questions {
        queries: queries.filter(|(name, _)| answers.contains_key(name)).collect(),
        answers,
    })
}

fn build(folder: &Path, corpus: &Path, definition: Definition) -> Result<Snapshot, Failure> {
    let context = Context { crawled: None, latest: None };
    let analyzer = Analyzer::new(definition.clone(), context)?;
    let options = archive::Options {
        include: Vec::new(),
        exclude: Vec::new(),
        hidden: archive::Hidden::Skip,
        links: archive::Links::Stay,
        max_size: 1 << 30,
        encoding: None,
        fields: archive::FieldMap::new(&definition, &[])?,
    };
    let roots: Vec<PathBuf> = vec![corpus.to_owned()];
    let job = Update {
        folder,
        roots: &roots,
        options: &options,
        analyzer: &analyzer,
        mode: Mode::Rebuild,
        threads: 2,
        memory_budget: 100 << 20,
        rules: jianbao::update::Rules::default(),
    };
    update(&job, &Silent, &Stop::default())?;
    Ok(Snapshot::open(folder, &definition)?)
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
            "neighbours" => &mut ranking.neighbours,
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

/// One line of the table: binary gains, averaged over all questions with an answer.
fn report(name: &str, questions: &Questions, found: &[Vec<String>]) {
    let (mut first, mut ten, mut reciprocal, mut gain) = (0.0, 0.0, 0.0, 0.0);
    for ((query, _), ids) in questions.queries.iter().zip(found) {
        let right = &questions.answers[query];
        let mut seen = HashSet::new();
        let unique = ids.iter().filter(|id| seen.insert(id.as_str())).take(10);
        let at: Vec<usize> =
            unique.enumerate().filter(|(_, id)| right.contains(*id)).map(|(i, _)| i).collect();
        let discount = |i: usize| 1.0 / ((i + 2) as f64).log2();
        first += f64::from(u8::from(at.first() == Some(&0)));
        ten += f64::from(u8::from(!at.is_empty()));
        reciprocal += at.first().map_or(0.0, |&i| 1.0 / (i + 1) as f64);
        gain += at.iter().map(|&i| discount(i)).sum::<f64>()
            / (0..right.len().min(10)).map(discount).sum::<f64>();
    }
    let n = questions.queries.len().max(1) as f64;
    println!("{name:<44} {:.4} {:.4} {:.4} {:.4}", first / n, ten / n, reciprocal / n, gain / n);
}

/// Plain BM25 over whole articles, as the public baselines have it.
struct Bag {
    lengths: Vec<f32>,
    postings: HashMap<String, Vec<(u32, f32)>>,
}

impl Bag {
    fn new(articles: &[Vec<String>]) -> Bag {
        let mut bag = Bag { lengths: Vec::new(), postings: HashMap::new() };
        for (i, tokens) in articles.iter().enumerate() {
            let mut counts: HashMap<&str, f32> = HashMap::new();
            tokens.iter().for_each(|t| *counts.entry(t).or_default() += 1.0);
            bag.lengths.push(tokens.len() as f32);
            for (token, count) in counts {
                bag.postings.entry(token.to_owned()).or_default().push((i as u32, count));
            }
        }
        bag
    }

    fn scores(&self, query: &[String]) -> HashMap<u32, f32> {
        let n = self.lengths.len() as f32;
        let average = self.lengths.iter().sum::<f32>() / n;
        let mut scores = HashMap::new();
        for token in query {
            let Some(postings) = self.postings.get(token) else { continue };
            let df = postings.len() as f32;
            let idf = (1.0 + (n - df + 0.5) / (df + 0.5)).ln();
            for &(article, count) in postings {
                let norm = 0.9 * (0.6 + 0.4 * self.lengths[article as usize] / average);
                *scores.entry(article).or_default() += idf * count * 1.9 / (count + norm);
            }
        }
        scores
    }
}

fn plain(corpus: &str, questions: &Questions, lexicon: &Lexicon) -> Result<(), Failure> {
    let (mut ids, mut words, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    let word_tokens = |text: &str| {
        let folded = fold(text);
        let cut = lexicon.segmenter.words(&folded);
        let mut tokens = Vec::new();
        lexicon
            .segmenter
            .search_tokens(&folded, &cut, |span| tokens.push(span.of(&folded).to_owned()));
        tokens
    };
    let pair_tokens = |text: &str| {
        let chars: Vec<char> = fold(text).chars().filter(|c| c.is_alphanumeric()).collect();
        chars.windows(2).map(|pair| pair.iter().collect::<String>()).collect::<Vec<String>>()
    };
    for line in std::fs::read_to_string(corpus)?.lines() {
        let record: serde_json::Value = serde_json::from_str(line)?;
        let field = |name: &str| record[name].as_str().unwrap_or_default();
        let text = format!("{}\n{}", field("title"), field("text"));
        ids.push(field("id").to_owned());
        words.push(word_tokens(&text));
        pairs.push(pair_tokens(&text));
    }
    let (words, pairs) = (Bag::new(&words), Bag::new(&pairs));
    let weights = [
        ("plain words", 1.0, 0.0),
        ("plain pairs of characters", 0.0, 1.0),
        ("both summed", 1.0, 1.0),
    ];
    for (name, word_weight, pair_weight) in weights {
        let answer = |(_, line): &(String, String)| {
            let mut scores: HashMap<u32, f32> = HashMap::new();
            for (bag, tokens, weight) in
                [(&words, word_tokens(line), word_weight), (&pairs, pair_tokens(line), pair_weight)]
            {
                for (article, score) in bag.scores(&tokens) {
                    *scores.entry(article).or_default() += weight * score;
                }
            }
            let mut scores: Vec<(u32, f32)> = scores.into_iter().filter(|s| s.1 > 0.0).collect();
            scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            scores.into_iter().take(10).map(|(article, _)| ids[article as usize].clone()).collect()
        };
        let found: Vec<Vec<String>> = questions.queries.par_iter().map(answer).collect();
        report(name, questions, &found);
    }
    Ok(())
}
