//! Bounds what a header may be: a name, a headline or an address of megabytes is a fault of its
//! record, and would be shown with each of its hits. A value that was cut ends in an ellipsis, and
//! the article has a note.

use super::Article;
use crate::error::Note;

/// The most characters of a headline.
const TITLE: usize = 1_000;
/// The most characters of an outlet, an author or a tag.
const NAME: usize = 200;
/// The most characters of an address.
const URL: usize = 4_000;
/// The most authors, and the most tags.
const NAMES: usize = 200;

/// Shortens what is too long. A headline without an article below it is the article.
pub fn shorten(article: &mut Article) {
    let mut cut = false;
    if article.body.is_empty()
        && let Some(title) = article.title.as_ref().filter(|title| is_longer(title, TITLE))
    {
        article.body.clone_from(title);
        article.notes.retain(|note| *note != Note::EmptyBody);
    }
    cut |= article.title.as_mut().is_some_and(|title| cut_to(title, TITLE));
    for name in [&mut article.source, &mut article.reprinted_by].into_iter().flatten() {
        cut |= cut_to(name, NAME);
    }
    cut |= article.url.as_mut().is_some_and(|url| cut_to(url, URL));
    for list in [&mut article.authors, &mut article.tags] {
        cut |= list.len() > NAMES;
        list.truncate(NAMES);
        list.iter_mut().for_each(|name| cut |= cut_to(name, NAME));
    }
    if cut {
        article.notes.push(Note::Shortened);
    }
}

fn is_longer(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().nth(most).is_some()
}

/// Cuts `text` to `most` characters, the ellipsis among them; whether it was longer.
fn cut_to(text: &mut String, most: usize) -> bool {
    let longer = is_longer(text, most);
    if longer && let Some((at, _)) = text.char_indices().nth(most - 1) {
        text.truncate(at);
        text.push('…');
    }
    longer
}
