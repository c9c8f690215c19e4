//! One speaker: `/s/NAME`.

use super::language::{Language, grouped};
use super::link::Link;
use super::passage_view::HitView;
use super::timeline::{TimelineView, by_month};
use super::{Visit, rendered};
use crate::engine::{Grouping, Order};
use crate::search::{self, Person, Request};
use crate::serve::parameters::{FILTERS, Parameter, ValueKind};
use crate::serve::problem::HttpProblem;
use crate::text::harmless;
use askama::Template;
use axum::http::StatusCode;

/// The values of the page.
pub const SPEAKER: [Parameter; 1] =
    [Parameter { name: "lang", form: ValueKind::OneOf(&["zh", "en"]), about: "Language" }];

/// Every parameter of the page.
pub const KNOWN: &[&[Parameter]] = &[&FILTERS, &SPEAKER];

/// Passages shown, and values of a list.
const LATEST: usize = 8;
const VALUES: usize = 12;
/// Names that are proposed for one that nobody has.
const ALIKE: usize = 5;

/// A title and its days.
struct TitleView {
    title: String,
    days: String,
    statements: u64,
}

/// A value that leads to a search.
struct ValueView {
    value: String,
    count: String,
    link: String,
}

/// Values of one kind.
struct ValuesView {
    name: &'static str,
    rows: Vec<ValueView>,
}

#[derive(Template)]
#[template(path = "speaker.html")]
struct SpeakerPage {
    l: Language,
    other: String,
    clips: usize,
    back: String,
    name: String,
    aliases: String,
    statements: String,
    articles: String,
    texts: String,
    direct: u64,
    indirect: u64,
    mixed: u64,
    persons: Vec<Vec<TitleView>>,
    timeline: Option<TimelineView>,
    values: Vec<ValuesView>,
    hits: Vec<HitView>,
    all: String,
    feed: String,
}

/// Makes the page of a speaker.
pub fn speaker(visit: &Visit) -> Result<String, HttpProblem> {
    let (l, index) = (visit.language, &visit.index);
    let mut typed = visit.parameters.filters()?;
    typed.speakers = vec![visit.name.clone()];
    let filters = search::resolve(&typed, index.definition(), index.snapshot())?;
    let stop = visit.parameters.stop().clone();
    let request = Request { filters, stop, ..Request::default() };
    let found = search::profile(index.snapshot(), &visit.name, &request, index.lexicon())?;
    let Some(profile) = found else {
        return Err(unknown(visit)?);
    };
    let latest =
        Request { order: Order::Newest, grouping: Grouping::Articles, limit: LATEST, ..request };
    let answer = search::run(index.snapshot(), &latest, index.lexicon())?;
    let all = Link::new("/", &[]).with("speaker", &visit.name);
    let values = |chinese: &'static str, english: &'static str, key: &str, of: &[(String, u64)]| {
        let rows = of.iter().take(VALUES).map(|(value, count)| ValueView {
            value: harmless(visit.value_name(key, value)).into_owned(),
            count: grouped(*count),
            link: all.with(key, value).text(),
        });
        let name = if l == Language::Chinese { chinese } else { english };
        ValuesView { name, rows: rows.collect() }
    };
    let here = Link::new(visit.path.clone(), visit.parameters.pairs());
    rendered(&SpeakerPage {
        l,
        other: visit.in_other_language(&here),
        clips: visit.basket.len(),
        back: here.text(),
        name: harmless(&profile.name).into_owned(),
        aliases: harmless(&profile.aliases.join("、")).into_owned(),
        statements: grouped(profile.statements),
        articles: grouped(profile.articles),
        texts: grouped(profile.texts),
        direct: profile.kinds.direct,
        indirect: profile.kinds.indirect,
        mixed: profile.kinds.mixed,
        persons: profile.persons.iter().map(|person| titles(person, l)).collect(),
        timeline: by_month(&profile.months, profile.undated, &all),
        values: vec![
            values("主题", "Topics", "topic", &profile.topics),
            values("同文说话人", "Quoted beside", "beside", &profile.together),
            values("来源", "Sources", "source", &profile.sources),
        ],
        hits: answer.hits.iter().map(|hit| HitView::new(hit, &visit.basket, l)).collect(),
        feed: all.on("/feed.atom").text(),
        all: all.text(),
    })
}

/// The problem of a name that nobody has, with the names that are alike.
fn unknown(visit: &Visit) -> Result<HttpProblem, HttpProblem> {
    let (l, index) = (visit.language, &visit.index);
    let (snapshot, definition) = (index.snapshot(), index.definition());
    let alike = search::nearest_speakers(snapshot, &visit.name, definition, ALIKE)?;
    let names: Vec<String> = alike.into_iter().map(|(name, _)| name).collect();
    let detail =
        format!("{}{}", l.say("库中无人名为 ", "nobody speaks here who is called "), visit.name);
    let hint = match names.is_empty() {
        true => {
            l.say("换一种写法，或搜索此名", "write the name otherwise, or search for it").to_owned()
        }
        false => format!("{}{}", l.say("相近的名字：", "names that are alike: "), names.join("、")),
    };
    Ok(HttpProblem::new(StatusCode::NOT_FOUND, detail, hint))
}

fn titles(person: &Person, l: Language) -> Vec<TitleView> {
    let days = |first: &Option<String>, last: &Option<String>| match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{first} – {last}"),
        (Some(day), _) => day.clone(),
        _ => l.say("无日期", "undated").to_owned(),
    };
    let none = l.say("（无头衔）", "(no title)");
    let title = |title: &str| if title.is_empty() { none } else { title }.to_owned();
    let shown = person.titles.iter().take(VALUES).map(|span| TitleView {
        title: harmless(&title(&span.title)).into_owned(),
        days: days(&span.first, &span.last),
        statements: span.statements,
    });
    shown.collect()
}
