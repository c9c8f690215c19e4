//! Gives an article its topics: what its metadata says, what the model says, and the second level
//! by terms.
//!
//! The model's numbers are model.rs's, the names are taxonomy.rs's; this file joins them.

use super::bag::TITLE_WEIGHT;
use super::model::Model;
use super::taxonomy::{Taxonomy, TopicEntry};
use super::tokens::Tokens;
use super::{Narrower, Topic};
use crate::article::Article;
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::text::fold::fold;
use crate::text::scan::Scanner;
use crate::text::word::Segmented;
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
    /// The terms of the topics below each top-level topic, by its key; under the empty key those of
    /// top-level topics that the model does not know. Small lists stay in the processor's cache.
    terms: BTreeMap<String, Terms>,
}

/// Terms to look for in one scan.
#[derive(Debug, Clone)]
struct Terms {
    words: Scanner,
    /// For each word, the term and the topics it speaks for (positions in the taxonomy).
    owners: Vec<(String, Vec<usize>)>,
}

impl Classifier {
    /// The classifier that `definition` describes (`topics.toml`, `topics.model`).
    ///
    /// # Errors
    /// [`Error::Definition`] where one of the two is malformed, or the model has a label that the
    /// taxonomy lacks.
    pub fn new(definition: &Definition) -> Result<Classifier> {
        let taxonomy = Taxonomy::parse("topics.toml", definition.text("topics.toml"))?;
        let bytes = definition.model("topics.model");
        let model =
            if bytes.is_empty() { None } else { Some(Model::parse("topics.model", bytes)?) };
        Classifier::with(taxonomy, model)
    }

    /// A classifier of a taxonomy and a model of its top-level topics.
    ///
    /// # Errors
    /// [`Error::Definition`] where the model has a label that is no top-level topic.
    pub fn with(taxonomy: Taxonomy, model: Option<Model>) -> Result<Classifier> {
        let wrong = |file: &str, reason: String| Error::Definition {
            file: file.to_owned(),
            line: 0,
            reason,
        };
        let labels = model.iter().flat_map(Model::labels);
        if let Some(label) =
            labels.into_iter().find(|label| taxonomy.get(label).is_none_or(|e| e.parent.is_some()))
        {
            let reason = format!(
                "the model knows a topic `{label}` that topics.toml lacks; \
                 add it or train the model again"
            );
            return Err(wrong("topics.model", reason));
        }
        let known = model.as_ref().map_or(&[][..], |m| m.labels());
        let mut groups: BTreeMap<String, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
        for (index, entry) in taxonomy.iter().enumerate() {
            // What the model knows is not decided by terms.
            if entry.parent.is_none() && known.contains(&entry.key) {
                continue;
            }
            let group = groups.entry(entry.parent.clone().unwrap_or_default()).or_default();
            for term in
                entry.terms.iter().map(|term| fold(term.trim())).filter(|term| !term.is_empty())
            {
                group.entry(term).or_default().push(index);
            }
        }
        let too_many = |reason: String| wrong("topics.toml", format!("too many terms: {reason}"));
        let terms = groups
            .into_iter()
            .map(|(key, group)| Ok((key, Terms::new(group).map_err(too_many)?)))
            .collect::<Result<BTreeMap<String, Terms>>>()?;
        Ok(Classifier { taxonomy, model, terms })
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

/// The topics of an article, best first: those its tags or folders name (score 1), then the
/// model's, in all at least one and hardly ever more than three; and below them the second level.
/// `tokens` are the article's.
pub fn classify(article: &Article, tokens: &Tokens<'_>, classifier: &Classifier) -> Vec<Topic> {
    let mut topics: Vec<Topic> = Vec::new();
    for (entry, evidence) in metadata(article, &classifier.taxonomy) {
        let key = entry.parent.as_ref().unwrap_or(&entry.key);
        let at = topics.iter().position(|t| t.key == *key).unwrap_or_else(|| {
            topics.push(Topic {
                key: key.clone(),
                score: 1.0,
                evidence: Vec::new(),
                narrower: Vec::new(),
            });
            topics.len() - 1
        });
        if entry.parent.is_some() && topics[at].narrower.iter().all(|n| n.key != entry.key) {
            topics[at].narrower.push(Narrower {
                key: entry.key.clone(),
                score: 1.0,
                evidence: vec![evidence.clone()],
            });
        }
        if !topics[at].evidence.contains(&evidence) {
            topics[at].evidence.push(evidence);
        }
    }
    if let Some(model) = &classifier.model {
        let words = TopicWords::of(tokens, model);
        for topic in words.topics(model) {
            if topics.len() < MAX_TOPICS && topics.iter().all(|t| t.key != topic.key) {
                topics.push(topic);
            }
        }
    }
    add_narrower(&mut topics, tokens.title, tokens.body, classifier);
    add_by_terms(&mut topics, tokens.title, tokens.body, classifier);
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
struct TopicWords<'a> {
    /// `(feature, value, word)`, each feature once, in order.
    known: Vec<(u32, f32, &'a str)>,
}

impl<'a> TopicWords<'a> {
    fn of(tokens: &Tokens<'a>, model: &Model) -> TopicWords<'a> {
        let known = tokens.groups().filter_map(|group| {
            let (hash, first) = group[0];
            let feature = model.feature(hash)?;
            Some((feature, model.value(feature, tokens.count(group)), tokens.word(first as usize)))
        });
        // Features are numbered in the order of hashes, as the groups come.
        let mut known: Vec<(u32, f32, &str)> = known.collect();
        let length = known.iter().map(|(_, v, _)| v * v).sum::<f32>().sqrt();
        if length > 0.0 {
            known.iter_mut().for_each(|(_, v, _)| *v /= length);
        }
        TopicWords { known }
    }

    fn topics(&self, model: &Model) -> Vec<Topic> {
        let probabilities =
            model.probabilities(self.known.iter().map(|&(feature, value, _)| (feature, value)));
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
            let at =
                best.partition_point(|&(other, w)| other > says || (other == says && w < word));
            if says > 0.0 && at < MAX_EVIDENCE {
                best.insert(at, (says, word));
                best.truncate(MAX_EVIDENCE);
            }
        }
        best.into_iter().map(|(_, word)| word.to_owned()).collect()
    }
}

impl Terms {
    fn new(owners: BTreeMap<String, Vec<usize>>) -> Result<Terms, String> {
        Ok(Terms {
            words: Scanner::new(owners.keys().map(String::as_str))?,
            owners: owners.into_iter().collect(),
        })
    }

    /// The topics (positions in the taxonomy) whose terms the article has often enough, each with a
    /// score and the terms.
    fn found(&self, title: &Segmented, body: &Segmented) -> Vec<(usize, f32, Vec<String>)> {
        let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
        for (part, weight) in [(title, TITLE_WEIGHT), (body, 1)] {
            let text = part.folded.text();
            for (span, word) in self.words.find(text) {
                if !cuts_a_word(text.as_bytes(), span.start, span.end) {
                    *counts.entry(word).or_default() += weight;
                }
            }
        }
        let mut by_owner: BTreeMap<usize, Vec<(u32, usize)>> = BTreeMap::new();
        for (pattern, count) in counts {
            self.owners[pattern]
                .1
                .iter()
                .for_each(|&owner| by_owner.entry(owner).or_default().push((count, pattern)));
        }
        by_owner.into_iter().filter_map(|(owner, terms)| self.weighed(owner, terms)).collect()
    }

    /// A topic with its score and terms, where `terms` (count and pattern) are enough.
    fn weighed(
        &self,
        owner: usize,
        mut terms: Vec<(u32, usize)>,
    ) -> Option<(usize, f32, Vec<String>)> {
        terms.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let total: u32 = terms.iter().map(|t| t.0).sum();
        // Three occurrences of two terms, or four of one.
        let enough = total >= 3 && (terms.len() >= 2 || total >= 4);
        let evidence =
            || terms.iter().take(MAX_EVIDENCE).map(|&(_, p)| self.owners[p].0.clone()).collect();
        enough.then(|| (owner, total as f32 / (total as f32 + 4.0), evidence()))
    }
}

/// True if the span starts or ends inside a run of letters: `ai` is no part of `said`.
fn cuts_a_word(text: &[u8], start: usize, end: usize) -> bool {
    let is_letter =
        |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let before = start.checked_sub(1);
    (is_letter(before) && is_letter(Some(start)))
        || (is_letter(end.checked_sub(1)) && is_letter(Some(end)))
}

/// Adds the second-level topics below the topics found.
fn add_narrower(
    topics: &mut [Topic],
    title: &Segmented,
    body: &Segmented,
    classifier: &Classifier,
) {
    for topic in topics {
        let Some(terms) = classifier.terms.get(&topic.key) else { continue };
        for (owner, score, evidence) in terms.found(title, body) {
            let Some(entry) = classifier.taxonomy.at(owner) else { continue };
            if topic.narrower.iter().all(|n| n.key != entry.key) {
                topic.narrower.push(Narrower { key: entry.key.clone(), score, evidence });
            }
        }
        topic.narrower.sort_by(|a, b| b.score.total_cmp(&a.score));
        topic.narrower.truncate(MAX_NARROWER);
    }
}

/// Adds top-level topics that only terms describe.
fn add_by_terms(
    topics: &mut Vec<Topic>,
    title: &Segmented,
    body: &Segmented,
    classifier: &Classifier,
) {
    let Some(terms) = classifier.terms.get("").filter(|terms| !terms.owners.is_empty()) else {
        return;
    };
    for (owner, score, evidence) in terms.found(title, body) {
        let Some(entry) = classifier.taxonomy.at(owner) else { continue };
        if topics.iter().all(|t| t.key != entry.key) {
            topics.push(Topic { key: entry.key.clone(), score, evidence, narrower: Vec::new() });
        }
    }
}
