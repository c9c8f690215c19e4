//! The plan of a cluster as JSON.

use super::SCHEMA;
use crate::engine::opensearch::capacity::CapacityPlan;
use serde::Serialize;

/// The plan of a cluster for an archive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CapacityRecord<'a> {
    /// [`super::SCHEMA`].
    pub schema: u32,
    /// Articles of the sample that were measured; none where there is no sample.
    pub sample_articles: Option<u64>,
    /// Milliseconds of a core in which the nodes index an article, for each copy.
    pub indexing_milliseconds: f64,
    /// Milliseconds of a core in which a loader analyses an article.
    pub analysis_milliseconds: f64,
    /// The plan.
    #[serde(flatten)]
    pub plan: &'a CapacityPlan,
}

impl<'a> CapacityRecord<'a> {
    /// The record of a plan, for which so many articles were measured.
    pub fn new(plan: &'a CapacityPlan, sample_articles: Option<u64>) -> CapacityRecord<'a> {
        let [indexing_milliseconds, analysis_milliseconds] = plan.milliseconds();
        CapacityRecord {
            schema: SCHEMA,
            sample_articles,
            indexing_milliseconds,
            analysis_milliseconds,
            plan,
        }
    }
}
