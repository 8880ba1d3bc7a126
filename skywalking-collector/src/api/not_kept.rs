//! Kinds of reports that are answered and counted, and not stored.

use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// A kind of report that the collector answers and counts, and doesn't store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NotKept {
    /// `JVMMetricReportService`.
    JvmMetrics,
    /// `CLRMetricReportService`.
    ClrMetrics,
    /// `ConfigurationDiscoveryService`: queries for settings.
    Configuration,
    /// `ProfileTask`, `PprofTask` and `AsyncProfilerTask`: queries for tasks, and finished tasks.
    ProfileTasks,
    /// The same services: stacks and profiles.
    Profiles,
    /// `SpanAttachedEventReportService`.
    AttachedEvents,
    /// `BrowserPerfService`.
    Browser,
}

impl NotKept {
    /// Every kind, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::JvmMetrics,
        Self::ClrMetrics,
        Self::Configuration,
        Self::ProfileTasks,
        Self::Profiles,
        Self::AttachedEvents,
        Self::Browser,
    ];

    /// Returns the name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JvmMetrics => "jvmMetrics",
            Self::ClrMetrics => "clrMetrics",
            Self::Configuration => "configuration",
            Self::ProfileTasks => "profileTasks",
            Self::Profiles => "profiles",
            Self::AttachedEvents => "attachedEvents",
            Self::Browser => "browser",
        }
    }
}

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Counts the messages of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotKeptCounts([u64; NotKept::ALL.len()]);

impl NotKeptCounts {
    /// Returns the number of messages of a kind.
    pub fn get(&self, kind: NotKept) -> u64 {
        self.0[kind as usize]
    }

    /// Returns the kinds with at least one message, and their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (NotKept, u64)> + '_ {
        NotKept::ALL.iter().map(|&kind| (kind, self.get(kind))).filter(|(_, count)| *count > 0)
    }

    pub(crate) fn add(&mut self, kind: NotKept, count: u64) {
        self.0[kind as usize] += count;
    }
}

/// Writes, for example, `3 jvmMetrics, 1 browser`.
impl fmt::Display for NotKeptCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (kind, count)) in self.iter().enumerate() {
            write!(f, "{}{count} {kind}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

impl Serialize for NotKeptCounts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (kind, count) in self.iter() {
            map.serialize_entry(kind.as_str(), &count)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_and_shown_in_order() {
        let mut counts = NotKeptCounts::default();

        assert_eq!(
            (counts.to_string(), serde_json::to_string(&counts).expect("JSON")),
            (String::new(), "{}".into())
        );

        for (number, kind) in NotKept::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, number);
        }

        counts.add(NotKept::Browser, 1);
        counts.add(NotKept::JvmMetrics, 2);
        counts.add(NotKept::JvmMetrics, 1);

        assert_eq!((counts.get(NotKept::JvmMetrics), counts.get(NotKept::Profiles)), (3, 0));
        assert_eq!(counts.to_string(), "3 jvmMetrics, 1 browser");
        assert_eq!(
            serde_json::to_string(&counts).expect("JSON"),
            r#"{"jvmMetrics":3,"browser":1}"#
        );
    }
}
