//! The `jianbao` binary: everything is in `jianbao::cli`.

fn main() -> std::process::ExitCode {
    jianbao::cli::run()
}
