//! Repairs an index beside itself: builds a copy without what is damaged, has it read again from
//! its sources, examines it, and only then makes it the index, in one step.
//!
//! Whoever searches meanwhile sees the index as it was, and so does whoever comes after a repair
//! that was killed. Of the engine, only segments with a damaged file go. Articles whose sources are
//! gone are lost only where the caller accepts that.

use super::commit::{self, FolderStore};
use super::doctor::{self, Examination, Remedy};
use super::files::{absolute, guarded, replace};
use super::imprints::Imprints;
use super::ledger::{FileRecord, FileSums, Ledger, ReadState};
use super::lock::named;
use super::manifest::{DICTIONARY, MANIFEST};
use super::records::Records;
use super::store::Store;
use super::tables::Tables;
use super::verified::VERIFIED;
use crate::archive::path_of;
use crate::definition::Definition;
use crate::engine::origin::{Dating, FileKey, RecordRow};
use crate::engine::{self, Engine, seconds};
use crate::error::{Error, Result};
use crate::passage::{self, Passage};
use crate::reprint::{Imprint, Outlet, Sketch};
use crate::text::word::Segmenter;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Memory for the engine's writer, in bytes; nothing is added.
const MEMORY_BUDGET: usize = 50 << 20;
/// Files that are named in a refusal.
pub(super) const NAMED: usize = 5;
/// The digest of an article that has to be written again when its file is read: no content is
/// likely to have it.
const UNKNOWN: u64 = 0;

/// The treatment of damaged articles whose sources are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// There must be none, or the index stays as it is.
    Refused,
    /// They go.
    Accepted,
}

/// The result of a repair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mended {
    /// Files that were read again, with the settings they were read with.
    pub again: Vec<FileRecord>,
    /// Files that are gone, with articles that were damaged: those are lost.
    pub lost: Vec<FileRecord>,
}

/// The copy of the index at `folder` that a repair works on.
pub fn work_folder(folder: &Path) -> PathBuf {
    folder.join("repair.new")
}

/// Repairs what `found` is wrong with the index at `folder`. `read_again` brings the index in the
/// folder that it is given up to date with these files.
///
/// # Errors
/// [`Error::Loss`] where articles would be lost and `loss` refuses that, [`Error::Locked`], a full
/// disk, those of `read_again`. The index is then as it was.
pub fn repair(
    folder: &Path,
    definition: &Definition,
    found: &Examination,
    loss: Loss,
    read_again: &mut dyn FnMut(&Path, &[FileRecord]) -> Result<()>,
) -> Result<Mended> {
    let _lock = engine::storage(folder).lock().map_err(|error| named(error, folder))?;
    let work = work_folder(folder);
    remove(&work)?;
    let mut mend = || {
        let mended = build(folder, definition, found, loss)?;
        read_again(&work, &mended.again)?;
        let after = doctor::examine(&work, definition)?;
        if let Some(fault) = after.checks.iter().flat_map(|check| &check.faults).next() {
            let reason = format!("a repair does not help: {fault}");
            return Err(Error::Damaged { path: folder.to_owned(), reason });
        }
        adopt(folder, &work)?;
        Ok(mended)
    };
    let mended = mend();
    // A repair that failed leaves nothing; what cannot be removed goes with the next one.
    let _ = remove(&work);
    mended
}

fn remove(work: &Path) -> Result<()> {
    match std::fs::remove_dir_all(work) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", work)(e)),
        _ => Ok(()),
    }
}

/// Makes the copy, without what is damaged, and commits it.
fn build(
    folder: &Path,
    definition: &Definition,
    found: &Examination,
    loss: Loss,
) -> Result<Mended> {
    let (work, remedy) = (work_folder(folder), &found.remedy);
    std::fs::create_dir_all(&work).map_err(Error::io("create", &work))?;
    commit::write_definition(&work, definition.into())?;
    let (old, new) = (engine::storage(folder), engine::storage(&work));
    let payload = if remedy.all { None } else { old.payload()? };
    let Some(name) = payload.or_else(|| Ledger::newest(folder)) else {
        let reason = "the list of its files is lost".to_owned();
        return Err(Error::Damaged { path: folder.to_owned(), reason });
    };
    let mut draft = Draft::read(folder, &name)?;
    match remedy.all {
        true => new.create()?,
        false => old.copy_without(&remedy.segments, &work)?,
    }
    // The number of the next commit is to be above that of this one.
    draft.tables.write(&work, &name)?;
    let engine = guarded(folder, || new.open())?;
    let doomed = guarded(folder, || draft.reconcile(engine.as_ref(), remedy))?;
    let mended = draft.settle(remedy);
    if loss == Loss::Refused && !mended.lost.is_empty() {
        let files = mended.lost.iter().map(|record| record.path.clone());
        let articles = mended.lost.iter().map(|record| draft.removed_from(record)).sum();
        return Err(Error::Loss { files: files.take(NAMED).collect(), articles });
    }
    let mut store = Box::new(FolderStore::open(&work, 1, MEMORY_BUDGET)?);
    doomed.iter().for_each(|&article| store.delete(article));
    store.commit(&draft.tables)?;
    store.close(&Segmenter::empty())?;
    Ok(mended)
}

/// Makes the copy the index.
fn adopt(folder: &Path, work: &Path) -> Result<()> {
    let (old, new) = (engine::storage(folder), engine::storage(work));
    let missing = || Error::Damaged { path: work.to_owned(), reason: "has no commit".to_owned() };
    let name = new.payload()?.ok_or_else(missing)?;
    for table in [name.clone(), Records::name(&name), Imprints::name(&name)] {
        let bytes = std::fs::read(work.join(&table)).map_err(Error::io("read", &table))?;
        replace(&folder.join(&table), &bytes)?;
    }
    for file in [DICTIONARY, MANIFEST, VERIFIED] {
        let bytes = std::fs::read(work.join(file)).map_err(Error::io("read", file))?;
        replace(&folder.join(file), &bytes)?;
    }
    old.adopt(work)?;
    Tables::remove_others(folder, &name);
    Ok(())
}

/// The tables of the copy while they are made right.
struct Draft {
    tables: Tables,
    /// Articles that go, by file.
    removed: HashMap<FileKey, u64>,
    /// Files to be read again.
    files: BTreeSet<String>,
    /// True where a table was lost: every file is to be read again.
    all: bool,
}

impl Draft {
    /// Reads the tables of the ledger called `name`, as far as they are readable.
    fn read(folder: &Path, name: &str) -> Result<Draft> {
        let (ledger, whole) = Ledger::salvage(folder, name)?;
        let records = Records::salvage(folder, &Records::name(name), &ledger)?;
        let imprints = match Imprints::read(folder, &Imprints::name(name)) {
            Ok(imprints) => Some(imprints),
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => None,
            Err(Error::Damaged { .. }) => None,
            Err(error) => return Err(error),
        };
        let all = !whole || records.is_none() || imprints.is_none();
        let (records, imprints) = (records.unwrap_or_default(), imprints.unwrap_or_default());
        let tables = Tables { ledger, records, imprints };
        Ok(Draft { tables, removed: HashMap::new(), files: BTreeSet::new(), all })
    }

    /// Makes the tables those of the engine's articles. Returns the articles that have to go from
    /// the engine.
    fn reconcile(&mut self, engine: &dyn Engine, remedy: &Remedy) -> Result<Vec<u64>> {
        let mut present = BTreeMap::new();
        for (number, first) in engine.articles()? {
            present.insert(number, first);
        }
        let doomed: Vec<u64> =
            present.keys().filter(|number| remedy.articles.contains(number)).copied().collect();
        present.retain(|number, _| !remedy.articles.contains(number));
        let gone: Vec<u64> = self.tables.records.iter().map(|(number, _)| number).collect();
        for number in gone.into_iter().filter(|number| !present.contains_key(number)) {
            if let Some(row) = self.tables.records.get(number) {
                *self.removed.entry(row.file).or_default() += 1;
            }
            self.tables.remove(number);
        }
        let strays: Vec<u64> = self.tables.imprints.numbers().collect();
        for number in strays.into_iter().filter(|number| !present.contains_key(number)) {
            self.tables.imprints.remove(number);
        }
        let paths: HashMap<String, String> = self.names();
        let files: HashSet<FileKey> =
            self.tables.ledger.files.keys().map(|file| FileKey::new(file)).collect();
        for (number, first) in present {
            let known =
                self.tables.records.get(number).is_some_and(|row| files.contains(&row.file));
            if known && self.tables.imprints.contains(number) {
                continue;
            }
            let siblings = engine.siblings(first).into_iter();
            let passages = siblings.map(|at| engine.passage(at)).collect::<Result<Vec<_>>>()?;
            if let Some(head) = passages.first() {
                self.learn(number, head, &passages, &paths);
            }
        }
        Ok(doomed)
    }

    /// The absolute path of each file, by the one that the index shows.
    fn names(&self) -> HashMap<String, String> {
        let files = self.tables.ledger.files.values();
        files.map(|record| (record.path.clone(), record.file.clone())).collect()
    }

    /// Takes down an article that the engine has and a table has lost.
    fn learn(
        &mut self,
        number: u64,
        first: &Passage,
        passages: &[Passage],
        paths: &HashMap<String, String>,
    ) {
        let head = &first.article;
        let file = match paths.get(&head.path) {
            Some(file) => file.clone(),
            None => self.add_file(&head.path),
        };
        let body = passage::body(passages);
        let line = head.line.map_or(0, |line| u32::try_from(line).unwrap_or(u32::MAX));
        let row = RecordRow {
            file: FileKey::new(&file),
            digest: UNKNOWN,
            line,
            passages: passages.len() as u32,
            bytes: body.len() as u32,
            dating: Dating::FromCrawl,
            seen: 0,
        };
        self.tables.records.insert(number, row);
        let source = head.source.as_deref().and_then(Outlet::new);
        let imprint = Imprint {
            article: number,
            id: crate::article::ArticleId::new(&head.id),
            date: head.date.as_deref().and_then(day),
            source,
            outlet: head.reprinted_by.as_deref().and_then(Outlet::new).or(source),
            sketch: Sketch::new(&body),
        };
        self.tables.imprints.insert(&head.path, imprint);
        self.files.insert(file);
    }

    /// A line of the ledger for a file that it has lost.
    fn add_file(&mut self, path: &str) -> String {
        let file = absolute(&path_of(path));
        let above = |record: &&FileRecord| file.starts_with(&record.root);
        let root = self.tables.ledger.files.values().find(above).map(|record| record.root.clone());
        let parent = || file.parent().unwrap_or(&file).to_string_lossy().into_owned();
        let record = FileRecord {
            file: file.to_string_lossy().into_owned(),
            path: path.to_owned(),
            root: root.unwrap_or_else(parent),
            reading: ReadState::Partial,
            ..FileRecord::default()
        };
        let name = record.file.clone();
        self.tables.ledger.files.insert(name.clone(), record);
        name
    }

    fn removed_from(&self, record: &FileRecord) -> u64 {
        self.removed.get(&FileKey::new(&record.file)).copied().unwrap_or(0)
    }

    /// Counts every file's articles anew, and sorts those that are not whole into files to be read
    /// again and files that are gone.
    fn settle(&mut self, remedy: &Remedy) -> Mended {
        let mut sums = FileSums::default();
        self.tables.records.iter().for_each(|(_, row)| sums.add(row));
        let mut mended = Mended::default();
        let all = self.all || remedy.all;
        for record in self.tables.ledger.files.values_mut() {
            let key = FileKey::new(&record.file);
            [record.articles, record.passages, record.bytes] = sums.get(key).unwrap_or_default();
            let removed = self.removed.contains_key(&key);
            let touched = removed
                || all
                || self.files.contains(&record.file)
                || remedy.files.contains(&record.file);
            if !touched {
                continue;
            }
            if path_of(&record.file).is_file() {
                record.reading = ReadState::Partial;
                mended.again.push(record.clone());
            } else if removed {
                record.reading = ReadState::Partial;
                mended.lost.push(record.clone());
            }
        }
        let emptied = |record: &&FileRecord| record.articles == 0;
        for record in mended.lost.iter().filter(emptied) {
            self.tables.ledger.files.remove(&record.file);
        }
        mended
    }
}

/// The seconds since 1970 of a date in ISO 8601 that is known to the day; `None` of others.
fn day(date: &str) -> Option<i64> {
    let parsed = date.parse::<jiff::civil::DateTime>();
    let at = || date.parse::<jiff::civil::Date>().map(|date| date.at(0, 0, 0, 0));
    parsed.or_else(|_| at()).ok().map(seconds)
}
