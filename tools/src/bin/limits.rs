//! Indexes archives that nobody would make, and prints for each what came of it, how long it took
//! and what memory it needed.
//!
//! `cargo run --profile quick -p jianbao-tools --bin limits -- target/quick/jianbao [NAME...]`:
//! program, and the cases wanted; all without one. It needs Linux, 4 GB of disk in the temporary
//! folder and a few minutes.

#[path = "../../../tests/limits/cases.rs"]
mod cases;
#[path = "../../../tests/limits/packed.rs"]
mod packed;
#[path = "../../../tests/limits/trial.rs"]
mod trial;

use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let program = PathBuf::from(arguments.next().expect("the program to try"));
    let program = std::path::absolute(program).expect("a path");
    let wanted: Vec<String> = arguments.collect();
    println!(
        "| case | exit | articles | skipped | seconds | peak MB | at most |\n\
         |---|---|---|---|---|---|---|"
    );
    let mut failed = false;
    for case in cases::ALL
        .iter()
        .chain(packed::ALL)
        .filter(|case| wanted.is_empty() || wanted.iter().any(|name| name == case.name))
    {
        let outcome = trial::run(&program, case);
        println!("{}", outcome.row(case));
        for fault in outcome.faults(case) {
            failed = true;
            println!("  {}: {fault}", case.name);
        }
    }
    std::process::exit(i32::from(failed));
}
