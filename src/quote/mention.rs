//! Reads a phrase that stands for a speaker: a person with a title, a role, an organisation, a
//! meeting, a pronoun.
//!
//! person_name.rs reads the names of persons, subject.rs finds the phrase in its clause, and
//! coreference.rs resolves 他 and 该负责人.

use super::attributed::SpeakerKind;
use super::grammar::{Grammar, Lead, SignClass, SignClasses};
use super::name_reading::{ArticleNames, NameForm};
use super::person_name;
use super::score;
use crate::text::{Span, is_han};
use std::cell::RefCell;

/// A speaker as written at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where it stands in the text.
    pub span: Span,
    pub name: String,
    pub title: String,
    pub alias: Option<String>,
    pub who: Who,
    /// 一名, 有: somebody not spoken of before.
    pub indefinite: bool,
    /// The form of a person's name.
    pub form: NameForm,
    /// How sure the reading is; see score.rs.
    pub score: u8,
}

impl Mention {
    /// True for a person or a role that was recognised.
    pub fn is_individual(&self) -> bool {
        let individual = matches!(self.who, Who::Is(SpeakerKind::Person | SpeakerKind::Role));
        individual && self.score >= score::PLAUSIBLE
    }

    /// A role that is written as `name` at `span`.
    pub fn role(span: Span, name: &str) -> Mention {
        Mention {
            span,
            name: name.to_owned(),
            title: String::new(),
            alias: None,
            who: ROLE,
            indefinite: false,
            form: NameForm::Name,
            score: score::ROLE,
        }
    }
}

/// The kind of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Is(SpeakerKind),
    /// 他, 其, 对方.
    Pronoun,
    /// 该负责人, 上述人士: somebody named before.
    Back,
    /// A medium, which speaks for itself or relays.
    Media,
    /// A document, datum or relay: no speaker.
    Silent,
}

const ROLE: Who = Who::Is(SpeakerKind::Role);
const ORGANISATION: Who = Who::Is(SpeakerKind::Organisation);

/// Characters that join speakers.
const JOINTS: [char; 4] = ['、', '和', '与', '及'];

/// The lowest score among mentions.
pub(super) fn lowest_score(found: &[Mention]) -> u8 {
    found.iter().map(|m| m.score).min().unwrap_or(0)
}

/// A kind of mention with its name, title, form of name and score.
type NameReading<'t> = (Who, &'t str, String, NameForm, u8);

/// Reads phrases of one text.
pub(super) struct Phrases<'a> {
    pub text: &'a str,
    pub grammar: &'a Grammar,
    /// True for the name of a person of the article.
    pub known: &'a dyn ArticleNames,
    /// The signs and marks of the part of the text in which phrases are read.
    scope: PhraseScope,
    /// The parts of lists that have been read.
    parts: RefCell<Vec<(Span, Option<Mention>)>>,
}

/// The signs and marks of a part of a text: a phrase in it can have no others.
#[derive(Debug, Clone, Copy)]
struct PhraseScope {
    /// The classes of signs.
    signs: SignClasses,
    /// True if brackets and the like may stand in it.
    paired: bool,
}

impl PhraseScope {
    /// That of these words.
    fn of(words: &str, grammar: &Grammar) -> PhraseScope {
        let paired =
            words.contains(|c| PAIRED.iter().any(|(open, close)| c == *open || c == *close));
        PhraseScope { signs: grammar.classes(words), paired }
    }
}

/// Marks that open and close.
const PAIRED: [(char, char); 5] =
    [('《', '》'), ('“', '”'), ('「', '」'), ('（', '）'), ('(', ')')];

impl<'a> Phrases<'a> {
    /// Reads phrases of `text` that lie in `region`.
    pub fn new(
        text: &'a str,
        region: Span,
        grammar: &'a Grammar,
        known: &'a dyn ArticleNames,
    ) -> Phrases<'a> {
        let scope = PhraseScope::of(region.of(text), grammar);
        Phrases { text, grammar, known, scope, parts: RefCell::default() }
    }

    /// True if `words`, which lie in the scope, hold a sign of the class.
    fn holds(&self, class: SignClass, words: &str) -> bool {
        self.scope.signs.has(class) && self.grammar.holds(class, words)
    }

    /// Reads the whole of `span` as one mention or as several joined ones.
    pub fn phrase(&self, span: Span) -> Option<Vec<Mention>> {
        let span = trimmed(self.text, span);
        if span.is_empty() || span.len() > 240 {
            return None;
        }
        let one = self.single(span);
        if let Some(joint) = self.joint(span)
            && one.as_ref().is_none_or(|m| lowest_score(&joint) + 5 >= m.score)
        {
            return Some(joint);
        }
        one.map(|m| vec![m])
    }

    /// A和B, A、B等企业: every part must be a speaker, and the last but a name must not be the
    /// title of the name.
    fn joint(&self, span: Span) -> Option<Vec<Mention>> {
        let whole = span.of(self.text);
        if !whole.contains(JOINTS) {
            return None;
        }
        let list =
            whole.rfind('等').filter(|i| whole[..*i].contains('、')).map_or(whole, |i| &whole[..i]);
        let firms = list.len() < whole.len()
            && whole.ends_with(['业', '司', '门', '行', '构', '位', '家', '国']);
        let mut parts = Vec::new();
        let mut start = 0;
        for (i, c) in list.char_indices() {
            if JOINTS.contains(&c) {
                parts.push(Span::new(span.start + start, span.start + i));
                start = i + c.len_utf8();
            }
        }
        parts.push(Span::new(span.start + start, span.start + list.len()));
        if parts.len() < 2 || parts.len() > 6 {
            return None;
        }
        let last = parts.len() - 1;
        let read = |(i, part): (usize, Span)| {
            let part = trimmed(self.text, part);
            // The same parts stand before the last one of a longer list.
            let read = if i < last { self.part(part) } else { self.single(part) };
            read.map(|m| Mention {
                score: if firms { m.score.max(score::LISTED) } else { m.score },
                ..m
            })
        };
        let mentions: Option<Vec<Mention>> = parts.into_iter().enumerate().map(read).collect();
        let mentions = mentions?;
        let kind = |m: &Mention| m.who;
        let last = mentions.last().map(kind)?;
        let person = Who::Is(SpeakerKind::Person);
        let sound = mentions.iter().all(|m| {
            m.score >= score::PLAUSIBLE
                && matches!(m.who, Who::Is(_))
                && (last != person || m.who == person)
                && (last == person || m.who != person || last == Who::Is(SpeakerKind::Organisation))
        });
        sound.then_some(mentions)
    }

    /// Reads a part of a list, once.
    fn part(&self, span: Span) -> Option<Mention> {
        let known = self.parts.borrow().iter().find(|(own, _)| *own == span).cloned();
        if let Some((_, mention)) = known {
            return mention;
        }
        let mention = self.single(span);
        self.parts.borrow_mut().push((span, mention.clone()));
        mention
    }

    /// Reads the whole of `span` as one mention.
    pub fn single(&self, span: Span) -> Option<Mention> {
        let (span, alias) = self.without_bracket(self.without_caption(span));
        let words = span.of(self.text);
        if words.is_empty() {
            return None;
        }
        if self.grammar.quantifiers.contains(words) && self.grammar.titles.suffix(words).is_none() {
            let everybody = self.grammar.signs(SignClass::Everybody).any(|w| w == words);
            return everybody.then(|| Mention { indefinite: true, ..Mention::role(span, words) });
        }
        if self.scope.paired && !balanced(words) {
            return None;
        }
        let indefinite = self.grammar.quantifiers.prefix(words).is_some();
        let other = || {
            let (who, name, score) = if self.grammar.demonstratives.prefix(words).is_some() {
                self.back(words)?
            } else {
                self.no_person(words)?
            };
            Some((who, name, String::new(), NameForm::Name, score))
        };
        let (who, name, title, form, score) =
            self.pronoun(words).or_else(|| self.person(words, indefinite)).or_else(other)?;
        Some(Mention {
            span,
            name: name.to_owned(),
            title: clean_title(&title),
            alias,
            who,
            indefinite,
            form,
            score,
        })
    }

    /// 他, or what never speaks.
    fn pronoun<'t>(&self, words: &'t str) -> Option<NameReading<'t>> {
        if self.grammar.pronouns.contains(words) {
            return Some((Who::Pronoun, words, String::new(), NameForm::Name, score::CERTAIN));
        }
        self.grammar
            .silent
            .contains(words)
            .then(|| (Who::Silent, words, String::new(), NameForm::Name, score::SILENT))
    }

    /// A person by name, with the title; “刘某” in marks too.
    fn person<'t>(&self, words: &'t str, indefinite: bool) -> Option<NameReading<'t>> {
        const PERSON: Who = Who::Is(SpeakerKind::Person);
        if let Some(inside) =
            words.strip_prefix(['“', '「']).and_then(|w| w.strip_suffix(['”', '」']))
            && !inside.contains(['“', '「'])
            && let Some(found) = person_name::person(inside, self.grammar, self.known)
            && found.before.is_empty()
            && found.score >= score::SOUND
        {
            return Some((PERSON, found.name, String::new(), NameForm::Name, score::BARE_FOREIGN));
        }
        // 黄续称: a surname alone, where the article names its bearer.
        if words.chars().count() == 1 && self.grammar.surnames.attributes(words) == Some("") {
            return Some((PERSON, words, String::new(), NameForm::Surname, score::RECOGNISED));
        }
        let pointed = self.grammar.demonstratives.prefix(words).is_some();
        let found = person_name::person(words, self.grammar, self.known)
            .filter(|f| f.score >= score::PLAUSIBLE)?;
        // 一位王姓…, 该院张…: after a counting or pointing word only a titled name is one.
        let counted = indefinite && (found.score < score::AFFILIATED || found.before.is_empty());
        let vague = pointed && (found.score < score::AFFILIATED || found.before.len() <= 6);
        (!counted && !vague).then(|| {
            (PERSON, found.name, join_title(found.before, found.behind), found.form, found.score)
        })
    }

    /// 该负责人, 上述公司: somebody named before.
    fn back<'t>(&self, words: &'t str) -> Option<(Who, &'t str, u8)> {
        let rest = &words[self.grammar.demonstratives.prefix(words).map_or(0, str::len)..];
        let role = self.grammar.titles.suffix(rest).is_some()
            || self.grammar.organisations.suffix(rest).is_some();
        (role && rest.chars().count() <= 10).then_some((Who::Back, rest, score::KNOWN))
    }

    /// A role, meeting, organisation or medium; at worst a guess.
    fn no_person<'t>(&self, words: &'t str) -> Option<(Who, &'t str, u8)> {
        let grammar = self.grammar;
        let quantifier =
            grammar.quantifiers.prefix(words).filter(|q| words[q.len()..].chars().count() >= 2);
        let plain = quantifier.map_or(words, |q| &words[q.len()..]);
        if let Some(role) = unnamed(plain, grammar) {
            return Some((ROLE, role, score::ROLE));
        }
        let counted = quantifier.is_some();
        if words.ends_with(['”', '」']) {
            let open = words.rfind(['“', '「'])?;
            return grammar.titles.suffix(&words[..open]).map(|_| (ROLE, plain, score::SOUND));
        }
        if words.ends_with('》') {
            let paper = words.trim_end_matches('》').ends_with(['报', '刊', '志', '网']);
            return Some(if paper {
                (Who::Media, words, score::PLAUSIBLE)
            } else {
                (Who::Silent, words, score::SILENT)
            });
        }
        if let Some(first) = first_of_several(words, grammar) {
            return Some((ORGANISATION, first, score::LISTED));
        }
        let verbal = !counted && self.holds(SignClass::Verbal, plain) && !plain.contains("对外");
        if verbal || grammar.begins(SignClass::Vague, plain) || opens_clause(plain, grammar) {
            return None;
        }
        self.role(words, plain)
            .or_else(|| self.organisation(words, plain))
            .or_else(|| if counted { None } else { self.guess(plain) })
    }

    /// 发言人, 收费员, 球迷们, 大家.
    fn role<'t>(&self, words: &'t str, plain: &'t str) -> Option<(Who, &'t str, u8)> {
        if plain.starts_with("记者") && plain.len() > "记者们".len() {
            return None;
        }
        if plain.ends_with("记者") {
            return Some((Who::Silent, "记者", score::ROLE));
        }
        let length = plain.chars().count();
        let titled = self.grammar.titles.suffix(plain).is_some_and(|t| t.chars().count() > 1);
        let everybody = self.grammar.signs(SignClass::Everybody).any(|w| w == words || w == plain);
        // 强调要贯彻总书记…: a verb before a role makes it an object, but for a relative clause
        // (参加培训的学员).
        if !everybody && length > 3 && !plain.contains('的') && opens_with_verb(plain, self.grammar)
        {
            return None;
        }
        if titled || everybody || plain.ends_with('们') && (3..=14).contains(&length) {
            return Some((ROLE, if everybody { words } else { plain }, score::ROLE));
        }
        (plain.ends_with(['员', '师', '者']) && (3..=8).contains(&length)).then_some((
            ROLE,
            plain,
            score::PLAUSIBLE,
        ))
    }

    /// A company, ministry, country, meeting or medium.
    fn organisation<'t>(&self, words: &'t str, plain: &'t str) -> Option<(Who, &'t str, u8)> {
        let grammar = self.grammar;
        if let Some(name) = latin_name(plain, grammar) {
            return Some((ORGANISATION, name, score::PLAUSIBLE));
        }
        if grammar.meetings.suffix(words).is_some() {
            return Some((Who::Is(SpeakerKind::Meeting), words, score::ROLE));
        }
        if grammar
            .media
            .suffix(words)
            .is_some_and(|m| m.chars().count() > 1 || words.chars().count() > 2)
        {
            return Some((Who::Media, plain, score::PLAUSIBLE));
        }
        let listed = grammar.organisations.contains(plain);
        if !listed && opens_with_verb(plain, grammar) {
            return None;
        }
        if grammar.places.contains(plain) {
            return Some((ORGANISATION, plain, score::PLACE));
        }
        if grammar
            .organisations
            .suffix(plain)
            .is_some_and(|s| s.chars().count() > 1 || plain.chars().count() > 2)
        {
            return Some((ORGANISATION, own_name(plain, grammar), score::LISTED));
        }
        if self.known.knows(plain) {
            return Some((ORGANISATION, plain, score::SOUND));
        }
        // 钢铁企业浦项制铁: behind what it makes stands its name.
        if self.scope.signs.has(SignClass::Maker)
            && let Some((_, name)) = grammar.parted(SignClass::Maker, plain)
            && (2..=8).contains(&name.chars().count())
            && !grammar.common.contains(name)
            && name.chars().all(|c| is_han(c) || c.is_ascii_alphanumeric())
        {
            return Some((ORGANISATION, name, score::PLAUSIBLE));
        }
        grammar
            .silent
            .suffix(words)
            .filter(|s| s.chars().count() > 1)
            .map(|ending| (Who::Silent, ending, score::SILENT_ENDING))
    }

    /// A short plain noun phrase; with the characters of foreign names it is a person.
    fn guess<'t>(&self, plain: &'t str) -> Option<(Who, &'t str, u8)> {
        let grammar = self.grammar;
        let adverb = plain.ends_with(|c: char| c.is_ascii_digit())
            || plain.ends_with(['后', '时', '前', '中', '上', '里', '地', '得', '着', '将', '曾']);
        let word = grammar.common.contains(plain) || grammar.pronouns.prefix(plain).is_some();
        if adverb
            || word
            || grammar.openers.prefix(plain).is_some()
            || grammar.bounds.prefix(plain).is_some()
        {
            return None;
        }
        let length = plain.chars().count();
        let word = |c: char| is_han(c) || c.is_alphanumeric() || c == ' ';
        let clean = plain.chars().all(word) && !self.holds(SignClass::Function, plain);
        let foreign =
            plain.chars().filter(|c| grammar.translit.contains(*c)).count() * 3 >= length * 2;
        let person = foreign && (3..=6).contains(&length) && !grammar.common.contains(plain);
        let (who, score) = if person {
            (Who::Is(SpeakerKind::Person), score::RECOGNISED)
        } else {
            (ORGANISATION, score::GUESS)
        };
        // 孙国相当庭: a known name with a word behind it that no list has.
        let cut = plain.char_indices().map(|(at, _)| &plain[..at]).skip(2).take(3);
        let name = cut.filter(|n| self.known.knows(n) || grammar.aliases.is_filed(n)).last();
        if let Some(name) = name.filter(|n| grammar.organisations.suffix(n).is_none()) {
            return Some((Who::Is(SpeakerKind::Person), name, score::RECOGNISED));
        }
        // A name that begins with a common word recurs in its article; a stray phrase does not.
        let common = grammar.common.prefix(plain).is_some_and(|w| w.chars().count() > 1);
        let likely = person || !common || self.text.matches(plain).nth(1).is_some();
        (clean && likely && (2..=8).contains(&length)).then_some((who, plain, score))
    }

    /// The mention without the number of an item or the caption before it: 4.某部官员, 校方供图
    /// 校长.
    fn without_caption(&self, span: Span) -> Span {
        let words = span.of(self.text);
        let digits = words.trim_start_matches(|c: char| c.is_ascii_digit());
        let item = digits.strip_prefix(['.', '、', '．']).filter(|_| digits.len() < words.len());
        let plain = item.unwrap_or(words);
        let behind = |sign: &str| plain.rfind(sign).map(|at| &plain[at + sign.len()..]);
        let rest =
            || self.grammar.signs(SignClass::Caption).filter_map(behind).min_by_key(|w| w.len());
        let rest = self.holds(SignClass::Caption, plain).then(rest).flatten();
        let rest = rest.filter(|rest| !rest.is_empty()).unwrap_or(plain);
        trimmed(self.text, Span::new(span.end - rest.len(), span.end))
    }

    /// The mention without a bracket at its end, and the other name that the bracket gives.
    fn without_bracket(&self, span: Span) -> (Span, Option<String>) {
        let words = span.of(self.text);
        if let Some(open) = words.rfind(['（', '(']).filter(|_| words.ends_with(['）', ')'])) {
            let inside = words[open..].trim_matches(['（', '(', '）', ')']);
            return (trimmed(self.text, Span::new(span.start, span.start + open)), alias(inside));
        }
        let behind = &self.text[span.end..];
        let alias = behind
            .strip_prefix(['（', '('])
            .and_then(|rest| rest.find(['）', ')']).filter(|i| *i < 60).map(|i| &rest[..i]))
            .and_then(alias);
        (span, alias)
    }
}

/// Returns true where the phrase begins with a verb or adverb, and with no title that holds one:
/// 主持人.
fn opens_with_verb(plain: &str, grammar: &Grammar) -> bool {
    let verb = grammar
        .bounds
        .prefix(plain)
        .is_some_and(|b| b.chars().count() > 1 && b.len() < plain.len());
    verb && grammar.lead(plain) != Lead::Neither && grammar.titles.prefix(plain).is_none()
}

/// True where the phrase begins like a clause, with a pronoun or a preposition: 他抱住儿子, 经民警.
fn opens_clause(plain: &str, grammar: &Grammar) -> bool {
    let second = plain.char_indices().nth(2).map_or(plain.len(), |(at, _)| at);
    let pair = &plain[..second];
    let worded = grammar.common.contains(pair)
        || grammar.places.contains(pair)
        || grammar.titles.prefix(plain).is_some_and(|t| t.len() >= second)
        || grammar.organisations.prefix(plain).is_some_and(|o| o.len() >= second);
    let preposition =
        plain.starts_with(['经', '但', '则', '被', '把', '由', '据', '摄', '还', '也', '再']);
    let pronoun = grammar.pronouns.prefix(plain).is_some_and(|p| p.len() < plain.len());
    pronoun && !plain.contains('的') || preposition && !worded
}

/// True if every mark that opens in `words` closes in them: no name holds half a bracket.
fn balanced(words: &str) -> bool {
    PAIRED.iter().all(|(open, close)| words.matches(*open).count() == words.matches(*close).count())
}

/// 民政部等七部门: the first of several names them all.
fn first_of_several<'t>(words: &'t str, grammar: &Grammar) -> Option<&'t str> {
    let (first, rest) = words.split_once('等')?;
    let several =
        rest.ends_with(['门', '位', '构', '国', '方', '司', '业']) && rest.chars().count() <= 6;
    (several && grammar.organisations.suffix(first).is_some()).then_some(first)
}

/// 不愿透露姓名的业内人士, 要求匿名的官员: the role of somebody who is not to be named.
fn unnamed<'t>(words: &'t str, grammar: &Grammar) -> Option<&'t str> {
    const HIDDEN: [&str; 8] =
        ["不愿", "不便", "不具名", "未具名", "匿名", "不透露", "未透露", "不公开"];
    let (clause, role) = words.rsplit_once('的')?;
    let hidden = HIDDEN.iter().any(|word| clause.contains(word));
    let titled = grammar.titles.suffix(role).is_some_and(|title| title.chars().count() > 1);
    (hidden && titled && (2..=12).contains(&role.chars().count())).then_some(role)
}

/// An organisation without what describes it: 最大的芯片制造商三星电子 -> 三星电子.
fn own_name<'t>(words: &'t str, grammar: &Grammar) -> &'t str {
    let plain = words.rfind('的').map_or(words, |i| &words[i + '的'.len_utf8()..]);
    let plain = grammar.parted(SignClass::Maker, plain).map_or(plain, |(_, rest)| rest);
    if plain.chars().count() >= 2
        && grammar.organisations.suffix(plain).is_some_and(|s| s.len() < plain.len())
    {
        plain
    } else {
        words
    }
}

/// A company or product with a Latin name, by itself or behind what it is: 研究机构Canalys.
fn latin_name<'t>(words: &'t str, grammar: &Grammar) -> Option<&'t str> {
    let latin = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '&' | '\'');
    let start =
        words.char_indices().rev().take_while(|(_, c)| latin(*c)).last().map(|(at, _)| at)?;
    let (before, name) = (words[..start].trim_end(), words[start..].trim());
    let placed = before.is_empty() || grammar.organisations.suffix(before).is_some();
    let named = name.len() >= 3 && name.starts_with(|c: char| c.is_ascii_alphabetic());
    (placed && named).then_some(name)
}

/// The Latin name that a bracket behind a name holds: Robin Li.
fn alias(inside: &str) -> Option<String> {
    let latin =
        inside.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '\''));
    (latin && inside.chars().any(|c| c.is_ascii_uppercase()) && inside.len() <= 40)
        .then(|| inside.trim().to_owned())
}

/// `span` without white space and characters of no width at its ends.
pub(super) fn trimmed(text: &str, span: Span) -> Span {
    let words = span.of(text);
    let nothing = |c: char| c.is_whitespace() || ('\u{200b}'..='\u{200f}').contains(&c);
    let start = span.start + (words.len() - words.trim_start_matches(nothing).len());
    Span::new(start, (start + words.trim_matches(nothing).len()).max(start))
}

/// A title without what leads to it: 前往现场的市长 -> 市长.
fn clean_title(title: &str) -> String {
    let title = title.trim().trim_end_matches(['的', '、', '，', ' ']);
    let at = title.rfind(['的', '）', '】', '”']).map_or(0, |i| i + '的'.len_utf8());
    title[at..].trim().to_owned()
}

fn join_title(before: &str, behind: &str) -> String {
    if behind.is_empty() || before.is_empty() {
        format!("{before}{behind}")
    } else {
        before.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::name_reading::NoNames;

    fn read(words: &str) -> Option<(Who, String, String)> {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let phrases = Phrases::new(words, Span::new(0, words.len()), &grammar, &NoNames);
        let found = phrases.phrase(Span::new(0, words.len()))?;
        found.into_iter().next().map(|m| (m.who, m.name, m.title))
    }

    #[test]
    fn a_phrase_is_a_person_a_role_an_organisation_or_a_pronoun() {
        let person = Who::Is(SpeakerKind::Person);
        let named = |who, name: &str, title: &str| Some((who, name.to_owned(), title.to_owned()));
        assert_eq!(read("县水利局局长周国栋"), named(person, "周国栋", "县水利局局长"));
        assert_eq!(read("工作人员"), named(ROLE, "工作人员", ""));
        assert_eq!(read("青禾科技公司"), named(ORGANISATION, "青禾科技公司", ""));
        assert_eq!(read("他"), named(Who::Pronoun, "他", ""));
        assert_eq!(read("该负责人"), named(Who::Back, "负责人", ""));
    }

    #[test]
    fn the_number_of_an_item_and_a_caption_are_no_part_of_a_mention() {
        let role = |name: &str| Some((ROLE, name.to_owned(), String::new()));
        assert_eq!(read("4.青禾镇官员"), role("青禾镇官员"));
        assert_eq!(read("校方供图校长"), role("校长"));
    }

    #[test]
    fn joint_speakers_are_read_one_by_one() {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let text = "周国栋和李明远";
        let phrases = Phrases::new(text, Span::new(0, text.len()), &grammar, &NoNames);
        let found = phrases.phrase(Span::new(0, text.len())).unwrap();
        let names: Vec<&str> = found.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["周国栋", "李明远"]);
    }
}
