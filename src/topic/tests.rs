//! Topics and subjects end to end, on texts written for these tests.

use super::Tokens;
use super::train::{self, Lesson, TrainingOptions};
use super::{Classifier, Model, Taxonomy, Topic, classify};
use crate::article::Article;
use crate::article::ArticleId;
use crate::definition::Definition;
use crate::text::word::Segmented;
use crate::text::word::Segmenter;
use crate::topic::bag::Bag;
use crate::topic::{Background, subjects};
use proptest::prelude::*;
use std::sync::OnceLock;

/// The definition's parts that every test reads.
fn tools() -> &'static (Segmenter, Classifier, Background) {
    static TOOLS: OnceLock<(Segmenter, Classifier, Background)> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let definition = Definition::embedded();
        (
            Segmenter::new(&definition).unwrap(),
            Classifier::new(&definition).unwrap(),
            Background::new(&definition).unwrap(),
        )
    })
}

fn article(path: &str, tags: &[&str], title: &str, body: &str) -> Article {
    Article {
        id: ArticleId::new(path),
        path: path.to_owned(),
        line: None,
        title: Some(title.to_owned()).filter(|t| !t.is_empty()),
        body: body.to_owned(),
        date: None,
        source: None,
        reprinted_by: None,
        authors: Vec::new(),
        url: None,
        tags: tags.iter().map(|&t| t.to_owned()).collect(),
        encoding: "UTF-8".to_owned(),
        n_views: None,
        notes: Vec::new(),
    }
}

fn topics_of(article: &Article) -> Vec<Topic> {
    let (segmenter, classifier, _) = tools();
    let title = Segmented::new(article.title.as_deref().unwrap_or(""), segmenter);
    classify(article, &Tokens::of(&title, &Segmented::new(&article.body, segmenter)), classifier)
}

fn subjects_of(article: &Article, exclude: &[&str]) -> Vec<String> {
    let (segmenter, _, background) = tools();
    let title = Segmented::new(article.title.as_deref().unwrap_or(""), segmenter);
    let body = Segmented::new(&article.body, segmenter);
    subjects(article, &Tokens::of(&title, &body), exclude, background)
        .into_iter()
        .map(|s| s.term)
        .collect()
}

const QUAKE: &str = "今天凌晨，青石县发生里氏五点二级地震，震源深度十公里，周边乡镇震感强烈。消防\
    救援队伍连夜赶到震中，\
    搜救被困群众，已有三名伤员送医。当地启动地震应急响应，转移安置受灾村民。";
const MODELS: &str = "云海公司董事长林一川在论坛上说，如今一百多家企业都在训练自己的大模型，这场\
    “百模大战”浪费了算力和人才。\
    他说，大模型本身并不值钱，值钱的是建立在大模型之上的应用。云海公司已经用人工智能重做了搜索和文\
    库，算力成本降了一半。\
    他认为百模大战不会持续太久，云海公司会把大模型的接口开放给开发者，让AI应用先跑起来。";

#[test]
fn an_article_gets_the_topic_it_is_about_with_evidence() {
    let topics = topics_of(&article("a.txt", &[], "青石县发生地震", QUAKE));
    assert_eq!(topics[0].key, "disaster", "{topics:?}");
    assert!(topics[0].evidence.contains(&"地震".to_owned()) && topics[0].score > 0.5, "{topics:?}");
    assert_eq!(topics[0].narrower[0].key, "disaster/地震");
    let keys: Vec<&str> = topics[0].keys().collect();
    assert_eq!(keys, ["disaster", "disaster/地震"]);
}

#[test]
fn articles_about_models_belong_to_science_and_artificial_intelligence() {
    let topics = topics_of(&article("a.txt", &[], "", MODELS));
    let science = topics.iter().find(|t| t.key == "science").expect("science is among the topics");
    assert_eq!(science.narrower[0].key, "science/人工智能");
}

#[test]
fn subjects_are_terms_not_names() {
    let found = subjects_of(&article("a.txt", &[], "", MODELS), &["林一川"]);
    for term in ["大模型", "百模大战", "云海"] {
        assert!(found.iter().any(|f| f == term), "{term} is missing: {found:?}");
    }
    assert!(
        (3..=8).contains(&found.len()) && found.iter().all(|f| !f.contains("一川")),
        "{found:?}"
    );
}

#[test]
fn subjects_stand_as_the_article_writes_them() {
    let body = "ＣｈａｔＧＰＴ很热。ＣｈａｔＧＰＴ和臺積電、臺積電和ＣｈａｔＧＰＴ。臺積電。";
    let found = subjects_of(&article("a.txt", &[], "", body), &[]);
    assert!(
        found.contains(&"ＣｈａｔＧＰＴ".to_owned()) && found.contains(&"臺積電".to_owned()),
        "{found:?}"
    );
}

#[test]
fn folder_labels_win() {
    let topics = topics_of(&article("archive/体育/足球/a.txt", &[], "青石县发生地震", QUAKE));
    assert_eq!((topics[0].key.as_str(), topics[0].score), ("sport", 1.0));
    assert_eq!(topics[0].evidence, ["folder 足球", "folder 体育"]);
    assert_eq!(topics[0].narrower[0].key, "sport/足球");
    assert_eq!(topics[1].key, "disaster");
    // A file's own name is no folder.
    assert_eq!(topics_of(&article("体育", &[], "", QUAKE))[0].key, "disaster");
}

#[test]
fn tags_win_in_any_script_and_as_paths() {
    let topics = topics_of(&article("a.txt", &["频道 > 財經"], "", QUAKE));
    assert_eq!((topics[0].key.as_str(), topics[0].evidence[0].as_str()), ("economy", "tag 財經"));
    let topics = topics_of(&article("a.txt", &["娱乐，国际"], "", QUAKE));
    assert_eq!(
        topics.iter().map(|t| t.key.as_str()).collect::<Vec<_>>(),
        ["arts", "politics", "disaster"]
    );
    assert_eq!(topics[1].narrower[0].key, "politics/国际");
}

#[test]
fn a_users_topic_is_found_by_its_terms() {
    let own = "[[topic]]\nkey='tea'\nname='茶'\nterms=['普洱茶','乌龙茶','采茶']\n";
    let taxonomy =
        Taxonomy::parse("topics.toml", Definition::embedded().text("topics.toml")).unwrap();
    let model = tools().1.model().cloned();
    let classifier = Classifier::with(taxonomy.extended("my.toml", own).unwrap(), model).unwrap();
    let text = article("a.txt", &[], "", "春天采茶，夏天也采茶。普洱茶涨价，乌龙茶没有。");
    let body = Segmented::new(&text.body, &tools().0);
    let topics = classify(&text, &Tokens::of(&Segmented::default(), &body), &classifier);
    assert!(topics.iter().any(|t| t.key == "tea" && t.evidence[0] == "采茶"), "{topics:?}");
}

#[test]
fn a_model_must_fit_its_taxonomy() {
    let taxonomy = Taxonomy::parse("topics.toml", "[[topic]]\nkey='a'\nname='甲'\n").unwrap();
    let error = Classifier::with(taxonomy, tools().1.model().cloned()).unwrap_err().to_string();
    assert!(error.contains("the model knows a topic `arts` that topics.toml lacks"), "{error}");
}

#[test]
fn the_embedded_taxonomy_has_the_seventeen_and_their_aliases() {
    let taxonomy = tools().1.taxonomy();
    assert_eq!(taxonomy.iter().filter(|e| e.parent.is_none() && e.medtop.is_some()).count(), 17);
    for (typed, key) in [
        ("财经", "economy"),
        ("科技", "science"),
        ("体育", "sport"),
        ("时政", "politics"),
        ("国际", "politics/国际"),
        ("娱乐", "arts"),
        ("法治", "crime"),
        ("军事", "conflict"),
        ("社会", "society"),
        ("房产", "economy/房地产"),
        ("汽车", "economy/汽车"),
        ("medtop:13000000", "science"),
        ("04000000", "economy"),
        ("ＳＰＯＲＴＳ", "sport"),
        ("科技/人工智能", "science/人工智能"),
        ("science/AI", "science/人工智能"),
    ] {
        assert_eq!(taxonomy.resolve(typed).map(|e| e.key.as_str()), Some(key), "{typed}");
    }
    assert!(taxonomy.resolve("economy/足球").is_none() && taxonomy.resolve("").is_none());
    assert_eq!(taxonomy.nearest("房地产业", 1)[0].key, "economy/房地产");
}

/// A few sentences of two kinds, written for this test.
fn lessons() -> Vec<Lesson> {
    let texts = [
        ("球队在客场赢球，前锋进了两个球", 0),
        ("股价上涨，投资者买进银行股", 1),
        ("守门员扑出点球，球迷欢呼", 0),
        ("央行降息，银行贷款利率下调", 1),
        ("教练说球队下一场要赢球", 0),
        ("公司公布业绩，股价下跌", 1),
        ("球迷等着看决赛，教练很平静", 0),
        ("投资者担心利率，股市下跌", 1),
    ];
    let bag = |text: &str| Bag::of(&Segmented::default(), &Segmented::new(text, &tools().0));
    texts.iter().map(|&(text, label)| Lesson::new(bag(text), &[label])).collect()
}

#[test]
fn training_is_reproducible_to_the_byte() {
    let labels = ["球".to_owned(), "钱".to_owned()];
    let options = TrainingOptions { rarest: 1, ..TrainingOptions::PLAIN };
    let latent = TrainingOptions { n_directions: 4, rarest: 1, ..TrainingOptions::LATENT };
    let background: Vec<Bag> = lessons().iter().map(|l| l.bag().clone()).collect();
    for (options, background) in [(options, &[][..]), (latent, &background[..])] {
        let model = train::learn(&labels, &lessons(), background, options).unwrap();
        let bytes = model.to_bytes();
        assert_eq!(
            bytes,
            train::learn(&labels, &lessons(), background, options).unwrap().to_bytes()
        );
        let again = Model::parse("own.model", &bytes).unwrap();
        assert_eq!(again, model);
        let text = Segmented::new("股市上涨，投资者高兴", &tools().0);
        let vector = again.vector(&Bag::of(&Segmented::default(), &text));
        assert_eq!(again.decide(&again.probabilities(vector.parts.into_iter())), [1]);
    }
    let report = train::cross_validate(&labels, &lessons(), &[], 4, options).unwrap();
    assert!(report.n_articles == 8 && report.accuracy > 0.6, "{report:?}");
}

#[test]
fn damaged_models_are_refused() {
    let bytes = Definition::embedded().model("topics.model").to_vec();
    assert!(Model::parse("m", &bytes[..bytes.len() - 1]).is_err());
    assert!(Model::parse("m", b"").unwrap_err().to_string().contains("not a topic model"));
    let mut other = bytes.clone();
    other[4] = 9;
    let error = Model::parse("m", &other).unwrap_err().to_string();
    assert!(error.contains("has format 9, need 1"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_input_panics(
        title in "\\PC{0,20}|[“”《》大模型ai .]{0,12}",
        body in "\\PC{0,80}|(百模大战|“百模大战”|地震|的|，|\n|AI|臺){0,40}",
        tag in "\\PC{0,8}|[/>、体育]{0,5}",
    ) {
        let text = article("a/b.txt", &[&tag], &title, &body);
        let topics = topics_of(&text);
        prop_assert!(topics.iter().all(|t| (0.0..=1.0).contains(&t.score)));
        prop_assert_eq!(&topics, &topics_of(&text));
        let found = subjects_of(&text, &["李四"]);
        prop_assert!(found.len() <= 8);
        let stands = |term: &String| body.contains(term.as_str()) || title.contains(term.as_str());
        prop_assert!(found.iter().all(stands));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), cut in 0usize..2000) {
        let _ = Model::parse("m", &[b"JBTM\x01", &bytes[..]].concat());
        let _ = Background::parse("m", &[b"JBBG\x01", &bytes[..]].concat());
        let model = Definition::embedded().model("topics.model").to_vec();
        let _ = Model::parse("m", &model[..cut.min(model.len())]);
        let _ = Taxonomy::parse("t", &String::from_utf8_lossy(&bytes));
    }
}
