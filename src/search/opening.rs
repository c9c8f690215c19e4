//! Openings: the first characters of the best candidates' articles, by which those are told that
//! are mainly about the question.
//!
//! A news report says first what it is about (the inverted pyramid), so an article gains by the
//! words of the question in its first sentence or two, and by what its opening has in common with
//! those of the other best ones; see [`super::agreement`].

use super::agreement::agreement;
use crate::engine::plan::{AS_TYPED, Occur, Plan};
use crate::engine::{Candidate, Engine, Execution, PassageAddress, Ranking};
use crate::error::Result;
use std::borrow::Cow;

/// Characters of an opening, punctuation left out.
const OPENING: usize = 300;
/// Characters at its start in which words are looked for.
const LEAD: usize = 80;

/// The gain of each candidate by its article's opening, as a share of the best score. `candidates`
/// are in order of rank; those of one article share its opening.
///
/// # Errors
/// A failure of the engine, as of a damaged index.
pub fn gains(
    candidates: &[&Candidate],
    plan: &Plan,
    engine: &dyn Engine,
    execution: &dyn Execution,
    ranking: &Ranking,
) -> Result<Vec<f32>> {
    let mut firsts: Vec<PassageAddress> = Vec::new();
    let mut openings: Vec<Vec<char>> = Vec::new();
    let mut places = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let passages = engine.siblings(candidate.at);
        let first = passages.first().copied().unwrap_or(candidate.at);
        let known = firsts.iter().position(|&other| other == first);
        places.push(known.unwrap_or(openings.len()));
        if known.is_none() {
            firsts.push(first);
            openings.push(opening(&passages, execution)?);
        }
    }
    let units = forms(plan);
    let common = agreement(&openings);
    let gain = |(opening, common): (&Vec<char>, f32)| {
        let lead = &opening[..opening.len().min(LEAD)];
        ranking.agreement * common + ranking.lead * share(&units, lead)
    };
    let gains: Vec<f32> = openings.iter().zip(common).map(gain).collect();
    Ok(places.into_iter().map(|place| gains[place]).collect())
}

/// The first characters of an article with these passages.
fn opening(passages: &[PassageAddress], execution: &dyn Execution) -> Result<Vec<char>> {
    let mut chars = Vec::with_capacity(OPENING);
    for &passage in passages {
        let left = OPENING - chars.len();
        if left == 0 {
            break;
        }
        let text = execution.close_text(passage)?.chars;
        chars.extend(text.into_iter().filter(|c| c.is_alphanumeric()).take(left));
    }
    Ok(chars)
}

/// The forms of each word that is asked for, as typed or nearly so.
fn forms(plan: &Plan) -> Vec<Vec<Vec<char>>> {
    let asked = plan.units.iter().filter(|u| matches!(u.occur, Occur::Wanted | Occur::Required));
    let units = asked.map(|unit| {
        let typed = unit.evidence.iter().filter(|(weight, _)| *weight >= AS_TYPED);
        let forms = typed.filter_map(|(_, evidence)| evidence.exact());
        let spoken =
            |form: Cow<'_, [char]>| form.iter().copied().filter(|c| c.is_alphanumeric()).collect();
        forms.map(spoken).filter(|form: &Vec<char>| !form.is_empty()).collect::<Vec<_>>()
    });
    units.filter(|forms| !forms.is_empty()).collect()
}

/// The share of the words that stand in `text`.
fn share(units: &[Vec<Vec<char>>], text: &[char]) -> f32 {
    let holds = |form: &Vec<char>| text.windows(form.len()).any(|window| window == form);
    let found = units.iter().filter(|forms| forms.iter().any(holds)).count();
    found as f32 / units.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::query::parse;
    use crate::search::{Lexicon, compile};
    use crate::text::exact::exact;
    use crate::text::word::Segmenter;

    fn lead(line: &str, text: &str) -> f32 {
        let definition = Definition::embedded();
        let lexicon = Lexicon::new(&definition, Segmenter::new(&definition).unwrap());
        let plan = compile(&parse(line).0, &lexicon, &Ranking::default());
        share(&forms(&plan), &exact(text))
    }

    #[test]
    fn the_words_of_the_question_are_found_in_an_opening() {
        assert_eq!(lead("堤坝 泵站", "城南泵站昨日开工"), 0.5);
        assert_eq!(lead("堤坝 泵站", "堤坝边的泵站昨日开工"), 1.0);
        assert_eq!(lead("堤坝 -泵站", "城南泵站昨日开工"), 0.0);
        assert_eq!(lead("“城南泵站”", "城南泵站昨日开工"), 1.0);
        assert_eq!(lead("堤坝", ""), 0.0);
    }
}
