//! An answer over time: bars of a drawing, each a link to its stretch of time.

use super::link::Link;
use crate::engine::{FacetCount, UNDATED, ValueCount};

/// Bars that a drawing has at most; more months are drawn as years.
const MOST_BARS: usize = 60;
/// The drawing, in its own units.
const WIDTH: usize = 720;
const HEIGHT: u64 = 72;

/// A bar.
pub struct BarView {
    /// The stretch of time.
    pub name: String,
    /// Articles in it.
    pub articles: u64,
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
    /// Articles without a date.
    pub undated: u64,
}

/// Draws an answer by month, or by year where there are too many months. `None` where nothing is
/// dated.
pub fn timeline(months: &FacetCount, years: &FacetCount, here: &Link) -> Option<TimelineView> {
    let dated = |count: &FacetCount| -> Vec<ValueCount> {
        count.counts.iter().filter(|count| count.value != UNDATED).cloned().collect()
    };
    let undated = months.counts.iter().find(|count| count.value == UNDATED);
    let mut counts = dated(months);
    if counts.len() > MOST_BARS {
        counts = dated(years);
    }
    // The latest are the ones that are asked for most.
    counts.drain(..counts.len().saturating_sub(MOST_BARS));
    let most = counts.iter().map(|count| count.articles).max()?.max(1);
    let step = (WIDTH / counts.len()).min(60);
    let bar = |(place, count): (usize, &ValueCount)| {
        let height = (count.articles * HEIGHT).div_ceil(most);
        BarView {
            name: count.value.clone(),
            articles: count.articles,
            link: here
                .set("since", &count.value)
                .set("until", &count.value)
                .without("offset")
                .text(),
            x: place * step,
            y: HEIGHT - height,
            width: step.saturating_sub(2).max(1),
            height,
        }
    };
    Some(TimelineView {
        first: counts.first()?.value.clone(),
        last: counts.last()?.value.clone(),
        bars: counts.iter().enumerate().map(bar).collect(),
        undated: undated.map_or(0, |count| count.articles),
    })
}
