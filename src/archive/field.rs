//! Field names as people write them: which name of a record means which field.

use super::fields::{Field, Fields};
use super::value::{Object, at_path, part_of, texts};
use crate::definition::Definition;
use crate::error::{Error, Result};
use serde_json::Value;
use std::collections::HashMap;

/// The meaning of names. Case, spaces, `_` and `-` do not matter.
#[derive(Debug, Clone)]
pub struct FieldMap {
    /// The field, and its rank among the names of that field: the lowest rank wins.
    names: HashMap<String, (Field, u32)>,
    /// The user's paths into nested objects (`_source.body`).
    paths: Vec<(String, Field)>,
    /// The user's own, as they were given, sorted.
    own: Vec<String>,
}

/// The fields of a record, and how its text was found.
pub struct Mapped {
    /// The fields.
    pub fields: Fields,
    /// The name of the field that was taken for the text though no lexicon knows it.
    pub guessed: Option<String>,
}

/// Names of a rank from here on are those of summaries: `abstract`, `description`.
const SUMMARY: u32 = 800;

/// A text under an unknown name has at least so many Chinese characters: beside a title, and
/// without one.
const SHORTEST_GUESS: [usize; 2] = [10, 20];

/// How deep a record may lie in wrapping objects (`props.pageProps.article`).
const DEEPEST_RECORD: u32 = 6;

/// Words that news sites put before the names of fields: news_title, article_body, 報導日期.
const PREFIXES: [&str; 15] = [
    "news", "article", "post", "item", "page", "doc", "story", "art", "新闻", "新聞", "文章",
    "報導", "報道", "报道", "稿件",
];

/// Names of objects that hold what is known of an article beside its text.
const BESIDE: [&str; 10] = [
    "meta",
    "metadata",
    "extra",
    "info",
    "params",
    "head",
    "header",
    "basic",
    "attributes",
    "基本信息",
];

/// A text that is shorter than this gives way to one under an unknown name that is ten times as
/// long: it is a remark (点击查看全文).
const SHORT_REMARK: usize = 24;

impl Default for FieldMap {
    /// The names that the embedded definition knows.
    fn default() -> FieldMap {
        let names = known_names(&Definition::embedded());
        FieldMap { names, paths: Vec::new(), own: Vec::new() }
    }
}

impl FieldMap {
    /// The names that `definition` knows, and the user's own, each as `FIELD=NAME` or
    /// `FIELD=PATH.OF.NAMES`; those win.
    ///
    /// # Errors
    /// [`Error::Setting`] where one of `own` has no `=` or names no field.
    ///
    /// ```
    /// use jianbao::{archive::FieldMap, definition::Definition};
    /// let definition = Definition::embedded();
    /// assert!(FieldMap::new(&definition, &["title=headline".to_owned()]).is_ok());
    /// assert!(FieldMap::new(&definition, &["body=_source.body".to_owned()]).is_ok());
    /// assert!(FieldMap::new(&definition, &["colour=red".to_owned()]).is_err());
    /// ```
    pub fn new(definition: &Definition, own: &[String]) -> Result<FieldMap> {
        let mut names = known_names(definition);
        let mut paths = Vec::new();
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
            if name.contains('.') {
                paths.push((name.trim().to_owned(), field));
            }
        }
        let mut own = own.to_vec();
        own.sort_unstable();
        Ok(FieldMap { names, paths, own })
    }

    /// The user's own names, each as `FIELD=NAME`, sorted.
    pub fn own(&self) -> &[String] {
        &self.own
    }

    /// The meaning of `name`, and its rank.
    fn meaning(&self, name: &str) -> Option<(Field, u32)> {
        let name = normal(name);
        if let Some(&found) = self.names.get(&name) {
            return Some(found);
        }
        let rest = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix))?;
        self.names.get(rest).map(|&(field, rank)| (field, rank + 50))
    }

    /// Returns true if `name` means a title or a body.
    pub(super) fn names_text(&self, name: &str) -> bool {
        matches!(self.meaning(name), Some((Field::Title | Field::Body, _)))
    }

    /// Returns true if `name` means any field.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.meaning(name).is_some()
    }

    /// The meaning of the values under `name`.
    pub(super) fn field(&self, name: &str) -> Option<Field> {
        self.meaning(name).map(|(field, _)| field)
    }

    /// Returns true if `object` has a title or a body that is text.
    pub(super) fn has_text(&self, object: &Object) -> bool {
        let by_path = self.paths.iter().any(|(path, field)| {
            matches!(field, Field::Title | Field::Body) && at_path(object, path).is_some()
        });
        by_path || object.iter().any(|(name, value)| self.names_text(name) && self.is_text(value))
    }

    /// Returns true if a value holds a text and is no record of its own (`"article": {"title": ...,
    /// "content": ...}`).
    fn is_text(&self, value: &Value) -> bool {
        if let Value::Object(inner) = value {
            let has = |field| inner.keys().any(|name| self.field(name) == Some(field));
            if has(Field::Title) && has(Field::Body) {
                return false;
            }
        }
        !texts(value).is_empty()
    }

    /// The fields of a JSON object, by the names in this map; where it has no text of its own,
    /// those of the object in it that has (`_source`, `props.pageProps.article`). A text under an
    /// unknown name is taken where no known one has any: the longest of the record.
    pub fn fields(&self, object: Object) -> Mapped {
        let beside: Vec<Object> = BESIDE
            .iter()
            .filter_map(|name| match object.get(*name) {
                Some(Value::Object(inner)) if object.len() > 1 => Some(inner.clone()),
                _ => None,
            })
            .collect();
        let mut mapped = self.of_record(object);
        for inner in beside {
            let mut known = self.direct(inner).fields;
            known.body = None;
            mapped.fields.fill_from(known);
        }
        mapped
    }

    /// The fields of a record without what stands beside its text.
    fn of_record(&self, mut object: Object) -> Mapped {
        if !self.has_text(&object)
            && let Some(inner) = self.take_record(&mut object, 0)
        {
            let mut mapped = self.direct(inner);
            mapped.fields.fill_from(self.direct(object).fields);
            return mapped;
        }
        self.direct(object)
    }

    /// The fields among the values of an object itself.
    fn direct(&self, object: Object) -> Mapped {
        let mut fields = Fields::default();
        let mut ranks = [u32::MAX; Field::ALL.len()];
        for (path, field) in &self.paths {
            if let Some(value) = at_path(&object, path)
                && fields.set(*field, value.clone())
            {
                ranks[*field as usize] = 0;
            }
        }
        let mut unknown = Vec::new();
        let mut parts = Vec::new();
        for (name, value) in object {
            let known = self.meaning(&name).filter(|_| !value.is_object() || self.is_text(&value));
            let Some((field, rank)) = known else {
                match part_of(&name) {
                    Some((stem, number)) if self.field(stem) == Some(Field::Body) => {
                        parts.push((number, value));
                    }
                    _ => unknown.push((name, value)),
                }
                continue;
            };
            let value = if field == Field::Source { of_address(value, &mut fields) } else { value };
            let place = &mut ranks[field as usize];
            if rank < *place && fields.set(field, value) {
                *place = rank;
            }
        }
        add_parts(&mut fields, parts);
        let guessed = guess(&mut fields, ranks[Field::Body as usize] >= SUMMARY, unknown);
        Mapped { fields, guessed }
    }

    /// Takes the object with a text out of the objects below `object`: one with a body before one
    /// with a title alone.
    fn take_record(&self, object: &mut Object, depth: u32) -> Option<Object> {
        if depth >= DEEPEST_RECORD {
            return None;
        }
        let is_whole = |inner: &Object| {
            inner
                .iter()
                .any(|(name, value)| self.field(name) == Some(Field::Body) && self.is_text(value))
        };
        let children = |object: &Object| -> Vec<String> {
            let objects = object.iter().filter(|(_, value)| value.is_object());
            objects.map(|(name, _)| name.clone()).collect()
        };
        let names = children(object);
        for name in &names {
            if let Some(Value::Object(inner)) = object.get_mut(name)
                && is_whole(inner)
            {
                return Some(std::mem::take(inner));
            }
        }
        for name in &names {
            if let Some(Value::Object(inner)) = object.get_mut(name) {
                if let Some(found) = self.take_record(inner, depth + 1) {
                    return Some(found);
                }
                if self.has_text(inner) {
                    return Some(std::mem::take(inner));
                }
            }
        }
        None
    }
}

/// A source that is an address (trafilatura writes the page's) goes to the address.
fn of_address(value: Value, fields: &mut Fields) -> Value {
    match value {
        Value::String(text) if text.starts_with("http://") || text.starts_with("https://") => {
            fields.url.get_or_insert(text);
            Value::Null
        }
        value => value,
    }
}

/// Appends the parts of a text that stand under numbered names: content_1, content_2.
fn add_parts(fields: &mut Fields, mut parts: Vec<(u64, Value)>) {
    parts.sort_by_key(|(number, _)| *number);
    let texts: Vec<String> = fields
        .body
        .take()
        .into_iter()
        .chain(parts.iter().flat_map(|(_, value)| texts(value)))
        .collect();
    fields.body = (!texts.is_empty()).then(|| texts.join("\n"));
}

/// Takes the longest text under an unknown name where there is no body, or only a summary that is
/// less than half as long; gives its name.
fn guess(fields: &mut Fields, summary: bool, unknown: Vec<(String, Value)>) -> Option<String> {
    let known = match &fields.body {
        Some(body) if !body.trim().is_empty() && !summary => {
            let count = body.trim().chars().count();
            if count >= SHORT_REMARK {
                return None;
            }
            count * 5
        }
        body => body.as_deref().map_or(0, |body| body.chars().count()),
    };
    let title = fields.title.as_deref().unwrap_or_default();
    let letters = |text: &str| text.chars().filter(|&c| crate::text::is_han(c)).count();
    let shortest = SHORTEST_GUESS[usize::from(title.trim().is_empty())];
    let candidates = unknown.into_iter().map(|(name, value)| (name, texts(&value).join("\n")));
    let (name, text) = candidates
        .filter(|(_, text)| text.trim() != title.trim() && letters(text) >= shortest)
        .max_by_key(|(_, text)| letters(text))?;
    if text.chars().count() < known * 2 {
        return None;
    }
    fields.body = Some(text);
    Some(name)
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
    // 标题（必填）, 正文：
    let end = name.find(['（', '(', '：', ':', '*']).filter(|&at| at > 0).unwrap_or(name.len());
    let kept =
        name[..end].chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}'));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "城东水厂扩建工程昨日开工，明年六月完工。";

    fn mapped(json: &str) -> Mapped {
        let json = json.replace("TEXT", TEXT);
        FieldMap::default().fields(serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn records_of_well_known_programs_are_read() {
        for json in [
            r#"{"_index":"news","_id":"7","_source":{"title":"水厂","body":"TEXT"}}"#,
            r#"{"id":7,"title":{"rendered":"水厂"},"content":{"rendered":"TEXT"}}"#,
            r#"{"title":"水厂","maintext":"TEXT","date_publish":"2023-07-28","language":"zh"}"#,
            r#"{"title":"水厂","raw_text":"TEXT","source":"https://example.cn/1"}"#,
            r#"{"props":{"pageProps":{"article":{"title":"水厂","content":"TEXT"}}}}"#,
            r#"{"title":["水厂"],"content":["TEXT"]}"#,
        ] {
            let Mapped { fields, guessed } = mapped(json);
            assert_eq!(fields.title.as_deref(), Some("水厂"), "{json}");
            assert_eq!((fields.body.as_deref(), guessed), (Some(TEXT), None), "{json}");
            assert_eq!(fields.source, None);
        }
    }

    #[test]
    fn a_text_under_an_unknown_name_is_taken_and_told() {
        let Mapped { fields, guessed } = mapped(r#"{"title":"水厂","soju":"TEXT","img":"a.png"}"#);
        assert_eq!((fields.body.as_deref(), guessed.as_deref()), (Some(TEXT), Some("soju")));
        let long = r#"{"title":"水厂","abstract":"水厂开工。","soju":"TEXT"}"#;
        assert_eq!(mapped(long).guessed.as_deref(), Some("soju"));
        assert_eq!(mapped(r#"{"title":"水厂","note":"短"}"#).fields.body, None);
    }

    #[test]
    fn names_with_the_prefix_of_a_site_are_known() {
        let json = r#"{"news_title":"水厂","news_body":"TEXT","news_date":"2023-07-28"}"#;
        let Mapped { fields, guessed } = mapped(json);
        assert_eq!((fields.body.as_deref(), guessed), (Some(TEXT), None));
        assert_eq!(fields.date.as_deref(), Some("2023-07-28"));
    }

    #[test]
    fn parts_of_a_text_are_joined_in_the_order_of_their_numbers() {
        let json = r#"{"title":"水厂","content_2":"乙","content_10":"丙","content_1":"甲"}"#;
        assert_eq!(mapped(json).fields.body.as_deref(), Some("甲\n乙\n丙"));
        let json = r#"{"title":"水厂","content":"甲","content2":"乙"}"#;
        assert_eq!(mapped(json).fields.body.as_deref(), Some("甲\n乙"));
    }

    #[test]
    fn what_stands_beside_the_text_is_taken() {
        let json =
            r#"{"meta":{"title":"水厂","source":"东湖报"},"content":{"paragraphs":["TEXT"]}}"#;
        let fields = mapped(json).fields;
        assert_eq!((fields.title.as_deref(), fields.body.as_deref()), (Some("水厂"), Some(TEXT)));
        assert_eq!(fields.source.as_deref(), Some("东湖报"));
        let json = r#"{"标题（必填）":"水厂","正文*":"TEXT","報導日期":"2023-07-28"}"#;
        let fields = mapped(json).fields;
        assert_eq!((fields.title.as_deref(), fields.body.as_deref()), (Some("水厂"), Some(TEXT)));
        assert_eq!(fields.date.as_deref(), Some("2023-07-28"));
    }

    #[test]
    fn a_remark_in_place_of_the_text_gives_way_to_it() {
        let long = TEXT.repeat(3);
        let json = format!(r#"{{"title":"水厂","content":"查看全文","soju":"{long}"}}"#);
        let Mapped { fields, guessed } = mapped(&json);
        assert_eq!((fields.body, guessed.as_deref()), (Some(long), Some("soju")));
        let json = r#"{"title":"水厂","content":"水退了，北堤守住了。","soju":"TEXT"}"#;
        assert_eq!(mapped(json).fields.body.as_deref(), Some("水退了，北堤守住了。"));
    }

    #[test]
    fn a_path_of_the_users_wins() {
        let own = ["body=_source.full".to_owned()];
        let map = FieldMap::new(&Definition::embedded(), &own).unwrap();
        let json = format!(r#"{{"title":"水厂","body":"短","_source":{{"full":"{TEXT}"}}}}"#);
        let fields = map.fields(serde_json::from_str(&json).unwrap()).fields;
        assert_eq!(fields.body.as_deref(), Some(TEXT));
    }
}
