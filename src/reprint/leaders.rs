//! Leader clustering of very many copies of one form, done before pairs are looked for: the pairs
//! of such copies grow with the square of their number.
//!
//! In the first bands, each sketch of a crowded bucket is compared with the clusters last extended
//! there, and joins the first cluster of which it reprints half of the leaders: leader clustering
//! (Hartigan 1975) with several leaders. A cluster of [`LEAST`] sketches or more is large: only its
//! leaders take part in what follows. Smaller clusters are dissolved and left to candidate.rs and
//! cluster.rs, so that an archive without large clusters is grouped as if this file did nothing.

use super::lsh::{Band, CROWDED};
use rayon::prelude::*;
use std::collections::VecDeque;

/// Bands in which large clusters are looked for. The first band finds most copies of a form.
const BANDS: usize = 8;
/// Sketches in the smallest large cluster.
const LEAST: usize = 32;
/// Clusters of a bucket with which a sketch is compared.
const CLUSTERS: usize = 16;
/// Leaders of a cluster: the members with which a sketch is compared, and to which a large cluster
/// is reduced.
pub(super) const LEADERS: usize = 8;

/// The large clusters among the sketches, each as positions in `sketches` in ascending order, and
/// all positions that remain: those in no large cluster, and the leaders of each. `linked` tells if
/// the sketches at two positions are reprints.
pub(super) fn large_clusters(
    sketches: &[super::Sketch],
    linked: &(impl Fn(u32, u32) -> bool + Sync),
) -> (Vec<Vec<u32>>, Vec<u32>) {
    let mut free: Vec<u32> = (0..sketches.len() as u32).collect();
    let mut clusters: Vec<Vec<u32>> = Vec::new();
    for band in (0..BANDS).map(Band::new) {
        let buckets = band.buckets(sketches, &free);
        let crowded: Vec<&[u32]> = buckets.each().filter(|same| same.len() > CROWDED).collect();
        let found: Vec<Vec<Vec<u32>>> =
            crowded.into_par_iter().map(|same| among(same, linked)).collect();
        let before = clusters.len();
        clusters.extend(found.into_iter().flatten());
        let mut taken = vec![false; if clusters.len() > before { sketches.len() } else { 0 }];
        clusters[before..].iter().flatten().for_each(|&place| taken[place as usize] = true);
        if !taken.is_empty() {
            free.retain(|&place| !taken[place as usize]);
        }
    }
    clusters.iter_mut().for_each(|cluster| cluster.sort_unstable());
    free.extend(clusters.iter().flat_map(|cluster| spread(cluster, LEADERS)));
    free.sort_unstable();
    (clusters, free)
}

/// At most `most` of `all`, the first included, the others evenly spaced.
pub(super) fn spread(all: &[u32], most: usize) -> impl Iterator<Item = u32> + Clone {
    let count = all.len().min(most);
    (0..count).map(move |i| all[i * all.len() / count])
}

/// The large clusters among the sketches of one bucket.
fn among(same: &[u32], linked: &impl Fn(u32, u32) -> bool) -> Vec<Vec<u32>> {
    let mut large = Vec::new();
    let mut recent: VecDeque<Vec<u32>> = VecDeque::with_capacity(CLUSTERS + 1);
    for &place in same {
        match recent.iter().position(|cluster| belongs(cluster, place, linked)) {
            Some(at) => {
                recent[at].push(place);
                recent.make_contiguous()[..=at].rotate_right(1);
            }
            None => {
                recent.push_front(vec![place]);
                large.extend(if recent.len() > CLUSTERS { recent.pop_back() } else { None });
            }
        }
        if large.last().is_some_and(|cluster| cluster.len() < LEAST) {
            large.pop();
        }
    }
    large.extend(recent);
    large.retain(|cluster| cluster.len() >= LEAST);
    large
}

/// True if the sketch is linked to the first leader of a cluster, and to half of all leaders.
fn belongs(cluster: &[u32], place: u32, linked: &impl Fn(u32, u32) -> bool) -> bool {
    let leaders = &cluster[..cluster.len().min(LEADERS)];
    linked(leaders[0], place)
        && 2 * (1 + leaders[1..].iter().filter(|&&leader| linked(leader, place)).count())
            >= leaders.len()
}
