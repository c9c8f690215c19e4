//! The weights of a linear model in a file: two numbers, then a byte a weight.
//!
//! The numbers are `unit`, the value of a weight of 1, and one that the model gives its own
//! meaning; both are little-endian and of four bytes.

use crate::error::{Error, Result};

/// Bytes before the weights.
const HEAD: usize = 8;

/// The weights of a model, one a hashed feature.
#[derive(Debug, Clone, Default)]
pub struct WeightTable {
    /// The value of a weight of 1.
    pub unit: f32,
    /// The model's own number, such as its bias or the least probability of a choice.
    pub number: f32,
    /// Empty where there is no model.
    pub weights: Vec<i8>,
}

impl WeightTable {
    /// The table of `weights`, of which the largest becomes 127.
    pub fn quantized(weights: &[f32], number: f32) -> WeightTable {
        let largest = weights.iter().fold(0.0f32, |most, w| most.max(w.abs()));
        let unit = largest / 127.0;
        let rounded = |w: &f32| if unit > 0.0 { (w / unit).round() as i8 } else { 0 };
        WeightTable { unit, number, weights: weights.iter().map(rounded).collect() }
    }

    /// Reads a table of `count` weights; no bytes at all are a table without one. `file` names it
    /// in errors.
    ///
    /// # Errors
    /// [`Error::Definition`] where the length is another.
    pub fn read(file: &str, bytes: &[u8], count: usize) -> Result<WeightTable> {
        if bytes.is_empty() {
            return Ok(WeightTable::default());
        }
        if bytes.len() != HEAD + count {
            return Err(Error::Definition {
                file: file.to_owned(),
                line: 0,
                reason: format!("it has {} bytes and not {}", bytes.len(), HEAD + count),
            });
        }
        let number = |at: usize| f32::from_le_bytes([0, 1, 2, 3].map(|i| bytes[at + i]));
        let weights = bytes[HEAD..].iter().map(|&byte| byte as i8).collect();
        Ok(WeightTable { unit: number(0), number: number(4), weights })
    }

    /// The bytes that [`WeightTable::read`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [self.unit.to_le_bytes(), self.number.to_le_bytes()].concat();
        bytes.extend(self.weights.iter().map(|&weight| weight as u8));
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let table = WeightTable::quantized(&[0.5, -1.0, 0.0], 2.5);
        assert_eq!(table.weights, [64, -127, 0]);
        let read = WeightTable::read("own.model", &table.to_bytes(), 3).unwrap();
        assert_eq!((read.unit, read.number, read.weights), (1.0 / 127.0, 2.5, vec![64, -127, 0]));
        assert_eq!(WeightTable::quantized(&[0.0; 2], 1.0).weights, [0, 0]);
    }

    #[test]
    fn a_table_of_another_length_is_an_error_and_no_bytes_are_none() {
        assert!(WeightTable::read("own.model", &[], 3).unwrap().weights.is_empty());
        let error = WeightTable::read("own.model", &[0; 9], 3).unwrap_err().to_string();
        assert!(error.contains("own.model") && error.contains("9 bytes and not 11"), "{error}");
    }
}
