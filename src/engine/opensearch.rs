//! The engine that is a cluster of OpenSearch nodes, asked over HTTP. Only this folder names
//! OpenSearch and HTTP.
//!
//! An index is two indices of the cluster: NAME holds one document an article, NAME-tables what an
//! index folder's tables hold. address.rs says where a cluster is, client.rs asks it; mapping.rs
//! has the fields, document.rs makes documents of articles, codec.rs their stored part. index.rs
//! creates and checks an index, writer.rs loads it by the requests of bulk.rs; tables.rs has its
//! tables, scan.rs reads all of it, grouping.rs groups its reprints while it holds the lease of
//! lease.rs, inspection.rs examines it. reader.rs opens an index, with composite.rs for distinct
//! values; execution.rs asks it: clause.rs and combined.rs have queries that find what may answer,
//! selected.rs reads the articles found, each a fetched.rs, numbers.rs and term_counts.rs count
//! evidence, evaluation.rs tells what an article really holds. decided.rs has the cluster decide
//! alone what it can, by demands.rs, first_stage.rs and facets.rs; gather.rs answers the rest,
//! article by article, and answering.rs puts articles in order. browse.rs answers questions without
//! words by columns alone; seam.rs makes it an engine. capacity.rs plans a cluster.

pub mod address;
mod answering;
mod browse;
mod bulk;
pub mod capacity;
mod clause;
pub mod client;
mod codec;
mod combined;
pub mod composite;
mod decided;
mod demands;
pub mod document;
mod evaluation;
mod execution;
mod facets;
#[cfg(test)]
mod fake_node;
mod fetched;
mod first_stage;
mod gather;
mod grouping;
mod index;
mod inspection;
mod lease;
pub mod mapping;
mod numbers;
pub mod reader;
pub mod scan;
mod seam;
mod selected;
mod tables;
mod term_counts;
mod writer;

pub use address::{ClusterAddress, Completeness, Credentials};
pub use index::ClusterIndex;
