//! The engine that is a cluster of OpenSearch nodes, asked over HTTP. Only this folder names
//! OpenSearch and HTTP.
//!
//! An index is two indices of the cluster: NAME holds one document an article, NAME-tables what an
//! index folder's tables hold. address.rs says where a cluster is, client.rs asks it; mapping.rs
//! has the fields, document.rs makes documents of articles, codec.rs their stored part.

pub mod address;
pub mod client;
mod codec;
pub mod document;
pub mod mapping;

pub use address::{ClusterAddress, Credentials};
