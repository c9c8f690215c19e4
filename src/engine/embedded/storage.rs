//! The embedded engine's part of an index folder: created, opened, verified, removed.

use super::directory::EngineDirectory;
use super::error::engine_error;
use super::exact_text::plugin::ExactTextPlugin;
use super::integrity;
use super::reader::EmbeddedReader;
use super::schema::IndexFields;
use super::tokenizer::tokenizers;
use super::writer::{self, EmbeddedWriter, patiently};
use crate::engine::{DamagedFile, Engine, Storage, Writer};
use crate::error::{Error, Result};
use crate::text::word::Bytes;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::index::IndexBuilder;
use tantivy::{Index, IndexSettings, SegmentPlugin, TantivyError};

/// The embedded engine of the index in a folder.
pub struct Embedded {
    folder: PathBuf,
}

impl Embedded {
    /// The engine of the index in `folder`; its own files are in the subfolder `engine`.
    pub fn new(folder: &Path) -> Embedded {
        Embedded { folder: folder.to_owned() }
    }

    fn engine_folder(&self) -> PathBuf {
        self.folder.join("engine")
    }

    fn meta(&self) -> PathBuf {
        self.engine_folder().join("meta.json")
    }

    fn directory(&self) -> Result<Box<dyn Directory>> {
        let folder = self.engine_folder();
        let directory = EngineDirectory::open(&folder).map_err(|e| self.failed(e.into()))?;
        #[cfg(test)]
        return Ok(super::faulty::planned(directory, &folder));
        #[cfg(not(test))]
        Ok(Box::new(directory))
    }

    fn failed(&self, error: TantivyError) -> Error {
        engine_error(&self.folder, error)
    }

    /// Opens tantivy's index.
    fn index(&self) -> Result<Index> {
        let mut index = Index::open(self.directory()?).map_err(|e| self.failed(e))?;
        index.set_tokenizers(tokenizers());
        plugins().into_iter().for_each(|plugin| index.register_plugin(plugin));
        if index.schema() != IndexFields::new().schema {
            return Err(Error::Damaged {
                path: self.folder.clone(),
                reason: "its fields are not those of its format".to_owned(),
            });
        }
        Ok(index)
    }
}

impl Storage for Embedded {
    fn exists(&self) -> bool {
        self.meta().exists()
    }

    fn remove(&self) -> Result<()> {
        let folder = self.engine_folder();
        if !folder.exists() {
            return Ok(());
        }
        // Another process's writer must not lose its files while it works.
        if let Ok(directory) = MmapDirectory::open(&folder) {
            let lock = patiently(|| {
                let lock = directory.acquire_lock(&INDEX_WRITER_LOCK);
                lock.map_err(|e| TantivyError::LockFailure(e, None))
            });
            drop(lock.map_err(|e| self.failed(e))?);
        }
        std::fs::remove_dir_all(&folder).map_err(Error::io("remove", &folder))
    }

    fn create(&self) -> Result<()> {
        let folder = self.engine_folder();
        std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        let zstd = tantivy::store::ZstdCompressor { compression_level: Some(6) };
        let settings = IndexSettings {
            docstore_compression: tantivy::store::Compressor::Zstd(zstd),
            // Half the usual: a search reads a record or two of a block, and records without their
            // text are small.
            docstore_blocksize: 8 << 10,
            ..IndexSettings::default()
        };
        let fields = IndexFields::new();
        let builder =
            Index::builder().schema(fields.schema).settings(settings).tokenizers(tokenizers());
        let builder = plugins().into_iter().fold(builder, IndexBuilder::register_plugin);
        builder.open_or_create(self.directory()?).map(drop).map_err(|e| self.failed(e))
    }

    fn open(&self) -> Result<Box<dyn Engine>> {
        let index = self.index()?;
        let reader = EmbeddedReader::open(&index, &self.folder, &self.engine_folder())?;
        Ok(Box::new(reader))
    }

    fn writer(&self, threads: usize, memory_budget: usize) -> Result<Box<dyn Writer>> {
        let writer = EmbeddedWriter::open(&self.index()?, &self.folder, threads, memory_budget)?;
        Ok(Box::new(writer))
    }

    fn payload(&self) -> Result<Option<String>> {
        Ok(self.index()?.load_metas().map_err(|e| self.failed(e))?.payload)
    }

    fn state(&self) -> Option<Vec<u8>> {
        std::fs::read(self.meta()).ok()
    }

    fn verify(&self) -> Result<Vec<DamagedFile>> {
        integrity::verify(&self.index()?, &self.folder)
    }

    fn files(&self) -> Result<Vec<String>> {
        integrity::names(&self.index()?, &self.folder)
    }

    fn fault(&self, file: &str) -> Result<Option<String>> {
        integrity::fault_of(&self.index()?, &self.folder, file)
    }

    fn lock(&self) -> Result<Box<dyn Send + Sync>> {
        writer::lock(&self.engine_folder(), &self.folder)
    }

    fn copy_without(&self, segments: &BTreeSet<String>, to: &Path) -> Result<()> {
        integrity::copy_without(&self.index()?, &self.folder, segments, to)
    }

    fn adopt(&self, from: &Path) -> Result<()> {
        integrity::adopt(&self.engine_folder(), &Embedded::new(from).engine_folder())
    }
}

/// Our own files of each segment; tantivy must be told of them before it writes.
pub fn plugins() -> [Arc<dyn SegmentPlugin>; 1] {
    [Arc::new(ExactTextPlugin)]
}

/// Maps a file into memory.
///
/// # Errors
/// A file that is missing or cannot be mapped.
pub fn map_file(path: &Path) -> std::io::Result<Bytes> {
    let (folder, name) = (path.parent(), path.file_name());
    let (Some(folder), Some(name)) = (folder, name) else {
        return Err(std::io::ErrorKind::InvalidInput.into());
    };
    // The system's own reason, which tantivy's errors wrap.
    std::fs::File::open(path)?;
    let other = |e: &dyn std::fmt::Display| std::io::Error::other(e.to_string());
    let folder = MmapDirectory::open(folder).map_err(|e| other(&e))?;
    let file = folder.open_read(Path::new(name)).map_err(|e| other(&e))?;
    file.read_bytes().map(Bytes::new)
}
