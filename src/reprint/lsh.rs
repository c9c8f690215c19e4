//! Locality-sensitive hashing: the pairs of sketches that are worth comparing. Comparing them is
//! the job of leaders.rs and candidate.rs.
//!
//! A band is a few bins, and two sketches fall into one bucket of it where all of these agree
//! (Indyk, Motwani 1998). The sketches of a crowded bucket are sorted by further bins, so that
//! neighbours agree in more of them: LSH forest (Bawa, Condie, Ganesan 2005).

use super::minhash::{BINS, Sketch, mix};

/// Bins in a band; 4 of 4 bits make keys of 16 bits.
const ROWS: usize = 4;
/// Bands. With 128, texts of a resemblance of 0.5 share a bucket with a probability above 0.999, of
/// 0.4 above 0.97, of 0.3 above 0.8.
pub(super) const BANDS: usize = 128;
/// A bucket with more sketches is crowded. Of a million unlike articles, a bucket has 15.
pub(super) const CROWDED: usize = 64;
/// Fewer sketches are sorted by comparison instead of by counting.
const FEW: usize = 1 << 14;

/// A few different bins, picked pseudo-randomly by the band's number; the choice never changes.
pub(super) struct Band {
    number: usize,
    bins: [usize; ROWS],
}

impl Band {
    /// The band with this number, from 0 to [`BANDS`].
    pub(super) fn new(number: usize) -> Band {
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
        Band { number, bins }
    }

    /// The buckets of this band, of the sketches whose positions are in `among`. A bucket of more
    /// than [`CROWDED`] is sorted by further bins.
    pub(super) fn buckets(&self, sketches: &[Sketch], among: &[u32]) -> Buckets {
        let key = |place: &u32| {
            self.bins.iter().fold(0, |key, &bin| key << 4 | sketches[*place as usize].bin(bin))
        };
        let keys: Vec<u16> = among.iter().map(key).collect();
        let (places, ends) =
            if among.len() < FEW { compared(among, &keys) } else { counted(among, &keys) };
        let mut buckets = Buckets { places, ends };
        buckets
            .each_mut()
            .filter(|same| same.len() > CROWDED)
            .for_each(|same| self.order(sketches, same));
        buckets
    }

    /// Sorts positions by further bins.
    fn order(&self, sketches: &[Sketch], places: &mut [u32]) {
        let further = |place: u32| sketches[place as usize].further_bins(self.number);
        let mut order: Vec<(u32, u32)> =
            places.iter().map(|&place| (further(place), place)).collect();
        order.sort_unstable();
        places.iter_mut().zip(order).for_each(|(to, (_, place))| *to = place);
    }
}

/// Sorts positions by their keys and gives the end of each key. Positions of one key stay in order.
fn compared(among: &[u32], keys: &[u16]) -> (Vec<u32>, Vec<u32>) {
    let mut order: Vec<(u16, u32)> = keys.iter().copied().zip(among.iter().copied()).collect();
    order.sort_unstable();
    let same = order.chunk_by(|(a, _), (b, _)| a == b);
    let ends = same.scan(0, |end, same| {
        *end += same.len() as u32;
        Some(*end)
    });
    (order.iter().map(|&(_, place)| place).collect(), ends.collect())
}

/// Does the same by counting sort, in time linear in the number of keys.
fn counted(among: &[u32], keys: &[u16]) -> (Vec<u32>, Vec<u32>) {
    let mut ends = vec![0u32; 1 << 16];
    keys.iter().for_each(|&key| ends[usize::from(key)] += 1);
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum - *end;
    }
    let mut places = vec![0u32; among.len()];
    for (&place, &key) in among.iter().zip(keys) {
        let end = &mut ends[usize::from(key)];
        places[*end as usize] = place;
        *end += 1;
    }
    ends.dedup();
    (places, ends)
}

/// The sketches, sorted by their keys in a band.
pub(super) struct Buckets {
    places: Vec<u32>,
    /// The end of each bucket in `places`, ascending.
    ends: Vec<u32>,
}

impl Buckets {
    /// Each bucket of at least two sketches.
    pub(super) fn each(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let all =
            starts.zip(&self.ends).map(|(start, &end)| &self.places[start as usize..end as usize]);
        all.filter(|same| same.len() > 1)
    }

    fn each_mut(&mut self) -> impl Iterator<Item = &mut [u32]> {
        let mut rest = self.places.as_mut_slice();
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let (same, after) = std::mem::take(&mut rest).split_at_mut((end - start) as usize);
            (rest, start) = (after, end);
            same
        })
    }
}
