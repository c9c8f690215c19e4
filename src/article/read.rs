//! Puts an article together from a raw record: fields first, then what the text's own header,
//! dateline and footer say.

use super::date::{self, Base, DateFault, Written, YearEvidence};
use super::find::{self, Findings};
use super::header::{self, TextLine, Titled};
use super::html::{self, Extent};
use super::info::Info;
use super::label::LabelKind;
use super::{
    Article, ArticleId, Date, DateOrigin, Headers, Precision, bound, citation, clean, dateline,
    markdown, name,
};
use crate::archive::{Content, Fields, RawRecord, Surroundings};
use crate::error::Note;
use jiff::civil::DateTime;
use std::borrow::Cow;

/// The facts that parsing knows besides the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Context {
    /// When the archive was crawled, in Chinese civil time: what 335 天前 counts from, and evidence
    /// for a missing year. Where it is not known, the file's modification time serves.
    pub crawled: Option<DateTime>,
    /// The first and the last certain date of the archive: evidence for a missing year.
    pub span: Option<(DateTime, DateTime)>,
    /// No date later than two days after this is believed; the caller gives `crawled` or the
    /// present.
    pub latest: Option<DateTime>,
}

/// Parses a record. Opens nothing and cannot fail: what is missing stands in the notes.
///
/// The id is the record's own; else the file's name without its endings ([`RawRecord::stem`]), with
/// `#` and the record's place where the file has several. It is the same on every run and wherever
/// the archive lies; two files of one name in different folders share it, and are told apart by
/// their paths.
///
/// The body is the text as it stands in the file, except that headers and footers are taken off as
/// whole regions, paragraphs are trimmed, empty ones dropped, and each ends with one line feed.
///
/// ```
/// use jianbao::archive::{Content, RawRecord};
/// use jianbao::article::{Context, Headers, parse};
/// use jianbao::definition::Definition;
/// let headers = Headers::new(&Definition::embedded()).unwrap();
/// let text = "中新网约翰内斯堡8月10日电 (记者 王曦)“贸易对接会”10日在南非举行。".to_owned();
/// let content = Content::Plain(text);
/// let record = RawRecord {
///     path: "a.txt".into(),
///     line: Some(1),
///     encoding: "UTF-8",
///     content,
///     ..RawRecord::default()
/// };
/// let article = parse(&record, &Context::default(), &headers);
/// assert_eq!(article.body, "“贸易对接会”10日在南非举行。");
/// assert_eq!((article.source.as_deref(), article.authors[0].as_str()), (Some("中新网"), "王曦"));
/// ```
pub fn parse(record: &RawRecord, context: &Context, headers: &Headers) -> Article {
    let mut findings = Findings::default();
    let mut notes = Vec::new();
    let opened = open(record, headers, &mut findings, &mut notes);
    let text = visible(&opened.text);
    let mut lines = split(&text);
    if matches!(record.content, Content::Html(_)) {
        drop_info(&mut lines, headers);
    }
    let before = (findings.authors.len(), findings.source.is_some());
    header::read(&mut lines, opened.titled, headers, &mut findings);
    cut_prefix(&mut lines, headers, &mut findings);
    let cited = citation::cut(&mut lines, headers, &mut findings);
    clean::cut(&mut lines, headers, &mut findings);
    let line = match (record.place, lines.first()) {
        (None, Some(first)) if record.line.is_some() => Some(first.number + opened.lines_above),
        _ => record.line,
    };
    let body = joined(&lines);
    let fields = opened.fields;
    if before.0 > 0 {
        findings.authors.truncate(before.0);
    }
    let own_url = fields.and_then(|fields| fields.url.clone());
    let url = own_url.or(opened.url).or_else(|| record.url.clone()).or(cited);
    notes.extend(&record.notes);
    let date = resolved(&findings, url.as_deref(), record, context, &mut notes);
    let source =
        findings.original.take().or(findings.source.take()).or(findings.dateline_source.take());
    let source = source.or(findings.site.take());
    let mut authors =
        if findings.authors.is_empty() { findings.contributors } else { findings.authors };
    let mut seen = std::collections::HashSet::new();
    authors.retain(|author| seen.insert(author.clone()));
    let title =
        findings.title.map(|title| collapsed(&visible(&title))).filter(|title| !title.is_empty());
    let mut article = Article {
        id: id(record),
        path: record.path.clone(),
        line,
        title,
        body,
        date,
        reprinted_by: findings.reprinted_by.take().filter(|by| source.as_ref() != Some(by)),
        source,
        authors,
        url,
        tags: findings.tags,
        encoding: record.encoding.to_owned(),
        n_views: findings.views,
        notes,
    };
    note_missing(&mut article);
    bound::shorten(&mut article);
    article.notes.sort_unstable();
    article.notes.dedup();
    article
}

/// Notes the parts that an article lacks.
fn note_missing(article: &mut Article) {
    let missing = [
        (article.title.is_none(), Note::NoTitle),
        (article.date.is_none(), Note::NoDate),
        (article.source.is_none(), Note::NoSource),
        (article.authors.is_empty(), Note::NoAuthor),
        (article.body.is_empty(), Note::EmptyBody),
        (article.body.contains('\u{fffd}'), Note::Replaced),
    ];
    let notes = missing.into_iter().filter(|(missing, _)| *missing).map(|(_, note)| note);
    article.notes.extend(notes);
}

/// The plain text of a record.
struct PlainRecord<'a> {
    text: Cow<'a, str>,
    titled: Titled,
    fields: Option<&'a Fields>,
    url: Option<String>,
    /// Lines of the file above the text (front matter).
    lines_above: u64,
}

/// Brings a record to plain text and takes what its fields or tags say.
fn open<'a>(
    record: &'a RawRecord,
    headers: &Headers,
    findings: &mut Findings,
    notes: &mut Vec<Note>,
) -> PlainRecord<'a> {
    let plain = |text: Cow<'a, str>, titled| PlainRecord {
        text,
        titled,
        fields: None,
        url: None,
        lines_above: 0,
    };
    match &record.content {
        Content::Plain(text) => plain(Cow::Borrowed(text), Titled::ByFirstLine),
        Content::Html(page) => {
            let page = html::page(page);
            if page.extent == Extent::Whole {
                notes.push(Note::WholePage);
            }
            let url = page.url.clone();
            let text = take_page(page, headers, findings);
            PlainRecord { url, ..plain(Cow::Owned(text), Titled::Apart) }
        }
        Content::Markdown(fields) => {
            take_fields(fields, findings, notes);
            let (title, text) = markdown::plain(fields.body.as_deref().unwrap_or_default());
            findings.title = findings.title.take().or(title);
            let titled = if findings.title.is_some() { Titled::Apart } else { Titled::ByFirstLine };
            PlainRecord { fields: Some(fields), ..plain(Cow::Owned(text), titled) }
        }
        Content::Fields(fields) => {
            take_fields(fields, findings, notes);
            let body = fields.body.as_deref().unwrap_or_default();
            let text = if html::is_html(body) {
                Cow::Owned(html::strip(body))
            } else {
                html::unescaped(body)
            };
            PlainRecord { fields: Some(fields), ..plain(text, Titled::Apart) }
        }
    }
}

/// Takes what a page says besides its text, and gives the text. What a label under the headline
/// says comes before what the page states for machines, and the name of the site last.
fn take_page(page: html::PageContent, headers: &Headers, findings: &mut Findings) -> String {
    findings.title = page.title.filter(|title| !html::is_nobody(title));
    findings.tags = page.tags;
    let stated = page.dates.iter();
    let stated = stated
        .filter_map(|raw| Some((date::scan_field(raw)?, raw.clone(), DateOrigin::Meta)))
        .collect::<Vec<_>>();
    findings.dates.extend(stated);
    let author = page.author.as_deref().and_then(|author| match headers.labelled(author) {
        Some((LabelKind::Credit, _)) => None,
        Some((_, value)) => Some(&author[value..]),
        None => Some(author),
    });
    findings.authors = author.map(name::names).unwrap_or_default();
    let mut info = Info::default();
    for line in &page.info {
        info.read(line, headers);
    }
    let Info { said, outlet, changed } = info;
    let labelled = said.source.clone();
    let reprinted_by = said.reprinted_by.clone();
    if findings.authors.is_empty() {
        findings.people(name::Byline { authors: said.authors, ..name::Byline::default() });
    }
    findings.contributors.extend(said.contributors);
    findings.original = findings.original.take().or(said.original);
    findings.views = findings.views.or(said.views);
    findings.dates.extend(said.dates);
    findings.dates.extend(changed);
    let source = page.source.as_deref().map(find::trimmed_source).map(str::to_owned);
    let source = source.filter(|source| !source.is_empty() && !source.contains("://"));
    findings.source = labelled.or(source).or(outlet);
    findings.reprinted_by = findings.reprinted_by.take().or(reprinted_by);
    findings.site = page.site.filter(|site| !site.contains("://"));
    page.text
}

/// Takes the lines off the front of a page's text that are about the headline and were read as
/// such.
fn drop_info(lines: &mut Vec<TextLine<'_>>, headers: &Headers) {
    let is_info = |line: &TextLine<'_>| Info::default().read(line.text, headers);
    let ahead = lines.iter().take(10);
    let sentence = |line: &TextLine<'_>| line.text.contains(['。', '！', '？']);
    let last = ahead.take_while(|line| !sentence(line)).enumerate().filter(|(_, l)| is_info(l));
    let kept = last.map(|(at, _)| at + 1).last().unwrap_or(0);
    if kept < lines.len() {
        lines.drain(..kept);
    }
}

/// A text without the characters that take no room: zero width spaces, soft hyphens, word joiners.
/// Editors and copy protection put them into words.
fn visible(text: &str) -> Cow<'_, str> {
    let unseen = |c: char| matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}');
    if !text.contains(unseen) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|&c| !unseen(c)).collect())
}

fn take_fields(fields: &Fields, findings: &mut Findings, notes: &mut Vec<Note>) {
    // Searches mark the words that they found: <em>水厂</em>开工.
    findings.title = fields.title.as_deref().map(|title| match html::is_html(title) {
        true => html::strip(title).trim().to_owned(),
        false => html::unescaped(title).into_owned(),
    });
    findings.original =
        fields.source.as_ref().map(|source| find::trimmed_source(source).to_owned());
    findings.reprinted_by = fields.reprinted_by.clone();
    findings.authors = fields.authors.iter().flat_map(|author| authors(author)).collect();
    findings.tags = fields
        .tags
        .iter()
        .flat_map(|tag| tag.split([',', '，', ';', '；', '、', '|']))
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect();
    findings.views = fields.views.as_deref().and_then(find::views);
    if let Some(raw) = &fields.date {
        match date::scan_field(raw) {
            Some(written) => findings.dates.push((written, raw.clone(), DateOrigin::Field)),
            None => notes.push(Note::DateInvalid),
        }
    }
}

/// The authors in a field, which are believed whatever they look like.
fn authors(field: &str) -> Vec<String> {
    let names = name::names(field);
    if !names.is_empty() {
        return names;
    }
    let parts = field.split(['、', ',', '，', ';', '；', '/', '|']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The lines of a text, trimmed, without the empty ones.
fn split(text: &str) -> Vec<TextLine<'_>> {
    let mut lines = Vec::new();
    let numbered = text.split(['\n', '\u{2028}', '\u{2029}']).zip(1u64..);
    for (line, number) in numbered {
        for part in line.split('\r') {
            let text = part.trim_matches(|c: char| {
                c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' || c == '\0'
            });
            if !text.is_empty() {
                lines.push(TextLine { text, number });
            }
        }
    }
    lines
}

fn cut_prefix(lines: &mut Vec<TextLine<'_>>, headers: &Headers, findings: &mut Findings) {
    let mut empty = 0;
    for line in lines.iter_mut() {
        line.text = dateline::cut(line.text, headers, findings);
        if !line.text.is_empty() {
            break;
        }
        empty += 1;
    }
    lines.drain(..empty);
}

fn joined(lines: &[TextLine<'_>]) -> String {
    let mut body = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
    for line in lines {
        if !body.is_empty() {
            body.push('\n');
        }
        body.push_str(line.text);
    }
    body
}

fn collapsed(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first date that resolves: field, meta, header, URL, dateline, path.
fn resolved(
    findings: &Findings,
    url: Option<&str>,
    record: &RawRecord,
    context: &Context,
    notes: &mut Vec<Note>,
) -> Option<Date> {
    let file = record.modified.map(date::chinese_time);
    let surroundings = match &record.content {
        Content::Fields(fields) => fields.surroundings,
        _ => Surroundings::default(),
    };
    let crawled = context.crawled.or(file);
    let order = surroundings.order;
    let base = Base { crawled, latest: context.latest, year: None, order };
    let path = record.member.as_ref().map_or(record.path.as_str(), |member| &member.name);
    let of_address = |address: &str, origin| {
        let found = date::scan_address(address).filter(|(written, _)| written.is_full());
        found.map(|(written, raw)| (written, raw.to_owned(), origin))
    };
    let of_origin = |wanted: DateOrigin| {
        findings.dates.iter().filter(move |(_, _, origin)| *origin == wanted).cloned()
    };
    let candidates = of_origin(DateOrigin::Field)
        .chain(of_origin(DateOrigin::Meta))
        .chain(of_origin(DateOrigin::Header))
        .chain(url.and_then(|url| of_address(url, DateOrigin::Url)))
        .chain(of_origin(DateOrigin::Dateline))
        .chain(of_address(path, DateOrigin::Path));
    let clues = || year_clues(findings, url, path, &surroundings, context, file);
    for (written, raw, origin) in candidates {
        let found = match written {
            Written::Calendar { year: None, .. } => clues().find_map(|(evidence, note)| {
                let base = Base { year: Some(evidence), ..base };
                let found = date::resolve(written, &raw, origin, base);
                if found == Err(DateFault::NoBase) { None } else { Some((found, note)) }
            }),
            _ => Some((date::resolve(written, &raw, origin, base), None)),
        };
        match found {
            Some((Ok(date), note)) => {
                notes.extend(remark_on(&written, &date));
                notes.extend(note);
                return Some(date);
            }
            Some((Err(DateFault::Impossible), _)) => notes.push(Note::DateInvalid),
            Some((Err(DateFault::NoBase), _)) => {}
            None => notes.push(Note::YearUnknown),
        }
    }
    None
}

/// The note that a date as written deserves once it is resolved.
fn remark_on(written: &Written, date: &Date) -> Option<Note> {
    match written {
        Written::Ago { .. } => Some(Note::DateRelative),
        Written::Calendar { year: None, .. } => Some(Note::YearInferred),
        Written::Numeric { .. } if date.precision == Precision::Year => Some(Note::DateAmbiguous),
        _ => None,
    }
}

/// The evidence for a year that is not written, nearest first: a whole date of the same record, its
/// URL, its path, the records beside it, the archive's span, the crawl; the file's time last, and
/// that with a note.
fn year_clues<'a>(
    findings: &'a Findings,
    url: Option<&'a str>,
    path: &'a str,
    surroundings: &'a Surroundings,
    context: &'a Context,
    file: Option<DateTime>,
) -> impl Iterator<Item = (YearEvidence, Option<Note>)> + 'a {
    let own = findings.dates.iter().map(|(written, ..)| written).find(|w| w.is_full()).copied();
    let addresses = url.into_iter().chain([path]);
    let written = own.into_iter().chain(
        addresses.filter_map(|address| date::scan_address(address).map(|(written, _)| written)),
    );
    let near = surroundings.near.map(|(year, month)| Written::Calendar {
        year: Some(year),
        month: Some(month),
        day: None,
        time: None,
        offset: None,
    });
    let certain = written.chain(near).filter_map(evidence);
    let span = context.span.map(|(first, last)| YearEvidence::Within(first, last));
    let crawled = context.crawled.map(YearEvidence::NotAfter);
    let file = file.map(|file| (YearEvidence::NotAfter(file), Some(Note::YearFromFile)));
    certain.chain(span).chain(crawled).map(|evidence| (evidence, None)).chain(file)
}

/// The evidence that a date with its year gives for another.
fn evidence(written: Written) -> Option<YearEvidence> {
    let year = written.year()?;
    let Written::Calendar { month: Some(month), day, .. } = written else {
        return Some(YearEvidence::Year(year));
    };
    let day = day.unwrap_or(15);
    Some(YearEvidence::Near(DateTime::new(year, month, day, 0, 0, 0, 0).ok()?))
}

/// The id of a record's article: the record's own, else its name.
pub fn id(record: &RawRecord) -> ArticleId {
    let own = match &record.content {
        Content::Markdown(fields) | Content::Fields(fields) => fields.id.as_deref(),
        Content::Plain(_) | Content::Html(_) => None,
    };
    match own {
        Some(own) => ArticleId::new(own),
        None => ArticleId::new(&record.stem()),
    }
}
