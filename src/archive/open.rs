//! Opens a file: decompression, bounds on what is read, and transcoding of containers whose records
//! cannot be told apart before.

use super::form::{Form, Packing};
use super::utf32::{self, Utf32Reader};
use super::{SkipReason, decode, signature};
use encoding_rs::{BIG5, CoderResult, Decoder, Encoding, GB18030, UTF_8};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file's decompressed bytes.
pub type ByteReader = Box<dyn BufRead + Send>;

/// The reason and the detail of a skip.
pub type Refusal = (SkipReason, String);

/// How much of a container is looked at to tell its encoding.
const SNIFFED: usize = 64 << 10;

/// The most memory that the decoder of xz may take; `xz -9` needs 65 MiB.
const XZ_MEMORY: u64 = 256 << 20;

/// Opens a file and decompresses it. A packing that its name does not say, or says wrongly, is told
/// by its content.
///
/// # Errors
/// The reason and its detail, where the file is gone, is refused, or is no regular file. A file
/// that became a pipe since the walk does not block. Bytes that are appended after the file was
/// opened are left to the next run, so that reading ends.
pub fn reader(
    path: &Path,
    packing: Packing,
    meter: Option<&Arc<AtomicU64>>,
) -> Result<ByteReader, Refusal> {
    let refused = |error: io::Error| (SkipReason::Unreadable, error.to_string());
    let (file, size) = regular(path)?;
    let file = CountedFile { file: file.take(size), meter: meter.cloned() };
    let mut reader = BufReader::with_capacity(SNIFFED, file);
    let prefix = reader.fill_buf().map_err(refused)?;
    let packing = match (packing, signature::packing(prefix)) {
        // Crawlers keep pages as they were sent, and browsers unpack what they save.
        (Packing::None, packed) => packed,
        (_, Packing::None) if signature::form(prefix).is_some_and(is_unpacked) => Packing::None,
        (named, _) => named,
    };
    unpacked(Box::new(reader), packing)
}

/// Returns true for a form whose content is text: what begins so was unpacked already.
fn is_unpacked(form: Form) -> bool {
    matches!(form, Form::Text | Form::Html | Form::Json | Form::JsonLines | Form::Feed)
}

/// Opens a regular file; its size in bytes, which is not zero.
///
/// # Errors
/// As [`reader`].
pub fn regular(path: &Path) -> Result<(File, u64), Refusal> {
    let refused = |error: io::Error| (SkipReason::Unreadable, error.to_string());
    if !std::fs::metadata(path).map_err(refused)?.is_file() {
        return Err((SkipReason::NotAFile, String::new()));
    }
    let file = open(path).map_err(refused)?;
    let opened = file.metadata().map_err(refused)?;
    if !opened.is_file() {
        return Err((SkipReason::NotAFile, String::new()));
    }
    if opened.len() == 0 {
        return Err((SkipReason::Empty, String::new()));
    }
    Ok((file, opened.len()))
}

/// Decompresses a stream.
///
/// # Errors
/// Where a decoder cannot be made.
pub fn unpacked(reader: ByteReader, packing: Packing) -> Result<ByteReader, Refusal> {
    let refused = |error: io::Error| (SkipReason::Unreadable, error.to_string());
    Ok(match packing {
        Packing::None => reader,
        Packing::Gzip => buffered(flate2::bufread::MultiGzDecoder::new(reader)),
        Packing::Zstd => buffered(zstd::Decoder::with_buffer(reader).map_err(refused)?),
        Packing::Bzip2 => buffered(bzip2::bufread::MultiBzDecoder::new(reader)),
        Packing::Xz => {
            let flags = liblzma::stream::CONCATENATED;
            let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, flags);
            let stream = stream.map_err(|error| refused(error.into()))?;
            buffered(liblzma::bufread::XzDecoder::new_stream(reader, stream))
        }
    })
}

/// A reader with a buffer.
pub fn buffered(reader: impl Read + Send + 'static) -> ByteReader {
    Box::new(BufReader::with_capacity(SNIFFED, reader))
}

/// A file whose bytes are counted as they are read.
struct CountedFile<R> {
    file: R,
    meter: Option<Arc<AtomicU64>>,
}

impl<R: Read> Read for CountedFile<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        if let Some(meter) = &self.meter {
            meter.fetch_add(read as u64, Ordering::Relaxed);
        }
        Ok(read)
    }
}

/// Opens a file to be read. A pipe is opened, too, but not waited for.
pub fn open(path: &Path) -> io::Result<File> {
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
        io::ErrorKind::FileTooLarge => SkipReason::TooLarge,
        // zstd and xz report a damaged frame as `Other`.
        io::ErrorKind::Other => SkipReason::Malformed,
        _ => SkipReason::Unreadable,
    }
}

/// The text of a container, still in bytes.
pub struct Stream {
    /// The bytes, without a byte order mark.
    pub reader: ByteReader,
    /// The encoding of most records: that of the bytes, or UTF-8 where they were transcoded.
    pub bytes_in: &'static Encoding,
    /// The name of the encoding that the file is in.
    pub encoding: &'static str,
}

/// The way in which a container's records are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// By bytes that no later byte of a character of GB18030 or Big5 equals (line feed, comma), so
    /// that each record can be decoded by itself.
    Ascii,
    /// By brackets and backslashes, which are such bytes: the file is transcoded first.
    Brackets,
}

/// A container as a stream of bytes that its records can be cut from. Bytes in UTF-16 and UTF-32
/// are transcoded in any case.
///
/// # Errors
/// The reason, where the beginning is not text or cannot be read.
pub fn stream(
    reader: ByteReader,
    forced: Option<&'static Encoding>,
    framing: Framing,
) -> Result<Stream, Refusal> {
    let mut reader = reader;
    let mut prefix = Vec::new();
    let sniffed = (&mut reader).take(SNIFFED as u64).read_to_end(&mut prefix);
    if let (Err(error), true) = (&sniffed, prefix.is_empty()) {
        return Err((reason(error), error.to_string()));
    }
    if prefix.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err((SkipReason::Empty, String::new()));
    }
    if let (Some((order, mark)), None) = (utf32::sniff(&prefix), forced) {
        let whole = io::Cursor::new(prefix.split_off(mark)).chain(reader);
        let reader = buffered(Utf32Reader { reader: whole, order });
        return Ok(Stream { reader, bytes_in: UTF_8, encoding: order.name() });
    }
    let (encoding, bom) =
        decode::sniff(&prefix, forced).map_err(|reason| (reason, String::new()))?;
    let whole = io::Cursor::new(prefix.split_off(bom)).chain(reader);
    let by_record =
        forced.is_none() && framing == Framing::Ascii && [GB18030, BIG5].contains(&encoding);
    let name = encoding.name();
    if encoding == UTF_8 || by_record {
        return Ok(Stream { reader: Box::new(whole), bytes_in: encoding, encoding: name });
    }
    let transcoder = Transcoder {
        decoder: encoding.new_decoder_without_bom_handling(),
        reader: whole,
        end: InputEnd::Ahead,
        out: String::new(),
        given: 0,
    };
    Ok(Stream { reader: buffered(transcoder), bytes_in: UTF_8, encoding: name })
}

/// Reads bytes in any encoding and gives UTF-8.
struct Transcoder<R> {
    reader: R,
    decoder: Decoder,
    end: InputEnd,
    out: String,
    given: usize,
}

/// The state of the input.
#[derive(PartialEq, Eq)]
enum InputEnd {
    Ahead,
    Reached,
}

impl<R: BufRead> Read for Transcoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            if self.end == InputEnd::Reached {
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
                self.end = InputEnd::Reached;
            }
        }
        let rest = &self.out.as_bytes()[self.given..];
        let n = rest.len().min(into.len());
        into[..n].copy_from_slice(&rest[..n]);
        self.given += n;
        Ok(n)
    }
}

/// A count of the bytes of one record, shared with the reader that adds to it.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    /// Starts a new record.
    pub fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// A reader that fails with [`io::ErrorKind::FileTooLarge`] once a single record has taken more
/// than `limit` bytes.
pub struct Metered {
    /// The bytes.
    pub reader: ByteReader,
    /// The bytes of the current record.
    pub meter: Meter,
    /// The most of them.
    pub limit: u64,
}

impl Read for Metered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.meter.0.load(Ordering::Relaxed) > self.limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "record too large"));
        }
        let bytes = self.reader.fill_buf()?;
        let n = bytes.len().min(into.len());
        into[..n].copy_from_slice(&bytes[..n]);
        self.reader.consume(n);
        self.meter.0.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
