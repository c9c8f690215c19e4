//! Names as people type them, turned into what the index calls speakers and topics.

use crate::definition::Definition;
use crate::engine::KeyField;
use crate::error::{Error, Result};
use crate::query::Filters;
use crate::quote::Aliases;
use crate::text::fold::fold;
use crate::text::likeness::{likeness, sound};
use crate::topic::Taxonomy;
use crate::update::Snapshot;
use std::collections::HashSet;

/// `filters` with the taxonomy's keys in place of the names of topics, and every name of each
/// speaker in place of one; a speaker may also be given in pinyin (liyanhong) or behind a title
/// (外交部发言人汪文斌). What neither the taxonomy nor the definition knows stays as it is: a
/// subject, or a speaker with one name.
///
/// # Errors
/// [`Error::Usage`] where a value is empty, [`Error::Definition`] where `topics.toml` or
/// `speakers.toml` is malformed.
pub fn resolve(filters: &Filters, definition: &Definition, snapshot: &Snapshot) -> Result<Filters> {
    if let Some(name) = filters.blank() {
        let advice = "leave the filter out to ask for any";
        return Err(Error::Usage(format!("the value of --{name} is empty: {advice}")));
    }
    let mut resolved = by_definition(filters, definition)?;
    for names in names_in(&mut resolved) {
        for name in names.iter_mut() {
            if let Some(bare) = without_title(name, definition, snapshot)? {
                *name = bare;
            }
        }
        let spelt: Vec<String> =
            names.iter().filter(|name| is_spelt(name)).map(|name| sound(name)).collect();
        if !spelt.is_empty() {
            names.extend(
                snapshot
                    .engine()
                    .speaker_names()?
                    .into_iter()
                    .filter(|name| spelt.contains(&sound(name))),
            );
        }
    }
    Ok(resolved)
}

/// The lists of names of speakers that filters have.
fn names_in(filters: &mut Filters) -> impl Iterator<Item = &mut Vec<String>> {
    let excluded = &mut filters.excluded;
    let lists = [&mut filters.speakers, &mut filters.mentions];
    let more = [&mut excluded.speakers, &mut excluded.mentions];
    lists.into_iter().chain(more).chain(&mut filters.beside)
}

/// The speaker whose name stands behind a title, where the index knows nobody by the whole.
fn without_title(
    typed: &str,
    definition: &Definition,
    snapshot: &Snapshot,
) -> Result<Option<String>> {
    if typed.chars().count() < SHORTEST_TITLED || is_known(snapshot, typed)? {
        return Ok(None);
    }
    let titles: HashSet<&str> = definition.lexicon(TITLES).map(|entry| entry.word).collect();
    let longest = titles.iter().map(|title| title.len()).max().unwrap_or(0);
    let titled = |before: &str| {
        let starts = before.char_indices().rev().map(|(at, _)| at);
        let mut near = starts.take_while(|at| before.len() - at <= longest);
        near.any(|at| titles.contains(&before[at..]))
    };
    // The longest name first: 欧阳修 before 阳修.
    for (at, _) in typed.char_indices().skip(2) {
        let (before, name) = typed.split_at(at);
        if name.chars().count() >= 2 && titled(before) && is_known(snapshot, name)? {
            return Ok(Some(name.to_owned()));
        }
    }
    Ok(None)
}

/// The lexicon of titles.
const TITLES: &str = "lexicon/titles.txt";

/// Characters of the shortest title with a name behind it.
const SHORTEST_TITLED: usize = 4;

/// True if somebody speaks under `name` in the index.
fn is_known(snapshot: &Snapshot, name: &str) -> Result<bool> {
    let count = |field| snapshot.engine().value_count(field, name);
    Ok(count(KeyField::Speaker)? + count(KeyField::Alias)? > 0)
}

/// The speakers of an index most like a name that is none of theirs, with their numbers of
/// passages, most alike first; none where the name, or what stands behind a title, is a speaker's.
pub fn nearest_speakers(
    snapshot: &Snapshot,
    name: &str,
    definition: &Definition,
    most: usize,
) -> Result<Vec<(String, u64)>> {
    let engine = snapshot.engine();
    if is_known(snapshot, name)? || without_title(name, definition, snapshot)?.is_some() {
        return Ok(Vec::new());
    }
    let typed = fold(name);
    let mut alike: Vec<(f32, String)> = snapshot
        .engine()
        .speaker_names()?
        .into_iter()
        .map(|name| (likeness(&typed, &name), name))
        .filter(|(likeness, _)| *likeness >= LIKELY)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    // Of names that are equally alike, the better known is the likelier.
    alike.truncate(most * 4);
    let mut counted = Vec::new();
    for (likeness, name) in alike {
        counted.push((likeness, engine.value_count(KeyField::Speaker, &name)?, name));
    }
    counted.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2))
    });
    Ok(counted.into_iter().take(most).map(|(_, count, name)| (name, count)).collect())
}

/// The topics of the taxonomy and the subjects of an index most like what was typed, with their
/// numbers of passages.
pub fn nearest_topics(
    snapshot: &Snapshot,
    typed: &str,
    definition: &Definition,
    most: usize,
) -> Result<Vec<(String, u64)>> {
    let taxonomy = Taxonomy::parse("topics.toml", definition.text("topics.toml"))?;
    let mut found = Vec::new();
    for entry in taxonomy.nearest(typed, most) {
        let count = snapshot.engine().value_count(KeyField::Topic, &entry.key)?;
        found.push((entry.key.clone(), count));
    }
    Ok(found)
}

/// Below this likeness a name is no slip for another: one character of three may differ.
const LIKELY: f32 = 0.6;

/// True if a name is written in Latin letters alone, so that it may be pinyin.
fn is_spelt(name: &str) -> bool {
    name.len() >= 4 && name.chars().all(|c| c.is_ascii_alphabetic() || c == ' ' || c == '\'')
}

fn by_definition(filters: &Filters, definition: &Definition) -> Result<Filters> {
    let mut resolved = filters.clone();
    let excluded = &mut resolved.excluded;
    let topics = [&mut resolved.topics, &mut excluded.topics];
    if topics.iter().any(|topics| !topics.is_empty()) {
        let taxonomy = Taxonomy::parse("topics.toml", definition.text("topics.toml"))?;
        for topics in topics {
            *topics = topics.iter().flat_map(|topic| keys(topic, &taxonomy)).collect();
        }
    }
    if names_in(&mut resolved).any(|names| !names.is_empty()) {
        let aliases = Aliases::new(definition)?;
        for names in names_in(&mut resolved) {
            *names = names.iter().flat_map(|name| aliases.names(name)).collect();
        }
    }
    Ok(resolved)
}

/// The names by which the index files a topic: the key of one of the top level; below it, the key
/// or the word itself, since what one newsroom files under a heading another merely writes about.
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
    use crate::query::ExcludedValues;

    #[test]
    fn names_become_keys_and_subjects_stay() {
        let filters = Filters {
            topics: vec!["体育".into(), "大模型".into(), "量子纠缠".into()],
            speakers: vec!["Robin Li".into()],
            beside: vec![vec!["Robin Li".into()], vec!["段洪亮".into()]],
            excluded: ExcludedValues { topics: vec!["体育".into()], ..Default::default() },
            ..Filters::default()
        };
        let resolved = by_definition(&filters, &Definition::embedded()).unwrap();
        assert_eq!(resolved.topics, ["sport", "science/人工智能", "大模型", "量子纠缠"]);
        assert_eq!(resolved.speakers, ["李彦宏", "Robin Li"]);
        assert_eq!(resolved.beside, [vec!["李彦宏", "Robin Li"], vec!["段洪亮"]]);
        assert_eq!(resolved.excluded.topics, ["sport"]);
    }
}
