//! Gives an article its topics: what its metadata says, what the model says, and the second level by terms.
//!
//! The model's numbers are model.rs's, the names are taxonomy.rs's; this file joins them.

use super::bag::{self, TITLE_WEIGHT};
use super::model::Model;
use super::taxonomy::{Taxonomy, TopicEntry};
use super::{Narrower, Topic};
use crate::article::Article;
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::text::fold::fold;
use crate::text::word::Segmented;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;

/// Most topics of the model that an article gets.
const MAX_TOPICS: usize = 3;
/// Most second-level topics below one topic.
const MAX_NARROWER: usize = 2;
/// Most terms given as evidence.
const MAX_EVIDENCE: usize = 5;

/// The taxonomy with what is needed to apply it. Cheap to share, not to make.
#[derive(Debug, Clone)]
pub struct Classifier {
    taxonomy: Taxonomy,
    model: Option<Model>,
    /// All terms of the taxonomy at once.
    terms: AhoCorasick,
    /// For each pattern of `terms`, the term and the topics it speaks for (positions in the taxonomy).
    owners: Vec<(String, Vec<usize>)>,
}

impl Classifier {
    /// The classifier that `definition` describes (`topics.toml`, `topics.model`).
    ///
    /// # Errors
    /// [`Error::Definition`] where one of the two is malformed, or the model has a label that the taxonomy lacks.
    pub fn new(definition: &Definition) -> Result<Classifier> {
        let taxonomy = Taxonomy::parse("topics.toml", definition.text("topics.toml"))?;
        let bytes = definition.model("topics.model");
        let model = if bytes.is_empty() { None } else { Some(Model::parse("topics.model", bytes)?) };
        Classifier::with(taxonomy, model)
    }

    /// A classifier of a taxonomy and a model of its top-level topics.
    ///
    /// # Errors
    /// [`Error::Definition`] where the model has a label that is no top-level topic.
    pub fn with(taxonomy: Taxonomy, model: Option<Model>) -> Result<Classifier> {
        let wrong = |file: &str, reason: String| Error::Definition { file: file.to_owned(), line: 0, reason };
        let labels = model.iter().flat_map(Model::labels);
        if let Some(label) = labels.into_iter().find(|label| taxonomy.get(label).is_none_or(|e| e.parent.is_some())) {
            let reason =
                format!("the model knows a topic `{label}` that topics.toml lacks; add it or train the model again");
            return Err(wrong("topics.model", reason));
        }
        let mut owners: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, entry) in taxonomy.iter().enumerate() {
            for term in entry.terms.iter().map(|term| fold(term.trim())).filter(|term| !term.is_empty()) {
                owners.entry(term).or_default().push(index);
            }
        }
        let terms = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(owners.keys())
            .map_err(|e| wrong("topics.toml", format!("too many terms: {e}")))?;
        Ok(Classifier { taxonomy, model, terms, owners: owners.into_iter().collect() })
    }

    /// The topics there are.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// The model, where there is one.
    pub fn model(&self) -> Option<&Model> {
        self.model.as_ref()
    }
}

/// The topics of an article, best first: those its tags or folders name (score 1), then the model's, in all at least one
/// and hardly ever more than three; and below them the second level. `title` and `body` are the article's, segmented.
pub fn classify(article: &Article, title: &Segmented, body: &Segmented, classifier: &Classifier) -> Vec<Topic> {
    let counts = term_counts(title, body, classifier);
    let mut topics: Vec<Topic> = Vec::new();
    for (entry, evidence) in metadata(article, &classifier.taxonomy) {
        let key = entry.parent.as_ref().unwrap_or(&entry.key);
        let at = topics.iter().position(|t| t.key == *key).unwrap_or_else(|| {
            topics.push(Topic { key: key.clone(), score: 1.0, evidence: Vec::new(), narrower: Vec::new() });
            topics.len() - 1
        });
        if entry.parent.is_some() && topics[at].narrower.iter().all(|n| n.key != entry.key) {
            topics[at].narrower.push(Narrower { key: entry.key.clone(), score: 1.0, evidence: vec![evidence.clone()] });
        }
        if !topics[at].evidence.contains(&evidence) {
            topics[at].evidence.push(evidence);
        }
    }
    if let Some(model) = &classifier.model {
        let words = Words::of(title, body, model);
        for topic in words.topics(model) {
            if topics.len() < MAX_TOPICS && topics.iter().all(|t| t.key != topic.key) {
                topics.push(topic);
            }
        }
    }
    add_by_terms(&mut topics, &counts, classifier);
    topics
}

/// The topics that the article's own tags and folders name, each with what named it.
fn metadata<'a>(article: &Article, taxonomy: &'a Taxonomy) -> Vec<(&'a TopicEntry, String)> {
    let mut found = Vec::new();
    for tag in &article.tags {
        // Sections come as paths too: 新闻 > 国际新闻, 频道/体育.
        for part in tag.split(['>', '/', '|', '»', '，', ',', '、', ';', '；']).map(str::trim) {
            if let Some(entry) = taxonomy.resolve(part).filter(|_| !part.is_empty()) {
                found.push((entry, format!("tag {part}")));
            }
        }
    }
    let mut folders: Vec<&str> = article.path.split(['/', '\\']).collect();
    folders.pop();
    // The innermost folder says most.
    for folder in folders.into_iter().rev().filter(|f| !f.is_empty()) {
        if let Some(entry) = taxonomy.resolve(folder) {
            found.push((entry, format!("folder {folder}")));
        }
    }
    found
}

/// The words of an article that the model knows.
struct Words<'a> {
    /// `(feature, value, word)`, each feature once.
    known: Vec<(u32, f32, &'a str)>,
}

impl<'a> Words<'a> {
    fn of(title: &'a Segmented, body: &'a Segmented, model: &Model) -> Words<'a> {
        let mut found: Vec<(u32, u32, &str)> = Vec::with_capacity(title.words.len() + body.words.len());
        for (part, weight) in [(title, TITLE_WEIGHT), (body, 1)] {
            let words = part.iter().filter(|w| bag::is_term(w));
            found.extend(words.filter_map(|w| Some((model.feature(bag::hash(w))?, weight, w))));
        }
        // The word has no part in the order: equal features are equal words, but for collisions of their hashes.
        found.sort_unstable_by_key(|&(feature, _, _)| feature);
        found.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 += later.1;
            }
            same
        });
        let mut known: Vec<(u32, f32, &str)> =
            found.into_iter().map(|(feature, count, word)| (feature, model.value(feature, count), word)).collect();
        let length = known.iter().map(|(_, v, _)| v * v).sum::<f32>().sqrt();
        if length > 0.0 {
            known.iter_mut().for_each(|(_, v, _)| *v /= length);
        }
        Words { known }
    }

    fn topics(&self, model: &Model) -> Vec<Topic> {
        let probabilities = model.probabilities(self.known.iter().map(|&(feature, value, _)| (feature, value)));
        let topic = |label: usize| Topic {
            key: model.labels()[label].clone(),
            score: probabilities[label],
            evidence: self.evidence(label, model),
            narrower: Vec::new(),
        };
        model.decide(&probabilities).into_iter().map(topic).collect()
    }

    /// The words that speak most for `label`.
    fn evidence(&self, label: usize, model: &Model) -> Vec<String> {
        let mut best: Vec<(f32, &str)> = Vec::with_capacity(MAX_EVIDENCE + 1);
        for &(feature, value, word) in &self.known {
            let says = value * model.weight(feature, label);
            let at = best.partition_point(|&(other, w)| other > says || (other == says && w < word));
            if says > 0.0 && at < MAX_EVIDENCE {
                best.insert(at, (says, word));
                best.truncate(MAX_EVIDENCE);
            }
        }
        best.into_iter().map(|(_, word)| word.to_owned()).collect()
    }
}

/// How often the terms of each topic occur: for each topic of the taxonomy `(pattern, count)`, title weighted.
fn term_counts(title: &Segmented, body: &Segmented, classifier: &Classifier) -> Vec<(usize, u32)> {
    let mut counts: Vec<(usize, u32)> = Vec::new();
    for (part, weight) in [(title, TITLE_WEIGHT), (body, 1)] {
        for found in classifier.terms.find_iter(part.folded.text()) {
            if !cuts_a_word(part.folded.text().as_bytes(), found.start(), found.end()) {
                counts.push((found.pattern().as_usize(), weight));
            }
        }
    }
    counts.sort_unstable();
    counts.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 += later.1;
        }
        same
    });
    counts
}

/// Whether the span starts or ends inside a run of letters: `ai` is no part of `said`.
fn cuts_a_word(text: &[u8], start: usize, end: usize) -> bool {
    let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let before = start.checked_sub(1);
    (is_letter(before) && is_letter(Some(start))) || (is_letter(end.checked_sub(1)) && is_letter(Some(end)))
}

/// Adds second-level topics below the topics found, and top-level topics that only terms describe.
fn add_by_terms(topics: &mut Vec<Topic>, counts: &[(usize, u32)], classifier: &Classifier) {
    let mut by_entry: BTreeMap<usize, Vec<(u32, usize)>> = BTreeMap::new();
    for &(pattern, count) in counts {
        for &owner in &classifier.owners[pattern].1 {
            by_entry.entry(owner).or_default().push((count, pattern));
        }
    }
    let labels = classifier.model.as_ref().map_or(&[][..], |m| m.labels());
    let entries: Vec<&TopicEntry> = classifier.taxonomy.iter().collect();
    for (owner, mut found) in by_entry {
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let (entry, total) = (entries[owner], found.iter().map(|f| f.0).sum::<u32>());
        if total < 3 || (found.len() < 2 && total < 4) {
            continue;
        }
        let score = total as f32 / (total as f32 + 4.0);
        let evidence: Vec<String> =
            found.iter().take(MAX_EVIDENCE).map(|&(_, p)| classifier.owners[p].0.clone()).collect();
        match &entry.parent {
            Some(parent) => {
                if let Some(topic) = topics.iter_mut().find(|t| t.key == *parent)
                    && topic.narrower.iter().all(|n| n.key != entry.key)
                {
                    topic.narrower.push(Narrower { key: entry.key.clone(), score, evidence });
                }
            }
            None if topics.iter().all(|t| t.key != entry.key) && !labels.contains(&entry.key) => {
                topics.push(Topic { key: entry.key.clone(), score, evidence, narrower: Vec::new() });
            }
            None => {}
        }
    }
    for topic in topics {
        topic.narrower.sort_by(|a, b| b.score.total_cmp(&a.score));
        topic.narrower.truncate(MAX_NARROWER);
    }
}

#[cfg(test)]
mod tests {
    use super::super::train::{self, Lesson, Options};
    use super::*;
    use crate::article::ArticleId;
    use crate::text::word::Segmenter;
    use crate::topic::bag::Bag;
    use crate::topic::{Background, subjects};
    use proptest::prelude::*;
    use std::sync::OnceLock;

    /// What every test needs and none changes.
    fn tools() -> &'static (Segmenter, Classifier, Background) {
        static TOOLS: OnceLock<(Segmenter, Classifier, Background)> = OnceLock::new();
        TOOLS.get_or_init(|| {
            let definition = Definition::embedded();
            (Segmenter::new(&definition), Classifier::new(&definition).unwrap(), Background::new(&definition).unwrap())
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
        classify(article, &title, &Segmented::new(&article.body, segmenter), classifier)
    }

    fn subjects_of(article: &Article, exclude: &[&str]) -> Vec<String> {
        let (segmenter, _, background) = tools();
        let title = Segmented::new(article.title.as_deref().unwrap_or(""), segmenter);
        let body = Segmented::new(&article.body, segmenter);
        subjects(article, &title, &body, exclude, background).into_iter().map(|s| s.term).collect()
    }

    const QUAKE: &str = "今天凌晨，青石县发生里氏五点二级地震，震源深度十公里，周边乡镇震感强烈。消防救援队伍连夜赶到震中，\
        搜救被困群众，已有三名伤员送医。当地启动地震应急响应，转移安置受灾村民。";
    const MODELS: &str = "云海公司董事长林一川在论坛上说，如今一百多家企业都在训练自己的大模型，这场“百模大战”浪费了算力和人才。\
        他说，大模型本身并不值钱，值钱的是建立在大模型之上的应用。云海公司已经用人工智能重做了搜索和文库，算力成本降了一半。\
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
        assert!((3..=8).contains(&found.len()) && found.iter().all(|f| !f.contains("一川")), "{found:?}");
    }

    #[test]
    fn subjects_stand_as_the_article_writes_them() {
        let body = "ＣｈａｔＧＰＴ很热。ＣｈａｔＧＰＴ和臺積電、臺積電和ＣｈａｔＧＰＴ。臺積電。";
        let found = subjects_of(&article("a.txt", &[], "", body), &[]);
        assert!(found.contains(&"ＣｈａｔＧＰＴ".to_owned()) && found.contains(&"臺積電".to_owned()), "{found:?}");
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
        assert_eq!(topics.iter().map(|t| t.key.as_str()).collect::<Vec<_>>(), ["arts", "politics", "disaster"]);
        assert_eq!(topics[1].narrower[0].key, "politics/国际");
    }

    #[test]
    fn a_users_topic_is_found_by_its_terms() {
        let own = "[[topic]]\nkey='tea'\nname='茶'\nterms=['普洱茶','乌龙茶','采茶']\n";
        let taxonomy = Taxonomy::parse("topics.toml", Definition::embedded().text("topics.toml")).unwrap();
        let model = tools().1.model().cloned();
        let classifier = Classifier::with(taxonomy.extended("my.toml", own).unwrap(), model).unwrap();
        let text = article("a.txt", &[], "", "春天采茶，夏天也采茶。普洱茶涨价，乌龙茶没有。");
        let body = Segmented::new(&text.body, &tools().0);
        let topics = classify(&text, &Segmented::default(), &body, &classifier);
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
        let options = Options { rarest: 1, ..Options::PLAIN };
        let latent = Options { n_directions: 4, rarest: 1, ..Options::LATENT };
        let background: Vec<Bag> = lessons().iter().map(|l| l.bag().clone()).collect();
        for (options, background) in [(options, &[][..]), (latent, &background[..])] {
            let model = train::learn(&labels, &lessons(), background, options).unwrap();
            let bytes = model.to_bytes();
            assert_eq!(bytes, train::learn(&labels, &lessons(), background, options).unwrap().to_bytes());
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
        assert!(error.contains("has format 9, need 1; train it again"), "{error}");
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
            prop_assert!(found.len() <= 8 && found.iter().all(|f| body.contains(f.as_str()) || title.contains(f.as_str())));
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
}
