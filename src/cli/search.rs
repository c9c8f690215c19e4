//! `jianbao search`: one question, a batch of them, or a prompt; render.rs prints the answers.

use super::args::{FilterFlags, Format, SearchCommand};
use super::number::{counted, counted_all, noun, verb};
use super::output::Output;
use super::{CommandOutcome, prepare, prompt, render, update};
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::query::{self, Filters, Query};
use crate::record::HitRecord;
use crate::search::{
    self, Answer, Diagnosis, Grouping, Lexicon, Ranking, ReprintPolicy, Request, Suggestion,
};
use crate::text::harmless;
use crate::update::Snapshot;
use rayon::prelude::*;
use std::io::{IsTerminal, Read};
use std::path::Path;

/// Runs `jianbao search`.
pub fn search(command: &SearchCommand, output: &mut Output) -> Result<CommandOutcome> {
    if !command.archive.is_empty() {
        update::bring_up_to_date(
            &command.archive,
            &command.place,
            &command.reading,
            &command.running,
        )?;
    }
    let definition = prepare::definition(&command.place.definition)?;
    let index = Snapshot::open(&command.place.index, &definition)?;
    let lexicon = Lexicon::new(&definition, index.segmenter()?);
    let filters = search::resolve(&filters(&command.filters)?, &definition, &index)?;
    if let Some(path) = &command.page.queries {
        return batch(command, path, &index, &filters, &lexicon, output);
    }
    if command.words.is_empty() && filters.is_empty() {
        if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
            return Err(Error::Usage(
                "nothing to search for; give words or a filter like --speaker".to_owned(),
            ));
        }
        return prompt::run(command, &Opened { index, definition, lexicon }, output);
    }
    let answer = ask(command, &Opened { index: index.sparing(), definition, lexicon }, output)?;
    Ok(if answer.hits.is_empty() && command.page.limit > 0 {
        CommandOutcome::Nothing
    } else {
        CommandOutcome::Found
    })
}

/// An index opened for questions.
pub struct Opened {
    /// The index.
    pub index: Snapshot,
    /// What it was built under.
    pub definition: Definition,
    /// What its words are.
    pub lexicon: Lexicon,
}

/// Asks what the command says, and prints the answer and what is to be said of it.
pub fn ask(command: &SearchCommand, opened: &Opened, output: &mut Output) -> Result<Answer> {
    let Opened { index, definition, lexicon } = opened;
    let filters = search::resolve(&filters(&command.filters)?, definition, index)?;
    let request = request(command, read_query(&command.words.join(" ")), filters);
    let answer = search::run(index, &request, lexicon)?;
    if answer.hits.is_empty() {
        if answer.articles > 0 {
            eprintln!(
                "{} {}, none after the first {}",
                render::articles(answer.articles, answer.texts),
                verb(answer.articles, "answers", "answer"),
                counted_all(request.offset, "hit")
            );
        } else {
            explain(&search::diagnose(index, &request, lexicon)?);
            suggest(&command.filters, index, definition)?;
        }
    }
    tell_suggestions(&search::suggest(index, &request.query, lexicon)?);
    tell_left_out(&answer);
    tell_undated(&answer);
    render::answer(command, &request, &answer, output)?;
    Ok(answer)
}

/// The question that the flags make of a query.
fn request(command: &SearchCommand, query: Query, filters: Filters) -> Request {
    let page = &command.page;
    let plain = Ranking::default();
    Request {
        query,
        filters,
        order: page.sort.into(),
        grouping: if page.all_passages { Grouping::Passages } else { Grouping::Articles },
        reprints: match page.format {
            _ if page.original_only => ReprintPolicy::LeftOut,
            // A run names every article that answers.
            Format::Trec => ReprintPolicy::Shown,
            _ if page.reprints => ReprintPolicy::Shown,
            _ => ReprintPolicy::Folded,
        },
        limit: page.limit,
        offset: page.offset,
        context: page.context,
        facets: page.facets.iter().map(|&f| f.into()).collect(),
        ranking: if page.no_synonyms { Ranking { synonym: 0.0, ..plain } } else { plain },
        explain: page.explain,
    }
}

/// Reads a query, and says what was read otherwise than typed.
fn read_query(line: &str) -> Query {
    let (query, remarks) = query::parse(line);
    for remark in remarks {
        eprintln!("note: {}", harmless(&remark.0));
    }
    query
}

/// The filters that the flags give, as typed.
pub fn filters(flags: &FilterFlags) -> Result<Filters> {
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
    };
    if let (Some(since), Some(until)) = (filters.since, filters.until)
        && since > until
    {
        return Err(Error::Usage(format!("--since {since} is after --until {until}")));
    }
    Ok(filters)
}

/// Answers every line of a file, in parallel, in the order of the lines.
fn batch(
    command: &SearchCommand,
    path: &Path,
    index: &Snapshot,
    filters: &Filters,
    lexicon: &Lexicon,
    output: &mut Output,
) -> Result<CommandOutcome> {
    if !matches!(command.page.format, Format::Trec | Format::Jsonl) {
        return Err(Error::Usage(
            "--queries answers with --format trec or --format jsonl".to_owned(),
        ));
    }
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(Error::io("read", "standard input"))?;
        text
    } else {
        std::fs::read_to_string(path).map_err(Error::io("read", path))?
    };
    let lines: Vec<(String, String)> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| match line.split_once('\t') {
            Some((name, query)) => (name.trim().to_owned(), query.to_owned()),
            None => ((i + 1).to_string(), line.to_owned()),
        })
        .collect();
    let mut found = false;
    for lines in lines.chunks(1_000) {
        let answers: Vec<Result<Answer>> = lines
            .par_iter()
            .map(|(_, line)| {
                let request = request(command, query::parse(line).0, filters.clone());
                search::run(index, &request, lexicon)
            })
            .collect();
        for ((name, _), answer) in lines.iter().zip(answers) {
            let answer = answer?;
            found |= !answer.hits.is_empty();
            for hit in &answer.hits {
                match command.page.format {
                    Format::Trec => render::trec(name, hit, output)?,
                    _ => {
                        output.json(&HitRecord { query: Some(name), ..hit.into() })?;
                    }
                }
            }
        }
    }
    Ok(if found { CommandOutcome::Found } else { CommandOutcome::Nothing })
}

fn tell_suggestions(suggestions: &[Suggestion]) {
    for suggestion in suggestions {
        let meant =
            suggestion.meant.iter().map(|m| harmless(m).into_owned()).collect::<Vec<String>>();
        eprintln!(
            "no article has {}; did you mean {}?",
            harmless(&suggestion.typed),
            meant.join(", ")
        );
    }
}

fn tell_left_out(answer: &Answer) {
    if answer.left_out > 0 {
        eprintln!(
            "note: the query is too long; its first {} words were looked for",
            search::MOST_UNITS
        );
    }
}

fn tell_undated(answer: &Answer) {
    if answer.undated > 0 {
        let (articles, verb) = (
            counted(answer.undated, "undated article"),
            verb(answer.undated, "answers was", "answer were"),
        );
        eprintln!("{articles} that {verb} left out by --since/--until");
    }
}

/// Names the speakers and topics that were perhaps meant.
fn suggest(flags: &FilterFlags, index: &Snapshot, definition: &Definition) -> Result<()> {
    const MOST: usize = 5;
    let tell = |what: &str, typed: &str, alike: Vec<(String, u64)>| {
        let alike: Vec<String> =
            alike.into_iter().map(|(name, count)| format!("{name} ({count})")).collect();
        if !alike.is_empty() {
            eprintln!("{}", harmless(&format!("{what} like `{typed}`: {}", alike.join(", "))));
        }
    };
    for name in &flags.speaker {
        tell("speakers", name, search::nearest_speakers(index, name, MOST)?);
    }
    for topic in &flags.topic {
        tell("topics", topic, search::nearest_topics(index, topic, definition, MOST)?);
    }
    Ok(())
}

fn explain(diagnosis: &Diagnosis) {
    eprintln!("nothing found");
    for (word, count) in &diagnosis.words {
        eprintln!(
            "  {count:>8} {} {} {}",
            noun(*count, "article"),
            verb(*count, "has", "have"),
            harmless(word)
        );
    }
    if !diagnosis.filters.is_empty() {
        let count = diagnosis.without_filters;
        eprintln!(
            "  {count:>8} {} {} without filters",
            noun(count, "article"),
            verb(count, "answers", "answer")
        );
        for (filter, count) in &diagnosis.filters {
            // Two flags make one filter by date.
            eprintln!("  {count:>8} with --{} alone", filter.replace('/', "/--"));
        }
    }
}
