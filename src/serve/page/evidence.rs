//! The evidence of an attribution in words: who is said to speak, by which rule, how sure that is.

use super::language::Language;
use crate::quote::{Confidence, Quote, Rule};

/// The name of a confidence for a reader.
pub fn tier(confidence: Confidence, l: Language) -> &'static str {
    let (chinese, english) = match confidence {
        Confidence::Named => ("点名", "named"),
        Confidence::Role => ("以职务称", "by role"),
        Confidence::Pronoun => ("以代词称", "by pronoun"),
        Confidence::Carried => ("承前", "carried over"),
        Confidence::Unknown => ("不明", "unknown"),
    };
    l.say(chinese, english)
}

/// The rule that decided, with the probability where a trained model did.
pub fn rule(quote: &Quote, l: Language) -> String {
    let (chinese, english) = match quote.rule {
        Rule::Before => ("说话人在提示词前", "the speaker stands before the cue"),
        Rule::After => ("说话人在引语后", "the speaker follows the quotation"),
        Rule::Accord => ("“据某人介绍”", "“according to somebody”"),
        Rule::View => ("“在某人看来”", "“in the view of somebody”"),
        Rule::Cited => ("由他人转引", "cited by another source"),
        Rule::Inherited => ("说话人在前一分句", "an earlier clause names the speaker"),
        Rule::Inverted => ("提示词在句末", "the cue ends the sentence"),
        Rule::Labelled => ("姓名加冒号", "a name and a colon"),
        Rule::Turn => ("问答中的一段", "a turn of an interview"),
        Rule::Carried => ("接前句所述", "the sentence continues a report"),
        Rule::CarriedQuotation => ("接前一引语", "the quotation continues another"),
        Rule::Model => ("由模型判断", "decided by a model"),
    };
    let words = l.say(chinese, english);
    match quote.probability {
        Some(percent) => format!("{words} {percent} %"),
        None => words.to_owned(),
    }
}

/// The speaker of a quote and how sure that is, in a few words.
pub fn who(quote: &Quote, l: Language) -> String {
    let name = quote.speaker.as_ref().map_or("？", |speaker| speaker.name.as_str());
    format!("{name} · {}", tier(quote.confidence, l))
}
