//! Feeds: RSS, Atom and sitemaps with news. One item is one record.

use super::{About, Field, Fields, Outcome, RecordStream, SkipReason, open};
use encoding_rs::Encoding;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::BufReader;

/// The records of a feed.
pub fn records<'a>(about: About<'a>, reader: open::ByteReader) -> RecordStream<'a> {
    let forced: Option<&'static Encoding> = about.options.encoding;
    let stream = match open::stream(reader, forced, open::Framing::Brackets) {
        Ok(stream) => stream,
        Err((reason, detail)) => return super::one(Err(about.skip(None, reason, detail))),
    };
    let meter = open::Meter::default();
    let limit = about.options.max_size;
    let metered = open::Metered { reader: stream.reader, meter: meter.clone(), limit };
    let mut reader = Reader::from_reader(BufReader::new(metered));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.expand_empty_elements = true;
    Box::new(Items {
        about,
        reader,
        meter,
        encoding: stream.encoding,
        outlet: None,
        place: 0,
        state: FeedState::Reading,
    })
}

struct Items<'a> {
    about: About<'a>,
    reader: Reader<BufReader<open::Metered>>,
    /// Bytes read since the last item ended.
    meter: open::Meter,
    encoding: &'static str,
    /// The title of the feed.
    outlet: Option<String>,
    place: u64,
    state: FeedState,
}

#[derive(PartialEq, Eq)]
enum FeedState {
    Reading,
    Ended,
}

/// An item that is being read.
#[derive(Default)]
struct Item {
    fields: Fields,
    /// The ranks of title, body, date and source: the lowest wins.
    ranks: [u8; 4],
    /// The names of the elements that are open within it.
    open: Vec<String>,
    /// The text of the innermost element that means something.
    text: String,
}

/// How deep elements may be nested in an item.
const DEEPEST: usize = 200;

/// The meaning of an element of an item, with its rank among those of one meaning. `parent` is the
/// element around it.
fn meaning(name: &str, parent: &str) -> Option<(Field, u8)> {
    Some(match (name, parent) {
        ("title", "source") | ("name", "publication") => (Field::Source, 0),
        ("title", _) => (Field::Title, 0),
        ("encoded" | "fulltext" | "content", _) => (Field::Body, 0),
        ("description" | "summary", _) => (Field::Body, 1),
        ("pubdate" | "published" | "publication_date" | "issued", _) => (Field::Date, 0),
        ("date" | "created", _) => (Field::Date, 1),
        ("updated" | "modified" | "lastmod", _) => (Field::Date, 2),
        ("source" | "publisher", _) => (Field::Source, 1),
        ("name", "author") | ("creator", _) => (Field::Author, 0),
        ("author", _) => (Field::Author, 1),
        ("link" | "loc", _) => (Field::Url, 0),
        ("guid" | "id", _) => (Field::Id, 0),
        ("category" | "keywords", _) => (Field::Tag, 0),
        _ => return None,
    })
}

impl Iterator for Items<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        if self.state == FeedState::Ended {
            return None;
        }
        match self.read() {
            Ok(Some(item)) => {
                self.place += 1;
                Some(self.record(item))
            }
            Ok(None) => {
                self.state = FeedState::Ended;
                let detail = "no items of RSS, Atom or a sitemap in it";
                let skip = || self.about.skip(None, SkipReason::NoText, detail);
                (self.place == 0).then(|| Err(skip()))
            }
            Err(error) => {
                self.state = FeedState::Ended;
                let (reason, detail) = match error {
                    quick_xml::Error::Io(error) => (open::reason(&error), error.to_string()),
                    error => (SkipReason::Malformed, error.to_string()),
                };
                Some(Err(self.about.skip(None, reason, detail)))
            }
        }
    }
}

impl Items<'_> {
    /// Reads up to the end of the next item.
    fn read(&mut self) -> Result<Option<Item>, quick_xml::Error> {
        let mut item: Option<Item> = None;
        let mut outer = String::new();
        let mut buffer = Vec::new();
        self.meter.reset();
        loop {
            buffer.clear();
            match self.reader.read_event_into(&mut buffer)? {
                Event::Eof => return Ok(None),
                Event::Start(element) => {
                    let name = local_name(&element);
                    match &mut item {
                        Some(item) => item.start(name, &element),
                        // A picture of a feed has a `url`, too.
                        None if matches!(name.as_str(), "item" | "entry")
                            || name == "url" && outer != "image" =>
                        {
                            item = Some(Item { ranks: [u8::MAX; 4], ..Item::default() });
                        }
                        None if outer == "image" => {}
                        None => outer = name,
                    }
                }
                Event::End(element) => {
                    let name = match is_medium(element.name().as_ref()) {
                        true => "medium".to_owned(),
                        false => element.local_name().as_ref().to_ascii_lowercase(),
                    };
                    if let Some(inside) = &mut item {
                        if inside.open.is_empty() {
                            return Ok(item);
                        }
                        inside.end(&name);
                    } else if outer != "image" || name == "image" {
                        outer.clear();
                    }
                }
                Event::Text(text) => match &mut item {
                    Some(item) => item.text.push_str(&text.html_content()),
                    None if outer == "title" && self.outlet.is_none() => {
                        self.outlet = Some(text.html_content().trim().to_owned());
                    }
                    None => {}
                },
                Event::CData(text) => match &mut item {
                    Some(item) => item.text.push_str(&text.html_content()),
                    None if outer == "title" && self.outlet.is_none() => {
                        self.outlet = Some(text.html_content().trim().to_owned());
                    }
                    None => {}
                },
                Event::GeneralRef(reference) => {
                    if let Some(item) = &mut item {
                        item.text.push_str(&character(&reference));
                    }
                }
                _ => {}
            }
        }
    }

    fn record(&self, item: Item) -> Outcome {
        let mut fields = item.fields;
        let outlet = self.outlet.clone().filter(|name| (2..=30).contains(&name.chars().count()));
        fields.source = fields.source.or(outlet);
        self.about.fields(self.place, None, self.encoding, fields)
    }
}

impl Item {
    /// An element begins within the item.
    fn start(&mut self, name: String, element: &BytesStart<'_>) {
        let name = if is_medium(element.name().as_ref()) { "medium".to_owned() } else { name };
        let parent = self.open.last().map_or("", String::as_str);
        let inner = self.open.iter().any(|name| meaning(name, "") == Some((Field::Body, 0)));
        if inner {
            // Elements of a page that was not escaped: its paragraphs are lines.
            if matches!(name.as_str(), "p" | "br" | "div" | "li" | "tr" | "h1" | "h2" | "h3") {
                self.text.push('\n');
            }
        } else if meaning(&name, parent).is_some() {
            self.text.clear();
        }
        let attribute = |name: &str| {
            let found = element.try_get_attribute(name).ok().flatten();
            found.and_then(|found| {
                Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned())
            })
        };
        match name.as_str() {
            "link" if attribute("rel").is_none_or(|rel| rel == "alternate") => {
                if let Some(address) = attribute("href") {
                    self.fields.url.get_or_insert(address);
                }
            }
            "category" => self.fields.tags.extend(attribute("term")),
            _ => {}
        }
        if self.open.len() < DEEPEST {
            self.open.push(name);
        }
    }

    /// An element ends within the item.
    fn end(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return };
        self.open.truncate(at);
        let parent = self.open.last().map_or("", String::as_str);
        let inner = self.open.iter().any(|name| meaning(name, "") == Some((Field::Body, 0)));
        let Some((field, rank)) = meaning(name, parent).filter(|_| !inner) else { return };
        let text = std::mem::take(&mut self.text).trim().to_owned();
        if text.is_empty() {
            return;
        }
        let fields = &mut self.fields;
        let (mut url, mut id) = (free(&fields.url), free(&fields.id));
        let [title, body, date, source] = &mut self.ranks;
        let (place, best) = match field {
            Field::Title => (&mut fields.title, title),
            Field::Body => (&mut fields.body, body),
            Field::Date => (&mut fields.date, date),
            Field::Source => (&mut fields.source, source),
            Field::Author => return fields.authors.push(text),
            Field::Tag => return fields.tags.push(text),
            Field::Url => (&mut fields.url, &mut url),
            Field::Id => (&mut fields.id, &mut id),
            Field::ReprintedBy | Field::Views => return,
        };
        if rank < *best {
            (*place, *best) = (Some(text), rank);
        }
    }
}

/// The rank that a value of one kind has to beat: none is good enough once there is one.
fn free(value: &Option<String>) -> u8 {
    if value.is_none() { u8::MAX } else { 0 }
}

/// Returns true for an element about a picture, a film or a sound: `media:title`, `itunes:summary`.
fn is_medium(name: &str) -> bool {
    ["media:", "itunes:"].iter().any(|prefix| name.starts_with(prefix))
}

/// The name of an element without its prefix, in lower case.
fn local_name(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_ascii_lowercase()
}

/// The text of a reference: `&lt;`, `&#25105;`, `&nbsp;`.
fn character(reference: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    match reference.html_content().as_ref() {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" | "ldquo" | "rdquo" => "\"",
        "apos" => "'",
        _ => " ",
    }
    .to_owned()
}
