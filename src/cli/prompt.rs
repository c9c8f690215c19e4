//! The prompt: questions one after the other, with the last commit of the index kept open. Words
//! are a question, a line that begins with a colon is an order; order.rs reads it, complete.rs
//! completes names.

mod complete;
mod order;

use super::args::SearchCommand;
use super::ask::ask;
use super::basket::Basket;
use super::config::Config;
use super::inspect::show_article;
use super::opened::Opened;
use super::output::Output;
use super::terminal::Style;
use super::{CommandOutcome, advice, output, place, prepare, saved};
use crate::clipping::Clipping;
use crate::error::{Error, Result};
use crate::search::{self, Hit};
use complete::KnownNames;
use order::{HELP, Line};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{CompletionType, Config as Options, Editor};

/// Runs the prompt until the user leaves it.
pub fn run(
    command: &SearchCommand,
    config: &Config,
    mut opened: Opened,
    output: &mut Output,
) -> Result<CommandOutcome> {
    let options = Options::builder().completion_type(CompletionType::List).build();
    let editor = Editor::<KnownNames, DefaultHistory>::with_config(options);
    let mut editor = editor.map_err(readline)?;
    editor.set_helper(Some(KnownNames::new(&opened)?));
    let history = place::state().map(|folder| folder.join("history"));
    if let Some(path) = &history {
        // The first time there is no history yet.
        let _ = editor.load_history(path);
    }
    talk!("type a question; :help lists the orders, Tab completes names");
    let mut session = Session { command: command.clone(), config, hits: Vec::new() };
    loop {
        match editor.readline("剪报> ") {
            Ok(line) => {
                // A history that cannot take a line does no harm.
                let _ = editor.add_history_entry(line.as_str());
                let line = Line::read(&line);
                let next = renew(command, &mut opened, &line).and_then(|names| {
                    if names.is_some() {
                        editor.set_helper(names);
                    }
                    session.obey(line, &opened, output)
                });
                match next.and_then(|next| output.flush().map(|()| next)) {
                    Ok(AfterLine::Stay) => {}
                    Ok(AfterLine::Leave) => break,
                    Err(error) if output::is_closed_pipe(&error) => return Err(error),
                    Err(error) => talk!("jianbao: {}", advice::told(&error)),
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
            talk!("jianbao: the history is not kept: {error}");
        }
    }
    Ok(CommandOutcome::Found)
}

/// Opens the last commit before a line that asks it, if there is another since, and returns its
/// names. Nothing is answered from an index that is gone or that cannot be opened any more.
fn renew(command: &SearchCommand, opened: &mut Opened, line: &Line) -> Result<Option<KnownNames>> {
    if !line.asks_index() || opened.index.is_last() {
        return Ok(None);
    }
    *opened = Opened::asked(command)?;
    KnownNames::new(opened).map(Some)
}

/// True to go on, or the end of the prompt.
enum AfterLine {
    Stay,
    Leave,
}

/// The state kept from line to line.
struct Session<'a> {
    /// The question so far, its filters included.
    command: SearchCommand,
    config: &'a Config,
    /// The hits shown last.
    hits: Vec<Hit>,
}

impl Session<'_> {
    fn obey(&mut self, line: Line, opened: &Opened, output: &mut Output) -> Result<AfterLine> {
        match line {
            Line::Nothing => {}
            Line::Quit => return Ok(AfterLine::Leave),
            Line::Help => output.line(HELP)?,
            Line::Unknown(line) => {
                talk!("`{}` is no order here; :help lists them", crate::text::harmless(&line))
            }
            Line::Words(words) => {
                self.command.words = vec![words];
                self.command.page.offset = 0;
                self.ask(opened, output)?;
            }
            Line::Set(setting, value) => {
                setting.apply(&mut self.command, value)?;
                self.again(opened, output)?;
            }
            Line::More => {
                self.command.page.offset += self.command.page.limit;
                self.ask(opened, output)?;
            }
            Line::Open(name) => self.open(&name, opened, output)?,
            Line::Clip(name) => self.clip(&name, opened)?,
            Line::Save(name) => saved::keep(&name, &order::line(&self.command), self.config)?,
        }
        Ok(AfterLine::Stay)
    }

    /// The hit that a rank or a key names, of those on the screen.
    fn hit(&self, name: &str) -> Option<&Hit> {
        let key = |hit: &Hit| hit.passage.article.key.map(|key| key.to_string());
        let rank = name.parse().ok();
        self.hits.iter().find(|hit| Some(hit.rank) == rank || key(hit).as_deref() == Some(name))
    }

    fn open(&self, name: &str, opened: &Opened, output: &mut Output) -> Result<()> {
        let key = self.hit(name).and_then(|hit| hit.passage.article.key);
        let key = key.map_or_else(|| name.to_owned(), |key| key.to_string());
        let passages = search::article(&opened.index, &key)?;
        let style = Style::new(self.command.page.color);
        let same = |a: &crate::passage::Passage, b: &crate::passage::Passage| {
            a.article.key == b.article.key
        };
        passages.chunk_by(same).try_for_each(|article| show_article(article, style, output))
    }

    fn clip(&self, name: &str, opened: &Opened) -> Result<()> {
        let day = prepare::accessed(self.command.page.accessed.as_deref())?;
        let clipping = match self.hit(name) {
            Some(hit) => Some(Clipping::of_hit(hit, day)),
            None => Clipping::of_article(&search::article(&opened.index, name)?, day),
        };
        let mut basket = Basket::open(None)?;
        let added = clipping.is_some_and(|clipping| basket.add(clipping));
        basket.save()?;
        talk!(
            "{}",
            if added {
                "clipped; `jianbao clip export` prints it"
            } else {
                "it is in the basket already"
            }
        );
        Ok(())
    }

    /// Asks the last question again, if there is one or a filter to ask by.
    fn again(&mut self, opened: &Opened, output: &mut Output) -> Result<()> {
        self.command.page.offset = 0;
        let asked = !self.command.words.is_empty() || self.command.filters.is_set();
        if asked { self.ask(opened, output) } else { Ok(()) }
    }

    fn ask(&mut self, opened: &Opened, output: &mut Output) -> Result<()> {
        self.hits = ask(&self.command, opened, output)?.hits;
        Ok(())
    }
}

fn readline(error: ReadlineError) -> Error {
    Error::Usage(format!("the prompt cannot read the terminal: {error}"))
}
