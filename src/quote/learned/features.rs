//! The features of one example: hashed names, so that nothing is allocated for a name that the
//! model does not know.
//!
//! Training and inference make their features here; only training keeps the names.

use std::fmt;

/// Features of one example. A feature is a template with a value: `first=我们`.
#[derive(Debug, Clone, Default)]
pub struct Features {
    hashes: Vec<u32>,
    /// The names, in the order of the hashes, where training asked for them.
    names: Option<Vec<String>>,
}

impl Features {
    /// Features that keep their names: for training.
    pub fn named() -> Features {
        Features { hashes: Vec::new(), names: Some(Vec::new()) }
    }

    /// Adds the feature `template=value`.
    #[inline(always)]
    pub fn add(&mut self, template: &'static str, value: &str) {
        self.hashes.push(hash_value(hash_template(START, template), value));
        if self.names.is_some() {
            self.name(format_args!("{template}={value}"));
        }
    }

    /// Adds `template.by=value`: a value that means something else for each `by`.
    #[inline(always)]
    pub fn cross(&mut self, template: &'static str, by: &str, value: &str) {
        let template_hash = hash_template(hash_template(START, template), ".");
        self.hashes.push(hash_value(hash_template(template_hash, by), value));
        if self.names.is_some() {
            self.name(format_args!("{template}.{by}={value}"));
        }
    }

    #[cold]
    fn name(&mut self, name: fmt::Arguments<'_>) {
        self.names.get_or_insert_default().push(name.to_string());
    }

    /// Adds `template.by=bucket`; see [`Features::bucket`].
    pub fn cross_bucket(
        &mut self,
        template: &'static str,
        by: &str,
        value: usize,
        bounds: &[usize],
    ) {
        self.cross(template, by, bucket(value, bounds));
    }

    /// Adds `template=bucket`: the first bound that `value` does not exceed, or `+`.
    pub fn bucket(&mut self, template: &'static str, value: usize, bounds: &[usize]) {
        self.add(template, bucket(value, bounds));
    }

    /// Adds `template=1` or `template=0`.
    pub fn flag(&mut self, template: &'static str, value: bool) {
        self.add(template, flag(value));
    }

    /// The hashes, in the order of adding.
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// The names, in the order of the hashes; empty unless made by [`Features::named`].
    pub fn names(&self) -> &[String] {
        self.names.as_deref().unwrap_or_default()
    }

    /// No features, named or not as before; the memory is kept.
    pub fn clear(&mut self) {
        self.hashes.clear();
        if let Some(names) = &mut self.names {
            names.clear();
        }
    }
}

/// The position of the first of `bounds` that `value` does not exceed.
fn bucket(value: usize, bounds: &[usize]) -> &'static str {
    let bound = bounds.iter().position(|&b| value <= b).unwrap_or(bounds.len());
    DIGITS.get(bound).unwrap_or(&"+")
}

/// The value of a feature that holds or not.
pub(in crate::quote) fn flag(value: bool) -> &'static str {
    if value { "1" } else { "0" }
}

/// The values of features that are small numbers.
pub(in crate::quote) const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The offset basis of FNV-1a.
const START: u32 = 0x811c_9dc5;

/// FNV-1a, 32 bits (Fowler, Noll, Vo), of what stands before the sign of a feature's name.
/// Templates are known when the program is compiled, and so are their hashes.
#[inline(always)]
fn hash_template(start: u32, text: &str) -> u32 {
    let mut hash = start;
    for &byte in text.as_bytes() {
        hash = (hash ^ byte as u32).wrapping_mul(0x0100_0193);
    }
    hash
}

/// The hash of a value, eight bytes at a step, each multiplied and folded (as wyhash does).
#[inline]
fn hash_value(template: u32, value: &str) -> u32 {
    let mut hash = u64::from(template);
    let mut rest = value.as_bytes();
    while let Some((step, behind)) = rest.split_first_chunk::<8>()
        && !behind.is_empty()
    {
        hash = folded_product(hash ^ u64::from_le_bytes(*step));
        rest = behind;
    }
    let length = (value.len() as u64) << 32;
    hash = folded_product(hash ^ length ^ up_to_eight(rest));
    (hash ^ hash >> 32) as u32
}

#[inline]
fn folded_product(number: u64) -> u64 {
    let product = u128::from(number ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f;
    product as u64 ^ (product >> 64) as u64
}

/// At most eight bytes as a number; other bytes of the same length are another number.
#[inline]
fn up_to_eight(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        _ => bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)),
    }
}

/// The hash of a feature by its name `template=value`, as a model file holds it.
pub(super) fn hash_name(name: &str) -> u32 {
    let (template, value) = name.split_once('=').unwrap_or((name, ""));
    hash_value(hash_template(START, template), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_has_the_hash_of_its_name() {
        let mut features = Features::named();
        features.add("first", "我们");
        features.bucket("distance", 7, &[1, 8]);
        features.flag("line", true);
        features.cross("rule", "2", "after");
        let names = ["first=我们", "distance=1", "line=1", "rule.2=after"];
        assert_eq!(features.names(), names);
        let hashes: Vec<u32> = features.names().iter().map(|n| hash_name(n)).collect();
        assert_eq!(features.hashes(), hashes);
    }
}
