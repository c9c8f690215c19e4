//! Which pairs of sketches are reprints: those that agree in some band are compared, all others are not.
//!
//! Locality-sensitive hashing (Indyk, Motwani 1998): a band is a few bins, and two sketches meet in it where all of
//! these agree. Whether two sketches meet depends on the two alone.

use super::sketch::{BINS, Sketch, mix};
use rayon::prelude::*;

/// Bins in a band; 4 of 4 bits make keys of 16 bits.
const ROWS: usize = 4;
/// Bands. With 128, texts of a resemblance of 0.5 meet with a probability above 0.999, of 0.4 above 0.97, of 0.3 above 0.8.
const BANDS: usize = 128;
/// Bands looked at between two clearings of repeated pairs.
const AT_ONCE: usize = 16;
/// In a band, a sketch is compared with so many of those after it, so that a million bulletins of one form take a
/// bounded time. In a band of unlike articles, a million make groups of 15.
const WINDOW: usize = 256;

/// The pairs of sketches of which one reprints the other, as places in `sketches`, in order and each once.
///
/// The sketches must be sorted and different from each other; then the answer depends on their set alone.
pub(super) fn reprints(sketches: &[Sketch]) -> Vec<(u32, u32)> {
    let bands: Vec<[usize; ROWS]> = (0..BANDS).map(band).collect();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for bands in bands.chunks(AT_ONCE) {
        let found: Vec<Vec<(u32, u32)>> = bands.par_iter().map(|band| meetings(sketches, band)).collect();
        pairs.extend(found.into_iter().flatten());
        pairs.sort_unstable();
        pairs.dedup();
    }
    pairs
}

/// The bins of a band: different ones, picked without pattern, the same for all time.
fn band(number: usize) -> [usize; ROWS] {
    let mut bins = [usize::MAX; ROWS];
    let mut state = mix(number as u64 + 1);
    for row in 0..ROWS {
        while bins[row] == usize::MAX {
            state = mix(state.wrapping_add(1));
            let bin = (state % BINS as u64) as usize;
            if !bins[..row].contains(&bin) {
                bins[row] = bin;
            }
        }
    }
    bins
}

/// The reprints among the sketches that agree in one band.
fn meetings(sketches: &[Sketch], band: &[usize; ROWS]) -> Vec<(u32, u32)> {
    let key = |sketch: &Sketch| band.iter().fold(0u16, |key, &bin| key << 4 | sketch.bin(bin));
    let keys: Vec<u16> = sketches.iter().map(key).collect();
    // Counting sort: those of one key become neighbours and stay in order.
    let mut ends = vec![0u32; 1 << 16];
    keys.iter().for_each(|&key| ends[usize::from(key)] += 1);
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum - *end;
    }
    let mut sorted = vec![0u32; sketches.len()];
    for (place, &key) in keys.iter().enumerate() {
        let end = &mut ends[usize::from(key)];
        sorted[*end as usize] = place as u32;
        *end += 1;
    }
    let mut found = Vec::new();
    for same in sorted.chunk_by(|&a, &b| keys[a as usize] == keys[b as usize]).filter(|same| same.len() > 1) {
        for (i, &a) in same.iter().enumerate() {
            let first = &sketches[a as usize];
            let later = same[i + 1..].iter().take(WINDOW);
            found.extend(later.filter(|&&b| first.reprints(&sketches[b as usize])).map(|&b| (a, b)));
        }
    }
    found
}
