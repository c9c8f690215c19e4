//! The ways out of an empty answer: words and names that were perhaps meant, and the filters that
//! keep everything out, each with the address that does without.

use super::Visit;
use super::filters::label;
use super::language::{Language, grouped};
use super::link::{Link, Way};
use crate::search::{self, Request};
use crate::serve::problem::HttpProblem;
use crate::text::harmless;

/// Names that are proposed for one that nobody has.
const NAMES: usize = 4;

/// A reason of an empty answer, and the address that does without it where there is one.
pub struct Reason {
    /// The reason in words.
    pub text: String,
    /// The address.
    pub link: Option<String>,
}

/// Words that were perhaps meant, and speakers and topics whose name is alike.
pub fn suggestions(visit: &Visit, request: &Request, here: &Link) -> Result<Vec<Way>, HttpProblem> {
    let index = &visit.index;
    let (snapshot, definition) = (index.snapshot(), index.definition());
    let here = here.without("offset");
    let typed = visit.parameters.get("q").unwrap_or_default();
    let mut ways = Vec::new();
    for found in search::suggest(snapshot, &request.query, index.lexicon())? {
        for meant in found.meant {
            let link = here.set("q", &typed.replace(&found.typed, &meant));
            ways.push(Way::new(harmless(&meant), &link));
        }
    }
    for name in visit.parameters.all("speaker") {
        for (meant, _) in search::nearest_speakers(snapshot, &name, definition, NAMES)? {
            let link = here.less("speaker", &name).with("speaker", &meant);
            ways.push(Way::new(harmless(&meant), &link));
        }
    }
    Ok(ways)
}

/// The reasons why nothing was found.
pub fn reasons(visit: &Visit, request: &Request, here: &Link) -> Result<Vec<Reason>, HttpProblem> {
    let (index, l) = (&visit.index, visit.language);
    let found = search::diagnose(index.snapshot(), request, index.lexicon())?;
    let articles = |n: u64| {
        format!("{}{}", grouped(n), l.say(" 篇", if n == 1 { " article" } else { " articles" }))
    };
    let mut reasons: Vec<Reason> = found
        .words
        .iter()
        .map(|(word, n)| format!("{}{}{}", harmless(word), colon(l), articles(*n)))
        .map(|text| Reason { text, link: None })
        .collect();
    if !found.filters.is_empty() {
        let some = |n: u64, link: Link| (n > 0).then(|| link.text());
        let without = l.say("不加筛选", "without filters");
        reasons.push(Reason {
            text: format!("{without}{}{}", colon(l), articles(found.without_filters)),
            link: some(found.without_filters, here.keeping(is_no_filter)),
        });
        let only = found.filters.iter().map(|&(filter, n)| {
            let alone = l.say("只加此筛选", "with this filter alone");
            let own = |name: &str| is_no_filter(name) || belongs(name, filter);
            Reason {
                text: format!("{alone} {}{}{}", label(filter, l), colon(l), articles(n)),
                link: some(n, here.keeping(own)),
            }
        });
        reasons.extend(only);
    }
    Ok(reasons)
}

fn colon(l: Language) -> &'static str {
    l.say("：", ": ")
}

/// True for what an address has besides filters.
fn is_no_filter(name: &str) -> bool {
    matches!(name, "q" | "lang" | "view" | "order" | "sort" | "per" | "synonyms")
}

/// True if a parameter belongs to a filter of a diagnosis.
fn belongs(parameter: &str, filter: &str) -> bool {
    match filter {
        "since/until" => matches!(parameter, "since" | "until"),
        "not-…" => parameter.starts_with("not_"),
        "original-only" => parameter == "reprints",
        // How sure and in which words somebody says it is part of who says it.
        "speaker" => matches!(parameter, "speaker" | "min_confidence" | "quotes"),
        _ => parameter == filter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_of_a_filter_stays_with_it_alone() {
        assert!(belongs("since", "since/until") && belongs("not_topic", "not-…"));
        assert!(belongs("quotes", "speaker") && belongs("reprints", "original-only"));
        assert!(!belongs("topic", "speaker") && !belongs("q", "topic") && is_no_filter("q"));
    }
}
