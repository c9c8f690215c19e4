//! Gradient-boosted trees: the probability of a yes from a row of numbers (Friedman 2001).
//!
//! The model file is text. `features` names the numbers of a row, `bias` is the score without a
//! tree, `least` the least probability of a yes. Each `tree` line lists its nodes, a node before
//! the two below it: `FEATURE<BOUND` with the yes branch first, or `=SCORE` for a leaf.
//!
//! A row does not walk down the trees: number by number it passes the bounds that it reaches, and
//! each takes the leaves of its yes branch away (QuickScorer, Lucchese and others 2015).

use crate::error::{Error, Result};

/// Trained trees.
#[derive(Debug, Default)]
pub struct Forest {
    features: Vec<String>,
    bias: f64,
    least: f64,
    /// The scores of all leaves, tree by tree, from the yes branch on.
    leaves: Vec<f32>,
    /// The first leaf of each tree.
    trees: Vec<usize>,
    /// The splits by each number of a row, bounds ascending.
    splits: Vec<Vec<Split>>,
}

/// A node that sends a row to its yes branch where a number is below the bound.
#[derive(Debug, Clone, Copy)]
struct Split {
    bound: f32,
    tree: u32,
    /// The leaves of the tree that are left where the number is not below the bound.
    others: LeafBits,
}

/// Leaves of a tree, the first one lowest.
type LeafBits = u64;
/// Most leaves of a tree.
const MAX_LEAVES: usize = LeafBits::BITS as usize;

impl Forest {
    /// Reads a model. `file` names it in errors.
    ///
    /// # Errors
    /// [`Error::Definition`] with the line that is not as described above.
    pub fn parse(file: &str, text: &str) -> Result<Forest> {
        let mut forest = Forest::default();
        for (i, line) in text.lines().enumerate() {
            forest.read_line(line).ok_or_else(|| Error::Definition {
                file: file.to_owned(),
                line: i + 1,
                reason: "no line of a model of trees".to_owned(),
            })?;
        }
        forest.splits.iter_mut().for_each(|s| s.sort_by(|a, b| a.bound.total_cmp(&b.bound)));
        Ok(forest)
    }

    fn read_line(&mut self, line: &str) -> Option<()> {
        let (name, rest) = line.split_once('\t').unwrap_or((line, ""));
        match name {
            "features" => {
                self.features = rest.split('\t').map(str::to_owned).collect();
                self.splits.resize(self.features.len(), Vec::new());
            }
            "bias" => self.bias = rest.parse().ok()?,
            "least" => self.least = rest.parse().ok()?,
            "tree" => {
                self.trees.push(self.leaves.len());
                let mut words = rest.split('\t');
                self.read_node(&mut words, 0)?;
                return words.next().is_none().then_some(());
            }
            _ => return (line.is_empty() || line.starts_with('#')).then_some(()),
        }
        Some(())
    }

    /// Deepest tree.
    const MAX_DEPTH: usize = MAX_LEAVES;

    fn read_node<'t>(
        &mut self,
        words: &mut impl Iterator<Item = &'t str>,
        depth: usize,
    ) -> Option<()> {
        let word = words.next()?;
        let first = *self.trees.last()?;
        if let Some(score) = word.strip_prefix('=') {
            self.leaves.push(score.parse().ok()?);
            return (self.leaves.len() - first <= MAX_LEAVES).then_some(());
        }
        if depth == Forest::MAX_DEPTH {
            return None;
        }
        let (feature, bound) = word.split_once('<')?;
        let feature = self.features.iter().position(|f| f == feature)?;
        let bound = bound.parse().ok()?;
        let before = self.leaves.len() - first;
        self.read_node(words, depth + 1)?;
        let yes = self.leaves.len() - first - before;
        let others = !((LeafBits::MAX >> (MAX_LEAVES - yes)) << before);
        let tree = self.trees.len() as u32 - 1;
        self.splits[feature].push(Split { bound, tree, others });
        self.read_node(words, depth + 1)
    }

    /// The names of the numbers of a row.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// The least probability of a yes, chosen by cross-validation.
    pub fn least(&self) -> f64 {
        self.least
    }

    /// True if the model has no tree and so cannot decide.
    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// The probability of a yes. A number that is missing from the end of `row` counts as 0.
    pub fn probability(&self, row: &[f32]) -> f64 {
        let mut left = vec![LeafBits::MAX; self.trees.len()];
        let numbers = row.iter().copied().chain(std::iter::repeat(0.0));
        for (splits, number) in self.splits.iter().zip(numbers) {
            for split in splits.iter().take_while(|s| s.bound <= number) {
                left[split.tree as usize] &= split.others;
            }
        }
        let reached = self.trees.iter().zip(&left);
        let scores =
            reached.map(|(first, left)| self.leaves[first + left.trailing_zeros() as usize]);
        let score: f64 = scores.map(f64::from).sum();
        1.0 / (1.0 + (-(score + self.bias)).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_its_way_through_every_tree() {
        let text = "# note\nfeatures\ta\tb\nbias\t-1\nleast\t0.5\n\
                    tree\ta<2\tb<0.5\t=1\t=2\t=4\ntree\t=0.5\n";
        let forest = Forest::parse("attribution.model", text).unwrap();
        let score = |row: &[f32]| {
            let p = forest.probability(row);
            (p / (1.0 - p)).ln()
        };
        assert!((score(&[1.0, 0.0]) - 0.5).abs() < 1e-6);
        assert!((score(&[1.0, 1.0]) - 1.5).abs() < 1e-6);
        assert!((score(&[2.0]) - 3.5).abs() < 1e-6);
    }

    #[test]
    fn a_tree_that_ends_early_is_an_error() {
        for tree in ["a<2\t=1", "c<2\t=1\t=2", "=1\t=2", "a<2\t=1\tx"] {
            let text = format!("features\ta\tb\ntree\t{tree}\n");
            assert!(Forest::parse("attribution.model", &text).is_err(), "{tree}");
        }
    }
}
