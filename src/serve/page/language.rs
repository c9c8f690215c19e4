//! The language of a page: what the address says, else what the browser prefers, else Chinese.

use axum::http::{HeaderMap, header};

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 中文
    Chinese,
    /// English
    English,
}

impl Language {
    /// The language of a request: `typed` is the value of `lang`.
    pub fn of(typed: Option<&str>, headers: &HeaderMap) -> Language {
        match typed {
            Some("en") => return Language::English,
            Some(_) => return Language::Chinese,
            None => {}
        }
        let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let weighed = preferred.unwrap_or_default().split(',').filter_map(|part| {
            let (name, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let language = match name.trim().get(..2)?.to_ascii_lowercase().as_str() {
                "zh" => Language::Chinese,
                "en" => Language::English,
                _ => return None,
            };
            let weight: f32 = weight.trim().parse().ok()?;
            (weight > 0.0).then_some((language, weight))
        });
        // Of equals the first.
        let best = weighed.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Language::Chinese, |(language, _)| language)
    }

    /// Its code in HTML and in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Language::Chinese => "zh",
            Language::English => "en",
        }
    }

    /// The one of two texts that is in this language.
    pub fn say<'a>(&self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_counts_before_the_browser_and_chinese_before_nothing() {
        let of = |typed, accepted: &str| {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, accepted.parse().unwrap())]);
            Language::of(typed, &headers).code()
        };
        assert_eq!(of(None, "de, en;q=0.7, zh;q=0.9"), "zh");
        assert_eq!(of(None, "en-GB,zh"), "en");
        assert_eq!(of(Some("zh"), "en"), "zh");
        assert_eq!((of(None, "de"), of(None, "é;q=")), ("zh", "zh"));
    }
}
