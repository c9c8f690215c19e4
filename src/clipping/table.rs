//! Clippings as a table (CSV), a row each.

use super::{Clipping, citation};
use crate::record::plain_cell;

/// The columns.
const COLUMNS: [&str; 14] = [
    "key",
    "passage",
    "headline",
    "date",
    "date_inferred",
    "source",
    "authors",
    "url",
    "place",
    "words",
    "speakers",
    "citation",
    "digest",
    "clipped",
];

/// A header and a row for each clipping.
pub fn csv(clippings: &[Clipping]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // A vector takes whatever is written.
    let _ = writer.write_record(COLUMNS);
    for clipping in clippings {
        let _ = writer.write_record(row(clipping).iter().map(|cell| plain_cell(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn row(clipping: &Clipping) -> [String; COLUMNS.len()] {
    let head = &clipping.article;
    let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        clipping.key.clone(),
        clipping.ordinal.map(|ordinal| ordinal.to_string()).unwrap_or_default(),
        or_none(&head.title),
        or_none(&head.date),
        head.date_inferred.to_string(),
        or_none(&head.source),
        head.authors.join("; "),
        or_none(&head.url),
        clipping.place(),
        clipping.text.clone(),
        clipping.speakers().join("; "),
        citation(clipping),
        clipping.digest.clone(),
        clipping.clipped.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::tests::clipping;

    #[test]
    fn a_table_has_a_row_a_clipping_and_no_formula() {
        let mut second = clipping();
        second.article.title = Some("=1+1,\"甲\"".to_owned());
        let text = csv(&[clipping(), second]);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().len(), COLUMNS.len());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(&rows[0][8], "a/堤.txt:3");
        assert_eq!(&rows[1][2], "'=1+1,\"甲\"");
        assert!(rows[0][11].contains("江城日报, 2024-05-01"));
    }
}
