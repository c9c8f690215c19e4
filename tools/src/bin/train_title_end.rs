//! Trains the model that finds the end of a headline glued to its text (index/title_end.model).
//!
//! `cargo run --release -p jianbao-tools --bin train_title_end -- NEWS.jsonl.zst [--out FILE]`
//!
//! NEWS.jsonl.zst has one article a line with `id`, `body` and, where known, `title`. The program
//! learns from headlines whose end is known: those of titled articles, put before their texts, and
//! those behind 原标题： that are said twice, of which the second is taken away. A fifth of the
//! articles, by a hash of their ids, is kept apart; the table printed is of these. `least` is the
//! probability from which [`PRECISION`] of the choices among them are right. The same file gives
//! the same model, byte for byte.

use jianbao::archive::{Content, RawRecord};
use jianbao::article::title_end::{self, Opening, TitleEnd, WEIGHTS};
use jianbao::article::{Context, Headers, parse};
use jianbao::definition::Definition;
use jianbao::text::weights::WeightTable;
use jianbao_tools::{Failure, SplitMix64, id_hash, news_and_out, records};

/// The wanted share of right choices.
const PRECISION: f64 = 0.99;
/// Rounds in which the ends that the model is sure of are learnt too.
const ROUNDS: usize = 2;
/// The probability from which an unknown end is learnt.
const SURE: f32 = 0.98;
/// Passes over the examples.
const EPOCHS: usize = 6;
/// The rate of AdaGrad (Duchi, Hazan and Singer, 2011).
const RATE: f32 = 0.2;
/// The decay of a weight for each example that has its feature.
const DECAY: f32 = 2e-6;

/// A text with the length of its headline, in bytes.
struct Example {
    text: String,
    end: usize,
    /// True if it stood behind 原标题：.
    natural: bool,
    held: bool,
}

impl Example {
    /// True if the headline ends at `end`, whatever spaces stand behind it.
    fn ends(&self, end: usize) -> bool {
        self.text[..end].trim_end().len() == self.text[..self.end].trim_end().len()
    }
}

fn main() -> Result<(), Failure> {
    let (news, out) = news_and_out("train_title_end")?;
    let (examples, unknown) = examples(&news)?;
    let part = |held: bool, natural: bool| {
        examples.iter().filter(move |e| e.held == held && e.natural == natural)
    };
    for natural in [true, false] {
        let (learnt, held) = (part(false, natural).count(), part(true, natural).count());
        println!("{}: {learnt} to learn from, {held} kept apart", name(natural));
    }
    let learnt: Vec<&Example> = examples.iter().filter(|e| !e.held).collect();
    let mut table = WeightTable::quantized(&train(&learnt), 0.0);
    let mut model = TitleEnd::new(table.clone());
    for round in 0..ROUNDS {
        let sure: Vec<Example> = unknown
            .iter()
            .filter_map(|text| {
                let (end, _) = model.best(text).filter(|&(_, p)| p >= SURE)?;
                Some(Example { text: text.clone(), end, natural: true, held: false })
            })
            .collect();
        println!("round {}: sure of {} of {} unknown ends", round + 1, sure.len(), unknown.len());
        let both: Vec<&Example> = learnt.iter().copied().chain(&sure).collect();
        table = WeightTable::quantized(&train(&both), 0.0);
        model = TitleEnd::new(table.clone());
    }
    for natural in [false, true] {
        let held: Vec<&Example> = part(true, natural).collect();
        println!("{} kept apart: {}", name(natural), held.len());
        table.number = tested(&model, &held);
    }
    println!("least {:.4}", table.number);
    if let Some(out) = out {
        std::fs::write(out, table.to_bytes())?;
    }
    Ok(())
}

/// Prints how many of the examples have a choice from several probabilities on, and how many of
/// these are right. Returns the least probability from which [`PRECISION`] of them are.
fn tested(model: &TitleEnd, held: &[&Example]) -> f32 {
    let chosen = held.iter().filter_map(|e| model.best(&e.text).map(|(end, p)| (p, e.ends(end))));
    let mut choices: Vec<(f32, bool)> = chosen.collect();
    choices.sort_by(|a, b| b.0.total_cmp(&a.0));
    for threshold in [0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99] {
        let chosen = choices.iter().filter(|c| c.0 >= threshold);
        let (n, right) = (chosen.clone().count(), chosen.filter(|c| c.1).count());
        let (share, precision) = (n as f64 / held.len() as f64, right as f64 / n as f64);
        println!("  from {threshold:.2}: {share:.3} chosen, {precision:.4} right");
    }
    let (mut least, mut right) = (1.0, 0);
    for (n, (probability, is_right)) in (1..).zip(&choices) {
        right += u32::from(*is_right);
        if f64::from(right) >= PRECISION * f64::from(n) {
            least = *probability;
        }
    }
    least
}

fn name(natural: bool) -> &'static str {
    if natural { "behind 原标题：" } else { "put before their texts" }
}

/// The examples of an archive, in its order, and the texts behind 原标题： whose headline is
/// unknown.
fn examples(news: &str) -> Result<(Vec<Example>, Vec<String>), Failure> {
    let headers = Headers::new(&Definition::embedded().with_file(title_end::FILE, Vec::new())?)?;
    let mut unknown = Vec::new();
    let mut examples = Vec::new();
    for record in records(news)? {
        let record = record?;
        let field = |name: &str| record[name].as_str().unwrap_or_default().trim().to_owned();
        let (id, body, title) = (field("id"), field("body"), field("title"));
        let held = id_hash(&id).is_multiple_of(5);
        let mut add = |title: &str, rest: &str, natural: bool| {
            let text: String = format!("{title}{rest}").chars().take(160).collect();
            let opening = Opening::new(&text);
            if opening.candidates().any(|end| opening.byte(end) == title.len()) {
                examples.push(Example { text, end: title.len(), natural, held });
            }
        };
        if let Some(rest) = body.strip_prefix("原标题：") {
            if let Some((title, rest)) = said_twice(rest) {
                add(title, rest, true);
            } else if let Some(title) = before_dateline(&body, rest, &headers) {
                add(&title, &rest[title.len()..], true);
            } else if !held {
                unknown.push(rest.chars().take(160).collect());
            }
        } else if !title.is_empty() && !body.starts_with(&title) && !body.starts_with('央') {
            add(&title, &body, false);
        }
    }
    Ok((examples, unknown))
}

/// The headline of a text behind which a dateline or a byline stands, as the rules find it.
fn before_dateline(body: &str, rest: &str, headers: &Headers) -> Option<String> {
    let content = Content::Plain(body.to_owned());
    let record = RawRecord { path: "a.txt".into(), content, ..RawRecord::default() };
    let title = parse(&record, &Context::default(), headers).title?;
    rest.starts_with(&title).then_some(title)
}

/// A headline that is said twice, the second time as a heading, and the text behind both.
fn said_twice(text: &str) -> Option<(&str, &str)> {
    let ends = text.char_indices().map(|(at, _)| at).take(64).skip(6);
    ends.filter(|&end| !text[..end].contains('。')).find_map(|end| {
        let title = text[..end].trim_end();
        let rest = text[end..].trim_start().strip_prefix(title)?;
        // Without a space the second may be the beginning of the first sentence.
        let apart = rest.starts_with(char::is_whitespace);
        apart.then(|| (title, rest.trim_start())).filter(|(_, rest)| !rest.is_empty())
    })
}

/// The weights that make the true ends most probable: softmax over the candidates of each text,
/// by AdaGrad.
fn train(examples: &[&Example]) -> Vec<f32> {
    let (mut weights, mut squares) = (vec![0.0f32; WEIGHTS], vec![1e-6f32; WEIGHTS]);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = SplitMix64(1);
    for _ in 0..EPOCHS {
        for i in (1..order.len()).rev() {
            order.swap(i, random.below(i + 1));
        }
        for &i in &order {
            let (example, opening) = (examples[i], Opening::new(&examples[i].text));
            let rows: Vec<(bool, Vec<usize>)> = opening
                .candidates()
                .map(|end| {
                    let mut row = Vec::new();
                    opening.features(end, &mut |hash| row.push(hash));
                    (opening.byte(end) == example.end, row)
                })
                .collect();
            let scores: Vec<f32> =
                rows.iter().map(|(_, row)| row.iter().map(|&h| weights[h]).sum()).collect();
            let best = scores.iter().copied().fold(f32::MIN, f32::max);
            let sum: f32 = scores.iter().map(|score| (score - best).exp()).sum();
            for ((is_end, row), score) in rows.iter().zip(&scores) {
                let gradient = (score - best).exp() / sum - f32::from(u8::from(*is_end));
                if gradient.abs() < 1e-4 {
                    continue;
                }
                for &h in row {
                    squares[h] += gradient * gradient;
                    weights[h] -= RATE * gradient / squares[h].sqrt() + DECAY * weights[h];
                }
            }
        }
    }
    weights
}
