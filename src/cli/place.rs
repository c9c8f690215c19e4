//! Where things are kept: the index that a command uses and why, and the user's own folders.
//!
//! The index is, in this order: `--index`, `JIANBAO_INDEX`, the `index` key of `jianbao.toml`,
//! `index/built` below the working directory where it exists, and `index` in the user's data
//! folder. `--engine`, `JIANBAO_ENGINE` or the `engine` key name an index in a cluster instead.

use super::config::Config;
use etcetera::{BaseStrategy, choose_base_strategy};
use std::fmt;
use std::path::{Path, PathBuf};

/// The index below the working directory.
const HERE: &str = "index/built";

/// The reason why a folder or a cluster is taken for the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `--index` names it.
    Flag,
    /// `JIANBAO_INDEX` names it.
    Environment,
    /// `--engine` names it.
    EngineFlag,
    /// `JIANBAO_ENGINE` names it.
    EngineEnvironment,
    /// This configuration file names it.
    File(PathBuf),
    /// It is `index/built` below the working directory, and exists.
    Here,
    /// It is in the user's data folder.
    Data,
    /// There is no data folder: it is `index/built`, to be made.
    Fallback,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => f.write_str("--index"),
            Origin::Environment => f.write_str("JIANBAO_INDEX"),
            Origin::EngineFlag => f.write_str("--engine"),
            Origin::EngineEnvironment => f.write_str("JIANBAO_ENGINE"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Here => f.write_str("found in the working directory"),
            Origin::Data => f.write_str("the user's data folder"),
            Origin::Fallback => f.write_str("default"),
        }
    }
}

/// The index that is used where neither a flag nor the environment names one. `data` is the user's
/// data folder.
pub fn default_index(config: &Config, data: Option<&Path>) -> (PathBuf, Origin) {
    if let (Some(index), Some(file)) = (config.text("index"), &config.file) {
        return (index.into(), Origin::File(file.clone()));
    }
    let here = PathBuf::from(HERE);
    if here.join(crate::update::MANIFEST).exists() {
        return (here, Origin::Here);
    }
    data.map_or((here, Origin::Fallback), |data| (data.join("index"), Origin::Data))
}

/// The user's folder for data of this program.
pub fn data() -> Option<PathBuf> {
    Some(choose_base_strategy().ok()?.data_dir().join("jianbao"))
}

/// The user's folder for settings of this program.
pub fn settings() -> Option<PathBuf> {
    Some(choose_base_strategy().ok()?.config_dir().join("jianbao"))
}

/// The user's folder for what this program remembers from run to run.
pub fn state() -> Option<PathBuf> {
    let folders = choose_base_strategy().ok()?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("jianbao"))
}
