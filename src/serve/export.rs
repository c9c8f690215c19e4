//! Every hit of an answer in one of four forms, from one commit and one search: the hits are ranked
//! once and read part by part, as fast as the client takes them.
//!
//! The last line of JSON Lines says that nothing is missing: `{"end":true,"count":n}`. In every
//! form a client sees a body that was broken off as one.

use super::answers::{HitReply, without_paths};
use super::held::Held;
use super::packing::{self, PieceWriter};
use super::parameters::{EXPORT, FILTERS, QUESTION};
use super::problem::HttpProblem;
use crate::Index;
use crate::clipping::{Clipping, bibtex, ris};
use crate::date::chinese_time;
use crate::engine::Grouping;
use crate::record::{HitRecord, plain_cell};
use crate::search::{Hit, RankedAnswer, Request};
use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;

/// Hits that are read at a time.
const AT_A_TIME: usize = 500;
/// The pause of an export that found the queue of searches full.
const PAUSE: Duration = Duration::from_millis(200);

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExportForm {
    Ndjson,
    Csv,
    Ris,
    Bibtex,
}

impl ExportForm {
    fn of(name: Option<&str>) -> ExportForm {
        match name {
            Some("csv") => ExportForm::Csv,
            Some("ris") => ExportForm::Ris,
            Some("bib") => ExportForm::Bibtex,
            _ => ExportForm::Ndjson,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            ExportForm::Ndjson => "application/x-ndjson",
            ExportForm::Csv => "text/csv; charset=utf-8",
            ExportForm::Ris => "application/x-research-info-systems; charset=utf-8",
            ExportForm::Bibtex => "application/x-bibtex; charset=utf-8",
        }
    }

    /// The name under which a browser keeps it.
    fn file(self) -> &'static str {
        match self {
            ExportForm::Ndjson => "jianbao.ndjson",
            ExportForm::Csv => "jianbao.csv",
            ExportForm::Ris => "jianbao.ris",
            ExportForm::Bibtex => "jianbao.bib",
        }
    }
}

/// An export on its way.
struct Exporter {
    held: Arc<Held>,
    index: Arc<Index>,
    ranked: Arc<RankedAnswer>,
    form: ExportForm,
}

/// `/export`
pub async fn export(
    State(held): State<Arc<Held>>,
    Extension(index): Extension<Arc<Index>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let parameters =
        held.read(query.as_deref().unwrap_or_default(), &[&QUESTION, &FILTERS, &EXPORT])?;
    let form = ExportForm::of(parameters.get("format"));
    let searched = Arc::clone(&index);
    let ranked = held.search(move |stop| {
        let (request, _) = parameters.until(stop).request()?;
        // A reference is one of an article, however many of its passages answer.
        let grouping = match form {
            ExportForm::Ris | ExportForm::Bibtex => Grouping::Articles,
            _ => request.grouping,
        };
        let all = Request { limit: usize::MAX, offset: 0, facets: Vec::new(), grouping, ..request };
        Ok(searched.rank(&all)?)
    });
    let ranked = Arc::new(ranked.await?);
    let exporter = Exporter { held, index, ranked, form };
    // The first part is awaited, so that a refusal is told as one.
    let first = exporter.part(0).await?;
    let packs = packing::takes_gzip(&headers);
    let (sender, receiver) = channel(1);
    tokio::spawn(exporter.send(first, PieceWriter::new(packs), sender));
    let body = Body::from_stream(ReceiverStream::new(receiver));
    let mut response = (StatusCode::OK, body).into_response();
    let own = response.headers_mut();
    own.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    let name = format!("attachment; filename=\"{}\"", form.file());
    if let Ok(name) = HeaderValue::from_str(&name) {
        own.insert(header::CONTENT_DISPOSITION, name);
    }
    if packs {
        own.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

impl Exporter {
    /// Sends part after part; between two parts nothing is held but the commit and the order of the
    /// hits.
    async fn send(
        self,
        first: (String, usize),
        mut writer: PieceWriter,
        sender: Sender<std::io::Result<Vec<u8>>>,
    ) {
        let ((mut text, mut count), mut last) = (first, 0);
        loop {
            let at_end = count - last < AT_A_TIME;
            if at_end && self.form == ExportForm::Ndjson {
                text.push_str(&format!("{{\"end\":true,\"count\":{count}}}\n"));
            }
            if sender.send(writer.piece(text)).await.is_err() {
                return;
            }
            if at_end {
                let _ = sender.send(writer.end()).await;
                return;
            }
            last = count;
            let next = loop {
                match self.part(count).await {
                    // What was begun goes on once there is room, as long as somebody reads.
                    Err(problem) if problem.status == StatusCode::SERVICE_UNAVAILABLE => {
                        if sender.is_closed() {
                            return;
                        }
                        tokio::time::sleep(PAUSE).await;
                    }
                    part => break part,
                }
            };
            match next {
                Ok((more, found)) => (text, count) = (more, count + found),
                Err(problem) => {
                    // The client is told by a body that is broken off.
                    let _ = sender.send(Err(std::io::Error::other(problem.detail))).await;
                    return;
                }
            }
        }
    }

    /// The text of the hits after the first `offset`, and their number.
    async fn part(&self, offset: usize) -> Result<(String, usize), HttpProblem> {
        let (index, ranked) = (Arc::clone(&self.index), Arc::clone(&self.ranked));
        let (form, paths) = (self.form, self.held.shows_paths());
        let part = self.held.search(move |_| {
            let hits = ranked.hits(index.snapshot(), offset, AT_A_TIME)?;
            let text = match form {
                ExportForm::Ndjson => lines(&hits, paths)?,
                ExportForm::Csv => table(&hits, offset == 0, paths)?,
                ExportForm::Ris => ris(&clippings(&hits, paths)),
                ExportForm::Bibtex => bibtex(&clippings(&hits, paths)),
            };
            Ok((text, hits.len()))
        });
        part.await
    }
}

fn lines(hits: &[Hit], paths: bool) -> Result<String, HttpProblem> {
    let mut lines = String::new();
    for hit in hits {
        let line = serde_json::to_string(&HitReply::new(hit)).map_err(|_| HttpProblem::failed())?;
        lines.push_str(&if paths { line } else { without_paths(&line) });
        lines.push('\n');
    }
    Ok(lines)
}

fn table(hits: &[Hit], is_first: bool, paths: bool) -> Result<String, HttpProblem> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let path = HitRecord::COLUMNS.iter().position(|name| *name == "path").filter(|_| !paths);
    let mut write = || -> Result<(), csv::Error> {
        if is_first {
            writer.write_record(HitRecord::COLUMNS)?;
        }
        for hit in hits {
            let mut row = HitRecord::from(hit).row();
            if let Some(cell) = path.and_then(|path| row.get_mut(path)) {
                cell.clear();
            }
            writer.write_record(row.iter().map(|cell| plain_cell(cell)))?;
        }
        Ok(())
    };
    write().map_err(|_| HttpProblem::failed())?;
    let bytes = writer.into_inner().map_err(|_| HttpProblem::failed())?;
    String::from_utf8(bytes).map_err(|_| HttpProblem::failed())
}

fn clippings(hits: &[Hit], paths: bool) -> Vec<Clipping> {
    let day = chinese_time(jiff::Timestamp::now()).date();
    hits.iter().map(|hit| Clipping::of_hit(hit, day).told_with_place(paths)).collect()
}
