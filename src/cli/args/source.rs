//! Where an index and its sources are, and how sources are read.

use crate::engine::{ClusterAddress, Credentials, IndexPlace};
use crate::error::{Error, Result};
use clap::Args;
use std::path::PathBuf;

/// Where the index is and what it is defined by.
#[derive(Debug, Clone, Args)]
pub struct IndexFlags {
    /// Index folder; else the `index` key of jianbao.toml, ./index/built where it exists, or the
    /// user's data folder
    #[arg(
        long = "index",
        value_name = "DIR",
        env = "JIANBAO_INDEX",
        default_value = "index/built",
        hide_default_value = true
    )]
    pub index: PathBuf,
    /// An index in a cluster instead, as http://HOST:9200/NAME; once for each node that may be
    /// asked
    #[arg(long = "engine", value_name = "URL", env = "JIANBAO_ENGINE", value_delimiter = ',')]
    pub engine: Vec<String>,
    /// File with the credentials for the cluster: `user:password`, or `ApiKey` and a key
    #[arg(long = "engine-auth", value_name = "FILE", env = "JIANBAO_ENGINE_AUTH")]
    pub engine_auth: Option<PathBuf>,
    #[command(flatten)]
    pub definition: DefinitionFlags,
}

impl IndexFlags {
    /// The place that the flags name.
    ///
    /// # Errors
    /// [`Error::Setting`] where an address is none, [`Error::Usage`] where credentials are none,
    /// [`Error::Io`] where their file cannot be read.
    pub fn place(&self) -> Result<IndexPlace> {
        if self.engine.is_empty() {
            return Ok(IndexPlace::Folder(self.index.clone()));
        }
        let credentials = |path: &PathBuf| {
            let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
            Credentials::parse(&text)
        };
        let credentials = self.engine_auth.as_ref().map(credentials).transpose()?;
        Ok(ClusterAddress::parse(&self.engine, credentials)?.into())
    }
}

/// The definition that analysis follows.
#[derive(Debug, Clone, Args)]
pub struct DefinitionFlags {
    /// Folder with files that replace those of the same name that define the analysis
    /// (lexicon/words.txt, speakers.toml ...)
    #[arg(long = "definition", value_name = "DIR", env = "JIANBAO_DEFINITION")]
    pub definition: Option<PathBuf>,
}

/// How archives are read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadingFlags {
    /// Read only files that match one of these globs
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Leave out files and folders that match one of these globs
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Read hidden files and folders too
    #[arg(long)]
    pub hidden: bool,
    /// Follow symbolic links, but into no other file system
    #[arg(long)]
    pub follow: bool,
    /// Stay on the file system of each path; --follow does so by itself
    #[arg(long, conflicts_with = "cross_file_systems")]
    pub one_file_system: bool,
    /// Follow links into other file systems too
    #[arg(long, requires = "follow")]
    pub cross_file_systems: bool,
    /// Skip an article with more bytes than this, decompressed (K, M and G may follow the number)
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = size)]
    pub max_size: u64,
    /// Read everything in this encoding instead of detecting it
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Take a record's field of that name, or at that path (body=_source.body), for title, body,
    /// date, source, author, tag, url, id ...
    #[arg(long = "field", value_name = "FIELD=NAME")]
    pub fields: Vec<String>,
    /// The day the archive was crawled: what 335 天前 counts from [default: each file's own
    /// modification time]
    #[arg(long, value_name = "DATE")]
    pub crawled: Option<String>,
}

/// Reads a size: a number, with K, M or G after it for 1024 times, and so on.
pub fn size(text: &str) -> std::result::Result<u64, String> {
    let text = text.trim().trim_end_matches(['b', 'B', 'i']);
    let (digits, factor) = match text.chars().last().map(|c| c.to_ascii_uppercase()) {
        Some('K') => (&text[..text.len() - 1], 1 << 10),
        Some('M') => (&text[..text.len() - 1], 1 << 20),
        Some('G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let number: u64 = digits.trim().parse().map_err(|_| "not a size like 64M".to_owned())?;
    number.checked_mul(factor).filter(|&n| n > 0).ok_or_else(|| "not a size like 64M".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!((size("64M"), size("1gb"), size("10")), (Ok(64 << 20), Ok(1 << 30), Ok(10)));
        assert!(size("viel").is_err() && size("0").is_err());
    }
}
