//! The basket of a browser: keys of clippings with digests of their words, in a cookie.

use crate::clipping;
use crate::passage::ArticleKey;
use crate::serve::access::cookies;
use axum::http::{HeaderMap, header};

/// The name of the cookie.
const COOKIE: &str = "clips";
/// Clippings that a cookie has room for.
const MOST: usize = 100;
/// Hexadecimal digits of a digest.
const DIGEST: usize = 8;
/// Stands for the passage where the whole article is clipped.
const WHOLE: &str = "a";

/// A clipping in a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptClipping {
    /// The key of its article.
    pub key: ArticleKey,
    /// The passage's place in it; none for the whole article.
    pub ordinal: Option<u32>,
    /// The first digits of the digest of its words.
    pub digest: String,
}

impl KeptClipping {
    /// The clipping of these words.
    pub fn of(key: ArticleKey, ordinal: Option<u32>, text: &str) -> KeptClipping {
        KeptClipping { key, ordinal, digest: digest(text) }
    }

    /// Reads a name like `2aaaaaaaaaaaa-3-0123abcd`.
    pub fn read(name: &str) -> Option<KeptClipping> {
        let mut parts = name.splitn(3, '-');
        let key = parts.next()?.parse().ok()?;
        let ordinal = match parts.next()? {
            WHOLE => None,
            number => Some(number.parse().ok()?),
        };
        let digest = parts.next()?;
        let plain = digest.len() == DIGEST && digest.bytes().all(|b| b.is_ascii_hexdigit());
        plain.then(|| KeptClipping { key, ordinal, digest: digest.to_owned() })
    }

    /// Reads a record of the basket of the command line.
    fn of_record(record: &serde_json::Value) -> Option<KeptClipping> {
        let ordinal = record["ordinal"]
            .as_u64()
            .map_or_else(|| WHOLE.to_owned(), |ordinal| ordinal.to_string());
        let digest = record["digest"].as_str()?.get(..DIGEST)?;
        KeptClipping::read(&format!("{}-{ordinal}-{digest}", record["key"].as_str()?))
    }

    /// Its name.
    pub fn name(&self) -> String {
        let ordinal = self.ordinal.map_or_else(|| WHOLE.to_owned(), |ordinal| ordinal.to_string());
        format!("{}-{ordinal}-{}", self.key, self.digest)
    }

    /// True if it is cut out of the same place as another, whatever it says.
    fn is_of_place(&self, other: &KeptClipping) -> bool {
        (self.key, self.ordinal) == (other.key, other.ordinal)
    }
}

/// The first digits of the digest of a text.
pub fn digest(text: &str) -> String {
    clipping::digest(text)[..DIGEST].to_owned()
}

/// The cookie of the basket as a request sends it; empty where it sends none.
pub fn cookie_of(headers: &HeaderMap) -> &str {
    let sent = headers.get_all(header::COOKIE).iter();
    let mut pairs = sent.filter_map(|value| value.to_str().ok()).flat_map(cookies);
    pairs.find(|(name, _)| *name == COOKIE).map_or("", |(_, value)| value)
}

/// Clippings in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CookieBasket(pub Vec<KeptClipping>);

impl CookieBasket {
    /// Reads the cookie of a request; what is no clipping is left out.
    pub fn read(headers: &HeaderMap) -> CookieBasket {
        let names = cookie_of(headers).split('.');
        CookieBasket(names.filter_map(KeptClipping::read).take(MOST).collect())
    }

    /// The number of clippings.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if something is kept of the place of a clipping.
    pub fn holds(&self, clipping: &KeptClipping) -> bool {
        self.0.iter().any(|kept| kept.is_of_place(clipping))
    }

    /// The header that keeps it for a year.
    pub fn cookie(&self) -> String {
        let names: Vec<String> = self.0.iter().map(KeptClipping::name).collect();
        format!("{COOKIE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict", names.join("."))
    }

    /// Changes one clipping by its name: `add`, `remove`, `up` or `down`; `clear` takes all out.
    pub fn change(&mut self, action: &str, name: &str) {
        if action == "clear" {
            self.0.clear();
        }
        let Some(own) = KeptClipping::read(name) else { return };
        let at = self.0.iter().position(|kept| kept.is_of_place(&own));
        match (action, at) {
            ("add", None) if self.len() < MOST => self.0.push(own),
            ("remove", Some(at)) => drop(self.0.remove(at)),
            ("up", Some(at)) if at > 0 => self.0.swap(at, at - 1),
            ("down", Some(at)) if at + 1 < self.len() => self.0.swap(at, at + 1),
            _ => {}
        }
    }

    /// Adds the clippings of a text of JSON, an object a line, as the command line keeps them.
    /// Returns the number of lines that are none.
    pub fn add_records(&mut self, text: &str) -> usize {
        let mut wrong = 0;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let record = serde_json::from_str(line).ok();
            match record.as_ref().and_then(KeptClipping::of_record) {
                Some(clipping) => self.change("add", &clipping.name()),
                None => wrong += 1,
            }
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(basket: &CookieBasket) -> Vec<u64> {
        basket.0.iter().map(|kept| kept.key.0).collect()
    }

    #[test]
    fn a_basket_goes_both_ways_and_keeps_its_order() {
        let name = |n: u64| KeptClipping::of(ArticleKey(n), Some(0), "文").name();
        let mut basket = CookieBasket::default();
        (1..4).for_each(|n| basket.change("add", &name(n)));
        basket.change("up", &name(3));
        basket.change("remove", &name(1));
        basket.change("add", "<script>");
        basket.change("add", &KeptClipping::of(ArticleKey(2), None, "文").name());
        let cookie = format!("x=y; {}", basket.cookie().split(';').next().unwrap());
        let headers = HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())]);
        assert_eq!(CookieBasket::read(&headers), basket);
        assert_eq!(names(&basket), [3, 2, 2]);
        assert!(cookie.len() < 4_000);
    }

    #[test]
    fn records_of_the_command_line_are_taken_and_others_counted() {
        let mut basket = CookieBasket::default();
        let key = ArticleKey(7);
        let record = format!("{{\"key\":\"{key}\",\"ordinal\":null,\"digest\":\"0123abcd9999\"}}");
        assert_eq!(basket.add_records(&format!("{record}\n\nno\n{{}}\n{record}")), 2);
        assert_eq!(names(&basket), [7]);
        assert_eq!(basket.0[0].ordinal, None);
    }

    #[test]
    fn a_full_basket_fits_a_cookie() {
        let mut basket = CookieBasket::default();
        for n in 0..200 {
            basket.change("add", &KeptClipping::of(ArticleKey(n), Some(100_000), "文").name());
        }
        assert_eq!(basket.len(), MOST);
        assert!(basket.cookie().len() < 4_096, "{}", basket.cookie().len());
    }
}
