//! What people type: nothing is an error, and a query printed and read again is the same.
#![no_main]

use jianbao::query::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &str| {
    let (query, _) = parse(line);
    let printed = query.to_string();
    assert_eq!(parse(&printed).0, query, "{printed}");
});
