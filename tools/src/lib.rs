//! Parts that several of the programs in `src/bin` share: arguments, the records of an archive, the
//! titles of an index, percentiles, memory, pseudo-random numbers.

use jianbao::update::Snapshot;
use std::io::{BufRead, BufReader};

/// The error type of every program's `main`.
pub type Failure = Box<dyn std::error::Error>;

/// The arguments of this process, its name left out.
pub fn arguments() -> Vec<String> {
    std::env::args().skip(1).collect()
}

/// The archive that `program` learns from, and the file of the model where one is wanted.
///
/// # Errors
/// How the program is used, where the arguments of this process are others.
pub fn news_and_out(program: &str) -> Result<(String, Option<String>), Failure> {
    let args = arguments();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [news] => Ok(((*news).to_owned(), None)),
        [news, "--out", out] => Ok(((*news).to_owned(), Some((*out).to_owned()))),
        _ => Err(format!("usage: {program} NEWS.jsonl.zst [--out FILE]").into()),
    }
}

/// The records of a compressed archive with one a line, in its order.
///
/// # Errors
/// [`std::io::Error`] where the file cannot be opened or read; JSON's where a line is none.
pub fn records(
    news: &str,
) -> Result<impl Iterator<Item = Result<serde_json::Value, Failure>>, Failure> {
    let file = zstd::stream::read::Decoder::new(std::fs::File::open(news)?)?;
    Ok(BufReader::new(file).lines().map(|line| Ok(serde_json::from_str(&line?)?)))
}

/// A hash of an article's id, by which some are kept apart.
pub fn id_hash(id: &str) -> u32 {
    id.bytes().fold(7, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()))
}

/// The titles of `count` articles, spread evenly over those of an index.
///
/// # Errors
/// [`jianbao::error::Error::Damaged`] where the index is damaged.
pub fn titles(index: &Snapshot, count: usize) -> Result<Vec<String>, Failure> {
    let engine = index.engine();
    let mut titles = Vec::new();
    for (_, first) in engine.articles()? {
        titles.extend(engine.passage(first)?.article.title.clone());
    }
    let step = (titles.len() / count.max(1)).max(1);
    Ok(titles.into_iter().step_by(step).take(count).collect())
}

/// Peak resident memory of this process in MB (10^6 bytes), as Linux tells it; 0 elsewhere.
pub fn peak_memory() -> f64 {
    memory("VmHWM:")
}

/// Resident memory of this process in MB (10^6 bytes), as Linux tells it; 0 elsewhere.
pub fn resident_memory() -> f64 {
    memory("VmRSS:")
}

fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
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
