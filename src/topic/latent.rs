//! The directions in which the words of a large unlabelled corpus vary together (latent semantic
//! analysis, Deerwester et al. 1990), found by subspace iteration. A thousand labelled articles
//! know few words; through these directions they speak about all the words of the corpus.
//!
//! The use of the directions is left to train.rs. One thread and a fixed seed: the same rows
//! give the same basis.

use super::model::Vector;

/// An orthonormal basis of `n_directions` directions in the space of `n_features` words.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    /// `n_directions` values for each feature.
    values: Vec<f32>,
    n_directions: usize,
}

/// Rounds of subspace iteration. Four leave the leading directions stable (Halko, Martinsson and
/// Tropp 2011 use one to three).
const ROUNDS: usize = 4;

impl Basis {
    /// The `n_directions` leading directions of `rows`, vectors over `n_features` words.
    pub(super) fn of(rows: &[Vector], n_features: usize, n_directions: usize) -> Basis {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let values = (0..n_features * n_directions)
            .map(|_| {
                // xorshift64 (Marsaglia 2003) is random enough for a start.
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                (seed >> 40) as f32 / (1u32 << 23) as f32 - 1.0
            })
            .collect();
        let mut basis = Basis { values, n_directions };
        for _ in 0..ROUNDS {
            basis = basis.multiplied(rows);
            basis.orthonormalise();
        }
        basis
    }

    /// The directions' values of one article.
    pub(super) fn project(&self, row: &Vector) -> Vec<f32> {
        let mut sums = vec![0.0f32; self.n_directions];
        for &(feature, value) in &row.parts {
            sums.iter_mut().zip(self.of_feature(feature)).for_each(|(s, q)| *s += value * q);
        }
        sums
    }

    /// The directions' values of one word.
    pub(super) fn of_feature(&self, feature: u32) -> &[f32] {
        let at = feature as usize * self.n_directions;
        &self.values[at..at + self.n_directions]
    }

    /// Rows transposed times rows times the basis, one row at a time.
    fn multiplied(&self, rows: &[Vector]) -> Basis {
        let mut values = vec![0.0f32; self.values.len()];
        for row in rows {
            let image = self.project(row);
            for &(feature, value) in &row.parts {
                let at = feature as usize * self.n_directions;
                values[at..at + self.n_directions]
                    .iter_mut()
                    .zip(&image)
                    .for_each(|(v, i)| *v += value * i);
            }
        }
        Basis { values, n_directions: self.n_directions }
    }

    /// Makes the directions orthonormal: Cholesky factor of their Gram matrix, then back
    /// substitution. A direction that the others already span becomes zero.
    fn orthonormalise(&mut self) {
        let k = self.n_directions;
        let mut gram = vec![0.0f64; k * k];
        for row in self.values.chunks_exact(k) {
            for (i, &a) in row.iter().enumerate() {
                if a != 0.0 {
                    let line = &mut gram[i * k..i * k + i + 1];
                    line.iter_mut().zip(row).for_each(|(g, &b)| *g += f64::from(a) * f64::from(b));
                }
            }
        }
        let lower = cholesky(gram, k);
        for row in self.values.chunks_exact_mut(k) {
            for i in 0..k {
                let pivot = lower[i * k + i];
                let known: f64 = (0..i).map(|j| lower[i * k + j] * f64::from(row[j])).sum();
                row[i] =
                    if pivot > 0.0 { ((f64::from(row[i]) - known) / pivot) as f32 } else { 0.0 };
            }
        }
    }
}

/// The lower Cholesky factor of a symmetric matrix given by its lower half; columns that depend on
/// earlier ones are zero.
fn cholesky(mut m: Vec<f64>, k: usize) -> Vec<f64> {
    for i in 0..k {
        let diagonal = m[i * k + i];
        for j in 0..=i {
            let sum: f64 = (0..j).map(|p| m[i * k + p] * m[j * k + p]).sum();
            let left = m[i * k + j] - sum;
            m[i * k + j] = if i == j {
                if left > 1e-10 * diagonal.max(f64::MIN_POSITIVE) { left.sqrt() } else { 0.0 }
            } else if m[j * k + j] > 0.0 {
                left / m[j * k + j]
            } else {
                0.0
            };
        }
    }
    m
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_vary_together_share_a_direction() {
        let row = |parts: &[u32]| Vector { parts: parts.iter().map(|&f| (f, 0.5)).collect() };
        let rows = [row(&[0, 1]), row(&[0, 1]), row(&[1, 0]), row(&[2, 3]), row(&[2, 3])];
        let basis = Basis::of(&rows, 4, 2);
        let (a, b, c) = (basis.of_feature(0), basis.of_feature(1), basis.of_feature(2));
        let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(p, q)| p * q).sum::<f32>();
        assert!(dot(a, b) > 0.45 && dot(a, c).abs() < 1e-3);
    }

    #[test]
    fn more_directions_than_words_do_no_harm() {
        let rows = [Vector { parts: vec![(0, 1.0)] }];
        let basis = Basis::of(&rows, 2, 5);
        assert!(basis.project(&rows[0]).iter().all(|v| v.is_finite()));
    }
}
