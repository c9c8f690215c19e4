//! A page becomes text, whatever is open in it.
#![no_main]
use jianbao::article::html;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert!(html::strip(text).len() <= 4 * text.len() + 16);
    let page = html::page(text);
    std::hint::black_box((
        page.text.len(),
        html::strip(text).len(),
        html::unescaped(text).len(),
        html::is_html(text),
    ));
});
