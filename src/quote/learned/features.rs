//! The features of one example: hashed names, so that nothing is allocated for a name that the
//! model does not know.
//!
//! Training and inference make their features here; only training keeps the names.

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
    pub fn add(&mut self, template: &str, value: &str) {
        self.hashes.push(hash(template, value));
        if let Some(names) = &mut self.names {
            names.push(format!("{template}={value}"));
        }
    }

    /// Adds `template.by=value`: a value that means something else for each `by`.
    pub fn cross(&mut self, template: &str, by: &str, value: &str) {
        let template_hash = hash_bytes(hash_bytes(hash_bytes(START, template), "."), by);
        self.hashes.push(hash_bytes(hash_bytes(template_hash, "="), value));
        if let Some(names) = &mut self.names {
            names.push(format!("{template}.{by}={value}"));
        }
    }

    /// Adds `template.by=bucket`; see [`Features::bucket`].
    pub fn cross_bucket(&mut self, template: &str, by: &str, value: usize, bounds: &[usize]) {
        self.cross(template, by, bucket(value, bounds));
    }

    /// Adds `template=bucket`: the first bound that `value` does not exceed, or `+`.
    pub fn bucket(&mut self, template: &str, value: usize, bounds: &[usize]) {
        self.add(template, bucket(value, bounds));
    }

    /// Adds `template=1` or `template=0`.
    pub fn flag(&mut self, template: &str, value: bool) {
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

/// FNV-1a, 32 bits (Fowler, Noll, Vo), of `template=value`.
fn hash(template: &str, value: &str) -> u32 {
    hash_bytes(hash_bytes(hash_bytes(START, template), "="), value)
}

fn hash_bytes(start: u32, text: &str) -> u32 {
    text.bytes().fold(start, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// The hash of a feature by its name `template=value`, as a model file holds it.
pub(super) fn hash_name(name: &str) -> u32 {
    hash_bytes(START, name)
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
