//! Panics: a library that stumbles over damaged bytes ends the command with a sentence and exit
//! code 2, not with a trace of the program's insides.

use super::terminal::one_line;
use std::sync::{Arc, Mutex, PoisonError};

/// The first panic of this run: place and message.
pub type Panic = Arc<Mutex<Option<String>>>;

/// Has panics kept instead of printed. With `RUST_BACKTRACE` set they are printed too.
pub fn keep_quiet() -> Panic {
    let kept = Panic::default();
    let (first, usual) = (kept.clone(), std::panic::take_hook());
    let traced = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    std::panic::set_hook(Box::new(move |panic| {
        let mut kept = first.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert_with(|| panic.to_string());
        if traced {
            usual(panic);
        }
    }));
    kept
}

/// The message about a panic to the user.
pub fn told(panic: &Panic) -> String {
    let kept = panic.lock().unwrap_or_else(PoisonError::into_inner);
    let text = kept.as_deref().unwrap_or("no message");
    // Libraries that start threads or open pipes give up where the system refuses them.
    if text.contains("Os { code:") {
        let text = text.split_once(":\n").map_or(text, |(_, message)| message);
        return one_line(&format!(
            "the system refused memory, threads or files that the command needs ({text}); end \
             other programs, or raise the limits that `ulimit -a` shows"
        ));
    }
    one_line(&format!(
        "something that was read could not be understood, and the command ended there ({text}); \
         run `jianbao doctor`: it tells whether the index is damaged"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_on_one_line_with_the_next_step() {
        let panic: Panic = Arc::new(Mutex::new(Some("panicked at a.rs:1:\n坏了".to_owned())));
        let text = told(&panic);
        assert!(text.contains("坏了") && text.contains("jianbao doctor") && !text.contains('\n'));
        let refused = std::io::Error::from_raw_os_error(11);
        let panic: Panic = Arc::new(Mutex::new(Some(format!("failed to spawn: {refused:?}"))));
        assert!(told(&panic).contains("ulimit") && !told(&panic).contains("doctor"));
    }
}
