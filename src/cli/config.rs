//! The configuration file `jianbao.toml`: the nearest one in the working directory or above, or
//! else that of the user's configuration folder.
//!
//! A value of the file is the default of a flag, so that flags win, then the environment, then the
//! file. Paths count from the file's folder.

use crate::error::{Error, Result};
use crate::text::likeness::likeness;
use clap::Command;
use std::path::{Path, PathBuf};
use toml::Value;

/// The name of the file.
const FILE: &str = "jianbao.toml";

/// A setting that the file may have.
pub struct Setting {
    /// Its key, with that of its table before it.
    pub key: &'static str,
    /// The argument that it is a default of.
    argument: &'static str,
    /// The command that has the argument; none for every command.
    command: Option<&'static str>,
    /// The form of its value.
    form: ValueForm,
    /// The environment variable that wins over it.
    pub variable: Option<&'static str>,
    /// The effect of the setting.
    pub about: &'static str,
}

/// Forms of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueForm {
    Path,
    Paths,
    Text,
    Texts,
    Number,
    /// `true` sets the flag.
    Switch,
}

/// A setting of every command that has its argument.
const fn general(
    key: &'static str,
    argument: &'static str,
    form: ValueForm,
    variable: Option<&'static str>,
    about: &'static str,
) -> Setting {
    Setting { key, argument, command: None, form, variable, about }
}

/// A setting of `jianbao search`.
const fn search(
    key: &'static str,
    argument: &'static str,
    form: ValueForm,
    about: &'static str,
) -> Setting {
    Setting { key, argument, command: Some("search"), form, variable: None, about }
}

/// Every setting, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    general("index", "index", ValueForm::Path, Some("JIANBAO_INDEX"), "the index folder"),
    general(
        "engine",
        "engine",
        ValueForm::Texts,
        Some("JIANBAO_ENGINE"),
        "addresses of an index in a cluster, instead of an index folder",
    ),
    general(
        "engine-auth",
        "engine_auth",
        ValueForm::Path,
        Some("JIANBAO_ENGINE_AUTH"),
        "file with the credentials for the cluster",
    ),
    general(
        "definition",
        "definition",
        ValueForm::Path,
        Some("JIANBAO_DEFINITION"),
        "folder whose files replace those that define the analysis",
    ),
    Setting {
        key: "archives",
        argument: "paths",
        command: Some("index"),
        form: ValueForm::Paths,
        variable: None,
        about: "what `jianbao index` reads where no path is given",
    },
    general("crawled", "crawled", ValueForm::Text, None, "the day that relative dates count from"),
    general("encoding", "encoding", ValueForm::Text, None, "the encoding of every file"),
    general("fields", "fields", ValueForm::Texts, None, "names of fields, each as FIELD=NAME"),
    general("include", "include", ValueForm::Texts, None, "globs of files to read"),
    general(
        "exclude",
        "exclude",
        ValueForm::Texts,
        None,
        "globs of files and folders to leave out",
    ),
    general("color", "color", ValueForm::Text, Some("NO_COLOR"), "auto, always or never"),
    search("search.limit", "limit", ValueForm::Number, "hits of an answer"),
    search("search.sort", "sort", ValueForm::Text, "relevance, newest or oldest"),
    search("search.context", "context", ValueForm::Number, "sentences around each passage"),
    search("search.width", "width", ValueForm::Number, "columns of a passage"),
    search("search.facets", "facets", ValueForm::Texts, "what the answer is counted by"),
    search(
        "search.min-confidence",
        "min_confidence",
        ValueForm::Text,
        "least trust in an attribution",
    ),
    search("search.reprints", "reprints", ValueForm::Switch, "each reprint is a hit of its own"),
    search("search.original-only", "original_only", ValueForm::Switch, "reprints are left out"),
    search(
        "search.no-synonyms",
        "no_synonyms",
        ValueForm::Switch,
        "only the names typed are found",
    ),
    search("search.best-last", "best_last", ValueForm::Switch, "the best hit is the last"),
    search("search.no-pager", "no_pager", ValueForm::Switch, "no pager is used"),
    search("search.why", "why", ValueForm::Switch, "the evidence is shown"),
];

/// The settings of a configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The file; none where there is none.
    pub file: Option<PathBuf>,
    /// Values by key; several for a list.
    values: Vec<(&'static str, Vec<String>)>,
}

impl Config {
    /// Reads the file that holds at `here`: the nearest upwards, or else that in `settings`, the
    /// user's folder.
    ///
    /// # Errors
    /// [`Error::Usage`] where it is no TOML, a key is unknown or a value has another form;
    /// [`Error::Io`] where it cannot be read.
    pub fn find(here: &Path, settings: Option<&Path>) -> Result<Config> {
        let folders = here.ancestors().chain(settings);
        let file = folders.map(|folder| folder.join(FILE)).find(|file| file.is_file());
        file.map_or(Ok(Config::default()), |file| Config::read(&file))
    }

    fn read(file: &Path) -> Result<Config> {
        let text = std::fs::read_to_string(file).map_err(Error::io("read", file))?;
        let wrong = |reason: String| Error::Usage(format!("{}: {reason}", file.display()));
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
            let line = e.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            wrong(format!("line {line}: {}", e.message()))
        })?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut config = Config { file: Some(file.to_owned()), values: Vec::new() };
        for (key, value) in flat(&table) {
            let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
                return Err(wrong(format!("`{key}` is no setting; {}", nearest(&key))));
            };
            let value = words(value, setting.form, folder)
                .ok_or_else(|| wrong(format!("`{key}` must be {}", named(setting.form))))?;
            config.values.push((setting.key, value));
        }
        Ok(config)
    }

    /// The value of a setting that has one.
    pub fn text(&self, key: &str) -> Option<&str> {
        let (_, values) = self.values.iter().find(|(name, _)| *name == key)?;
        values.first().map(String::as_str)
    }

    /// The values of a setting; several for a list, none for a switch that is off.
    pub fn values(&self, key: &str) -> Option<&[String]> {
        let (_, values) = self.values.iter().find(|(name, _)| *name == key)?;
        Some(values)
    }

    /// `command` with the file's values as defaults of its arguments.
    pub fn applied(&self, mut command: Command) -> Command {
        for (key, values) in self.values.iter().filter(|(_, values)| !values.is_empty()) {
            let Some(setting) = SETTINGS.iter().find(|setting| setting.key == *key) else {
                continue;
            };
            for name in names(&command) {
                if setting.command.is_some_and(|own| own != name) {
                    continue;
                }
                command = command.mut_subcommand(&name, |c| default(c, setting.argument, values));
            }
        }
        command
    }

    /// The error of a value that its flag does not take, where there is one; to be asked for after
    /// a command line was refused.
    pub fn refused(&self, command: &Command) -> Option<Error> {
        self.values.iter().find_map(|(key, values)| {
            let setting = SETTINGS.iter().find(|setting| setting.key == *key)?;
            let flags = |c: &Command| {
                c.get_arguments().any(|a| a.get_id() == setting.argument && !a.is_positional())
            };
            let owner = command
                .get_subcommands()
                .find(|c| setting.command.is_none_or(|own| own == c.get_name()) && flags(c))?;
            let argument = owner.get_arguments().find(|a| a.get_id() == setting.argument)?;
            let flag = argument.get_long()?;
            let typed = values.iter().map(|value| match setting.form {
                ValueForm::Switch => format!("--{flag}"),
                _ => format!("--{flag}={value}"),
            });
            let line = ["jianbao".to_owned(), owner.get_name().to_owned(), "x".to_owned()];
            let error =
                command.clone().try_get_matches_from(line.into_iter().chain(typed)).err()?;
            let value = matches!(
                error.kind(),
                clap::error::ErrorKind::InvalidValue | clap::error::ErrorKind::ValueValidation
            );
            let reason = error.to_string().trim_start_matches("error: ").replace('\n', " ");
            let (file, key) = (self.file.as_ref()?.display(), setting.key);
            value.then(|| Error::Usage(format!("{file}: `{key}`: {reason}")))
        })
    }
}

fn names(command: &Command) -> Vec<String> {
    command.get_subcommands().map(|c| c.get_name().to_owned()).collect()
}

/// A command with these defaults of an argument, if it has the argument.
pub fn default<T: Into<clap::builder::OsStr> + Clone>(
    command: Command,
    argument: &'static str,
    values: &[T],
) -> Command {
    if !command.get_arguments().any(|a| a.get_id() == argument) {
        return command;
    }
    let values = values.to_vec();
    command.mut_arg(argument, |a| a.required(false).default_values(values))
}

/// The keys of a table, those of tables in it with a dot between, with their values.
fn flat(table: &toml::Table) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) => {
                found.extend(flat(inner).into_iter().map(|(k, v)| (format!("{key}.{k}"), v)));
            }
            value => found.push((key.clone(), value)),
        }
    }
    found
}

/// A value as the words that a command line would have; `None` where its form is another.
fn words(value: &Value, form: ValueForm, folder: &Path) -> Option<Vec<String>> {
    let path = |text: &str| folder.join(text).to_string_lossy().into_owned();
    let texts = |value: &Value| match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(all) => {
            all.iter().map(|v| v.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        }
        _ => None,
    };
    Some(match form {
        ValueForm::Path => vec![path(value.as_str()?)],
        ValueForm::Paths => texts(value)?.iter().map(|text| path(text)).collect(),
        ValueForm::Text => match value {
            Value::Datetime(day) => vec![day.to_string()],
            value => vec![value.as_str()?.to_owned()],
        },
        ValueForm::Texts => texts(value)?,
        ValueForm::Number => {
            vec![u64::try_from(value.as_integer()?).ok()?.to_string()]
        }
        ValueForm::Switch => {
            if value.as_bool()? {
                vec!["true".to_owned()]
            } else {
                Vec::new()
            }
        }
    })
}

fn named(form: ValueForm) -> &'static str {
    match form {
        ValueForm::Path => "a path",
        ValueForm::Paths => "a path or a list of paths",
        ValueForm::Text => "a text",
        ValueForm::Texts => "a text or a list of texts",
        ValueForm::Number => "a whole number from 0",
        ValueForm::Switch => "true or false",
    }
}

/// The setting that was perhaps meant, or else all of them.
fn nearest(key: &str) -> String {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let alike = |known: &str| likeness(key, known).max(likeness(&last(key), &last(known)));
    let best = SETTINGS.iter().map(|s| s.key).max_by(|a, b| alike(a).total_cmp(&alike(b)));
    match best.filter(|best| alike(best) >= 0.6) {
        Some(best) => format!("did you mean `{best}`?"),
        None => {
            let all: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
            format!("settings are {}", all.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Arguments;
    use clap::CommandFactory;

    fn read(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        Config::find(&folder.path().join("甲/乙"), None)
    }

    #[test]
    fn every_setting_is_a_default_of_an_argument() {
        let command = Arguments::command();
        for setting in SETTINGS {
            let owners = command.get_subcommands().filter(|c| {
                setting.command.is_none_or(|own| own == c.get_name())
                    && c.get_arguments().any(|a| a.get_id() == setting.argument)
            });
            assert!(owners.count() > 0, "{} has no argument", setting.key);
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_with_the_nearest_name() {
        let told = |text: &str| read(text).unwrap_err().to_string();
        assert!(told("crawld = '2024'").contains("did you mean `crawled`?"));
        assert!(told("[search]\nlimits = 3").contains("did you mean `search.limit`?"));
        assert!(told("[search]\nlimit = 'viele'").contains("must be a whole number"));
        assert!(told("index = [").contains("line 1"));
    }

    #[test]
    fn paths_count_from_the_file_and_tables_are_flattened() {
        let config = read("index = 'i'\narchives = ['新闻']\n[search]\nlimit = 3\n").unwrap();
        let folder = config.file.as_ref().unwrap().parent().unwrap();
        assert_eq!(config.text("index"), folder.join("i").to_str());
        assert_eq!(config.text("archives"), folder.join("新闻").to_str());
        assert_eq!(config.text("search.limit"), Some("3"));
    }

    #[test]
    fn a_value_that_its_flag_does_not_take_is_named_with_its_file() {
        let config = read("[search]\nsort = 'schnell'\n").unwrap();
        let error = config.refused(&Arguments::command()).unwrap().to_string();
        assert!(error.contains("jianbao.toml: `search.sort`: invalid value"), "{error}");
        assert!(read("color = 'never'").unwrap().refused(&Arguments::command()).is_none());
    }
}
