//! Cuts a text into sentences without ever cutting through “ ” or 「 」.
//!
//! Sentences tile the text: every byte, white space included, belongs to exactly one, and joined
//! they give the text back. A line break always ends a sentence and closes whatever quotation was
//! still open.

use super::Span;

/// Longest quotation, in characters, that holds a sentence together. A mark opened and never closed
/// in a text without line breaks would otherwise swallow the rest of it; real quotations above this
/// length are below one in 10,000 in news.
const MAX_QUOTED: usize = 1_500;

/// Longest sentence in characters; a longer run without any mark is cut at the last comma or,
/// failing that, here.
const MAX_SENTENCE: usize = 2_000;

/// The sentences of `text`, in order, tiling it.
///
/// ```
/// use jianbao::text::sentence::sentences;
/// let text = "他说：“行。就这样。”她走了。";
/// let cut: Vec<&str> = sentences(text).into_iter().map(|s| s.of(text)).collect();
/// assert_eq!(cut, ["他说：“行。就这样。”", "她走了。"]);
/// ```
pub fn sentences(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    for paragraph in paragraphs(text) {
        cut_paragraph(paragraph.of(text), paragraph.start, &mut found);
    }
    found
}

/// The paragraphs of `text`: its lines, each with the line breaks and blank lines that follow it.
/// They tile the text.
pub fn paragraphs(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut broken = false;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            broken = true;
        } else if broken && !c.is_whitespace() {
            found.push(Span::new(start, at));
            start = at;
            broken = false;
        }
    }
    if start < text.len() {
        found.push(Span::new(start, text.len()));
    }
    found
}

/// The mark that closes a quotation opened by `c`; `None` where `c` opens none. A straight `"` is
/// its own partner.
pub fn closing_mark(c: char) -> Option<char> {
    Some(match c {
        '“' => '”',
        '「' => '」',
        '『' => '』',
        '‘' => '’',
        '"' => '"',
        '＂' => '＂',
        _ => return None,
    })
}

/// True if `c` ends a sentence by itself.
pub fn is_terminator(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '!' | '?' | '…' | '；' | ';' | '｡')
}

fn cut_paragraph(text: &str, base: usize, found: &mut Vec<Span>) {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let offset = |i: usize| chars.get(i).map_or(text.len(), |&(at, _)| at);
    let mut start = 0;
    let mut i = 0;
    let mut comma = 0;
    let mut absent = Absent::default();
    while i < chars.len() {
        let c = chars[i].1;
        if let Some(close) = closing_mark(c)
            && absent.may_close(&chars, i, close)
            && let Some(end) = find_close(&chars, i, c, close)
        {
            // Jump over the quotation; where its last words end a sentence and no clause goes on,
            // so does this one.
            let ended = end > i + 1
                && is_terminator(chars[end - 1].1)
                && !matches!(chars[end - 1].1, '；' | ';');
            i = end + 1;
            if ended && !continues(&chars, i) {
                i = absorb_closers(&chars, i);
                found.push(Span::new(base + offset(start), base + offset(i)));
                start = i;
                comma = i;
            }
            continue;
        }
        if matches!(c, '，' | ',' | '、') {
            comma = i + 1;
        }
        i += 1;
        let too_long = i - start >= MAX_SENTENCE;
        if too_long && comma > start {
            i = comma;
        }
        if too_long || ends_here(&chars, i - 1) {
            i = absorb_closers(&chars, i);
            found.push(Span::new(base + offset(start), base + offset(i)));
            start = i;
            comma = i;
        }
    }
    if start < chars.len() {
        if chars[start..].iter().all(|(_, c)| c.is_whitespace())
            && found.last().is_some_and(|s| s.end == base + offset(start))
        {
            if let Some(last) = found.last_mut() {
                last.end = base + text.len();
            }
        } else {
            found.push(Span::new(base + offset(start), base + text.len()));
        }
    }
}

/// Closing marks that are known not to stand before a place, so that a text of nothing but opening
/// marks is looked through once.
#[derive(Default)]
struct Absent(Vec<(char, usize)>);

impl Absent {
    /// True if `close` stands within [`MAX_QUOTED`] characters behind `open`.
    fn may_close(&mut self, chars: &[(usize, char)], open: usize, close: char) -> bool {
        let known = match self.0.iter().position(|(mark, _)| *mark == close) {
            Some(at) => at,
            None => {
                self.0.push((close, 0));
                self.0.len() - 1
            }
        };
        let until = &mut self.0[known].1;
        let end = chars.len().min(open + 1 + MAX_QUOTED);
        let from = (*until).max(open + 1).min(end);
        match chars[from..end].iter().position(|&(_, c)| c == close) {
            Some(at) => {
                *until = from + at;
                true
            }
            None => {
                *until = end;
                false
            }
        }
    }
}

/// The close of the quotation opened at `open`: the index of its closing mark, nesting respected.
fn find_close(chars: &[(usize, char)], open: usize, mark: char, close: char) -> Option<usize> {
    let mut depth = 1;
    for (i, &(_, c)) in chars.iter().enumerate().skip(open + 1).take(MAX_QUOTED) {
        if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(i);
            }
        } else if c == mark {
            depth += 1;
        }
    }
    // A nested mark that itself lacks its partner must not lose the outer one.
    chars
        .iter()
        .enumerate()
        .skip(open + 1)
        .take(MAX_QUOTED)
        .find(|(_, (_, c))| *c == close)
        .map(|(i, _)| i)
}

/// True if what follows a quotation still belongs to its sentence: “……。”李彦宏说。
fn continues(chars: &[(usize, char)], next: usize) -> bool {
    let Some(&(_, c)) = chars.get(next) else { return false };
    if matches!(c, '，' | ',' | '、' | '：' | ':' | '；' | ';' | '（' | '(' | '—' | '的') {
        return true;
    }
    // An attribution after the words is short and has a cue of saying before its sentence ends.
    let mut rest = String::new();
    for &(_, c) in chars.iter().skip(next).take(40) {
        if is_terminator(c) || matches!(c, '，' | ',' | '“' | '「' | '：' | ':' | '\n') {
            break;
        }
        rest.push(c);
    }
    const SAYING: [&str; 16] = [
        "说", "說", "称", "稱", "表示", "道", "指出", "认为", "認為", "坦言", "告诉", "告訴",
        "介绍", "介紹", "问", "問",
    ];
    SAYING.iter().any(|cue| rest.contains(cue))
}

/// True if the character at `i` ends a sentence, what follows it considered.
fn ends_here(chars: &[(usize, char)], i: usize) -> bool {
    let c = chars[i].1;
    let next = chars.get(i + 1).map(|&(_, c)| c);
    match c {
        '；' | ';' => false,
        '…' => next != Some('…') && next.is_none_or(|n| !matches!(n, '，' | ',' | '、' | '。')),
        '.' => {
            let before = i.checked_sub(1).map(|b| chars[b].1);
            next.is_none_or(char::is_whitespace)
                && before.is_some_and(|b| b.is_alphanumeric() && !b.is_ascii_uppercase())
        }
        c if is_terminator(c) => next.is_none_or(|n| !is_terminator(n)),
        _ => false,
    }
}

/// Takes closing brackets, closing marks and white space after a sentence's end into it.
fn absorb_closers(chars: &[(usize, char)], mut i: usize) -> usize {
    while let Some(&(_, c)) = chars.get(i) {
        if matches!(c, '”' | '」' | '』' | '’' | '）' | ')' | '】' | '》') || c.is_whitespace()
        {
            i += 1;
        } else {
            break;
        }
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|s| s.of(text)).collect()
    }

    #[test]
    fn a_quotation_of_several_sentences_stays_whole() {
        assert_eq!(cut("「行。走吧！」他說。天亮了。"), ["「行。走吧！」他說。", "天亮了。"]);
    }

    #[test]
    fn a_quotation_that_ends_the_sentence_ends_it() {
        assert_eq!(cut("他说：“对。”她没说话"), ["他说：“对。”她没说话"]);
        assert_eq!(
            cut("他点头：“对。”天亮了，大家散去。"),
            ["他点头：“对。”", "天亮了，大家散去。"]
        );
    }

    #[test]
    fn an_unclosed_quotation_ends_with_its_paragraph() {
        assert_eq!(cut("他说，“对。不错。\n天亮了。"), ["他说，“对。", "不错。\n", "天亮了。"]);
    }

    #[test]
    fn decimals_and_semicolons_do_not_cut() {
        assert_eq!(cut("涨6.4%；跌2.3%。完"), ["涨6.4%；跌2.3%。", "完"]);
        assert_eq!(cut("等等……他走了。真的？！是。"), ["等等……", "他走了。", "真的？！", "是。"]);
    }

    #[test]
    fn a_run_without_marks_is_cut_all_the_same() {
        let text = "长".repeat(5_000);
        assert_eq!(sentences(&text).len(), 3);
    }

    proptest! {
        #[test]
        fn sentences_tile_the_text(text in "([。！？…“”「」‘’\"\\n ，：他说a.；（）]|\\PC){0,60}") {
            let mut at = 0;
            for s in sentences(&text) {
                prop_assert_eq!(s.start, at);
                prop_assert!(s.end > s.start && text.is_char_boundary(s.end));
                at = s.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
