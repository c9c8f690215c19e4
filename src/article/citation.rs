//! The notice at the end of a text that says how it is to be cited: 如若转载，请注明来源：its own
//! headline, or its outlet, and its address.
//!
//! Who cuts a source out of the text takes the headline for the outlet, so a field that says so is
//! not believed.

use super::Headers;
use super::find::Findings;
use super::header::{OUTLET_ENDS, TextLine};

/// How the demand is worded.
const DEMANDS: [&str; 4] = ["请注明来源", "请注明出处", "請註明來源", "請註明出處"];
/// Words one of which stands before the demand.
const PRINTED_AGAIN: [&str; 2] = ["转载", "轉載"];
/// Bytes of the longest sentence that makes the demand.
const LONGEST_DEMAND: usize = 180;
/// Characters of the longest headline.
const LONGEST_TITLE: usize = 100;
/// Characters of the longest name of an outlet that no lexicon knows.
const LONGEST_OUTLET: usize = 12;

/// A notice: where it begins in its line, what is to be named, and the address.
struct Notice<'a> {
    start: usize,
    cited: &'a str,
    url: &'a str,
}

/// Takes the notice off the end of `lines`, and what it says over into `findings`; gives the
/// address of the article.
pub fn cut(
    lines: &mut Vec<TextLine<'_>>,
    headers: &Headers,
    findings: &mut Findings,
) -> Option<String> {
    let last = lines.last_mut()?;
    let Notice { start, cited, url } = notice(last.text)?;
    last.text = last.text[..start].trim_end();
    if is_outlet(cited, headers) {
        findings.source = findings.source.take().or(Some(cited.to_owned()));
    } else {
        findings.original = findings.original.take().filter(|source| !cited.starts_with(source));
        findings.title = findings.title.take().or(Some(cited.to_owned()));
    }
    if last.text.is_empty() {
        lines.pop();
    }
    Some(url.to_owned())
}

/// The notice that a line ends with.
fn notice(text: &str) -> Option<Notice<'_>> {
    let (at, demand) = DEMANDS.iter().find_map(|demand| Some((text.rfind(demand)?, demand)))?;
    let before = &text[..at];
    let begins = |c: char| "。！？!?”」』）)\n".contains(c);
    let start = before.rmatch_indices(begins).next().map_or(0, |(at, mark)| at + mark.len());
    let sentence = &before[start..];
    if sentence.len() > LONGEST_DEMAND || !PRINTED_AGAIN.iter().any(|w| sentence.contains(w)) {
        return None;
    }
    let value = text[at + demand.len()..].trim_start().strip_prefix([':', '：'])?;
    let link = ["https://", "http://"].iter().filter_map(|scheme| value.find(scheme)).min()?;
    let (cited, url) = (value[..link].trim(), value[link..].trim());
    // An address with a path is the article's; without one it is the outlet's.
    let (_, host) = url.split_once("://")?;
    let is_address = host.split_once('/').is_some_and(|(_, path)| !path.is_empty())
        && !url.contains(|c: char| c.is_whitespace() || !c.is_ascii());
    let length = cited.chars().count();
    ((2..=LONGEST_TITLE).contains(&length) && is_address).then_some(Notice { start, cited, url })
}

/// True if what is to be named is an outlet and not a headline.
fn is_outlet(cited: &str, headers: &Headers) -> bool {
    headers.outlet(cited).is_some_and(|(_, end)| end == cited.len())
        || cited.chars().count() <= LONGEST_OUTLET
            && OUTLET_ENDS.iter().any(|end| cited.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;

    fn cut_off(text: &str, source: Option<&str>) -> (String, Findings, Option<String>) {
        let headers = Headers::new(&Definition::embedded()).unwrap();
        let mut findings = Findings { original: source.map(str::to_owned), ..Findings::default() };
        let mut lines = vec![TextLine { text, number: 1 }];
        let url = cut(&mut lines, &headers, &mut findings);
        (lines.first().map(|line| line.text.to_owned()).unwrap_or_default(), findings, url)
    }

    #[test]
    fn a_headline_that_is_to_be_named_is_no_outlet() {
        let url = "https://news.donghu.example/826/1.html";
        let text = format!(
            "水厂昨日开工。本文属于原创文章，如若转载，请注明来源：城东水厂开工 日供水十万吨{url}"
        );
        let (body, findings, found) = cut_off(&text, Some("城东水厂开工"));
        assert_eq!((body.as_str(), found.as_deref()), ("水厂昨日开工。", Some(url)));
        assert_eq!(findings.title.as_deref(), Some("城东水厂开工 日供水十万吨"));
        assert_eq!((findings.original, findings.source), (None, None));
    }

    #[test]
    fn an_outlet_that_is_to_be_named_is_the_source() {
        let text = "水廠昨日動工。如需轉載，請註明出處：東湖新聞網 http://www.donghu.example/a/1";
        let (body, findings, found) = cut_off(text, None);
        assert_eq!(body, "水廠昨日動工。");
        assert_eq!((findings.source.as_deref(), findings.title), (Some("東湖新聞網"), None));
        assert_eq!(found.as_deref(), Some("http://www.donghu.example/a/1"));
    }

    #[test]
    fn other_sentences_stay() {
        for text in [
            "银行转账（汇款时请注明：用于“驰援”字样）户名：慈善基金会。",
            "引用时请注明来源：见 https://www.donghu.example/a",
            "如需转载，请注明来源：东湖网 https://www.donghu.example/",
        ] {
            assert_eq!(cut_off(text, None).0, text);
        }
    }
}
