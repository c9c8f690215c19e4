//! The command that plans a cluster.

use super::form::CountFormat;
use super::source::{DefinitionFlags, ReadingFlags, size};
use clap::{Args, value_parser};
use std::path::PathBuf;

/// `jianbao plan`
#[derive(Debug, Args)]
pub struct PlanCommand {
    /// How many articles there will be (1000000000, or 1e9)
    #[arg(long, value_name = "N", value_parser = count)]
    pub articles: u64,
    /// Measure the length of articles on this archive instead of taking that of news
    #[arg(long, value_name = "PATH")]
    pub sample: Vec<PathBuf>,
    /// The disk of a node (K, M and G may follow the number)
    #[arg(long, value_name = "SIZE", default_value = "2000G", value_parser = size)]
    pub disk: u64,
    /// The cores of a node
    #[arg(long, value_name = "N", default_value_t = 16)]
    #[arg(value_parser = value_parser!(u32).range(1..))]
    pub cores: u32,
    /// Further copies of each part
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = value_parser!(u32).range(..=10))]
    pub replicas: u32,
    #[command(flatten)]
    pub reading: ReadingFlags,
    #[command(flatten)]
    pub definition: DefinitionFlags,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// Reads a number, which may have an exponent.
fn count(text: &str) -> Result<u64, String> {
    let number = text.trim().replace('_', "");
    let whole = number.parse::<u64>().ok();
    let written = || number.parse::<f64>().ok().filter(|n| n.fract() == 0.0 && *n < 1e15);
    let number = whole.or_else(|| written().map(|n| n as u64));
    number
        .filter(|n| (1..=1_000_000_000_000_000).contains(n))
        .ok_or_else(|| "not a number of articles like 1000000 or 1e9".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_have_an_exponent() {
        assert_eq!(
            (count("1e9"), count("2.5e3"), count("7")),
            (Ok(1_000_000_000), Ok(2_500), Ok(7))
        );
        for wrong in ["0", "-1", "1.5", "1e99", "viel", "nan", ""] {
            assert!(count(wrong).is_err(), "{wrong}");
        }
    }
}
