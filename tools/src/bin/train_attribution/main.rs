//! Trains the models of attribution (index/saying.model, attribution.model and
//! continuation.model) and cross-validates them.
//!
//! `cargo run --release -p jianbao-tools --bin train_attribution -- --gold GOLD.jsonl --texts DIR
//! [--folds 5] [--dump PREDICTED.jsonl] [--held GOLD.jsonl DIR [--models DIR]]
//! [--out index [--quotations --models DIR]]`
//!
//! GOLD.jsonl has one annotated article a line (see gold.rs), DIR its texts as ID.txt. Without
//! `--out` it cross-validates by article; `--dump` then writes the quotes that each article gets
//! from the models that did not see it. With `--quotations` only attribution.model is learnt, from
//! what the other models of DIR find; they are kept. The same files give the same models, byte for
//! byte.

mod chain;
mod continuation;
mod forest;
mod gold;
mod quotation;
mod saying;

use gold::Article;
use jianbao::definition::Definition;
use jianbao::quote::{ArticlePart, Grammar, Quote, extract};
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

struct Arguments {
    gold: PathBuf,
    texts: PathBuf,
    folds: u64,
    dump: Option<PathBuf>,
    out: Option<PathBuf>,
    /// Annotated articles that are only attributed, by models that learnt from all of `gold`.
    held: Option<(PathBuf, PathBuf)>,
    /// The folder of the models that attribute them instead, learnt before; with `quotations`, of
    /// those that are kept.
    models: Option<PathBuf>,
    /// Only the model of quotations is learnt.
    quotations: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    let articles = gold::read(&arguments.gold, &arguments.texts)?;
    let articles: Vec<&Article> = articles.iter().collect();
    eprintln!("{} articles", articles.len());
    match &arguments.out {
        Some(out) => {
            let models = if arguments.quotations {
                let kept = arguments.models.ok_or("--quotations needs --models DIR")?;
                Models::read(&kept)?.with_quotations(&articles)?
            } else {
                Models::learn(&articles, arguments.folds)?
            };
            std::fs::write(out.join(saying::FILE), models.saying)?;
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
                    let models = match &arguments.models {
                        Some(folder) => Models::read(folder)?,
                        None => Models::learn(&articles, arguments.folds)?,
                    };
                    apply(&models, &held.iter().collect::<Vec<_>>(), &mut dump)?;
                }
                None => cross_validate(&articles, arguments.folds, &mut dump)?,
            }
        }
    }
    Ok(())
}

/// The models as they stand in files.
#[derive(Default, Clone)]
struct Models {
    saying: Vec<u8>,
    quotation: String,
    continuation: String,
}

impl Models {
    /// Learns the models one after the other. Each learns from articles that the ones before it had
    /// not seen, as it will find them later.
    fn learn(articles: &[&Article], folds: u64) -> Result<Models, Box<dyn Error>> {
        let rules = Models::default().grammar()?;
        let sayings: Vec<_> = articles.iter().map(|a| saying::lessons(a, &rules)).collect();
        let held = |a: &Article, fold: u64| a.fold / folds % folds == fold;
        let rest = |fold: u64| move |a: &&Article| !held(a, fold);
        let mut parts = Vec::new();
        let mut lessons: Vec<quotation::Lesson> =
            articles.iter().map(|_| quotation::Lesson::default()).collect();
        for fold in 0..folds {
            let others = articles.iter().zip(&sayings).filter(|(a, _)| rest(fold)(a));
            let part =
                Models { saying: saying::learn(others.map(|(_, l)| l)), ..Models::default() };
            let grammar = part.grammar()?;
            for (article, lesson) in articles.iter().zip(&mut lessons) {
                if held(article, fold) {
                    *lesson = quotation::lesson(article, &grammar);
                }
            }
            parts.push(part);
        }
        let mut continuations = Vec::new();
        for (fold, part) in (0..folds).zip(parts) {
            let others = articles.iter().zip(&lessons).filter(|(a, _)| rest(fold)(a));
            let quotation = quotation::learn(others.map(|(_, l)| l));
            let grammar = Models { quotation, ..part }.grammar()?;
            let seen = articles.iter().enumerate().filter(|(_, a)| held(a, fold));
            continuations.extend(seen.map(|(i, a)| continuation::lessons(i, a, &grammar)));
        }
        Ok(Models {
            saying: saying::learn(&sayings),
            quotation: quotation::learn(&lessons),
            continuation: continuation::learn(&continuations),
        })
    }

    /// These models with that of quotations learnt again, from what they find.
    fn with_quotations(self, articles: &[&Article]) -> Result<Models, Box<dyn Error>> {
        let grammar = Models { quotation: String::new(), ..self.clone() }.grammar()?;
        let lessons: Vec<_> = articles.iter().map(|a| quotation::lesson(a, &grammar)).collect();
        Ok(Models { quotation: quotation::learn(&lessons), ..self })
    }

    /// The models in the files of a folder.
    fn read(folder: &Path) -> std::io::Result<Models> {
        Ok(Models {
            saying: std::fs::read(folder.join(saying::FILE))?,
            quotation: std::fs::read_to_string(folder.join(quotation::FILE))?,
            continuation: std::fs::read_to_string(folder.join(continuation::FILE))?,
        })
    }

    /// The embedded definition with these models, compiled.
    fn grammar(&self) -> Result<Grammar, Box<dyn Error>> {
        let definition = Definition::embedded()
            .with_file(saying::FILE, self.saying.clone())?
            .with_file(quotation::FILE, self.quotation.as_bytes().to_vec())?
            .with_file(continuation::FILE, self.continuation.as_bytes().to_vec())?;
        Ok(Grammar::new(&definition)?)
    }
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
        let sizes = [models.saying.len(), models.quotation.len(), models.continuation.len()];
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
    let grammar = models.grammar()?;
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
        models: None,
        quotations: false,
    };
    let mut given = std::env::args().skip(1);
    while let Some(flag) = given.next() {
        if flag == "--quotations" {
            found.quotations = true;
            continue;
        }
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
            "--models" => found.models = Some(value.into()),
            "--out" => found.out = Some(value.into()),
            _ => {
                let known = "--gold --texts --folds --dump --held --models --out";
                return Err(format!("unknown flag {flag}; known: {known}").into());
            }
        }
    }
    Ok(found)
}
