//! Documents that are zip files inside: the text of `.docx`, and the pages of `.epub`.

use super::zipfile::ZipMembers;
use super::{
    About, ArchiveMember, Content, FileEntry, Outcome, RecordStream, SkipReason, decode, one, open,
};
use quick_xml::Reader;
use quick_xml::events::Event;

/// The text of a document of Office Open XML (ECMA-376), one paragraph a line.
pub fn document<'a>(about: About<'a>, entry: &FileEntry) -> RecordStream<'a> {
    let read = || -> Result<String, open::Refusal> {
        let mut zip = open_zip(entry)?;
        let xml = part(&mut zip, "word/document.xml", about.options.max_size)?;
        paragraphs(&xml)
    };
    one(match read() {
        Ok(text) if text.trim().is_empty() => Err(about.skip(None, SkipReason::Empty, "")),
        Ok(text) => Ok(about.record(None, None, "UTF-8", Content::Plain(text))),
        Err((reason, detail)) => Err(about.skip(None, reason, detail)),
    })
}

/// The pages of a book (EPUB 3) in the order of its spine; pages without text are passed over.
pub fn pages<'a>(about: About<'a>, entry: &FileEntry) -> RecordStream<'a> {
    let opened = open_zip(entry).and_then(|mut zip| {
        let spine = spine(&mut zip, about.options.max_size)?;
        Ok((zip, spine))
    });
    match opened {
        Ok((zip, spine)) => Box::new(Pages { about, zip, spine: spine.into_iter(), place: 0 }),
        Err((reason, detail)) => one(Err(about.skip(None, reason, detail))),
    }
}

fn open_zip(entry: &FileEntry) -> Result<ZipMembers, open::Refusal> {
    if entry.packing != super::Packing::None {
        return Err((SkipReason::UnknownForm, "packed again; unpack it first".to_owned()));
    }
    ZipMembers::open(&entry.path)
}

struct Pages<'a> {
    about: About<'a>,
    zip: ZipMembers,
    spine: std::vec::IntoIter<String>,
    place: u64,
}

impl Iterator for Pages<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        loop {
            let name = self.spine.next()?;
            let page = part(&mut self.zip, &name, self.about.options.max_size);
            match page {
                Ok(page) if !page.chars().any(crate::text::is_han) => {}
                Ok(page) => {
                    self.place += 1;
                    let content = Content::Html(page);
                    let mut record = self.about.record(Some(self.place), None, "UTF-8", content);
                    record.member = Some(ArchiveMember { name, place: None });
                    return Some(Ok(record));
                }
                Err((reason, detail)) => {
                    let detail = format!("{name}: {detail}");
                    return Some(Err(self.about.skip(None, reason, detail)));
                }
            }
        }
    }
}

/// The text of one part of a document.
fn part(zip: &mut ZipMembers, name: &str, limit: u64) -> Result<String, open::Refusal> {
    let missing = || (SkipReason::Malformed, format!("no {name} in it"));
    let number = zip.find(name).ok_or_else(missing)?;
    let member = zip.member(number)?;
    let mut reader = zip.reader(&member)?;
    match open::read_bounded(&mut reader, limit) {
        Ok(Some(bytes)) => {
            let decoded = decode::text(&bytes, None).map_err(|reason| (reason, String::new()))?;
            Ok(decoded.text)
        }
        Ok(None) => Err((SkipReason::TooLarge, format!("{name} has more than {limit} bytes"))),
        Err(error) => Err((open::reason(&error), error.to_string())),
    }
}

/// The paragraphs of `word/document.xml`.
fn paragraphs(xml: &str) -> Result<String, open::Refusal> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let (mut text, mut within) = (String::new(), false);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(text),
            Ok(Event::Start(element)) => match element.local_name().as_ref() {
                "t" => within = true,
                "tab" => text.push(' '),
                "br" | "cr" => text.push('\n'),
                _ => {}
            },
            Ok(Event::End(element)) => match element.local_name().as_ref() {
                "t" => within = false,
                "p" => text.push('\n'),
                _ => {}
            },
            Ok(Event::Text(part)) if within => text.push_str(&part.html_content()),
            Ok(Event::CData(part)) if within => text.push_str(&part.html_content()),
            Ok(Event::GeneralRef(reference)) if within => {
                let c = reference.resolve_char_ref().ok().flatten();
                let named = || match reference.html_content().as_ref() {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "apos" => '\'',
                    _ => '"',
                };
                text.push(c.unwrap_or_else(named));
            }
            Ok(_) => {}
            Err(error) => return Err((SkipReason::Malformed, error.to_string())),
        }
    }
}

/// The paths of a book's pages in reading order.
fn spine(zip: &mut ZipMembers, limit: u64) -> Result<Vec<String>, open::Refusal> {
    let container = part(zip, "META-INF/container.xml", limit)?;
    let missing = || (SkipReason::Malformed, "no list of pages in it".to_owned());
    let package = elements(&container, "rootfile", &["full-path"]).into_iter().next();
    let package = package.and_then(|found| found.into_iter().next()).ok_or_else(missing)?;
    let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder);
    let xml = part(zip, &package, limit)?;
    let items = elements(&xml, "item", &["id", "href"]);
    // The table of contents is a page of links.
    let contents = elements(&xml, "item", &["id", "properties"]);
    let is_contents = |id: Option<&String>| {
        contents.iter().any(|item| item.first() == id && item[1].split(' ').any(|p| p == "nav"))
    };
    let pages = elements(&xml, "itemref", &["idref"]).into_iter().filter_map(|reference| {
        let id = reference.first().filter(|id| !is_contents(Some(id)))?;
        let item = items.iter().find(|item| item.first() == Some(id))?;
        let path = decoded(item.get(1)?);
        Some(if folder.is_empty() { path } else { format!("{folder}/{path}") })
    });
    Ok(pages.collect())
}

/// The attributes of all elements with a name, in order; elements that lack one are left out.
fn elements(xml: &str, name: &str, attributes: &[&str]) -> Vec<Vec<String>> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    while let Ok(event) = reader.read_event() {
        let element = match event {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => break,
            _ => continue,
        };
        if element.local_name().as_ref() == name {
            let value = |attribute: &&str| {
                let found = element.try_get_attribute(attribute).ok().flatten()?;
                Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned())
            };
            found.extend(attributes.iter().map(value).collect::<Option<Vec<_>>>());
        }
    }
    found
}

/// A path without percent-encoding and without its fragment.
fn decoded(path: &str) -> String {
    let path = path.split('#').next().unwrap_or(path);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let code = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_tabs_and_breaks_of_a_document() {
        let xml = "<w:document><w:p><w:r><w:t>水退了</w:t></w:r><w:r><w:br/>\
                   <w:t>A&amp;B</w:t></w:r></w:p><w:p><w:t>堤没有动。</w:t></w:p></w:document>";
        assert_eq!(paragraphs(xml).unwrap(), "水退了\nA&B\n堤没有动。\n");
    }

    #[test]
    fn attributes_and_paths_of_a_package() {
        let xml = "<package><item id='a' href='%E6%B0%B4.xhtml#x'/><item id='b'/></package>";
        assert_eq!(elements(xml, "item", &["id", "href"]).len(), 1);
        assert_eq!(decoded("%E6%B0%B4.xhtml#x"), "水.xhtml");
        assert_eq!(decoded("100%.html"), "100%.html");
    }
}
