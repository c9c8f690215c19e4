//! Writes the words of a segment: from documents, and from the segments that are merged into it.

use super::{ENTRY, EXTENSION, WordLists};
use crate::engine::embedded::posting_list::{self, PostingListBuilder};
use crate::engine::embedded::segment_file::{self, PassageMoves};
use crate::engine::embedded::tokenizer::SEPARATOR;
use foldhash::fast::FixedState;
use fst::{MapBuilder, Streamer};
use std::any::Any;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};
use std::io::Write;
use tantivy::directory::{TerminatingWrite, WritePtr};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::indexer::doc_id_mapping::DocIdMapping;
use tantivy::schema::document::ErasedDocument;
use tantivy::schema::{Field, Schema};
use tantivy::{
    DocId, PluginMergeContext, PluginWriter, PluginWriterContext, Segment, SegmentPlugin,
    TantivyError,
};

/// Tells the engine of the words.
pub struct WordsPlugin;

/// Tokens that are sorted at once: enough that each word is looked up once for many tokens, few
/// enough that sorting is quick.
const RUN: usize = 1 << 19;

impl WordsPlugin {
    /// The name of the type of the field that has a passage's words, joined by [`SEPARATOR`].
    pub const FIELD_TYPE: &str = "words";
}

impl SegmentPlugin for WordsPlugin {
    fn extensions(&self) -> &[&str] {
        &[EXTENSION]
    }

    fn create_writer(
        &self,
        context: &PluginWriterContext<'_>,
    ) -> tantivy::Result<Box<dyn PluginWriter>> {
        let field = segment_file::field(&context.segment.schema(), WordsPlugin::FIELD_TYPE)?;
        Ok(Box::new(WordsWriter::new(field)))
    }

    fn merge(&self, context: PluginMergeContext<'_>) -> tantivy::Result<()> {
        let moves = PassageMoves::all(&context)?;
        let opened = context.readers.iter().map(WordLists::open);
        let sources: Vec<_> = opened
            .zip(moves)
            .map(|(words, moves)| Ok((words?, moves)))
            .collect::<tantivy::Result<_>>()?;
        merge(&sources, context.target_segment.open_write(segment_file::component(EXTENSION))?)
    }
}

/// A word of a passage.
#[derive(Clone, Copy)]
struct WordToken {
    hash: u64,
    doc: DocId,
    /// Where it begins in the run's text.
    start: u32,
}

/// A different word of the segment.
struct WordTerm {
    /// Where it stands in the vocabulary.
    start: u32,
    length: u32,
    list: PostingListBuilder,
}

/// The passages of a file.
#[derive(Default)]
struct WordPassages {
    norms: Vec<u8>,
}

/// Gathers the words of a new segment.
struct WordsWriter {
    field: Field,
    /// Tokens that have not been looked up yet, and what they are, each with [`SEPARATOR`] behind
    /// it.
    run: Vec<WordToken>,
    text: Vec<u8>,
    /// The numbers of terms by their hashes; where two words have one hash, the later is one
    /// further.
    slots: HashMap<u64, u32, FixedState>,
    terms: Vec<WordTerm>,
    /// The different words, one after the other.
    vocabulary: Vec<u8>,
    passages: WordPassages,
    /// Bytes that the lists have grown to.
    grown: usize,
}

impl WordsWriter {
    fn new(field: Field) -> WordsWriter {
        WordsWriter {
            field,
            run: Vec::new(),
            text: Vec::new(),
            slots: HashMap::default(),
            terms: Vec::new(),
            vocabulary: Vec::new(),
            passages: WordPassages::default(),
            grown: 0,
        }
    }

    /// Adds a passage with its words, joined by [`SEPARATOR`].
    fn add(&mut self, doc: DocId, words: &[u8]) {
        let (hasher, before) = (FixedState::default(), self.run.len());
        for word in words.split(|&byte| byte == SEPARATOR as u8).filter(|word| !word.is_empty()) {
            self.run.push(WordToken {
                hash: hasher.hash_one(HashedBytes(word)),
                doc,
                start: self.text.len() as u32,
            });
            self.text.extend_from_slice(word);
            self.text.push(SEPARATOR as u8);
        }
        self.passages.push(self.run.len() - before);
        if self.run.len() >= RUN || self.text.len() >= RUN * 16 {
            self.flush();
        }
    }

    /// Sorts the tokens of the run, and adds to each word's list the passages that have it.
    fn flush(&mut self) {
        let (mut run, text) = (std::mem::take(&mut self.run), std::mem::take(&mut self.text));
        run.sort_unstable_by_key(|token| (token.hash, token.doc));
        // Every word has the separator behind it, which tells it from one that begins alike.
        let rest = |token: &WordToken| text.get(token.start as usize..).unwrap_or(&[]);
        let word = |token: &WordToken| {
            rest(token).split(|&byte| byte == SEPARATOR as u8).next().unwrap_or(&[])
        };
        for same in run.chunk_by_mut(|a, b| a.hash == b.hash) {
            let first = word(&same[0]);
            let whole = &rest(&same[0])[..=first.len()];
            if same.iter().all(|token| rest(token).starts_with(whole)) {
                self.append(first, same);
                continue;
            }
            // Different words with one hash, which is very unlikely.
            same.sort_by_key(|token| (word(token), token.doc));
            for same in same.chunk_by(|a, b| word(a) == word(b)) {
                self.append(word(&same[0]), same);
            }
        }
        (self.run, self.text) = (run, text);
        self.run.clear();
        self.text.clear();
    }

    /// Adds to a word's list the passages of some of its tokens, which are in order.
    fn append(&mut self, word: &[u8], tokens: &[WordToken]) {
        let number = self.number(tokens[0].hash, word);
        let list = &mut self.terms[number].list;
        self.grown += tokens.iter().map(|token| list.push(token.doc)).sum::<usize>();
    }

    /// The number of a word.
    fn number(&mut self, mut hash: u64, word: &[u8]) -> usize {
        while let Some(&number) = self.slots.get(&hash) {
            let term = &self.terms[number as usize];
            if self.vocabulary[term.start as usize..][..term.length as usize] == *word {
                return number as usize;
            }
            hash = hash.wrapping_add(1);
        }
        let number = self.terms.len();
        self.slots.insert(hash, number as u32);
        let (start, length) = (self.vocabulary.len() as u32, word.len() as u32);
        self.terms.push(WordTerm { start, length, list: PostingListBuilder::default() });
        self.vocabulary.extend_from_slice(word);
        number
    }
}

impl PluginWriter for WordsWriter {
    fn add_document(
        &mut self,
        doc: DocId,
        document: &dyn ErasedDocument,
        _: &Schema,
    ) -> tantivy::Result<()> {
        segment_file::value(document, self.field, |words| self.add(doc, words));
        Ok(())
    }

    fn serialize(
        mut self: Box<Self>,
        segment: &Segment,
        mapping: Option<&DocIdMapping>,
    ) -> tantivy::Result<()> {
        segment_file::in_order(mapping)?;
        self.flush();
        let WordsWriter { mut terms, vocabulary, passages, .. } = *self;
        let word = |term: &WordTerm| &vocabulary[term.start as usize..][..term.length as usize];
        terms.sort_unstable_by(|a, b| word(a).cmp(word(b)));
        let mut file = WordsFile::new(
            segment.open_write(segment_file::component(EXTENSION))?,
            passages.norms.len(),
        )?;
        for mut term in terms {
            let list = std::mem::take(&mut term.list);
            file.word(word(&term), list)?;
        }
        file.finish(&passages)
    }

    fn mem_usage(&self) -> usize {
        // Growing lists have room for as much again, at the worst; some of it is there on average.
        self.grown * 3 / 2
            + self.vocabulary.capacity()
            + self.terms.capacity() * size_of::<WordTerm>()
            + self.slots.capacity() * (size_of::<(u64, u32)>() + 1)
            + self.run.capacity() * size_of::<WordToken>()
            + self.text.capacity()
            + self.passages.norms.capacity()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Bytes that are hashed as such, without their number.
struct HashedBytes<'a>(&'a [u8]);

impl Hash for HashedBytes<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write(self.0);
    }
}

impl WordPassages {
    fn push(&mut self, words: usize) {
        self.norms.push(segment_file::norm(words));
    }

    /// About how many words all have together: the same whichever segments they are in.
    fn tokens(&self) -> u64 {
        self.norms.iter().map(|&norm| u64::from(FieldNormReader::id_to_fieldnorm(norm))).sum()
    }
}

/// Writes what is left of some segments as one. Lists are held in memory one at a time.
fn merge(sources: &[(WordLists, PassageMoves)], target: WritePtr) -> tantivy::Result<()> {
    let mut passages = WordPassages::default();
    for (words, moves) in sources {
        let left = (0..).zip(words.norms()).filter(|(doc, _)| moves.of(*doc).is_some());
        passages.norms.extend(left.map(|(_, &norm)| norm));
    }
    let mut file = WordsFile::new(target, passages.norms.len())?;
    let mut union = sources
        .iter()
        .fold(fst::map::OpBuilder::new(), |all, (words, _)| all.add(&words.terms))
        .union();
    while let Some((word, places)) = union.next() {
        let mut list = PostingListBuilder::default();
        let mut places: Vec<_> = places.iter().collect();
        places.sort_by_key(|place| place.index);
        for place in places {
            let (words, moves) = &sources[place.index];
            if let Some(part) = words.entry(place.value) {
                part.each(|doc| {
                    moves.of(doc).map(|doc| list.push(doc));
                });
            }
        }
        if list.count > 0 {
            file.word(word, list)?;
        }
    }
    file.finish(&passages)
}

/// A file that is being written.
struct WordsFile {
    target: WritePtr,
    passages: usize,
    lists: u64,
    table: Vec<u8>,
    terms: MapBuilder<Vec<u8>>,
}

impl WordsFile {
    fn new(target: WritePtr, passages: usize) -> tantivy::Result<WordsFile> {
        Ok(WordsFile {
            target,
            passages,
            lists: 0,
            table: Vec::new(),
            terms: MapBuilder::new(Vec::new()).map_err(failed)?,
        })
    }

    /// Writes a word's list; words come in order.
    fn word(&mut self, word: &[u8], list: PostingListBuilder) -> tantivy::Result<()> {
        self.terms.insert(word, (self.table.len() / ENTRY) as u64).map_err(failed)?;
        let count = list.count;
        let (kind, bytes) = list.finish(self.passages);
        self.table.extend(count.to_le_bytes());
        self.table.extend(posting_list::pack(self.lists, kind).to_le_bytes());
        self.lists += bytes.len() as u64;
        Ok(self.target.write_all(&bytes)?)
    }

    /// Writes everything after the lists.
    fn finish(mut self, passages: &WordPassages) -> tantivy::Result<()> {
        let terms = self.terms.into_inner().map_err(failed)?;
        let entries = (self.table.len() / ENTRY) as u64;
        self.target.write_all(&passages.norms)?;
        self.target.write_all(&self.table)?;
        self.target.write_all(&terms)?;
        let numbers = [
            self.lists,
            passages.norms.len() as u64,
            entries,
            terms.len() as u64,
            passages.tokens(),
        ];
        self.target.write_all(&segment_file::footer(numbers))?;
        Ok(self.target.terminate()?)
    }
}

fn failed(error: fst::Error) -> TantivyError {
    TantivyError::InternalError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_one_hash_stay_apart() {
        let mut writer = WordsWriter::new(Field::from_field_id(0));
        for (doc, words) in ["堤防\u{1f}堤", "堤", "防汛\u{1f}堤防"].into_iter().enumerate()
        {
            writer.add(doc as DocId, words.as_bytes());
        }
        writer.run.iter_mut().for_each(|token| token.hash = u64::MAX);
        writer.flush();
        writer.add(3, "防汛".as_bytes());
        writer.run.iter_mut().for_each(|token| token.hash = u64::MAX);
        writer.flush();
        let word =
            |term: &WordTerm| &writer.vocabulary[term.start as usize..][..term.length as usize];
        let mut found: Vec<(&str, u32)> = writer
            .terms
            .iter()
            .map(|term| (std::str::from_utf8(word(term)).unwrap(), term.list.count))
            .collect();
        found.sort_unstable();
        assert_eq!(found, [("堤", 2), ("堤防", 2), ("防汛", 2)]);
    }
}
