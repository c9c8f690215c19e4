//! Records of updates and examinations of an index.

use crate::update::UpdateReport;
use crate::update::doctor::Examination;
use serde::Serialize;
use std::time::Duration;

/// The counts of an update.
#[derive(Debug, Clone, Serialize)]
pub struct UpdateRecord<'a> {
    /// The counts.
    #[serde(flatten)]
    pub report: &'a UpdateReport,
    /// Its duration in seconds, to the millisecond.
    pub seconds: f64,
    /// Megabytes of text in a second.
    pub megabytes_per_second: f64,
    /// The time at which it ended, where it is one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<jiff::Timestamp>,
}

impl<'a> UpdateRecord<'a> {
    /// The counts of an update that took so long.
    pub fn new(report: &'a UpdateReport, took: Duration) -> UpdateRecord<'a> {
        UpdateRecord {
            report,
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
            megabytes_per_second: (megabytes_per_second(report, took) * 10.0).round() / 10.0,
            time: None,
        }
    }
}

/// Megabytes of text that an update wrote in a second.
pub fn megabytes_per_second(report: &UpdateReport, took: Duration) -> f64 {
    report.bytes as f64 / 1e6 / took.as_secs_f64().max(1e-9)
}

/// An examination of an index.
#[derive(Debug, Clone, Serialize)]
pub struct DoctorRecord<'a> {
    /// The result of the examination.
    #[serde(flatten)]
    pub diagnosis: &'a Examination,
    /// True if nothing is wrong.
    pub healthy: bool,
    /// The result of the repair, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired: Option<RepairRecord<'a>>,
}

/// A repair of an index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RepairRecord<'a> {
    /// Files that were read again.
    pub files: usize,
    /// Files that are gone and had articles that were wrong.
    pub lost: Vec<&'a str>,
}
