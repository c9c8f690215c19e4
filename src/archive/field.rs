//! Field names as people write them, and the fields of a record.

use crate::definition::Definition;
use crate::error::{Error, Result};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The meaning of a field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// The text, plain or HTML.
    Body,
    /// When it was published.
    Date,
    /// The outlet that published it.
    Source,
    /// The outlet that it was copied by.
    ReprintedBy,
    /// Who wrote it.
    Author,
    /// Section, channel, keywords.
    Tag,
    /// Address on the web.
    Url,
    /// Identity.
    Id,
    /// How often it was viewed.
    Views,
}

impl Field {
    const ALL: [(&'static str, Field); 10] = [
        ("title", Field::Title),
        ("body", Field::Body),
        ("date", Field::Date),
        ("source", Field::Source),
        ("reprinted_by", Field::ReprintedBy),
        ("author", Field::Author),
        ("tag", Field::Tag),
        ("url", Field::Url),
        ("id", Field::Id),
        ("views", Field::Views),
    ];

    /// The field that `--field` and `index/lexicon/fields.txt` call `name`.
    pub fn of_name(name: &str) -> Option<Field> {
        Field::ALL.iter().find(|(known, _)| *known == name).map(|&(_, field)| field)
    }
}

/// Which names mean which field. Case, spaces, `_` and `-` do not matter.
#[derive(Debug, Clone)]
pub struct FieldMap {
    /// The field, and its rank among the names of that field: the lowest rank wins.
    names: HashMap<String, (Field, u32)>,
    /// The user's own, as they were given, sorted.
    own: Vec<String>,
}

impl Default for FieldMap {
    /// The names that the embedded definition knows.
    fn default() -> FieldMap {
        FieldMap { names: known_names(&Definition::embedded()), own: Vec::new() }
    }
}

impl FieldMap {
    /// The names that `definition` knows, and the user's own, each as `FIELD=NAME`; those win.
    ///
    /// # Errors
    /// [`Error::Setting`] where one of `own` has no `=` or names no field.
    ///
    /// ```
    /// use jianbao::{archive::FieldMap, definition::Definition};
    /// let definition = Definition::embedded();
    /// assert!(FieldMap::new(&definition, &["title=headline".to_owned()]).is_ok());
    /// assert!(FieldMap::new(&definition, &["colour=red".to_owned()]).is_err());
    /// ```
    pub fn new(definition: &Definition, own: &[String]) -> Result<FieldMap> {
        let mut names = known_names(definition);
        for pair in own {
            let known = || Field::ALL.map(|(name, _)| name).join(", ");
            let wrong = || Error::Setting {
                setting: "field",
                value: pair.clone(),
                reason: format!("it is not FIELD=NAME; fields are {}", known()),
            };
            let (field, name) = pair.split_once('=').ok_or_else(wrong)?;
            let field = Field::of_name(&normal(field))
                .or_else(|| Field::of_name(field.trim()))
                .ok_or_else(wrong)?;
            names.insert(normal(name), (field, 0));
        }
        let mut own = own.to_vec();
        own.sort_unstable();
        Ok(FieldMap { names, own })
    }

    /// The user's own names, each as `FIELD=NAME`, sorted.
    pub fn own(&self) -> &[String] {
        &self.own
    }

    /// Returns true if one of the names in `object` is a title or a body.
    pub(crate) fn names_text(&self, object: &Map<String, Value>) -> bool {
        object.keys().any(|name| {
            matches!(self.names.get(&normal(name)), Some((Field::Title | Field::Body, _)))
        })
    }

    /// Returns true if `object` has a title or a body that is text.
    pub(crate) fn has_text(&self, object: &Map<String, Value>) -> bool {
        let mut pairs = object.iter();
        pairs.any(|(name, value)| {
            matches!(self.names.get(&normal(name)), Some((Field::Title | Field::Body, _)))
                && !texts(value).is_empty()
        })
    }

    /// The fields of a JSON object, by the names in this map.
    pub fn fields(&self, object: Map<String, Value>) -> Fields {
        let mut fields = Fields::default();
        let mut ranks = [u32::MAX; Field::ALL.len()];
        for (name, value) in object {
            let Some(&(field, rank)) = self.names.get(&normal(&name)) else { continue };
            let place = &mut ranks[field as usize];
            if rank < *place && fields.set(field, value) {
                *place = rank;
            }
        }
        fields
    }
}

/// The fields of one record, as written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// The headline.
    pub title: Option<String>,
    /// The text, plain or HTML.
    pub body: Option<String>,
    /// When it was published; a number stands for Unix seconds or milliseconds.
    pub date: Option<String>,
    /// The outlet that published it.
    pub source: Option<String>,
    /// The outlet that it was copied by.
    pub reprinted_by: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Section, channel, keywords.
    pub tags: Vec<String>,
    /// Address on the web.
    pub url: Option<String>,
    /// Identity.
    pub id: Option<String>,
    /// How often it was viewed.
    pub views: Option<String>,
}

impl Fields {
    /// Their size in bytes.
    pub fn size(&self) -> usize {
        self.parts().map(|(_, part)| part.len()).sum()
    }

    /// Returns true if there is neither a title nor a body.
    pub fn is_without_text(&self) -> bool {
        let blank =
            |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
        blank(&self.title) && blank(&self.body)
    }

    /// Returns true if too much of the body could not be decoded.
    pub(crate) fn is_spoiled(&self) -> bool {
        self.body.as_deref().or(self.title.as_deref()).is_some_and(super::decode::is_spoiled)
    }

    pub(crate) fn hash_into<'h>(&self, hasher: &'h mut blake3::Hasher) -> &'h mut blake3::Hasher {
        for (field, part) in self.parts() {
            hasher
                .update(&[field as u8])
                .update(&(part.len() as u64).to_le_bytes())
                .update(part.as_bytes());
        }
        hasher
    }

    fn parts(&self) -> impl Iterator<Item = (Field, &str)> {
        let single = [
            (Field::Title, &self.title),
            (Field::Body, &self.body),
            (Field::Date, &self.date),
            (Field::Source, &self.source),
            (Field::ReprintedBy, &self.reprinted_by),
            (Field::Url, &self.url),
            (Field::Id, &self.id),
            (Field::Views, &self.views),
        ];
        let lists = [(Field::Author, &self.authors), (Field::Tag, &self.tags)];
        let single = single
            .into_iter()
            .filter_map(|(field, part)| part.as_deref().map(|part| (field, part)));
        single.chain(
            lists
                .into_iter()
                .flat_map(|(field, list)| list.iter().map(move |part| (field, part.as_str()))),
        )
    }

    /// Sets a field from a JSON value; `false` where the value says nothing.
    fn set(&mut self, field: Field, value: Value) -> bool {
        let place = match field {
            Field::Author | Field::Tag => {
                let list = texts(&value);
                let said = !list.is_empty();
                *(if field == Field::Author { &mut self.authors } else { &mut self.tags }) = list;
                return said;
            }
            Field::Title => &mut self.title,
            Field::Body => &mut self.body,
            Field::Date => &mut self.date,
            Field::Source => &mut self.source,
            Field::ReprintedBy => &mut self.reprinted_by,
            Field::Url => &mut self.url,
            Field::Id => &mut self.id,
            Field::Views => &mut self.views,
        };
        let text = match value {
            Value::String(text) => text,
            other => texts(&other).join("\n"),
        };
        let said = !text.trim().is_empty();
        if said {
            *place = Some(text);
        }
        said
    }
}

/// The texts in a value: of a list each element, of an object its name.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(list) => {
            list.iter().filter(|element| !element.is_array()).flat_map(texts).collect()
        }
        Value::Object(object) => {
            let named = ["name", "title", "text", "value", "$oid", "$date"]
                .iter()
                .find_map(|&key| object.get(key));
            named
                .filter(|value| value.is_string() || value.is_number())
                .map(texts)
                .unwrap_or_default()
        }
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}

fn known_names(definition: &Definition) -> HashMap<String, (Field, u32)> {
    let entries = definition.lexicon("lexicon/fields.txt");
    entries
        .filter_map(|entry| {
            let mut columns = entry.columns();
            let field = Field::of_name(columns.next()?)?;
            let rank = columns.next().and_then(|rank| rank.parse().ok()).unwrap_or(1);
            Some((normal(entry.word), (field, rank)))
        })
        .collect()
}

/// A name without the differences that do not matter.
fn normal(name: &str) -> String {
    let kept = name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}'));
    kept.flat_map(char::to_lowercase).collect()
}
