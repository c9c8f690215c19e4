//! The origin of an article: what an update keeps of it to know it again.

use super::number::date_number;
use crate::analysis::Analysis;
use crate::reprint::Imprint;

/// A file, by the first 8 bytes of the BLAKE3 hash of its absolute path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileKey(u64);

impl FileKey {
    /// The file with this absolute path.
    pub fn new(file: &str) -> FileKey {
        let mut first = [0u8; 8];
        first.copy_from_slice(&blake3::hash(file.as_bytes()).as_bytes()[..8]);
        FileKey(u64::from_le_bytes(first))
    }

    /// The file of these bits.
    pub fn from_bits(bits: u64) -> FileKey {
        FileKey(bits)
    }

    /// Its bits.
    pub fn bits(self) -> u64 {
        self.0
    }
}

/// The dependence of an article's date on the day of the crawl.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dating {
    /// It does not.
    #[default]
    Fixed,
    /// It counts from that day (335 天前), or takes its year from it.
    FromCrawl,
}

/// The origin of an article, and its size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordRow {
    /// The file it was read from.
    pub file: FileKey,
    /// First 8 bytes of [`crate::archive::Content::digest`].
    pub digest: u64,
    /// Line that its record starts on, from 1; 0 where lines mean nothing.
    pub line: u32,
    /// Passages that it gave.
    pub passages: u32,
    /// Bytes of UTF-8 in its body.
    pub bytes: u32,
    /// The dependence of its date on the crawl.
    pub dating: Dating,
    /// Seconds since 1970 in UTC when the run began that found this content first.
    pub seen: i64,
}

impl RecordRow {
    /// The counts that it adds to its file: one article, its passages and its bytes.
    pub fn counts(&self) -> [u64; 3] {
        [1, u64::from(self.passages), u64::from(self.bytes)]
    }
}

/// The knowledge of an update about an article beside its text. An engine whose tables lie with its
/// articles writes it with the article; another leaves it to the update.
#[derive(Debug, Clone)]
pub struct Provenance {
    /// Its origin.
    pub row: RecordRow,
    /// The data by which its reprints are found.
    pub imprint: Imprint,
}

impl Provenance {
    /// The provenance of the article with this number: `row`, with the size of its analysis.
    pub fn new(number: u64, article: &Analysis, row: RecordRow) -> Provenance {
        let date = article.article.date.as_ref().map(date_number);
        let folded = article.body_words.folded.text();
        let row = RecordRow {
            passages: article.passages.len() as u32,
            bytes: article.article.body.len() as u32,
            ..row
        };
        Provenance { row, imprint: Imprint::new(&article.article, folded, number, date) }
    }
}
