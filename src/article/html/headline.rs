//! The headline of a page: the line that the page's title begins with, else the title without the
//! names of the site and its channels.

/// The evidence for a page's headline.
pub struct Titles<'a> {
    /// The page's `<title>`.
    pub document: Option<&'a str>,
    /// The title of its meta tags or of its data.
    pub meta: Option<&'a str>,
    /// Its headings, the highest first.
    pub headings: &'a [String],
    /// Its first lines.
    pub lines: &'a [String],
}

/// A headline has at most so many characters.
const LONGEST: usize = 120;

/// The headline, if there is any.
pub fn choose(titles: &Titles<'_>) -> Option<String> {
    let document = titles.document.map(collapsed).filter(|title| !title.is_empty());
    if let Some(document) = &document {
        let said = titles.headings.iter().chain(titles.lines);
        let begins = said.filter(|line| begins_with(document, line));
        if let Some(line) = begins.max_by_key(|line| line.len()) {
            return Some(line.clone());
        }
    }
    if let Some(meta) = titles.meta.map(collapsed).filter(|title| !title.is_empty()) {
        // A quotation mark in the tag may have cut the title off.
        let whole = titles.headings.iter().find(|heading| {
            heading.len() > meta.len()
                && heading.chars().count() <= LONGEST
                && heading.starts_with(without_site(&meta))
        });
        return Some(whole.cloned().unwrap_or_else(|| without_site(&meta).to_owned()));
    }
    let heading = titles.headings.iter().find(|heading| {
        let count = heading.chars().count();
        (4..=LONGEST).contains(&count)
            && document
                .as_ref()
                .is_none_or(|document| letters(document).contains(&letters(heading)))
    });
    heading.cloned().or_else(|| document.map(|document| without_site(&document).to_owned()))
}

fn collapsed(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Returns true if a title is this line, or this line with a separator behind it.
fn begins_with(title: &str, line: &str) -> bool {
    let count = line.chars().count();
    let Some(rest) = title.strip_prefix(line) else { return false };
    (4..=LONGEST).contains(&count)
        && (rest.is_empty()
            || rest.trim_start().starts_with(|c: char| "-_|｜丨—–·<《(（".contains(c)))
}

/// How the names of sites and channels end.
const SITE_ENDS: [&str; 38] = [
    "网",
    "網",
    "报",
    "報",
    "社",
    "台",
    "臺",
    "新闻",
    "新聞",
    "在线",
    "在線",
    "频道",
    "頻道",
    "客户端",
    "门户",
    "资讯",
    "资讯网",
    "公众号",
    "公眾號",
    "平台",
    "官网",
    "官網",
    "人民政府",
    "发布",
    "周刊",
    "週刊",
    "雜誌",
    "杂志",
    "日报",
    "News",
    "news",
    "Paper",
    ".com",
    ".cn",
    "Online",
    "号",
    "中心",
    "博客",
];

/// Names of channels, which stand between the headline and the site.
const CHANNELS: [&str; 40] = [
    "时政",
    "要闻",
    "国内",
    "国际",
    "社会",
    "财经",
    "经济",
    "科技",
    "体育",
    "娱乐",
    "文化",
    "教育",
    "健康",
    "军事",
    "法治",
    "地方",
    "观点",
    "评论",
    "滚动",
    "图片",
    "视频",
    "首页",
    "正文",
    "詳細",
    "政治",
    "社會",
    "國際",
    "財經",
    "產業",
    "生活",
    "地方新聞",
    "即時",
    "要聞",
    "兩岸",
    "體育",
    "娛樂",
    "焦点",
    "热点",
    "房产",
    "汽车",
];

/// Returns true if a part of a title is the name of a site or a channel.
fn is_site(part: &str) -> bool {
    let part = part.trim();
    let count = part.chars().count();
    count <= 24
        && (CHANNELS.contains(&part) || (count >= 2 && SITE_ENDS.iter().any(|e| part.ends_with(e))))
}

/// A page's title without the names of channels and site behind it: `标题_新闻网`,
/// `标题-时政-新闻网`, `标题丨新闻网`. A part that may belong to the headline stays.
pub fn without_site(title: &str) -> &str {
    let mut rest = title.trim();
    for _ in 0..4 {
        let cut = rest.char_indices().rev().find(|(_, c)| "-_|｜丨—–".contains(*c));
        let Some((at, mark)) = cut else { break };
        let (before, after) = (&rest[..at], &rest[at + mark.len_utf8()..]);
        let before =
            before.trim_end_matches(|c: char| c.is_whitespace() || "-_|｜丨—–".contains(c));
        // Underscores stand in no headline.
        let certain = mark == '_' || (matches!(mark, '|' | '｜') && after.chars().count() <= 12);
        if before.chars().count() < 4 || !(is_site(after) || certain || after.trim().is_empty()) {
            break;
        }
        rest = before;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_and_channels_behind_a_title_go() {
        for title in [
            "城东水厂昨日开工-新华网",
            "城东水厂昨日开工_腾讯新闻",
            "城东水厂昨日开工丨东湖网",
            "城东水厂昨日开工——东湖网",
            "城东水厂昨日开工 – 东湖网",
            "城东水厂昨日开工-时政-人民网",
            "城东水厂昨日开工 | 社會 | 聯合新聞網",
            "城东水厂昨日开工_财经_东湖在线",
        ] {
            assert_eq!(without_site(title), "城东水厂昨日开工", "{title}");
        }
        for title in ["快评丨水厂开工该快", "一江清水-大湖治理十年", "A-股大跌", "5G-A来了"]
        {
            assert_eq!(without_site(title), title);
        }
    }

    #[test]
    fn the_line_that_the_title_begins_with_is_the_headline() {
        let lines = ["东湖网".to_owned(), "一江清水-大湖".to_owned()];
        let titles = Titles {
            document: Some("一江清水-大湖-东湖网"),
            meta: None,
            headings: &[],
            lines: &lines,
        };
        assert_eq!(choose(&titles).as_deref(), Some("一江清水-大湖"));
    }

    #[test]
    fn a_title_that_a_quotation_mark_cut_off_gives_way_to_the_heading() {
        let headings = ["李明：\"水厂\"明年完工".to_owned()];
        let titles =
            Titles { document: None, meta: Some("李明："), headings: &headings, lines: &[] };
        assert_eq!(choose(&titles).as_deref(), Some("李明：\"水厂\"明年完工"));
    }
}
