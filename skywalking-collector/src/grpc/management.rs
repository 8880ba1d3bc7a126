//! Instances report who they are, and that they are still there (`protocol/semantics.md` 13).

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;
use skywalking_proto::v3::{InstancePingPkg, InstanceProperties};
use tonic::{Status, Streaming};

use super::single;
use crate::shared::Shared;
use crate::wire;

/// The OAP stores the properties of an instance as JSON of at most so many characters.
const PROPERTIES_LIMIT: usize = 50_000;

pub(super) async fn properties(shared: Arc<Shared>, mut stream: Streaming<Bytes>) -> Result<(), Status> {
    let message = single(&shared, &mut stream).await?;
    // Weighed first: many empty pairs are small on the wire alone.
    if wire::weigh_properties(&message).is_none_or(|bytes| bytes > shared.limits().registry_bytes()) {
        return Err(Status::invalid_argument(
            "the InstanceProperties are broken, or take more memory than the collector keeps for all instances: send fewer",
        ));
    }
    let report = InstanceProperties::decode(message).map_err(|error| no_message("InstanceProperties", &error))?;
    let length: usize = report.properties.iter().map(|pair| pair.key.len() + pair.value.len()).sum();
    if length > PROPERTIES_LIMIT {
        return Err(Status::invalid_argument(format!(
            "the properties have {length} bytes, and the OAP stores at most {PROPERTIES_LIMIT} characters: send fewer"
        )));
    }
    let pairs = report.properties.into_iter().map(|pair| (pair.key, pair.value)).collect();
    shared.properties(&report.service, &report.service_instance, pairs);
    Ok(())
}

pub(super) async fn keep_alive(shared: Arc<Shared>, mut stream: Streaming<Bytes>) -> Result<(), Status> {
    let message = single(&shared, &mut stream).await?;
    let ping = InstancePingPkg::decode(message).map_err(|error| no_message("InstancePingPkg", &error))?;
    shared.ping(&ping.service, &ping.service_instance, &ping.layer);
    Ok(())
}

fn no_message(name: &str, error: &prost::DecodeError) -> Status {
    Status::invalid_argument(format!("not an {name}: {error}; send skywalking.v3.{name} as protobuf"))
}
