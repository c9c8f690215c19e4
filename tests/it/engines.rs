//! The seam between jianbao and an engine: a small engine in memory and the embedded one find the
//! same articles, for every kind of evidence and every filter.

mod memory;

use jianbao::analysis::{Analysis, Analyzer};
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::engine::origin::RecordRow;
use jianbao::engine::{
    self, ClusterAddress, Engine, FacetScope, FilterSet, IndexPlace, Order, Provenance, Replaced,
    ReprintPolicy, Selection, Wanted,
};
use jianbao::query::{ExcludedValues, Filters, parse};
use jianbao::search::{Grouping, Lexicon, Ranking, compile};
use jianbao::update::{self, Mode, Rules, Stop, Update};
use memory::MemoryEngine;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;
use tantivy::collector::DocSetCollector;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

/// Articles as `title`, `source`, `date`, `body`.
const ARTICLES: [[&str; 4]; 12] = [
    [
        "百度谈大模型",
        "临江日报",
        "2023-07-28",
        "李彦宏在会上谈到大模型。他认为，重复开发是对社会资源的\n浪费。百度今年发布新模型。“我们不\
         怕慢。”李彦宏说。",
    ],
    [
        "特斯拉财报",
        "东湖晚报",
        "2023-07-29",
        "马斯克表示，人工智能发展很快。iPhone 15和GPT-4都是话题。2023年7月28日公布。",
    ],
    [
        "臺灣新聞",
        "海東時報",
        "2023-08-01",
        "臺灣的廣告市場很大，李彥宏沒有提到浪費。市場人士稱，廣告費用下降了三成。",
    ],
    [
        "乒乓球",
        "江淮体育报",
        "",
        "乒乓球拍卖完了。世界卫生组织7月28日发布报告，共有12人参加。小米14与Model3都在场。",
    ],
    [
        "中国人民银行公告",
        "",
        "2022-12-31",
        "中国人民银行今天降息。马斯克没有回应。李彦宏也没有。记者从央行获悉，贷款利率下调。",
    ],
    [
        "",
        "临江日报",
        "2023-01-05",
        "外交部发言人汪文斌表示：“日方应当停止核污染水排海。”他说，中方反对这一做法。",
    ],
    [
        "内卷与躺平",
        "智能观察站",
        "2024-02-29",
        "年轻人谈内卷。有人躺平，有人出圈。专家王沈是认为，内卷浪费资源！",
    ],
    [
        "台风来了",
        "",
        "2023-07-28",
        "台风杜苏芮登陆福建。福建省气象局局长陈文说，风力达到十五级。广告牌被吹倒。",
    ],
    [
        "大公司反应慢",
        "东湖晚报",
        "2023-11-11",
        "大公司反应慢。李彦宏告诉记者：“大公司有大公司的毛病，反应慢就是其中之一。”",
    ],
    [
        "村超开赛",
        "江淮体育报",
        "2023-05-13",
        "贵州村超开赛，球员来自各村。球拍、足球都不缺。主持人说，欢迎大家！",
    ],
    [
        "模型评测",
        "智能观察站",
        "2023-07-01",
        "新模型的评测开始。百度与特斯拉都没有参加。评测者说，大模型浪费电。",
    ],
    ["长文", "临江日报", "2023-09-09", LONG],
];

/// A body of several passages.
const LONG: &str = "临江的堤防工程开工。水利局局长段洪亮介绍，堤防全长十二公里，分三期建设，总投资\
 八亿元。\
工程部门在江边搭起了工棚，运来了石料和水泥，附近的居民每天都来看。段洪亮表示：“我们要在汛期之前完\
成第一期。”\
去年夏天，这里的旧堤被水冲开了一道口子，淹了两个村子，村民至今还记得那个夜晚。\n\
村民罗娟说，她家的房子进了水，粮食和家具都泡坏了，幸好人都跑了出来，后来住在学校里。\
工程队的技术员苏敏之认为，旧堤的土太松，水泡久了就会塌，新的堤防用的是混凝土，里面还有钢筋，能挡住\
百年一遇的洪水。\
她带着记者走到江边，指着刚刚打好的桩说，这样的桩一共要打三千根，现在已经打了一千二百根。\n\
市里的计划是先修堤防，再修公园。公园里会有步道、球场和一个小小的博物馆，讲这条江的历史。\
段洪亮还说，博物馆的展品正在征集，谁家里有老照片、老物件，都可以送来。记者注意到，江边的广告牌上写\
着“百年大计”。\
附近开小店的程砚秋告诉记者：“堤防修好了，我就把店搬到江边去。”他已经在这里住了四十年，看过五次大水\
。";

fn analyzer() -> &'static Analyzer {
    static ANALYZER: OnceLock<Analyzer> = OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::new(Definition::embedded(), Context::default()).unwrap())
}

/// The articles, analysed, each with its number.
fn analyses(folder: &Path) -> Vec<(u64, Analysis)> {
    let line = |(id, [title, source, date, body]): (usize, &[&str; 4])| {
        let id = id.to_string();
        let record = serde_json::json!({
            "id": id, "title": title, "source": source, "date": date, "content": body,
        });
        record.to_string() + "\n"
    };
    let lines: String = ARTICLES.iter().enumerate().map(line).collect();
    let path = folder.join("articles.jsonl");
    std::fs::write(&path, lines).unwrap();
    let options = archive::Options::default();
    let walk = archive::walk(&[path], &options).unwrap();
    let records = archive::records(&walk.files[0], &options).map(Result::unwrap);
    (0..).zip(records.map(|record| analyzer().analyze(&record))).collect()
}

/// The time at which the article with this number is seen: three runs wrote the articles.
fn seen(number: u64) -> i64 {
    1_700_000_000 + number as i64 % 3 * 60
}

fn row(number: u64) -> RecordRow {
    RecordRow { seen: seen(number), ..RecordRow::default() }
}

/// The two engines over the same articles.
struct Engines {
    folder: tempfile::TempDir,
    embedded: Box<dyn Engine>,
    memory: MemoryEngine,
    /// A third one, where JIANBAO_TEST_CLUSTER names a cluster.
    cluster: Option<Box<dyn Engine>>,
    lexicon: Lexicon,
}

fn engines() -> &'static Engines {
    static ENGINES: OnceLock<Engines> = OnceLock::new();
    ENGINES.get_or_init(|| {
        let analyzer = analyzer();
        let folder = tempfile::tempdir().unwrap();
        let analyses = analyses(folder.path());
        let storage = engine::storage(folder.path());
        storage.create().unwrap();
        let mut writer = storage.writer(1, 20 << 20).unwrap();
        // Two commits, so that there is more than one segment.
        for half in analyses.chunks(analyses.len() / 2) {
            let mut batch = writer.batch(&analyzer.segmenter);
            for (number, article) in half {
                let provenance = Provenance::new(*number, article, row(*number));
                batch.put(*number, article, &provenance, Replaced::Nothing).unwrap();
            }
            batch.finish().unwrap();
            writer.commit(&mut |stamp| Ok(stamp.to_string())).unwrap();
        }
        writer.close().unwrap();
        let memory = MemoryEngine::new(&analyses, &analyzer.segmenter);
        let lexicon = Lexicon::new(&analyzer.definition, analyzer.segmenter.clone());
        let cluster = cluster(folder.path());
        Engines { embedded: storage.open().unwrap(), folder, memory, cluster, lexicon }
    })
}

/// The articles in a cluster, in an index that is made anew; `None`, and a word about it, where no
/// cluster is named.
fn cluster(folder: &Path) -> Option<Box<dyn Engine>> {
    let Ok(url) = std::env::var("JIANBAO_TEST_CLUSTER") else {
        eprintln!("skipped: JIANBAO_TEST_CLUSTER names no cluster");
        return None;
    };
    let url = format!("{}/jianbao-test-engines", url.trim_end_matches('/'));
    let address = ClusterAddress::parse(&[url], None).unwrap();
    let index = engine::shared(&address);
    index.remove().unwrap();
    let update = Update {
        place: &IndexPlace::from(address),
        roots: &[folder.join("articles.jsonl")],
        options: &archive::Options::default(),
        analyzer: analyzer(),
        mode: Mode::Incremental,
        threads: 1,
        memory_budget: 20 << 20,
        rules: Rules::default(),
    };
    update::update(&update, &(), &Stop::default()).unwrap();
    Some(index.open(&analyzer().segmenter).unwrap())
}

/// The passages that answer: all of them, or the best of each article.
fn found_in(
    engine: &dyn Engine,
    line: &str,
    filters: &FilterSet,
    grouping: Grouping,
) -> engine::TopDocs {
    let ranking = Ranking::default();
    let plan = compile(&parse(line).0, &engines().lexicon, &ranking);
    let wanted = Wanted {
        order: Order::Relevance,
        grouping,
        groups: None,
        reprints: ReprintPolicy::Shown,
        candidates: 100,
        examined: 0,
        facets: &[],
        counted: FacetScope::Whole,
    };
    let execution = engine.execution(&Selection::all(filters), &ranking).unwrap();
    execution.top_docs(&plan, &wanted).unwrap()
}

/// The ids of the articles that answer, and how many passages do.
fn found(engine: &dyn Engine, line: &str, filters: &FilterSet) -> (BTreeSet<String>, u64) {
    let found = found_in(engine, line, filters, Grouping::Articles);
    assert_eq!(found.collapsed.articles as usize, found.candidates.len(), "{line}");
    let ids = found.candidates.iter().map(|c| engine.article_id(c.at).unwrap());
    (ids.collect(), found.passages)
}

/// The answer of an engine: passages in order, each with its score, and its totals.
type RankedPassages = (Vec<(String, u32, i64)>, [u64; 4]);

fn ranked(
    engine: &dyn Engine,
    line: &str,
    filters: &FilterSet,
    grouping: Grouping,
) -> RankedPassages {
    let found = found_in(engine, line, filters, grouping);
    let place = |c: &engine::Candidate| {
        let score = (f64::from(c.score) * 1e3).round() as i64;
        (engine.article_id(c.at).unwrap(), c.ordinal, score)
    };
    let totals = &found.collapsed;
    let totals = [found.passages, totals.articles, totals.texts, totals.whole_articles];
    (found.candidates.iter().map(place).collect(), totals)
}

/// Checks that both engines find the same articles and passages. Returns how many articles.
fn same(line: &str, filters: &Filters) -> usize {
    let (engines, set) = (engines(), FilterSet::new(filters).unwrap());
    let memory = found(&engines.memory, line, &set);
    let embedded = found(engines.embedded.as_ref(), line, &set);
    assert_eq!(embedded, memory, "{line} {filters:?}");
    let whole = |engine: &dyn Engine| {
        found_in(engine, line, &set, Grouping::Articles).collapsed.whole_articles
    };
    assert_eq!(whole(engines.embedded.as_ref()), whole(&engines.memory), "{line} {filters:?}");
    if let Some(cluster) = &engines.cluster {
        for grouping in [Grouping::Articles, Grouping::Passages] {
            let ranked = |engine: &dyn Engine| ranked(engine, line, &set, grouping);
            let (ours, theirs) = (ranked(engines.embedded.as_ref()), ranked(cluster.as_ref()));
            assert_eq!(ours, theirs, "{line} {filters:?}");
        }
    }
    memory.0.len()
}

/// Queries of every form.
const QUERIES: [&str; 42] = [
    "",
    "大模型",
    "百度 大模型 浪费",
    "大公司反应慢",
    "李彦宏怎么看浪费",
    "“对社会资源的浪费”",
    "“球拍”",
    "球拍",
    "廣告",
    "-广告",
    "浪费 -广告",
    "大模型|广告",
    "模型*",
    "*模型",
    "same:(百度 模型)",
    "same:(李彦宏 浪费)",
    "near/5:(大公司 毛病)",
    "near/30:(李彦宏 资源)",
    "title:内卷",
    "title:“大模型”",
    "内卷",
    "王沈是",
    "iPhone 15",
    "7月28日",
    "小米14",
    "汛期 堤防",
    "“告诉记者”",
    "火星 殖民",
    "的",
    "title:百度 浪费",
    "(大模型 OR 广告) -浪费",
    "李彦宏 AND 浪费",
    "+李彦宏 大模型 -(百度 OR 广告)",
    "(李彦宏 浪费) OR 降息",
    "title:(内卷 OR 模型)",
    "！",
    "👍",
    "2023-07-28",
    "gpt-4",
    "12.5",
    "李彦宏 NOT 浪费",
    "堤防 -博物馆",
];

/// Filters of every kind.
fn filters() -> Vec<Filters> {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<String>>();
    let day = |text: &str| Some(text.parse().unwrap());
    let none = Filters::default;
    let without = |set: &dyn Fn(&mut ExcludedValues)| {
        let mut excluded = ExcludedValues::default();
        set(&mut excluded);
        Filters { excluded, ..none() }
    };
    vec![
        none(),
        Filters { speakers: names(&["李彦宏"]), ..none() },
        Filters { speakers: names(&["段洪亮", "马斯克"]), ..none() },
        Filters { min_confidence: Some(jianbao::quote::Confidence::Named), ..none() },
        Filters { kinds: vec![jianbao::quote::SpeechKind::Direct], ..none() },
        Filters { mentions: names(&["马斯克"]), ..none() },
        Filters { topics: names(&["economy"]), ..none() },
        Filters { topics: names(&["百度"]), ..none() },
        Filters { sources: names(&["临江"]), ..none() },
        Filters { since: day("2023-07-28"), until: day("2023-08-01"), ..none() },
        Filters { titles: names(&["模型"]), ..none() },
        Filters { paths: names(&["articles"]), ..none() },
        Filters { sources: names(&["日报"]), speakers: names(&["李彦宏"]), ..none() },
        Filters { beside: vec![names(&["李彦宏"]), names(&["马斯克", "沈抖"])], ..none() },
        without(&|out| out.speakers = names(&["李彦宏"])),
        without(&|out| out.mentions = names(&["马斯克"])),
        without(&|out| out.topics = names(&["economy", "百度"])),
        without(&|out| {
            (out.sources, out.titles) = (names(&["临江"]), names(&["模型"]));
        }),
        Filters {
            speakers: names(&["李彦宏"]), ..without(&|out| out.authors = names(&["王"]))
        },
        without(&|out| out.paths = names(&["articles"])),
    ]
}

#[test]
fn both_engines_find_the_same_articles_for_every_query_and_every_filter() {
    let mut answered = 0;
    for filters in filters() {
        answered += QUERIES.iter().filter(|line| same(line, &filters) > 0).count();
    }
    // Most questions have answers, so that equal sets say something.
    assert!(answered > 100, "{answered}");
}

/// The id and the ordinal of each passage that tantivy finds for a word, with nothing of ours.
fn found_by_tantivy(word: &str) -> BTreeSet<(String, u64)> {
    let index = tantivy::Index::open_in_dir(engines().folder.path().join("engine")).unwrap();
    index.tokenizers().register("jieba", tantivy_jieba::JiebaTokenizer::new());
    let words = index.schema().get_field("words").unwrap();
    let searcher = index.reader().unwrap().searcher();
    let mut tokenizer = index.tokenizer_for_field(words).unwrap();
    let (mut tokens, mut terms) = (tokenizer.token_stream(word), Vec::new());
    while tokens.advance() {
        let term = tantivy::Term::from_field_text(words, &tokens.token().text);
        terms.push(Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>);
    }
    let query = BooleanQuery::intersection(terms);
    let found = searcher.search(&query, &DocSetCollector).unwrap();
    let place = |at: tantivy::DocAddress| {
        let values = searcher.segment_reader(at.segment_ord).fast_fields();
        let ordinal = values.u64("ordinal").unwrap().first(at.doc_id).unwrap();
        let ids = values.str("id").unwrap().unwrap();
        let first = at.doc_id - u32::try_from(ordinal).unwrap();
        let (mut id, term) = (String::new(), ids.term_ords(first).next().unwrap());
        ids.ord_to_str(term, &mut id).unwrap();
        (id, ordinal)
    };
    found.into_iter().map(place).collect()
}

#[test]
fn tantivy_and_jieba_alone_find_the_passages_of_a_word() {
    let set = FilterSet::new(&Filters::default()).unwrap();
    let engine = engines().embedded.as_ref();
    for word in ["李彦宏", "模型", "浪费", "广告", "百度", "堤防", "记者", "汛期", "火星"]
    {
        let place = |at| (engine.article_id(at).unwrap(), engine.passage(at).unwrap().ordinal);
        let ours = found_in(engine, word, &set, Grouping::Passages);
        let ours: BTreeSet<(String, u64)> = ours
            .candidates
            .iter()
            .map(|candidate| place(candidate.at))
            .map(|(id, ordinal)| (id, u64::from(ordinal)))
            .collect();
        assert_eq!(found_by_tantivy(word), ours, "{word}");
        assert_eq!(ours.is_empty(), word == "火星");
    }
}

#[test]
fn both_engines_agree_on_what_there_is() {
    let Engines { embedded, memory, .. } = engines();
    let (embedded, memory): (&dyn Engine, &dyn Engine) = (embedded.as_ref(), memory);
    assert_eq!(embedded.years().unwrap(), memory.years().unwrap());
    assert_eq!(embedded.speaker_names().unwrap(), memory.speaker_names().unwrap());
    for c in ['浪', '费', '的', '。', '驎'] {
        assert_eq!(embedded.character_count(c), memory.character_count(c), "{c}");
    }
    let set = FilterSet::new(&Filters::default()).unwrap();
    let undated = Selection::undated(&set);
    let ids = |engine: &dyn Engine| {
        let ids = engine.articles().unwrap().into_iter();
        ids.map(|(_, at)| engine.article_id(at).unwrap()).collect::<BTreeSet<String>>()
    };
    assert_eq!(ids(embedded), ids(memory));
    let reprints = engine::Reprints { groups: None, policy: ReprintPolicy::Shown };
    for selection in [Selection::all(&set), undated] {
        let topics =
            |engine: &dyn Engine| engine.topics(engine::Period::All, &selection, reprints).unwrap();
        assert_eq!(topics(embedded).len(), topics(memory).len());
    }
    let speakers = |engine: &dyn Engine| {
        let counts = engine.speakers("", &Selection::all(&set), reprints).unwrap();
        counts.into_iter().map(|s| (s.name, s.articles, s.first, s.last)).collect::<BTreeSet<_>>()
    };
    assert_eq!(speakers(embedded), speakers(memory));
    let mut whole = 0;
    embedded
        .inspect(&mut |article| {
            assert!(article.number.is_some() && article.faults.is_empty(), "{article:?}");
            whole += 1;
        })
        .unwrap();
    assert_eq!(whole, ARTICLES.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_piece_of_an_article_is_found_alike(
        article in 0..ARTICLES.len(),
        start in 0usize..200,
        length in 1usize..12,
        distance in 0usize..40,
        form in 0usize..8,
        filter in 0usize..20,
    ) {
        let body: Vec<char> = ARTICLES[article][3].chars().collect();
        let start = start % body.len();
        let piece: String = body[start..body.len().min(start + length)].iter().collect();
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let plain = letters(&piece);
        // What stands a few characters further on, often in the next sentence.
        let further = (start + length + distance).min(body.len());
        let other: String = body[further..body.len().min(further + 2)].iter().collect();
        let other = letters(&other);
        let line = match form {
            0 => piece.clone(),
            1 => format!("“{}”", piece.replace(['“', '”', '\n'], "")),
            2 => format!("浪费 -{plain}"),
            3 => format!("{plain}|大模型"),
            4 => format!("same:({plain} 李彦宏)"),
            5 => format!("near/{}:({plain} {other})", length * 4),
            6 => format!("same:({plain} {other}) 浪费"),
            _ => format!("title:{plain} 模型"),
        };
        same(&line, &filters()[filter]);
    }
}

#[test]
fn what_came_last_is_first_in_both_engines() {
    let (engines, filters) = (engines(), FilterSet::new(&Filters::default()).unwrap());
    let ordered = |engine: &dyn Engine| {
        let ranking = Ranking::default();
        let plan = compile(&parse("").0, &engines.lexicon, &ranking);
        let wanted = Wanted {
            order: Order::Seen,
            grouping: Grouping::Articles,
            groups: None,
            reprints: ReprintPolicy::Shown,
            candidates: 100,
            examined: 0,
            facets: &[],
            counted: FacetScope::Whole,
        };
        let execution = engine.execution(&Selection::all(&filters), &ranking).unwrap();
        let found = execution.top_docs(&plan, &wanted).unwrap().candidates;
        let told = |c: &engine::Candidate| {
            (c.seen(Order::Seen).unwrap(), engine.article_id(c.at).unwrap())
        };
        found.iter().map(told).collect::<Vec<_>>()
    };
    let found = ordered(engines.embedded.as_ref());
    assert_eq!(found, ordered(&engines.memory));
    assert_eq!(found.len(), ARTICLES.len());
    assert!(found.is_sorted_by(|(a, _), (b, _)| a >= b), "{found:?}");
    assert!(found.iter().all(|(time, id)| *time == seen(id.parse().unwrap())), "{found:?}");
    // 2023-11-11 is the newest of the articles that were seen at its time.
    assert_eq!(found[0].1, "8", "{found:?}");
}
