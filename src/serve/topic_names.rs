//! The names of topics for a reader: `economy/房地产` is 财经/房地产 on a Chinese page.

use crate::definition::Definition;
use crate::error::Result;
use crate::topic::Taxonomy;
use std::collections::HashMap;

/// The Chinese name of each topic of a taxonomy, by its key.
#[derive(Debug, Default)]
pub struct TopicNames(HashMap<String, String>);

impl TopicNames {
    /// The names in the taxonomy of a definition.
    ///
    /// # Errors
    /// Those of [`Taxonomy::parse`].
    pub fn new(definition: &Definition) -> Result<TopicNames> {
        let taxonomy = Taxonomy::parse("topics.toml", definition.text("topics.toml"))?;
        let name = |key: &str| taxonomy.get(key).map_or(key, |entry| &entry.name).to_owned();
        let full = taxonomy.iter().map(|entry| {
            let above = entry.parent.as_deref().map(|parent| format!("{}/", name(parent)));
            (entry.key.clone(), above.unwrap_or_default() + &entry.name)
        });
        Ok(TopicNames(full.collect()))
    }

    /// The name of a topic; the key itself where the taxonomy has none.
    pub fn name<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_has_the_name_of_the_taxonomy_and_any_other_its_own() {
        let names = TopicNames::new(&Definition::embedded()).unwrap();
        assert_eq!(names.name("arts"), "文化娱乐");
        assert_eq!(names.name("arts/影视"), "文化娱乐/影视");
        assert_eq!(names.name("本刊"), "本刊");
    }
}
