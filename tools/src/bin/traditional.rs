//! Prints index/lexicon/traditional.txt anew: every character that OpenCC's t2s changes when it
//! stands alone.
//!
//! `cargo run -p jianbao-tools --bin traditional >index/lexicon/traditional.txt`

use opencc_fmmseg::OpenCC;

fn main() {
    let opencc = OpenCC::new();
    println!(
        "# Traditional to simplified, one character to one, from OpenCC's t2s \
         (opencc-fmmseg, MIT; OpenCC data, Apache-2.0)."
    );
    println!(
        "# Written by `cargo run -p jianbao-tools --bin traditional`; not to be edited by hand."
    );
    for code in (0x3400..0xa000).chain(0x20000..0x31350) {
        let Some(from) = char::from_u32(code) else { continue };
        let to = opencc.convert(&from.to_string(), "t2s", false);
        let mut chars = to.chars();
        if let (Some(to), None) = (chars.next(), chars.next())
            && to != from
        {
            println!("{from}\t{to}");
        }
    }
}
