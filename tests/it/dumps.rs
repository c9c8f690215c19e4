//! Records and tables as programs, databases and spreadsheets write them, against the rules of
//! their forms; what stands around the articles of feeds, books and crawls.

use crate::forms::{TEXT, gzip, iso, one, read, zip};
use jianbao::archive::SkipReason;

#[test]
fn tables_as_spreadsheets_and_databases_write_them_lose_no_text() {
    let rows = [
        // A heading above the names, and a remark.
        ("a.csv", format!("临江新闻汇总,,\n,,\n标题,正文,日期\n水厂,{TEXT},2023-07-28\n")),
        ("b.csv", format!("# 共 1 条\n标题,正文,日期\n水厂,{TEXT},2023-07-28\n")),
        // A quotation mark left open takes no other row.
        ("c.csv", format!("标题,正文\n水厂,\"{TEXT}\n水厂,{TEXT}\n水厂,{TEXT}\n")),
        // Cells in quotation marks between tabs.
        ("d.tsv", format!("标题\t正文\n水厂\t\"{TEXT}\n{TEXT}\"\n")),
    ];
    for ((name, table), count) in rows.iter().zip([1, 1, 3, 1]) {
        let (articles, skipped) = read(name, table.as_bytes());
        assert_eq!((articles.len(), skipped), (count, Vec::new()), "{name}");
        for article in articles {
            assert_eq!(article.title.as_deref(), Some("水厂"), "{name}");
            assert!(article.body.starts_with(TEXT) && !article.body.contains('"'), "{name}");
        }
    }
    let ragged = one("a.csv", "标题,日期,正文\n水厂,2023-07-28,开工,明年完工,都好。\n".as_bytes());
    assert_eq!(ragged.body, "开工,明年完工,都好。");
    let escaped =
        one("a.csv", "标题,正文,日期\n水厂,\"他说：\\\"好, 好。\\\"\",2023-07-28\n".as_bytes());
    assert_eq!(
        (escaped.body.as_str(), iso(&escaped).as_deref()),
        ("他说：\"好, 好。\"", Some("2023-07-28"))
    );
    assert_eq!(read("a.csv", "甲,乙\n丙,丁\n".as_bytes()).1[0].reason, SkipReason::NoText);
}

#[test]
fn records_are_read_whatever_the_file_that_holds_them_is_called() {
    let line = format!("{{\"title\":\"水厂\",\"body\":\"{TEXT}\"}}");
    let spread = format!("{{\n  \"title\": \"水厂\",\n  \"body\": \"{TEXT}\"\n}}\n");
    let action = "{\"index\":{\"_id\":\"7\"}}";
    for (name, text, count) in [
        ("a.txt", format!("{line}\n{line}\n"), 2),
        ("a.txt", format!("[{line},\n{line}]"), 2),
        ("a.jsonl", format!("[\n{line},\n{line}\n]\n"), 2),
        ("a.jsonl", format!("[{line},\n{line},\n{line}]\n"), 3),
        ("a.jsonl", format!("{line}{line}\n{line}"), 3),
        ("a.jsonl", spread.repeat(2), 2),
        ("a.jsonl", format!("{line}\n\u{feff}{line}\n"), 2),
        ("a.jsonl", format!("{action}\n{line}\n{action}\n{line}\n"), 2),
        ("a.json", format!("[[\"标题\",\"正文\"],[\"水厂\",\"{TEXT}\"]]"), 1),
        ("a.json", format!("{{\"title\":{{\"0\":\"水厂\"}},\"body\":{{\"0\":\"{TEXT}\"}}}}"), 1),
        ("a.jsonl", format!("{line}\n{}", "\0".repeat(4096)), 1),
    ] {
        let (articles, skipped) = read(name, text.as_bytes());
        assert_eq!((articles.len(), skipped), (count, Vec::new()), "{text}");
        for article in articles {
            assert_eq!(
                (article.title.as_deref(), article.body.as_str()),
                (Some("水厂"), TEXT),
                "{text}"
            );
        }
    }
    let page = format!("<html><body><h1>水厂开工</h1><p>{TEXT}</p></body></html>");
    assert_eq!(one("a.html", &gzip(page.as_bytes())).body, TEXT);
    assert_eq!(one("a.jsonl.gz", line.as_bytes()).body, TEXT);
}

#[test]
fn the_answer_of_an_interface_is_its_articles() {
    let article = format!("{{\"title\":\"水厂\",\"content\":\"{TEXT}\"}}");
    for answer in [
        format!("{{\"message\":\"success\",\"data\":[{article},{article}]}}"),
        format!("{{\"text\":\"好\",\"result\":{{\"list\":[{article},{article}]}}}}"),
    ] {
        let (articles, skipped) = read("a.json", answer.as_bytes());
        assert_eq!((articles.len(), skipped), (2, Vec::new()), "{answer}");
        assert!(articles.iter().all(|article| article.body == TEXT), "{answer}");
    }
    let marked = format!("{{\"title\":\"<em>水厂</em>开工\",\"content\":\"{TEXT}\"}}");
    assert_eq!(one("a.json", marked.as_bytes()).title.as_deref(), Some("水厂开工"));
}

#[test]
fn the_heading_of_a_part_below_goes_and_a_remark_above_leaves_the_text() {
    let body = |text: &str| one("a.json", format!("{{\"content\":\"{text}\"}}").as_bytes()).body;
    assert_eq!(body(&format!("{TEXT}\\n【延伸閱讀】步道開放")), TEXT);
    assert!(body(&format!("[特别声明：不得转载！][专家看水厂]{TEXT}")).ends_with(TEXT));
}

#[test]
fn pictures_contents_and_rules_for_crawlers_are_no_articles() {
    let feed = format!(
        "<rss xmlns:media='x'><channel><title>东湖网</title><image><title>标志</title>\
         <url>http://a.cn/l.png</url></image><item><title>水厂</title>\
         <media:content url='http://a.cn/1.jpg'><media:title>工地</media:title></media:content>\
         <description>{TEXT}</description></item></channel></rss>"
    );
    let article = one("a.xml", feed.as_bytes());
    assert_eq!((article.title.as_deref(), article.body.as_str()), (Some("水厂"), TEXT));
    assert_eq!(article.source.as_deref(), Some("东湖网"));
    let page = format!("<html><body><h1>水厂开工</h1><p>{TEXT}</p></body></html>");
    let book = zip(&[
        ("META-INF/container.xml", b"<container><rootfile full-path='o/p.opf'/></container>"),
        (
            "o/p.opf",
            b"<package><item id='n' href='n.xhtml' properties='nav'/>\
              <item id='a' href='a.xhtml'/><itemref idref='n'/><itemref idref='a'/></package>",
        ),
        ("o/n.xhtml", "<html><body><h1>目录</h1><p>水厂开工</p></body></html>".as_bytes()),
        ("o/a.xhtml", page.as_bytes()),
    ]);
    assert_eq!(one("a.epub", &book).body, TEXT);
    let record = |uri: &str, media: &str, body: &str| {
        let block = format!("HTTP/1.1 200 OK\r\nContent-Type: {media}\r\n\r\n{body}");
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.cn{uri}\r\n\
             Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
    };
    let crawl =
        record("/robots.txt", "text/plain", "User-agent: *") + &record("/1", "text/html", &page);
    assert_eq!(one("a.warc", crawl.as_bytes()).body, TEXT);
    assert_eq!(read("a.zip", &zip(&[])).1[0].reason, SkipReason::Empty);
}
