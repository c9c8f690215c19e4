//! The pairs of sketches that are reprints. Sketches that share a bucket in some band are compared,
//! all others are not.
//!
//! The work per sketch is bounded: the number of comparisons in each band and the number of pairs
//! have limits.

use super::Sketch;
use super::lsh::{BANDS, Band, CROWDED};
use rayon::prelude::*;

/// Bands searched before repeated pairs are removed.
const AT_ONCE: usize = 4;
/// In a crowded bucket, a sketch is compared with so many of those after it.
const WINDOW: usize = 16;
/// Sketches of an overfull bucket: copies of one form that are mostly no reprints, or they would
/// make a large cluster. Of unlike articles it takes more than 60 million to fill one.
const OVERFULL: usize = 1024;
/// Bands in which the sketches of an overfull bucket are compared.
const OVERFULL_BANDS: usize = 32;
/// Pairs of a sketch after which no more are looked for.
const ENOUGH: u32 = 16;

/// The pairs of reprints among the sketches whose positions are in `among`, in order and each once.
/// `linked` tells if the sketches at two positions are reprints.
///
/// The sketches must be sorted and different from each other; then the answer depends on their set
/// alone.
pub(super) fn pairs(
    sketches: &[Sketch],
    among: &[u32],
    linked: &(impl Fn(u32, u32) -> bool + Sync),
) -> Vec<(u32, u32)> {
    let mut known = Known {
        pairs: Vec::new(),
        counts: vec![0; sketches.len()],
        starts: vec![0; sketches.len() + 1],
    };
    for first in (0..BANDS).step_by(AT_ONCE) {
        let bands: Vec<usize> = (first..BANDS.min(first + AT_ONCE)).collect();
        let found: Vec<Vec<(u32, u32)>> = bands
            .into_par_iter()
            .map(|number| {
                let buckets = Band::new(number).buckets(sketches, among);
                let mut found = Vec::new();
                let compared = |same: &&[u32]| same.len() < OVERFULL || number < OVERFULL_BANDS;
                buckets
                    .each()
                    .filter(compared)
                    .for_each(|same| compare(same, &known, linked, &mut found));
                found
            })
            .collect();
        known.add(found);
    }
    known.pairs
}

/// Compares the sketches of a bucket.
fn compare(
    same: &[u32],
    known: &Known,
    linked: &impl Fn(u32, u32) -> bool,
    found: &mut Vec<(u32, u32)>,
) {
    let window = if same.len() > CROWDED { WINDOW } else { CROWDED };
    for (i, &a) in same.iter().enumerate().filter(|&(_, &a)| known.counts[a as usize] < ENOUGH) {
        let pairs = same[i + 1..].iter().take(window).map(|&b| (a.min(b), a.max(b)));
        found.extend(
            pairs.filter(|&(a, b)| linked(a, b) && !known.contains(a, b)).take(ENOUGH as usize),
        );
    }
}

/// The pairs found so far.
struct Known {
    /// In order.
    pairs: Vec<(u32, u32)>,
    /// The number of pairs of each sketch.
    counts: Vec<u32>,
    /// The first position in `pairs` of those whose first sketch it is, for each sketch.
    starts: Vec<u32>,
}

impl Known {
    fn contains(&self, a: u32, b: u32) -> bool {
        let own = self.starts[a as usize] as usize..self.starts[a as usize + 1] as usize;
        self.pairs[own].binary_search(&(a, b)).is_ok()
    }

    fn add(&mut self, found: Vec<Vec<(u32, u32)>>) {
        if found.iter().all(Vec::is_empty) {
            return;
        }
        self.pairs.extend(found.into_iter().flatten());
        // What was there is in order already, which this sort makes use of.
        self.pairs.sort();
        self.pairs.dedup();
        self.counts.fill(0);
        self.starts.fill(0);
        for &(a, b) in &self.pairs {
            self.counts[a as usize] += 1;
            self.counts[b as usize] += 1;
            self.starts[a as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
    }
}
