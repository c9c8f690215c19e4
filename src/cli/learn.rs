//! `train` and `words`: what a user's own archive can teach, topics and words.

use super::args::{TrainCommand, WordsCommand};
use super::number::{counted_all, noun};
use super::output::Output;
use super::terminal::one_line;
use super::{CommandOutcome, advice, prepare};
use crate::analysis::Analyzer;
use crate::archive::{self, Content, RawRecord};
use crate::error::{Error, Result};
use crate::text::harmless;
use crate::text::word::Segmented;
use crate::topic::bag::Bag;
use crate::topic::discover::{Limits, discover};
use crate::topic::train::{self, Lesson, TrainingOptions};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Records that are analysed together; see `inspect`.
const TOGETHER: usize = 256;

/// Runs `jianbao train`.
pub fn train(command: &TrainCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.definition)?;
    let options = prepare::reading(&command.reading, &definition)?;
    let analyzer = prepare::analyzer(definition, &command.reading)?;
    let labelled = if command.folder.is_dir() {
        from_folder(&command.folder, &options, &analyzer)?
    } else {
        from_table(&command.folder, &analyzer)?
    };
    let labels: Vec<String> = labelled.keys().cloned().collect();
    let lessons: Vec<Lesson> = labelled
        .into_values()
        .enumerate()
        .flat_map(|(label, bags)| bags.into_iter().map(move |bag| Lesson::new(bag, &[label])))
        .collect();
    // Parts are dealt by position: every label goes to every part in turn.
    let report = train::cross_validate(
        &labels,
        &lessons,
        &[],
        command.folds.max(2),
        TrainingOptions::PLAIN,
    )?;
    output.line(&format!(
        "{}, {}, {}-fold cross-validation: accuracy {:.3}",
        counted_all(report.n_articles, "article"),
        counted_all(labels.len(), "label"),
        command.folds.max(2),
        report.accuracy
    ))?;
    for label in &report.labels {
        output.line(&one_line(&format!(
            "  {:<12} precision {:.3}  recall {:.3}  {:>6} {}",
            label.label,
            label.precision,
            label.recall,
            label.n_articles,
            noun(label.n_articles as u64, "article")
        )))?;
    }
    if let Some(folder) = &command.out {
        std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        let model = train::learn(&labels, &lessons, &[], TrainingOptions::PLAIN)?.to_bytes();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).map_err(Error::io("write", path))
        };
        write("topics.model", &model)?;
        write("topics.toml", taxonomy(&labels).as_bytes())?;
        talk!("use it with --definition {}", one_line(&folder.to_string_lossy()));
    }
    Ok(CommandOutcome::Found)
}

/// Bags of words by label, labels in order.
type Labelled = BTreeMap<String, Vec<Bag>>;

/// The articles of each sub-folder, labelled by its name.
fn from_folder(folder: &Path, options: &archive::Options, analyzer: &Analyzer) -> Result<Labelled> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(Error::io("read", folder))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.is_dir() && !path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'))
        })
        .collect();
    folders.sort();
    let mut labelled = Labelled::new();
    for folder in folders {
        let label =
            folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let walk = archive::walk(std::slice::from_ref(&folder), options)?;
        let records: Vec<RawRecord> = walk
            .files
            .iter()
            .flat_map(|entry| archive::records(entry, options))
            .filter_map(|outcome| match outcome {
                Ok(record) => Some(record),
                Err(skip) => {
                    talk!("skipped {}", advice::skipped(&skip));
                    None
                }
            })
            .collect();
        labelled.insert(label, records.par_iter().map(|record| bag(record, analyzer)).collect());
    }
    Ok(labelled)
}

/// The lines of a file, each a label, a tab and a text.
fn from_table(path: &Path, analyzer: &Analyzer) -> Result<Labelled> {
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    let mut rows: Vec<(String, RawRecord)> = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong =
            || Error::Usage(format!("{}:{}: not a label, a tab and a text", path.display(), i + 1));
        let (label, text) = line.split_once('\t').ok_or_else(wrong)?;
        let record = RawRecord {
            path: archive::path_text(path),
            place: Some(i as u64 + 1),
            line: Some(i as u64 + 1),
            encoding: "UTF-8",
            content: Content::Plain(text.to_owned()),
            ..RawRecord::default()
        };
        rows.push((label.trim().to_owned(), record));
    }
    let bags: Vec<Bag> = rows.par_iter().map(|(_, record)| bag(record, analyzer)).collect();
    let mut labelled = Labelled::new();
    for ((label, _), bag) in rows.into_iter().zip(bags) {
        labelled.entry(label).or_default().push(bag);
    }
    Ok(labelled)
}

fn bag(record: &RawRecord, analyzer: &Analyzer) -> Bag {
    let analysis = analyzer.analyze(record);
    Bag::of(&analysis.title_words, &analysis.body_words)
}

/// A topics.toml with the labels as its topics.
fn taxonomy(labels: &[String]) -> String {
    let mut text = String::from(
        "# Written by `jianbao train`: give the topics names and aliases as you like; the \
            keys are the model's.\n",
    );
    for label in labels {
        // A JSON string is a TOML string too.
        let label = serde_json::Value::String(label.clone());
        // Writing to a string cannot fail.
        let _ = write!(text, "\n[[topic]]\nkey = {label}\nname = {label}\n");
    }
    text
}

/// Runs `jianbao words`.
pub fn words(command: &WordsCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.definition)?;
    let options = prepare::reading(&command.reading, &definition)?;
    let analyzer = prepare::analyzer(definition, &command.reading)?;
    let walk = archive::walk(&command.paths, &options)?;
    let mut records = walk
        .files
        .iter()
        .flat_map(|entry| archive::records(entry, &options))
        .filter_map(Result::ok);
    let texts = std::iter::from_fn(|| {
        let some: Vec<RawRecord> = records.by_ref().take(TOGETHER).collect();
        let done: Vec<Segmented> =
            some.par_iter().map(|record| analyzer.analyze(record).body_words).collect();
        (!done.is_empty()).then_some(done)
    });
    let limits = Limits { count: command.count, ..Limits::default() };
    let found = discover(texts.flatten(), &analyzer.segmenter, limits);
    for candidate in found.iter().take(command.limit) {
        output.line(&harmless(&format!("{}\t{}", candidate.word, candidate.count)))?;
    }
    Ok(if found.is_empty() { CommandOutcome::Nothing } else { CommandOutcome::Found })
}
