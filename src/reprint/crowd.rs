//! Crowds: very many copies of one form, put together before pairs are looked for, since their
//! pairs have no number.
//!
//! In the first bands, whoever is in a crowded place is compared with the last few clusters that
//! stood there, and joins the first of which it reprints half: leader clustering (Hartigan 1975)
//! with several leaders. What becomes large this way is a crowd and goes on as a few of its
//! members; the small fall apart again and are left to candidate.rs and cluster.rs, so that an
//! archive without crowds is grouped as if this file did nothing.

use super::band::{Band, CROWDED};
use rayon::prelude::*;
use std::collections::VecDeque;

/// Bands in which crowds are looked for. Of the copies of a form, most are found in the first.
const BANDS: usize = 8;
/// The least that a crowd has.
const LEAST: usize = 32;
/// Clusters that a sketch is compared with.
const CLUSTERS: usize = 16;
/// Members of a cluster that a sketch is compared with, and that a crowd goes on as.
pub(super) const LEADERS: usize = 8;

/// The crowds among the sketches, each as places in `sketches` in order, and all places that go on:
/// those in no crowd, and a few of each crowd. `linked` says whether two places are reprints.
pub(super) fn crowds(
    sketches: &[super::Sketch],
    linked: &(impl Fn(u32, u32) -> bool + Sync),
) -> (Vec<Vec<u32>>, Vec<u32>) {
    let mut free: Vec<u32> = (0..sketches.len() as u32).collect();
    let mut crowds: Vec<Vec<u32>> = Vec::new();
    for band in (0..BANDS).map(Band::new) {
        let meetings = band.meet(sketches, &free);
        let crowded: Vec<&[u32]> = meetings.each().filter(|same| same.len() > CROWDED).collect();
        let found: Vec<Vec<Vec<u32>>> =
            crowded.into_par_iter().map(|same| among(same, linked)).collect();
        let before = crowds.len();
        crowds.extend(found.into_iter().flatten());
        let mut taken = vec![false; if crowds.len() > before { sketches.len() } else { 0 }];
        crowds[before..].iter().flatten().for_each(|&place| taken[place as usize] = true);
        if !taken.is_empty() {
            free.retain(|&place| !taken[place as usize]);
        }
    }
    crowds.iter_mut().for_each(|crowd| crowd.sort_unstable());
    free.extend(crowds.iter().flat_map(|crowd| spread(crowd, LEADERS)));
    free.sort_unstable();
    (crowds, free)
}

/// At most `most` of `all`, the first among them, the others at like distances.
pub(super) fn spread(all: &[u32], most: usize) -> impl Iterator<Item = u32> + Clone {
    let count = all.len().min(most);
    (0..count).map(move |i| all[i * all.len() / count])
}

/// The crowds among places that meet.
fn among(same: &[u32], linked: &impl Fn(u32, u32) -> bool) -> Vec<Vec<u32>> {
    let mut crowds = Vec::new();
    let mut recent: VecDeque<Vec<u32>> = VecDeque::with_capacity(CLUSTERS + 1);
    for &place in same {
        match recent.iter().position(|cluster| belongs(cluster, place, linked)) {
            Some(at) => {
                recent[at].push(place);
                recent.make_contiguous()[..=at].rotate_right(1);
            }
            None => {
                recent.push_front(vec![place]);
                crowds.extend(if recent.len() > CLUSTERS { recent.pop_back() } else { None });
            }
        }
        if crowds.last().is_some_and(|crowd| crowd.len() < LEAST) {
            crowds.pop();
        }
    }
    crowds.extend(recent);
    crowds.retain(|crowd| crowd.len() >= LEAST);
    crowds
}

/// Whether a place is linked to the first of a cluster, and to half of its leaders.
fn belongs(cluster: &[u32], place: u32, linked: &impl Fn(u32, u32) -> bool) -> bool {
    let leaders = &cluster[..cluster.len().min(LEADERS)];
    linked(leaders[0], place)
        && 2 * (1 + leaders[1..].iter().filter(|&&leader| linked(leader, place)).count())
            >= leaders.len()
}
