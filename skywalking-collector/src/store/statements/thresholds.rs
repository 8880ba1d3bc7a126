//! The OAP's default thresholds of slow statements (`docs/protocol.md#tags-with-a-meaning`).

use crate::api::StatementKind;

/// Returns the threshold in milliseconds. The case of the type doesn't matter.
pub(super) fn millis(kind: StatementKind, db_type: &str) -> u64 {
    let is = |name: &str| db_type.eq_ignore_ascii_case(name);
    match kind {
        StatementKind::Database if is("mongodb") => 100,
        StatementKind::Database => 200,
        StatementKind::Cache if is("redis") => 10,
        StatementKind::Cache => 20,
    }
}
