//! Questions to a cluster: it finds the articles that may answer (clause.rs), and each of them is
//! evaluated here (evaluation.rs), so that sets, scores and counts are those of the engine in the
//! process. Questions without words that columns answer are left to browse.rs.

use super::browse::Browse;
use super::decided;
use super::gather;
use super::reader::ClusterReader;
use super::selected::SelectedArticles;
use crate::engine::plan::{Occur, Plan, Unit};
use crate::engine::{
    CloseText, Execution, PassageAddress, Ranking, Selection, Share, TopDocs, Wanted,
};
use crate::error::Result;

/// The passages that a selection admits, asked over HTTP.
pub struct ClusterExecution<'a>(SelectedArticles<'a>);

impl<'a> ClusterExecution<'a> {
    /// The passages that `selection` admits.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn new(
        reader: &'a ClusterReader,
        selection: &Selection<'a>,
        ranking: &'a Ranking,
    ) -> Result<ClusterExecution<'a>> {
        SelectedArticles::new(reader, selection, ranking).map(ClusterExecution)
    }
}

impl Execution for ClusterExecution<'_> {
    fn top_docs(&self, plan: &Plan, wanted: &Wanted<'_>) -> Result<TopDocs> {
        if let Some(found) = decided::top_docs(&self.0, plan, wanted)? {
            return Ok(found);
        }
        if plan.units.is_empty()
            && let Some(browse) = Browse::new(self.0.reader, &self.0.selection)
        {
            return browse.top_docs(wanted);
        }
        gather::top_docs(&self.0, plan, wanted)
    }

    fn explain(&self, plan: &Plan, at: PassageAddress) -> Result<Vec<Share>> {
        let (article, known) = (self.0.counted(at, plan)?, self.0.numbers(plan)?);
        let admitted = article.admitted(&self.0.selection);
        let mut shares = Vec::new();
        for (unit, known) in plan.units.iter().zip(&known) {
            let scoring = unit.evidence.iter().zip(known).filter(|_| unit.occur != Occur::Excluded);
            for (evidence, &known) in scoring {
                let alone = Unit { evidence: vec![evidence.clone()], ..unit.clone() };
                let plan = Plan { units: vec![alone], ..Plan::default() };
                let known = [vec![known]];
                let found = self.0.context(&plan, &known).evaluate(&article, &admitted);
                let passage = found.passages.get(at.passage as usize).copied().unwrap_or(0.0);
                if passage + found.common > 0.0 {
                    let (word, name) = (unit.label.clone(), evidence.1.to_string());
                    let (weight, article) = (evidence.0, found.common);
                    shares.push(Share { word, evidence: name, weight, passage, article });
                }
            }
        }
        Ok(shares)
    }

    fn close_text(&self, at: PassageAddress) -> Result<CloseText> {
        let article = self.0.article(at)?;
        let Some(passage) = article.passages.get(at.passage as usize) else {
            return Ok(CloseText::default());
        };
        let next = article.passages.get(at.passage as usize + 1);
        let speech = self.0.selection.speakers();
        Ok(CloseText {
            chars: passage.chars.clone(),
            next: next.and_then(|next| next.chars.first().copied()),
            length: passage.chars_length,
            speaker_spans: speech.map(|speech| article.spoken(at.passage as usize, speech)),
        })
    }
}
