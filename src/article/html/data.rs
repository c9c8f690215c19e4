//! The values that a page states for machines: meta tags, microdata, JSON-LD, variables of scripts.

use dom_query::Document;
use serde_json::Value;

/// The stated values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// The headline.
    pub title: Option<String>,
    /// The dates of publication, likeliest first.
    pub dates: Vec<String>,
    /// The outlet that the article is from.
    pub source: Option<String>,
    /// The site, which may have it from elsewhere.
    pub site: Option<String>,
    /// The authors, as written.
    pub author: Option<String>,
    /// Section and keywords.
    pub tags: Vec<String>,
    /// The page's own address.
    pub url: Option<String>,
    /// The text, where the data holds it.
    pub text: Option<String>,
}

const DATES: [&str; 26] = [
    "article:published_time",
    "og:published_time",
    "bytedance:published_time",
    "og:release_date",
    "pubdate",
    "PubDate",
    "pubDate",
    "pubtime",
    "_pubtime",
    "publishdate",
    "publish_date",
    "publish-date",
    "publishDate",
    "PublishDate",
    "datePublished",
    "datepublished",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "apub:time",
    "DC.date.issued",
    "dc.date",
    "sailthru.date",
    "parsely-pub-date",
    "releaseDate",
    "createDate",
    "date",
];

/// The most bytes of a script that are parsed.
const LONGEST_SCRIPT: usize = 2 << 20;

/// Reads what a page states.
pub fn stated(document: &Document) -> Stated {
    let mut stated = meta(document);
    for script in document.select("script[type*='ld+json']").iter().take(12) {
        let text = script.text();
        if text.len() <= LONGEST_SCRIPT
            && let Some(value) = json(&text)
        {
            linked_data(&value, 0, &mut stated);
        }
    }
    for selector in ["[itemprop='datePublished']", "time[pubdate]", "time[datetime]"] {
        let found = document.select(selector).first();
        let value = found.attr("content").or_else(|| found.attr("datetime"));
        let value = value.map_or_else(|| found.text().trim().to_owned(), |v| v.trim().to_owned());
        stated.dates.extend((!value.is_empty()).then_some(value));
    }
    if stated.author.is_none() {
        let author = document.select("[itemprop='author']").first().text().trim().to_owned();
        stated.author = (2..=30).contains(&author.chars().count()).then_some(author);
    }
    if let Some(script) = document.select("script#__NEXT_DATA__").iter().next() {
        let text = script.text();
        if text.len() <= LONGEST_SCRIPT
            && let Ok(value) = serde_json::from_str::<Value>(&text)
        {
            application_data(&value, 0, &mut stated);
        }
    }
    of_scripts(document, &mut stated);
    stated.author = stated.author.filter(|author| !is_nobody(author));
    stated.source = stated.source.filter(|source| !is_nobody(source));
    stated.site = stated.site.filter(|site| !is_nobody(site));
    stated
}

fn meta(document: &Document) -> Stated {
    let content = |names: &[&str]| -> Option<String> {
        names.iter().find_map(|name| {
            let selector =
                format!("meta[property='{name}'], meta[name='{name}'], meta[itemprop='{name}']");
            let text = document.select(&selector).attr("content")?.trim().to_owned();
            (!text.is_empty() && !is_nobody(&text)).then_some(text)
        })
    };
    let keywords = content(&["article:tag", "keywords", "Keywords"]).unwrap_or_default();
    let keywords = keywords
        .split([',', '，', ' ', ';', '；', '、'])
        .filter(|word| !word.is_empty())
        .map(str::to_owned);
    let section = content(&["article:section", "ColumnName"]);
    let link = document.select("link[rel='canonical']").attr("href").map(|href| href.to_string());
    Stated {
        title: content(&["og:title", "ArticleTitle", "twitter:title"]),
        dates: DATES.iter().filter_map(|name| content(&[name])).collect(),
        source: content(&["source", "ContentSource", "contentSource", "mediaid", "og:source"]),
        site: content(&["og:site_name", "article:publisher", "publisher", "SiteName"]),
        author: content(&["author", "Author", "article:author", "og:article:author", "byl"]),
        tags: section.into_iter().chain(keywords).take(12).collect(),
        url: content(&["og:url"]).or(link),
        text: None,
    }
}

/// A value of JSON-LD; raw line feeds in its strings, which JSON forbids, count as spaces.
fn json(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
    serde_json::from_str(text).ok().or_else(|| {
        let spaced: String = text.chars().map(|c| if c < ' ' { ' ' } else { c }).collect();
        serde_json::from_str(spaced.trim_end_matches(';')).ok()
    })
}

/// Takes the values of an article in linked data: of schema.org, or of Baidu's cambrian.
fn linked_data(value: &Value, depth: u32, stated: &mut Stated) {
    match value {
        Value::Array(list) if depth < 4 => {
            list.iter().for_each(|value| linked_data(value, depth + 1, stated));
        }
        Value::Object(object) => {
            if let Some(graph) = object.get("@graph") {
                linked_data(graph, depth + 1, stated);
            }
            let text = |names: &[&str]| {
                let found = names.iter().find_map(|name| object.get(*name).and_then(Value::as_str));
                found.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
            };
            let Some(date) = text(&["datePublished", "pubDate", "dateCreated"]) else { return };
            stated.dates.push(date);
            stated.title = stated.title.take().or_else(|| text(&["headline", "title"]));
            let author = object.get("author").and_then(name_of);
            stated.author = stated.author.take().or(author);
            stated.site = stated.site.take().or_else(|| object.get("publisher").and_then(name_of));
            stated.text = stated.text.take().or_else(|| text(&["articleBody"]));
        }
        _ => {}
    }
}

/// The name of a person or an organisation: a text, or an object or a list with names.
fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => Some(name.trim().to_owned()),
        Value::Object(object) => Some(object.get("name")?.as_str()?.trim().to_owned()),
        Value::Array(list) => {
            let names: Vec<String> = list.iter().take(20).filter_map(name_of).collect();
            (!names.is_empty()).then(|| names.join("、"))
        }
        _ => None,
    }
    .filter(|name| !name.is_empty())
}

/// Takes the article in the data of an application (`__NEXT_DATA__`): the first object with a title
/// and a long text.
fn application_data(value: &Value, depth: u32, stated: &mut Stated) -> bool {
    let Value::Object(object) = value else {
        let list = value.as_array().filter(|_| depth < 8);
        return list.is_some_and(|list| {
            list.iter().take(50).any(|value| application_data(value, depth + 1, stated))
        });
    };
    let text = |names: &[&str]| {
        names.iter().find_map(|name| object.get(*name).and_then(Value::as_str)).map(str::to_owned)
    };
    let title = text(&["title", "headline"]);
    let body = text(&["content", "body", "articleBody", "contentHtml", "html", "text"]);
    if let (Some(title), Some(body)) = (title, body)
        && body.chars().count() > 80
    {
        stated.title = stated.title.take().or(Some(title));
        let dates = ["publishTime", "publishedAt", "publish_time", "pubDate", "datePublished"];
        stated.dates.extend(dates.iter().find_map(|name| match object.get(*name)? {
            Value::String(date) => Some(date.clone()),
            Value::Number(date) => Some(date.to_string()),
            _ => None,
        }));
        stated.source = stated.source.take().or_else(|| object.get("source").and_then(name_of));
        stated.author = stated.author.take().or_else(|| object.get("author").and_then(name_of));
        stated.text = Some(body);
        return true;
    }
    depth < 8 && object.values().any(|value| application_data(value, depth + 1, stated))
}

/// Takes the variables of scripts that WeChat and others write: `var ct = "1690533600"`.
fn of_scripts(document: &Document, stated: &mut Stated) {
    const DATE_NAMES: [&str; 6] =
        ["createTime", "publish_time", "publishTime", "pubtime", "var ct", "ptime"];
    for script in document.select("script").iter().take(60) {
        let text = script.text();
        if text.len() > LONGEST_SCRIPT {
            continue;
        }
        let dates = DATE_NAMES.iter().filter_map(|name| assigned(&text, name));
        stated.dates.extend(dates.filter(|date| date.contains(|c: char| c.is_ascii_digit())));
        if stated.source.is_none() {
            stated.source = assigned(&text, "nickname");
        }
    }
}

/// The quoted value that a script gives a name: `name = "value"`, `"name":"value"`,
/// `name = decode("value")`.
fn assigned(script: &str, name: &str) -> Option<String> {
    let mut places = script.match_indices(name);
    places.find_map(|(at, _)| {
        let rest = script[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
        let rest = rest.strip_prefix(['=', ':'])?.trim_start();
        let rest = rest.strip_prefix("htmlDecode(").unwrap_or(rest);
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = &rest[1..];
        let end = value.find(quote).filter(|&end| (1..=60).contains(&end))?;
        Some(value[..end].to_owned())
    })
}

/// Returns true for the placeholders of templates.
pub fn is_nobody(name: &str) -> bool {
    const NOBODY: [&str; 24] = [
        "name",
        "author",
        "admin",
        "administrator",
        "editor",
        "none",
        "null",
        "undefined",
        "source",
        "unknown",
        "未知",
        "佚名",
        "匿名",
        "编辑",
        "編輯",
        "作者",
        "来源",
        "來源",
        "本站",
        "网络",
        "互联网",
        "系统管理员",
        "管理员",
        "root",
    ];
    let parts = name.split([',', '，', ';']).map(str::trim);
    parts.into_iter().all(|part| {
        part.is_empty()
            || part.contains('@')
            || NOBODY.contains(&part.to_ascii_lowercase().as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linked_data_of_search_engines_is_read() {
        for page in [
            r#"<script type="application/ld+json">{"@context":"https://ziyuan.baidu.com/contexts/
               cambrian.jsonld","title":"水厂","pubDate":"2023-07-28T16:40:00"}</script>"#,
            r#"<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle",
               "headline":"水厂","datePublished":"2023-07-28T16:40:00","author":[{"name":"林小明"}]
               }]}</script>"#,
        ] {
            let stated = stated(&Document::from(page));
            assert_eq!(stated.title.as_deref(), Some("水厂"), "{page}");
            assert_eq!(stated.dates, ["2023-07-28T16:40:00"]);
        }
    }

    #[test]
    fn placeholders_are_nobody() {
        let page =
            "<meta name=author content='name, email@gmail.com'><meta name=source content=' '>";
        let stated = stated(&Document::from(page));
        assert_eq!((stated.author, stated.source), (None, None));
        assert!(!is_nobody("林小明") && is_nobody("未知") && is_nobody("a@b.cn"));
    }

    #[test]
    fn variables_of_scripts_give_date_and_outlet() {
        let page =
            "<script>var ct = \"1690533600\"; var nickname = htmlDecode(\"东湖发布\");</script>";
        let stated = stated(&Document::from(page));
        assert_eq!((stated.dates.len(), stated.source.as_deref()), (1, Some("东湖发布")));
    }
}
