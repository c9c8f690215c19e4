//! The cases: what is put into the archive, what must come of it, and the memory that it may take.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// A change to the archive while it is read; called again and again.
pub type Meanwhile = fn(&Path);

/// An archive that nobody would make.
pub struct Case {
    pub name: &'static str,
    pub text: &'static str,
    pub make: fn(&Path),
    pub meanwhile: Option<Meanwhile>,
    pub flags: &'static [&'static str],
    /// True if it is read by somebody who may not read everything.
    pub as_nobody: bool,
    /// Articles that must come of it, the ordinary one among them.
    pub articles: RangeInclusive<u64>,
    /// A reason that something is skipped for; empty where nothing may be.
    pub skipped: &'static str,
    /// The most memory, in MB: 600 for the program with its writer, 55 times the largest record, 1
    /// KB for each article.
    pub most: u64,
}

/// A case in which nothing is skipped and nothing comes beside the ordinary article.
pub const USUAL: Case = Case {
    name: "",
    text: "",
    make: |_| {},
    meanwhile: None,
    flags: &[],
    as_nobody: false,
    articles: 1..=1,
    skipped: "",
    most: 600,
};

/// All of them.
pub const ALL: &[Case] = &[
    Case {
        name: "file",
        text: "a file of 1 GB (more than --max-size)",
        make: |archive| repeat(&archive.join("a.txt"), SENTENCE, 1 << 30),
        skipped: "too large",
        ..USUAL
    },
    Case {
        name: "lines",
        text: "JSON Lines of 240 MB: 12 records of 20 MB",
        make: |archive| records(&archive.join("a.jsonl"), 12, 20 << 20),
        articles: 13..=13,
        most: 600 + 55 * 20,
        ..USUAL
    },
    Case {
        name: "line",
        text: "a line of 100 MB, and records around it",
        make: |archive| {
            records(&archive.join("a.jsonl"), 10, 100);
            let mut file =
                File::options().append(true).open(archive.join("a.jsonl")).expect("a file");
            file.write_all(b"{\"content\":\"").expect("room");
            (0..10_000).for_each(|_| {
                file.write_all("洪水退了堤没有动".repeat(430).as_bytes()).expect("room")
            });
            file.write_all(b"\"}\n{\"content\":\"\xe6\xb0\xb4\xe9\x80\x80\xe4\xba\x86\"}\n")
                .expect("room");
        },
        articles: 12..=12,
        skipped: "too large",
        ..USUAL
    },
    Case {
        name: "text",
        text: "a text of 60 MB in one line, without punctuation",
        make: |archive| repeat(&archive.join("a.txt"), "洪水退了堤没有动明天回家", 60 << 20),
        articles: 2..=2,
        most: 600 + 55 * 60,
        ..USUAL
    },
    Case {
        name: "quotes",
        text: "a text of 20 MB, all of it quotations of two speakers",
        make: |archive| {
            repeat(&archive.join("a.txt"), "张三说：“水退了。”李四表示，“好。”", 20 << 20)
        },
        articles: 2..=2,
        most: 600 + 55 * 20,
        ..USUAL
    },
    Case {
        name: "datelines",
        text: "20 MB of datelines",
        make: |archive| repeat(&archive.join("a.txt"), "中新网北京8月10日电\n", 20 << 20),
        articles: 2..=2,
        most: 600 + 55 * 20,
        ..USUAL
    },
    Case {
        name: "million",
        text: "a million records in one .jsonl",
        make: |archive| records(&archive.join("a.jsonl"), 1_000_000, 60),
        articles: 1_000_001..=1_000_001,
        most: 600 + 1_000,
        ..USUAL
    },
    Case {
        name: "form",
        text: "a million records of one form, alike but for a number",
        make: |archive| {
            let mut file = BufWriter::new(File::create(archive.join("a.jsonl")).expect("a file"));
            let body = SENTENCE.trim_end();
            (0..1_000_000).for_each(|i| {
                writeln!(file, "{{\"content\":\"第{i}号公告。{body}\"}}").expect("room")
            });
            file.flush().expect("room");
        },
        articles: 1_000_001..=1_000_001,
        most: 600 + 1_000,
        ..USUAL
    },
    Case {
        name: "files",
        text: "100,000 files",
        make: |archive| {
            for folder in 0..100 {
                let folder = archive.join(format!("{folder}"));
                fs::create_dir(&folder).expect("a folder");
                for file in 0..1_000 {
                    fs::write(folder.join(format!("{file}.txt")), format!("第{file}座桥修好了。"))
                        .expect("a file");
                }
            }
        },
        articles: 100_001..=100_001,
        most: 600 + 200,
        ..USUAL
    },
    Case {
        name: "deep",
        text: "pages of 100,000 nested elements, closed and open",
        make: |archive| {
            let (open, close) = ("<div>".repeat(100_000), "</div>".repeat(100_000));
            fs::write(archive.join("a.html"), format!("<body>{open}堤没有动{close}"))
                .expect("a file");
            fs::write(archive.join("b.html"), format!("<p>{}路通了", "<b><a><i>".repeat(33_000)))
                .expect("a file");
            fs::write(
                archive.join("c.json"),
                format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
            )
            .expect("a file");
        },
        articles: 3..=3,
        skipped: "malformed",
        ..USUAL
    },
    Case {
        name: "values",
        text: "a record of 20 million numbers",
        make: |archive| {
            let path = archive.join("a.jsonl");
            repeat(&path, "0,", 40 << 20);
            let numbers = fs::read_to_string(&path).expect("a text");
            fs::write(path, format!("{{\"content\":\"水退了\",\"z\":[{numbers}0]}}\n"))
                .expect("room");
        },
        skipped: "too large",
        ..USUAL
    },
    Case {
        name: "bombs",
        text: "bombs of 10 GB each, .txt.gz, .jsonl.gz and .csv.zst",
        make: |archive| {
            bomb(&archive.join("a.txt.gz"), "gzip");
            bomb(&archive.join("b.jsonl.gz"), "gzip");
            bomb(&archive.join("c.csv.zst"), "zstd");
        },
        skipped: "too large",
        ..USUAL
    },
    Case {
        name: "names",
        text: "names that are not UTF-8, and their look-alikes",
        make: |archive| {
            for i in 0x80..=0xffu8 {
                fs::write(archive.join(OsStr::from_bytes(&[i, b'.', b't', b'x', b't'])), "水")
                    .expect("a file");
                fs::write(archive.join(format!("\\x{i:02X}.txt")), "水").expect("a file");
            }
        },
        articles: 257..=257,
        ..USUAL
    },
    Case {
        name: "links",
        text: "20 folders full of links to each other, --follow",
        make: |archive| {
            for folder in 0..20 {
                fs::create_dir(archive.join(folder.to_string())).expect("a folder");
                for other in 0..20 {
                    let link = archive.join(format!("{folder}/to{other}"));
                    symlink(archive.join(other.to_string()), link).expect("a link");
                }
                fs::write(archive.join(format!("{folder}/{folder}.txt")), "水").expect("a file");
            }
        },
        flags: &["--follow"],
        articles: 21..=21,
        skipped: "a link that leads in a circle",
        ..USUAL
    },
    Case {
        name: "pipes",
        text: "pipes, and links to devices, --follow",
        make: |archive| {
            assert!(
                Command::new("mkfifo")
                    .arg(archive.join("a.txt"))
                    .status()
                    .expect("mkfifo")
                    .success()
            );
            for (name, device) in
                [("b.txt", "/dev/zero"), ("c.jsonl", "/dev/tty"), ("d.txt", "/dev/random")]
            {
                symlink(device, archive.join(name)).expect("a link");
            }
        },
        flags: &["--follow"],
        skipped: "not a regular file",
        ..USUAL
    },
    Case {
        name: "unreadable",
        text: "a file and a folder that may not be read",
        make: |archive| {
            fs::write(archive.join("a.txt"), "水").expect("a file");
            fs::create_dir(archive.join("b")).expect("a folder");
            fs::write(archive.join("b/b.txt"), "水").expect("a file");
            let closed =
                || <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o000);
            fs::set_permissions(archive.join("a.txt"), closed()).expect("a mode");
            fs::set_permissions(archive.join("b"), closed()).expect("a mode");
        },
        as_nobody: true,
        skipped: "not readable",
        ..USUAL
    },
    Case {
        name: "grows",
        text: "a file that grows all the while it is read",
        make: |archive| records(&archive.join("a.jsonl"), 50_000, 60),
        meanwhile: Some(|archive| {
            let mut file =
                File::options().append(true).open(archive.join("a.jsonl")).expect("a file");
            let lines: String =
                (0..100).map(|i| format!("{{\"content\":\"第{i}座桥\"}}\n")).collect();
            file.write_all(lines.as_bytes()).expect("room");
        }),
        articles: 50_001..=1_000_000,
        most: 700,
        ..USUAL
    },
    Case {
        name: "cut",
        text: "a file that is cut while it is read",
        make: |archive| records(&archive.join("a.jsonl"), 100_000, 60),
        meanwhile: Some(|archive| {
            File::options()
                .write(true)
                .open(archive.join("a.jsonl"))
                .and_then(|f| f.set_len(1_000))
                .expect("a cut");
        }),
        articles: 2..=100_001,
        most: 800,
        skipped: "malformed",
        ..USUAL
    },
    Case {
        name: "vanishes",
        text: "files that vanish after they were found",
        make: |archive| {
            records(&archive.join("a.jsonl"), 50_000, 60);
            (0..100)
                .for_each(|i| fs::write(archive.join(format!("b{i}.txt")), "水").expect("a file"));
        },
        meanwhile: Some(|archive| {
            (0..100).for_each(|i| drop(fs::remove_file(archive.join(format!("b{i}.txt")))));
        }),
        articles: 50_001..=50_101,
        most: 700,
        skipped: "not readable",
        ..USUAL
    },
];

/// Words that texts are made of at random.
const WORDS: [&str; 32] = [
    "洪水", "大堤", "市长", "公司", "股票", "球队", "比赛", "学校", "老师", "医院", "病人", "桥梁",
    "公路", "火车", "机场", "航班", "法院", "判决", "警方", "工厂", "工人", "农民", "粮食", "天气",
    "暴雨", "气温", "电影", "演员", "科学", "卫星", "火箭", "能源",
];

/// A sentence of which long texts are made.
pub const SENTENCE: &str = "洪水退了，堤没有动。市长说，明天就可以回家。\n";

/// A file of `size` bytes or a little less: `text` over and over.
pub fn repeat(path: &Path, text: &str, size: usize) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let block = text.repeat((1 << 20) / text.len());
    (0..size / block.len()).for_each(|_| file.write_all(block.as_bytes()).expect("room"));
    file.flush().expect("room");
}

/// Records whose text has about `size` bytes: short ones are unlike each other, long ones are one
/// sentence over and over.
fn records(path: &Path, count: usize, size: usize) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let mut random = 1u64;
    for i in 0..count {
        let body = if size < 1_000 {
            let mut word = || {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                WORDS[(random >> 59) as usize]
            };
            (0..size.div_ceil(WORDS[0].len())).map(|_| word()).collect::<String>()
        } else {
            SENTENCE.trim_end().repeat(size.div_ceil(SENTENCE.len()))
        };
        writeln!(
            file,
            "{{\"id\":\"r{i}\",\"title\":\"第{i}座桥\",\"content\":\"第{i}座桥。{body}\"}}"
        )
        .expect("room");
    }
    file.flush().expect("room");
}

/// 10 GB of one letter, packed.
fn bomb(path: &Path, packer: &str) {
    let line = format!("head -c 10000000000 /dev/zero | tr '\\0' a | {packer} -1 -c > \"$1\"");
    assert!(
        Command::new("sh").args(["-c", &line, "sh"]).arg(path).status().expect("a shell").success()
    );
}
