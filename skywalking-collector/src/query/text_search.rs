//! Searches the spans of a trace for a text.

use std::sync::Arc;

use skywalking_proto::v3::KeyStringValuePair;

use super::rows::{Row, rows};
use crate::naming;
use crate::store::StoredSegment;

/// Returns the rows of the tree that contain the text in a name, a service, an instance, a peer, a
/// tag or a log. The case is ignored. A tag or a field of a log is searched as `key=value`.
pub(crate) fn matching_rows(segments: &[Arc<StoredSegment>], text: &str) -> Vec<usize> {
    let mut search = Search { text: text.to_lowercase(), buffer: String::new() };
    let rows = rows(segments);
    rows.iter().enumerate().filter(|(_, row)| search.is_in(row)).map(|(at, _)| at).collect()
}

struct Search {
    /// The text in lower case.
    text: String,
    /// The searched text in lower case, reused.
    buffer: String,
}

impl Search {
    fn is_in(&mut self, row: &Row<'_>) -> bool {
        let (segment, span) = (&row.segment.object, row.span);
        let (service, instance) = (&segment.service, &segment.service_instance);
        let mut names = [
            span.operation_name.as_str(),
            naming::display_name(service),
            naming::display_name(instance),
            &span.peer,
        ]
        .into_iter();
        names.any(|name| self.matches(&[name]))
            || self.is_in_pairs(&span.tags)
            || span.logs.iter().any(|log| self.is_in_pairs(&log.data))
    }

    fn is_in_pairs(&mut self, pairs: &[KeyStringValuePair]) -> bool {
        pairs.iter().any(|pair| self.matches(&[&pair.key, "=", &pair.value]))
    }

    /// Returns whether the parts together contain the text.
    fn matches(&mut self, parts: &[&str]) -> bool {
        self.buffer.clear();
        for part in parts {
            if part.is_ascii() {
                self.buffer.extend(part.chars().map(|character| character.to_ascii_lowercase()));
            } else {
                self.buffer.extend(part.chars().flat_map(char::to_lowercase));
            }
        }
        self.buffer.contains(&self.text)
    }
}
