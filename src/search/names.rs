//! What people call speakers and topics, turned into what the index calls them.

use crate::definition::Definition;
use crate::error::Result;
use crate::query::Filters;
use crate::quote::Aliases;
use crate::topic::Taxonomy;

/// `filters` with the taxonomy's keys in place of the names of topics, and every name of each speaker in place of one.
/// What neither the taxonomy nor the definition knows stays as it is: a subject, or a speaker with one name.
///
/// # Errors
/// [`crate::error::Error::Definition`] where `topics.toml` or `speakers.toml` is malformed.
pub fn resolve(filters: &Filters, definition: &Definition) -> Result<Filters> {
    let mut resolved = filters.clone();
    if !filters.topics.is_empty() {
        let taxonomy = Taxonomy::parse("topics.toml", definition.text("topics.toml"))?;
        resolved.topics = filters.topics.iter().flat_map(|topic| keys(topic, &taxonomy)).collect();
    }
    if !filters.speakers.is_empty() || !filters.mentions.is_empty() {
        let aliases = Aliases::new(definition)?;
        let all = |names: &[String]| names.iter().flat_map(|name| aliases.names(name)).collect();
        resolved.speakers = all(&filters.speakers);
        resolved.mentions = all(&filters.mentions);
    }
    Ok(resolved)
}

/// What the index calls a topic: the key of one of the top level; below it, the key or the word itself, since what one
/// newsroom files under a heading another merely writes about.
fn keys(topic: &str, taxonomy: &Taxonomy) -> Vec<String> {
    match taxonomy.resolve(topic) {
        Some(entry) if !entry.key.contains('/') || entry.key == topic => vec![entry.key.clone()],
        Some(entry) => vec![entry.key.clone(), topic.to_owned()],
        None => vec![topic.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys_and_subjects_stay() {
        let filters = Filters {
            topics: vec!["体育".into(), "大模型".into(), "量子纠缠".into()],
            speakers: vec!["Robin Li".into()],
            ..Filters::default()
        };
        let resolved = resolve(&filters, &Definition::embedded()).unwrap();
        assert_eq!(resolved.topics, ["sport", "science/人工智能", "大模型", "量子纠缠"]);
        assert_eq!(resolved.speakers, ["李彦宏", "Robin Li"]);
    }
}
