//! Proves exact search on an index: `cargo run --release -p jianbao-tools --bin exact -- INDEX
//! [COUNT]`
//!
//! Takes COUNT (10,000) random substrings of 2 to 40 characters out of the indexed bodies and
//! titles, asks for each in quotation marks, and compares with a plain scan. An article that has
//! the substring and is not found is a miss; one that is found and does not have it is a false hit.

use jianbao::definition::Definition;
use jianbao::query::{Clause, Query};
use jianbao::search::{self, Lexicon, ReprintPolicy, Request};
use jianbao::text::exact::is_exact_char;
use jianbao::text::fold::fold;
use jianbao::update::Snapshot;
use jianbao_tools::{Failure, SplitMix64, arguments};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;

/// With more articles than that an answer is compared by their number, not one by one.
const MOST_COMPARED: usize = 300;

struct Text {
    title: String,
    body: String,
}

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let folder = arguments.first().ok_or("usage: exact INDEX [COUNT]")?;
    let count: usize = arguments.get(1).map_or(Ok(10_000), |n| n.parse())?;
    let index = Snapshot::open(Path::new(folder), &Definition::embedded())?;
    let texts = texts(&index)?;
    let mut ids: Vec<&String> = texts.keys().collect();
    ids.sort();
    let lexicon = Lexicon::empty();
    let outcomes: Vec<(u64, u64)> = (0..count as u64)
        .into_par_iter()
        .map(|number| {
            let Some((id, wanted)) = substring(number, &ids, &texts) else { return Ok((0, 0)) };
            let query = Query { clauses: vec![Clause::Exact(wanted.clone())] };
            let request = Request {
                query,
                limit: MOST_COMPARED,
                reprints: ReprintPolicy::Shown,
                ..Request::default()
            };
            let answer = search::run(&index, &request, &lexicon)?;
            let has = |text: &Text| text.title.contains(&wanted) || text.body.contains(&wanted);
            if answer.articles as usize > MOST_COMPARED {
                let scanned = texts.values().filter(|text| has(text)).count() as u64;
                return Ok((
                    scanned.saturating_sub(answer.articles),
                    answer.articles.saturating_sub(scanned),
                ));
            }
            let missed = !answer.hits.iter().any(|hit| hit.passage.article.id == *id);
            let wrong =
                answer.hits.iter().filter(|hit| !has(&texts[&hit.passage.article.id])).count();
            if missed {
                println!("missed in {id}: {wanted}");
            }
            Ok((u64::from(missed), wrong as u64))
        })
        .collect::<jianbao::error::Result<_>>()?;
    let (missed, wrong) = outcomes.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let failed = outcomes.iter().filter(|one| one.0 > 0).count();
    let recall = 100.0 * (count - failed) as f64 / count.max(1) as f64;
    println!(
        "{count} substrings of {} articles: recall {recall:.2} % ({missed} missed), \
         {wrong} false hits",
        ids.len()
    );
    Ok(())
}

/// The searchable characters of every article, folded.
fn texts(index: &Snapshot) -> Result<HashMap<String, Text>, Failure> {
    let squeezed =
        |text: &str| fold(text).chars().filter(|&c| is_exact_char(c)).collect::<String>();
    let engine = index.engine();
    let mut texts: HashMap<String, Text> = HashMap::new();
    for (_, first) in engine.articles()? {
        for at in engine.siblings(first) {
            let passage = engine.passage(at)?;
            let title = squeezed(passage.article.title.as_deref().unwrap_or_default());
            let text = texts
                .entry(passage.article.id.clone())
                .or_insert(Text { title, body: String::new() });
            text.body.push_str(&squeezed(&passage.text));
        }
    }
    Ok(texts)
}

/// A substring of an article, the same for the same number.
fn substring<'a>(
    number: u64,
    ids: &[&'a String],
    texts: &HashMap<String, Text>,
) -> Option<(&'a String, String)> {
    let mut random = SplitMix64(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut below = |limit: usize| random.below(limit);
    let id = ids[below(ids.len())];
    let text = &texts[id];
    let chars: Vec<char> =
        if below(10) == 0 { text.title.chars().collect() } else { text.body.chars().collect() };
    let start = below(chars.len());
    let length = 2 + below(39);
    let part: String = chars.iter().skip(start).take(length).collect();
    (part.chars().count() >= 2).then_some((id, part))
}
