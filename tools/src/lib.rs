//! Parts that several of the programs in `src/bin` share: arguments, percentiles, peak memory,
//! pseudo-random numbers.

/// The error type of every program's `main`.
pub type Failure = Box<dyn std::error::Error>;

/// The arguments of this process, its name left out.
pub fn arguments() -> Vec<String> {
    std::env::args().skip(1).collect()
}

/// Peak resident memory of this process in MB (10^6 bytes), as Linux tells it; 0 elsewhere.
pub fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) * 1024.0 / 1e6
}

/// The value below which `share` of the ascending `sorted` values lie; NaN for none.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}

/// The SplitMix64 generator (Steele, Lea and Flood, 2014): the same seed gives the same numbers.
#[derive(Debug, Clone)]
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// The next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 where the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next_number() % limit.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_of_the_list() {
        let sorted = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!((percentile(&sorted, 0.5), percentile(&sorted, 1.0)), (3.0, 5.0));
        assert!(percentile(&[], 0.5).is_nan());
    }

    #[test]
    fn the_generator_has_the_published_numbers() {
        let mut numbers = SplitMix64(1_234_567);
        assert_eq!(numbers.next_number(), 6_457_827_717_110_365_317);
        assert_eq!(numbers.next_number(), 3_203_168_211_198_807_973);
    }
}
