//! Statements of databases and commands of caches.

use serde::{Deserialize, Serialize};

/// What a statement was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum StatementKind {
    /// A span of layer `Database` with the tag `db.statement`.
    Database,
    /// A span of layer `Cache` with the tag `cache.cmd` or `cache.key`.
    Cache,
}

/// A statement of a database, or a command of a cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StatementView {
    /// What it was sent to.
    pub kind: StatementKind,
    /// The name of the service that sent it.
    pub service: String,
    /// The address of the database or the cache.
    pub peer: String,
    /// The tag `db.type` or `cache.type`. Empty without it.
    pub db_type: String,
    /// The statement, or command and key. Cut to 2 000 UTF-16 units as in the OAP.
    pub statement: String,
    /// In milliseconds.
    pub duration: u64,
    /// The start, in epoch milliseconds.
    pub time: i64,
    /// Whether the OAP records it as slow: it took longer than the threshold, and the type is
    /// known. A command of a cache also needs the tag `cache.op` with `read` or `write`.
    pub slow: bool,
    /// The OAP's default threshold for the type, in milliseconds.
    pub threshold: u64,
    /// The id of the trace. It may have been evicted.
    pub trace_id: String,
    /// The id of the segment.
    pub segment_id: String,
    /// The number of the span in its segment.
    pub span_id: i32,
}
