//! The project's own Rust files as tokens, for the tests of structure and style.
//!
//! Tokens are read without documentation and without the items marked `#[cfg(test)]`; comments are
//! no tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The folder of the package.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The `.rs` files below a folder of the package, in order of their paths; build products are left
/// out.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A path as it is told to the reader.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The tokens of a file without its tests.
pub fn tokens(path: &Path) -> Vec<TokenTree> {
    let text = fs::read_to_string(path).unwrap();
    let stream = TokenStream::from_str(&text);
    without_tests(stream.unwrap_or_else(|error| panic!("{}: {error}", shown(path))))
}

/// Leaves out documentation, and each item behind `#[cfg(test)]` up to its braces or semicolon.
fn without_tests(stream: TokenStream) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = stream.into_iter();
    while let Some(token) = tokens.next() {
        if let TokenTree::Group(group) = &token {
            let marks_test = group.delimiter() == Delimiter::Bracket
                && group.stream().to_string().replace(' ', "") == "cfg(test)";
            let is_doc = group.stream().to_string().starts_with("doc");
            if is_doc && kept.last().is_some_and(|last| "#!".contains(&last.to_string())) {
                continue;
            }
            if marks_test && kept.last().is_some_and(|last| is_punct(last, '#')) {
                kept.pop();
                let ends = |token: &TokenTree| match token {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    token => is_punct(token, ';'),
                };
                tokens.by_ref().find(ends);
                continue;
            }
        }
        kept.push(token);
    }
    kept
}

/// True if the token is this punctuation mark.
pub fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// True if the token is what stands between brackets of this kind.
fn is_group(token: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter)
}

/// The text of an identifier.
pub fn ident(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

/// Calls `visit` with each level of the tokens: the whole, then what stands in each pair of
/// brackets.
pub fn each_level(tokens: &[TokenTree], visit: &mut impl FnMut(&[TokenTree])) {
    visit(tokens);
    for token in tokens {
        if let TokenTree::Group(group) = token {
            each_level(&without_tests(group.stream()), visit);
        }
    }
}

/// A function as it is written.
pub struct Function {
    pub name: String,
    /// Lines from `fn` to the closing brace.
    pub lines: usize,
    /// Parameters, `self` among them.
    pub parameters: usize,
}

/// The functions with a body at one level of tokens.
pub fn functions(level: &[TokenTree]) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, token) in level.iter().enumerate() {
        if ident(Some(token)).as_deref() != Some("fn") {
            continue;
        }
        let Some(name) = ident(level.get(at + 1)) else { continue };
        let rest = &level[at..];
        let list = rest.iter().find(|token| is_group(token, Delimiter::Parenthesis));
        let ends = |token: &&TokenTree| is_group(token, Delimiter::Brace) || is_punct(token, ';');
        let end = rest.iter().find(ends);
        if let (Some(TokenTree::Group(list)), Some(TokenTree::Group(body))) = (list, end) {
            let lines = line(body.span_close()) - line(token.span()) + 1;
            found.push(Function { name, lines, parameters: count(list) });
        }
    }
    found
}

fn line(span: Span) -> usize {
    span.start().line
}

/// The entries of a list that are parted by commas, commas between `<` and `>` left out.
fn count(list: &Group) -> usize {
    let (mut depth, mut entries, mut open, mut arrow) = (0, 0, false, false);
    for token in list.stream() {
        match &token {
            TokenTree::Punct(mark) if mark.as_char() == '<' => depth += 1,
            TokenTree::Punct(mark) if mark.as_char() == '>' && !arrow => depth -= 1,
            TokenTree::Punct(mark) if mark.as_char() == ',' && depth == 0 => {
                open = false;
                continue;
            }
            _ => {}
        }
        arrow = is_punct(&token, '-');
        entries += usize::from(!open);
        open = true;
    }
    entries
}

/// Paths of names, such as `["crate", "text", "fold"]`, at all levels of the tokens. An imported
/// first name is replaced by the path that it was imported by; lists in `use` are taken apart.
pub fn paths(tokens: &[TokenTree]) -> Vec<Vec<String>> {
    let (mut found, mut imports) = (Vec::new(), HashMap::new());
    each_level(tokens, &mut |level| {
        for (at, token) in level.iter().enumerate() {
            if ident(Some(token)).as_deref() == Some("use") {
                follow(&level[at + 1..], Vec::new(), &mut |path, name| {
                    imports.insert(name.to_owned(), path.to_vec());
                });
            }
        }
    });
    each_level(tokens, &mut |level| {
        for (at, token) in level.iter().enumerate() {
            let inside = at >= 2 && is_punct(&level[at - 1], ':') && is_punct(&level[at - 2], ':');
            if inside || ident(Some(token)).is_none() {
                continue;
            }
            follow(&level[at..], Vec::new(), &mut |path, _| found.push(path.to_vec()));
        }
    });
    for path in &mut found {
        let keyword = ["crate", "super", "self"].contains(&path[0].as_str());
        if let Some(import) = imports.get(&path[0]).filter(|_| !keyword) {
            path.splice(..1, import.iter().cloned());
        }
    }
    found
}

/// Reads one path from the start of `tokens`, behind `prefix`; calls `tell` with each path that it
/// stands for and the name by which that is known afterwards.
fn follow(tokens: &[TokenTree], prefix: Vec<String>, tell: &mut impl FnMut(&[String], &str)) {
    let mut path = prefix;
    let mut at = 0;
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(name)) => path.push(name.to_string()),
            Some(TokenTree::Group(list)) if list.delimiter() == Delimiter::Brace && at > 0 => {
                let entries: Vec<TokenTree> = list.stream().into_iter().collect();
                for entry in entries.split(|token| is_punct(token, ',')) {
                    if ident(entry.first()).as_deref() == Some("self") {
                        tell(&path, path.last().map_or("", String::as_str));
                    } else if !entry.is_empty() {
                        follow(entry, path.clone(), tell);
                    }
                }
                return;
            }
            _ => break,
        }
        at += 1;
        let goes_on = tokens.get(at).is_some_and(|t| is_punct(t, ':'))
            && tokens.get(at + 1).is_some_and(|t| is_punct(t, ':'));
        if !goes_on {
            break;
        }
        at += 2;
    }
    let renamed = (ident(tokens.get(at)).as_deref() == Some("as"))
        .then(|| ident(tokens.get(at + 1)))
        .flatten();
    let name = renamed.or_else(|| path.last().cloned()).unwrap_or_default();
    if !path.is_empty() {
        tell(&path, &name);
    }
}
