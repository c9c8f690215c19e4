//! The next step after an error: library errors carry data, this file adds the command or the flag
//! that helps.

use super::terminal::one_line;
use crate::archive::{Skip, SkipReason};
use crate::error::Error;
use crate::update::{LockHolder, Settings, Sources, sources};
use std::path::Path;

/// An error as the user is told of it, on one line: what went wrong, and the next step where there
/// is one.
pub fn told(error: &Error) -> String {
    one_line(&match error {
        Error::Setting { setting: "include" | "exclude", .. } => {
            format!("--{error}; write it like `*.txt` or `2023/**`")
        }
        Error::Setting { .. } => format!("--{error}"),
        Error::Skipped(_) => format!("--strict was given, and {error}; --report FILE lists them"),
        error => match next_step(error) {
            Some(step) => format!("{error}; {step}"),
            None => error.to_string(),
        },
    })
}

/// The next step after an error.
fn next_step(error: &Error) -> Option<String> {
    Some(match error {
        Error::NoIndex(folder) if LockHolder::of(folder).is_some() => {
            "one is being built there; wait for its first commit".to_owned()
        }
        Error::NoIndex(place) => {
            format!("build one with `jianbao index PATH... {}`", place_flags(place))
        }
        Error::ForeignFolder(place) if is_cluster(place) => {
            "choose another name with --engine".to_owned()
        }
        Error::ForeignFolder(_) => "choose another folder with --index".to_owned(),
        Error::Outdated { path, .. } => {
            format!("build it anew with `{}`", rebuild(path, &sources(path)))
        }
        Error::Damaged { path, .. } if is_cluster(path) => {
            format!("run `jianbao doctor`, or `{}`", rebuild(path, &sources(path)))
        }
        Error::Damaged { path, .. } => {
            format!(
                "run `jianbao doctor`, then `jianbao doctor --repair`, or `{}`",
                rebuild(path, &sources(path))
            )
        }
        Error::Unreachable { .. } => {
            "see whether its nodes run, and the addresses that --engine names".to_owned()
        }
        Error::Refused { status: 401 | 403, kind, .. } if kind != BLOCKED => {
            "give its credentials in a file, with --engine-auth".to_owned()
        }
        Error::Refused { kind, reason, .. } if kind == BLOCKED && reason.contains("read-only") => {
            "its disks are full: make room, then set index.blocks.read_only_allow_delete of the \
             index to null"
                .to_owned()
        }
        Error::Refused { status: 413, .. } => {
            "--max-size SIZE leaves out articles that are too large for it".to_owned()
        }
        Error::Partial { .. } => {
            "`jianbao doctor` tells which; wait until its nodes are back, or have the others \
             answer with `search --partial`"
                .to_owned()
        }
        Error::Locked { path, .. } if is_cluster(path) => "try again in a minute".to_owned(),
        Error::Locked { .. } => "wait for it to finish, or use another --index".to_owned(),
        Error::Vanished { .. } => "look whether a disk is missing; if they are gone for good, \
             --prune deletes them, and --no-prune keeps them"
            .to_owned(),
        Error::Loss { .. } => {
            "bring the sources back, or do without those articles with --lose".to_owned()
        }
        Error::NoArticle(_) => "`jianbao search` shows keys and places".to_owned(),
        Error::Definition { file, .. } if file.ends_with(".model") => {
            "write one with `jianbao train FOLDER`".to_owned()
        }
        _ => return None,
    })
}

/// A skipped input as the user is told of it, on one line, with the flag that helps.
pub fn skipped(skip: &Skip) -> String {
    one_line(&match skip.reason {
        SkipReason::NoText if skip.record.is_some() || !skip.detail.is_empty() => {
            format!("{skip}; name them with --field title=NAME --field body=NAME")
        }
        SkipReason::TitleOnly => format!("{skip}; name its text with --field body=NAME"),
        SkipReason::OtherFileSystem if skip.detail.is_empty() => {
            format!("{skip}; name it as a path of its own, or give --cross-file-systems")
        }
        SkipReason::TooLarge => format!("{skip}; --max-size SIZE admits more"),
        _ => skip.to_string(),
    })
}

/// The command that builds an index anew, as a POSIX shell takes it. `PATH...` stands for sources
/// that are not known. Settings are given where all files were read with the same.
fn rebuild(folder: &Path, sources: &Sources) -> String {
    let mut words = vec!["jianbao index --rebuild".to_owned()];
    if sources.roots.is_empty() {
        words.push("PATH...".to_owned());
    }
    words.extend(sources.roots.iter().map(|source| quoted(source)));
    words.push(place_flags(folder));
    words.extend(sources.settings.iter().flat_map(flags));
    words.join(" ")
}

/// The kind of a refusal of a cluster that does not write.
const BLOCKED: &str = "cluster_block_exception";

/// True if an error tells of an index in a cluster, by its addresses.
fn is_cluster(place: &Path) -> bool {
    place.to_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"))
}

/// The flags that name a place.
fn place_flags(place: &Path) -> String {
    let text = place.to_string_lossy();
    if !is_cluster(place) {
        return format!("--index {}", quoted(&text));
    }
    text.split(' ').map(|url| format!("--engine {}", quoted(url))).collect::<Vec<_>>().join(" ")
}

/// Settings as flags, each with its value.
pub fn flags(settings: &Settings) -> Vec<String> {
    let flag = |(name, value): (&str, String)| format!("--{name} {}", quoted(&value));
    settings.named().into_iter().map(flag).collect()
}

/// `word` as a shell takes it for one word.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '/' | '.' | '_' | '-' | '=' | ':' | ',' | '+' | '@' | '%')
    };
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    let here = if word.starts_with('-') { "./" } else { "" };
    format!("'{here}{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebuild_names_sources_and_settings_for_a_shell() {
        let mut known = Sources::default();
        let folder = Path::new("i");
        assert_eq!(rebuild(folder, &known), "jianbao index --rebuild PATH... --index i");
        known.roots.insert("/no such/a'b".to_owned());
        known.settings = Some(Settings {
            crawled: Some("2024-03-24T12:00:00".to_owned()),
            fields: vec!["title=Kopf".to_owned()],
            ..Settings::default()
        });
        assert_eq!(
            rebuild(folder, &known),
            r"jianbao index --rebuild '/no such/a'\''b' --index i".to_owned()
                + " --crawled 2024-03-24 --field title=Kopf"
        );
        assert_eq!(quoted("-rf"), "'./-rf'");
    }

    #[test]
    fn an_error_is_told_with_its_next_step_on_one_line() {
        let error = Error::Setting {
            setting: "exclude",
            value: "[\n".to_owned(),
            reason: "unclosed character class".to_owned(),
        };
        assert_eq!(
            told(&error),
            "--exclude `[ `: unclosed character class; write it like `*.txt` or `2023/**`"
        );
        assert_eq!(
            told(&Error::NoArticle("甲-1".to_owned())),
            "no article with id or path `甲-1` in the index; `jianbao search` shows keys and places"
        );
        assert_eq!(told(&Error::Usage("无".to_owned())), "无");
        let refused = |status, kind: &str, reason: &str| Error::Refused {
            address: "http://a/n".to_owned(),
            status,
            kind: kind.to_owned(),
            reason: reason.to_owned(),
        };
        assert!(told(&refused(401, "security_exception", "")).contains("--engine-auth"));
        let block = "disk usage exceeded, index has read-only-allow-delete block";
        assert!(told(&refused(403, BLOCKED, block)).contains("make room"));
        assert!(told(&refused(413, "", "")).contains("--max-size"));
        assert_eq!(
            told(&Error::NoIndex("http://a/n http://b/n".into())),
            "no index at `http://a/n http://b/n`; build one with \
                `jianbao index PATH... --engine http://a/n --engine http://b/n`"
        );
    }
}
