//! Files of our own beside tantivy's in a segment: their fields, the numbers at their end, lengths
//! in a byte, and the moves of passages when segments are merged.

use tantivy::directory::OwnedBytes;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentComponent;
use tantivy::indexer::doc_id_mapping::{DocIdMapping, MappingType};
use tantivy::schema::document::ErasedDocument;
use tantivy::schema::{Field, FieldType, Schema, Value};
use tantivy::{DocId, PluginMergeContext, SegmentReader, TantivyDocument, TantivyError};

/// The component whose files end in `extension`.
pub fn component(extension: &str) -> SegmentComponent {
    SegmentComponent::Custom(extension.to_owned())
}

/// The bytes of a segment's file, mapped.
pub fn open(reader: &SegmentReader, extension: &str) -> tantivy::Result<OwnedBytes> {
    Ok(reader.open_read(component(extension))?.read_bytes()?)
}

/// The error that a file is damaged.
pub fn damaged(extension: &str) -> TantivyError {
    TantivyError::InternalError(format!("a file of {extension} is not as it was written"))
}

/// The field whose values are a component's own.
pub fn field(schema: &Schema, kind: &str) -> tantivy::Result<Field> {
    let ours =
        |of: &FieldType| matches!(of, FieldType::Custom(options) if options.type_name() == kind);
    let field = schema.fields().find(|(_, entry)| ours(entry.field_type())).map(|(field, _)| field);
    field
        .ok_or_else(|| TantivyError::SchemaError(format!("no field has values of the type {kind}")))
}

/// The value of such a field; nothing where a document has none.
pub fn value<T>(document: &dyn ErasedDocument, field: Field, of: impl FnOnce(&[u8]) -> T) -> T {
    let document = document.as_any().downcast_ref::<TantivyDocument>();
    let value = document.and_then(|document| document.get_first(field));
    of(value.as_ref().and_then(|value| value.as_value().as_custom()).unwrap_or(&[]))
}

/// A length in a byte, as the engine has it.
pub fn norm(length: usize) -> u8 {
    FieldNormReader::fieldnorm_to_id(u32::try_from(length).unwrap_or(u32::MAX))
}

/// A length as this engine keeps it: rounded to one of 256 values.
pub fn rounded_length(length: u32) -> u32 {
    FieldNormReader::id_to_fieldnorm(FieldNormReader::fieldnorm_to_id(length))
}

/// Refuses to write passages in another order than they came in.
pub fn in_order(mapping: Option<&DocIdMapping>) -> tantivy::Result<()> {
    mapping.map_or(Ok(()), |_| Err(shuffled()))
}

fn shuffled() -> TantivyError {
    TantivyError::InvalidArgument(
        "passages of an article are neighbours; nothing sorts them".to_owned(),
    )
}

/// Numbers at the end of a file.
pub fn footer<const N: usize>(numbers: [u64; N]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The numbers at the end of a file, and the ranges of the parts before them, whose lengths
/// `lengths` tells in order; `None` where these do not make up the file.
pub fn read<const N: usize, const P: usize>(
    bytes: &[u8],
    lengths: impl FnOnce([u64; N]) -> Option<[u64; P]>,
) -> Option<([u64; N], [std::ops::Range<usize>; P])> {
    let end = bytes.len().checked_sub(8 * N)?;
    let mut numbers = [0; N];
    for (number, bytes) in numbers.iter_mut().zip(bytes[end..].chunks_exact(8)) {
        *number = u64::from_le_bytes(bytes.try_into().ok()?);
    }
    let mut ranges = std::array::from_fn(|_| 0..0);
    let mut at = 0usize;
    for (range, length) in ranges.iter_mut().zip(lengths(numbers)?) {
        let next = at.checked_add(usize::try_from(length).ok()?)?;
        *range = at..next;
        at = next;
    }
    (at == end).then_some((numbers, ranges))
}

/// The number at a place that is known to lie in `bytes`; 0 where it does not.
pub fn number<const N: usize, T: Default>(bytes: &[u8], at: usize, of: fn([u8; N]) -> T) -> T {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().map(of).unwrap_or_default()
}

/// The moves of a segment's passages in a merge.
pub struct PassageMoves {
    /// The new number of each passage, `DocId::MAX` for one that was deleted; none where all move
    /// by `first`.
    moved: Option<Vec<DocId>>,
    first: DocId,
    /// One past the new number of its last passage.
    end: DocId,
}

impl PassageMoves {
    /// Those of all segments of a merge, in order.
    pub fn all(context: &PluginMergeContext<'_>) -> tantivy::Result<Vec<PassageMoves>> {
        if context.doc_id_mapping.mapping_type() == MappingType::Shuffled {
            return Err(shuffled());
        }
        let mut first = 0;
        let moves = context.readers.iter().map(|reader| {
            let moves = PassageMoves::new(reader, first);
            first = moves.end;
            moves
        });
        Ok(moves.collect())
    }

    /// Those of a segment whose first passage gets the number `first`.
    fn new(reader: &SegmentReader, first: DocId) -> PassageMoves {
        if reader.num_deleted_docs() == 0 {
            return PassageMoves { moved: None, first, end: first + reader.max_doc() };
        }
        let mut end = first;
        let mut place = |doc: DocId| {
            if reader.is_deleted(doc) {
                return DocId::MAX;
            }
            end += 1;
            end - 1
        };
        let moved = (0..reader.max_doc()).map(&mut place).collect();
        PassageMoves { moved: Some(moved), first, end }
    }

    /// The new number of a passage that was not deleted.
    #[inline]
    pub fn of(&self, doc: DocId) -> Option<DocId> {
        match &self.moved {
            None => Some(self.first + doc),
            Some(moved) => moved.get(doc as usize).copied().filter(|&doc| doc != DocId::MAX),
        }
    }
}
