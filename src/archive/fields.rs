//! The fields of one record.

use super::value::{of_list, texts};
use crate::date::NumericOrder;
use serde_json::Value;

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
    /// All fields under the names that `--field` and `index/lexicon/fields.txt` call them by.
    pub(super) const ALL: [(&'static str, Field); 10] = [
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

/// The fields of one record, as written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// The headline.
    pub title: Option<String>,
    /// The text, plain or HTML.
    pub body: Option<String>,
    /// When it was published; a number stands for Unix time or a spreadsheet's serial day.
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
    /// The evidence of the file's other records for this one's date.
    pub surroundings: Surroundings,
}

impl Fields {
    /// Their size in bytes.
    pub fn size(&self) -> usize {
        self.parts().map(|(_, part)| part.len()).sum()
    }

    /// Returns true if there is neither a title nor a body.
    pub fn is_without_text(&self) -> bool {
        is_blank(&self.title) && self.is_without_body()
    }

    /// Returns true if there is no body.
    pub fn is_without_body(&self) -> bool {
        is_blank(&self.body)
    }

    /// Returns true if too much of the body could not be decoded.
    pub(super) fn is_spoiled(&self) -> bool {
        self.body.as_deref().or(self.title.as_deref()).is_some_and(super::decode::is_spoiled)
    }

    /// Takes from `other` the fields that are missing here.
    pub(super) fn fill_from(&mut self, other: Fields) {
        let (authors, tags) = (other.authors.clone(), other.tags.clone());
        for (field, text) in other.into_single() {
            if let Some(place) = self.single(field).filter(|place| place.is_none()) {
                *place = Some(text);
            }
        }
        for (place, list) in [(&mut self.authors, authors), (&mut self.tags, tags)] {
            if place.is_empty() {
                *place = list;
            }
        }
    }

    /// Hashes everything that the article depends on.
    pub(super) fn hash_into<'h>(&self, hasher: &'h mut blake3::Hasher) -> &'h mut blake3::Hasher {
        for (field, part) in self.parts() {
            hasher
                .update(&[field as u8])
                .update(&(part.len() as u64).to_le_bytes())
                .update(part.as_bytes());
        }
        self.surroundings.hash_into(hasher)
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

    /// The single values, each with its field; lists are left.
    fn into_single(self) -> Vec<(Field, String)> {
        let parts: Vec<(Field, String)> =
            self.parts().map(|(field, part)| (field, part.to_owned())).collect();
        parts
            .into_iter()
            .filter(|(field, _)| !matches!(field, Field::Author | Field::Tag))
            .collect()
    }

    /// The place of a field with a single value.
    fn single(&mut self, field: Field) -> Option<&mut Option<String>> {
        Some(match field {
            Field::Author | Field::Tag => return None,
            Field::Title => &mut self.title,
            Field::Body => &mut self.body,
            Field::Date => &mut self.date,
            Field::Source => &mut self.source,
            Field::ReprintedBy => &mut self.reprinted_by,
            Field::Url => &mut self.url,
            Field::Id => &mut self.id,
            Field::Views => &mut self.views,
        })
    }

    /// Sets a field from a JSON value; returns false where the value says nothing.
    pub(super) fn set(&mut self, field: Field, value: Value) -> bool {
        let text = |value: Value| match value {
            Value::String(text) if matches!(field, Field::Title | Field::Body) => {
                of_list(&text).map_or(text, |parts| parts.join("\n"))
            }
            Value::String(text) => text,
            other => texts(&other).join("\n"),
        };
        match self.single(field) {
            Some(place) => {
                let text = text(value);
                let said = !text.trim().is_empty();
                if said {
                    *place = Some(text);
                }
                said
            }
            None => {
                let list = match &value {
                    Value::String(text) => of_list(text).unwrap_or_else(|| texts(&value)),
                    _ => texts(&value),
                };
                // A number is the key of somebody or something in another table.
                let is_key = |text: &String| text.bytes().all(|b| b.is_ascii_digit());
                let keys = field == Field::Author || !value.is_string();
                let list: Vec<String> =
                    list.into_iter().filter(|text| !(keys && is_key(text))).collect();
                let said = !list.is_empty();
                if said {
                    *(if field == Field::Author { &mut self.authors } else { &mut self.tags }) =
                        list;
                }
                said
            }
        }
    }
}

/// The evidence that the other records of a file give for a record's date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Year and month of the nearest record above that has a whole date (at the top of a file: of
    /// the first below). Missing where the record has a whole date of its own.
    pub near: Option<(i16, i8)>,
    /// The order of day and month that other dates of the file prove. Missing where this record's
    /// date does not need it.
    pub order: Option<NumericOrder>,
}

impl Surroundings {
    /// Hashes the evidence; nothing where there is none.
    pub(super) fn hash_into<'h>(&self, hasher: &'h mut blake3::Hasher) -> &'h mut blake3::Hasher {
        if let Some((year, month)) = self.near {
            hasher.update(b"near").update(&year.to_le_bytes()).update(&month.to_le_bytes());
        }
        if let Some(order) = self.order {
            hasher.update(&[b'o', order as u8]);
        }
        hasher
    }
}

fn is_blank(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_says_nothing_sets_no_field() {
        let mut fields = Fields::default();
        assert!(!fields.set(Field::Title, Value::from("  ")));
        assert!(fields.set(Field::Author, Value::from("张三")) && fields.authors == ["张三"]);
        assert!(!fields.set(Field::Author, Value::from(3)) && fields.authors == ["张三"]);
        assert!(fields.is_without_text());
        assert!(fields.set(Field::Body, serde_json::json!(["甲", "乙"])));
        assert_eq!((fields.body.as_deref(), fields.size()), (Some("甲\n乙"), 13));
    }
}
