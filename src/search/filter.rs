//! Filters: which documents of a segment may be answers, whatever the words.

use super::compile::exact;
use super::postings::{DocBits, add_term};
use super::said::Said;
use crate::error::{Error, Result};
use crate::index::{Fields, Layout, seconds};
use crate::query::Filters;
use crate::text::fold::key;
use globset::{GlobBuilder, GlobMatcher};
use tantivy::schema::Field;
use tantivy::{DocId, SegmentReader};

/// Filters made ready for every segment.
pub struct Filter {
    filters: Filters,
    paths: Vec<PathFilter>,
}

/// A filter as far as an explanation names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// --speaker, with --min-confidence and --quotes.
    Speaker,
    /// --mentions.
    Mention,
    /// --topic.
    Topic,
    /// --source.
    Source,
    /// --author.
    Author,
    /// --since and --until.
    Date,
    /// --title.
    Title,
    /// --path.
    Path,
}

impl Part {
    /// All parts, in the order in which they are explained.
    pub const ALL: [Part; 8] = [
        Part::Speaker,
        Part::Mention,
        Part::Topic,
        Part::Source,
        Part::Author,
        Part::Date,
        Part::Title,
        Part::Path,
    ];

    /// The name by which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Part::Speaker => "speaker",
            Part::Mention => "mentions",
            Part::Topic => "topic",
            Part::Source => "source",
            Part::Author => "author",
            Part::Date => "since/until",
            Part::Title => "title",
            Part::Path => "path",
        }
    }
}

enum PathFilter {
    Glob(GlobMatcher),
    Part(String),
}

impl PathFilter {
    fn matches(&self, path: &str) -> bool {
        match self {
            PathFilter::Glob(glob) => glob.is_match(path),
            PathFilter::Part(part) => path.contains(part.as_str()),
        }
    }
}

impl Filter {
    /// Makes filters ready, which [`super::resolve`] has resolved.
    ///
    /// # Errors
    /// [`Error::Setting`] where a path glob is malformed.
    pub fn new(filters: &Filters) -> Result<Filter> {
        let path = |text: &String| {
            if !text.contains(['*', '?', '[', '{']) {
                return Ok(PathFilter::Part(text.clone()));
            }
            // 财经/* means any folder of that name, wherever the archive lies.
            let anywhere =
                if text.starts_with(['/', '*']) { text.clone() } else { format!("{{**/,}}{text}") };
            let glob = GlobBuilder::new(&anywhere).literal_separator(false).build();
            glob.map(|g| PathFilter::Glob(g.compile_matcher())).map_err(|e| Error::Setting {
                setting: "path",
                value: text.clone(),
                reason: format!("it is not a glob: {}", e.kind()),
            })
        };
        let paths = filters.paths.iter().map(path).collect::<Result<_>>()?;
        Ok(Filter { filters: filters.clone(), paths })
    }

    /// The parts that filter anything.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        Part::ALL.into_iter().filter(|&part| self.is_set(part))
    }

    /// The words of the speakers asked for, in one segment.
    pub fn said<'a>(&self, layout: &'a Layout) -> Result<Option<Said<'a>>> {
        Said::new(layout, &self.filters)
    }

    /// The documents of a segment that pass all parts; `None` where nothing filters and nothing was
    /// deleted.
    pub fn allowed(
        &self,
        reader: &SegmentReader,
        fields: &Fields,
        layout: &Layout,
    ) -> Result<Option<DocBits>> {
        let parts: Vec<Part> = self.parts().collect();
        self.passing(&parts, reader, fields, layout)
    }

    /// The documents of a segment that pass some of the parts.
    pub fn passing(
        &self,
        parts: &[Part],
        reader: &SegmentReader,
        fields: &Fields,
        layout: &Layout,
    ) -> Result<Option<DocBits>> {
        let mut allowed: Option<DocBits> = None;
        let mut narrow = |set: DocBits| match &mut allowed {
            Some(allowed) => allowed.intersect(&set),
            None => allowed = Some(set),
        };
        for &part in parts {
            narrow(self.documents(part, reader, fields, layout)?);
        }
        if let Some(alive) = reader.alive_bitset() {
            match &mut allowed {
                Some(allowed) => allowed.retain(|doc| alive.is_alive(doc)),
                None => {
                    let mut all = DocBits::empty(reader.max_doc());
                    (0..reader.max_doc())
                        .filter(|&doc| alive.is_alive(doc))
                        .for_each(|doc| all.insert(doc));
                    allowed = Some(all);
                }
            }
        }
        Ok(allowed)
    }

    fn is_set(&self, part: Part) -> bool {
        let f = &self.filters;
        match part {
            Part::Speaker => {
                !f.speakers.is_empty() || f.min_confidence.is_some() || !f.kinds.is_empty()
            }
            Part::Mention => !f.mentions.is_empty(),
            Part::Topic => !f.topics.is_empty(),
            Part::Source => !f.sources.is_empty(),
            Part::Author => !f.authors.is_empty(),
            Part::Date => f.since.is_some() || f.until.is_some(),
            Part::Title => !f.titles.is_empty(),
            Part::Path => !f.paths.is_empty(),
        }
    }

    fn documents(
        &self,
        part: Part,
        reader: &SegmentReader,
        fields: &Fields,
        layout: &Layout,
    ) -> Result<DocBits> {
        let mut set = DocBits::empty(reader.max_doc());
        // Passages of the articles of which something holds as a whole.
        let mut articles = DocBits::empty(reader.max_doc());
        let f = &self.filters;
        let mut any_of = |field: Field, values: &[String]| -> Result<()> {
            values.iter().try_for_each(|value| add_term(reader, field, &key(value), &mut articles))
        };
        match part {
            Part::Speaker => self.speaking(reader, fields, layout, &mut set)?,
            Part::Mention => {
                // Who speaks anywhere in an article is mentioned in all of it.
                any_of(fields.speaker, &f.mentions)?;
                any_of(fields.alias, &f.mentions)?;
                for name in &f.mentions {
                    super::exact::for_each_phrase(layout, &exact(name), None, |doc, _| {
                        set.insert(doc)
                    });
                    add_phrase(reader, fields.title_chars, name, &mut articles)?;
                }
            }
            Part::Topic => {
                any_of(fields.topic, &f.topics)?;
                any_of(fields.subject, &f.topics)?;
            }
            Part::Source => with_value("source", layout, &mut articles, |source| {
                f.sources.iter().any(|wanted| key(source).contains(&key(wanted)))
            })?,
            Part::Author => with_value("author", layout, &mut articles, |author| {
                f.authors.iter().any(|wanted| key(author).contains(&key(wanted)))
            })?,
            Part::Date => self.dated(layout, &mut articles)?,
            Part::Title => {
                for title in &f.titles {
                    add_phrase(reader, fields.title_chars, title, &mut articles)?;
                }
            }
            Part::Path => {
                with_value("path", layout, &mut articles, |path| {
                    self.paths.iter().any(|p| p.matches(path))
                })?;
            }
        }
        articles.for_each(|doc| set.insert_all(layout.passages(layout.article(doc))));
        Ok(set)
    }

    fn speaking(
        &self,
        reader: &SegmentReader,
        fields: &Fields,
        layout: &Layout,
        set: &mut DocBits,
    ) -> Result<()> {
        for name in &self.filters.speakers {
            add_term(reader, fields.speaker, &key(name), set)?;
            add_term(reader, fields.alias, &key(name), set)?;
        }
        if let Some(said) = self.said(layout)? {
            set.retain(|doc| said.speaks(doc));
            return Ok(());
        }
        // Without a name, --quotes and --min-confidence ask for anybody's words.
        let speech = layout.columns.speech()?;
        for doc in 0..reader.max_doc() {
            let counts = |s: crate::index::Speech| {
                self.filters.min_confidence.is_none_or(|least| s.confidence >= least)
                    && (self.filters.kinds.is_empty() || self.filters.kinds.contains(&s.kind))
            };
            if speech.values_for_doc(doc).map(crate::index::Speech::unpack).any(counts) {
                set.insert(doc);
            }
        }
        Ok(())
    }

    fn dated(&self, layout: &Layout, firsts: &mut DocBits) -> Result<()> {
        let (since, until) = (self.filters.since, self.filters.until);
        let first = since.map_or(i64::MIN, |day| seconds(day.at(0, 0, 0, 0)));
        let last = until.map_or(i64::MAX, |day| seconds(day.at(23, 59, 59, 0)));
        layout.each_dated(first..=last, |doc| firsts.insert(doc))
    }
}

fn add_phrase(reader: &SegmentReader, field: Field, text: &str, set: &mut DocBits) -> Result<()> {
    super::postings::for_each_phrase(reader, field, &exact(text), None, |doc, _| set.insert(doc))
}

/// Adds the first passages of articles with a value of the column for which `wanted` holds. Each
/// distinct value is looked at once.
fn with_value(
    column: &str,
    layout: &Layout,
    firsts: &mut DocBits,
    wanted: impl Fn(&str) -> bool,
) -> Result<()> {
    let Some(column) = layout.columns.text(column)? else { return Ok(()) };
    let mut ordinals = DocBits::empty(column.num_terms() as DocId);
    let mut values = column.dictionary().stream().map_err(|e| Error::Engine(e.into()))?;
    while values.advance() {
        if std::str::from_utf8(values.key()).is_ok_and(&wanted) {
            ordinals.insert(values.term_ord() as DocId);
        }
    }
    if ordinals.is_empty() {
        return Ok(());
    }
    for &doc in layout.firsts() {
        if column.term_ords(doc).any(|ord| ordinals.contains(ord as DocId)) {
            firsts.insert(doc);
        }
    }
    Ok(())
}
