//! The lines of the prompt: questions, settings, orders.

use crate::cli::args::{SearchCommand, Sort};
use crate::engine::Facet;
use crate::error::{Error, Result};

/// The orders of the prompt, as `:help` prints them.
pub const HELP: &str = "words            ask; everything that `jianbao search` understands\n\
    :speaker NAME    only what NAME says; without a name, everybody again\n\
    :topic TOPIC     only articles about TOPIC\n\
    :source NAME     only articles of outlets whose name holds NAME\n\
    :since DATE      only articles from that day on; :until DATE up to it\n\
    :sort ORDER      relevance, newest or oldest\n\
    :facets NAMES    count the answer by these: speaker,topic,subject,source,author,together,\n\
    \x20                year,month,week,day; without names, no more\n\
    :why             show why each speaker was taken for it, or not any more\n\
    :more            the next hits\n\
    :open N|KEY      the whole article of hit N, or of that key\n\
    :clip N|KEY      put it into the basket; `jianbao clip` exports that\n\
    :save NAME       keep the question; `jianbao new NAME` tells what came since\n\
    :help            this\n\
    :quit            leave (also Ctrl-D)";

/// A line typed at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Words(String),
    Set(QuestionPart, Option<String>),
    More,
    Open(String),
    Clip(String),
    Save(String),
    Help,
    Quit,
    Nothing,
    Unknown(String),
}

/// A part of the question that is kept from line to line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionPart {
    Speaker,
    Topic,
    Source,
    Since,
    Until,
    Sort,
    Facets,
    Why,
}

impl QuestionPart {
    /// Every setting by its name.
    pub const ALL: [(&'static str, QuestionPart); 8] = [
        ("speaker", QuestionPart::Speaker),
        ("topic", QuestionPart::Topic),
        ("source", QuestionPart::Source),
        ("since", QuestionPart::Since),
        ("until", QuestionPart::Until),
        ("sort", QuestionPart::Sort),
        ("facets", QuestionPart::Facets),
        ("why", QuestionPart::Why),
    ];

    /// Changes a question; without a value the setting is as if it had not been made.
    ///
    /// # Errors
    /// [`Error::Usage`] where the value is none for it.
    pub fn apply(self, command: &mut SearchCommand, value: Option<String>) -> Result<()> {
        let filters = &mut command.filters;
        match self {
            QuestionPart::Speaker => filters.speaker = value.into_iter().collect(),
            QuestionPart::Topic => filters.topic = value.into_iter().collect(),
            QuestionPart::Source => filters.source = value.into_iter().collect(),
            QuestionPart::Since => filters.since = value,
            QuestionPart::Until => filters.until = value,
            QuestionPart::Sort => {
                let value = value.unwrap_or_else(|| "relevance".to_owned());
                command.page.sort = clap::ValueEnum::from_str(&value, true).map_err(|_| {
                    Error::Usage(format!("`{value}` is no order; relevance, newest or oldest"))
                })?;
            }
            QuestionPart::Facets => {
                let names = value.unwrap_or_default();
                let names = names.split([',', ' ', '，']).filter(|name| !name.is_empty());
                command.page.facets = names.map(facet).collect::<Result<_>>()?;
            }
            QuestionPart::Why => command.page.why = !command.page.why,
        }
        Ok(())
    }
}

fn facet(name: &str) -> Result<Facet> {
    Facet::ALL.into_iter().find(|facet| facet.name() == name).ok_or_else(|| {
        let all: Vec<&str> = Facet::ALL.iter().map(|facet| facet.name()).collect();
        Error::Usage(format!("`{name}` cannot be counted; {}", all.join(", ")))
    })
}

impl Line {
    /// True if the index is asked for what the line says.
    pub fn asks_index(&self) -> bool {
        match self {
            Line::Words(_) | Line::Set(..) | Line::More | Line::Open(_) | Line::Clip(_) => true,
            Line::Save(_) | Line::Help | Line::Quit | Line::Nothing | Line::Unknown(_) => false,
        }
    }

    /// Reads a line.
    pub fn read(line: &str) -> Line {
        let line = line.trim();
        if line.is_empty() {
            return Line::Nothing;
        }
        let Some(order) = line.strip_prefix([':', '：']) else {
            return Line::Words(line.to_owned());
        };
        let (name, rest) = order.split_once(char::is_whitespace).unwrap_or((order, ""));
        let rest = Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty());
        if let Some((_, setting)) = QuestionPart::ALL.into_iter().find(|(known, _)| *known == name)
        {
            return Line::Set(setting, rest);
        }
        match (name, rest) {
            ("more", None) => Line::More,
            ("open", Some(rest)) => Line::Open(rest),
            ("clip", Some(rest)) => Line::Clip(rest),
            ("save", Some(rest)) => Line::Save(rest),
            ("help", None) => Line::Help,
            ("quit" | "q", None) => Line::Quit,
            _ => Line::Unknown(line.to_owned()),
        }
    }
}

/// A question as the words and flags of `jianbao search`.
pub fn line(command: &SearchCommand) -> Vec<String> {
    let mut line = command.words.clone();
    let filters = &command.filters;
    for (flag, values) in filters.lists() {
        line.extend(values.iter().map(|value| format!("--{flag}={value}")));
    }
    for (flag, value) in [("since", &filters.since), ("until", &filters.until)] {
        line.extend(value.iter().map(|value| format!("--{flag}={value}")));
    }
    if command.page.sort == Sort::Oldest {
        line.push("--sort=oldest".to_owned());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_begin_with_a_colon_and_the_rest_is_a_question() {
        assert_eq!(Line::read(" 大模型 浪费 "), Line::Words("大模型 浪费".into()));
        let speaker = Line::Set(QuestionPart::Speaker, Some("程砚秋".into()));
        assert_eq!(Line::read(":speaker 程砚秋"), speaker);
        assert_eq!(Line::read("：topic"), Line::Set(QuestionPart::Topic, None));
        assert_eq!(
            [Line::read(":more"), Line::read(":open 3"), Line::read(":q")],
            [Line::More, Line::Open("3".into()), Line::Quit]
        );
        assert_eq!(Line::read(":clip"), Line::Unknown(":clip".into()));
        assert_eq!(Line::read("  "), Line::Nothing);
    }

    #[test]
    fn every_order_is_in_the_help() {
        for (name, _) in QuestionPart::ALL {
            assert!(HELP.contains(&format!(":{name} ")), "{name}");
        }
    }

    #[test]
    fn only_facets_that_there_are_can_be_counted() {
        assert_eq!(facet("month").unwrap(), Facet::Month);
        assert!(facet("colour").unwrap_err().to_string().contains("speaker, topic"));
    }
}
