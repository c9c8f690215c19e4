//! The effect of the clauses of a line on each other: words that AND demands, signs among words.

use super::Clause;
use super::bracket::must;
use super::join::{CHINESE, LATIN};

/// The words by which a line joins others.
#[derive(Default)]
pub struct Joins {
    /// True if AND joins some.
    pub and: bool,
    /// True if OR joins some.
    pub or: bool,
}

/// Settles what depends on the whole line; `say` takes what was read otherwise than typed. True if
/// a word with an opening bracket became a quotation: the bracket closes nothing any more.
pub fn settle(clauses: &mut [Clause], joins: &Joins, say: &mut dyn FnMut(&str)) -> bool {
    if joins.and {
        clauses.iter_mut().for_each(must);
        if joins.or {
            say("OR joins the two words beside it before AND does; brackets say otherwise");
        }
    }
    let case = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    for capital in LATIN {
        let typed = clauses.iter().find_map(|clause| match clause {
            Clause::Words(word) if case(word, capital) && word != capital => Some(word),
            _ => None,
        });
        if let Some(word) = typed {
            say(&format!("`{word}` is a word like others; {capital} joins words"));
        }
    }
    quote_joining_words(clauses, say);
    tell_of_fields(clauses, say);
    if !clauses.is_empty() && clauses.iter().all(|clause| matches!(clause, Clause::Not(_))) {
        say("the line only leaves out; all other articles are looked for");
    }
    for clause in &mut *clauses {
        let Clause::Any(all) = clause else { continue };
        // Of `||OR|甲` the word OR is one to be found.
        for clause in &mut *all {
            if let Clause::Words(word) = clause
                && is_joining(word)
            {
                *clause = Clause::Exact(std::mem::take(word));
            }
        }
        let titles = all.iter().filter(|c| matches!(c, Clause::Title(_))).count();
        if titles > 0 && titles < all.len() {
            say("title: beside alternatives without it is left out; title:(甲|乙) has it for all");
        }
    }
    read_signs(clauses, say)
}

/// Makes quotations of the words that join others where they would join the clauses beside them: of
/// 甲 (OR|) 乙 the word OR is one to be found.
fn quote_joining_words(clauses: &mut [Clause], say: &mut dyn FnMut(&str)) {
    for i in 0..clauses.len().saturating_sub(1) {
        let excludes = i > 0 && matches!(clauses[i - 1], Clause::Not(_));
        let first = |word: &str| i == 0 || excludes && word != "AND";
        if let Clause::Words(word) = &mut clauses[i]
            && (word == "NOT" || is_joining(word) && !first(word))
        {
            say(&format!("{word} is looked for as it stands: “{word}”"));
            clauses[i] = Clause::Exact(std::mem::take(word));
        }
    }
}

/// True for a word that joins others.
fn is_joining(word: &str) -> bool {
    LATIN.iter().chain(&CHINESE).any(|joins| *joins == word)
}

/// Names before a colon by which other programs ask for something that is a filter here.
const FIELDS: [&str; 22] = [
    "speaker",
    "mentions",
    "topic",
    "source",
    "author",
    "since",
    "until",
    "path",
    "site",
    "date",
    "after",
    "before",
    "inurl",
    "filetype",
    "发言人",
    "说话人",
    "来源",
    "作者",
    "主题",
    "日期",
    "时间",
    "网站",
];

/// Says that the name of a filter in the line is none.
fn tell_of_fields(clauses: &[Clause], say: &mut dyn FnMut(&str)) {
    for clause in clauses {
        let Clause::Words(word) = clause else { continue };
        let Some((name, value)) = word.split_once([':', '：']) else { continue };
        if FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field)) {
            let value: String = value.chars().take(20).collect();
            say(&format!("{name}:{value} is plain text; filters are asked for beside the line"));
        }
    }
}

/// Sets pictures apart from the words that they are typed to: 加油👍 is two clauses.
pub fn part_pictures(clauses: Vec<Clause>) -> Vec<Clause> {
    let mut parted = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let Clause::Words(text) = &clause else {
            parted.push(clause);
            continue;
        };
        let chars: Vec<char> = text.chars().collect();
        let runs = || chars.chunk_by(|a, b| is_picture(*a) == is_picture(*b));
        // What is read otherwise by itself stays as it is.
        if !is_sign(text) && runs().all(|run| is_picture(run[0]) || is_plain(run)) {
            parted.extend(runs().map(|run| Clause::Words(run.iter().collect())));
        } else {
            parted.push(clause);
        }
    }
    parted
}

/// True for a word of letters, figures and at last a mark, which joins nothing.
fn is_plain(run: &[char]) -> bool {
    let mark = |c: &char| matches!(c, '，' | '。' | '！' | '？' | '、' | '~');
    let word: String = run.iter().filter(|c| !mark(c)).collect();
    run.iter().all(|c| c.is_alphanumeric() || mark(c))
        && run[0].is_alphanumeric()
        && !is_joining(&word)
}

/// True for a picture that is never part of a word: 👍, ❤.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}')
}

/// True for a text without a letter, a figure or a Chinese character.
fn is_sign(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// Says what becomes of words that are signs alone: beside other words nothing, by themselves they
/// are looked for as they stand. True if a word with an opening bracket is one of these.
fn read_signs(clauses: &mut [Clause], say: &mut dyn FnMut(&str)) -> bool {
    let asks = |clause: &Clause| match clause {
        Clause::Not(_) => false,
        Clause::Words(text) => !is_sign(text) && !text.contains('\u{20e3}'),
        _ => true,
    };
    let beside = clauses.iter().any(asks);
    let mut takes_bracket = false;
    for clause in clauses {
        let (clause, beside) = match clause {
            Clause::Title(inner) => (&mut **inner, false),
            clause => (clause, beside),
        };
        let Clause::Words(text) = clause else { continue };
        // 1️⃣ is a picture with a figure in it.
        let figure = text.contains('\u{20e3}');
        if !is_sign(text) && !figure {
            continue;
        }
        if beside && !figure && !text.chars().any(is_pictograph) {
            say(&format!("{text} beside words is not looked for; “{text}” would be"));
        } else {
            say(&format!("{text} is looked for as it stands: “{text}”"));
            takes_bracket |= text.contains(['(', '（']);
            *clause = Clause::Exact(std::mem::take(text));
        }
    }
    takes_bracket
}

/// True for a picture in a text, which says something as words do: 👍, ★, ☎.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}
