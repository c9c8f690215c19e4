//! Which form a file has, told by its name alone.

/// The form of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One article as plain text.
    Text,
    /// One article as Markdown, with or without front matter.
    Markdown,
    /// One article as a page.
    Html,
    /// One object, an array of objects, objects one after another, or an object that wraps an
    /// array.
    Json,
    /// One object a line.
    JsonLines,
    /// A table with a header row, columns separated by commas.
    Csv,
    /// A table with a header row, columns separated by tabs.
    Tsv,
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Packing {
    /// Not at all.
    None,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard, one frame or several.
    Zstd,
}

/// The form and packing that the file name `name` promises; no form where its ending is unknown.
pub fn of_name(name: &str) -> (Option<Form>, Packing) {
    let name = name.to_ascii_lowercase();
    let (rest, packing) = if let Some(rest) = name.strip_suffix(".gz") {
        (rest, Packing::Gzip)
    } else if let Some(rest) = name.strip_suffix(".zst").or_else(|| name.strip_suffix(".zstd")) {
        (rest, Packing::Zstd)
    } else {
        (name.as_str(), Packing::None)
    };
    let form = match rest.rsplit_once('.').map(|(_, ending)| ending) {
        Some("txt" | "text") => Some(Form::Text),
        Some("md" | "markdown") => Some(Form::Markdown),
        Some("html" | "htm" | "shtml" | "xhtml") => Some(Form::Html),
        Some("json") => Some(Form::Json),
        Some("jsonl" | "ndjson") => Some(Form::JsonLines),
        Some("csv") => Some(Form::Csv),
        Some("tsv" | "tab") => Some(Form::Tsv),
        _ => None,
    };
    (form, packing)
}

/// `name` without the endings that say its form and packing; another ending stays.
pub fn stem(name: &str) -> &str {
    let ends = |name: &str, ending: &str| {
        name.len() > ending.len() && name.to_ascii_lowercase().ends_with(ending)
    };
    let packed = [".gz", ".zst", ".zstd"].into_iter().find(|ending| ends(name, ending));
    let rest = &name[..name.len() - packed.map_or(0, str::len)];
    match rest.rfind('.') {
        Some(at) if at > 0 && of_name(rest).0.is_some() => &rest[..at],
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_has_lost_its_known_endings_alone() {
        assert_eq!(
            [stem("北堤.txt.gz"), stem("a.JSONL"), stem("2023.08"), stem(".txt")],
            ["北堤", "a", "2023.08", ".txt"]
        );
    }

    #[test]
    fn double_endings_give_form_and_packing() {
        assert_eq!(of_name("新闻.CSV.gz"), (Some(Form::Csv), Packing::Gzip));
        assert_eq!(of_name("news.jsonl.zst"), (Some(Form::JsonLines), Packing::Zstd));
        assert_eq!(of_name("a.txt"), (Some(Form::Text), Packing::None));
        assert_eq!(of_name("a.jpg"), (None, Packing::None));
        assert_eq!(of_name("txt"), (None, Packing::None));
        assert_eq!(of_name("a.gz"), (None, Packing::Gzip));
    }
}
