//! Reports about instances: their properties, and keep-alive pings (`docs/protocol.md#management`).
//!
//! Used by both ports. An `Err` is the reason for the agent. The report is counted as refused.

use prost::Message as _;
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties};

use crate::decode;
use crate::state::CollectorState;

/// The largest size of an instance's properties. The OAP stores them as JSON of at most this many
/// characters.
const MAX_PROPERTIES: usize = 50_000;

/// Stores an encoded `InstanceProperties`.
pub(crate) fn properties(state: &CollectorState, message: &[u8]) -> Result<(), String> {
    let report =
        decode_properties(state, message).inspect_err(|_| state.count_management_refused())?;
    let pairs = report.properties.into_iter().map(|pair| (pair.key, pair.value)).collect();
    state.record_properties(&report.service, &report.service_instance, pairs);
    Ok(())
}

/// Stores an encoded `InstancePingPkg`.
pub(crate) fn keep_alive(state: &CollectorState, message: &[u8]) -> Result<(), String> {
    let ping = InstancePingPkg::decode(message).map_err(|error| {
        state.count_management_refused();
        malformed("InstancePingPkg", &error)
    })?;
    state.record_ping(&ping.service, &ping.service_instance, &ping.layer);
    Ok(())
}

fn decode_properties(state: &CollectorState, message: &[u8]) -> Result<InstanceProperties, String> {
    // Checked before decoding: many empty pairs are small only while they are encoded.
    if decode::properties_memory(message)
        .is_none_or(|bytes| bytes > state.limits().registry_bytes())
    {
        return Err(
            "invalid InstanceProperties, or more memory than the collector keeps for all instances: send fewer properties"
                .to_owned(),
        );
    }
    let report = InstanceProperties::decode(message)
        .map_err(|error| malformed("InstanceProperties", &error))?;
    let length: usize =
        report.properties.iter().map(|pair| pair.key.len() + pair.value.len()).sum();
    if length > MAX_PROPERTIES {
        return Err(format!(
            "the properties have {length} bytes, and the OAP stores at most {MAX_PROPERTIES} characters: send fewer properties"
        ));
    }
    Ok(report)
}

fn malformed(name: &str, error: &prost::DecodeError) -> String {
    format!("not an {name}: {error}; send skywalking.v3.{name} as protobuf")
}
