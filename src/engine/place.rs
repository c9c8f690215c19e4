//! The place of an index: a folder of this machine, or an index in a cluster.

use super::opensearch::ClusterAddress;
use std::fmt;
use std::path::{Path, PathBuf};

/// The place of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexPlace {
    /// A folder.
    Folder(PathBuf),
    /// An index in a cluster.
    Cluster(ClusterAddress),
}

impl IndexPlace {
    /// The folder; `None` for a cluster.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            IndexPlace::Folder(folder) => Some(folder),
            IndexPlace::Cluster(_) => None,
        }
    }

    /// The cluster's address; `None` for a folder.
    pub fn cluster(&self) -> Option<&ClusterAddress> {
        match self {
            IndexPlace::Folder(_) => None,
            IndexPlace::Cluster(address) => Some(address),
        }
    }

    /// The folder, or the address in the form of a path: the place as errors carry it.
    pub fn name(&self) -> PathBuf {
        match self {
            IndexPlace::Folder(folder) => folder.clone(),
            IndexPlace::Cluster(address) => PathBuf::from(address.to_string()),
        }
    }
}

impl fmt::Display for IndexPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().display().fmt(f)
    }
}

impl From<&IndexPlace> for IndexPlace {
    fn from(place: &IndexPlace) -> IndexPlace {
        place.clone()
    }
}

impl From<ClusterAddress> for IndexPlace {
    fn from(address: ClusterAddress) -> IndexPlace {
        IndexPlace::Cluster(address)
    }
}

impl From<&Path> for IndexPlace {
    fn from(folder: &Path) -> IndexPlace {
        IndexPlace::Folder(folder.to_owned())
    }
}

impl From<&PathBuf> for IndexPlace {
    fn from(folder: &PathBuf) -> IndexPlace {
        IndexPlace::Folder(folder.clone())
    }
}

impl From<PathBuf> for IndexPlace {
    fn from(folder: PathBuf) -> IndexPlace {
        IndexPlace::Folder(folder)
    }
}
