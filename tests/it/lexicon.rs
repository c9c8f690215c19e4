//! The claims of the lexicons about other sources are true; what is wrong in a folder of
//! definitions is told.

use crate::sample::jianbao;
use jianbao::text::fold::fold;
use opencc_fmmseg::OpenCC;
use std::fs;

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

#[test]
fn a_line_that_is_none_is_refused_and_a_file_of_no_use_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("lexicon")).unwrap();
    write("稿.txt", "镇长说：“雪化了。”");
    write("lexicon/words.txt", "\u{feff}雪化了\r\n雪线\t3\tn\r\n");
    let quotes = || {
        let mut command = crate::sample::jianbao();
        command.arg("quotes").arg(folder.path().join("稿.txt"));
        let output = command.arg("--definition").arg(folder.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    // The article is in the folder, too, and is no file of the definition.
    let (code, said) = quotes();
    assert!(code == Some(0) && said.contains("1 file") && said.contains("稿.txt"), "{said}");
    write("lexicon/word.txt", "杜苏芮\n");
    write(".kept", "");
    let (code, said) = quotes();
    assert!(code == Some(0) && said.contains("2 files") && said.contains("lexicon/word.txt"));
    write("lexicon/titles.txt", "# 说明\n校长,kin\n");
    let (code, said) = quotes();
    assert!(code == Some(2) && said.contains("lexicon/titles.txt:2: ','"), "{said}");
}

#[test]
fn what_is_wrong_in_a_folder_of_definitions_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own/lexicon");
    fs::create_dir_all(&own).unwrap();
    fs::write(folder.path().join("a.txt"), "镇长说，雪化了。").unwrap();
    let analyze = || {
        let mut command = jianbao();
        command.current_dir(folder.path()).args(["analyze", "a.txt", "--definition", "own"]);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    fs::write(own.join("word.txt"), "雪化了\n").unwrap();
    let (code, said) = analyze();
    assert!(code == Some(0) && said.contains("lexicon/word.txt"), "{code:?} {said}");
    fs::write(own.join("words.txt"), "# 新词\n雪化了\tviel\tn\n").unwrap();
    let (code, said) = analyze();
    assert!(code == Some(2) && said.contains("lexicon/words.txt:2: "), "{code:?} {said}");
}
