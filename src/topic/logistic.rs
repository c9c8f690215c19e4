//! Multinomial logistic regression with a quadratic penalty, minimised by L-BFGS. One thread, no
//! randomness: the same rows give the same weights, bit for bit.
//!
//! The origin of the rows and the use of the weights are left to train.rs.

/// One row: the values of its first columns, then non-zero values of others.
#[derive(Debug, Clone, Default)]
pub(super) struct FeatureRow {
    pub dense: Vec<f32>,
    /// `(column, value)`; columns count from the first, dense one.
    pub sparse: Vec<(u32, f32)>,
}

/// Rows to learn from.
pub(super) struct Problem<'a> {
    pub rows: Vec<&'a FeatureRow>,
    /// For each row what it should say: `(label, share)`, shares sum to 1.
    pub targets: Vec<&'a [(usize, f32)]>,
    /// The weight of each row.
    pub importance: Vec<f32>,
    pub n_columns: usize,
    pub n_labels: usize,
}

/// Learnt weights, `n_labels` for each column, and a bias for each label.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub weights: Vec<f64>,
    pub bias: Vec<f64>,
}

/// Pairs of steps and gradient changes that L-BFGS remembers (Nocedal 1980; five to ten are usual).
const MEMORY: usize = 8;

/// The weights that minimise `cost` x log loss + half their squared length; at most `n_steps`
/// steps.
pub(super) fn fit(problem: &Problem, cost: f64, n_steps: usize) -> Fit {
    let size = (problem.n_columns + 1) * problem.n_labels;
    let mut at = vec![0.0f64; size];
    let (mut value, mut gradient) = problem.loss(&at, cost);
    let mut memory: Vec<(Vec<f64>, Vec<f64>, f64)> = Vec::new();
    for _ in 0..n_steps {
        let direction = direction(&gradient, &memory);
        let slope = dot(&direction, &gradient);
        if slope >= -1e-9 * (1.0 + value.abs()) {
            break;
        }
        let mut step =
            if memory.is_empty() { 1.0 / dot(&gradient, &gradient).sqrt().max(1.0) } else { 1.0 };
        // Backtracking until the loss falls enough (Armijo's condition with the usual 1e-4).
        let next = (0..30).find_map(|_| {
            let there: Vec<f64> = at.iter().zip(&direction).map(|(a, d)| a + step * d).collect();
            let (loss, slope_there) = problem.loss(&there, cost);
            let good = loss <= value + 1e-4 * step * slope;
            step *= 0.5;
            good.then_some((there, loss, slope_there))
        });
        let Some((there, loss, gradient_there)) = next else { break };
        let moved: Vec<f64> = there.iter().zip(&at).map(|(a, b)| a - b).collect();
        let bent: Vec<f64> = gradient_there.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&moved, &bent);
        if curvature > 1e-12 {
            if memory.len() == MEMORY {
                memory.remove(0);
            }
            memory.push((moved, bent, curvature));
        }
        let fallen = value - loss;
        (at, value, gradient) = (there, loss, gradient_there);
        if fallen < 1e-7 * value.abs() {
            break;
        }
    }
    let bias = at.split_off(problem.n_columns * problem.n_labels);
    Fit { weights: at, bias }
}

impl FeatureRow {
    /// The scores of this row: bias plus weighted sum for each label.
    pub(super) fn scores(&self, weights: &[f64], bias: &[f64]) -> Vec<f64> {
        let width = bias.len();
        let mut sums = bias.to_vec();
        self.each(|column, value| {
            for (sum, weight) in sums.iter_mut().zip(&weights[column * width..(column + 1) * width])
            {
                *sum += value * weight;
            }
        });
        sums
    }

    fn each(&self, mut visit: impl FnMut(usize, f64)) {
        self.dense.iter().enumerate().for_each(|(i, &v)| visit(i, f64::from(v)));
        self.sparse.iter().for_each(|&(i, v)| visit(i as usize, f64::from(v)));
    }
}

impl Problem<'_> {
    /// The loss at `at` and its gradient.
    fn loss(&self, at: &[f64], cost: f64) -> (f64, Vec<f64>) {
        let width = self.n_labels;
        let (weights, bias) = at.split_at(self.n_columns * width);
        let mut gradient: Vec<f64> = weights.to_vec();
        gradient.extend(std::iter::repeat_n(0.0, width));
        let mut loss = 0.5 * dot(weights, weights);
        for ((row, targets), &importance) in
            self.rows.iter().zip(&self.targets).zip(&self.importance)
        {
            let mut scores = row.scores(weights, bias);
            let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let log_total = top + scores.iter().map(|s| (s - top).exp()).sum::<f64>().ln();
            let factor = cost * f64::from(importance);
            loss += factor
                * targets
                    .iter()
                    .map(|&(l, share)| f64::from(share) * (log_total - scores[l]))
                    .sum::<f64>();
            for score in &mut scores {
                *score = factor * (*score - log_total).exp();
            }
            for &(label, share) in *targets {
                scores[label] -= factor * f64::from(share);
            }
            row.each(|column, value| {
                for (g, s) in gradient[column * width..(column + 1) * width].iter_mut().zip(&scores)
                {
                    *g += value * s;
                }
            });
            for (g, s) in gradient[self.n_columns * width..].iter_mut().zip(&scores) {
                *g += s;
            }
        }
        (loss, gradient)
    }
}

/// L-BFGS's two-loop recursion: where to go from a point with this gradient.
fn direction(gradient: &[f64], memory: &[(Vec<f64>, Vec<f64>, f64)]) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut alphas = Vec::with_capacity(memory.len());
    for (moved, bent, curvature) in memory.iter().rev() {
        let alpha = dot(moved, &q) / curvature;
        q.iter_mut().zip(bent).for_each(|(q, b)| *q -= alpha * b);
        alphas.push(alpha);
    }
    if let Some((_, bent, curvature)) = memory.last() {
        let scale = curvature / dot(bent, bent);
        q.iter_mut().for_each(|q| *q *= scale);
    }
    for ((moved, bent, curvature), alpha) in memory.iter().zip(alphas.into_iter().rev()) {
        let beta = dot(bent, &q) / curvature;
        q.iter_mut().zip(moved).for_each(|(q, m)| *q += (alpha - beta) * m);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_what_can_be_separated() {
        let dense = |values: &[f32]| FeatureRow { dense: values.to_vec(), sparse: Vec::new() };
        let rows = [
            dense(&[1.0, 0.0]),
            dense(&[0.9, 0.1]),
            FeatureRow { dense: Vec::new(), sparse: vec![(1, 1.0)] },
        ];
        let targets = [vec![(0, 1.0)], vec![(0, 1.0)], vec![(1, 1.0)]];
        let problem = Problem {
            rows: rows.iter().collect(),
            targets: targets.iter().map(Vec::as_slice).collect(),
            importance: vec![1.0; 3],
            n_columns: 2,
            n_labels: 2,
        };
        let learnt = fit(&problem, 10.0, 50);
        for (row, target) in rows.iter().zip(&targets) {
            let scores = row.scores(&learnt.weights, &learnt.bias);
            assert!(scores[target[0].0] > scores[1 - target[0].0]);
        }
    }
}
