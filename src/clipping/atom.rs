//! Hits as an Atom feed (RFC 4287).

use crate::search::{self, Hit};
use crate::text::harmless;

/// A feed of hits, for a file that a reader of feeds looks at.
pub fn atom(name: &str, hits: &[Hit], now: jiff::Timestamp) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>urn:jianbao:search:{0}</id>\n<title>剪报 {0}</title>\n<updated>{now}</updated>\n",
        escaped(name)
    );
    for hit in hits {
        let head = &hit.passage.article;
        let key = head.key.map(|key| key.to_string()).unwrap_or_default();
        let title = search::headline(head.title.as_deref(), &hit.passage.text);
        text.push_str(&format!(
            "<entry>\n<id>urn:jianbao:article:{key}</id>\n<title>{}</title>\n\
             <updated>{now}</updated>\n",
            escaped(&title)
        ));
        if let Some(published) = head.date.as_deref().and_then(moment) {
            text.push_str(&format!("<published>{published}</published>\n"));
        }
        let authors =
            if head.authors.is_empty() { vec!["佚名".to_owned()] } else { head.authors.clone() };
        for author in authors {
            text.push_str(&format!("<author><name>{}</name></author>\n", escaped(&author)));
        }
        let url = head.web_address();
        if let Some(url) = url {
            text.push_str(&format!("<link href=\"{}\"/>\n", escaped(url)));
        }
        text.push_str(&format!(
            "<summary>{}</summary>\n</entry>\n",
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
    }

    #[test]
    fn a_feed_without_hits_is_whole() {
        let text = atom("a&b", &[], jiff::Timestamp::UNIX_EPOCH);
        assert!(text.contains("<title>剪报 a&amp;b</title>") && text.ends_with("</feed>"));
        assert!(text.contains("<updated>1970-01-01T00:00:00Z</updated>"));
    }
}
