//! One article: `/a/KEY`, its copies, and its citation for reference managers.

use super::basket::KeptClipping;
use super::language::Language;
use super::link::{Link, Way};
use super::passage_view::{PassageView, facts, title_of};
use super::{Visit, rendered};
use crate::clipping::{Clipping, bibtex, citation, ris};
use crate::date::chinese_time;
use crate::passage::{self, Passage};
use crate::reprint::{Difference, difference};
use crate::search;
use crate::serve::parameters::{Parameter, ValueKind};
use crate::serve::problem::HttpProblem;
use crate::text::{Span, harmless};
use askama::Template;

/// The values of the pages of an article.
pub const ARTICLE: [Parameter; 2] = [
    Parameter { name: "lang", form: ValueKind::OneOf(&["zh", "en"]), about: "Language" },
    Parameter { name: "from", form: ValueKind::Number(1 << 20), about: "The first passage" },
];

/// Bytes of the passages on one page, and columns of one of them.
const PAGE_BYTES: usize = 80_000;
const PASSAGE_COLUMNS: usize = 40_000;
/// Bytes of the changes on one page.
const CHANGES_BYTES: usize = 50_000;
/// Copies on one page, and changes shown of one.
const COPIES: usize = 20;
const CHANGES: usize = 12;
/// Bytes of the tags of a change.
const CHANGE: usize = 60;
/// Characters around a change, and of a change.
const AROUND: usize = 12;
const LONGEST_CHANGE: usize = 120;

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage {
    l: Language,
    other: String,
    clips: usize,
    /// The clipping of the whole article, and whether it is in the basket.
    clip: String,
    kept: bool,
    back: String,
    key: String,
    title: String,
    facts: String,
    /// The place in the archive; none where that is not told.
    place: Option<String>,
    web: Option<String>,
    topics: Vec<Way>,
    subjects: Vec<Way>,
    /// The number of further copies of the text.
    copies: usize,
    citation: String,
    passages: Vec<PassageView>,
    more: Option<String>,
}

/// Makes the page of an article.
pub fn article(visit: &Visit) -> Result<String, HttpProblem> {
    let passages = visit.article()?;
    let (l, first) = (visit.language, &passages[0]);
    let from = visit.parameters.number("from").unwrap_or(0);
    let views = shown(&passages, from, l);
    let head = &first.article;
    let here = Link::new(format!("/a/{}", visit.name), visit.parameters.pairs());
    let next = from + views.len();
    let body = passage::body(&passages);
    let clip = head.key.map(|key| KeptClipping::of(key, None, &body));
    rendered(&ArticlePage {
        l,
        other: visit.in_other_language(&here),
        clips: visit.basket.len(),
        kept: clip.as_ref().is_some_and(|clip| visit.basket.holds(clip)),
        clip: clip.map(|clip| clip.name()).unwrap_or_default(),
        back: here.text(),
        key: visit.name.clone(),
        title: title_of(first, l),
        facts: facts(head, l),
        place: visit.paths.then(|| harmless(&head.place()).into_owned()),
        web: head.web_address().map(|web| harmless(web).into_owned()),
        topics: first
            .topics
            .iter()
            .map(|t| about(&t.key, visit.value_name("topic", &t.key)))
            .collect(),
        subjects: first.subjects.iter().map(|s| about(s, s)).collect(),
        copies: copies(visit)?,
        citation: clipping(&passages).map(|c| citation(&c)).unwrap_or_default(),
        passages: views,
        more: (next < passages.len()).then(|| here.set("from", &next.to_string()).text()),
    })
}

/// The passages from `from` on that a page has room for; one at least where there is one.
fn shown(passages: &[Passage], from: usize, l: Language) -> Vec<PassageView> {
    let (mut views, mut bytes) = (Vec::new(), 0);
    for passage in passages.iter().skip(from) {
        let view = PassageView::new(passage, &[], Some(PASSAGE_COLUMNS), l);
        bytes += view.bytes();
        if bytes > PAGE_BYTES && !views.is_empty() {
            break;
        }
        views.push(view);
    }
    views
}

/// A topic or key term, with the address that asks for it.
fn about(key: &str, name: &str) -> Way {
    Way::new(harmless(name), &Link::new("/", &[]).with("topic", key))
}

/// The number of further articles that print the text.
fn copies(visit: &Visit) -> Result<usize, HttpProblem> {
    let groups = search::reprints(visit.index.snapshot(), &visit.name, 0)?;
    Ok(groups.iter().map(|group| group.count.saturating_sub(1)).sum())
}

fn clipping(passages: &[Passage]) -> Option<Clipping> {
    Clipping::of_article(passages, chinese_time(jiff::Timestamp::now()).date())
}

/// The article as a clipping, with its place where that may be told.
fn cited(visit: &Visit) -> Result<Option<Clipping>, HttpProblem> {
    Ok(clipping(&visit.article()?).map(|own| own.told_with_place(visit.paths)))
}

/// The citation in the format of RIS.
pub fn as_ris(visit: &Visit) -> Result<String, HttpProblem> {
    Ok(ris(cited(visit)?.as_slice()))
}

/// The citation in the format of BibTeX.
pub fn as_bibtex(visit: &Visit) -> Result<String, HttpProblem> {
    Ok(bibtex(cited(visit)?.as_slice()))
}

/// A copy of a text.
struct CopyView {
    key: String,
    title: String,
    facts: String,
    /// The share of words in both, in percent; none for the original.
    likeness: Option<u64>,
    changes: Vec<ChangeView>,
    further: usize,
}

/// A change with what stands around it.
struct ChangeView {
    before: String,
    deleted: String,
    inserted: String,
    after: String,
}

#[derive(Template)]
#[template(path = "reprints.html")]
struct ReprintsPage {
    l: Language,
    other: String,
    clips: usize,
    key: String,
    title: String,
    count: usize,
    copies: Vec<CopyView>,
}

/// Makes the page of an article's copies.
pub fn reprints(visit: &Visit) -> Result<String, HttpProblem> {
    let (l, snapshot) = (visit.language, visit.index.snapshot());
    let own = visit.article()?;
    let segmenter = snapshot.segmenter()?;
    let (mut copies, mut count, mut room) = (Vec::new(), 0, CHANGES_BYTES);
    for group in search::reprints(snapshot, &visit.name, COPIES)? {
        count += group.count;
        let mut original: Option<String> = None;
        for passages in &group.articles {
            let Some(first) = passages.first() else { continue };
            let body = passage::body(passages);
            let found = original.as_ref().map(|text| difference(text, &body, &segmenter));
            let text = original.get_or_insert_with(|| body.clone());
            let changes = found.as_ref().map(|found| changes(found, text, &body, &mut room));
            let changes = changes.unwrap_or_default();
            copies.push(CopyView {
                key: first.article.key.map(|key| key.to_string()).unwrap_or_default(),
                title: title_of(first, l),
                facts: facts(&first.article, l),
                likeness: found.as_ref().map(|found| (found.likeness() * 100.0) as u64),
                further: found.map_or(0, |found| found.changes.len() - changes.len()),
                changes,
            });
        }
    }
    let here = Link::new(format!("/a/{}/reprints", visit.name), visit.parameters.pairs());
    rendered(&ReprintsPage {
        l,
        other: visit.in_other_language(&here),
        clips: visit.basket.len(),
        key: visit.name.clone(),
        title: title_of(&own[0], l),
        count,
        copies,
    })
}

/// The first changes, as long as the page has `room` for them.
fn changes(found: &Difference, original: &str, copy: &str, room: &mut usize) -> Vec<ChangeView> {
    let start = |text: &str, most: usize| -> String { text.chars().take(most).collect() };
    let clean = |text: &str| harmless(text).replace('\n', " ");
    let change = |edit: &crate::reprint::Edit| {
        let before = Span::new(0, edit.inserted.start).of(copy);
        let from = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
        let after = Span::new(edit.inserted.end, copy.len()).of(copy);
        ChangeView {
            before: clean(&before[from..]),
            deleted: clean(&start(edit.deleted.of(original), LONGEST_CHANGE)),
            inserted: clean(&start(edit.inserted.of(copy), LONGEST_CHANGE)),
            after: clean(&start(after, AROUND)),
        }
    };
    let fits = |change: &ChangeView| {
        let parts = [&change.before, &change.deleted, &change.inserted, &change.after];
        let bytes = CHANGE + parts.into_iter().map(|part| part.len()).sum::<usize>();
        let fits = bytes <= *room;
        *room -= if fits { bytes } else { *room };
        fits
    };
    found.changes.iter().take(CHANGES).map(change).take_while(fits).collect()
}
