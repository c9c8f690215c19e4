//! A few sudden deaths of an indexer; `cargo run -p jianbao-tools --bin crash` has many.

#[path = "../crash/harness.rs"]
mod harness;

use harness::{Ordeal, Size};
use std::path::Path;

#[test]
fn an_indexer_that_is_killed_or_runs_out_of_disk_leaves_a_whole_index() {
    let program = assert_cmd::cargo::cargo_bin!("jianbao");
    let mut ordeal = Ordeal::new(Path::new(program), Size { records: 30, files: 6 }, 7);
    ordeal.kill(3);
    assert!(ordeal.figures.kills >= 3 && ordeal.figures.looks > 0, "{:?}", ordeal.figures);
    assert!(ordeal.fill_disk(1));
}
