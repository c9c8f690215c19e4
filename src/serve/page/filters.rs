//! Filters of an address as a reader sees them: their names, the fields of the form, the chips that
//! take them off or turn them round.

use super::Visit;
use super::language::Language;
use super::link::Link;
use crate::serve::parameters::{FILTERS, QUESTION, ValueKind};
use crate::text::harmless;

/// A filter that holds.
pub struct Chip {
    /// The filter.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// The address without it.
    pub off: String,
    /// The same with the filter turned round; none for what has no opposite.
    pub turned: Option<String>,
}

/// A field of the form.
pub struct FormField {
    /// The parameter.
    pub name: &'static str,
    /// Its name for a reader.
    pub label: &'static str,
    /// Its value.
    pub value: String,
    /// An example of a value.
    pub hint: &'static str,
    /// The values that it may have; empty for a field of text.
    pub choices: Vec<FieldChoice>,
}

/// A value of a field that has a few.
pub struct FieldChoice {
    /// The value.
    pub value: &'static str,
    /// Its name for a reader.
    pub label: &'static str,
    /// True if it holds.
    pub chosen: bool,
}

/// The name of a filter for a reader.
pub fn label(name: &str, l: Language) -> &'static str {
    let (chinese, english) = match name {
        "speaker" => ("说话人", "said by"),
        "mentions" => ("提到", "mentions"),
        "topic" => ("主题", "topic"),
        "source" => ("来源", "source"),
        "author" => ("作者", "author"),
        "title" => ("标题含", "title has"),
        "path" => ("文件", "file"),
        "since" => ("起", "since"),
        "until" => ("止", "until"),
        "min_confidence" => ("可信度", "confidence"),
        "quotes" => ("引语", "quotes"),
        "beside" => ("同文另有", "beside"),
        "not_speaker" => ("说话人≠", "not said by"),
        "not_mentions" => ("未提到", "does not mention"),
        "not_topic" => ("主题≠", "topic is not"),
        "not_source" => ("来源≠", "source is not"),
        "not_author" => ("作者≠", "author is not"),
        "not_title" => ("标题不含", "title has not"),
        "not_path" => ("文件≠", "file is not"),
        "reprints" => ("转载", "reprints"),
        "sort" => ("排序", "order"),
        "per" => ("每", "per"),
        "since/until" => ("日期", "date"),
        "original-only" => ("不计转载", "originals only"),
        "not-…" => ("除外", "left out"),
        _ => ("同义词", "synonyms"),
    };
    l.say(chinese, english)
}

/// The name of a value that is a word of the program's; the value itself of any other.
fn value_label<'a>(name: &str, value: &'a str, l: Language) -> &'a str {
    let (chinese, english) = match (name, value) {
        ("quotes", "direct") => ("直接引语", "direct"),
        ("quotes", "indirect") => ("转述", "reported"),
        ("quotes", "all") => ("全部", "all"),
        ("min_confidence", "named") => ("点名", "named"),
        ("min_confidence", "role") => ("至少以职务称", "at least by role"),
        ("min_confidence", "pronoun") => ("至少以代词称", "at least by pronoun"),
        ("min_confidence", "carried") => ("含承前", "carried over too"),
        ("reprints", "folded") => ("折叠", "folded"),
        ("reprints", "shown") => ("逐份列出", "each by itself"),
        ("reprints", "left_out") => ("只计原文", "left out"),
        ("sort", "relevance") => ("相关", "relevance"),
        ("sort", "newest") => ("最新", "newest"),
        ("sort", "oldest") => ("最早", "oldest"),
        ("per", "article") => ("篇", "article"),
        ("per", "passage") => ("段", "passage"),
        ("synonyms", "yes") => ("用", "yes"),
        ("synonyms", "no") => ("不用", "no"),
        _ => return value,
    };
    l.say(chinese, english)
}

/// The fields that the form always shows; those given more than once are chips alone.
const FIELDS: [&str; 6] = ["speaker", "mentions", "topic", "source", "since", "until"];
/// The fields that it shows on demand.
const FURTHER: [&str; 6] = ["quotes", "min_confidence", "reprints", "title", "author", "beside"];

/// The fields of the form that are always shown.
pub fn fields(visit: &Visit) -> Vec<FormField> {
    FIELDS.into_iter().map(|name| field(name, visit)).collect()
}

/// The fields that are shown on demand, and whether one of them holds.
pub fn further_fields(visit: &Visit) -> (Vec<FormField>, bool) {
    let holds = FURTHER.iter().any(|name| visit.parameters.get(name).is_some());
    (FURTHER.into_iter().map(|name| field(name, visit)).collect(), holds)
}

fn field(name: &'static str, visit: &Visit) -> FormField {
    let value = visit.parameters.all(name).into_iter().next().unwrap_or_default();
    let known = FILTERS.iter().chain(&QUESTION).find(|parameter| parameter.name == name);
    let words: &[&'static str] = match known.map(|parameter| parameter.form) {
        Some(ValueKind::OneOf(words)) => words,
        _ => &[],
    };
    let choice = |word: &&'static str| FieldChoice {
        value: word,
        label: value_label(name, word, visit.language),
        chosen: *word == value,
    };
    FormField {
        name,
        label: label(name, visit.language),
        hint: if matches!(name, "since" | "until") { "2023-07" } else { "" },
        choices: words.iter().map(choice).collect(),
        value,
    }
}

/// Everything of the address that the form does not show, so that asking again keeps it.
pub fn kept(visit: &Visit) -> Vec<(String, String)> {
    let mut shown: Vec<&str> = Vec::new();
    let mut kept = Vec::new();
    for (name, value) in visit.parameters.pairs() {
        let mut fields = FIELDS.iter().chain(&FURTHER);
        match fields.find(|field| **field == name && !shown.contains(field)) {
            Some(field) => shown.push(field),
            None if name == "q" || name == "offset" => {}
            None => kept.push((name.clone(), value.clone())),
        }
    }
    kept
}

/// The filters that hold.
pub fn chips(visit: &Visit, here: &Link) -> Vec<Chip> {
    let is_filter = |name: &str| {
        let known = FILTERS.iter().chain(&QUESTION);
        name != "q" && known.clone().any(|parameter| parameter.name == name)
    };
    let held = visit.parameters.pairs().iter().filter(|(name, _)| is_filter(name));
    held.map(|(name, value)| Chip {
        name: label(name, visit.language),
        value: harmless(value_label(name, visit.value_name(name, value), visit.language))
            .into_owned(),
        off: here.less(name, value).text(),
        turned: opposite(name).map(|other| here.less(name, value).with(other, value).text()),
    })
    .collect()
}

/// The filter that keeps out what this one asks for, or the other way round.
pub fn opposite(name: &str) -> Option<&'static str> {
    let named = |own: &str| FILTERS.iter().find(|p| p.name == own).map(|p| p.name);
    match name.strip_prefix("not_") {
        Some(own) => named(own),
        None => named(&format!("not_{name}")),
    }
}
