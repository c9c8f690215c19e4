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
        for topic in &mut resolved.topics {
            if let Some(entry) = taxonomy.resolve(topic) {
                *topic = entry.key.clone();
            }
        }
    }
    if !filters.speakers.is_empty() || !filters.mentions.is_empty() {
        let aliases = Aliases::new(definition)?;
        let all = |names: &[String]| names.iter().flat_map(|name| aliases.names(name)).collect();
        resolved.speakers = all(&filters.speakers);
        resolved.mentions = all(&filters.mentions);
    }
    Ok(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys_and_subjects_stay() {
        let filters = Filters {
            topics: vec!["体育".into(), "大模型".into()],
            speakers: vec!["Robin Li".into()],
            ..Filters::default()
        };
        let resolved = resolve(&filters, &Definition::embedded()).unwrap();
        assert_eq!(resolved.topics, ["sport", "大模型"]);
        assert_eq!(resolved.speakers, ["李彦宏", "Robin Li"]);
    }
}
