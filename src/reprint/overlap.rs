//! The exact overlap of two texts. Sketches only estimate it.

use super::minhash::is_letter;
use crate::text::fold::fold;
use std::collections::HashSet;

/// The overlap of two texts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Shared runs as a share of all runs of either text (Jaccard), from 0 to 1.
    pub resemblance: f64,
    /// Shared runs as a share of those of the shorter text, from 0 to 1.
    pub containment: f64,
}

/// The overlap of two texts' sets of runs of `run` letters and digits, folded; 0 where a text has
/// no such run.
///
/// ```
/// let overlap = jianbao::reprint::overlap("今天，天气晴朗。", "今天天气晴朗，宜出行", 3);
/// assert_eq!(overlap.containment, 1.0);
/// assert_eq!(overlap.resemblance, 4.0 / 7.0);
/// ```
///
/// # Panics
/// If `run` is 0.
pub fn overlap(a: &str, b: &str, run: usize) -> Overlap {
    let letters =
        |text: &str| -> Vec<char> { fold(text).chars().filter(|&c| is_letter(c)).collect() };
    let (a, b) = (letters(a), letters(b));
    let (a, b): (HashSet<&[char]>, HashSet<&[char]>) =
        (a.windows(run).collect(), b.windows(run).collect());
    let shared = a.intersection(&b).count() as f64;
    let share = |of: usize| if of == 0 { 0.0 } else { shared / of as f64 };
    Overlap {
        resemblance: share(a.len() + b.len() - shared as usize),
        containment: share(a.len().min(b.len())),
    }
}
