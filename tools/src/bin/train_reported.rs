//! Trains the model that tells the words that news reports as somebody's from its own narration
//! (index/reported.model).
//!
//! `cargo run --release -p jianbao-tools --bin train_reported -- NEWS.jsonl.zst [--out FILE]`
//!
//! NEWS.jsonl.zst has one article a line with `id` and `body`. No annotation is needed: the
//! sentences that the rules of attribution report with a speaker beside them are words of
//! somebody's, those before the first report of an article, or of an article without any, are
//! narration. A tenth of the articles, by a hash of their ids, is kept apart; the figures printed
//! are of these. The same file gives the same model, byte for byte.

use jianbao::definition::Definition;
use jianbao::quote::learned::hashed_line::{self, HashedLine};
use jianbao::quote::{ArticlePart, Confidence, Grammar, Rule, SpeechKind, extract};
use jianbao_tools::{Failure, id_hash, news_and_out, records};

/// Passes over the sentences.
const PASSES: usize = 2;
/// Most sentences of either kind that one article gives.
const MOST: usize = 6;
/// Least and most characters of a sentence.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=200;

struct Example {
    words: String,
    reported: bool,
    held: bool,
}

fn main() -> Result<(), Failure> {
    let (news, out) = news_and_out("train_reported")?;
    let examples = examples(&news)?;
    let (learnt, held): (Vec<&Example>, Vec<&Example>) = examples.iter().partition(|e| !e.held);
    let count = |of: &[&Example]| of.iter().filter(|e| e.reported).count();
    println!("{} sentences to learn from, {} reported", learnt.len(), count(&learnt));
    let lessons: Vec<(&str, bool)> =
        learnt.iter().map(|e| (e.words.as_str(), e.reported)).collect();
    let bytes = hashed_line::learn(&lessons, PASSES);
    let line = HashedLine::read("reported.model", &bytes)?;
    let right = held.iter().filter(|e| (line.score(&e.words) > 0.0) == e.reported).count();
    println!(
        "{} kept apart, {} reported: {:.3} right",
        held.len(),
        count(&held),
        right as f64 / held.len() as f64
    );
    if let Some(out) = out {
        std::fs::write(out, bytes)?;
    }
    Ok(())
}

/// The sentences of an archive, in its order.
fn examples(news: &str) -> Result<Vec<Example>, Failure> {
    let mut definition = Definition::embedded();
    for model in ["saying.model", "attribution.model", "continuation.model"] {
        definition = definition.with_file(model, Vec::new())?;
    }
    let grammar = Grammar::new(&definition)?;
    let mut found = Vec::new();
    for record in records(news)? {
        let record = record?;
        let field = |name: &str| record[name].as_str().unwrap_or_default();
        let (id, body) = (field("id"), field("body"));
        read(body, &grammar, &mut |words, reported| {
            found.push(Example {
                words: words.to_owned(),
                reported,
                held: id_hash(id).is_multiple_of(10),
            });
        });
    }
    Ok(found)
}

/// Calls `emit` with sentences of a body, and true where they are reported.
fn read(body: &str, grammar: &Grammar, emit: &mut dyn FnMut(&str, bool)) {
    let quotes = extract(None, body, grammar);
    let fits = |words: &str| LENGTHS.contains(&words.chars().count());
    let mut reported = 0;
    for quote in quotes.iter().filter(|q| q.part == ArticlePart::Body) {
        let sure = matches!(quote.confidence, Confidence::Named | Confidence::Role)
            && matches!(quote.rule, Rule::Before | Rule::After)
            && quote.kind != SpeechKind::Direct;
        for words in sentences(quote.span.of(body)).filter(|w| fits(w)) {
            if sure && reported < MOST {
                reported += 1;
                emit(words, true);
            }
        }
    }
    let first = quotes.iter().map(|q| q.span.start).min().unwrap_or(body.len());
    let narrated = sentences(&body[..first]).filter(|w| fits(w));
    // The sentence of the first report opens before its words.
    let last = usize::from(!quotes.is_empty());
    let narrated: Vec<&str> = narrated.collect();
    for words in &narrated[..narrated.len().saturating_sub(last).min(MOST)] {
        emit(words, false);
    }
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['。', '！', '？', '；', '\n']).map(str::trim)
}
