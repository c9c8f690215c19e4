//! The members of a zip file: its directory is read by the `zip` crate, and each member is
//! decompressed while it is read.
//!
//! Members whose bytes overlap are refused: a bomb made of them gives terabytes from megabytes
//! (Fifield, "A better zip bomb", WOOT 2019). The checksum of each member is checked at its end.

use super::open::{self, ByteReader, Refusal};
use super::{Packing, SkipReason, decode};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// An open zip file. One member is read at a time.
pub struct ZipMembers {
    archive: ZipArchive<BufReader<File>>,
    file: File,
    /// The bytes of the members that were opened: start and end.
    taken: BTreeMap<u64, u64>,
}

/// A member in the directory.
pub struct ZipMember {
    /// Its path, as written there.
    pub name: String,
    /// The kind of member.
    pub kind: ZipMemberKind,
    start: u64,
    size: u64,
    crc: u32,
    method: CompressionMethod,
}

/// The kind of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZipMemberKind {
    /// A file.
    File,
    /// A folder, which holds nothing itself.
    Folder,
    /// A file behind a password.
    Encrypted,
}

impl ZipMembers {
    /// Opens the zip file at `path`.
    ///
    /// # Errors
    /// The reason and its detail.
    pub fn open(path: &Path) -> Result<ZipMembers, Refusal> {
        let refused = |error: io::Error| (open::reason(&error), error.to_string());
        let (file, _) = open::regular(path)?;
        let other = file.try_clone().map_err(refused)?;
        let archive = ZipArchive::new(BufReader::new(file))
            .map_err(|error| (SkipReason::Malformed, error.to_string()))?;
        Ok(ZipMembers { archive, file: other, taken: BTreeMap::new() })
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.archive.len()
    }

    /// The number of the member at a path.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.archive.index_for_name(name)
    }

    /// The member of this number.
    ///
    /// # Errors
    /// The reason and its detail.
    pub fn member(&mut self, number: usize) -> Result<ZipMember, Refusal> {
        let malformed = |text: String| (SkipReason::Malformed, text);
        let member =
            self.archive.by_index_raw(number).map_err(|error| malformed(error.to_string()))?;
        let kind = match () {
            () if member.is_dir() => ZipMemberKind::Folder,
            () if member.encrypted() => ZipMemberKind::Encrypted,
            () => ZipMemberKind::File,
        };
        Ok(ZipMember {
            name: name_of(member.name_raw()),
            kind,
            start: member.data_start().ok_or_else(|| malformed("no data".to_owned()))?,
            size: member.compressed_size(),
            crc: member.crc32(),
            method: member.compression(),
        })
    }

    /// The decompressed bytes of a member.
    ///
    /// # Errors
    /// The reason and its detail: another compression, or bytes that another member has.
    pub fn reader(&mut self, member: &ZipMember) -> Result<ByteReader, Refusal> {
        let refused = |error: io::Error| (open::reason(&error), error.to_string());
        let end = member.start.saturating_add(member.size);
        // Ranges that were taken do not overlap, so the last that begins before the end decides.
        let before = self.taken.range(..end).next_back();
        if before.is_some_and(|(_, &to)| member.start < to) {
            let detail = "its bytes are those of another member, too".to_owned();
            return Err((SkipReason::Malformed, detail));
        }
        self.taken.insert(member.start, end);
        let mut file = self.file.try_clone().map_err(refused)?;
        file.seek(SeekFrom::Start(member.start)).map_err(refused)?;
        let packed = open::buffered(file.take(member.size));
        let reader: ByteReader = match member.method {
            CompressionMethod::STORE => packed,
            CompressionMethod::DEFLATE => {
                open::buffered(flate2::bufread::DeflateDecoder::new(packed))
            }
            CompressionMethod::BZIP2 => open::unpacked(packed, Packing::Bzip2)?,
            CompressionMethod::ZSTD => open::unpacked(packed, Packing::Zstd)?,
            CompressionMethod::XZ => open::unpacked(packed, Packing::Xz)?,
            other => return Err((SkipReason::UnknownForm, format!("compressed by {other}"))),
        };
        Ok(open::buffered(Checked { reader, crc: flate2::Crc::new(), wanted: member.crc }))
    }
}

/// A member's name: UTF-8, else as Chinese systems wrote it.
fn name_of(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => match decode::text(raw, None) {
            Ok(decoded) => decoded.text,
            Err(_) => String::from_utf8_lossy(raw).into_owned(),
        },
    }
}

/// Fails at the end of bytes whose checksum is not the one wanted.
struct Checked {
    reader: ByteReader,
    crc: flate2::Crc,
    wanted: u32,
}

impl Read for Checked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(into)?;
        self.crc.update(&into[..n]);
        if n == 0 && !into.is_empty() && self.crc.sum() != self.wanted {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "wrong checksum"));
        }
        Ok(n)
    }
}
