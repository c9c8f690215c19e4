//! Annotated articles: what a careful reader says about each sentence and quotation.

use jianbao::archive;
use jianbao::article::{self, Context, Headers};
use jianbao::definition::Definition;
use jianbao::text::Span;
use jianbao::text::fold::{key, simplify};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// One annotated article.
pub struct Article {
    pub path: String,
    pub title: Option<String>,
    pub body: String,
    /// The fold of cross-validation, before taking it modulo the number of folds.
    pub fold: u64,
    gold: Gold,
    /// The annotated text without white space, and the character that each of its bytes is of.
    squeezed: String,
    characters: Vec<usize>,
}

#[derive(Deserialize)]
struct Gold {
    id: String,
    text: String,
    spans: Vec<GoldSpan>,
    sentences: Vec<GoldSentence>,
}

/// One quotation, in characters of the annotated text.
#[derive(Deserialize)]
pub struct GoldSpan {
    pub start: usize,
    pub end: usize,
    /// `speech`, `term` or `unknown`.
    pub kind: String,
    /// The names that a fair judge accepts for the speaker.
    #[serde(default)]
    pub accept: Vec<String>,
}

/// One sentence, in characters of the annotated text.
#[derive(Deserialize)]
pub struct GoldSentence {
    pub start: usize,
    pub end: usize,
    /// The accepted names of each speaker that the sentence reports.
    pub speakers: Vec<Vec<String>>,
    /// The accepted names of speakers whose words it plainly continues.
    #[serde(default)]
    pub tolerated: Vec<Vec<String>>,
    pub optional: bool,
}

/// Reads the annotated articles of `gold`, whose texts are `texts`/ID.txt, in the order of `gold`.
pub fn read(gold: &Path, texts: &Path) -> Result<Vec<Article>, Box<dyn Error>> {
    let options = archive::Options::default();
    let headers = Headers::new(&Definition::embedded())?;
    let mut parsed = BTreeMap::new();
    for entry in archive::walk(&[texts.to_owned()], &options)?.files {
        for record in archive::records(&entry, &options) {
            let Ok(record) = record else { continue };
            let article = article::parse(&record, &Context::default(), &headers);
            parsed.insert(record.stem(), (record.path.clone(), article));
        }
    }
    let mut found = Vec::new();
    for line in BufReader::new(std::fs::File::open(gold)?).lines() {
        let gold: Gold = serde_json::from_str(&line?)?;
        let (path, article) =
            parsed.remove(&gold.id).ok_or_else(|| format!("no text for {}", gold.id))?;
        let mut squeezed = String::new();
        let mut characters = Vec::new();
        for (i, c) in gold.text.chars().enumerate().filter(|(_, c)| !c.is_whitespace()) {
            squeezed.push(c);
            characters.resize(squeezed.len(), i);
        }
        let fold = gold.id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
        });
        found.push(Article {
            path,
            title: article.title,
            body: article.body,
            fold: fold >> 20,
            gold,
            squeezed,
            characters,
        });
    }
    Ok(found)
}

impl Article {
    /// Where the words of `span` of the body stand in the annotated text, in characters; `after` is
    /// where to look from, and moves.
    pub fn place(&self, span: Span, after: &mut usize) -> Option<(usize, usize)> {
        let words: String = span.of(&self.body).split_whitespace().collect();
        let from = self.squeezed.get(*after..).filter(|_| !words.is_empty())?;
        let at = *after + from.find(&words)?;
        *after = at + words.len();
        Some((self.characters[at], self.characters[at + words.len() - 1] + 1))
    }

    /// The annotated sentence that shares most characters with `place`.
    pub fn sentence(&self, place: (usize, usize)) -> Option<&GoldSentence> {
        let shared = |s: &GoldSentence| s.end.min(place.1).saturating_sub(s.start.max(place.0));
        let best = self.gold.sentences.iter().max_by_key(|s| (shared(s), usize::MAX - s.start))?;
        (shared(best) > 0).then_some(best)
    }

    /// The annotated quotation that shares most characters with `place`, at least half of its own.
    pub fn quotation(&self, place: (usize, usize)) -> Option<&GoldSpan> {
        let shared = |s: &GoldSpan| s.end.min(place.1).saturating_sub(s.start.max(place.0));
        let best = self.gold.spans.iter().max_by_key(|s| (shared(s), usize::MAX - s.start))?;
        (shared(best) * 2 >= best.end - best.start && shared(best) > 0).then_some(best)
    }
}

/// Longest title or surname form, in characters, that may stand on a name.
const FORGIVEN: usize = 6;

/// True if `name` is one of the accepted names, a short title left on it forgiven.
pub fn same(name: &str, accept: &[String]) -> bool {
    let norm = |n: &str| key(&simplify(n));
    let name = norm(name);
    accept.iter().map(|a| norm(a)).any(|accepted| {
        let (short, long) =
            if name.len() < accepted.len() { (&name, &accepted) } else { (&accepted, &name) };
        let (s, l) = (short.chars().count(), long.chars().count());
        s > 0 && (short == long || s >= 2 && l - s <= FORGIVEN && long.contains(short.as_str()))
    })
}
