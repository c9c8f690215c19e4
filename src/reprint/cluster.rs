//! From pairs to groups that do not drift.
//!
//! The most alike pairs come first. The groups that a pair would join are joined where at least
//! half of all pairs between them are reprints. So a chain (A like B, B like C, C like D, all
//! others unlike) breaks, and a digest that holds three short items does not make one group of
//! them. Links counted as all or nothing, this is average linkage (Sokal, Michener 1958) in the
//! order of single linkage. Of large groups, the links of a sample are counted.

use super::leaders::spread;

/// Members of a group whose links are counted. Groups of news seldom have more.
const SAMPLE: usize = 16;

/// Sorts `nodes` nodes into groups, all of them, each in order. `large` are groups from the
/// beginning, `pairs` has pairs of reprints, the most alike first, and `linked` tells if two nodes
/// are reprints.
pub(super) fn clusters(
    nodes: usize,
    large: Vec<Vec<u32>>,
    pairs: &[(u32, u32)],
    linked: impl Fn(u32, u32) -> bool,
) -> Vec<Vec<u32>> {
    let mut home: Vec<u32> = (0..nodes as u32).collect();
    let mut groups: Vec<Vec<u32>> = home.iter().map(|&node| vec![node]).collect();
    for cluster in large {
        let first = cluster[0];
        cluster[1..].iter().for_each(|&node| groups[node as usize] = Vec::new());
        cluster.iter().for_each(|&node| home[node as usize] = first);
        groups[first as usize] = cluster;
    }
    for &(a, b) in pairs {
        let (mut a, mut b) = (home[a as usize] as usize, home[b as usize] as usize);
        if a == b || !half_linked(&groups[a], &groups[b], &linked) {
            continue;
        }
        if groups[a].len() < groups[b].len() {
            (a, b) = (b, a);
        }
        let smaller = std::mem::take(&mut groups[b]);
        smaller.iter().for_each(|&node| home[node as usize] = a as u32);
        groups[a].extend(smaller);
    }
    groups.retain(|group| !group.is_empty());
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable_by_key(|group| group[0]);
    groups
}

/// True if at least half of the pairs between two groups are reprints.
fn half_linked(a: &[u32], b: &[u32], linked: &impl Fn(u32, u32) -> bool) -> bool {
    let all = a.len().min(SAMPLE) * b.len().min(SAMPLE);
    let (mut links, mut left) = (0, all);
    for a in spread(a, SAMPLE) {
        links += spread(b, SAMPLE).filter(|&b| linked(a, b)).count();
        left -= b.len().min(SAMPLE);
        if 2 * links >= all || 2 * (links + left) < all {
            break;
        }
    }
    2 * links >= all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_pairs(nodes: usize, large: Vec<Vec<u32>>, pairs: &[(u32, u32)]) -> Vec<Vec<u32>> {
        clusters(nodes, large, pairs, |a, b| pairs.contains(&(a.min(b), a.max(b))))
    }

    #[test]
    fn a_chain_breaks() {
        assert_eq!(of_pairs(4, vec![], &[(0, 1), (1, 2), (2, 3)]), [vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn half_of_the_pairs_between_two_groups_join_them() {
        assert_eq!(of_pairs(4, vec![], &[(0, 1), (2, 3), (0, 2), (1, 3)]), [vec![0, 1, 2, 3]]);
        assert_eq!(of_pairs(4, vec![], &[(0, 1), (2, 3), (0, 2)]), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_large_cluster_is_a_group_from_the_beginning() {
        assert_eq!(
            of_pairs(5, vec![vec![1, 2, 3]], &[(0, 1), (0, 2)]),
            [vec![0, 1, 2, 3], vec![4]]
        );
        assert_eq!(of_pairs(5, vec![vec![1, 2, 3]], &[(0, 1)]), [vec![0], vec![1, 2, 3], vec![4]]);
    }

    #[test]
    fn who_has_no_pair_is_alone() {
        assert_eq!(of_pairs(2, vec![], &[]), [vec![0], vec![1]]);
    }
}
