//! Groups of reprints (转载): the same text under other headers and tails, with small edits.
//!
//! minhash.rs makes a sketch of a body in a few bytes and compares two of them, lsh.rs finds those
//! worth comparing, leaders.rs clusters very many copies of one form, candidate.rs finds the pairs
//! that are reprints, cluster.rs makes groups of pairs without drifting, original.rs finds the
//! first article of a group, overlap.rs measures two texts exactly, difference.rs lists the changes
//! from one to the other, groups.rs answers who is in a group. All of it is pure: `update` stores
//! imprints and groups.
//!
//! Groups depend on the set of imprints alone, not on their order, on threads or on earlier groups.
//! After an article is removed, the remaining ones are grouped anew.

mod candidate;
mod cluster;
mod difference;
pub mod groups;
mod leaders;
mod lsh;
mod minhash;
mod original;
mod overlap;

pub use difference::{Difference, Edit, MOST_WORDS, difference};
pub use groups::Groups;
pub use minhash::Sketch;
pub use overlap::{Overlap, overlap};

use crate::article::{Article, ArticleId, Precision};
use crate::text::fold;
use rayon::prelude::*;
use std::cmp::Reverse;

/// Reprints follow within two weeks, in seconds. What comes back later is rather a form that is
/// filled in every month or every year (a session opens, a day is commemorated), unless it is
/// nearly the same.
const SOON: i64 = 14 * 86_400;
/// Resemblance from which a text that comes later than [`SOON`] is still a reprint.
const RESEMBLANCE_LATE: f32 = 0.8;

/// The data kept of an article to find its reprints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imprint {
    /// The article's number; unique among those that are grouped together.
    pub article: u64,
    /// The article's id.
    pub id: ArticleId,
    /// The time of publication, in seconds since 1970; `None` where that is not known to the day.
    pub date: Option<i64>,
    /// The outlet that it says had the text first.
    pub source: Option<Outlet>,
    /// The outlet that this copy is from.
    pub outlet: Option<Outlet>,
    /// Its body.
    pub sketch: Sketch,
}

impl Imprint {
    /// The imprint of `article`, known by the number `number`; `folded` is its body, folded, and
    /// `date` the article's in seconds since 1970.
    pub fn new(article: &Article, folded: &str, number: u64, date: Option<i64>) -> Imprint {
        let source = article.source.as_deref().and_then(Outlet::new);
        let known = article.date.as_ref().is_some_and(|d| d.precision >= Precision::Day);
        Imprint {
            article: number,
            id: article.id.clone(),
            date: date.filter(|_| known),
            source,
            outlet: article.reprinted_by.as_deref().and_then(Outlet::new).or(source),
            sketch: Sketch::of_folded(folded),
        }
    }
}

/// An outlet, as a hash of its name (folded, without spaces and dashes): the first 32 bits of
/// BLAKE3, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outlet(std::num::NonZeroU32);

impl Outlet {
    /// The outlet of this name; `None` where the name is empty.
    pub fn new(name: &str) -> Option<Outlet> {
        let key = fold::key(name);
        if key.is_empty() {
            return None;
        }
        let hash = blake3::hash(key.as_bytes());
        let [a, b, c, d, ..] = *hash.as_bytes();
        Outlet::from_bits(u32::from_le_bytes([a, b, c, d]).max(1))
    }

    /// The outlet of these bits; `None` for 0.
    pub fn from_bits(bits: u32) -> Option<Outlet> {
        std::num::NonZeroU32::new(bits).map(Outlet)
    }

    /// Its bits, never 0.
    pub fn bits(self) -> u32 {
        self.0.get()
    }
}

/// Groups the imprints of articles. Each group holds the places of its articles in `imprints`, at
/// least two, the original first and the others in the order in which they would be taken for it;
/// groups are in the order of their originals' numbers. It takes a bounded time and less than 1 KB
/// of memory for each article, however many are alike.
///
/// ```
/// use jianbao::article::ArticleId;
/// use jianbao::reprint::{Imprint, Sketch, group};
/// let text = "市图书馆昨日宣布，今年暑期将延长开放时间，周末夜场至晚上十点，读者可凭身份证免费入\
/// 馆阅览。";
/// let imprint = |article: u64, date| {
///     let (id, sketch) = (ArticleId::new(&article.to_string()), Sketch::new(text));
///     Imprint { article, id, date: Some(date), source: None, outlet: None, sketch }
/// };
/// assert_eq!(group(&[&imprint(1, 20), &imprint(2, 10)]), [vec![1, 0]]);
/// ```
pub fn group(imprints: &[&Imprint]) -> Vec<Vec<usize>> {
    let mut places: Vec<usize> =
        (0..imprints.len()).filter(|&i| imprints[i].sketch.length() > 0).collect();
    places.sort_unstable_by_key(|&i| (&imprints[i].sketch, imprints[i].article));
    // Articles with the same sketch stay together whatever else there is.
    let nodes: Vec<&[usize]> =
        places.chunk_by(|&a, &b| imprints[a].sketch == imprints[b].sketch).collect();
    let sketches: Vec<Sketch> = nodes.iter().map(|node| imprints[node[0]].sketch).collect();
    let times: Vec<Option<Times>> = nodes.iter().map(|node| Times::of(imprints, node)).collect();
    let linked = |a: u32, b: u32| {
        let (a, b) = (a as usize, b as usize);
        sketches[a].reprint_resemblance(&sketches[b]).is_some_and(|resemblance| {
            resemblance >= RESEMBLANCE_LATE
                || times[a].zip(times[b]).is_none_or(|(a, b)| a.apart(b) <= SOON)
        })
    };
    let (large, remaining) = leaders::large_clusters(&sketches, &linked);
    let mut pairs = candidate::pairs(&sketches, &remaining, &linked);
    let resemblance =
        |a: u32, b: u32| sketches[a as usize].resemblance(&sketches[b as usize]).to_bits();
    pairs.par_sort_unstable_by_key(|&(a, b)| (Reverse(resemblance(a, b)), a, b));
    let mut groups = Vec::new();
    for cluster in cluster::clusters(nodes.len(), large, &pairs, linked) {
        let mut members: Vec<usize> =
            cluster.iter().flat_map(|&node| nodes[node as usize]).copied().collect();
        if members.len() > 1 {
            original::sort(imprints, &mut members);
            groups.push(members);
        }
    }
    groups.sort_unstable_by_key(|group| imprints[group[0]].article);
    groups
}

/// The times at which the copies of one text were published.
#[derive(Clone, Copy)]
struct Times {
    first: i64,
    last: i64,
}

impl Times {
    /// Those of the dated ones among the articles at `places`.
    fn of(imprints: &[&Imprint], places: &[usize]) -> Option<Times> {
        let dates = || places.iter().filter_map(|&place| imprints[place].date);
        Some(Times { first: dates().min()?, last: dates().max()? })
    }

    /// Seconds between the two, 0 where they overlap.
    fn apart(self, other: Times) -> i64 {
        (self.first - other.last).max(other.first - self.last).max(0)
    }
}

#[cfg(test)]
mod tests;
