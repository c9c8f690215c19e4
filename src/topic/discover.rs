//! Proposes words that the dictionary lacks: runs of words that cohere, in ever new company.
//!
//! A run is a word where its parts occur together far more often than by chance (cohesion), and
//! where what stands before and after it varies (neighbour entropy): 百模 is often followed by
//! 大战, so it is no word; 百模大战 is one. The measures are those of Matrix67's account of
//! social-network words (2012), over dictionary words instead of characters.

use crate::text::is_han;
use crate::text::word::{Segmented, Segmenter};
use std::collections::HashMap;

/// Most runs remembered. When there are more, those seen least are forgotten (lossy counting, Manku
/// and Motwani 2002).
const MOST_RUNS: usize = 1_000_000;
/// Most words in a run, and most characters.
const MOST_WORDS: usize = 4;
const MOST_CHARACTERS: usize = 8;
/// Neighbours told apart on each side of a run; the rest count as one.
const MOST_NEIGHBOURS: usize = 12;

/// A run of words that may be a word.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWord {
    /// The run, folded.
    pub word: String,
    /// Its number of occurrences.
    pub count: u32,
    /// Pointwise mutual information, in nats, at the split where it is weakest.
    pub cohesion: f32,
    /// Entropy of its neighbours, in nats, on the side where it is lower.
    pub entropy: f32,
}

/// The least figures of a run that is proposed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Least occurrences.
    pub count: u32,
    /// Least cohesion.
    pub cohesion: f32,
    /// Least neighbour entropy.
    pub entropy: f32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { count: 5, cohesion: 5.0, entropy: 1.0 }
    }
}

/// The runs of `texts` that may be words and that `segmenter` does not know, the most frequent
/// first.
pub fn discover(
    texts: impl Iterator<Item = Segmented>,
    segmenter: &Segmenter,
    limits: Limits,
) -> Vec<NewWord> {
    let mut counter = RunCounter::default();
    texts.for_each(|text| counter.add(&text));
    counter.candidates(segmenter, limits)
}

/// The counts of one run.
#[derive(Default)]
struct RunCounts {
    count: u32,
    before: NeighbourCounts,
    after: NeighbourCounts,
}

/// The words seen on one side of a run.
#[derive(Default)]
struct NeighbourCounts {
    seen: Vec<(u32, u32)>,
    others: u32,
}

/// Counts runs of words, text by text.
#[derive(Default)]
struct RunCounter {
    numbers: HashMap<String, u32>,
    words: Vec<(String, u32)>,
    total: u64,
    runs: HashMap<[u32; MOST_WORDS], RunCounts>,
    /// Runs seen no more often than this have been forgotten.
    forgotten: u32,
}

/// Stands for the end of a stretch, and for no word.
const NOTHING: u32 = 0;

impl RunCounter {
    fn add(&mut self, text: &Segmented) {
        let mut stretch: Vec<(u32, usize)> = Vec::new();
        for word in text.iter() {
            if word.chars().all(|c| is_han(c) || c.is_ascii_alphanumeric())
                && word.chars().any(char::is_alphabetic)
            {
                let number = self.number(word);
                stretch.push((number, word.chars().count()));
            } else {
                self.add_stretch(&stretch);
                stretch.clear();
            }
        }
        self.add_stretch(&stretch);
        while self.runs.len() > MOST_RUNS {
            self.forgotten += 1;
            let least = self.forgotten;
            self.runs.retain(|_, run| run.count > least);
        }
    }

    fn number(&mut self, word: &str) -> u32 {
        self.total += 1;
        if let Some(&number) = self.numbers.get(word) {
            self.words[number as usize - 1].1 += 1;
            return number;
        }
        self.words.push((word.to_owned(), 1));
        let number = self.words.len() as u32;
        self.numbers.insert(word.to_owned(), number);
        number
    }

    fn add_stretch(&mut self, stretch: &[(u32, usize)]) {
        for start in 0..stretch.len() {
            let mut key = [NOTHING; MOST_WORDS];
            let mut n_characters = 0;
            for (n, &(number, width)) in stretch[start..].iter().take(MOST_WORDS).enumerate() {
                key[n] = number;
                n_characters += width;
                if n_characters > MOST_CHARACTERS {
                    break;
                }
                if n == 0 {
                    continue;
                }
                let before = start.checked_sub(1).map_or(NOTHING, |i| stretch[i].0);
                let after = stretch.get(start + n + 1).map_or(NOTHING, |s| s.0);
                let run = self.runs.entry(key).or_default();
                run.count += 1;
                run.before.add(before);
                run.after.add(after);
            }
        }
    }

    fn candidates(&self, segmenter: &Segmenter, limits: Limits) -> Vec<NewWord> {
        let mut found: Vec<NewWord> = Vec::new();
        for (key, run) in self.runs.iter().filter(|(_, run)| run.count >= limits.count) {
            let parts: Vec<&str> =
                key.iter().filter(|&&k| k != NOTHING).map(|&k| self.word(k).0.as_str()).collect();
            let word = parts.concat();
            let (cohesion, entropy) =
                (self.cohesion(key, run.count), run.before.entropy().min(run.after.entropy()));
            if cohesion >= limits.cohesion && entropy >= limits.entropy && !segmenter.knows(&word) {
                found.push(NewWord { word, count: run.count, cohesion, entropy });
            }
        }
        // Two ways to cut the same run are one candidate.
        found.sort_by(|a, b| a.word.cmp(&b.word).then(b.count.cmp(&a.count)));
        found.dedup_by(|b, a| a.word == b.word);
        found.sort_by(|a, b| b.count.cmp(&a.count).then(a.word.cmp(&b.word)));
        found
    }

    /// ln of how much more often the run occurs than its two parts would by chance, at the weakest
    /// split.
    fn cohesion(&self, key: &[u32; MOST_WORDS], count: u32) -> f32 {
        let n = key.iter().take_while(|&&k| k != NOTHING).count();
        let splits = (1..n).map(|at| {
            let product = self.count(&key[..at]) as f64 * self.count(&key[at..n]) as f64;
            (f64::from(count) * self.total as f64 / product.max(1.0)).ln() as f32
        });
        splits.fold(f32::INFINITY, f32::min)
    }

    fn count(&self, part: &[u32]) -> u32 {
        if let [number] = part {
            return self.word(*number).1;
        }
        let mut key = [NOTHING; MOST_WORDS];
        key[..part.len()].copy_from_slice(part);
        self.runs.get(&key).map_or(self.forgotten.max(1), |run| run.count)
    }

    fn word(&self, number: u32) -> &(String, u32) {
        &self.words[number as usize - 1]
    }
}

impl NeighbourCounts {
    fn add(&mut self, word: u32) {
        // The end of a stretch is new company every time.
        if word == NOTHING {
            self.others += 1;
        } else if let Some(seen) = self.seen.iter_mut().find(|s| s.0 == word) {
            seen.1 += 1;
        } else if self.seen.len() < MOST_NEIGHBOURS {
            self.seen.push((word, 1));
        } else {
            self.others += 1;
        }
    }

    /// Entropy in nats; neighbours that were not told apart count as all different.
    fn entropy(&self) -> f32 {
        let total = (self.seen.iter().map(|s| s.1).sum::<u32>() + self.others).max(1) as f32;
        let of = |n: f32| -(n / total) * (n / total).ln();
        self.seen.iter().map(|s| of(s.1 as f32)).sum::<f32>() + self.others as f32 * of(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;

    #[test]
    fn a_coined_word_is_proposed_and_its_halves_are_not() {
        let segmenter = Segmenter::new(&Definition::embedded()).unwrap();
        let company = [
            "大家都说",
            "昨天",
            "关于",
            "所谓",
            "记者问到",
            "今年的",
            "参加",
            "厌倦了",
            "看好",
            "不看",
        ];
        let texts: Vec<Segmented> = company
            .iter()
            .enumerate()
            .map(|(i, before)| format!("{before}灵犀云枢{}。", company[(i + 3) % company.len()]))
            .map(|text| Segmented::new(&text, &segmenter))
            .collect();
        let found = discover(
            texts.clone().into_iter(),
            &segmenter,
            Limits { cohesion: 1.0, ..Limits::default() },
        );
        assert_eq!(
            found.iter().map(|c| c.word.as_str()).collect::<Vec<_>>(),
            ["灵犀云枢"],
            "{found:?}"
        );
        assert_eq!(found[0].count, 10);
        assert_eq!(
            found,
            discover(texts.into_iter(), &segmenter, Limits { cohesion: 1.0, ..Limits::default() })
        );
    }
}
