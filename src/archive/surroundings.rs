//! The dates of a file's other records: they give the year of a date that has none, and the order
//! of day and month in a column.

use super::fields::Fields;
use super::{Content, Outcome, Skip, SkipReason};
use crate::date::{NumericOrder, Written, scan_address, scan_field};
use crate::error::Note;
use std::collections::VecDeque;

/// How many records and bytes are read before the first is given.
const AHEAD: (usize, usize) = (256, 4 << 20);

/// Gives the records of a file with their surroundings, and a [`SkipReason::TitleOnly`] behind each
/// record whose text was not found.
pub struct Surrounded<'a> {
    inner: Box<dyn Iterator<Item = Outcome> + Send + 'a>,
    waiting: VecDeque<Outcome>,
    near: Option<(i16, i8)>,
    order: Option<NumericOrder>,
    stage: Stage,
    /// The skip that belongs behind the record given last.
    remark: Option<Skip>,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Unread,
    Looked,
}

impl<'a> Surrounded<'a> {
    /// The records of `inner`.
    pub fn new(inner: Box<dyn Iterator<Item = Outcome> + Send + 'a>) -> Surrounded<'a> {
        Surrounded {
            inner,
            waiting: VecDeque::new(),
            near: None,
            order: None,
            stage: Stage::Unread,
            remark: None,
        }
    }

    /// Reads the first records for what they say of each other.
    fn look_ahead(&mut self) {
        self.stage = Stage::Looked;
        let mut bytes = 0;
        let mut orders = [false; 2];
        while self.waiting.len() < AHEAD.0 && bytes < AHEAD.1 {
            let Some(outcome) = self.inner.next() else { break };
            if let Some(fields) = fields(&outcome) {
                bytes += fields.size();
                if let Some(order) = fields.date.as_deref().and_then(NumericOrder::of) {
                    orders[order as usize] = true;
                }
            }
            self.waiting.push_back(outcome);
        }
        self.order = match orders {
            [true, false] => Some(NumericOrder::DayFirst),
            [false, true] => Some(NumericOrder::MonthFirst),
            _ => None,
        };
        let order = self.order;
        self.near = self.waiting.iter().filter_map(fields).find_map(|f| own_month(f, order));
    }
}

impl Iterator for Surrounded<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        if let Some(skip) = self.remark.take() {
            return Some(Err(skip));
        }
        if self.stage == Stage::Unread {
            self.look_ahead();
        }
        let mut outcome = self.waiting.pop_front().or_else(|| self.inner.next())?;
        if let Ok(record) = &mut outcome {
            if record.notes.contains(&Note::TitleOnly) {
                self.remark = Some(Skip {
                    path: record.path.clone(),
                    record: record.place,
                    reason: SkipReason::TitleOnly,
                    detail: record.remark.take().unwrap_or_default(),
                });
            }
            if let Content::Fields(fields) = &mut record.content {
                match own_month(fields, self.order) {
                    Some(month) => self.near = Some(month),
                    None => fields.surroundings.near = self.near,
                }
                if is_ambiguous(fields) {
                    fields.surroundings.order = self.order;
                }
            }
        }
        Some(outcome)
    }
}

fn fields(outcome: &Outcome) -> Option<&Fields> {
    match &outcome.as_ref().ok()?.content {
        Content::Fields(fields) => Some(fields),
        _ => None,
    }
}

/// Year and month of the whole date that a record's own date or address gives.
fn own_month(fields: &Fields, order: Option<NumericOrder>) -> Option<(i16, i8)> {
    let month = |written: Written| match (written, order) {
        (Written::Calendar { year: Some(year), month: Some(month), day: Some(_), .. }, _) => {
            Some((year, month))
        }
        (Written::Numeric { year, second, .. }, Some(NumericOrder::DayFirst)) => {
            Some((year, second))
        }
        (Written::Numeric { year, first, .. }, Some(NumericOrder::MonthFirst)) => {
            Some((year, first))
        }
        _ => None,
    };
    let of_date = fields.date.as_deref().and_then(scan_field).and_then(month);
    of_date.or_else(|| scan_address(fields.url.as_deref()?).and_then(|(written, _)| month(written)))
}

/// Returns true if a record's date needs the order of its column.
fn is_ambiguous(fields: &Fields) -> bool {
    let written = fields.date.as_deref().and_then(scan_field);
    matches!(written, Some(Written::Numeric { .. }))
}

#[cfg(test)]
mod tests {
    use super::super::{RawRecord, Surroundings};
    use super::*;

    fn record(date: Option<&str>) -> Outcome {
        let fields = Fields { date: date.map(str::to_owned), ..Fields::default() };
        Ok(RawRecord { content: Content::Fields(fields), ..RawRecord::default() })
    }

    fn surroundings(dates: &[Option<&str>]) -> Vec<Surroundings> {
        let outcomes: Vec<Outcome> = dates.iter().map(|date| record(*date)).collect();
        let all = Surrounded::new(Box::new(outcomes.into_iter()));
        all.map(|outcome| fields(&outcome).unwrap().surroundings).collect()
    }

    #[test]
    fn a_record_without_a_date_is_near_the_one_above() {
        let near: Vec<_> = surroundings(&[None, Some("2023-07-28"), None, Some("7月30日")])
            .into_iter()
            .map(|surroundings| surroundings.near)
            .collect();
        assert_eq!(near, [Some((2023, 7)), None, Some((2023, 7)), Some((2023, 7))]);
    }

    #[test]
    fn one_date_of_a_column_decides_the_order_of_all() {
        let orders = |dates: &[Option<&str>]| -> Vec<_> {
            surroundings(dates).into_iter().map(|surroundings| surroundings.order).collect()
        };
        let day_first = Some(NumericOrder::DayFirst);
        assert_eq!(orders(&[Some("07/08/2023"), Some("25/07/2023")]), [day_first, None]);
        assert_eq!(orders(&[Some("07/08/2023"), Some("05/06/2023")]), [None, None]);
        let both = [Some("07/08/2023"), Some("25/07/2023"), Some("07/25/2023")];
        assert_eq!(orders(&both), [None, None, None]);
    }
}
