//! Repairs beside searches, of files that may not be read, and a disk that changes bytes without a
//! trace.

use crate::damage::{Place, flip};
use crate::sample::jianbao;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The answers of a search: how many articles, or why there is none.
fn searched(place: &Path) -> Result<usize, String> {
    let mut command = jianbao();
    command.current_dir(place).args(["search", "“雪化了”", "--format", "trec", "-n", "100"]);
    let output = command.args(["--index", "i"]).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.code() {
        Some(0 | 1) => Ok(text(&output.stdout).matches(" Q0 ").count()),
        Some(2) => Err(text(&output.stderr)),
        _ => panic!("{} {}", output.status, text(&output.stderr)),
    }
}

#[test]
fn a_search_beside_a_repair_finds_everything_or_tells_the_damage() {
    let place = Place::of_segments(5);
    let folder = place.path("");
    for round in 0..3 {
        flip(&place.newest_segment()[round], 1);
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("jianbao"));
        command.current_dir(&folder).args(["doctor", "--repair", "--index", "i"]);
        let mut repair = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut answers = Vec::new();
        let code = loop {
            answers.push(searched(&folder));
            if let Some(status) = repair.try_wait().unwrap() {
                break status.code();
            }
        };
        assert_eq!(code, Some(0), "round {round}");
        for answer in answers {
            match answer {
                Ok(found) => assert_eq!(found, 5, "round {round}"),
                Err(said) => assert!(said.contains("is damaged"), "round {round}: {said}"),
            }
        }
        assert_eq!(searched(&folder), Ok(5), "round {round}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_of_the_index_that_may_not_be_read_is_no_damage() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new(3);
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let whole = place.ok(&["export"]);
    let store = place.files(".store").remove(0);
    // The sources are away: a repair would lose everything.
    fs::rename(place.path("a"), place.path("b")).unwrap();
    ["", "i", "i/engine"].iter().for_each(|folder| mode(&place.path(folder), 0o777));
    place.files("").iter().filter(|path| path.is_file()).for_each(|path| mode(path, 0o666));
    mode(&store, 0o000);
    let mut command = Command::new("bash");
    if fs::File::open(&store).is_ok() {
        // The superuser may read everything, and becomes nobody.
        command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "bash"]);
        fs::copy(assert_cmd::cargo::cargo_bin!("jianbao"), place.path("jianbao")).unwrap();
    } else {
        fs::hard_link(assert_cmd::cargo::cargo_bin!("jianbao"), place.path("jianbao")).unwrap();
    }
    command.current_dir(place.path("")).env("HOME", place.path(""));
    let output = command.args(["-c", "./jianbao doctor --repair --lose --index i"]).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("cannot read"), "{said}");
    assert!(said.contains("Permission denied") && !said.contains("damaged"), "{said}");
    mode(&store, 0o644);
    assert_eq!(place.ok(&["export"]), whole);
}

/// Found by fuzzing: a length in the store of texts asked for gigabytes.
#[test]
fn a_length_changed_under_the_time_of_its_file_is_told() {
    let place = Place::new(3);
    let store = place.files(".store").remove(0);
    let time = fs::metadata(&store).unwrap().modified().unwrap();
    // The highest byte of the first block's length: 553 MB more.
    flip(&store, 3);
    fs::File::options().append(true).open(&store).unwrap().set_modified(time).unwrap();
    for command in [&["search", "雪化了"][..], &["export"]] {
        let (code, said) = place.run(command);
        assert!(code == 2 && said.contains("another length than it says"), "{code} {said}");
        assert!(said.contains("jianbao doctor"), "{said}");
    }
    assert_eq!(place.run(&["doctor"]).0, 1);
    place.ok(&["doctor", "--repair"]);
    assert_eq!(searched(&place.path("")), Ok(3));
}
