//! The page with the box: `/`, a list of hits or a concordance. concordance.rs makes its lines,
//! empty.rs what is said of an empty answer.

use super::concordance::{self, Concordance, concordance};
use super::empty::{Reason, reasons, suggestions};
use super::filters::{Chip, FormField, chips, fields, further_fields, kept, label, opposite};
use super::language::{Language, grouped};
use super::link::{Link, Way};
use super::passage_view::HitView;
use super::timeline::{TimelineView, timeline};
use super::{Visit, rendered};
use crate::engine::{Facet, ValueCount};
use crate::query::Remark;
use crate::search::{self, Answer, Request};
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
/// Days that are drawn one by one.
const DAYS: i32 = 59;
/// Values of a facet.
const VALUES: usize = 8;

/// A facet.
struct FacetView {
    name: &'static str,
    rows: Vec<FacetRowView>,
}

struct FacetRowView {
    value: String,
    articles: String,
    link: String,
    /// The answer without it.
    without: Option<String>,
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
    further: Vec<FormField>,
    /// True if one of the further fields holds.
    further_hold: bool,
    /// Parameters of the address that have no field in the form.
    kept: Vec<(String, String)>,
    chips: Vec<Chip>,
    asked: bool,
    kwic: Option<Concordance>,
    total: String,
    /// Articles that a filter by date leaves out, since they have none.
    undated: Option<String>,
    relaxed: bool,
    notes: Vec<String>,
    suggestions: Vec<Way>,
    reasons: Vec<Reason>,
    timeline: Option<TimelineView>,
    facets: Vec<FacetView>,
    hits: Vec<HitView>,
    /// The orders of the view, and the other views and forms.
    orders: Vec<Way>,
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
    let fine = if is_short(&request) { Facet::Day } else { Facet::Month };
    request.facets = vec![fine, Facet::Year, Facet::Speaker, Facet::Topic, Facet::Source];
    request.limit = if asked { HITS } else { 0 };
    if kwic {
        request = concordance::asked(request);
    }
    let here = Link::new("/", parameters.pairs());
    let mut answer = visit.index.search(&request)?;
    let snapshot = visit.index.snapshot();
    search::compare_with_archive(snapshot, visit.index.lexicon(), &mut answer)?;
    let (further, further_hold) = further_fields(visit);
    let feed = here.keeping(|name| !["view", "order", "lang", "offset"].contains(&name));
    let page = Front {
        l,
        other: visit.in_other_language(&here),
        clips: visit.basket.len(),
        back: here.text(),
        q: parameters.get("q").unwrap_or_default().to_owned(),
        fields: fields(visit),
        further,
        further_hold,
        kept: kept(visit),
        chips: chips(visit, &here),
        asked,
        total: total(&answer, l),
        undated: (answer.undated > 0).then(|| grouped(answer.undated)),
        relaxed: answer.relaxed,
        notes: remarks.into_iter().map(|Remark(text)| harmless(&text).into_owned()).collect(),
        suggestions: if asked && answer.whole == 0 {
            suggestions(visit, &request, &here)?
        } else {
            Vec::new()
        },
        reasons: if asked && answer.articles == 0 {
            reasons(visit, &request, &here)?
        } else {
            Vec::new()
        },
        timeline: timeline(&answer.facets[0], &answer.facets[1], &here),
        facets: facets(&answer, &here, visit),
        hits: if kwic {
            Vec::new()
        } else {
            answer.hits.iter().map(|h| HitView::new(h, &visit.basket, l)).collect()
        },
        orders: orders(&here, kwic, l),
        views: views(&here, &feed, kwic, l),
        before: (request.offset > 0).then(|| page_at(&here, request.offset.saturating_sub(HITS))),
        next: next(&request, &answer, &here, kwic),
        kwic: kwic.then(|| concordance(&answer, parameters.get("order"), l)),
        feed: feed.without("sort").on("/feed.atom").text(),
    };
    rendered(&page)
}

/// True if the days asked for are so few that they are counted one by one.
fn is_short(request: &Request) -> bool {
    let (Some(since), Some(until)) = (request.filters.since, request.filters.until) else {
        return false;
    };
    since.until(until).is_ok_and(|span| span.get_days() <= DAYS)
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
    let [articles, texts] = [answer.articles, answer.texts].map(grouped);
    match l {
        Language::Chinese => {
            let rest = match related {
                0 => String::new(),
                n => format!("，其中 {} 篇只是相关", grouped(n)),
            };
            format!("{articles} 篇报道，{texts} 个文本{rest}")
        }
        Language::English => {
            let s = |n: u64| if n == 1 { "" } else { "s" };
            let rest = match related {
                0 => String::new(),
                n => format!("; {} of them only related", grouped(n)),
            };
            let (one, text) = (s(answer.articles), s(answer.texts));
            format!("{articles} article{one}, {texts} text{text}{rest}")
        }
    }
}

fn facets(answer: &Answer, here: &Link, visit: &Visit) -> Vec<FacetView> {
    let by_value = answer.facets.iter().filter(|facet| !facet.facet.is_period());
    by_value
        .map(|facet| {
            let name = facet.facet.name();
            let row = |count: &ValueCount| FacetRowView {
                value: harmless(visit.value_name(name, &count.value)).into_owned(),
                articles: grouped(count.articles),
                link: here.with(name, &count.value).text(),
                without: opposite(name).map(|not| here.with(not, &count.value).text()),
            };
            FacetView {
                name: label(name, visit.language),
                rows: facet.counts.iter().take(VALUES).map(row).collect(),
            }
        })
        .filter(|facet| !facet.rows.is_empty())
        .collect()
}

/// The orders of a list or of a concordance.
fn orders(here: &Link, kwic: bool, l: Language) -> Vec<Way> {
    let here = here.without("offset");
    let (name, ways) = match kwic {
        true => (
            "order",
            [
                ("rank", "按相关", "by relevance"),
                ("left", "按左", "by left"),
                ("right", "按右", "by right"),
                ("date", "按日期", "by date"),
            ]
            .as_slice(),
        ),
        false => (
            "sort",
            [
                ("relevance", "相关", "relevance"),
                ("newest", "最新", "newest"),
                ("oldest", "最早", "oldest"),
            ]
            .as_slice(),
        ),
    };
    let held = here.value(name).unwrap_or(ways[0].0);
    let way = |(at, (value, chinese, english)): (usize, &(&str, &str, &str))| {
        let link = if at == 0 { here.without(name) } else { here.set(name, value) };
        Way { current: held == *value, ..Way::new(l.say(chinese, english), &link) }
    };
    ways.iter().enumerate().map(way).collect()
}

/// The views of an answer, and its forms for other programs.
fn views(here: &Link, feed: &Link, kwic: bool, l: Language) -> Vec<Way> {
    let here = here.without("offset");
    let list = here.without("view").without("order");
    let way = |chinese: &str, english: &str, link: Link| Way::new(l.say(chinese, english), &link);
    let table = feed.on("/api/v1/export").set("format", "csv");
    vec![
        Way { current: !kwic, ..way("列表", "list", list) },
        Way { current: kwic, ..way("逐词索引", "concordance", here.set("view", "kwic")) },
        way("Atom", "Atom", feed.without("sort").on("/feed.atom")),
        way("CSV", "CSV", table),
    ]
}
