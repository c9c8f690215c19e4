//! What people call speakers and topics, turned into what the index calls them.

use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::index::Index;
use crate::query::Filters;
use crate::quote::Aliases;
use crate::text::fold::{fold, key};
use crate::text::likeness::{likeness, sound};
use crate::topic::Taxonomy;
use tantivy::Term;
use tantivy::schema::Field;

/// `filters` with the taxonomy's keys in place of the names of topics, and every name of each
/// speaker in place of one; a speaker may also be given in pinyin (liyanhong). What neither the
/// taxonomy nor the definition knows stays as it is: a subject, or a speaker with one name.
///
/// # Errors
/// [`crate::error::Error::Definition`] where `topics.toml` or `speakers.toml` is malformed.
pub fn resolve(filters: &Filters, definition: &Definition, index: &Index) -> Result<Filters> {
    let mut resolved = by_definition(filters, definition)?;
    for names in [&mut resolved.speakers, &mut resolved.mentions] {
        let spelt: Vec<String> =
            names.iter().filter(|name| is_spelt(name)).map(|name| sound(name)).collect();
        if !spelt.is_empty() {
            names.extend(
                speaker_names(index)?.into_iter().filter(|name| spelt.contains(&sound(name))),
            );
        }
    }
    Ok(resolved)
}

/// The speakers of an index most like a name that is none of theirs, with their numbers of
/// passages, most alike first; none where the name is a speaker's.
pub fn nearest_speakers(index: &Index, name: &str, most: usize) -> Result<Vec<(String, u64)>> {
    let fields = index.fields();
    if passages_with(index, fields.speaker, name)? + passages_with(index, fields.alias, name)? > 0 {
        return Ok(Vec::new());
    }
    let typed = fold(name);
    let mut alike: Vec<(f32, String)> = speaker_names(index)?
        .into_iter()
        .map(|name| (likeness(&typed, &name), name))
        .filter(|(likeness, _)| *likeness >= LIKELY)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    // Of names that are equally alike, the better known is the likelier.
    alike.truncate(most * 4);
    let mut counted = Vec::new();
    for (likeness, name) in alike {
        counted.push((likeness, passages_with(index, index.fields().speaker, &name)?, name));
    }
    counted.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2))
    });
    Ok(counted.into_iter().take(most).map(|(_, count, name)| (name, count)).collect())
}

/// The topics of the taxonomy and the subjects of an index most like what was typed, with their
/// numbers of passages.
pub fn nearest_topics(
    index: &Index,
    typed: &str,
    definition: &Definition,
    most: usize,
) -> Result<Vec<(String, u64)>> {
    let taxonomy = Taxonomy::parse("topics.toml", definition.text("topics.toml"))?;
    let mut found = Vec::new();
    for entry in taxonomy.nearest(typed, most) {
        found.push((entry.key.clone(), passages_with(index, index.fields().topic, &entry.key)?));
    }
    Ok(found)
}

/// Below this likeness a name is no slip for another: one character of three may differ.
const LIKELY: f32 = 0.6;

/// Whether a name is written in Latin letters alone, so that it may be pinyin.
fn is_spelt(name: &str) -> bool {
    name.len() >= 4 && name.chars().all(|c| c.is_ascii_alphabetic() || c == ' ' || c == '\'')
}

/// All speakers of an index.
fn speaker_names(index: &Index) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for reader in index.searcher().segment_readers() {
        if let Some(column) = reader.fast_fields().str("speaker")? {
            let mut values = column.dictionary().stream().map_err(|e| Error::Engine(e.into()))?;
            while values.advance() {
                names.extend(std::str::from_utf8(values.key()).ok().map(str::to_owned));
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// How many passages have a value.
fn passages_with(index: &Index, field: Field, value: &str) -> Result<u64> {
    Ok(index.searcher().doc_freq(&Term::from_field_text(field, &key(value)))?)
}

fn by_definition(filters: &Filters, definition: &Definition) -> Result<Filters> {
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

/// What the index calls a topic: the key of one of the top level; below it, the key or the word
/// itself, since what one newsroom files under a heading another merely writes about.
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
        let resolved = by_definition(&filters, &Definition::embedded()).unwrap();
        assert_eq!(resolved.topics, ["sport", "science/人工智能", "大模型", "量子纠缠"]);
        assert_eq!(resolved.speakers, ["李彦宏", "Robin Li"]);
    }
}
