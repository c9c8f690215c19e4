//! From a query to a plan: which evidence is looked for, with what weight, and what must hold.

use crate::index::is_exact_char;
use crate::query::{Clause, Query};
use crate::text::fold::fold;
use crate::text::word::Segmenter;

/// A query in the terms of the index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// What is looked for, in the order typed.
    pub units: Vec<Unit>,
    /// How many of the wanted units a passage must have at least.
    pub minimum: usize,
}

/// One thing that is looked for: it is found where any of its evidence is.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// The words as typed, folded.
    pub label: String,
    /// What its presence or absence means.
    pub occur: Occur,
    /// Where it is looked for.
    pub place: Place,
    /// What counts as finding it, with the weight of each.
    pub evidence: Vec<(f32, Evidence)>,
}

/// What the presence or absence of a unit means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occur {
    /// It is wanted: it scores, and counts towards [`Plan::minimum`].
    Wanted,
    /// It must be there, and scores.
    Required,
    /// It must not be there.
    Excluded,
    /// It only scores.
    Bonus,
}

/// Where a unit is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the passage and in its article's title.
    Anywhere,
    /// In the title alone.
    Title,
}

/// Something that can be found in a field of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// A word of two characters and more, as the segmenter cuts it.
    Word(String),
    /// Characters next to each other.
    Phrase(Vec<char>),
    /// A word that starts so.
    Prefix(String),
    /// A word that ends so.
    Suffix(String),
    /// All of the phrases, each at most so many characters from the next one found.
    Near(u32, Vec<Vec<char>>),
    /// All of the phrases in one sentence.
    Same(Vec<Vec<char>>),
}

/// Weight of the shorter words inside a longer one, beside the longer one itself.
const INNER_WEIGHT: f32 = 0.5;
/// Weight of the words of one clause standing next to each other, beside those words themselves.
const ADJACENT_WEIGHT: f32 = 0.5;
/// At most so many units: a hostile query of thousands of words is answered by its first ones, and a remark says so.
pub const MOST_UNITS: usize = 128;

/// The plan of a query.
///
/// ```no_run
/// # let segmenter = jianbao::text::word::Segmenter::new(&Default::default()).unwrap();
/// let (query, _) = jianbao::query::parse("百度 大模型");
/// assert_eq!(jianbao::search::compile(&query, &segmenter).units.len(), 2);
/// ```
pub fn compile(query: &Query, segmenter: &Segmenter) -> Plan {
    let mut units = Vec::new();
    for clause in &query.clauses {
        add_clause(clause, Occur::Wanted, Place::Anywhere, segmenter, &mut units);
        if units.len() >= MOST_UNITS {
            break;
        }
    }
    let wanted = units.iter().filter(|u| u.occur == Occur::Wanted).count();
    Plan { units, minimum: minimum(wanted) }
}

/// How many of `wanted` words a passage must have: all of one or two, then about three in five. A question in a
/// whole sentence has many words that its answer lacks.
fn minimum(wanted: usize) -> usize {
    match wanted {
        0..=2 => wanted,
        3 => 2,
        n => (n * 3).div_ceil(5).min(n - 1),
    }
}

fn add_clause(clause: &Clause, occur: Occur, place: Place, segmenter: &Segmenter, units: &mut Vec<Unit>) {
    match clause {
        Clause::Words(words) => add_words(words, occur, place, segmenter, units),
        Clause::Not(inner) => {
            let label = fold(&inner.to_string());
            let evidence = alternatives(inner);
            units.push(Unit { label, occur: Occur::Excluded, place: place_of(inner, place), evidence });
        }
        Clause::Title(inner) => add_clause(inner, required(occur), Place::Title, segmenter, units),
        Clause::Exact(text) => {
            let evidence = vec![(1.0, Evidence::Phrase(exact(text)))];
            units.push(Unit { label: fold(text), occur: required(occur), place, evidence });
        }
        other => {
            let label = fold(&other.to_string());
            units.push(Unit { label, occur: required(occur), place, evidence: alternatives(other) });
        }
    }
    units.retain(|unit| !unit.evidence.is_empty());
}

fn required(occur: Occur) -> Occur {
    if occur == Occur::Wanted { Occur::Required } else { occur }
}

fn place_of(clause: &Clause, place: Place) -> Place {
    if matches!(clause, Clause::Title(_)) { Place::Title } else { place }
}

/// One unit for each word of the clause, and a bonus where they stand next to each other.
fn add_words(words: &str, occur: Occur, place: Place, segmenter: &Segmenter, units: &mut Vec<Unit>) {
    let folded = fold(words);
    let cut = segmenter.words(&folded);
    let occur = if place == Place::Title { required(occur) } else { occur };
    let mut count = 0;
    for &word in &cut {
        let text = word.of(&folded);
        if !text.chars().any(char::is_alphanumeric) {
            continue;
        }
        count += 1;
        let mut evidence = Vec::new();
        segmenter.search_tokens(&folded, &[word], |token| {
            let token_text = token.of(&folded);
            let weight = if token == word { 1.0 } else { INNER_WEIGHT };
            evidence.push((weight, word_or_character(token_text)));
        });
        evidence.reverse();
        units.push(Unit { label: text.to_owned(), occur, place, evidence });
    }
    if count > 1 && occur == Occur::Wanted {
        let evidence = vec![(ADJACENT_WEIGHT, Evidence::Phrase(exact(words)))];
        units.push(Unit { label: folded, occur: Occur::Bonus, place, evidence });
    }
}

/// What counts as finding a clause, whichever of its forms is found.
fn alternatives(clause: &Clause) -> Vec<(f32, Evidence)> {
    let phrases = |words: &[String]| words.iter().map(|w| exact(w)).filter(|p| !p.is_empty()).collect::<Vec<_>>();
    let evidence = match clause {
        Clause::Any(clauses) => return clauses.iter().flat_map(|c| alternatives(c)).collect(),
        Clause::Not(inner) | Clause::Title(inner) => return alternatives(inner),
        // Every occurrence of the characters counts, however they were cut: that is what an exclusion and an
        // alternative mean to the one who types them.
        Clause::Words(text) | Clause::Exact(text) => Evidence::Phrase(exact(text)),
        Clause::Prefix(stem) => Evidence::Prefix(fold(stem)),
        Clause::Suffix(stem) => Evidence::Suffix(fold(stem)),
        Clause::Same(words) => Evidence::Same(phrases(words)),
        Clause::Near(distance, words) => Evidence::Near(*distance, phrases(words)),
    };
    match &evidence {
        Evidence::Phrase(chars) if chars.is_empty() => Vec::new(),
        Evidence::Near(_, all) | Evidence::Same(all) if all.is_empty() => Vec::new(),
        _ => vec![(1.0, evidence)],
    }
}

fn word_or_character(token: &str) -> Evidence {
    if token.chars().nth(1).is_some() { Evidence::Word(token.to_owned()) } else { Evidence::Phrase(exact(token)) }
}

/// The characters of a text that take part in exact search, folded.
pub fn exact(text: &str) -> Vec<char> {
    fold(text).chars().filter(|&c| is_exact_char(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    #[test]
    fn each_clause_becomes_what_it_means() {
        let segmenter = Segmenter::new(&Default::default()).unwrap();
        let plan = |line: &str| compile(&parse(line).0, &segmenter);
        let occurs = |line: &str| plan(line).units.iter().map(|u| u.occur).collect::<Vec<_>>();
        assert_eq!(occurs("百度 -广告 “对资源”"), [Occur::Wanted, Occur::Excluded, Occur::Required]);
        assert_eq!(occurs("百度大模型"), [Occur::Wanted, Occur::Wanted, Occur::Bonus]);
        assert_eq!(plan("甲|乙").units[0].evidence.len(), 2);
        assert_eq!(plan("title:百度").units[0].place, Place::Title);
        assert_eq!(plan("， 。").units, []);
        assert_eq!(plan("百度").minimum, 1);
    }
}
