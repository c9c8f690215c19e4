//! The records of an archive, analysed on all cores and handed over in order.

use super::args::{DefinitionFlags, ReadingFlags};
use super::{advice, prepare};
use crate::analysis::Analyzer;
use crate::archive::{self, RawRecord, Skip};
use crate::error::Result;
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Records that are analysed together: enough for all cores, few enough to keep little in memory.
const TOGETHER: usize = 256;
/// Bytes of text after which they are analysed all the same.
const BYTES_TOGETHER: usize = 16 << 20;

/// An archive, and how it is read.
pub struct AnalysedArchive<'a> {
    /// Its files and folders.
    pub paths: &'a [PathBuf],
    /// How they are read.
    pub reading: &'a ReadingFlags,
    /// The definition by which records are analysed.
    pub definition: &'a DefinitionFlags,
}

impl AnalysedArchive<'_> {
    /// Analyses record after record and hands each over to `emit`, until that breaks off. What is
    /// skipped is told.
    ///
    /// # Errors
    /// A malformed definition or option, a path that cannot be read, and those of `emit`.
    pub fn each<T: Send>(
        &self,
        analyze: impl Fn(&Analyzer, &RawRecord) -> T + Sync,
        mut emit: impl FnMut(&T) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let definition = prepare::definition(self.definition)?;
        let options = prepare::reading(self.reading, &definition)?;
        let analyzer = prepare::analyzer(definition, self.reading)?;
        let walk = archive::walk(self.paths, &options)?;
        let tell = |skip: &Skip| talk!("skipped {}", advice::skipped(skip));
        walk.skipped.iter().for_each(tell);
        let (mut waiting, mut bytes) = (Vec::with_capacity(TOGETHER), 0);
        let mut flush = |waiting: &mut Vec<RawRecord>| -> Result<ControlFlow<()>> {
            let done: Vec<T> =
                waiting.par_iter().map(|record| analyze(&analyzer, record)).collect();
            waiting.clear();
            for analysed in &done {
                if emit(analysed)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        };
        for entry in &walk.files {
            for outcome in archive::records(entry, &options) {
                match outcome {
                    Ok(record) => {
                        bytes += record.content.size();
                        waiting.push(record);
                    }
                    Err(skip) => tell(&skip),
                }
                if waiting.len() == TOGETHER || bytes >= BYTES_TOGETHER {
                    if flush(&mut waiting)?.is_break() {
                        return Ok(());
                    }
                    bytes = 0;
                }
            }
        }
        flush(&mut waiting).map(drop)
    }
}
