//! The tables of a commit: its files, its articles, the imprints of those.

use super::imprints::Imprints;
use super::ledger::Ledger;
use super::records::Records;
use crate::engine;
use crate::error::Result;
use std::path::Path;

/// The tables of an index about its sources. The three change together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// Its files.
    pub ledger: Ledger,
    /// Its articles.
    pub records: Records,
    /// The imprints by which reprints are found.
    pub imprints: Imprints,
}

impl Tables {
    /// Reads the tables that belong to the ledger called `name`.
    ///
    /// # Errors
    /// [`crate::error::Error::Damaged`] or [`crate::error::Error::Io`] where one cannot be read.
    pub fn read(folder: &Path, name: &str) -> Result<Tables> {
        Tables::with_ledger(folder, name, Ledger::read(folder, name)?)
    }

    /// Reads the tables that belong to a ledger that has been read already.
    ///
    /// # Errors
    /// Those of [`Tables::read`].
    pub fn with_ledger(folder: &Path, name: &str, ledger: Ledger) -> Result<Tables> {
        let records = Records::read(folder, &Records::name(name), &ledger)?;
        let imprints = Imprints::read(folder, &Imprints::name(name))?;
        Ok(Tables { ledger, records, imprints })
    }

    /// Reads the tables of the last commit of the index at `folder`. Somebody may be writing: a
    /// commit between naming the tables and reading them is followed.
    ///
    /// # Errors
    /// Those of [`Tables::read`], and those of opening the engine.
    pub fn committed(folder: &Path) -> Result<Tables> {
        let storage = engine::storage(folder);
        loop {
            let Some(name) = storage.payload()? else { return Ok(Tables::default()) };
            match Tables::read(folder, &name) {
                Err(_) if storage.payload()?.as_ref() != Some(&name) => {}
                tables => return tables,
            }
        }
    }

    /// Takes an article out of the tables. Returns true if it was there.
    pub fn remove(&mut self, article: u64) -> bool {
        self.imprints.remove(article);
        self.records.remove(article).is_some()
    }

    /// Writes the tables under the names that belong to the ledger called `name`.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn write(&self, folder: &Path, name: &str) -> Result<()> {
        self.ledger.write(folder, name)?;
        self.records.write(folder, &Records::name(name), &self.ledger)?;
        self.imprints.write(folder, &Imprints::name(name))
    }

    /// Removes the tables that belong to other ledgers than the one called `name`. What cannot be
    /// removed is left: it does no harm.
    pub fn remove_others(folder: &Path, name: &str) {
        Ledger::remove_others(folder, name);
        Imprints::remove_others(folder, &Imprints::name(name));
        Records::remove_others(folder, &Records::name(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::update::ledger::FileRecord;

    #[test]
    fn tables_are_read_as_they_were_written_and_others_go() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = Tables::default();
        let record = FileRecord { file: "/档案/一.txt".into(), ..FileRecord::default() };
        tables.ledger.files.insert(record.file.clone(), record);
        tables.write(folder.path(), "ledger-1.jsonl").unwrap();
        tables.write(folder.path(), "ledger-2.jsonl").unwrap();
        assert_eq!(Tables::read(folder.path(), "ledger-1.jsonl").unwrap(), tables);
        Tables::remove_others(folder.path(), "ledger-2.jsonl");
        assert!(Tables::read(folder.path(), "ledger-1.jsonl").is_err());
        assert_eq!(Tables::read(folder.path(), "ledger-2.jsonl").unwrap(), tables);
    }
}
