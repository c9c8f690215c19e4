//! Messages (`.eml`), and pages that a browser saved as messages (`.mht`, `.mhtml`). Both are
//! parsed by `mail-parser`.

use super::{About, Content, Fields, Outcome, RawRecord, SkipReason};
use mail_parser::{Address, Message, MessageParser, PartType};

/// The article in a message: its subject is the title, its sender the source.
pub fn message(about: &About<'_>, bytes: &[u8]) -> Outcome {
    let Some(message) = parsed(bytes) else {
        return Err(about.skip(None, SkipReason::Malformed, "not a message"));
    };
    let sender = message.from().and_then(Address::first).and_then(|sender| {
        let name = sender.name().filter(|name| !name.trim().is_empty());
        name.map(str::to_owned)
    });
    let fields = Fields {
        title: message.subject().map(str::to_owned),
        body: plain(&message).or_else(|| page(&message)),
        date: message.date().filter(|date| date.is_valid()).map(|date| date.to_rfc3339()),
        source: sender,
        ..Fields::default()
    };
    let mut record = about.fields(1, None, "UTF-8", fields)?;
    record.place = None;
    Ok(record)
}

/// The page in a message that a browser saved.
pub fn saved_page(about: &About<'_>, bytes: &[u8]) -> Outcome {
    let message = parsed(bytes);
    let Some((message, html)) = message.and_then(|m| page(&m).map(|html| (m, html))) else {
        return Err(about.skip(None, SkipReason::Malformed, "no page in it"));
    };
    let address = ["Snapshot-Content-Location", "Content-Location"]
        .iter()
        .find_map(|&name| message.header_raw(name))
        .map(|address| address.trim().to_owned())
        .filter(|address| address.starts_with("http"));
    let saved =
        message.date().and_then(|date| jiff::Timestamp::from_second(date.to_timestamp()).ok());
    let record = about.record(None, None, "UTF-8", Content::Html(html));
    Ok(RawRecord { url: address, modified: saved.or(record.modified), ..record })
}

/// A message with at least one header that messages have.
fn parsed(bytes: &[u8]) -> Option<Message<'_>> {
    let message = MessageParser::default().parse(bytes)?;
    let known = ["From", "Subject", "MIME-Version", "Content-Type", "Date"];
    known.iter().any(|&name| message.header(name).is_some()).then_some(message)
}

/// The first part that is plain text with something in it.
fn plain(message: &Message<'_>) -> Option<String> {
    message.parts.iter().find_map(|part| match &part.body {
        PartType::Text(text) if !text.trim().is_empty() => Some(text.to_string()),
        _ => None,
    })
}

/// The first part that is a page.
fn page(message: &Message<'_>) -> Option<String> {
    message.parts.iter().find_map(|part| match &part.body {
        PartType::Html(html) if !html.trim().is_empty() => Some(html.to_string()),
        _ => None,
    })
}
