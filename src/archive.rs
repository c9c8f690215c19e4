//! Reads archives: walks folders, opens containers, turns bytes into text and hands out raw
//! records.
//!
//! [`walk`] lists the files, [`records`] streams the records of one of them. Unreadable input
//! becomes a [`Skip`] with its reason and never ends a run. Memory is bounded by
//! [`Options::max_size`], which counts decompressed bytes of one record (or of one file that is one
//! article), so that a compression bomb, an endless line or a huge container cost no more than
//! that. Bytes appended to a file after it was opened are left to the next run. The meaning of a
//! record (title, date, boilerplate) is left to `article`.
//!
//! A new form of archive is a file here with a function from `About` and a reader to records, and
//! a line in form.rs and in `of_form`.

mod book;
mod decode;
mod feed;
mod field;
mod fields;
mod form;
mod hz;
mod json;
mod lines;
mod magic;
mod mail;
mod markdown;
mod members;
mod mojibake;
mod mounts;
mod name;
mod open;
mod signature;
mod surroundings;
mod table;
mod tarball;
mod unwrap;
mod utf32;
mod value;
mod values;
mod walk;
mod warc;
mod zipfile;

pub use decode::{Decoded, text};
pub use field::{FieldMap, Mapped};
pub use fields::{Field, Fields, Surroundings};
pub use form::{Form, Packing};
pub use name::{path_of, path_text};
pub use walk::{FileEntry, Walk, walk};

use crate::error::Note;
use serde::{Deserialize, Serialize};
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use surroundings::Surrounded;
use value::Object;

/// How archives are read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Globs: a found file must match one of them, unless there are none. A glob without `/` is
    /// matched with the file's name, one with `/` with the path below the root.
    pub include: Vec<String>,
    /// Globs: a found file or folder that matches one of them is left out.
    pub exclude: Vec<String>,
    /// The treatment of files and folders whose name starts with a dot.
    pub hidden: Hidden,
    /// The treatment of symbolic links.
    pub links: Links,
    /// The file systems that a walk enters.
    pub file_systems: FileSystems,
    /// The most bytes, decompressed, that one record or one single-article file may have.
    pub max_size: u64,
    /// Reads everything in this encoding instead of detecting it.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// Which field names mean what.
    pub fields: FieldMap,
    /// Counts the bytes that are read from files, before they are decompressed.
    pub meter: Option<Arc<AtomicU64>>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            include: Vec::new(),
            exclude: Vec::new(),
            hidden: Hidden::Skip,
            links: Links::Stay,
            file_systems: FileSystems::Any,
            max_size: 64 << 20,
            encoding: None,
            fields: FieldMap::default(),
            meter: None,
        }
    }
}

/// The treatment of files and folders whose name starts with a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// They are left out, silently.
    Skip,
    /// They are read like any other.
    Read,
}

/// The treatment of symbolic links below a root. A root that is a link is always followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// They are not followed; each is reported as [`SkipReason::Link`].
    Stay,
    /// They are followed; a loop is reported as [`SkipReason::Loop`].
    Follow,
}

/// The file systems that a walk enters. Those that the kernel makes up (`/proc`, `/sys`) it never
/// enters; what is left out is reported as [`SkipReason::OtherFileSystem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSystems {
    /// That of the root alone.
    Same,
    /// Any.
    Any,
}

/// An input that was not read, or not in full, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skip {
    /// The file or folder, as the user would type it.
    pub path: String,
    /// The record in it: line for `.jsonl`, `.csv` and `.tsv`, ordinal for `.json`, from 1; `None`
    /// where the whole file is meant.
    pub record: Option<u64>,
    /// Why.
    pub reason: SkipReason,
    /// The details in words; may be empty.
    pub detail: String,
}

impl std::fmt::Display for Skip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        if let Some(record) = self.record {
            write!(f, "#{record}")?;
        }
        write!(f, ": {}", self.reason)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// Why an input was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// Not text.
    Binary,
    /// Nothing, or nothing but white space.
    Empty,
    /// Text that was decoded twice, with bytes lost on the way.
    Mojibake,
    /// A PDF document.
    Pdf,
    /// A record that was read, but of whose text only the title was found.
    TitleOnly,
    /// More bytes than [`Options::max_size`].
    TooLarge,
    /// No encoding gives sensible text.
    Undecodable,
    /// Not what its form promises (JSON, CSV, gzip ...).
    Malformed,
    /// The operating system refused, or the file vanished.
    Unreadable,
    /// A member of an archive file behind a password.
    Locked,
    /// A file name ending that says nothing known.
    UnknownForm,
    /// A pipe, socket or device.
    NotAFile,
    /// A record with neither a title nor a text.
    NoText,
    /// A symbolic link that was not followed.
    Link,
    /// A symbolic link to a folder that it lies in.
    Loop,
    /// A folder, or what a link leads to, on another file system.
    OtherFileSystem,
}

impl SkipReason {
    /// The reason in a few words, for a reader.
    pub fn text(self) -> &'static str {
        match self {
            SkipReason::Binary => "not text",
            SkipReason::Empty => "empty",
            SkipReason::Mojibake => "decoded twice, in a wrong encoding",
            SkipReason::Pdf => "PDF, which is not read",
            SkipReason::TitleOnly => "with a title alone",
            SkipReason::TooLarge => "too large",
            SkipReason::Undecodable => "in no known encoding",
            SkipReason::Malformed => "malformed",
            SkipReason::Unreadable => "not readable",
            SkipReason::Locked => "behind a password",
            SkipReason::UnknownForm => "of no known form",
            SkipReason::NotAFile => "not a regular file",
            SkipReason::NoText => "without title and text",
            SkipReason::Link => "a link that was not followed",
            SkipReason::Loop => "a link that leads in a circle",
            SkipReason::OtherFileSystem => "on another file system",
        }
    }
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// One record as it was found, decoded but not understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawRecord {
    /// The file, as the user would type it; bytes that are not UTF-8 are written `\xE9`.
    pub path: String,
    /// Its number in the file: line for `.jsonl`, `.csv` and `.tsv`, ordinal for other containers,
    /// from 1; `None` for a file that is one article.
    pub place: Option<u64>,
    /// The line (from 1) that the record starts on; `None` where lines mean nothing (HTML).
    pub line: Option<u64>,
    /// The file in a container that it was read from.
    pub member: Option<ArchiveMember>,
    /// The address that it was fetched from, where its container says so.
    pub url: Option<String>,
    /// When the file was last written, or the page was stored.
    pub modified: Option<jiff::Timestamp>,
    /// The encoding that the bytes were read in (WHATWG name, or UTF-32LE, UTF-32BE, HZ).
    pub encoding: &'static str,
    /// The text.
    pub content: Content,
    /// Remarks on how it was read, for the article's notes.
    pub notes: Vec<Note>,
    /// With [`Note::TitleOnly`]: the names of the fields that were not used.
    pub remark: Option<String>,
}

/// A file in an archive file (zip, tar).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveMember {
    /// Its path in the archive, without parts that climb out of it.
    pub name: String,
    /// The number of the record in it, where it has several.
    pub place: Option<u64>,
}

impl RawRecord {
    /// The record's name: its path, and `#place` where the file has several records. Unique within
    /// one walk.
    pub fn name(&self) -> String {
        match self.place {
            Some(place) => format!("{}#{place}", self.path),
            None => self.path.clone(),
        }
    }

    /// The file's name without its endings, and `#place` where the file has several records:
    /// `a/北堤.txt.gz` is `北堤`. A file in an archive file gives its own name.
    pub fn stem(&self) -> String {
        let (path, place) = match &self.member {
            Some(member) => (member.name.as_str(), member.place),
            None => (self.path.as_str(), self.place),
        };
        let stem = form::stem(path.rsplit('/').next().unwrap_or(path));
        match place {
            Some(place) => format!("{stem}#{place}"),
            None => stem.to_owned(),
        }
    }
}

/// The text of a record, by form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Text whose header has to be recognised line by line.
    Plain(String),
    /// A whole HTML page.
    Html(String),
    /// Front matter as fields; the body is Markdown.
    Markdown(Fields),
    /// A record with named fields.
    Fields(Fields),
}

impl Default for Content {
    fn default() -> Content {
        Content::Plain(String::new())
    }
}

impl Content {
    /// Its size in bytes of UTF-8.
    pub fn size(&self) -> usize {
        match self {
            Content::Plain(text) | Content::Html(text) => text.len(),
            Content::Markdown(fields) | Content::Fields(fields) => fields.size(),
        }
    }

    /// A hash of everything in it (BLAKE3): equal contents have equal digests.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        match self {
            Content::Plain(text) => hasher.update(b"p").update(text.as_bytes()),
            Content::Html(text) => hasher.update(b"h").update(text.as_bytes()),
            Content::Markdown(fields) => fields.hash_into(hasher.update(b"m")),
            Content::Fields(fields) => fields.hash_into(hasher.update(b"f")),
        };
        *hasher.finalize().as_bytes()
    }
}

/// An element of [`records`]: a record, or the skip in its place.
pub type Outcome = std::result::Result<RawRecord, Skip>;

/// Streams the records of one file; a malformed one becomes a [`Skip`] and the rest goes on.
///
/// Opens the file when called. Files that changed or vanished since the walk give what they now
/// have, or a skip.
///
/// ```no_run
/// use jianbao::archive::{Options, records, walk};
/// let options = Options::default();
/// for file in walk(&["tests/data/archive".into()], &options)?.files {
///     for outcome in records(&file, &options) {
///         match outcome {
///             Ok(record) => println!("{} {}", record.name(), record.content.size()),
///             Err(skip) => eprintln!("{skip}"),
///         }
///     }
/// }
/// # Ok::<(), jianbao::error::Error>(())
/// ```
pub fn records<'a>(
    entry: &FileEntry,
    options: &'a Options,
) -> Box<dyn Iterator<Item = Outcome> + Send + 'a> {
    let about = About { path: entry.name(), modified: entry.modified, options };
    let records = match entry.form {
        Form::Zip => members::of_zip(about, entry),
        Form::Docx => book::document(about, entry),
        Form::Epub => book::pages(about, entry),
        form => match open::reader(&entry.path, entry.packing, options.meter.as_ref()) {
            Ok(reader) => of_content(about, form, reader),
            Err((reason, detail)) => one(Err(about.skip(None, reason, detail))),
        },
    };
    Box::new(Surrounded::new(records))
}

/// The records of a stream, as [`records`] gives them but for what surrounds them.
type RecordStream<'a> = Box<dyn Iterator<Item = Outcome> + Send + 'a>;

/// The records of a stream whose form its name says; a text that begins like a file of records is
/// read as such.
fn of_content<'a>(about: About<'a>, form: Form, reader: open::ByteReader) -> RecordStream<'a> {
    let mut reader = reader;
    let found = match reader.fill_buf() {
        Ok(prefix) if form == Form::Text => signature::of_records(prefix),
        Ok(_) => None,
        Err(error) => return one(Err(about.skip(None, open::reason(&error), error.to_string()))),
    };
    of_form(about, found.unwrap_or(form), reader)
}

/// The records of a stream in a form that needs no directory of its file.
fn of_form<'a>(about: About<'a>, form: Form, reader: open::ByteReader) -> RecordStream<'a> {
    match form {
        Form::Text | Form::Markdown | Form::Html | Form::SavedPage | Form::Mail => {
            Box::new(std::iter::once_with(move || about.whole(form, reader)))
        }
        Form::JsonLines => lines::records(about, reader),
        Form::Json => values::records(about, reader),
        Form::Csv => table::records(about, reader, table::Separator::Detected),
        Form::Tsv => table::records(about, reader, table::Separator::Tab),
        Form::Feed => feed::records(about, reader),
        Form::Warc => warc::records(about, reader),
        Form::Tar => members::of_tar(about, reader),
        Form::Pdf => {
            let detail = "turn it into text first, for instance with pdftotext";
            one(Err(about.skip(None, SkipReason::Pdf, detail)))
        }
        Form::Zip | Form::Docx | Form::Epub => {
            let detail = "packed again, or within another archive file; unpack it first";
            one(Err(about.skip(None, SkipReason::UnknownForm, detail)))
        }
    }
}

/// A single outcome.
fn one<'a>(outcome: Outcome) -> RecordStream<'a> {
    Box::new(std::iter::once(outcome))
}

/// The properties that all records of a file share.
#[derive(Clone)]
pub(crate) struct About<'a> {
    path: String,
    modified: Option<jiff::Timestamp>,
    options: &'a Options,
}

impl About<'_> {
    fn skip(&self, record: Option<u64>, reason: SkipReason, detail: impl Into<String>) -> Skip {
        Skip { path: self.path.clone(), record, reason, detail: detail.into() }
    }

    fn record(
        &self,
        place: Option<u64>,
        line: Option<u64>,
        encoding: &'static str,
        content: Content,
    ) -> RawRecord {
        RawRecord {
            path: self.path.clone(),
            place,
            line,
            modified: self.modified,
            encoding,
            content,
            ..RawRecord::default()
        }
    }

    /// A record of a container from its JSON object, if it has a title or a text.
    fn object(
        &self,
        place: u64,
        line: u64,
        encoding: &'static str,
        (object, note): (Object, Option<Note>),
    ) -> Outcome {
        let names: Vec<String> = object.keys().take(12).cloned().collect();
        let Mapped { fields, guessed } = self.options.fields.fields(object);
        let mut record = self.fields(place, Some(line), encoding, fields)?;
        record.notes.extend(note);
        record.notes.extend(guessed.map(|_| Note::TextGuessed));
        if record.notes.contains(&Note::TitleOnly) {
            let names = names.join(", ");
            record.remark = Some(format!("no text in its fields {names}"));
        }
        Ok(record)
    }

    /// A record of a container, if it has a title or a text.
    fn fields(
        &self,
        place: u64,
        line: Option<u64>,
        encoding: &'static str,
        fields: Fields,
    ) -> Outcome {
        if fields.is_without_text() {
            let detail = "no field for title or body";
            return Err(self.skip(Some(place), SkipReason::NoText, detail));
        }
        if fields.is_spoiled() {
            return Err(self.skip(Some(place), SkipReason::Undecodable, ""));
        }
        let mut fields = fields;
        let mut notes = Vec::new();
        if fields.is_without_body() {
            notes.push(Note::TitleOnly);
        }
        for text in [&mut fields.title, &mut fields.body].into_iter().flatten() {
            match mojibake::examine(text) {
                mojibake::Verdict::Sound => {}
                mojibake::Verdict::Repaired(right) => {
                    *text = right;
                    notes.push(Note::Repaired);
                }
                mojibake::Verdict::Lost => {
                    return Err(self.skip(Some(place), SkipReason::Mojibake, ""));
                }
            }
        }
        let content = Content::Fields(fields);
        Ok(RawRecord { notes, ..self.record(Some(place), line, encoding, content) })
    }

    /// A file that is one article.
    fn whole(&self, form: Form, mut reader: open::ByteReader) -> Outcome {
        let limit = self.options.max_size;
        let bytes = match open::read_bounded(&mut reader, limit) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                return Err(self.skip(
                    None,
                    SkipReason::TooLarge,
                    format!("more than {limit} bytes"),
                ));
            }
            Err(error) => return Err(self.skip(None, open::reason(&error), error.to_string())),
        };
        self.bytes(form, &bytes)
    }

    /// The one article in `bytes`.
    fn bytes(&self, form: Form, bytes: &[u8]) -> Outcome {
        match form {
            Form::Mail => return mail::message(self, bytes),
            Form::SavedPage => return mail::saved_page(self, bytes),
            _ => {}
        }
        let decoded = match form {
            Form::Html => decode::page(bytes, self.options.encoding),
            _ => decode::text(bytes, self.options.encoding),
        };
        let Decoded { text, encoding, note } =
            decoded.map_err(|reason| self.skip(None, reason, ""))?;
        let is_page = form == Form::Html || form == Form::Text && signature::is_page(&text);
        let (line, content) = match form {
            _ if is_page => (None, Content::Html(text)),
            Form::Markdown => {
                (Some(1), Content::Markdown(markdown::fields(text, &self.options.fields)))
            }
            _ => (Some(1), Content::Plain(text)),
        };
        let notes = note.into_iter().collect();
        Ok(RawRecord { notes, ..self.record(None, line, encoding, content) })
    }
}
