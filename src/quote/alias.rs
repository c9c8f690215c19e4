//! Speakers known by several names: what `speakers.toml` says, asked in both directions.

use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::text::fold::key;
use serde::Deserialize;
use std::collections::HashMap;

/// The file of the definition that names them.
const FILE: &str = "speakers.toml";

/// Speakers with all the names by which they are known. Names are compared as [`key`] has them.
#[derive(Debug, Clone, Default)]
pub struct Aliases {
    speakers: Vec<Vec<String>>,
    by_key: HashMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeakerFile {
    #[serde(default)]
    speaker: Vec<SpeakerEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeakerEntry {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
}

impl Aliases {
    /// Reads them from a definition.
    ///
    /// # Errors
    /// [`Error::Definition`] where the file is not as its head describes, or files one name under
    /// two speakers.
    pub fn new(definition: &Definition) -> Result<Aliases> {
        let wrong = |reason: String| Error::Definition { file: FILE.to_owned(), line: 0, reason };
        let file: SpeakerFile =
            toml::from_str(definition.text(FILE)).map_err(|e| wrong(e.to_string()))?;
        let mut aliases = Aliases::default();
        for entry in file.speaker {
            let names: Vec<String> = std::iter::once(entry.name).chain(entry.aliases).collect();
            for name in &names {
                let before = aliases.by_key.insert(key(name), aliases.speakers.len());
                if let Some(other) = before.filter(|&other| other != aliases.speakers.len()) {
                    return Err(wrong(format!(
                        "`{name}` is also a name of {}",
                        aliases.speakers[other][0]
                    )));
                }
            }
            aliases.speakers.push(names);
        }
        Ok(aliases)
    }

    /// The name that a speaker called `name` is filed under.
    ///
    /// ```
    /// use jianbao::{definition::Definition, quote::Aliases};
    /// let aliases = Aliases::new(&Definition::embedded()).unwrap();
    /// assert_eq!(aliases.canonical("robin li"), "李彦宏");
    /// assert_eq!(aliases.canonical("程砚秋"), "程砚秋");
    /// ```
    pub fn canonical<'a>(&'a self, name: &'a str) -> &'a str {
        self.by_key.get(&key(name)).map_or(name, |&speaker| &self.speakers[speaker][0])
    }

    /// True if `name` is one of the names of a speaker.
    pub(super) fn is_filed(&self, name: &str) -> bool {
        self.by_key.contains_key(name)
    }

    /// All names of the speaker called `name`, that one included; the one it is filed under first.
    /// The last word of a Latin name is enough where it is nobody else's: Musk.
    pub fn names(&self, name: &str) -> Vec<String> {
        match self.by_key.get(&key(name)).copied().or_else(|| self.by_last_word(name)) {
            Some(speaker) => self.speakers[speaker].clone(),
            None => vec![name.to_owned()],
        }
    }

    fn by_last_word(&self, name: &str) -> Option<usize> {
        let word = key(name);
        if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphabetic()) {
            return None;
        }
        let last = |other: &String| other.rsplit_once(' ').is_some_and(|(_, l)| key(l) == word);
        let mut found = (0..self.speakers.len()).filter(|&s| self.speakers[s].iter().any(last));
        found.next().filter(|_| found.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_two_speakers_is_an_error() {
        let entry = |name: &str| format!("[[speaker]]\nname = \"{name}\"\naliases = [\"乙\"]\n");
        let file = entry("甲") + &entry("丙");
        let definition = Definition::embedded().with_file(FILE, file.as_bytes().to_vec()).unwrap();
        assert!(Aliases::new(&definition).unwrap_err().to_string().contains("乙"));
    }

    #[test]
    fn every_name_finds_all_names() {
        let aliases = Aliases::new(&Definition::embedded()).unwrap();
        assert_eq!(aliases.names("Ｒｏｂｉｎ Li"), aliases.names("李彦宏"));
        assert_eq!(aliases.names("李彥宏")[0], "李彦宏");
        assert_eq!(aliases.names("musk")[0], "马斯克");
        assert_eq!(aliases.names("Nobody"), ["Nobody"]);
    }
}
