//! The properties of this instance, with the keys of the other agents
//! (`docs/protocol.md#management`).

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use skywalking_proto::storage::storable;
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties, KeyStringValuePair};

use crate::config::Belonging;
use crate::config::hostname;
use crate::config::ipv4s;
use crate::tracer::Identity;

/// The most addresses that are sent, as in the Java agent.
const ADDRESSES: usize = 10;

/// The management messages of this process.
#[derive(Clone, Debug)]
pub(crate) struct Messages {
    identity: Identity,
    belonging: Belonging,
    started: String,
}

impl Messages {
    /// Creates the messages. The start time is now.
    pub(crate) fn new(identity: Identity, belonging: Belonging) -> Self {
        // Falls back to UTC on a machine without a time zone.
        let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        Self { identity, belonging, started: local(SystemTime::now(), &zone) }
    }

    /// Returns the properties of this instance. Its addresses may change while it runs.
    pub(crate) fn properties(&self) -> InstanceProperties {
        let mut properties = vec![
            pair("language", "rust"),
            pair("OS Name", std::env::consts::OS),
            pair("hostname", &hostname()),
            pair("Process No.", &std::process::id().to_string()),
            pair("Start Time", &self.started),
            pair("version", env!("CARGO_PKG_VERSION")),
        ];
        properties.extend(ipv4s().into_iter().take(ADDRESSES).map(|ip| pair("ipv4", &ip)));
        let own = &self.belonging.properties;
        properties.extend(own.iter().map(|(key, value)| pair(key, value)));
        InstanceProperties {
            service: self.identity.service.clone(),
            service_instance: self.identity.instance.clone(),
            properties,
            layer: self.belonging.layer.clone(),
        }
    }

    /// Returns the keep-alive of this instance.
    pub(crate) fn keep_alive(&self) -> InstancePingPkg {
        InstancePingPkg {
            service: self.identity.service.clone(),
            service_instance: self.identity.instance.clone(),
            layer: self.belonging.layer.clone(),
        }
    }
}

/// Returns a property without characters that a backend cannot store.
fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: storable(key).into_owned(), value: storable(value).into_owned() }
}

/// Formats a time like the Java agent: local, to the second.
fn local(time: SystemTime, zone: &TimeZone) -> String {
    let time = zone.to_datetime(Timestamp::try_from(time).unwrap_or_default());
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn start_time_is_local_and_formatted_like_javas() {
        let at = |milliseconds: u64, zone: &TimeZone| {
            local(UNIX_EPOCH + Duration::from_millis(milliseconds), zone)
        };
        let hours = |hours: i8| TimeZone::fixed(jiff::tz::offset(hours));
        assert_eq!(at(1_795_973_989_968, &TimeZone::UTC), "2026-11-29 17:39:49");
        assert_eq!(at(1_795_973_989_968, &hours(8)), "2026-11-30 01:39:49");
        assert_eq!(at(1_795_973_989_968, &hours(-5)), "2026-11-29 12:39:49");
        assert_eq!(at(0, &TimeZone::UTC), "1970-01-01 00:00:00");
        // Winter and summer.
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        assert_eq!(
            (at(1_767_225_600_000, &berlin), at(1_782_864_000_000, &berlin)),
            ("2026-01-01 01:00:00".to_owned(), "2026-07-01 02:00:00".to_owned())
        );
    }

    #[test]
    fn nul_in_a_property_is_replaced() {
        let KeyStringValuePair { key, value } = pair("a\0b", "c\0");
        assert_eq!((key.as_str(), value.as_str()), ("a\u{fffd}b", "c\u{fffd}"));
    }

    #[test]
    fn own_properties_and_the_layer_are_sent() {
        let belonging = Belonging {
            layer: "FAAS".to_owned(),
            properties: vec![("team".to_owned(), "blue".to_owned())],
        };
        let messages = Messages::new(Identity::new("svc", "one"), belonging);
        let sent = messages.properties();
        assert_eq!((sent.layer.as_str(), messages.keep_alive().layer.as_str()), ("FAAS", "FAAS"));
        let last = sent.properties.last().unwrap();
        assert_eq!((last.key.as_str(), last.value.as_str()), ("team", "blue"));
    }

    // Feature: instance properties
    #[test]
    fn properties_name_instance_language_and_host() {
        let message = Messages::new(Identity::new("svc", "one"), Belonging::default()).properties();
        assert_eq!(
            (message.service.as_str(), message.service_instance.as_str(), message.layer.as_str()),
            ("svc", "one", "")
        );
        let keys: Vec<_> = message
            .properties
            .iter()
            .map(|pair| pair.key.as_str())
            .filter(|key| *key != "ipv4")
            .collect();
        assert_eq!(
            keys,
            ["language", "OS Name", "hostname", "Process No.", "Start Time", "version"]
        );
        assert_eq!(message.properties[0].value, "rust");
        assert_eq!(message.properties[3].value, std::process::id().to_string());
        assert!(message.properties.iter().all(|pair| !pair.value.is_empty()));
    }
}
