//! Clippings as RIS, the format that reference managers such as Zotero import.

use super::Clipping;
use crate::text::harmless;

/// One record for each clipping, of the type of a newspaper's article. The words are its abstract,
/// the place in the archive a note.
pub fn ris(clippings: &[Clipping]) -> String {
    let mut text = String::new();
    for clipping in clippings {
        let head = &clipping.article;
        let mut line = |tag: &str, value: &str| {
            let value = harmless(value).replace(['\n', '\t'], " ");
            if !value.trim().is_empty() {
                text.push_str(&format!("{tag}  - {}\r\n", value.trim()));
            }
        };
        line("TY", "NEWS");
        line("ID", &clipping.key);
        line("TI", &clipping.title());
        head.authors.iter().for_each(|author| line("AU", author));
        line("T2", head.source.as_deref().unwrap_or_default());
        if let Some(date) = head.date.as_deref() {
            line("PY", date.get(..4).unwrap_or(date));
            line("DA", &date.get(..10).unwrap_or(date).replace('-', "/"));
        }
        line("UR", head.url.as_deref().unwrap_or_default());
        if head.url.is_some() {
            line("Y2", &clipping.clipped.to_string().replace('-', "/"));
        }
        line("AB", &clipping.text);
        clipping.speakers().iter().for_each(|speaker| line("KW", speaker));
        clipping.printings().iter().for_each(|fact| line("N1", fact));
        line("N1", &format!("剪报 {}", clipping.place()));
        line("LA", "zh");
        text.push_str("ER  - \r\n\r\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::tests::clipping;
    use biblib::{CitationParser, RisParser};

    #[test]
    fn a_parser_of_ris_reads_back_what_was_written() {
        let mut second = clipping();
        second.article.title = Some("二\nTY  - BOOK".to_owned());
        let text = ris(&[clipping(), second]);
        let found = RisParser::new().parse(&text).unwrap();
        assert_eq!(found.len(), 2, "{text}");
        assert_eq!(found[0].title, "堤坝“合龙”");
        assert_eq!(found[0].authors.len(), 2);
        assert_eq!(found[0].journal.as_deref(), Some("江城日报"));
        assert_eq!(found[0].date.as_ref().map(|date| date.year), Some(2024));
        assert_eq!(found[0].abstract_text.as_deref(), Some("王建国说：“堤坝明年合龙。”"));
        assert_eq!(found[1].title, "二 TY  - BOOK");
    }
}
