//! Examines an index, part by part: the engine's files against their checksums, each table, each
//! article and each passage. The repair of what it finds is repair.rs's.

use super::files::guarded;
use super::ledger::{FileRecord, FileSums, ReadState};
use super::lock::LockHolder;
use super::manifest::{DICTIONARY, Manifest};
use super::snapshot::{Snapshot, is_begun};
use super::tables::Tables;
use crate::definition::Definition;
use crate::engine::origin::{FileKey, RecordRow};
use crate::engine::{self, DamagedFile, Engine, Inspected};
use crate::error::{Error, Result};
use crate::text::dictionary;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

/// Faults of a part that are told; the others are counted.
const FAULTS_TOLD: usize = 20;

/// A part of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// The engine's files.
    Engine,
    /// The segmenter's dictionary.
    Dictionary,
    /// Files, records and imprints, and that they agree.
    Tables,
    /// Every article once, all of its passages side by side, everything readable.
    Articles,
}

/// The faults of a part.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// The part.
    pub part: Section,
    /// The number of faults.
    pub wrong: u64,
    /// One line for each fault, the first twenty.
    pub faults: Vec<String>,
}

impl Check {
    pub(super) fn new(part: Section) -> Check {
        Check { part, wrong: 0, faults: Vec::new() }
    }

    pub(super) fn fault(&mut self, text: impl Into<String>) {
        self.wrong += 1;
        if self.faults.len() < FAULTS_TOLD {
            self.faults.push(text.into());
        }
    }
}

/// The result of an examination.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Examination {
    /// Each part; those that could not be looked at because of others are missing.
    pub checks: Vec<Check>,
    /// Articles in the index.
    pub articles: u64,
    /// Passages in the index.
    pub passages: u64,
    /// Files that a run did not read to their end; the next one will. That is nothing wrong.
    pub unfinished: u64,
    #[serde(skip)]
    pub(super) remedy: Remedy,
}

impl Examination {
    /// True if nothing is wrong.
    pub fn is_healthy(&self) -> bool {
        self.checks.iter().all(|check| check.wrong == 0)
    }
}

/// The parts that have to go so that the rest is right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Remedy {
    /// Everything: the engine's commit cannot be read.
    pub all: bool,
    /// Segments with a damaged file.
    pub segments: BTreeSet<String>,
    /// A table cannot be read.
    pub tables: bool,
    /// The dictionary or the manifest.
    pub definition: bool,
    /// Articles that are wrong.
    pub articles: HashSet<u64>,
    /// Files (absolute paths) whose articles are wrong or missing.
    pub files: BTreeSet<String>,
    /// Of a cluster: files whose articles are wrong, each with how many are damaged or missing.
    pub wrong: BTreeMap<String, u64>,
    /// Of a cluster: articles of files that no table knows, by the path that they are shown under,
    /// each with its file.
    pub strays: BTreeMap<String, Vec<(u64, Option<FileKey>)>>,
    /// Of a cluster: articles are filed as copies of other texts than theirs.
    pub groups: bool,
    /// Of a cluster: the commit that was examined.
    pub state: Vec<u8>,
}

/// The number of attempts at an index that another process writes meanwhile.
const ATTEMPTS: usize = 5;

/// Examines the index at `folder`.
///
/// # Errors
/// [`Error::NoIndex`], [`Error::ForeignFolder`] or [`Error::Outdated`]: there is nothing to be
/// examined. [`Error::Locked`] where commits follow each other so fast that what is missing may
/// only have been replaced.
pub fn examine(folder: &Path, definition: &Definition) -> Result<Examination> {
    let manifest = Manifest::read(folder)?.ok_or_else(|| Error::NoIndex(folder.to_owned()))?;
    manifest.check(&Manifest::new(&definition.fingerprint()), folder)?;
    if !is_begun(folder) {
        return Err(Error::NoIndex(folder.to_owned()));
    }
    undisturbed(folder, || look(folder, definition))
}

/// The result of `look`; a fault is believed only if nobody committed or merged meanwhile, and took
/// away what was looked for.
fn undisturbed(
    folder: &Path,
    mut look: impl FnMut() -> Result<Examination>,
) -> Result<Examination> {
    let storage = engine::storage(folder);
    for _ in 0..ATTEMPTS {
        let before = storage.state();
        let found = look();
        if found.as_ref().is_ok_and(Examination::is_healthy) || storage.state() == before {
            return found;
        }
    }
    let by =
        LockHolder::of(folder).map_or("another process".to_owned(), |holder| holder.to_string());
    Err(Error::Locked { path: folder.to_owned(), by })
}

fn look(folder: &Path, definition: &Definition) -> Result<Examination> {
    let mut remedy = Remedy::default();
    let engine = engine_check(folder, &mut remedy)?;
    let dictionary = dictionary_check(folder, definition)?;
    remedy.definition = dictionary.wrong > 0;
    let sound = engine.wrong == 0;
    let mut found = Examination {
        checks: vec![engine, dictionary],
        articles: 0,
        passages: 0,
        unfinished: 0,
        remedy,
    };
    if !sound {
        return Ok(found);
    }
    match guarded(folder, || read_all(folder, definition, &mut found)) {
        Err(error) if !is_damage(&error) => return Err(error),
        Err(error) => {
            let mut tables = Check::new(Section::Tables);
            tables.fault(error.to_string());
            found.checks.push(tables);
            found.remedy.tables = true;
        }
        Ok(()) => {}
    }
    Ok(found)
}

/// Reads the tables and every passage.
fn read_all(folder: &Path, definition: &Definition, found: &mut Examination) -> Result<()> {
    let (snapshot, committed) = Snapshot::open_with_tables(folder, definition)?;
    let files = committed.ledger.files.values();
    found.unfinished = files.filter(|r| r.reading == ReadState::Partial).count() as u64;
    let mut articles = ArticleCheck::new(&committed);
    let check = articles.examine(snapshot.engine())?;
    (found.articles, found.passages) = (articles.seen.len() as u64, articles.passages);
    let mut tables = Check::new(Section::Tables);
    articles.compare(&mut tables);
    let definition = found.remedy.definition;
    found.remedy = Remedy { definition, ..articles.remedy };
    found.checks.extend([tables, check]);
    Ok(())
}

/// True for an error that tells of damage; what the system does not let be read is none.
fn is_damage(error: &Error) -> bool {
    match error {
        Error::Io { source, .. } => source.kind() == std::io::ErrorKind::NotFound,
        Error::Damaged { .. } | Error::Engine(_) => true,
        _ => false,
    }
}

fn engine_check(folder: &Path, remedy: &mut Remedy) -> Result<Check> {
    let mut check = Check::new(Section::Engine);
    match guarded(folder, || engine::storage(folder).verify()) {
        Err(error) if !is_damage(&error) => return Err(error),
        Err(error) => {
            check.fault(error.to_string());
            remedy.all = true;
        }
        Ok(damaged) => {
            for DamagedFile { segment, file, reason } in damaged {
                check.fault(format!("{file} {reason}"));
                remedy.segments.insert(segment);
            }
        }
    }
    Ok(check)
}

fn dictionary_check(folder: &Path, definition: &Definition) -> Result<Check> {
    let mut check = Check::new(Section::Dictionary);
    match std::fs::read(folder.join(DICTIONARY)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            check.fault(format!("{DICTIONARY} is missing"));
        }
        Err(error) => return Err(Error::io("read", folder.join(DICTIONARY))(error)),
        Ok(bytes) if bytes != dictionary::compile(definition)? => {
            check.fault(format!("{DICTIONARY} is not as it was written"));
        }
        Ok(_) => {}
    }
    Ok(check)
}

/// The articles of an index as the engine has them, against its tables.
struct ArticleCheck<'a> {
    tables: &'a Tables,
    /// The absolute path and the shown one of each file.
    files: HashMap<FileKey, (&'a str, &'a str)>,
    seen: HashSet<u64>,
    passages: u64,
    remedy: Remedy,
}

impl<'a> ArticleCheck<'a> {
    fn new(tables: &'a Tables) -> ArticleCheck<'a> {
        let of = |record: &'a FileRecord| {
            (FileKey::new(&record.file), (record.file.as_str(), record.path.as_str()))
        };
        let files = tables.ledger.files.values().map(of).collect();
        let (seen, remedy) = (HashSet::new(), Remedy::default());
        ArticleCheck { tables, files, seen, passages: 0, remedy }
    }

    /// Reads every passage.
    fn examine(&mut self, engine: &dyn Engine) -> Result<Check> {
        let mut check = Check::new(Section::Articles);
        engine.inspect(&mut |found| {
            self.passages += u64::from(found.passages);
            match found.number {
                Some(number) => self.article(number, found, &mut check),
                None => {
                    check.fault("a passage stands apart from its article");
                    self.remedy.all = true;
                }
            }
        })?;
        for (number, row) in self.tables.records.iter().filter(|(_, row)| row.passages > 0) {
            if !self.seen.contains(&number) {
                let shown = self.wrong(number, Some(row));
                check.fault(format!("an article of {shown} is missing"));
            }
        }
        Ok(check)
    }

    fn article(&mut self, number: u64, found: Inspected, check: &mut Check) {
        let row = self.tables.records.get(number);
        let mut faults: Vec<String> = Vec::new();
        if !self.seen.insert(number) {
            faults.push("is there twice".to_owned());
        }
        match row {
            None => faults.push("is in no table".to_owned()),
            Some(row) if row.passages != found.passages => {
                faults.push(format!("has {} passages of {}", found.passages, row.passages));
            }
            Some(_) => {}
        }
        faults.extend(found.faults);
        let path = row.and_then(|row| self.files.get(&row.file)).map(|(_, path)| *path);
        if path.is_some() && found.path.is_some_and(|shown| path != Some(shown.as_str())) {
            faults.push("is shown under another path".to_owned());
        }
        if !faults.is_empty() {
            let shown = self.wrong(number, row);
            for fault in &faults {
                check.fault(format!("an article of {shown} {fault}"));
            }
        }
    }

    /// Notes that an article is wrong; the path that it is shown under.
    fn wrong(&mut self, number: u64, row: Option<&RecordRow>) -> String {
        self.remedy.articles.insert(number);
        match row.and_then(|row| self.files.get(&row.file)) {
            Some((file, path)) => {
                self.remedy.files.insert((*file).to_owned());
                (*path).to_owned()
            }
            None => "a file that is not known".to_owned(),
        }
    }

    /// Compares the tables with one another.
    fn compare(&mut self, check: &mut Check) {
        let mut sums = FileSums::default();
        for (number, row) in self.tables.records.iter() {
            sums.add(row);
            if !self.tables.imprints.contains(number) {
                let shown = self.wrong(number, Some(row));
                check.fault(format!("an article of {shown} has no imprint"));
            }
        }
        let stray: Vec<u64> = self
            .tables
            .imprints
            .numbers()
            .filter(|&number| self.tables.records.get(number).is_none())
            .collect();
        for number in stray {
            self.wrong(number, None);
            check.fault("there is an imprint of an article that is not there");
        }
        for record in self.tables.ledger.files.values() {
            let sum = sums.get(FileKey::new(&record.file)).unwrap_or_default();
            if sum != [record.articles, record.passages, record.bytes] {
                self.remedy.files.insert(record.file.clone());
                check.fault(format!("{} is counted wrongly", record.path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A diagnosis with a fault, or without one.
    fn diagnosis(faults: &[&str]) -> Examination {
        let mut check = Check::new(Section::Tables);
        faults.iter().for_each(|fault| check.fault((*fault).to_owned()));
        Examination {
            checks: vec![check],
            articles: 0,
            passages: 0,
            unfinished: 0,
            remedy: Remedy::default(),
        }
    }

    #[test]
    fn a_fault_is_believed_only_if_nobody_wrote_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let commit = |number: usize| {
            let engine = folder.path().join("engine");
            std::fs::create_dir_all(&engine).unwrap();
            std::fs::write(engine.join("meta.json"), number.to_string()).unwrap();
        };
        // How many looks are made where a commit comes in each of the first so many.
        let looks = |commits: usize| {
            let mut looks = 0;
            let found = undisturbed(folder.path(), || {
                looks += 1;
                commit(looks.min(commits));
                Ok(diagnosis(&["ledger-1.jsonl is gone"]))
            });
            (looks, found.map(|found| found.is_healthy()))
        };
        commit(0);
        assert!(matches!(looks(0), (1, Ok(false))));
        assert!(matches!(looks(2), (3, Ok(false))));
        commit(0);
        assert!(matches!(looks(ATTEMPTS), (ATTEMPTS, Err(Error::Locked { .. }))));
        let whole = undisturbed(folder.path(), || {
            commit(9);
            Ok(diagnosis(&[]))
        });
        assert!(whole.is_ok_and(|found| found.is_healthy()));
    }
}
