//! `jianbao plan`: the cluster that an archive needs, with the arithmetic.

use super::CommandOutcome;
use super::analysed::AnalysedArchive;
use super::args::{CountFormat, PlanCommand};
use super::number::counted;
use super::output::Output;
use crate::analysis::Analyzer;
use crate::archive::RawRecord;
use crate::engine::opensearch::capacity::{ArchiveShape, CapacityPlan, NodeShape};
use crate::error::{Error, Result};
use crate::record::CapacityRecord;
use std::ops::ControlFlow;

/// Articles of a sample that are measured: more say the same.
const MOST_MEASURED: u64 = 20_000;

/// Runs `jianbao plan`.
pub fn plan(command: &PlanCommand, output: &mut Output) -> Result<CommandOutcome> {
    let (shape, measured) = match command.sample.is_empty() {
        true => (ArchiveShape::usual(command.articles), None),
        false => {
            let (text, passages, articles) = measure(command)?;
            let each = |total: u64| total as f64 / articles as f64;
            let (text, passages) = (each(text), each(passages));
            (ArchiveShape { articles: command.articles, text, passages }, Some(articles))
        }
    };
    let PlanCommand { disk, cores, replicas, .. } = *command;
    let plan = CapacityPlan::new(shape, NodeShape { disk, cores, replicas });
    match command.format {
        CountFormat::Json => output.json(&CapacityRecord::new(&plan, measured))?,
        CountFormat::Text => print(&plan, measured, output)?,
    }
    Ok(CommandOutcome::Found)
}

/// Analyses the first articles of a sample: bytes of text, passages, articles.
fn measure(command: &PlanCommand) -> Result<(u64, u64, u64)> {
    let PlanCommand { sample: paths, reading, definition, .. } = command;
    let (mut text, mut passages, mut articles) = (0, 0, 0);
    let measure = |analyzer: &Analyzer, record: &RawRecord| -> [u64; 2] {
        let passages = analyzer.analyze(record).passages;
        let bytes: usize = passages.iter().map(|passage| passage.text.len()).sum();
        [bytes as u64, passages.len() as u64]
    };
    AnalysedArchive { paths, reading, definition }.each(measure, |&[bytes, number]| {
        text += bytes;
        passages += number;
        articles += 1;
        let enough = articles >= MOST_MEASURED;
        Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    match articles {
        0 => Err(Error::Usage("there is no article in the sample".to_owned())),
        _ => Ok((text, passages, articles)),
    }
}

/// Prints a plan, each line with its arithmetic.
fn print(plan: &CapacityPlan, measured: Option<u64>, output: &mut Output) -> Result<()> {
    let CapacityPlan { archive, .. } = plan;
    let mut line = |name: &str, text: String| output.line(&format!("{name:<9} {text}"));
    let from = match measured {
        Some(articles) => format!("measured on {}", counted(articles, "article")),
        None => "as of news".to_owned(),
    };
    line(
        "articles",
        format!(
            "{}, each {:.0} bytes of text in {:.1} passages ({from})",
            thousands(archive.articles as f64),
            archive.text,
            archive.passages
        ),
    )?;
    let text = format!("{} × {:.0} B", thousands(archive.articles as f64), archive.text);
    line("text", format!("{} = {text}", bytes(plan.text)))?;
    line(
        "index",
        format!(
            "{} = {} × {:.2} B of index for a byte of text",
            bytes(plan.index),
            bytes(plan.text),
            plan.index_per_text
        ),
    )?;
    print_nodes(plan, output)?;
    print_loading(plan, output)
}

/// Prints disk, nodes and shards.
fn print_nodes(plan: &CapacityPlan, output: &mut Output) -> Result<()> {
    let CapacityPlan { node, nodes, parts, .. } = plan;
    let mut line = |name: &str, text: String| output.line(&format!("{name:<9} {text}"));
    let all = 1 + node.replicas;
    line("copies", format!("{} = {} × {all}", bytes(plan.copies), bytes(plan.index)))?;
    let filled = CapacityPlan::filled();
    line("disk", format!("{} = {} / {filled} filled", bytes(plan.disk), bytes(plan.copies)))?;
    let each = bytes(node.disk as f64);
    line("nodes", format!("{nodes} = {} / {each}, rounded up{}", bytes(plan.disk), least(plan)))?;
    line(
        "shards",
        format!(
            "{parts} = {} of at most {}, as many on each node; each {} and {} documents",
            bytes(plan.index),
            bytes(CapacityPlan::largest_part()),
            bytes(plan.part),
            thousands(plan.part_documents)
        ),
    )
}

/// Prints the hours of loading.
fn print_loading(plan: &CapacityPlan, output: &mut Output) -> Result<()> {
    let CapacityPlan { archive, node, nodes, .. } = plan;
    let mut line = |name: &str, text: String| output.line(&format!("{name:<9} {text}"));
    let all = 1 + node.replicas;
    let [indexing, analysis] = plan.milliseconds();
    let articles = thousands(archive.articles as f64);
    line(
        "loading",
        format!(
            "{:.1} h = {articles} × {indexing:.2} ms × {all} / ({nodes} × {} cores)",
            plan.indexing_hours, node.cores
        ),
    )?;
    line(
        "loaders",
        format!(
            "{} = {articles} × {analysis:.2} ms / {:.1} h",
            counted(plan.loader_cores, "core"),
            plan.indexing_hours
        ),
    )
}

/// A remark where the number of nodes is not that of the disks.
fn least(plan: &CapacityPlan) -> &'static str {
    let by_disk = (plan.disk / plan.node.disk as f64).ceil() as u64;
    if by_disk < plan.nodes { ", and at least three so that one may fail" } else { "" }
}

/// A number of bytes in the unit that suits it.
fn bytes(number: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut number, mut unit) = (number, 0);
    while number >= 999.95 && unit + 1 < units.len() {
        (number, unit) = (number / 1e3, unit + 1);
    }
    format!("{number:.*} {}", usize::from(unit > 0), units[unit])
}

/// A whole number with a comma between thousands.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_readers() {
        assert_eq!(["0 B", "999 B", "1.0 kB"], [bytes(0.0), bytes(999.0), bytes(1e3)].map(|b| b));
        assert_eq!((bytes(8.15e12), bytes(1e22)), ("8.2 TB".into(), "10000.0 EB".into()));
        assert_eq!((thousands(1e9), thousands(12.0)), ("1,000,000,000".into(), "12".into()));
    }
}
