//! The page with the box: `/`, a list of hits or a concordance.

use super::filters::{Chip, FormField, chips, fields, kept, label, opposite};
use super::language::Language;
use super::link::Link;
use super::passage_view::{HitView, facts};
use super::timeline::{TimelineView, timeline};
use super::{Visit, rendered};
use crate::engine::{Facet, Grouping};
use crate::query::Remark;
use crate::record::{ConcordanceOrder, ContextWidth, OccurrenceRecord, sort_concordance};
use crate::search::{self, Answer, Hit, Request};
use crate::serve::parameters::{DEEPEST, FILTERS, Parameter, QUESTION, ValueKind};
use crate::serve::problem::HttpProblem;
use crate::text::harmless;
use askama::Template;

/// The values of the page besides the question.
pub const FRONT: [Parameter; 4] = [
    Parameter { name: "offset", form: ValueKind::Number(DEEPEST), about: "Hits left out" },
    Parameter { name: "lang", form: ValueKind::OneOf(&["zh", "en"]), about: "Language" },
    Parameter { name: "view", form: ValueKind::OneOf(&["list", "kwic"]), about: "View" },
    Parameter {
        name: "order",
        form: ValueKind::OneOf(&["rank", "left", "right", "date"]),
        about: "The order of a concordance",
    },
];

/// Every parameter of the page.
pub const KNOWN: &[&[Parameter]] = &[&QUESTION, &FILTERS, &FRONT];

/// Hits of a page.
const HITS: usize = 10;
/// Values of a facet.
const VALUES: usize = 8;
/// Passages that a concordance is sorted among, and lines of it.
const KWIC_PASSAGES: usize = 1_000;
const KWIC_LINES: usize = 100;
/// Characters on either side of a line of a concordance.
const AROUND: usize = 24;

/// A facet.
struct FacetView {
    name: &'static str,
    rows: Vec<FacetRowView>,
}

struct FacetRowView {
    value: String,
    articles: u64,
    link: String,
    /// The answer without it.
    without: Option<String>,
}

/// A line of a concordance.
struct KwicLine {
    left: String,
    word: String,
    right: String,
    facts: String,
    key: String,
    ordinal: u32,
}

/// Something that leads elsewhere.
struct Way {
    name: String,
    link: String,
}

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    l: Language,
    other: String,
    clips: usize,
    /// The page's own address, for forms that come back.
    back: String,
    q: String,
    fields: Vec<FormField>,
    /// Parameters of the address that have no field in the form.
    kept: Vec<(String, String)>,
    chips: Vec<Chip>,
    asked: bool,
    kwic: bool,
    total: String,
    undated: u64,
    relaxed: bool,
    notes: Vec<String>,
    suggestions: Vec<Way>,
    reasons: Vec<String>,
    timeline: Option<TimelineView>,
    facets: Vec<FacetView>,
    hits: Vec<HitView>,
    lines: Vec<KwicLine>,
    views: Vec<Way>,
    before: Option<String>,
    next: Option<String>,
    feed: String,
}

/// Makes the page.
pub fn front(visit: &Visit) -> Result<String, HttpProblem> {
    let (l, parameters) = (visit.language, &visit.parameters);
    let (mut request, remarks) = parameters.request()?;
    let asked = !request.query.clauses.is_empty() || !request.filters.is_empty();
    let kwic = parameters.get("view") == Some("kwic") && asked;
    request.facets = vec![Facet::Month, Facet::Year, Facet::Speaker, Facet::Topic, Facet::Source];
    request.limit = if asked { HITS } else { 0 };
    if kwic {
        (request.limit, request.offset) = (KWIC_PASSAGES, 0);
        (request.grouping, request.context) = (Grouping::Passages, 1);
    }
    let here = Link::new("/", parameters.pairs());
    let mut answer = visit.index.search(&request)?;
    let snapshot = visit.index.snapshot();
    search::compare_with_archive(snapshot, visit.index.lexicon(), &mut answer)?;
    let lines = if kwic { concordance(&answer, parameters.get("order"), l) } else { Vec::new() };
    let page = Front {
        l,
        other: visit.in_other_language(&here),
        clips: visit.basket.len(),
        back: here.text(),
        q: parameters.get("q").unwrap_or_default().to_owned(),
        fields: fields(visit),
        kept: kept(visit),
        chips: chips(visit, &here),
        asked,
        kwic,
        total: total(&answer, l),
        undated: answer.undated,
        relaxed: answer.relaxed,
        notes: remarks.into_iter().map(|Remark(text)| harmless(&text).into_owned()).collect(),
        suggestions: if asked && answer.whole == 0 {
            suggestions(visit, &request, &here)?
        } else {
            Vec::new()
        },
        reasons: if asked && answer.articles == 0 { reasons(visit, &request)? } else { Vec::new() },
        timeline: timeline(&answer.facets[0], &answer.facets[1], &here),
        facets: facets(&answer, &here, l),
        hits: if kwic {
            Vec::new()
        } else {
            answer.hits.iter().map(|h| HitView::new(h, &visit.basket, l)).collect()
        },
        lines,
        views: views(&here, l),
        before: (request.offset > 0).then(|| page_at(&here, request.offset.saturating_sub(HITS))),
        next: next(&request, &answer, &here, kwic),
        feed: here
            .without("view")
            .without("order")
            .without("lang")
            .without("offset")
            .on("/feed.atom")
            .text(),
    };
    rendered(&page)
}

fn page_at(here: &Link, offset: usize) -> String {
    here.set("offset", &offset.to_string()).text()
}

fn next(request: &Request, answer: &Answer, here: &Link, kwic: bool) -> Option<String> {
    let next = request.offset + HITS;
    (!kwic && answer.hits.len() == HITS && next <= DEEPEST).then(|| page_at(here, next))
}

/// The number of articles and texts in words, and how many of them are only related.
fn total(answer: &Answer, l: Language) -> String {
    let related = answer.articles.saturating_sub(answer.whole);
    match l {
        Language::Chinese => {
            let rest = match related {
                0 => String::new(),
                n => format!("，其中 {n} 篇只是相关"),
            };
            format!("{} 篇报道，{} 个文本{rest}", answer.articles, answer.texts)
        }
        Language::English => {
            let s = |n: u64| if n == 1 { "" } else { "s" };
            let (articles, texts) = (answer.articles, answer.texts);
            let rest = match related {
                0 => String::new(),
                n => format!("; {n} of them only related"),
            };
            format!("{articles} article{}, {texts} text{}{rest}", s(articles), s(texts))
        }
    }
}

fn facets(answer: &Answer, here: &Link, l: Language) -> Vec<FacetView> {
    let by_value = answer.facets.iter().filter(|facet| !facet.facet.is_period());
    by_value
        .map(|facet| {
            let name = facet.facet.name();
            let row = |count: &crate::engine::ValueCount| FacetRowView {
                value: harmless(&count.value).into_owned(),
                articles: count.articles,
                link: here.with(name, &count.value).text(),
                without: opposite(name).map(|not| here.with(not, &count.value).text()),
            };
            FacetView {
                name: label(name, l),
                rows: facet.counts.iter().take(VALUES).map(row).collect(),
            }
        })
        .filter(|facet| !facet.rows.is_empty())
        .collect()
}

/// Words that were perhaps meant, and speakers whose name is alike.
fn suggestions(visit: &Visit, request: &Request, here: &Link) -> Result<Vec<Way>, HttpProblem> {
    let index = &visit.index;
    let typed = visit.parameters.get("q").unwrap_or_default();
    let mut ways = Vec::new();
    for found in search::suggest(index.snapshot(), &request.query, index.lexicon())? {
        for meant in found.meant {
            let link = here.set("q", &typed.replace(&found.typed, &meant)).without("offset").text();
            ways.push(Way { name: harmless(&meant).into_owned(), link });
        }
    }
    Ok(ways)
}

/// Why nothing was found.
fn reasons(visit: &Visit, request: &Request) -> Result<Vec<String>, HttpProblem> {
    let (index, l) = (&visit.index, visit.language);
    let found = search::diagnose(index.snapshot(), request, index.lexicon())?;
    let articles =
        |n: u64| format!("{n}{}", l.say(" 篇", if n == 1 { " article" } else { " articles" }));
    let mut reasons: Vec<String> = found
        .words
        .iter()
        .map(|(word, n)| format!("{}: {}", harmless(word), articles(*n)))
        .collect();
    if !found.filters.is_empty() {
        let without = l.say("不加筛选", "without filters");
        reasons.push(format!("{without}: {}", articles(found.without_filters)));
        let only = found.filters.iter().map(|(filter, n)| {
            let alone = l.say("只加此筛选", "with this filter alone");
            format!("{alone}, {}: {}", label(filter, l), articles(*n))
        });
        reasons.extend(only);
    }
    Ok(reasons)
}

fn views(here: &Link, l: Language) -> Vec<Way> {
    let here = here.without("offset");
    let way = |chinese: &str, english: &str, link: Link| Way {
        name: l.say(chinese, english).to_owned(),
        link: link.text(),
    };
    let list = here.without("view").without("order");
    let kwic = here.set("view", "kwic");
    vec![
        way("相关", "relevance", list.without("sort")),
        way("最新", "newest", list.set("sort", "newest")),
        way("最早", "oldest", list.set("sort", "oldest")),
        way("逐词索引", "concordance", kwic.without("order")),
        way("按左", "by left", kwic.set("order", "left")),
        way("按右", "by right", kwic.set("order", "right")),
        way("按日期", "by date", kwic.set("order", "date")),
    ]
}

/// The lines of a concordance, in order.
fn concordance(answer: &Answer, order: Option<&str>, l: Language) -> Vec<KwicLine> {
    let order = match order {
        Some("left") => ConcordanceOrder::Left,
        Some("right") => ConcordanceOrder::Right,
        Some("date") => ConcordanceOrder::Date,
        _ => ConcordanceOrder::Rank,
    };
    let mut lines: Vec<(OccurrenceRecord<'_>, &Hit)> = Vec::new();
    for hit in &answer.hits {
        let date = hit.passage.article.date.as_deref().unwrap_or_default();
        let found = OccurrenceRecord::of(hit, date, ContextWidth::Characters(AROUND));
        lines.extend(found.map(|occurrence| (occurrence, hit)));
    }
    sort_concordance(&mut lines, order, |(occurrence, _)| occurrence);
    let line = |(occurrence, hit): (OccurrenceRecord<'_>, &Hit)| KwicLine {
        left: occurrence.left,
        word: occurrence.word,
        right: occurrence.right,
        facts: facts(&hit.passage.article, l),
        key: occurrence.key,
        ordinal: hit.passage.ordinal,
    };
    lines.into_iter().take(KWIC_LINES).map(line).collect()
}
