//! Measures the quotes found in annotated articles: attribution, speech against terms, passages.
//!
//! `cargo run --release -p jianbao-tools --bin quality -- GOLD.jsonl [--errors N] [--dump]
//! [--plain]`
//!
//! GOLD.jsonl has one article a line: `id`, `text`, `spans` (start, end in characters, kind
//! speech|term|unknown, accept) and `sentences` (start, end, speakers, tolerated, optional). With
//! `--dump` the predictions are printed as JSON Lines instead; `--plain` takes articles without
//! annotations (`id`, `body`, `title`) and only dumps and times.

use jianbao::definition::Definition;
use jianbao::quote::{ArticlePart, Grammar, Quote, SpeechKind, extract};
use jianbao_tools::{Failure, arguments};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::time::{Duration, Instant};

#[derive(Deserialize)]
struct Gold {
    id: String,
    #[serde(alias = "body")]
    text: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    spans: Vec<GoldSpan>,
    #[serde(default)]
    sentences: Vec<GoldSentence>,
}

#[derive(Deserialize)]
struct GoldSpan {
    start: usize,
    end: usize,
    kind: String,
    #[serde(default)]
    accept: Vec<String>,
}

#[derive(Deserialize)]
struct GoldSentence {
    start: usize,
    end: usize,
    speakers: Vec<Vec<String>>,
    #[serde(default)]
    tolerated: Vec<Vec<String>>,
    optional: bool,
}

/// A predicted quote as the `quotes` command prints it.
struct Predicted {
    text: String,
    speaker: Option<String>,
    kind: SpeechKind,
}

#[derive(Default)]
struct Counts {
    spans: usize,
    right: usize,
    answered: usize,
    speech: [usize; 3],
    pairs: [usize; 3],
}

fn main() -> Result<(), Failure> {
    let args = arguments();
    let flag = |name: &str| args.iter().any(|a| a == name);
    let errors = args
        .iter()
        .position(|a| a == "--errors")
        .and_then(|i| args.get(i + 1)?.parse().ok())
        .unwrap_or(0usize);
    let path = args.first().ok_or("usage: quality GOLD.jsonl [--errors N] [--dump] [--plain]")?;
    let grammar = Grammar::new(&Definition::embedded())?;
    let mut total = Counts::default();
    let mut misses = Vec::new();
    let mut articles: Vec<(usize, Duration, String)> = Vec::new();
    let mut bytes = 0;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let gold: Gold = serde_json::from_str(&line?)?;
        let (title, body) = if flag("--plain") {
            (gold.title.as_deref(), &*gold.text)
        } else {
            split_title(&gold.text)
        };
        let start = Instant::now();
        let quotes = extract(title, body, &grammar);
        let spent = start.elapsed();
        bytes += gold.text.len();
        if flag("--dump") {
            for quote in &quotes {
                writeln!(out, "{}", dumped(quote, &gold, title, body))?;
            }
        }
        let before = misses.len();
        score(&gold, &predictions(&quotes, title, body), &mut total, &mut misses);
        articles.push((misses.len() - before, spent, gold.id));
    }
    let time: Duration = articles.iter().map(|a| a.1).sum();
    eprintln!("{} articles, {:.1} MB/s", articles.len(), bytes as f64 / 1e6 / time.as_secs_f64());
    if flag("--dump") {
        return Ok(());
    }
    for miss in misses.iter().take(errors) {
        writeln!(out, "  miss | {miss}")?;
    }
    report(&mut out, &total, articles)?;
    Ok(())
}

fn report(
    out: &mut impl Write,
    total: &Counts,
    mut articles: Vec<(usize, Duration, String)>,
) -> std::io::Result<()> {
    let ratio = |a: usize, b: usize| if b == 0 { 0.0 } else { a as f64 / b as f64 };
    let prf = |[tp, fp, fn_]: [usize; 3]| {
        let (p, r) = (ratio(tp, tp + fp), ratio(tp, tp + fn_));
        (p, r, if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 })
    };
    let (sp, sr, sf) = prf(total.speech);
    let (pp, pr, pf) = prf(total.pairs);
    articles.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)));
    let worst: Vec<String> =
        articles.iter().take(8).map(|a| format!("{} ({})", a.2, a.0)).collect();
    writeln!(out, "worst        {}", worst.join(", "))?;
    articles.sort_by(|a, b| b.1.cmp(&a.1).then(a.2.cmp(&b.2)));
    let slowest: Vec<String> =
        articles.iter().take(4).map(|a| format!("{} ({:.2?})", a.2, a.1)).collect();
    writeln!(out, "slowest      {}", slowest.join(", "))?;
    writeln!(
        out,
        "attribution  {}/{} right = {:.3}, answered {:.3}",
        total.right,
        total.spans,
        ratio(total.right, total.spans),
        ratio(total.answered, total.spans)
    )?;
    writeln!(out, "speech       P {sp:.3} R {sr:.3} F1 {sf:.3}")?;
    writeln!(out, "passages     P {pp:.3} R {pr:.3} F1 {pf:.3}")
}

/// The first line as title where it looks like one: short, and followed by a line break.
fn split_title(text: &str) -> (Option<&str>, &str) {
    match text.split_once('\n') {
        Some((first, rest)) if first.chars().count() <= 60 && !rest.trim().is_empty() => {
            (Some(first), rest)
        }
        _ => (None, text),
    }
}

fn words<'a>(quote: &Quote, title: Option<&'a str>, body: &'a str) -> &'a str {
    match quote.part {
        ArticlePart::Title => quote.span.of(title.unwrap_or("")),
        ArticlePart::Body => quote.span.of(body),
    }
}

fn dumped(quote: &Quote, gold: &Gold, title: Option<&str>, body: &str) -> serde_json::Value {
    let speaker = quote.speaker.as_ref();
    serde_json::json!({
        "path": format!("{}.txt", gold.id), "article": gold.id,
        "speaker": speaker.map(|s| &s.name), "speaker_kind": speaker.map(|s| s.kind),
        "mention": quote.mention,
        "title": speaker.map(|s| &s.title), "cue": quote.cue, "rule": quote.rule,
        "confidence": quote.confidence,
        "kind": quote.kind, "text": words(quote, title, body), "start": quote.span.start,
        "end": quote.span.end,
    })
}

fn predictions(quotes: &[Quote], title: Option<&str>, body: &str) -> Vec<Predicted> {
    let one = |q: &Quote| Predicted {
        text: words(q, title, body).to_owned(),
        speaker: q.speaker.as_ref().map(|s| s.name.clone()),
        kind: q.kind,
    };
    quotes.iter().map(one).collect()
}

type Range = (usize, usize);

fn overlap(a: Range, b: Range) -> usize {
    a.1.min(b.1).saturating_sub(a.0.max(b.0))
}

fn norm(name: &str) -> String {
    let drop = |c: &char| !c.is_whitespace() && !"·•・.-—_".contains(*c);
    jianbao::text::fold::fold(name).chars().filter(drop).collect()
}

/// True if the predicted name is one of those accepted; up to six characters of title on it are
/// forgiven.
fn same(predicted: &str, accept: &[String]) -> bool {
    let p: Vec<char> = norm(predicted).chars().collect();
    accept.iter().any(|a| {
        let a: Vec<char> = norm(a).chars().collect();
        let (short, long) = if p.len() <= a.len() { (&p, &a) } else { (&a, &p) };
        !short.is_empty()
            && (p == a
                || short.len() >= 2
                    && long.len() - short.len() <= 6
                    && long.windows(short.len()).any(|w| w == &short[..]))
    })
}

/// Predicted quotes at their places in the text, in characters, white space ignored.
fn placed(gold: &Gold, predicted: &[Predicted]) -> Vec<(Range, Option<String>, SpeechKind)> {
    let chars: Vec<char> = gold.text.chars().collect();
    let keep: Vec<usize> = (0..chars.len()).filter(|&i| !chars[i].is_whitespace()).collect();
    let squeezed: Vec<char> = keep.iter().map(|&i| chars[i]).collect();
    let mut after: HashMap<String, usize> = HashMap::new();
    let mut found = Vec::new();
    for quote in predicted {
        let wanted: String = quote.text.chars().filter(|c| !c.is_whitespace()).collect();
        let wanted = wanted.trim_matches(|c| "“”「」\"'‘’".contains(c)).to_owned();
        let w: Vec<char> = wanted.chars().collect();
        if w.is_empty() {
            continue;
        }
        let find = |from: usize| {
            (from..squeezed.len().saturating_sub(w.len() - 1))
                .find(|&i| squeezed[i..i + w.len()] == w[..])
        };
        if let Some(at) = find(after.get(&wanted).copied().unwrap_or(0)).or_else(|| find(0)) {
            after.insert(wanted, at + 1);
            found.push(((keep[at], keep[at + w.len() - 1] + 1), quote.speaker.clone(), quote.kind));
        }
    }
    found
}

fn score(gold: &Gold, predicted: &[Predicted], total: &mut Counts, misses: &mut Vec<String>) {
    let text: Vec<char> = gold.text.chars().collect();
    let part = |r: Range, n: usize| {
        text[r.0..r.1.min(r.0 + n)].iter().collect::<String>().replace('\n', "⏎")
    };
    let quotes = placed(gold, predicted);
    for span in &gold.spans {
        let at = (span.start, span.end);
        let wide: Vec<_> = quotes.iter().filter(|q| overlap(q.0, at) * 2 >= at.1 - at.0).collect();
        let names: Vec<_> = wide.iter().map(|q| q.1.as_deref().unwrap_or("-")).collect();
        if span.kind == "speech" {
            total.spans += 1;
            total.answered += usize::from(!wide.is_empty());
            let right = wide.iter().any(|q| q.1.as_ref().is_some_and(|s| same(s, &span.accept)));
            total.right += usize::from(right);
            total.speech[if wide.is_empty() { 2 } else { 0 }] += 1;
            if !right {
                misses.push(format!(
                    "{} | span | {} | {:?} | {names:?}",
                    gold.id,
                    part(at, 40),
                    span.accept.first()
                ));
            }
        } else if span.kind == "term"
            && !gold.sentences.iter().any(|x| {
                overlap((x.start, x.end), at) > 0 && (!x.speakers.is_empty() || x.optional)
            })
            && wide.iter().any(|q| q.2 != SpeechKind::Indirect)
        {
            total.speech[1] += 1;
            misses.push(format!("{} | term | {} | {names:?}", gold.id, part(at, 40)));
        }
    }
    for sentence in gold.sentences.iter().filter(|s| !s.optional) {
        let at = (sentence.start, sentence.end);
        let here: Vec<&str> = quotes
            .iter()
            .filter(|q| overlap(q.0, at) >= 4.min(at.1 - at.0))
            .filter_map(|q| q.1.as_deref())
            .collect();
        let found =
            sentence.speakers.iter().filter(|accept| here.iter().any(|s| same(s, accept))).count();
        let fine = |s: &str| {
            sentence.speakers.iter().chain(&sentence.tolerated).any(|accept| same(s, accept))
        };
        let wrong: HashSet<String> = here.iter().filter(|s| !fine(s)).map(|s| norm(s)).collect();
        total.pairs[0] += found;
        total.pairs[1] += wrong.len();
        total.pairs[2] += sentence.speakers.len() - found;
        if found < sentence.speakers.len() || !wrong.is_empty() {
            let wanted: Vec<_> = sentence.speakers.iter().map(|a| a[0].as_str()).collect();
            misses.push(format!(
                "{} | sentence | {} | {wanted:?} | {here:?}",
                gold.id,
                part(at, 70)
            ));
        }
    }
}
