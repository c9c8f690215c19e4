//! Reprints in an answer: which of the articles that qualify are copies of one text, and which of
//! them is shown for all.
//!
//! The groups are known since indexing; here they are only looked up, for the articles that
//! qualify. Which articles answer is decided before, so folding takes nothing away.

use crate::reprint::Groups;
use fixedbitset::FixedBitSet;
use std::collections::HashSet;

/// The treatment of reprints in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReprintPolicy {
    /// Those that answer together make one hit: the original's, or else that of the best.
    #[default]
    Folded,
    /// Each is a hit.
    Shown,
    /// They are left out of hits and of all counts: only originals, and what was never reprinted,
    /// answer.
    LeftOut,
}

/// An article that qualifies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Qualifying {
    /// The part of the index.
    pub segment: u32,
    /// Its number within the part.
    pub article: u32,
    /// Its number in the index; `None` where the index is damaged.
    pub number: Option<u64>,
    /// Its score.
    pub score: f32,
    /// True if it holds all of the query as typed.
    pub whole: bool,
}

/// An article that qualifies and is in a group.
#[derive(Debug, Clone, Copy)]
struct Member {
    group: u32,
    segment: u32,
    article: u32,
    number: u64,
    score: f32,
    whole: bool,
}

/// The articles of an answer as texts.
#[derive(Debug, Default)]
pub struct Collapsed {
    /// The articles in groups: group after group, in the order of segments.
    members: Vec<Member>,
    /// The same by segment: their numbers there, in order, each with its group.
    grouped: Vec<Vec<(u32, u32)>>,
    /// The articles that are not shown, by segment.
    hidden: Vec<FixedBitSet>,
    /// Number of articles that qualify.
    pub articles: u64,
    /// Number of texts among them.
    pub texts: u64,
    /// Number of articles that hold all of the query as typed.
    pub whole_articles: u64,
    /// Number of texts among those.
    pub whole_texts: u64,
}

impl Collapsed {
    /// Finds out which of the articles are one text. They come in the order of segments and, within
    /// a segment, of their numbers.
    pub fn new(
        groups: Option<&Groups>,
        policy: ReprintPolicy,
        articles: impl Iterator<Item = Qualifying>,
    ) -> Collapsed {
        let groups = groups.filter(|groups| !groups.is_empty());
        let mut collapsed = Collapsed::default();
        for found in articles {
            collapsed.articles += 1;
            collapsed.whole_articles += u64::from(found.whole);
            let group = found.number.zip(groups).and_then(|(number, g)| g.group(number));
            if let (Some(group), Some(number)) = (group, found.number) {
                let Qualifying { segment, article, score, whole, .. } = found;
                collapsed.members.push(Member { group, segment, article, number, score, whole });
                at(&mut collapsed.grouped, segment).push((article, group));
            }
        }
        (collapsed.texts, collapsed.whole_texts) = (collapsed.articles, collapsed.whole_articles);
        collapsed.members.sort_unstable_by_key(|m| (m.group, m.segment, m.article));
        let members = std::mem::take(&mut collapsed.members);
        for several in members.chunk_by(|a, b| a.group == b.group).filter(|s| s.len() > 1) {
            collapsed.texts -= several.len() as u64 - 1;
            let whole = several.iter().filter(|member| member.whole).count();
            collapsed.whole_texts -= whole.saturating_sub(1) as u64;
            if policy == ReprintPolicy::Folded {
                let shown = groups.map_or(0, |groups| shown(groups, several));
                for member in several.iter().filter(|member| member.number != shown) {
                    at(&mut collapsed.hidden, member.segment)
                        .grow_and_insert(member.article as usize);
                }
            }
        }
        collapsed.members = members;
        collapsed
    }

    /// True if an article of a segment is shown itself.
    pub fn shows(&self, segment: u32, article: u32) -> bool {
        !self.hidden.get(segment as usize).is_some_and(|hidden| hidden.contains(article as usize))
    }

    /// The group of an article that qualifies; `None` where it stands alone.
    pub fn group(&self, segment: u32, article: u32) -> Option<u32> {
        let grouped = self.grouped.get(segment as usize)?;
        let found = grouped.binary_search_by_key(&article, |&(own, _)| own).ok()?;
        Some(grouped[found].1)
    }

    /// The group of an article that is shown, its own number, and the numbers of the copies that it
    /// stands for; `None` where it is in no group.
    pub fn copies(&self, segment: u32, article: u32) -> Option<(u32, Option<u64>, HashSet<u64>)> {
        let group = self.group(segment, article)?;
        let first = self.members.partition_point(|member| member.group < group);
        let members = self.members[first..].iter().take_while(|member| member.group == group);
        let (mut copies, mut number) = (HashSet::new(), None);
        for member in members {
            if (member.segment, member.article) == (segment, article) {
                number = Some(member.number);
            } else if !self.shows(member.segment, member.article) {
                copies.insert(member.number);
            }
        }
        Some((group, number, copies))
    }
}

/// True if the article with this number is a reprint of another.
pub fn is_reprint(groups: Option<&Groups>, number: Option<u64>) -> bool {
    let Some((groups, group)) = groups.and_then(|g| Some((g, g.group(number?)?))) else {
        return false;
    };
    groups.original(group) != number
}

/// The element of a segment, which is added where it is missing.
fn at<T: Default>(by_segment: &mut Vec<T>, segment: u32) -> &mut T {
    let segment = segment as usize;
    if by_segment.len() <= segment {
        by_segment.resize_with(segment + 1, T::default);
    }
    &mut by_segment[segment]
}

/// The number of the article that is shown for `several` of one group: the original, else the best,
/// of equals the one that would be taken for the original first.
fn shown(groups: &Groups, several: &[Member]) -> u64 {
    let original = groups.original(several[0].group);
    let answers = |number: u64| several.iter().any(|member| member.number == number);
    if let Some(original) = original.filter(|&original| answers(original)) {
        return original;
    }
    let Some(best) = several.iter().map(|member| member.score).max_by(f32::total_cmp) else {
        return 0;
    };
    let is_best = |member: &&Member| member.score.total_cmp(&best).is_eq();
    let equals: HashSet<u64> = several.iter().filter(is_best).map(|member| member.number).collect();
    let members = groups.members(several[0].group);
    members.into_iter().find(|number| equals.contains(number)).unwrap_or(several[0].number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Articles 10 and 11 are one text, 10 its original; 12 stands alone.
    fn groups() -> Groups {
        Groups::of(&[vec![10, 11]])
    }

    fn article(article: u32, number: u64, score: f32) -> Qualifying {
        Qualifying { segment: 0, article, number: Some(number), score, whole: article > 0 }
    }

    #[test]
    fn a_folded_answer_shows_the_original_and_names_its_copies() {
        let articles = [article(0, 11, 9.0), article(1, 10, 1.0), article(2, 12, 5.0)];
        let groups = groups();
        let folded = Collapsed::new(Some(&groups), ReprintPolicy::Folded, articles.iter().copied());
        assert_eq!((folded.articles, folded.texts), (3, 2));
        assert_eq!((folded.whole_articles, folded.whole_texts), (2, 2));
        assert!(!folded.shows(0, 0) && folded.shows(0, 1) && folded.shows(0, 2));
        let (_, number, copies) = folded.copies(0, 1).unwrap();
        assert_eq!((number, copies), (Some(10), HashSet::from([11])));
        assert!(folded.copies(0, 2).is_none());
    }

    #[test]
    fn a_copy_whose_original_does_not_answer_is_shown() {
        let groups = groups();
        let folded =
            Collapsed::new(Some(&groups), ReprintPolicy::Folded, [article(0, 11, 1.0)].into_iter());
        assert!(folded.shows(0, 0));
        assert!(is_reprint(Some(&groups), Some(11)) && !is_reprint(Some(&groups), Some(10)));
        assert!(!is_reprint(Some(&groups), Some(12)) && !is_reprint(None, Some(11)));
    }

    #[test]
    fn without_folding_every_copy_is_shown_and_counted_as_one_text() {
        let articles = [article(0, 11, 9.0), article(1, 10, 1.0)];
        let groups = groups();
        let shown = Collapsed::new(Some(&groups), ReprintPolicy::Shown, articles.iter().copied());
        assert!(shown.shows(0, 0) && shown.shows(0, 1));
        assert_eq!((shown.articles, shown.texts), (2, 1));
    }
}
