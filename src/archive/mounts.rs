//! File systems: which of them a folder lies on, and which hold no archive.
//!
//! The kernel makes up what `/proc`, `/sys` and their like show while it is read. A link into one
//! of them leads to files without end, and to some that wait for ever.

use std::collections::HashSet;
use std::fs::Metadata;

/// File systems that are made up while they are read.
const PSEUDO: [&str; 19] = [
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "mqueue",
    "nsfs",
    "proc",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "sysfs",
    "tracefs",
];

/// The mounted file systems of this process.
#[derive(Debug, Default)]
pub struct Mounts {
    /// The devices of those that are made up.
    pseudo: HashSet<u64>,
}

impl Mounts {
    /// Those of now; none where the system does not tell.
    pub fn now() -> Mounts {
        let text = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        Mounts { pseudo: text.lines().filter_map(pseudo_device).collect() }
    }

    /// True if a file or folder is on a file system that is made up.
    pub fn is_pseudo(&self, metadata: &Metadata) -> bool {
        device(metadata).is_some_and(|device| self.pseudo.contains(&device))
    }
}

/// The device that a file or folder lies on, where the system numbers them.
#[cfg(unix)]
pub fn device(metadata: &Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::dev(metadata))
}

/// As above.
#[cfg(not(unix))]
pub fn device(_: &Metadata) -> Option<u64> {
    None
}

/// The device of a line of `/proc/self/mountinfo`, if it is of a pseudo file system (proc(5):
/// `36 35 0:21 / /proc rw - proc proc rw`).
fn pseudo_device(line: &str) -> Option<u64> {
    let (mount, kind) = line.split_once(" - ")?;
    PSEUDO.contains(&kind.split(' ').next()?).then_some(())?;
    let (major, minor) = mount.split(' ').nth(2)?.split_once(':')?;
    number_of(major.parse().ok()?, minor.parse().ok()?)
}

#[cfg(target_os = "linux")]
fn number_of(major: u32, minor: u32) -> Option<u64> {
    Some(libc::makedev(major, minor))
}

#[cfg(not(target_os = "linux"))]
fn number_of(_: u32, _: u32) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn pseudo_file_systems_are_known_by_their_device() {
        let proc = "23 28 0:21 / /proc rw,nosuid shared:14 - proc proc rw";
        assert_eq!(pseudo_device(proc), Some(21));
        assert_eq!(pseudo_device("28 1 259:2 / / rw shared:1 - ext4 /dev/root rw"), None);
        assert_eq!(pseudo_device("纸"), None);
        let mounts = Mounts::now();
        let of = |path: &str| std::fs::metadata(path).unwrap();
        assert!(mounts.is_pseudo(&of("/proc/self")) && !mounts.is_pseudo(&of("/")));
    }
}
