//! Instances report who they are, and that they are still there (`docs/protocol.md#management`).
//! How the bytes came is not known here; an `Err` is the reason for whoever sent them, and is
//! counted.

use prost::Message as _;
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties};

use crate::shared::Shared;
use crate::wire;

/// The OAP stores the properties of an instance as JSON of at most so many characters.
const PROPERTIES_LIMIT: usize = 50_000;

/// Takes an encoded `InstanceProperties`.
pub(crate) fn properties(shared: &Shared, message: &[u8]) -> Result<(), String> {
    let report = read_properties(shared, message).inspect_err(|_| shared.management_refused())?;
    let pairs = report.properties.into_iter().map(|pair| (pair.key, pair.value)).collect();
    shared.properties(&report.service, &report.service_instance, pairs);
    Ok(())
}

/// Takes an encoded `InstancePingPkg`.
pub(crate) fn keep_alive(shared: &Shared, message: &[u8]) -> Result<(), String> {
    let ping = InstancePingPkg::decode(message).map_err(|error| {
        shared.management_refused();
        no_message("InstancePingPkg", &error)
    })?;
    shared.ping(&ping.service, &ping.service_instance, &ping.layer);
    Ok(())
}

fn read_properties(shared: &Shared, message: &[u8]) -> Result<InstanceProperties, String> {
    // Weighed first: many empty pairs are small on the wire alone.
    if wire::weigh_properties(message).is_none_or(|bytes| bytes > shared.limits().registry_bytes())
    {
        let refusal = "the InstanceProperties are broken, or take more memory than the collector keeps for all instances: send fewer";
        return Err(refusal.to_owned());
    }
    let report = InstanceProperties::decode(message)
        .map_err(|error| no_message("InstanceProperties", &error))?;
    let length: usize =
        report.properties.iter().map(|pair| pair.key.len() + pair.value.len()).sum();
    if length > PROPERTIES_LIMIT {
        return Err(format!(
            "the properties have {length} bytes, and the OAP stores at most {PROPERTIES_LIMIT} characters: send fewer"
        ));
    }
    Ok(report)
}

fn no_message(name: &str, error: &prost::DecodeError) -> String {
    format!("not an {name}: {error}; send skywalking.v3.{name} as protobuf")
}
