//! The sample archive and an index of it, for tests that run the program.

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};
use tempfile::TempDir;

/// The day on which the sample archive counts as crawled; its relative dates depend on it.
pub const CRAWLED: &str = "2024-03-24";

/// The sample archive, relative to the package.
pub const ARCHIVE: &str = "tests/data/archive";

/// The program, run in the package's folder, free of the caller's settings.
pub fn jianbao() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("jianbao"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env_remove("JIANBAO_INDEX").env_remove("JIANBAO_DEFINITION").env_remove("NO_COLOR");
    static HOME: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    for (variable, folder) in
        [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")]
    {
        command.env(variable, HOME.path().join(folder));
    }
    command
}

/// An index of the sample archive, built once.
pub fn index() -> &'static Path {
    static INDEX: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = INDEX.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        jianbao()
            .args(["index", ARCHIVE, "--crawled", CRAWLED, "--index"])
            .arg(&path)
            .assert()
            .success();
        (folder, path)
    });
    path
}

/// Runs `jianbao COMMAND ARGS --index INDEX` and returns exit code, standard output and standard
/// error.
pub fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = jianbao().args(arguments).arg("--index").arg(index()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}
