//! Reprints of a text with what each of them changed.

use super::{ArticleRecord, rounded};
use crate::passage::Head;
use crate::reprint::{Difference, Edit};
use crate::text::Span;
use serde::Serialize;

/// The copies of a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReprintGroupRecord<'a> {
    /// [`super::SCHEMA`].
    pub schema: u32,
    /// The number of articles that print the text.
    pub articles: usize,
    /// The original.
    pub original: ArticleRecord<'a>,
    /// The others.
    pub reprints: Vec<ReprintRecord<'a>>,
}

/// A reprint beside its original.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReprintRecord<'a> {
    /// The reprint.
    pub article: ArticleRecord<'a>,
    /// The part of all compared words that is in both, from 0 to 1, to four decimals.
    pub likeness: f64,
    /// The words compared.
    pub words: WordsRecord,
    /// The changes, in order.
    pub changes: Vec<ChangeRecord<'a>>,
}

/// Numbers of words of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WordsRecord {
    /// In both.
    pub same: usize,
    /// In the original alone.
    pub deleted: usize,
    /// In the reprint alone.
    pub inserted: usize,
    /// Not compared.
    pub left_out: usize,
}

/// A change: one of its sides may be empty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeRecord<'a> {
    /// In the original's body.
    pub deleted: SideRecord<'a>,
    /// In the reprint's body.
    pub inserted: SideRecord<'a>,
}

/// One side of a change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideRecord<'a> {
    /// Its start in the body.
    pub start: usize,
    /// Its end.
    pub end: usize,
    /// The text between the two.
    pub text: &'a str,
}

impl<'a> ReprintRecord<'a> {
    /// A reprint with this head and body, beside an original with that body.
    pub fn new(
        head: &'a Head,
        body: &'a str,
        original: &'a str,
        found: &Difference,
    ) -> ReprintRecord<'a> {
        let side = |span: Span, body: &'a str| SideRecord {
            start: span.start,
            end: span.end,
            text: span.of(body),
        };
        let change = |change: &Edit| ChangeRecord {
            deleted: side(change.deleted, original),
            inserted: side(change.inserted, body),
        };
        ReprintRecord {
            article: head.into(),
            likeness: rounded(found.likeness()),
            words: WordsRecord {
                same: found.same,
                deleted: found.deleted,
                inserted: found.inserted,
                left_out: found.left_out,
            },
            changes: found.changes.iter().map(change).collect(),
        }
    }
}
