//! The columns that a line of each lexicon may have: a line that is none (a page saved in its
//! place, commas for tabs, a class that nobody knows) is refused with its number.

use super::{Entry, entries};
use crate::error::{Error, Result};

/// Bytes of the longest word that word lists can hold.
const LONGEST: usize = 127;

/// The columns behind a word.
enum LexiconColumns {
    /// Nothing.
    None,
    /// One of these, or nothing.
    Maybe(&'static [&'static str]),
    /// One or more of these.
    Some(&'static [&'static str]),
    /// A number.
    Number,
    /// A text.
    Text,
    /// Further words.
    Words,
    /// A frequency and a part of speech, or the one, or nothing.
    Frequency,
    /// A field and its rank.
    Field,
    /// Whatever the reader of the lexicon refuses by itself.
    ReadersOwn,
}

/// The kinds of labels.
const LABELS: &[&str] = &[
    "author",
    "contributor",
    "credit",
    "date",
    "mark",
    "original",
    "reprint",
    "source",
    "tag",
    "text",
    "title",
    "views",
];
const FIELDS: &[&str] =
    &["author", "body", "date", "id", "reprinted_by", "source", "tag", "title", "url", "views"];
const PRONOUNS: &[&str] = &["any", "female", "former", "group", "latter", "male", "other", "thing"];

/// The columns of a lexicon.
fn columns(name: &str) -> LexiconColumns {
    match name.strip_prefix("lexicon/").unwrap_or(name) {
        "boilerplate.txt" => LexiconColumns::Some(&["line", "rest", "short"]),
        "closers.txt" => LexiconColumns::Text,
        "cues.txt" | "signs.txt" => LexiconColumns::ReadersOwn,
        "fields.txt" => LexiconColumns::Field,
        "given.txt" | "speaks.txt" => LexiconColumns::Number,
        "labels.txt" => LexiconColumns::Some(LABELS),
        "leads.txt" => LexiconColumns::Some(&["adverbial", "neither", "noun", "preposition"]),
        "name_parts.txt" => LexiconColumns::Maybe(&["end"]),
        "outlets.txt" => LexiconColumns::Maybe(&["self"]),
        "pronouns.txt" => LexiconColumns::Some(PRONOUNS),
        "related.txt" | "synonyms.txt" => LexiconColumns::Words,
        "surnames.txt" => LexiconColumns::Maybe(&["rare", "semi"]),
        "titles.txt" => LexiconColumns::Maybe(&["honorific", "kin"]),
        "words.txt" => LexiconColumns::Frequency,
        _ => LexiconColumns::None,
    }
}

/// Refuses a lexicon with a line that is none of its kind.
///
/// # Errors
/// [`Error::Definition`] with the line.
pub(super) fn check(name: &str, text: &str) -> Result<()> {
    let wanted = columns(name);
    for entry in entries(text) {
        if let Some(reason) = word_fault(entry.word).or_else(|| fault(entry, &wanted)) {
            return Err(Error::Definition { file: name.to_owned(), line: entry.line, reason });
        }
    }
    Ok(())
}

/// The fault of a word: what no word of any lexicon has.
fn word_fault(word: &str) -> Option<String> {
    let foreign = |c: char| c.is_control() || "<>{}\",;=\\".contains(c);
    if word.is_empty() {
        return Some("the line has no word before its first tab".to_owned());
    }
    if word.len() > LONGEST {
        return Some(format!("a word of {} bytes; {LONGEST} is the most", word.len()));
    }
    let found = word.chars().find(|&c| foreign(c))?;
    Some(format!("{found:?} in a word; a line is a word, then its columns, parted by tabs"))
}

/// The fault of the columns behind a word.
fn fault(entry: Entry<'_>, wanted: &LexiconColumns) -> Option<String> {
    // Several classes stand in one column, with spaces between them.
    let parted = |c: char| c == '\t' || c == ' ' && !matches!(wanted, LexiconColumns::Words);
    let found = entry.attributes.split(parted).filter(|column| !column.is_empty());
    let found: Vec<&str> = found.collect();
    let number = |text: &str| text.parse::<u64>().is_ok();
    let need = match (wanted, found.as_slice()) {
        (LexiconColumns::None, [])
        | (LexiconColumns::Frequency, [])
        | (LexiconColumns::ReadersOwn, _)
        | (LexiconColumns::Text, [_])
        | (LexiconColumns::Words, [_, ..]) => return None,
        (LexiconColumns::Maybe(known), all) if all.iter().all(|one| known.contains(one)) => {
            return None;
        }
        (LexiconColumns::Some(known), all @ [_, ..])
            if all.iter().all(|one| known.contains(one)) =>
        {
            return None;
        }
        (LexiconColumns::Number, [one]) | (LexiconColumns::Frequency, [one] | [one, _])
            if number(one) =>
        {
            return None;
        }
        (LexiconColumns::Field, [field, rank]) if FIELDS.contains(field) && number(rank) => {
            return None;
        }
        (LexiconColumns::None, _) => "nothing behind the word".to_owned(),
        (LexiconColumns::Maybe(known), _) => {
            format!("nothing behind the word, or {}", known.join(", "))
        }
        (LexiconColumns::Some(known), _) => format!("one of {} behind the word", known.join(", ")),
        (LexiconColumns::Number, _) => "a number behind the word".to_owned(),
        (LexiconColumns::Text, _) => "one text behind the word".to_owned(),
        (LexiconColumns::Words, _) => "another word behind the word".to_owned(),
        (LexiconColumns::Frequency, _) => "a frequency and a part of speech, or nothing".to_owned(),
        (LexiconColumns::Field, _) => format!("one of {} and a rank", FIELDS.join(", ")),
    };
    Some(format!("`{}` has `{}`; need {need}", entry.word, found.join("\t")))
}

#[cfg(test)]
mod tests {
    use super::super::Definition;
    use super::*;

    #[test]
    fn every_lexicon_of_the_program_is_of_its_kind() {
        let definition = Definition::embedded();
        for name in definition.names().filter(|name| name.ends_with(".txt")) {
            check(name, definition.text(name)).unwrap();
        }
    }

    #[test]
    fn a_line_that_is_none_is_refused_with_its_number() {
        let long = "长".repeat(43);
        for (name, line, said) in [
            ("lexicon/bounds.txt", "<p>近日</p>", "'<'"),
            ("lexicon/bounds.txt", "近日\tsay", "nothing behind"),
            ("lexicon/titles.txt", "校长,kin", "','"),
            ("lexicon/titles.txt", "校长\tking", "honorific"),
            ("lexicon/labels.txt", "责任编辑", "credit"),
            ("lexicon/labels.txt", "责任编辑\tcredits", "credit"),
            ("lexicon/words.txt", "杜苏芮\tviel\tn", "frequency"),
            ("lexicon/fields.txt", "leib\tkörper\t1", "body"),
            ("lexicon/synonyms.txt", "世卫组织", "another word"),
            ("lexicon/given.txt", "丁\t-1", "number"),
            ("lexicon/media.txt", "\t新华社", "before its first tab"),
            ("lexicon/media.txt", "新华\u{0}社", "\\0"),
            ("lexicon/media.txt", &long, "129 bytes"),
        ] {
            let text = format!("# 说明\n\n{line}\n");
            let error = check(name, &text).unwrap_err().to_string();
            assert!(error.contains(&format!("{name}:3: ")) && error.contains(said), "{error}");
        }
    }
}
