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
