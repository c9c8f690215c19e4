//! The stored part of an article: its passages as they were analysed and the cuts of its words, so
//! that they come back whole, and every frequency with them. The passages are kept in the records
//! of the embedded engine; all of an article is compressed together.

use crate::engine::embedded::stored;
use crate::passage::Passage;
use crate::text::Span;
use crate::text::fold::Folded;
use crate::text::word::Segmented;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};
use std::io::Read;

/// The level of compression: its time stays far below that of the analysis.
const LEVEL: i32 = 3;
/// The most bytes that a stored part may have when it is decompressed.
const LONGEST: u64 = 1 << 30;

/// The bytes before compression.
#[derive(Serialize, Deserialize)]
struct PackedArticle<'a> {
    /// The codes of each passage's exact text, and the record of the rest.
    #[serde(borrow)]
    passages: Vec<(&'a [u8], &'a [u8])>,
    title: Vec<u32>,
    body: Vec<u32>,
}

/// Packs passages and the words of their article.
///
/// # Errors
/// A reason, should it not be possible to write it.
pub fn pack(passages: &[Passage], title: &Segmented, body: &Segmented) -> Result<String, String> {
    let records: Vec<_> = passages.iter().map(stored::write).collect::<Result<_, _>>()?;
    let article = PackedArticle {
        passages: records.iter().map(|(exact, rest)| (&exact[..], &rest[..])).collect(),
        title: cuts(title),
        body: cuts(body),
    };
    let bytes = postcard::to_allocvec(&article).map_err(|e| e.to_string())?;
    let packed = zstd::bulk::compress(&bytes, LEVEL).map_err(|e| e.to_string())?;
    Ok(BASE64_STANDARD.encode(packed))
}

/// The bytes of a binary value: columns come back without padding.
///
/// # Errors
/// A reason, where the text is no such value.
pub fn bytes(text: &str) -> Result<Vec<u8>, String> {
    BASE64_STANDARD_NO_PAD.decode(text.trim_end_matches('=')).map_err(|e| e.to_string())
}

/// The passages, and the words of the title and the body.
///
/// # Errors
/// A reason, where the text is none that was packed: the index is damaged.
pub fn unpack(text: &str) -> Result<(Vec<Passage>, Segmented, Segmented), String> {
    let packed = bytes(text)?;
    let decoder = zstd::stream::Decoder::new(&packed[..]).map_err(|e| e.to_string())?;
    let mut bytes = Vec::new();
    decoder.take(LONGEST).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    let article: PackedArticle<'_> = postcard::from_bytes(&bytes).map_err(|e| e.to_string())?;
    let mut passages: Vec<Passage> = Vec::with_capacity(article.passages.len());
    for (exact, record) in article.passages {
        let mut passage = stored::read(exact, record)?;
        if let Some(first) = passages.first()
            && !stored::complete(&mut passage, first)
        {
            return Err("its passages are not in order".to_owned());
        }
        passages.push(passage);
    }
    let title = passages.first().and_then(|first| first.article.title.clone()).unwrap_or_default();
    let body: String = passages.iter().map(|passage| passage.text.as_str()).collect();
    Ok((passages, segmented(&title, &article.title)?, segmented(&body, &article.body)?))
}

/// The words of a text as numbers: the length of each, doubled; one more where it does not begin
/// at the end of the word before, with the distance after it.
fn cuts(words: &Segmented) -> Vec<u32> {
    let (mut cuts, mut end) = (Vec::with_capacity(words.words.len()), 0);
    for word in &words.words {
        let gap = word.start - end;
        cuts.push((word.len() as u32) << 1 | u32::from(gap > 0));
        if gap > 0 {
            cuts.push(gap as u32);
        }
        end = word.end;
    }
    cuts
}

/// The text with its words.
fn segmented(text: &str, cuts: &[u32]) -> Result<Segmented, String> {
    let folded = Folded::new(text);
    let (mut words, mut end, mut cuts) = (Vec::with_capacity(cuts.len()), 0, cuts.iter());
    while let Some(&cut) = cuts.next() {
        if cut & 1 == 1 {
            end += *cuts.next().ok_or("a word begins nowhere")? as usize;
        }
        let word = Span::new(end, end + (cut >> 1) as usize);
        if folded.text().get(word.start..word.end).is_none() {
            return Err("a word lies outside of its text".to_owned());
        }
        end = word.end;
        words.push(word);
    }
    Ok(Segmented { folded, words })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::text::word::Segmenter;

    #[test]
    fn words_come_back_as_they_were_cut() {
        let segmenter = Segmenter::new(&Definition::embedded()).unwrap();
        for text in ["", "李彦宏在会上谈到大模型，　GPT-4 也是。\n完", "㍿臺灣"]
        {
            let words = Segmented::new(text, &segmenter);
            let back = segmented(text, &cuts(&words)).unwrap();
            assert_eq!((back.words, back.folded.text()), (words.words, words.folded.text()));
        }
        let gaps = Segmented {
            folded: Folded::new("甲乙丙"),
            words: vec![Span::new(3, 6), Span::new(6, 9)],
        };
        assert_eq!(segmented("甲乙丙", &cuts(&gaps)).unwrap().words, gaps.words);
        assert!(segmented("甲", &[4]).is_err() && segmented("甲", &[1]).is_err());
    }

    #[test]
    fn bytes_that_were_not_packed_are_an_error() {
        assert!(unpack("").is_err() && unpack("甲").is_err() && unpack("AAAA").is_err());
    }
}
