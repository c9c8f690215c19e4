//! Names of people in bylines: 记者刘仲华、张慧中; 通讯员 邓圣立.

use super::label::{Headers, LabelKind};
use crate::text::is_han;

/// The people in a byline, by role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Byline {
    /// 记者, 作者.
    pub authors: Vec<String>,
    /// 通讯员, 实习生.
    pub contributors: Vec<String>,
    /// How many roles were named, of any kind.
    pub roles: usize,
}

/// Reads a byline: roles with the names behind them. The text before the first role (新京报,
/// 总台) is its outlet and is left.
pub fn byline(text: &str, headers: &Headers) -> Byline {
    let roles: Vec<(usize, usize, LabelKind)> = headers
        .labels_in(text)
        .filter_map(|(start, end, kinds)| {
            // 文 in 陈大文 is a part of the name.
            let alone = |c: char| c.is_whitespace() || "、，,/／|｜丨:：)）(（".contains(c);
            let single = end - start <= 3;
            let apart = text[..start].chars().next_back().is_none_or(alone)
                && text[end..].chars().next().is_none_or(alone);
            if single && !apart {
                return None;
            }
            let people = |kind: &&LabelKind| {
                matches!(
                    kind,
                    LabelKind::Author
                        | LabelKind::Contributor
                        | LabelKind::Credit
                        | LabelKind::Source
                )
            };
            kinds.iter().find(people).map(|&kind| (start, end, kind))
        })
        .collect();
    let mut byline = Byline { roles: roles.len(), ..Byline::default() };
    for (i, &(_, end, kind)) in roles.iter().enumerate() {
        let until = roles.get(i + 1).map_or(text.len(), |next| next.0);
        let names = names(&text[end..until]);
        match kind {
            LabelKind::Author => byline.authors.extend(names),
            LabelKind::Contributor => byline.contributors.extend(names),
            _ => {}
        }
    }
    byline
}

/// The names that a list starts with, up to the first part that is no name: `刘仲华、张慧中`, `王
/// 曦`, `肖新新 环球时报特约`.
pub fn names(list: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut half: Option<char> = None;
    let mut outlets = 0;
    let list =
        list.trim_start_matches(|c: char| c.is_whitespace() || ":：丨|｜/／︱﹕∶@".contains(c));
    for part in list.split(|c: char| c.is_whitespace() || "、，,;；/／|｜&和".contains(c)) {
        let part = part.trim_matches(|c: char| "()（）[]【】。.·".contains(c));
        let part = part.strip_suffix('等').filter(|rest| is_person(rest)).unwrap_or(part);
        let mut chars = part.chars();
        if part.is_empty() {
            continue;
        }
        match (chars.next(), chars.next(), half.take()) {
            // 王  曦: a name of two characters, spread.
            (Some(c), None, Some(first)) => names.push(format!("{first}{c}")),
            (Some(c), None, None) if is_han(c) => half = Some(c),
            _ if is_person(part) => names.push(part.to_owned()),
            // 文|中国基建报 钟宏斌: the outlet stands before the first name.
            _ if names.is_empty()
                && outlets < 2
                && OUTLET_ENDS.iter().any(|end| part.ends_with(end)) =>
            {
                outlets += 1
            }
            _ => break,
        }
    }
    names
}

const OUTLET_ENDS: [&str; 8] = ["报", "网", "社", "台", "客户端", "新闻", "记者", "融媒"];

/// Words of two to four characters that stand in bylines and are no names.
const NO_NAMES: [&str; 51] = [
    "新闻联播",
    "中新财经",
    "央视财经",
    "实习生",
    "实习编辑",
    "亦有贡献",
    "系转载",
    "童工",
    "提供",
    "出品",
    "新华网",
    "摄影报道",
    "报道",
    "整理",
    "综合",
    "摄影",
    "摄",
    "供图",
    "文图",
    "编译",
    "实习",
    "电",
    "讯",
    "记者",
    "通讯员",
    "编辑",
    "本报",
    "新华社",
    "人民网",
    "央视",
    "发自",
    "图文",
    "供稿",
    "佚名",
    "報導",
    "報道",
    "綜合",
    "攝影",
    "供圖",
    "編譯",
    "電",
    "訊",
    "記者",
    "通訊員",
    "編輯",
    "本報",
    "新華社",
    "人民網",
    "央視",
    "圖文",
    "實習生",
];

/// The ends of words of more than two characters that are no names.
const NO_NAME_ENDS: [&str; 28] = [
    "记者",
    "融媒",
    "供",
    "报",
    "网",
    "社",
    "台",
    "报道",
    "电视",
    "客户端",
    "日电",
    "新闻",
    "摄",
    "報導",
    "報道",
    "電",
    "日電",
    "報",
    "網",
    "臺",
    "電視",
    "客戶端",
    "新聞",
    "攝",
    "攝影",
    "記者",
    "即時",
    "連線",
];

/// Returns true if a word can be the name of a person: two to four Chinese characters, a foreign
/// name with its dot, or a Latin name.
pub fn is_person(word: &str) -> bool {
    let count = word.chars().count();
    let han = word.chars().filter(|&c| is_han(c)).count();
    let dots = word.chars().filter(|&c| c == '·' || c == '•').count();
    let latin = word.chars().all(|c| c.is_ascii_alphabetic() || c == '.');
    (matches!((count, han, dots), (2..=4, h, 0) if h == count)
        || (dots > 0 && han + dots == count && count <= 15)
        || (latin && (2..=20).contains(&count)))
        && !NO_NAMES.contains(&word)
        && !(count > 2 && NO_NAME_ENDS.iter().any(|end| word.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_ends_at_the_first_word_that_is_none() {
        assert_eq!(names("刘仲华、张慧中 摄影报道"), ["刘仲华", "张慧中"]);
        assert_eq!(names("王  曦"), ["王曦"]);
        assert_eq!(names("中国基建报 钟宏斌"), ["钟宏斌"]);
        assert!(names("报道").is_empty());
    }

    #[test]
    fn a_label_within_a_name_is_a_part_of_it() {
        let headers = Headers::new(&crate::definition::Definition::embedded()).unwrap();
        let authors = |text: &str| byline(text, &headers).authors;
        assert_eq!(authors("记者林小明、陈大文"), ["林小明", "陈大文"]);
        assert_eq!(authors("记者 欧阳修文"), ["欧阳修文"]);
        assert_eq!(authors("記者 林小明 台北報導"), ["林小明"]);
    }

    #[test]
    fn roles_and_outlets_are_no_persons() {
        assert!(is_person("欧阳兰") && is_person("埃隆·马斯克") && is_person("J.K.Rowling"));
        assert!(!is_person("实习生") && !is_person("临江电视") && !is_person("第2名"));
    }
}
