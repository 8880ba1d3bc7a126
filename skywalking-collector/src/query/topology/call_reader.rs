//! Reads one call of the map over time.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::aliases::Aliases;
use crate::naming::{self, ServiceKind};
use crate::query::window::Window;
use crate::store::{SeriesRef, Subject, Totals};

type Timeline = BTreeMap<i64, Totals>;

/// Collects the cells of all calls, because an address is resolved only at the end.
#[derive(Default)]
pub(crate) struct CallReader {
    aliases: Aliases,
    sent: Vec<(Subject<Arc<str>>, Timeline)>,
    received: Vec<(Subject<Arc<str>>, Timeline)>,
}

impl CallReader {
    pub(crate) fn add(&mut self, series: &SeriesRef<'_>, window: &mut Window) {
        self.aliases.add(series);
        let calls = match series.subject {
            Subject::Sent { .. } => &mut self.sent,
            Subject::Received { .. } => &mut self.received,
            _ => return,
        };
        let mut timeline = Timeline::new();
        window.cells(series, |slot, totals| _ = timeline.insert(slot, totals.clone()));
        calls.push((series.subject.clone(), timeline));
    }

    /// Returns the calls between two nodes: those that the caller reported, if there are any.
    pub(crate) fn finish(&self, source: &str, target: &str) -> Timeline {
        let id = |name: &str, kind| naming::service_id(name, kind);
        let mut sent = Timeline::new();
        for (subject, timeline) in &self.sent {
            if let Subject::Sent { source: caller, address, layer, .. } = subject {
                let (called, kind) = self.aliases.target(address, *layer);
                if id(caller, ServiceKind::Normal) == source && id(&called, kind) == target {
                    merge(&mut sent, timeline);
                }
            }
        }
        if !sent.is_empty() {
            return sent;
        }
        let mut received = Timeline::new();
        for (subject, timeline) in &self.received {
            if let Subject::Received { source: caller, source_kind, target: called, .. } = subject
                && id(caller, *source_kind) == source
                && id(called, ServiceKind::Normal) == target
            {
                merge(&mut received, timeline);
            }
        }
        received
    }
}

fn merge(sum: &mut Timeline, other: &Timeline) {
    for (slot, totals) in other {
        sum.entry(*slot).or_default().merge(totals);
    }
}
