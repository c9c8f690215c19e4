//! The cases of archive files, feeds, messages and books: bombs, names that climb, members and
//! levels without end.

use super::cases::{Case, SENTENCE, USUAL, repeat};
use std::fs;
use std::path::Path;
use std::process::Command;

/// All of them.
pub const ALL: &[Case] = &[
    Case {
        name: "packed-bombs",
        text: "1 GB each in a .zip, a .tar.gz, a .tar.bz2, a .tar.xz, a .docx and an .epub",
        make: |archive| {
            repeat(&archive.join("a.txt"), SENTENCE, 1 << 30);
            shell(
                archive,
                "zip -q1 a.zip a.txt && tar cf - a.txt | gzip -1 >b.tar.gz && \
                 tar cf - a.txt | bzip2 -1 >c.tar.bz2 && tar cf - a.txt | xz -1 >d.tar.xz && \
                 mkdir word OPS META-INF && ln a.txt word/document.xml && ln a.txt OPS/a.xhtml && \
                 printf '<container><rootfiles><rootfile full-path=\"OPS/a.opf\"/></rootfiles>\
                 </container>' >META-INF/container.xml && \
                 printf '<package><manifest><item id=\"a\" href=\"a.xhtml\"/></manifest><spine>\
                 <itemref idref=\"a\"/></spine></package>' >OPS/a.opf && \
                 zip -qr1 e.docx word && zip -qr1 f.epub OPS META-INF && \
                 rm -r a.txt word OPS META-INF",
            );
        },
        skipped: "too large",
        ..USUAL
    },
    Case {
        name: "members",
        text: "100,000 files in a .zip and in a .tar.gz",
        make: |archive| {
            let folder = archive.join("a");
            fs::create_dir(&folder).expect("a folder");
            for file in 0..100_000 {
                fs::write(folder.join(format!("{file}.txt")), format!("第{file}座桥修好了。"))
                    .expect("a file");
            }
            shell(archive, "zip -qr1 a.zip a && tar czf b.tar.gz a && rm -r a");
        },
        articles: 200_001..=200_001,
        most: 600 + 300,
        ..USUAL
    },
    Case {
        name: "climbing",
        text: "members whose names climb out of a .tar, and links in it",
        make: |archive| {
            fs::write(archive.join("a.txt"), "水退了。").expect("a file");
            shell(
                archive,
                "ln -s /etc/passwd b.txt && tar cPf a.tar --transform 's,^a,../../../a,' a.txt && \
                 tar rPf a.tar --transform 's,^a,/etc/a,' a.txt && tar rf a.tar b.txt && \
                 rm a.txt b.txt",
            );
        },
        articles: 3..=3,
        ..USUAL
    },
    Case {
        name: "feeds",
        text: "feeds with entities that multiply and with a million open elements",
        make: |archive| {
            let mut entities = String::from("<!ENTITY e0 \"水退了\">");
            for i in 1..20 {
                let more = format!("&e{};", i - 1).repeat(10);
                entities += &format!("<!ENTITY e{i} \"{more}\">");
            }
            let item = "<item><title>&e19;</title><description>&e19;</description></item>";
            let feed = format!(
                "<?xml version=\"1.0\"?><!DOCTYPE rss [{entities}]><rss><channel>{item}\
                 <item><title>桥</title><description>堤没有动。</description></item>\
                 </channel></rss>"
            );
            fs::write(archive.join("a.xml"), feed).expect("a file");
            let open = "<item>".repeat(1_000_000);
            fs::write(archive.join("b.xml"), format!("<rss><channel>{open}")).expect("a file");
        },
        articles: 1..=4,
        skipped: "without title and text",
        ..USUAL
    },
    Case {
        name: "messages",
        text: "a message of 10,000 levels, one with 40 MB of headers, a WARC of 10^18 bytes",
        make: |archive| {
            let level = |i: usize| {
                format!("Content-Type: multipart/mixed; boundary=\"b{i}\"\r\n\r\n--b{i}\r\n")
            };
            let levels: String = (0..10_000).map(level).collect();
            let end = "Content-Type: text/plain; charset=utf-8\r\n\r\n堤没有动。\r\n";
            let begin = "From: a@b.cn\r\nSubject: a\r\nMIME-Version: 1.0\r\n";
            fs::write(archive.join("a.eml"), format!("{begin}{levels}{end}")).expect("a file");
            let long = "X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(1 << 20);
            fs::write(archive.join("b.mht"), format!("{begin}{long}{end}")).expect("a file");
            let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>堤没有动。</p>";
            let record = format!(
                "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.cn/\r\n\
                 Content-Length: 999999999999999999\r\n\r\n{page}"
            );
            fs::write(archive.join("c.warc"), record).expect("a file");
        },
        articles: 1..=4,
        skipped: "malformed",
        most: 600 + 55 * 40,
        ..USUAL
    },
];

/// Runs a line of the shell in a folder.
fn shell(folder: &Path, line: &str) {
    let status = Command::new("sh").current_dir(folder).args(["-ec", line]).status();
    assert!(status.expect("a shell").success(), "{line}");
}
