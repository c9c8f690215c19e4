//! Why an answer is empty: what each word gave, and which filter left how much.

use super::compile::{Evidence, Occur, Plan, Unit, compile};
use super::evidence::Segment;
use super::filter::Filter;
use super::{Lexicon, Reprints, Request, Statistics, collect};
use crate::error::Result;
use crate::index::Index;
use serde::Serialize;

/// Why an answer is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Each thing looked for, with the number of passages that have it, whatever the filters.
    pub words: Vec<(String, u64)>,
    /// Articles that the words alone find.
    pub without_filters: u64,
    /// Each filter, with the number of articles that the words and it alone find.
    pub filters: Vec<(&'static str, u64)>,
}

/// Explains the answer to `request`.
pub fn diagnose(index: &Index, request: &Request, lexicon: &Lexicon) -> Result<Diagnosis> {
    let searcher = index.searcher();
    let filter = Filter::new(&request.filters)?;
    let plan = compile(&request.query, lexicon, &request.ranking);
    let statistics = Statistics::new(&searcher, index.fields(), index.layouts())?;
    let count = |parts: &[super::filter::Part], plan: &Plan, reprints: Reprints| -> Result<u64> {
        let segments =
            searcher.segment_readers().iter().zip(index.layouts()).map(|(reader, layout)| {
                let said = if parts.contains(&super::filter::Part::Speaker) {
                    filter.said(layout)?
                } else {
                    None
                };
                Ok(Segment {
                    reader,
                    fields: index.fields(),
                    allowed: filter.passing(parts, reader, index.fields(), layout)?,
                    said,
                    layout,
                })
            });
        let segments: Vec<Segment<'_>> = segments.collect::<Result<_>>()?;
        let request =
            Request { limit: 0, offset: 0, facets: Vec::new(), reprints, ..request.clone() };
        Ok(collect(plan, &segments, &statistics, &request, index.groups())?.texts.articles)
    };
    let shown = plan.units.iter().filter(|u| u.occur != Occur::Bonus);
    let alone = |unit: &Unit| {
        let occur = if unit.occur == Occur::Excluded { Occur::Required } else { unit.occur };
        // A word by itself, without the shorter words inside it.
        let evidence: Vec<(f32, Evidence)> = match unit.evidence.first() {
            Some(first @ (_, Evidence::Word(_) | Evidence::Unknown(_))) => vec![first.clone()],
            _ => unit.evidence.clone(),
        };
        Plan {
            units: vec![Unit { occur, evidence, ..unit.clone() }],
            minimum: usize::from(occur == Occur::Wanted),
            ..Plan::default()
        }
    };
    let words = shown
        .map(|unit| Ok((unit.label.clone(), count(&[], &alone(unit), Reprints::Shown)?)))
        .collect::<Result<_>>()?;
    let alone =
        |part: super::filter::Part| Ok((part.name(), count(&[part], &plan, Reprints::Shown)?));
    let mut filters = filter.parts().map(alone).collect::<Result<Vec<_>>>()?;
    if request.reprints == Reprints::LeftOut {
        filters.push(("original-only", count(&[], &plan, Reprints::LeftOut)?));
    }
    Ok(Diagnosis { words, without_filters: count(&[], &plan, Reprints::Shown)?, filters })
}
