//! Compares the answers of an index in a cluster with those of an index folder of the same
//! articles: `cargo run --release -p jianbao-tools --bin parity -- INDEX URL [QUESTIONS] [pages]`
//!
//! The questions, 300 unless told, are drawn from the articles of the folder, always the same:
//! words, phrases, places, titles, excluded words, every filter, orders, groupings, reprints. Each
//! line of the table is one kind. An answer is equal where its passages, its totals and its facets
//! are: those of a page of hits, which a cluster counts by itself, and those of all hits, for which
//! every article that may answer is read; `pages` leaves these out, which take long on a large
//! index. Exit 1 where one is not. Then all questions are asked by one client and by several at
//! once, and timed.

use jianbao::Index;
use jianbao::engine::{
    self, ClusterAddress, Facet, FacetScope, FilterSet, Grouping, IndexPlace, Order,
    PassageAddress, ReprintPolicy, Selection, Wanted,
};
use jianbao::passage::Passage;
use jianbao::query::{ExcludedValues, Filters, parse};
use jianbao::search::{Request, compile};
use jianbao_tools::{Failure, SplitMix64, arguments, percentile};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// The candidates whose order is compared by Kendall's tau.
const RANKED: usize = 100;
/// Clients that ask at once.
const CLIENTS: usize = 8;
/// The facets that are compared.
const FACETS: [Facet; 4] = [Facet::Speaker, Facet::Topic, Facet::Month, Facet::Source];

/// The kinds of questions.
const KINDS: [&str; 16] = [
    "one word", "words", "phrase", "near", "same", "title", "prefix", "excluded", "speaker",
    "mentions", "topic", "source", "dates", "newest", "passages", "reprints",
];

/// A question.
struct Question {
    kind: usize,
    request: Request,
    line: String,
}

/// An answer: every passage that qualifies in order, and its totals and facets.
struct Everything {
    passages: Vec<(u64, u32)>,
    told: Told,
}

/// The totals and the facets of an answer.
#[derive(Debug, PartialEq)]
struct Told {
    totals: [u64; 4],
    facets: Vec<(String, u64, u64)>,
}

/// The hits that are compared.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    /// All of them.
    All,
    /// Those of a page.
    Pages,
}

/// The results of one kind.
#[derive(Default)]
struct Line {
    asked: usize,
    sets: usize,
    totals: usize,
    facets: usize,
    first_ten: usize,
    tau: f64,
}

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let (Some(folder), Some(url)) = (arguments.first(), arguments.get(1)) else {
        return Err("usage: parity INDEX URL [QUESTIONS] [pages]".into());
    };
    let count = arguments.get(2).map_or(Ok(300), |count| count.parse())?;
    let address = ClusterAddress::parse(std::slice::from_ref(url), None)?;
    let indices = [Index::open(PathBuf::from(folder))?, Index::open(IndexPlace::from(address))?];
    let questions = questions(&indices[0], count)?;
    let mut table: BTreeMap<usize, Line> = BTreeMap::new();
    let depth = match arguments.get(3).map(String::as_str) {
        None => Depth::All,
        Some("pages") => Depth::Pages,
        Some(other) => return Err(format!("{other}: only `pages` may stand here").into()),
    };
    for question in &questions {
        compare(question, &indices, depth, table.entry(question.kind).or_default())?;
    }
    print(&table);
    for clients in [1, CLIENTS] {
        for (name, index) in ["folder", "cluster"].iter().zip(&indices) {
            time(name, index, &questions, clients)?;
        }
    }
    let equal = |line: &Line| [line.sets, line.totals, line.facets] == [line.asked; 3];
    if table.values().all(equal) { Ok(()) } else { std::process::exit(1) }
}

/// Asks both indices a question, and adds what is equal.
fn compare(
    question: &Question,
    indices: &[Index; 2],
    depth: Depth,
    line: &mut Line,
) -> Result<(), Failure> {
    let (ours, theirs) = (page(&indices[0], question)?, page(&indices[1], question)?);
    let whole = if depth == Depth::All { indices.as_slice() } else { &[] };
    let all: Vec<Everything> =
        whole.iter().map(|index| everything(index, question)).collect::<Result<_, _>>()?;
    let set = |all: &Everything| all.passages.iter().copied().collect::<BTreeSet<(u64, u32)>>();
    let sets = all.windows(2).all(|pair| set(&pair[0]) == set(&pair[1]));
    let told: Vec<&Told> =
        [&ours.1, &theirs.1].into_iter().chain(all.iter().map(|all| &all.told)).collect();
    let totals = told.iter().all(|told| told.totals == ours.1.totals);
    let facets = told.iter().all(|told| told.facets == ours.1.facets);
    if !sets || !totals || !facets {
        let totals: Vec<[u64; 4]> = told.iter().map(|told| told.totals).collect();
        eprintln!("{}: {} {totals:?}, facets {facets}", KINDS[question.kind], question.line);
    }
    line.asked += 1;
    line.sets += usize::from(sets);
    line.totals += usize::from(totals);
    line.facets += usize::from(facets);
    line.first_ten += usize::from(ours.0 == theirs.0);
    if ours.0 != theirs.0 {
        eprintln!("{}: {} has other first hits", KINDS[question.kind], question.line);
    }
    line.tau += match depth {
        Depth::All => all.windows(2).map(|p| tau(&p[0].passages, &p[1].passages)).sum::<f64>(),
        Depth::Pages => tau(&ranked(&indices[0], question)?, &ranked(&indices[1], question)?),
    };
    Ok(())
}

/// The first hits of an answer, by article and place, with its totals and facets.
fn page(index: &Index, question: &Question) -> Result<(Vec<(String, u32)>, Told), Failure> {
    let request = Request { facets: FACETS.to_vec(), ..question.request.clone() };
    let answer = index.search(&request)?;
    let place = |hit: &jianbao::search::Hit| (hit.passage.article.id.clone(), hit.passage.ordinal);
    let counts = answer.facets.iter().flat_map(|facet| &facet.counts);
    let told = Told {
        totals: [answer.passages, answer.articles, answer.texts, answer.whole],
        facets: counts.map(|n| (n.value.clone(), n.articles, n.texts)).collect(),
    };
    // What is related to an answer that is empty is no answer to it.
    if answer.relaxed || answer.near {
        return Ok((Vec::new(), Told { totals: [0; 4], facets: Vec::new() }));
    }
    Ok((answer.hits.iter().map(place).collect(), told))
}

/// The hits whose order is compared.
fn ranked(index: &Index, question: &Question) -> Result<Vec<(String, u32)>, Failure> {
    let answer = index.search(&Request { limit: RANKED, ..question.request.clone() })?;
    let place = |hit: &jianbao::search::Hit| (hit.passage.article.id.clone(), hit.passage.ordinal);
    Ok(answer.hits.iter().map(place).collect())
}

/// Has several clients ask all questions, and prints how long they wait.
fn time(name: &str, index: &Index, questions: &[Question], clients: usize) -> Result<(), Failure> {
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let client = || -> Result<Vec<(f64, usize)>, jianbao::error::Error> {
        let mut times = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(question) = questions.get(at) else { return Ok(times) };
            let asked = Instant::now();
            index.search(&question.request)?;
            times.push((asked.elapsed().as_secs_f64() * 1e3, at));
        }
    };
    let threads = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
    });
    let mut times = Vec::new();
    for thread in threads {
        times.extend(thread.map_err(|_| "a client ended early")??);
    }
    let all = questions.len() as f64 / began.elapsed().as_secs_f64();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let slow =
        times.iter().rev().take(5).map(|&(ms, at)| {
            format!("{} {} {ms:.0}", KINDS[questions[at].kind], questions[at].line)
        });
    let slow: Vec<String> = slow.collect();
    let times: Vec<f64> = times.into_iter().map(|(ms, _)| ms).collect();
    println!(
        "{name}, {clients} at once: p50 {:.1} ms, p99 {:.1} ms, {all:.0} questions/s; slowest: {}",
        percentile(&times, 0.5),
        percentile(&times, 0.99),
        slow.join(", ")
    );
    Ok(())
}

fn print(table: &BTreeMap<usize, Line>) {
    println!(
        "{:<10} {:>5} {:>5} {:>6} {:>6} {:>9} {:>6}",
        "kind", "asked", "sets", "totals", "facets", "first ten", "tau"
    );
    let mut all = Line::default();
    for (&kind, line) in table {
        let Line { asked, sets, totals, facets, first_ten, tau } = *line;
        println!(
            "{:<10} {asked:>5} {sets:>5} {totals:>6} {facets:>6} {first_ten:>9} {:>6.3}",
            KINDS[kind],
            tau / asked as f64
        );
        all = Line {
            asked: all.asked + asked,
            sets: all.sets + sets,
            totals: all.totals + totals,
            facets: all.facets + facets,
            first_ten: all.first_ten + first_ten,
            tau: all.tau + tau,
        };
    }
    let Line { asked, sets, totals, facets, first_ten, tau } = all;
    println!(
        "{:<10} {asked:>5} {sets:>5} {totals:>6} {facets:>6} {first_ten:>9} {:>6.3}",
        "all",
        tau / asked as f64
    );
}

/// Everything that answers a question.
fn everything(index: &Index, question: &Question) -> Result<Everything, Failure> {
    let (request, snapshot) = (&question.request, index.snapshot());
    let filters = FilterSet::new(&request.filters)?;
    let plan = compile(&request.query, index.lexicon(), &request.ranking);
    let wanted = Wanted {
        order: request.order,
        grouping: request.grouping,
        groups: snapshot.groups(),
        reprints: request.reprints,
        candidates: usize::MAX >> 1,
        examined: 0,
        facets: &FACETS,
        counted: FacetScope::Whole,
    };
    let engine = snapshot.engine();
    let execution = engine.execution(&Selection::all(&filters), &request.ranking)?;
    let found = execution.top_docs(&plan, &wanted)?;
    let place = |candidate: &engine::Candidate| -> Result<(u64, u32), Failure> {
        let at: PassageAddress = candidate.at;
        Ok((engine.number(at)?.unwrap_or(0), candidate.ordinal))
    };
    let passages = found.candidates.iter().map(place).collect::<Result<_, _>>()?;
    let texts = &found.collapsed;
    let totals = [found.passages, texts.articles, texts.texts, texts.whole_articles];
    let counts = found.facets.iter().flat_map(|facet| &facet.counts);
    let facets = counts.map(|count| (count.value.clone(), count.articles, count.texts)).collect();
    Ok(Everything { passages, told: Told { totals, facets } })
}

/// Kendall's tau of the first passages that both have: 1 where their order is the same.
fn tau<P: Ord>(ours: &[P], theirs: &[P]) -> f64 {
    let places: BTreeMap<&P, usize> = theirs.iter().take(RANKED).zip(0..).collect();
    let order: Vec<usize> =
        ours.iter().take(RANKED).filter_map(|place| places.get(place).copied()).collect();
    let pairs = order.len() * order.len().saturating_sub(1) / 2;
    if pairs == 0 {
        return 1.0;
    }
    let later = |at: usize| order[at + 1..].iter().filter(|&&other| other < order[at]).count();
    let turned: usize = (0..order.len()).map(later).sum();
    1.0 - 2.0 * turned as f64 / pairs as f64
}

/// Questions drawn from the articles of an index.
fn questions(index: &Index, count: usize) -> Result<Vec<Question>, Failure> {
    let engine = index.snapshot().engine();
    let articles = engine.articles()?;
    let mut random = SplitMix64(2026);
    let mut questions = Vec::with_capacity(count);
    for asked in 0..count {
        let (_, first) = articles[random.below(articles.len())];
        let passages = engine.siblings(first);
        let passage = engine.passage(passages[random.below(passages.len())])?;
        questions.push(question(asked % KINDS.len(), &passage, &mut random));
    }
    Ok(questions)
}

/// Some characters of a passage that are words or numbers.
fn piece(passage: &Passage, length: usize, random: &mut SplitMix64) -> String {
    let runs = passage.text.split(|c: char| !c.is_alphanumeric());
    let runs: Vec<Vec<char>> = runs.map(|run| run.chars().collect()).collect();
    let long: Vec<&Vec<char>> = runs.iter().filter(|run| run.len() >= length).collect();
    let Some(run) = long.get(random.below(long.len())) else { return "经济".to_owned() };
    let start = random.below(run.len() - length + 1);
    run[start..start + length].iter().collect()
}

fn question(kind: usize, passage: &Passage, random: &mut SplitMix64) -> Question {
    let mut word = |least: usize, most: usize| {
        let length = least + random.below(most - least + 1);
        piece(passage, length, random)
    };
    let (head, speaker) =
        (&passage.article, passage.quotes.iter().find_map(|q| q.speaker.as_ref()));
    let mut filters = Filters::default();
    let mut request = Request::default();
    let line = match KINDS[kind] {
        "words" => format!("{} {} {}", word(2, 3), word(2, 3), word(2, 4)),
        "phrase" => format!("“{}”", word(4, 12)),
        "near" => format!("near/20:({} {})", word(2, 3), word(2, 3)),
        "same" => format!("same:({} {})", word(2, 3), word(2, 3)),
        "title" => format!("title:{} {}", word(2, 2), word(2, 3)),
        "prefix" => format!("{}*", word(2, 2)),
        "excluded" => format!("{} -{}", word(2, 3), word(2, 2)),
        _ => word(2, 3),
    };
    match KINDS[kind] {
        "speaker" => filters.speakers.extend(speaker.map(|speaker| speaker.name.clone())),
        "mentions" => filters.mentions.extend(speaker.map(|speaker| speaker.name.clone())),
        "topic" => {
            let topic = passage.topics.first();
            filters.topics.extend(topic.and_then(|t| t.keys().next()).map(str::to_owned));
        }
        "source" => {
            let outlets: Vec<String> = head.source.iter().cloned().collect();
            filters.excluded = ExcludedValues { sources: outlets, ..ExcludedValues::default() };
        }
        "dates" => {
            let day = head.date.as_ref().and_then(|date| date.get(..10)?.parse().ok());
            (filters.since, filters.until) = (day, day);
        }
        "newest" => request.order = Order::Newest,
        "passages" => request.grouping = Grouping::Passages,
        "reprints" => request.reprints = ReprintPolicy::Shown,
        _ => {}
    }
    let query = parse(&line).0;
    Question { kind, request: Request { query, filters, ..request }, line }
}
