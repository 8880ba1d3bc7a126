//! Services and instances with their requests.

use std::collections::HashMap;
use std::sync::Arc;

use crate::api::{InstanceView, NodeKind, ServiceView, TimeRange};
use crate::query::window::{Reader, Window};
use crate::store::{SeriesRef, ServiceFacts, Subject, Totals};

/// The number of parts of a sparkline.
const SPARKLINE: i64 = 30;
/// The memory of a service or an instance in the reader, in bytes. The names are shared.
const BYTES: usize = 256;

/// Reads the requests of services.
pub(crate) struct Services {
    window: Window,
    found: HashMap<Arc<str>, Requests>,
}

#[derive(Default)]
struct Requests {
    totals: Totals,
    /// Time slots and the number of requests in each.
    by_slot: Vec<(i64, u64)>,
}

impl Requests {
    fn heap_bytes(&self) -> usize {
        self.totals.heap_bytes() + self.by_slot.capacity() * size_of::<(i64, u64)>()
    }
}

impl Services {
    pub(crate) fn new(range: TimeRange) -> Self {
        Self { window: Window::new(range), found: HashMap::new() }
    }

    /// Returns the services with their requests. `violations` returns the number of a service.
    pub(crate) fn finish(
        self,
        known: Vec<ServiceFacts>,
        violations: impl Fn(&str) -> u64,
    ) -> Vec<ServiceView> {
        let none = Requests::default();
        let view = |service: ServiceFacts| {
            let requests = self.found.get(service.name.as_str()).unwrap_or(&none);
            ServiceView {
                stats: self.window.stats(&requests.totals),
                sparkline: sparkline(&self.window, &requests.by_slot),
                violations: violations(&service.name),
                kind: NodeKind::Service,
                name: service.name,
                layer: service.layer,
                instances: service.instances,
                last_seen: service.last_seen,
                listed: service.listed,
                color: service.color,
            }
        };
        known.into_iter().map(view).collect()
    }
}

/// Sums the calls in parts of equal length. The last part ends with the window.
fn sparkline(window: &Window, calls: &[(i64, u64)]) -> Vec<u64> {
    let slots = window.slots();
    let width =
        slots.end.saturating_sub(slots.start).max(1).saturating_add(SPARKLINE - 1) / SPARKLINE;
    let start = slots.end.saturating_sub(width.saturating_mul(SPARKLINE));
    let mut parts = vec![0; usize::try_from(SPARKLINE).unwrap_or(0)];
    for (slot, calls) in calls {
        let part = usize::try_from(slot.saturating_sub(start) / width).unwrap_or(usize::MAX);
        if let Some(part) = parts.get_mut(part) {
            *part += calls;
        }
    }
    parts
}

impl Reader for Services {
    fn add(&mut self, series: &SeriesRef<'_>) -> usize {
        let Subject::Service { service } = &series.subject else {
            return 0;
        };
        let requests = self.found.entry(Arc::clone(service)).or_default();
        self.window.cells(series, |slot, totals| {
            requests.totals.merge(totals);
            requests.by_slot.push((slot, totals.calls));
        });
        BYTES + requests.heap_bytes()
    }
}

/// Reads the requests of instances.
pub(crate) struct Instances {
    window: Window,
    found: HashMap<(Arc<str>, Arc<str>), Totals>,
}

impl Instances {
    pub(crate) fn new(range: TimeRange) -> Self {
        Self { window: Window::new(range), found: HashMap::new() }
    }

    /// Returns the instances with their requests.
    pub(crate) fn finish(self, mut known: Vec<InstanceView>) -> Vec<InstanceView> {
        for instance in &mut known {
            let key = (instance.service.as_str().into(), instance.instance.as_str().into());
            let none = Totals::default();
            instance.stats = self.window.stats(self.found.get(&key).unwrap_or(&none));
        }
        known
    }
}

impl Reader for Instances {
    fn add(&mut self, series: &SeriesRef<'_>) -> usize {
        let Subject::Instance { service, instance } = &series.subject else {
            return 0;
        };
        let key = (Arc::clone(service), Arc::clone(instance));
        let totals = self.found.entry(key).or_default();
        self.window.add(series, totals);
        BYTES + totals.heap_bytes()
    }
}
