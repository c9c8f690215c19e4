//! Resolves dates: a date as written becomes a moment of Chinese civil time, or a fault.
//!
//! A year that is written is never replaced. A year that is not written comes from the best
//! evidence that there is ([`YearEvidence`]); without evidence the date stays unknown. No date is
//! better than a wrong one. The reading of dates is left to [`crate::date`].

pub use crate::date::scan_field;
pub use crate::date::{NumericOrder, TimeUnit, Written, chinese_time, scan, scan_address};

use super::{Date, DateOrigin, Precision};
use jiff::civil::DateTime;
use jiff::{Span, ToSpan, tz};

/// The facts that dates are read against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Base {
    /// The moment of the crawl, in Chinese civil time: what 3小时前 counts from.
    pub crawled: Option<DateTime>,
    /// The latest moment that a date may have.
    pub latest: Option<DateTime>,
    /// The source of a missing year.
    pub year: Option<YearEvidence>,
    /// The order of day and month in dates like 07/08/2023, where it is known.
    pub order: Option<NumericOrder>,
}

/// The evidence for a year that is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearEvidence {
    /// The year itself.
    Year(i16),
    /// A moment close to the date: of the years around it, the one that brings the date nearest.
    Near(DateTime),
    /// The date lies between these two: the only year that does so.
    Within(DateTime, DateTime),
    /// A moment that the date is not after: the latest year possible.
    NotAfter(DateTime),
}

/// The reason why a date that was read has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFault {
    /// No calendar has it, or it lies before 1900 or after the latest moment possible.
    Impossible,
    /// It is relative, and nothing says to what; or its year is unknown.
    NoBase,
}

/// Resolves a date that was written as `raw`. A numeric date whose order is unknown has the
/// precision of its year.
///
/// # Errors
/// [`DateFault`].
pub fn resolve(
    written: Written,
    raw: &str,
    origin: DateOrigin,
    base: Base,
) -> Result<Date, DateFault> {
    let (value, precision, inferred) = match written {
        Written::Ago { count, unit, time } => ago(count, unit, time, base)?,
        Written::Calendar { year: Some(year), month, day, time, offset } => {
            let (value, precision) = whole(year, month, day, (time, offset))?;
            (value, precision, false)
        }
        Written::Calendar { year: None, month: Some(month), day: Some(day), time, .. } => {
            let evidence = base.year.ok_or(DateFault::NoBase)?;
            let value = with_time(in_year(month, day, evidence)?, time)?;
            (value, day_or_minute(time), true)
        }
        Written::Numeric { first, second, year, time, offset } => {
            let (month, day) = match base.order {
                Some(NumericOrder::DayFirst) => (Some(second), Some(first)),
                Some(NumericOrder::MonthFirst) => (Some(first), Some(second)),
                None => (None, None),
            };
            let (value, precision) = whole(year, month, day, (time, offset))?;
            (value, precision, false)
        }
        Written::Calendar { .. } => return Err(DateFault::NoBase),
    };
    let latest = base.latest.and_then(|latest| latest.checked_add(2.days()).ok());
    if value.year() < 1900 || latest.map_or(value.year() > 2100, |latest| value > latest) {
        return Err(DateFault::Impossible);
    }
    Ok(Date { raw: raw.trim().to_owned(), value, precision, origin, inferred })
}

/// A date whose year is written.
fn whole(
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
    clock: (Option<(i8, i8)>, Option<i32>),
) -> Result<(DateTime, Precision), DateFault> {
    let (time, offset) = clock;
    let midnight = DateTime::new(year, month.unwrap_or(1), day.unwrap_or(1), 0, 0, 0, 0)
        .map_err(|_| DateFault::Impossible)?;
    Ok(match (month, day, time) {
        (_, Some(_), Some(_)) => {
            let value = with_time(midnight, time)?;
            (offset.map_or(Ok(value), |offset| shifted(value, offset))?, Precision::Minute)
        }
        (_, Some(_), None) => (midnight, Precision::Day),
        (Some(_), None, _) => (midnight, Precision::Month),
        (None, None, _) => (midnight, Precision::Year),
    })
}

/// The moment so long before the crawl.
fn ago(
    count: i32,
    unit: TimeUnit,
    time: Option<(i8, i8)>,
    base: Base,
) -> Result<(DateTime, Precision, bool), DateFault> {
    let crawled = base.crawled.ok_or(DateFault::NoBase)?;
    let span = Span::new();
    let (span, precision) = match unit {
        TimeUnit::Minute => (span.try_minutes(count), Precision::Minute),
        TimeUnit::Hour => (span.try_hours(count), Precision::Minute),
        TimeUnit::Day => (span.try_days(count), Precision::Day),
        TimeUnit::Week => (span.try_weeks(count), Precision::Day),
        TimeUnit::Month => (span.try_months(count), Precision::Month),
        TimeUnit::Year => (span.try_years(count), Precision::Year),
    };
    let span = span.map_err(|_| DateFault::Impossible)?;
    let moment = crawled.checked_sub(span).map_err(|_| DateFault::Impossible)?;
    let (year, month, day) = (moment.year(), moment.month(), moment.day());
    let midnight =
        |month, day| DateTime::new(year, month, day, 0, 0, 0, 0).map_err(|_| DateFault::Impossible);
    let value = match precision {
        Precision::Year => midnight(1, 1)?,
        Precision::Month => midnight(month, 1)?,
        Precision::Day => {
            return Ok((with_time(midnight(month, day)?, time)?, day_or_minute(time), true));
        }
        Precision::Minute => DateTime::new(year, month, day, moment.hour(), moment.minute(), 0, 0)
            .map_err(|_| DateFault::Impossible)?,
    };
    Ok((value, precision, true))
}

fn day_or_minute(time: Option<(i8, i8)>) -> Precision {
    if time.is_some() { Precision::Minute } else { Precision::Day }
}

/// A day with a time; 24:00 is the midnight at its end.
fn with_time(midnight: DateTime, time: Option<(i8, i8)>) -> Result<DateTime, DateFault> {
    let Some((hour, minute)) = time else { return Ok(midnight) };
    let (year, month, day) = (midnight.year(), midnight.month(), midnight.day());
    let value = DateTime::new(year, month, day, hour % 24, minute, 0, 0);
    let value = value.map_err(|_| DateFault::Impossible)?;
    if hour < 24 {
        Ok(value)
    } else {
        value.checked_add(1.day()).map_err(|_| DateFault::Impossible)
    }
}

/// A moment that was written `offset` seconds east of UTC, in Chinese civil time.
fn shifted(value: DateTime, offset: i32) -> Result<DateTime, DateFault> {
    let offset = tz::Offset::from_seconds(offset).map_err(|_| DateFault::Impossible)?;
    Ok(chinese_time(offset.to_timestamp(value).map_err(|_| DateFault::Impossible)?))
}

/// The day with this month and day in the year that the evidence gives.
fn in_year(month: i8, day: i8, evidence: YearEvidence) -> Result<DateTime, DateFault> {
    let of = |year: i16| DateTime::new(year, month, day, 0, 0, 0, 0).ok();
    match evidence {
        YearEvidence::Year(year) => of(year).ok_or(DateFault::Impossible),
        YearEvidence::Near(moment) => {
            let years = [0, -1, 1].map(|step| moment.year() + step);
            let distance = |date: &DateTime| date.duration_since(moment).unsigned_abs();
            years.into_iter().filter_map(of).min_by_key(distance).ok_or(DateFault::Impossible)
        }
        YearEvidence::Within(first, last) => {
            let mut fits = (first.year()..=last.year())
                .filter_map(of)
                .filter(|date| first.date() <= date.date() && date.date() <= last.date());
            let found = fits.next().ok_or(DateFault::NoBase)?;
            if fits.next().is_some() { Err(DateFault::NoBase) } else { Ok(found) }
        }
        // One day of grace for time zones; 29 February may lie eight years back.
        YearEvidence::NotAfter(moment) => {
            let limit = moment.checked_add(1.day()).map_err(|_| DateFault::Impossible)?;
            let mut dates = (0..=8).filter_map(|back| of(limit.year() - back));
            dates.find(|&date| date <= limit).ok_or(DateFault::Impossible)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    fn year(month: i8, day: i8, evidence: YearEvidence) -> Option<i16> {
        in_year(month, day, evidence).ok().map(|date| date.year())
    }

    #[test]
    fn a_missing_year_comes_from_its_evidence() {
        let noon = |year, month| datetime(year, month, 15, 12, 0, 0, 0);
        assert_eq!(year(12, 30, YearEvidence::Near(noon(2024, 1))), Some(2023));
        assert_eq!(year(1, 3, YearEvidence::Near(noon(2023, 12))), Some(2024));
        assert_eq!(year(7, 24, YearEvidence::Year(2023)), Some(2023));
        assert_eq!(year(12, 1, YearEvidence::NotAfter(noon(2024, 11))), Some(2023));
        let span = YearEvidence::Within(noon(2023, 3), noon(2024, 6));
        assert_eq!(year(8, 1, span), Some(2023));
        // Twice within the span, and never: both unknown.
        assert_eq!((year(4, 1, span), year(2, 1, span)), (None, Some(2024)));
        assert_eq!(year(8, 1, YearEvidence::Within(noon(2023, 9), noon(2023, 10))), None);
    }

    #[test]
    fn a_numeric_date_without_a_known_order_has_its_year() {
        let written = scan("07/08/2023").unwrap().0;
        let date = |order| {
            let base = Base { order, ..Base::default() };
            resolve(written, "07/08/2023", DateOrigin::Field, base).unwrap().iso()
        };
        assert_eq!(date(None), "2023");
        assert_eq!(date(Some(NumericOrder::DayFirst)), "2023-08-07");
        assert_eq!(date(Some(NumericOrder::MonthFirst)), "2023-07-08");
    }

    #[test]
    fn the_end_of_a_day_is_the_next_midnight() {
        let written = scan("2023年12月31日 晚上12点").unwrap().0;
        let date = resolve(written, "", DateOrigin::Header, Base::default()).unwrap();
        assert_eq!(date.iso(), "2024-01-01T00:00");
    }
}
