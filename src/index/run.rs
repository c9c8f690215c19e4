//! An update between its rounds: what each round did is put into the tables and counted; what a
//! file has no longer is deleted.

use super::commit::{Kept, Store};
use super::manifest::{FileRecord, Reading};
use super::pipeline::{Change, Effect, Round, Work};
use super::plan::{Changes, Job};
use super::records::FileKey;
use super::schema::Fields;
use super::update::{Observer, Report, Stop, Update};
use std::collections::{HashMap, HashSet};

/// Tells what the plan is.
pub fn told(changes: &Changes, report: &mut Report, observer: &dyn Observer) {
    report.unchanged = changes.unchanged;
    report.missing = changes.missing;
    report.vanished = changes.vanished.len() as u64;
    changes.settings.iter().for_each(|(before, files)| observer.reset(*files, before));
    observer
        .planned(changes.jobs.len() as u64, changes.jobs.iter().map(|job| job.entry.size).sum());
}

/// What has been counted so far for one file.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// Articles, passages, bytes of bodies.
    totals: [u64; 3],
    skipped: u64,
    written: u64,
    relocated: u64,
}

/// The state of an update between its rounds.
pub struct Run<'a> {
    update: &'a Update<'a>,
    /// What is still to be done.
    pub changes: Changes,
    /// What the tables say by now.
    pub kept: Kept,
    fields: Fields,
    tallies: Vec<Tally>,
    /// The articles of the files that changed or are gone, as far as they have not been seen again.
    unseen: HashMap<FileKey, HashSet<u64>>,
    /// Digests of the articles of files that are gone.
    gone: HashSet<u64>,
    /// Articles that came from files that are gone.
    arrived: u64,
    report: Report,
}

impl<'a> Run<'a> {
    /// The state before the first round.
    pub fn new(
        update: &'a Update<'a>,
        changes: Changes,
        kept: Kept,
        mut report: Report,
        observer: &dyn Observer,
    ) -> Run<'a> {
        told(&changes, &mut report, observer);
        let known = changes
            .jobs
            .iter()
            .filter(|job| job.before.is_some())
            .map(|job| FileKey::new(&job.now.file));
        let gone: HashSet<FileKey> =
            changes.vanished.iter().map(|file| FileKey::new(file)).collect();
        let unseen = kept.records.by_file(&known.chain(gone.iter().copied()).collect());
        let of_gone = unseen
            .iter()
            .filter(|(file, _)| gone.contains(file))
            .flat_map(|(_, articles)| articles);
        let gone = of_gone
            .filter_map(|&article| kept.records.get(article))
            .map(|row| row.digest)
            .collect();
        let tallies = vec![Tally::default(); changes.jobs.len()];
        Run {
            update,
            changes,
            kept,
            fields: Fields::new(),
            tallies,
            unseen,
            gone,
            arrived: 0,
            report,
        }
    }

    /// What the next round needs to know.
    pub fn work<'w>(
        &'w self,
        jobs: &'w [Job],
        store: Option<&'w Store>,
        observer: &'w dyn Observer,
        stop: &'w Stop,
    ) -> Work<'w> {
        let (records, fields, gone) = (&self.kept.records, &self.fields, &self.gone);
        Work { update: self.update, jobs, records, fields, gone, store, observer, stop }
    }

    /// Brings the tables up to date with what a round did.
    pub fn apply(&mut self, round: Round, jobs: &[Job], store: Option<&Store>) {
        for (job, skip) in round.skipped {
            self.tallies[job].skipped += 1;
            *self.report.skipped.entry(skip.reason.text()).or_default() += 1;
        }
        for effect in round.effects {
            self.effect(effect, jobs);
        }
        for job in round.finished {
            self.finish_file(job, &jobs[job], store);
        }
        if let Some(open) = round.open {
            let (job, tally) = (&jobs[open], self.tallies[open]);
            let mut totals = tally.totals;
            for article in self.unseen.get(&FileKey::new(&job.now.file)).into_iter().flatten() {
                let row = self.kept.records.get(*article);
                let own =
                    row.map_or([0; 3], |row| [1, u64::from(row.passages), u64::from(row.bytes)]);
                (0..3).for_each(|i| totals[i] += own[i]);
            }
            self.note_file(job, totals, tally.skipped, Reading::Partial);
        }
    }

    fn effect(&mut self, effect: Effect, jobs: &[Job]) {
        let (row, job) = (effect.row, &jobs[effect.job]);
        let tally = &mut self.tallies[effect.job];
        let own = [1, u64::from(row.passages), u64::from(row.bytes)];
        (0..3).for_each(|i| tally.totals[i] += own[i]);
        if let Some(unseen) = self.unseen.get_mut(&row.file) {
            unseen.remove(&effect.number);
        }
        if effect.change == Change::Kept {
            return;
        }
        tally.written += 1;
        tally.relocated += u64::from(effect.change == Change::Moved);
        self.report.articles += 1;
        self.report.passages += own[1];
        self.report.bytes += own[2];
        match effect.change {
            Change::Kept => {}
            Change::Added => self.report.added += 1,
            Change::Replaced => self.report.replaced += 1,
            Change::Moved => self.report.relocated += 1,
        }
        self.arrived += u64::from(
            effect.change == Change::Moved && self.kept.records.get(effect.number).is_none(),
        );
        self.kept.records.insert(effect.number, row);
        if let Some(imprint) = effect.imprint {
            self.kept.reprints.insert(&job.now.path, imprint);
        }
    }

    /// A file was read to its end: what was not in it any more is deleted.
    fn finish_file(&mut self, at: usize, job: &Job, store: Option<&Store>) {
        let removed = self.delete(FileKey::new(&job.now.file), store);
        self.report.removed += removed;
        let tally = self.tallies[at];
        let all_moved = tally.relocated > 0 && tally.relocated == tally.totals[0];
        match &job.before {
            None if all_moved => self.report.moved += 1,
            None => self.report.new += 1,
            Some(_) if tally.written + removed > 0 => self.report.changed += 1,
            Some(_) => self.report.same += 1,
        }
        self.note_file(job, tally.totals, tally.skipped, job.now.reading);
    }

    fn note_file(&mut self, job: &Job, totals: [u64; 3], skipped: u64, reading: Reading) {
        let [articles, passages, bytes] = totals;
        let record = FileRecord { articles, passages, bytes, skipped, reading, ..job.now.clone() };
        self.kept.ledger.files.insert(record.file.clone(), record);
    }

    /// Deletes what is left of a file's articles; returns how many those were.
    fn delete(&mut self, file: FileKey, store: Option<&Store>) -> u64 {
        let articles = self.unseen.remove(&file).unwrap_or_default();
        for &article in &articles {
            if let Some(store) = store {
                store.delete(article);
            }
            self.kept.remove(article);
        }
        articles.len() as u64
    }

    /// Deletes the articles of the files that are gone.
    pub fn forget_vanished(&mut self, store: Option<&Store>) {
        let mut deleted = 0;
        for file in std::mem::take(&mut self.changes.vanished) {
            deleted += self.delete(FileKey::new(&file), store);
            self.kept.ledger.files.remove(&file);
        }
        self.report.removed += deleted.saturating_sub(self.arrived);
    }

    /// What came of it all.
    pub fn finish(mut self) -> Report {
        self.report.total_articles = self.kept.records.len() as u64;
        self.report
    }
}
