//! The size of a cluster for an archive: disk, nodes, parts and hours of loading, from what was
//! measured. Every constant has its provenance; benches/RESULTS.md has the commands.

use serde::Serialize;

/// Articles of the archive that was measured: Chinese news of the web.
const MEASURED_ARTICLES: f64 = 83_001.0;
/// Bytes of UTF-8 in their bodies (`jianbao stats`).
const MEASURED_TEXT: f64 = 142.6e6;
/// Their passages (`jianbao stats`).
const MEASURED_PASSAGES: f64 = 271_407.0;
/// Documents of the engine: articles, passages and quotes (`_cat/indices`).
const MEASURED_DOCUMENTS: f64 = 594_455.0;
/// Bytes of one copy of their index, merged (`_cat/indices`).
const MEASURED_INDEX: f64 = 394.5e6;
/// Seconds of a core in which a node indexes one copy of them, writes reprints again and merges
/// (`_nodes/stats/process`).
const MEASURED_INDEXING: f64 = 217.0;
/// Seconds of a core in which a loader analyses and sends them.
const MEASURED_ANALYSIS: f64 = 50.4;

/// The share of a disk that is filled: a cluster moves parts away from .85 on, and a merge needs
/// room for what it writes.
const FILLED: f64 = 0.7;
/// Bytes of a part: OpenSearch advises 10 to 50 GB for parts that are searched.
const PART: f64 = 40e9;
/// The most documents of a part, a limit of Lucene; a part is to stay below half of it.
const PART_DOCUMENTS: f64 = 2_147_483_519.0 / 2.0;
/// The least number of nodes that elect a manager without one of them.
const QUORUM: u64 = 3;

/// An archive, by what its size depends on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ArchiveShape {
    /// Number of articles.
    pub articles: u64,
    /// Bytes of text of an article.
    pub text: f64,
    /// Passages of an article.
    pub passages: f64,
}

impl ArchiveShape {
    /// So many articles like those that were measured.
    pub fn usual(articles: u64) -> ArchiveShape {
        let text = MEASURED_TEXT / MEASURED_ARTICLES;
        ArchiveShape { articles, text, passages: MEASURED_PASSAGES / MEASURED_ARTICLES }
    }
}

/// The nodes that there may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NodeShape {
    /// Bytes of a node's disk.
    pub disk: u64,
    /// Cores of a node.
    pub cores: u32,
    /// Copies of each part beside the first.
    pub replicas: u32,
}

/// A cluster for an archive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CapacityPlan {
    /// The archive.
    pub archive: ArchiveShape,
    /// A node.
    pub node: NodeShape,
    /// Bytes of the archive's text.
    pub text: f64,
    /// Bytes of index for a byte of text.
    pub index_per_text: f64,
    /// Bytes of one copy of the index.
    pub index: f64,
    /// Bytes of all copies.
    pub copies: f64,
    /// Bytes of disk, with the room that stays free.
    pub disk: f64,
    /// Number of nodes.
    pub nodes: u64,
    /// Number of parts, each with its copies.
    pub parts: u64,
    /// Bytes of a part.
    pub part: f64,
    /// Documents of the engine in a part.
    pub part_documents: f64,
    /// Hours in which the nodes index all copies.
    pub indexing_hours: f64,
    /// Cores of loaders that keep pace with them.
    pub loader_cores: u64,
}

impl CapacityPlan {
    /// The cluster for an archive on nodes of this shape.
    ///
    /// ```
    /// use jianbao::engine::opensearch::capacity::{ArchiveShape, CapacityPlan, NodeShape};
    /// let node = NodeShape { disk: 2_000_000_000_000, cores: 16, replicas: 1 };
    /// let small = CapacityPlan::new(ArchiveShape::usual(100_000), node);
    /// assert_eq!((small.nodes, small.parts), (3, 3));
    /// ```
    pub fn new(archive: ArchiveShape, node: NodeShape) -> CapacityPlan {
        let text = archive.articles as f64 * archive.text;
        let index_per_text = MEASURED_INDEX / MEASURED_TEXT;
        let index = text * index_per_text;
        let copies = index * f64::from(1 + node.replicas);
        let disk = copies / FILLED;
        let least = if node.replicas > 0 { QUORUM.max(1 + u64::from(node.replicas)) } else { 1 };
        let nodes = ((disk / node.disk as f64).ceil() as u64).max(least);
        let per_passage = MEASURED_DOCUMENTS / MEASURED_PASSAGES;
        let documents = archive.articles as f64 * archive.passages * per_passage;
        let needed = (index / PART).max(documents / PART_DOCUMENTS).ceil() as u64;
        // As many on each node.
        let parts = needed.div_ceil(nodes).max(1) * nodes;
        let share = text / MEASURED_TEXT;
        let work = share * MEASURED_INDEXING * f64::from(1 + node.replicas);
        let indexing = work / (nodes as f64 * f64::from(node.cores));
        let loader_cores = (share * MEASURED_ANALYSIS / indexing).ceil() as u64;
        CapacityPlan {
            archive,
            node,
            text,
            index_per_text,
            index,
            copies,
            disk,
            nodes,
            parts,
            part: index / parts as f64,
            part_documents: documents / parts as f64,
            indexing_hours: indexing / 3_600.0,
            loader_cores,
        }
    }

    /// The share of a disk that is filled.
    pub fn filled() -> f64 {
        FILLED
    }

    /// The bytes that a part has at most.
    pub fn largest_part() -> f64 {
        PART
    }

    /// Milliseconds of a core in which an article is indexed, for each copy, and analysed.
    pub fn milliseconds(&self) -> [f64; 2] {
        let share = self.archive.text / MEASURED_TEXT * 1e3;
        [share * MEASURED_INDEXING, share * MEASURED_ANALYSIS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: NodeShape = NodeShape { disk: 2_000_000_000_000, cores: 16, replicas: 1 };

    #[test]
    fn ten_times_the_articles_need_ten_times_the_disk_and_the_same_time_on_as_many_nodes() {
        let plan = |articles| CapacityPlan::new(ArchiveShape::usual(articles), NODE);
        let (one, ten) = (plan(1_000_000_000), plan(10_000_000_000));
        assert!((ten.disk / one.disk - 10.0).abs() < 1e-9);
        assert!(ten.nodes > 9 * one.nodes && ten.nodes <= 10 * one.nodes);
        assert!((ten.indexing_hours / one.indexing_hours - 1.0).abs() < 0.2);
        assert!(one.part <= PART && one.parts % one.nodes == 0);
        assert!(one.disk <= one.nodes as f64 * NODE.disk as f64);
    }

    #[test]
    fn short_articles_of_many_passages_are_parted_by_their_number() {
        let shape = ArchiveShape { articles: 4_000_000_000, text: 10.0, passages: 3.0 };
        let plan = CapacityPlan::new(shape, NODE);
        assert!(plan.part_documents <= PART_DOCUMENTS && plan.part < PART);
    }

    #[test]
    fn without_copies_one_node_is_enough_for_little() {
        let node = NodeShape { replicas: 0, ..NODE };
        let plan = CapacityPlan::new(ArchiveShape::usual(1), node);
        assert_eq!((plan.nodes, plan.parts), (1, 1));
        assert!(plan.copies == plan.index && plan.loader_cores > 0);
    }
}
