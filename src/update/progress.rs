//! The progress of an update between its rounds: each round's effects go into the tables and are
//! counted; articles that a file no longer has are deleted.

use super::changes::{Changes, Job};
use super::files::absolute;
use super::ledger::{FileRecord, ReadState};
use super::options::{Observer, Update, UpdateReport, Vanished};
use super::pipeline::{RecordChange, RecordEffect, Round, Work};
use super::store::Store;
use super::tables::Tables;
use crate::archive::SkipReason;
use crate::engine::Stop;
use crate::engine::origin::{FileKey, RecordRow};
use crate::error::Error;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Tells the observer and the report what is to be done.
pub fn announce(changes: &Changes, report: &mut UpdateReport, observer: &dyn Observer) {
    report.unchanged = changes.unchanged;
    report.missing = changes.missing;
    report.vanished = changes.vanished.len() as u64;
    changes.settings.iter().for_each(|(before, files)| observer.reset(*files, before));
    observer
        .planned(changes.jobs.len() as u64, changes.jobs.iter().map(|job| job.entry.size).sum());
}

/// The counts of one file so far.
#[derive(Debug, Clone, Copy, Default)]
struct FileTotals {
    /// Articles, passages, bytes of bodies.
    totals: [u64; 3],
    skipped: u64,
    written: u64,
    relocated: u64,
    /// True if the system did not let all of it be read.
    refused: bool,
}

/// The state of an update between its rounds.
pub struct UpdateState<'a> {
    update: &'a Update<'a>,
    /// Seconds since 1970 in UTC when it began.
    begun: i64,
    /// The work that is left.
    pub changes: Changes,
    /// The tables as they are by now.
    pub tables: Tables,
    totals_by_job: Vec<FileTotals>,
    /// The articles of the files that changed or are gone, as far as they have not been seen again.
    unseen: HashMap<FileKey, HashSet<u64>>,
    /// Digests of the articles of files that are gone.
    gone: HashSet<u64>,
    /// Articles that came from files that are gone.
    arrived: u64,
    /// For each root: its articles, and those of them whose files are gone.
    losses: Vec<(PathBuf, u64, u64)>,
    report: UpdateReport,
}

/// For each root of an update: its articles in the index, and those whose files are gone.
fn losses(update: &Update<'_>, changes: &Changes, tables: &Tables) -> Vec<(PathBuf, u64, u64)> {
    let files = &tables.ledger.files;
    let articles = |file: &String| files.get(file).map_or(0, |record| record.articles);
    let of = |root: &PathBuf| {
        let there = absolute(root);
        let under = |file: &&String| Path::new(file.as_str()).starts_with(&there);
        let all = files.keys().filter(under).map(articles).sum();
        let gone = changes.vanished.iter().filter(under).map(articles).sum();
        (root.clone(), all, gone)
    };
    update.roots.iter().map(of).collect()
}

impl<'a> UpdateState<'a> {
    /// The state before the first round.
    pub fn new(
        update: &'a Update<'a>,
        changes: Changes,
        tables: Tables,
        mut report: UpdateReport,
        observer: &dyn Observer,
    ) -> UpdateState<'a> {
        announce(&changes, &mut report, observer);
        let known = changes
            .jobs
            .iter()
            .filter(|job| job.before.is_some())
            .map(|job| FileKey::new(&job.now.file));
        let gone: HashSet<FileKey> =
            changes.vanished.iter().map(|file| FileKey::new(file)).collect();
        let unseen = tables.records.by_file(&known.chain(gone.iter().copied()).collect());
        let of_gone = unseen
            .iter()
            .filter(|(file, _)| gone.contains(file))
            .flat_map(|(_, articles)| articles);
        let gone = of_gone
            .filter_map(|&article| tables.records.get(article))
            .map(|row| row.digest)
            .collect();
        let totals_by_job = vec![FileTotals::default(); changes.jobs.len()];
        let losses = losses(update, &changes, &tables);
        let arrived = 0;
        UpdateState {
            update,
            begun: update.rules.clock.seconds(),
            changes,
            tables,
            totals_by_job,
            unseen,
            gone,
            arrived,
            losses,
            report,
        }
    }

    /// The reason not to delete what is gone without asking, once everything has been read: a root
    /// would lose more than half of its articles, those not counted that came back elsewhere.
    pub fn doubt(&self) -> Option<Error> {
        if self.update.rules.vanished != Vanished::Asked {
            return None;
        }
        let lost = |gone: u64| gone.saturating_sub(self.arrived);
        let (root, of, gone) = self.losses.iter().find(|(_, of, gone)| 2 * lost(*gone) > *of)?;
        Some(Error::Vanished { root: root.clone(), articles: lost(*gone), of: *of })
    }

    /// The context of the next round.
    pub fn work<'w>(
        &'w self,
        jobs: &'w [Job],
        store: Option<&'w dyn Store>,
        observer: &'w dyn Observer,
        stop: &'w Stop,
    ) -> Work<'w> {
        let (records, gone) = (&self.tables.records, &self.gone);
        let (update, begun) = (self.update, self.begun);
        Work { update, begun, jobs, records, gone, store, observer, stop }
    }

    /// Brings the tables up to date with a round.
    pub fn apply(&mut self, round: Round, jobs: &[Job], store: Option<&dyn Store>) {
        for (job, skip) in round.skipped {
            self.totals_by_job[job].skipped += 1;
            self.totals_by_job[job].refused |= skip.reason == SkipReason::Unreadable;
            *self.report.skipped.entry(skip.reason.text()).or_default() += 1;
        }
        for effect in round.effects {
            self.effect(effect, jobs);
        }
        for job in round.finished {
            self.finish_file(job, &jobs[job], store);
        }
        if let Some(open) = round.open {
            self.note_part(open, &jobs[open]);
        }
    }

    /// A file was read in part: what has not been seen again stays until it is read to its end.
    fn note_part(&mut self, at: usize, job: &Job) {
        let file = self.totals_by_job[at];
        let mut totals = file.totals;
        for article in self.unseen.get(&FileKey::new(&job.now.file)).into_iter().flatten() {
            let row = self.tables.records.get(*article);
            let own = row.map_or([0; 3], RecordRow::counts);
            (0..3).for_each(|i| totals[i] += own[i]);
        }
        self.note_file(job, totals, file.skipped, ReadState::Partial);
    }

    fn effect(&mut self, effect: RecordEffect, jobs: &[Job]) {
        let (row, job) = (effect.row, &jobs[effect.job]);
        let file = &mut self.totals_by_job[effect.job];
        let own = row.counts();
        (0..3).for_each(|i| file.totals[i] += own[i]);
        if let Some(unseen) = self.unseen.get_mut(&row.file) {
            unseen.remove(&effect.number);
        }
        if effect.change == RecordChange::Kept {
            return;
        }
        file.written += 1;
        file.relocated += u64::from(effect.change == RecordChange::Moved);
        self.report.articles += 1;
        self.report.passages += own[1];
        self.report.bytes += own[2];
        match effect.change {
            RecordChange::Kept => {}
            RecordChange::Added => self.report.added += 1,
            RecordChange::Replaced => self.report.replaced += 1,
            RecordChange::Moved => self.report.relocated += 1,
        }
        self.arrived += u64::from(
            effect.change == RecordChange::Moved
                && self.tables.records.get(effect.number).is_none(),
        );
        self.tables.records.insert(effect.number, row);
        if let Some(imprint) = effect.imprint {
            self.tables.imprints.insert(&job.now.path, imprint);
        }
    }

    /// A file was read to its end: what was not in it any more is deleted. Where the system refused
    /// a part of it, nobody knows what that part has: all stays, and the next update reads it.
    fn finish_file(&mut self, at: usize, job: &Job, store: Option<&dyn Store>) {
        let file = self.totals_by_job[at];
        let key = FileKey::new(&job.now.file);
        let removed = if file.refused { 0 } else { self.delete(key, store) };
        self.report.removed += removed;
        let all_moved = file.relocated > 0 && file.relocated == file.totals[0];
        match &job.before {
            None if all_moved => self.report.moved += 1,
            None => self.report.new += 1,
            Some(_) if file.written + removed > 0 => self.report.changed += 1,
            Some(_) => self.report.same += 1,
        }
        match file.refused {
            true => self.note_part(at, job),
            false => self.note_file(job, file.totals, file.skipped, job.now.reading),
        }
    }

    fn note_file(&mut self, job: &Job, totals: [u64; 3], skipped: u64, reading: ReadState) {
        let [articles, passages, bytes] = totals;
        let record = FileRecord { articles, passages, bytes, skipped, reading, ..job.now.clone() };
        self.tables.ledger.files.insert(record.file.clone(), record);
    }

    /// Deletes what is left of a file's articles; returns how many those were.
    fn delete(&mut self, file: FileKey, store: Option<&dyn Store>) -> u64 {
        let articles = self.unseen.remove(&file).unwrap_or_default();
        for &article in &articles {
            if let Some(store) = store {
                store.delete(article);
            }
            self.tables.remove(article);
        }
        articles.len() as u64
    }

    /// Deletes the articles of the files that are gone.
    pub fn forget_vanished(&mut self, store: Option<&dyn Store>) {
        let mut deleted = 0;
        for file in std::mem::take(&mut self.changes.vanished) {
            deleted += self.delete(FileKey::new(&file), store);
            self.tables.ledger.files.remove(&file);
        }
        self.report.removed += deleted.saturating_sub(self.arrived);
    }

    /// The report of the whole update, after which the index has so many articles.
    pub fn finish(mut self, articles: u64) -> UpdateReport {
        self.report.total_articles = articles;
        self.report
    }
}
