//! Forms of archives and pages through the program's own reading: containers, feeds, messages,
//! names, encodings and the layouts of pages.

use jianbao::archive::{Content, Fields, Options, RawRecord, Skip, SkipReason, records, walk};
use jianbao::article::{Article, Context, Headers, parse};
use jianbao::definition::Definition;
use jianbao::error::Note;
use std::fs;
use std::io::Write;
use std::sync::OnceLock;
use tempfile::TempDir;

pub const TEXT: &str = "城东水厂扩建工程昨日开工，计划明年六月竣工。\
    市水务局局长许立诚说：“工程建成后，每天可以多供水十万吨。”";

fn headers() -> &'static Headers {
    static HEADERS: OnceLock<Headers> = OnceLock::new();
    HEADERS.get_or_init(|| Headers::new(&Definition::embedded()).unwrap())
}

/// The articles of a file with this name and content, and what was skipped.
pub fn read(name: &str, bytes: &[u8]) -> (Vec<Article>, Vec<Skip>) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let options = Options::default();
    let walk = walk(&[folder.path().to_owned()], &options).unwrap();
    let (mut articles, mut skipped) = (Vec::new(), walk.skipped);
    for outcome in walk.files.iter().flat_map(|file| records(file, &options)) {
        match outcome {
            Ok(record) => articles.push(parse(&record, &Context::default(), headers())),
            Err(skip) => skipped.push(skip),
        }
    }
    (articles, skipped)
}

/// The only article of such a file; nothing may be skipped.
pub fn one(name: &str, bytes: &[u8]) -> Article {
    let (mut articles, skipped) = read(name, bytes);
    assert!(skipped.is_empty(), "{name}: {skipped:?}");
    assert_eq!(articles.len(), 1, "{name}");
    articles.remove(0)
}

pub fn iso(article: &Article) -> Option<String> {
    article.date.as_ref().map(|date| date.iso())
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A zip file, members deflated: local headers, directory, end (APPNOTE.TXT, 4.3).
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let mut common = Vec::new();
        for number in [20u16, 0x800, 8, 0, 0x21] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
            common.extend(number.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0u16.to_le_bytes());
        let start = out.len() as u32;
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02");
        directory.extend(20u16.to_le_bytes());
        directory.extend(&common);
        directory.extend([0u8; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (at, size, count) = (out.len() as u32, directory.len() as u32, members.len() as u16);
    out.extend(directory);
    out.extend(b"PK\x05\x06");
    out.extend([0u8; 4]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend(0u16.to_le_bytes());
    out
}

#[test]
fn archive_files_give_the_records_of_their_members() {
    let line = format!("{{\"title\":\"水厂\",\"body\":\"{TEXT}\"}}\n");
    let packed = gzip(line.as_bytes());
    let members: [(&str, &[u8]); 5] = [
        ("科技/2023-07-28/水厂开工.txt", TEXT.as_bytes()),
        ("b.jsonl", line.as_bytes()),
        ("c.jsonl.gz", &packed),
        ("图.jpg", b"\xff\xd8\xff\xe0"),
        ("__MACOSX/._a.txt", b"\0\x05\x16\x07"),
    ];
    let tar = tar(&members);
    for (name, bytes) in [
        ("a.zip", zip(&members)),
        ("a.tar", tar.clone()),
        ("a.tar.gz", gzip(&tar)),
        ("a.tgz", gzip(&tar)),
        ("a.tar.zst", zstd::encode_all(&tar[..], 1).unwrap()),
    ] {
        let (articles, skipped) = read(name, &bytes);
        assert_eq!(articles.len(), 3, "{name}: {skipped:?}");
        assert_eq!(articles[0].id.as_str(), "水厂开工", "{name}");
        assert_eq!(iso(&articles[0]).as_deref(), Some("2023-07-28"), "{name}");
        assert!(articles.iter().all(|article| article.body == TEXT), "{name}");
        let reasons: Vec<_> = skipped.iter().map(|skip| skip.reason).collect();
        assert_eq!(reasons, [SkipReason::UnknownForm], "{name}");
        assert_eq!(skipped[0].detail, "图.jpg");
    }
}

#[test]
fn hostile_archive_files_cost_only_themselves() {
    let climbing = tar(&[("甲.txt", TEXT.as_bytes())]);
    let mut named = climbing.clone();
    named[..13].copy_from_slice(b"../../../etc/");
    // A header with a wrong checksum is no header.
    assert_eq!(read("a.tar", &named).1[0].reason, SkipReason::Malformed);
    let (articles, _) = read("a.zip", &zip(&[("../../甲.txt", TEXT.as_bytes())]));
    assert_eq!(articles[0].id.as_str(), "甲");
    assert_eq!(read("a.zip", b"PK\x03\x04 nothing more").1[0].reason, SkipReason::Malformed);
    assert_eq!(read("a.tar", &climbing[..700]).1[0].reason, SkipReason::Malformed);
    // Twice the same bytes: a bomb is made so.
    let twice = zip(&[("a.txt", TEXT.as_bytes()), ("b.txt", TEXT.as_bytes())]);
    let directory = twice.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    let mut overlapping = twice.clone();
    overlapping[directory + 42..directory + 46].copy_from_slice(&[0; 4]);
    let (articles, skipped) = read("a.zip", &overlapping);
    assert_eq!((articles.len(), skipped[0].reason), (1, SkipReason::Malformed));
    // A wrong checksum is told.
    let mut damaged = zip(&[("a.txt", TEXT.as_bytes())]);
    damaged[14] ^= 1;
    let directory = damaged.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    damaged[directory + 16] ^= 1;
    assert_eq!(read("a.zip", &damaged).1[0].reason, SkipReason::Malformed);
}

#[test]
fn every_packing_is_undone() {
    for name in ["a.txt.bz2", "a.txt.xz"] {
        let bytes = if name.ends_with("xz") {
            let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
            encoder.write_all(TEXT.as_bytes()).unwrap();
            encoder.finish().unwrap()
        } else {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(TEXT.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(one(name, &bytes).body, TEXT, "{name}");
        assert_eq!(read(name, &bytes[..bytes.len() / 2]).1[0].reason, SkipReason::Malformed);
    }
}

#[test]
fn feeds_give_their_items() {
    let rss = format!(
        "<?xml version='1.0'?><rss><channel><title>东湖网</title><item><title>水厂开工</title>\
         <link>http://a.cn/1</link><pubDate>Fri, 28 Jul 2023 08:40:00 GMT</pubDate>\
         <description>简介</description><content:encoded><![CDATA[<p>{TEXT}</p>]]>\
         </content:encoded><author>林小明</author></item></channel></rss>"
    );
    let atom = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>东湖网</title><entry>\
         <title>水厂开工</title><link href='http://a.cn/1'/>\
         <published>2023-07-28T16:40:00+08:00</published>\
         <author><name>林小明</name></author>\
         <content type='html'>&lt;p&gt;{TEXT}&lt;/p&gt;</content>\
         </entry></feed>"
    );
    for (name, feed) in [("a.xml", &rss), ("a.rss", &rss), ("a.atom", &atom)] {
        let article = one(name, feed.as_bytes());
        assert_eq!(article.title.as_deref(), Some("水厂开工"), "{name}");
        assert_eq!(iso(&article).as_deref(), Some("2023-07-28T16:40"), "{name}");
        assert_eq!(article.source.as_deref(), Some("东湖网"), "{name}");
        assert_eq!((article.body.as_str(), article.authors), (TEXT, vec!["林小明".to_owned()]));
        assert_eq!(article.url.as_deref(), Some("http://a.cn/1"), "{name}");
    }
    let sitemap = "<urlset><url><loc>http://a.cn/1</loc><news:news><news:publication><news:name>\
                   东湖报</news:name></news:publication><news:publication_date>2023-07-28\
                   </news:publication_date><news:title>水厂开工</news:title></news:news></url>\
                   </urlset>";
    let (articles, skipped) = read("a.xml", sitemap.as_bytes());
    assert_eq!(articles[0].source.as_deref(), Some("东湖报"));
    assert_eq!(iso(&articles[0]).as_deref(), Some("2023-07-28"));
    assert_eq!(skipped[0].reason, SkipReason::TitleOnly);
    assert_eq!(read("a.xml", b"<config><a/></config>").1[0].reason, SkipReason::NoText);
}

#[test]
fn messages_and_saved_pages_are_read() {
    let subject = "=?utf-8?B?5rC05Y6C5byA5bel?=";
    let head =
        "From: =?utf-8?B?5Lic5rmW5pel5oql?= <a@b.cn>\r\nDate: Fri, 28 Jul 2023 16:40:00 +0800";
    let message = format!(
        "{head}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; \
         charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{TEXT}\r\n"
    );
    let article = one("a.eml", message.as_bytes());
    assert_eq!(article.title.as_deref(), Some("水厂开工"));
    assert_eq!((article.body.as_str(), article.source.as_deref()), (TEXT, Some("东湖日报")));
    assert_eq!(iso(&article).as_deref(), Some("2023-07-28T16:40"));
    let page = format!("<html><body><h1>水厂开工</h1><p>{TEXT}</p></body></html>");
    let saved = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a.cn/2023/0728/1.html\r\n\
         Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         {page}\r\n--b--\r\n"
    );
    let article = one("a.mhtml", saved.as_bytes());
    assert_eq!((article.title.as_deref(), article.body.as_str()), (Some("水厂开工"), TEXT));
    assert_eq!(article.url.as_deref(), Some("http://a.cn/2023/0728/1.html"));
    assert_eq!(iso(&article).as_deref(), Some("2023-07-28"));
    assert_eq!(read("a.eml", b"nothing").1[0].reason, SkipReason::Malformed);
}

#[test]
fn crawlers_records_give_their_pages() {
    let page = format!("<html><body><h1>水厂开工</h1><p>{TEXT}</p></body></html>");
    let record = |kind: &str, block: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a.cn/2023/0728/1.html\r\n\
             WARC-Date: 2023-08-01T00:00:00Z\r\nContent-Type: application/http\r\n\
             Content-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
    };
    let answer = |status: &str, media: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Type: {media}\r\n\r\n{body}")
    };
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{page}\r\n0\r\n\r\n",
        page.len()
    );
    let warc = [
        record("warcinfo", "software: x"),
        record("response", &answer("200 OK", "text/html; charset=utf-8", &page)),
        record("response", &answer("404 Not Found", "text/html", "无")),
        record("response", &answer("200 OK", "image/png", "x")),
        record("response", &chunked),
    ]
    .concat();
    for (name, bytes) in
        [("a.warc", warc.clone().into_bytes()), ("a.warc.gz", gzip(warc.as_bytes()))]
    {
        let (articles, skipped) = read(name, &bytes);
        assert!(skipped.is_empty(), "{skipped:?}");
        assert_eq!(articles.len(), 2, "{name}");
        for article in articles {
            assert_eq!((article.title.as_deref(), article.body.as_str()), (Some("水厂开工"), TEXT));
            assert_eq!(iso(&article).as_deref(), Some("2023-07-28"));
        }
    }
    let half = read("a.warc", &warc.as_bytes()[..warc.len() / 2]).1;
    assert_eq!(half[0].reason, SkipReason::Malformed);
}

#[test]
fn documents_and_books_are_read() {
    let document = format!(
        "<w:document><w:p><w:r><w:t>水厂开工</w:t></w:r></w:p><w:p><w:r><w:t>{TEXT}</w:t></w:r>\
         </w:p></w:document>"
    );
    let article = one("a.docx", &zip(&[("word/document.xml", document.as_bytes())]));
    assert_eq!((article.title.as_deref(), article.body.as_str()), (Some("水厂开工"), TEXT));
    let page = format!("<html><body><h1>水厂开工</h1><p>{TEXT}</p></body></html>");
    let book = zip(&[
        ("META-INF/container.xml", b"<container><rootfile full-path='o/p.opf'/></container>"),
        (
            "o/p.opf",
            b"<package><item id='a' href='a.xhtml'/><item id='c' href='c.xhtml'/>\
              <itemref idref='c'/><itemref idref='a'/></package>",
        ),
        ("o/a.xhtml", page.as_bytes()),
        ("o/c.xhtml", b"<html><body><img src='cover.png'/></body></html>"),
    ]);
    assert_eq!(one("a.epub", &book).body, TEXT);
    assert_eq!(read("b.epub", &zip(&[("a", b"b")])).1[0].reason, SkipReason::Malformed);
    assert_eq!(read("a.pdf", b"%PDF-1.7").1[0].reason, SkipReason::Pdf);
}

#[test]
fn names_that_say_little_are_read_by_their_content() {
    let page = format!("<!DOCTYPE html><html><body><h1>水厂开工</h1><p>{TEXT}</p></body></html>");
    for name in ["index.html?id=5", "页.html.1", "c_11.htm?spm=z", "news.php?id=7", "页", "a.txt"]
    {
        let article = one(name, page.as_bytes());
        assert_eq!((article.title.as_deref(), article.body.as_str()), (Some("水厂开工"), TEXT));
    }
    assert_eq!(one("页.htm.gz", &gzip(page.as_bytes())).body, TEXT);
    let line = format!("{{\"title\":\"水厂\",\"body\":\"{TEXT}\"}}");
    for name in ["a.jl", "a.jsonlines", "记录"] {
        assert_eq!(one(name, line.as_bytes()).body, TEXT, "{name}");
    }
    assert_eq!(one("稿件", TEXT.as_bytes()).body, TEXT);
    assert_eq!(read("Makefile", b"all: build\n").1[0].reason, SkipReason::UnknownForm);
}

#[test]
fn a_mixed_file_is_read_record_by_record() {
    let line = |title: &str| format!("{{\"title\":\"{title}\",\"body\":\"{TEXT}\"}}\n");
    let mut bytes = line("甲").into_bytes();
    bytes.extend(encoding_rs::GB18030.encode(&line("乙")).0.iter());
    bytes.extend(line("丙").repeat(3).into_bytes());
    let (articles, skipped) = read("a.jsonl", &bytes);
    assert!(skipped.is_empty() && articles.len() == 5, "{skipped:?}");
    assert!(articles.iter().all(|article| article.body == TEXT));
    assert_eq!(articles[1].encoding, "gb18030");
    assert!(articles[1].notes.contains(&Note::EncodingMixed));
    let mut bytes = format!("标题,正文\n甲,{TEXT}\n").into_bytes();
    bytes.extend(encoding_rs::GB18030.encode(&format!("乙,{TEXT}\n")).0.iter());
    let (articles, _) = read("a.csv", &bytes);
    assert!(articles.len() == 2 && articles.iter().all(|article| article.body == TEXT));
}

#[test]
fn a_nul_among_the_first_records_costs_no_other() {
    let line = format!("{{\"title\":\"水厂\",\"body\":\"{TEXT}\"}}\n");
    let mut bytes = line.repeat(50).into_bytes();
    bytes.insert(line.len() + 20, 0);
    let (articles, skipped) = read("a.jsonl", &bytes);
    assert_eq!((articles.len(), skipped.len()), (50, 0));
}

#[test]
fn tables_with_other_separators_and_in_utf16() {
    let article =
        one("a.csv", format!("标题;正文;发布时间\n水厂;\"{TEXT}\";2023-07-28\n").as_bytes());
    assert_eq!((article.body.as_str(), iso(&article).as_deref()), (TEXT, Some("2023-07-28")));
    let table = format!("\u{feff}标题\t正文\n水厂\t{TEXT}\n");
    let bytes: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(one("a.csv", &bytes).body, TEXT);
    assert_eq!(one("b.csv", format!("sep=|\n标题|正文\n水厂|{TEXT}\n").as_bytes()).body, TEXT);
}

#[test]
fn a_text_under_an_unknown_name_is_taken_and_a_title_alone_is_told() {
    let record = format!("{{\"title\":\"水厂\",\"soju\":\"{TEXT}\"}}");
    let article = one("a.json", record.as_bytes());
    assert!(article.body == TEXT && article.notes.contains(&Note::TextGuessed));
    let (articles, skipped) = read("a.json", "{\"title\":\"水厂开工\",\"x\":1}".as_bytes());
    assert_eq!(articles[0].title.as_deref(), Some("水厂开工"));
    assert!(skipped[0].reason == SkipReason::TitleOnly && skipped[0].detail.contains("title, x"));
}

fn in_file(date: &str, body: &str) -> String {
    format!("{{\"title\":\"水厂\",\"date\":\"{date}\",\"body\":\"{body}\"}}\n")
}

#[test]
fn a_year_comes_from_the_records_beside_and_never_replaces_one_that_is_written() {
    let text = [
        in_file("", "新华社北京7月26日电 水厂开工。"),
        in_file("2023-07-28", "水厂开工。"),
        in_file("", "新华社北京7月30日电 水厂开工。"),
        in_file("07/08/2023", "水厂开工。"),
        in_file("25/07/2023", "水厂开工。"),
    ];
    let (articles, _) = read("a.jsonl", text.concat().as_bytes());
    let dates: Vec<_> = articles.iter().map(|article| iso(article).unwrap()).collect();
    assert_eq!(dates, ["2023-07-26", "2023-07-28", "2023-07-30", "2023-08-07", "2023-07-25"]);
    assert!(articles[0].date.as_ref().unwrap().inferred);
    assert!(!articles[0].notes.contains(&Note::YearFromFile));
    let only = one("a.jsonl", in_file("07/08/2023", "水厂开工。").as_bytes());
    assert_eq!(iso(&only).as_deref(), Some("2023"));
    assert!(only.notes.contains(&Note::DateAmbiguous));
}

#[test]
fn a_year_from_the_files_time_is_marked_and_one_without_evidence_is_unknown() {
    let only = one("a.jsonl", in_file("", "新华社北京7月26日电 水厂开工。").as_bytes());
    assert!(only.notes.contains(&Note::YearFromFile) && only.date.unwrap().inferred);
    let fields = |url: Option<&str>| Fields {
        body: Some("新华社北京7月24日电 水厂开工。".into()),
        url: url.map(str::to_owned),
        ..Fields::default()
    };
    let record = |url| RawRecord {
        path: "a.jsonl".into(),
        content: Content::Fields(fields(url)),
        ..RawRecord::default()
    };
    let context = Context::default();
    let unknown = parse(&record(None), &context, headers());
    assert!(unknown.date.is_none() && unknown.notes.contains(&Note::YearUnknown));
    let dated = parse(&record(Some("http://a.cn/2023-07/c_1.htm")), &context, headers());
    assert_eq!(iso(&dated).as_deref(), Some("2023-07-24"));
}
