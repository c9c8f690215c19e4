//! Gradient-boosted trees: the probability of a yes from a row of numbers (Friedman 2001).
//!
//! The model file is text. `features` names the numbers of a row, `bias` is the score without a
//! tree, `least` the least probability of a yes. Each `tree` line lists its nodes, a node before
//! the two below it: `FEATURE<BOUND` with the yes branch first, or `=SCORE` for a leaf.

use crate::error::{Error, Result};

/// Trained trees.
#[derive(Debug, Default)]
pub struct Forest {
    features: Vec<String>,
    bias: f64,
    least: f64,
    nodes: Vec<Node>,
    /// The first node of each tree.
    roots: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Node {
    Leaf(f32),
    /// The node after it where the number is below the bound, else the one named.
    Split {
        feature: usize,
        bound: f32,
        otherwise: usize,
    },
}

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
        Ok(forest)
    }

    fn read_line(&mut self, line: &str) -> Option<()> {
        let (name, rest) = line.split_once('\t').unwrap_or((line, ""));
        match name {
            "features" => self.features = rest.split('\t').map(str::to_owned).collect(),
            "bias" => self.bias = rest.parse().ok()?,
            "least" => self.least = rest.parse().ok()?,
            "tree" => {
                self.roots.push(self.nodes.len());
                let mut words = rest.split('\t');
                self.read_node(&mut words, 0)?;
                return words.next().is_none().then_some(());
            }
            _ => return (line.is_empty() || line.starts_with('#')).then_some(()),
        }
        Some(())
    }

    /// Deepest tree.
    const MAX_DEPTH: usize = 64;

    fn read_node<'t>(
        &mut self,
        words: &mut impl Iterator<Item = &'t str>,
        depth: usize,
    ) -> Option<()> {
        let word = words.next()?;
        let at = self.nodes.len();
        if let Some(score) = word.strip_prefix('=') {
            self.nodes.push(Node::Leaf(score.parse().ok()?));
            return Some(());
        }
        if depth == Forest::MAX_DEPTH {
            return None;
        }
        let (feature, bound) = word.split_once('<')?;
        let feature = self.features.iter().position(|f| f == feature)?;
        let bound = bound.parse().ok()?;
        self.nodes.push(Node::Leaf(0.0));
        self.read_node(words, depth + 1)?;
        self.nodes[at] = Node::Split { feature, bound, otherwise: self.nodes.len() };
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
        self.roots.is_empty()
    }

    /// The probability of a yes. A number that is missing from the end of `row` counts as 0.
    pub fn probability(&self, row: &[f32]) -> f64 {
        let score: f64 = self.roots.iter().map(|&root| f64::from(self.leaf(root, row))).sum();
        1.0 / (1.0 + (-(score + self.bias)).exp())
    }

    fn leaf(&self, root: usize, row: &[f32]) -> f32 {
        let mut at = root;
        loop {
            match self.nodes[at] {
                Node::Leaf(score) => return score,
                Node::Split { feature, bound, otherwise } => {
                    let number = row.get(feature).copied().unwrap_or(0.0);
                    at = if number < bound { at + 1 } else { otherwise };
                }
            }
        }
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
