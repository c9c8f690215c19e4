//! Addresses to requests: the parameters that each route knows, read and checked. A parameter that
//! a route does not know is an error, so that a typing error never widens an answer.

use super::problem::HttpProblem;
use crate::date::typed_span;
use crate::engine::{Facet, Grouping, Order, Ranking, ReprintPolicy, Stop};
use crate::query::{self, ExcludedValues, Filters, Query, Remark};
use crate::quote::{Confidence, SpeechKind};
use crate::search::Request;

/// Characters of a query.
pub const LONGEST_QUERY: usize = 1_000;
/// Terms of a query, as [`Query::terms`] counts them: each is looked up in every segment.
pub const MOST_TERMS: usize = 64;
/// Hits of a page.
pub const MOST_HITS: usize = 100;
/// Hits that can be left out before a page; an export goes further.
pub const DEEPEST: usize = 10_000;
/// Bytes of a slice of an article.
pub const LONGEST_SLICE: usize = 1 << 20;

/// A parameter of a route.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// The form of its value.
    pub form: ValueKind,
    /// The use of the parameter.
    pub about: &'static str,
}

/// The form of a parameter's value.
#[derive(Debug, Clone, Copy)]
pub enum ValueKind {
    /// A text.
    Text,
    /// A text; given several times, the texts are alternatives.
    Texts,
    /// A whole number up to this.
    Number(usize),
    /// A year, month or day.
    Day,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Some of these words, with commas between them.
    SomeOf(&'static [&'static str]),
}

use ValueKind::{Day, Number, OneOf, SomeOf, Text, Texts};

const fn parameter(name: &'static str, form: ValueKind, about: &'static str) -> Parameter {
    Parameter { name, form, about }
}

/// The filters.
pub const FILTERS: [Parameter; 19] = [
    parameter("speaker", Texts, "Said by this speaker, the words in what is said"),
    parameter("mentions", Texts, "Mentions this name"),
    parameter("topic", Texts, "About this topic or subject"),
    parameter("source", Texts, "Of outlets whose name holds this"),
    parameter("author", Texts, "By this author"),
    parameter("title", Texts, "Whose title holds this"),
    parameter("path", Texts, "From files whose path holds this or matches this glob"),
    parameter("since", Day, "Not before this day, month or year"),
    parameter("until", Day, "Not after this day, month or year"),
    parameter("min_confidence", OneOf(&TIERS), "The least confidence of an attribution"),
    parameter("quotes", OneOf(&["direct", "indirect", "all"]), "How the words are given"),
    parameter("beside", Texts, "In articles in which this speaker speaks too; all of several"),
    parameter("not_speaker", Texts, "Without the articles in which this speaker speaks"),
    parameter("not_mentions", Texts, "Without the articles that mention this name"),
    parameter("not_topic", Texts, "Without the articles about this topic or subject"),
    parameter("not_source", Texts, "Without those of outlets whose name holds this"),
    parameter("not_author", Texts, "Without the articles by this author"),
    parameter("not_title", Texts, "Without the articles whose title holds this"),
    parameter("not_path", Texts, "Without the files whose path holds or matches this"),
];

/// The words and what they are looked for in.
pub const QUESTION: [Parameter; 5] = [
    parameter(
        "q",
        Text,
        "Words, in the syntax of /help; at most 64 terms, which are the clauses of the line as it \
            is read: a word between spaces, a quotation, an alternative of OR, a word of same: or \
            near",
    ),
    parameter("reprints", OneOf(&["folded", "shown", "left_out"]), "Copies of one text"),
    parameter("sort", OneOf(&["relevance", "newest", "oldest"]), "The order of hits"),
    parameter("per", OneOf(&["article", "passage"]), "What a hit is"),
    parameter("synonyms", OneOf(&["yes", "no"]), "Other names of the same thing"),
];

/// A list.
pub const LIST: [Parameter; 2] = [
    parameter("limit", Number(1_000), "How many"),
    parameter("offset", Number(1_000_000), "How many to leave out before them"),
];

/// A part of the names of speakers.
pub const PATTERN: [Parameter; 1] = [parameter("pattern", Text, "Only names that hold this")];

/// The facets of counts.
pub const COUNTS: [Parameter; 1] =
    [parameter("facets", SomeOf(&FACETS), "What is counted by; by month if not given")];

/// The stretches of time of topics.
pub const PERIODS: [Parameter; 1] =
    [parameter("period", OneOf(&["all", "year", "month", "week", "day"]), "Counted by")];

/// A slice of an article's body.
pub const SLICE: [Parameter; 2] = [
    parameter("start", Number(usize::MAX), "The byte of the body where the slice begins"),
    parameter("length", Number(LONGEST_SLICE), "Bytes of the slice"),
];

/// The unit of offsets.
pub const OFFSETS: [Parameter; 1] = [parameter(
    "offsets",
    OneOf(&["byte", "utf16", "char"]),
    "What offsets count: bytes of UTF-8 if not given, units of UTF-16, characters",
)];

/// The copies of a text.
pub const COPIES: [Parameter; 1] = [parameter("limit", Number(MOST_HITS), "How many reprints")];

/// The parameter that was perhaps meant.
pub const TYPED: [Parameter; 1] = [parameter("q", Text, "What was typed")];

/// The form of an export.
pub const EXPORT: [Parameter; 1] = [parameter(
    "format",
    OneOf(&["ndjson", "csv", "ris", "bib"]),
    "JSON Lines, the last of which \
        counts them, if not given; CSV; RIS; BibTeX",
)];

/// A quotation to be verified.
pub const QUOTATION: [Parameter; 2] = [
    parameter("quote", Text, "The words"),
    parameter("speaker", Text, "Who is said to have said them"),
];

const TIERS: [&str; 4] = ["named", "role", "pronoun", "carried"];
const FACETS: [&str; 10] =
    ["speaker", "topic", "subject", "source", "author", "together", "year", "month", "week", "day"];

/// The page of an answer.
pub const PAGE: [Parameter; 6] = [
    parameter("limit", Number(MOST_HITS), "How many hits"),
    parameter("offset", Number(DEEPEST), "How many hits to leave out before them"),
    parameter("cursor", Text, "`next` of the page before, in place of offset"),
    parameter("context", Number(10), "Sentences around each passage"),
    parameter("facets", SomeOf(&FACETS), "Counts over the whole answer"),
    parameter("explain", OneOf(&["yes", "no"]), "The parts of each score"),
];

/// The parameters of an address, read.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
    stop: Stop,
}

impl Parameters {
    /// Reads a query string and holds it to what a route knows.
    ///
    /// # Errors
    /// A [`HttpProblem`] that names the parameter and what it may be.
    pub fn read(text: &str, known: &[&[Parameter]]) -> Result<Parameters, HttpProblem> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        // An empty field of a form asks for nothing.
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        for (at, (name, value)) in pairs.iter().enumerate() {
            let Some(parameter) = known.iter().copied().flatten().find(|p| p.name == name) else {
                let names: Vec<&str> = known.iter().copied().flatten().map(|p| p.name).collect();
                return Err(HttpProblem::wrong(
                    format!("unknown parameter `{name}`"),
                    format!("this address knows {}", names.join(", ")),
                ));
            };
            let again = pairs[..at].iter().any(|(other, _)| other == name);
            if again && !matches!(parameter.form, Texts) {
                return Err(HttpProblem::wrong(format!("`{name}` is given twice"), "give it once"));
            }
            parameter.check(value)?;
        }
        Ok(Parameters { pairs, stop: Stop::default() })
    }

    /// The same for a request that `stop` gives up.
    pub fn until(self, stop: &Stop) -> Parameters {
        Parameters { stop: stop.clone(), ..self }
    }

    /// Gives the request up.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// The value of a parameter that is given once.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter.
    pub fn all(&self, name: &str) -> Vec<String> {
        let own = self.pairs.iter().filter(|(other, _)| other == name);
        own.map(|(_, value)| value.clone()).collect()
    }

    /// A number, which has been checked.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// The facets asked for.
    pub fn facets(&self) -> Vec<Facet> {
        let names: Vec<&str> = self.get("facets").unwrap_or_default().split(',').collect();
        Facet::ALL.into_iter().filter(|facet| names.contains(&facet.name())).collect()
    }

    /// Every pair, in the order given.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The filters, not resolved.
    ///
    /// # Errors
    /// A [`HttpProblem`] where the first day comes after the last.
    pub fn filters(&self) -> Result<Filters, HttpProblem> {
        let day = |name: &str| self.get(name).and_then(typed_span);
        let filters = Filters {
            speakers: self.all("speaker"),
            min_confidence: self.get("min_confidence").map(confidence),
            kinds: match self.get("quotes") {
                Some("direct") => vec![SpeechKind::Direct, SpeechKind::Mixed],
                Some("indirect") => vec![SpeechKind::Indirect],
                _ => Vec::new(),
            },
            mentions: self.all("mentions"),
            topics: self.all("topic"),
            sources: self.all("source"),
            authors: self.all("author"),
            since: day("since").map(|(first, _)| first),
            until: day("until").map(|(_, last)| last),
            titles: self.all("title"),
            paths: self.all("path"),
            beside: self.all("beside").into_iter().map(|name| vec![name]).collect(),
            excluded: ExcludedValues {
                speakers: self.all("not_speaker"),
                mentions: self.all("not_mentions"),
                topics: self.all("not_topic"),
                sources: self.all("not_source"),
                authors: self.all("not_author"),
                titles: self.all("not_title"),
                paths: self.all("not_path"),
            },
        };
        match (filters.since, filters.until) {
            (Some(since), Some(until)) if since > until => {
                let detail = format!("since {since} is after until {until}");
                Err(HttpProblem::wrong(detail, "exchange the two"))
            }
            _ => Ok(filters),
        }
    }

    /// The query, and what was read otherwise than typed.
    ///
    /// # Errors
    /// A [`HttpProblem`] where it has more than [`MOST_TERMS`] terms.
    pub fn query(&self) -> Result<(Query, Vec<Remark>), HttpProblem> {
        let (query, remarks) = query::parse(self.get("q").unwrap_or_default());
        let terms = query.terms();
        if terms > MOST_TERMS {
            let hint = format!("at most {MOST_TERMS}: leave words out, or ask in several queries");
            return Err(HttpProblem::wrong(format!("`q` has {terms} terms"), hint));
        }
        Ok((query, remarks))
    }

    /// The request that the parameters make, with unresolved filters, and what was read otherwise
    /// than typed.
    ///
    /// # Errors
    /// Those of [`Parameters::query`] and [`Parameters::filters`].
    pub fn request(&self) -> Result<(Request, Vec<Remark>), HttpProblem> {
        let (query, remarks) = self.query()?;
        let plain = Ranking::default();
        let request = Request {
            query,
            filters: self.filters()?,
            order: match self.get("sort") {
                Some("newest") => Order::Newest,
                Some("oldest") => Order::Oldest,
                _ => Order::Relevance,
            },
            grouping: match self.get("per") {
                Some("passage") => Grouping::Passages,
                _ => Grouping::Articles,
            },
            reprints: match self.get("reprints") {
                Some("shown") => ReprintPolicy::Shown,
                Some("left_out") => ReprintPolicy::LeftOut,
                _ => ReprintPolicy::Folded,
            },
            limit: self.number("limit").unwrap_or(10),
            offset: self.number("offset").unwrap_or(0),
            context: self.number("context").unwrap_or(0),
            facets: self.facets(),
            ranking: match self.get("synonyms") {
                Some("no") => Ranking { synonym: 0.0, ..plain },
                _ => plain,
            },
            explain: self.get("explain") == Some("yes"),
            stop: self.stop.clone(),
            ..Request::default()
        };
        Ok((request, remarks))
    }
}

impl Parameter {
    /// Holds a value to the form of the parameter.
    fn check(&self, value: &str) -> Result<(), HttpProblem> {
        let name = self.name;
        let wrong = |hint: String| Err(HttpProblem::wrong(format!("`{name}` is malformed"), hint));
        if value.chars().count() > LONGEST_QUERY {
            let detail = format!("`{name}` is too long");
            return Err(HttpProblem::wrong(detail, format!("at most {LONGEST_QUERY} characters")));
        }
        match self.form {
            Text | Texts => Ok(()),
            Number(most) => match value.parse::<usize>() {
                Ok(number) if number <= most => Ok(()),
                _ if most == DEEPEST => {
                    wrong(format!("a number up to {most}; /api/v1/export gives every hit"))
                }
                _ => wrong(format!("a number up to {most}")),
            },
            Day if typed_span(value).is_some() => Ok(()),
            Day => wrong("a date like 2023, 2023-07 or 2023-07-28".to_owned()),
            OneOf(words) if words.contains(&value) => Ok(()),
            SomeOf(words) if value.split(',').all(|word| words.contains(&word)) => Ok(()),
            OneOf(words) => wrong(format!("one of {}", words.join(", "))),
            SomeOf(words) => wrong(format!("some of {}", words.join(","))),
        }
    }
}

fn confidence(word: &str) -> Confidence {
    match word {
        "named" => Confidence::Named,
        "role" => Confidence::Role,
        "pronoun" => Confidence::Pronoun,
        _ => Confidence::Carried,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_is_unknown_twice_or_malformed_is_refused() {
        let read = |text: &str| Parameters::read(text, &[&FILTERS, &QUESTION, &PAGE]);
        assert!(read("q=%E5%A0%A4&speaker=a&speaker=b&limit=3&facets=month,day").is_ok());
        for text in ["speakr=a", "q=a&q=b", "limit=101", "since=gestern", "sort=best", "facets=x"] {
            assert!(read(text).is_err(), "{text}");
        }
        let problem = read("since=2024&until=2023").unwrap().filters().unwrap_err();
        assert!(problem.detail.contains("after"));
    }

    #[test]
    fn a_query_of_too_many_terms_is_refused_with_their_number() {
        let query = |count: usize| {
            let line = format!("q={}", vec!["堤"; count].join("+OR+"));
            Parameters::read(&line, &[&QUESTION]).unwrap().query()
        };
        assert!(query(MOST_TERMS).is_ok());
        let problem = query(MOST_TERMS + 1).unwrap_err();
        assert_eq!(problem.detail, "`q` has 65 terms");
        assert!(problem.hint.starts_with("at most 64"), "{}", problem.hint);
        assert!(QUESTION[0].about.contains(&format!("at most {MOST_TERMS} terms")));
    }

    #[test]
    fn every_facet_has_a_parameter() {
        assert_eq!(FACETS, Facet::ALL.map(Facet::name));
    }
}
