//! Numbers that stand for things in an index: an article, a point in time.

use crate::article::Date;

/// The number by which the passages of an article are grouped and deleted: the first 8 bytes of the
/// BLAKE3 hash of its path, its id, and the number of records with that id before it in the file.
/// Two records with the same id stay two articles; an article keeps its number when others come or
/// go above it.
pub fn article_number(path: &str, id: &str, occurrence: u64) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(path.as_bytes()).update(&[0]).update(id.as_bytes()).update(&[0]);
    hasher.update(&occurrence.to_le_bytes());
    let mut first = [0u8; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// Seconds since 1970 of a civil date and time, as if it were UTC: a number that sorts and never
/// wraps.
pub fn seconds(date: jiff::civil::DateTime) -> i64 {
    let days = (date.date() - jiff::civil::date(1970, 1, 1)).get_days();
    let time = date.time();
    i64::from(days) * 86_400
        + i64::from(time.hour()) * 3_600
        + i64::from(time.minute()) * 60
        + i64::from(time.second())
}

/// The number of an article's date: its [`seconds`], and one more where a part of it is inferred.
/// No date is written to the second, so the last digit tells the two apart.
pub fn date_number(date: &Date) -> i64 {
    seconds(date.value) + i64::from(date.inferred)
}

/// The day of a [`date_number`], and `true` if it is inferred.
pub fn day_inferred(number: i64) -> (i64, bool) {
    (number.div_euclid(86_400), number.rem_euclid(60) == 1)
}

/// The day of a number that [`seconds`] gave.
pub fn day(seconds: i64) -> jiff::civil::Date {
    let days = seconds.div_euclid(86_400);
    let span = jiff::Span::new().try_days(days).unwrap_or_default();
    jiff::civil::date(1970, 1, 1).checked_add(span).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_days_go_both_ways() {
        for (date, days) in [("1969-12-31", -1), ("1970-01-01", 0), ("2023-07-28", 19_566)] {
            let day_typed: jiff::civil::Date = date.parse().unwrap();
            assert_eq!(seconds(day_typed.at(0, 0, 0, 0)), days * 86_400);
            assert_eq!(day(seconds(day_typed.at(23, 59, 59, 0))), day_typed);
        }
    }

    #[test]
    fn the_occurrence_of_an_id_tells_two_articles_apart() {
        assert_ne!(article_number("a", "1", 0), article_number("a", "1", 1));
        assert_ne!(article_number("ab", "1", 0), article_number("a", "b1", 0));
    }
}
