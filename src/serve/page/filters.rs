//! Filters of an address as a reader sees them: their names, the fields of the form, the chips that
//! take them off or turn them round.

use super::Visit;
use super::language::Language;
use super::link::Link;
use crate::serve::parameters::{FILTERS, QUESTION};
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
    // Both live as long as the program.
    match l {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

/// The fields that the form always shows; those given more than once are chips alone.
const FIELDS: [&str; 6] = ["speaker", "mentions", "topic", "source", "since", "until"];

/// The fields of the form.
pub fn fields(visit: &Visit) -> Vec<FormField> {
    let field = |name: &'static str| {
        let values = visit.parameters.all(name);
        FormField {
            name,
            label: label(name, visit.language),
            value: values.first().cloned().unwrap_or_default(),
            hint: if matches!(name, "since" | "until") { "2023-07" } else { "" },
        }
    };
    FIELDS.into_iter().map(field).collect()
}

/// Everything of the address that the form does not show, so that asking again keeps it.
pub fn kept(visit: &Visit) -> Vec<(String, String)> {
    let mut shown: Vec<&str> = Vec::new();
    let mut kept = Vec::new();
    for (name, value) in visit.parameters.pairs() {
        match FIELDS.iter().find(|field| **field == name && !shown.contains(field)) {
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
        value: harmless(value).into_owned(),
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
