//! Screens of a terminal, of 80 and 120 columns, with and without colour: captured by tmux and held
//! against tests/data/terminal. Skipped where there is no tmux. With `JIANBAO_RENEW=1` the files
//! are written anew instead of compared.

use crate::sample::{index, jianbao};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The text by which the end of the output is known.
const END: &str = "== end ==";

/// A terminal in which the program runs.
struct Terminal {
    socket: String,
}

impl Terminal {
    /// Runs a line of the shell, in which `jianbao` is the program; `None` without tmux.
    fn open(name: &str, columns: u32, line: &str) -> Option<Terminal> {
        Command::new("tmux").arg("-V").output().ok()?;
        let terminal = Terminal { socket: format!("jianbao-{name}-{}", std::process::id()) };
        let prepared = jianbao();
        let program = prepared.get_program().to_str().unwrap();
        let mut command = terminal.tmux();
        for (variable, value) in prepared.get_envs() {
            match value {
                Some(value) => command.env(variable, value),
                None => command.env_remove(variable),
            };
        }
        let line = line.replace("jianbao ", &format!("{program} "));
        let line = format!("unset NO_COLOR PAGER LESS; {line}; echo '{END}'; sleep 60");
        let size = ["-x", &columns.to_string(), "-y", "60"].map(str::to_owned);
        command.args(["-f", "/dev/null", "-u", "new-session", "-d"]).args(size).arg(line);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env("JIANBAO_INDEX", index());
        assert!(command.env("TERM", "xterm-256color").status().unwrap().success());
        Some(terminal)
    }

    fn tmux(&self) -> Command {
        let mut command = Command::new("tmux");
        command.args(["-L", &self.socket]);
        command
    }

    /// Types a line.
    fn enter(&self, line: &str) {
        assert!(self.tmux().args(["send-keys", "-l", line]).status().unwrap().success());
        assert!(self.tmux().args(["send-keys", "Enter"]).status().unwrap().success());
    }

    /// The screen once it shows a text.
    fn wait_for(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let output = self.tmux().args(["capture-pane", "-p", "-e"]).output().unwrap();
            let screen = String::from_utf8(output.stdout).unwrap();
            if screen.contains(text) {
                return screen;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "no `{text}` in\n{screen}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.tmux().arg("kill-server").status();
    }
}

/// A screen with every change of colour as `⟨bold red⟩` before the text that it holds for, whatever
/// codes the terminal writes for it.
fn readable(screen: &str) -> String {
    let (mut bold, mut dim, mut colour) = (false, false, "");
    let (mut told, mut text) = (String::new(), String::new());
    let mut rest = screen.split(END).next().unwrap();
    while let Some(c) = rest.chars().next() {
        if let Some(codes) = rest.strip_prefix("\u{1b}[") {
            let (codes, after) = codes.split_once('m').unwrap();
            rest = after;
            for code in codes.split(';') {
                match code {
                    "" | "0" => (bold, dim, colour) = (false, false, ""),
                    "1" => bold = true,
                    "2" => dim = true,
                    "22" => (bold, dim) = (false, false),
                    "31" => colour = "red",
                    "32" => colour = "green",
                    "33" => colour = "yellow",
                    "34" => colour = "blue",
                    "35" => colour = "magenta",
                    "36" => colour = "cyan",
                    "39" => colour = "",
                    "49" => {}
                    other => panic!("colour {other}"),
                }
            }
            continue;
        }
        let parts = [if bold { "bold" } else { "" }, if dim { "dim" } else { "" }, colour];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let state = parts.join(" ");
        if state != told && !c.is_whitespace() {
            text.push_str(&if state.is_empty() {
                "⟨⟩".to_owned()
            } else {
                format!("⟨{state}⟩")
            });
            told = state;
        }
        text.push(c);
        rest = &rest[c.len_utf8()..];
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned() + "\n"
}

/// Holds a screen against its file.
fn check(name: &str, screen: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/terminal");
    let path = folder.join(format!("{name}.txt"));
    let text = readable(screen);
    if std::env::var_os("JIANBAO_RENEW").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap();
    assert_eq!(text, known, "the screen `{name}` is another; JIANBAO_RENEW=1 writes it anew");
}

const SEARCH: &str = "jianbao search 临江 北堤 -n 3 --no-pager";
const CASES: [(&str, u32, &str); 10] = [
    ("search-80", 80, SEARCH),
    ("search-120", 120, SEARCH),
    ("search-80-plain", 80, "export NO_COLOR=1; jianbao search 临江 北堤 -n 3 --no-pager"),
    ("search-120-plain", 120, "jianbao search 临江 北堤 -n 3 --no-pager --color never"),
    ("why-80", 80, "jianbao search 算力 --speaker 程砚秋 --why --no-pager"),
    ("kwic-80", 80, "jianbao search 北堤 --kwic 24"),
    ("kwic-120", 120, "jianbao search 北堤 --kwic 40"),
    ("counts-80", 80, "jianbao search 临江 -n 0 --facets month,speaker"),
    ("speaker-80", 80, "jianbao speaker 段洪亮"),
    ("nothing-80", 80, "jianbao search 无此一词 --speaker 段洪量"),
];

#[test]
fn the_terminal_shows_what_it_has_shown() {
    for (name, columns, line) in CASES {
        let Some(terminal) = Terminal::open(name, columns, line) else {
            eprintln!("skipped: there is no tmux");
            return;
        };
        check(name, &terminal.wait_for(END));
    }
}

#[test]
fn the_prompt_narrows_a_question_and_opens_a_hit() {
    let Some(terminal) = Terminal::open("prompt", 80, "jianbao search --no-pager") else {
        eprintln!("skipped: there is no tmux");
        return;
    };
    terminal.wait_for("剪报>");
    terminal.enter("方言 模型");
    terminal.wait_for("article");
    terminal.enter(":speaker 林远舟");
    terminal.wait_for("1 passage");
    terminal.enter(":open 1");
    terminal.wait_for("最不浪费算力");
    terminal.enter(":quit");
    check("prompt-80", &terminal.wait_for(END));
}

#[test]
fn the_prompt_answers_from_the_last_commit_and_not_from_an_index_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let update = |articles: usize| {
        let archive = folder.path().join("a");
        fs::create_dir_all(&archive).unwrap();
        for i in 0..articles {
            fs::write(archive.join(format!("{i}.txt")), format!("镇长说，第{i}天雪化了。"))
                .unwrap();
        }
        let mut command = jianbao();
        command.current_dir(folder.path()).args(["index", "a", "-q", "--index", "i"]);
        command.assert().success();
    };
    update(1);
    let index = folder.path().join("i");
    let line = format!("jianbao search --no-pager --index {}", index.display());
    let Some(terminal) = Terminal::open("renewed", 80, &line) else {
        eprintln!("skipped: there is no tmux");
        return;
    };
    terminal.wait_for("剪报>");
    terminal.enter("雪化了");
    terminal.wait_for("1 article, 1 passage");
    update(2);
    terminal.enter("雪化了");
    terminal.wait_for("2 articles, 2 passages");
    fs::rename(&index, folder.path().join("away")).unwrap();
    terminal.enter("雪化了");
    terminal.wait_for("no index");
    terminal.enter(":quit");
    terminal.wait_for(END);
}
