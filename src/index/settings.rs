//! How an archive was read: kept in the ledger, so that a change of mind is seen and a repair reads as the last update did.

use crate::archive::{self, FieldMap, Hidden, Links};
use crate::article::Context;
use crate::definition::Definition;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// What a user can say of how an archive is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    include: Vec<String>,
    exclude: Vec<String>,
    hidden: Hidden,
    links: Links,
    max_size: u64,
    encoding: Option<String>,
    fields: Vec<String>,
    crawled: Option<jiff::civil::DateTime>,
}

impl Settings {
    /// The settings that these options and this context come from.
    pub fn of(options: &archive::Options, context: &Context) -> Settings {
        Settings {
            include: options.include.clone(),
            exclude: options.exclude.clone(),
            hidden: options.hidden,
            links: options.links,
            max_size: options.max_size,
            encoding: options.encoding.map(|encoding| encoding.name().to_owned()),
            fields: options.fields.own().to_vec(),
            crawled: context.crawled,
        }
    }

    /// The options that they stand for.
    ///
    /// # Errors
    /// [`Error::Usage`] where a name in them is not known any more.
    pub fn options(&self, definition: &Definition) -> Result<archive::Options> {
        let encoding = |name: &String| {
            let found = encoding_rs::Encoding::for_label(name.as_bytes());
            found.ok_or_else(|| Error::Usage(format!("the index was made with the unknown encoding `{name}`")))
        };
        Ok(archive::Options {
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            hidden: self.hidden,
            links: self.links,
            max_size: self.max_size,
            encoding: self.encoding.as_ref().map(encoding).transpose()?,
            fields: FieldMap::new(definition, &self.fields)?,
        })
    }

    /// What dates were relative to.
    pub fn crawled(&self) -> Option<jiff::civil::DateTime> {
        self.crawled
    }

    /// A short text that differs where the same file would give other articles: which files are read is no part of it.
    pub fn fingerprint(&self) -> String {
        let parts = (self.max_size, &self.encoding, &self.fields, self.crawled);
        blake3::hash(format!("{parts:?}").as_bytes()).to_hex()[..8].to_owned()
    }
}
