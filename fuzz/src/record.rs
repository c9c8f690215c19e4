//! A stored record is read or refused; what is read is written and read again the same.
#![no_main]
use jianbao::engine::embedded::stored;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: (&[u8], &[u8])| {
    if let Ok(passage) = stored::read(bytes.0, bytes.1) {
        let (exact, record) = stored::write(&passage).expect("a passage can be written");
        let again = stored::read(&exact, &record).expect("what was written can be read");
        assert_eq!(
            (again.text, again.quotes, again.span),
            (passage.text, passage.quotes, passage.span)
        );
    }
});
