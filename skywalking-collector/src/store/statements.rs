//! Stores statements of databases and commands of caches: for each service and kind the slowest
//! ones and the latest ones, also of evicted traces.

mod list;
mod thresholds;

use std::collections::HashMap;
use std::sync::Arc;

use skywalking_proto::v3::{SegmentObject, SpanObject};

use crate::api::{StatementKind, StatementView};
use crate::config::Limits;
use crate::{enums, naming};
use list::List;
pub(crate) use list::memory;

/// The longest statement, in UTF-16 units. It is the OAP's limit.
const MAX_STATEMENT: usize = 2_000;
/// The memory of a list in addition to its statements.
const LIST_BYTES: usize = 512;

/// Statements by service and kind. At the limit, the list without a new statement for the longest
/// time is evicted.
#[derive(Debug)]
pub(crate) struct Statements {
    max_bytes: usize,
    lists: HashMap<(String, StatementKind), List>,
    added: u64,
    bytes: usize,
}

impl Statements {
    pub(super) fn new(limits: &Limits) -> Self {
        let max_bytes = limits.statements_bytes();
        Self { max_bytes, lists: HashMap::new(), added: 0, bytes: 0 }
    }

    /// Records the statements of a segment.
    pub(super) fn record(&mut self, segment: &SegmentObject) {
        for span in &segment.spans {
            if let Some(statement) = statement(segment, span) {
                self.add(statement);
            }
        }
    }

    fn add(&mut self, statement: StatementView) {
        self.added += 1;
        let key = (statement.service.clone(), statement.kind);
        let list = self.lists.entry(key).or_insert_with(|| {
            self.bytes += LIST_BYTES;
            List::default()
        });
        let before = list.bytes();
        list.add(self.added, Arc::new(statement));
        self.bytes = self.bytes - before + list.bytes();
        while self.bytes > self.max_bytes {
            let oldest = self.lists.iter().min_by_key(|(_, list)| list.updated());
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            if let Some(list) = self.lists.remove(&key) {
                self.bytes -= LIST_BYTES + list.bytes();
            }
        }
    }

    /// Returns the statements of a service and a kind, or of all.
    pub(crate) fn select(
        &self,
        service: Option<&str>,
        kind: Option<StatementKind>,
    ) -> impl Iterator<Item = &Arc<StatementView>> {
        let lists = self.lists.iter().filter(move |((name, of), _)| {
            service.is_none_or(|service| service == name) && kind.is_none_or(|kind| kind == *of)
        });
        lists.flat_map(|(_, list)| list.all())
    }
}

fn statement(segment: &SegmentObject, span: &SpanObject) -> Option<StatementView> {
    let tag = |key: &str| span.tags.iter().find(|tag| tag.key == key).map(|tag| &*tag.value);
    let (kind, db_type, text) = match span.span_layer {
        enums::LAYER_DATABASE => {
            let text = naming::cut(tag("db.statement")?, MAX_STATEMENT).to_owned();
            (StatementKind::Database, tag("db.type"), text)
        }
        enums::LAYER_CACHE => {
            let words: Vec<_> = [tag("cache.cmd"), tag("cache.key")]
                .into_iter()
                .flatten()
                .map(|word| naming::cut(word, MAX_STATEMENT))
                .collect();
            let text = naming::cut(&words.join(" "), MAX_STATEMENT).to_owned();
            (StatementKind::Cache, tag("cache.type"), text)
        }
        _ => return None,
    };
    if text.trim().is_empty() {
        return None;
    }
    let db_type = naming::truncated(db_type.unwrap_or_default());
    let threshold = thresholds::millis(kind, db_type);
    let duration = span.end_time.saturating_sub(span.start_time);
    let duration = u64::try_from(duration).unwrap_or(0);
    let is_counted = kind == StatementKind::Database
        || tag("cache.op").is_some_and(|op| op == "read" || op == "write");
    Some(StatementView {
        kind,
        service: naming::display_name(&segment.service).to_owned(),
        peer: naming::truncated(&span.peer).to_owned(),
        db_type: db_type.to_owned(),
        statement: text,
        duration,
        time: span.start_time,
        slow: is_counted && !db_type.is_empty() && duration > threshold,
        threshold,
        trace_id: segment.trace_id.clone(),
        segment_id: segment.trace_segment_id.clone(),
        span_id: span.span_id,
    })
}

#[cfg(test)]
mod tests {
    use skywalking_proto::v3::KeyStringValuePair;

    use super::*;

    fn segment(service: &str, layer: i32, millis: i64, tags: &[(&str, &str)]) -> SegmentObject {
        let tag = |(key, value): &(&str, &str)| KeyStringValuePair {
            key: (*key).into(),
            value: (*value).into(),
        };
        let span = SpanObject {
            span_type: enums::EXIT,
            span_layer: layer,
            start_time: 1_000,
            end_time: 1_000 + millis,
            tags: tags.iter().map(tag).collect(),
            ..Default::default()
        };
        SegmentObject { service: service.into(), spans: vec![span], ..Default::default() }
    }

    fn only(layer: i32, millis: i64, tags: &[(&str, &str)]) -> Option<(String, u64, bool)> {
        let segment = segment("a", layer, millis, tags);
        let found = statement(&segment, &segment.spans[0]);
        found.map(|found| (found.statement, found.threshold, found.slow))
    }

    #[test]
    fn slow_needs_a_type_and_more_than_the_threshold() {
        let text = ("db.statement", "SELECT 1");
        for (millis, db_type, threshold, slow) in [
            (200, "sql", 200, false),
            (201, "sql", 200, true),
            (101, "MongoDB", 100, true),
            (500, "", 200, false),
        ] {
            assert_eq!(
                only(enums::LAYER_DATABASE, millis, &[text, ("db.type", db_type)]),
                Some(("SELECT 1".into(), threshold, slow)),
                "{millis} {db_type}"
            );
        }
        assert_eq!(only(enums::LAYER_DATABASE, 500, &[("db.type", "sql")]), None);
    }

    #[test]
    fn cache_command_needs_an_operation_to_be_slow() {
        let tags = [("cache.type", "redis"), ("cache.cmd", "GET"), ("cache.key", "k")];
        let with = |op| [tags[0], tags[1], tags[2], ("cache.op", op)];

        assert_eq!(only(enums::LAYER_CACHE, 11, &tags), Some(("GET k".into(), 10, false)));
        assert_eq!(only(enums::LAYER_CACHE, 11, &with("read")), Some(("GET k".into(), 10, true)));
        assert_eq!(only(enums::LAYER_CACHE, 11, &with("scan")), Some(("GET k".into(), 10, false)));
        assert_eq!(only(enums::LAYER_CACHE, 11, &tags[..1]), None);
    }

    #[test]
    fn memory_is_bounded_and_exact() {
        let limits = Limits { max_bytes: 32 * 100_000, ..Limits::default() };
        let mut statements = Statements::new(&limits);
        for number in 0..2_000 {
            let text = "x".repeat(number % 3_000);
            let service = format!("{}", number % 7);
            let tags = [("db.type", "sql"), ("db.statement", text.as_str())];
            statements.record(&segment(&service, enums::LAYER_DATABASE, 5, &tags));
            let bytes: usize =
                statements.lists.values().map(|list| LIST_BYTES + list.bytes()).sum();
            assert!(statements.bytes == bytes && bytes <= statements.max_bytes, "{bytes}");
        }
        assert!(statements.select(None, None).next().is_some());
    }
}
