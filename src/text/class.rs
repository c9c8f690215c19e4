//! Sets of characters that are asked about every character of a text.

/// Some characters. Of common ones it takes 8 KB, which stay in the processor's nearest cache.
#[derive(Debug, Default, Clone)]
pub struct Characters(Vec<u64>);

impl Characters {
    /// Those of some lines.
    pub fn new<'a>(lines: impl Iterator<Item = &'a str>) -> Characters {
        let mut set = Characters::default();
        lines.flat_map(str::chars).for_each(|c| set.insert(c));
        set
    }

    /// True if `c` is one of them.
    #[inline]
    pub fn contains(&self, c: char) -> bool {
        let code = c as usize;
        self.0.get(code / 64).is_some_and(|bits| bits >> (code % 64) & 1 == 1)
    }

    /// Adds a character.
    pub fn insert(&mut self, c: char) {
        let code = c as usize;
        if self.0.len() <= code / 64 {
            self.0.resize(code / 64 + 1, 0);
        }
        self.0[code / 64] |= 1 << (code % 64);
    }
}
