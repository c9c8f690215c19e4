//! Evidence and conditions as queries of a cluster: every article that may have them, and perhaps
//! a few more. What an article really has is told by evaluation.rs.

use super::combined::{all, any, nested, none};
use super::demands::PassageDemand;
use super::document::{MARK, token};
use crate::engine::filter::{Condition, SpeechFilter};
use crate::engine::indexed_text::CONFIDENCES;
use crate::engine::plan::{Evidence, Scope, Unit};
use crate::text::exact::exact;
use crate::text::fold::key;
use serde_json::{Value, json};

/// The most characters of a phrase that are looked for; see [`super::document::FOLLOWING`].
const LONGEST_PHRASE: usize = super::document::FOLLOWING + 1;

fn term(field: &str, value: &str) -> Value {
    json!({ "term": { field: value } })
}

/// Characters side by side in a field of characters.
fn phrase(field: &str, tokens: &[String]) -> Value {
    match tokens {
        [one] => term(field, one),
        _ => json!({ "match_phrase": { field: { "query": tokens.join(" "),
                                                "analyzer": "whitespace" } } }),
    }
}

fn tokens(chars: &[char]) -> Vec<String> {
    chars.iter().map(char::to_string).collect()
}

/// The passages in which a phrase begins; its end may stand in the next ones.
fn in_passage(chars: &[char]) -> Value {
    let chars = &chars[..chars.len().min(LONGEST_PHRASE)];
    if chars.is_empty() {
        return none();
    }
    let crossing = (1..chars.len()).map(|seam| {
        let marked = |(at, c): (usize, &char)| match at < seam {
            true => c.to_string(),
            false => format!("{MARK}{c}"),
        };
        chars.iter().enumerate().map(marked).collect::<Vec<String>>()
    });
    let forms = std::iter::once(tokens(chars)).chain(crossing);
    any(forms.map(|form| phrase("passages.chars", &form)).collect())
}

fn in_title(chars: &[char]) -> Value {
    match chars {
        [] => none(),
        _ => phrase("title_chars", &tokens(chars)),
    }
}

/// One kind of evidence as queries.
pub struct EvidenceQuery {
    /// The passages that may have it, as a query within `passages`.
    pub passages: Value,
    /// The articles whose title may have it.
    pub titles: Value,
}

/// The way in which a word is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// By the words as they were cut.
    Words,
    /// By its characters, side by side.
    Characters,
    /// Not at all: it would take too long and say little.
    Never,
}

/// The queries of evidence that is looked for in this way.
pub fn evidence(evidence: &Evidence, matching: Matching) -> EvidenceQuery {
    let by_phrase =
        |chars: &[char]| EvidenceQuery { passages: in_passage(chars), titles: in_title(chars) };
    let chars = |word: &str| word.chars().collect::<Vec<char>>();
    let both = |form: &dyn Fn(&str) -> Value| EvidenceQuery {
        passages: form("passages.words"),
        titles: form("title_words"),
    };
    match evidence {
        _ if matching == Matching::Never => EvidenceQuery { passages: none(), titles: none() },
        Evidence::Word(word) | Evidence::Unknown(word) if matching == Matching::Words => {
            both(&|field| term(field, &token(word)))
        }
        Evidence::Prefix(stem) if matching == Matching::Words => {
            both(&|field| json!({ "prefix": { field: token(stem) } }))
        }
        Evidence::Suffix(stem) if matching == Matching::Words => {
            let pattern = format!("*{}", token(stem).replace(['\\', '*', '?'], "?"));
            both(&|field| json!({ "wildcard": { field: pattern } }))
        }
        Evidence::Word(word) | Evidence::Unknown(word) | Evidence::Character(word) => {
            by_phrase(&chars(word))
        }
        Evidence::Prefix(stem) | Evidence::Suffix(stem) => by_phrase(&chars(stem)),
        Evidence::Phrase(chars) | Evidence::Pair(chars) => by_phrase(chars),
        Evidence::Near(_, phrases) | Evidence::Same(phrases) => EvidenceQuery {
            passages: all(phrases.iter().map(|chars| in_passage(chars)).collect()),
            titles: all(phrases.iter().map(|chars| in_title(chars)).collect()),
        },
    }
}

/// The articles that may have a unit; `matching` says how each kind of its evidence is looked for.
pub fn unit(unit: &Unit, matching: &[Matching]) -> Value {
    let mut found = Vec::new();
    for ((_, kind), &matching) in unit.evidence.iter().zip(matching) {
        let query = evidence(kind, matching);
        if unit.scope == Scope::Anywhere {
            found.push(nested(&query.passages));
        }
        found.push(query.titles);
    }
    any(found)
}

/// The articles that may meet a condition; all, where a cluster cannot tell. `values` tells the
/// distinct values of a column that pass its test.
///
/// # Errors
/// Those of `values`.
pub fn condition<E>(
    condition: &Condition<'_>,
    values: &mut impl FnMut(&'static str, &dyn Fn(&str) -> bool) -> Result<Vec<String>, E>,
) -> Result<Value, E> {
    use crate::engine::filter::Column;
    let keys = |names: &[String]| names.iter().map(|name| key(name)).collect::<Vec<String>>();
    let terms = |field: &str, values: &[String]| json!({ "terms": { field: values } });
    Ok(match condition {
        Condition::Speaks(filter) => nested(&speaking(filter)),
        Condition::Mentions(names) => {
            let texts = names.iter().map(|name| nested(&in_passage(&exact(name))));
            any(std::iter::once(mentioning(names)).chain(texts).collect())
        }
        Condition::About(topics) => {
            any(vec![terms("topic_key", &keys(topics)), terms("subject_key", &keys(topics))])
        }
        Condition::Value(column, passes) => {
            let name = match column {
                Column::Source => "source",
                Column::Author => "author",
                Column::Path => "path",
            };
            terms(name, &values(name, passes)?)
        }
        Condition::Dated(range) => {
            json!({ "range": { "date": { "gte": range.start(), "lte": range.end() } } })
        }
        Condition::TitleHolds(titles) => {
            any(titles.iter().map(|title| in_title(&exact(title))).collect())
        }
        Condition::Holds(conditions) => {
            let each = conditions.iter().map(|own| self::condition(own, values));
            all(each.collect::<Result<_, E>>()?)
        }
        Condition::Lacks(conditions) => {
            // An article that may have a longer text need not have it.
            let told = conditions.iter().filter(|own| is_exact(own));
            let each = told.map(|own| self::condition(own, values));
            json!({ "bool": { "must_not": each.collect::<Result<Vec<Value>, E>>()? } })
        }
    })
}

/// True if the cluster finds exactly the passages that have the evidence.
pub fn finds_exactly(evidence: &Evidence) -> bool {
    match evidence {
        Evidence::Near(..) | Evidence::Same(_) => false,
        Evidence::Phrase(chars) => chars.len() <= LONGEST_PHRASE,
        // A pattern of the cluster stands for more than these signs.
        Evidence::Suffix(stem) => !stem.contains(['\\', '*', '?']),
        _ => true,
    }
}

/// True if the cluster finds exactly what meets a condition.
pub fn is_exact(condition: &Condition<'_>) -> bool {
    match condition {
        Condition::Mentions(names) => names.iter().all(|n| exact(n).len() <= LONGEST_PHRASE),
        Condition::Holds(own) | Condition::Lacks(own) => own.iter().all(is_exact),
        Condition::About(_) | Condition::Value(..) | Condition::Speaks(_) => true,
        Condition::Dated(_) | Condition::TitleHolds(_) => true,
    }
}

/// The demand of a condition on passages; `None` of one on articles.
pub fn demand(condition: &Condition<'_>) -> Option<PassageDemand> {
    match condition {
        Condition::Speaks(filter) => {
            Some(PassageDemand { article: None, passage: Some(speaking(filter)) })
        }
        Condition::Mentions(names) => {
            let texts = names.iter().map(|name| in_passage(&exact(name))).collect();
            Some(PassageDemand { article: Some(mentioning(names)), passage: Some(any(texts)) })
        }
        _ => None,
    }
}

/// The articles that have one of the names as a speaker or in their titles.
fn mentioning(names: &[String]) -> Value {
    let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
    let speaking = |field: &str| nested(&json!({ "terms": { field: keys } }));
    let titles = names.iter().map(|name| in_title(&exact(name)));
    let speakers = [speaking("passages.speaker_key"), speaking("passages.alias_key")];
    any(speakers.into_iter().chain(titles).collect())
}

/// The words of a passage that a unit is looked for in.
#[derive(Clone, Copy)]
pub enum HeardWords<'a> {
    /// All.
    Everybodys,
    /// Those that somebody said.
    Said(&'a SpeechFilter),
}

/// The demand of a unit on a passage, by that of its evidence that `counts` admits by its place.
pub fn unit_demand(
    unit: &Unit,
    matching: &[Matching],
    heard: HeardWords<'_>,
    counts: impl Fn(usize) -> bool,
) -> PassageDemand {
    let (mut titles, mut passages) = (Vec::new(), Vec::new());
    let titled = unit.scope == Scope::Title || matches!(heard, HeardWords::Everybodys);
    let kinds = unit.evidence.iter().zip(matching).enumerate();
    for (_, ((_, kind), &matching)) in kinds.filter(|own| counts(own.0)) {
        if matching == Matching::Never {
            continue;
        }
        let query = evidence(kind, matching);
        titles.extend(titled.then_some(query.titles));
        if unit.scope == Scope::Anywhere {
            passages.push(match heard {
                HeardWords::Everybodys => query.passages,
                HeardWords::Said(filter) => said(filter, kind),
            });
        }
    }
    PassageDemand::any_of(titles, passages)
}

/// The passages in which somebody says what evidence asks for.
pub fn said(filter: &SpeechFilter, evidence: &Evidence) -> Value {
    let chars: Vec<char> = match evidence {
        Evidence::Phrase(chars) | Evidence::Pair(chars) => chars.clone(),
        Evidence::Word(text) | Evidence::Unknown(text) | Evidence::Character(text) => {
            text.chars().collect()
        }
        Evidence::Prefix(stem) | Evidence::Suffix(stem) => stem.chars().collect(),
        Evidence::Near(..) | Evidence::Same(_) => Vec::new(),
    };
    if chars.is_empty() {
        return none();
    }
    let words = phrase("passages.quotes.chars", &tokens(&chars));
    json!({ "nested": { "path": "passages.quotes", "score_mode": "max",
                        "query": { "bool": { "filter": quoted(filter), "must": words } } } })
}

/// The passages with a quote that counts, as a query within `passages`.
fn speaking(filter: &SpeechFilter) -> Value {
    let needed = all(quoted(filter));
    json!({ "nested": { "path": "passages.quotes", "score_mode": "none", "query": needed } })
}

/// The demands on a quote that counts, as queries within `passages.quotes`.
fn quoted(filter: &SpeechFilter) -> Vec<Value> {
    let mut needed = Vec::new();
    if !filter.speakers.is_empty() {
        let names: Vec<String> = filter.speakers.iter().map(|name| key(name)).collect();
        needed.push(json!({ "terms": { "passages.quotes.name": names } }));
    }
    if let Some(least) = filter.min_confidence {
        let number = CONFIDENCES.iter().position(|&c| c == least).unwrap_or(0);
        needed.push(json!({ "range": { "passages.quotes.confidence": { "gte": number } } }));
    }
    if !filter.kinds.is_empty() {
        needed.push(json!({ "terms": { "passages.quotes.kind": filter.kinds } }));
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_may_go_on_in_the_next_passage() {
        let query = in_passage(&['浪', '费']).to_string();
        assert!(query.contains("浪 费") && query.contains("浪 \\u0001费"), "{query}");
        assert_eq!(in_passage(&[]), none());
        assert!(!in_title(&['浪', '费']).to_string().contains("u0001"));
    }

    #[test]
    fn words_are_looked_for_as_they_were_cut_or_by_their_characters() {
        let word = Evidence::Word("浪费".to_owned());
        let cut = evidence(&word, Matching::Words).passages;
        assert_eq!(cut, json!({ "term": { "passages.words": "浪费" } }));
        let placed = evidence(&word, Matching::Characters).titles.to_string();
        assert!(placed.contains("title_chars"), "{placed}");
        assert_eq!(evidence(&word, Matching::Never).titles, none());
    }
}
