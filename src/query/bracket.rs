//! Brackets of a query line: which of them belong together, and what the clauses between them
//! become.

use super::Clause;
use super::join::{CHINESE, LATIN};
use super::marks::{closing, grouped, is_bracket};

/// The widest `near/N`, in characters: farther apart is another sentence.
pub const WIDEST_NEAR: u32 = 200;

/// The place of the closing bracket of each opening one; brackets inside quotations have none.
#[derive(Default)]
pub struct Brackets {
    closes: Vec<usize>,
    /// The closing brackets that none opens.
    lone: Vec<usize>,
}

impl Brackets {
    /// Pairs the brackets of a line.
    pub fn of(chars: &[char]) -> Brackets {
        let mut closes = vec![0; chars.len()];
        let (mut open, mut lone) = (Vec::new(), Vec::new());
        let mut i = 0;
        while i < chars.len() {
            let close = closing(chars[i]);
            let quoted = close.and_then(|close| chars[i + 1..].iter().position(|&c| c == close));
            match chars[i] {
                '(' | '（' => open.push(i),
                ')' | '）' => match open.pop() {
                    Some(start) => closes[start] = i,
                    None => lone.push(i),
                },
                _ => {}
            }
            i += quoted.map_or(1, |length| length + 2);
        }
        Brackets { closes, lone }
    }

    /// Takes out the closing brackets that none opens.
    pub fn lone(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.lone)
    }

    /// The place at which the bracket opened at `at` closes.
    pub fn close(&self, at: usize) -> Option<usize> {
        self.closes.get(at).copied().filter(|&close| close > at)
    }
}

/// The sign before a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// None.
    Plain,
    /// `-` or `NOT`.
    Not,
    /// `+`.
    Must,
    /// `title:`
    Title,
}

/// The relation of a clause to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// It is one more clause.
    Further,
    /// It is an alternative.
    Alternative,
}

/// Something said of a clause that was read otherwise than typed.
pub type Said = &'static str;

/// The clauses of a bracket, or of the line itself.
pub struct Frame {
    /// The clauses read so far.
    pub clauses: Vec<Clause>,
    /// The place of the closing bracket.
    pub close: usize,
    /// The sign before the bracket.
    pub sign: Sign,
    /// The bracket's relation to the clause before it.
    pub joint: Joint,
    /// The number of clauses that were placed last.
    last: usize,
}

impl Frame {
    /// A frame without clauses that closes at `close`.
    pub fn new(close: usize, sign: Sign, joint: Joint) -> Frame {
        Frame { clauses: Vec::new(), close, sign, joint, last: 0 }
    }

    /// True if an alternative to the last clause may follow.
    pub fn is_open(&self) -> bool {
        self.last == 1 && self.clauses.last().is_some_and(|c| !matches!(c, Clause::Not(_)))
    }

    /// True if nothing was read yet, or an exclusion last.
    pub fn begins_or_excludes(&self) -> bool {
        self.last < 2 && self.clauses.last().is_none_or(|c| matches!(c, Clause::Not(_)))
    }

    /// Adds what was read: one clause, or those of a bracket.
    pub fn place(&mut self, mut read: Vec<Clause>, sign: Sign, joint: Joint) -> Option<Said> {
        if read.is_empty() {
            return Some("an empty bracket is left out");
        }
        let mut said = None;
        if sign == Sign::Not {
            read = read.into_iter().flat_map(excludable).collect();
        }
        let several = read.len() > 1;
        match sign {
            Sign::Not => {
                for clause in &mut read {
                    let inner = std::mem::replace(clause, Clause::Any(Vec::new()));
                    *clause = match inner {
                        Clause::Not(inner) => Clause::Not(inner),
                        Clause::Must(word) => Clause::Not(Box::new(Clause::Words(word))),
                        inner => Clause::Not(Box::new(inner)),
                    };
                }
                if several {
                    said = Some("of an excluded bracket, each word is excluded by itself");
                }
            }
            Sign::Must => read.iter_mut().for_each(must),
            Sign::Title => read.iter_mut().for_each(entitle),
            Sign::Plain => {}
        }
        if joint == Joint::Further {
            self.append(read);
            return said;
        }
        if let Some(near) = if several { in_one_passage(&read) } else { None } {
            said = Some(NEARBY);
            read = vec![near];
        }
        if read.len() > 1 {
            self.append(read);
            return Some("a bracket of several clauses cannot be an alternative; read without OR");
        }
        if matches!(read[0], Clause::Not(_)) {
            self.append(read);
            return Some("an exclusion cannot be an alternative; it holds for the whole line");
        }
        let left = self.clauses.pop();
        let mut all = left.map(alternatives).unwrap_or_default();
        all.extend(read.into_iter().flat_map(alternatives));
        self.append(vec![Clause::Any(all)]);
        said
    }

    fn append(&mut self, mut read: Vec<Clause>) {
        self.last = read.len();
        self.clauses.append(&mut read);
    }

    /// Makes one clause of the several of a bracket that was placed last, since OR follows.
    pub fn unite(&mut self) -> Option<Said> {
        let first = self.clauses.len() - self.last;
        let near = in_one_passage(&self.clauses[first..])?;
        self.clauses.truncate(first);
        self.append(vec![near]);
        Some(NEARBY)
    }
}

/// Said of a bracket that is an alternative.
const NEARBY: Said = "a bracket of several words beside OR is read as near/200:( )";

/// The clauses that are excluded for one: itself, or each of its alternatives where a bracket
/// around them, printed and read again, would end inside a word.
fn excludable(clause: Clause) -> Vec<Clause> {
    match clause {
        Clause::Any(all) if !all.iter().all(pairs_brackets) => all,
        clause => vec![clause],
    }
}

/// True if each bracket in the words of a clause has its partner in the same word.
fn pairs_brackets(clause: &Clause) -> bool {
    let word = match clause {
        Clause::Title(inner) => return pairs_brackets(inner),
        Clause::Any(all) => return all.iter().all(pairs_brackets),
        Clause::Not(inner) => return pairs_brackets(inner),
        Clause::Words(word) | Clause::Must(word) | Clause::Prefix(word) | Clause::Suffix(word) => {
            word
        }
        // A quotation may hold any bracket; a group holds none.
        Clause::Exact(_) | Clause::Same(_) | Clause::Near(..) => return true,
    };
    let mut open = 0_usize;
    for c in word.chars().filter(|&c| is_bracket(c)) {
        match c {
            '(' | '（' => open += 1,
            _ if open == 0 => return false,
            _ => open -= 1,
        }
    }
    open == 0
}

/// The alternatives that a clause is.
fn alternatives(clause: Clause) -> Vec<Clause> {
    match clause {
        Clause::Any(all) => all,
        // One of several alternatives must be there anyway.
        Clause::Must(word) => vec![Clause::Words(word)],
        clause => vec![clause],
    }
}

/// True if a plus before a word demands it: before another sign, or a word that joins, it is one
/// like others.
pub fn may_be_demanded(word: &str) -> bool {
    let joining = |joins: &str| {
        word.strip_prefix(joins).is_some_and(|rest| rest.chars().next().is_none_or(is_bracket))
    };
    !word.starts_with(['+', '＋', '-', '－']) && !LATIN.into_iter().chain(CHINESE).any(joining)
}

/// Lets plain words be demanded; everything else is already.
pub fn must(clause: &mut Clause) {
    if let Clause::Words(word) = clause
        && word.chars().any(char::is_alphanumeric)
        && may_be_demanded(word)
    {
        *clause = Clause::Must(std::mem::take(word));
    }
}

/// Lets a clause be looked for in titles.
fn entitle(clause: &mut Clause) {
    match clause {
        Clause::Any(all) => all.iter_mut().for_each(entitle),
        Clause::Not(inner) => entitle(inner),
        Clause::Must(word) => {
            *clause = Clause::Title(Box::new(Clause::Words(std::mem::take(word))));
        }
        Clause::Words(_) | Clause::Exact(_) | Clause::Prefix(_) | Clause::Suffix(_) => {
            let inner = std::mem::replace(clause, Clause::Any(Vec::new()));
            *clause = Clause::Title(Box::new(inner));
        }
        Clause::Title(_) | Clause::Same(_) | Clause::Near(..) => {}
    }
}

/// Several words as one clause: all of them in one passage. `None` where one is no word.
fn in_one_passage(clauses: &[Clause]) -> Option<Clause> {
    let word = |clause: &Clause| {
        let (Clause::Words(text) | Clause::Exact(text) | Clause::Must(text)) = clause else {
            return None;
        };
        let text = grouped(text);
        text.chars().any(char::is_alphanumeric).then_some(text)
    };
    let words: Vec<String> = clauses.iter().map(word).collect::<Option<_>>()?;
    (words.len() > 1).then_some(Clause::Near(WIDEST_NEAR, words))
}
