//! When the next update is due, from the times of events alone. Knows no clock and no files.

use std::time::{Duration, Instant};

/// An update is due when nothing has happened for so long: a burst of changes is one update.
const QUIET: Duration = Duration::from_millis(500);
/// It waits no longer than this while changes keep coming.
const PATIENCE: Duration = Duration::from_secs(5);
/// The least time from the end of one update to the begin of the next: each ends with a commit, and
/// commits cost.
const REST: Duration = Duration::from_secs(2);
/// When an update is tried again that found the index taken.
pub const RETRY: Duration = Duration::from_secs(5);

/// When the next update is due.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The first and the last event that no update has taken up.
    waiting: Option<(Instant, Instant)>,
    /// No update begins before.
    earliest: Option<Instant>,
}

impl Schedule {
    /// Something changed.
    pub fn changed(&mut self, at: Instant) {
        let first = self.waiting.map_or(at, |(first, _)| first);
        self.waiting = Some((first, at));
    }

    /// When the next update is due; `None` where nothing changed.
    pub fn due(&self) -> Option<Instant> {
        let (first, last) = self.waiting?;
        let due = (last + QUIET).min(first + PATIENCE);
        Some(self.earliest.map_or(due, |earliest| due.max(earliest)))
    }

    /// An update begins, and takes up everything so far. What changes from now on is for the next.
    pub fn begun(&mut self) {
        self.waiting = None;
    }

    /// The update has ended.
    pub fn ended(&mut self, at: Instant) {
        self.earliest = Some(at + REST);
    }

    /// The update could not be made, and is due again.
    pub fn refused(&mut self, at: Instant) {
        self.changed(at);
        self.earliest = Some(at + RETRY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// A schedule with events at these times, in milliseconds after `start`.
    fn with(start: Instant, events: impl IntoIterator<Item = u32>) -> Schedule {
        let mut schedule = Schedule::default();
        events.into_iter().for_each(|at| schedule.changed(start + MS * at));
        schedule
    }

    /// When it is due, in milliseconds after `start`.
    fn due(schedule: &Schedule, start: Instant) -> Option<u128> {
        schedule.due().map(|at| (at - start).as_millis())
    }

    #[test]
    fn nothing_is_due_until_something_changes() {
        let start = Instant::now();
        assert_eq!(due(&with(start, []), start), None);
        let mut schedule = with(start, [100]);
        schedule.begun();
        schedule.ended(start + MS * 900);
        assert_eq!(due(&schedule, start), None);
    }

    #[test]
    fn a_burst_is_one_update_once_it_is_quiet() {
        let start = Instant::now();
        assert_eq!(due(&with(start, (0..=40).map(|i| i * 50)), start), Some(2500));
    }

    #[test]
    fn an_update_does_not_wait_for_ever_while_changes_keep_coming() {
        let start = Instant::now();
        assert_eq!(due(&with(start, (0..100).map(|i| i * 100)), start), Some(5000));
    }

    #[test]
    fn what_changes_during_an_update_is_for_the_next_after_a_rest() {
        let start = Instant::now();
        let mut schedule = with(start, [0]);
        schedule.begun();
        schedule.changed(start + MS * 600);
        schedule.ended(start + MS * 1000);
        assert_eq!(due(&schedule, start), Some(3000));
        schedule.changed(start + MS * 2900);
        assert_eq!(due(&schedule, start), Some(3400));
    }

    #[test]
    fn a_refused_update_is_due_again_without_another_event() {
        let start = Instant::now();
        let mut schedule = with(start, [0]);
        schedule.begun();
        schedule.refused(start + MS * 1000);
        assert_eq!(due(&schedule, start), Some(6000));
        schedule.begun();
        schedule.ended(start + MS * 6100);
        assert_eq!(due(&schedule, start), None);
    }
}
