//! From flags to what the library takes: definition, analyzer, reading options, dates.

use super::args::{DefinitionFlags, ReadingFlags};
use super::number::counted;
use super::terminal::one_line;
use crate::analysis::Analyzer;
use crate::archive::{self, FieldMap, FileSystems, Hidden, Links, path_text};
use crate::article::{Context, date};
use crate::date::typed_span;
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::update::RunClock;
use jiff::civil::{Date, DateTime};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Once;

/// The definition that the flags give: the embedded one, with the files of the user's folder in
/// place of those of the same name.
pub fn definition(flags: &DefinitionFlags) -> Result<Definition> {
    let mut definition = Definition::embedded();
    let Some(folder) = &flags.definition else { return Ok(definition) };
    if !folder.is_dir() {
        return Err(Error::Usage(format!("--definition `{}` is not a folder", folder.display())));
    }
    let names: Vec<String> = definition.names().map(str::to_owned).collect();
    for name in names {
        let path = folder.join(&name);
        if path.exists() {
            let bytes = std::fs::read(&path).map_err(Error::io("read", &path))?;
            definition = definition.with_file(&name, bytes)?;
        }
    }
    static TOLD: Once = Once::new();
    TOLD.call_once(|| tell_of_others(folder, &definition));
    Ok(definition)
}

/// Files of a definition folder that are named in a note.
const NAMED: usize = 5;

/// Tells of files that the definition has no use for: a misspelt name would change nothing.
fn tell_of_others(folder: &Path, definition: &Definition) {
    let known: HashSet<&str> = definition.names().collect();
    let walk = walkdir::WalkDir::new(folder).max_depth(3).sort_by_file_name();
    let hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let found = walk.into_iter().filter_entry(|entry| !hidden(entry)).flatten();
    let found = found.filter(|entry| !entry.file_type().is_dir());
    let names = found.filter_map(|e| Some(path_text(e.path().strip_prefix(folder).ok()?)));
    let others: Vec<String> = names.filter(|name| !known.contains(name.as_str())).collect();
    if others.is_empty() {
        return;
    }
    let more = others.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = others.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    talk!(
        "{}",
        one_line(&format!(
            "note: `{}` has {} that belong to no definition and are not read: {named}{more}",
            folder.display(),
            counted(others.len() as u64, "file"),
        ))
    );
}

/// The analyzer for a definition and what dates are relative to.
pub fn analyzer(definition: Definition, flags: &ReadingFlags) -> Result<Analyzer> {
    let crawled = match &flags.crawled {
        Some(text) => Some(day_span("--crawled", text)?.1.at(12, 0, 0, 0)),
        None => None,
    };
    Analyzer::new(definition, Context { crawled, latest: Some(latest(crawled)), span: None })
}

/// The latest that an article can be dated, as of now.
pub fn latest(crawled: Option<DateTime>) -> DateTime {
    let now = date::chinese_time(jiff::Timestamp::now());
    crawled.map_or(now, |crawled| crawled.max(now))
}

/// The clock of a run: the system's, or one that stands at `SOURCE_DATE_EPOCH` (see
/// reproducible-builds.org), for an index that is the same however often it is built.
///
/// # Errors
/// [`Error::Usage`] where that is no number of seconds.
pub fn clock() -> Result<RunClock> {
    let Some(epoch) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(RunClock::System) };
    let seconds = epoch.to_str().and_then(|text| text.parse().ok());
    // Keys of an order have room for times of the next ten thousand years.
    seconds.filter(|seconds| (0..1 << 38).contains(seconds)).map(RunClock::Fixed).ok_or_else(|| {
        let epoch = epoch.to_string_lossy();
        let reason = "takes seconds since 1970 in UTC; mend it or unset it";
        Error::Usage(format!("SOURCE_DATE_EPOCH `{epoch}` {reason}"))
    })
}

/// How archives are read.
pub fn reading(flags: &ReadingFlags, definition: &Definition) -> Result<archive::Options> {
    let encoding = match &flags.encoding {
        Some(name) => Some(encoding_rs::Encoding::for_label(name.as_bytes()).ok_or_else(|| {
            Error::Usage(format!(
                "--encoding `{name}` is unknown; use a name like GB18030, Big5 or UTF-8"
            ))
        })?),
        None => None,
    };
    Ok(archive::Options {
        include: flags.include.clone(),
        exclude: flags.exclude.clone(),
        hidden: if flags.hidden { Hidden::Read } else { Hidden::Skip },
        links: if flags.follow { Links::Follow } else { Links::Stay },
        file_systems: if flags.one_file_system || flags.follow && !flags.cross_file_systems {
            FileSystems::Same
        } else {
            FileSystems::Any
        },
        max_size: flags.max_size,
        encoding,
        fields: FieldMap::new(definition, &flags.fields)?,
        meter: None,
    })
}

/// The day of access that citations give: the one that was asked for, or today.
///
/// # Errors
/// [`Error::Usage`] where it is no date.
pub fn accessed(day: Option<&str>) -> Result<Date> {
    match day {
        Some(text) => day_span("--accessed", text).map(|(first, _)| first),
        None => Ok(date::chinese_time(jiff::Timestamp::now()).date()),
    }
}

/// The first and the last day of a year, month or day as people type it.
///
/// # Errors
/// [`Error::Usage`] where `text` is none of these; `flag` is named.
pub fn day_span(flag: &str, text: &str) -> Result<(Date, Date)> {
    let wrong =
        || Error::Usage(format!("{flag} `{text}` is not a date like 2023, 2023-07 or 2023-07-28"));
    typed_span(text).ok_or_else(wrong)
}
