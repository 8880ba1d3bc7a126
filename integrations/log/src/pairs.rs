//! The key-value pairs of a record.

use log::Record;
use log::kv::{Error, Key, Source, Value, VisitSource};
use skywalking_runtime::{LogRecord, SpanContext};

/// The pairs of a record, and the ids of the current span.
pub(crate) struct WithIds<'a> {
    pub(crate) pairs: &'a dyn Source,
    pub(crate) context: &'a SpanContext,
}

impl Source for WithIds<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), Error> {
        self.pairs.visit(visitor)?;
        let Self { context, .. } = self;
        for (key, id) in [("trace_id", context.trace_id()), ("segment_id", context.segment_id())] {
            if let Some(id) = id {
                visitor.visit_pair(Key::from_str(key), Value::from(id))?;
            }
        }
        match context.span_id() {
            Some(id) => visitor.visit_pair(Key::from_str("span_id"), Value::from(id)),
            None => Ok(()),
        }
    }

    fn count(&self) -> usize {
        self.pairs.count() + 3
    }
}

/// Adds the pairs of a record as tags.
pub(crate) fn tagged(reported: LogRecord, record: &Record<'_>) -> LogRecord {
    let mut tags = Tags(Some(reported));
    // Without an error of its own: the visitor never fails, and a source that does ends the list.
    let _ = record.key_values().visit(&mut tags);
    tags.0.unwrap_or_else(|| LogRecord::new(skywalking_runtime::LogLevel::Info, ""))
}

struct Tags(Option<LogRecord>);

impl<'kvs> VisitSource<'kvs> for Tags {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.0 = self.0.take().map(|record| record.tag_display(key.as_str(), value));
        Ok(())
    }
}
