//! Everything derived from one record, in one pass: article, quotes, topics, subjects, passages.
//!
//! The same analysis serves indexing, `analyze` and `quotes`. It is pure. Each text is segmented
//! once; only what quotes need of its words, before it is folded, is cut by them.

use crate::archive::RawRecord;
use crate::article::{self, Article, Headers};
use crate::definition::Definition;
use crate::error::Result;
use crate::passage::{self, Passage};
use crate::quote::{self, Grammar, Quote};
use crate::text::word::{Segmented, Segmenter};
use crate::topic::{self, Background, Classifier, Topic};
use std::sync::Arc;

/// The parts of analysis, compiled once from a definition and shared by all threads.
#[derive(Clone)]
pub struct Analyzer {
    /// The definition that it was compiled from.
    pub definition: Definition,
    /// Cuts words.
    pub segmenter: Segmenter,
    headers: Arc<Headers>,
    grammar: Arc<Grammar>,
    classifier: Arc<Classifier>,
    background: Arc<Background>,
    /// The context against which dates are read.
    pub context: article::Context,
}

/// Everything derived from one record.
pub struct Analysis {
    /// The clean article.
    pub article: Article,
    /// Its quotes, speakers named as the article names them.
    pub quotes: Vec<Quote>,
    /// Its topics, best first.
    pub topics: Vec<Topic>,
    /// Its key terms, best first.
    pub subjects: Vec<String>,
    /// Its passages, in order, speakers named as they are filed across articles.
    pub passages: Vec<Passage>,
    /// The title's words.
    pub title_words: Segmented,
    /// The body's words.
    pub body_words: Segmented,
}

impl Analyzer {
    /// Compiles a definition.
    ///
    /// # Errors
    /// [`crate::error::Error::Definition`] where one of its files is malformed.
    pub fn new(definition: Definition, context: article::Context) -> Result<Analyzer> {
        std::thread::scope(|scope| {
            // The dictionary takes as long as all else.
            let segmenter = scope.spawn(|| Segmenter::new(&definition));
            let headers = Arc::new(Headers::new(&definition)?);
            let grammar = Grammar::without_words(&definition)?;
            let classifier = Arc::new(Classifier::new(&definition)?);
            let background = Arc::new(Background::new(&definition)?);
            let segmenter =
                segmenter.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            let grammar = Arc::new(grammar.with_segmenter(segmenter.clone()));
            let definition = definition.clone();
            Ok(Analyzer {
                definition,
                segmenter,
                headers,
                grammar,
                classifier,
                background,
                context,
            })
        })
    }

    /// The clean article of a record, and who said what in it: a third of what
    /// [`Analyzer::analyze`] does.
    pub fn quotes(&self, record: &RawRecord) -> (Article, Vec<Quote>) {
        let article = article::parse(record, &self.context, &self.headers);
        let quotes = quote::extract(article.title.as_deref(), &article.body, &self.grammar);
        (article, quotes)
    }

    /// Analyses one record.
    pub fn analyze(&self, record: &RawRecord) -> Analysis {
        let (article, quotes) = self.quotes(record);
        let title_words =
            Segmented::new(article.title.as_deref().unwrap_or_default(), &self.segmenter);
        let body_words = Segmented::new(&article.body, &self.segmenter);
        let tokens = topic::Tokens::of(&title_words, &body_words);
        let topics = topic::classify(&article, &tokens, &self.classifier);
        let names: Vec<&str> =
            quotes.iter().filter_map(|q| q.speaker.as_ref()).map(|s| s.name.as_str()).collect();
        let subjects = topic::subjects(&article, &tokens, &names, &self.background);
        let subjects: Vec<String> = subjects.into_iter().map(|s| s.term).collect();
        // Of a text of marks they take more than all else.
        drop(tokens);
        let filed: Vec<Quote> = quotes.iter().map(|quote| self.filed(quote)).collect();
        let passages = passage::passages(&article, &filed, &topics, &subjects);
        Analysis { article, quotes, topics, subjects, passages, title_words, body_words }
    }

    /// The quote with its speaker under the name by which all articles know it; the article's own
    /// name becomes an alias.
    fn filed(&self, quote: &Quote) -> Quote {
        let mut quote = quote.clone();
        if let Some(speaker) = &mut quote.speaker {
            speaker.represents = speaker
                .represents
                .take()
                .map(|body| self.grammar.aliases.canonical(&body).to_owned());
            let canonical = self.grammar.aliases.canonical(&speaker.name).to_owned();
            if canonical != speaker.name {
                speaker.aliases.retain(|alias| *alias != canonical);
                speaker.aliases.insert(0, std::mem::replace(&mut speaker.name, canonical));
            }
        }
        quote
    }
}
