//! Resources and prompts of an agent besides its tools: an article, a speaker, the syntax; three
//! ways to ask.

use super::bounded::BoundedText;
use super::parameters::{FILTERS, Parameters, QUESTION};
use super::problem::HttpProblem;
use super::tools;
use crate::Index;
use crate::engine::Stop;
use serde_json::{Value, json};

/// The address of the help.
const HELP: &str = "jianbao://help/query";

/// The syntax of a query, in the words of README.md.
const SYNTAX: &str = "words: ranked, not all of them demanded\n\
    “exact words”: these characters, also across line breaks\n\
    -word, NOT word, -(a OR b): articles without it\n\
    a OR b, a|b: at least one of them\n\
    +word, a AND b: articles that have it, or both\n\
    stem*, *stem: words that start or end so\n\
    same:(a b): all in one sentence\n\
    near/5:(a b): at most five characters apart\n\
    title:word: in the headline\n";

/// A prompt.
struct Prompt {
    name: &'static str,
    about: &'static str,
    argument: &'static str,
    /// `{}` is the argument.
    text: &'static str,
}

const PROMPTS: [Prompt; 3] = [
    Prompt {
        name: "what_did_they_say",
        about: "What somebody said about something, with sources",
        argument: "question",
        text: "Answer from the archive alone: {}\nUse `search` with `speaker`. Quote the words \
            exactly, and give the key, date and outlet of each. Say how many articles and texts \
            answer, and what the archive covers.",
    },
    Prompt {
        name: "check_quote",
        about: "Whether a quotation is right",
        argument: "quote",
        text: "Check this quotation with `verify_quote`: {}\nSay the verdict, who said it, when \
            and where it was printed first, and every difference. If it is absent, say that \
            absent here is not never said.",
    },
    Prompt {
        name: "trace_story",
        about: "How a story was printed and changed",
        argument: "topic",
        text: "Trace this story: {}\nUse `count_over_time`, then `search` with sort oldest, then \
            `compare_reprints` of the first printing. Tell what changed from copy to copy.",
    },
];

/// A failure in the terms of JSON-RPC: a code and a text.
type Failure = (i32, String);

/// The resources that have an address of their own.
pub fn resources() -> Value {
    json!({ "resources": [{
        "uri": HELP, "name": "query", "mimeType": "text/plain",
        "description": "How to ask: words, exact words, filters",
    }] })
}

/// The resources that are addressed by a key or a name.
pub fn templates() -> Value {
    let one = |what: &str, part: &str, about: &str| {
        json!({
            "uriTemplate": format!("jianbao://{what}/{{{part}}}"), "name": what,
            "mimeType": "text/plain", "description": about,
        })
    };
    json!({ "resourceTemplates": [
        one("article", "key", "The text of an article, up to the bound of a result"),
        one("speaker", "name", "One speaker: titles over time, topics, who else is quoted"),
    ] })
}

/// An index, or why there is none any more.
pub type FoundIndex<'a> = Result<&'a Index, &'a HttpProblem>;

/// Reads a resource; what articles say in it is framed.
pub fn read(index: FoundIndex<'_>, params: &Value, stop: &Stop) -> Result<Value, Failure> {
    let uri = params["uri"].as_str().unwrap_or_default();
    let absent = |text: String| (-32002, text);
    let contents = |text: String| {
        let own = json!({ "uri": uri, "mimeType": "text/plain", "text": text });
        json!({ "contents": [own] })
    };
    if uri == HELP {
        return Ok(contents(help()));
    }
    let parts = uri.strip_prefix("jianbao://").and_then(|rest| rest.split_once('/'));
    let tool = parts.and_then(|(what, name)| match what {
        "article" => Some((tools::FETCH, "key", name)),
        "speaker" => Some((tools::PROFILE, "name", name)),
        _ => None,
    });
    let none = || absent(format!("there is no resource `{}`", super::bounded::neutral(uri)));
    let (tool, parameter, name) = tool.ok_or_else(none)?;
    // A name in an address is encoded there as in a query, but for `+`.
    let query = format!("{parameter}={}", name.replace('+', "%2B").replace('&', "%26"));
    let told = |problem: HttpProblem| absent(format!("{}; {}", problem.detail, problem.hint));
    let read = Parameters::read(&query, tool.known).map_err(told)?;
    let index = index.map_err(|problem| told(problem.clone()))?;
    let result = (tool.call)(index, &read.until(stop)).map_err(told)?;
    Ok(contents(result.text))
}

/// The syntax, and the filters from the table that requests are held to.
fn help() -> String {
    let mut text = BoundedText::default();
    text.say(SYNTAX);
    for parameter in QUESTION.iter().chain(&FILTERS) {
        text.say(&format!("{}: {}", parameter.name, parameter.about));
    }
    text.finish()
}

/// The prompts.
pub fn prompts() -> Value {
    let one = |prompt: &Prompt| {
        json!({
            "name": prompt.name, "description": prompt.about,
            "arguments": [{ "name": prompt.argument, "required": true }],
        })
    };
    json!({ "prompts": PROMPTS.iter().map(one).collect::<Vec<Value>>() })
}

/// A prompt with its argument.
pub fn prompt(params: &Value) -> Result<Value, Failure> {
    let name = params["name"].as_str().unwrap_or_default();
    let found = PROMPTS.iter().find(|prompt| prompt.name == name);
    let prompt = found.ok_or_else(|| (-32602, format!("there is no prompt `{name}`")))?;
    let value = params["arguments"][prompt.argument].as_str();
    let value = value.ok_or_else(|| (-32602, format!("`{}` is missing", prompt.argument)))?;
    let text = prompt.text.replace("{}", value);
    Ok(json!({ "description": prompt.about, "messages": [
        { "role": "user", "content": { "type": "text", "text": text } }
    ] }))
}
