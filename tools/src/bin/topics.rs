//! Prints the topics and subjects of plain text files, one JSON object a line, and on stderr what
//! that cost.
//!
//! `cargo run --release -p jianbao-tools --bin topics -- FILE.txt...`; a short first line counts as
//! the title.

use jianbao::article::{Article, ArticleId};
use jianbao::definition::Definition;
use jianbao::text::word::{Segmented, Segmenter};
use jianbao::topic::{Background, Classifier, Tokens, classify, subjects};
use std::error::Error;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let definition = Definition::embedded();
    let segmenter = Segmenter::new(&definition)?;
    let classifier = Classifier::new(&definition)?;
    let background = Background::new(&definition)?;
    let (mut n, mut words, mut classifying, mut choosing) =
        (0u32, 0usize, Duration::ZERO, Duration::ZERO);
    let mut cutting = Duration::ZERO;
    for path in std::env::args().skip(1) {
        let article = article(&path, &std::fs::read_to_string(&path)?);
        let start = Instant::now();
        let title = Segmented::new(article.title.as_deref().unwrap_or(""), &segmenter);
        let body = Segmented::new(&article.body, &segmenter);
        cutting += start.elapsed();
        let start = Instant::now();
        let tokens = Tokens::of(&title, &body);
        let topics = classify(&article, &tokens, &classifier);
        classifying += start.elapsed();
        let start = Instant::now();
        let subjects = subjects(&article, &tokens, &[], &background);
        choosing += start.elapsed();
        n += 1;
        words += title.words.len() + body.words.len();
        let keys: Vec<&str> = topics.iter().map(|t| t.key.as_str()).collect();
        println!(
            "{}",
            serde_json::json!({ "path": path, "topics": keys, "subjects": subjects, "why": topics })
        );
    }
    eprintln!(
        "{n} articles, {} words each: words {:?}, topics {:?}, subjects {:?}",
        words / n.max(1) as usize,
        cutting / n.max(1),
        classifying / n.max(1),
        choosing / n.max(1)
    );
    Ok(())
}

/// The text of a file as an article.
fn article(path: &str, text: &str) -> Article {
    let (title, body) = match text.split_once('\n') {
        Some((first, rest))
            if (6..=40).contains(&first.chars().count()) && !first.ends_with(['。', '，']) =>
        {
            (Some(first.to_owned()), rest)
        }
        _ => (None, text),
    };
    Article {
        id: ArticleId::new(path),
        path: path.rsplit('/').next().unwrap_or(path).to_owned(),
        line: None,
        title,
        body: body.to_owned(),
        date: None,
        source: None,
        reprinted_by: None,
        authors: Vec::new(),
        url: None,
        tags: Vec::new(),
        encoding: "UTF-8".to_owned(),
        n_views: None,
        notes: Vec::new(),
    }
}
