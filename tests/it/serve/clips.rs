//! The basket of a browser: forms that change it, its page, its documents.

use super::{Reply, get, get_with, held, index_of, key, post_form, sample, sample_of};
use axum::Router;
use axum::http::StatusCode;
use jianbao::serve::{ServerLimits, router};
use serde_json::{Value, json};

/// A browser that keeps its cookie.
struct Browser<'a> {
    routes: &'a Router,
    cookie: String,
}

impl Browser<'_> {
    fn new(routes: &Router) -> Browser<'_> {
        Browser { routes, cookie: "other=1".to_owned() }
    }

    fn get(&self, address: &str) -> Reply {
        let reply = get_with(self.routes, address, &[("cookie", &self.cookie)]);
        assert_eq!(reply.status, StatusCode::OK, "{address}: {}", reply.text);
        reply
    }

    /// Sends a form; returns where it leads.
    fn send(&mut self, fields: &[(&str, &str)]) -> String {
        let headers = [("cookie", self.cookie.as_str()), ("origin", "http://localhost:7070")];
        let reply = post_form(self.routes, "/clips", fields, &headers);
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        let cookie = reply.header("set-cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        self.cookie = format!("other=1; {}", cookie.split(';').next().unwrap());
        reply.header("location").to_owned()
    }

    /// The names of the clippings on a page, in order.
    fn names(&self, address: &str) -> Vec<String> {
        let text = self.get(address).text;
        let parts = text.split("name=\"clip\" value=\"").skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    }
}

#[test]
fn hits_are_clipped_ordered_and_taken_out_without_a_script() {
    let routes = sample();
    let mut browser = Browser::new(&routes);
    let names = browser.names("/?q=临江");
    assert!(names.len() > 3, "{names:?}");
    assert_eq!(browser.names("/clips").len(), 0);
    for name in &names[..3] {
        let back = browser.send(&[("action", "add"), ("clip", name), ("back", "/?q=a#h1")]);
        assert_eq!(back, "/?q=a#h1");
    }
    assert_eq!(browser.names("/clips"), &names[..3]);
    let page = browser.get("/?q=临江&lang=zh").text;
    assert_eq!(page.matches("aria-pressed=\"true\"").count(), 3, "{page}");
    assert!(page.contains("<b class=\"count\">3</b>"), "{page}");
    browser.send(&[("action", "up"), ("clip", &names[2])]);
    browser.send(&[("action", "remove"), ("clip", &names[0])]);
    assert_eq!(browser.names("/clips"), [names[2].clone(), names[1].clone()]);
    assert_eq!(browser.send(&[("action", "clear"), ("back", "//evil.example")]), "/clips");
    assert_eq!(browser.names("/clips").len(), 0);
}

#[test]
fn a_page_is_not_held_to_be_known_once_the_basket_has_changed() {
    let routes = sample();
    let mut browser = Browser::new(&routes);
    let tag = browser.get("/?q=临江").header("etag").to_owned();
    let again = |browser: &Browser<'_>| {
        let headers = [("cookie", browser.cookie.as_str()), ("if-none-match", &tag)];
        get_with(&routes, "/?q=临江", &headers).status
    };
    assert_eq!(again(&browser), StatusCode::NOT_MODIFIED);
    let name = browser.names("/?q=临江")[0].clone();
    browser.send(&[("action", "add"), ("clip", &name)]);
    assert_eq!(again(&browser), StatusCode::OK);
}

#[test]
fn the_basket_is_exported_in_every_form_and_read_back_in() {
    let routes = sample();
    let mut browser = Browser::new(&routes);
    let article = key(&routes, "北堤");
    let whole = browser.names(&format!("/a/{article}"))[0].clone();
    let hit = browser.names("/?q=方言")[0].clone();
    browser.send(&[("action", "add"), ("clip", &whole)]);
    browser.send(&[("action", "add"), ("clip", &hit)]);
    let document = |form: &str| browser.get(&format!("/clips/document?format={form}"));
    assert!(document("md").text.starts_with("# 剪报\n"));
    assert!(document("html").text.contains("<blockquote>"));
    assert!(document("docx").bytes.starts_with(b"PK"));
    assert!(document("docx").header("content-disposition").contains("clippings.docx"));
    assert_eq!(document("ris").text.matches("TY  - NEWS").count(), 2);
    let bibtex = document("bib").text;
    assert_eq!(biblatex::Bibliography::parse(&bibtex).unwrap().len(), 2, "{bibtex}");
    assert_eq!(csv::Reader::from_reader(&document("csv").bytes[..]).records().count(), 2);
    let records = document("jsonl").text;
    let first: Value = serde_json::from_str(records.lines().next().unwrap()).unwrap();
    assert_eq!((&first["key"], &first["ordinal"]), (&json!(article), &Value::Null));
    let mut other = Browser::new(&routes);
    let needed = |line: &str| -> String {
        let record: Value = serde_json::from_str(line).unwrap();
        let (key, ordinal, digest) = (&record["key"], &record["ordinal"], &record["digest"]);
        json!({ "key": key, "ordinal": ordinal, "digest": digest }).to_string()
    };
    let lines: Vec<String> = records.lines().map(needed).collect();
    let text = format!("{}\nno clipping", lines.join("\n"));
    let back = other.send(&[("action", "read"), ("records", &text), ("back", "/clips")]);
    assert_eq!(back, "/clips?unread=1");
    assert_eq!(other.names("/clips"), browser.names("/clips"));
    assert!(!other.get("/clips?lang=zh").text.contains("原文与剪下时不同"));
}

#[test]
fn a_source_that_says_something_else_by_now_is_told_and_one_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let article = |text: &str| json!({ "id": "7", "title": "渡口", "content": text }).to_string();
    let built = index_of(folder.path(), &article("渡口照常开放。"));
    let held = held(&built, ServerLimits::default());
    let routes = router(std::sync::Arc::clone(&held));
    let mut browser = Browser::new(&routes);
    let name = browser.names("/?q=渡口")[0].clone();
    browser.send(&[("action", "add"), ("clip", &name)]);
    browser.send(&[("action", "add"), ("clip", "2aaaaaaaaaaaa-0-01234567")]);
    let page = browser.get("/clips?lang=zh").text;
    assert!(!page.contains("原文与剪下时不同") && page.contains("库中已无此文"), "{page}");
    index_of(folder.path(), &article("渡口今日停航。"));
    assert!(held.renew().unwrap());
    let page = browser.get("/clips?lang=zh").text;
    assert!(page.contains("原文与剪下时不同"), "{page}");
    assert_eq!(get(&routes, "/clips/document?format=pdf").status, StatusCode::BAD_REQUEST);
}

#[test]
fn a_hostile_article_stays_text_in_the_basket_and_its_documents() {
    let folder = tempfile::tempdir().unwrap();
    let article = json!({
        "title": "=HYPERLINK(\"http://evil.example\")<script>alert(1)</script>渡口",
        "content": "站长林秋实表示：“</blockquote><script>alert(2)</script>渡口照常开放。”",
        "source": "晚报\"'><img src=x onerror=alert(3)>",
        "url": "javascript:alert(4)//",
        "date": "2024-05-01",
    });
    let routes = sample_of(&index_of(folder.path(), &article.to_string()));
    let mut browser = Browser::new(&routes);
    let name = browser.names("/?q=渡口")[0].clone();
    browser.send(&[("action", "add"), ("clip", &name)]);
    let page = browser.get("/clips").text;
    let html = browser.get("/clips/document?format=html").text;
    for text in [&page, &html] {
        for part in ["<script>", "<img", "href=\"javascript:"] {
            assert!(!text.contains(part), "{part} in {text}");
        }
    }
    let table = browser.get("/clips/document?format=csv").text;
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let row = rows.records().next().unwrap().unwrap();
    assert!(row.iter().all(|cell| !cell.starts_with('=')), "{row:?}");
    let markdown = browser.get("/clips/document?format=md").text;
    assert!(!markdown.contains("\n<script>") && markdown.contains("渡口"), "{markdown}");
    let bytes = browser.get("/clips/document?format=docx").bytes;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let document = std::io::read_to_string(archive.by_name("word/document.xml").unwrap()).unwrap();
    assert!(document.contains("&lt;script&gt;") && !document.contains("<script"), "{document}");
}
