//! Kills an indexer many times, fills its disk, and prints what came of it.
//!
//! `cargo run --release -p jianbao-tools --bin crash -- target/release/jianbao 100 1`: program,
//! kills, seed.

#[path = "../../../tests/crash/harness.rs"]
mod harness;

use harness::{Ordeal, Size};
use std::path::PathBuf;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let program = PathBuf::from(arguments.next().expect("the program to kill"));
    let mut number =
        |otherwise: u64| arguments.next().map_or(otherwise, |n| n.parse().expect("a number"));
    let (kills, seed) = (number(100), number(1));
    let began = Instant::now();
    let mut ordeal = Ordeal::new(&program, Size { records: 400, files: 60 }, seed);
    ordeal.kill(kills);
    let figures = &ordeal.figures;
    println!(
        "killed {} indexers, {} after commits of their own",
        figures.kills, figures.kills_after_a_commit
    );
    println!(
        "{} indexers got through; everything was there exactly once each time",
        figures.completed
    );
    println!(
        "{} commits; {} looks from outside, nothing committed was ever missing",
        figures.commits, figures.looks
    );
    for blocks in [1, 4, 16, 64] {
        let outcome = if ordeal.fill_disk(blocks) {
            "said so, left a healthy index"
        } else {
            "got through all the same"
        };
        println!("no file over {blocks} KiB: {outcome}; the next run got through");
    }
    println!("seed {seed}, {:.0} s", began.elapsed().as_secs_f64());
}
