//! The prompt: questions one after the other, with the index kept open. Words are a question, a
//! line that begins with a colon is an order.

use super::args::SearchCommand;
use super::inspect::show_article;
use super::output::Output;
use super::search::{Opened, ask};
use super::terminal::Style;
use super::{CommandOutcome, advice, output, place};
use crate::error::{Error, Result};
use crate::passage::Head;
use crate::search;
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use std::sync::Arc;

/// What the prompt understands, as `:help` prints it.
const HELP: &str = "words            ask; everything that `jianbao search` understands\n\
    :speaker NAME    only what NAME says; without a name, everybody again\n\
    :topic TOPIC     only articles about TOPIC; without one, all again\n\
    :more            the next hits\n\
    :open N          the whole article of hit N\n\
    :help            this\n\
    :quit            leave (also Ctrl-D)";

/// A line typed at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Words(String),
    Speaker(Option<String>),
    Topic(Option<String>),
    More,
    Open(usize),
    Help,
    Quit,
    Nothing,
    Unknown(String),
}

impl Line {
    fn read(line: &str) -> Line {
        let line = line.trim();
        if line.is_empty() {
            return Line::Nothing;
        }
        let Some(order) = line.strip_prefix([':', '：']) else {
            return Line::Words(line.to_owned());
        };
        let (name, rest) = order.split_once(char::is_whitespace).unwrap_or((order, ""));
        let rest = Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty());
        match (name, rest.as_deref().map(str::parse)) {
            ("speaker", _) => Line::Speaker(rest),
            ("topic", _) => Line::Topic(rest),
            ("more", None) => Line::More,
            ("open", Some(Ok(number))) => Line::Open(number),
            ("help", None) => Line::Help,
            ("quit" | "q", None) => Line::Quit,
            _ => Line::Unknown(line.to_owned()),
        }
    }
}

/// Runs the prompt until the user leaves it.
pub fn run(
    command: &SearchCommand,
    opened: &Opened,
    output: &mut Output,
) -> Result<CommandOutcome> {
    let mut editor = DefaultEditor::new().map_err(readline)?;
    let history = place::state().map(|folder| folder.join("history"));
    if let Some(path) = &history {
        // The first time there is no history yet.
        let _ = editor.load_history(path);
    }
    eprintln!("type a question; :help lists the orders");
    let mut session = Session { command: command.clone(), heads: Vec::new() };
    loop {
        match editor.readline("剪报> ") {
            Ok(line) => {
                // A history that cannot take a line does no harm.
                let _ = editor.add_history_entry(line.as_str());
                match session.obey(Line::read(&line), opened, output) {
                    Ok(PromptStep::Stay) => output.flush()?,
                    Ok(PromptStep::Leave) => break,
                    Err(error) if output::is_closed_pipe(&error) => return Err(error),
                    Err(error) => {
                        eprintln!("jianbao: {}", advice::told(&error))
                    }
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(readline(error)),
        }
    }
    if let Some(path) = &history {
        let saved =
            path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(ReadlineError::Io);
        if let Err(error) = saved.and_then(|()| editor.save_history(path)) {
            eprintln!("jianbao: the history is not kept: {error}");
        }
    }
    Ok(CommandOutcome::Found)
}

/// Whether the prompt goes on.
enum PromptStep {
    Stay,
    Leave,
}

/// What is remembered from line to line.
struct Session {
    /// The question so far, its filters included.
    command: SearchCommand,
    /// The articles of the hits shown last, by rank.
    heads: Vec<(usize, Arc<Head>)>,
}

impl Session {
    fn obey(&mut self, line: Line, opened: &Opened, output: &mut Output) -> Result<PromptStep> {
        match line {
            Line::Nothing => {}
            Line::Quit => return Ok(PromptStep::Leave),
            Line::Help => output.line(HELP)?,
            Line::Unknown(line) => {
                eprintln!("`{}` is no order here; :help lists them", crate::text::harmless(&line))
            }
            Line::Words(words) => {
                self.command.words = vec![words];
                self.command.page.offset = 0;
                self.ask(opened, output)?;
            }
            Line::Speaker(name) => {
                self.command.filters.speaker = name.into_iter().collect();
                self.again(opened, output)?;
            }
            Line::Topic(topic) => {
                self.command.filters.topic = topic.into_iter().collect();
                self.again(opened, output)?;
            }
            Line::More => {
                self.command.page.offset += self.command.page.limit;
                self.ask(opened, output)?;
            }
            Line::Open(rank) => match self.heads.iter().find(|(shown, _)| *shown == rank) {
                None => eprintln!("there is no hit {rank} on the screen"),
                Some((_, head)) => {
                    let mut passages = search::article(&opened.index, &head.id)?;
                    passages.retain(|p| p.article.path == head.path && p.article.line == head.line);
                    show_article(&passages, Style::new(self.command.page.color), output)?;
                }
            },
        }
        Ok(PromptStep::Stay)
    }

    /// Asks the last question again, if there is one or a filter to ask by.
    fn again(&mut self, opened: &Opened, output: &mut Output) -> Result<()> {
        self.command.page.offset = 0;
        let filters = &self.command.filters;
        if self.command.words.is_empty() && filters.speaker.is_empty() && filters.topic.is_empty() {
            return Ok(());
        }
        self.ask(opened, output)
    }

    fn ask(&mut self, opened: &Opened, output: &mut Output) -> Result<()> {
        let answer = ask(&self.command, opened, output)?;
        self.heads = answer.hits.into_iter().map(|hit| (hit.rank, hit.passage.article)).collect();
        Ok(())
    }
}

fn readline(error: ReadlineError) -> Error {
    Error::Usage(format!("the prompt cannot read the terminal: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_begin_with_a_colon_and_the_rest_is_a_question() {
        assert_eq!(Line::read(" 大模型 浪费 "), Line::Words("大模型 浪费".into()));
        assert_eq!(Line::read(":speaker 程砚秋"), Line::Speaker(Some("程砚秋".into())));
        assert_eq!(Line::read("：topic"), Line::Topic(None));
        assert_eq!(
            [Line::read(":more"), Line::read(":open 3"), Line::read(":q")],
            [Line::More, Line::Open(3), Line::Quit]
        );
        assert_eq!(Line::read(":open drei"), Line::Unknown(":open drei".into()));
        assert_eq!(Line::read("  "), Line::Nothing);
    }
}
