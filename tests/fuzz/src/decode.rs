//! Bytes become text or a reason, in whatever encoding they claim to be.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = jianbao::archive::text(bytes, None);
});
