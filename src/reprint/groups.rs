//! Groups of reprints as bytes that are asked where they lie, in memory or in a mapped file.
//!
//! Only the list of articles that are in a group is looked through when the bytes are opened, so
//! that asking for one costs next to nothing.
//!
//! Layout, numbers little-endian: a [`Header`]; for each article of a group its number (8 bytes)
//! and the number of its group (4), by article number; for each group, and once more at the end,
//! the place where its articles begin in what follows (4); the articles of all groups, group by
//! group, originals first, as places in the first list (4). Further bytes, whose number the header
//! tells, may follow.

use crate::text::word::Bytes;

/// Bytes of an article in the list of all articles that are in a group: its number and that of its
/// group.
const MEMBER: usize = 12;

/// The first bytes of a header; the last two are the version of the layout.
const MAGIC: &[u8; 8] = b"jbrepr01";

/// The groups of an index, opened and not loaded.
pub struct Groups {
    bytes: Bytes,
    members: usize,
    groups: usize,
    /// By the first bits of an article's number, where in the list its like begin.
    starts: Vec<u32>,
}

impl Groups {
    /// The groups of an index without articles: none.
    pub fn none() -> Groups {
        Groups { bytes: Bytes::default(), members: 0, groups: 0, starts: Vec::new() }
    }

    /// Groups of article numbers, each with its original first.
    pub fn of(groups: &[Vec<u64>]) -> Groups {
        Groups::new(Bytes::new(bytes(groups))).unwrap_or_else(Groups::none)
    }

    /// Opens groups; `None` where the bytes are none. It checks their number, not each of them.
    pub fn new(bytes: Bytes) -> Option<Groups> {
        let header = Header::of(bytes.as_ref())?;
        let (members, groups) =
            (usize::try_from(header.members).ok()?, usize::try_from(header.groups).ok()?);
        let mut opened = Groups { bytes, members, groups, starts: Vec::new() };
        let mut starts = vec![0u32; members.next_power_of_two() + 1];
        for (number, _) in (0..members).filter_map(|place| opened.member(place)) {
            starts[first_bits(number, members) + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        opened.starts = starts;
        Some(opened)
    }

    /// The number of groups; they are numbered from 0.
    pub fn len(&self) -> usize {
        self.groups
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.groups == 0
    }

    /// The number of articles that are in a group.
    pub fn articles(&self) -> usize {
        self.members
    }

    /// The group of the article with this number; `None` where it was never reprinted.
    pub fn group(&self, article: u64) -> Option<u32> {
        // Numbers are hashes, so as many lists as there are articles hold about one each.
        let list = first_bits(article, self.members);
        let (first, last) = (*self.starts.get(list)?, *self.starts.get(list + 1)?);
        let mut like = (first..last).filter_map(|place| self.member(place as usize));
        like.find(|&(number, _)| number == article).map(|(_, group)| group)
    }

    /// The numbers of a group's articles, the original first.
    pub fn members(&self, group: u32) -> Vec<u64> {
        let (first, last) = (self.start(group as usize), self.start(group as usize + 1));
        let (first, last) = (first.unwrap_or(0), last.unwrap_or(0).min(self.members));
        (first..last).filter_map(|place| self.in_order(place)).collect()
    }

    /// The number of a group's original; `None` where there is no such group.
    pub fn original(&self, group: u32) -> Option<u64> {
        self.start(group as usize + 1)?;
        self.in_order(self.start(group as usize)?)
    }

    /// The number of the article at a place of the list that has group after group.
    fn in_order(&self, place: usize) -> Option<u64> {
        let order = Header::BYTES + self.members * MEMBER + (self.groups + 1) * 4;
        let place = u32::from_le_bytes(array(
            self.bytes.as_ref(),
            order + 4 * Some(place).filter(|&p| p < self.members)?,
        )?);
        self.member(place as usize).map(|(number, _)| number)
    }

    /// An article of the list, with its group.
    fn member(&self, place: usize) -> Option<(u64, u32)> {
        let at = Header::BYTES + place.checked_mul(MEMBER).filter(|_| place < self.members)?;
        Some((
            u64::from_le_bytes(array(self.bytes.as_ref(), at)?),
            u32::from_le_bytes(array(self.bytes.as_ref(), at + 8)?),
        ))
    }

    /// The place where a group's articles begin; for the number of groups, the end of the last.
    fn start(&self, group: usize) -> Option<usize> {
        let at = Header::BYTES
            + self.members * MEMBER
            + 4 * Some(group).filter(|&group| group <= self.groups)?;
        Some(u32::from_le_bytes(array(self.bytes.as_ref(), at)?) as usize)
    }
}

/// The first bits of a number: those that tell `members` apart, if they are spread evenly.
fn first_bits(number: u64, members: usize) -> usize {
    let bits = members.next_power_of_two().trailing_zeros();
    number.checked_shr(64 - bits).unwrap_or(0) as usize
}

/// The bytes of groups alone, as [`Groups::new`] opens them; `groups` are article numbers,
/// originals first.
pub fn bytes(groups: &[Vec<u64>]) -> Vec<u8> {
    let members = groups.iter().map(Vec::len).sum::<usize>() as u64;
    let lists = pack(groups);
    let header =
        Header { articles: members, members, groups: groups.len() as u64, rows: 0, checksum: 0 };
    [header.to_bytes().as_slice(), &lists].concat()
}

/// The lists of groups as bytes; `groups` are article numbers, originals first.
pub fn pack(groups: &[Vec<u64>]) -> Vec<u8> {
    let mut members: Vec<(u64, u32)> = groups
        .iter()
        .zip(0u32..)
        .flat_map(|(group, number)| group.iter().map(move |&a| (a, number)))
        .collect();
    members.sort_unstable();
    let mut bytes = Vec::with_capacity(members.len() * 16 + groups.len() * 4 + 4);
    for (article, group) in &members {
        bytes.extend(article.to_le_bytes());
        bytes.extend(group.to_le_bytes());
    }
    let mut start = 0u32;
    bytes.extend(start.to_le_bytes());
    for group in groups {
        start += group.len() as u32;
        bytes.extend(start.to_le_bytes());
    }
    for article in groups.iter().flatten() {
        let place = members.partition_point(|(other, _)| other < article) as u32;
        bytes.extend(place.to_le_bytes());
    }
    bytes
}

/// The header of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Articles that were grouped, those in no group among them.
    pub articles: u64,
    /// Articles in a group.
    pub members: u64,
    /// Groups.
    pub groups: u64,
    /// Bytes that follow the lists.
    pub rows: u64,
    /// First 8 bytes of the BLAKE3 hash of all that follows.
    pub checksum: u64,
}

impl Header {
    /// Bytes of a header.
    pub const BYTES: usize = 48;

    /// The header as it stands before the lists.
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = [self.articles, self.members, self.groups, self.rows, self.checksum];
        MAGIC
            .iter()
            .copied()
            .chain(numbers.iter().flat_map(|number| number.to_le_bytes()))
            .collect()
    }

    /// Reads the header of some bytes; `None` where they are none, or not as many as it says.
    pub fn of(bytes: &[u8]) -> Option<Header> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let number = |i: usize| array(rest, 8 * i).map(u64::from_le_bytes);
        let header = Header {
            articles: number(0)?,
            members: number(1)?,
            groups: number(2)?,
            rows: number(3)?,
            checksum: number(4)?,
        };
        let length = (header.groups_bytes()? as u64)
            .checked_add(header.rows)?
            .checked_add(Header::BYTES as u64)?;
        (length == bytes.len() as u64 && header.members <= header.articles).then_some(header)
    }

    /// The number of bytes of the lists of groups.
    pub fn groups_bytes(&self) -> Option<usize> {
        let (members, groups) =
            (usize::try_from(self.members).ok()?, usize::try_from(self.groups).ok()?);
        members.checked_mul(16)?.checked_add(groups.checked_add(1)?.checked_mul(4)?)
    }
}

/// The `N` bytes from `at`; `None` where there are fewer.
pub fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_finds_its_group_and_the_group_its_articles() {
        let groups = Groups::of(&[vec![7, 3], vec![u64::MAX, 5, 9]]);
        assert_eq!((groups.len(), groups.articles()), (2, 5));
        assert_eq!((groups.group(3), groups.group(9), groups.group(4)), (Some(0), Some(1), None));
        assert_eq!(groups.members(1), [u64::MAX, 5, 9]);
        assert_eq!((groups.original(0), groups.original(2)), (Some(7), None));
        assert!(Groups::none().is_empty() && Groups::none().group(7).is_none());
    }

    #[test]
    fn bytes_that_are_cut_are_no_groups() {
        let bytes = [
            Header { articles: 2, members: 2, groups: 1, rows: 0, checksum: 0 }
                .to_bytes()
                .as_slice(),
            &pack(&[vec![1, 2]]),
        ]
        .concat();
        assert!(Groups::new(Bytes::new(bytes.clone())).is_some());
        assert!(Groups::new(Bytes::new(bytes[..bytes.len() - 1].to_vec())).is_none());
    }
}
