//! The language of a page: what the address says, else what an address said last, else what the
//! browser prefers, else Chinese.

use crate::serve::access::cookies;
use axum::http::{HeaderMap, header};

/// The name of the cookie that keeps what an address said last.
const COOKIE: &str = "lang";

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 中文
    Chinese,
    /// English
    English,
}

impl Language {
    /// The language that a query string asks for; `None` where it asks for none.
    pub fn typed(query: &str) -> Option<Language> {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let value = pairs.find(|(name, value)| name == "lang" && !value.is_empty())?.1;
        Some(Language::named(&value))
    }

    fn named(code: &str) -> Language {
        if code == "en" { Language::English } else { Language::Chinese }
    }

    /// The language of a request with that query string.
    pub fn of(query: &str, headers: &HeaderMap) -> Language {
        let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let kept = sent.flat_map(cookies).find(|(name, _)| *name == COOKIE);
        let kept = kept.map(|(_, code)| Language::named(code));
        if let Some(language) = Language::typed(query).or(kept) {
            return language;
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

    /// The header that keeps it for a year, so that links need not say it again.
    pub fn cookie(self) -> String {
        format!("{COOKIE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", self.code())
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

/// A number with commas between its thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let comma = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    let parts = digits.chars().enumerate();
    parts.flat_map(|(at, c)| comma(at).then_some(',').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_counts_before_the_browser_and_chinese_before_nothing() {
        let of = |query: &str, accepted: &str| {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, accepted.parse().unwrap())]);
            Language::of(query, &headers).code()
        };
        assert_eq!(of("", "de, en;q=0.7, zh;q=0.9"), "zh");
        assert_eq!(of("q=a", "en-GB,zh"), "en");
        assert_eq!(of("q=a&lang=zh", "en"), "zh");
        assert_eq!((of("lang=", "de"), of("", "é;q=")), ("zh", "zh"));
    }

    #[test]
    fn a_language_that_was_chosen_holds_until_another_is() {
        let cookie = Language::English.cookie();
        let cookie = cookie.split(';').next().unwrap().parse().unwrap();
        let headers = HeaderMap::from_iter([(header::COOKIE, cookie)]);
        assert_eq!(Language::of("q=a", &headers).code(), "en");
        assert_eq!(Language::of("lang=zh", &headers).code(), "zh");
    }

    #[test]
    fn thousands_are_set_apart() {
        let all = [0, 999, 1_000, 83_001, 1_234_567].map(grouped);
        assert_eq!(all, ["0", "999", "1,000", "83,001", "1,234,567"]);
    }
}
