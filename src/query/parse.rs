//! The query line's grammar, read in one pass without recursion: a hostile line costs what its
//! length costs.

use super::{Clause, Query, Remark};

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
    let chars = line.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    let mut parser = Parser { chars, at: 0, remarks: Vec::new() };
    parser.blank_lone_marks();
    let clauses = parser.clauses();
    (Query { clauses }, parser.remarks)
}

/// The widest `near/N`, in characters: farther apart is another sentence.
const WIDEST_NEAR: u32 = 200;

struct Parser {
    chars: Vec<char>,
    at: usize,
    remarks: Vec<Remark>,
}

/// The mark that closes a quotation in a query; a straight or typewriter mark closes itself.
fn closing(c: char) -> Option<char> {
    crate::text::sentence::closing_mark(c).filter(|_| c != '‘')
}

fn is_quote_mark(c: char) -> bool {
    closing(c).is_some() || matches!(c, '”' | '」' | '』')
}

fn is_bar(c: char) -> bool {
    matches!(c, '|' | '｜')
}

impl Parser {
    /// Turns quotation marks without a partner, and quotations without content, into spaces.
    fn blank_lone_marks(&mut self) {
        let mut i = 0;
        while i < self.chars.len() {
            let Some(close) = closing(self.chars[i]) else {
                if is_quote_mark(self.chars[i]) {
                    self.chars[i] = ' ';
                    self.remark("a quotation mark has no partner; read as plain text");
                }
                i += 1;
                continue;
            };
            match self.chars[i + 1..].iter().position(|&c| c == close) {
                Some(length)
                    if self.chars[i + 1..][..length]
                        .iter()
                        .any(|&c| !c.is_whitespace() && c != '”') =>
                {
                    i += length + 2;
                }
                Some(length) => {
                    self.chars[i..i + length + 2].fill(' ');
                    self.remark("an empty quotation is left out");
                }
                None => {
                    self.chars[i] = ' ';
                    self.remark("a quotation mark has no partner; read as plain text");
                }
            }
        }
    }

    fn clauses(&mut self) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = Vec::new();
        // Whether the last clause may still get alternatives: not an exclusion.
        while self.skip_spaces() {
            if let Some(joined) = self.bar_or_word_or() {
                let open = clauses.last().is_some_and(|c| !matches!(c, Clause::Not(_)));
                let follows = self.has_operand();
                if !open || !follows {
                    if joined == Joined::Word {
                        clauses.push(Clause::Words("OR".to_owned()));
                    }
                    self.remark("OR needs a word on both sides; read as plain text");
                    continue;
                }
                if matches!(self.peek(0), Some('-' | '－')) {
                    self.remark("an exclusion cannot be an alternative; read as plain text");
                }
                if let Some(right) = self.atom()
                    && let Some(left) = clauses.pop()
                {
                    clauses.push(match left {
                        Clause::Any(mut all) => {
                            all.push(right);
                            Clause::Any(all)
                        }
                        left => Clause::Any(vec![left, right]),
                    });
                }
                continue;
            }
            let excluded = matches!(self.peek(0), Some('-' | '－'))
                && self.peek(1).is_some_and(|c| !c.is_whitespace() && !is_bar(c));
            if excluded {
                self.at += 1;
            }
            match self.atom() {
                Some(clause) if excluded => clauses.push(Clause::Not(Box::new(clause))),
                Some(clause) => clauses.push(clause),
                // A mark whose partner a bracket took with it: step over it, whatever else happens.
                None => self.at += 1,
            }
        }
        clauses
    }

    /// One clause that is neither an exclusion nor an alternative; `None` where only marks were
    /// left.
    fn atom(&mut self) -> Option<Clause> {
        self.skip_spaces();
        for (word, length) in [("title", 5), ("标题", 2)] {
            if self.starts_with(word) && matches!(self.peek(length), Some(':' | '：')) {
                let after = self.peek(length + 1);
                if after.is_some_and(|c| !c.is_whitespace() && !is_bar(c)) {
                    self.at += length + 1;
                    return self.simple().map(|clause| Clause::Title(Box::new(clause)));
                }
            }
        }
        self.group().or_else(|| self.simple())
    }

    /// `same:(...)` or `near/N:(...)`; `None` where neither stands here. Of a malformed one the
    /// bracket becomes a space.
    fn group(&mut self) -> Option<Clause> {
        let mut i = self.at + 4;
        let near = if self.starts_with("same") {
            None
        } else if self.starts_with("near/") {
            let digits: String = self.chars[self.at + 5..]
                .iter()
                .take(4)
                .take_while(|c| c.is_ascii_digit())
                .collect();
            i = self.at + 5 + digits.len();
            Some(digits.parse::<u32>().ok()?)
        } else {
            return None;
        };
        if !matches!(self.chars.get(i), Some(':' | '：'))
            || !matches!(self.chars.get(i + 1), Some('(' | '（'))
        {
            return None;
        }
        let inside = &self.chars[i + 2..];
        let Some(end) = inside.iter().position(|c| matches!(c, ')' | '）')) else {
            self.chars[i + 1] = ' ';
            self.remark("a bracket is not closed; read as plain text");
            return None;
        };
        let text: String = inside[..end]
            .iter()
            .filter(|c| !is_quote_mark(**c) && !matches!(c, '(' | '（'))
            .collect();
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if words.len() < 2 {
            self.chars[i + 1] = ' ';
            self.remark("same:( ) and near/N:( ) need two words; read as plain text");
            return None;
        }
        self.at = i + 2 + end + 1;
        Some(match near {
            None => Clause::Same(words),
            Some(distance) => {
                if distance > WIDEST_NEAR {
                    self.remark(&format!("near/{distance} is read as near/{WIDEST_NEAR}"));
                }
                Clause::Near(distance.min(WIDEST_NEAR), words)
            }
        })
    }

    /// A quotation or a word with or without a star.
    fn simple(&mut self) -> Option<Clause> {
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
        let word: String = self.chars[self.at..]
            .iter()
            .take_while(|&&c| !c.is_whitespace() && !is_quote_mark(c) && !is_bar(c))
            .collect();
        self.at += word.chars().count();
        (!word.is_empty()).then(|| self.starred(word))
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
                Clause::Exact(stem.to_owned())
            }
            (false, true) => Clause::Prefix(stem.to_owned()),
            _ => Clause::Suffix(stem.to_owned()),
        }
    }

    fn bar_or_word_or(&mut self) -> Option<Joined> {
        if self.peek(0).is_some_and(is_bar) {
            while self.peek(0).is_some_and(is_bar) {
                self.at += 1;
            }
            return Some(Joined::Bar);
        }
        let word_ends =
            |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_quote_mark(c) || is_bar(c));
        if self.starts_with("OR") && word_ends(self.peek(2)) {
            self.at += 2;
            return Some(Joined::Word);
        }
        None
    }

    /// True if an operand follows: something that is not only white space, bars and closing marks.
    fn has_operand(&self) -> bool {
        let rest = &self.chars[self.at..];
        rest.iter().find(|c| !c.is_whitespace()).is_some_and(|&c| !is_bar(c))
            && rest.iter().any(|&c| !c.is_whitespace() && !is_bar(c))
    }

    fn starts_with(&self, word: &str) -> bool {
        word.chars().enumerate().all(|(i, c)| self.peek(i) == Some(c))
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

    fn remark(&mut self, text: &str) {
        let remark = Remark(text.to_owned());
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joined {
    Bar,
    Word,
}

/// An exact text without the marks that would end it when it is printed between “ and ”.
fn printable(text: String) -> String {
    text.replace('”', " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Vec<Clause> {
        parse(line).0.clauses
    }

    fn words(text: &str) -> Clause {
        Clause::Words(text.to_owned())
    }

    fn exact(text: &str) -> Clause {
        Clause::Exact(text.to_owned())
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(read("大公司 反应　慢"), [words("大公司"), words("反应"), words("慢")]);
        assert_eq!(
            read("\"a b\" “对资源” 「浪費」"),
            [exact("a b"), exact("对资源"), exact("浪費")]
        );
        assert_eq!(
            read("甲 -乙 -“丙丁”"),
            [words("甲"), Clause::Not(Box::new(words("乙"))), Clause::Not(Box::new(exact("丙丁")))]
        );
        assert_eq!(read("a OR b OR “c”"), [Clause::Any(vec![words("a"), words("b"), exact("c")])]);
        assert_eq!(read("a|b c"), [Clause::Any(vec![words("a"), words("b")]), words("c")]);
        assert_eq!(
            read("大模型* *模型"),
            [Clause::Prefix("大模型".into()), Clause::Suffix("模型".into())]
        );
        assert_eq!(
            read("same:(甲 乙) near/5：（丙 丁）"),
            [
                Clause::Same(vec!["甲".into(), "乙".into()]),
                Clause::Near(5, vec!["丙".into(), "丁".into()])
            ]
        );
        assert_eq!(
            read("title:百度 标题：“百模大战”"),
            [Clause::Title(Box::new(words("百度"))), Clause::Title(Box::new(exact("百模大战")))]
        );
    }

    #[test]
    fn what_is_malformed_is_plain_text_with_a_remark() {
        for (line, expected) in [
            ("“没关", vec![words("没关")]),
            ("same:(甲", vec![words("same:"), words("甲")]),
            ("near/x:(甲 乙)", vec![words("near/x:(甲"), words("乙)")]),
            ("OR 甲", vec![words("OR"), words("甲")]),
            ("甲 OR", vec![words("甲"), words("OR")]),
            ("甲*乙", vec![words("甲*乙")]),
            ("- gpt-4 +", vec![words("-"), words("gpt-4"), words("+")]),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
        assert!(!parse("“没关").1.is_empty());
        assert!(!parse("甲 OR").1.is_empty());
    }

    /// Found by fuzzing: the bracket takes the mark before 乙, and the two that follow are then a
    /// quotation of nothing.
    #[test]
    fn a_quotation_that_a_bracket_leaves_empty_is_left_out() {
        let same = Clause::Same(vec!["甲".into(), "乙".into()]);
        let (query, remarks) = parse("same:(甲 \"乙) \"\" 丙\"");
        assert_eq!(query.clauses, [same.clone(), words("丙")]);
        assert!(remarks.iter().any(|remark| remark.0.contains("empty quotation")));
        // What stood before it as an alternative stays.
        assert_eq!(read("same:(甲 \"乙) 丁|\"\" 丙\""), [same, words("丁"), words("丙")]);
    }

    proptest! {
        #[test]
        fn a_printed_query_reads_equal(line in "([甲乙a \\-|*“”\"「」()（）:：/5]|OR|same:\\(|near\
         /3:\\(|title:|标题：|\\PC){0,30}") {
            let (query, _) = parse(&line);
            let printed = query.to_string();
            prop_assert_eq!(&parse(&printed).0, &query, "{}", printed);
        }
    }
}
