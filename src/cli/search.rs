//! `jianbao search`: one question or a batch of them, in every form of answer.

use super::args::{FilterFlags, Format, SearchCommand};
use super::output::Output;
use super::terminal::{Role, Style, columns, wrapped};
use super::{Outcome, prepare, record, update};
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::index::Index;
use crate::query::{self, Filters, Query};
use crate::quote::{Part, Quote};
use crate::search::{self, Answer, Diagnosis, Grouping, Hit, Lexicon, Ranking, Request, Share, Suggestion};
use crate::text::{Span, harmless};
use rayon::prelude::*;
use serde_json::json;
use std::io::Read;
use std::path::Path;

/// Runs `jianbao search`.
pub fn search(command: &SearchCommand, output: &mut Output) -> Result<Outcome> {
    if !command.archive.is_empty() {
        update::bring_up_to_date(&command.archive, &command.place, &command.reading, &command.running)?;
    }
    let definition = prepare::definition(&command.place.definition)?;
    let index = Index::open(&command.place.index, &definition)?;
    let lexicon = Lexicon::new(&definition, index.segmenter()?);
    let filters = search::resolve(&filters(&command.filters)?, &definition, &index)?;
    if let Some(path) = &command.page.queries {
        return batch(command, path, &index, &filters, &lexicon, output);
    }
    let query = read_query(&command.words.join(" "));
    if query.is_empty() && filters.is_empty() {
        return Err(Error::Usage("nothing to search for; give words or a filter like --speaker".to_owned()));
    }
    let request = request(command, query, filters);
    let answer = search::run(&index, &request, &lexicon)?;
    if answer.hits.is_empty() {
        if answer.articles > 0 {
            eprintln!("{} articles answer, none after the first {}", answer.articles, request.offset);
        } else {
            explain(&search::diagnose(&index, &request, &lexicon)?);
            suggest(&command.filters, &index, &definition)?;
        }
    }
    tell_suggestions(&search::suggest(&index, &request.query, &lexicon)?);
    tell_left_out(&answer);
    tell_undated(&answer);
    print_answer(command, &request, &answer, output)?;
    Ok(if answer.hits.is_empty() && request.limit > 0 { Outcome::Nothing } else { Outcome::Found })
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
        eprintln!("note: {}", remark.0);
    }
    query
}

/// The filters that the flags give, as typed.
pub fn filters(flags: &FilterFlags) -> Result<Filters> {
    let day = |flag: &str, text: &Option<String>| text.as_ref().map(|t| prepare::day_span(flag, t)).transpose();
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
    index: &Index,
    filters: &Filters,
    lexicon: &Lexicon,
    output: &mut Output,
) -> Result<Outcome> {
    if !matches!(command.page.format, Format::Trec | Format::Jsonl) {
        return Err(Error::Usage("--queries answers with --format trec or --format jsonl".to_owned()));
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
                    Format::Trec => trec(name, hit, output)?,
                    _ => {
                        let mut value = record::hit(hit);
                        value["query"] = json!(name);
                        output.json(&value)?;
                    }
                }
            }
        }
    }
    Ok(if found { Outcome::Found } else { Outcome::Nothing })
}

fn trec(query: &str, hit: &Hit, output: &mut Output) -> Result<()> {
    output.line(&format!("{query} Q0 {} {} {:.4} jianbao", hit.passage.article.id, hit.rank, hit.score))
}

fn print_answer(command: &SearchCommand, request: &Request, answer: &Answer, output: &mut Output) -> Result<()> {
    match command.page.format {
        Format::Text => print_text(command, answer, output),
        Format::Jsonl => answer.hits.iter().try_for_each(|hit| output.json(&record::hit(hit))),
        Format::Trec => answer.hits.iter().try_for_each(|hit| trec("1", hit, output)),
        Format::Json => {
            let facets: serde_json::Map<String, serde_json::Value> = answer
                .facets
                .iter()
                .map(|f| {
                    let counts: Vec<_> = f.counts.iter().map(|(v, n)| json!({ "value": v, "articles": n })).collect();
                    (f.facet.name().to_owned(), json!(counts))
                })
                .collect();
            output.json(&json!({
                "schema": record::SCHEMA,
                "query": request.query.to_string(),
                "articles": answer.articles,
                "passages": answer.passages,
                "undated": answer.undated,
                "relaxed": answer.relaxed,
                "hits": answer.hits.iter().map(record::hit).collect::<Vec<_>>(),
                "facets": facets,
            }))
        }
        Format::Csv => {
            let header = ["rank", "score", "id", "date", "source", "title", "speakers", "text", "path"];
            output.csv(
                &header,
                answer.hits.iter().map(|hit| {
                    let head = &hit.passage.article;
                    vec![
                        hit.rank.to_string(),
                        format!("{:.4}", hit.score),
                        head.id.clone(),
                        head.date.clone().unwrap_or_default(),
                        head.source.clone().unwrap_or_default(),
                        head.title.clone().unwrap_or_default(),
                        record::speakers(&hit.passage.quotes).join("; "),
                        hit.passage.text.clone(),
                        head.path.clone(),
                    ]
                }),
            )
        }
    }
}

fn print_text(command: &SearchCommand, answer: &Answer, output: &mut Output) -> Result<()> {
    let style = Style::new(command.page.color);
    if answer.relaxed {
        eprintln!("no passage has all of the words; these have some of them");
    }
    for hit in &answer.hits {
        print_hit(command, hit, style, output)?;
    }
    for facet in &answer.facets {
        output.line(&style.paint(Role::Title, facet.facet.name()))?;
        for (value, count) in facet.counts.iter().take(20) {
            output.line(&format!("  {count:>6}  {}", harmless(value)))?;
        }
    }
    if !answer.hits.is_empty() {
        eprintln!("{} articles, {} passages", answer.articles, answer.passages);
    }
    Ok(())
}

fn print_hit(command: &SearchCommand, hit: &Hit, style: Style, output: &mut Output) -> Result<()> {
    const INDENT: &str = "    ";
    let head = &hit.passage.article;
    let width = columns() - INDENT.len();
    // Without a headline the passage itself is one; saying the id in its place would tell nothing.
    let title = head.title.as_deref().unwrap_or("（无标题）");
    let title = if style.paint(Role::Title, "x") == "x" || hit.title_highlights.is_empty() {
        style.paint(Role::Title, title)
    } else {
        style.marked(title, Span::whole(title), &hit.title_highlights, Role::Match)
    };
    output.line(&format!("{:>3} {}", hit.rank, wrapped(&title, width, INDENT)))?;
    let authors = head.authors.join("、");
    let reprint = head.reprinted_by.as_ref().map(|by| format!("转载：{by}"));
    let facts = [head.date.as_deref(), head.source.as_deref(), reprint.as_deref(), Some(authors.as_str())];
    let mut facts: Vec<&str> = facts.into_iter().flatten().filter(|f| !f.is_empty()).collect();
    let place = match head.line {
        Some(line) => format!("{}:{line}", head.path),
        None => head.path.clone(),
    };
    let mut line = style.paint(Role::Aside, &facts.join(" · "));
    if !facts.is_empty() {
        line.push_str(&style.paint(Role::Aside, " · "));
    }
    line.push_str(&style.link(&head.path, head.line, &place));
    facts.clear();
    output.line(&format!("{INDENT}{line}"))?;
    let names = record::speakers(&hit.passage.quotes);
    if !names.is_empty() {
        output.line(&format!("{INDENT}{}", style.paint(Role::Speaker, &format!("[{}]", names.join("、")))))?;
    }
    let text = &hit.passage.text;
    let room = command.page.width.unwrap_or(3 * width);
    let shown = search::snippet(text, &hit.highlights, room);
    let part = trimmed(text, shown.span);
    let mut words = style.marked(text, part, &shown.highlights, Role::Match);
    // Whole sentences need no dots; what was cut out of a sentence does.
    if !text[..part.start].trim_end().ends_with(search::ends_sentence) && part.start > 0 {
        words.insert(0, '…');
    }
    if part.end < text.trim_end().len() && !part.of(text).ends_with(search::ends_sentence) {
        words.push('…');
    }
    let before = style.paint(Role::Aside, hit.before.trim());
    let after = style.paint(Role::Aside, hit.after.trim());
    for part in [before, words, after].iter().filter(|p| !p.is_empty()) {
        output.line(&format!("{INDENT}{}", wrapped(part, width, INDENT)))?;
    }
    if command.page.why {
        for quote in hit.passage.quotes.iter().filter(|q| q.part == Part::Body) {
            output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &why(quote))))?;
        }
        for topic in &hit.passage.topics {
            let line = format!("{} {:.2}: {}", topic.key, topic.score, topic.evidence.join(" "));
            output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &line)))?;
        }
    }
    for share in &hit.shares {
        output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &part_of_score(share, hit.score))))?;
    }
    if hit.further > 0 {
        output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &format!("+{} 段", hit.further))))?;
    }
    output.line("")
}

/// What a word gives to a score, in the passage and in the article with its title.
fn part_of_score(share: &Share, score: f32) -> String {
    let percent = 100.0 * (share.passage + share.article) / score.max(f32::MIN_POSITIVE);
    let name = if share.evidence == share.word {
        harmless(&share.word).into_owned()
    } else {
        format!("{} → {}", harmless(&share.word), harmless(&share.evidence))
    };
    format!(
        "{percent:>5.1} %  {name} × {:.2}: passage {:.2}, article and title {:.2}",
        share.weight, share.passage, share.article
    )
}

/// Why a quote's speaker was taken for it.
fn why(quote: &Quote) -> String {
    let speaker = quote.speaker.as_ref();
    let name = speaker.map_or("?", |s| s.name.as_str());
    let title = speaker.map(|s| s.title.as_str()).filter(|t| !t.is_empty()).map(|t| format!("（{t}）"));
    let confidence = format!("{:?}", quote.confidence).to_lowercase();
    format!("{name}{}: “{}” {} · {} · {confidence}", title.unwrap_or_default(), quote.mention, quote.cue, quote.rule)
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let start = span.start + (part.len() - part.trim_start().len());
    Span::new(start, (span.start + part.trim_end().len()).max(start))
}

fn tell_suggestions(suggestions: &[Suggestion]) {
    for suggestion in suggestions {
        let meant = suggestion.meant.iter().map(|m| harmless(m).into_owned()).collect::<Vec<String>>();
        eprintln!("no article has {}; did you mean {}?", harmless(&suggestion.typed), meant.join(", "));
    }
}

fn tell_left_out(answer: &Answer) {
    if answer.left_out > 0 {
        eprintln!("note: the query is too long; its first {} words were looked for", search::MOST_UNITS);
    }
}

fn tell_undated(answer: &Answer) {
    if answer.undated > 0 {
        eprintln!("{} undated articles that answer were left out by --since/--until", answer.undated);
    }
}

/// Names the speakers and topics that were perhaps meant.
fn suggest(flags: &FilterFlags, index: &Index, definition: &Definition) -> Result<()> {
    const MOST: usize = 5;
    let tell = |what: &str, typed: &str, alike: Vec<(String, u64)>| {
        let alike: Vec<String> = alike.into_iter().map(|(name, count)| format!("{name} ({count})")).collect();
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
        eprintln!("  {:>8} articles have {}", count, harmless(word));
    }
    if !diagnosis.filters.is_empty() {
        eprintln!("  {:>8} articles answer without filters", diagnosis.without_filters);
        for (flag, count) in &diagnosis.filters {
            eprintln!("  {count:>8} with {flag} alone");
        }
    }
}
