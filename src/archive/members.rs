//! Archive files: the records of the files in a zip or tar, each read by its own form.
//!
//! Nothing is unpacked to disk, and a name that climbs out of the archive (`../../a`) is only a
//! name. A file that is itself an archive file is skipped and said so.

use super::tarball::TarMembers;
use super::zipfile::{ZipMemberKind, ZipMembers};
use super::{
    About, ArchiveMember, FileEntry, Hidden, Outcome, RecordStream, Skip, SkipReason, form,
    of_form, one, open, signature,
};
use std::io::BufRead;

/// The most members of one archive file.
const MOST_MEMBERS: usize = 1_000_000;

/// The records of the files in a zip file.
pub fn of_zip<'a>(about: About<'a>, entry: &FileEntry) -> RecordStream<'a> {
    if entry.packing != super::Packing::None {
        let detail = "a zip file that is packed again; unpack it first";
        return one(Err(about.skip(None, SkipReason::UnknownForm, detail)));
    }
    match ZipMembers::open(&entry.path) {
        Ok(zip) if zip.len() == 0 => {
            one(Err(about.skip(None, SkipReason::Empty, "no files in it")))
        }
        Ok(zip) => Box::new(Members::new(about, Source::Zip { zip, next: 0 })),
        Err((reason, detail)) => one(Err(about.skip(None, reason, detail))),
    }
}

/// The records of the files in a tar stream.
pub fn of_tar<'a>(about: About<'a>, reader: open::ByteReader) -> RecordStream<'a> {
    Box::new(Members::new(about, Source::Tar(TarMembers::new(reader))))
}

/// Where members come from.
enum Source {
    Zip { zip: ZipMembers, next: usize },
    Tar(TarMembers),
    Ended,
}

/// A member that can be read.
struct OpenMember {
    name: String,
    modified: Option<jiff::Timestamp>,
    reader: open::ByteReader,
}

struct Members<'a> {
    about: About<'a>,
    source: Source,
    current: Option<(String, RecordStream<'a>)>,
    seen: usize,
    place: u64,
}

impl<'a> Members<'a> {
    fn new(about: About<'a>, source: Source) -> Members<'a> {
        Members { about, source, current: None, seen: 0, place: 0 }
    }

    /// Opens the next member, or says why it is skipped.
    fn open_next(&mut self) -> Option<Result<OpenMember, Skip>> {
        self.seen += 1;
        if self.seen > MOST_MEMBERS {
            self.source = Source::Ended;
            let detail = format!("more than {MOST_MEMBERS} files in it; those were not read");
            return Some(Err(self.about.skip(None, SkipReason::TooLarge, detail)));
        }
        match &mut self.source {
            Source::Ended => None,
            Source::Zip { zip, next } => loop {
                if *next == zip.len() {
                    return None;
                }
                *next += 1;
                let member = match zip.member(*next - 1) {
                    Ok(member) if member.kind == ZipMemberKind::Folder => continue,
                    Ok(member) => member,
                    Err((reason, detail)) => {
                        return Some(Err(self.about.skip(None, reason, detail)));
                    }
                };
                let name = clean(&member.name);
                if is_hidden(&name, self.about.options.hidden) {
                    continue;
                }
                let opened = match member.kind {
                    ZipMemberKind::Encrypted => Err((SkipReason::Locked, String::new())),
                    _ => zip.reader(&member),
                };
                let modified = self.about.modified;
                return Some(match opened {
                    Ok(reader) => Ok(OpenMember { name, modified, reader }),
                    Err((reason, detail)) => {
                        Err(self.about.skip(None, reason, format!("{name}: {detail}")))
                    }
                });
            },
            Source::Tar(tar) => loop {
                match tar.next() {
                    Ok(None) => return None,
                    Ok(Some(member)) => {
                        let name = clean(&member.name);
                        if is_hidden(&name, self.about.options.hidden) {
                            continue;
                        }
                        let modified = member.modified.or(self.about.modified);
                        return Some(Ok(OpenMember { name, modified, reader: member.reader }));
                    }
                    Err(error) => {
                        self.source = Source::Ended;
                        let detail = error.to_string();
                        return Some(Err(self.about.skip(None, open::reason(&error), detail)));
                    }
                }
            },
        }
    }

    /// The records of a member, by its name or its content.
    fn records_of(&self, member: OpenMember) -> Result<RecordStream<'a>, Skip> {
        let refused = |reason, detail: &str| {
            let detail = format!("{}: {detail}", member.name);
            self.about.skip(None, reason, detail.trim_end_matches(": "))
        };
        let mut about = self.about.clone();
        about.modified = member.modified;
        let (form, packing) = form::of_name(&member.name);
        let mut reader = open::unpacked(member.reader, packing)
            .map_err(|(reason, detail)| refused(reason, &detail))?;
        let silent = form.is_none() && form::is_silent(form::stem(&member.name));
        let form = match form {
            None if silent => signature::form(reader.fill_buf().unwrap_or_default()),
            form => form,
        };
        match form {
            Some(form) => Ok(of_form(about, form, reader)),
            None => Err(refused(SkipReason::UnknownForm, "")),
        }
    }
}

impl Iterator for Members<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        loop {
            if let Some((name, records)) = &mut self.current {
                if let Some(outcome) = records.next() {
                    self.place += 1;
                    return Some(numbered(outcome, name, self.place));
                }
                self.current = None;
            }
            let member = match self.open_next()? {
                Ok(member) => member,
                Err(skip) => return Some(Err(skip)),
            };
            let name = member.name.clone();
            match self.records_of(member) {
                Ok(records) => self.current = Some((name, records)),
                Err(skip) => return Some(Err(skip)),
            }
        }
    }
}

/// An outcome of a member with its number in the whole archive file.
fn numbered(outcome: Outcome, name: &str, place: u64) -> Outcome {
    match outcome {
        Ok(mut record) => {
            let inner = record.place.replace(place);
            record.member = Some(ArchiveMember { name: name.to_owned(), place: inner });
            // A line of a member is no line of the file.
            record.line = None;
            Ok(record)
        }
        Err(mut skip) => {
            let inner = skip.record.take().map(|record| format!("#{record}")).unwrap_or_default();
            let detail = format!("{name}{inner}: {}", skip.detail);
            skip.detail = detail.trim_end_matches(": ").to_owned();
            Err(skip)
        }
    }
}

/// A member's path without parts that climb or start anew: `../../a/./b.txt` is `a/b.txt`.
fn clean(name: &str) -> String {
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    parts.collect::<Vec<_>>().join("/")
}

/// Returns true for members that a walk of folders would leave out, and for the shadow files that
/// macOS adds.
fn is_hidden(name: &str, hidden: Hidden) -> bool {
    let dotted = name.split('/').any(|part| part.starts_with('.'));
    name.starts_with("__MACOSX/") || (hidden == Hidden::Skip && dotted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_climb_out() {
        assert_eq!(clean("../../etc/./passwd"), "etc/passwd");
        assert_eq!(clean("C:\\新闻\\甲.txt"), "C:/新闻/甲.txt");
        assert!(is_hidden("__MACOSX/._a.txt", Hidden::Read));
        assert!(is_hidden("a/.git/b.txt", Hidden::Skip) && !is_hidden("a/b.txt", Hidden::Skip));
    }
}
