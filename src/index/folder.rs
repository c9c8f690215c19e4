//! The folder of an index: made where there is none, opened where there is one, and locked by whoever writes it.

use super::lock::WriterLock;
use super::manifest::{self, DICTIONARY, ENGINE, Manifest};
use super::schema::Fields;
use super::update::{Plan, Update};
use super::{engine_error, open_engine};
use crate::error::{Error, Result};
use crate::text::dictionary;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::{IndexSettings, TantivyError};

/// Opens the index for an update that writes: the one there is, or a new one where there is none or all is to be built again.
pub(super) fn open_to_write(update: &Update<'_>) -> Result<(WriterLock, tantivy::Index)> {
    let folder = update.folder;
    let needed = Manifest::new(&update.analyzer.definition.fingerprint());
    let found = Manifest::read(folder)?;
    if let (Some(found), Plan::Incremental) = (&found, update.plan) {
        found.check(&needed, folder)?;
    }
    std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let lock = WriterLock::acquire(folder)?;
    let engine_folder = folder.join(ENGINE);
    let whole = found.is_some() && engine_folder.join("meta.json").exists();
    if whole {
        // The engine has a lock of its own, which another program may hold; asked for even where nothing will be written.
        let directory = MmapDirectory::open(&engine_folder).map_err(|e| Error::Engine(e.into()))?;
        let free = directory.acquire_lock(&INDEX_WRITER_LOCK);
        drop(free.map_err(|e| engine_error(folder, TantivyError::LockFailure(e, None)))?);
        if update.plan == Plan::Incremental {
            return Ok((lock, open_engine(folder)?));
        }
    }
    if engine_folder.exists() {
        std::fs::remove_dir_all(&engine_folder).map_err(Error::io("remove", &engine_folder))?;
    }
    Ok((lock, create(update, &needed)?))
}

/// Opens the index for an update that only says what it would do; `None` where it would begin with nothing.
pub(super) fn open_to_read(update: &Update<'_>) -> Result<Option<tantivy::Index>> {
    let needed = Manifest::new(&update.analyzer.definition.fingerprint());
    let found = Manifest::read(update.folder)?;
    let Some(found) = found.filter(|_| update.plan == Plan::Incremental) else { return Ok(None) };
    found.check(&needed, update.folder)?;
    let whole = update.folder.join(ENGINE).join("meta.json").exists();
    whole.then(|| open_engine(update.folder)).transpose()
}

/// Makes a new index.
fn create(update: &Update<'_>, needed: &Manifest) -> Result<tantivy::Index> {
    let folder = update.folder;
    let engine_folder = folder.join(ENGINE);
    std::fs::create_dir_all(&engine_folder).map_err(Error::io("create", &engine_folder))?;
    manifest::replace(&folder.join(DICTIONARY), &dictionary::transducer(&update.analyzer.definition)?)?;
    needed.write(folder)?;
    let settings = IndexSettings {
        docstore_compression: tantivy::store::Compressor::Zstd(tantivy::store::ZstdCompressor {
            compression_level: Some(6),
        }),
        // Twice the usual: the text compresses better, and a search reads only a page of passages.
        docstore_blocksize: 32 << 10,
        ..IndexSettings::default()
    };
    tantivy::Index::builder()
        .schema(Fields::new().schema)
        .settings(settings)
        .tokenizers(super::analyzer::tokenizers())
        .create_in_dir(&engine_folder)
        .map_err(|e| engine_error(folder, e))
}
