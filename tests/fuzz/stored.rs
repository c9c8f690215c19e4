//! What the engine stores of a passage: any bytes are a record or an error, and what is read is written alike.
#![no_main]

use jianbao::index::stored;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(passage) = stored::read(bytes) else { return };
    let again = stored::write(&passage).and_then(|bytes| stored::read(&bytes));
    assert_eq!(again.map(|p| (p.text, p.quotes, p.span)), Ok((passage.text, passage.quotes, passage.span)));
});
