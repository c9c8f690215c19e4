//! `jianbao config`: the settings that hold, and where each comes from.

use super::advice::quoted;
use super::args::{ConfigCommand, CountFormat};
use super::config::{Config, SETTINGS};
use super::output::Output;
use super::terminal::one_line;
use super::{CommandOutcome, place};
use crate::error::Result;
use serde::Serialize;

/// A setting as it holds.
#[derive(Debug, Serialize)]
struct Holding {
    key: &'static str,
    value: Option<String>,
    origin: String,
    about: &'static str,
}

/// Runs `jianbao config`: what holds, and from where.
pub fn settings(
    command: &ConfigCommand,
    config: &Config,
    output: &mut Output,
) -> Result<CommandOutcome> {
    let file = config.file.as_ref().map(|file| file.display().to_string());
    let holding = SETTINGS.iter().map(|setting| {
        let variable = setting
            .variable
            .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
        let value = config.values(setting.key);
        let (value, origin) = match (variable, value) {
            (Some("NO_COLOR"), None) => (Some("never".to_owned()), "NO_COLOR".to_owned()),
            (Some(name), _) if name != "NO_COLOR" => {
                let value = std::env::var_os(name).unwrap_or_default();
                (Some(quoted(&value.to_string_lossy())), name.to_owned())
            }
            (_, Some(values)) => {
                let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                let value = Some(values.join(" ")).filter(|value| !value.is_empty());
                (value.or(Some("false".to_owned())), file.clone().unwrap_or_default())
            }
            _ if setting.key == "index" => {
                let (index, origin) = place::default_index(config, place::data().as_deref());
                (Some(quoted(&index.to_string_lossy())), origin.to_string())
            }
            _ => (None, "default".to_owned()),
        };
        Holding { key: setting.key, value, origin, about: setting.about }
    });
    let holding: Vec<Holding> = holding.collect();
    match command.format {
        CountFormat::Json => {
            output.json(&serde_json::json!({ "file": file, "settings": holding }))?;
        }
        CountFormat::Text => {
            let found = file.as_deref().unwrap_or("no jianbao.toml here, above, or of the user");
            output.line(&one_line(&format!("# {found}")))?;
            for Holding { key, value, origin, about } in holding {
                let line = match value {
                    Some(value) => format!("{key:<22} {value}  ({origin})"),
                    None => format!("{key:<22} -  ({about})"),
                };
                output.line(&one_line(&line))?;
            }
        }
    }
    Ok(CommandOutcome::Found)
}
