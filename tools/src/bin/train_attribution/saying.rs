//! The lessons of the model that reads the speaker of a word of saying where the rules read none.

use crate::gold::{Article, GoldSentence};
use jianbao::quote::learned::choice::{self, ChoiceLesson};
use jianbao::quote::{Grammar, saying_questions};
use jianbao::text::Span;
use jianbao::text::fold::simplify;

/// The model's file in the definition.
pub const FILE: &str = "saying.model";
/// Passes over the lessons.
const PASSES: usize = 5;
/// Least probability at which a speaker is read, chosen on articles kept apart.
const LEAST: f32 = 0.6;

/// The bytes of a model learnt from `lessons`.
pub fn learn<'a>(lessons: impl IntoIterator<Item = &'a Vec<ChoiceLesson>>) -> Vec<u8> {
    choice::learn(&lessons.into_iter().flatten().collect::<Vec<_>>(), PASSES, LEAST)
}

/// The lessons of an article, read by the rules alone.
pub fn lessons(article: &Article, grammar: &Grammar) -> Vec<ChoiceLesson> {
    let body = simplify(&article.body);
    let mut after = 0;
    let mut last: Option<(Span, Option<&GoldSentence>)> = None;
    let mut found = Vec::new();
    for question in saying_questions(article.title.as_deref(), &article.body, grammar) {
        let sentence = match last {
            Some((span, sentence)) if span == question.sentence => sentence,
            _ => {
                let place = article.place(question.sentence, &mut after);
                place.and_then(|p| article.sentence(p))
            }
        };
        last = Some((question.sentence, sentence));
        let Some(sentence) = sentence.filter(|s| told(s)) else { continue };
        let accepted: Vec<String> =
            sentence.speakers.iter().flatten().map(|a| simplify(a).into_owned()).collect();
        let right = |span: &Span| accepted.iter().any(|a| a == span.of(&body));
        let stretches = question.stretches.iter().enumerate();
        let right = stretches.filter(|(_, s)| right(s)).map(|(i, _)| i).collect();
        found.push(ChoiceLesson { alternatives: question.alternatives, right });
    }
    found
}

/// True where the reader says plainly who speaks in a sentence, or that nobody does.
fn told(sentence: &GoldSentence) -> bool {
    !sentence.optional && (!sentence.speakers.is_empty() || sentence.tolerated.is_empty())
}
