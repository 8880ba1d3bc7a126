//! Who and where this instance is, as the backend shows it: the keys are those of other agents (`protocol/semantics.md` 13).

use std::time::{SystemTime, UNIX_EPOCH};

use skywalking_proto::storage::storable;
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties, KeyStringValuePair};

use crate::config::{hostname, ipv4s};
use crate::tracer::Identity;

/// As many addresses as the Java agent tells.
const ADDRESSES: usize = 10;

/// The messages of management of this process.
#[derive(Clone, Debug)]
pub(crate) struct Messages {
    identity: Identity,
    /// Milliseconds since 1970.
    started: u128,
}

impl Messages {
    /// The agent starts now.
    pub(crate) fn new(identity: Identity) -> Self {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self { identity, started }
    }

    /// Who and where this instance is now: addresses may change while it runs.
    pub(crate) fn properties(&self) -> InstanceProperties {
        let mut properties = vec![
            pair("language", "rust"),
            pair("OS Name", std::env::consts::OS),
            pair("hostname", &hostname()),
            pair("Process No.", &std::process::id().to_string()),
            pair("Start Time", &self.started.to_string()),
            pair("version", env!("CARGO_PKG_VERSION")),
        ];
        properties.extend(ipv4s().into_iter().take(ADDRESSES).map(|ip| pair("ipv4", &ip)));
        InstanceProperties {
            service: self.identity.service.clone(),
            service_instance: self.identity.instance.clone(),
            properties,
            layer: String::new(),
        }
    }

    /// That this instance is still there.
    pub(crate) fn keep_alive(&self) -> InstancePingPkg {
        InstancePingPkg { service: self.identity.service.clone(), service_instance: self.identity.instance.clone(), layer: String::new() }
    }
}

/// A property as a backend can store it.
fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: storable(key).into_owned(), value: storable(value).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn property_with_nul_leaves_without_it() {
        let KeyStringValuePair { key, value } = pair("a\0b", "c\0");
        assert_eq!((key.as_str(), value.as_str()), ("a\u{fffd}b", "c\u{fffd}"));
    }

    #[test]
    fn the_properties_name_the_instance_its_language_and_its_place() {
        let said = Messages::new(Identity::new("svc", "one")).properties();
        assert_eq!((said.service.as_str(), said.service_instance.as_str(), said.layer.as_str()), ("svc", "one", ""));
        let keys: Vec<_> = said.properties.iter().map(|pair| pair.key.as_str()).filter(|key| *key != "ipv4").collect();
        assert_eq!(keys, ["language", "OS Name", "hostname", "Process No.", "Start Time", "version"]);
        assert_eq!(said.properties[0].value, "rust");
        assert_eq!(said.properties[3].value, std::process::id().to_string());
        assert!(said.properties.iter().all(|pair| !pair.value.is_empty()));
    }
}
