//! The form and packing of a file, told by its name.

/// The form of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One article as plain text.
    Text,
    /// One article as Markdown, with or without front matter.
    Markdown,
    /// One article as a page.
    Html,
    /// One object, an array of objects, objects one after another, an object that wraps an array,
    /// or columns.
    Json,
    /// One object a line.
    JsonLines,
    /// A table with a header row, columns separated by commas, semicolons, tabs or bars.
    Csv,
    /// A table with a header row, columns separated by tabs.
    Tsv,
    /// RSS, Atom, or a sitemap with news.
    Feed,
    /// A message (RFC 5322).
    Mail,
    /// A page saved by a browser with all its parts (MHTML).
    SavedPage,
    /// Pages as a crawler stored them (WARC, ISO 28500).
    Warc,
    /// A text document of Office Open XML.
    Docx,
    /// A book of pages (EPUB).
    Epub,
    /// Files in a zip archive.
    Zip,
    /// Files in a tar archive.
    Tar,
    /// A PDF document, which is not read.
    Pdf,
}

/// The compression of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Packing {
    /// None at all.
    None,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard, one frame or several.
    Zstd,
    /// bzip2, one stream or several.
    Bzip2,
    /// xz, one stream or several.
    Xz,
}

const PACKINGS: [(&str, Packing); 5] = [
    (".gz", Packing::Gzip),
    (".zst", Packing::Zstd),
    (".zstd", Packing::Zstd),
    (".bz2", Packing::Bzip2),
    (".xz", Packing::Xz),
];

/// Endings that stand for `.tar` and a packing.
const PACKED_TARS: [(&str, Packing); 6] = [
    (".tgz", Packing::Gzip),
    (".tzst", Packing::Zstd),
    (".tbz", Packing::Bzip2),
    (".tbz2", Packing::Bzip2),
    (".txz", Packing::Xz),
    (".tzs", Packing::Zstd),
];

/// The form and packing that the file name `name` promises; no form where its ending is unknown.
///
/// Names as `wget -r` writes them are read without their query (`index.html?id=5`,
/// `index.html@id=5`) and without the number of a copy (`page.html.1`).
pub fn of_name(name: &str) -> (Option<Form>, Packing) {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let direct = of_plain_name(&name);
    if direct.0.is_some() {
        return direct;
    }
    let saved = without_query(&name);
    if saved.len() < name.len() { of_plain_name(saved) } else { direct }
}

fn of_plain_name(name: &str) -> (Option<Form>, Packing) {
    if let Some((_, packing)) = PACKED_TARS.iter().find(|(ending, _)| name.ends_with(ending)) {
        return (Some(Form::Tar), *packing);
    }
    let packed = PACKINGS.iter().find(|(ending, _)| name.ends_with(ending));
    let (rest, packing) = match packed {
        Some((ending, packing)) => (&name[..name.len() - ending.len()], *packing),
        None => (name, Packing::None),
    };
    let form = match rest.rsplit_once('.').map(|(_, ending)| ending) {
        Some("txt" | "text") => Some(Form::Text),
        Some("md" | "markdown") => Some(Form::Markdown),
        Some("html" | "htm" | "shtml" | "xhtml" | "shtm") => Some(Form::Html),
        Some("json") => Some(Form::Json),
        Some("jsonl" | "ndjson" | "jl" | "jsonlines") => Some(Form::JsonLines),
        Some("csv") => Some(Form::Csv),
        Some("tsv" | "tab") => Some(Form::Tsv),
        Some("xml" | "rss" | "atom" | "rdf") => Some(Form::Feed),
        Some("eml") => Some(Form::Mail),
        Some("mht" | "mhtml") => Some(Form::SavedPage),
        Some("warc" | "wet") => Some(Form::Warc),
        Some("docx") => Some(Form::Docx),
        Some("epub") => Some(Form::Epub),
        Some("zip") => Some(Form::Zip),
        Some("tar") => Some(Form::Tar),
        Some("pdf") => Some(Form::Pdf),
        _ => None,
    };
    (form, packing)
}

/// A name without the query or the number that `wget` appends to it.
fn without_query(name: &str) -> &str {
    let cut = name.find(['?', '@']).or_else(|| name.find("%3f"));
    if let Some(at) = cut.filter(|&at| at > 0) {
        return &name[..at];
    }
    match name.rsplit_once('.') {
        Some((rest, number))
            if (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            rest
        }
        _ => name,
    }
}

/// Returns true if a name says nothing of its file's form, so that the content decides: it has no
/// ending, or that of a program that makes pages (`.php`).
pub fn is_silent(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let saved = without_query(&name);
    match saved.trim_start_matches('.').rsplit_once('.') {
        None => true,
        Some((_, ending)) => {
            matches!(ending, "php" | "asp" | "aspx" | "jsp" | "do" | "action" | "cgi" | "phtml")
                || ending.is_empty()
                || ending.chars().any(|c| !c.is_ascii_alphanumeric())
                || ending.len() > 8
        }
    }
}

/// `name` without the endings that say its form and packing; another ending stays.
pub fn stem(name: &str) -> &str {
    let ends = |name: &str, ending: &str| {
        name.len() > ending.len()
            && name.is_char_boundary(name.len() - ending.len())
            && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
    };
    let packed = PACKINGS.iter().find(|(ending, _)| ends(name, ending));
    let rest = &name[..name.len() - packed.map_or(0, |(ending, _)| ending.len())];
    match rest.rfind('.') {
        Some(at) if at > 0 && of_plain_name(&rest.to_ascii_lowercase()).0.is_some() => &rest[..at],
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
        assert_eq!(of_name("a.htm.xz"), (Some(Form::Html), Packing::Xz));
        assert_eq!(of_name("a.tbz2"), (Some(Form::Tar), Packing::Bzip2));
        assert_eq!(of_name("a.jpg"), (None, Packing::None));
        assert_eq!(of_name("txt"), (None, Packing::None));
        assert_eq!(of_name("a.gz"), (None, Packing::Gzip));
    }

    #[test]
    fn names_that_programs_save_pages_under() {
        for name in ["index.html?id=5", "页.html.1", "c_11.htm?spm=zm1", "a.shtml@page=2"] {
            assert_eq!(of_name(name).0, Some(Form::Html), "{name}");
        }
        assert_eq!(of_name("items.jl").0, Some(Form::JsonLines));
        assert_eq!(of_name("2023.08").0, None);
        assert!(is_silent("稿件") && is_silent("news.php?id=3") && is_silent("a。稿"));
        assert!(!is_silent("a.jpg") && !is_silent("lib.rs"));
    }
}
