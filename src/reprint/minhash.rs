//! MinHash sketches: a body in a few bytes, such that the resemblance of two sketches estimates the
//! resemblance of the texts. Choosing the pairs to compare is left to lsh.rs.
//!
//! The text is folded and stripped of everything but letters and digits. Its runs of [`RUN`]
//! characters (shingles) fall into [`BINS`] bins by their hashes, and each bin keeps 4 bits of its
//! least hash: one-permutation MinHash (Li, Owen, Zhang 2012) with empty bins filled by optimal
//! densification (Shrivastava 2017) and b-bit values (Li, König 2010). The share of bins that agree
//! estimates the Jaccard resemblance of the two sets of shingles.
//!
//! Numbers get a small sketch of their own: market reports, forecasts and bulletins repeat a form
//! day by day, and only their numbers tell that they are not the same news.

use crate::text::fold::fold;
use crate::text::is_han;

/// Characters in a shingle, about five words. Shorter ones find set phrases alike, longer ones
/// suffer from each edit.
const RUN: usize = 8;
/// Bins for the text. With 80, the standard error of a resemblance of 0.5 is 0.06.
pub(super) const BINS: usize = 80;
/// Words of 64 bits that hold the bins.
const WORDS: usize = BINS / 16;
/// Bins for the numbers; an empty one is 0.
const NUMBER_BINS: usize = 32;
/// Words of 64 bits that hold them.
const NUMBER_WORDS: usize = NUMBER_BINS / 16;
/// Bytes of a stored sketch.
const BYTES: usize = (WORDS + NUMBER_WORDS) * 8 + 3;

/// Texts with fewer shingles than this are told apart by a name or two, so they must be nearly the
/// same.
const SHORT: u16 = 100;
/// Resemblance from which two short texts are the same.
const RESEMBLANCE_SHORT: f32 = 0.8;
/// Resemblance from which two texts are the same: of two texts of one length, each holds 71 % of
/// the other. Notices that differ in the names (somebody else was charged, in the same words) reach
/// that rarely.
const RESEMBLANCE: f32 = 0.55;
/// Share of the shorter text that the longer one must hold where the lengths differ.
const CONTAINMENT: f32 = 0.8;
/// Resemblance below which even a text that is held whole is but a part of another one, such as a
/// digest.
const RESEMBLANCE_LEAST: f32 = 0.3;
/// Share of the fewer numbers that must be among the others. Copies add numbers (share prices,
/// dates of print) but keep those of the text; of the next day's report, more than half are new.
const NUMBERS: f32 = 0.7;
/// Both texts together must have so many numbers for these to say something.
const NUMBERS_LEAST: u32 = 8;
/// Resemblance from which so many numbers cannot differ in a text of usual length: each breaks
/// [`RUN`] shingles.
const NUMBERS_MOST: f32 = 0.9;

/// The data kept of a body to compare it with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sketch {
    text: [u64; WORDS],
    numbers: [u64; NUMBER_WORDS],
    length: u16,
    /// The count of different numbers, at most 255.
    count: u8,
}

impl Sketch {
    /// Bytes of a sketch as [`Sketch::to_bytes`] gives them.
    pub const BYTES: usize = BYTES;

    /// The sketch of `body`.
    pub fn new(body: &str) -> Sketch {
        Sketch::of_folded(&fold(body))
    }

    /// The sketch of a body that has been folded.
    pub fn of_folded(folded: &str) -> Sketch {
        let (mut least, length) = shingles(folded);
        densify(&mut least);
        let (numbers, count) = numbers(folded);
        Sketch { text: pack(least.map(|hash| hash & 0xf)), numbers, length, count }
    }

    /// The number of shingles of the text, at most 65,535; 0 for a text of fewer than eight letters
    /// and digits.
    pub fn length(&self) -> u16 {
        self.length
    }

    /// Estimates the Jaccard resemblance of the two texts' sets of shingles, from 0 to 1.
    #[inline]
    pub fn resemblance(&self, other: &Sketch) -> f32 {
        let differ = filled(self.text.iter().zip(&other.text).map(|(a, b)| a ^ b));
        let share = (BINS as u32 - differ) as f32 / BINS as f32;
        // One in 16 bins agrees by chance.
        ((share - 1.0 / 16.0) * (16.0 / 15.0)).max(0.0)
    }

    /// True if one of the two texts is a reprint of the other.
    ///
    /// ```
    /// use jianbao::reprint::Sketch;
    /// let text = "市图书馆昨日宣布，今年暑期将延长开放时间，周末夜场至晚上十点，读者可凭身份证免\
    /// 费入馆阅览。";
    /// assert!(Sketch::new(text).reprints(&Sketch::new(&text.replace('，', " , "))));
    /// assert!(!Sketch::new(text).reprints(&Sketch::new("市图书馆昨日宣布，今年暑期闭馆修缮，读者\
    /// 可改往各区分馆借阅书刊。")));
    /// ```
    #[inline]
    pub fn reprints(&self, other: &Sketch) -> bool {
        self.reprint_resemblance(other).is_some()
    }

    /// The resemblance of two texts of which one is a reprint of the other; `None` where none is.
    #[inline]
    pub(super) fn reprint_resemblance(&self, other: &Sketch) -> Option<f32> {
        let resemblance = self.resemblance(other);
        // Most pairs that are compared end here.
        if resemblance < RESEMBLANCE_LEAST {
            return None;
        }
        let same = self.length.min(other.length) > 0
            && self.alike(other, resemblance)
            && self.numbers_agree(other, resemblance);
        same.then_some(resemblance)
    }

    fn alike(&self, other: &Sketch, resemblance: f32) -> bool {
        let (a, b) = (f32::from(self.length), f32::from(other.length));
        if self.length.min(other.length) < SHORT {
            return resemblance >= RESEMBLANCE_SHORT;
        }
        // |A ∩ B| = J · (|A| + |B|) / (1 + J)
        let shared = resemblance * (a + b) / (1.0 + resemblance);
        resemblance >= RESEMBLANCE || shared >= CONTAINMENT * a.min(b)
    }

    fn numbers_agree(&self, other: &Sketch, resemblance: f32) -> bool {
        let (a, b) = (f32::from(self.count), f32::from(other.count));
        let numbers = || self.numbers.iter().zip(&other.numbers);
        let either = filled(numbers().map(|(a, b)| a | b));
        if either < NUMBERS_LEAST || resemblance >= NUMBERS_MOST || a.min(b) == 0.0 {
            return true;
        }
        let differ = filled(numbers().map(|(a, b)| a ^ b));
        let share = (either - differ) as f32 / either as f32;
        // One in 15 filled bins agrees by chance.
        let resemblance = ((share - 1.0 / 15.0) * (15.0 / 14.0)).max(0.0);
        resemblance * (a + b) / (1.0 + resemblance) >= NUMBERS * a.min(b)
    }

    /// The 4 bits of a bin of the text.
    #[inline]
    pub(super) fn bin(&self, bin: usize) -> u16 {
        (self.text[bin / 16] >> (4 * (bin % 16))) as u16 & 0xf
    }

    /// The 4 bits of 8 bins of the text that are neighbours, other ones for other numbers.
    #[inline]
    pub(super) fn further_bins(&self, number: usize) -> u32 {
        (self.text[number % WORDS] >> (32 * (number / WORDS % 2))) as u32
    }

    /// The sketch as bytes, the same on every machine.
    pub fn to_bytes(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let words = self.text.iter().chain(&self.numbers);
        bytes
            .chunks_exact_mut(8)
            .zip(words)
            .for_each(|(to, word)| to.copy_from_slice(&word.to_le_bytes()));
        bytes[BYTES - 3..BYTES - 1].copy_from_slice(&self.length.to_le_bytes());
        bytes[BYTES - 1] = self.count;
        bytes
    }

    /// The sketch that [`Sketch::to_bytes`] made bytes of.
    pub fn from_bytes(bytes: &[u8; BYTES]) -> Sketch {
        let word = |i: usize| {
            bytes[8 * i..8 * i + 8].iter().rev().fold(0u64, |word, &b| word << 8 | u64::from(b))
        };
        Sketch {
            text: std::array::from_fn(word),
            numbers: std::array::from_fn(|i| word(WORDS + i)),
            length: u16::from_le_bytes([bytes[BYTES - 3], bytes[BYTES - 2]]),
            count: bytes[BYTES - 1],
        }
    }
}

/// Values of 4 bits, 16 in a word.
fn pack<const VALUES: usize, const WORDS: usize>(values: [u32; VALUES]) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    for (i, value) in values.into_iter().enumerate() {
        words[i / 16] |= u64::from(value) << (4 * (i % 16));
    }
    words
}

/// The number of groups of 4 bits that are not zero; for at most 15 words.
#[inline(always)]
fn filled(words: impl Iterator<Item = u64>) -> u32 {
    const LOW: u64 = 0x0f0f_0f0f_0f0f_0f0f;
    // One bit for each group, added up group by group, then byte by byte.
    let groups = words.fold(0u64, |sum, word| {
        let pairs = word | word >> 2;
        sum + ((pairs | pairs >> 1) & 0x1111_1111_1111_1111)
    });
    (((groups & LOW) + (groups >> 4 & LOW)).wrapping_mul(0x0101_0101_0101_0101) >> 56) as u32
}

/// Stands for a bin without a shingle.
const EMPTY: u32 = u32::MAX;
/// An odd number without pattern (the golden ratio in 64 bits): the base of the rolling hash.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The least hash of each bin, and how many shingles there are.
fn shingles(folded: &str) -> ([u32; BINS], u16) {
    const LEAVING: u64 = BASE.wrapping_pow(RUN as u32);
    let mut least = [EMPTY; BINS];
    let mut recent = [0u64; RUN];
    let (mut hash, mut letters) = (0u64, 0usize);
    for c in folded.chars().filter(|&c| is_letter(c)) {
        let leaving = std::mem::replace(&mut recent[letters % RUN], u64::from(c));
        hash = hash
            .wrapping_mul(BASE)
            .wrapping_add(u64::from(c))
            .wrapping_sub(leaving.wrapping_mul(LEAVING));
        letters += 1;
        if letters >= RUN {
            let mixed = mix(hash);
            let bin = ((mixed >> 32) * BINS as u64) >> 32;
            let least = &mut least[bin as usize];
            *least = (*least).min(mixed as u32);
        }
    }
    (least, u16::try_from((letters + 1).saturating_sub(RUN)).unwrap_or(u16::MAX))
}

/// Gives each empty bin the value of a filled one, chosen alike for all texts (Shrivastava 2017).
fn densify(least: &mut [u32; BINS]) {
    let before = *least;
    if before.iter().all(|&hash| hash == EMPTY) {
        return;
    }
    for (bin, to) in least.iter_mut().enumerate().filter(|(_, hash)| **hash == EMPTY) {
        let chosen =
            (0u64..).map(|attempt| ((mix((bin as u64) << 32 | attempt) >> 32) * BINS as u64) >> 32);
        let filled = chosen.map(|from| before[from as usize]).find(|&hash| hash != EMPTY);
        *to = filled.unwrap_or(EMPTY);
    }
}

/// A sketch of the numbers written in digits that count or measure something, and how many
/// different ones there are.
fn numbers(folded: &str) -> ([u64; NUMBER_WORDS], u8) {
    let mut least = [EMPTY; NUMBER_BINS];
    let mut seen = [0u64; 8];
    let bytes = folded.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let mut hash = 0u64;
        while let Some(&byte) = bytes.get(at) {
            let inside =
                matches!(byte, b'.' | b',') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if byte.is_ascii_digit() || byte == b'.' && inside {
                hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(byte));
            } else if !inside {
                break;
            }
            at += 1;
        }
        if let Some(unit) = unit(folded, start, at) {
            let mixed = mix(hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)));
            let least = &mut least[(mixed >> 59) as usize];
            *least = (*least).min(mixed as u32);
            seen[(mixed >> 38 & 7) as usize] |= 1 << (mixed >> 32 & 63);
        }
    }
    let value = |hash: u32| if hash == EMPTY { 0 } else { 1 + hash % 15 };
    (pack(least.map(value)), distinct(seen))
}

/// An estimate of how many different things set the bits of `seen`: linear counting (Whang,
/// Vander-Zanden, Taylor 1990).
fn distinct(seen: [u64; 8]) -> u8 {
    let free: u32 = seen.iter().map(|word| word.count_zeros()).sum();
    (512.0 * (512.0 / f64::from(free.max(1))).ln()).round().min(255.0) as u8
}

/// The unit of the number at `start..end`: the Chinese character after it, or percent if a Chinese
/// character precedes it. Numbers without a unit are codes and prices inserted by machines. Years
/// and months are left out: all articles of a time share them.
fn unit(folded: &str, start: usize, end: usize) -> Option<char> {
    let unit = folded[end..].chars().find(|c| *c != ' ')?;
    let counts = match unit {
        '年' | '月' => false,
        '%' => folded[..start].chars().next_back().is_some_and(is_han),
        unit => is_han(unit),
    };
    counts.then_some(unit)
}

#[inline]
pub(super) fn is_letter(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric()
}

/// The finaliser of MurmurHash3 (Appleby 2011): every bit of the result depends on every bit of
/// `hash`.
#[inline]
pub(super) fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}
