//! Numbers of things as they are said: `1 article`, `2 articles`.

/// A number of things whose name for one is `one`; more get an `s`.
pub fn counted(count: impl Into<u64>, one: &str) -> String {
    let count = count.into();
    format!("{count} {}", noun(count, one))
}

/// The same of things in memory.
pub fn counted_all(count: usize, one: &str) -> String {
    counted(count as u64, one)
}

/// The noun for a number of things: `one` for 1, its plural otherwise.
pub fn noun(count: u64, one: &str) -> String {
    if count == 1 { one.to_owned() } else { format!("{one}s") }
}

/// The verb for a number of things: `answers` for 1, `answer` for more.
pub fn verb(count: u64, one: &'static str, more: &'static str) -> &'static str {
    if count == 1 { one } else { more }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_said_without_an_s() {
        assert_eq!(
            [0u64, 1, 2].map(|count| counted(count, "text")),
            ["0 texts", "1 text", "2 texts"]
        );
        assert_eq!([0, 1, 2].map(|count| verb(count, "has", "have")), ["have", "has", "have"]);
        assert_eq!(counted_all(1, "file"), "1 file");
    }
}
