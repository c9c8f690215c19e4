//! The end of a headline that is glued to its text (原标题：…), chosen by a linear model.
//!
//! Every place behind one of the first characters is a candidate; the model weighs the characters
//! around it, the length of the headline and the words that both sides share. A choice that is not
//! sure is none: a headline that runs into the text is worse than none.
//! `tools/src/bin/train_title_end.rs` trains the model.

use crate::error::Result;
use crate::text::is_han;
use crate::text::weights::WeightTable;
use std::ops::Range;

/// The file of the definition that holds the model.
pub const FILE: &str = "title_end.model";
/// Binary logarithm of the number of weights.
const BITS: u32 = 16;
/// The number of weights.
pub const WEIGHTS: usize = 1 << BITS;
/// The lengths of headlines, in characters.
const LENGTHS: Range<usize> = 5..66;
/// Characters that are looked at behind a headline.
const BEHIND: usize = 40;

/// The model; without one nothing is chosen.
#[derive(Debug, Clone)]
pub struct TitleEnd(WeightTable);

impl TitleEnd {
    /// Reads a model, whose number is the least probability of a choice. No bytes at all are a
    /// model that chooses nothing.
    ///
    /// # Errors
    /// [`crate::error::Error::Definition`] where the length is another.
    pub fn read(bytes: &[u8]) -> Result<TitleEnd> {
        WeightTable::read(FILE, bytes, WEIGHTS).map(TitleEnd)
    }

    /// The model of a table with the least probability of a choice as its number.
    pub fn new(table: WeightTable) -> TitleEnd {
        TitleEnd(table)
    }

    /// The length in bytes of the headline at the start of `text`; `None` where it is not sure.
    pub fn find(&self, text: &str) -> Option<usize> {
        let (end, probability) = self.best(text)?;
        (probability >= self.0.number).then_some(end)
    }

    /// The most probable length in bytes of a headline at the start of `text`, and its probability.
    pub fn best(&self, text: &str) -> Option<(usize, f32)> {
        let TitleEnd(WeightTable { unit, weights, .. }) = self;
        if weights.is_empty() {
            return None;
        }
        let opening = Opening::new(text);
        let score = |end: usize| {
            let mut sum = 0i32;
            opening.features(end, &mut |hash| sum += i32::from(weights[hash]));
            sum as f32 * unit
        };
        let scores: Vec<(usize, f32)> = opening.candidates().map(|end| (end, score(end))).collect();
        let best = scores.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
        let all: f32 = scores.iter().map(|(_, score)| (score - best.1).exp()).sum();
        Some((opening.byte(best.0), 1.0 / all))
    }
}

/// The first characters of a text, with their places.
pub struct Opening {
    chars: Vec<(usize, char)>,
    /// The number of characters before the end of the first sentence.
    sentence: usize,
    bytes: usize,
}

impl Opening {
    /// The opening of `text`.
    pub fn new(text: &str) -> Opening {
        let chars: Vec<(usize, char)> = text.char_indices().take(LENGTHS.end + BEHIND).collect();
        let sentence = chars.iter().position(|&(_, c)| c == '。' || c == '\n');
        let sentence = sentence.unwrap_or(chars.len());
        Opening { chars, sentence, bytes: text.len() }
    }

    /// The lengths in characters that a headline may have: no quotation mark or bracket is open
    /// there, and what follows is in the same sentence and no space.
    pub fn candidates(&self) -> impl Iterator<Item = usize> + '_ {
        let fits = |&end: &usize| {
            let c = self.at(end as isize);
            let closes = matches!(c, '，' | '。' | '！' | '？' | '”' | '》' | '）' | '】');
            !c.is_whitespace() && !closes && !self.is_open(end)
        };
        LENGTHS.take_while(|&end| end < self.sentence).filter(fits)
    }

    /// The place in bytes of a length in characters.
    pub fn byte(&self, end: usize) -> usize {
        self.chars.get(end).map_or(self.bytes, |(at, _)| *at)
    }

    /// The character at a place, digits and letters as one of their kind; a NUL outside.
    fn at(&self, place: isize) -> char {
        let c = usize::try_from(place).ok().and_then(|place| self.chars.get(place));
        match c.map_or('\0', |(_, c)| *c) {
            c if c.is_ascii_digit() => '0',
            c if c.is_ascii_alphabetic() => 'a',
            c if c.is_whitespace() => ' ',
            c => c,
        }
    }

    /// Calls `emit` with each feature of a headline that ends at `end`: a number below
    /// [`WEIGHTS`].
    pub fn features(&self, end: usize, emit: &mut dyn FnMut(usize)) {
        // A space between both sides belongs to neither.
        let spaced = self.at(end as isize - 1) == ' ';
        let last = (0..end).rev().find(|&i| self.at(i as isize) != ' ').map_or(0, |i| i + 1);
        let left = |n: usize| self.at(last as isize - n as isize);
        let right = |n: usize| self.at((end + n) as isize);
        let mut add = |template: u32, values: &[u32]| {
            let mut hash = (2_166_136_261u32 ^ template).wrapping_mul(16_777_619);
            for value in values {
                hash = (hash ^ value).wrapping_mul(16_777_619);
                hash = (hash ^ (hash >> 15)).wrapping_mul(16_777_619);
            }
            emit((hash >> (32 - BITS)) as usize);
        };
        let (l1, l2, l3) = (u32::from(left(1)), u32::from(left(2)), u32::from(left(3)));
        let [r1, r2, r3, r4] = [0, 1, 2, 3].map(|n| u32::from(right(n)));
        for (template, values) in (0..).zip([
            &[l1][..],
            &[l2, l1],
            &[l3, l2, l1],
            &[r1],
            &[r1, r2],
            &[r1, r2, r3],
            &[r1, r2, r3, r4],
            &[l1, r1],
            &[l2, l1, r1],
            &[l1, r1, r2],
            &[l2, l1, r1, r2],
        ]) {
            add(template, values);
        }
        let spaces = (0..last).filter(|&i| self.at(i as isize) == ' ').count().min(3) as u32;
        let classes = [class(left(1)), class(right(0)), u32::from(spaced)];
        add(11, &classes);
        add(12, &[u32::from(spaced), spaces]);
        add(13, &[(last / 3) as u32]);
        add(14, &[self.since_pause(last), class(left(1))]);
        add(15, &[self.until_pause(end)]);
        let (run, share) = self.shared(last, end);
        add(16, &[run]);
        add(17, &[share, self.until_pause(end) / 4]);
        add(18, &[u32::from(self.starts_with_date(end)), u32::from(spaced)]);
        add(19, &[u32::from(self.starts_with_date(end)), r1]);
        add(20, &[class(left(1)), r1, r2]);
        add(21, &[l2, l1, class(right(0))]);
    }

    /// Characters of the headline's last clause, at most 24.
    fn since_pause(&self, last: usize) -> u32 {
        let own = (0..last).rev().take_while(|&i| !is_pause(self.at(i as isize)));
        own.take(24).count() as u32 / 2
    }

    /// Characters of the clause behind the headline, at most 32.
    fn until_pause(&self, end: usize) -> u32 {
        let own = (end..self.chars.len()).take_while(|&i| !is_pause(self.at(i as isize)));
        own.take(32).count() as u32 / 2
    }

    /// True if a quotation mark or a bracket of the headline is still open at its end.
    fn is_open(&self, last: usize) -> bool {
        const PAIRS: [(char, char); 6] =
            [('“', '”'), ('《', '》'), ('（', '）'), ('【', '】'), ('「', '」'), ('(', ')')];
        let count = |wanted: char| {
            self.chars[..last.min(self.chars.len())].iter().filter(|(_, c)| *c == wanted).count()
        };
        PAIRS.iter().any(|(open, close)| count(*open) > count(*close))
    }

    /// The number of first characters behind the headline that it holds as they stand, and the
    /// share of pairs of the clause behind it that it holds, in fifths.
    fn shared(&self, last: usize, end: usize) -> (u32, u32) {
        let title: Vec<char> = (0..last).map(|i| self.at(i as isize)).collect();
        let behind: Vec<char> = (end..self.chars.len())
            .map(|i| self.at(i as isize))
            .take_while(|c| !is_pause(*c))
            .take(24)
            .collect();
        let holds = |part: &[char]| title.windows(part.len()).any(|window| window == part);
        let run = (1..=behind.len().min(6)).take_while(|&n| holds(&behind[..n])).count();
        let pairs = behind.windows(2).filter(|pair| holds(pair)).count();
        (run as u32, (5 * pairs / behind.len().max(1)) as u32)
    }

    /// True if a day stands behind the headline: 7月24日, 24日, 近日, 日前.
    fn starts_with_date(&self, end: usize) -> bool {
        let digits = |from: usize| {
            (from..self.chars.len()).take_while(|&i| self.at(i as isize) == '0').count()
        };
        let month = digits(end);
        let next = end + month;
        match self.at(next as isize) {
            '日' | '月' | '年' => month > 0,
            c => {
                month == 0 && matches!((c, self.at(next as isize + 1)), ('近', '日') | ('日', '前'))
            }
        }
    }
}

/// The kind of a character.
fn class(c: char) -> u32 {
    match c {
        '\0' => 0,
        ' ' => 1,
        '0' => 2,
        'a' => 3,
        '！' | '？' | '!' | '?' | '…' => 4,
        '”' | '》' | '）' | '】' | '」' | ')' => 5,
        '“' | '《' | '（' | '【' | '「' | '(' => 6,
        c if is_pause(c) => 7,
        c if is_han(c) => 8,
        _ => 9,
    }
}

/// True for the marks that end a clause, and for a space.
fn is_pause(c: char) -> bool {
    matches!(c, '，' | '。' | '！' | '？' | '：' | '；' | ',' | ':' | '!' | '?' | ' ' | '\0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;

    fn model() -> TitleEnd {
        TitleEnd::read(Definition::embedded().model(FILE)).unwrap()
    }

    #[test]
    fn a_sure_end_is_found_and_an_unsure_one_is_left() {
        let title = "临江警方破获一起网络诈骗案 追回赃款三十万元";
        let text = format!("{title}7月24日，临江市公安局召开发布会，通报一起网络诈骗案。");
        assert_eq!(model().find(&text), Some(title.len()));
        assert_eq!(model().find("的的的的的的的的的的的的的的的的的的的的。"), None);
        assert_eq!(model().find("短"), None);
    }

    #[test]
    fn no_model_finds_nothing_and_a_cut_one_is_an_error() {
        let none = TitleEnd::read(&[]).unwrap();
        assert_eq!(none.find("临江警方破获一起网络诈骗案7月24日，临江市公安局通报。"), None);
        assert!(TitleEnd::read(&[0; 100]).is_err());
    }

    #[test]
    fn candidates_end_with_the_first_sentence() {
        let opening = Opening::new("一二三四五六七。八九十");
        assert_eq!(opening.candidates().collect::<Vec<_>>(), [5, 6]);
        assert_eq!(opening.byte(5), 15);
        let quoted = Opening::new("一二三四“五六”七八。");
        assert_eq!(quoted.candidates().collect::<Vec<_>>(), [8, 9]);
    }
}
