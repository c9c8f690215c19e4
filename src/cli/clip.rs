//! `jianbao clip`: clippings kept in a basket, checked against their sources, and exported.

use super::args::{ClipAction, ClipCommand, Format};
use super::basket::Basket;
use super::number::{counted_all, verb};
use super::output::Output;
use super::terminal::one_line;
use super::{CommandOutcome, prepare, render};
use crate::clipping::{self, Clipping, digest};
use crate::error::{Error, Result};
use crate::passage::{self, Passage};
use crate::search;
use crate::update::Snapshot;
use std::borrow::Cow;

/// Runs `jianbao clip`.
pub fn clip(command: &ClipCommand, output: &mut Output) -> Result<CommandOutcome> {
    let mut basket = Basket::open(command.basket.as_deref())?;
    match command.action {
        ClipAction::Add => add(command, &mut basket),
        ClipAction::Remove => remove(command, &mut basket),
        ClipAction::List => list(command, &basket, output),
        ClipAction::Check => check(command, &basket, output),
        ClipAction::Export => export(command, &basket, output),
    }
}

fn open(command: &ClipCommand) -> Result<Snapshot> {
    Snapshot::open(command.place.place()?, &prepare::definition(&command.place.definition)?)
}

fn same_article(a: &Passage, b: &Passage) -> bool {
    a.article.key == b.article.key
}

fn add(command: &ClipCommand, basket: &mut Basket) -> Result<CommandOutcome> {
    if command.names.is_empty() {
        return Err(Error::Usage(
            "name articles to clip by their keys; a search shows them".into(),
        ));
    }
    let (index, day) = (open(command)?, prepare::accessed(command.accessed.as_deref())?);
    let mut added = 0;
    for name in &command.names {
        let passages = search::article(&index, name)?;
        for article in passages.chunk_by(same_article) {
            let clipping = match command.passage {
                None => Clipping::of_article(article, day),
                Some(ordinal) => {
                    let passage = article.iter().find(|passage| passage.ordinal == ordinal);
                    let wrong = || {
                        let last = article.len() - 1;
                        Error::Usage(format!("`{name}` has passages 0 to {last}, not {ordinal}"))
                    };
                    Some(Clipping::of_passage(passage.ok_or_else(wrong)?, day))
                }
            };
            let Some(clipping) = clipping else { continue };
            let (first, copies) = match article[0].article.key {
                Some(key) => search::printings(&index, key)?,
                None => (None, 0),
            };
            added += usize::from(basket.add(clipping.with_copies(first.as_deref(), copies)));
        }
    }
    basket.save()?;
    let all = counted_all(basket.clippings.len(), "clipping");
    talk!("{added} added · {all} in {}", one_line(&basket.path().to_string_lossy()));
    Ok(if added > 0 { CommandOutcome::Found } else { CommandOutcome::Nothing })
}

fn remove(command: &ClipCommand, basket: &mut Basket) -> Result<CommandOutcome> {
    let before = basket.clippings.len();
    basket.clippings.retain(|clipping| !command.names.contains(&clipping.key));
    basket.save()?;
    let removed = before - basket.clippings.len();
    talk!("{} removed", counted_all(removed, "clipping"));
    Ok(if removed > 0 { CommandOutcome::Found } else { CommandOutcome::Nothing })
}

fn list(command: &ClipCommand, basket: &Basket, output: &mut Output) -> Result<CommandOutcome> {
    for clipping in &basket.clippings {
        match command.format {
            Some(Format::Json | Format::Jsonl) => output.json(clipping)?,
            _ => output.line(&line(clipping))?,
        }
    }
    Ok(if basket.clippings.is_empty() { CommandOutcome::Nothing } else { CommandOutcome::Found })
}

/// A clipping in one line.
fn line(clipping: &Clipping) -> String {
    let head = &clipping.article;
    let passage = clipping.ordinal.map(|ordinal| format!("#{ordinal}")).unwrap_or_default();
    let facts = [
        Some(format!("{}{passage}", clipping.key)),
        head.shown_date().map(Cow::into_owned),
        head.source.clone(),
        head.title.clone(),
        Some(head.place()),
    ];
    one_line(&facts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// Tells which clippings the index does not have any more as they were cut out.
fn check(command: &ClipCommand, basket: &Basket, output: &mut Output) -> Result<CommandOutcome> {
    let index = open(command)?;
    let mut wrong = 0;
    for clipping in &basket.clippings {
        let state = match words(&index, clipping)? {
            None => "gone",
            Some(text) if digest(&text) == clipping.digest => continue,
            Some(_) => "changed",
        };
        wrong += 1;
        output.line(&format!("{state:<8} {}", line(clipping)))?;
    }
    let all = basket.clippings.len();
    talk!(
        "{wrong} of {} {} not in the index as {} cut out",
        counted_all(all, "clipping"),
        verb(wrong, "is", "are"),
        verb(wrong, "it was", "they were")
    );
    Ok(if wrong == 0 { CommandOutcome::Found } else { CommandOutcome::Nothing })
}

/// The words that the index has today where a clipping was cut out.
fn words(index: &Snapshot, clipping: &Clipping) -> Result<Option<String>> {
    let passages = match search::article(index, &clipping.key) {
        Ok(passages) => passages,
        Err(Error::NoArticle(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(match clipping.ordinal {
        None => Some(passage::body(&passages)),
        Some(ordinal) => {
            passages.into_iter().find(|passage| passage.ordinal == ordinal).map(|p| p.text)
        }
    })
}

fn export(command: &ClipCommand, basket: &Basket, output: &mut Output) -> Result<CommandOutcome> {
    if basket.clippings.is_empty() {
        talk!("there is nothing in {}", one_line(&basket.path().to_string_lossy()));
        return Ok(CommandOutcome::Nothing);
    }
    let chosen =
        |clipping: &&Clipping| command.names.is_empty() || command.names.contains(&clipping.key);
    let clippings: Vec<Clipping> = basket.clippings.iter().filter(chosen).cloned().collect();
    match command.format.unwrap_or(Format::Md) {
        Format::Json | Format::Jsonl => {
            clippings.iter().try_for_each(|clipping| output.json(clipping))?;
        }
        Format::Csv => output.line(clipping::csv(&clippings).trim_end())?,
        format @ (Format::Md | Format::Html | Format::Docx | Format::Ris | Format::Bib) => {
            render::document(format, &clippings, output)?;
        }
        _ => {
            let forms =
                "clippings are exported with --format md, html, docx, ris, bib, csv or jsonl";
            return Err(Error::Usage(forms.to_owned()));
        }
    }
    Ok(CommandOutcome::Found)
}
