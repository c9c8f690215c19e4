//! Bytes to records: any bytes as a file of any form; the first byte chooses the form.
#![no_main]

use jianbao::archive::{Content, Hidden, Links, Options, records, text, walk};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const ENDINGS: [&str; 22] = [
    "txt", "md", "html", "json", "jsonl", "csv", "tsv", "jsonl.gz", "txt.zst", "csv.gz", "zip",
    "tar", "tar.gz", "txt.bz2", "txt.xz", "xml", "mht", "warc", "warc.gz", "epub", "docx", "eml",
];

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
        .expect("a scratch folder")
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&form, bytes)) = bytes.split_first() else { return };
    let ending = usize::from(form) % (ENDINGS.len() + 1);
    let Some(ending) = ENDINGS.get(ending) else {
        if let Ok(decoded) = text(bytes, None) {
            assert!(!decoded.text.trim().is_empty());
        }
        return;
    };
    let path = FOLDER.path().join(format!("a.{ending}"));
    std::fs::write(&path, bytes).expect("a file in memory");
    let options = Options {
        hidden: Hidden::Skip,
        links: Links::Stay,
        max_size: 1 << 16,
        ..Options::default()
    };
    let found = walk(&[path.clone()], &options).expect("the file is there");
    for record in found.files.iter().flat_map(|file| records(file, &options)).flatten() {
        assert!(!record.stem().is_empty());
        if let Content::Plain(text) | Content::Html(text) = &record.content {
            assert!(!text.is_empty());
        }
    }
    std::fs::remove_file(&path).expect("a file of ours");
});
