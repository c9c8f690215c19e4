//! A linear model over the characters of a stretch of words, its features hashed into a table.
//!
//! The features are the characters, their pairs and the first words. The number of the model file
//! is the bias.

use crate::error::Result;
use crate::text::weights::WeightTable;

/// Binary logarithm of the number of features.
const BITS: u32 = 16;
/// The number of features that are told apart.
const FEATURES: usize = 1 << BITS;
/// Most characters that are read.
const MAX_CHARS: usize = 200;

/// A trained line; without a model every score is nought.
#[derive(Debug, Default)]
pub struct HashedLine(WeightTable);

impl HashedLine {
    /// Reads a model; no bytes at all are a line without one. `file` names it in errors.
    ///
    /// # Errors
    /// [`crate::error::Error::Definition`] where the length is another.
    pub fn read(file: &str, bytes: &[u8]) -> Result<HashedLine> {
        WeightTable::read(file, bytes, FEATURES).map(HashedLine)
    }

    /// The logarithm of the odds of `words`.
    pub fn score(&self, words: &str) -> f32 {
        let HashedLine(WeightTable { unit, number: bias, weights }) = self;
        if weights.is_empty() {
            return 0.0;
        }
        let mut sum = 0i32;
        let mut count = 0;
        features(words, &mut |feature| {
            sum += i32::from(weights[feature]);
            count += 1;
        });
        bias + sum as f32 * unit * scale(count)
    }
}

/// The rate of AdaGrad (Duchi, Hazan and Singer, 2011).
const RATE: f32 = 0.1;

/// The bytes of a model learnt from `examples` in their order, each with its answer, in so many
/// passes.
pub fn learn(examples: &[(&str, bool)], passes: usize) -> Vec<u8> {
    let mut weights = vec![0.0f32; FEATURES];
    let mut squares = vec![1e-6f32; FEATURES];
    let (mut bias, mut bias_squares) = (0.0f32, 1e-6f32);
    let mut hashes = Vec::new();
    for _ in 0..passes {
        for (words, answer) in examples {
            hashes.clear();
            features(words, &mut |feature| hashes.push(feature));
            let factor = scale(hashes.len());
            let sum: f32 = hashes.iter().map(|&feature| weights[feature]).sum();
            let probability = 1.0 / (1.0 + (-(bias + sum * factor)).exp());
            let gradient = probability - f32::from(u8::from(*answer));
            bias_squares += gradient * gradient;
            bias -= RATE * gradient / bias_squares.sqrt();
            let gradient = gradient * factor;
            for &feature in &hashes {
                squares[feature] += gradient * gradient;
                weights[feature] -= RATE * gradient / squares[feature].sqrt();
            }
        }
    }
    WeightTable::quantized(&weights, bias).to_bytes()
}

/// The factor of the weights of `count` features: long words are no surer than short ones.
fn scale(count: usize) -> f32 {
    1.0 / (count.max(1) as f32).sqrt()
}

/// Calls `emit` with each feature of `words`: a number below [`FEATURES`].
fn features(words: &str, emit: &mut dyn FnMut(usize)) {
    let mut add = |template: u32, values: [u32; 3]| {
        let mut hash = template.wrapping_mul(0x9e37_79b9) ^ 0x85eb_ca6b;
        for value in values {
            hash = (hash ^ value).wrapping_mul(0xcc9e_2d51);
            hash = (hash ^ (hash >> 15)).wrapping_mul(0x1b87_3593);
        }
        emit(((hash ^ (hash >> 13)).wrapping_mul(0x85eb_ca6b) >> (32 - BITS)) as usize);
    };
    let (mut last, mut earlier) = (0, 0);
    for (i, c) in words.chars().take(MAX_CHARS).enumerate() {
        let c = match c {
            c if c.is_ascii_digit() => '0',
            c if c.is_ascii_alphabetic() => 'a',
            c if c.is_whitespace() => ' ',
            c => c,
        } as u32;
        add(0, [c, 0, 0]);
        add(1, [last, c, 0]);
        if i == 2 {
            add(2, [earlier, last, c]);
        }
        if i == 1 {
            add(3, [last, c, 0]);
        }
        (earlier, last) = (last, c);
    }
    add(4, [earlier, last, 0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_it_was_shown() {
        let examples = [("要加快建设新桥", true), ("昨天上午雨停了", false)].repeat(20);
        let line = HashedLine::read("reported.model", &learn(&examples, 5)).unwrap();
        assert!(line.score("要加快建设公路") > 0.0);
        assert!(line.score("昨天上午风停了") < 0.0);
    }

    #[test]
    fn a_model_of_another_length_is_an_error_and_none_is_no_opinion() {
        assert_eq!(HashedLine::read("reported.model", &[]).unwrap().score("要加快建设"), 0.0);
        let error = HashedLine::read("reported.model", &[0; 9]).unwrap_err().to_string();
        assert!(error.contains("reported.model") && error.contains('9'), "{error}");
    }
}
