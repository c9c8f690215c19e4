//! The query line's grammar, read in one pass without recursion: a hostile line costs what its
//! length costs.

use super::bracket::{Brackets, Frame, Joint, Said, Sign, may_be_demanded};
use super::group::GroupReading;
use super::marks::{closing, is_quote_mark};
use super::settle::{Joins, part_pictures, settle};
use super::{Clause, Query, Remark, group, join, marks};

/// Reads a query line. Never fails: what does not fit the grammar is plain text, and a remark says
/// so.
///
/// ```
/// use jianbao::query::{parse, Clause};
/// let (query, remarks) = parse("大模型 “社会资源” -广告");
/// assert_eq!(query.clauses.len(), 3);
/// assert_eq!(query.to_string(), "大模型 “社会资源” -广告");
/// assert!(remarks.is_empty());
/// assert_eq!(parse("「没有关").0.clauses, [Clause::Words("没有关".into())]);
/// ```
pub fn parse(line: &str) -> (Query, Vec<Remark>) {
    let (mut query, mut remarks, mut takes_partner) = read(line);
    // The bracket that closed one inside a word closes nothing once the word is a quotation, and a
    // mark quotes nothing once its partner is inside a group.
    for _ in 0..MOST_READINGS {
        if !takes_partner {
            break;
        }
        let more;
        (query, more, takes_partner) = read(&query.to_string());
        for remark in more {
            if remarks.len() < MOST_REMARKS && !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
    }
    (query, remarks)
}

/// The query of a line, what is to be said of it, and whether a clause took the partner of a
/// bracket or mark that is left.
fn read(line: &str) -> (Query, Vec<Remark>, bool) {
    let mut parser = Parser::default();
    let mut remarks = Vec::new();
    parser.chars = marks::read(line, &mut |said| remarks.push(said));
    remarks.iter().for_each(|said| parser.remark(said));
    parser.brackets = Brackets::of(&parser.chars);
    parser.blank_lone_brackets();
    let mut clauses = part_pictures(parser.clauses());
    let joins = std::mem::take(&mut parser.joins);
    let takes_bracket = settle(&mut clauses, &joins, &mut |said| parser.remark(said));
    (Query { clauses }, parser.remarks, takes_bracket || parser.takes_partner)
}

/// Readings after the first of a line whose clauses took partners; one settles nearly all.
const MOST_READINGS: usize = 4;

/// Remarks that are made on a line; a hostile one deserves no more.
const MOST_REMARKS: usize = 24;

/// Reads a line, clause after clause.
#[derive(Default)]
struct Parser {
    chars: Vec<char>,
    at: usize,
    brackets: Brackets,
    remarks: Vec<Remark>,
    /// How the words of the line are joined, as far as read.
    joins: Joins,
    /// True if a group took marks, or a quotation a bracket, whose partners may stand behind it.
    takes_partner: bool,
}

fn is_bar(c: char) -> bool {
    matches!(c, '|' | '｜')
}

fn is_open_bracket(c: char) -> bool {
    matches!(c, '(' | '（')
}

impl Parser {
    /// Turns closing brackets that none opens into spaces.
    fn blank_lone_brackets(&mut self) {
        for at in self.brackets.lone() {
            let before = at.checked_sub(1).map(|at| self.chars[at]);
            // A smile is not a bracket: :)
            if !before.is_some_and(|c| matches!(c, ':' | '：' | ';' | '^' | '-')) {
                self.chars[at] = ' ';
                self.remark("a bracket is not opened; read as plain text");
            }
        }
    }

    /// Makes a space of the bracket that closes the one at `at`, where it stands at `end` or later:
    /// the one that it closes is read.
    fn blank_partner(&mut self, at: usize, end: usize) {
        if let Some(close) = self.brackets.close(at).filter(|close| *close >= end) {
            self.chars[close] = ' ';
        }
    }

    fn clauses(&mut self) -> Vec<Clause> {
        let mut line = Frame::new(self.chars.len(), Sign::Plain, Joint::Further);
        let mut outer: Vec<Frame> = Vec::new();
        let mut joint = Joint::Further;
        loop {
            let more = self.skip_spaces();
            if !outer.is_empty() && (!more || self.at >= line.close) {
                self.at = self.at.max(line.close + 1).min(self.chars.len());
                let Some(around) = outer.pop() else { break };
                let Frame { clauses, sign, joint: before, .. } =
                    std::mem::replace(&mut line, around);
                let said = line.place(clauses, sign, before);
                self.say(said);
                joint = Joint::Further;
                continue;
            }
            if !more {
                break;
            }
            if joint == Joint::Further && self.joining(&mut line, &mut joint) {
                continue;
            }
            let sign = self.sign(joint, line.close);
            if self.peek(0).is_some_and(is_open_bracket) {
                match self.brackets.close(self.at) {
                    Some(close) => {
                        outer.push(std::mem::replace(&mut line, Frame::new(close, sign, joint)));
                        joint = Joint::Further;
                    }
                    None => self.remark("a bracket is not closed; read as plain text"),
                }
                self.at += 1;
                continue;
            }
            match self.atom(line.close) {
                Some(clause) => {
                    let said = line.place(vec![clause], sign, joint);
                    self.say(said);
                }
                // A mark whose partner a bracket took with it: step over it, whatever else happens.
                None => self.at += 1,
            }
            joint = Joint::Further;
        }
        line.clauses
    }

    /// Reads OR, a bar or AND where one stands; true if it was read.
    fn joining(&mut self, line: &mut Frame, joint: &mut Joint) -> bool {
        let bar = self.peek(0).is_some_and(is_bar);
        let and = self.word_stands("AND", line.close);
        let word = if and { Some("AND") } else { self.word_for_or(line.close) };
        let Some(word) = word.or(bar.then_some("OR")) else { return false };
        let length = if bar { 1 } else { join::length(word) };
        // A word with an alternative: OR|AND.
        let named = self.peek(length).is_some_and(is_bar);
        let first = line.clauses.is_empty() && line.close == self.chars.len();
        let of_word = !bar && named && line.begins_or_excludes();
        if of_word || first && join::CHINESE.contains(&word) {
            return false;
        }
        self.tell_of_between(word);
        self.at += length;
        while self.skip_spaces() {
            if self.peek(0).is_some_and(is_bar) {
                self.at += 1;
            } else if let Some(length) = self.word_for_or(line.close).map(join::length)
                && self.brackets.close(self.at + length).is_none()
                && self.has_operand_after(length, line.close)
            {
                self.remark("OR after another word that joins is left out");
                self.at += length;
            } else {
                break;
            }
        }
        let follows = self.has_operand(line.close);
        if and && follows && !line.clauses.is_empty() {
            self.joins.and = true;
            return true;
        }
        if follows && !and && !line.is_open() {
            let said = line.unite();
            self.say(said);
        }
        if follows && !and && line.is_open() {
            self.joins.or = true;
            *joint = Joint::Alternative;
            self.tell_of_chinese(word);
            return true;
        }
        let plain = !bar && (line.begins_or_excludes() || self.at >= self.chars.len());
        if plain && line.close == self.chars.len() {
            line.place(vec![Clause::Words(word.to_owned())], Sign::Plain, Joint::Further);
        }
        let read = if plain { "read as plain text" } else { "left out" };
        self.remark(&format!("{word} needs a word on both sides; {read}"));
        true
    }

    /// The word for OR that stands here by itself, before `end`.
    fn word_for_or(&self, end: usize) -> Option<&'static str> {
        let mut words = ["OR"].into_iter().chain(join::CHINESE);
        words.find(|word| self.word_stands(word, end))
    }

    /// Tells that a Chinese word is read as OR.
    fn tell_of_chinese(&mut self, word: &str) {
        if join::CHINESE.contains(&word) {
            self.remark(&format!("{word} between two words is read as OR; “{word}” looks for it"));
        }
    }

    /// Tells that a word between two Chinese words joins them.
    fn tell_of_between(&mut self, word: &str) {
        if join::is_between(&self.chars, self.at, word) {
            self.remark(&format!(
                "{word} between two words joins them; “…{word}…” has it as it stands"
            ));
        }
    }

    /// Reads the sign before a clause.
    fn sign(&mut self, joint: Joint, end: usize) -> Sign {
        let stands = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && !is_bar(c));
        let clause = self.at + 1 < end && stands(self.peek(1));
        match self.peek(0) {
            Some('-' | '－') if self.minuses(end) > 0 => {
                if self.minuses(end) > 1 {
                    self.remark("several minuses are read as one");
                }
                self.at += self.minuses(end);
                self.tell_of_letter();
                self.tell_of_number('-', "leaves out articles with");
                Sign::Not
            }
            Some('+' | '＋') if clause && !self.joins_after_sign() => {
                self.at += 1;
                self.tell_of_number('+', "demands");
                // One of several alternatives must be there anyway.
                if joint == Joint::Alternative { Sign::Plain } else { Sign::Must }
            }
            Some('N') if self.word_stands("NOT", end) => {
                self.tell_of_between("NOT");
                let at = self.at;
                self.at += 3;
                while self.skip_spaces() && self.word_stands("NOT", end) {
                    self.remark("NOT NOT is read as NOT");
                    self.at += 3;
                }
                if self.has_operand(end) {
                    self.at += self.minuses(end);
                    return Sign::Not;
                }
                if !self.skip_spaces() {
                    self.at = at;
                }
                self.remark("NOT needs a word after it");
                Sign::Plain
            }
            _ => self.title_sign(),
        }
    }

    /// The minuses before a clause; 0 where none follows them before `end`.
    fn minuses(&self, end: usize) -> usize {
        let rest = self.chars[self.at..].iter();
        let count = rest.take_while(|c| matches!(c, '-' | '－')).count();
        let clause = self.peek(count).is_some_and(|c| !c.is_whitespace() && !is_bar(c));
        if clause && self.at + count < end { count } else { 0 }
    }

    /// Tells what a sign before a number does.
    fn tell_of_number(&mut self, sign: char, does: &str) {
        if self.peek(0).is_some_and(|c| c.is_numeric()) {
            let rest = self.chars[self.at..].iter();
            let number: String = rest.take_while(|c| !c.is_whitespace() && !is_bar(**c)).collect();
            self.remark(&format!("{sign}{number} {does} {number}; “{sign}{number}” has the sign"));
        }
    }

    /// True if another plus or a word that joins follows a plus: it is then a sign like others.
    fn joins_after_sign(&self) -> bool {
        let ends = |c: char| c.is_whitespace() || is_quote_mark(c) || is_bar(c);
        let rest = self.chars[self.at + 1..].iter();
        let word: String = rest.take(4).take_while(|c| !ends(**c)).collect();
        !may_be_demanded(&word)
    }

    /// Reads `title:` before a bracket.
    fn title_sign(&mut self) -> Sign {
        for (word, length) in TITLE {
            if group::stands(&self.chars, self.at, word)
                && matches!(self.peek(length), Some(':' | '：'))
                && self.peek(length + 1).is_some_and(is_open_bracket)
                && self.brackets.close(self.at + length + 1).is_some()
            {
                self.at += length + 1;
                return Sign::Title;
            }
        }
        Sign::Plain
    }

    /// Tells that an excluded letter is no option.
    fn tell_of_letter(&mut self) {
        let ends = |c: Option<char>| c.is_none_or(|c| c.is_whitespace());
        if let Some(c) = self.peek(0).filter(char::is_ascii_alphabetic)
            && ends(self.peek(1))
        {
            self.remark(&format!("-{c} is no option; it leaves out articles with “{c}”"));
        }
    }

    /// One clause without its sign; `None` where only marks were left.
    fn atom(&mut self, end: usize) -> Option<Clause> {
        self.skip_spaces();
        for (word, length) in TITLE {
            if group::stands(&self.chars, self.at, word)
                && matches!(self.peek(length), Some(':' | '：'))
                && self.is_entitled(length + 1, end)
            {
                self.at += length + 1;
                while self.skip_spaces() && self.peek(0).is_some_and(is_open_bracket) {
                    self.remark("a bracket after title: is left out here");
                    self.blank_partner(self.at, self.at + 1);
                    self.at += 1;
                }
                return self.simple(end).map(|clause| Clause::Title(Box::new(clause)));
            }
        }
        self.group().or_else(|| self.simple(end))
    }

    /// True if something to look for in titles follows so many characters from here: at once, or a
    /// word, a quotation or a bracket behind a space.
    fn is_entitled(&self, ahead: usize, end: usize) -> bool {
        let rest = &self.chars[(self.at + ahead).min(end)..end];
        let Some(space) = rest.iter().position(|c| !c.is_whitespace()) else { return false };
        let c = rest[space];
        let word: String = rest[space..].iter().take_while(|c| !c.is_whitespace()).collect();
        let plain = c.is_alphanumeric() || is_quote_mark(c) || is_open_bracket(c);
        !is_bar(c) && (space == 0 || plain && may_be_demanded(&word))
    }

    /// `same:(...)` or `near/N:(...)`; `None` where neither stands here.
    fn group(&mut self) -> Option<Clause> {
        let mut said = Vec::new();
        let reading = group::read(&self.chars, self.at, &mut |text| said.push(text.to_owned()));
        said.iter().for_each(|text| self.remark(text));
        match reading {
            GroupReading::Other | GroupReading::Plain { bracket: None } => None,
            GroupReading::Plain { bracket: Some(bracket) } => {
                self.chars[bracket] = ' ';
                self.blank_partner(bracket, bracket + 1);
                None
            }
            GroupReading::Group { clause, end, marked } => {
                self.takes_partner |= marked;
                (self.at..end).for_each(|at| self.blank_partner(at, end));
                self.at = end;
                Some(clause)
            }
        }
    }

    /// A quotation or a word with or without a star.
    fn simple(&mut self, end: usize) -> Option<Clause> {
        if let Some(close) = self.peek(0).and_then(closing)
            && let Some(length) = self.chars[self.at + 1..].iter().position(|&c| c == close)
        {
            let text = printable(self.chars[self.at + 1..][..length].iter().collect());
            if text.is_empty() {
                // A bracket took the mark that this one was paired with, and left one with nothing
                // before it.
                self.chars[self.at..][..length + 2].fill(' ');
                self.remark("an empty quotation is left out");
                return None;
            }
            self.at += length + 2;
            return Some(Clause::Exact(text));
        }
        let ends = |c: char| c.is_whitespace() || is_quote_mark(c) || is_bar(c);
        let start = self.at;
        let more =
            |&at: &usize| !ends(self.chars[at]) && (at == start || !join::parts(&self.chars, at));
        let length = (start..end.max(start)).take_while(more).count();
        self.at += length;
        let word: String = self.chars[start..self.at].iter().collect();
        (!word.is_empty()).then(|| self.starred(word)).map(|clause| self.untitled(clause))
    }

    /// A word that is `title:` alone is no demand on titles.
    fn untitled(&mut self, clause: Clause) -> Clause {
        let Clause::Words(word) = &clause else { return clause };
        let chars: Vec<char> = word.chars().collect();
        let named = |&(name, length): &(&str, usize)| {
            chars.len() == length + 1 && group::stands(&chars, 0, name)
        };
        let colon = matches!(chars.last(), Some(':' | '：'));
        if !colon || !TITLE.iter().any(named) {
            return clause;
        }
        self.remark("title: needs a word after it; read as plain text");
        Clause::Words(chars[..chars.len() - 1].iter().collect())
    }

    fn starred(&mut self, word: String) -> Clause {
        let stem = word.trim_matches('*');
        if !word.contains('*') || stem.is_empty() {
            return Clause::Words(word);
        }
        if stem.contains('*') {
            self.remark("a star inside a word is plain text; it works at the start or at the end");
            return Clause::Words(word);
        }
        match (word.starts_with('*'), word.ends_with('*')) {
            (true, true) => {
                self.remark(&format!("{word} is read as “{stem}”"));
                self.takes_partner |= stem.contains(['(', '（']);
                Clause::Exact(stem.to_owned())
            }
            (false, true) => Clause::Prefix(stem.to_owned()),
            _ => Clause::Suffix(stem.to_owned()),
        }
    }

    /// True if `word` stands here by itself, before `end`, or between two Chinese words.
    fn word_stands(&self, word: &str, end: usize) -> bool {
        if !join::begins(&self.chars, self.at, word) {
            return false;
        }
        let after = self.at + join::length(word);
        let ends = |c: char| c.is_whitespace() || is_quote_mark(c) || is_bar(c);
        let stands = after == end || self.chars.get(after).is_none_or(|&c| ends(c));
        stands
            || self.brackets.close(after).is_some()
            || word.is_ascii() && join::is_between(&self.chars, self.at, word)
            || join::parts(&self.chars, after)
    }

    /// True if an operand follows before `end`: something that is not only white space, bars and
    /// closing marks.
    fn has_operand(&self, end: usize) -> bool {
        self.has_operand_after(0, end)
    }

    /// True if one follows so many characters from here.
    fn has_operand_after(&self, ahead: usize, end: usize) -> bool {
        let rest = &self.chars[(self.at + ahead).min(end)..end];
        rest.iter().find(|c| !c.is_whitespace()).is_some_and(|&c| !is_bar(c))
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Moves to the next character that is not white space; `false` at the end.
    fn skip_spaces(&mut self) -> bool {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        self.at < self.chars.len()
    }

    fn say(&mut self, said: Option<Said>) {
        said.into_iter().for_each(|said| self.remark(said));
    }

    fn remark(&mut self, text: &str) {
        let remark = Remark(text.to_owned());
        if self.remarks.len() < MOST_REMARKS && !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

/// The names of a headline before a colon, with their lengths.
const TITLE: [(&str, usize); 3] = [("title", 5), ("intitle", 7), ("标题", 2)];

/// An exact text without the marks that would end it when it is printed between “ and ”.
fn printable(text: String) -> String {
    text.replace('”', " ").trim().to_owned()
}
