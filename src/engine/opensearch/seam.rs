//! An opened cluster as an [`Engine`].

use super::browse::Browse;
use super::execution::ClusterExecution;
use super::gather;
use super::reader::ClusterReader;
use super::selected::SelectedArticles;
use super::term_counts;
use crate::engine::{
    ArticleName, Engine, Evidence, Execution, Inspected, KeyField, MissingParts, PassageAddress,
    Period, Ranking, Reprints, Selection, SpeakerCount, Statistics, TermField, TopicCounts,
    YearCounts,
};
use crate::error::Result;
use crate::passage::Passage;

impl Engine for ClusterReader {
    fn statistics(&self) -> &Statistics {
        self.statistics()
    }

    fn execution<'a>(
        &'a self,
        selection: &Selection<'a>,
        ranking: &'a Ranking,
    ) -> Result<Box<dyn Execution + 'a>> {
        Ok(Box::new(ClusterExecution::new(self, selection, ranking)?))
    }

    fn passage(&self, at: PassageAddress) -> Result<Passage> {
        self.passage(at)
    }

    fn prefetch(&self, at: &[PassageAddress]) -> Result<()> {
        self.prefetch(at)
    }

    fn siblings(&self, at: PassageAddress) -> Vec<PassageAddress> {
        self.siblings(at)
    }

    fn number(&self, at: PassageAddress) -> Result<Option<u64>> {
        self.number(at).map(Some)
    }

    fn article_id(&self, at: PassageAddress) -> Result<String> {
        Ok(self.article(at)?.first().map(|first| first.article.id.clone()).unwrap_or_default())
    }

    fn find(&self, name: ArticleName<'_>) -> Result<Vec<PassageAddress>> {
        self.find(name)
    }

    fn articles(&self) -> Result<Vec<(u64, PassageAddress)>> {
        self.articles()
    }

    fn character_count(&self, c: char) -> u64 {
        self.character_count(c).unwrap_or(0)
    }

    fn occurs(&self, evidence: &Evidence) -> Result<bool> {
        gather::occurs(self, evidence)
    }

    fn terms(&self, field: TermField, emit: &mut dyn FnMut(&str, u64)) -> Result<()> {
        self.terms(field, emit)
    }

    fn words_near(&self, word: &str, emit: &mut dyn FnMut(&str, u64)) -> Result<()> {
        term_counts::each_near(self.client(), word, emit)
    }

    fn value_count(&self, field: KeyField, value: &str) -> Result<u64> {
        self.value_count(field, value)
    }

    fn speaker_names(&self) -> Result<Vec<String>> {
        self.speaker_names()
    }

    fn speakers(
        &self,
        pattern: &str,
        selection: &Selection<'_>,
        reprints: Reprints<'_>,
    ) -> Result<Vec<SpeakerCount>> {
        let ranking = Ranking::default();
        let execution = SelectedArticles::new(self, selection, &ranking)?;
        gather::speakers(&execution, pattern, reprints)
    }

    fn topics(
        &self,
        period: Period,
        selection: &Selection<'_>,
        reprints: Reprints<'_>,
    ) -> Result<TopicCounts> {
        match Browse::new(self, selection) {
            Some(browse) => browse.topics(period, reprints),
            None => {
                let ranking = Ranking::default();
                let execution = SelectedArticles::new(self, selection, &ranking)?;
                gather::topics(&execution, period, reprints)
            }
        }
    }

    fn years(&self) -> Result<YearCounts> {
        self.years()
    }

    fn inspect(&self, each: &mut dyn FnMut(Inspected)) -> Result<()> {
        self.inspect(each)
    }

    fn missing(&self) -> Option<MissingParts> {
        self.client().missing()
    }
}
