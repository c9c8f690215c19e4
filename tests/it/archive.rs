//! Every form and encoding, walks, limits and hostile inputs, through files on disk.

use jianbao::archive::{
    Content, FieldMap, Hidden, Links, Options, RawRecord, Skip, SkipReason, records, walk,
};
use jianbao::definition::Definition;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn read_with(root: &Path, options: &Options) -> (Vec<RawRecord>, Vec<Skip>) {
    let walk = walk(&[root.to_owned()], options).unwrap();
    let (mut found, mut skipped) = (Vec::new(), walk.skipped);
    for file in &walk.files {
        for outcome in records(file, options) {
            match outcome {
                Ok(record) => found.push(record),
                // Most records here are headlines; one test is about that.
                Err(skip) if skip.reason == SkipReason::TitleOnly => {}
                Err(skip) => skipped.push(skip),
            }
        }
    }
    (found, skipped)
}

fn read_one(name: &str, bytes: &[u8]) -> (Vec<RawRecord>, Vec<Skip>) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    read_with(folder.path(), &Options::default())
}

fn titles(records: &[RawRecord]) -> Vec<&str> {
    let titles = records.iter().map(|record| match &record.content {
        Content::Fields(fields) | Content::Markdown(fields) => {
            fields.title.as_deref().unwrap_or("")
        }
        Content::Plain(text) | Content::Html(text) => text,
    });
    titles.collect()
}

fn reasons(skips: &[Skip]) -> Vec<(SkipReason, Option<u64>)> {
    skips.iter().map(|skip| (skip.reason, skip.record)).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn one_bad_line_of_jsonl_loses_only_itself() {
    let text = "{\"标题\":\"甲\",\"正文\":\"水退了。\"}\n\n{\"标题\":\n{\"title\":\"乙\"}\n\
        [1]\n{\"votes\":3}\n";
    let (found, skipped) = read_one("a.jsonl", text.as_bytes());
    assert_eq!(titles(&found), ["甲", "乙"]);
    assert_eq!((found[0].place, found[1].place), (Some(1), Some(4)));
    assert_eq!(
        reasons(&skipped),
        [
            (SkipReason::Malformed, Some(3)),
            (SkipReason::Malformed, Some(5)),
            (SkipReason::NoText, Some(6))
        ]
    );
}

#[test]
fn json_may_be_an_object_an_array_a_wrapped_array_or_a_sequence() {
    for text in [
        r#"[{"title":"甲"},{"title":"乙"}]"#,
        r#"{"data":[{"title":"甲"},{"title":"乙"}]}"#,
        r#"{"code":0,"result":{"list":[{"title":"甲"},{"title":"乙"}]}}"#,
        "{\"title\":\"甲\"}\n{\"title\":\"乙\"}",
    ] {
        let (found, skipped) = read_one("a.json", text.as_bytes());
        assert_eq!(titles(&found), ["甲", "乙"], "{text}");
        assert_eq!(found[1].place, Some(2));
        assert!(skipped.is_empty(), "{skipped:?}");
    }
    let (found, _) =
        read_one("a.json", "\u{feff}{\"title\":\"甲\",\"tags\":[{\"name\":\"x\"}]}".as_bytes());
    assert_eq!(titles(&found), ["甲"]);
}

#[test]
fn a_malformed_element_of_an_array_loses_only_itself() {
    let (found, skipped) =
        read_one("a.json", r#"[{"title":"甲"},{"title":},{"title":"乙 \"]}"}]"#.as_bytes());
    assert_eq!(titles(&found), ["甲", "乙 \"]}"]);
    assert_eq!(reasons(&skipped), [(SkipReason::Malformed, Some(2))]);
    let (_, skipped) = read_one("b.json", b"{}");
    assert_eq!(skipped[0].reason, SkipReason::NoText);
    let (_, skipped) = read_one("c.json", b"[ ]");
    assert_eq!(skipped[0].reason, SkipReason::NoText);
}

#[test]
fn a_table_has_a_header_row_and_lines_are_counted() {
    let csv = "编号,标题,正文\r\n1,甲,\"第一行\r\n第二行\"\r\n2,乙,水退了。\r\n";
    let (found, skipped) = read_one("a.csv", csv.as_bytes());
    assert_eq!(titles(&found), ["甲", "乙"]);
    assert_eq!((found[0].line, found[1].line), (Some(2), Some(4)));
    assert!(skipped.is_empty());
    let (found, _) = read_one("a.tsv", "title\ttext\n\"甲\"\t他说\"行\n乙\t二\n".as_bytes());
    assert_eq!(titles(&found), ["甲", "乙"]);
    let (_, skipped) = read_one("b.csv", b"a,b\n1,2\n");
    assert_eq!(reasons(&skipped), [(SkipReason::NoText, None)]);
}

#[test]
fn containers_are_read_in_any_encoding() {
    let csv = "标题,正文\n临江银行,“谁先动，说明谁先缺钱。”这是苏敏之的看法。\n";
    for (encoding, name) in [(encoding_rs::GB18030, "gb18030"), (encoding_rs::UTF_8, "UTF-8")] {
        let (found, _) = read_one("a.csv", &encoding.encode(csv).0);
        assert_eq!((titles(&found), found[0].encoding), (vec!["临江银行"], name));
    }
    let json: Vec<u8> = "{\"title\":\"誠信\",\"body\":\"誠\"}\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for name in ["a.jsonl", "a.json"] {
        let (found, skipped) = read_one(name, &[&[0xff, 0xfe][..], &json].concat());
        assert_eq!((titles(&found), found[0].encoding), (vec!["誠信"], "UTF-16LE"), "{skipped:?}");
    }
}

#[test]
fn text_is_decoded_by_detection() {
    let traditional =
        "房價不是股票，不要問底在哪裡，要問你住不住。他說：「炒房的人，一個也沒有了。」";
    let (found, _) = read_one("a.txt", &encoding_rs::BIG5.encode(traditional).0);
    assert_eq!((titles(&found), found[0].encoding), (vec![traditional], "Big5"));
    let simplified = "临江北堤水位回落至警戒线以下。";
    let (found, _) = read_one("a.txt", &encoding_rs::GB18030.encode(simplified).0);
    assert_eq!((titles(&found), found[0].encoding), (vec![simplified], "gb18030"));
    let utf16: Vec<u8> =
        "水退了。\n堤没有动。\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let (found, _) = read_one("a.txt", &utf16);
    assert_eq!(found[0].encoding, "UTF-16BE");
    let (found, _) = read_one("a.txt", "\u{feff}水退了。".as_bytes());
    assert_eq!(titles(&found), ["水退了。"]);
}

#[test]
fn a_forced_encoding_wins() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.txt"), encoding_rs::GB18030.encode("新闻").0).unwrap();
    let options = Options { encoding: Some(encoding_rs::GBK), ..Options::default() };
    assert_eq!(titles(&read_with(folder.path(), &options).0), ["新闻"]);
}

#[test]
fn what_is_no_text_is_skipped_with_its_reason() {
    assert_eq!(read_one("a.txt", b"").1[0].reason, SkipReason::Empty);
    assert_eq!(read_one("a.txt", b" \n\n").1[0].reason, SkipReason::Empty);
    assert_eq!(read_one("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").1[0].reason, SkipReason::Binary);
    assert_eq!(read_one("a.txt", b"%PDF-1.7 ...").1[0].reason, SkipReason::Binary);
    assert_eq!(read_one("a.jpg", b"x").1[0].reason, SkipReason::UnknownForm);
    assert_eq!(read_one("a.txt.gz", b"no gzip at all").1[0].reason, SkipReason::Malformed);
    assert_eq!(read_one("a.jsonl.zst", b"no zstd at all").1[0].reason, SkipReason::Malformed);
    let cut = gzip("水退了。".repeat(500).as_bytes());
    assert_eq!(read_one("a.txt.gz", &cut[..cut.len() / 2]).1[0].reason, SkipReason::Malformed);
}

#[test]
fn compressed_files_are_read_by_their_double_ending() {
    let (found, _) = read_one("a.jsonl.gz", &gzip("{\"title\":\"甲\"}\n".as_bytes()));
    assert_eq!(titles(&found), ["甲"]);
    let (found, _) = read_one("a.txt.zst", &zstd::encode_all("水退了。".as_bytes(), 3).unwrap());
    assert_eq!(titles(&found), ["水退了。"]);
}

#[test]
fn a_bomb_costs_no_more_than_the_limit() {
    let zeros = vec![b'a'; 20 << 20];
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.txt.gz"), gzip(&zeros)).unwrap();
    fs::write(folder.path().join("b.jsonl.zst"), zstd::encode_all(&zeros[..], 3).unwrap()).unwrap();
    fs::write(
        folder.path().join("c.json.gz"),
        gzip(&[b"[\"", &zeros[..], b"\",{\"title\":\"\xe7\x94\xb2\"}]"].concat()),
    )
    .unwrap();
    let row = [b"title\n\"".as_slice(), &zeros].concat();
    fs::write(folder.path().join("d.csv.gz"), gzip(&row)).unwrap();
    let options = Options { max_size: 1 << 20, ..Options::default() };
    let (found, skipped) = read_with(folder.path(), &options);
    assert_eq!(titles(&found), ["甲"]);
    assert_eq!(
        skipped.iter().map(|skip| skip.reason).collect::<Vec<_>>(),
        [SkipReason::TooLarge; 4]
    );
}

#[test]
fn a_long_container_of_short_records_is_no_bomb() {
    let lines = "{\"title\":\"甲\"}\n".repeat(5000);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.jsonl"), lines).unwrap();
    let options = Options { max_size: 1000, ..Options::default() };
    assert_eq!(read_with(folder.path(), &options).0.len(), 5000);
}

#[test]
fn walks_are_sorted_filtered_and_without_doubles() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("体育")).unwrap();
    fs::create_dir_all(root.join(".git")).unwrap();
    for name in ["b.txt", "a.txt", "体育/c.md", ".git/d.txt", ".e.txt"] {
        fs::write(root.join(name), "水退了。").unwrap();
    }
    let names = |options: &Options, roots: &[PathBuf]| -> Vec<String> {
        let files = walk(roots, options).unwrap().files;
        files
            .iter()
            .map(|file| file.path.strip_prefix(root).unwrap().display().to_string())
            .collect()
    };
    let roots = [root.to_owned()];
    assert_eq!(names(&Options::default(), &roots), ["a.txt", "b.txt", "体育/c.md"]);
    assert_eq!(
        names(&Options::default(), &[root.to_owned(), root.join("体育"), root.join("./a.txt")])
            .len(),
        3
    );
    let options =
        Options { hidden: Hidden::Read, exclude: vec!["体育".to_owned()], ..Options::default() };
    assert_eq!(names(&options, &roots), [".e.txt", ".git/d.txt", "a.txt", "b.txt"]);
    let options = Options { include: vec!["体育/**".to_owned()], ..Options::default() };
    assert_eq!(names(&options, &roots), ["体育/c.md"]);
    assert!(walk(&[root.join("none")], &Options::default()).is_err());
    assert!(
        walk(&roots, &Options { include: vec!["[".to_owned()], ..Options::default() }).is_err()
    );
}

#[test]
fn a_file_that_is_named_is_read_whatever_its_ending() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("稿件");
    fs::write(&path, "水退了。").unwrap();
    assert_eq!(titles(&read_with(&path, &Options::default()).0), ["水退了。"]);
}

#[cfg(unix)]
#[test]
fn links_loops_and_names_that_are_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    fs::write(root.join(std::ffi::OsStr::from_bytes(b"\xd0\xc2.txt")), "水退了。").unwrap();
    symlink(root, root.join("loop")).unwrap();
    symlink(root.join("gone"), root.join("broken.txt")).unwrap();
    let (found, skipped) = read_with(root, &Options::default());
    assert!(found[0].path.ends_with(r"\xD0\xC2.txt"));
    assert_eq!(skipped.iter().map(|skip| skip.reason).collect::<Vec<_>>(), [SkipReason::Link; 2]);
    let options = Options { links: Links::Follow, ..Options::default() };
    let (found, skipped) = read_with(root, &options);
    assert_eq!(found.len(), 1);
    assert_eq!(
        skipped.iter().map(|skip| skip.reason).collect::<Vec<_>>(),
        [SkipReason::Unreadable, SkipReason::Loop]
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_never_blocks_the_run() {
    let folder = TempDir::new().unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("a.txt")).status();
    if made.is_ok_and(|status| status.success()) {
        let (_, skipped) = read_with(folder.path(), &Options::default());
        assert_eq!(skipped[0].reason, SkipReason::NotAFile);
    }
}

#[test]
fn a_file_that_vanished_since_the_walk_is_a_skip() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.txt"), "水退了。").unwrap();
    let options = Options::default();
    let walk = walk(&[folder.path().to_owned()], &options).unwrap();
    fs::remove_file(folder.path().join("a.txt")).unwrap();
    let skip = records(&walk.files[0], &options).next().unwrap().unwrap_err();
    assert_eq!(skip.reason, SkipReason::Unreadable);
}

#[test]
fn fields_are_known_by_many_names_and_by_the_users_own() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("a.jsonl"),
        r#"{"Kopf":"甲","Full_Text":"水退了。","publish-time":1720160400,"作者":["张三","李四"]}"#,
    )
    .unwrap();
    let fields = FieldMap::new(&Definition::embedded(), &["title=kopf".to_owned()]).unwrap();
    let (found, _) = read_with(folder.path(), &Options { fields, ..Options::default() });
    let Content::Fields(fields) = &found[0].content else { panic!("no fields") };
    assert_eq!((fields.title.as_deref(), fields.body.as_deref()), (Some("甲"), Some("水退了。")));
    assert_eq!((fields.date.as_deref(), fields.authors.len()), (Some("1720160400"), 2));
}

#[test]
fn the_sample_archive_gives_its_articles_and_names_what_it_skips() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/archive");
    let (found, skipped) = read_with(&root, &Options::default());
    assert_eq!(found.len(), 24);
    let mut reasons: Vec<SkipReason> = skipped.iter().map(|skip| skip.reason).collect();
    reasons.sort();
    assert_eq!(
        reasons,
        [SkipReason::Binary, SkipReason::Empty, SkipReason::Malformed, SkipReason::NoText]
    );
    let encodings: std::collections::BTreeSet<&str> =
        found.iter().map(|record| record.encoding).collect();
    assert_eq!(encodings.into_iter().collect::<Vec<_>>(), ["Big5", "UTF-16LE", "UTF-8", "gb18030"]);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_decoding_panic(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)
    ) {
        let _ = jianbao::archive::text(&bytes, None);
        for name in ["a.json", "a.jsonl", "a.csv", "a.html", "a.md", "a.txt.gz", "a.tsv.zst"] {
            read_one(name, &bytes);
        }
    }
}
