//! Coreference within an article: the speaker that a mention stands for.
//!
//! 他 is the person last spoken of, 该负责人 the role last heard, 法利 the 吉姆·法利 named in full
//! elsewhere. Across articles speakers are joined by `Aliases`, not here.

use super::attributed::{Confidence, Speaker, SpeakerKind};
use super::foreign_name;
use super::grammar::{Grammar, SignClass};
use super::mention::{Mention, Who};
use super::name_reading::{ArticleNames, NameForm};
use super::score;

/// Most speakers that one article keeps apart; what comes later is named as written.
const MAX_CAST: usize = 400;

/// Characters beyond which a title is taken for more than a title.
const MAX_TITLE: usize = 40;

/// Most characters on either side of the joint of a name.
const MAX_NAME: usize = 20;

/// The speakers of an article, and the order in which they were heard.
#[derive(Debug, Default)]
pub(super) struct Coreference {
    /// Persons, roles, organisations and meetings of the whole article, in order of their first
    /// mention beside a cue.
    speakers: Vec<Speaker>,
    /// Indices into the cast: who spoke or was spoken of, latest last.
    heard: Vec<usize>,
}

/// The persons of the article, in full or by the last part of their names.
impl ArticleNames for Coreference {
    fn knows(&self, name: &str) -> bool {
        self.persons().any(|s| s.name == name || last_part(&s.name) == name)
    }

    fn knows_any_in(&self, words: &str) -> bool {
        self.persons().any(|s| words.contains(last_part(&s.name)))
    }
}

impl Coreference {
    /// Adds what a first reading of the article found beside its cues.
    pub fn learn(&mut self, mention: &Mention, text: &str, grammar: &Grammar) {
        if mention.name.chars().count() < 2 {
            return;
        }
        let kind = match mention.who {
            Who::Is(kind) => kind,
            Who::Media => SpeakerKind::Organisation,
            _ => return,
        };
        let heard =
            self.persons().find(|s| s.name == mention.name || last_part(&s.name) == mention.name);
        let name = match (kind, heard) {
            (SpeakerKind::Person, Some(speaker)) => speaker.name.clone(),
            (SpeakerKind::Person, None) => fuller(&mention.name, text, grammar),
            _ => mention.name.clone(),
        };
        let full = self.speakers.len() >= MAX_CAST;
        match self.speakers.iter_mut().find(|s| s.name == name) {
            Some(speaker) => {
                // An office says more than an affiliation, and the longer form more than the
                // shorter.
                let rank = |title: &str| {
                    let length = title.chars().count();
                    (
                        grammar.titles.suffix(title).is_some(),
                        if length <= MAX_TITLE { length } else { 0 },
                    )
                };
                if rank(&mention.title) > rank(&speaker.title) {
                    speaker.title.clone_from(&mention.title);
                }
                if let Some(alias) = mention.alias.clone().filter(|a| !speaker.aliases.contains(a))
                {
                    speaker.aliases.push(alias);
                }
            }
            None if full => {}
            None => self.speakers.push(Speaker {
                name,
                kind,
                title: mention.title.clone(),
                aliases: mention.alias.clone().into_iter().collect(),
                represents: None,
            }),
        }
    }

    /// The persons of the article.
    pub fn persons(&self) -> impl Iterator<Item = &Speaker> {
        self.speakers.iter().filter(|s| s.kind == SpeakerKind::Person)
    }

    /// The person of the article whose name stands last in `words`.
    pub fn named_last(&self, words: &str) -> Option<&Speaker> {
        let place = |s: &Speaker| {
            words.rfind(last_part(&s.name)).filter(|_| last_part(&s.name).chars().count() > 1)
        };
        self.persons()
            .filter_map(|s| place(s).map(|at| (at, s)))
            .max_by_key(|(at, _)| *at)
            .map(|(_, s)| s)
    }

    /// Notes the names of the text that a joint makes plain: 埃隆·马斯克.
    pub fn learn_joined(&mut self, text: &str, grammar: &Grammar) {
        let part = |c: &char| grammar.translit.contains(*c) || matches!(c, '·' | '•' | '-');
        for (at, joint) in text.match_indices(['·', '•', '-']) {
            let near = text[..at].char_indices().rev().nth(MAX_NAME).map_or(0, |(near, _)| near);
            let start = foreign_name::joint_start(&text[near..at], grammar);
            let head = start.map_or(0, |start| at - near - start);
            let tail = text[at + joint.len()..]
                .chars()
                .take(MAX_NAME)
                .take_while(part)
                .map(char::len_utf8)
                .sum::<usize>();
            let behind = &text[at + joint.len() + tail..];
            if head < 6
                || tail < 6
                || ["政府", "会", "法案", "战役"].iter().any(|w| behind.starts_with(w))
            {
                continue;
            }
            let name = text[at - head..at + joint.len() + tail].trim_matches('-');
            let name = without_function_word(name).to_owned();
            if self.speakers.len() >= MAX_CAST {
                return;
            }
            if !self.speakers.iter().any(|s| s.name == name) {
                self.speakers.push(plain(name, SpeakerKind::Person));
            }
        }
    }

    /// Notes that `speaker` was heard, so that a pronoun may stand for them.
    pub fn hear(&mut self, speaker: &Speaker) {
        let known = self.speakers.iter().position(|s| s.name == speaker.name);
        let i = known.unwrap_or_else(|| {
            if self.speakers.len() < 2 * MAX_CAST {
                self.speakers.push(speaker.clone());
            }
            self.speakers.len() - 1
        });
        self.heard.retain(|&h| h != i);
        self.heard.push(i);
    }

    /// The speaker that `mention` stands for. `subject` is the person that the sentences before are
    /// about.
    pub fn resolve(
        &self,
        mention: &Mention,
        subject: Option<&Mention>,
        grammar: &Grammar,
    ) -> Option<(Speaker, Confidence)> {
        match mention.who {
            Who::Silent => None,
            Who::Pronoun => {
                self.pronoun(mention, subject, grammar).map(|s| (s, Confidence::Pronoun))
            }
            Who::Back => Some(self.back(&mention.name)),
            Who::Media => {
                let name = mention.name.trim_matches(['《', '》']).to_owned();
                Some((plain(name, SpeakerKind::Organisation), Confidence::Named))
            }
            Who::Is(SpeakerKind::Person) => {
                let speaker = self.person(mention, grammar);
                // 张续指: a surname alone is nobody where the article has no such person.
                let named = speaker.name.chars().count() > 1;
                named.then_some((speaker, Confidence::Named))
            }
            Who::Is(SpeakerKind::Role) => {
                let speaker = self.holder(mention, grammar).cloned();
                Some((
                    speaker.unwrap_or_else(|| self.longer(mention, SpeakerKind::Role, grammar)),
                    Confidence::Role,
                ))
            }
            Who::Is(SpeakerKind::Meeting) => {
                Some((plain(mention.name.clone(), SpeakerKind::Meeting), Confidence::Named))
            }
            Who::Is(kind) => {
                let sure = if mention.score >= score::RECOGNISED {
                    Confidence::Named
                } else {
                    Confidence::Role
                };
                Some((self.longer(mention, kind, grammar), sure))
            }
        }
    }

    /// The last speaker heard of one of `kinds`.
    fn latest(&self, wanted: impl Fn(&Speaker) -> bool) -> Option<&Speaker> {
        self.heard.iter().rev().map(|&i| &self.speakers[i]).find(|s| wanted(s))
    }

    fn pronoun(
        &self,
        mention: &Mention,
        subject: Option<&Mention>,
        grammar: &Grammar,
    ) -> Option<Speaker> {
        let group = mention.name.ends_with('们');
        if let Some(subject) = subject {
            if group {
                return Some(self.longer(subject, SpeakerKind::Role, grammar));
            }
            return Some(self.person(subject, grammar));
        }
        let fits = |s: &Speaker| match mention.name.as_str() {
            "它" => s.kind == SpeakerKind::Organisation,
            _ if group => s.kind != SpeakerKind::Person,
            _ => matches!(s.kind, SpeakerKind::Person | SpeakerKind::Role),
        };
        self.latest(fits).cloned()
    }

    fn back(&self, head: &str) -> (Speaker, Confidence) {
        let fits = |s: &Speaker| s.name.ends_with(head) || s.title.ends_with(head);
        // 该公司 may stand for 某某科技, which shares its kind; 该目击者 is no other role.
        let organisation = head.ends_with(['司', '团', '局', '部', '门', '构', '行']);
        let kind_fits = |s: &Speaker| organisation && s.kind == SpeakerKind::Organisation;
        match self.latest(fits).or_else(|| self.latest(kind_fits)) {
            Some(speaker) => (speaker.clone(), Confidence::Role),
            None => (plain(head.to_owned(), SpeakerKind::Role), Confidence::Role),
        }
    }

    fn person(&self, mention: &Mention, grammar: &Grammar) -> Speaker {
        let name = mention.name.as_str();
        let exact = self.persons().find(|s| s.name == name || last_part(&s.name) == name);
        let by_surname = || {
            let mut chars = name.chars();
            let surname = chars.next()?;
            let honorific = chars.as_str();
            let title_fits = |s: &Speaker| {
                honorific.is_empty()
                    || honorific == "官" && s.title.ends_with("法官")
                    || matches!(honorific, "男" | "女" | "妇")
                    || grammar.signs(SignClass::Polite).any(|w| w == honorific)
                    || s.title.ends_with(honorific)
            };
            let mut same = self
                .persons()
                .filter(|s| s.name.starts_with(surname) && s.name != name && title_fits(s));
            same.next().filter(|s| !s.name.ends_with(honorific)).filter(|_| same.next().is_none())
        };
        let is_short = mention.form == NameForm::Surname;
        let found = if is_short {
            exact.filter(|s| s.name != name).or_else(by_surname).or(exact)
        } else {
            exact
        };
        match found {
            Some(speaker) => speaker.clone(),
            None => Speaker {
                name: name.to_owned(),
                kind: SpeakerKind::Person,
                title: mention.title.clone(),
                aliases: mention.alias.clone().into_iter().collect(),
                represents: None,
            },
        }
    }

    /// The one person of the article who holds an office named alone: 总书记, 局长.
    fn holder(&self, mention: &Mention, grammar: &Grammar) -> Option<&Speaker> {
        let office =
            grammar.titles.attributes(&mention.name).is_some_and(|a| a.contains("honorific"));
        let mut holders = self.persons().filter(|s| office && s.title.ends_with(&mention.name));
        let holder = holders.next().filter(|_| holders.next().is_none() && !mention.indefinite);
        holder.filter(|_| !grammar.signs(SignClass::OfficeNo).any(|w| w == mention.name))
    }

    /// The fullest form of a role or organisation: 工作人员 after 中学工作人员, 三星 beside
    /// 三星电子.
    fn longer(&self, mention: &Mention, kind: SpeakerKind, grammar: &Grammar) -> Speaker {
        let name = mention.name.as_str();
        let role =
            |s: &&Speaker| s.kind == kind && s.name.len() > name.len() && s.name.ends_with(name);
        let organisation = |s: &&Speaker| {
            s.kind == kind
                && s.name.len() > name.len()
                && (s.name.ends_with(name)
                    || s.name
                        .strip_prefix(name)
                        .is_some_and(|rest| grammar.organisations.contains(rest)))
        };
        let found = match kind {
            _ if mention.indefinite => None,
            SpeakerKind::Role => self.heard.iter().rev().map(|&i| &self.speakers[i]).find(role),
            SpeakerKind::Organisation if name.chars().count() >= 2 => {
                let short = name.chars().count() <= 3;
                self.heard
                    .iter()
                    .rev()
                    .map(|&i| &self.speakers[i])
                    .find(|s| organisation(s) && short)
            }
            _ => None,
        };
        found.cloned().unwrap_or_else(|| {
            let mut speaker = plain(name.to_owned(), kind);
            speaker.aliases.extend(mention.alias.clone());
            speaker
        })
    }
}

fn plain(name: String, kind: SpeakerKind) -> Speaker {
    Speaker { name, kind, title: String::new(), aliases: Vec::new(), represents: None }
}

/// The part of a joined name that it is called by: 马斯克 of 埃隆·马斯克.
fn last_part(name: &str) -> &str {
    name.rsplit(['·', '•', '・', '-', '－']).next().unwrap_or(name)
}

/// 让托尼-帕克: a function word before a name is no part of it, but 让-皮埃尔 is a name.
fn without_function_word(name: &str) -> &str {
    let rest = name.strip_prefix(['让', '使', '令', '向', '与', '于', '给', '被', '而', '在']);
    let long = |rest: &&str| {
        let first = rest.split(['·', '•', '-']).next().unwrap_or("");
        first.chars().count() >= 2
    };
    rest.filter(long).unwrap_or(name)
}

/// The full form of a transliterated name that `text` gives elsewhere: 法利 -> 吉姆·法利.
fn fuller(name: &str, text: &str, grammar: &Grammar) -> String {
    let foreign = name.chars().all(|c| grammar.translit.contains(c)) && name.chars().count() >= 2;
    if !foreign {
        return name.to_owned();
    }
    for (at, _) in text.match_indices(name) {
        let before = &text[..at];
        let Some(joint) =
            before.chars().next_back().filter(|c| matches!(c, '·' | '•' | '・' | '-' | '－'))
        else {
            continue;
        };
        let head = &before[..before.len() - joint.len_utf8()];
        let start = head
            .char_indices()
            .rev()
            .take_while(|(_, c)| {
                grammar.translit.contains(*c) || matches!(c, '·' | '-') || c.is_ascii_uppercase()
            })
            .last()
            .map(|(i, _)| i);
        let ends_name = |rest: &str| {
            !rest.starts_with("政府")
                && rest.chars().next().is_none_or(|c| !grammar.translit.contains(c) || c == '在')
        };
        if let Some(start) = start.filter(|_| ends_name(&text[at + name.len()..])) {
            return text[start..at + name.len()].to_owned();
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;

    fn speaker(name: &str, title: &str) -> Speaker {
        Speaker { title: title.to_owned(), ..plain(name.to_owned(), SpeakerKind::Person) }
    }

    fn mention(name: &str, who: Who, form: NameForm) -> Mention {
        Mention {
            span: crate::text::Span::new(0, 0),
            name: name.to_owned(),
            title: String::new(),
            alias: None,
            who,
            indefinite: false,
            form,
            score: score::CERTAIN,
        }
    }

    #[test]
    fn a_surname_form_stands_for_the_full_name_and_a_pronoun_for_the_last_heard() {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let mut cast = Coreference::default();
        cast.hear(&speaker("周国栋", "水利局局长"));
        cast.hear(&speaker("埃隆·马斯克", ""));
        let who = Who::Is(SpeakerKind::Person);
        let name = |m: &Mention| cast.resolve(m, None, &grammar).unwrap().0.name;
        assert_eq!(name(&mention("周局长", who, NameForm::Surname)), "周国栋");
        assert_eq!(name(&mention("马斯克", who, NameForm::Name)), "埃隆·马斯克");
        assert_eq!(name(&mention("他", Who::Pronoun, NameForm::Name)), "埃隆·马斯克");
    }

    #[test]
    fn the_full_form_of_a_foreign_name_is_taken_from_the_text() {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        assert_eq!(fuller("马斯克", "埃隆·马斯克表示，马斯克", &grammar), "埃隆·马斯克");
        assert_eq!(fuller("马斯克", "马斯克表示", &grammar), "马斯克");
    }
}
