//! Limits of the system: memory, descriptors, sizes of files, a full disk behind standard output
//! and error. A command says what it lacks and ends with exit code 2, and the index stays whole.

use crate::sample::jianbao;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A small archive `a` with its index `i`.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("a")).unwrap();
        for i in 0..4 {
            let text = format!("标题{i}\n2024-03-05\n\n镇长说：“第{i}天雪化了。”");
            fs::write(place.path(&format!("a/{i}.txt")), text).unwrap();
        }
        jianbao().current_dir(place.0.path()).args(["index", "a", "-q", "--index", "i"]).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the program in a shell, after this line of it.
    fn limited(&self, before: &str, arguments: &str) -> Output {
        let program = assert_cmd::cargo::cargo_bin!("jianbao");
        let line = format!("{before}; exec '{}' {arguments}", program.display());
        let mut command = Command::new("bash");
        command.current_dir(self.0.path()).args(["-c", &line]).stdin(Stdio::null());
        for name in ["JIANBAO_INDEX", "JIANBAO_DEFINITION", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        command.env("XDG_CONFIG_HOME", self.path("none")).output().unwrap()
    }

    fn whole(&self) -> Vec<u8> {
        let run = |command: &str| {
            let mut program = jianbao();
            let output =
                program.current_dir(self.0.path()).args([command, "--index", "i"]).unwrap();
            output.stdout
        };
        run("doctor");
        run("export")
    }
}

/// The exit code of a command that found something or nothing, or said what it lacked.
#[track_caller]
fn told(output: &Output, what: &str) -> i32 {
    let said = String::from_utf8_lossy(&output.stderr);
    let Some(code) = output.status.code() else { panic!("{what}: {} {said}", output.status) };
    assert!(matches!(code, 0..=2) && !said.contains("panicked"), "{what}: {code} {said}");
    assert!(code != 2 || !said.trim().is_empty(), "{what}: no word");
    code
}

const COMMANDS: [&str; 7] = [
    "search 雪化了 --index i",
    "speakers --index i",
    "stats --index i",
    "export --index i",
    "doctor --repair --lose --index i",
    "index a --index i -q",
    "index a --rebuild --index i -q",
];

#[test]
fn few_descriptors_are_told_and_are_no_damage() {
    let place = Place::new();
    let whole = place.whole();
    let mut refused = 0;
    for limit in [4, 5, 6, 7, 8, 10, 14] {
        for command in COMMANDS {
            let output = place.limited(&format!("ulimit -n {limit}"), command);
            // The loader of the program needs one, too.
            if limit < 6 && output.status.code() == Some(127) {
                continue;
            }
            refused += i32::from(told(&output, &format!("{limit}: {command}")) == 2);
        }
    }
    assert!(refused > 5, "{refused}");
    assert_eq!(place.whole(), whole);
}

#[test]
fn little_memory_is_told_and_is_no_damage() {
    let place = Place::new();
    let whole = place.whole();
    for megabytes in [90, 110, 130, 160, 200, 260, 400] {
        for command in COMMANDS {
            let output = place.limited(&format!("ulimit -v {}", megabytes << 10), command);
            // Too little to load the program.
            if megabytes < 130 && output.status.code() == Some(127) {
                continue;
            }
            told(&output, &format!("{megabytes} MB: {command}"));
        }
    }
    assert_eq!(place.whole(), whole);
}

#[test]
fn a_limit_on_the_size_of_files_is_told_and_is_no_damage() {
    let place = Place::new();
    let whole = place.whole();
    for blocks in [0, 1, 64] {
        let limit = format!("ulimit -f {blocks}");
        let output = place.limited(&limit, "index a --rebuild --index i -q");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(told(&output, &limit), 2);
        assert!(said.contains("cannot write") && said.contains("File too large"), "{said}");
        let output = place.limited(&limit, "search 雪化了 --index i");
        assert_eq!(told(&output, &limit), 0);
        assert_eq!(place.whole(), whole);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn full_outputs_are_told_and_stop_no_update() {
    let place = Place::new();
    fs::write(place.path("a/4.txt"), "河开了。").unwrap();
    for (command, out, error, code) in [
        ("index a --index i", "/dev/null", "/dev/full", 0),
        ("search 河开了 --index i", "/dev/null", "/dev/full", 0),
        ("search 河开了 --index i", "/dev/full", "/dev/null", 2),
        ("search 河开了 --index i", "/dev/full", "/dev/full", 2),
        ("search 河开了 --index none", "/dev/null", "/dev/full", 2),
        ("show nichts --index i", "/dev/null", "/dev/full", 2),
        ("nonsense", "/dev/null", "/dev/full", 2),
        ("--help", "/dev/full", "/dev/null", 2),
        ("man", "/dev/full", "/dev/full", 2),
        ("quotes a", "/dev/full", "/dev/full", 2),
    ] {
        let output = place.limited("true", &format!("{command} >{out} 2>{error}"));
        assert_eq!(output.status.code(), Some(code), "{command} >{out} 2>{error}");
    }
}
