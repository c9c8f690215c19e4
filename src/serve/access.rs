//! Who may ask: the names under which the server answers, and the token beyond loopback. guard.rs
//! asks it before every route, login.rs gives the cookie.

use crate::error::{Error, Result};
use std::net::IpAddr;

/// Names under which a server on loopback answers. Any other name is one that a foreign site had
/// resolved to this machine.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// Characters of the shortest token.
const SHORTEST: usize = 16;
/// The name of the cookie that holds the pass.
pub const COOKIE: &str = "jianbao";

/// The names and the token that a server admits.
#[derive(Debug, Clone)]
pub struct Access {
    hosts: Vec<String>,
    /// Digests of the token and of the pass that a cookie holds.
    token: Option<TokenDigests>,
}

#[derive(Debug, Clone)]
struct TokenDigests {
    token: blake3::Hash,
    pass: String,
    pass_digest: blake3::Hash,
}

impl Access {
    /// The rules of a server at `address`: requests to one of `hosts` (on loopback to its own names
    /// too), with `token` where there is one.
    ///
    /// # Errors
    /// [`Error::Usage`] where a server beyond loopback has no token or no name, or the token is
    /// short enough to be guessed.
    pub fn new(address: IpAddr, hosts: &[String], token: Option<&str>) -> Result<Access> {
        let local = address.is_loopback();
        if !local && (token.is_none() || hosts.is_empty()) {
            return Err(Error::Usage(format!(
                "a server at {address} can be reached by others: it needs a token \
                 (--token-file FILE) and the name under which it is asked (--host NAME)"
            )));
        }
        let token = token.map(str::trim);
        if token.is_some_and(|token| token.chars().count() < SHORTEST) {
            let reason = format!("the token has fewer than {SHORTEST} characters");
            return Err(Error::Usage(reason));
        }
        let mut hosts: Vec<String> = hosts.iter().map(|host| host.to_lowercase()).collect();
        if local {
            hosts.extend(LOCAL.map(str::to_owned));
        }
        let token = token.map(|token| {
            let pass = blake3::derive_key("jianbao serve pass of a cookie", token.as_bytes());
            let pass = blake3::Hash::from_bytes(pass).to_hex().to_string();
            TokenDigests {
                token: blake3::hash(token.as_bytes()),
                pass_digest: blake3::hash(pass.as_bytes()),
                pass,
            }
        });
        Ok(Access { hosts, token })
    }

    /// The rules of a server on the loopback interface: every request to a name of its own.
    pub fn local() -> Access {
        Access { hosts: LOCAL.map(str::to_owned).to_vec(), token: None }
    }

    /// True if the server answers to this `Host`, with a port or without.
    pub fn answers_to(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.parse::<u16>().is_ok() => name,
            _ => host.as_str(),
        };
        self.hosts.iter().any(|known| known == name)
    }

    /// True if a token is asked for.
    pub fn is_guarded(&self) -> bool {
        self.token.is_some()
    }

    /// True if `token` is the one that was agreed on. Digests are compared, in constant time.
    pub fn admits_token(&self, token: &str) -> bool {
        self.token.as_ref().is_none_or(|own| blake3::hash(token.as_bytes()) == own.token)
    }

    /// True if a `Cookie` header holds the pass.
    pub fn admits_cookie(&self, header: &str) -> bool {
        let Some(own) = &self.token else { return true };
        let mut passes = cookies(header).filter(|(name, _)| *name == COOKIE);
        passes.any(|(_, pass)| blake3::hash(pass.as_bytes()) == own.pass_digest)
    }

    /// The pass that a cookie holds after the token was given; none where no token is asked for.
    pub fn pass(&self) -> Option<&str> {
        self.token.as_ref().map(|own| own.pass.as_str())
    }
}

/// The cookies of a `Cookie` header, by name.
pub fn cookies(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split(';').filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_others_reach_needs_a_token_and_a_name() {
        let (open, local) = ("0.0.0.0".parse().unwrap(), "127.0.0.1".parse().unwrap());
        let name = ["news.example".to_owned()];
        assert!(Access::new(open, &name, None).is_err());
        assert!(Access::new(open, &[], Some("0123456789abcdef")).is_err());
        assert!(Access::new(open, &name, Some("short")).is_err());
        assert!(Access::new(open, &name, Some("0123456789abcdef\n")).is_ok());
        assert!(Access::new(local, &[], None).is_ok());
    }

    #[test]
    fn only_the_names_agreed_on_are_answered() {
        let access = Access::local();
        for host in ["localhost", "127.0.0.1:7070", "[::1]:80", "[::1]", "LOCALHOST:1"] {
            assert!(access.answers_to(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "127.0.0.2",
            "::1",
            "localhost:80:80",
            "localhost:99999",
            "localhost:x",
            "user@localhost",
        ] {
            assert!(!access.answers_to(host), "{host}");
        }
    }

    #[test]
    fn the_token_and_its_pass_open_and_nothing_else_does() {
        let token = "0123456789abcdef";
        let address = "10.0.0.1".parse().unwrap();
        let access = Access::new(address, &["a".to_owned()], Some(token)).unwrap();
        assert!(access.admits_token(token) && !access.admits_token("0123456789abcdeg"));
        let pass = access.pass().unwrap();
        assert!(access.admits_cookie(&format!("a=b; {COOKIE}={pass}")));
        assert!(!access.admits_cookie(&format!("{COOKIE}={token}")));
    }
}
