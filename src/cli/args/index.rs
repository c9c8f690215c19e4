//! The commands that write an index or look after it: index, forget, doctor, export.

use super::filter::FilterFlags;
use super::form::{CountFormat, ExportFormat};
use super::source::{IndexFlags, ReadingFlags, size};
use crate::update::{Pace, Part};
use clap::Args;
use std::path::PathBuf;

/// `jianbao index`
#[derive(Debug, Args)]
pub struct IndexCommand {
    /// Files and folders that hold the articles
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub place: IndexFlags,
    #[command(flatten)]
    pub reading: ReadingFlags,
    #[command(flatten)]
    pub running: RunningFlags,
    /// Only say what would be done: read what may have changed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Stay, and bring the index up to date whenever the files change, with at most one update in
    /// two seconds; Ctrl-C ends it
    #[arg(long, conflicts_with = "dry_run")]
    pub watch: bool,
    /// Print the counts as JSON on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// An update before the command itself.
#[derive(Debug, Clone, Args)]
pub struct FirstUpdateFlags {
    /// Bring the index of these files and folders up to date first
    #[arg(long, value_name = "PATH")]
    pub archive: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingFlags,
    #[command(flatten)]
    pub running: RunningFlags,
}

/// How an indexing run goes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Running")]
pub struct RunningFlags {
    /// Read everything again and replace the index
    #[arg(long)]
    pub rebuild: bool,
    /// List every skipped input in this file, as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Exit with 2 if any input was skipped
    #[arg(long)]
    pub strict: bool,
    /// Threads that analyse [default: one for each core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Memory for the index writer
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = size)]
    pub memory: u64,
    /// Make what was read so far searchable, and safe, each time so much text was read (64M) or so
    /// long has passed (30s)
    #[arg(long, value_name = "SIZE|TIME", default_value = "2G", value_parser = pace)]
    pub commit_every: Pace,
    /// Delete articles whose file is gone, also where a folder is empty or loses more than half of
    /// its articles at once; without this flag such a loss is asked about
    #[arg(long, overrides_with = "no_prune")]
    pub prune: bool,
    /// Keep articles whose file is gone
    #[arg(long)]
    pub no_prune: bool,
    /// Take part K of N of the sources, and prune only that: several loaders of one cluster take
    /// one each
    #[arg(long, value_name = "K/N")]
    pub part: Option<Part>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// `jianbao forget`
#[derive(Debug, Args)]
pub struct ForgetCommand {
    /// Files and folders as they lie, or as the index shows them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub place: IndexFlags,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// `jianbao doctor`
#[derive(Debug, Args)]
#[command(after_help = "Exit code: 0 nothing wrong, 1 something wrong, 2 error.")]
pub struct DoctorCommand {
    #[command(flatten)]
    pub place: IndexFlags,
    /// Take out what is wrong and read it again from its sources
    #[arg(long)]
    pub repair: bool,
    /// Let a repair lose articles that are damaged and whose sources are gone
    #[arg(long, requires = "repair")]
    pub lose: bool,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// `jianbao export`
#[derive(Debug, Args)]
pub struct ExportCommand {
    #[command(flatten)]
    pub place: IndexFlags,
    #[command(flatten)]
    pub filters: FilterFlags,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: ExportFormat,
}

/// Reads how often to commit: a size, or a time in seconds, minutes or hours (30s, 5m, 1h; `m` is
/// minutes, `M` mebibytes).
fn pace(text: &str) -> std::result::Result<Pace, String> {
    let wrong = || "not a size like 64M or a time like 30s".to_owned();
    let text = text.trim();
    let unit =
        [('s', 1), ('m', 60), ('h', 3600)].into_iter().find(|(unit, _)| text.ends_with(*unit));
    match unit {
        Some((unit, seconds)) => {
            let number: u64 = text.trim_end_matches(unit).trim().parse().map_err(|_| wrong())?;
            let seconds = number.checked_mul(seconds).filter(|&n| n > 0).ok_or_else(wrong)?;
            Ok(Pace { time: Some(std::time::Duration::from_secs(seconds)), ..Pace::default() })
        }
        None => Ok(Pace { bytes: size(text).map_err(|_| wrong())?, time: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_a_size_or_a_time() {
        let time = |text: &str| pace(text).unwrap().time.map(|time| time.as_secs());
        assert_eq!((time("30s"), time("5m"), time("64M")), (Some(30), Some(300), None));
        assert_eq!(pace("64M").unwrap().bytes, 64 << 20);
        assert!(pace("0s").is_err() && pace("oft").is_err());
    }
}
