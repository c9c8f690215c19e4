//! Every command and flag, with its help.

use crate::index::Pace;
use crate::quote::{Confidence, Kind};
use crate::search::{Facet, Order};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// 剪报: search for Chinese news archives. Index a folder of articles, then ask it who said what about what, and when.
#[derive(Debug, Parser)]
#[command(name = "jianbao", version, about, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit code: 0 found, 1 nothing found, 2 error.\n\
    Example: jianbao search 大模型 --archive ~/archive --since 2023-07")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build an index, or bring it up to date: only what changed is read again
    Index(IndexCommand),
    /// Take files and folders out of an index, whether they are still there or not
    Forget(ForgetCommand),
    /// Examine an index, and repair what is wrong from its sources
    Doctor(DoctorCommand),
    /// Print every passage and quote of an index as JSON Lines, by path and place
    Export(ExportCommand),
    /// Search an index
    Search(Box<SearchCommand>),
    /// List who speaks in an index: names, titles, numbers of quotes and articles
    Speakers(SpeakersCommand),
    /// Count articles by topic, also over time
    Topics(TopicsCommand),
    /// Show a whole article with its speech marked
    Show(ShowCommand),
    /// Say who reprinted an article, when and where, and what each reprint changed
    Reprints(ReprintsCommand),
    /// Say what an index holds
    Stats(StatsCommand),
    /// Print everything that is derived from each article; needs no index
    Analyze(AnalyzeCommand),
    /// Print who said what in each article; needs no index
    Quotes(AnalyzeCommand),
    /// Learn topics from a folder whose sub-folders are the labels, and say how well by cross-validation
    Train(TrainCommand),
    /// Propose words that the dictionary lacks, with their counts
    Words(WordsCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write one page for each command into this folder instead
        #[arg(long = "dir", value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// Where the index is and what it is defined by.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Index folder
    #[arg(long = "index", value_name = "DIR", env = "JIANBAO_INDEX", default_value = "index/built")]
    pub index: PathBuf,
    #[command(flatten)]
    pub definition: DefinitionFlags,
}

/// What the analysis is defined by.
#[derive(Debug, Clone, Args)]
pub struct DefinitionFlags {
    /// Folder with files that replace those of the same name that define the analysis (lexicon/words.txt, speakers.toml ...)
    #[arg(long = "definition", value_name = "DIR", env = "JIANBAO_DEFINITION")]
    pub definition: Option<PathBuf>,
}

/// How archives are read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadingFlags {
    /// Read only files that match one of these globs
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Leave out files and folders that match one of these globs
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Read hidden files and folders too
    #[arg(long)]
    pub hidden: bool,
    /// Follow symbolic links
    #[arg(long)]
    pub follow: bool,
    /// Skip an article with more bytes than this, decompressed (K, M and G may follow the number)
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = size)]
    pub max_size: u64,
    /// Read everything in this encoding instead of detecting it
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Take a record's field of that name for title, body, date, source, author, tags, url, id ...
    #[arg(long = "field", value_name = "FIELD=NAME")]
    pub fields: Vec<String>,
    /// The day the archive was crawled: what 335 天前 counts from [default: each file's own modification time]
    #[arg(long, value_name = "DATE")]
    pub crawled: Option<String>,
}

/// `jianbao index`
#[derive(Debug, Args)]
pub struct IndexCommand {
    /// Files and folders that hold the articles
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub reading: ReadingFlags,
    #[command(flatten)]
    pub running: RunningFlags,
    /// Only say what would be done: read what may have changed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Stay, and bring the index up to date whenever the files change; Ctrl-C ends it
    #[arg(long, conflicts_with = "dry_run")]
    pub watch: bool,
    /// Print the counts as JSON on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// How an indexing run goes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Running")]
pub struct RunningFlags {
    /// Read everything again and replace the index
    #[arg(long)]
    pub rebuild: bool,
    /// List every skipped input in this file, as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Exit with 2 if any input was skipped
    #[arg(long)]
    pub strict: bool,
    /// Threads that analyse [default: one for each core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Memory for the index writer
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = size)]
    pub memory: u64,
    /// Make what was read so far searchable, and safe, each time so much text was read (64M) or so long has passed (30s)
    #[arg(long, value_name = "SIZE|TIME", default_value = "2G", value_parser = pace)]
    pub commit_every: Pace,
    /// Delete articles whose file is gone; the usual
    #[arg(long, overrides_with = "no_prune")]
    pub prune: bool,
    /// Keep articles whose file is gone
    #[arg(long)]
    pub no_prune: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// `jianbao forget`
#[derive(Debug, Args)]
pub struct ForgetCommand {
    /// Files and folders as they lie, or as the index shows them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub place: Place,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// `jianbao doctor`
#[derive(Debug, Args)]
#[command(after_help = "Exit code: 0 nothing wrong, 1 something wrong, 2 error.")]
pub struct DoctorCommand {
    #[command(flatten)]
    pub place: Place,
    /// Take out what is wrong and read it again from its sources
    #[arg(long)]
    pub repair: bool,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// `jianbao export`
#[derive(Debug, Args)]
pub struct ExportCommand {
    #[command(flatten)]
    pub place: Place,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: ExportFormat,
}

/// `jianbao search`
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Words: 大公司 反应 慢 · exact: “对资源的浪费” · without: -广告 -“一带一路” · either: 大模型|人工智能, 大模型 OR 人工智能\n\
    Parts: 大模型* *模型 · one sentence: same:(李彦宏 浪费) · within 5 characters: near/5:(李彦宏 浪费) · title:百度\n\
    Anything else is plain text; full-width, traditional and capital letters are found by their simple forms and the other way round.\n\
    Reprints: one hit stands for all copies of a text that answer (+7 转载): the original, or the best copy where the original does not answer.\n\
    Counts: an article is a copy in the archive, a text is an article with all of its reprints; both are given where they differ."
)]
pub struct SearchCommand {
    /// What to look for; without words, on a terminal, a prompt that keeps the index open
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub filters: FilterFlags,
    #[command(flatten)]
    pub page: PageFlags,
    /// Bring the index of these files and folders up to date first
    #[arg(long, value_name = "PATH")]
    pub archive: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingFlags,
    #[command(flatten)]
    pub running: RunningFlags,
}

/// Filters of `jianbao search`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterFlags {
    /// Only what this speaker says, and the words only in what is said; repeat for several
    #[arg(long, value_name = "NAME")]
    pub speaker: Vec<String>,
    /// Only attributions that can be trusted at least so far
    #[arg(long, value_name = "TIER")]
    pub min_confidence: Option<Tier>,
    /// Only words given this way
    #[arg(long, value_name = "KIND")]
    pub quotes: Option<QuoteKind>,
    /// Only articles that mention this name
    #[arg(long, value_name = "NAME")]
    pub mentions: Vec<String>,
    /// Only articles about this topic or subject; repeat for several
    #[arg(long, value_name = "TOPIC")]
    pub topic: Vec<String>,
    /// Only articles of outlets whose name holds this
    #[arg(long, value_name = "NAME")]
    pub source: Vec<String>,
    /// Only articles by this author
    #[arg(long, value_name = "NAME")]
    pub author: Vec<String>,
    /// Not before this day (2023, 2023-07, 2023-07-28)
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Not after this day; a month or a year counts to its end
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Only articles whose title holds this
    #[arg(long, value_name = "WORDS")]
    pub title: Vec<String>,
    /// Only files whose path holds this or matches this glob
    #[arg(long, value_name = "GLOB")]
    pub path: Vec<String>,
}

/// What `jianbao search` shows.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct PageFlags {
    /// How many hits
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10, overrides_with = "limit")]
    pub limit: usize,
    /// How many hits to leave out before them
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
    /// In which order
    #[arg(long, value_name = "ORDER", default_value = "relevance")]
    pub sort: Sort,
    /// Show every passage of an article that answers, not only the best
    #[arg(long)]
    pub all_passages: bool,
    /// Show every reprint as a hit of its own, as --format trec always does
    #[arg(long, conflicts_with = "original_only")]
    pub reprints: bool,
    /// Leave reprints out: only originals and articles that nobody reprinted answer and are counted
    #[arg(long)]
    pub original_only: bool,
    /// Show so many sentences around each passage
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub context: usize,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Whether to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// At most so many columns for a passage [default: three lines of the terminal, 80 columns each elsewhere]
    #[arg(long, value_name = "COLUMNS")]
    pub width: Option<usize>,
    /// Count the whole answer by these
    #[arg(long, value_name = "FACET", value_delimiter = ',')]
    pub facets: Vec<FacetName>,
    /// Show why each speaker and topic was taken for it
    #[arg(long)]
    pub why: bool,
    /// Show what each hit's score is made of
    #[arg(long)]
    pub explain: bool,
    /// Find only the names typed, not other names of the same thing
    #[arg(long)]
    pub no_synonyms: bool,
    /// Answer every line of this file (name TAB query) instead; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "words")]
    pub queries: Option<PathBuf>,
}

/// `jianbao speakers`
#[derive(Debug, Args)]
pub struct SpeakersCommand {
    /// Only names that hold this
    #[arg(value_name = "PATTERN", default_value = "", hide_default_value = true)]
    pub pattern: String,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub filters: FilterFlags,
    /// Count originals and articles that nobody reprinted, not every reprint too
    #[arg(long)]
    pub original_only: bool,
    /// How many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TableFormat,
}

/// `jianbao topics`
#[derive(Debug, Args)]
pub struct TopicsCommand {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub filters: FilterFlags,
    /// Count originals and articles that nobody reprinted, not every reprint too
    #[arg(long)]
    pub original_only: bool,
    /// Count each stretch of time by itself
    #[arg(long, value_name = "PERIOD")]
    pub by: Option<PeriodName>,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TableFormat,
}

/// `jianbao show`
#[derive(Debug, Args)]
pub struct ShowCommand {
    /// Article id or file path
    #[arg(value_name = "ID|PATH")]
    pub name: String,
    #[command(flatten)]
    pub place: Place,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
    /// Whether to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// `jianbao reprints`
#[derive(Debug, Args)]
pub struct ReprintsCommand {
    /// Id or file path of any of the copies
    #[arg(value_name = "ID|PATH")]
    pub name: String,
    #[command(flatten)]
    pub place: Place,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
    /// Whether to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// `jianbao stats`
#[derive(Debug, Args)]
pub struct StatsCommand {
    #[command(flatten)]
    pub place: Place,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// `jianbao analyze` and `jianbao quotes`
#[derive(Debug, Args)]
pub struct AnalyzeCommand {
    /// Files and folders that hold the articles
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub definition: DefinitionFlags,
    #[command(flatten)]
    pub reading: ReadingFlags,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: RecordFormat,
}

/// `jianbao train`
#[derive(Debug, Args)]
pub struct TrainCommand {
    /// Folder whose sub-folders are the labels, or a file of lines: label TAB text
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Write topics.model and topics.toml into this folder, for --definition
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Parts of the cross-validation
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub folds: usize,
    #[command(flatten)]
    pub definition: DefinitionFlags,
    #[command(flatten)]
    pub reading: ReadingFlags,
}

/// `jianbao words`
#[derive(Debug, Args)]
pub struct WordsCommand {
    /// Files and folders that hold the articles
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only what occurs at least so often
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub count: u32,
    /// How many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 200)]
    pub limit: usize,
    #[command(flatten)]
    pub definition: DefinitionFlags,
    #[command(flatten)]
    pub reading: ReadingFlags,
}

/// Forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For reading
    Text,
    /// One JSON object
    Json,
    /// A JSON object for each hit
    Jsonl,
    /// A row for each hit
    Csv,
    /// A TREC run of article ids
    Trec,
}

/// Forms of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For reading
    Text,
    /// A JSON object a row
    Jsonl,
    /// Comma-separated, with a header row
    Csv,
}

/// Stretches of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeriodName {
    /// Years
    Year,
    /// Months
    Month,
    /// Days
    Day,
}

/// Forms of counts and single records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CountFormat {
    /// For reading
    Text,
    /// One JSON object
    Json,
}

/// Forms of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordFormat {
    /// For reading
    Text,
    /// A JSON object a line
    Jsonl,
}

/// Forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A JSON object for each passage
    Jsonl,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// Best first
    Relevance,
    /// Newest first
    Newest,
    /// Oldest first
    Oldest,
}

impl From<Sort> for Order {
    fn from(sort: Sort) -> Order {
        match sort {
            Sort::Relevance => Order::Relevance,
            Sort::Newest => Order::Newest,
            Sort::Oldest => Order::Oldest,
        }
    }
}

/// How far an attribution must be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tier {
    /// The name stands with the cue
    Named,
    /// Through a role or a title, or better
    Role,
    /// Through a pronoun, or better
    Pronoun,
    /// Carried over from a neighbouring sentence, or better
    Carried,
}

impl From<Tier> for Confidence {
    fn from(tier: Tier) -> Confidence {
        match tier {
            Tier::Named => Confidence::Named,
            Tier::Role => Confidence::Role,
            Tier::Pronoun => Confidence::Pronoun,
            Tier::Carried => Confidence::Carried,
        }
    }
}

/// How words are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QuoteKind {
    /// Between quotation marks, whole or in part
    Direct,
    /// Reported
    Indirect,
    /// Either way
    All,
}

impl QuoteKind {
    /// The kinds that it admits; none for any.
    pub fn kinds(self) -> Vec<Kind> {
        match self {
            QuoteKind::Direct => vec![Kind::Direct, Kind::Mixed],
            QuoteKind::Indirect => vec![Kind::Indirect],
            QuoteKind::All => Vec::new(),
        }
    }
}

/// What to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FacetName {
    /// Who speaks
    Speaker,
    /// Topics
    Topic,
    /// Key terms
    Subject,
    /// Outlets
    Source,
    /// Authors
    Author,
    /// Months
    Month,
}

impl From<FacetName> for Facet {
    fn from(name: FacetName) -> Facet {
        match name {
            FacetName::Speaker => Facet::Speaker,
            FacetName::Topic => Facet::Topic,
            FacetName::Subject => Facet::Subject,
            FacetName::Source => Facet::Source,
            FacetName::Author => Facet::Author,
            FacetName::Month => Facet::Month,
        }
    }
}

/// Stands before a word that begins with a hyphen while the other arguments are read.
const EXCLUDED: &str = "\u{1}";

impl Arguments {
    /// Reads a command line. A word like `-广告` after `search` is not an option but a word that must not occur.
    ///
    /// # Errors
    /// What clap says of it, ready to be printed; also where help or the version was asked for.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
        let mut searching = false;
        let arguments = arguments.into_iter().enumerate().map(|(i, argument)| {
            searching |= i == 1 && argument == "search";
            match argument.to_str() {
                Some(word) if searching && is_exclusion(word) => OsString::from(format!("{EXCLUDED}{word}")),
                _ => argument,
            }
        });
        let mut read = Arguments::try_parse_from(arguments.collect::<Vec<_>>())?;
        if let Command::Search(command) = &mut read.command {
            command.words.iter_mut().for_each(|word| *word = word.replace(EXCLUDED, ""));
        }
        Ok(read)
    }
}

/// Whether an argument is a word to be excluded: a hyphen with something after it that is no option of ours.
fn is_exclusion(argument: &str) -> bool {
    let Some(rest) = argument.strip_prefix('-') else { return false };
    let is_limit = rest.strip_prefix('n').is_some_and(|n| n.chars().all(|c| c.is_ascii_digit() || c == '='));
    !(rest.is_empty() || rest.starts_with('-') || is_limit || matches!(rest, "h" | "V" | "q"))
}

/// Reads a size: a number, with K, M or G after it for 1024 times, and so on.
fn size(text: &str) -> std::result::Result<u64, String> {
    let text = text.trim().trim_end_matches(['b', 'B', 'i']);
    let (digits, factor) = match text.chars().last().map(|c| c.to_ascii_uppercase()) {
        Some('K') => (&text[..text.len() - 1], 1 << 10),
        Some('M') => (&text[..text.len() - 1], 1 << 20),
        Some('G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let number: u64 = digits.trim().parse().map_err(|_| "not a size like 64M".to_owned())?;
    number.checked_mul(factor).filter(|&n| n > 0).ok_or_else(|| "not a size like 64M".to_owned())
}

/// Reads how often to commit: a size, or a time in seconds, minutes or hours (30s, 5m, 1h; `m` is minutes, `M` mebibytes).
fn pace(text: &str) -> std::result::Result<Pace, String> {
    let wrong = || "not a size like 64M or a time like 30s".to_owned();
    let text = text.trim();
    let unit = [('s', 1), ('m', 60), ('h', 3600)].into_iter().find(|(unit, _)| text.ends_with(*unit));
    match unit {
        Some((unit, seconds)) => {
            let number: u64 = text.trim_end_matches(unit).trim().parse().map_err(|_| wrong())?;
            let seconds = number.checked_mul(seconds).filter(|&n| n > 0).ok_or_else(wrong)?;
            Ok(Pace { time: Some(std::time::Duration::from_secs(seconds)), ..Pace::default() })
        }
        None => Ok(Pace { bytes: size(text).map_err(|_| wrong())?, time: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_word_with_a_hyphen_is_excluded_and_an_option_is_not() {
        let read = |line: &str| Arguments::read(line.split(' ').map(OsString::from));
        let Ok(Arguments { command: Command::Search(command) }) =
            read("jianbao search 甲 -广告 -gpt -n 3 -n5 --speaker 乙 -“丙”")
        else {
            panic!("not read")
        };
        assert_eq!(command.words, ["甲", "-广告", "-gpt", "-“丙”"]);
        assert_eq!((command.page.limit, command.filters.speaker.len()), (5, 1));
        assert!(read("jianbao search 甲 --speakr 乙").is_err());
    }

    #[test]
    fn a_pace_is_a_size_or_a_time() {
        let time = |text: &str| pace(text).unwrap().time.map(|time| time.as_secs());
        assert_eq!((time("30s"), time("5m"), time("64M")), (Some(30), Some(300), None));
        assert_eq!(pace("64M").unwrap().bytes, 64 << 20);
        assert!(pace("0s").is_err() && pace("oft").is_err());
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!((size("64M"), size("1gb"), size("10")), (Ok(64 << 20), Ok(1 << 30), Ok(10)));
        assert!(size("viel").is_err() && size("0").is_err());
    }
}
