//! One question: from the flags to a request, the answer, and the remarks on it. The prompt and
//! `jianbao search` ask through this file.

use super::args::{FilterFlags, Format, SearchCommand};
use super::number::{counted_all, verb};
use super::opened::Opened;
use super::output::Output;
use super::{kwic, prepare, remarks, render};
use crate::error::{Error, Result};
use crate::query::{self, ExcludedValues, Filters, Query};
use crate::search::{
    self, Answer, Exclusion, FacetScope, Grouping, Order, Ranking, ReprintPolicy, Request,
};
use crate::text::harmless;

/// Asks what the command says, and prints the answer and the remarks on it.
pub fn ask(command: &SearchCommand, opened: &Opened, output: &mut Output) -> Result<Answer> {
    let filters = search::resolve(&filters(&command.filters)?, &opened.definition, &opened.index)?;
    let line = command.words.join(" ");
    let query = read_query(&line);
    let blank = !command.words.is_empty() && query.clauses.is_empty() && !command.page.asks_all();
    if (blank || asks_nothing(&line, &query)) && filters.is_empty() {
        return Err(Error::Usage("nothing to search for is left of the query".to_owned()));
    }
    let request = request(command, query, filters);
    if command.page.format == Format::Text && !command.page.no_pager {
        output.page();
    }
    let mut answer = opened.run(&request)?;
    if found_nothing(&answer, request.limit) {
        if answer.articles > 0 {
            talk!(
                "{} {}, none after the first {}",
                render::articles(answer.articles, answer.texts),
                verb(answer.articles, "answers", "answer"),
                counted_all(request.offset, "hit")
            );
        } else {
            remarks::tell_builder(&opened.index);
            remarks::explain(&search::diagnose(&opened.index, &request, &opened.lexicon)?);
            remarks::suggest(&command.filters, &opened.index, &opened.definition)?;
        }
    }
    let suggestions = search::suggest(&opened.index, &request.query, &opened.lexicon)?;
    remarks::tell(&suggestions, &answer);
    remarks::tell_missing(&opened.index);
    if let Some(width) = command.page.kwic {
        kwic::print(command, &answer, width, output)?;
    } else {
        render::answer(command, opened, &request, &mut answer, output)?;
    }
    Ok(answer)
}

/// True if an answer shows nothing where it was asked to show something.
pub fn found_nothing(answer: &Answer, limit: usize) -> bool {
    answer.articles == 0 || answer.hits.is_empty() && limit > 0
}

/// Passages that are read for a concordance or for rows of statements, so that sorting them and
/// choosing among them means something.
const MOST_READ: usize = 10_000;

/// The request that the flags make of a query.
pub fn request(command: &SearchCommand, query: Query, filters: Filters) -> Request {
    let page = &command.page;
    let plain = Ranking::default();
    let by_passage = page.all_passages || page.kwic.is_some() || page.by_quotes();
    Request {
        query,
        filters,
        order: match page.sample {
            Some(_) => Order::Sample(page.seed),
            None => page.sort.into(),
        },
        grouping: if by_passage { Grouping::Passages } else { Grouping::Articles },
        reprints: match page.format {
            _ if page.original_only => ReprintPolicy::LeftOut,
            // A run names every article that answers.
            Format::Trec => ReprintPolicy::Shown,
            _ if page.reprints => ReprintPolicy::Shown,
            _ => ReprintPolicy::Folded,
        },
        limit: match page.sample {
            _ if page.kwic.is_some() || page.by_quotes() => MOST_READ,
            Some(count) => count,
            None => page.limit,
        },
        offset: if page.kwic.is_some() || page.by_quotes() { 0 } else { page.offset },
        context: page.context,
        facets: page.facets.clone(),
        counted: if page.facets_all { FacetScope::All } else { FacetScope::Whole },
        exclusion: if page.exclude_passages { Exclusion::Passages } else { Exclusion::Articles },
        ranking: if page.no_synonyms { Ranking { synonym: 0.0, ..plain } } else { plain },
        explain: page.explain,
        ..Request::default()
    }
}

/// True if a line is not blank and yet nothing is left of it: it does not ask for everything.
pub fn asks_nothing(line: &str, query: &Query) -> bool {
    !line.trim().is_empty() && query.clauses.is_empty()
}

/// Reads a query, and tells what was read otherwise than typed.
pub fn read_query(line: &str) -> Query {
    let (query, remarks) = query::parse(line);
    for remark in remarks {
        talk!("note: {}", harmless(&remark.0));
    }
    query
}

/// Characters of the longest value of a filter: no name is longer, and comparing costs its length.
const LONGEST_VALUE: usize = 1_000;

/// Refuses values of filters that are too long to be names.
fn bounded(flags: &FilterFlags) -> Result<()> {
    for (flag, values) in flags.lists() {
        if let Some(length) = values.iter().map(|v| v.chars().count()).max()
            && length > LONGEST_VALUE
        {
            return Err(Error::Usage(format!(
                "a value of --{flag} has {length} characters; at most {LONGEST_VALUE} are read"
            )));
        }
    }
    Ok(())
}

/// The filters that the flags give, as typed.
///
/// # Errors
/// [`Error::Usage`] where a value is too long, a date is none, or the first day comes after the
/// last.
pub fn filters(flags: &FilterFlags) -> Result<Filters> {
    bounded(flags)?;
    let day = |flag: &str, text: &Option<String>| {
        text.as_ref().map(|t| prepare::day_span(flag, t)).transpose()
    };
    let filters = Filters {
        speakers: flags.speaker.clone(),
        min_confidence: flags.min_confidence.map(Into::into),
        kinds: flags.quotes.map(|q| q.kinds()).unwrap_or_default(),
        mentions: flags.mentions.clone(),
        topics: flags.topic.clone(),
        sources: flags.source.clone(),
        authors: flags.author.clone(),
        since: day("--since", &flags.since)?.map(|(first, _)| first),
        until: day("--until", &flags.until)?.map(|(_, last)| last),
        titles: flags.title.clone(),
        paths: flags.path.clone(),
        beside: flags.beside.iter().map(|name| vec![name.clone()]).collect(),
        excluded: ExcludedValues {
            speakers: flags.not_speaker.clone(),
            mentions: flags.not_mentions.clone(),
            topics: flags.not_topic.clone(),
            sources: flags.not_source.clone(),
            authors: flags.not_author.clone(),
            titles: flags.not_title.clone(),
            paths: flags.not_path.clone(),
        },
    };
    if let (Some(since), Some(until)) = (filters.since, filters.until)
        && since > until
    {
        return Err(Error::Usage(format!("--since {since} is after --until {until}")));
    }
    Ok(filters)
}
