//! The address of an index in a cluster: its nodes, its name, and who asks.

use crate::error::{Error, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fmt;

/// The most bytes of an index's name, so that the names beside it are still names.
const LONGEST_NAME: usize = 200;

/// An index in a cluster. Its text is the address without the credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct ClusterAddress {
    /// The nodes that are asked, each as `http://HOST:9200`.
    hosts: Vec<String>,
    /// The name of the index.
    name: String,
    /// The credentials; `None` for a cluster that asks for none.
    credentials: Option<Credentials>,
    completeness: Completeness,
}

/// The answers of a cluster that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Completeness {
    /// Those of all parts of the index: without one of them there is no answer.
    #[default]
    Whole,
    /// Those of the parts that answer; [`crate::engine::Engine::missing`] tells of the others.
    Partial,
}

/// The credentials that go with every request: the value of its header `Authorization`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(String);

impl Credentials {
    /// The credentials in a text: `user:password`, or `ApiKey` and a key.
    ///
    /// # Errors
    /// [`Error::Usage`] where it is neither.
    pub fn parse(text: &str) -> Result<Credentials> {
        let text = text.trim();
        let plain = !text.is_empty() && !text.contains(|c: char| c.is_control());
        if let Some(key) = text.strip_prefix("ApiKey ").filter(|_| plain && text.is_ascii()) {
            return Ok(Credentials(format!("ApiKey {}", key.trim())));
        }
        if plain && text.contains(':') {
            return Ok(Credentials(format!("Basic {}", BASE64_STANDARD.encode(text))));
        }
        let reason = "credentials are one line: `user:password`, or `ApiKey` and a key";
        Err(Error::Usage(reason.to_owned()))
    }

    /// The value of the header.
    pub(super) fn header(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl ClusterAddress {
    /// The index at `urls`: each is `http://HOST:9200/NAME`, one for each node that may be asked,
    /// and all have the same name.
    ///
    /// ```
    /// use jianbao::engine::opensearch::ClusterAddress;
    /// let address = ClusterAddress::parse(&["http://127.0.0.1:9200/news".into()], None)?;
    /// assert_eq!(address.name(), "news");
    /// assert_eq!(address.to_string(), "http://127.0.0.1:9200/news");
    /// # Ok::<(), jianbao::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Setting`] where one is no such address, or the names differ.
    pub fn parse(urls: &[String], credentials: Option<Credentials>) -> Result<ClusterAddress> {
        let mut address = ClusterAddress {
            hosts: Vec::new(),
            name: String::new(),
            credentials,
            completeness: Completeness::Whole,
        };
        for url in urls {
            let wrong = |reason: &str| Error::Setting {
                setting: "engine",
                value: url.clone(),
                reason: reason.to_owned(),
            };
            let (scheme, rest) = url.split_once("://").unwrap_or_default();
            if !matches!(scheme, "http" | "https") {
                return Err(wrong("an engine is http://HOST:9200/NAME"));
            }
            let (host, name) = rest.trim_end_matches('/').split_once('/').unwrap_or_default();
            if host.is_empty() || host.contains('@') {
                return Err(wrong("an engine is http://HOST:9200/NAME, without a user"));
            }
            if !is_name(name) {
                return Err(wrong(
                    "the name of the index has small letters, digits, `-` and `_` alone",
                ));
            }
            if !address.name.is_empty() && address.name != name {
                return Err(wrong("all addresses of one engine name one index"));
            }
            name.clone_into(&mut address.name);
            let host = format!("{scheme}://{host}");
            if !address.hosts.contains(&host) {
                address.hosts.push(host);
            }
        }
        match address.hosts.is_empty() {
            true => Err(Error::Usage("an engine needs an address".to_owned())),
            false => Ok(address),
        }
    }

    /// The same index, of which such answers are taken: for questions alone, never for an update.
    pub fn taking(self, completeness: Completeness) -> ClusterAddress {
        ClusterAddress { completeness, ..self }
    }

    /// The answers that are taken.
    pub(super) fn completeness(&self) -> Completeness {
        self.completeness
    }

    /// The name of the index of articles.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the index of tables.
    pub fn tables(&self) -> String {
        format!("{}-tables", self.name)
    }

    /// The nodes that are asked.
    pub(super) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The credentials.
    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// The addresses as they were typed.
    pub fn urls(&self) -> impl Iterator<Item = String> + '_ {
        self.hosts.iter().map(|host| format!("{host}/{}", self.name))
    }
}

/// True for a name that an index of a cluster may have, and that stands in a path as it is.
fn is_name(name: &str) -> bool {
    let part = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_');
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    begins && name.len() <= LONGEST_NAME && name.chars().all(part)
}

impl fmt::Display for ClusterAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urls: Vec<String> = self.urls().collect();
        f.write_str(&urls.join(" "))
    }
}

impl fmt::Debug for ClusterAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClusterAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(urls: &[&str]) -> Result<ClusterAddress> {
        let urls: Vec<String> = urls.iter().map(|&url| url.to_owned()).collect();
        ClusterAddress::parse(&urls, None)
    }

    #[test]
    fn an_address_has_a_host_and_a_name() {
        let two = parse(&["http://a:9200/news", "https://b/news/"]).unwrap();
        assert_eq!(two.hosts(), ["http://a:9200", "https://b"]);
        assert_eq!((two.name(), two.tables().as_str()), ("news", "news-tables"));
        for wrong in [
            "a:9200/news",
            "ftp://a/news",
            "http://a:9200",
            "http://a/News",
            "http://a/news/x",
            "http://a/_all",
            "http://u:p@a/news",
            "http:///news",
        ] {
            assert!(parse(&[wrong]).is_err(), "{wrong}");
        }
        assert!(parse(&["http://a/x", "http://b/y"]).is_err() && parse(&[]).is_err());
    }

    #[test]
    fn credentials_are_basic_or_a_key_and_are_never_shown() {
        let basic = Credentials::parse("甲:secret\n").unwrap();
        assert_eq!(basic.header(), "Basic 55SyOnNlY3JldA==");
        assert_eq!(Credentials::parse("ApiKey abc==").unwrap().header(), "ApiKey abc==");
        assert!(!format!("{basic:?}").contains("55Sy"));
        assert!(Credentials::parse("").is_err() && Credentials::parse("a:b\nc").is_err());
    }
}
