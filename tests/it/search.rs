//! Searching an index built for the purpose: exactness against a plain scan, every form of query,
//! hostile lines.

use jianbao::analysis::Analyzer;
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::engine::IndexPlace;
use jianbao::query::{Filters, parse};
use jianbao::search::{self, Answer, Exclusion, Facet, FacetScope, Lexicon, Ranking, Request};
use jianbao::text::exact::is_exact_char;
use jianbao::text::fold::fold;
use jianbao::update::{Mode, Snapshot, Stop, Update, update};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::OnceLock;

fn analyzer() -> &'static Analyzer {
    static ANALYZER: OnceLock<Analyzer> = OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::new(Definition::embedded(), Context::default()).unwrap())
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::new(&analyzer().definition, analyzer().segmenter.clone()))
}

/// An index of articles given as title and body; their ids are their places.
pub struct Archive {
    _folder: tempfile::TempDir,
    index: Snapshot,
}

impl Archive {
    pub fn new(articles: &[(&str, &str)]) -> Archive {
        let folder = tempfile::tempdir().unwrap();
        let lines = articles.iter().enumerate().map(|(i, (title, body))| {
            serde_json::json!({ "id": i.to_string(), "title": title, "content": body }).to_string()
                + "\n"
        });
        let source = folder.path().join("articles.jsonl");
        std::fs::write(&source, lines.collect::<String>()).unwrap();
        let options = archive::Options {
            meter: None,
            include: Vec::new(),
            exclude: Vec::new(),
            hidden: archive::Hidden::Skip,
            links: archive::Links::Stay,
            file_systems: archive::FileSystems::Any,
            max_size: 1 << 20,
            encoding: None,
            fields: archive::FieldMap::new(&analyzer().definition, &[]).unwrap(),
        };
        let built = folder.path().join("index");
        let job = Update {
            place: &IndexPlace::from(&built),
            roots: &[source],
            options: &options,
            analyzer: analyzer(),
            mode: Mode::Rebuild,
            threads: 1,
            memory_budget: 20 << 20,
            rules: jianbao::update::Rules::default(),
        };
        update(&job, &(), &Stop::default()).unwrap();
        let index = Snapshot::open(&built, &analyzer().definition).unwrap();
        Archive { _folder: folder, index }
    }

    fn ask(&self, request: &Request) -> Answer {
        search::run(&self.index, request, lexicon()).unwrap()
    }

    pub fn answer(&self, line: &str) -> Answer {
        self.ask(&Request { query: parse(line).0, limit: 1_000, ..Request::default() })
    }

    /// The ids of the articles that answer, in order of their numbers.
    pub fn found(&self, line: &str) -> Vec<usize> {
        let hits = self.answer(line).hits;
        let ids: BTreeSet<usize> =
            hits.iter().map(|hit| hit.passage.article.id.parse().unwrap()).collect();
        ids.into_iter().collect()
    }

    /// The articles whose body or title has the exact characters of `wanted`, by a plain scan.
    fn scanned(&self, count: usize, wanted: &str) -> Vec<usize> {
        let squeezed =
            |text: &str| fold(text).chars().filter(|&c| is_exact_char(c)).collect::<String>();
        let wanted = squeezed(wanted);
        let has = |id: &usize| {
            let passages = search::article(&self.index, &id.to_string()).unwrap();
            let title = passages[0].article.title.clone().unwrap_or_default();
            let body: String = passages.iter().map(|p| p.text.as_str()).collect();
            squeezed(&title).contains(&wanted) || squeezed(&body).contains(&wanted)
        };
        (0..count).filter(has).collect()
    }
}

fn small() -> &'static Archive {
    static ARCHIVE: OnceLock<Archive> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        Archive::new(&[
            (
                "百度谈大模型",
                "李彦宏在会上谈到大模型。他认为重复开发是对社会资源的\n浪费。百度今年发布新模型。",
            ),
            (
                "特斯拉财报",
                "马斯克表示，人工智能发展很快。iPhone 15和GPT-4都是话题。2023年7月28日公布。",
            ),
            ("臺灣新聞", "臺灣的廣告市場很大，李彥宏沒有提到浪費。"),
            (
                "乒乓球",
                "乒乓球拍卖完了。世界卫生组织7月28日发布报告，共有12人参加。小米14与Model3都在场。",
            ),
            ("中国人民银行公告", "中国人民银行今天降息。马斯克没有回应。李彦宏也没有。"),
        ])
    })
}

#[test]
fn every_form_of_query_finds_what_it_says() {
    let archive = small();
    for (line, expected) in [
        ("“社会资源的浪费”", vec![0]),
        ("\"球拍\"", vec![3]),
        ("「臺灣」", vec![2]),
        ("李彦宏 -百度 -降息", vec![2]),
        ("李彦宏 -“没有提到”", vec![0, 4]),
        ("降息 OR 财报", vec![1, 4]),
        ("降息|球拍", vec![3, 4]),
        ("*模型", vec![0]),
        ("人工*", vec![1]),
        ("same:(李彦宏 大模型)", vec![0]),
        ("same:(李彦宏 重复开发)", vec![]),
        ("near/5:(李彦宏 浪费)", vec![2]),
        ("title:财报", vec![1]),
        ("gpt", vec![1]),
        ("iphone15", vec![1]),
        ("iPhone 15", vec![1]),
        ("小米14", vec![3]),
        ("model3", vec![3]),
        ("Model 3", vec![3]),
        ("2023年7月28日", vec![1, 3]),
        ("12人", vec![3]),
        ("央行 降息", vec![4]),
        ("世卫组织", vec![3]),
        ("台湾广告", vec![2]),
        ("李彥宏 浪費", vec![0, 2]),
    ] {
        assert_eq!(archive.found(line), expected, "{line}");
    }
}

#[test]
fn a_certain_equal_counts_as_the_word_and_can_be_switched_off() {
    let request =
        |ranking| Request {
            query: parse("央行").0, ranking, explain: true, ..Request::default()
        };
    let hits = small().ask(&request(Ranking::default())).hits;
    assert_eq!(hits[0].passage.article.id, "4");
    assert!(hits[0].shares.iter().any(|s| s.word == "央行"
        && s.evidence == "中国人民银行"
        && s.weight == Ranking::default().equal));
    assert!(small().ask(&request(Ranking { synonym: 0.0, ..Ranking::default() })).hits.is_empty());
}

#[test]
fn shares_make_up_the_score() {
    for line in ["李彦宏 大模型 浪费", "2023年7月28日发布", "马斯克谈了什么人工智能"]
    {
        let answer =
            small().ask(&Request { query: parse(line).0, explain: true, ..Request::default() });
        for hit in &answer.hits {
            let sum: f32 = hit.shares.iter().map(|s| s.passage + s.article).sum();
            assert!((sum - hit.score).abs() < 0.01 * hit.score, "{line}: {sum} of {}", hit.score);
        }
    }
}

#[test]
fn a_misspelt_name_is_answered_with_the_right_one() {
    let meant = |line: &str| search::suggest(&small().index, &parse(line).0, lexicon()).unwrap();
    assert_eq!(meant("李颜宏")[0].meant, ["李彦宏"]);
    assert_eq!(meant("马思克 人工智能")[0].meant, ["马斯克"]);
    assert!(meant("李彦宏 大模型").is_empty());
}

#[test]
fn a_query_of_too_many_words_says_so() {
    let line = (0..500).map(|i| format!("词{i} ")).collect::<String>();
    assert!(small().answer(&line).left_out > 0);
    assert_eq!(small().answer("李彦宏 大模型").left_out, 0);
}

#[test]
fn hostile_lines_are_answered() {
    let lines = [
        "中国的".repeat(3_400),
        "李彦宏 ".repeat(2_500),
        "near/200:(的 了) ".repeat(600),
        "same:(".repeat(1_700),
        "“".repeat(10_000),
        "“甲”|".repeat(2_500),
        "title:".repeat(1_700),
        "-".repeat(10_000),
        "\u{0}\u{7}\u{1b}[31m\u{202e}李彦宏\u{feff}".to_owned(),
        "*".repeat(10_000),
        format!("“{}”", "的".repeat(10_000)),
        "a".repeat(10_000),
        "1".repeat(10_000),
        "OR ".repeat(3_000),
        "𠮷".repeat(10_000),
    ];
    let archive = small();
    archive.answer("李彦宏");
    for line in lines {
        archive.answer(&line);
        search::suggest(&archive.index, &parse(&line).0, lexicon()).unwrap();
    }
}

fn of_signs() -> &'static Archive {
    static ARCHIVE: OnceLock<Archive> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        Archive::new(&[
            ("甲", "小微企业税负下降，排灌站用上了新水泵。"),
            ("乙", "本田公司设立工厂，网友留言：太棒了👍🏻！"),
            ("丙", "这台水泵排量2.0T，销量同比增长12.5%，投资1,234,567元，占6.4%。"),
            (
                "丁",
                "他用C++写程序，也懂.NET和Node.js，手机是5G的。2023年7月28日交付，共7654321元。",
            ),
            ("戊", "城东水\u{200b}厂扩\u{2060}建，青\u{ad}石板路也修了，C盘与NET无关。增长12.7%。"),
            ("己", "渡口在2023.7.28重开，票价2.5元，客流2048576人次。"),
        ])
    })
}

#[test]
fn words_are_joined_as_people_mean_it() {
    for (line, expected) in [
        ("(税 OR 本田)", vec![0, 1]),
        ("（水泵 OR 本田） -增长", vec![0, 1]),
        ("水泵 NOT 企业", vec![2]),
        ("水泵 AND 企业", vec![0]),
        ("水泵 AND (企业 OR 投资)", vec![0, 2]),
        ("水泵 AND NOT (企业 OR 税负)", vec![2]),
        ("+水泵 企业", vec![0, 2]),
        ("+水泵 +本田", vec![]),
        ("(水泵 企业) OR 本田", vec![0, 1]),
        ("title:(甲 OR 丁)", vec![0, 3]),
        ("title:？", vec![]),
    ] {
        assert_eq!(of_signs().found(line), expected, "{line}");
    }
}

#[test]
fn signs_alone_find_what_has_them_and_never_everything() {
    for (line, expected) in [
        ("👍", vec![1]),
        ("👍🏻", vec![1]),
        ("🎉", vec![]),
        ("％", vec![2, 4]),
        ("+", vec![3]),
        ("？", vec![]),
        ("？ *", vec![]),
        ("！", vec![1]),
        ("本田 👍", vec![1]),
        // No article has both; the answer says so.
        ("水泵 👍", vec![1]),
    ] {
        assert_eq!(of_signs().found(line), expected, "{line}");
    }
}

#[test]
fn numbers_and_words_with_signs_are_found_as_they_are_written() {
    for (line, expected) in [
        ("12.5", vec![2]),
        ("12.5%", vec![2]),
        ("增长12.5%", vec![2]),
        ("2.0", vec![2]),
        ("2.0T", vec![2]),
        ("2.0t水泵", vec![2]),
        ("6.4%", vec![2]),
        ("6.4", vec![2]),
        ("1,234,567", vec![2]),
        ("1234567", vec![2]),
        ("1234567元", vec![2]),
        ("7,654,321", vec![3]),
        ("2,048,576", vec![5]),
        ("2023.7.28", vec![3, 5]),
        ("2023-07-28", vec![3, 5]),
        ("C++", vec![3]),
        (".NET", vec![3]),
        ("node.js", vec![3]),
        ("5G", vec![3]),
        ("2.5", vec![5]),
        ("99.9", vec![]),
    ] {
        assert_eq!(of_signs().found(line), expected, "{line}");
    }
}

#[test]
fn what_nobody_sees_parts_no_word() {
    for line in ["水厂", "扩建", "青石板", "“水厂”", "“青石板”", "水\u{200b}厂", "青\u{ad}石板"]
    {
        assert_eq!(of_signs().found(line), [4], "{line}");
    }
}

#[test]
fn an_excluded_word_takes_out_the_article_and_on_request_its_passages() {
    let river = "江水从上游流下来，两岸的稻田都收割完了，人们忙着晒谷。".repeat(12);
    let body = format!("渔民说，鲥鱼今年回来了。{river}\n养殖场也养了鳜鱼。");
    let archive = Archive::new(&[("江边", &body), ("鲥鱼上市", "集市上鲥鱼卖得很快。")]);
    assert_eq!(archive.found("鲥鱼"), [0, 1]);
    assert_eq!(archive.found("鲥鱼 -鳜鱼"), [1]);
    assert_eq!(archive.found("鲥鱼 -上市"), [0]);
    let request =
        |line: &str, exclusion| Request { query: parse(line).0, exclusion, ..Request::default() };
    let passages = |line: &str, exclusion| archive.ask(&request(line, exclusion)).passages;
    assert_eq!(passages("鲥鱼 -鳜鱼", Exclusion::Passages), passages("鲥鱼", Exclusion::Passages));
    assert_eq!(passages("江水 -鳜鱼", Exclusion::Articles), 0);
    assert!(passages("江水 -鳜鱼", Exclusion::Passages) > 0);
}

#[test]
fn a_phrase_that_nobody_printed_finds_what_is_nearly_it_and_says_so() {
    let archive = Archive::new(&[
        ("甲", "教练提醒队员，不要把对方作为对手，要当朋友。"),
        ("乙", "对手很强，对方球迷也来了，把球场坐满，教练说要当心，作为回应加练。"),
        ("丙", "他们把对方当成了朋友，也把票价降了。老桥的桥墩在夏天的洪水里被冲歪。"),
    ]);
    for (line, expected) in [
        // Another word, one too many, one missing.
        ("“把对方当作对手”", vec![0]),
        ("“桥墩在洪水里被冲歪”", vec![2]),
        ("“桥墩在夏天的大洪水里被冲歪”", vec![2]),
        ("“桥墩却在夏天的洪水里”", vec![2]),
        ("“对方球迷坐满球场”", vec![]),
    ] {
        let answer = archive.answer(line);
        assert_eq!(archive.found(line), expected, "{line}");
        assert_eq!((answer.near, answer.whole), (!expected.is_empty(), 0), "{line}");
    }
    let exact = archive.answer("“把对方作为对手”");
    assert!(!exact.near && exact.articles == 1 && exact.whole == 1);
    let marked = &archive.answer("“把对方当作对手”").hits[0];
    let marked: Vec<&str> =
        marked.highlights.iter().map(|span| span.of(&marked.passage.text)).collect();
    assert!(marked.contains(&"把对方") && marked.contains(&"对手"), "{marked:?}");
}

#[test]
fn a_speaker_may_be_typed_behind_a_title() {
    let body = "县水利局发言人周国栋表示，大桥年底通车。";
    let archive = Archive::new(&[("大桥", body), ("小桥", "记者看到，大桥已经通车。")]);
    let resolved = |typed: &str| {
        let filters = Filters { speakers: vec![typed.to_owned()], ..Filters::default() };
        search::resolve(&filters, &analyzer().definition, &archive.index).unwrap().speakers
    };
    assert_eq!(resolved("水利局发言人周国栋"), ["周国栋"]);
    assert_eq!(resolved("水利局发言人王小明"), ["水利局发言人王小明"]);
    assert_eq!(resolved("周国栋"), ["周国栋"]);
    let alike = |typed: &str| {
        search::nearest_speakers(&archive.index, typed, &analyzer().definition, 5).unwrap()
    };
    assert_eq!(alike("水利局发言人周国栋"), []);
    assert_eq!(alike("周国粱"), [("周国栋".to_owned(), 1)]);
}

#[test]
fn two_words_of_a_speaker_are_relaxed_where_nobody_said_both() {
    let archive = Archive::new(&[
        ("甲", "水利局局长段洪亮说：“堤坝今年要加高两米。”"),
        ("乙", "水利局局长段洪亮说：“渡口的木船要检修。”记者看到堤坝还没动工。"),
        ("丙", "村民罗娟说：“堤坝和木船都旧了。”"),
    ]);
    let ask = |line: &str| {
        let filters = Filters { speakers: vec!["段洪亮".to_owned()], ..Filters::default() };
        archive.ask(&Request { query: parse(line).0, filters, ..Request::default() })
    };
    let both = ask("堤坝 木船");
    assert_eq!((both.articles, both.whole, both.relaxed), (2, 0, true));
    let both = ask("渡口 木船");
    assert_eq!((both.articles, both.whole, both.relaxed), (1, 1, false));
}

#[test]
fn groups_beyond_a_few_are_left_out_wherever_they_stand() {
    let line = vec!["near/5:(渡口 木船)"; 20].join("|");
    assert!(of_signs().answer(&line).left_out > 0);
}

#[test]
fn totals_tell_what_holds_all_of_the_words_from_what_is_related() {
    let archive = Archive::new(&[
        ("甲", "渡口的木船修好了，木船很大。"),
        ("乙", "渡口关了三天，因为下雨。"),
        ("丙", "木船在湖上，湖上有雾。"),
        ("丁", "渔网和渡口，木船和湖。"),
    ]);
    let totals = |line: &str| {
        let answer = archive.answer(line);
        (answer.whole, answer.articles)
    };
    assert_eq!(totals("渡口"), (3, 3));
    assert_eq!(totals("渡口 木船 湖上"), (0, 3));
    assert_eq!(totals("渡口 木船 渔网"), (1, 2));
    assert_eq!(totals("渡口 木船 雨"), (0, 2));
    assert_eq!(totals(""), (4, 4));
    assert_eq!(totals("渡口|木船"), (4, 4));
    let facets = |counted| {
        let query = parse("渡口 木船 渔网").0;
        let facets = vec![Facet::Year];
        let request = Request { query, facets, counted, ..Request::default() };
        archive.ask(&request).facets[0].counts[0].articles
    };
    assert_eq!((facets(FacetScope::Whole), facets(FacetScope::All)), (1, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn exact_search_finds_what_a_plain_scan_finds(
        bodies in prop::collection::vec("[甲乙丙丁，。a \n]{20,500}", 2..5),
        title in "[甲乙丙丁]{6,12}",
        picks in prop::collection::vec((0usize..4, 0usize..500, 2usize..60), 12),
    ) {
        let articles: Vec<(&str, &str)> =
            bodies.iter().map(|body| (title.as_str(), body.as_str())).collect();
        let archive = Archive::new(&articles);
        for (article, start, length) in picks {
            let id = (article % articles.len()).to_string();
            let passages = search::article(&archive.index, &id).unwrap();
            let body: String = passages.iter().map(|p| p.text.as_str()).collect();
            let chars: Vec<char> = body.chars().filter(|&c| is_exact_char(c)).collect();
            let start = start % chars.len().max(1);
            let part: String = chars.iter().skip(start).take(length).collect();
            if part.chars().count() >= 2 {
                let found = archive.found(&format!("“{part}”"));
                prop_assert_eq!(found, archive.scanned(articles.len(), &part), "{}", part);
            }
        }
    }
}

#[test]
fn the_passage_shown_has_the_word_though_the_title_has_it_too() {
    let filler = "江水从上游流下来，两岸的稻田都收割完了，人们忙着晒谷。".repeat(12);
    let body = format!("市长说，堤坝要加高两米。{filler}\n村民都来看。");
    let archive = Archive::new(&[("堤坝加高", &body)]);
    let hits = archive.answer("堤坝").hits;
    assert_eq!(hits.len(), 1);
    assert!(hits[0].passage.text.contains("堤坝"), "{}", hits[0].passage.text);
}

#[test]
fn a_word_typed_as_one_is_found_as_one_whatever_the_dictionary_says() {
    let archive = Archive::new(&[
        ("", "年轻人谈内卷，也谈对赌。"),
        ("", "第一卷在内地出版，第二卷在国内外发行。"),
        ("", "他对赌场没有兴趣，只对赌注好奇。"),
    ]);
    assert_eq!(archive.found("内卷"), [0]);
    assert_eq!(archive.answer("内卷").articles, 1);
    assert_eq!(archive.found("对赌").len(), 2);
}
