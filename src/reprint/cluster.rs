//! From pairs to groups that do not drift.
//!
//! The most alike pairs come first. The groups that a pair would join are joined where at least half of all pairs
//! between them are reprints. So a chain (A like B, B like C, C like D, all others unlike) breaks, and a digest that
//! holds three short items does not make one group of them. Links counted as all or nothing, this is average linkage
//! (Sokal, Michener 1958) in the order of single linkage.

use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Sorts `nodes` nodes into groups, all of them, each in order. `pairs` has each pair of reprints once, the most alike first.
pub(super) fn clusters(nodes: usize, pairs: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let mut clusters: Vec<Cluster> = (0..nodes as u32).map(Cluster::of).collect();
    for &(a, b) in pairs {
        clusters[a as usize].links.insert(b, 1);
        clusters[b as usize].links.insert(a, 1);
    }
    let mut home: Vec<u32> = (0..nodes as u32).collect();
    for &(a, b) in pairs {
        let (mut a, mut b) = (home[a as usize], home[b as usize]);
        if a == b {
            continue;
        }
        if clusters[a as usize].weight() < clusters[b as usize].weight() {
            (a, b) = (b, a);
        }
        let links = u64::from(clusters[a as usize].links.get(&b).copied().unwrap_or(0));
        let all = clusters[a as usize].nodes.len() as u64 * clusters[b as usize].nodes.len() as u64;
        if 2 * links >= all {
            join(&mut clusters, a, b);
            clusters[a as usize].nodes.iter().for_each(|&node| home[node as usize] = a);
        }
    }
    let mut groups: Vec<Vec<u32>> = clusters.into_iter().map(|cluster| cluster.nodes).collect();
    groups.retain(|group| !group.is_empty());
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups
}

/// A group in the making.
struct Cluster {
    nodes: Vec<u32>,
    /// How many pairs there are between this cluster and others.
    links: HashMap<u32, u32, FixedState>,
}

impl Cluster {
    fn of(node: u32) -> Cluster {
        Cluster { nodes: vec![node], links: HashMap::default() }
    }

    /// What joining it to another one costs.
    fn weight(&self) -> usize {
        self.nodes.len() + self.links.len()
    }
}

/// Puts all of `b` into `a`.
fn join(clusters: &mut [Cluster], a: u32, b: u32) {
    let Cluster { nodes, links } = std::mem::replace(&mut clusters[b as usize], Cluster::of(b));
    clusters[b as usize].nodes.clear();
    clusters[a as usize].nodes.extend(nodes);
    clusters[a as usize].links.remove(&b);
    for (other, count) in links.into_iter().filter(|&(other, _)| other != a) {
        *clusters[a as usize].links.entry(other).or_default() += count;
        let back = &mut clusters[other as usize].links;
        back.remove(&b);
        *back.entry(a).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::clusters;

    #[test]
    fn a_chain_breaks() {
        assert_eq!(clusters(4, &[(0, 1), (1, 2), (2, 3)]), [vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn half_of_the_pairs_between_two_groups_join_them() {
        assert_eq!(clusters(4, &[(0, 1), (2, 3), (0, 2), (1, 3)]), [vec![0, 1, 2, 3]]);
        assert_eq!(clusters(4, &[(0, 1), (2, 3), (0, 2)]), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn who_has_no_pair_is_alone() {
        assert_eq!(clusters(2, &[]), [vec![0], vec![1]]);
    }
}
