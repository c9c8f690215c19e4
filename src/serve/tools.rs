//! The tools of an agent: what a program that reads and writes language may ask of an index. Each
//! answers with totals, a bounded text, and counts as data; none changes anything.

use super::answers::ABSENT;
use super::asked;
use super::bounded::{BoundedText, neutral};
use super::parameters::{FILTERS, Parameter, Parameters, QUESTION, ValueKind};
use super::problem::HttpProblem;
use crate::Index;
use crate::engine::{Facet, ReprintPolicy};
use crate::passage::{self, Head, Passage};
use crate::query::Filters;
use crate::reprint::difference;
use crate::search::{self, Hit, QuotationVerdict, Request};
use crate::text::{Span, floor_boundary};
use serde_json::{Value, json};

/// A tool.
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// The use of the tool.
    pub about: &'static str,
    /// Its arguments.
    pub known: &'static [&'static [Parameter]],
    /// The arguments that it cannot do without.
    pub needs: &'static [&'static str],
    /// Answers.
    pub call: fn(&Index, &Parameters) -> Result<ToolResult, HttpProblem>,
}

/// The answer of a tool.
pub struct ToolResult {
    /// The text.
    pub text: String,
    /// The counts.
    pub counts: Value,
}

const fn argument(name: &'static str, form: ValueKind, about: &'static str) -> Parameter {
    Parameter { name, form, about }
}

const PAGE: [Parameter; 2] = [
    argument("limit", ValueKind::Number(20), "How many hits; 8 if not given"),
    argument("offset", ValueKind::Number(10_000), "How many hits to leave out before them"),
];
const KEY: [Parameter; 2] = [
    argument("key", ValueKind::Text, "The key of an article, as search gives it"),
    argument("start", ValueKind::Number(usize::MAX), "next_start of the answer before"),
];
const NAME: [Parameter; 1] = [argument("name", ValueKind::Text, "The speaker's name")];
const PATTERN: [Parameter; 2] = [
    argument("pattern", ValueKind::Text, "Only names that hold this"),
    argument("limit", ValueKind::Number(100), "How many; 30 if not given"),
];
const PERIOD: [Parameter; 1] =
    [argument("period", ValueKind::OneOf(&["year", "month", "week", "day"]), "month by default")];
const QUOTATION: [Parameter; 2] = [
    argument("quote", ValueKind::Text, "The words, as they are said to have been said"),
    argument("speaker", ValueKind::Text, "Who is said to have said them"),
];

/// Reads an article.
pub const FETCH: Tool = Tool {
    name: "fetch",
    about: "The text of an article by its key; a long one goes on at next_start",
    known: &[&KEY],
    needs: &["key"],
    call: fetch,
};

/// Describes a speaker.
pub const PROFILE: Tool = Tool {
    name: "speaker_profile",
    about: "One speaker: titles over time, namesakes, topics, who else is quoted",
    known: &[&NAME, &FILTERS],
    needs: &["name"],
    call: speaker_profile,
};

/// Every tool.
pub const TOOLS: [Tool; 8] = [
    Tool {
        name: "search",
        about: "Passages of Chinese news with who says what in them. `speaker` finds only what \
            that person says, and looks for the words only there; `mentions` finds articles that \
            name somebody.",
        known: &[&QUESTION, &FILTERS, &PAGE],
        needs: &[],
        call: search_passages,
    },
    FETCH,
    Tool {
        name: "list_speakers",
        about: "Who speaks in the archive, most quotes first",
        known: &[&PATTERN, &FILTERS],
        needs: &[],
        call: list_speakers,
    },
    PROFILE,
    Tool {
        name: "count_over_time",
        about: "Articles and texts that answer, by time, the whole archive beside them",
        known: &[&QUESTION, &FILTERS, &PERIOD],
        needs: &[],
        call: count_over_time,
    },
    Tool {
        name: "compare_reprints",
        about: "Who reprinted an article, and what each reprint changed",
        known: &[&KEY],
        needs: &["key"],
        call: compare_reprints,
    },
    Tool {
        name: "verify_quote",
        about: "Whether the archive has a quotation: verbatim, near, other_speaker, not_speech or \
            not_found. What is absent here may have been said all the same.",
        known: &[&QUOTATION],
        needs: &["quote"],
        call: verify_quote,
    },
    Tool {
        name: "coverage",
        about: "What the archive holds: numbers, days, sources; what it cannot know",
        known: &[],
        needs: &[],
        call: coverage,
    },
];

fn search_passages(index: &Index, parameters: &Parameters) -> Result<ToolResult, HttpProblem> {
    let (mut request, remarks) = parameters.request()?;
    request.limit = parameters.number("limit").unwrap_or(8);
    let answer = index.search(&request)?;
    let mut text = BoundedText::default();
    let (articles, texts, passages) = (answer.articles, answer.texts, answer.passages);
    text.say(&format!("{articles} articles ({texts} texts, {passages} passages) answer."));
    if answer.relaxed {
        text.say("No passage has enough of the words; these have some of them.");
    }
    for remark in remarks {
        text.say(&neutral(&remark.0));
    }
    let mut shown = 0;
    for hit in &answer.hits {
        if !hit_text(&mut text, hit) {
            break;
        }
        shown += 1;
    }
    let next = request.offset + shown;
    if shown < answer.hits.len() {
        let left = answer.hits.len() - shown;
        text.say(&format!("{left} hits of this page did not fit; go on with offset {next}."));
    }
    if shown == answer.hits.len() && shown == request.limit && shown > 0 {
        text.say(&format!("Further hits begin at offset {next}."));
    }
    let more = shown > 0 && (shown < answer.hits.len() || shown == request.limit);
    let counts = json!({
        "articles": articles, "texts": texts, "passages": passages, "undated": answer.undated,
        "shown": shown, "next_offset": more.then_some(next), "commit": index.snapshot().commit(),
    });
    Ok(ToolResult { text: text.finish(), counts })
}

/// Adds a hit; false if it does not fit.
fn hit_text(text: &mut BoundedText, hit: &Hit) -> bool {
    let passage = &hit.passage;
    let mut said = head(&passage.article);
    said.push_str(passage.text.trim());
    for quote in passage.statements() {
        let Some(speaker) = &quote.speaker else { continue };
        let words: String = passage.words(quote.span).chars().take(60).collect();
        let confidence = format!("{:?}", quote.confidence).to_lowercase();
        said.push_str(&format!("\n[{} ({confidence}): {words}]", speaker.name));
    }
    if hit.standing.count > 0 {
        said.push_str(&format!("\n[+{} reprints]", hit.standing.count));
    }
    text.quote(&said)
}

/// The facts about an article, in two lines.
fn head(head: &Head) -> String {
    let key = head.key.map(|key| key.to_string()).unwrap_or_default();
    let date = head.date.as_deref().unwrap_or("undated");
    let inferred = if head.date_inferred { " (inferred)" } else { "" };
    let short =
        |text: Option<&str>| -> String { text.unwrap_or_default().chars().take(200).collect() };
    let (title, source) = (short(head.title.as_deref()), short(head.source.as_deref()));
    format!("key {key} · {date}{inferred} · {source}\n{title}\n")
}

/// The passages of the article that the argument `key` names.
fn passages(index: &Index, parameters: &Parameters) -> Result<Vec<Passage>, HttpProblem> {
    let name = parameters.get("key").unwrap_or_default();
    let absent = || HttpProblem::absent("there is no article with that key");
    asked::article(index, name, absent)
}

fn fetch(index: &Index, parameters: &Parameters) -> Result<ToolResult, HttpProblem> {
    let passages = passages(index, parameters)?;
    let body = passage::body(&passages);
    let start = floor_boundary(&body, parameters.number("start").unwrap_or(0));
    let mut text = BoundedText::default();
    text.quote(&head(&passages[0].article));
    let end = start + text.quote_part(&body[start..]);
    let next = (end < body.len()).then_some(end);
    let length = body.len();
    text.add_note(&match next {
        Some(next) => format!("Bytes {start} to {end} of {length}; go on with start {next}."),
        None => format!("Bytes {start} to {end} of {length}; this is the end."),
    });
    let counts = json!({ "start": start, "end": end, "length": body.len(), "next_start": next });
    Ok(ToolResult { text: text.finish(), counts })
}

fn list_speakers(index: &Index, parameters: &Parameters) -> Result<ToolResult, HttpProblem> {
    let snapshot = index.snapshot();
    let filters = search::resolve(&parameters.filters()?, index.definition(), snapshot)?;
    let pattern = parameters.get("pattern").unwrap_or_default();
    let all = search::speakers(snapshot, pattern, &filters, ReprintPolicy::Shown)?;
    let limit = parameters.number("limit").unwrap_or(30);
    let mut said = String::new();
    for speaker in all.iter().take(limit) {
        let title: String = speaker
            .titles
            .first()
            .map(|title| title.chars().take(40).collect())
            .unwrap_or_default();
        let (name, quotes, articles) = (&speaker.name, speaker.quotes, speaker.articles);
        said.push_str(&format!("{name} · {quotes} quotes · {articles} articles · {title}\n"));
    }
    let mut text = BoundedText::default();
    text.say(&format!("{} speakers.", all.len()));
    text.quote_part(&said);
    let shown = all.len().min(limit);
    text.add_note(&format!("{shown} of them were asked for."));
    Ok(ToolResult { text: text.finish(), counts: json!({ "total": all.len(), "asked": shown }) })
}

fn speaker_profile(index: &Index, parameters: &Parameters) -> Result<ToolResult, HttpProblem> {
    let name = parameters.get("name").unwrap_or_default();
    let typed = Filters { speakers: vec![name.to_owned()], ..parameters.filters()? };
    let filters = search::resolve(&typed, index.definition(), index.snapshot())?;
    let stop = parameters.stop().clone();
    let request = Request { filters, stop, ..Request::default() };
    let found = search::profile(index.snapshot(), name, &request, index.lexicon())?;
    let mut text = BoundedText::default();
    let Some(profile) = found else {
        text.say(&format!("Nobody of that name speaks here; {ABSENT}."));
        return Ok(ToolResult { text: text.finish(), counts: json!({ "statements": 0 }) });
    };
    let (statements, articles) = (profile.statements, profile.articles);
    text.say(&format!("{statements} statements in {articles} articles ({} texts).", profile.texts));
    let mut said = String::new();
    for (i, person) in profile.persons.iter().enumerate() {
        said.push_str(if i == 0 { "titles\n" } else { "perhaps a namesake\n" });
        for span in person.titles.iter().take(20) {
            let day = |day: &Option<String>| day.clone().unwrap_or_else(|| "?".to_owned());
            let (first, last) = (day(&span.first), day(&span.last));
            said.push_str(&format!("{first} – {last} · {} · {}\n", span.statements, span.title));
        }
    }
    let lists =
        [("topics", &profile.topics), ("beside", &profile.together), ("in", &profile.sources)];
    for (label, values) in lists {
        let values: Vec<String> =
            values.iter().take(12).map(|(value, n)| format!("{value} {n}")).collect();
        said.push_str(&format!("{label}: {}\n", values.join(" · ")));
    }
    text.quote_part(&said);
    let counts = json!({ "statements": statements, "articles": articles, "texts": profile.texts });
    Ok(ToolResult { text: text.finish(), counts })
}

fn count_over_time(index: &Index, parameters: &Parameters) -> Result<ToolResult, HttpProblem> {
    let (mut request, _) = parameters.request()?;
    let facet = match parameters.get("period") {
        Some("year") => Facet::Year,
        Some("week") => Facet::Week,
        Some("day") => Facet::Day,
        _ => Facet::Month,
    };
    (request.limit, request.facets) = (0, vec![facet]);
    let mut answer = index.search(&request)?;
    search::compare_with_archive(index.snapshot(), index.lexicon(), &mut answer)?;
    let mut text = BoundedText::default();
    text.say(&format!("{} articles ({} texts).", answer.articles, answer.texts));
    text.say("time · articles · texts · articles of the whole archive");
    let counts = &answer.facets[0].counts;
    let told = counts.iter().take_while(|count| {
        let all = count.archive.map(|all| all.to_string()).unwrap_or_default();
        let line = format!("{} · {} · {} · {all}", count.value, count.articles, count.texts);
        text.say(&line)
    });
    let shown = told.count();
    if shown < counts.len() {
        text.say(&format!("{} further rows did not fit.", counts.len() - shown));
    }
    let counts = json!({ "articles": answer.articles, "texts": answer.texts, "rows": shown });
    Ok(ToolResult { text: text.finish(), counts })
}

fn compare_reprints(index: &Index, parameters: &Parameters) -> Result<ToolResult, HttpProblem> {
    passages(index, parameters)?;
    let snapshot = index.snapshot();
    let key = parameters.get("key").unwrap_or_default();
    let (segmenter, mut text) = (snapshot.segmenter()?, BoundedText::default());
    let (mut copies, mut shown) = (0, 0);
    for group in search::reprints(snapshot, key, 20)? {
        copies += group.count;
        let original = group.articles.first().map(|first| passage::body(first)).unwrap_or_default();
        for passages in &group.articles {
            parameters.stop().check()?;
            let Some(first) = passages.first() else { continue };
            let copy = passage::body(passages);
            let found = difference(&original, &copy, &segmenter);
            let mut said = head(&first.article);
            said.push_str(&format!("{:.1} % the same", found.likeness() * 100.0));
            for edit in found.changes.iter().take(8) {
                let short = |text: &str| text.chars().take(60).collect::<String>();
                let (old, new) = (edit.deleted.of(&original), edit.inserted.of(&copy));
                said.push_str(&format!("\n- {} + {}", short(old), short(new)));
            }
            shown += usize::from(text.quote(&said));
        }
    }
    text.say(&format!("{copies} articles print the text; {shown} are shown."));
    let counts = json!({ "articles": copies, "shown": shown });
    Ok(ToolResult { text: text.finish(), counts })
}

fn verify_quote(index: &Index, parameters: &Parameters) -> Result<ToolResult, HttpProblem> {
    let quotation = parameters.get("quote").unwrap_or_default();
    let typed = Filters { speakers: parameters.all("speaker"), ..Filters::default() };
    let filters = search::resolve(&typed, index.definition(), index.snapshot())?;
    let stop = parameters.stop();
    let found = search::verify(index.snapshot(), quotation, &filters, index.lexicon(), stop)?;
    let mut text = BoundedText::default();
    let verdict = match found.verdict {
        QuotationVerdict::Verbatim => "verbatim: the words stand in speech",
        QuotationVerdict::Near => "near: other words than these",
        QuotationVerdict::OtherSpeaker => "other_speaker: somebody else says the words",
        QuotationVerdict::NotSpeech => "not_speech: the words stand there, nobody says them",
        QuotationVerdict::NotFound => "not_found",
    };
    text.say(verdict);
    if let Some(nearest) = &found.nearest {
        text.quote(&format!("{:.0} % the same: {}", nearest.likeness * 100.0, nearest.text));
        let segmenter = index.snapshot().segmenter()?;
        let edits = difference(quotation, &nearest.text, &segmenter).changes;
        let side = |span: Span, text: &str| span.of(text).to_owned();
        let edits = edits.iter().take(20).map(|edit| {
            format!("- {} + {}", side(edit.deleted, quotation), side(edit.inserted, &nearest.text))
        });
        text.quote(&edits.collect::<Vec<_>>().join("\n"));
    }
    if !found.speakers.is_empty() {
        text.quote(&format!("said by {}", found.speakers.join("、")));
    }
    let shown = found.hits.iter().take(5).filter(|hit| hit_text(&mut text, hit)).count();
    let holdings = index.holdings()?;
    let articles = holdings.oldest.articles;
    let days = [holdings.first(), holdings.last()].map(|day| neutral(day.unwrap_or("?")));
    text.say(&format!("{ABSENT}: it has {articles} articles from {} to {}.", days[0], days[1]));
    let counts = json!({
        "verdict": found.verdict, "passages": found.hits.len(), "shown": shown,
        "articles_in_index": articles,
    });
    Ok(ToolResult { text: text.finish(), counts })
}

fn coverage(index: &Index, _: &Parameters) -> Result<ToolResult, HttpProblem> {
    let holdings = index.holdings()?;
    let (articles, texts) = (holdings.oldest.articles, holdings.oldest.texts);
    let mut text = BoundedText::default();
    text.say(&format!("{articles} articles ({texts} texts); {ABSENT}."));
    text.say("Who says what is found by rules and models, and is wrong at times: see confidence.");
    let mut said = format!(
        "from {} to {}, {} undated\n",
        holdings.first().unwrap_or("?"),
        holdings.last().unwrap_or("?"),
        holdings.undated()
    );
    for (year, n) in &holdings.years {
        said.push_str(&format!("{}: {n}\n", year.as_deref().unwrap_or("undated")));
    }
    for (facet, label) in holdings.oldest.facets.iter().zip(["sources", "speakers", "topics"]) {
        let values: Vec<String> =
            facet.counts.iter().take(20).map(|c| format!("{} {}", c.value, c.articles)).collect();
        said.push_str(&format!("{label}: {}\n", values.join(" · ")));
    }
    text.quote_part(&said);
    let counts = json!({
        "articles": articles, "texts": texts, "undated": holdings.undated(),
        "commit": index.snapshot().commit(),
    });
    Ok(ToolResult { text: text.finish(), counts })
}
