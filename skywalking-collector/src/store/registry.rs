//! Stores services and instances.
//!
//! A segment, a ping, a log, a meter, an event or a report of properties creates an instance. The
//! OAP lists a service only after a ping, an entry span or a log (`docs/protocol.md#management`). At
//! the limit, the instance whose last report is the oldest is evicted.

use std::collections::{BTreeMap, HashMap};

use crate::api::{CallStats, InstanceView};
use crate::config::Limits;
use crate::naming;

/// The memory of an instance in the maps, in addition to its strings.
const OVERHEAD: usize = 256;

/// What is known about a service without its metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ServiceFacts {
    pub(crate) name: String,
    /// The layer of a ping, if one named it.
    pub(crate) layer: Option<String>,
    /// The number of its instances.
    pub(crate) instances: usize,
    /// In epoch milliseconds.
    pub(crate) last_seen: i64,
    /// Whether it had an entry span or a ping.
    pub(crate) listed: bool,
    /// Its number in the order of first arrival, which selects its color.
    pub(crate) color: u32,
}

/// The color of a service with known instances.
#[derive(Debug)]
struct ServiceColor {
    number: u32,
    instances: usize,
}

/// Service and instance.
type Key = (String, String);

#[derive(Debug, Default)]
struct Instance {
    properties: Vec<(String, String)>,
    last_ping: Option<i64>,
    layer: String,
    last_seen: i64,
    /// Whether it had an entry span or a ping.
    listed: bool,
    /// Whether it stands for a service of which no instance is known.
    is_placeholder: bool,
    /// The number of its last update.
    updated: u64,
    bytes: usize,
}

impl Instance {
    fn memory(&self, key: &Key) -> usize {
        let properties: usize =
            self.properties.iter().map(|(key, value)| key.len() + value.len() + 64).sum();
        OVERHEAD + 3 * key.0.len() + 2 * key.1.len() + self.layer.len() + properties
    }
}

#[derive(Debug)]
pub(super) struct Registry {
    max_instances: usize,
    max_bytes: usize,
    instances: HashMap<Key, Instance>,
    by_update: BTreeMap<u64, Key>,
    /// Colors by service. An evicted service that reports again gets another one.
    colors: HashMap<String, ServiceColor>,
    next_color: u32,
    updates: u64,
    bytes: usize,
    evicted: u64,
}

impl Registry {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            max_instances: limits.max_instances,
            max_bytes: limits.registry_bytes(),
            instances: HashMap::new(),
            by_update: BTreeMap::new(),
            colors: HashMap::new(),
            next_color: 0,
            updates: 0,
            bytes: 0,
            evicted: 0,
        }
    }

    /// Records a report that names a service and perhaps an instance. A report without an instance
    /// creates a placeholder if the service is unknown. The first instance replaces it.
    pub(super) fn record_source(
        &mut self,
        service: &str,
        instance: &str,
        is_listed: bool,
        now: i64,
    ) {
        if !instance.is_empty() || !self.colors.contains_key(naming::display_name(service)) {
            self.update(service, instance, now, |known| {
                known.listed |= is_listed;
                known.is_placeholder = instance.is_empty();
            });
        }
    }

    /// Records a segment. `is_listed` is whether it adds its service to the OAP's list. Returns the
    /// color of the service.
    pub(super) fn record_segment(
        &mut self,
        service: &str,
        instance: &str,
        is_listed: bool,
        now: i64,
    ) -> u32 {
        self.update(service, instance, now, |known| known.listed |= is_listed)
    }

    pub(super) fn record_properties(
        &mut self,
        service: &str,
        instance: &str,
        properties: Vec<(String, String)>,
        now: i64,
    ) {
        self.update(service, instance, now, |known| merge(&mut known.properties, properties));
    }

    pub(super) fn record_ping(&mut self, service: &str, instance: &str, layer: &str, now: i64) {
        self.update(service, instance, now, |known| {
            known.listed = true;
            known.last_ping = Some(now);
            naming::truncated(layer).clone_into(&mut known.layer);
        });
    }

    fn update(
        &mut self,
        service: &str,
        instance: &str,
        now: i64,
        change: impl FnOnce(&mut Instance),
    ) -> u32 {
        let key =
            (naming::display_name(service).to_owned(), naming::display_name(instance).to_owned());
        self.updates += 1;
        let color = self.color(&key);
        let was_listed = self.remove_placeholder(&key.0);
        let known = self.instances.entry(key.clone()).or_default();
        known.listed |= was_listed;
        self.by_update.remove(&known.updated);
        known.updated = self.updates;
        known.last_seen = known.last_seen.max(now);
        known.is_placeholder = false;
        change(known);
        let bytes = known.memory(&key);
        self.bytes = self.bytes - known.bytes + bytes;
        known.bytes = bytes;
        self.by_update.insert(self.updates, key);
        while self.instances.len() > self.max_instances || self.bytes > self.max_bytes {
            let Some((_, key)) = self.by_update.pop_first() else {
                break;
            };
            if let Some(evicted) = self.instances.remove(&key) {
                self.bytes -= evicted.bytes;
                self.evicted += 1;
                self.release_color(&key.0);
            }
        }
        color
    }

    /// Removes the placeholder of a service that has a further instance. Returns true if it was
    /// listed.
    fn remove_placeholder(&mut self, service: &str) -> bool {
        if self.colors.get(service).is_none_or(|color| color.instances < 2) {
            return false;
        }
        let key = (service.to_owned(), naming::display_name("").to_owned());
        if !self.instances.get(&key).is_some_and(|known| known.is_placeholder) {
            return false;
        }
        let Some(removed) = self.instances.remove(&key) else { return false };
        self.by_update.remove(&removed.updated);
        self.bytes -= removed.bytes;
        self.release_color(service);
        removed.listed
    }

    /// Returns the color of the service of an instance, which may be new.
    fn color(&mut self, key: &Key) -> u32 {
        let is_new = !self.instances.contains_key(key);
        let color = self.colors.entry(key.0.clone()).or_insert_with(|| {
            let number = self.next_color;
            self.next_color = self.next_color.wrapping_add(1);
            ServiceColor { number, instances: 0 }
        });
        color.instances += usize::from(is_new);
        color.number
    }

    /// Forgets the color of a service with its last instance.
    fn release_color(&mut self, service: &str) {
        if let Some(color) = self.colors.get_mut(service) {
            color.instances -= 1;
            if color.instances == 0 {
                self.colors.remove(service);
            }
        }
    }

    /// Returns the memory of names and properties in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns all services, sorted by name.
    pub(super) fn services(&self) -> Vec<ServiceFacts> {
        let mut services: BTreeMap<&str, ServiceFacts> = BTreeMap::new();
        for ((name, _), known) in &self.instances {
            let service = services.entry(name).or_insert_with(|| ServiceFacts {
                name: name.clone(),
                color: self.colors.get(name).map_or(0, |color| color.number),
                ..Default::default()
            });
            service.listed |= known.listed;
            service.instances += 1;
            service.last_seen = service.last_seen.max(known.last_seen);
            if service.layer.is_none() || !known.layer.is_empty() {
                service.layer = Some(known.layer.clone()).filter(|layer| !layer.is_empty());
            }
        }
        services.into_values().collect()
    }

    pub(super) fn instances(&self) -> Vec<InstanceView> {
        let mut all: Vec<_> = self
            .instances
            .iter()
            .map(|((service, instance), known)| InstanceView {
                service: service.clone(),
                instance: instance.clone(),
                properties: known.properties.clone(),
                stats: CallStats::default(),
                last_ping: known.last_ping,
                layer: known.layer.clone(),
                last_seen: known.last_seen,
            })
            .collect();
        all.sort_unstable_by(|a, b| (&a.service, &a.instance).cmp(&(&b.service, &b.instance)));
        all
    }

    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }
}

/// Merges a later report: keys that it doesn't name are kept. A key that occurs several times in
/// one report, such as `ipv4`, keeps every value of that report.
fn merge(known: &mut Vec<(String, String)>, report: Vec<(String, String)>) {
    let named: std::collections::HashSet<&str> =
        report.iter().map(|(key, _)| key.as_str()).collect();
    known.retain(|(key, _)| !named.contains(key.as_str()));
    drop(named);
    known.extend(report);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    fn names(registry: &Registry) -> Vec<String> {
        registry
            .instances()
            .iter()
            .map(|known| format!("{}/{}", known.service, known.instance))
            .collect()
    }

    #[test]
    fn ping_lists_the_service_and_properties_do_not() {
        let mut registry = Registry::new(&Limits::default());
        registry.record_properties("shop", "shop_1", vec![pair("language", "rust")], 10);

        let shop = |instances, listed, last_seen| ServiceFacts {
            name: "shop".into(),
            instances,
            last_seen,
            listed,
            ..Default::default()
        };

        assert_eq!(
            (registry.services(), names(&registry)),
            (vec![shop(1, false, 10)], vec!["shop/shop_1".to_owned()])
        );

        registry.record_ping("shop", "shop_2", "GENERAL", 20);
        let layer = Some("GENERAL".to_owned());

        assert_eq!(registry.services(), [ServiceFacts { layer, ..shop(2, true, 20) }]);
    }

    #[test]
    fn first_instance_replaces_the_placeholder_of_its_service() {
        let mut registry = Registry::new(&Limits::default());
        registry.record_source("shop", "", true, 10);
        assert_eq!(registry.services()[0].instances, 1);

        registry.record_properties("shop", "shop_1", Vec::new(), 20);
        assert_eq!(names(&registry), ["shop/shop_1"]);
        let shop = &registry.services()[0];
        assert!(shop.listed && (shop.instances, shop.color) == (1, 0));

        registry.record_source("shop", "", true, 30);
        registry.record_properties("shop", "shop_2", Vec::new(), 40);
        assert_eq!(names(&registry), ["shop/shop_1", "shop/shop_2"]);
    }

    #[test]
    fn colors_are_numbers_in_the_order_of_arrival() {
        let mut registry = Registry::new(&Limits { max_instances: 3, ..Limits::default() });
        let arrivals = [("b", "1"), ("a", "1"), ("b", "2"), ("a", "1")];
        let colors =
            arrivals.map(|(service, instance)| registry.record_segment(service, instance, true, 1));

        assert_eq!(colors, [0, 1, 0, 1]);

        // One instance of `b` is evicted, and then the other one.
        registry.record_ping("c", "1", "", 2);
        assert_eq!(registry.record_segment("b", "2", true, 3), 0);
        for service in ["d", "e", "f"] {
            registry.record_ping(service, "1", "", 4);
        }

        assert_eq!(registry.record_segment("b", "1", true, 5), 6);
        assert_eq!(
            registry.services().iter().map(|known| known.color).collect::<Vec<_>>(),
            [6, 4, 5]
        );
        assert_eq!(registry.colors.len(), 3);
    }

    #[test]
    fn later_report_replaces_its_keys() {
        let mut registry = Registry::new(&Limits::default());
        registry.record_properties(
            "s",
            "i",
            vec![pair("ipv4", "10.0.0.1"), pair("ipv4", "10.0.0.2"), pair("os", "linux")],
            1,
        );
        registry.record_properties("s", "i", vec![pair("ipv4", "10.0.0.3")], 2);
        assert_eq!(
            registry.instances()[0].properties,
            [pair("os", "linux"), pair("ipv4", "10.0.0.3")]
        );
    }

    #[test]
    fn longest_unseen_instance_is_evicted_first() {
        let mut registry = Registry::new(&Limits { max_instances: 2, ..Limits::default() });
        for (instance, now) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            registry.record_segment("s", instance, true, now);
        }
        assert_eq!(
            (names(&registry), registry.evicted()),
            (vec!["s/a".to_owned(), "s/c".to_owned()], 1)
        );
    }

    #[test]
    fn memory_is_bounded_with_many_long_names() {
        let limits = Limits { max_bytes: 16 * 100_000, ..Limits::default() };
        let mut registry = Registry::new(&limits);
        for number in 0..100_000 {
            registry.record_ping(&format!("{number}{}", "x".repeat(200)), "i", "", 1);
        }

        assert!(registry.bytes <= 100_000 && registry.instances.len() == registry.by_update.len());
        assert!(registry.instances.len() > 100);

        registry.record_properties("big", "i", vec![pair("k", &"v".repeat(1_000_000))], 1);

        assert!(registry.bytes <= 100_000, "an instance that exceeds the limit alone is evicted");
    }
}
