//! The types of an unresolved date.

use jiff::civil::DateTime;
use jiff::tz;

/// A date as written, unresolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Some of year, month, day, hour and minute.
    Calendar {
        /// The year, if it is written.
        year: Option<i16>,
        /// The month, if it is written.
        month: Option<i8>,
        /// The day, if it is written.
        day: Option<i8>,
        /// Hour (24 is the end of the day) and minute, if they are written.
        time: Option<(i8, i8)>,
        /// Seconds east of UTC, if they are written.
        offset: Option<i32>,
    },
    /// Day and month in unknown order before the year: 07/08/2023. Both lie in 1 to 12, and differ.
    Numeric {
        /// The number that comes first.
        first: i8,
        /// The number that comes second.
        second: i8,
        /// The year.
        year: i16,
        /// Hour and minute, if they are written.
        time: Option<(i8, i8)>,
        /// Seconds east of UTC, if they are written.
        offset: Option<i32>,
    },
    /// A distance from the crawl: 335 天前, 昨天.
    Ago {
        /// The number of units.
        count: i32,
        /// The unit.
        unit: TimeUnit,
        /// Hour and minute, if they are written (昨天 10:20).
        time: Option<(i8, i8)>,
    },
}

impl Written {
    /// Returns true if year, month and day are written.
    pub fn is_full(&self) -> bool {
        matches!(
            self,
            Written::Calendar { year: Some(_), month: Some(_), day: Some(_), .. }
                | Written::Numeric { .. }
        )
    }

    /// The year, if it is written.
    pub fn year(&self) -> Option<i16> {
        match *self {
            Written::Calendar { year, .. } => year,
            Written::Numeric { year, .. } => Some(year),
            Written::Ago { .. } => None,
        }
    }

    /// A whole date at midnight, without a time.
    pub(super) fn day(year: i16, month: i8, day: i8) -> Written {
        Written::Calendar {
            year: Some(year),
            month: Some(month),
            day: Some(day),
            time: None,
            offset: None,
        }
    }

    /// A moment of Chinese civil time, to the minute.
    pub(super) fn moment(moment: DateTime) -> Written {
        Written::Calendar {
            year: Some(moment.year()),
            month: Some(moment.month()),
            day: Some(moment.day()),
            time: Some((moment.hour(), moment.minute())),
            offset: None,
        }
    }

    /// The same date with a time of day.
    pub(super) fn with_time(self, clock: Option<((i8, i8), Option<i32>)>) -> Written {
        let Some((read, zone)) = clock else { return self };
        match self {
            Written::Calendar { year, month, day, .. } => {
                Written::Calendar { year, month, day, time: Some(read), offset: zone }
            }
            Written::Numeric { first, second, year, .. } => {
                Written::Numeric { first, second, year, time: Some(read), offset: zone }
            }
            ago => ago,
        }
    }
}

/// The unit of a relative date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// 秒, 分钟.
    Minute,
    /// 小时.
    Hour,
    /// 天.
    Day,
    /// 周.
    Week,
    /// 月.
    Month,
    /// 年.
    Year,
}

/// The moment of a timestamp in Chinese civil time (UTC+8, as all of China keeps it).
pub fn chinese_time(timestamp: jiff::Timestamp) -> DateTime {
    tz::offset(8).to_datetime(timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_time_is_eight_hours_ahead() {
        let moment = chinese_time(jiff::Timestamp::from_second(1_690_533_600).unwrap());
        assert_eq!(moment.to_string(), "2023-07-28T16:40:00");
        assert!(Written::moment(moment).is_full());
    }
}
