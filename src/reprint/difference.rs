//! The changes of a reprint: the words of two texts side by side, by the shortest edit script
//! (Myers, An O(ND) Difference Algorithm, 1986). Width, case, script and white space are no
//! changes.

use crate::text::Span;
use crate::text::word::{Segmented, Segmenter};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// So many words of each text are compared; what follows is left out, and said to be. News rarely
/// has a tenth of it.
pub const MOST_WORDS: usize = 20_000;

/// The differences of two texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// The changes, in order.
    pub changes: Vec<Edit>,
    /// Words in both.
    pub same: usize,
    /// Words of the original alone.
    pub deleted: usize,
    /// Words of the copy alone.
    pub inserted: usize,
    /// Words of both texts that were not compared, since there are too many; see [`MOST_WORDS`].
    pub left_out: usize,
}

/// A stretch of the original with what stands in its place in the copy; either may be empty, not
/// both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the original that the copy lacks.
    pub deleted: Span,
    /// Bytes of the copy that the original lacks.
    pub inserted: Span,
}

impl Difference {
    /// The share of all compared words that is in both, from 0 to 1; 1 where there are none.
    pub fn likeness(&self) -> f64 {
        let all = 2 * self.same + self.deleted + self.inserted;
        if all == 0 { 1.0 } else { (2 * self.same) as f64 / all as f64 }
    }
}

/// Compares a copy with its original.
///
/// ```
/// use jianbao::reprint::difference;
/// use jianbao::text::word::Segmenter;
/// let segmenter = Segmenter::empty();
/// let found = difference("库存见底", "库存未见底", &segmenter);
/// assert_eq!((found.changes.len(), found.deleted), (1, 1));
/// ```
pub fn difference(original: &str, copy: &str, segmenter: &Segmenter) -> Difference {
    let (old, new) = (ComparedWords::of(original, segmenter), ComparedWords::of(copy, segmenter));
    let operations = capture_diff_slices(Algorithm::Myers, &old.compared(), &new.compared());
    let mut found = Difference { left_out: old.left_out + new.left_out, ..Difference::default() };
    for operation in operations {
        let (before, after) = (operation.old_range(), operation.new_range());
        if matches!(operation, DiffOp::Equal { .. }) {
            found.same += before.len();
            continue;
        }
        found.deleted += before.len();
        found.inserted += after.len();
        found
            .changes
            .push(Edit { deleted: old.span(before, original), inserted: new.span(after, copy) });
    }
    found
}

/// The words of a text that are compared.
struct ComparedWords {
    text: Segmented,
    spans: Vec<Span>,
    left_out: usize,
}

impl ComparedWords {
    fn of(text: &str, segmenter: &Segmenter) -> ComparedWords {
        let text = Segmented::new(text, segmenter);
        let visible = |span: &Span| !span.of(text.folded.text()).trim().is_empty();
        let mut spans: Vec<Span> = text.words.iter().copied().filter(visible).collect();
        let left_out = spans.len().saturating_sub(MOST_WORDS);
        spans.truncate(MOST_WORDS);
        ComparedWords { text, spans, left_out }
    }

    fn compared(&self) -> Vec<&str> {
        self.spans.iter().map(|span| span.of(self.text.folded.text())).collect()
    }

    /// The span of some of the words in the original text; if there are none, the empty span
    /// before the next word.
    fn span(&self, words: std::ops::Range<usize>, text: &str) -> Span {
        let original = |span: &Span| self.text.folded.original_span(*span, text);
        match self.spans.get(words.clone()).and_then(|spans| Some((spans.first()?, spans.last()?)))
        {
            Some((first, last)) => {
                Span::new(original(first).start, original(last).end.max(original(first).start))
            }
            None => {
                let at =
                    self.spans.get(words.start).map_or(text.len(), |next| original(next).start);
                Span::new(at, at)
            }
        }
    }
}
