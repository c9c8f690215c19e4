//! The members of a tar stream, one after the other; headers are read by the `tar` crate.

use super::open::{self, ByteReader};
use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// The size of a block.
const BLOCK: u64 = 512;

/// The longest name that a header of its own may give, in bytes.
const LONGEST_NAME: u64 = 64 << 10;

/// A tar stream that is being read.
pub struct TarMembers {
    stream: Shared,
    /// Bytes up to the next header.
    left: Arc<Mutex<u64>>,
}

/// The stream, shared with the reader of the current member.
type Shared = Arc<Mutex<ByteReader>>;

/// A member, and the rest of the stream up to its end.
pub struct TarMember {
    /// Its path, as written there.
    pub name: String,
    /// When it was last written.
    pub modified: Option<jiff::Timestamp>,
    /// Its bytes.
    pub reader: ByteReader,
}

impl TarMembers {
    /// The members of a stream.
    pub fn new(stream: ByteReader) -> TarMembers {
        TarMembers { stream: Arc::new(Mutex::new(stream)), left: Arc::default() }
    }

    /// The next file; folders, links and devices are left out.
    ///
    /// # Errors
    /// Where the stream is damaged or ends too early.
    pub fn next(&mut self) -> io::Result<Option<TarMember>> {
        let mut long_name: Option<Vec<u8>> = None;
        loop {
            let Some(header) = self.header()? else { return Ok(None) };
            let size = header.entry_size()?;
            let kind = header.entry_type();
            // The padding of a member belongs to it.
            let padded = size.checked_next_multiple_of(BLOCK).ok_or(io::ErrorKind::InvalidData)?;
            if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
                let content = self.content(size, padded)?;
                let name = if kind.is_gnu_longname() {
                    Some(content)
                } else {
                    path_of_extensions(&content)
                };
                long_name = name.or(long_name);
                continue;
            }
            let name = long_name.take().unwrap_or_else(|| header.path_bytes().into_owned());
            *lock(&self.left) = padded;
            if !kind.is_file() && !kind.is_contiguous() {
                continue;
            }
            let modified = header.mtime().ok().and_then(|seconds| i64::try_from(seconds).ok());
            let stream = Arc::clone(&self.stream);
            let reader = MemberReader { stream, left: Arc::clone(&self.left), size };
            return Ok(Some(TarMember {
                name: text_of(&name),
                modified: modified.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()),
                reader: open::buffered(reader),
            }));
        }
    }

    /// The next header; `None` at the end of the archive.
    fn header(&mut self) -> io::Result<Option<tar::Header>> {
        let mut left = lock(&self.left);
        let mut stream = lock(&self.stream);
        skip(&mut stream, std::mem::take(&mut *left))?;
        let mut block = [0; BLOCK as usize];
        let read = read_full(&mut stream, &mut block)?;
        if read == 0 || block.iter().all(|&b| b == 0) {
            return Ok(None);
        }
        let header = tar::Header::from_byte_slice(&block).clone();
        let sum = |range: &[u8]| range.iter().map(|&b| u32::from(b)).sum::<u32>();
        let sum = sum(&block[..148]) + 8 * 32 + sum(&block[156..]);
        if read < block.len() || header.cksum()? != sum {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a tar header"));
        }
        Ok(Some(header))
    }

    /// The content of a short member.
    fn content(&mut self, size: u64, padded: u64) -> io::Result<Vec<u8>> {
        if size > LONGEST_NAME {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a name of too many bytes"));
        }
        let mut stream = lock(&self.stream);
        let mut content = vec![0; padded as usize];
        if read_full(&mut stream, &mut content)? < content.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        content.truncate(size as usize);
        while content.last() == Some(&0) {
            content.pop();
        }
        Ok(content)
    }
}

/// The `path` among the extended attributes of a member (POSIX.1-2001).
fn path_of_extensions(content: &[u8]) -> Option<Vec<u8>> {
    let mut extensions = tar::PaxExtensions::new(content).flatten();
    extensions.find(|e| e.key_bytes() == b"path").map(|e| e.value_bytes().to_owned())
}

fn text_of(name: &[u8]) -> String {
    match super::decode::text(name, None) {
        Ok(decoded) => decoded.text,
        Err(_) => String::from_utf8_lossy(name).into_owned(),
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn skip(stream: &mut ByteReader, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut stream.take(bytes), &mut io::sink())?;
    if skipped < bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

fn read_full(stream: &mut ByteReader, into: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < into.len() {
        let bytes = stream.fill_buf()?;
        let n = bytes.len().min(into.len() - read);
        if n == 0 {
            break;
        }
        into[read..read + n].copy_from_slice(&bytes[..n]);
        stream.consume(n);
        read += n;
    }
    Ok(read)
}

/// Reads one member.
struct MemberReader {
    stream: Shared,
    /// Bytes up to the next header, which the owner of the stream skips.
    left: Arc<Mutex<u64>>,
    size: u64,
}

impl Read for MemberReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.size).unwrap_or(usize::MAX).min(into.len());
        if most == 0 {
            return Ok(0);
        }
        let n = lock(&self.stream).read(&mut into[..most])?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.size -= n as u64;
        *lock(&self.left) -= n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_one_after_the_other_with_long_names() {
        let mut builder = tar::Builder::new(Vec::new());
        let long = format!("{}/甲.txt", "目录".repeat(40));
        for (name, text) in [(long.as_str(), "水退了。"), ("乙.txt", "堤没有动。")] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mtime(1_690_533_600);
            builder.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        let bytes = builder.into_inner().unwrap();
        let mut members = TarMembers::new(Box::new(io::Cursor::new(bytes)));
        let first = members.next().unwrap().unwrap();
        assert_eq!(first.name, long);
        // The first is left unread.
        let mut second = members.next().unwrap().unwrap();
        let mut text = String::new();
        second.reader.read_to_string(&mut text).unwrap();
        assert_eq!((second.name.as_str(), text.as_str()), ("乙.txt", "堤没有动。"));
        assert!(second.modified.is_some() && members.next().unwrap().is_none());
    }

    #[test]
    fn what_is_no_tar_is_an_error() {
        let noise = Box::new(io::Cursor::new(vec![b'a'; 2048]));
        assert!(TarMembers::new(noise).next().is_err());
    }
}
