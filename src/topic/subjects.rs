//! The subjects of an article: its 3 to 8 key terms, against a background of other articles.
//!
//! A term is a word, a run of words that the article keeps together (so words that no dictionary
//! has are found), or what it puts between quotation marks more than once. Names of persons are
//! left to the speakers.

use super::tokens::{TermToken, Tokens};
use super::{Background, Subject};
use crate::article::Article;
use crate::text::{Span, is_han};
use std::collections::HashSet;

/// Most terms an article gets, and how many it gets whatever their scores.
const MOST: usize = 8;
const LEAST: usize = 3;
/// Terms below this part of the best term's score are left out.
const ENOUGH: f32 = 0.4;
/// Words in more than one article of ten are nobody's subject: ln 10.
const COMMON: f32 = 2.3;
/// Longest run of words that makes a term, in characters.
const LONGEST: usize = 10;

/// The most names that are kept out; each term is compared with each of them.
const MOST_NAMES: usize = 1_000;

/// The key terms of an article, best first. `tokens` are the article's; `exclude` are names (of
/// speakers) that are no subjects. The same input gives the same terms.
///
/// Scores are ln(1 + count) x rarity, the title's words counted three times (TF-IDF, Spärck Jones
/// 1972).
pub fn subjects(
    article: &Article,
    tokens: &Tokens<'_>,
    exclude: &[&str],
    background: &Background,
) -> Vec<Subject> {
    let mut terms = tokens.words(background);
    tokens.add_runs(&mut terms, background);
    tokens.add_quoted(&mut terms, background);
    let mut seen = HashSet::new();
    let names = exclude.iter().filter(|name| seen.insert(**name)).take(MOST_NAMES);
    let exclude: Vec<String> = names.map(|name| crate::text::fold::fold(name)).collect();
    terms.retain(|t| exclude.iter().all(|name| !name.contains(t.text)));
    terms.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
    let mut chosen: Vec<KeyTerm> = Vec::new();
    let best = terms.first().map_or(0.0, |t| t.score);
    for term in terms {
        if chosen.len() == MOST || (chosen.len() >= LEAST && term.score < best * ENOUGH) {
            break;
        }
        // A part of a chosen term has to stand mostly alone; a whole has to be more than its chosen
        // part.
        let redundant = |c: &KeyTerm| {
            (c.text.contains(term.text) && term.count < 2 * c.count) || term.text.contains(c.text)
        };
        if !chosen.iter().any(redundant) {
            chosen.push(term);
        }
    }
    let subject = |t: &KeyTerm| Subject {
        term: tokens.original(t, article).unwrap_or(t.text).to_owned(),
        score: if best > 0.0 { t.score / best } else { 0.0 },
        count: t.occurrences,
    };
    chosen.iter().map(subject).collect()
}

/// A candidate.
struct KeyTerm<'a> {
    text: &'a str,
    /// Number of its first token.
    at: u32,
    n_tokens: u32,
    /// Occurrences, those in the title weighted.
    count: u32,
    occurrences: u32,
    score: f32,
}

impl<'a> Tokens<'a> {
    /// The words that are terms by themselves.
    fn words(&self, background: &Background) -> Vec<KeyTerm<'a>> {
        let mut terms = Vec::new();
        for group in self.groups() {
            let at = group[0].1 as usize;
            let (token, text) = (&self.all[at], self.word(at));
            let count = self.count(group);
            // Once in a body is by chance.
            if count < 2 || text.chars().nth(1).is_none() || background.is_stop(token.hash) {
                continue;
            }
            // What nobody knows is as often a slip of the segmenter as a word.
            if group.len() < 3 && !background.knows(token.hash) {
                continue;
            }
            let rarity = background.rarity(token.hash);
            if rarity < COMMON || background.is_name(text, token.hash) {
                continue;
            }
            let occurrences = group.len() as u32;
            terms.push(KeyTerm {
                text,
                at: group[0].1,
                n_tokens: 1,
                count,
                occurrences,
                score: score(count, rarity),
            });
        }
        terms
    }

    /// Runs of words that mostly occur together.
    fn add_runs(&self, terms: &mut Vec<KeyTerm<'a>>, background: &Background) {
        let mut pairs: Vec<(u64, u32)> = Vec::new();
        for (i, pair) in self.all.windows(2).enumerate() {
            if pair[0].n >= 3 && pair[1].n >= 3 {
                pairs.push((u64::from(pair[0].hash) << 32 | u64::from(pair[1].hash), i as u32));
            }
        }
        pairs.sort_unstable();
        // Positions at which a pair begins that stays together.
        let mut bound = vec![false; self.all.len()];
        for group in pairs.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() >= 3) {
            let at = group[0].1 as usize;
            let fewest = self.all[at].n.min(self.all[at + 1].n) as usize;
            let part = |at: usize| {
                let (text, hash) = (self.word(at), self.all[at].hash);
                background.is_particle(text, hash) || background.is_name(text, hash)
            };
            if group.len() * 10 >= fewest * 6 && !part(at) && !part(at + 1) {
                group.iter().for_each(|g| bound[g.1 as usize] = true);
            }
        }
        let mut runs: Vec<(&str, u32, u32)> = Vec::new();
        let mut at = 0;
        while at < self.all.len() {
            let n = bound[at..].iter().take_while(|&&b| b).count();
            if n > 0
                && let Some(text) = self.text(at, n + 1)
            {
                runs.push((text, at as u32, n as u32 + 1));
            }
            at += n + 1;
        }
        runs.sort_unstable();
        for group in runs.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() >= 2) {
            self.add(terms, group[0], group.iter().map(|g| g.1), background);
        }
    }

    /// The texts between quotation or title marks that occur more than once.
    fn add_quoted(&self, terms: &mut Vec<KeyTerm<'a>>, background: &Background) {
        let mut open = None;
        let mut quoted: Vec<(&str, u32, u32)> = Vec::new();
        for i in 0..self.all.len() {
            match self.word(i) {
                "“" | "《" | "「" => open = Some(i + 1),
                "”" | "》" | "」" => {
                    if let Some(start) = open.take().filter(|&start| (1..=5).contains(&(i - start)))
                        && let Some(text) = self.text(start, i - start)
                    {
                        quoted.push((text, start as u32, (i - start) as u32));
                    }
                }
                _ => {}
            }
        }
        quoted.sort_unstable();
        for group in quoted.chunk_by(|a, b| a.0 == b.0) {
            let (text, at, n) = group[0];
            let token = &self.all[at as usize];
            let is_name = background.is_name(self.word(at as usize), token.hash)
                && background.knows(token.hash);
            if token.n < 2
                || is_name
                || background.is_stop(token.hash)
                || terms.iter().any(|t| t.text == text)
            {
                continue;
            }
            let same = |i: usize| self.text(i, n as usize) == Some(text);
            let first = self.all[at as usize].hash;
            let found: Vec<u32> =
                self.positions(first).iter().map(|p| p.1).filter(|&i| same(i as usize)).collect();
            if found.len() >= 2 {
                self.add(terms, (text, at, n), found.into_iter(), background);
            }
        }
    }

    /// Adds the run of `n` tokens at each of `positions` as a term.
    fn add(
        &self,
        terms: &mut Vec<KeyTerm<'a>>,
        (text, at, n): (&'a str, u32, u32),
        positions: impl Iterator<Item = u32>,
        background: &Background,
    ) {
        let (mut count, mut occurrences) = (0, 0);
        for position in positions {
            count += self.weight(position as usize);
            occurrences += 1;
        }
        // Nobody counted the run; it is somewhat rarer than its rarest word.
        let tokens = &self.all[at as usize..(at + n) as usize];
        let rarity = tokens.iter().map(|t| background.rarity(t.hash)).fold(0.0, f32::max) + 0.5;
        terms.push(KeyTerm {
            text,
            at,
            n_tokens: n,
            count,
            occurrences,
            score: score(count, rarity),
        });
    }

    /// The text of `n` tokens from `at`, where that can be a term.
    fn text(&self, at: usize, n: usize) -> Option<&'a str> {
        let tokens = self.all.get(at..at + n)?;
        if !tokens.iter().all(TermToken::is_term) {
            return None;
        }
        let folded = self.part(at).folded.text();
        let text = folded.get(tokens[0].span().start..tokens[n - 1].span().end)?;
        let n_chars = text.chars().count();
        ((2..=LONGEST).contains(&n_chars) && text.chars().any(is_han)).then_some(text)
    }

    /// The term as the article writes it.
    fn original<'b>(&self, term: &KeyTerm, article: &'b Article) -> Option<&'b str> {
        let first = self.all.get(term.at as usize)?;
        let last = self.all.get((term.at + term.n_tokens - 1) as usize)?;
        let (part, text) = if self.is_in_title(term.at as usize) {
            (self.title, article.title.as_deref()?)
        } else {
            (self.body, article.body.as_str())
        };
        let span = part.folded.original_span(Span::new(first.span().start, last.span().end), text);
        Some(span.of(text)).filter(|t| !t.is_empty())
    }
}

fn score(count: u32, rarity: f32) -> f32 {
    (1.0 + count as f32).ln() * rarity
}
