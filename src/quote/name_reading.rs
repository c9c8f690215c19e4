//! A person's name as it was read, and what a reading may lean on.

use super::grammar::Grammar;

/// The names of persons that an article has given by now.
pub(super) trait ArticleNames {
    /// True if `name` is one of them.
    fn knows(&self, name: &str) -> bool;

    /// False if no part of `words` can be one of them.
    fn knows_any_in(&self, words: &str) -> bool;
}

/// No names.
pub(super) struct NoNames;

impl ArticleNames for NoNames {
    fn knows(&self, _: &str) -> bool {
        false
    }

    fn knows_any_in(&self, _: &str) -> bool {
        false
    }
}

/// A person's name found at the end of a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PersonName<'t> {
    /// The words before the name.
    pub before: &'t str,
    /// The name alone.
    pub name: &'t str,
    /// The honorific or title behind the name, empty where there is none.
    pub behind: &'t str,
    /// The form of the name.
    pub form: NameForm,
    /// How sure the reading is; see score.rs.
    pub score: u8,
}

/// The form in which a person is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameForm {
    /// A name that stands by itself: 周国栋, 玛丽亚·科斯塔, 老胡.
    Name,
    /// A surname with an honorific or 某: 李主任, 陈某.
    Surname,
}

impl<'t> PersonName<'t> {
    /// A name that stands by itself, without an honorific.
    pub fn new(before: &'t str, name: &'t str, score: u8) -> PersonName<'t> {
        PersonName { before, name, behind: "", form: NameForm::Name, score }
    }
}

/// True if a name may follow `before`: it ends with a title.
pub(super) fn opens_name(before: &str, grammar: &Grammar) -> bool {
    let before = before.trim_end();
    grammar.titles.suffix(before).is_some_and(|t| t.chars().count() > 1)
        || before.ends_with(['长', '员', '师', '家', '官', '者', '手', '帅', '裁'])
            && !before.ends_with("国家")
            && !before.ends_with("大家")
}
