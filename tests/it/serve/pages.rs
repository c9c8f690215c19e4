//! The pages: each is there, small, without a script of its own, and safe whatever an article says.

use super::{Reply, get, get_with, index_of, key, sample, sample_of};
use axum::http::StatusCode;

/// The checks of every page.
fn check(address: &str, page: &Reply) {
    assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text);
    assert!(page.text.len() < 100_000, "{address} has {} bytes", page.text.len());
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    for part in ["<style", " style=", " onclick=", "<script>", "href=\"javascript:", "http-equiv"] {
        assert!(!page.text.contains(part), "{address} has {part}");
    }
    assert_eq!(page.text.matches("<h1").count(), 1, "{address}");
    assert_eq!(page.text.matches("<script").count(), 1, "{address}");
}

#[test]
fn every_page_is_there_in_both_languages() {
    let routes = sample();
    let key = key(&routes, "北堤");
    let pages = [
        "/?".to_owned(),
        "/?q=北堤".to_owned(),
        "/?q=北堤&view=kwic&order=left".to_owned(),
        "/?speaker=魏长河&topic=体育&since=2023".to_owned(),
        "/?q=此词必无其事".to_owned(),
        format!("/a/{key}?"),
        format!("/a/{key}/reprints?"),
        "/s/魏长河?".to_owned(),
        "/help?".to_owned(),
        "/clips?".to_owned(),
    ];
    for address in pages {
        let chinese = get(&routes, &address);
        check(&address, &chinese);
        assert!(chinese.text.contains("<html lang=\"zh\">"));
        let english = get(&routes, &format!("{address}&lang=en"));
        check(&address, &english);
        assert!(english.text.contains("<html lang=\"en\">"));
        let preferred = get_with(&routes, &address, &[("accept-language", "en-GB,zh;q=0.5")]);
        assert!(preferred.text.contains("<html lang=\"en\">"), "{address}");
    }
    for (address, kind) in [("/style.css", "text/css"), ("/script.js", "text/javascript")] {
        assert!(get(&routes, address).header("content-type").starts_with(kind));
    }
    assert!(get(&routes, &format!("/a/{key}/cite.ris")).text.starts_with("TY  - "));
    assert!(get(&routes, &format!("/a/{key}/cite.bib")).text.starts_with('@'));
}

#[test]
fn a_page_marks_the_words_the_speaker_and_the_filters_that_hold() {
    let routes = sample();
    let page = get(&routes, "/?q=北堤&source=临江&lang=zh").text;
    assert!(page.contains("<mark>北堤</mark>"), "{page}");
    assert!(
        page.contains("来源: 临江") && page.contains("aria-label=\"去掉 来源: 临江\""),
        "{page}"
    );
    assert!(page.contains("<svg") && page.contains("class=\"bar\""), "{page}");
    let page = get(&routes, "/?speaker=魏长河").text;
    assert!(page.contains("<span class=\"s sure s"), "{page}");
    assert!(page.contains("/s/%E9%AD%8F%E9%95%BF%E6%B2%B3"), "{page}");
}

#[test]
fn a_page_that_cannot_be_made_says_why_as_a_page() {
    let routes = sample();
    for (address, status) in [
        ("/?sort=best", StatusCode::BAD_REQUEST),
        ("/?x=<script>alert(1)</script>", StatusCode::BAD_REQUEST),
        ("/a/2aaaaaaaaaaaa", StatusCode::NOT_FOUND),
        ("/s/无此人", StatusCode::NOT_FOUND),
        ("/nothing", StatusCode::NOT_FOUND),
        ("/s/%FF%FE", StatusCode::BAD_REQUEST),
    ] {
        let page = get_with(&routes, address, &[("accept", "text/html")]);
        assert_eq!(page.status, status, "{address}");
        assert!(page.header("content-type").starts_with("text/html"), "{address}");
        assert!(!page.text.contains("<script>"), "{address}");
    }
    for address in ["/api/v1/speakers/%FF", "/api/v1/articles/%FF", "/nothing"] {
        let kind = get(&routes, address).header("content-type").to_owned();
        assert_eq!(kind, "application/problem+json", "{address}");
    }
}

#[test]
fn a_hostile_article_stays_text_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let article = serde_json::json!({
        "title": "<script>alert(1)</script>渡口\" onmouseover=\"x",
        "content": "站长林秋实表示：“</script><script>alert(2)</script>渡口照常开放。”请照办。",
        "source": "晚报\"'><img src=x onerror=alert(3)>",
        "author": "]]>&lt;",
        "url": "javascript:alert(4)//",
        "date": "2024-05-01",
    });
    let routes = sample_of(&index_of(folder.path(), &article.to_string()));
    let key = key(&routes, "渡口");
    let speaker = get(&routes, "/api/v1/speakers").json()["rows"][0]["name"].clone();
    let speaker = speaker.as_str().unwrap_or_default().to_owned();
    let pages = [
        "/?q=渡口".to_owned(),
        "/?q=渡口&view=kwic".to_owned(),
        format!("/a/{key}"),
        format!("/a/{key}/reprints"),
        format!("/s/{speaker}"),
        "/?q=<script>\"'".to_owned(),
    ];
    for address in pages {
        let page = get(&routes, &address);
        check(&address, &page);
        assert!(!page.text.contains("<img"), "{address}");
        assert!(!page.text.contains("\" onmouseover"), "{address}");
    }
    let feed = get(&routes, "/feed.atom?q=渡口");
    assert_eq!(feed.status, StatusCode::OK);
    assert!(!feed.text.contains("<script") && !feed.text.contains("javascript:"), "{}", feed.text);
    assert!(feed.text.contains(&format!("urn:jianbao:article:{key}")));
    // An address that is none of the web gives way to the server's own page.
    assert!(feed.text.contains(&format!("<link href=\"/a/{key}\"/>")), "{}", feed.text);
    let entry = |text: &str| text.split_once("<entry>").unwrap().1.to_owned();
    assert_eq!(entry(&feed.text), entry(&get(&routes, "/feed.atom?q=渡口").text));
}

#[test]
fn an_article_without_a_headline_is_called_by_its_first_clause() {
    let folder = tempfile::tempdir().unwrap();
    let article = serde_json::json!({ "content": "水位今晨回落，渡口照常开放。船工说放心。" });
    let routes = sample_of(&index_of(folder.path(), &article.to_string()));
    let key = key(&routes, "渡口");
    for address in [format!("/a/{key}?lang=zh"), format!("/a/{key}/reprints?lang=zh")] {
        let page = get(&routes, &address).text;
        assert!(page.contains("（无标题）水位今晨回落"), "{address}: {page}");
    }
}

#[test]
fn a_value_of_a_count_can_be_left_out_and_a_filter_turned_round() {
    let routes = sample();
    let page = get(&routes, "/?q=临江&lang=zh").text;
    let left_out = page.split("除外").next().unwrap().rsplit_once("href=\"").unwrap().1;
    let left_out = left_out.split('"').next().unwrap().replace("&#38;", "&");
    assert!(left_out.contains("not_speaker="), "{left_out}");
    let page = get(&routes, &left_out).text;
    assert!(page.contains("说话人≠: ") && page.contains(">≠</a>"), "{page}");
    let turned = page.split(">≠</a>").next().unwrap().rsplit_once("href=\"").unwrap().1;
    let turned = turned.split('"').next().unwrap().replace("&#38;", "&");
    assert!(turned.contains("&speaker=") && !turned.contains("not_speaker"), "{turned}");
    assert!(get(&routes, &turned).text.contains("说话人: "));
}

/// The address of the link with this text.
fn link(page: &str, text: &str) -> String {
    let before = page.split(&format!(">{text}</a>")).next().unwrap();
    assert!(before.len() < page.len(), "no link {text}: {page}");
    let address = before.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap();
    address.replace("&#38;", "&")
}

#[test]
fn a_chinese_page_names_topics_and_values_in_chinese() {
    let routes = sample();
    let page = get(&routes, "/?topic=economy&quotes=direct&sort=newest&lang=zh").text;
    for chip in ["主题: 经济 ", "引语: 直接引语 ", "排序: 最新 "] {
        assert!(page.contains(chip), "{chip}: {page}");
    }
    assert!(page.contains("<option value=\"direct\" selected>直接引语</option>"), "{page}");
    assert!(page.contains("<details class=\"further\" open>"), "{page}");
    assert!(page.contains(">最新</a>") && page.contains("aria-current=\"true\">最新<"), "{page}");
    let sub = page.split(">经济/").nth(1).expect("a facet of topics").split('<').next();
    let address = link(&page, &format!("经济/{}", sub.unwrap()));
    assert!(address.contains("topic=economy%2F"), "{address}");
    let english = get(&routes, "/?topic=economy&lang=en").text;
    assert!(english.contains("topic: economy "), "{english}");
    assert!(!get(&routes, "/?q=临江").text.contains("<details class=\"further\" open>"));
}

#[test]
fn an_empty_answer_leads_out_of_itself() {
    let routes = sample();
    let page = get(&routes, "/?q=北堤&speaker=魏长何&topic=sport&lang=zh").text;
    let meant = link(&page, "魏长河");
    assert!(meant.contains("speaker=%E9%AD%8F%E9%95%BF%E6%B2%B3") && meant.contains("topic="));
    let before = page.split("不加筛选").next().unwrap().rsplit_once("href=\"").unwrap().1;
    let without = before.split('"').next().unwrap().replace("&#38;", "&");
    assert_eq!(without, "/?q=%E5%8C%97%E5%A0%A4&lang=zh");
    assert!(get(&routes, &without).text.contains("class=\"hit\""));
}

#[test]
fn a_few_days_are_drawn_one_by_one() {
    let routes = sample();
    let page = get(&routes, "/?q=临江&since=2024-05&until=2024-05").text;
    assert!(page.contains("data-time=\"2024-05-12\""), "{page}");
    assert!(get(&routes, "/?q=临江").text.contains("data-time=\"2024-05\""));
}

#[test]
fn a_language_that_was_chosen_is_kept_and_is_part_of_the_tag() {
    let routes = sample();
    let chosen = get(&routes, "/?q=北堤&lang=en");
    let cookie = chosen.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(cookie, "lang=en");
    let headers = [("cookie", cookie.as_str())];
    let english = get_with(&routes, "/?q=北堤", &headers);
    assert!(english.text.contains("<html lang=\"en\">"));
    let held = [("cookie", cookie.as_str()), ("if-none-match", english.header("etag"))];
    assert_eq!(get_with(&routes, "/?q=北堤", &held).status, StatusCode::NOT_MODIFIED);
    // A browser that is set to another language now holds the page in the one before.
    let other = [("accept-language", "zh"), ("if-none-match", english.header("etag"))];
    assert_eq!(get_with(&routes, "/?q=北堤", &other).status, StatusCode::OK);
    let again = [("cookie", "lang=zh"), ("if-none-match", chosen.header("etag"))];
    let again = get_with(&routes, "/?q=北堤&lang=en", &again);
    assert_eq!(
        (again.status, again.header("set-cookie").is_empty()),
        (StatusCode::NOT_MODIFIED, false)
    );
}

#[test]
fn a_concordance_says_how_many_lines_there_are() {
    let page = get(&sample(), "/?q=临江&view=kwic&lang=zh").text;
    assert!(page.contains("<p class=\"facts\">显示 "), "{page}");
    assert!(page.contains("columns wide") && link(&page, "按左").contains("order=left"));
    assert!(link(&page, "CSV").starts_with("/api/v1/export?q="), "{page}");
}

#[test]
fn an_article_leads_to_its_topics_and_says_how_many_copies_there_are() {
    let routes = sample();
    let page = get(&routes, &format!("/a/{}?lang=zh", key(&routes, "临江 逆转"))).text;
    assert!(link(&page, "转载 1").ends_with("/reprints"), "{page}");
    assert!(page.contains("href=\"/?topic=sport\""), "{page}");
    assert!(page.contains("规则：说话人在"), "a rule in words: {page}");
    assert!(page.contains(" · 点名\""), "a stretch of speech says whose it is: {page}");
    assert!(get(&routes, "/s/段红亮?lang=zh").text.contains("相近的名字：段洪亮"));
    let speaker = get(&routes, "/s/段洪亮?lang=zh").text;
    assert!(speaker.contains("beside="), "{speaker}");
}

#[test]
fn an_article_full_of_speech_comes_in_pages_that_are_small() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["王明", "李娜", "张伟", "刘洋", "陈静"];
    let line = |i: usize| format!("{}说：“好{i}，就\"这样\"办。”\n", names[i % names.len()]);
    let body: String = (0..900).map(line).collect();
    let article = serde_json::json!({ "title": "问答", "content": body });
    let routes = sample_of(&index_of(folder.path(), &article.to_string()));
    let mut address = format!("/a/{}?lang=zh", key(&routes, "问答"));
    let (mut pages, mut said) = (0, String::new());
    loop {
        let page = get(&routes, &address);
        check(&address, &page);
        pages += 1;
        said.push_str(&page.text);
        if !page.text.contains("rel=\"next\"") {
            break;
        }
        let next = page.text.split("rel=\"next\" href=\"").nth(1).unwrap();
        address = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    assert!((3..20).contains(&pages), "{pages}");
    assert!((0..900).all(|i| said.contains(&format!("好{i}，就"))), "every line is on a page");
}

#[test]
fn each_question_has_a_feed_of_its_own() {
    let routes = sample();
    let head = |address: &str| {
        let feed = get(&routes, address).text;
        let id = feed.split("<id>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        (id, feed.split("<title>").nth(1).unwrap().split('<').next().unwrap().to_owned())
    };
    let (said, title) = head("/feed.atom?speaker=魏长河");
    assert!(said.starts_with("urn:jianbao:search:speaker%3D%E9%AD%8F") && said.is_ascii());
    assert_eq!(title, "剪报 speaker=魏长河");
    assert_ne!(said, head("/feed.atom?mentions=魏长河").0);
    assert_ne!(said, head("/feed.atom?q=魏长河").0);
}
