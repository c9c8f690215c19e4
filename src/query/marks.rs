//! The characters of a query line before it is read: full-width letters, dashes that stand for a
//! minus, quotation marks of every kind. Words that join others are left to `join`.

use crate::text::is_harmful;
use crate::text::sentence::closing_mark;

/// The characters of a line in the forms that the grammar knows; `say` takes what was read
/// otherwise than typed.
pub fn read(line: &str, say: &mut dyn FnMut(String)) -> Vec<char> {
    let mut chars: Vec<char> = line.chars().filter(|&c| !is_unseen(c)).map(half_width).collect();
    pair_marks(&mut chars, say);
    pair_other_marks(&mut chars);
    // Marks of other kinds without a partner are as good as none, and a clause may begin or end
    // where they stood.
    let double = blank_double_marks(&mut chars);
    pair_other_marks(&mut chars);
    if blank_other_marks(&mut chars) || double {
        say(ALONE.to_owned());
    }
    let quoted = quoted(&chars);
    read_dashes(&mut chars, &quoted, say);
    chars
}

/// A word as a group has it: without marks and brackets, and with the dashes that a line has, so
/// that it is read from a printed group as it stands. Empty where nothing is left.
pub fn grouped(word: &str) -> String {
    let marks = |c: char| OTHER.iter().any(|pair| c != '\'' && (pair.0 == c || pair.1 == c));
    let kept = |&c: &char| {
        !c.is_whitespace()
            && !is_bracket(c)
            && !is_quote_mark(c)
            && !DOUBLE.contains(&c)
            && !marks(c)
    };
    let mut chars: Vec<char> = word.chars().filter(kept).collect();
    blank_other_marks(&mut chars);
    chars.retain(|c| !c.is_whitespace());
    let quoted = vec![false; chars.len()];
    read_dashes(&mut chars, &quoted, &mut |_| ());
    chars.into_iter().collect()
}

/// The mark that closes a quotation in a query; a straight or typewriter mark closes itself.
pub fn closing(c: char) -> Option<char> {
    closing_mark(c).filter(|_| c != '‘')
}

/// True for a mark that opens or closes a quotation.
pub fn is_quote_mark(c: char) -> bool {
    closing(c).is_some() || matches!(c, '”' | '」' | '』')
}

/// True for a round bracket.
pub fn is_bracket(c: char) -> bool {
    matches!(c, '(' | ')' | '（' | '）')
}

/// True for a character that nobody sees: people copy it, and articles are read without it.
fn is_unseen(c: char) -> bool {
    !c.is_whitespace()
        && (c.is_control() || is_harmful(c) || ('\u{fe00}'..='\u{fe0f}').contains(&c))
}

/// Letters, figures and straight quotation marks of full width as plain ones.
fn half_width(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＂' | '＇' | '／' => {
            char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
        }
        _ => c,
    }
}

/// Double marks that people take for one another: an input method gives “ where ” was meant.
const DOUBLE: [char; 7] = ['“', '”', '"', '„', '‟', '〝', '〞'];
/// Pairs of marks of other kinds, and of other languages.
const OTHER: [(char, char); 8] = [
    ('‘', '’'),
    ('\'', '\''),
    ('«', '»'),
    ('‹', '›'),
    ('„', '“'),
    ('„', '”'),
    ('〝', '〞'),
    ('〝', '〟'),
];

/// Characters of the longest quotation between marks that the grammar does not know.
const LONGEST_OTHER: usize = 200;

/// Said of a mark that quotes nothing.
const ALONE: &str = "a quotation mark has no partner; read as plain text";

/// A text as it is shown in what is said of it.
fn short<'a>(chars: impl Iterator<Item = &'a char>) -> String {
    chars.take(20).collect()
}

/// Makes spaces of the marks without a partner and of quotations without content, and “ and ” of
/// marks that are taken for these.
fn pair_marks(chars: &mut [char], say: &mut dyn FnMut(String)) {
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if let Some(length) = quotation(chars, i) {
            let says = |c: &char| !c.is_whitespace() && *c != '”';
            if !chars[i + 1..][..length].iter().any(says) {
                chars[i..i + length + 2].fill(' ');
                say("an empty quotation is left out".to_owned());
            }
            i += length + 2;
        } else if let Some(end) =
            other_quotation(chars, i, DOUBLE.contains(&c), |d| DOUBLE.contains(&d))
        {
            if !OTHER.contains(&(c, chars[end])) {
                let text = short(chars[i + 1..end].iter());
                say(format!("{c}{text}{} is read as “{text}”", chars[end]));
            }
            (chars[i], chars[end]) = ('“', '”');
            i = end + 1;
        } else {
            if is_quote_mark(c) {
                chars[i] = ' ';
                say(ALONE.to_owned());
            }
            i += 1;
        }
    }
}

/// Makes spaces of the double marks outside quotations, and of marks whose partner another pair
/// took; true if there was one.
fn blank_double_marks(chars: &mut [char]) -> bool {
    let quoted = quoted(chars);
    let mut found = false;
    let alone = |c: char| DOUBLE.contains(&c) || is_quote_mark(c);
    for (c, _) in chars.iter_mut().zip(quoted).filter(|(c, quoted)| !quoted && alone(**c)) {
        *c = ' ';
        found = true;
    }
    found
}

/// Makes spaces of the marks of other kinds that begin or end a clause outside quotations: beside
/// other clauses they would quote these. An apostrophe within a word stays. True if there was one.
fn blank_other_marks(chars: &mut [char]) -> bool {
    let quoted = quoted(chars);
    let opens = |c: char| OTHER.iter().any(|pair| pair.0 == c);
    let ends = |c: char| OTHER.iter().any(|pair| pair.1 == c);
    let mut found = false;
    for i in (0..chars.len()).rev().filter(|&i| !quoted[i]) {
        if ends(chars[i]) && ends_clause(chars, i) {
            chars[i] = ' ';
            found = true;
        }
    }
    // What ended before one of these ended before a mark that opens, so nothing more ends now.
    for i in (0..chars.len()).filter(|&i| !quoted[i]) {
        if opens(chars[i]) && (begins_clause(chars, i) || closes(chars[i - 1])) {
            chars[i] = ' ';
            found = true;
        }
    }
    found
}

/// Makes “ and ” of the marks of other kinds that quote a clause.
fn pair_other_marks(chars: &mut [char]) {
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let opens = OTHER.iter().any(|pair| pair.0 == c);
        if let Some(length) = quotation(chars, i) {
            i += length + 2;
        } else if let Some(end) = other_quotation(chars, i, opens, |d| OTHER.contains(&(c, d)))
            // One of two single marks may be an apostrophe.
            && ends_clause(chars, end)
        {
            (chars[i], chars[end]) = ('“', '”');
            i = end + 1;
        } else {
            i += 1;
        }
    }
}

/// The characters between the mark at `at` and its partner in the grammar.
fn quotation(chars: &[char], at: usize) -> Option<usize> {
    let close = closing(chars[at])?;
    chars[at + 1..].iter().position(|&c| c == close)
}

/// The end of the clause that a mark at `start` quotes, if it `opens` one there that a mark `ends`.
fn other_quotation(
    chars: &[char],
    start: usize,
    opens: bool,
    ends: impl Fn(char) -> bool,
) -> Option<usize> {
    let behind_clause = || start > 0 && closes(chars[start - 1]);
    if !opens || !begins_clause(chars, start) && !behind_clause() {
        return None;
    }
    let near = chars[start + 1..].iter().take(LONGEST_OTHER);
    let length = near.into_iter().position(|&d| ends(d))?;
    let inside = &chars[start + 1..][..length];
    let says = inside.iter().any(|c| !c.is_whitespace());
    (says && !inside.iter().any(|&c| is_quote_mark(c))).then_some(start + 1 + length)
}

/// True if a clause may begin at `at`.
fn begins_clause(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| chars[at]);
    before.is_none_or(|c| {
        c.is_whitespace()
            || matches!(c, '|' | '｜' | '(' | '（' | '-' | '－' | '+' | '＋' | ':' | '：')
    })
}

/// True if a clause may end with the character at `at`.
fn ends_clause(chars: &[char], at: usize) -> bool {
    let after = chars.get(at + 1);
    let opens = |c: char| closing(c).is_some() || OTHER.iter().any(|pair| pair.0 == c);
    after.is_none_or(|&c| c.is_whitespace() || matches!(c, '|' | '｜' | ')' | '）') || opens(c))
}

/// For each character, whether it stands in a quotation.
fn quoted(chars: &[char]) -> Vec<bool> {
    let mut quoted = vec![false; chars.len()];
    let mut i = 0;
    while i < chars.len() {
        let length = quotation(chars, i).map_or(1, |length| length + 2);
        quoted[i..i + length].fill(length > 1);
        i += length;
    }
    quoted
}

/// Makes a minus of a dash before a clause, and a space of one behind a quotation or bracket.
fn read_dashes(chars: &mut [char], quoted: &[bool], say: &mut dyn FnMut(String)) {
    for i in 0..chars.len() {
        let clause = chars
            .get(i + 1)
            .is_some_and(|&c| c.is_alphanumeric() || is_quote_mark(c) || matches!(c, '(' | '（'));
        if quoted[i] || !clause {
            continue;
        }
        let word = || short(chars[i + 1..].iter().take_while(|c| !c.is_whitespace()));
        let begins = begins_clause(chars, i);
        let minus = matches!(chars[i], '−' | '﹣' | '‐' | '‑' | '‒' | '–');
        let dash = matches!(chars[i], '—' | '―');
        match chars[i] {
            _ if minus && begins => chars[i] = '-',
            // “百模大战”—李彦宏: the dash of a headline leaves nothing out.
            _ if (minus || dash) && i > 0 && closes(chars[i - 1]) => chars[i] = ' ',
            _ if dash && begins => {
                say(format!("{}{} is read as -{}", chars[i], word(), word()));
                chars[i] = '-';
            }
            '—' if i > 0 && chars[i - 1] == '—' && begins_clause(chars, i - 1) => {
                let word = word();
                say(format!("—— before {word} is plain text; -{word} leaves it out"));
            }
            '!' | '！' if begins => {
                let word = word();
                say(format!("{} before {word} is plain text; -{word} leaves it out", chars[i]));
            }
            _ => {}
        }
    }
}

/// True for the end of a quotation or of a group.
fn closes(c: char) -> bool {
    matches!(c, ')' | '）' | '”' | '"' | '」' | '』')
}
