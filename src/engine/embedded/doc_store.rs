//! The store of texts, whose lengths are checked before memory is asked for.
//!
//! Tantivy begins each block of the store with the length of its text in four bytes, and reserves
//! that much. A disk that changes these bytes would have it reserve up to 4 GB. The packed text
//! names its length too, and cannot hold more than its own bytes allow: a block in which the two
//! differ, or promise more than that, is refused. The record of a document is taken from its bytes
//! where they lie, since tantivy reserves what the length before it says there too. What else a
//! store may suffer is found by its checksum.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::Arc;
use tantivy::HasLen;
use tantivy::directory::{FileHandle, OwnedBytes};
use tantivy::schema::Field;
use zstd::zstd_safe::get_frame_content_size;

/// The end of the names of these files.
pub const EXTENSION: &str = "store";

/// The bytes at the end of every file of tantivy's: the length of its footer, and a mark.
const FOOTER_END: usize = 8;
/// The bytes of the store's own footer, before tantivy's: its version, where the blocks end, their
/// packing (tantivy's `store/footer.rs`).
const STORE_FOOTER: usize = 28;
/// The place of the end of the blocks in the store's footer.
const BLOCKS_END: Range<usize> = 4..12;
/// The bytes of the length before each block.
const LENGTH: usize = 4;
/// The most bytes of text in a block of Zstandard's (RFC 8878, 3.1.1.2.4), and the fewest that
/// such a block takes.
const MOST_TEXT: u64 = 128 << 10;
const LEAST_PACKED: u64 = 4;

/// A file of the store of texts.
#[derive(Debug)]
pub struct CheckedStore {
    file: Arc<dyn FileHandle>,
    /// The end of the blocks: behind it stand their places.
    blocks_end: usize,
}

impl CheckedStore {
    /// The store in `file`.
    ///
    /// # Errors
    /// A file whose end cannot be read, or that is too short for one.
    pub fn new(file: Arc<dyn FileHandle>) -> io::Result<CheckedStore> {
        let blocks_end = blocks_end(&*file)?.ok_or_else(|| invalid("the store of texts is cut"))?;
        Ok(CheckedStore { file, blocks_end })
    }
}

/// The end of the blocks of a store; `None` where the file is too short for what it says.
fn blocks_end(file: &dyn FileHandle) -> io::Result<Option<usize>> {
    let Some(end) = file.len().checked_sub(FOOTER_END) else { return Ok(None) };
    let length = file.read_bytes(end..end + size_of::<u32>())?;
    let Some(length) = number(&length) else { return Ok(None) };
    let footer = usize::try_from(length).ok().and_then(|length| end.checked_sub(length));
    let Some(footer) = footer.and_then(|end| end.checked_sub(STORE_FOOTER)) else {
        return Ok(None);
    };
    let footer = file.read_bytes(footer..footer + STORE_FOOTER)?;
    Ok(number(&footer[BLOCKS_END]).and_then(|end| usize::try_from(end).ok()))
}

/// The number in up to eight bytes, the lowest first.
fn number(bytes: &[u8]) -> Option<u64> {
    let mut all = [0; 8];
    all.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(all))
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason)
}

/// True if a block's length is that of its packed text, and possible for the bytes that it takes.
fn is_sound(block: &[u8]) -> bool {
    let Some((length, packed)) = block.split_at_checked(LENGTH) else { return false };
    let most = (packed.len() as u64 / LEAST_PACKED + 1) * MOST_TEXT;
    let held = get_frame_content_size(packed).ok().flatten();
    held.is_some_and(|held| held <= most && number(length) == Some(held))
}

/// The code of bytes before a value (tantivy's `schema/document/mod.rs`).
const BYTES: u8 = 4;

/// The record in a stored document, whose only stored field is `field`: the number of its fields,
/// then of each its number, a code for its type, its length and its bytes.
pub fn record(document: &[u8], field: Field) -> Option<&[u8]> {
    let mut rest = document;
    if take_number(&mut rest)? != 1 {
        return None;
    }
    let (id, value) = rest.split_at_checked(size_of::<u32>())?;
    let (&code, mut value) = value.split_first()?;
    if id != field.field_id().to_le_bytes() || code != BYTES {
        return None;
    }
    let length = take_number(&mut value)?;
    (value.len() as u64 == length).then_some(value)
}

/// Takes a number of tantivy's off the front of `bytes`: seven bits a byte, the lowest first, and
/// the last byte has its highest bit set.
fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte >= 0x80 {
            return Some(number);
        }
        shift += 7;
    }
}

impl HasLen for CheckedStore {
    fn len(&self) -> usize {
        self.file.len()
    }
}

impl FileHandle for CheckedStore {
    /// The bytes at `range`. What lies among the blocks begins with one, as tantivy reads them:
    /// one by one, or all at once.
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.file.len() {
            return Err(invalid("the store of texts names a place behind its end"));
        }
        let among_blocks = !range.is_empty() && range.end <= self.blocks_end;
        let bytes = self.file.read_bytes(range)?;
        if among_blocks && !is_sound(&bytes) {
            return Err(invalid("the store of texts has a block of another length than it says"));
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::directory::{Directory, RamDirectory};
    use tantivy::schema::{STORED, Schema};
    use tantivy::store::{Compressor, StoreReader, ZstdCompressor};
    use tantivy::{Index, IndexSettings, TantivyDocument, doc};

    /// The store of an index of three texts.
    fn store() -> Vec<u8> {
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", STORED);
        let zstd = ZstdCompressor { compression_level: None };
        let docstore_compression = Compressor::Zstd(zstd);
        let settings = IndexSettings { docstore_compression, ..IndexSettings::default() };
        let folder = RamDirectory::create();
        let index = Index::create(folder.clone(), schema.build(), settings).unwrap();
        let mut writer = index.writer_with_num_threads(1, 15 << 20).unwrap();
        for i in 0..3 {
            writer.add_document(doc!(text => format!("第{i}天雪化了。"))).unwrap();
        }
        writer.commit().unwrap();
        let meta = index.searchable_segment_metas().unwrap().remove(0);
        let path = meta.relative_path(tantivy::index::SegmentComponent::Store);
        let file = folder.get_file_handle(&path).unwrap();
        file.read_bytes(0..file.len()).unwrap().to_vec()
    }

    /// Reads the first text of a store.
    fn first_text(bytes: &[u8]) -> std::result::Result<(), String> {
        let file: Arc<dyn FileHandle> = Arc::new(OwnedBytes::new(bytes.to_vec()));
        let store = CheckedStore::new(file).map_err(|e| e.to_string())?;
        let end = bytes.len() - FOOTER_END;
        let footer = number(&bytes[end..end + 4]).unwrap() as usize;
        let file = tantivy::directory::FileSlice::new(Arc::new(store)).slice_to(end - footer);
        let reader = StoreReader::open(file, 0).map_err(|e| e.to_string())?;
        reader.get::<TantivyDocument>(0).map(drop).map_err(|e| e.to_string())
    }

    #[test]
    fn a_length_that_its_block_does_not_have_is_refused() {
        let whole = store();
        assert_eq!(first_text(&whole), Ok(()));
        for (at, bit) in (0..LENGTH).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            let error = first_text(&bytes).unwrap_err();
            assert!(error.contains("another length"), "{at}, {bit}: {error}");
        }
    }

    #[test]
    fn a_record_is_its_bytes_or_none() {
        let field = Field::from_field_id(3);
        let with =
            |length: &[u8], value: &[u8]| [&[0x81, 3, 0, 0, 0, BYTES], length, value].concat();
        assert_eq!(record(&with(&[0x83], b"abc"), field), Some(&b"abc"[..]));
        let long = vec![7; 300];
        assert_eq!(record(&with(&[0x2c, 0x82], &long), field), Some(&long[..]));
        // 2^63 bytes, more bytes than there are, fewer, a length without end.
        let most = [&[0; 9][..], &[0x81]].concat();
        for length in [&most[..], &[0x84], &[0x82], &[0; 12]] {
            assert_eq!(record(&with(length, b"abc"), field), None, "{length:?}");
        }
        let whole = with(&[0x83], b"abc");
        assert_eq!(record(&whole, Field::from_field_id(2)), None);
        for end in 0..whole.len() {
            assert_eq!(record(&whole[..end], field), None, "{end}");
        }
    }

    #[test]
    fn a_text_longer_than_its_bytes_can_hold_is_refused() {
        // A frame without a window, whose four bytes of length say what the block says.
        let mut block = 0xf000_0000_u32.to_le_bytes().to_vec();
        block.extend([0x28, 0xb5, 0x2f, 0xfd, 0xa0]);
        block.extend(0xf000_0000_u32.to_le_bytes());
        block.extend([0; 100]);
        assert_eq!(get_frame_content_size(&block[LENGTH..]).ok().flatten(), Some(0xf000_0000));
        assert!(!is_sound(&block));
        // Text of one character takes next to nothing.
        let text = vec![b'a'; 40 << 20];
        let packed = zstd::bulk::compress(&text, 6).unwrap();
        assert!(is_sound(&[&(text.len() as u32).to_le_bytes()[..], &packed].concat()));
    }

    #[test]
    fn a_file_cut_before_its_end_is_an_error() {
        let whole = store();
        for length in 0..STORE_FOOTER + FOOTER_END {
            let bytes = OwnedBytes::new(whole[..length].to_vec());
            // Its end may be anything, so that it is read as a length of any kind.
            let read = CheckedStore::new(Arc::new(bytes));
            assert!(read.is_err(), "{length}");
        }
    }
}
