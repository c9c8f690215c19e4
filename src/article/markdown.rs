//! Markdown to plain text: marks of headings, emphasis, links and images go, words stay.

/// The text of `markdown`, and its first heading where that comes before any text.
pub fn plain(markdown: &str) -> (Option<String>, String) {
    let mut text = String::with_capacity(markdown.len());
    let mut title = None;
    for line in markdown.lines() {
        let trimmed = line.trim();
        let heading = trimmed.trim_start_matches('#');
        let level = trimmed.len() - heading.len();
        if (1..=6).contains(&level) && heading.starts_with([' ', '\u{3000}']) {
            if text.trim().is_empty() && title.is_none() && level == 1 {
                title = Some(inline(heading.trim().trim_end_matches('#').trim_end()));
            } else {
                text.push_str(&inline(heading.trim()));
                text.push('\n');
            }
            continue;
        }
        if matches!(trimmed, "---" | "***" | "* * *" | "```") {
            continue;
        }
        let quoted = trimmed.trim_start_matches(['>', ' ']);
        let item = ["- ", "* ", "+ "]
            .iter()
            .find_map(|bullet| quoted.strip_prefix(bullet))
            .unwrap_or(quoted);
        text.push_str(&inline(item));
        text.push('\n');
    }
    (title, text)
}

/// A line without emphasis, links and images.
fn inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['[', '!', '*', '`', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((words, length)) = link(rest.strip_prefix('!').unwrap_or(rest)) {
            if rest.starts_with('!') {
                rest = &rest[1 + length..];
            } else {
                out.push_str(words);
                rest = &rest[length..];
            }
        } else if let Some(after) = rest.strip_prefix("**") {
            rest = after;
        } else if let Some(after) = rest
            .strip_prefix('\\')
            .filter(|after| after.starts_with(|c: char| c.is_ascii_punctuation()))
        {
            out.push_str(&after[..1]);
            rest = &after[1..];
        } else if rest.starts_with(['*', '`']) {
            rest = &rest[1..];
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    out.push_str(rest);
    out
}

/// Bytes of the longest words of a link.
const LONGEST_WORDS: usize = 400;
/// Bytes of the longest address of a link.
const LONGEST_ADDRESS: usize = 2000;

/// The first place of `mark`, an ASCII character, in `text`, if it is at most `longest`. No more of
/// the text is looked at: a line may be nothing but brackets.
fn find_near(text: &str, mark: u8, longest: usize) -> Option<usize> {
    memchr::memchr(mark, &text.as_bytes()[..text.len().min(longest + 1)])
}

/// The words of `[words](address)` at the start of `text`, and its length.
fn link(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('[')?;
    let end = find_near(inner, b']', LONGEST_WORDS)?;
    let address = inner[end + 1..].strip_prefix('(')?;
    let close = find_near(address, b')', LONGEST_ADDRESS)?;
    Some((&inner[..end], 1 + end + 1 + 1 + close + 1))
}
