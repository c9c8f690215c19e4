//! Learns gradient-boosted trees with logistic loss over binned numbers (Friedman 2001; the growth
//! by the best leaf is that of LightGBM, Ke et al. 2017).
//!
//! The sums of a number run in a fixed order on one thread, and of equal splits the first number's
//! is taken, so the same rows give the same trees.

use rayon::prelude::*;
use std::fmt::Write;

/// How to learn.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub trees: usize,
    pub leaves: usize,
    pub rate: f64,
    /// Least rows of a leaf.
    pub least: usize,
    /// Penalty on the scores of leaves.
    pub l2: f64,
}

/// Most bins of a number.
const BINS: usize = 64;

/// Trees as learnt.
pub struct Learnt {
    names: Vec<&'static str>,
    bias: f64,
    trees: Vec<Tree>,
}

enum Tree {
    Leaf(f64),
    Split { feature: usize, bound: f32, below: Box<Tree>, otherwise: Box<Tree> },
}

impl Tree {
    fn score(&self, row: &[f32]) -> f64 {
        match self {
            Tree::Leaf(score) => *score,
            Tree::Split { feature, bound, below, otherwise } => {
                if row[*feature] < *bound {
                    below.score(row)
                } else {
                    otherwise.score(row)
                }
            }
        }
    }

    fn write(&self, names: &[&str], out: &mut String) {
        match self {
            Tree::Leaf(score) => {
                let _ = write!(out, "\t={score:.5}");
            }
            Tree::Split { feature, bound, below, otherwise } => {
                let _ = write!(out, "\t{}<{bound}", names[*feature]);
                below.write(names, out);
                otherwise.write(names, out);
            }
        }
    }
}

impl Learnt {
    /// The model as text.
    pub fn text(&self, least: f64, comment: &str) -> String {
        let mut text = String::new();
        for line in comment.lines() {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "features\t{}", self.names.join("\t"));
        let _ = writeln!(text, "bias\t{:.5}\nleast\t{least}", self.bias);
        for tree in &self.trees {
            text.push_str("tree");
            tree.write(&self.names, &mut text);
            text.push('\n');
        }
        text
    }
}

fn sigmoid(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// Learns trees that tell the rows with a yes from the others.
pub fn learn(names: &[&'static str], rows: &[&[f32]], yes: &[bool], options: Options) -> Learnt {
    let bins: Vec<Vec<f32>> = (0..names.len()).map(|f| bounds(rows, f)).collect();
    let bin = |(f, bounds): (usize, &Vec<f32>)| -> Vec<u8> {
        rows.iter().map(|row| bounds.partition_point(|x| *x <= row[f]) as u8).collect()
    };
    let binned: Vec<Vec<u8>> = bins.iter().enumerate().map(bin).collect();
    let share = yes.iter().filter(|y| **y).count() as f64 / yes.len().max(1) as f64;
    let bias = (share.clamp(1e-6, 1.0 - 1e-6) / (1.0 - share.clamp(1e-6, 1.0 - 1e-6))).ln();
    let mut scores = vec![bias; rows.len()];
    let mut learnt = Learnt { names: names.to_vec(), bias, trees: Vec::new() };
    for _ in 0..options.trees {
        let (mut gradient, mut curvature) = (Vec::new(), Vec::new());
        for (score, yes) in scores.iter().zip(yes) {
            let p = sigmoid(*score);
            gradient.push(p - f64::from(u8::from(*yes)));
            curvature.push((p * (1.0 - p)).max(1e-9));
        }
        let grower = Grower { binned: &binned, bins: &bins, gradient, curvature, options };
        let tree = grower.grow();
        for (score, row) in scores.iter_mut().zip(rows) {
            *score += tree.score(row);
        }
        learnt.trees.push(tree);
    }
    learnt
}

/// The bounds between the bins of a number.
fn bounds(rows: &[&[f32]], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|r| r[feature]).collect();
    values.sort_by(f32::total_cmp);
    let mut found: Vec<f32> = Vec::new();
    let step = (values.len() / BINS).max(1);
    let mut since = 0;
    for pair in values.windows(2) {
        since += 1;
        let left = values.len();
        let few = left < BINS * 2;
        if pair[0] < pair[1] && (since >= step || few || distinct_small(&values)) {
            let bound = (pair[0] + pair[1]) / 2.0;
            // Only what a decimal number of few digits holds, so that the text is exact.
            let rounded = (bound * 100.0).round() / 100.0;
            found.push(if rounded > pair[0] && rounded <= pair[1] { rounded } else { pair[1] });
            since = 0;
        }
    }
    found.truncate(254);
    found
}

/// True if there are few different values, so that each may have a bin.
fn distinct_small(sorted: &[f32]) -> bool {
    sorted.windows(2).filter(|p| p[0] < p[1]).take(BINS + 1).count() <= BINS
}

/// A leaf that may be split.
struct Leaf {
    rows: Vec<u32>,
    split: Option<Split>,
    /// Its place in the arena of the tree.
    node: usize,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    feature: usize,
    bin: usize,
}

enum Draft {
    Leaf(f64),
    Split { feature: usize, bound: f32, below: usize, otherwise: usize },
}

struct Grower<'a> {
    /// The bin of each row, by number.
    binned: &'a [Vec<u8>],
    bins: &'a [Vec<f32>],
    gradient: Vec<f64>,
    curvature: Vec<f64>,
    options: Options,
}

impl Grower<'_> {
    fn grow(&self) -> Tree {
        let all: Vec<u32> = (0..self.gradient.len() as u32).collect();
        let mut arena = vec![Draft::Leaf(self.value(&all))];
        let mut leaves = vec![Leaf { split: self.best(&all), rows: all, node: 0 }];
        while leaves.len() < self.options.leaves {
            let gain = |l: &Leaf| l.split.map_or(0.0, |s| s.gain);
            let Some(at) = (0..leaves.len())
                .filter(|&i| gain(&leaves[i]) > 1e-6)
                .max_by(|&a, &b| gain(&leaves[a]).total_cmp(&gain(&leaves[b])).then(b.cmp(&a)))
            else {
                break;
            };
            let leaf = leaves.swap_remove(at);
            let Some(split) = leaf.split else { break };
            let (below, otherwise): (Vec<u32>, Vec<u32>) = leaf
                .rows
                .iter()
                .partition(|&&r| usize::from(self.binned[split.feature][r as usize]) <= split.bin);
            let bound = self.bins[split.feature][split.bin];
            let (b, o) = (arena.len(), arena.len() + 1);
            arena.push(Draft::Leaf(self.value(&below)));
            arena.push(Draft::Leaf(self.value(&otherwise)));
            arena[leaf.node] =
                Draft::Split { feature: split.feature, bound, below: b, otherwise: o };
            leaves.push(Leaf { split: self.best(&below), rows: below, node: b });
            leaves.push(Leaf { split: self.best(&otherwise), rows: otherwise, node: o });
        }
        tree(&arena, 0)
    }

    fn value(&self, rows: &[u32]) -> f64 {
        let (mut g, mut h) = (0.0, 0.0);
        for &r in rows {
            g += self.gradient[r as usize];
            h += self.curvature[r as usize];
        }
        -self.options.rate * g / (h + self.options.l2)
    }

    fn best(&self, rows: &[u32]) -> Option<Split> {
        if rows.len() < 2 * self.options.least {
            return None;
        }
        let best = |a: Split, b: Split| {
            let better = (b.gain, a.feature) > (a.gain, b.feature);
            if better { b } else { a }
        };
        let splits = (0..self.bins.len()).into_par_iter().filter_map(|f| self.best_of(f, rows));
        splits.reduce_with(best)
    }

    /// The best split by one number, the lowest of equals.
    fn best_of(&self, feature: usize, rows: &[u32]) -> Option<Split> {
        let mut sums = [(0.0f64, 0.0f64, 0usize); 256];
        for &r in rows {
            let sum = &mut sums[usize::from(self.binned[feature][r as usize])];
            sum.0 += self.gradient[r as usize];
            sum.1 += self.curvature[r as usize];
            sum.2 += 1;
        }
        let total = sums.iter().fold((0.0, 0.0), |t, s| (t.0 + s.0, t.1 + s.1));
        let score = |g: f64, h: f64| g * g / (h + self.options.l2);
        let (mut g, mut h, mut n) = (0.0, 0.0, 0);
        let mut best: Option<Split> = None;
        for (bin, sum) in sums.iter().enumerate().take(self.bins[feature].len()) {
            g += sum.0;
            h += sum.1;
            n += sum.2;
            if n < self.options.least || rows.len() - n < self.options.least {
                continue;
            }
            let gain = score(g, h) + score(total.0 - g, total.1 - h) - score(total.0, total.1);
            if best.is_none_or(|b| gain > b.gain) {
                best = Some(Split { gain, feature, bin });
            }
        }
        best
    }
}

fn tree(arena: &[Draft], at: usize) -> Tree {
    match arena[at] {
        // As the text has it, so that training and inference agree.
        Draft::Leaf(score) => Tree::Leaf((score * 1e5).round() / 1e5),
        Draft::Split { feature, bound, below, otherwise } => Tree::Split {
            feature,
            bound,
            below: Box::new(tree(arena, below)),
            otherwise: Box::new(tree(arena, otherwise)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jianbao::quote::learned::forest::Forest;

    #[test]
    fn trees_learn_what_no_single_number_tells() {
        // Yes where exactly one of two numbers is large.
        let rows: Vec<Vec<f32>> =
            (0..400).map(|i| vec![(i % 20) as f32, (i / 20) as f32, (i % 7) as f32]).collect();
        let yes: Vec<bool> = rows.iter().map(|r| (r[0] < 8.0) != (r[1] < 12.0)).collect();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let options = Options { trees: 40, leaves: 6, rate: 0.2, least: 5, l2: 1.0 };
        let text = learn(&["a", "b", "c"], &rows, &yes, options).text(0.5, "");
        let forest = Forest::parse("attribution.model", &text).unwrap();
        let right = rows.iter().zip(&yes).filter(|(r, y)| (forest.probability(r) > 0.5) == **y);
        assert!(right.count() > 390);
        assert_eq!(text, learn(&["a", "b", "c"], &rows, &yes, options).text(0.5, ""));
    }
}
