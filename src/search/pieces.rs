//! A typed clause cut into pieces: words, numbers with what they count, words that only single
//! characters make.

use super::lexicon::Lexicon;
use super::number::{is_han, quantity, signed_length};
use crate::text::Span;
use crate::text::word::{Day, measure};

/// A piece of a typed clause: a word of the segmenter, a number with what it counts, or single
/// characters that only make a word together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its place in the folded clause.
    pub span: Span,
    /// The kind of piece.
    pub kind: PieceKind,
}

/// The kind of a piece of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// A word as the segmenter cuts it.
    Word,
    /// A number with what it counts: so many words of the segmenter, from this one on.
    Measured {
        /// The first of them.
        first: usize,
        /// Their number.
        words: usize,
    },
    /// A number with what it counts where the segmenter parts the two, or more follows: 3000万元,
    /// 3000万; so many bytes are the number.
    Quantity(usize),
    /// A number or a word with signs: 12.5, 1,234,567, C++.
    Signed,
    /// A word that the dictionary lacks (内卷, 大V), of which the segmenter left single characters.
    Joined,
}

/// Single characters in a row are one word if they are at most so many; more of them are a sentence
/// that the segmenter could not cut.
const LONGEST_JOINED: usize = 4;
/// A clause of at most so many characters is a word as a whole, however it is cut.
pub const LONGEST_TYPED: usize = 4;

/// Cuts a folded clause into pieces.
pub fn pieces(folded: &str, lexicon: &Lexicon) -> Vec<Piece> {
    let cut = lexicon.segmenter.words(folded);
    if let Some(span) = numbered(folded) {
        return vec![Piece { span, kind: PieceKind::Joined }];
    }
    // What was typed as one word and left in single characters is one: 内卷, 对赌.
    let light = |span: &Span| lexicon.is_light(span.of(folded));
    let is_one = (2..=LONGEST_TYPED).contains(&cut.len())
        && cut.iter().all(|span| is_single(span.of(folded)))
        && !cut.iter().all(light);
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < cut.len() {
        let count = measure(folded, &cut, at, Day::WithMonth);
        if let Some(piece) = number(folded, cut[at].start, count) {
            pieces.push(piece);
            while cut.get(at).is_some_and(|word| word.start < piece.span.end) {
                at += 1;
            }
            continue;
        }
        if count > 0 {
            let span = Span::new(cut[at].start, cut[at + count - 1].end);
            pieces.push(Piece { span, kind: PieceKind::Measured { first: at, words: count } });
            at += count;
            continue;
        }
        // An abbreviation is one word whatever the segmenter makes of it: 中大.
        let count = abbreviation(folded, &cut[at..], lexicon);
        if count > 1 {
            let span = Span::new(cut[at].start, cut[at + count - 1].end);
            pieces.push(Piece { span, kind: PieceKind::Joined });
            at += count;
            continue;
        }
        let single = |span: &&Span| is_single(span.of(folded)) && (is_one || !light(span));
        let row = cut[at..].iter().take_while(single).count();
        let joined = (2..=LONGEST_JOINED).contains(&row);
        let span = Span::new(cut[at].start, cut[at + if joined { row - 1 } else { 0 }].end);
        let kind = if joined { PieceKind::Joined } else { PieceKind::Word };
        // A longer row is passed over as a whole, so that its end is not taken for a word.
        if row > LONGEST_JOINED {
            let singles = cut[at..at + row].iter();
            pieces.extend(singles.map(|&span| Piece { span, kind: PieceKind::Word }));
            at += row;
            continue;
        }
        pieces.push(Piece { span, kind });
        at += if joined { row } else { 1 };
    }
    pieces
}

/// A number with what it counts, or a number or a word with signs, that begins at `at`; `measured`
/// words there are a number with one character.
fn number(folded: &str, at: usize, measured: usize) -> Option<Piece> {
    let (length, kind) = match quantity(folded, at) {
        Some((number, unit)) => (number + unit, PieceKind::Quantity(number)),
        None if measured > 0 => return None,
        None => (signed_length(folded, at), PieceKind::Signed),
    };
    (length > 0).then(|| Piece { span: Span::new(at, at + length), kind })
}

/// A clause that is a character with a number, which is a name: 双11, 歼-20.
fn numbered(folded: &str) -> Option<Span> {
    let clause = folded.trim();
    let mut chars = clause.chars();
    chars.next().filter(|c| is_han(*c))?;
    let rest = chars.as_str();
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let named = rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    let start = folded.len() - folded.trim_start().len();
    named.then(|| Span::new(start, start + clause.len()))
}

/// The number of words at the start of `cut` that together are a short name with other names.
fn abbreviation(folded: &str, cut: &[Span], lexicon: &Lexicon) -> usize {
    let named = |&count: &usize| {
        let name = Span::new(cut[0].start, cut[count - 1].end).of(folded);
        let short = name.chars().nth(LONGEST_TYPED).is_none();
        short && name.chars().all(is_han) && !lexicon.synonyms(name).is_empty()
    };
    (2..=LONGEST_TYPED.min(cut.len())).rev().find(named).unwrap_or(0)
}

/// True for a single Chinese character or letter.
fn is_single(word: &str) -> bool {
    let mut chars = word.chars();
    let single = chars.next().filter(|_| chars.next().is_none());
    single.is_some_and(|c| is_han(c) || c.is_ascii_alphabetic())
}
