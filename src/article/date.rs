//! Dates as Chinese news writes them: finds them, resolves them, and refuses those that cannot be.
//!
//! [`scan`] reads a date at the start of a text, [`resolve`] turns it into a moment of Chinese
//! civil time. Where a part is missing it comes from the base, the moment of the crawl. No date is
//! better than a wrong one.

mod scan;

pub use scan::{is_full, scan, scan_address, scan_field};

use super::{Date, DateOrigin, Precision};
use jiff::civil::DateTime;
use jiff::{Span, ToSpan, tz};

/// The moments that dates are read against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Base {
    /// When the text was crawled, in Chinese civil time: what 3小时前 counts from, and what a
    /// missing year is taken from.
    pub crawled: Option<DateTime>,
    /// No date is later than this.
    pub latest: Option<DateTime>,
}

/// A date as written, unresolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Some of year, month, day, hour and minute.
    Calendar {
        /// The year, where it is written.
        year: Option<i16>,
        /// The month, where it is written.
        month: Option<i8>,
        /// The day, where it is written.
        day: Option<i8>,
        /// Hour and minute, where they are written.
        time: Option<(i8, i8)>,
        /// Seconds east of UTC, where they are written.
        offset: Option<i32>,
    },
    /// So long before the crawl: 335 天前, 昨天.
    Ago {
        /// How many.
        count: i32,
        /// Of what.
        unit: TimeUnit,
        /// Hour and minute, where they are written (昨天 10:20).
        time: Option<(i8, i8)>,
    },
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

/// Why a date that was read has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No calendar has it, or it lies before 1900 or after the crawl.
    Impossible,
    /// It is relative, and nothing says to what.
    NoBase,
}

/// The moment of a timestamp in Chinese civil time (UTC+8, as all of China keeps it).
pub fn chinese_time(timestamp: jiff::Timestamp) -> DateTime {
    tz::offset(8).to_datetime(timestamp)
}

/// Resolves a date that was written as `raw`.
///
/// # Errors
/// [`Fault`].
pub fn resolve(written: Written, raw: &str, origin: DateOrigin, base: Base) -> Result<Date, Fault> {
    let (value, precision, inferred) = match written {
        Written::Ago { count, unit, time } => ago(count, unit, time, base)?,
        Written::Calendar { year: Some(year), month, day, time, offset } => {
            let midnight = DateTime::new(year, month.unwrap_or(1), day.unwrap_or(1), 0, 0, 0, 0);
            let value = with_time(midnight.map_err(|_| Fault::Impossible)?, time)?;
            let value = match (offset, time) {
                (Some(offset), Some(_)) => shifted(value, offset)?,
                _ => value,
            };
            let precision = match (month, day, time) {
                (_, Some(_), Some(_)) => Precision::Minute,
                (_, Some(_), None) => Precision::Day,
                (Some(_), None, _) => Precision::Month,
                (None, None, _) => Precision::Year,
            };
            (value, precision, false)
        }
        Written::Calendar { year: None, month: Some(month), day: Some(day), time, .. } => {
            let value = with_time(latest_before(month, day, base)?, time)?;
            (value, if time.is_some() { Precision::Minute } else { Precision::Day }, true)
        }
        Written::Calendar { .. } => return Err(Fault::NoBase),
    };
    let latest = base.latest.and_then(|latest| latest.checked_add(2.days()).ok());
    if value.year() < 1900 || latest.map_or(value.year() > 2100, |latest| value > latest) {
        return Err(Fault::Impossible);
    }
    Ok(Date { raw: raw.trim().to_owned(), value, precision, origin, inferred })
}

/// The moment so long before the crawl.
fn ago(
    count: i32,
    unit: TimeUnit,
    time: Option<(i8, i8)>,
    base: Base,
) -> Result<(DateTime, Precision, bool), Fault> {
    let crawled = base.crawled.ok_or(Fault::NoBase)?;
    let (span, precision): (Span, Precision) = match unit {
        TimeUnit::Minute => {
            (Span::new().try_minutes(count).map_err(|_| Fault::Impossible)?, Precision::Minute)
        }
        TimeUnit::Hour => {
            (Span::new().try_hours(count).map_err(|_| Fault::Impossible)?, Precision::Minute)
        }
        TimeUnit::Day => {
            (Span::new().try_days(count).map_err(|_| Fault::Impossible)?, Precision::Day)
        }
        TimeUnit::Week => {
            (Span::new().try_weeks(count).map_err(|_| Fault::Impossible)?, Precision::Day)
        }
        TimeUnit::Month => {
            (Span::new().try_months(count).map_err(|_| Fault::Impossible)?, Precision::Month)
        }
        TimeUnit::Year => {
            (Span::new().try_years(count).map_err(|_| Fault::Impossible)?, Precision::Year)
        }
    };
    let moment = crawled.checked_sub(span).map_err(|_| Fault::Impossible)?;
    let (year, month, day) = (moment.year(), moment.month(), moment.day());
    let whole =
        |month, day| DateTime::new(year, month, day, 0, 0, 0, 0).map_err(|_| Fault::Impossible);
    let value = match precision {
        Precision::Year => whole(1, 1)?,
        Precision::Month => whole(month, 1)?,
        Precision::Day => {
            return Ok((with_time(whole(month, day)?, time)?, day_or_minute(time), true));
        }
        Precision::Minute => DateTime::new(year, month, day, moment.hour(), moment.minute(), 0, 0)
            .map_err(|_| Fault::Impossible)?,
    };
    Ok((value, precision, true))
}

fn day_or_minute(time: Option<(i8, i8)>) -> Precision {
    if time.is_some() { Precision::Minute } else { Precision::Day }
}

fn with_time(midnight: DateTime, time: Option<(i8, i8)>) -> Result<DateTime, Fault> {
    let Some((hour, minute)) = time else { return Ok(midnight) };
    DateTime::new(midnight.year(), midnight.month(), midnight.day(), hour, minute, 0, 0)
        .map_err(|_| Fault::Impossible)
}

/// A moment that was written `offset` seconds east of UTC, in Chinese civil time.
fn shifted(value: DateTime, offset: i32) -> Result<DateTime, Fault> {
    let offset = tz::Offset::from_seconds(offset).map_err(|_| Fault::Impossible)?;
    Ok(chinese_time(offset.to_timestamp(value).map_err(|_| Fault::Impossible)?))
}

/// The latest day with this month and day that is not after the crawl (one day of grace for time
/// zones).
fn latest_before(month: i8, day: i8, base: Base) -> Result<DateTime, Fault> {
    let crawled = base.crawled.ok_or(Fault::NoBase)?;
    let limit = crawled.checked_add(1.day()).map_err(|_| Fault::Impossible)?;
    // 29 February may lie eight years back.
    let years = (0..=8).map(|back| limit.year() - back);
    let mut days = years.filter_map(|year| DateTime::new(year, month, day, 0, 0, 0, 0).ok());
    days.find(|&date| date <= limit).ok_or(Fault::Impossible)
}
