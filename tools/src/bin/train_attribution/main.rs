//! Trains the models of attribution (index/continuation.model) and cross-validates them.
//!
//! `cargo run --release -p jianbao-tools --bin train_attribution -- --gold GOLD.jsonl --texts DIR
//! [--folds 5] [--dump PREDICTED.jsonl] [--held GOLD.jsonl DIR] [--out index]`
//!
//! GOLD.jsonl has one annotated article a line (see gold.rs), DIR its texts as ID.txt. Without
//! `--out` it cross-validates by article; `--dump` then writes the quotes that each article gets
//! from the models that did not see it. The same files give the same models, byte for byte.

mod chain;
mod continuation;
mod forest;
mod gold;
mod quotation;

use gold::Article;
use jianbao::definition::Definition;
use jianbao::quote::{ArticlePart, Grammar, Quote, extract};
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

struct Arguments {
    gold: PathBuf,
    texts: PathBuf,
    folds: u64,
    dump: Option<PathBuf>,
    out: Option<PathBuf>,
    /// Annotated articles that are only attributed, by models that learnt from all of `gold`.
    held: Option<(PathBuf, PathBuf)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    let articles = gold::read(&arguments.gold, &arguments.texts)?;
    let articles: Vec<&Article> = articles.iter().collect();
    eprintln!("{} articles", articles.len());
    match &arguments.out {
        Some(out) => {
            let models = Models::learn(&articles, arguments.folds)?;
            std::fs::write(out.join(quotation::FILE), models.quotation)?;
            std::fs::write(out.join(continuation::FILE), models.continuation)?;
        }
        None => {
            let mut out = arguments.dump.map(std::fs::File::create).transpose()?;
            let mut dump = |line: String| match &mut out {
                Some(out) => writeln!(out, "{line}"),
                None => Ok(()),
            };
            match &arguments.held {
                Some((gold, texts)) => {
                    let held = gold::read(gold, texts)?;
                    let models = Models::learn(&articles, arguments.folds)?;
                    apply(&models, &held.iter().collect::<Vec<_>>(), &mut dump)?;
                }
                None => cross_validate(&articles, arguments.folds, &mut dump)?,
            }
        }
    }
    Ok(())
}

/// The models as text.
struct Models {
    quotation: String,
    continuation: String,
}

impl Models {
    /// Learns the models one after the other. The continuation model learns from articles whose
    /// quotations were attributed by a model that had not seen them, as it will find them later.
    fn learn(articles: &[&Article], folds: u64) -> Result<Models, Box<dyn Error>> {
        let empty = definition("", "")?;
        let rules = Grammar::new(&empty)?;
        let lessons: Vec<quotation::Lesson> =
            articles.iter().map(|a| quotation::lesson(a, &rules)).collect();
        let mut continuations = Vec::new();
        for fold in 0..folds {
            let held = |a: &Article| a.fold / folds % folds == fold;
            let rest = articles.iter().zip(&lessons).filter(|(a, _)| !held(a)).map(|(_, l)| l);
            let grammar = Grammar::new(&definition(&quotation::learn(rest), "")?)?;
            let seen = articles.iter().enumerate().filter(|(_, a)| held(a));
            continuations.extend(seen.map(|(i, a)| continuation::lessons(i, a, &grammar)));
        }
        Ok(Models {
            quotation: quotation::learn(&lessons),
            continuation: continuation::learn(&continuations),
        })
    }
}

/// The embedded definition with these models.
fn definition(quotation: &str, continuation: &str) -> Result<Definition, Box<dyn Error>> {
    Ok(Definition::embedded()
        .with_file(quotation::FILE, quotation.as_bytes().to_vec())?
        .with_file(continuation::FILE, continuation.as_bytes().to_vec())?)
}

/// Takes a line of output.
type Dump<'a> = dyn FnMut(String) -> std::io::Result<()> + 'a;

/// Learns from all folds but one and applies the models to that one, for each fold.
fn cross_validate(
    articles: &[&Article],
    folds: u64,
    dump: &mut Dump<'_>,
) -> Result<(), Box<dyn Error>> {
    for fold in 0..folds {
        let (held, rest): (Vec<&Article>, Vec<&Article>) =
            articles.iter().partition(|a| a.fold % folds == fold);
        let models = Models::learn(&rest, folds)?;
        let sizes = [models.quotation.len(), models.continuation.len()];
        eprintln!("fold {fold}: {} articles, models of {sizes:?} bytes", rest.len());
        apply(&models, &held, dump)?;
    }
    Ok(())
}

/// Hands over the quotes that the models find in `articles`.
fn apply(
    models: &Models,
    articles: &[&Article],
    dump: &mut Dump<'_>,
) -> Result<(), Box<dyn Error>> {
    let grammar = Grammar::new(&definition(&models.quotation, &models.continuation)?)?;
    for article in articles {
        let quotes = extract(article.title.as_deref(), &article.body, &grammar);
        quotes.iter().try_for_each(|quote| dump(line(article, quote)))?;
    }
    Ok(())
}

/// A quote as `jianbao quotes` prints it, as far as scoring needs it.
fn line(article: &Article, quote: &Quote) -> String {
    let part = match quote.part {
        ArticlePart::Body => article.body.as_str(),
        ArticlePart::Title => article.title.as_deref().unwrap_or_default(),
    };
    serde_json::json!({
        "path": article.path,
        "speaker": quote.speaker.as_ref().map(|s| &s.name),
        "kind": quote.kind,
        "rule": quote.rule.as_str(),
        "confidence": quote.confidence,
        "text": quote.span.of(part),
    })
    .to_string()
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut found = Arguments {
        gold: PathBuf::new(),
        texts: PathBuf::new(),
        folds: 5,
        dump: None,
        out: None,
        held: None,
    };
    let mut given = std::env::args().skip(1);
    while let Some(flag) = given.next() {
        let value = given.next().ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--gold" => found.gold = value.into(),
            "--texts" => found.texts = value.into(),
            "--folds" => found.folds = value.parse()?,
            "--dump" => found.dump = Some(value.into()),
            "--held" => {
                let texts = given.next().ok_or("--held needs a file and a folder")?;
                found.held = Some((value.into(), texts.into()));
            }
            "--out" => found.out = Some(value.into()),
            _ => {
                let known = "--gold --texts --folds --dump --held --out";
                return Err(format!("unknown flag {flag}; known: {known}").into());
            }
        }
    }
    Ok(found)
}
