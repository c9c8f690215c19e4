//! Who reprinted whom, as a search asks it: the file is mapped; only the list of articles that are
//! in a group is looked through when it is opened, so that asking for one costs next to nothing.

use super::{Header, array};
use crate::error::{Error, Result};
use std::path::Path;
use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

/// Bytes of an article in the list of all articles that are in a group: its number and that of its
/// group.
const MEMBER: usize = 12;

/// The groups of an index, opened and not loaded.
#[derive(Debug, Clone)]
pub struct Groups {
    bytes: OwnedBytes,
    members: usize,
    groups: usize,
    /// By the first bits of an article's number, where in the list its like begin.
    starts: Vec<u32>,
}

impl Groups {
    /// The groups of an index without articles: none.
    pub fn none() -> Groups {
        Groups { bytes: OwnedBytes::empty(), members: 0, groups: 0, starts: Vec::new() }
    }

    /// Opens the file called `name` in the index at `folder`. It checks the file's size, not each
    /// of its bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it is missing or is none.
    pub fn open(folder: &Path, name: &str) -> Result<Groups> {
        let damaged = |reason: String| Error::Damaged { path: folder.to_owned(), reason };
        let open = || -> std::result::Result<OwnedBytes, String> {
            let folder = MmapDirectory::open(folder).map_err(|e| e.to_string())?;
            let file = folder.open_read(Path::new(name)).map_err(|e| e.to_string())?;
            file.read_bytes().map_err(|e| e.to_string())
        };
        let bytes =
            open().map_err(|reason| damaged(format!("{name} cannot be read ({reason})")))?;
        Groups::new(bytes).ok_or_else(|| damaged(format!("{name} is no file of reprints")))
    }

    fn new(bytes: OwnedBytes) -> Option<Groups> {
        let header = Header::of(&bytes)?;
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

    /// How many groups there are; they are numbered from 0.
    pub fn len(&self) -> usize {
        self.groups
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.groups == 0
    }

    /// How many articles are in a group.
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
            &self.bytes,
            order + 4 * Some(place).filter(|&p| p < self.members)?,
        )?);
        self.member(place as usize).map(|(number, _)| number)
    }

    /// An article of the list, with its group.
    fn member(&self, place: usize) -> Option<(u64, u32)> {
        let at = Header::BYTES + place.checked_mul(MEMBER).filter(|_| place < self.members)?;
        Some((
            u64::from_le_bytes(array(&self.bytes, at)?),
            u32::from_le_bytes(array(&self.bytes, at + 8)?),
        ))
    }

    /// Where a group's articles begin; for the number of groups, where the last one's end.
    fn start(&self, group: usize) -> Option<usize> {
        let at = Header::BYTES
            + self.members * MEMBER
            + 4 * Some(group).filter(|&group| group <= self.groups)?;
        Some(u32::from_le_bytes(array(&self.bytes, at)?) as usize)
    }
}

/// The first bits of a number: those that tell `members` apart, if they are spread evenly.
fn first_bits(number: u64, members: usize) -> usize {
    let bits = members.next_power_of_two().trailing_zeros();
    number.checked_shr(64 - bits).unwrap_or(0) as usize
}

/// The lists of groups as bytes; `groups` are article numbers, originals first.
pub(super) fn pack(groups: &[Vec<u64>]) -> Vec<u8> {
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
