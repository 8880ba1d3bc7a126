//! What agents report beside traces. It is counted by kind and not kept.

use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// A kind of report that is answered and counted, and not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Unkept {
    /// `JVMMetricReportService`.
    JvmMetrics,
    /// `CLRMetricReportService`.
    ClrMetrics,
    /// `MeterReportService`.
    Meters,
    /// `LogReportService`, and `/v3/logs` over HTTP.
    Logs,
    /// `EventService`, and `/v3/events` over HTTP.
    Events,
    /// `ConfigurationDiscoveryService`: questions for settings.
    Configuration,
    /// `ProfileTask`, `PprofTask` and `AsyncProfilerTask`: questions for tasks, and their ends.
    ProfileTasks,
    /// The same services: stacks and profiles.
    Profiles,
    /// `SpanAttachedEventReportService`.
    AttachedEvents,
    /// `BrowserPerfService`.
    Browser,
}

impl Unkept {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::JvmMetrics,
        Self::ClrMetrics,
        Self::Meters,
        Self::Logs,
        Self::Events,
        Self::Configuration,
        Self::ProfileTasks,
        Self::Profiles,
        Self::AttachedEvents,
        Self::Browser,
    ];

    /// Returns the kind's name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::JvmMetrics => "jvmMetrics",
            Self::ClrMetrics => "clrMetrics",
            Self::Meters => "meters",
            Self::Logs => "logs",
            Self::Events => "events",
            Self::Configuration => "configuration",
            Self::ProfileTasks => "profileTasks",
            Self::Profiles => "profiles",
            Self::AttachedEvents => "attachedEvents",
            Self::Browser => "browser",
        }
    }
}

/// How many messages of each kind came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnkeptCounts([u64; Unkept::ALL.len()]);

impl UnkeptCounts {
    /// Returns the number of messages of a kind.
    pub fn get(&self, kind: Unkept) -> u64 {
        self.0[kind as usize]
    }

    /// Returns the kinds of which something came, and how much.
    pub fn iter(&self) -> impl Iterator<Item = (Unkept, u64)> + '_ {
        Unkept::ALL.into_iter().map(|kind| (kind, self.get(kind))).filter(|(_, count)| *count > 0)
    }

    pub(crate) fn add(&mut self, kind: Unkept, count: u64) {
        self.0[kind as usize] += count;
    }
}

/// `3 jvmMetrics, 1 logs`.
impl fmt::Display for UnkeptCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (kind, count)) in self.iter().enumerate() {
            write!(f, "{}{count} {}", if at > 0 { ", " } else { "" }, kind.name())?;
        }
        Ok(())
    }
}

impl Serialize for UnkeptCounts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (kind, count) in self.iter() {
            map.serialize_entry(kind.name(), &count)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_and_shown_in_their_order() {
        let mut counts = UnkeptCounts::default();
        assert_eq!(
            (counts.to_string(), serde_json::to_string(&counts).expect("JSON")),
            (String::new(), "{}".into())
        );
        for (number, kind) in Unkept::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
        }
        counts.add(Unkept::Logs, 1);
        counts.add(Unkept::JvmMetrics, 2);
        counts.add(Unkept::JvmMetrics, 1);
        assert_eq!((counts.get(Unkept::JvmMetrics), counts.get(Unkept::Browser)), (3, 0));
        assert_eq!(counts.to_string(), "3 jvmMetrics, 1 logs");
        assert_eq!(serde_json::to_string(&counts).expect("JSON"), r#"{"jvmMetrics":3,"logs":1}"#);
    }
}
