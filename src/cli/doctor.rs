//! `jianbao doctor`: what is wrong with an index, and its repair from the sources.

use super::args::{CountFormat, DoctorCommand, IndexFlags, ReadingFlags};
use super::number::{counted, counted_all, verb};
use super::output::Output;
use super::terminal::one_line;
use super::{CommandOutcome, prepare};
use crate::archive::path_of;
use crate::engine::IndexPlace;
use crate::error::Result;
use crate::record::{DoctorRecord, RepairRecord};
use crate::update::doctor::{self, Examination};
use crate::update::repair::{self, Loss, Mended};
use crate::update::{self, FileRecord, Mode, Rules, Settings, Stop, Update, Vanished};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Memory for the engine's writer during a repair, in bytes.
const MEMORY: usize = 256 << 20;

/// Runs `jianbao doctor`.
pub fn doctor(command: &DoctorCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let place = command.place.place()?;
    let again = |place: &IndexPlace, files: &[FileRecord]| read_again(place, files, &command.place);
    let examine = || match &place {
        IndexPlace::Folder(folder) => doctor::examine(folder, &definition),
        IndexPlace::Cluster(address) => update::examine_cluster(address, &definition),
    };
    let repair = |found: &Examination, loss: Loss| match &place {
        IndexPlace::Folder(folder) => {
            let mut again = |folder: &Path, files: &[FileRecord]| again(&folder.into(), files);
            repair::repair(folder, &definition, found, loss, &mut again)
        }
        IndexPlace::Cluster(address) => {
            let mut again = |files: &[FileRecord]| again(&place, files);
            update::repair_cluster(address, &definition, found, loss, &mut again)
        }
    };
    let mut diagnosis = examine()?;
    show(&diagnosis, None, command, output)?;
    if command.repair && !diagnosis.is_healthy() {
        let loss = if command.lose { Loss::Accepted } else { Loss::Refused };
        let mended = repair(&diagnosis, loss)?;
        diagnosis = examine()?;
        show(&diagnosis, Some(&mended), command, output)?;
    }
    Ok(outcome(&diagnosis))
}

fn outcome(diagnosis: &Examination) -> CommandOutcome {
    if diagnosis.is_healthy() { CommandOutcome::Found } else { CommandOutcome::Nothing }
}

/// Brings the index at `index` up to date with these files, each read as it was before.
fn read_again(index: &IndexPlace, files: &[FileRecord], place: &IndexFlags) -> Result<()> {
    let mut by_settings: BTreeMap<&Settings, Vec<PathBuf>> = BTreeMap::new();
    for record in files {
        by_settings.entry(&record.settings).or_default().push(path_of(&record.file));
    }
    for (settings, roots) in by_settings {
        let definition = prepare::definition(&place.definition)?;
        let flags = flags(settings);
        let options = prepare::reading(&flags, &definition)?;
        let analyzer = prepare::analyzer(definition, &flags)?;
        let update = Update {
            place: index,
            roots: &roots,
            options: &options,
            analyzer: &analyzer,
            mode: Mode::Incremental,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory_budget: MEMORY,
            rules: Rules { vanished: Vanished::Kept, clock: prepare::clock()?, ..Rules::default() },
        };
        update::update(&update, &(), &Stop::default())?;
    }
    Ok(())
}

/// The flags that give these settings.
fn flags(settings: &Settings) -> ReadingFlags {
    ReadingFlags {
        include: Vec::new(),
        exclude: Vec::new(),
        hidden: true,
        follow: false,
        one_file_system: false,
        cross_file_systems: false,
        max_size: settings.max_size.unwrap_or(crate::archive::Options::default().max_size),
        encoding: settings.encoding.clone(),
        fields: settings.fields.clone(),
        crawled: settings.crawled.as_ref().map(|date| date.chars().take(10).collect()),
    }
}

fn show(
    found: &Examination,
    mended: Option<&Mended>,
    command: &DoctorCommand,
    output: &mut Output,
) -> Result<()> {
    let lost: Vec<&str> =
        mended.iter().flat_map(|m| &m.lost).map(|record| record.path.as_str()).collect();
    if command.format == CountFormat::Json {
        let repaired = mended.map(|m| RepairRecord { files: m.again.len(), lost });
        let healthy = found.is_healthy();
        return output.json(&DoctorRecord { diagnosis: found, healthy, repaired });
    }
    if let Some(mended) = mended {
        output.line(&format!(
            "repaired: {} {} read again",
            counted_all(mended.again.len(), "file"),
            verb(mended.again.len() as u64, "was", "were")
        ))?;
        for path in lost {
            output.line(&format!(
                "lost: {} is gone, and what was wrong of it with it",
                one_line(path)
            ))?;
        }
    }
    for check in &found.checks {
        let name = format!("{:?}", check.part).to_lowercase();
        let state =
            if check.wrong == 0 { "whole".to_owned() } else { counted(check.wrong, "fault") };
        output.line(&format!("{name:<11}{state}"))?;
        for fault in &check.faults {
            output.line(&format!("           {}", one_line(fault)))?;
        }
    }
    output.line(&format!(
        "{}, {}",
        counted(found.articles, "article"),
        counted(found.passages, "passage")
    ))?;
    if found.unfinished > 0 {
        let (files, verb) =
            (counted(found.unfinished, "file"), verb(found.unfinished, "is", "are"));
        output.line(&format!("{files} {verb} to be read again by the next `jianbao index`"))?;
    }
    if !found.is_healthy() && !command.repair {
        let copies =
            if command.place.engine.is_empty() { "" } else { "copies come back by themselves; " };
        let repair = "`jianbao doctor --repair` reads it again from its sources";
        output.line(&format!("something is wrong; {copies}{repair}"))?;
    }
    Ok(())
}
