//! The content of `index/`, loaded: lexicons, speaker aliases, the topic taxonomy and its model,
//! and one fingerprint of it all.
//!
//! Language facts are data. This module reads the files' lines and leaves their meaning to the
//! module that uses them (quote, topic, text::word). It opens no file itself: what is embedded is
//! embedded, and a user's own files are handed in by the caller.

mod columns;

use crate::error::{Error, Result};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Everything below `index/` that analysis depends on, by file name relative to `index/`.
#[derive(Debug, Clone)]
pub struct Definition {
    texts: BTreeMap<String, Cow<'static, str>>,
    models: BTreeMap<String, Cow<'static, [u8]>>,
}

/// One entry of a lexicon: a word and its tab-separated attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The word itself, as written.
    pub word: &'a str,
    /// The rest of the line after the first tab, unsplit; empty if there is none.
    pub attributes: &'a str,
    /// Line number in the file, from 1.
    pub line: usize,
}

impl<'a> Entry<'a> {
    /// The attribute columns after the word, in order.
    pub fn columns(self) -> impl Iterator<Item = &'a str> {
        self.attributes.split('\t').filter(|c| !c.is_empty())
    }
}

/// The embedded text files. A new lexicon is one line here.
const TEXTS: &[(&str, &str)] = &[
    ("attribution.model", include_str!("../index/attribution.model")),
    ("continuation.model", include_str!("../index/continuation.model")),
    ("lexicon/boilerplate.txt", include_str!("../index/lexicon/boilerplate.txt")),
    ("lexicon/bounds.txt", include_str!("../index/lexicon/bounds.txt")),
    ("lexicon/closers.txt", include_str!("../index/lexicon/closers.txt")),
    ("lexicon/common.txt", include_str!("../index/lexicon/common.txt")),
    ("lexicon/cues.txt", include_str!("../index/lexicon/cues.txt")),
    ("lexicon/demonstratives.txt", include_str!("../index/lexicon/demonstratives.txt")),
    ("lexicon/family_names.txt", include_str!("../index/lexicon/family_names.txt")),
    ("lexicon/fields.txt", include_str!("../index/lexicon/fields.txt")),
    ("lexicon/given.txt", include_str!("../index/lexicon/given.txt")),
    ("lexicon/labels.txt", include_str!("../index/lexicon/labels.txt")),
    ("lexicon/leads.txt", include_str!("../index/lexicon/leads.txt")),
    ("lexicon/media.txt", include_str!("../index/lexicon/media.txt")),
    ("lexicon/meetings.txt", include_str!("../index/lexicon/meetings.txt")),
    ("lexicon/name_parts.txt", include_str!("../index/lexicon/name_parts.txt")),
    ("lexicon/openers.txt", include_str!("../index/lexicon/openers.txt")),
    ("lexicon/organisations.txt", include_str!("../index/lexicon/organisations.txt")),
    ("lexicon/outlets.txt", include_str!("../index/lexicon/outlets.txt")),
    ("lexicon/places.txt", include_str!("../index/lexicon/places.txt")),
    ("lexicon/pronouns.txt", include_str!("../index/lexicon/pronouns.txt")),
    ("lexicon/quantifiers.txt", include_str!("../index/lexicon/quantifiers.txt")),
    ("lexicon/question_words.txt", include_str!("../index/lexicon/question_words.txt")),
    ("lexicon/signs.txt", include_str!("../index/lexicon/signs.txt")),
    ("lexicon/silent.txt", include_str!("../index/lexicon/silent.txt")),
    ("lexicon/speaks.txt", include_str!("../index/lexicon/speaks.txt")),
    ("lexicon/stopwords.txt", include_str!("../index/lexicon/stopwords.txt")),
    ("lexicon/surname_ends.txt", include_str!("../index/lexicon/surname_ends.txt")),
    ("lexicon/surnames.txt", include_str!("../index/lexicon/surnames.txt")),
    ("lexicon/related.txt", include_str!("../index/lexicon/related.txt")),
    ("lexicon/synonyms.txt", include_str!("../index/lexicon/synonyms.txt")),
    ("lexicon/titles.txt", include_str!("../index/lexicon/titles.txt")),
    ("lexicon/translit.txt", include_str!("../index/lexicon/translit.txt")),
    ("lexicon/words.txt", include_str!("../index/lexicon/words.txt")),
    ("speakers.toml", include_str!("../index/speakers.toml")),
    ("topics.toml", include_str!("../index/topics.toml")),
];

/// The files that only questions read.
const FOR_QUESTIONS: &[&str] =
    &["lexicon/question_words.txt", "lexicon/related.txt", "lexicon/synonyms.txt"];

/// The embedded models.
const MODELS: &[(&str, &[u8])] = &[
    ("lexicon/jieba.dict.zst", include_bytes!("../index/lexicon/jieba.dict.zst")),
    ("background.counts", include_bytes!("../index/background.counts")),
    ("reported.model", include_bytes!("../index/reported.model")),
    ("saying.model", include_bytes!("../index/saying.model")),
    ("title_end.model", include_bytes!("../index/title_end.model")),
    ("topics.model", include_bytes!("../index/topics.model")),
];

impl Default for Definition {
    fn default() -> Self {
        Definition::embedded()
    }
}

impl Definition {
    /// The definition that this program was built with.
    pub fn embedded() -> Definition {
        Definition {
            texts: TEXTS
                .iter()
                .map(|&(name, text)| (name.to_owned(), Cow::Borrowed(text)))
                .collect(),
            models: MODELS
                .iter()
                .map(|&(name, bytes)| (name.to_owned(), Cow::Borrowed(bytes)))
                .collect(),
        }
    }

    /// The same with the file `name` replaced by the user's own.
    ///
    /// # Errors
    /// [`Error::Definition`] where no file of that name belongs to the definition, or a text is not
    /// UTF-8, or has a line that is none of its kind.
    pub fn with_file(mut self, name: &str, bytes: Vec<u8>) -> Result<Definition> {
        let wrong = |reason: String| Error::Definition { file: name.to_owned(), line: 0, reason };
        if self.models.contains_key(name) {
            self.models.insert(name.to_owned(), Cow::Owned(bytes));
        } else if self.texts.contains_key(name) {
            let text = String::from_utf8(bytes).map_err(|e| wrong(format!("not UTF-8: {e}")))?;
            // Some editors begin a text with the mark of its encoding.
            let text = match text.strip_prefix('\u{feff}') {
                Some(text) => text.to_owned(),
                None => text,
            };
            if name.ends_with(".txt") {
                columns::check(name, &text)?;
            }
            self.texts.insert(name.to_owned(), Cow::Owned(text));
        } else {
            let known: Vec<&str> = self.names().collect();
            return Err(wrong(format!(
                "no such file in the definition; it has {}",
                known.join(", ")
            )));
        }
        Ok(self)
    }

    /// The names of all files of the definition, relative to `index/`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().chain(self.models.keys()).map(String::as_str)
    }

    /// The text of the file `name`; empty where the definition has no such file.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", |text| text)
    }

    /// The bytes of the model `name`; empty where the definition has no such model.
    pub fn model(&self, name: &str) -> &[u8] {
        self.models.get(name).map_or(&[], |bytes| bytes)
    }

    /// The entries of the lexicon `name`: one a line, `word TAB attribute TAB ...`, `#` starts a
    /// comment line.
    ///
    /// ```
    /// let definition = jianbao::definition::Definition::embedded();
    /// assert!(definition.lexicon("lexicon/words.txt").any(|entry| entry.word == "大模型"));
    /// ```
    pub fn lexicon(&self, name: &str) -> impl Iterator<Item = Entry<'_>> {
        entries(self.text(name))
    }

    /// A short hash of all files that analysis reads, names and bytes. An index keeps it: analyses
    /// of another definition do not mix. What only questions read is left out, so that a new
    /// synonym needs no new index.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let texts = self.texts.iter().filter(|(name, _)| !FOR_QUESTIONS.contains(&name.as_str()));
        let texts = texts.map(|(name, text)| (name, text.as_bytes()));
        for (name, bytes) in
            texts.chain(self.models.iter().map(|(name, bytes)| (name, bytes.as_ref())))
        {
            hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
            hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

/// The entries of a lexicon's text; see [`Definition::lexicon`].
pub fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    text.lines().enumerate().filter_map(|(i, line)| {
        let line_text = line.trim_end();
        if line_text.is_empty() || line_text.starts_with('#') {
            return None;
        }
        let (word, attributes) = line_text.split_once('\t').unwrap_or((line_text, ""));
        Some(Entry { word: word.trim(), attributes, line: i + 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lexicon_is_sorted_and_unique() {
        let definition = Definition::embedded();
        for name in definition.names().filter(|n| n.starts_with("lexicon/") && n.ends_with(".txt"))
        {
            let words: Vec<&str> = definition.lexicon(name).map(|e| e.word).collect();
            for pair in words.windows(2) {
                assert!(
                    pair[0] < pair[1],
                    "{name}: `{}` must come before `{}`, once",
                    pair[1],
                    pair[0]
                );
            }
        }
    }

    #[test]
    fn another_file_gives_another_fingerprint() {
        let embedded = Definition::embedded();
        let other =
            embedded.clone().with_file("lexicon/words.txt", b"\xe5\xa4\xa7\n".to_vec()).unwrap();
        assert_ne!(embedded.fingerprint(), other.fingerprint());
        assert!(embedded.with_file("lexicon/none.txt", vec![]).is_err());
    }
}
