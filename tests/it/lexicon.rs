//! The claims of the lexicons about other sources are true.

use jianbao::text::fold::fold;
use opencc_fmmseg::OpenCC;

/// The table of traditional characters is OpenCC's t2s, character by character.
#[test]
fn traditional_characters_fold_as_opencc_turns_them() {
    let opencc = OpenCC::new();
    let mut changed = 0;
    for c in (0x4e00..0xa000).chain(0x3400..0x4dc0).filter_map(char::from_u32) {
        let theirs = opencc.convert(&c.to_string(), "t2s", false);
        let expected = if theirs.chars().count() == 1 { theirs } else { c.to_string() };
        changed += usize::from(expected != c.to_string());
        assert_eq!(fold(&c.to_string()), expected, "U+{:04X}", c as u32);
    }
    assert!(changed > 3_000, "{changed}");
}
