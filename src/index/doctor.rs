//! Examines an index, part by part, and takes out of it what is wrong, so that an update can put it
//! in again.
//!
//! It reads everything: the engine's files against their checksums, each table, each article and
//! each passage.

use super::commit::{self, Kept, Store};
use super::document;
use super::manifest::{DICTIONARY, ENGINE, FileRecord, Ledger, Manifest, Reading};
use super::records::{FileKey, Row};
use super::{Index, Layout, Writer, stored};
use crate::archive;
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::passage::Passage;
use crate::text::dictionary;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use tantivy::store::StoreReader;
use tantivy::{DocId, TantivyDocument};

/// Faults of a part that are told; the others are counted.
const FAULTS_TOLD: usize = 20;
/// Memory for the engine's writer, in bytes; nothing is added.
const MEMORY: usize = 50 << 20;

/// A part of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The engine's files.
    Engine,
    /// The segmenter's dictionary.
    Dictionary,
    /// Files, records and imprints, and that they agree.
    Tables,
    /// Every article once, all of its passages side by side, everything readable.
    Articles,
}

/// What was found of a part.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// The part.
    pub part: Part,
    /// How many things were wrong.
    pub wrong: u64,
    /// What was wrong; the first of it, if it was much.
    pub faults: Vec<String>,
}

impl Check {
    fn new(part: Part) -> Check {
        Check { part, wrong: 0, faults: Vec::new() }
    }

    fn fault(&mut self, text: impl Into<String>) {
        self.wrong += 1;
        if self.faults.len() < FAULTS_TOLD {
            self.faults.push(text.into());
        }
    }
}

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Diagnosis {
    /// Each part; those that could not be looked at because of others are missing.
    pub checks: Vec<Check>,
    /// Articles in the index.
    pub articles: u64,
    /// Passages in the index.
    pub passages: u64,
    /// Files that a run did not read to their end; the next one will. That is nothing wrong.
    pub unfinished: u64,
    #[serde(skip)]
    remedy: Remedy,
}

impl Diagnosis {
    /// Whether nothing is wrong.
    pub fn is_healthy(&self) -> bool {
        self.checks.iter().all(|check| check.wrong == 0)
    }
}

/// What has to go so that the rest is right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Remedy {
    /// Everything: the engine or a table cannot be read.
    all: bool,
    /// Articles that are wrong.
    articles: HashSet<u64>,
    /// Files (absolute paths) whose articles are wrong or missing.
    files: BTreeSet<String>,
}

/// What a repair left to be read again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mended {
    /// Files to be read again, with the settings they were read with.
    pub again: Vec<FileRecord>,
    /// Files that are gone, with articles that were wrong: those are lost.
    pub lost: Vec<FileRecord>,
}

/// How often an index is looked at that somebody else writes meanwhile.
const ATTEMPTS: usize = 5;

/// Examines the index at `folder`.
///
/// # Errors
/// [`Error::NoIndex`], [`Error::ForeignFolder`] or [`Error::Outdated`]: there is nothing to be
/// examined. [`Error::Locked`] where commits follow each other so fast that what is missing may
/// only have been replaced.
pub fn examine(folder: &Path, definition: &Definition) -> Result<Diagnosis> {
    let manifest = Manifest::read(folder)?.ok_or_else(|| Error::NoIndex(folder.to_owned()))?;
    manifest.check(&Manifest::new(&definition.fingerprint()), folder)?;
    if !super::is_begun(folder) {
        return Err(Error::NoIndex(folder.to_owned()));
    }
    undisturbed(folder, || look(folder, definition))
}

/// What `look` finds; a fault is believed only if nobody committed or merged meanwhile, and took
/// away what was looked for.
fn undisturbed(folder: &Path, mut look: impl FnMut() -> Result<Diagnosis>) -> Result<Diagnosis> {
    let metas = || std::fs::read(folder.join(ENGINE).join("meta.json")).ok();
    for _ in 0..ATTEMPTS {
        let before = metas();
        let found = look();
        if found.as_ref().is_ok_and(Diagnosis::is_healthy) || metas() == before {
            return found;
        }
    }
    let by = Writer::of(folder).map_or("another process".to_owned(), |writer| writer.to_string());
    Err(Error::Locked { path: folder.to_owned(), by })
}

fn look(folder: &Path, definition: &Definition) -> Result<Diagnosis> {
    let (engine, mut tables) = (engine_check(folder), Check::new(Part::Tables));
    let mut found = Diagnosis {
        checks: Vec::new(),
        articles: 0,
        passages: 0,
        unfinished: 0,
        remedy: Remedy::default(),
    };
    let sound = engine.wrong == 0;
    found.checks.push(engine);
    found.checks.push(dictionary_check(folder, definition)?);
    if !sound {
        found.remedy.all = true;
        return Ok(found);
    }
    match Index::open_with_kept(folder, definition) {
        Ok((index, kept)) => {
            found.unfinished =
                kept.ledger.files.values().filter(|r| r.reading == Reading::Partial).count() as u64;
            let mut articles = Articles::new(&kept);
            let check = articles.examine(&index)?;
            (found.articles, found.passages) = (articles.seen.len() as u64, articles.passages);
            articles.compare(&mut tables);
            found.remedy = articles.remedy;
            found.checks.push(tables);
            found.checks.push(check);
        }
        Err(error) => {
            tables.fault(error.to_string());
            found.checks.push(tables);
            found.remedy.all = true;
        }
    }
    Ok(found)
}

fn engine_check(folder: &Path) -> Check {
    let mut check = Check::new(Part::Engine);
    match super::open_engine(folder) {
        Err(error) => check.fault(error.to_string()),
        Ok(engine) => match engine.validate_checksum() {
            Err(error) => check.fault(error.to_string()),
            Ok(damaged) => {
                let damaged: BTreeSet<_> = damaged.into_iter().collect();
                damaged.iter().for_each(|path| {
                    check.fault(format!("{} is not as it was written", path.display()))
                });
            }
        },
    }
    check
}

fn dictionary_check(folder: &Path, definition: &Definition) -> Result<Check> {
    let mut check = Check::new(Part::Dictionary);
    match std::fs::read(folder.join(DICTIONARY)) {
        Err(error) => check.fault(format!("{DICTIONARY} cannot be read ({error})")),
        Ok(bytes) if bytes != dictionary::compile(definition)? => {
            check.fault(format!("{DICTIONARY} is not as it was written"));
        }
        Ok(_) => {}
    }
    Ok(check)
}

/// A segment whose passages are read one after the other.
struct Segment<'a> {
    store: StoreReader,
    layout: &'a Layout,
    index: &'a Index,
}

impl Segment<'_> {
    /// A passage as it is stored, or why it cannot be read.
    fn passage(&self, doc: DocId) -> std::result::Result<Passage, String> {
        let document: TantivyDocument = self.store.get(doc).map_err(|e| e.to_string())?;
        document::passage(&document, self.layout.texts.passage(doc), self.index.fields())
    }
}

/// The articles of an index, as they are found in the engine.
struct Articles<'a> {
    kept: &'a Kept,
    /// The absolute path and the shown one of each file.
    files: HashMap<FileKey, (&'a str, &'a str)>,
    seen: HashSet<u64>,
    passages: u64,
    remedy: Remedy,
}

impl<'a> Articles<'a> {
    fn new(kept: &'a Kept) -> Articles<'a> {
        let of = |record: &'a FileRecord| {
            (FileKey::new(&record.file), (record.file.as_str(), record.path.as_str()))
        };
        let files = kept.ledger.files.values().map(of).collect();
        Articles { kept, files, seen: HashSet::new(), passages: 0, remedy: Remedy::default() }
    }

    /// Reads every passage.
    fn examine(&mut self, index: &Index) -> Result<Check> {
        let mut check = Check::new(Part::Articles);
        for (reader, layout) in index.searcher().segment_readers().iter().zip(index.layouts()) {
            let store = reader.get_store_reader(1).map_err(Error::io("read", index.folder()))?;
            let segment = Segment { store, layout, index };
            let ordinals = reader.fast_fields().u64("ordinal")?;
            let numbers = reader.fast_fields().u64("number")?;
            let docs: Vec<DocId> = reader.doc_ids_alive().collect();
            self.passages += docs.len() as u64;
            let ordinal = |doc: DocId| ordinals.first(doc).unwrap_or(u64::MAX);
            for article in docs.chunk_by(|&a, &b| b == a + 1 && ordinal(b) == ordinal(a) + 1) {
                match numbers.first(article[0]).filter(|_| ordinal(article[0]) == 0) {
                    Some(number) => self.article(number, article, &segment, &mut check),
                    None => {
                        check.fault("a passage stands apart from its article");
                        self.remedy.all = true;
                    }
                }
            }
        }
        for (number, row) in self.kept.records.iter().filter(|(_, row)| row.passages > 0) {
            if !self.seen.contains(&number) {
                let shown = self.wrong(number, Some(row));
                check.fault(format!("an article of {shown} is missing"));
            }
        }
        Ok(check)
    }

    fn article(&mut self, number: u64, docs: &[DocId], segment: &Segment<'_>, check: &mut Check) {
        let row = self.kept.records.get(number);
        let mut faults: Vec<String> = Vec::new();
        if !self.seen.insert(number) {
            faults.push("is there twice".to_owned());
        }
        match row {
            None => faults.push("is in no table".to_owned()),
            Some(row) if row.passages as usize != docs.len() => {
                faults.push(format!("has {} passages of {}", docs.len(), row.passages));
            }
            Some(_) => {}
        }
        let mut first: Option<Passage> = None;
        for (&doc, ordinal) in docs.iter().zip(0..) {
            match segment.passage(doc) {
                Err(reason) => faults.push(format!("cannot be read ({reason})")),
                Ok(passage) if passage.ordinal != ordinal => {
                    faults.push("has its passages out of order".to_owned())
                }
                Ok(passage) if ordinal == 0 => first = Some(passage),
                Ok(mut passage) => {
                    if !first.as_ref().is_some_and(|first| stored::complete(&mut passage, first)) {
                        faults.push("has a passage of another article".to_owned());
                    }
                }
            }
        }
        let path = row.and_then(|row| self.files.get(&row.file)).map(|(_, path)| *path);
        if path.is_some() && first.is_some_and(|first| path != Some(first.article.path.as_str())) {
            faults.push("is shown under another path".to_owned());
        }
        if !faults.is_empty() {
            let shown = self.wrong(number, row);
            faults.iter().for_each(|fault| check.fault(format!("an article of {shown} {fault}")));
        }
    }

    /// Notes that an article is wrong; the path that it is shown under.
    fn wrong(&mut self, number: u64, row: Option<&Row>) -> String {
        self.remedy.articles.insert(number);
        match row.and_then(|row| self.files.get(&row.file)) {
            Some((file, path)) => {
                self.remedy.files.insert((*file).to_owned());
                (*path).to_owned()
            }
            None => "a file that is not known".to_owned(),
        }
    }

    /// Whether the tables agree with one another.
    fn compare(&mut self, check: &mut Check) {
        let mut sums: HashMap<FileKey, [u64; 3]> = HashMap::new();
        for (number, row) in self.kept.records.iter() {
            let sum = sums.entry(row.file).or_default();
            [1, u64::from(row.passages), u64::from(row.bytes)]
                .into_iter()
                .zip(sum)
                .for_each(|(own, sum)| *sum += own);
            if !self.kept.reprints.contains(number) {
                let shown = self.wrong(number, Some(row));
                check.fault(format!("an article of {shown} has no imprint"));
            }
        }
        let stray: Vec<u64> = self
            .kept
            .reprints
            .numbers()
            .filter(|&number| self.kept.records.get(number).is_none())
            .collect();
        for number in stray {
            self.wrong(number, None);
            check.fault("there is an imprint of an article that is not there");
        }
        for record in self.kept.ledger.files.values() {
            let sum = sums.get(&FileKey::new(&record.file)).copied().unwrap_or_default();
            if sum != [record.articles, record.passages, record.bytes] {
                self.remedy.files.insert(record.file.clone());
                check.fault(format!("{} is counted wrongly", record.path));
            }
        }
    }
}

/// Takes what `diagnosis` found wrong out of the index at `folder`, and says what has to be read
/// again: after that, an update of those files makes it whole. Until then the rest can be searched.
///
/// # Errors
/// [`Error::Locked`], a full disk; [`Error::Damaged`] where not even the list of files can be read.
pub fn mend(folder: &Path, definition: &Definition, diagnosis: &Diagnosis) -> Result<Mended> {
    commit::write_definition(folder, definition.into())?;
    let remedy = &diagnosis.remedy;
    if !remedy.all && remedy.articles.is_empty() && remedy.files.is_empty() {
        return Ok(Mended::default());
    }
    let lost = || Error::Damaged {
        path: folder.to_owned(),
        reason: "the list of its files is lost".to_owned(),
    };
    let (mut store, mut kept);
    if remedy.all {
        let payload =
            super::open_engine(folder).ok().and_then(|engine| engine.load_metas().ok()?.payload);
        let name = payload.or_else(|| Ledger::newest(folder)).ok_or_else(lost)?;
        kept = Kept { ledger: Ledger::read(folder, &name).map_err(|_| lost())?, ..Kept::default() };
        store = Store::open(folder, &commit::empty_engine(folder, definition.into())?, 1, MEMORY)?;
    } else {
        store = Store::open(folder, &super::open_engine(folder)?, 1, MEMORY)?;
        kept = store.kept(store.ledger()?)?;
    }
    for &article in &remedy.articles {
        store.delete(article);
        kept.remove(article);
    }
    let mended = note_files(&mut kept, remedy);
    store.commit(&kept)?;
    store.close()?;
    Ok(mended)
}

/// Marks the files that are to be read again, and counts their articles anew.
fn note_files(kept: &mut Kept, remedy: &Remedy) -> Mended {
    let mut mended = Mended::default();
    let files: Vec<String> = kept
        .ledger
        .files
        .keys()
        .filter(|f| remedy.all || remedy.files.contains(*f))
        .cloned()
        .collect();
    let articles = kept.records.by_file(&files.iter().map(|file| FileKey::new(file)).collect());
    for file in files {
        let Some(record) = kept.ledger.files.get_mut(&file) else { continue };
        let rows: Vec<&Row> = articles
            .get(&FileKey::new(&file))
            .into_iter()
            .flatten()
            .filter_map(|&a| kept.records.get(a))
            .collect();
        record.reading = Reading::Partial;
        record.articles = rows.len() as u64;
        record.passages = rows.iter().map(|row| u64::from(row.passages)).sum();
        record.bytes = rows.iter().map(|row| u64::from(row.bytes)).sum();
        if archive::path_of(&file).is_file() {
            mended.again.push(record.clone());
        } else {
            mended.lost.push(record.clone());
            if rows.is_empty() {
                kept.ledger.files.remove(&file);
            }
        }
    }
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A diagnosis with a fault, or without one.
    fn diagnosis(faults: &[&str]) -> Diagnosis {
        let mut check = Check::new(Part::Tables);
        faults.iter().for_each(|fault| check.fault((*fault).to_owned()));
        Diagnosis {
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
            std::fs::create_dir_all(folder.path().join(ENGINE)).unwrap();
            std::fs::write(folder.path().join(ENGINE).join("meta.json"), number.to_string())
                .unwrap();
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
