//! Who said what in a text: `cargo run --example quotes -- FILE.txt`

use jianbao::definition::Definition;
use jianbao::quote::{Grammar, extract};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: quotes FILE.txt")?;
    let text = std::fs::read_to_string(path)?;
    let grammar = Grammar::new(&Definition::embedded())?;
    for quote in extract(None, &text, &grammar) {
        let speaker = quote.speaker.as_ref().map_or("?", |speaker| &*speaker.name);
        println!("{speaker}\t{}", quote.span.of(&text));
    }
    Ok(())
}
