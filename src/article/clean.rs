//! The tail of a text: editors, sources, disclaimers and share lines go; what they say of source
//! and authors is kept.

use super::dateline::labelled_values;
use super::find::Findings;
use super::header::TextLine;
use super::label::{Headers, LabelKind};
use super::name;
use crate::text::floor_boundary;

/// How far back from the end of a line boilerplate is looked for, in bytes.
const WINDOW: usize = 1200;

/// A footer is at most so many characters without a sentence end.
const FOOTER: usize = 150;

/// Takes the footer off the end of `lines`; never the last line whole, unless it is nothing but
/// footer.
pub fn cut(lines: &mut Vec<TextLine<'_>>, headers: &Headers, findings: &mut Findings) {
    cut_sections(lines, headers);
    cut_boilerplate(lines, headers);
    for _ in 0..24 {
        let Some(last) = lines.last_mut() else { return };
        let cut = footer_start(last.text, headers);
        let Some(start) = cut else { break };
        take(&last.text[start..], headers, findings);
        // 光明网 writes `[`, a line feed, `责编：徐皓 ]`.
        last.text = last.text[..start].trim_end().trim_end_matches(['[', '【']).trim_end();
        if last.text.is_empty() {
            lines.pop();
        }
        if lines.len() > 1
            && lines.last().is_some_and(|line| matches!(line.text, "[" | "【" | "(" | "（"))
        {
            lines.pop();
        }
    }
}

/// Cuts the parts below the article from their first heading on (相关阅读, 网友评论), which stands
/// in the lower half.
fn cut_sections(lines: &mut Vec<TextLine<'_>>, headers: &Headers) {
    let all: usize = lines.iter().map(|line| line.text.len()).sum();
    let mut above = 0;
    let heading = lines.iter().position(|line| {
        let low = above * 2 >= all || above >= 900;
        above += line.text.len();
        low && above > line.text.len() && headers.is_heading_below(line.text)
    });
    lines.truncate(heading.unwrap_or(lines.len()));
}

/// Cuts from the first boilerplate phrase among the last lines to the end.
fn cut_boilerplate(lines: &mut Vec<TextLine<'_>>, headers: &Headers) {
    let mut window = WINDOW;
    let mut cut = None;
    for (i, line) in lines.iter().enumerate().rev().take(8) {
        if window == 0 {
            break;
        }
        let from = floor_boundary(line.text, line.text.len().saturating_sub(window));
        let below =
            line.text.len() + lines[i + 1..].iter().map(|line| line.text.len()).sum::<usize>();
        let found = headers
            .boilerplate_in(&line.text[from..])
            .map(|(at, most)| (from + at, most))
            .filter(|&(at, _)| {
                i > 0 || at == 0 || !line.text[..at].trim_matches(OPENING).is_empty()
            })
            .find(|&(at, most)| begins(&line.text[..at]) && below - at <= most)
            .map(|(at, _)| at);
        if let Some(at) = found {
            cut = Some((i, at));
        }
        window = window.saturating_sub(line.text.len());
    }
    if let Some((i, at)) = cut {
        lines.truncate(i + 1);
        lines[i].text = lines[i].text[..at].trim_end().trim_end_matches(OPENING).trim_end();
        if lines[i].text.is_empty() {
            lines.pop();
        }
    }
}

/// Marks before the heading of a part below the article.
const OPENING: [char; 8] = ['【', '[', '▲', '▶', '►', '※', '◎', '●'];

/// Returns true if a sentence can begin after `before`.
fn begins(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(OPENING).trim_end();
    before.is_empty()
        || before.ends_with(|c: char| "。！？!?”」』…）)】]》；;~～".contains(c))
        || before.ends_with(['.'])
}

/// Where the footer at the end of `text` starts.
fn footer_start(text: &str, headers: &Headers) -> Option<usize> {
    if text.chars().count() <= 60 && (is_end_mark(text) || is_buttons(text)) {
        return Some(0);
    }
    let text = without_day(text);
    if let Some(start) = bracket_start(text) {
        let content = text[start..]
            .trim_matches(|c: char| c.is_whitespace() || "（(【[〔）)】]〕".contains(c));
        return is_footer(content, headers).then_some(start);
    }
    unbracketed_start(text, headers)
}

/// A text without the day of the Republic that Taiwan's agency writes behind its editor:
/// （編輯：陳大文）1120728.
fn without_day(text: &str) -> &str {
    let rest = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if text.len() - rest.len() == 7 && rest.ends_with(['）', ')']) { rest } else { text }
}

/// The start of the bracket that `text` ends with.
fn bracket_start(text: &str) -> Option<usize> {
    let close = text.chars().next_back()?;
    let opens: &[char] = match close {
        '）' | ')' => &['（', '('],
        '】' => &['【'],
        ']' => &['['],
        '〕' => &['〔'],
        _ => return None,
    };
    let window = floor_boundary(text, text.len().saturating_sub(240));
    text[window..].rfind(opens).map(|at| window + at)
}

/// Returns true if the content of a closing bracket is footer: 完, 责任编辑：…, 记者 …, 来源：….
fn is_footer(content: &str, headers: &Headers) -> bool {
    if is_end_mark(content) {
        return true;
    }
    if content.chars().count() > 80 || content.contains(['。', '？', '！']) {
        return false;
    }
    if headers.labelled(content).is_some_and(|(kind, _)| kind != LabelKind::Text) {
        return true;
    }
    let byline = name::byline(content, headers);
    if !byline.authors.is_empty() || !byline.contributors.is_empty() {
        return true;
    }
    // （李榕 韩哲） at the very end of a text.
    if content.chars().count() <= 12
        && super::dateline::is_all_names(content)
        && content.contains([' ', '、'])
    {
        return true;
    }
    let outlet =
        headers.outlet(content).is_some_and(|(_, length)| content[length..].chars().count() <= 6);
    outlet && !content.contains('，')
}

/// Returns true for the marks of an article's end and for remarks on its picture.
fn is_end_mark(content: &str) -> bool {
    const MARKS: [&str; 22] = [
        "完",
        "全文完",
        "结束",
        "結束",
        "本文完",
        "END",
        "end",
        "The End",
        "資料照片",
        "资料照片",
        "資料照",
        "资料图",
        "資料圖",
        "资料图片",
        "資料圖片",
        "示意圖",
        "示意图",
        "本報資料照片",
        "檔案照",
        "圖文無關",
        "图文无关",
        "网络图",
    ];
    MARKS.contains(&content.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Returns true for a line of buttons: 分享 facebook LINE, 讚 0 留言.
fn is_buttons(line: &str) -> bool {
    const BUTTONS: [&str; 34] = [
        "分享",
        "分享到",
        "分享至",
        "facebook",
        "line",
        "twitter",
        "微信",
        "微博",
        "朋友圈",
        "qq空间",
        "qq空間",
        "qq好友",
        "whatsapp",
        "telegram",
        "email",
        "讚",
        "赞",
        "点赞",
        "留言",
        "列印",
        "打印",
        "收藏",
        "複製連結",
        "复制链接",
        "評論",
        "评论",
        "轉發",
        "转发",
        "举报",
        "反馈",
        "舉報",
        "回報",
        "threads",
        "x",
    ];
    let mut words = 0;
    let parts = line.split(|c: char| c.is_whitespace() || "|｜/／:：,，、·".contains(c));
    let all = parts.filter(|part| !part.is_empty()).all(|part| {
        words += 1;
        part.bytes().all(|b| b.is_ascii_digit()) || BUTTONS.contains(&part.to_lowercase().as_str())
    });
    all && words >= 2
}

/// Where an unbracketed footer starts: a label right after the last sentence's end.
fn unbracketed_start(text: &str, headers: &Headers) -> Option<usize> {
    let window = floor_boundary(text, text.len().saturating_sub(FOOTER * 4));
    let tail = &text[window..];
    // The last place where a sentence ends with something behind it.
    let end = tail
        .char_indices()
        .rev()
        .find(|&(at, c)| "。！？”」』）)】]".contains(c) && at + c.len_utf8() < tail.len());
    let starts = match end {
        Some((at, c)) => at + c.len_utf8(),
        None if window == 0 => 0,
        None => return None,
    };
    let footer = tail[starts..].trim_start();
    if footer.is_empty() || footer.chars().count() > FOOTER {
        return None;
    }
    let start = window + tail.len() - footer.len();
    if headers
        .labelled(footer)
        .is_some_and(|(kind, _)| !matches!(kind, LabelKind::Text | LabelKind::Mark))
        && !(start == 0 && footer.chars().count() > 60)
    {
        return Some(start);
    }
    // 新京报记者 姜慧梓 编辑 陈静 校对 陈荻雁: roles and names, nothing else.
    let byline = name::byline(footer, headers);
    let people = byline.authors.len() + byline.contributors.len();
    let letters = footer.chars().filter(|c| c.is_alphanumeric()).count();
    if byline.roles > 0
        && people > 0
        && letters <= 12 + 8 * byline.roles
        && !footer.contains(['，', '“', '：'])
        && footer.contains([' ', '/', '|'])
    {
        return Some(start);
    }
    None
}

fn take(footer: &str, headers: &Headers, findings: &mut Findings) {
    let content =
        footer.trim_matches(|c: char| c.is_whitespace() || "（(【[〔）)】]〕".contains(c));
    if is_end_mark(content) || is_buttons(content) {
        return;
    }
    if headers.labelled_in(content).next().is_some() {
        labelled_values(content, headers, findings);
        return;
    }
    let byline = name::byline(content, headers);
    if byline.roles > 0 {
        findings.people(byline);
    } else if super::dateline::is_all_names(content) {
        findings.authors.extend(name::names(content));
    } else if let Some((Some(outlet), _)) = headers.outlet(content) {
        findings.source = findings.source.take().or(Some(outlet.to_owned()));
    }
}
