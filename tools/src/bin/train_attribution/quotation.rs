//! The lessons of the model that chooses the speaker of a quotation.

use crate::forest::{self, Options};
use crate::gold::{Article, same};
use jianbao::quote::{Grammar, quotation_questions};

/// The model's file in the definition.
pub const FILE: &str = "attribution.model";
const OPTIONS: Options = Options { trees: 300, leaves: 16, rate: 0.06, least: 20, l2: 1.0 };
/// Least probability at which the model's choice counts, chosen by cross-validation.
const LEAST: f64 = 0.4;

/// The rows of one article's quotations.
#[derive(Default)]
pub struct Lesson {
    names: Vec<&'static str>,
    rows: Vec<Vec<f32>>,
    right: Vec<bool>,
}

/// The lesson of an article.
pub fn lesson(article: &Article, grammar: &Grammar) -> Lesson {
    let mut found = Lesson::default();
    let mut after = 0;
    for question in quotation_questions(article.title.as_deref(), &article.body, grammar) {
        let place = article.place(question.inner, &mut after);
        let Some(span) = place.and_then(|p| article.quotation(p)) else { continue };
        // Nobody knows who said these.
        if span.kind == "unknown" {
            continue;
        }
        for (name, row) in question.candidates {
            found.names = row.names().to_vec();
            found.rows.push(row.values);
            found.right.push(span.kind == "speech" && same(&name, &span.accept));
        }
    }
    found
}

/// The text of a model learnt from `lessons`.
pub fn learn<'a>(lessons: impl IntoIterator<Item = &'a Lesson>) -> String {
    let (mut rows, mut right) = (Vec::new(), Vec::new());
    let mut names: &[&'static str] = &[];
    for lesson in lessons {
        if !lesson.names.is_empty() {
            names = &lesson.names;
        }
        rows.extend(lesson.rows.iter().map(Vec::as_slice));
        right.extend_from_slice(&lesson.right);
    }
    let learnt = forest::learn(names, &rows, &right, OPTIONS);
    learnt.text(LEAST, "Written by the training program from annotated news.")
}
