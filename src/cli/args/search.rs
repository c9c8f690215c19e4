//! `jianbao search`: its words and what it shows.

use super::filter::FilterFlags;
use super::form::{Format, When};
use super::index::FirstUpdateFlags;
use super::source::IndexFlags;
use crate::search::{Facet, Order};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `jianbao search`
#[derive(Debug, Clone, Args)]
#[command(after_help = "Words: 大公司 反应 慢 · exact: “对资源的浪费” \
        · without: -广告 NOT 广告 -(广告 OR 抽奖) \
        · either: 大模型|人工智能, (大模型 OR 人工智能) · demanded: +大模型, 大模型 AND 浪费\n\
    Parts: 大模型* *模型 · one sentence: same:(李彦宏 浪费) \
        · within 5 characters: near/5:(李彦宏 浪费) · title:百度\n\
    Anything else is plain text; full-width, traditional \
        and capital letters are found by their simple forms and the other way round.\n\
    Reprints: one hit stands for all copies of a text \
        that answer (+7 转载): the original, or the best copy \
        where the original does not answer.\n\
    Counts: an article is a copy in the archive, a text is an article with all of its \
        reprints; both are given where they differ.")]
pub struct SearchCommand {
    /// Words to look for; without any, on a terminal, a prompt that keeps the index open
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    #[command(flatten)]
    pub place: IndexFlags,
    /// Let the parts of a cluster that answer do it alone, and say what is missing: without this,
    /// an answer that is not whole is an error
    #[arg(long)]
    pub partial: bool,
    #[command(flatten)]
    pub filters: FilterFlags,
    #[command(flatten)]
    pub page: PageFlags,
    #[command(flatten)]
    pub first: FirstUpdateFlags,
}

/// The output of `jianbao search`.
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
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// At most so many columns for a passage [default: three lines of the terminal, 80 columns each
    /// elsewhere]
    #[arg(long, value_name = "COLUMNS")]
    pub width: Option<usize>,
    /// The unit of a row, with --format csv or jsonl
    #[arg(long, value_name = "ROWS", default_value = "hits")]
    pub rows: RowUnit,
    /// Begin CSV with the mark by which Excel knows UTF-8
    #[arg(long)]
    pub bom: bool,
    /// A concordance: one line an occurrence with so many columns on either side
    #[arg(long, value_name = "COLUMNS", conflicts_with_all = ["rows", "queries"])]
    pub kwic: Option<usize>,
    /// The order of a concordance
    #[arg(long, value_name = "ORDER", default_value = "rank", requires = "kwic")]
    pub kwic_sort: KwicOrder,
    /// Show so many hits drawn at random; the same seed draws the same
    #[arg(long, value_name = "N", conflicts_with_all = ["sort", "offset"])]
    pub sample: Option<usize>,
    /// The seed of --sample
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// The day of access that citations give [default: today]
    #[arg(long, value_name = "DATE")]
    pub accessed: Option<String>,
    /// Count the articles that hold all of the words by these; `together` counts who else speaks in
    /// them
    #[arg(long, value_name = "FACET", value_delimiter = ',', value_parser = facet())]
    pub facets: Vec<Facet>,
    /// Count articles that are only related by --facets too
    #[arg(long, requires = "facets")]
    pub facets_all: bool,
    /// Let -WORD take out only the passages that have it, not their whole articles
    #[arg(long)]
    pub exclude_passages: bool,
    /// Print the best hit last, next to the prompt of the shell
    #[arg(long)]
    pub best_last: bool,
    /// Print what is longer than the screen without a pager
    #[arg(long)]
    pub no_pager: bool,
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

/// The unit of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RowUnit {
    /// A hit
    Hits,
    /// A statement with its speaker and its article
    Quotes,
}

/// The order of a concordance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KwicOrder {
    /// That of the hits
    Rank,
    /// By what stands before, from the word outwards
    Left,
    /// By what stands after
    Right,
    /// By date, undated ones last
    Date,
    /// By outlet
    Source,
}

impl PageFlags {
    /// True if a row is a statement.
    pub fn by_quotes(&self) -> bool {
        self.rows == RowUnit::Quotes
    }

    /// True if an answer without words and filters is wanted: a count or a sample of everything.
    pub fn asks_all(&self) -> bool {
        self.sample.is_some() || !self.facets.is_empty()
    }
}

/// Reads the name of a facet.
fn facet() -> impl TypedValueParser<Value = Facet> {
    let names = Facet::ALL.map(|facet| PossibleValue::new(facet.name()).help(facet.about()));
    // The parser of possible values admits only names of facets.
    PossibleValuesParser::new(names)
        .map(|name| Facet::ALL.into_iter().find(|f| f.name() == name).unwrap_or(Facet::Speaker))
}
