//! Language facts about speech from the definition, compiled once: cues and word lists.
//!
//! This file reads lexicons; what is done with them is for cue, name, speaker and resolve.

use super::alias::Aliases;
use super::learned::chain::Chain;
use super::learned::choice::StretchChoice;
use super::learned::forest::Forest;
use super::learned::hashed_line::HashedLine;
use super::word_list::WordList;
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::text::class::Characters;
use crate::text::scan::Scanner;
use crate::text::word::Segmenter;
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Compiled once from the definition: cues and word lists.
#[derive(Debug)]
pub struct Grammar {
    pub(super) cues: Scanner,
    pub(super) cue_classes: Vec<CueClass>,
    /// The cues with those that only a model reads, and their classes.
    pub(super) sayings: Scanner,
    pub(super) saying_classes: Vec<CueClass>,
    pub(super) titles: WordList,
    pub(super) surnames: WordList,
    pub(super) given: WordList,
    pub(super) translit: Characters,
    pub(super) name_parts: WordList,
    pub(super) organisations: WordList,
    pub(super) places: WordList,
    pub(super) media: WordList,
    pub(super) silent: WordList,
    pub(super) common: WordList,
    /// Words that end with a surname: no name begins in them.
    pub(super) surname_ends: WordList,
    pub(super) leads: WordList,
    pub(super) closers: WordList,
    signs: Vec<Signs>,
    all_signs: AllSigns,
    pub(super) labels: WordList,
    pub(super) meetings: WordList,
    pub(super) pronouns: WordList,
    pub(super) openers: WordList,
    pub(super) bounds: WordList,
    pub(super) quantifiers: WordList,
    pub(super) demonstratives: WordList,
    /// How often words stand before words of saying.
    speaks: WordList,
    /// Cuts a text into words.
    pub(super) segmenter: Segmenter,
    /// The model that finds the speaker of a word of saying where the rules read none.
    pub(super) saying: StretchChoice,
    /// The model that chooses the speaker of a quotation.
    pub(super) attribution: Forest,
    /// The model of words that news reports as somebody's.
    pub(super) reported: HashedLine,
    /// The model of sentences that continue a report.
    pub(super) continuation: Chain,
    /// Speakers known by several names across articles.
    pub aliases: Aliases,
}

/// The context that a word of saying needs; see `lexicon/cues.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CueClass {
    /// Opens a report by itself: 表示.
    Say,
    /// Needs a known speaker beside it: 呼吁.
    Act,
    /// Needs a known speaker right beside it and its own: 担心.
    Stance,
    /// Counts only before a colon, comma or quotation: 介绍.
    Tail,
    /// Has a hearer behind it: 告诉.
    Tell,
    /// Counts only right before a colon or quotation: 道.
    Close,
    /// Counts only in 据…消息.
    Attribution,
    /// Counts only in 援引…的话报道.
    Cited,
    /// Counts only in 在…看来.
    View,
    /// A word of saying in traditional script alone: 指.
    Traditional,
    /// Opens a report only where a model says so: 支招.
    Asked,
    /// Looks like a cue and is none: 小说.
    None,
}

/// The words of one class, and their first characters.
#[derive(Debug, Default)]
struct Signs {
    words: Vec<String>,
    first: Characters,
}

impl Signs {
    fn begin(&self, words: &str) -> bool {
        words.chars().next().is_some_and(|c| self.first.contains(c))
            && self.words.iter().any(|sign| words.starts_with(sign.as_str()))
    }
}

/// Classes of words of `lexicon/signs.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SignClasses(u64);

impl SignClasses {
    /// True if `class` is one of them.
    pub fn has(self, class: SignClass) -> bool {
        self.0 >> class as u32 & 1 == 1
    }
}

/// The words of all classes by their first character, each with its classes.
#[derive(Debug, Default)]
struct AllSigns {
    first: Characters,
    words: HashMap<char, Vec<(String, SignClasses)>, FixedState>,
}

impl AllSigns {
    fn new(signs: &[Signs]) -> AllSigns {
        let mut all = AllSigns::default();
        for (class, signs) in signs.iter().enumerate() {
            for (word, first) in signs.words.iter().filter_map(|w| Some((w, w.chars().next()?))) {
                all.first.insert(first);
                let own = all.words.entry(first).or_default();
                match own.iter_mut().find(|(known, _)| known == word) {
                    Some((_, classes)) => classes.0 |= 1 << class,
                    None => own.push((word.clone(), SignClasses(1 << class))),
                }
            }
        }
        all
    }
}

/// A class of words of `lexicon/signs.txt`; a rule asks for one by its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignClass {
    /// No speaker before a colon: 亲爱的.
    Address,
    /// A label of whoever answers: 答, A.
    Answerer,
    /// Separates a subject from its verb.
    Apart,
    /// A label of whoever asks: 问, Q.
    Asker,
    /// Before a quotation, no caption: 记者.
    Byline,
    /// Ends the caption of a picture: 供图.
    Caption,
    /// A channel through which an office publishes: 官方微博.
    Channel,
    /// Ends a cited source: 的话.
    Cited,
    /// Opens a cited source: 援引.
    Cites,
    /// Of sentences, and not of names or slogans.
    Clause,
    /// A credit before a colon: 编辑.
    Credit,
    /// Ends a dateline: 日电.
    Dateline,
    /// A crowd as speaker: 不少人.
    Everybody,
    /// Opens a line below the text: 版权.
    Foot,
    /// A function word, in no name.
    Function,
    /// Opens a sentence without a subject: 并强调.
    GoesOn,
    /// Ends a label that names no speaker: 观点.
    Heading,
    /// The hearer between a speaker and a verb.
    Hearer,
    /// A label of whoever leads a talk: 主持人.
    Interviewer,
    /// Stands beside the person of an interview: 对话.
    Interviews,
    /// Stands before the name of a company: 企业.
    Maker,
    /// Makes a word before it no cue.
    Object,
    /// An office that speaks for its body: 发言人.
    Office,
    /// An office whose holder is not looked up.
    OfficeNo,
    /// A character of given names that other words hold more often.
    Ordinary,
    /// A first person that continues a report: 我们.
    Ours,
    /// A polite form of address behind a surname.
    Polite,
    /// A position in a team, before a colon the label of a list: 中锋.
    Position,
    /// Words of relaying: 报道.
    Relay,
    /// Opens a sentence that continues a report.
    Runs,
    /// Introduces a short form: 简称.
    Short,
    /// A particle or person of talk.
    Spoken,
    /// An office of a country: 总统.
    State,
    /// In no foreign name.
    Talk,
    /// Turns a report to other matters.
    Turns,
    /// Opens no name.
    Vague,
    /// A verb or particle, in no name.
    Verbal,
    /// Follows the person whose words come: 的电话.
    Whose,
}

impl SignClass {
    /// The classes with their names in the lexicon, in the order of the enum.
    const NAMED: [(&'static str, SignClass); 38] = [
        ("address", SignClass::Address),
        ("answerer", SignClass::Answerer),
        ("apart", SignClass::Apart),
        ("asker", SignClass::Asker),
        ("byline", SignClass::Byline),
        ("caption", SignClass::Caption),
        ("channel", SignClass::Channel),
        ("cited", SignClass::Cited),
        ("cites", SignClass::Cites),
        ("clause", SignClass::Clause),
        ("credit", SignClass::Credit),
        ("dateline", SignClass::Dateline),
        ("everybody", SignClass::Everybody),
        ("foot", SignClass::Foot),
        ("function", SignClass::Function),
        ("goes-on", SignClass::GoesOn),
        ("heading", SignClass::Heading),
        ("hearer", SignClass::Hearer),
        ("interviewer", SignClass::Interviewer),
        ("interviews", SignClass::Interviews),
        ("maker", SignClass::Maker),
        ("object", SignClass::Object),
        ("office", SignClass::Office),
        ("office-no", SignClass::OfficeNo),
        ("ordinary", SignClass::Ordinary),
        ("ours", SignClass::Ours),
        ("polite", SignClass::Polite),
        ("position", SignClass::Position),
        ("relay", SignClass::Relay),
        ("runs", SignClass::Runs),
        ("short", SignClass::Short),
        ("spoken", SignClass::Spoken),
        ("state", SignClass::State),
        ("talk", SignClass::Talk),
        ("turns", SignClass::Turns),
        ("vague", SignClass::Vague),
        ("verbal", SignClass::Verbal),
        ("whose", SignClass::Whose),
    ];
}

/// How a clause begins; see `lexicon/leads.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// 在…时: the subject may follow.
    Adverbial,
    /// 向…: the subject stands elsewhere.
    Preposition,
    /// 据…: what follows is not the subject.
    Noun,
    /// A word that only begins like one of those: 在场.
    Neither,
    /// Nothing stands before the subject.
    Subject,
}

impl Grammar {
    /// Compiles what `definition` says about speech, and its dictionary (some 200 ms).
    ///
    /// # Errors
    /// [`Error::Definition`] where a cue has no known class or `speakers.toml` is not as its head
    /// describes.
    ///
    /// ```
    /// use jianbao::{definition::Definition, quote::Grammar};
    /// assert!(Grammar::new(&Definition::embedded()).is_ok());
    /// ```
    pub fn new(definition: &Definition) -> Result<Grammar> {
        Ok(Grammar::without_words(definition)?.with_segmenter(Segmenter::new(definition)?))
    }

    /// The grammar with another segmenter.
    pub(crate) fn with_segmenter(self, segmenter: Segmenter) -> Grammar {
        Grammar { segmenter, ..self }
    }

    /// A grammar that knows no words yet: the dictionary takes as long to compile as all else.
    ///
    /// # Errors
    /// As [`Grammar::new`].
    pub(crate) fn without_words(definition: &Definition) -> Result<Grammar> {
        let words =
            |name: &str| WordList::new(definition.lexicon(name).map(|e| (e.word, e.attributes)));
        let (sayings, saying_classes) = cues(definition, |_| true)?;
        let (cues, cue_classes) = cues(definition, |class| class != CueClass::Asked)?;
        let signs = signs(definition)?;
        Ok(Grammar {
            cues,
            cue_classes,
            sayings,
            saying_classes,
            titles: words("lexicon/titles.txt"),
            surnames: words("lexicon/surnames.txt"),
            given: words("lexicon/given.txt"),
            name_parts: words("lexicon/name_parts.txt"),
            translit: Characters::new(definition.lexicon("lexicon/translit.txt").map(|e| e.word)),
            organisations: words("lexicon/organisations.txt"),
            places: words("lexicon/places.txt"),
            media: words("lexicon/media.txt"),
            silent: words("lexicon/silent.txt"),
            common: words("lexicon/common.txt"),
            surname_ends: words("lexicon/surname_ends.txt"),
            leads: words("lexicon/leads.txt"),
            closers: words("lexicon/closers.txt"),
            all_signs: AllSigns::new(&signs),
            signs,
            labels: words("lexicon/labels.txt"),
            meetings: words("lexicon/meetings.txt"),
            pronouns: words("lexicon/pronouns.txt"),
            openers: words("lexicon/openers.txt"),
            bounds: words("lexicon/bounds.txt"),
            quantifiers: words("lexicon/quantifiers.txt"),
            demonstratives: words("lexicon/demonstratives.txt"),
            speaks: words("lexicon/speaks.txt"),
            segmenter: Segmenter::empty(),
            saying: StretchChoice::read(SAYING, definition.model(SAYING))?,
            attribution: Forest::parse(ATTRIBUTION, definition.text(ATTRIBUTION))?,
            reported: HashedLine::read(REPORTED, definition.model(REPORTED))?,
            continuation: Chain::parse(CONTINUATION, definition.text(CONTINUATION))?,
            aliases: Aliases::new(definition)?,
        })
    }

    /// How often `word` stands right before a word of saying, as a digit; see `lexicon/speaks.txt`.
    pub(super) fn speaks(&self, word: &str) -> &str {
        self.speaks.attributes(word).unwrap_or("0")
    }

    /// The words of a class of `lexicon/signs.txt`.
    pub(super) fn signs(&self, class: SignClass) -> impl Iterator<Item = &str> {
        self.signs[class as usize].words.iter().map(String::as_str)
    }

    /// True if `words` holds a sign of the class.
    pub(super) fn holds(&self, class: SignClass, words: &str) -> bool {
        let signs = &self.signs[class as usize];
        let starts = |(at, c): (usize, char)| signs.first.contains(c) && signs.begin(&words[at..]);
        words.char_indices().any(starts)
    }

    /// The classes that `words` hold a sign of.
    pub(super) fn classes(&self, words: &str) -> SignClasses {
        let mut held = 0;
        for (at, c) in words.char_indices().filter(|(_, c)| self.all_signs.first.contains(*c)) {
            let signs = self.all_signs.words.get(&c).map(Vec::as_slice).unwrap_or_default();
            for (_, classes) in signs.iter().filter(|(sign, _)| words[at..].starts_with(sign)) {
                held |= classes.0;
            }
        }
        SignClasses(held)
    }

    /// The words before and behind the first sign of the class, in the order of the lexicon, that
    /// `words` hold.
    pub(super) fn parted<'t>(
        &self,
        class: SignClass,
        words: &'t str,
    ) -> Option<(&'t str, &'t str)> {
        // Nearly always there is none, which one look at each character tells.
        self.holds(class, words)
            .then(|| self.signs(class).find_map(|sign| words.split_once(sign)))
            .flatten()
    }

    /// True if `words` begins with a sign of the class.
    pub(super) fn begins(&self, class: SignClass, words: &str) -> bool {
        self.signs[class as usize].begin(words)
    }

    /// How a clause that begins with `words` leads to its subject, by `lexicon/leads.txt`.
    pub(super) fn lead(&self, words: &str) -> Lead {
        match self.leads.prefix(words).and_then(|w| self.leads.attributes(w)) {
            Some("adverbial") => Lead::Adverbial,
            Some("preposition") => Lead::Preposition,
            Some("noun") => Lead::Noun,
            Some("neither") => Lead::Neither,
            _ => Lead::Subject,
        }
    }
}

const ATTRIBUTION: &str = "attribution.model";
const CONTINUATION: &str = "continuation.model";
const SAYING: &str = "saying.model";
const REPORTED: &str = "reported.model";
const CUES: &str = "lexicon/cues.txt";
const SIGNS: &str = "lexicon/signs.txt";

fn wrong(file: &str, reason: String) -> Error {
    Error::Definition { file: file.to_owned(), line: 0, reason }
}

/// The cues of the classes that are `wanted`, and the class of each.
fn cues(
    definition: &Definition,
    wanted: impl Fn(CueClass) -> bool,
) -> Result<(Scanner, Vec<CueClass>)> {
    let mut words = Vec::new();
    let mut classes = Vec::new();
    for entry in definition.lexicon(CUES) {
        let class = cue_class(entry.attributes).ok_or_else(|| Error::Definition {
            file: CUES.to_owned(),
            line: entry.line,
            reason: format!("`{}` is no class of cue", entry.attributes),
        })?;
        if wanted(class) {
            words.push(entry.word);
            classes.push(class);
        }
    }
    Ok((Scanner::new(words).map_err(|reason| wrong(CUES, reason))?, classes))
}

fn cue_class(name: &str) -> Option<CueClass> {
    Some(match name {
        "say" => CueClass::Say,
        "act" => CueClass::Act,
        "stance" => CueClass::Stance,
        "tail" => CueClass::Tail,
        "tell" => CueClass::Tell,
        "close" => CueClass::Close,
        "source" => CueClass::Attribution,
        "cited" => CueClass::Cited,
        "view" => CueClass::View,
        "traditional" => CueClass::Traditional,
        "asked" => CueClass::Asked,
        "none" => CueClass::None,
        _ => return None,
    })
}

/// The signs of each class, indexed by the class.
fn signs(definition: &Definition) -> Result<Vec<Signs>> {
    let mut signs: Vec<Signs> = SignClass::NAMED.iter().map(|_| Signs::default()).collect();
    for entry in definition.lexicon(SIGNS) {
        for name in entry.columns() {
            let class = SignClass::NAMED.iter().find(|(known, _)| *known == name);
            let (_, class) = class.ok_or_else(|| Error::Definition {
                file: SIGNS.to_owned(),
                line: entry.line,
                reason: format!("`{name}` is no class of sign"),
            })?;
            signs[*class as usize].words.push(entry.word.to_owned());
        }
    }
    for class in &mut signs {
        let first = class.words.iter().filter_map(|w| {
            w.char_indices().nth(1).map_or(Some(w.as_str()), |(at, _)| w.get(..at))
        });
        class.first = Characters::new(first);
    }
    Ok(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_of_signs_are_in_the_order_of_their_enum() {
        for (i, (name, class)) in SignClass::NAMED.iter().enumerate() {
            assert_eq!(*class as usize, i, "{name}");
        }
    }

    #[test]
    fn the_classes_that_words_hold_are_found_at_once() {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let words = "据当地媒体7月1日电，发言人说的我们也不知道，校方供图";
        let held = grammar.classes(words);
        for (name, class) in SignClass::NAMED {
            assert_eq!(held.has(class), grammar.holds(class, words), "{name}");
        }
        assert!(held.has(SignClass::Office) && !held.has(SignClass::Foot));
    }

    #[test]
    fn a_sign_of_no_class_is_named_with_its_line() {
        let broken =
            Definition::embedded().with_file(SIGNS, "个\tfunction\n们\tloud\n".into()).unwrap();
        let error = Grammar::new(&broken).unwrap_err().to_string();
        assert!(error.contains("loud") && error.contains('2'), "{error}");
    }

    #[test]
    fn a_cue_of_no_class_is_named_with_its_line() {
        let broken = Definition::embedded()
            .with_file(
                CUES,
                "表示	say
说	loudly
"
                .into(),
            )
            .unwrap();
        let error = Grammar::new(&broken).unwrap_err().to_string();
        assert!(error.contains("loudly") && error.contains('2'), "{error}");
    }
}
