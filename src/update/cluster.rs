//! An index that several loaders write: the lines of its ledger are written one by one, and the
//! rows of its articles are read back from the articles themselves.
//!
//! A file's line says that it is not read to its end before the first of its articles is written,
//! and only after all of them can be searched that it is. So a loader that was killed leaves what
//! the next one completes.

use super::changes::Job;
use super::commit::Existing;
use super::ledger::{FileRecord, Ledger, ReadState};
use super::manifest::Manifest;
use super::part::Part;
use super::store::Store;
use super::tables::Tables;
use crate::definition::Definition;
use crate::engine::origin::{FileKey, RecordRow};
use crate::engine::{self, Batch, ClusterAddress, SharedIndex, SharedWriter, SourceLine};
use crate::error::{Error, Result};
use crate::text::word::Segmenter;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The manifest of the index in a cluster; `None` where there is none.
///
/// # Errors
/// A cluster that does not answer, an index that is somebody else's.
pub fn manifest(index: &dyn SharedIndex) -> Result<Option<Manifest>> {
    let described = index.described()?;
    Ok(described.map(|d| Manifest {
        format: d.format,
        definition: d.definition,
        program: d.program,
    }))
}

/// The manifest that this program writes there.
pub fn needed(index: &dyn SharedIndex, definition: &Definition) -> Manifest {
    Manifest { format: index.format(), ..Manifest::new(&definition.fingerprint()) }
}

/// The manifest of the index at `address`, which must be of this format and definition.
///
/// # Errors
/// [`Error::NoIndex`], [`Error::Outdated`], and those of [`manifest`].
pub fn checked(
    index: &dyn SharedIndex,
    address: &ClusterAddress,
    definition: &Definition,
) -> Result<Manifest> {
    let place = || address.to_string().into();
    let manifest = manifest(index)?.ok_or_else(|| Error::NoIndex(place()))?;
    manifest.check(&needed(index, definition), &place())?;
    Ok(manifest)
}

/// The name of a line.
fn line_id(file: &str, part: Option<Part>) -> String {
    let key = FileKey::new(file).bits();
    match part {
        Some(part) => format!("{key:016x}.{}", part.to_string().replace('/', "-")),
        None => format!("{key:016x}"),
    }
}

/// The lines of a ledger by their names.
///
/// # Errors
/// [`Error::Damaged`] where one cannot be read.
fn records(index: &dyn SharedIndex, address: &str) -> Result<Vec<FileRecord>> {
    let lines = index.lines()?.into_iter().filter_map(|line| line.record);
    lines
        .map(|record| {
            serde_json::from_value(record).map_err(|e| Error::Damaged {
                path: address.into(),
                reason: format!("a line of its ledger cannot be read ({e})"),
            })
        })
        .collect()
}

/// The ledger of an index in a cluster as a reader sees it: a line for each file.
///
/// # Errors
/// Those of reading its lines.
pub fn ledger(index: &dyn SharedIndex, address: &ClusterAddress) -> Result<Ledger> {
    Ok(assembled(records(index, &address.to_string())?, Part::default()))
}

/// The ledger of an index in a cluster for the loader of `part`.
///
/// # Errors
/// Those of reading its lines.
pub fn ledger_for(index: &dyn SharedIndex, address: &ClusterAddress, part: Part) -> Result<Ledger> {
    Ok(assembled(records(index, &address.to_string())?, part))
}

/// The tables of an index in a cluster: all but the imprints.
///
/// # Errors
/// A cluster that does not answer.
pub fn tables(address: &ClusterAddress) -> Result<Tables> {
    let ledger = ledger(engine::shared(address).as_ref(), address)?;
    let files: Vec<FileKey> = ledger.files.keys().map(|file| FileKey::new(file)).collect();
    known(address, ledger, &files)
}

/// The tables of an index in a cluster with this ledger: the rows of these files.
///
/// # Errors
/// A cluster that does not answer.
pub fn known(address: &ClusterAddress, ledger: Ledger, files: &[FileKey]) -> Result<Tables> {
    let mut tables = Tables { ledger, ..Tables::default() };
    // An article without a line does not come about.
    if !tables.ledger.files.is_empty() && !files.is_empty() {
        let rows = &mut tables.records;
        engine::shared(address).rows(files, &mut |number, row| rows.insert(number, row))?;
    }
    Ok(tables)
}

/// The ledger of these lines for the loader of `part`: those that it looks after, and the files of
/// others apart.
fn assembled(records: Vec<FileRecord>, part: Part) -> Ledger {
    let mut by_file: BTreeMap<String, Vec<FileRecord>> = BTreeMap::new();
    for record in records {
        by_file.entry(record.file.clone()).or_default().push(record);
    }
    let mut ledger = Ledger::default();
    for (file, lines) in by_file {
        let record = one_line(lines, part);
        let shared = record.size >= super::part::SHARED_SIZE;
        let own = !part.is_part() || shared || part.looks_after(&record.file, record.part);
        let files = if own { &mut ledger.files } else { &mut ledger.others };
        files.insert(file, record);
    }
    ledger
}

/// One line of all lines of a file: the own part's, or all parts together.
fn one_line(mut lines: Vec<FileRecord>, own: Part) -> FileRecord {
    if let Some(at) = lines.iter().position(|line| line.part == Some(own)) {
        return lines.swap_remove(at);
    }
    if let Some(at) = lines.iter().position(|line| line.part.is_none()) {
        return lines.swap_remove(at);
    }
    let parts: HashSet<Option<Part>> = lines.iter().map(|line| line.part).collect();
    let of: HashSet<u32> = parts.iter().flatten().map(|part| part.of()).collect();
    let mut all = lines.pop().unwrap_or_default();
    let same = |line: &FileRecord| {
        line.reading == ReadState::Whole
            && (line.size, line.modified) == (all.size, all.modified)
            && line.settings == all.settings
    };
    let complete = of.len() == 1
        && of.iter().all(|&of| of as usize == parts.len())
        && same(&all)
        && lines.iter().all(same);
    for line in lines {
        all.articles += line.articles;
        all.passages += line.passages;
        all.bytes += line.bytes;
        all.skipped += line.skipped;
    }
    all.part = None;
    all.reading = if complete { ReadState::Whole } else { ReadState::Partial };
    all
}

/// An index in a cluster that is being written.
pub struct ClusterStore {
    index: Box<dyn SharedIndex>,
    writer: Box<dyn SharedWriter>,
    part: Part,
    begun: bool,
    /// The ledger as it is in the cluster.
    committed: Ledger,
    /// The names of the lines of each file there.
    lines: HashMap<String, HashSet<String>>,
    /// Files that are to be read, and that no table knows yet.
    awaited: HashSet<String>,
}

impl ClusterStore {
    /// Prepares the index at `address`, and opens it for the loader of `part`.
    ///
    /// # Errors
    /// A cluster that does not answer, an index of another format or definition.
    pub fn open(
        address: &ClusterAddress,
        definition: &Definition,
        existing: Existing,
        part: Part,
    ) -> Result<ClusterStore> {
        let index = engine::shared(address);
        if let Some(there) = manifest(index.as_ref())? {
            let place = std::path::PathBuf::from(address.to_string());
            let fits = there.check(&needed(index.as_ref(), definition), &place);
            match existing {
                Existing::Continued => fits?,
                Existing::Replaced if fits.is_ok() => {}
                Existing::Replaced => index.remove()?,
            }
        }
        index.create(&definition.fingerprint())?;
        let begun = index.is_begun()?;
        let writer = index.writer()?;
        let address = address.to_string();
        let records = records(index.as_ref(), &address)?;
        let mut lines: HashMap<String, HashSet<String>> = HashMap::new();
        for record in &records {
            let id = line_id(&record.file, record.part);
            lines.entry(record.file.clone()).or_default().insert(id);
        }
        let committed = assembled(records, part);
        let awaited = HashSet::new();
        Ok(ClusterStore { index, writer, part, begun, committed, lines, awaited })
    }

    /// The changes that write `record`: its line, and the end of lines that told of the same
    /// articles in another way.
    fn written(&mut self, record: &FileRecord, changes: &mut Vec<SourceLine>) -> Result<()> {
        let id = line_id(&record.file, record.part);
        let value = serde_json::to_value(record).map_err(|e| Error::Engine(Box::new(e)))?;
        changes.push(SourceLine { id: id.clone(), record: Some(value) });
        let of = record.part.map(|part| format!("-{}", part.of()));
        let known = self.lines.entry(record.file.clone()).or_default();
        known.retain(|other| {
            let stays = *other == id || of.as_ref().is_some_and(|of| other.ends_with(of.as_str()));
            if !stays {
                changes.push(SourceLine { id: other.clone(), record: None });
            }
            stays
        });
        known.insert(id);
        Ok(())
    }
}

impl ClusterStore {
    /// Writes these lines of the ledger, then deletes these articles, and commits. The files of
    /// `gone` lose their lines.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn mend(
        &mut self,
        lines: &[FileRecord],
        articles: impl IntoIterator<Item = u64>,
        gone: &[String],
    ) -> Result<()> {
        let (mut begun, mut ended) = (Vec::new(), Vec::new());
        for record in lines {
            self.written(record, &mut begun)?;
            self.committed.files.insert(record.file.clone(), record.clone());
        }
        self.writer.begin(&begun)?;
        articles.into_iter().for_each(|article| self.writer.delete(article));
        for file in gone {
            self.committed.files.remove(file);
            let ids = self.lines.remove(file).unwrap_or_default();
            ended.extend(ids.into_iter().map(|id| SourceLine { id, record: None }));
        }
        self.writer.commit(&ended)
    }

    /// Calls `each` with every article of these files.
    ///
    /// # Errors
    /// A cluster that does not answer.
    pub fn rows(&self, files: &[FileKey], each: &mut dyn FnMut(u64, RecordRow)) -> Result<()> {
        self.index.rows(files, each)
    }
}

impl Store for ClusterStore {
    fn is_begun(&self) -> bool {
        self.begun
    }

    fn ledger(&self) -> Result<Ledger> {
        Ok(self.committed.clone())
    }

    fn tables(&self, ledger: Ledger, files: &[FileKey]) -> Result<Tables> {
        let shared: HashSet<FileKey> = ledger
            .files
            .values()
            .filter(|record| record.part.is_some() || self.part.of_file(record.size).is_some())
            .map(|record| FileKey::new(&record.file))
            .collect();
        let mut tables = Tables { ledger, ..Tables::default() };
        self.index.rows(files, &mut |number, row| {
            let own = !self.part.is_part() || !shared.contains(&row.file);
            if own || self.part.owns_article(number) {
                tables.records.insert(number, row);
            }
        })?;
        Ok(tables)
    }

    fn begin(&mut self, jobs: &[Job]) -> Result<()> {
        let mut changes = Vec::new();
        for job in jobs {
            let before = job.before.as_ref();
            let record = FileRecord {
                articles: before.map_or(0, |before| before.articles),
                passages: before.map_or(0, |before| before.passages),
                bytes: before.map_or(0, |before| before.bytes),
                reading: ReadState::Partial,
                ..job.now.clone()
            };
            self.written(&record, &mut changes)?;
            self.awaited.insert(record.file.clone());
            self.committed.files.insert(record.file.clone(), record);
        }
        self.writer.begin(&changes)
    }

    fn batch<'a>(&'a self, segmenter: &'a Segmenter) -> Box<dyn Batch + 'a> {
        self.writer.batch(segmenter)
    }

    fn delete(&self, article: u64) {
        self.writer.delete(article);
    }

    fn commit(&mut self, tables: &Tables) -> Result<()> {
        let mut changes = Vec::new();
        for (file, record) in &tables.ledger.files {
            if self.committed.files.get(file) != Some(record) {
                self.written(record, &mut changes)?;
                self.committed.files.insert(file.clone(), record.clone());
            }
        }
        self.awaited.retain(|file| !tables.ledger.files.contains_key(file));
        let gone = |file: &&String| {
            !tables.ledger.files.contains_key(*file) && !self.awaited.contains(*file)
        };
        let gone: Vec<String> = self.committed.files.keys().filter(gone).cloned().collect();
        for file in gone {
            let part = self.committed.files.remove(&file).and_then(|record| record.part);
            let own = line_id(&file, part);
            let ids = self.lines.remove(&file).unwrap_or_default();
            let ends = ids.into_iter().filter(|id| part.is_none() || *id == own);
            changes.extend(ends.map(|id| SourceLine { id, record: None }));
        }
        self.writer.commit(&changes)?;
        self.begun = true;
        Ok(())
    }

    fn articles(&self, _: &Tables) -> Result<u64> {
        self.index.articles()
    }

    fn close(self: Box<Self>, segmenter: &Segmenter) -> Result<()> {
        self.writer.close(segmenter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(part: Option<&str>, articles: u64) -> FileRecord {
        FileRecord {
            file: "/大.jsonl".to_owned(),
            size: 1 << 30,
            part: part.map(|part| part.parse().unwrap()),
            articles,
            ..FileRecord::default()
        }
    }

    #[test]
    fn the_lines_of_all_parts_are_one() {
        let parts = vec![line(Some("1/3"), 1), line(Some("2/3"), 2), line(Some("3/3"), 4)];
        let whole = one_line(parts.clone(), Part::default());
        assert_eq!((whole.articles, whole.reading, whole.part), (7, ReadState::Whole, None));
        let lacking = one_line(parts[1..].to_vec(), Part::default());
        assert_eq!((lacking.articles, lacking.reading), (6, ReadState::Partial));
        let own = one_line(parts.clone(), "2/3".parse().unwrap());
        assert_eq!((own.articles, own.part), (2, "2/3".parse().ok()));
        let mut changed = parts;
        changed[0].modified = 5;
        assert_eq!(one_line(changed, Part::default()).reading, ReadState::Partial);
        assert_eq!(one_line(vec![line(None, 9)], "1/3".parse().unwrap()).articles, 9);
    }

    #[test]
    fn a_loader_looks_after_its_own_files() {
        let small = |file: &str| FileRecord { file: file.to_owned(), ..FileRecord::default() };
        let files: Vec<FileRecord> = (0..30).map(|i| small(&format!("/{i}.txt"))).collect();
        let mut seen = 0;
        for part in ["1/3", "2/3", "3/3"] {
            let ledger = assembled(files.clone(), part.parse().unwrap());
            assert_eq!(ledger.files.len() + ledger.others.len(), 30);
            seen += ledger.files.len();
        }
        assert_eq!(seen, 30);
    }
}
