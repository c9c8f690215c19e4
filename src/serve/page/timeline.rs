//! An answer over time: bars of a drawing, each a link to its stretch of time.

use super::language::grouped;
use super::link::Link;
use crate::engine::{FacetCount, UNDATED};

/// Bars that a drawing has at most; more months are drawn as years.
const MOST_BARS: usize = 60;
/// The drawing, in its own units.
const WIDTH: usize = 720;
const HEIGHT: u64 = 72;

/// A bar.
pub struct BarView {
    /// The stretch of time.
    pub name: String,
    /// The number of what is counted in it.
    pub count: String,
    /// True if something is.
    pub counts: bool,
    /// The address that asks for it alone.
    pub link: String,
    /// Its left edge.
    pub x: usize,
    /// Its upper edge.
    pub y: u64,
    /// Its width.
    pub width: usize,
    /// Its height.
    pub height: u64,
}

/// A drawing.
pub struct TimelineView {
    /// The bars, in order.
    pub bars: Vec<BarView>,
    /// The first stretch.
    pub first: String,
    /// The last.
    pub last: String,
    /// The number of what has no date; none where all has.
    pub undated: Option<String>,
}

/// Draws an answer by the stretches of `fine`, or by year where there are too many of them. `None`
/// where nothing is dated.
pub fn timeline(fine: &FacetCount, years: &FacetCount, here: &Link) -> Option<TimelineView> {
    let dated = |count: &FacetCount| -> Vec<(String, u64)> {
        let dated = count.counts.iter().filter(|count| count.value != UNDATED);
        dated.map(|count| (count.value.clone(), count.articles)).collect()
    };
    let undated = fine.counts.iter().find(|count| count.value == UNDATED);
    let mut counts = dated(fine);
    if counts.len() > MOST_BARS {
        counts = dated(years);
    }
    drawn(counts, undated.map_or(0, |count| count.articles), here)
}

/// Draws numbers by month, or by year where there are too many months. `None` where nothing is
/// dated.
pub fn by_month(months: &[(String, u64)], undated: u64, here: &Link) -> Option<TimelineView> {
    let mut counts = months.to_vec();
    if counts.len() > MOST_BARS {
        counts.iter_mut().for_each(|(month, _)| month.truncate(4));
        counts.dedup_by(|(later, n), (year, sum)| {
            let is_same = later == year;
            *sum += if is_same { *n } else { 0 };
            is_same
        });
    }
    drawn(counts, undated, here)
}

fn drawn(mut counts: Vec<(String, u64)>, undated: u64, here: &Link) -> Option<TimelineView> {
    // The latest are the ones that are asked for most.
    counts.drain(..counts.len().saturating_sub(MOST_BARS));
    let most = counts.iter().map(|(_, count)| *count).max()?.max(1);
    let step = (WIDTH / counts.len()).min(60);
    let bar = |(place, (name, count)): (usize, &(String, u64))| {
        let height = (count * HEIGHT).div_ceil(most);
        BarView {
            name: name.clone(),
            count: grouped(*count),
            counts: *count > 0,
            link: here.set("since", name).set("until", name).without("offset").text(),
            x: place * step,
            y: HEIGHT - height,
            width: step.saturating_sub(2).max(1),
            height,
        }
    };
    Some(TimelineView {
        first: counts.first()?.0.clone(),
        last: counts.last()?.0.clone(),
        bars: counts.iter().enumerate().map(bar).collect(),
        undated: (undated > 0).then(|| grouped(undated)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_months_are_drawn_as_years_that_add_up() {
        let month = |n: u64| (format!("{}-{:02}", 2000 + n / 12, n % 12 + 1), n % 12);
        let months: Vec<(String, u64)> = (0..72).map(month).collect();
        let drawn = by_month(&months, 0, &Link::new("/", &[])).unwrap();
        let bars: Vec<(&str, &str)> =
            drawn.bars.iter().map(|bar| (bar.name.as_str(), bar.count.as_str())).collect();
        assert_eq!((bars.len(), bars[0], bars[5]), (6, ("2000", "66"), ("2005", "66")));
        assert_eq!(by_month(&months[..60], 3, &Link::new("/", &[])).unwrap().bars.len(), 60);
        assert!(by_month(&[], 3, &Link::new("/", &[])).is_none());
    }
}
