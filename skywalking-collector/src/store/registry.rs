//! Services and instances: who is there, since when not, and what they say of themselves.
//!
//! As in the OAP (`docs/protocol.md#management`), properties make an instance known and only a
//! ping or an entry span makes its service one that is listed. The instance that was not seen for
//! the longest time goes first.

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer};

use crate::config::Limits;
use crate::names;

/// What an instance takes in the maps, beside its texts.
const OVERHEAD: usize = 256;

/// A service that is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceView {
    /// Its name, cut to 70 UTF-16 units as the OAP does.
    pub name: String,
    /// The names of its instances, sorted.
    pub instances: Vec<String>,
    /// When something of it arrived last, in epoch milliseconds.
    pub last_seen: i64,
}

/// One instance, as it reported itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InstanceView {
    /// Its service.
    pub service: String,
    /// Its name.
    pub instance: String,
    /// Its properties in the order of their first report; a later report of a key replaces the
    /// value. JSON has them as a list of `{"key": .., "value": ..}`, since a key can be there
    /// twice.
    #[serde(serialize_with = "pairs")]
    pub properties: Vec<(String, String)>,
    /// When it pinged last, in epoch milliseconds.
    pub last_ping: Option<i64>,
    /// The service layer of the last ping; empty stands for `GENERAL`.
    pub layer: String,
    /// When something of it arrived last, in epoch milliseconds.
    pub last_seen: i64,
}

fn pairs<S: Serializer>(properties: &[(String, String)], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Pair<'a> {
        key: &'a str,
        value: &'a str,
    }
    to.collect_seq(properties.iter().map(|(key, value)| Pair { key, value }))
}

type Key = (String, String);

#[derive(Debug, Default)]
struct Instance {
    properties: Vec<(String, String)>,
    last_ping: Option<i64>,
    layer: String,
    last_seen: i64,
    listed: bool,
    turn: u64,
    bytes: usize,
}

impl Instance {
    fn weigh(&self, key: &Key) -> usize {
        let properties: usize =
            self.properties.iter().map(|(key, value)| key.len() + value.len() + 64).sum();
        OVERHEAD + 2 * (key.0.len() + key.1.len()) + self.layer.len() + properties
    }
}

#[derive(Debug)]
pub(crate) struct Registry {
    max_instances: usize,
    max_bytes: usize,
    instances: HashMap<Key, Instance>,
    by_turn: BTreeMap<u64, Key>,
    turns: u64,
    bytes: usize,
    evicted: u64,
}

impl Registry {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            max_instances: limits.max_instances,
            max_bytes: limits.registry_bytes(),
            instances: HashMap::new(),
            by_turn: BTreeMap::new(),
            turns: 0,
            bytes: 0,
            evicted: 0,
        }
    }

    /// An entry span arrived.
    pub(crate) fn seen(&mut self, service: &str, instance: &str, now: i64) {
        self.update(service, instance, now, |known| known.listed = true);
    }

    pub(crate) fn properties(
        &mut self,
        service: &str,
        instance: &str,
        properties: Vec<(String, String)>,
        now: i64,
    ) {
        self.update(service, instance, now, |known| merge(&mut known.properties, properties));
    }

    pub(crate) fn ping(&mut self, service: &str, instance: &str, layer: &str, now: i64) {
        self.update(service, instance, now, |known| {
            known.listed = true;
            known.last_ping = Some(now);
            names::cut(layer).clone_into(&mut known.layer);
        });
    }

    fn update(
        &mut self,
        service: &str,
        instance: &str,
        now: i64,
        change: impl FnOnce(&mut Instance),
    ) {
        let key = (names::service(service).to_owned(), names::service(instance).to_owned());
        self.turns += 1;
        let known = self.instances.entry(key.clone()).or_default();
        self.by_turn.remove(&known.turn);
        known.turn = self.turns;
        known.last_seen = known.last_seen.max(now);
        change(known);
        let bytes = known.weigh(&key);
        self.bytes = self.bytes - known.bytes + bytes;
        known.bytes = bytes;
        self.by_turn.insert(self.turns, key);
        while self.instances.len() > self.max_instances || self.bytes > self.max_bytes {
            let Some((_, key)) = self.by_turn.pop_first() else {
                break;
            };
            if let Some(gone) = self.instances.remove(&key) {
                self.bytes -= gone.bytes;
                self.evicted += 1;
            }
        }
    }

    pub(crate) fn services(&self) -> Vec<ServiceView> {
        let mut services: BTreeMap<&str, (bool, ServiceView)> = BTreeMap::new();
        for ((name, instance), known) in &self.instances {
            let (listed, service) = services.entry(name).or_insert_with(|| {
                (false, ServiceView { name: name.clone(), instances: Vec::new(), last_seen: 0 })
            });
            *listed |= known.listed;
            service.instances.push(instance.clone());
            service.last_seen = service.last_seen.max(known.last_seen);
        }
        let listed =
            services.into_values().filter_map(|(listed, service)| listed.then_some(service));
        listed
            .map(|mut service| {
                service.instances.sort_unstable();
                service
            })
            .collect()
    }

    pub(crate) fn instances(&self) -> Vec<InstanceView> {
        let mut all: Vec<_> = self
            .instances
            .iter()
            .map(|((service, instance), known)| InstanceView {
                service: service.clone(),
                instance: instance.clone(),
                properties: known.properties.clone(),
                last_ping: known.last_ping,
                layer: known.layer.clone(),
                last_seen: known.last_seen,
            })
            .collect();
        all.sort_unstable_by(|a, b| (&a.service, &a.instance).cmp(&(&b.service, &b.instance)));
        all
    }

    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }
}

/// A later report merges: keys that it does not name stay. A key that one report names several
/// times (`ipv4`) keeps every value of that report.
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
    fn properties_make_an_instance_and_a_ping_makes_the_service() {
        let mut registry = Registry::new(&Limits::default());
        registry.properties("shop", "shop_1", vec![pair("language", "rust")], 10);
        assert_eq!(
            (registry.services(), names(&registry)),
            (vec![], vec!["shop/shop_1".to_owned()])
        );
        registry.ping("shop", "shop_2", "GENERAL", 20);
        let instances = vec!["shop_1".to_owned(), "shop_2".to_owned()];
        assert_eq!(
            registry.services(),
            [ServiceView { name: "shop".into(), instances, last_seen: 20 }]
        );
    }

    #[test]
    fn a_later_report_replaces_the_keys_that_it_names() {
        let mut registry = Registry::new(&Limits::default());
        registry.properties(
            "s",
            "i",
            vec![pair("ipv4", "10.0.0.1"), pair("ipv4", "10.0.0.2"), pair("os", "linux")],
            1,
        );
        registry.properties("s", "i", vec![pair("ipv4", "10.0.0.3")], 2);
        assert_eq!(
            registry.instances()[0].properties,
            [pair("os", "linux"), pair("ipv4", "10.0.0.3")]
        );
    }

    #[test]
    fn the_instance_that_was_not_seen_for_longest_goes_first() {
        let mut registry = Registry::new(&Limits { max_instances: 2, ..Limits::default() });
        for (instance, now) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            registry.seen("s", instance, now);
        }
        assert_eq!(
            (names(&registry), registry.evicted()),
            (vec!["s/a".to_owned(), "s/c".to_owned()], 1)
        );
    }

    #[test]
    fn any_number_of_services_with_long_names_stay_within_their_bytes() {
        let limits = Limits { max_bytes: 16 * 100_000, ..Limits::default() };
        let mut registry = Registry::new(&limits);
        for number in 0..100_000 {
            registry.ping(&format!("{number}{}", "x".repeat(200)), "i", "", 1);
        }
        assert!(registry.bytes <= 100_000 && registry.instances.len() == registry.by_turn.len());
        assert!(registry.instances.len() > 100);
        registry.properties("big", "i", vec![pair("k", &"v".repeat(1_000_000))], 1);
        assert!(registry.bytes <= 100_000, "one that alone is too large goes as well");
    }
}
