//! Builds the bytes of a trie: the prefixes of all words, their places first fit, the largest
//! families first.

use super::{DIRECT, HEAD, MAGIC, NOBODY, PLACE_BITS};
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::ops::Range;

/// Prefixes with so many children and more are placed one behind the other, the largest first;
/// looking for room between them takes long.
const MANY: usize = 100;
/// After so many times 64 places that had no room for the children of a prefix, the next prefix
/// with as many is not tried there.
const PATIENCE: usize = 64;

/// The bytes of a trie of `words`, which are in order, each once and none empty.
///
/// # Errors
/// A reason, where there are more characters, different numbers or prefixes than a node has bits
/// for.
pub fn build(words: &[(&str, u64)]) -> Result<Vec<u8>, String> {
    let mut numbers: Vec<u64> = words.iter().map(|&(_, number)| number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let codes = Codes::new(words);
    if numbers.len() >= usize::from(u16::MAX) || codes.count >= usize::from(u16::MAX) {
        return Err(format!("{} different frequencies or characters are too many", u16::MAX));
    }
    let prefixes = Prefixes::new(words, &codes);
    let places = Places::new(&prefixes);
    if places.used.len() as u64 * 64 >= NOBODY {
        return Err("it has too many words".to_owned());
    }
    let nodes = nodes(words, &numbers, &prefixes, &places);
    let mut more: Vec<(u32, u16)> =
        codes.more.into_iter().map(|(c, code)| (c as u32, code)).collect();
    more.sort_unstable();
    let mut bytes =
        Vec::with_capacity(HEAD + DIRECT * 2 + (more.len() + numbers.len() + nodes.len()) * 8);
    bytes.extend(MAGIC);
    [more.len(), numbers.len(), nodes.len()]
        .iter()
        .for_each(|&n| bytes.extend((n as u64 * 8).to_le_bytes()));
    codes.direct.iter().for_each(|code| bytes.extend(code.to_le_bytes()));
    for (c, code) in more {
        bytes.extend(c.to_le_bytes());
        bytes.extend(u32::from(code).to_le_bytes());
    }
    numbers.iter().chain(&nodes).for_each(|number| bytes.extend(number.to_le_bytes()));
    Ok(bytes)
}

/// The codes of characters, from 1 on, those that most words go on with first.
struct Codes {
    direct: Vec<u16>,
    more: HashMap<char, u16, FixedState>,
    /// The number of characters.
    count: usize,
}

impl Codes {
    fn new(words: &[(&str, u64)]) -> Codes {
        let mut counts: HashMap<char, u32, FixedState> = HashMap::default();
        for (word, _) in words {
            for (i, c) in word.chars().enumerate() {
                // How many words begin with it does not matter: all first characters are in one
                // place.
                *counts.entry(c).or_default() += u32::from(i > 0);
            }
        }
        let mut order: Vec<(u32, char)> = counts.into_iter().map(|(c, count)| (count, c)).collect();
        order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut codes =
            Codes { direct: vec![0; DIRECT], more: HashMap::default(), count: order.len() };
        for (&(_, c), code) in order.iter().zip(1..=u16::MAX) {
            match codes.direct.get_mut(c as usize) {
                Some(place) => *place = code,
                None => drop(codes.more.insert(c, code)),
            }
        }
        codes
    }

    fn of(&self, c: char) -> u16 {
        self.direct
            .get(c as usize)
            .copied()
            .unwrap_or_else(|| self.more.get(&c).copied().unwrap_or(0))
    }
}

/// All prefixes of words, breadth first; the first is the empty one.
struct Prefixes {
    all: Vec<Prefix>,
    /// For each, where its children begin in `all`, and the code by which each prefix goes on from
    /// its parent.
    children: Vec<u32>,
    codes: Vec<u16>,
}

struct Prefix {
    /// The words that have it.
    words: Range<u32>,
    /// Its length in bytes.
    length: u32,
}

impl Prefixes {
    fn new(words: &[(&str, u64)], codes: &Codes) -> Prefixes {
        let root = Prefix { words: 0..words.len() as u32, length: 0 };
        let mut prefixes = Prefixes { all: vec![root], children: Vec::new(), codes: vec![0] };
        let mut at = 0;
        while at < prefixes.all.len() {
            prefixes.children.push(prefixes.all.len() as u32);
            let Prefix { words: Range { mut start, end }, length } = prefixes.all[at];
            let next = |word: u32| words[word as usize].0[length as usize..].chars().next();
            // The word that is the prefix itself comes first.
            start += u32::from(start < end && next(start).is_none());
            while let Some(c) = (start < end).then(|| next(start)).flatten() {
                let same = (start..end).take_while(|&word| next(word) == Some(c)).count() as u32;
                let length = length + c.len_utf8() as u32;
                prefixes.all.push(Prefix { words: start..start + same, length });
                prefixes.codes.push(codes.of(c));
                start += same;
            }
            at += 1;
        }
        prefixes.children.push(prefixes.all.len() as u32);
        prefixes
    }

    fn children(&self, prefix: usize) -> Range<usize> {
        self.children[prefix] as usize..self.children[prefix + 1] as usize
    }
}

/// The places of the children of each prefix.
struct Places {
    /// For each prefix; 0 where it has no children, and for the empty one.
    bases: Vec<u32>,
    /// A bit for each place.
    used: Vec<u64>,
}

impl Places {
    /// First fit, those with the most children first.
    fn new(prefixes: &Prefixes) -> Places {
        let n = prefixes.all.len();
        let mut order: Vec<u32> =
            (1..n as u32).filter(|&p| !prefixes.children(p as usize).is_empty()).collect();
        order.sort_by_key(|&p| std::cmp::Reverse(prefixes.children(p as usize).len()));
        let mut places = Places { bases: vec![0; n], used: vec![1] };
        prefixes.codes[prefixes.children(0)]
            .iter()
            .for_each(|&code| places.take(usize::from(code)));
        let (mut from, mut size) = (1, usize::MAX);
        for p in order {
            let codes = &prefixes.codes[prefixes.children(p as usize)];
            if codes.len() < size.min(MANY) {
                // Smaller families find room between larger ones.
                from = 1;
            }
            size = codes.len();
            let base = places.fit(codes, &mut from);
            codes.iter().for_each(|&code| places.take(base + usize::from(code)));
            places.bases[p as usize] = base as u32;
        }
        places
    }

    fn take(&mut self, place: usize) {
        if place / 64 >= self.used.len() {
            self.used.resize(place / 64 + 1, 0);
        }
        self.used[place / 64] |= 1 << (place % 64);
    }

    /// A bit for each of the 64 places from `at` on, set where it is taken.
    fn taken(&self, at: usize) -> u64 {
        let bits = |word: usize| self.used.get(word).copied().unwrap_or(0);
        let (word, shift) = (at / 64, at % 64);
        if shift == 0 { bits(word) } else { bits(word) >> shift | bits(word + 1) << (64 - shift) }
    }

    /// The first base, `from` or more, from which places for all codes are free, found 64 at a
    /// time. After a long search, the next one of that size begins where this one ended.
    fn fit(&self, codes: &[u16], from: &mut usize) -> usize {
        for (tried, base) in (*from..).step_by(64).enumerate() {
            let mut taken = 0;
            for &code in codes {
                taken |= self.taken(base + usize::from(code));
                if taken == u64::MAX {
                    break;
                }
            }
            if taken != u64::MAX {
                let base = base + taken.trailing_ones() as usize;
                if tried > PATIENCE || codes.len() == 1 {
                    *from = base;
                }
                return base;
            }
        }
        *from
    }
}

/// The nodes by their places.
fn nodes(words: &[(&str, u64)], numbers: &[u64], prefixes: &Prefixes, places: &Places) -> Vec<u64> {
    let mut nodes = vec![NOBODY; places.used.len() * 64];
    let mut own = vec![0u64; prefixes.all.len()];
    for p in 0..prefixes.all.len() {
        for child in prefixes.children(p) {
            let place = u64::from(places.bases[p]) + u64::from(prefixes.codes[child]);
            own[child] = place;
            let Prefix { words: range, length } = &prefixes.all[child];
            let (word, number) = words[range.start as usize];
            let number = if word.len() as u32 == *length {
                numbers.partition_point(|&n| n < number) as u64 + 1
            } else {
                0
            };
            nodes[place as usize] =
                number << (2 * PLACE_BITS) | u64::from(places.bases[child]) << PLACE_BITS | own[p];
        }
    }
    while nodes.last() == Some(&NOBODY) {
        nodes.pop();
    }
    nodes
}
