//! The organisation that a speaker speaks for: 外交部 of 外交部发言人毛宁.
//!
//! Only offices that speak for a body count (spokesmen, heads of ministries and agencies); a
//! company is not represented by its founder.

use super::attributed::{Speaker, SpeakerKind};
use super::grammar::{Grammar, SignClass};

/// The organisation that `speaker` represents by title, or by name where a role is the name;
/// `None` where the article tells none.
pub(super) fn represented<'s>(speaker: &'s Speaker, grammar: &Grammar) -> Option<&'s str> {
    let words = match speaker.kind {
        SpeakerKind::Person => speaker.title.as_str(),
        SpeakerKind::Role => speaker.name.as_str(),
        _ => return None,
    };
    words.split(['、', '，', '兼', ' ']).find_map(|office| body_of(office, grammar))
}

/// 国防部新闻发言人 -> 国防部; 外交部长 -> 外交部.
fn body_of<'t>(office: &'t str, grammar: &Grammar) -> Option<&'t str> {
    if office.starts_with(['前', '原']) {
        return None;
    }
    let body = grammar
        .signs(SignClass::Office)
        .filter_map(|sign| office.strip_suffix(sign))
        .min_by_key(|body| body.len())
        .map(|body| body.strip_suffix("新闻").unwrap_or(body));
    let head = office.strip_suffix('长');
    let is_body = |words: &&str| {
        words.chars().count() >= 2
            && (grammar.organisations.suffix(words).is_some() || grammar.aliases.is_filed(words))
    };
    body.filter(is_body)
        .or_else(|| head.filter(|h| h.ends_with(['部', '局', '署'])).filter(is_body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;

    fn of(name: &str, title: &str, kind: SpeakerKind) -> Option<String> {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let speaker = Speaker { title: title.to_owned(), ..Speaker::named(name, kind) };
        represented(&speaker, &grammar).map(str::to_owned)
    }

    #[test]
    fn spokesmen_and_ministers_speak_for_their_ministry() {
        let person = |title| of("林青", title, SpeakerKind::Person);
        assert_eq!(person("外交部发言人").as_deref(), Some("外交部"));
        assert_eq!(person("国防部新闻局局长、国防部新闻发言人").as_deref(), Some("国防部新闻局"));
        assert_eq!(person("外交部长").as_deref(), Some("外交部"));
        assert_eq!(of("外交部发言人", "", SpeakerKind::Role).as_deref(), Some("外交部"));
    }

    #[test]
    fn founders_and_former_officials_speak_for_themselves() {
        assert_eq!(of("林青", "青禾科技创始人", SpeakerKind::Person), None);
        assert_eq!(of("林青", "前外交部发言人", SpeakerKind::Person), None);
    }
}
