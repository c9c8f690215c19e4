//! `same:( )` and `near/N:( )`: what is read of one, and what is said where one is malformed.

use super::Clause;
use super::bracket::WIDEST_NEAR;
use super::join::{CHINESE, LATIN};
use super::marks::{grouped, is_quote_mark};

/// Digits that are read of the distance of `near/N`.
const MOST_DIGITS: usize = 20;

/// The reading of a place in a line.
pub enum GroupReading {
    /// Neither stands here.
    Other,
    /// A malformed one, which is plain text; its bracket, where it has one, becomes a space.
    Plain {
        /// The place of the bracket.
        bracket: Option<usize>,
    },
    /// One of the two.
    Group {
        /// The clause.
        clause: Clause,
        /// The place behind its closing bracket.
        end: usize,
        /// True if marks in it are left out, whose partners may stand behind it.
        marked: bool,
    },
}

/// Reads the place `at`; `say` takes what was read otherwise than typed.
pub fn read(chars: &[char], at: usize, say: &mut dyn FnMut(&str)) -> GroupReading {
    let (name, mut i) = if stands(chars, at, "same") {
        ("same", at + 4)
    } else if stands(chars, at, "near") {
        ("near", at + 4)
    } else {
        return GroupReading::Other;
    };
    let mut distance = None;
    if name == "near" {
        let slash = chars.get(i) == Some(&'/');
        let digits = chars[i..].iter().skip(1).take(MOST_DIGITS);
        let digits: String = digits.take_while(|c| c.is_ascii_digit()).collect();
        if slash && !digits.is_empty() {
            i += 1 + digits.len();
            // What is too large for a number is farther than any.
            distance = Some(digits.parse::<u32>().unwrap_or(u32::MAX));
        } else if slash || opens(chars, i) || opens(chars, i + 1) {
            say("near/ needs a number: near/5:( ); read as plain text");
            return GroupReading::Plain { bracket: None };
        } else {
            return GroupReading::Other;
        }
    }
    let colon = matches!(chars.get(i), Some(':' | '：'));
    if !colon || !opens(chars, i + 1) {
        if distance.is_some() {
            say("near/N needs a colon and a bracket: near/5:( ); read as plain text");
        } else if opens(chars, i) || opens(chars, i + 1) {
            say("same needs a colon before its bracket: same:( ); read as plain text");
        }
        return if distance.is_some() {
            GroupReading::Plain { bracket: None }
        } else {
            GroupReading::Other
        };
    }
    inside(chars, i + 1, distance, say)
}

/// Reads the words between the bracket at `open` and its end.
fn inside(
    chars: &[char],
    open: usize,
    distance: Option<u32>,
    say: &mut dyn FnMut(&str),
) -> GroupReading {
    let inside = &chars[open + 1..];
    let Some(length) = inside.iter().position(|c| matches!(c, ')' | '）')) else {
        say("a bracket is not closed; read as plain text");
        return GroupReading::Plain { bracket: Some(open) };
    };
    let inside = &inside[..length];
    let text: String = inside.iter().collect();
    let words = text.split_whitespace().map(grouped).filter(|word| !word.is_empty());
    let words: Vec<String> = words.collect();
    if words.len() < 2 {
        say("same:( ) and near/N:( ) need two words; read as plain text");
        return GroupReading::Plain { bracket: Some(open) };
    }
    let marked = inside.iter().any(|c| is_quote_mark(*c));
    if marked {
        say("quotation marks inside same:( ) and near/N:( ) are left out; spaces part words there");
    }
    let sign = |word: &String| {
        LATIN.iter().chain(&CHINESE).any(|joins| joins == word)
            || word.chars().nth(1).is_some() && word.starts_with(['-', '－', '+', '＋'])
            || word.contains(['|', '｜', '*'])
    };
    if let Some(word) = words.iter().find(|word| sign(word)) {
        let word: String = word.chars().take(20).collect();
        say(&format!("{word} inside same:( ) and near/N:( ) is a word like others"));
    }
    if distance.is_some_and(|distance| distance > WIDEST_NEAR) {
        say(&format!("a distance of more than {WIDEST_NEAR} is read as near/{WIDEST_NEAR}"));
    }
    let end = open + 1 + length + 1;
    let clause = match distance {
        None => Clause::Same(words),
        Some(distance) => Clause::Near(distance.min(WIDEST_NEAR), words),
    };
    GroupReading::Group { clause, end, marked }
}

/// True if a bracket opens at `at`.
fn opens(chars: &[char], at: usize) -> bool {
    matches!(chars.get(at), Some('(' | '（'))
}

/// True if `word` stands at `at`, in capital letters or small ones.
pub fn stands(chars: &[char], at: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(i, c)| {
        chars.get(at + i).is_some_and(|&other| other == c || other.eq_ignore_ascii_case(&c))
    })
}
