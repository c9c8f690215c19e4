//! Prefixes glued to the first line of a text: datelines, bylines in brackets, 原标题：, `[
//! 2023-07-28 16：40 ] ，正文：`.
//!
//! Only what is certain is cut: a dateline needs an outlet and its closing word (电, 讯), a byline
//! its role.

use super::find::Findings;
use super::label::{Headers, LabelKind};
use super::title::same_title;
use super::{DateOrigin, date, name};
use crate::text::{Span, is_han};

/// Cuts all prefixes off `text`; gives what is left of it.
pub fn cut<'a>(text: &'a str, headers: &Headers, findings: &mut Findings) -> &'a str {
    let mut rest = text;
    for _ in 0..8 {
        let before = rest.len();
        for rule in [
            crawl_prefix,
            original_title,
            slashed,
            bracketed,
            parenthesised,
            dateline,
            glued_source,
        ] {
            if let Some(length) = rule(rest, headers, findings).filter(|&length| length > 0) {
                rest = rest[length..].trim_start();
                // 本文转自【南湖晚报】；南湖晚报讯
                rest = rest.trim_start_matches(['；', ';']);
                break;
            }
        }
        if rest.len() == before {
            break;
        }
    }
    if rest.len() < text.len() {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "，,：:；;。".contains(c));
    }
    rest
}

/// Returns true if `line` starts with a dateline, so that it is no title.
pub fn starts(line: &str, headers: &Headers) -> bool {
    let found = &mut Findings::default();
    dateline(line, headers, found).or_else(|| crawl_prefix(line, headers, found)).is_some()
}

/// `[ 2023-07-28 16：40 ] ，正文：`, `8-11 15:10，正文：`, `正文：`.
fn crawl_prefix(text: &str, _: &Headers, findings: &mut Findings) -> Option<usize> {
    let start = text.trim_start_matches([' ', '[', '【']);
    let written = date::scan(start);
    let after_date = written.map_or(start, |(_, length)| &start[length..]);
    let after = after_date.trim_start_matches([' ', ']', '】', ',', '，', ';', '；']);
    let bracketed =
        text.starts_with('[') && written.is_some() && after_date.trim_start().starts_with(']');
    let rest = match after
        .strip_prefix("正文")
        .map(str::trim_start)
        .and_then(|rest| rest.strip_prefix([':', '：']))
    {
        Some(rest) => rest,
        None if bracketed => after,
        None => return None,
    };
    if let Some((written, length)) = written {
        findings.dates.push((written, start[..length].to_owned(), DateOrigin::Header));
    }
    Some(text.len() - rest.len())
}

/// 原标题：…, where the end of the title is certain, or a model is sure of it; else only the mark
/// goes.
fn original_title(text: &str, headers: &Headers, findings: &mut Findings) -> Option<usize> {
    let opened = text.starts_with(['（', '(', '【']);
    let inner = text.trim_start_matches(['（', '(', '【']);
    let (LabelKind::Title, value) = headers.labelled(inner)? else { return None };
    let start = text.len() - inner.len() + value;
    let rest = &text[start..];
    if opened {
        let end = rest.find(['）', ')', '】']).filter(|&end| end <= 240)?;
        findings.take(LabelKind::Title, &rest[..end], headers);
        return Some(start + rest[end..].chars().next().map_or(end, |c| end + c.len_utf8()));
    }
    if let Some(length) = findings.title.as_deref().and_then(|title| repeated(rest, title)) {
        return Some(start + length);
    }
    if let Some((length, said_again)) = title_length(rest, headers) {
        findings.take(LabelKind::Title, &rest[..length], headers);
        return Some(start + said_again);
    }
    if let Some(length) = headers.title_end(rest) {
        findings.take(LabelKind::Title, &rest[..length], headers);
        return Some(start + length);
    }
    Some(start)
}

/// The length of `title` at the start of `text`.
fn repeated(text: &str, title: &str) -> Option<usize> {
    if let Some(rest) = text.strip_prefix(title) {
        return Some(text.len() - rest.len());
    }
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(title.chars().count() + 6);
    end.filter(|&end| end + 12 >= title.len()).find(|&end| same_title(&text[..end], title))
}

/// The length of an unknown title at the start of `text`, and where the text after it starts: the
/// title is said twice, or a dateline follows it. A second time that stands apart is a heading, one
/// that does not may be the beginning of the first sentence.
fn title_length(text: &str, headers: &Headers) -> Option<(usize, usize)> {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).take(64).collect();
    let twice = ends.iter().copied().skip(6).find(|&end| {
        let rest = text[end..].trim_start();
        rest.starts_with(text[..end].trim_end()) && !text[..end].contains('。')
    });
    if let Some(end) = twice {
        let gap = text[end..].len() - text[end..].trim_start().len();
        let again = end + gap + text[..end].trim_end().len();
        let apart = text[again..].starts_with(char::is_whitespace);
        return Some((end, if apart { again } else { end }));
    }
    let sentence = text.find('。').unwrap_or(text.len());
    let end = ends.into_iter().skip(6).take_while(|&end| end < sentence).find(|&end| {
        let rest = &text[end..];
        let known = rest.starts_with('【') || headers.outlet(rest).is_some();
        let known = known
            && !text[..end]
                .ends_with(['据', '由', '和', '与', '、', '向', '对', '“', '《', '（', '(']);
        known
            && (dateline(rest, headers, &mut Findings::default()).is_some()
                || bracketed(rest, headers, &mut Findings::default()).is_some())
    })?;
    // 水退了本文转自【南湖晚报】：the label is of the outlet.
    let title = text[..end].trim_end();
    let label = ["本文转自", "本文來源", "本文来源", "转自"].iter().find(|l| title.ends_with(**l));
    Some((title.len() - label.map_or(0, |label| label.len()), end))
}

/// How the names of desks end, which stand before a slash in place of a reporter.
const DESK_ENDS: [&str; 7] = ["中心", "組", "组", "編譯", "新聞網", "部", "即時新聞"];

/// 記者林小明／台北報導, 〔記者林小明／台北報導〕, 國際中心／綜合報導: the desk or the reporters, a
/// slash, a place, and a word for reporting.
fn slashed(text: &str, headers: &Headers, findings: &mut Findings) -> Option<usize> {
    const REPORTS: [&str; 4] = ["報導", "报道", "報道", "外電"];
    let inner = text.trim_start_matches(['〔', '（', '(', '【', '[']);
    let opened = inner.len() < text.len();
    let window = inner.char_indices().map(|(at, _)| at).nth(40).unwrap_or(inner.len());
    let slash = inner[..window].find(['／', '/'])?;
    let (who, after) = (&inner[..slash], &inner[slash..]);
    let place = after.trim_start_matches(['／', '/', ' ']);
    let end = REPORTS.iter().filter_map(|word| Some(place.find(word)? + word.len())).min()?;
    let place_only = place[..end].chars().all(|c| is_han(c) || c == ' ');
    if !place_only || place[..end].chars().count() > 12 || who.contains(['，', '。', '：']) {
        return None;
    }
    let byline = name::byline(who, headers);
    let desk = DESK_ENDS.iter().any(|end| who.ends_with(end));
    let reporter = place[..end].trim_end_matches(REPORTS[0]);
    let located = PLACES.contains(&reporter) || reporter == "綜合";
    if byline.authors.is_empty() && byline.contributors.is_empty() && !desk {
        // 【林小明／台北報導】
        if !(opened && located && name::is_person(who)) {
            return None;
        }
        findings.authors.push(who.to_owned());
    } else if byline.authors.is_empty() && desk && !located && name::is_person(reporter) {
        // 國際中心／林小明報導
        findings.authors.push(reporter.to_owned());
    }
    findings.people(byline);
    if let Some((Some(outlet), _)) = headers.outlet(who) {
        findings.dateline_source = findings.dateline_source.take().or(Some(outlet.to_owned()));
    }
    let read = text.len() - place.len() + end;
    let close = text[read..].trim_start().chars().next().filter(|c| "〕）)】]".contains(*c));
    let gap = text[read..].len() - text[read..].trim_start().len();
    match close {
        Some(close) if opened => Some(read + gap + close.len_utf8()),
        None if opened => None,
        _ => Some(read),
    }
}

/// Marks in brackets that say how an article was made, and by nobody.
const DESKS: [&str; 8] = [
    "即時新聞／綜合報導",
    "综合报道",
    "綜合報導",
    "綜合報道",
    "本報訊",
    "本报讯",
    "即時報導",
    "專題報導",
];

/// 【环球网报道】, 【环球时报驻俄罗斯特派记者 肖新新】.
fn bracketed(text: &str, headers: &Headers, findings: &mut Findings) -> Option<usize> {
    let inner = text.strip_prefix(['【', '[', '〔', '（', '('])?;
    let round = text.starts_with(['（', '(']);
    let end = inner.find(['】', ']', '〕', '）', ')']).filter(|&end| end <= 180)?;
    let content = inner[..end].trim();
    let length =
        text.len() - inner.len() + end + inner[end..].chars().next().map_or(0, char::len_utf8);
    let outlet = headers.outlet(content);
    let byline = name::byline(content, headers);
    const ENDS: [&str; 11] =
        ["报道", "讯", "电", "消息", "记者", "報導", "報道", "訊", "電", "記者", "专讯"];
    let report = ENDS.iter().any(|end| content.ends_with(end));
    // 〔中央社〕, 【财新网】, （中央社）: the outlet alone.
    let alone = outlet.is_some_and(|(name, length)| name.is_some() && length == content.len());
    let desk = DESKS.contains(&content);
    // 【中時新聞網 林小明】
    let named = outlet.and_then(|(_, length)| content[length..].strip_prefix([' ', '\u{3000}']));
    let people = named.filter(|rest| !report && rest.len() < content.len() && is_all_names(rest));
    if let Some((kind, _)) = headers.labelled(content)
        && kind != LabelKind::Text
        && content.chars().count() <= 40
    {
        labelled_values(content, headers, findings);
        return Some(length);
    }
    // （湖北日报网）讯 is a dateline in a form of its own.
    if round && (!alone || text[length..].starts_with(['讯', '訊', '电', '電'])) {
        return None;
    }
    // [記者林小明台北報導]
    let unslashed = content.strip_suffix("報導").filter(|_| content.starts_with("記者"));
    let byline = unslashed.map_or(byline, |rest| name::byline(without_place(rest), headers));
    let known = outlet.is_some() && (report || people.is_some() || !byline.authors.is_empty());
    if !known && !alone && !desk && (unslashed.is_none() || byline.authors.is_empty()) {
        return None;
    }
    if let Some(people) = people.filter(|_| byline.roles == 0) {
        findings.authors.extend(name::names(people));
    }
    findings.dateline_source =
        findings.dateline_source.take().or(outlet.and_then(|(name, _)| name.map(str::to_owned)));
    findings.people(byline);
    Some(length)
}

/// Takes all labelled values of a short text.
pub fn labelled_values(text: &str, headers: &Headers, findings: &mut Findings) {
    let labels: Vec<_> = headers.labelled_in(text).collect();
    for (i, &(_, kind, value)) in labels.iter().enumerate() {
        let end = labels.get(i + 1).map_or(text.len(), |next| next.0);
        if value <= end {
            findings.take(kind, &text[value..end], headers);
        }
    }
}

/// （记者刘仲华、张慧中）, (通讯员 陈晶).
fn parenthesised(text: &str, headers: &Headers, findings: &mut Findings) -> Option<usize> {
    let (content, length) = parenthesis(text)?;
    // （中央社記者林小明台北28日電）
    let mut found = Findings::default();
    if dateline(content, headers, &mut found) == Some(content.len()) {
        findings.merge(found);
        return Some(length);
    }
    let byline = name::byline(content, headers);
    if let Some((kind, _)) = headers.labelled(content)
        && kind != LabelKind::Text
        && !content.contains('。')
    {
        labelled_values(content, headers, findings);
        return Some(length);
    }
    if byline.roles == 0
        || content.contains(['。', '？', '！'])
        || (byline.authors.is_empty() && byline.contributors.is_empty())
    {
        return None;
    }
    findings.people(byline);
    Some(length)
}

/// The content of a short parenthesis at the start of `text`, and its length.
fn parenthesis(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('（').or_else(|| text.strip_prefix('('))?;
    let end = inner.find(['）', ')']).filter(|&end| end <= 200)?;
    let close = inner[end..].chars().next().map_or(0, char::len_utf8);
    Some((&inner[..end], text.len() - inner.len() + end + close))
}

/// The closing words of a dateline. Those that are also ordinary words need a pause behind them.
const CLOSING: [(&str, Pause); 16] = [
    ("综合报道", Pause::Needed),
    ("专电", Pause::Free),
    ("快讯", Pause::Needed),
    ("快评", Pause::Needed),
    ("消息", Pause::Needed),
    ("报道", Pause::Needed),
    ("综合电", Pause::Free),
    ("综述", Pause::Needed),
    ("电讯", Pause::Needed),
    ("电", Pause::Free),
    ("讯", Pause::Free),
    ("報導", Pause::Needed),
    ("報道", Pause::Needed),
    ("電", Pause::Free),
    ("專電", Pause::Free),
    ("訊", Pause::Free),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pause {
    Needed,
    Free,
}

/// 人民网柏林7月28日电, 本报讯, 央视网消息（新闻联播）：, IT之家 8 月 12 日消息，,
/// 红网时刻新闻7月26日讯.
fn dateline(text: &str, headers: &Headers, findings: &mut Findings) -> Option<usize> {
    let (outlet, start) = match headers.outlet(text) {
        Some((name, length)) => (name, length),
        None => unknown_outlet(text, headers).or_else(|| reporters(text, headers))?,
    };
    let mut at = start;
    let mut byline = None;
    let mut written = None;
    let mut place = 0;
    while at < text.len() && at < start + 90 {
        let rest = &text[at..];
        if let Some(word) = closing(rest, written.is_some() || byline.is_some() || place == 0) {
            let byline = byline.map(|start: usize| {
                // The names end where a date after them starts, else at the closing word.
                let date =
                    written.and_then(|(_, raw)| Span::of_slice(text, raw)).map(|span| span.start);
                &text[start..date.filter(|&date| date > start).unwrap_or(at)]
            });
            let parts = DatelineParts { outlet, byline, written };
            return Some(close(text, at + word, parts, headers, findings));
        }
        let c = rest.chars().next()?;
        if written.is_none()
            && let Some((date, length)) = date::scan(rest)
            && matches!(date, date::Written::Calendar { day: Some(_), .. })
        {
            written = Some((date, &rest[..length]));
            at += length;
        } else if let Some((_, end)) = headers.label(rest).filter(|(kinds, _)| {
            kinds.contains(&LabelKind::Author) || kinds.contains(&LabelKind::Contributor)
        }) {
            byline = byline.or(Some(at));
            at += end;
        } else if let Some((_, length)) =
            parenthesis(rest).filter(|(content, _)| content.chars().count() <= 30)
        {
            at += length;
        } else if c == '据' {
            // 据新华社报道 says where the news is from; it belongs to the sentence.
            return None;
        } else if byline.is_some() && c == '，' {
            at += c.len_utf8();
        } else if is_han(c) || c.is_alphanumeric() || " \u{3000}\u{a0}·、-—－/".contains(c) {
            place += usize::from(!c.is_whitespace());
            at += c.len_utf8();
            if place > if byline.is_some() { 24 } else { 12 } {
                return None;
            }
        } else {
            return None;
        }
    }
    None
}

/// The length of the closing word that `rest` starts with. `certain` says that a date or a byline
/// was read, or that nothing stands between outlet and closing word; without that, a pause has to
/// follow.
fn closing(rest: &str, certain: bool) -> Option<usize> {
    let (word, pause) = CLOSING.iter().find(|(word, _)| rest.starts_with(word))?;
    let after = &rest[word.len()..];
    let paused = after.is_empty()
        || after.starts_with(|c: char| c.is_whitespace() || "，,：:（(【".contains(c));
    let fits = match pause {
        Pause::Free => certain || paused,
        Pause::Needed => certain && paused,
    };
    // 电话, 电视, 讯息 ...
    let another = after.starts_with([
        '话', '视', '影', '子', '力', '动', '商', '网', '息', '話', '視', '動', '網',
    ]);
    (fits && !another).then_some(word.len())
}

/// The parts of a dateline before its closing word.
struct DatelineParts<'a> {
    outlet: Option<&'a str>,
    byline: Option<&'a str>,
    written: Option<(date::Written, &'a str)>,
}

/// Ends a dateline at `end`: takes what it says, and the byline in brackets and the colon behind
/// it.
fn close(
    text: &str,
    end: usize,
    parts: DatelineParts<'_>,
    headers: &Headers,
    findings: &mut Findings,
) -> usize {
    if let Some(outlet) = parts.outlet {
        findings.dateline_source = findings.dateline_source.take().or(Some(outlet.to_owned()));
    }
    if let Some((written, raw)) = parts.written {
        findings.dates.push((written, raw.to_owned(), DateOrigin::Dateline));
    }
    if let Some(byline) = parts.byline {
        findings.people(name::byline(without_place(byline), headers));
    }
    let mut end = end;
    let rest = text[end..].trim_start();
    let spaces = text.len() - end - rest.len();
    if let Some((content, length)) = parenthesis(rest)
        && (name::byline(content, headers).roles > 0
            || rest[length..].starts_with(['：', ':'])
            || is_all_names(content))
        && !content.contains(['。', '，'])
    {
        findings.people(name::byline(content, headers));
        if name::byline(content, headers).roles == 0 && is_all_names(content) {
            findings.authors.extend(name::names(content));
        }
        end += spaces + length;
    }
    let rest = &text[end..];
    end + (rest.len()
        - rest.trim_start_matches(|c: char| c.is_whitespace() || "：:，,".contains(c)).len())
}

/// Places that datelines name right behind a reporter: 記者林小明台北28日電.
const PLACES: [&str; 60] = [
    "台北",
    "臺北",
    "新北",
    "桃園",
    "新竹",
    "苗栗",
    "台中",
    "臺中",
    "彰化",
    "南投",
    "雲林",
    "嘉義",
    "台南",
    "臺南",
    "高雄",
    "屏東",
    "宜蘭",
    "花蓮",
    "台東",
    "臺東",
    "澎湖",
    "金門",
    "馬祖",
    "基隆",
    "香港",
    "澳門",
    "北京",
    "上海",
    "廣州",
    "深圳",
    "東京",
    "首爾",
    "紐約",
    "華盛頓",
    "洛杉磯",
    "舊金山",
    "倫敦",
    "巴黎",
    "柏林",
    "布魯塞爾",
    "日內瓦",
    "莫斯科",
    "新加坡",
    "曼谷",
    "河內",
    "雅加達",
    "吉隆坡",
    "馬尼拉",
    "新德里",
    "雪梨",
    "坎培拉",
    "广州",
    "东京",
    "首尔",
    "纽约",
    "华盛顿",
    "伦敦",
    "台灣",
    "台湾",
    "大陸",
];

/// A byline without the place behind its last name: a known one, or behind 記者, as Taiwan's papers
/// write it, a word of its own. A day without its month (28日) behind the place goes with it.
fn without_place(byline: &str) -> &str {
    let byline = byline.trim_end();
    let byline = match byline.strip_suffix('日') {
        Some(rest) if rest.ends_with(|c: char| c.is_numeric()) => {
            rest.trim_end_matches(|c: char| c.is_numeric()).trim_end()
        }
        _ => byline,
    };
    if let Some(rest) = PLACES.iter().find_map(|place| byline.strip_suffix(place)) {
        return rest.trim_end_matches(|c: char| c.is_whitespace() || "／/".contains(c));
    }
    match byline.rsplit_once([' ', '\u{3000}', '／', '/']) {
        Some((names, place))
            if names.contains('記')
                && names.contains([' ', '\u{3000}'])
                && place.chars().count() == 2 =>
        {
            names
        }
        _ => byline,
    }
}

/// Returns true if a parenthesis behind a dateline holds names and nothing else: (杨娜 郭炯).
pub fn is_all_names(content: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let names = name::names(content);
    !names.is_empty()
        && names.len() <= 4
        && names.iter().map(|name| letters(name)).sum::<usize>() == letters(content)
}

/// 记者张华，通讯员刘琪莎报道：without an outlet.
fn reporters<'a>(text: &'a str, headers: &Headers) -> Option<(Option<&'a str>, usize)> {
    let (kinds, _) = headers.label(text)?;
    let role = kinds.contains(&LabelKind::Author) || kinds.contains(&LabelKind::Contributor);
    (role && text.starts_with(['记', '記', '通', '见', '實', '实', '特', '首', '全', '本']))
        .then_some((None, 0))
}

/// An outlet that no lexicon knows, at the start of `text`: a short word that ends like one, with a
/// full dateline behind it.
fn unknown_outlet<'a>(text: &'a str, headers: &Headers) -> Option<(Option<&'a str>, usize)> {
    const ENDS: [&str; 14] = [
        "日报",
        "晚报",
        "时报",
        "晨报",
        "都市报",
        "早报",
        "快报",
        "新闻网",
        "新闻",
        "客户端",
        "电视台",
        "广播网",
        "通讯社",
        "在线",
    ];
    let window: usize = text.char_indices().map(|(at, _)| at).nth(14).unwrap_or(text.len());
    let head = &text[..window];
    let stop = head.find(|c: char| !is_han(c) && !c.is_ascii_alphanumeric()).unwrap_or(window);
    let digits = head.find(|c: char| c.is_ascii_digit()).unwrap_or(window);
    let head = &head[..stop.min(digits)];
    if head.contains(['据', '在', '的', '了', '是', '与', '对', '被', '称'])
        || headers.names_within(head)
    {
        return None;
    }
    let end = ENDS
        .iter()
        .filter_map(|end| head.find(end).filter(|&at| at > 0).map(|at| at + end.len()))
        .max()?;
    Some((Some(&text[..end]), end))
}

/// 来源：人民网－湖北频道 glued to the text: a known outlet with its channel.
fn glued_source(text: &str, headers: &Headers, findings: &mut Findings) -> Option<usize> {
    let (LabelKind::Source, value) = headers.labelled(text)? else { return None };
    let rest = &text[value..];
    let (Some(name), length) = headers.outlet(rest)? else { return None };
    let after = &rest[length..];
    let channel = after.strip_prefix(['－', '-', '—']).and_then(|inner| {
        let end = inner.find("频道").filter(|&end| end <= 24)? + "频道".len();
        Some(after.len() - inner.len() + end)
    });
    // 来源：人民网记者 … and 来源：光明网客户端 go on; a channel, a space or a bracket ends it.
    if channel.is_none() && !after.starts_with(|c: char| c.is_whitespace() || "【（([".contains(c))
    {
        return None;
    }
    findings.source = findings.source.take().or(Some(name.to_owned()));
    Some(value + length + channel.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_in_brackets_of_taiwan_and_hong_kong_are_cut() {
        let headers = Headers::new(&crate::definition::Definition::embedded()).unwrap();
        for (mark, source, authors) in [
            ("【大公報訊】記者林小明報道：", Some("大公報"), &["林小明"][..]),
            ("【明報專訊】", Some("明報"), &[]),
            ("【本報訊】", None, &[]),
            ("〔中央社〕", Some("中央社"), &[]),
            ("【中時新聞網 林小明】", Some("中時新聞網"), &["林小明"]),
            ("[記者林小明台北報導]", None, &["林小明"]),
            ("【林小明／台北報導】", None, &["林小明"]),
            ("國際中心／林小明報導 ", None, &["林小明"]),
            ("〔即時新聞／綜合報導〕", None, &[]),
        ] {
            let mut found = Findings::default();
            let text = format!("{mark}水廠擴建工程昨天動工。");
            assert_eq!(cut(&text, &headers, &mut found), "水廠擴建工程昨天動工。", "{mark}");
            assert_eq!(found.dateline_source.as_deref(), source, "{mark}");
            assert_eq!(found.authors, authors, "{mark}");
        }
        for text in ["【獨家】水廠動工。", "（水廠）昨天動工。", "〔中央社論壇〕昨天開幕。"]
        {
            assert_eq!(cut(text, &headers, &mut Findings::default()), text);
        }
    }

    #[test]
    fn the_label_of_an_outlet_behind_a_glued_title_is_no_part_of_it() {
        let headers = Headers::new(&crate::definition::Definition::embedded()).unwrap();
        let mut found = Findings::default();
        let text = "原标题：水退了，北堤守住了本文转自【澎湃新闻】；北堤昨夜守住。";
        assert_eq!(cut(text, &headers, &mut found), "北堤昨夜守住。");
        assert_eq!(found.title.as_deref(), Some("水退了，北堤守住了"));
        assert_eq!(found.dateline_source.as_deref(), Some("澎湃新闻"));
    }

    #[test]
    fn the_place_behind_a_reporter_is_no_name() {
        assert_eq!(without_place("記者林小明台北"), "記者林小明");
        assert_eq!(without_place("記者林小明台北28日"), "記者林小明");
        assert_eq!(without_place("記者 林小明 臨江"), "記者 林小明");
        assert_eq!(without_place("记者刘仲华、张慧中"), "记者刘仲华、张慧中");
        assert_eq!(without_place("记者 王曦 李强"), "记者 王曦 李强");
    }
}
