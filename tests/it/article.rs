//! Header, dateline, footer and date forms, each with a sentence or two of Chinese.

use jianbao::archive::{Content, Fields, Options, RawRecord, records, walk};
use jianbao::article::{Article, Context, DateOrigin, Headers, Precision, parse};
use jianbao::definition::Definition;
use jianbao::error::Note;
use jiff::civil::datetime;
use std::path::Path;
use std::sync::OnceLock;

fn headers() -> &'static Headers {
    static HEADERS: OnceLock<Headers> = OnceLock::new();
    HEADERS.get_or_init(|| Headers::new(&Definition::embedded()).unwrap())
}

fn parsed(content: Content) -> Article {
    let crawled = Some(datetime(2024, 11, 15, 12, 0, 0, 0));
    let context = Context { crawled, latest: crawled, span: None };
    let record = RawRecord {
        path: "a.txt".into(),
        line: Some(1),
        encoding: "UTF-8",
        content,
        ..RawRecord::default()
    };
    parse(&record, &context, headers())
}

fn plain(text: &str) -> Article {
    parsed(Content::Plain(text.to_owned()))
}

fn field(body: &str) -> Article {
    parsed(Content::Fields(Fields { body: Some(body.to_owned()), ..Fields::default() }))
}

fn dated(date: &str) -> Option<String> {
    let article = parsed(Content::Fields(Fields {
        title: Some("甲".into()),
        date: Some(date.into()),
        ..Fields::default()
    }));
    article.date.map(|date| date.iso())
}

#[test]
fn a_scraped_page_loses_its_header_and_keeps_what_it_says() {
    let article = plain(
        "李明:大公司反应太慢\n\n转载\n335 天前\n2081\n模型观察\n\n文章转载来源:模型观察\n\n原文来\
         源:钛媒体\n\n作者|林志佳\n\n图片来源:由无界 AI生成\n\n谈及差距,李明表示,差距不大。\n\n他\
         说,要砍掉该砍的。",
    );
    assert_eq!(article.title.as_deref(), Some("李明:大公司反应太慢"));
    assert_eq!(
        (article.source.as_deref(), article.reprinted_by.as_deref()),
        (Some("钛媒体"), Some("模型观察"))
    );
    assert_eq!((article.authors, article.n_views), (vec!["林志佳".to_owned()], Some(2081)));
    assert_eq!(article.body, "谈及差距,李明表示,差距不大。\n他说,要砍掉该砍的。");
    assert_eq!(article.line, Some(16));
    let date = article.date.unwrap();
    assert_eq!(
        (date.iso().as_str(), date.raw.as_str(), date.inferred),
        ("2023-12-16", "335 天前", true)
    );
    assert_eq!(article.notes, [Note::DateRelative]);
}

#[test]
fn datelines_go_out_and_set_source_authors_and_date() {
    for (text, source, authors, date) in [
        (
            "人民网柏林7月28日电 （记者刘仲华、张慧中）",
            "人民网",
            vec!["刘仲华", "张慧中"],
            Some("2024-07-28"),
        ),
        ("中新网约翰内斯堡8月10日电 (记者 王曦)", "中新网", vec!["王曦"], Some("2024-08-10")),
        ("新华社北京12月1日电 ", "新华社", vec![], Some("2023-12-01")),
        ("央视网消息（新闻联播）：", "央视网", vec![], None),
        ("新京报讯（记者 姜慧梓 通讯员 张三丰）", "新京报", vec!["姜慧梓"], None),
        ("IT之家 8 月 12 日消息，", "IT之家", vec![], Some("2024-08-12")),
        (
            "红网时刻新闻7月26日讯（通讯员 邓圣立）",
            "红网时刻新闻",
            vec!["邓圣立"],
            Some("2024-07-26"),
        ),
        ("东方网通讯员杨晓俊8月16日报道：", "东方网", vec!["杨晓俊"], Some("2024-08-16")),
        (
            "【环球时报驻俄罗斯特派记者 肖新新 环球时报特约记者 柳玉鹏】",
            "环球时报",
            vec!["肖新新", "柳玉鹏"],
            None,
        ),
        ("来源：人民网－湖北频道", "人民网", vec![], None),
    ] {
        let article = field(&format!("{text}招待会在使馆举行，约三百人出席。"));
        assert_eq!(article.body, "招待会在使馆举行，约三百人出席。", "{text}");
        assert_eq!(article.source.as_deref(), Some(source), "{text}");
        assert_eq!(article.authors, authors, "{text}");
        assert_eq!(article.date.map(|date| date.iso()).as_deref(), date, "{text}");
    }
    let article = field("本报讯（记者 王天淇）村民排队打水。");
    assert_eq!((article.body.as_str(), article.source), ("村民排队打水。", None));
}

#[test]
fn what_only_looks_like_a_dateline_stays() {
    for text in [
        "新华社记者从会上获悉，水退了。",
        "人民网8月1日报道称，水退了。",
        "据新华社北京8月1日电，水退了。",
        "据检察日报2022年5月19日报道：赵海东一案开庭。",
        "中国网络电视台的记者到了现场。",
        "记者姚冲获悉，枣庄举办发布会。",
        "（一）水退了。",
        "【科普】水为什么会退？",
        "2024年，水退了。",
        "新华社电视节目获奖。",
    ] {
        assert_eq!(field(text).body, text);
    }
}

#[test]
fn crawl_prefixes_go_out() {
    for (text, date) in [
        ("[ 2023-07-28 16：40 ] ，正文：", "2023-07-28T16:40"),
        ("2023-08-11 15:10，正文：", "2023-08-11T15:10"),
        ("8-11 15:10，正文：", "2024-08-11T15:10"),
        ("２０２３－０７－２８ １６：４０，正文：", "2023-07-28T16:40"),
    ] {
        let article = field(&format!("{text}水退了。"));
        assert_eq!(
            (article.body.as_str(), article.date.map(|date| date.iso())),
            ("水退了。", Some(date.to_owned()))
        );
    }
}

#[test]
fn a_glued_title_is_split_only_where_its_end_is_sure() {
    let article = field("原标题：临江北堤终于守住了临江北堤终于守住了 6月20日，北堤水位回落。");
    assert_eq!(
        (article.title.as_deref(), article.body.as_str()),
        (Some("临江北堤终于守住了"), "6月20日，北堤水位回落。")
    );
    let article = field("原标题：临江北堤守住了新华社临江6月20日电 北堤水位回落。");
    assert_eq!(
        (article.title.as_deref(), article.body.as_str()),
        (Some("临江北堤守住了"), "北堤水位回落。")
    );
    let article = field("原标题：临江北堤守住了近日，北堤水位回落。");
    assert_eq!(
        (article.title.as_deref(), article.body.as_str()),
        (Some("临江北堤守住了"), "近日，北堤水位回落。")
    );
    let unsure = "守住北堤的人还在堤上守着水位回落。";
    let article = field(&format!("原标题：{unsure}"));
    assert_eq!((article.title, article.body.as_str()), (None, unsure));
    let article = field("（原标题：北堤守住了）\n水位回落。");
    assert_eq!(
        (article.title.as_deref(), article.body.as_str()),
        (Some("北堤守住了"), "水位回落。")
    );
}

#[test]
fn footers_go_out() {
    for footer in [
        "（责任编辑：何静）",
        "(责任编辑：乔娇 TT0002)",
        "【编辑:付子豪】\n更多精彩内容请进入财经频道",
        "(完)",
        "责任编辑：刘万里 SF014",
        "作者：陈梓丹编辑：徐大伟",
        "\n[\n责编：徐皓 ]",
        "编辑/樊一婧 校对/李立军",
        "（总台记者 彭照 潘巍）",
        "\n来源：中国新闻网",
        "\n扫码关注我们",
        "免责声明：本文仅代表作者个人观点。请读者仅作参考。",
    ] {
        assert_eq!(field(&format!("水退了。{footer}")).body, "水退了。", "{footer}");
    }
    assert_eq!(field("水退了。来源：观点网").source.as_deref(), Some("观点网"));
    assert_eq!(field("水退了。（编译/李子越）").authors, ["李子越"]);
}

#[test]
fn a_real_last_sentence_stays() {
    for text in [
        "“可是人都在，这就好。”赵桂兰说。",
        "他说：“编辑说了不算。”",
        "最难的是编辑：他要对每个字负责。",
        "会上公布了名单（共十二人）",
        "水退了（数据来自市水利局，截至20日八时。）",
    ] {
        assert_eq!(field(text).body, text);
    }
}

#[test]
fn the_first_short_line_is_the_title_and_one_long_paragraph_has_none() {
    assert_eq!(plain("水退了\n北堤水位回落。").title.as_deref(), Some("水退了"));
    assert_eq!(plain("【水退了】\n北堤水位回落。").title.as_deref(), Some("水退了"));
    let article = plain("北堤水位回落，水退了。");
    assert_eq!((article.title, article.body.as_str()), (None, "北堤水位回落，水退了。"));
}

#[test]
fn bodies_keep_their_words_and_lose_only_blank_space() {
    let article = plain("標題\r\n\r\n　　「水退了」，他說。\r\n\r\n\r\n　　ＡＢＣ——堤沒有動。\r\n");
    assert_eq!(article.body, "「水退了」，他說。\nＡＢＣ——堤沒有動。");
}

#[test]
fn dates_of_every_form() {
    for (raw, iso) in [
        ("2023-07-28", "2023-07-28"),
        ("2023-07-28T16:40:07", "2023-07-28T16:40"),
        ("2023-07-28T20:40:00Z", "2023-07-29T04:40"),
        ("2023-07-28 16:40:00 +0800", "2023-07-28T16:40"),
        ("2023-07-28T01:00:00-05:00", "2023-07-28T14:00"),
        ("2023年7月28日", "2023-07-28"),
        ("2023 年 7 月 28 日 16时40分", "2023-07-28T16:40"),
        ("2023/07/28", "2023-07-28"),
        ("2023.07.28", "2023-07-28"),
        ("20230728", "2023-07-28"),
        ("2023年7月", "2023-07"),
        ("2023-07", "2023-07"),
        ("2023年", "2023"),
        ("07-28", "2024-07-28"),
        ("7月28日", "2024-07-28"),
        ("11月20日", "2023-11-20"),
        ("335 天前", "2023-12-16"),
        ("3小时前", "2024-11-15T09:00"),
        ("昨天", "2024-11-14"),
        ("前天 10:20", "2024-11-13T10:20"),
        ("刚刚", "2024-11-15T12:00"),
        ("２０２３年７月２８日　１６：４０", "2023-07-28T16:40"),
        ("1690533600", "2023-07-28T16:40"),
        ("1690533600000", "2023-07-28T16:40"),
        ("Fri, 28 Jul 2023 08:40:00 +0000", "2023-07-28T16:40"),
        ("发布于：2023-07-28 16:40", "2023-07-28T16:40"),
    ] {
        assert_eq!(dated(raw).as_deref(), Some(iso), "{raw}");
    }
    for raw in
        ["2023-02-30", "2023-13-01", "1850-01-01", "2030-01-01", "千禧年", "", "12", "99999 天前"]
    {
        assert_eq!(dated(raw), None, "{raw}");
    }
}

#[test]
fn the_best_origin_wins_and_an_impossible_date_is_noted() {
    let url = Some("https://news.example.cn/2023/0728/c1-100.html".to_owned());
    let body = Some("新华社北京8月1日电 水退了。".to_owned());
    let fields = Fields { url, body, ..Fields::default() };
    let date = parsed(Content::Fields(fields.clone())).date.unwrap();
    assert_eq!(
        (date.iso().as_str(), date.origin, date.precision),
        ("2023-07-28", DateOrigin::Url, Precision::Day)
    );
    let article = parsed(Content::Fields(Fields { date: Some("2023-02-30".into()), ..fields }));
    assert!(article.notes.contains(&Note::DateInvalid));
    assert_eq!(article.date.unwrap().origin, DateOrigin::Url);
}

#[test]
fn a_relative_date_without_a_base_is_no_date() {
    let content = Content::Plain("水退了\n335 天前\n北堤水位回落。".into());
    let record = RawRecord {
        path: "a.txt".into(),
        line: Some(1),
        encoding: "UTF-8",
        content,
        ..RawRecord::default()
    };
    let article = parse(&record, &Context::default(), headers());
    assert_eq!((article.date, article.body.as_str()), (None, "北堤水位回落。"));
}

#[test]
fn pages_give_main_text_title_and_meta_dates() {
    let paragraph = "<p>临江北堤水位回落至警戒线以下，三千名干部群众坚守了五十七个小时，水利局总工\
     程师方砚说，堤没有动。</p>";
    let page = format!(
        "<html><head><title>北堤守住了_临江日报</title><meta name='publishdate' content='2024-06-2\
         1'></head>\
         <body><nav>首页 财经</nav><div class='content'>{}</div><footer>版权所有</footer></body></\
         html>",
        paragraph.repeat(4)
    );
    let article = parsed(Content::Html(page));
    assert_eq!(article.title.as_deref(), Some("北堤守住了"));
    assert_eq!(article.date.map(|date| date.origin), Some(DateOrigin::Meta));
    assert!(
        article.body.starts_with("临江北堤")
            && !article.body.contains("版权")
            && !article.body.contains("首页")
    );
}

#[test]
fn a_page_of_ten_thousand_nested_elements_is_read_all_the_same() {
    let page = format!("{}<p>水退了。</p>{}", "<div>".repeat(10_000), "</div>".repeat(10_000));
    let article = parsed(Content::Html(page));
    assert_eq!(article.body, "水退了。");
    assert!(article.notes.contains(&Note::WholePage));
}

#[test]
fn html_in_a_field_becomes_text() {
    let article = field(
        "<p>水退了，&ldquo;堤没有动&rdquo;。</p><p>完好。<br/>三处管涌 &lt;已堵&gt;</p><script>x<y\
         </script>",
    );
    assert_eq!(article.body, "水退了，“堤没有动”。\n完好。\n三处管涌 <已堵>");
    assert_eq!(field("若 a<b 且 b<c，则 a<c。").body, "若 a<b 且 b<c，则 a<c。");
}

#[test]
fn the_sample_archive_is_read_as_it_was_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/archive");
    let options = Options::default();
    let crawled = Some(datetime(2024, 12, 31, 0, 0, 0, 0));
    let context = Context { crawled, latest: crawled, span: None };
    let files = walk(&[root], &options).unwrap().files;
    let raw: Vec<_> = files.iter().flat_map(|file| records(file, &options)).flatten().collect();
    for record in raw {
        let article = parse(&record, &context, headers());
        assert!(article.date.is_some() && !article.body.is_empty(), "{}", article.path);
        assert!(
            article.title.is_some() || article.path.ends_with("柳叶巷开工.txt"),
            "{}",
            article.path
        );
        for mark in ["责任编辑", "来源：", "正文：", "原文", "更多精彩", "<p>", "作者"]
        {
            assert!(!article.body.contains(mark), "{}: {mark}", article.path);
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_parsing_panic(text in "([0-9０-９ 年月日:：/\\-.]{0,6}|原标题：|来源：|（记者\
     |）|【|】|\\[|\\]|新华社|电|讯|编辑|作者\\||<p>|&#|前|昨天|\n|。|，|“|[一-龥a-z]){0,30}") {
        for content in [Content::Plain(text.clone()), Content::Html(text.clone())] {
            let article = parsed(content);
            proptest::prop_assert!(!article.body.contains("\n\
             \n") && article.body.trim() == article.body);
        }
        field(&text);
        dated(&text);
    }
}
