//! The taxonomy: reads topics.toml, finds topics by key, name or alias.
//!
//! The topics of an article are left to classify.rs.

use crate::error::{Error, Result};
use crate::text::fold::fold;
use serde::Deserialize;
use std::collections::HashMap;
use toml::Spanned;

/// One topic of the taxonomy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicEntry {
    /// `economy`; at the second level `economy/房地产`.
    pub key: String,
    /// The IPTC Media Topic it stands for (`medtop:04000000`), where there is one.
    pub medtop: Option<String>,
    /// Its Chinese name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Terms that show it in an article.
    pub terms: Vec<String>,
    /// The key of the topic above it; `None` at the top level.
    pub parent: Option<String>,
}

/// All topics, with their names.
#[derive(Debug, Clone, Default)]
pub struct Taxonomy {
    entries: Vec<TopicEntry>,
    /// Folded names, aliases, keys and codes, and whose they are.
    names: HashMap<String, usize>,
}

impl Taxonomy {
    /// Reads a topics.toml. `file` names it in errors.
    ///
    /// ```
    /// use jianbao::topic::Taxonomy;
    /// let toml = "[[topic]]\nkey = 'economy'\nname = '经济'\naliases = ['财经']\n\
    ///             [[topic.sub]]\nname = '房地产'\naliases = ['楼市']\nterms = ['房价']\n";
    /// let taxonomy = Taxonomy::parse("topics.toml", toml)?;
    /// assert_eq!(taxonomy.resolve("财經").unwrap().key, "economy");
    /// assert_eq!(taxonomy.resolve("经济/楼市").unwrap().key, "economy/房地产");
    /// assert!(Taxonomy::parse("topics.toml", "[[topic]]\nname = '经济'\n").is_err());
    /// # Ok::<(), jianbao::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Definition`] with file and line: not TOML, a field that is missing, unknown or of
    /// the wrong type, a key with a slash, a code that is no medtop code, or a name that two topics
    /// claim.
    pub fn parse(file: &str, toml: &str) -> Result<Taxonomy> {
        Taxonomy::default().extended(file, toml)
    }

    /// These topics with those of another topics.toml: a topic whose key is known gets its aliases,
    /// terms and second-level topics in addition; others are added.
    ///
    /// # Errors
    /// As [`Taxonomy::parse`].
    pub fn extended(mut self, file: &str, toml: &str) -> Result<Taxonomy> {
        let wrong = |(offset, reason): TomlFault| Error::Definition {
            file: file.to_owned(),
            line: toml.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count() + 1,
            reason,
        };
        let mut offsets = Vec::new();
        for topic in read(toml).map_err(wrong)? {
            self.add(topic, &mut offsets).map_err(wrong)?;
        }
        self.names = HashMap::new();
        for index in 0..self.entries.len() {
            self.claim(index).map_err(|(index, reason)| {
                let own = |(key, _): &&(String, usize)| *key == self.entries[index].key;
                let at = offsets.iter().rev().find(own).map_or(0, |(_, at)| *at);
                wrong((at, reason))
            })?;
        }
        Ok(self)
    }

    /// Adds a topic of a file with its second level; `offsets` gets the place of each key.
    fn add(
        &mut self,
        topic: TopLevel,
        offsets: &mut Vec<(String, usize)>,
    ) -> std::result::Result<(), TomlFault> {
        let at = topic.key.span().start;
        let key = topic.key.into_inner();
        if key.is_empty() || key.contains('/') || key.contains(char::is_whitespace) {
            let reason =
                format!("key `{key}`: expected one word without a slash, such as `economy`");
            return Err((at, reason));
        }
        if let Some(code) = topic.medtop.as_ref().filter(|code| !is_code(code.get_ref())) {
            let reason =
                format!("medtop `{}`: expected eight digits, such as `04000000`", code.get_ref());
            return Err((code.span().start, reason));
        }
        let medtop = topic.medtop.map(|code| format!("medtop:{}", code.into_inner()));
        let (name, aliases, terms) = (topic.name, topic.aliases, topic.terms);
        self.merge(TopicEntry { key: key.clone(), medtop, name, aliases, terms, parent: None });
        offsets.push((key.clone(), at));
        for sub in topic.sub {
            let at = sub.name.span().start;
            let name = sub.name.into_inner();
            if name.is_empty() || name.contains('/') {
                return Err((at, format!("name `{name}`: expected a name without a slash")));
            }
            let full = format!("{key}/{name}");
            offsets.push((full.clone(), at));
            let (aliases, terms, parent) = (sub.aliases, sub.terms, Some(key.clone()));
            self.merge(TopicEntry { key: full, medtop: None, name, aliases, terms, parent });
        }
        Ok(())
    }

    /// The topic that `typed` means: its key, medtop code, Chinese name or an alias, in any case,
    /// width and script; `above/below` for the second level.
    pub fn resolve(&self, typed: &str) -> Option<&TopicEntry> {
        let typed = fold(typed.trim());
        if let Some(&index) = self.names.get(&typed) {
            return self.entries.get(index);
        }
        let (above, below) = typed.split_once('/')?;
        let above = self.entries.get(*self.names.get(above.trim())?)?;
        let below = self.entries.get(*self.names.get(below.trim())?)?;
        (below.parent.as_deref() == Some(&above.key)).then_some(below)
    }

    /// The topics whose names share the most characters with `typed`, nearest first, at most `n`.
    pub fn nearest(&self, typed: &str, n: usize) -> Vec<&TopicEntry> {
        let typed = fold(typed.trim());
        let mut best: Vec<(f32, usize)> = self
            .entries
            .iter()
            .enumerate()
            .map(|(i, entry)| {
                (names_of(entry).map(|name| likeness(&typed, &name)).fold(0.0, f32::max), i)
            })
            .filter(|&(like, _)| like > 0.0)
            .collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.into_iter().take(n).map(|(_, i)| &self.entries[i]).collect()
    }

    /// All topics in the order of the file, each followed by those below it.
    pub fn iter(&self) -> impl Iterator<Item = &TopicEntry> {
        self.entries.iter()
    }

    /// The topic with exactly this key.
    pub fn get(&self, key: &str) -> Option<&TopicEntry> {
        self.entries.iter().find(|e| e.key == key)
    }

    /// The topic at a position of [`Taxonomy::iter`].
    pub(super) fn at(&self, position: usize) -> Option<&TopicEntry> {
        self.entries.get(position)
    }

    /// Adds a topic, or what it adds to one that is known.
    fn merge(&mut self, new: TopicEntry) {
        if let Some(known) = self.entries.iter_mut().find(|e| e.key == new.key) {
            known.name = new.name;
            known.medtop = new.medtop.or(known.medtop.take());
            known.aliases.extend(new.aliases);
            known.terms.extend(new.terms);
            return;
        }
        // After its parent and whatever is below that already.
        let after = self.entries.iter().rposition(|e| {
            new.parent.is_some() && (Some(&e.key) == new.parent.as_ref() || e.parent == new.parent)
        });
        self.entries.insert(after.map_or(self.entries.len(), |i| i + 1), new);
    }

    /// Enters the names of the topic at `index`; gives back which topic is at fault and why.
    fn claim(&mut self, index: usize) -> Result<(), (usize, String)> {
        let entry = &self.entries[index];
        for name in names_of(entry) {
            if name.is_empty() {
                return Err((index, format!("topic `{}` has an empty name or alias", entry.key)));
            }
            match self.names.get(&name) {
                Some(&other) if other != index => {
                    let reason = format!(
                        "`{name}` names both `{}` and `{}`; expected every name and alias once",
                        self.entries[other].key, entry.key
                    );
                    return Err((index, reason));
                }
                _ => {
                    self.names.insert(name, index);
                }
            }
        }
        Ok(())
    }
}

/// A fault of a file: its byte offset, and the reason.
type TomlFault = (usize, String);

/// Reads the topics of a file.
fn read(toml: &str) -> std::result::Result<Vec<TopLevel>, TomlFault> {
    let read: TaxonomyFile = toml::from_str(toml).map_err(|e| {
        let expected = "expected [[topic]] with key, name and, if wanted, medtop, aliases, terms \
                        and [[topic.sub]]";
        (e.span().map_or(0, |span| span.start), format!("{}; {expected}", e.message()))
    })?;
    Ok(read.topic)
}

/// A topics.toml as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TaxonomyFile {
    #[serde(default)]
    topic: Vec<TopLevel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopLevel {
    key: Spanned<String>,
    medtop: Option<Spanned<String>>,
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    terms: Vec<String>,
    #[serde(default)]
    sub: Vec<SecondLevel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecondLevel {
    name: Spanned<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    terms: Vec<String>,
}

fn is_code(code: &str) -> bool {
    code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit())
}

/// Everything that means this topic, folded.
fn names_of(entry: &TopicEntry) -> impl Iterator<Item = String> {
    let code =
        entry.medtop.iter().flat_map(|code| [code.as_str(), code.trim_start_matches("medtop:")]);
    let names = [entry.key.as_str(), entry.name.as_str()];
    names
        .into_iter()
        .chain(code)
        .chain(entry.aliases.iter().map(String::as_str))
        .map(|name| fold(name.trim()))
}

/// Dice's coefficient over characters.
fn likeness(a: &str, b: &str) -> f32 {
    let shared = a.chars().filter(|&c| b.contains(c)).count();
    2.0 * shared as f32 / (a.chars().count() + b.chars().count()).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(toml: &str) -> String {
        Taxonomy::parse("topics.toml", toml).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_file_line_and_what_was_expected() {
        let missing = error("[[topic]]\nkey = 'economy'\n");
        assert!(
            missing.starts_with("topics.toml:1: missing field `name`")
                && missing.contains("expected"),
            "{missing}"
        );
        let unknown = error("[[topic]]\nkey = 'a'\nname = '甲'\nalias = ['乙']\n");
        assert!(unknown.starts_with("topics.toml:4: unknown field `alias`"), "{unknown}");
        let slash = error("\n[[topic]]\nkey = 'a/b'\nname = '甲'\n");
        assert_eq!(
            slash,
            "topics.toml:3: key `a/b`: expected one word without a slash, such as `economy`"
        );
        let code = error("[[topic]]\nkey = 'a'\nmedtop = '4'\nname = '甲'\n");
        assert_eq!(code, "topics.toml:3: medtop `4`: expected eight digits, such as `04000000`");
        let twice = error("[[topic]]\nkey = 'a'\nname = '甲'\n[[topic]]\nkey = 'b'\nname = '甲'\n");
        assert_eq!(
            twice,
            "topics.toml:5: `甲` names both `a` and `b`; expected every name and alias once"
        );
        assert!(error("[[topic]\n").starts_with("topics.toml:1: "));
    }

    #[test]
    fn a_users_file_extends_the_taxonomy() {
        let base = "[[topic]]\nkey='economy'\nname='经济'\n[[topic.sub]]\nname='房地产\
            '\n[[topic]]\nkey='sport'\nname='体育'\n";
        let own = "[[topic]]\nkey='economy'\nname='经济'\naliases=['钱']\n[[topic.sub]]\nname='茶\
            叶'\nterms=['普洱']\n[[topic]]\nkey='chips'\nname='芯片'\n";
        let taxonomy =
            Taxonomy::parse("topics.toml", base).unwrap().extended("my.toml", own).unwrap();
        let keys: Vec<&str> = taxonomy.iter().map(|e| e.key.as_str()).collect();
        assert_eq!(keys, ["economy", "economy/房地产", "economy/茶叶", "sport", "chips"]);
        assert_eq!(taxonomy.resolve("钱").unwrap().key, "economy");
        assert_eq!(taxonomy.get("economy/茶叶").unwrap().terms, ["普洱"]);
    }
}
