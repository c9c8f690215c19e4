//! The effect of the clauses of a line on each other: words that AND demands, signs among words.

use super::Clause;
use super::bracket::must;

/// The words by which a line joins others.
#[derive(Default)]
pub struct Joins {
    /// True if AND joins some.
    pub and: bool,
    /// True if OR joins some.
    pub or: bool,
}

/// Settles what depends on the whole line; `say` takes what was read otherwise than typed.
pub fn settle(clauses: &mut [Clause], joins: &Joins, say: &mut dyn FnMut(&str)) {
    if joins.and {
        clauses.iter_mut().for_each(must);
        if joins.or {
            say("OR joins the two words beside it before AND does; brackets say otherwise");
        }
    }
    for (small, capital) in [("or", "OR"), ("and", "AND"), ("not", "NOT")] {
        if clauses.iter().any(|c| matches!(c, Clause::Words(word) if word == small)) {
            say(&format!("`{small}` is a word like others; {capital} joins words"));
        }
    }
    for clause in &*clauses {
        let Clause::Any(all) = clause else { continue };
        let titles = all.iter().filter(|c| matches!(c, Clause::Title(_))).count();
        if titles > 0 && titles < all.len() {
            say("title: beside alternatives without it is left out; title:(甲|乙) has it for all");
        }
    }
    read_signs(clauses, say);
}

/// True for a text without a letter, a figure or a Chinese character.
fn is_sign(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// Says what becomes of words that are signs alone: beside other words nothing, by themselves they
/// are looked for as they stand.
fn read_signs(clauses: &mut [Clause], say: &mut dyn FnMut(&str)) {
    let asks = |clause: &Clause| match clause {
        Clause::Not(_) => false,
        Clause::Words(text) => !is_sign(text),
        _ => true,
    };
    let beside = clauses.iter().any(asks);
    for clause in clauses {
        let (clause, beside) = match clause {
            Clause::Title(inner) => (&mut **inner, false),
            clause => (clause, beside),
        };
        let Clause::Words(text) = clause else { continue };
        if !is_sign(text) {
            continue;
        }
        if beside && !text.chars().any(is_pictograph) {
            say(&format!("{text} beside words is not looked for; “{text}” would be"));
        } else {
            say(&format!("{text} is looked for as it stands: “{text}”"));
            *clause = Clause::Exact(std::mem::take(text));
        }
    }
}

/// True for a picture in a text, which says something as words do: 👍, ★, ☎.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}
