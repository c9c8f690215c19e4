//! Opens a file: decompression, bounds on what is read, and transcoding of containers that are not
//! UTF-8.

use super::{FileEntry, Packing, SkipReason, decode};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file's decompressed bytes.
pub type ByteReader = Box<dyn BufRead + Send>;

/// How much of a container is looked at to tell its encoding.
const SNIFFED: usize = 64 << 10;

/// Opens the file of `entry` and decompresses it.
///
/// # Errors
/// The reason and its detail, where the file is gone, is refused, or is no regular file. A file
/// that became a pipe since the walk does not block. Bytes that are appended after the file was
/// opened are left to the next run, so that reading ends.
pub fn reader(
    entry: &FileEntry,
    meter: Option<&Arc<AtomicU64>>,
) -> Result<ByteReader, (SkipReason, String)> {
    let refused = |error: io::Error| (SkipReason::Unreadable, error.to_string());
    if !std::fs::metadata(&entry.path).map_err(refused)?.is_file() {
        return Err((SkipReason::NotAFile, String::new()));
    }
    let file = open(&entry.path).map_err(refused)?;
    let opened = file.metadata().map_err(refused)?;
    if !opened.is_file() {
        return Err((SkipReason::NotAFile, String::new()));
    }
    if opened.len() == 0 {
        return Err((SkipReason::Empty, String::new()));
    }
    let file = Metered { file: file.take(opened.len()), meter: meter.cloned() };
    let reader: ByteReader = match entry.packing {
        Packing::None => Box::new(BufReader::with_capacity(SNIFFED, file)),
        Packing::Gzip => {
            Box::new(BufReader::with_capacity(SNIFFED, flate2::read::MultiGzDecoder::new(file)))
        }
        Packing::Zstd => {
            let decoder = zstd::Decoder::new(file).map_err(refused)?;
            Box::new(BufReader::with_capacity(SNIFFED, decoder))
        }
    };
    Ok(reader)
}

/// A file whose bytes are counted as they are read.
struct Metered<R> {
    file: R,
    meter: Option<Arc<AtomicU64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        if let Some(meter) = &self.meter {
            meter.fetch_add(read as u64, Ordering::Relaxed);
        }
        Ok(read)
    }
}

/// Opens a file to be read. A pipe is opened, too, but not waited for.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.read(true).open(path)
}

/// Everything that is left in `reader`; `None` where that is more than `limit` bytes.
pub fn read_bounded(reader: &mut ByteReader, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// The kind of an error while reading: a damaged file, or a refusal of the system.
pub fn reason(error: &io::Error) -> SkipReason {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            SkipReason::Malformed
        }
        // zstd reports a damaged frame as `Other`.
        io::ErrorKind::Other => SkipReason::Malformed,
        _ => SkipReason::Unreadable,
    }
}

/// A container as UTF-8: passed through where its beginning is UTF-8 (a BOM is dropped), transcoded
/// while it streams elsewhere.
///
/// # Errors
/// The reason, where the beginning is not text or cannot be read.
pub fn utf8(
    reader: ByteReader,
    forced: Option<&'static Encoding>,
) -> Result<(ByteReader, &'static Encoding), (SkipReason, String)> {
    let mut reader = reader;
    let mut prefix = Vec::new();
    let sniffed = (&mut reader).take(SNIFFED as u64).read_to_end(&mut prefix);
    if let (Err(error), true) = (&sniffed, prefix.is_empty()) {
        return Err((reason(error), error.to_string()));
    }
    if prefix.iter().all(u8::is_ascii_whitespace) {
        return Err((SkipReason::Empty, String::new()));
    }
    let (encoding, bom) =
        decode::sniff(&prefix, forced).map_err(|reason| (reason, String::new()))?;
    let prefix_rest = io::Cursor::new(prefix.split_off(bom));
    let whole = prefix_rest.chain(reader);
    if encoding == UTF_8 {
        return Ok((Box::new(whole), encoding));
    }
    let transcoder = Transcoder {
        decoder: encoding.new_decoder_without_bom_handling(),
        reader: whole,
        end: End::Ahead,
        out: String::new(),
        given: 0,
    };
    Ok((Box::new(BufReader::with_capacity(SNIFFED, transcoder)), encoding))
}

/// Reads bytes in any encoding and gives UTF-8.
struct Transcoder<R> {
    reader: R,
    decoder: Decoder,
    end: End,
    out: String,
    given: usize,
}

/// The state of the input.
#[derive(PartialEq, Eq)]
enum End {
    Ahead,
    Reached,
}

impl<R: BufRead> Read for Transcoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            if self.end == End::Reached {
                return Ok(0);
            }
            self.out.clear();
            self.given = 0;
            let bytes = self.reader.fill_buf()?;
            let last = bytes.is_empty();
            self.out.reserve(self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(SNIFFED));
            let (result, taken, _) = self.decoder.decode_to_string(bytes, &mut self.out, last);
            self.reader.consume(taken);
            if last && result == CoderResult::InputEmpty {
                self.end = End::Reached;
            }
        }
        let rest = &self.out.as_bytes()[self.given..];
        let n = rest.len().min(into.len());
        into[..n].copy_from_slice(&rest[..n]);
        self.given += n;
        Ok(n)
    }
}
