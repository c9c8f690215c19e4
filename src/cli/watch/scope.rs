//! Which of the system's events mean that an archive changed.
//!
//! Reading is no change, and what jianbao itself writes is none either, wherever it lies: an update
//! that set off the next would go on for ever.

use crate::archive::Hidden;
use notify::event::{Event, EventKind, ModifyKind};
use std::path::{Path, PathBuf};

/// The paths that are watched, and those below them that are left out.
#[derive(Debug, Clone)]
pub struct WatchScope {
    /// Absolute.
    roots: Vec<PathBuf>,
    /// Files and folders that jianbao writes, absolute and as they are seen below each root.
    own: Vec<PathBuf>,
    hidden: Hidden,
}

/// The meaning of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing that matters here.
    Nothing,
    /// Something changed.
    Change,
    /// More changed than the events tell, or what was watched is not there any more: it has to be
    /// watched anew.
    Lost,
}

impl WatchScope {
    /// Watches `roots` without `own`, neither of which has to exist.
    pub fn new(roots: &[PathBuf], own: &[&Path], hidden: Hidden) -> WatchScope {
        let roots: Vec<PathBuf> = roots.iter().map(|root| absolute(root)).collect();
        let mut left_out: Vec<PathBuf> = own.iter().map(|path| absolute(path)).collect();
        for root in &roots {
            // Links on the way to either would hide that one is in the other.
            let real_root = real(root);
            let below = own
                .iter()
                .filter_map(|path| Some(root.join(real(path).strip_prefix(&real_root).ok()?)));
            left_out.extend(below);
        }
        WatchScope { roots, own: left_out, hidden }
    }

    /// The watched paths, absolute.
    pub fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Classifies an event.
    pub fn meaning(&self, event: &Event) -> Meaning {
        if event.need_rescan() {
            return Meaning::Lost;
        }
        let comes_or_goes = match event.kind {
            EventKind::Access(_) => return Meaning::Nothing,
            EventKind::Create(_)
            | EventKind::Remove(_)
            | EventKind::Modify(ModifyKind::Name(_)) => true,
            _ => false,
        };
        if comes_or_goes && event.paths.iter().any(|path| self.roots.contains(path)) {
            return Meaning::Lost;
        }
        if event.paths.iter().any(|path| self.concerns(path)) {
            Meaning::Change
        } else {
            Meaning::Nothing
        }
    }

    /// True if an update would look at a path.
    fn concerns(&self, path: &Path) -> bool {
        let is_hidden = |below: &Path| {
            below
                .components()
                .any(|part| part.as_os_str().as_encoded_bytes().first() == Some(&b'.'))
        };
        let seen = |root: &PathBuf| {
            path.strip_prefix(root)
                .is_ok_and(|below| self.hidden == Hidden::Read || !is_hidden(below))
        };
        !self.own.iter().any(|own| path.starts_with(own)) && self.roots.iter().any(seen)
    }
}

/// The absolute path, without looking at links.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The absolute path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let path = absolute(path);
    for there in path.ancestors() {
        if let (Ok(real), Ok(below)) = (std::fs::canonicalize(there), path.strip_prefix(there)) {
            return real.join(below);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{
        AccessKind, AccessMode, CreateKind, DataChange, Flag, RemoveKind, RenameMode,
    };

    fn scope(hidden: Hidden) -> WatchScope {
        let roots = ["/archive".into(), "/other/.kept/news.jsonl".into()];
        WatchScope::new(
            &roots,
            &[Path::new("/archive/index/built"), Path::new("/archive/report.jsonl")],
            hidden,
        )
    }

    fn meaning(kind: EventKind, path: &str) -> Meaning {
        scope(Hidden::Skip).meaning(&Event::new(kind).add_path(path.into()))
    }

    const WRITTEN: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));
    const RENAMED: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::From));

    #[test]
    fn what_is_written_made_renamed_or_removed_is_a_change() {
        for kind in [
            WRITTEN,
            RENAMED,
            EventKind::Create(CreateKind::File),
            EventKind::Remove(RemoveKind::File),
        ] {
            assert_eq!(meaning(kind, "/archive/2024/一.txt"), Meaning::Change, "{kind:?}");
        }
        assert_eq!(meaning(WRITTEN, "/other/.kept/news.jsonl"), Meaning::Change);
        assert_eq!(meaning(WRITTEN, "/other/.kept/else.jsonl"), Meaning::Nothing);
    }

    #[test]
    fn reading_is_no_change() {
        let read = EventKind::Access(AccessKind::Open(AccessMode::Any));
        assert_eq!(meaning(read, "/archive/一.txt"), Meaning::Nothing);
    }

    #[test]
    fn what_jianbao_writes_and_what_is_hidden_are_no_changes() {
        for path in
            ["/archive/index/built", "/archive/index/built/engine/a.store", "/archive/report.jsonl"]
        {
            assert_eq!(meaning(WRITTEN, path), Meaning::Nothing, "{path}");
        }
        assert_eq!(meaning(WRITTEN, "/archive/index/一.txt"), Meaning::Change);
        let hidden = Event::new(WRITTEN).add_path("/archive/.git/index".into());
        assert_eq!(scope(Hidden::Skip).meaning(&hidden), Meaning::Nothing);
        assert_eq!(scope(Hidden::Read).meaning(&hidden), Meaning::Change);
    }

    #[test]
    fn lost_events_and_a_replaced_root_are_told_from_changes() {
        let lost = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(scope(Hidden::Skip).meaning(&lost), Meaning::Lost);
        assert_eq!(meaning(RENAMED, "/archive"), Meaning::Lost);
        assert_eq!(meaning(EventKind::Remove(RemoveKind::Folder), "/archive"), Meaning::Lost);
        assert_eq!(meaning(EventKind::Create(CreateKind::Folder), "/archive"), Meaning::Lost);
        assert_eq!(meaning(WRITTEN, "/archive"), Meaning::Change);
    }

    #[cfg(unix)]
    #[test]
    fn an_index_is_known_for_it_through_links() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let scope =
            WatchScope::new(std::slice::from_ref(&link), &[&real.join("built")], Hidden::Skip);
        let meaning = |name: &str| scope.meaning(&Event::new(WRITTEN).add_path(link.join(name)));
        assert_eq!(meaning("built/ledger-1.jsonl"), Meaning::Nothing);
        assert_eq!(meaning("一.txt"), Meaning::Change);
    }
}
