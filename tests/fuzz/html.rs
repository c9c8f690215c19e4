//! Pages and fragments of HTML.
#![no_main]

use jianbao::article::html;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let stripped = html::strip(text);
    assert!(stripped.len() <= 4 * text.len() + 16);
    html::unescaped(text);
    html::is_html(text);
    html::page(text);
});
