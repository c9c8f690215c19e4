//! A clipping for the tests of its forms.

use super::*;

/// A clipping with everything known.
pub(crate) fn clipping() -> Clipping {
    let text = "王建国说：“堤坝明年合龙。”";
    let article = Head {
        id: "堤".to_owned(),
        path: "a/堤.txt".to_owned(),
        line: Some(3),
        title: Some("堤坝“合龙”".to_owned()),
        date: Some("2024-05-01T08:30".to_owned()),
        source: Some("江城日报".to_owned()),
        authors: vec!["甲一".to_owned(), "乙二".to_owned()],
        url: Some("https://example.org/a?b=1&c=2".to_owned()),
        ..Head::default()
    };
    let statement = ClippedStatement {
        speaker: Some("王建国".to_owned()),
        title: "县长".to_owned(),
        cue: "说".to_owned(),
        kind: SpeechKind::Direct,
        confidence: Confidence::Named,
        words: "堤坝明年合龙。".to_owned(),
    };
    Clipping {
        key: "abcdefghijklm".to_owned(),
        article,
        ordinal: Some(0),
        text: text.to_owned(),
        statements: vec![statement],
        first_printed: None,
        reprints: 0,
        digest: digest(text),
        clipped: jiff::civil::date(2026, 11, 27),
    }
}
