//! Finds the files of an archive: any number of files and folders, in one deterministic order, none
//! twice.

use super::mounts::{Mounts, device};
use super::signature;
use super::{
    FileSystems, Form, Hidden, Links, Options, Packing, Skip, SkipReason, form, open, path_text,
};
use crate::error::{Error, Result};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

/// A file that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Where it is, as the user would type it.
    pub path: PathBuf,
    /// The root that it was found under, as the user typed it; the file itself where that was a
    /// file.
    pub root: PathBuf,
    /// Its size in bytes, as it lies on disk.
    pub size: u64,
    /// When it was last written.
    pub modified: Option<jiff::Timestamp>,
    /// The form of its content.
    pub form: Form,
    /// How it is compressed.
    pub packing: Packing,
}

impl FileEntry {
    /// The path as text; bytes that are not UTF-8 are written `\xE9`, so that two files never share
    /// a name.
    pub fn name(&self) -> String {
        path_text(&self.path)
    }
}

/// The files of an archive, and what in it could not be walked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walk {
    /// Sorted by path; no file twice.
    pub files: Vec<FileEntry>,
    /// Sorted by path.
    pub skipped: Vec<Skip>,
    /// Folders below the roots that were entered by a link.
    pub linked: Vec<PathBuf>,
}

/// Lists the files under `roots`, each a file or a folder.
///
/// A file named as a root is always taken, as text where its ending is unknown. Below a folder,
/// files of unknown form are skipped and said so; hidden and excluded ones are left out without a
/// word.
///
/// # Errors
/// [`Error::Io`] where a root does not exist or may not be looked at; [`Error::Setting`] where a
/// glob is malformed.
pub fn walk(roots: &[PathBuf], options: &Options) -> Result<Walk> {
    let filter = WalkFilter {
        include: globs("include", &options.include)?,
        exclude: globs("exclude", &options.exclude)?,
        options,
        mounts: Mounts::now(),
    };
    let mut walk = Walk::default();
    for root in roots {
        let metadata = std::fs::metadata(root).map_err(Error::io("read", root))?;
        if metadata.is_dir() && filter.mounts.is_pseudo(&metadata) {
            walk.skipped.push(skip(root, SkipReason::OtherFileSystem, MADE_UP.to_owned()));
        } else if metadata.is_dir() {
            folder(root, device(&metadata), &filter, &mut walk);
        } else if metadata.is_file() {
            let (form, packing) = form_of(root);
            let form = form.unwrap_or(Form::Text);
            walk.files.push(entry(root, root, &metadata, (form, packing)));
        } else {
            walk.skipped.push(skip(root, SkipReason::NotAFile, String::new()));
        }
    }
    walk.files.sort_by(|a, b| a.path.cmp(&b.path));
    walk.files.dedup_by(|a, b| a.path == b.path);
    if roots.len() > 1 || options.links == Links::Follow {
        let mut seen = HashSet::new();
        walk.files.retain(|file| {
            std::fs::canonicalize(&file.path).map_or(true, |path| seen.insert(path))
        });
    }
    walk.skipped.sort();
    walk.skipped.dedup();
    Ok(walk)
}

/// Which found files and folders are wanted.
struct WalkFilter<'a> {
    include: Globs,
    exclude: Globs,
    options: &'a Options,
    mounts: Mounts,
}

/// The detail of a skipped file system whose files are made up while they are read.
const MADE_UP: &str = "made up by the kernel";

impl WalkFilter<'_> {
    /// The reason not to enter a folder, or not to read a file that a link leads to: it lies on
    /// another file system than `root`, its root.
    fn elsewhere(&self, root: Option<u64>, metadata: &std::fs::Metadata) -> Option<String> {
        if self.mounts.is_pseudo(metadata) {
            return Some(MADE_UP.to_owned());
        }
        let stays = self.options.file_systems == FileSystems::Same;
        (stays && device(metadata) != root).then(String::new)
    }
}

/// Globs on names and globs on paths.
struct Globs {
    names: GlobSet,
    paths: GlobSet,
}

impl Globs {
    fn matches(&self, below_root: &Path) -> bool {
        self.paths.is_match(below_root)
            || below_root.file_name().is_some_and(|name| self.names.is_match(Path::new(name)))
    }

    fn is_empty(&self) -> bool {
        self.names.is_empty() && self.paths.is_empty()
    }
}

fn globs(setting: &'static str, patterns: &[String]) -> Result<Globs> {
    let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
    let wrong = |error: globset::Error| Error::Setting {
        setting,
        value: error.glob().unwrap_or_default().to_owned(),
        reason: error.kind().to_string(),
    };
    for pattern in patterns {
        let pattern = pattern.trim_end_matches('/');
        let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(wrong)?;
        if pattern.contains('/') {
            paths.add(glob)
        } else {
            names.add(glob)
        };
    }
    Ok(Globs { names: names.build().map_err(wrong)?, paths: paths.build().map_err(wrong)? })
}

/// The most links to one folder that are followed.
const MOST_WAYS: u32 = 16;

/// Decides, on the way through one root, what is entered and looked at.
struct WalkGate<'a> {
    root: &'a Path,
    /// The device of the root.
    on: Option<u64>,
    filter: &'a WalkFilter<'a>,
    /// How often a folder was entered by links.
    ways: HashMap<PathBuf, u32>,
    closed: Vec<Skip>,
    linked: Vec<PathBuf>,
}

impl WalkGate<'_> {
    /// True if a file is looked at, or a folder entered.
    fn admits(&mut self, entry: &walkdir::DirEntry) -> bool {
        let (path, filter) = (entry.path(), self.filter);
        if entry.depth() == 0 {
            return true;
        }
        let hidden = entry.file_name().as_encoded_bytes().first() == Some(&b'.');
        if hidden && filter.options.hidden == Hidden::Skip {
            return false;
        }
        if filter.exclude.matches(path.strip_prefix(self.root).unwrap_or(path)) {
            return false;
        }
        if !entry.file_type().is_dir() {
            return true;
        }
        let elsewhere = entry.metadata().ok().and_then(|data| filter.elsewhere(self.on, &data));
        if let Some(detail) = elsewhere {
            self.closed.push(skip(path, SkipReason::OtherFileSystem, detail));
            return false;
        }
        !entry.path_is_symlink() || self.admits_link(path)
    }

    /// True if a link to a folder is followed: a few folders full of links to each other have more
    /// ways through them than there is time.
    fn admits_link(&mut self, path: &Path) -> bool {
        let Ok(real) = std::fs::canonicalize(path) else { return true };
        let taken = self.ways.entry(real).or_default();
        *taken += 1;
        if *taken > MOST_WAYS {
            let detail = format!("the folder was read by {MOST_WAYS} other links");
            self.closed.push(skip(path, SkipReason::Loop, detail));
            return false;
        }
        self.linked.push(path.to_owned());
        true
    }
}

/// Walks the folder `root`, which lies on the device `on`.
fn folder(root: &Path, on: Option<u64>, filter: &WalkFilter<'_>, walk: &mut Walk) {
    let walker = walkdir::WalkDir::new(root)
        .follow_links(filter.options.links == Links::Follow)
        .sort_by_file_name();
    let (closed, linked) = (Vec::new(), Vec::new());
    let mut gate = WalkGate { root, on, filter, ways: HashMap::new(), closed, linked };
    for found in walker.into_iter().filter_entry(|entry| gate.admits(entry)) {
        match found {
            // The root is a folder, if only by a link that was named by itself.
            Ok(found) if found.depth() == 0 || found.file_type().is_dir() => {}
            Ok(found) => {
                let below = found.path().strip_prefix(root).unwrap_or(found.path());
                if filter.include.is_empty() || filter.include.matches(below) {
                    take(root, on, &found, filter, walk);
                }
            }
            Err(error) => {
                let path = error.path().unwrap_or(root);
                let reason = if error.loop_ancestor().is_some() {
                    SkipReason::Loop
                } else {
                    SkipReason::Unreadable
                };
                let detail = error.io_error().map(ToString::to_string).unwrap_or_default();
                walk.skipped.push(skip(path, reason, detail));
            }
        }
    }
    walk.skipped.append(&mut gate.closed);
    walk.linked.append(&mut gate.linked);
}

/// Takes a found file into the walk, or says why not.
fn take(
    root: &Path,
    on: Option<u64>,
    found: &walkdir::DirEntry,
    filter: &WalkFilter<'_>,
    walk: &mut Walk,
) {
    let path = found.path();
    if found.path_is_symlink() && found.file_type().is_symlink() {
        walk.skipped.push(skip(path, SkipReason::Link, String::new()));
        return;
    }
    if !found.file_type().is_file() {
        walk.skipped.push(skip(path, SkipReason::NotAFile, String::new()));
        return;
    }
    let elsewhere = || filter.elsewhere(on, &found.metadata().ok()?);
    if let Some(detail) = found.path_is_symlink().then(elsewhere).flatten() {
        walk.skipped.push(skip(path, SkipReason::OtherFileSystem, detail));
        return;
    }
    let (Some(form), packing) = form_of(path) else {
        walk.skipped.push(skip(path, SkipReason::UnknownForm, String::new()));
        return;
    };
    match found.metadata() {
        Ok(metadata) => walk.files.push(entry(path, root, &metadata, (form, packing))),
        Err(error) => walk.skipped.push(skip(path, SkipReason::Unreadable, error.to_string())),
    }
}

/// How much of a file is read whose name says nothing.
const INSPECTED: u64 = 4096;

/// The form and packing of a file: by its name, or by its content where the name says nothing.
fn form_of(path: &Path) -> (Option<Form>, Packing) {
    let name = path_text(path);
    let (form, packing) = form::of_name(&name);
    if form.is_some() || !form::is_silent(form::stem(&name)) {
        return (form, packing);
    }
    content_form(path).unwrap_or((None, packing))
}

/// The form and packing that the beginning of a file shows.
fn content_form(path: &Path) -> Option<(Option<Form>, Packing)> {
    let (file, _) = open::regular(path).ok()?;
    let mut reader = open::buffered(file.take(1 << 20));
    let packing = signature::packing(reader.fill_buf().ok()?);
    let mut prefix = Vec::new();
    let unpacked = open::unpacked(reader, packing).ok()?;
    // What can be read of a damaged file tells its form, too.
    let _ = unpacked.take(INSPECTED).read_to_end(&mut prefix);
    Some((signature::form(&prefix), packing))
}

fn entry(
    path: &Path,
    root: &Path,
    metadata: &std::fs::Metadata,
    (form, packing): (Form, Packing),
) -> FileEntry {
    let modified = metadata.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    FileEntry {
        path: path.to_owned(),
        root: root.to_owned(),
        size: metadata.len(),
        modified,
        form,
        packing,
    }
}

fn skip(path: &Path, reason: SkipReason, detail: String) -> Skip {
    Skip { path: path_text(path), record: None, reason, detail }
}
