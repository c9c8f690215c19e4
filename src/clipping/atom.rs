//! Hits as an Atom feed (RFC 4287).

use crate::search::{self, Hit};
use crate::text::{harmless, percent_encoded};

/// A feed of hits, for a reader of feeds. An entry leads to its article on the web, else to `pages`
/// with the article's key behind it, where there are such pages. It changed when the last of its
/// articles was seen, or `now` where that is not known.
pub fn atom(name: &str, hits: &[Hit], now: jiff::Timestamp, pages: Option<&str>) -> String {
    let seen = hits.iter().filter_map(|hit| hit.seen).max();
    let changed = seen.and_then(|seen| jiff::Timestamp::from_second(seen).ok()).unwrap_or(now);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>urn:jianbao:search:{}</id>\n<title>剪报 {}</title>\n<updated>{changed}</updated>\n",
        percent_encoded(name.as_bytes(), b""),
        escaped(name)
    );
    for hit in hits {
        let head = &hit.passage.article;
        let key = head.key.map(|key| key.to_string()).unwrap_or_default();
        let title = search::headline(head.title.as_deref(), &hit.passage.text);
        text.push_str(&format!(
            "<entry>\n<id>urn:jianbao:article:{key}</id>\n<title>{}</title>\n\
             <updated>{}</updated>\n",
            escaped(&title),
            updated(hit)
        ));
        if let Some(published) = head.date.as_deref().and_then(moment) {
            text.push_str(&format!("<published>{published}</published>\n"));
        }
        let authors =
            if head.authors.is_empty() { vec!["佚名".to_owned()] } else { head.authors.clone() };
        for author in authors {
            text.push_str(&format!("<author><name>{}</name></author>\n", escaped(&author)));
        }
        let page = pages.map(|pages| format!("{pages}{key}"));
        if let Some(url) = head.web_address().map(str::to_owned).or(page) {
            text.push_str(&format!("<link href=\"{}\"/>\n", escaped(&url)));
        }
        text.push_str(&format!(
            "<content>{}</content>\n</entry>\n",
            escaped(hit.passage.text.trim())
        ));
    }
    text.push_str("</feed>");
    text
}

/// A date of an article as a moment (RFC 3339) of Chinese time; one without a day has none.
fn moment(date: &str) -> Option<String> {
    match date.len() {
        10 => Some(format!("{date}T00:00:00+08:00")),
        16 => Some(format!("{date}:00+08:00")),
        _ => None,
    }
}

/// The moment at which an entry counts as changed: that at which its article was seen where that is
/// known, else that of its date. It is the same each time, so that a reader of feeds is told of an
/// article once.
fn updated(hit: &Hit) -> String {
    let seen = hit.seen.and_then(|seen| jiff::Timestamp::from_second(seen).ok());
    let date = hit.passage.article.date.as_deref();
    seen.map_or_else(|| dated(date), |seen| seen.to_string())
}

/// The moment of a date, the first of a month or year where that has no day.
fn dated(date: Option<&str>) -> String {
    let padded = date.map(|date| match date.len() {
        4 => format!("{date}-01-01"),
        7 => format!("{date}-01"),
        _ => date.to_owned(),
    });
    padded.as_deref().and_then(moment).unwrap_or_else(|| jiff::Timestamp::UNIX_EPOCH.to_string())
}

/// Text as XML shows it, also within quotation marks.
fn escaped(text: &str) -> String {
    let text = harmless(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_date_with_a_day_is_a_moment() {
        assert_eq!(moment("2024-05-01").as_deref(), Some("2024-05-01T00:00:00+08:00"));
        assert_eq!(moment("2024-05-01T08:30").as_deref(), Some("2024-05-01T08:30:00+08:00"));
        assert_eq!(moment("2024-05"), None);
        assert_eq!(dated(Some("2024-05")), "2024-05-01T00:00:00+08:00");
        assert_eq!(dated(Some("2024")), "2024-01-01T00:00:00+08:00");
        assert_eq!(dated(None), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_feed_without_hits_is_whole() {
        let text = atom("a&b", &[], jiff::Timestamp::UNIX_EPOCH, None);
        assert!(text.contains("<id>urn:jianbao:search:a%26b</id>"));
        assert_eq!(percent_encoded("堤 a".as_bytes(), b""), "%E5%A0%A4%20a");
        assert!(text.contains("<title>剪报 a&amp;b</title>") && text.ends_with("</feed>"));
        assert!(text.contains("<updated>1970-01-01T00:00:00Z</updated>"));
    }
}
