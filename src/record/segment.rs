//! A text cut where its marks and its quotes begin and end, for programs that cannot count bytes.

use crate::text::Span;
use serde::Serialize;

/// A stretch of a text in which nothing begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SegmentRecord<'a> {
    /// The words.
    pub text: &'a str,
    /// True if they were looked for.
    pub marked: bool,
    /// The innermost quote that they stand in, by its place among the quotes.
    pub quote: Option<usize>,
}

/// The stretches of `text`, in order; together they are the text. `marks` and `quotes` are byte
/// spans in it; what lies outside of it is left out.
///
/// ```
/// use jianbao::{record::segments, text::Span};
/// let cut = segments("他说堤没事。", &[Span::new(6, 9)], &[Span::new(6, 15)]);
/// let shown: Vec<_> = cut.iter().map(|s| (s.text, s.marked, s.quote)).collect();
/// assert_eq!(shown, [
///     ("他说", false, None), ("堤", true, Some(0)), ("没事", false, Some(0)), ("。", false, None),
/// ]);
/// ```
pub fn segments<'a>(text: &'a str, marks: &[Span], quotes: &[Span]) -> Vec<SegmentRecord<'a>> {
    let inside = |span: &Span| span.start < span.end && span.end <= text.len();
    let mut marks: Vec<Span> = marks.iter().copied().filter(inside).collect();
    marks.sort_unstable_by_key(|span| (span.start, span.end));
    let numbered = quotes.iter().copied().enumerate();
    let mut quotes: Vec<(usize, Span)> = numbered.filter(|(_, span)| inside(span)).collect();
    quotes.sort_by_key(|(_, span)| (span.start, std::cmp::Reverse(span.end)));
    let ends = |span: &Span| [span.start, span.end];
    let mut cuts: Vec<usize> = marks.iter().flat_map(ends).collect();
    cuts.extend(quotes.iter().flat_map(|(_, span)| ends(span)));
    cuts.extend([0, text.len()]);
    cuts.retain(|&at| text.is_char_boundary(at));
    cuts.sort_unstable();
    cuts.dedup();
    let (mut next_mark, mut mark_end) = (0, 0);
    let mut coming = quotes.into_iter().peekable();
    let mut open: Vec<(usize, Span)> = Vec::new();
    let mut found = Vec::with_capacity(cuts.len());
    for pair in cuts.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        while let Some(mark) = marks.get(next_mark).filter(|mark| mark.start <= start) {
            mark_end = mark_end.max(mark.end);
            next_mark += 1;
        }
        while let Some(quote) = coming.next_if(|(_, span)| span.start <= start) {
            open.push(quote);
        }
        while open.last().is_some_and(|(_, span)| span.end <= start) {
            open.pop();
        }
        let quote = open.iter().rev().find(|(_, span)| span.end > start).map(|(at, _)| *at);
        let text = Span::new(start, end).of(text);
        found.push(SegmentRecord { text, marked: mark_end > start, quote });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_inner_quote_wins_and_the_outer_goes_on_after_it() {
        let cut = segments("甲乙丙丁", &[], &[Span::new(0, 12), Span::new(3, 6)]);
        let quotes: Vec<_> = cut.iter().map(|s| (s.text, s.quote)).collect();
        assert_eq!(quotes, [("甲", Some(0)), ("乙", Some(1)), ("丙丁", Some(0))]);
    }

    proptest! {
        #[test]
        fn stretches_make_up_the_text(
            text in "[甲a，]{0,30}",
            places in prop::collection::vec((0usize..60, 0usize..20), 0..8),
        ) {
            let spans: Vec<Span> = places.iter().map(|&(s, l)| Span::new(s, s + l)).collect();
            let cut = segments(&text, &spans, &spans);
            prop_assert_eq!(cut.iter().map(|s| s.text).collect::<String>(), text);
        }
    }
}
