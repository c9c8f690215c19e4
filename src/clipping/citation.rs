//! References by GB/T 7714 (numeric system), as newspapers, sites and archives are cited.

use super::Clipping;
use crate::text::harmless;

/// Authors that are named before 等 (GB/T 7714, 8.1.2).
const MOST_AUTHORS: usize = 3;

/// The reference of a clipping.
///
/// A newspaper's article is `[N]`, on the web `[N/OL]` with the day on which it was cut out and its
/// address; one whose outlet is unknown is `[EB/OL]` on the web and `[Z]` elsewhere. What is
/// unknown is left out.
pub fn citation(clipping: &Clipping) -> String {
    let head = &clipping.article;
    let mut text = String::new();
    let authors = authors(&head.authors);
    if !authors.is_empty() {
        text.push_str(&authors);
        text.push_str(". ");
    }
    let url = head.url.as_deref().filter(|url| !url.is_empty());
    let kind = match (&head.source, url) {
        (Some(_), None) => "[N]",
        (Some(_), Some(_)) => "[N/OL]",
        (None, Some(_)) => "[EB/OL]",
        (None, None) => "[Z]",
    };
    text.push_str(&clipping.title());
    text.push_str(kind);
    text.push('.');
    // A day is cited without its hour, an inferred one in brackets (GB/T 7714).
    let date = head.date.as_deref().map(|date| date.get(..10).unwrap_or(date));
    let date = date.map(|date| match head.date_inferred {
        true => format!("[{date}]"),
        false => date.to_owned(),
    });
    match (&head.source, date) {
        (Some(source), Some(date)) => text.push_str(&format!(" {source}, {date}")),
        (Some(source), None) => text.push_str(&format!(" {source}")),
        (None, Some(date)) => text.push_str(&format!(" ({date})")),
        (None, None) => {}
    }
    if let Some(url) = url {
        text.push_str(&format!("[{}]. {url}", clipping.clipped));
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    harmless(&text).replace('\n', " ")
}

/// The authors, the first three of more.
fn authors(names: &[String]) -> String {
    let named = names.iter().take(MOST_AUTHORS).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST_AUTHORS { format!("{named}, 等") } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::tests::clipping;

    #[test]
    fn a_reference_has_what_is_known_in_the_order_of_the_standard() {
        let mut clipping = clipping();
        assert_eq!(
            citation(&clipping),
            "甲一, 乙二. 堤坝“合龙”[N/OL]. 江城日报, 2024-05-01[2026-11-27]. \
                https://example.org/a?b=1&c=2."
        );
        clipping.article.url = None;
        clipping.article.authors = ["甲", "乙", "丙", "丁"].map(str::to_owned).to_vec();
        assert_eq!(citation(&clipping), "甲, 乙, 丙, 等. 堤坝“合龙”[N]. 江城日报, 2024-05-01.");
        clipping.article.date_inferred = true;
        assert_eq!(citation(&clipping), "甲, 乙, 丙, 等. 堤坝“合龙”[N]. 江城日报, [2024-05-01].");
        clipping.article.source = None;
        clipping.article.date = None;
        clipping.article.authors.clear();
        assert_eq!(citation(&clipping), "堤坝“合龙”[Z].");
    }
}
