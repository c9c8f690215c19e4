//! Writes the texts of a segment: from documents, and from the segments that are merged into it.

use super::{BLOCK, EXTENSION, ExactTexts};
use crate::engine::embedded::char_codec::{self, PLACES};
use crate::engine::embedded::posting_list::{self, PostingListBuilder};
use crate::engine::embedded::segment_file::{self, PassageMoves};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use tantivy::directory::{TerminatingWrite, WritePtr};
use tantivy::indexer::doc_id_mapping::DocIdMapping;
use tantivy::schema::document::ErasedDocument;
use tantivy::schema::{Field, Schema};
use tantivy::{
    DocId, PluginMergeContext, PluginWriter, PluginWriterContext, Segment, SegmentPlugin,
    TantivyError,
};

/// Tells the engine of the texts.
pub struct ExactTextPlugin;

impl ExactTextPlugin {
    /// The name of the type of the field that has the codes of a passage's exact text.
    pub const FIELD_TYPE: &str = "exact_text";
}

impl SegmentPlugin for ExactTextPlugin {
    fn extensions(&self) -> &[&str] {
        &[EXTENSION]
    }

    fn create_writer(
        &self,
        context: &PluginWriterContext<'_>,
    ) -> tantivy::Result<Box<dyn PluginWriter>> {
        let field = segment_file::field(&context.segment.schema(), ExactTextPlugin::FIELD_TYPE)?;
        let listed = vec![PostingListBuilder::default(); PLACES as usize];
        Ok(Box::new(ExactTextWriter {
            field,
            codes: Vec::new(),
            passages: TextPassages::default(),
            listed,
            other: BTreeMap::new(),
            grown: 0,
        }))
    }

    fn merge(&self, context: PluginMergeContext<'_>) -> tantivy::Result<()> {
        let moves = PassageMoves::all(&context)?;
        let opened = context.readers.iter().map(ExactTexts::open);
        let sources: Vec<_> = opened
            .zip(moves)
            .map(|(texts, moves)| Ok((texts?, moves)))
            .collect::<tantivy::Result<_>>()?;
        merge(&sources, context.target_segment.open_write(segment_file::component(EXTENSION))?)
    }
}

/// Gathers the texts of a new segment.
struct ExactTextWriter {
    field: Field,
    codes: Vec<u8>,
    passages: TextPassages,
    /// The lists of characters that have a place.
    listed: Vec<PostingListBuilder>,
    /// Those of other characters.
    other: BTreeMap<u32, PostingListBuilder>,
    /// Bytes that the lists have grown to.
    grown: usize,
}

impl ExactTextWriter {
    /// Adds a passage with the codes of its text.
    fn add(&mut self, doc: DocId, codes: &[u8]) {
        let mut count = 0;
        for number in char_codec::numbers(codes) {
            count += 1;
            let list = match self.listed.get_mut(number as usize) {
                Some(list) => list,
                None => self.other.entry(number).or_default(),
            };
            self.grown += list.push(doc);
        }
        self.codes.extend_from_slice(codes);
        self.passages.push(codes.len(), count);
    }
}

impl PluginWriter for ExactTextWriter {
    fn add_document(
        &mut self,
        doc: DocId,
        document: &dyn ErasedDocument,
        _: &Schema,
    ) -> tantivy::Result<()> {
        segment_file::value(document, self.field, |codes| self.add(doc, codes));
        Ok(())
    }

    fn serialize(
        self: Box<Self>,
        segment: &Segment,
        mapping: Option<&DocIdMapping>,
    ) -> tantivy::Result<()> {
        segment_file::in_order(mapping)?;
        let mut file = TextFile::new(segment.open_write(segment_file::component(EXTENSION))?);
        file.codes(&self.codes)?;
        let lists = (0..).zip(self.listed).chain(self.other).filter(|(_, list)| list.count > 0);
        file.finish(&self.passages, lists)
    }

    fn mem_usage(&self) -> usize {
        // Growing lists and texts have room for as much again, at the worst; some of it is there on
        // average.
        (self.codes.len() + self.grown) * 3 / 2
            + self.passages.ends.len() * 9
            + self.listed.len() * size_of::<PostingListBuilder>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Writes what is left of some segments as one. Of the texts nothing is held in memory, of the
/// lists one at a time.
fn merge(sources: &[(ExactTexts, PassageMoves)], target: WritePtr) -> tantivy::Result<()> {
    let mut file = TextFile::new(target);
    let mut passages = TextPassages::default();
    for (texts, moves) in sources {
        for doc in (0..texts.passages() as DocId).filter(|&doc| moves.of(doc).is_some()) {
            let codes = texts.passage(doc);
            file.codes(codes)?;
            passages.push(codes.len(), char_codec::count(codes));
        }
    }
    let entries = |texts: &ExactTexts| {
        (0..).map_while(|at| texts.entry(at).map(|(n, _)| n)).collect::<Vec<u32>>()
    };
    let numbers: BTreeSet<u32> = sources.iter().flat_map(|(texts, _)| entries(texts)).collect();
    let lists = numbers.into_iter().map(|number| {
        let mut merged = PostingListBuilder::default();
        for (texts, moves) in sources {
            if let Some(list) = texts.list(number) {
                list.each(|doc| {
                    moves.of(doc).map(|doc| merged.push(doc));
                });
            }
        }
        (number, merged)
    });
    file.finish(&passages, lists.filter(|(_, list)| list.count > 0))
}

/// The passages of a file.
#[derive(Default)]
struct TextPassages {
    /// Where the codes of each end.
    ends: Vec<u64>,
    norms: Vec<u8>,
    /// How many characters all have together.
    characters: u64,
}

impl TextPassages {
    fn push(&mut self, bytes: usize, characters: usize) {
        self.ends.push(self.ends.last().copied().unwrap_or(0) + bytes as u64);
        self.norms.push(segment_file::norm(characters));
        self.characters += characters as u64;
    }
}

/// A file that is being written.
struct TextFile {
    target: WritePtr,
    codes: u64,
}

impl TextFile {
    fn new(target: WritePtr) -> TextFile {
        TextFile { target, codes: 0 }
    }

    fn codes(&mut self, codes: &[u8]) -> tantivy::Result<()> {
        self.target.write_all(codes)?;
        self.codes += codes.len() as u64;
        Ok(())
    }

    /// Writes everything after the codes; `lists` come in order of their numbers.
    fn finish(
        mut self,
        passages: &TextPassages,
        lists: impl Iterator<Item = (u32, PostingListBuilder)>,
    ) -> tantivy::Result<()> {
        let ends = passages.ends.as_slice();
        let starts = || std::iter::once(0).chain(ends.iter().copied()).take(ends.len());
        for base in starts().step_by(BLOCK) {
            self.target.write_all(&base.to_le_bytes())?;
        }
        let mut base = 0;
        for (i, start) in starts().enumerate() {
            if i % BLOCK == 0 {
                base = start;
            }
            let too_large = |_| {
                TantivyError::InvalidArgument(
                    "some passages are larger than 4 GiB together".to_owned(),
                )
            };
            self.target
                .write_all(&u32::try_from(start - base).map_err(too_large)?.to_le_bytes())?;
        }
        self.target.write_all(&passages.norms)?;
        let (mut table, mut lengths, mut entries): (Vec<u8>, u64, u64) = (Vec::new(), 0, 0);
        for (number, list) in lists {
            let count = list.count;
            let (kind, bytes) = list.finish(ends.len());
            table.extend(number.to_le_bytes());
            table.extend(count.to_le_bytes());
            table.extend(posting_list::pack(lengths, kind).to_le_bytes());
            self.target.write_all(&bytes)?;
            lengths += bytes.len() as u64;
            entries += 1;
        }
        self.target.write_all(&table)?;
        let numbers = [self.codes, ends.len() as u64, lengths, entries, passages.characters];
        self.target.write_all(&segment_file::footer(numbers))?;
        Ok(self.target.terminate()?)
    }
}
