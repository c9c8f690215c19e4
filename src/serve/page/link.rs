//! Addresses of pages with one thing changed, so that every click is an address of its own.

use form_urlencoded::Serializer;

/// A page's address: its path and its parameters.
#[derive(Debug, Clone)]
pub struct Link {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Link {
    /// The address of a page.
    pub fn new(path: impl Into<String>, pairs: &[(String, String)]) -> Link {
        Link { path: path.into(), pairs: pairs.to_vec() }
    }

    /// The same with one more value; back on the first page.
    pub fn with(&self, name: &str, value: &str) -> Link {
        let mut link = self.without("offset");
        let pair = (name.to_owned(), value.to_owned());
        if !link.pairs.contains(&pair) {
            link.pairs.push(pair);
        }
        link
    }

    /// The same with one value in place of all that were there.
    pub fn set(&self, name: &str, value: &str) -> Link {
        let mut link = self.without(name);
        link.pairs.push((name.to_owned(), value.to_owned()));
        link
    }

    /// The same without any value of that name.
    pub fn without(&self, name: &str) -> Link {
        let mut link = self.clone();
        link.pairs.retain(|(other, _)| other != name);
        link
    }

    /// The same without one value; back on the first page.
    pub fn less(&self, name: &str, value: &str) -> Link {
        let mut link = self.without("offset");
        link.pairs.retain(|(other, held)| other != name || held != value);
        link
    }

    /// The first value of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The same with nothing but the parameters that are to be kept.
    pub fn keeping(&self, is_kept: impl Fn(&str) -> bool) -> Link {
        let mut link = self.clone();
        link.pairs.retain(|(name, _)| is_kept(name));
        link
    }

    /// The same question on another page.
    pub fn on(&self, path: &str) -> Link {
        Link { path: path.to_owned(), pairs: self.pairs.clone() }
    }

    /// The address as text.
    pub fn text(&self) -> String {
        if self.pairs.is_empty() {
            return self.path.clone();
        }
        let mut query = Serializer::new(String::new());
        query.extend_pairs(&self.pairs);
        format!("{}?{}", self.path, query.finish())
    }
}

/// A name with an address.
pub struct Way {
    /// The name.
    pub name: String,
    /// The address.
    pub link: String,
    /// True if the page shown is the one at that address.
    pub current: bool,
}

impl Way {
    /// A way to another page.
    pub fn new(name: impl Into<String>, link: &Link) -> Way {
        Way { name: name.into(), link: link.text(), current: false }
    }
}

/// A name as a part of a path.
pub fn in_path(name: &str) -> String {
    form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_changes_one_thing_and_leaves_the_page_number() {
        let pairs = [("q", "堤 \"x"), ("offset", "10")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let link = Link::new("/", &pairs);
        assert_eq!(link.with("speaker", "a&b").text(), "/?q=%E5%A0%A4+%22x&speaker=a%26b");
        assert_eq!(link.with("speaker", "a").less("speaker", "a").text(), "/?q=%E5%A0%A4+%22x");
        assert_eq!(in_path("a/b c"), "a%2Fb%20c");
    }
}
