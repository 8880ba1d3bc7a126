//! The methods of all services, by path.

use std::sync::Arc;

use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use super::{management, not_kept, records, segments};
use crate::api::NotKept;
use crate::state::CollectorState;

/// A method, by how its messages are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Collect,
    CollectInSync,
    Properties,
    KeepAlive,
    Logs,
    Meters,
    MeterBatches,
    Events,
    /// A unary call whose message is counted.
    NotKeptUnary(NotKept),
    /// A client stream whose messages are counted.
    NotKeptStream(NotKept),
    /// A bidirectional stream whose messages are counted. The agent waits for a response to the
    /// first one.
    NotKeptBidi(NotKept),
}

const V3: &str = "skywalking.v3";
const V10: &str = "skywalking.v10";

/// Package, service, method.
const METHODS: [(&str, &str, &str, Method); 25] = [
    (V3, "TraceSegmentReportService", "collect", Method::Collect),
    (V3, "TraceSegmentReportService", "collectInSync", Method::CollectInSync),
    (V3, "ManagementService", "reportInstanceProperties", Method::Properties),
    (V3, "ManagementService", "keepAlive", Method::KeepAlive),
    (V3, "JVMMetricReportService", "collect", Method::NotKeptUnary(NotKept::JvmMetrics)),
    (V3, "CLRMetricReportService", "collect", Method::NotKeptUnary(NotKept::ClrMetrics)),
    (V3, "MeterReportService", "collect", Method::Meters),
    (V3, "MeterReportService", "collectBatch", Method::MeterBatches),
    (V3, "LogReportService", "collect", Method::Logs),
    (V3, "EventService", "collect", Method::Events),
    (
        V3,
        "ConfigurationDiscoveryService",
        "fetchConfigurations",
        Method::NotKeptUnary(NotKept::Configuration),
    ),
    (V3, "ProfileTask", "getProfileTaskCommands", Method::NotKeptUnary(NotKept::ProfileTasks)),
    (V3, "ProfileTask", "collectSnapshot", Method::NotKeptStream(NotKept::Profiles)),
    (V3, "ProfileTask", "goProfileReport", Method::NotKeptStream(NotKept::Profiles)),
    (V3, "ProfileTask", "reportTaskFinish", Method::NotKeptUnary(NotKept::ProfileTasks)),
    (
        V3,
        "SpanAttachedEventReportService",
        "collect",
        Method::NotKeptStream(NotKept::AttachedEvents),
    ),
    (V3, "BrowserPerfService", "collectPerfData", Method::NotKeptUnary(NotKept::Browser)),
    (V3, "BrowserPerfService", "collectWebVitalsPerfData", Method::NotKeptUnary(NotKept::Browser)),
    (V3, "BrowserPerfService", "collectResourcePerfData", Method::NotKeptUnary(NotKept::Browser)),
    (
        V3,
        "BrowserPerfService",
        "collectWebInteractionsPerfData",
        Method::NotKeptUnary(NotKept::Browser),
    ),
    (V3, "BrowserPerfService", "collectErrorLogs", Method::NotKeptStream(NotKept::Browser)),
    (V10, "PprofTask", "getPprofTaskCommands", Method::NotKeptUnary(NotKept::ProfileTasks)),
    (V10, "PprofTask", "collect", Method::NotKeptBidi(NotKept::Profiles)),
    (
        V10,
        "AsyncProfilerTask",
        "getAsyncProfilerTaskCommands",
        Method::NotKeptUnary(NotKept::ProfileTasks),
    ),
    (V10, "AsyncProfilerTask", "collect", Method::NotKeptBidi(NotKept::Profiles)),
];

impl Method {
    /// Returns the method of a path. Old agents call the services of `skywalking.v3` without the
    /// package.
    pub(super) fn from_path(path: &str) -> Option<Self> {
        let (service, method) = path.strip_prefix('/')?.split_once('/')?;
        let (package, service) = service.rsplit_once('.').unwrap_or((V3, service));
        METHODS
            .iter()
            .find(|known| (known.0, known.1, known.2) == (package, service, method))
            .map(|known| known.3)
    }

    /// Handles the messages of a call. Every response is an empty `Commands`.
    pub(super) async fn call(
        self,
        state: &Arc<CollectorState>,
        mut messages: Messages<Incoming>,
    ) -> Result<(), Status> {
        let messages = &mut messages;
        match self {
            Self::Collect => segments::collect(state, messages).await,
            Self::CollectInSync => segments::collect_in_sync(state, messages).await,
            Self::Properties => management::properties(state, messages).await,
            Self::KeepAlive => management::keep_alive(state, messages).await,
            Self::Logs => records::logs(state, messages).await,
            Self::Meters => records::meters(state, messages).await,
            Self::MeterBatches => records::meter_batches(state, messages).await,
            Self::Events => records::events(state, messages).await,
            Self::NotKeptUnary(kind) => not_kept::unary(state, kind, messages).await,
            Self::NotKeptStream(kind) | Self::NotKeptBidi(kind) => {
                not_kept::stream(state, kind, messages).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_matched_exactly() {
        for (package, service, method, known) in METHODS {
            assert_eq!(Method::from_path(&format!("/{package}.{service}/{method}")), Some(known));
            assert_eq!(Method::from_path(&format!("/{package}.{service}/{method}/")), None);
            assert_eq!(Method::from_path(&format!("/other.{service}/{method}")), None);
        }
        assert_eq!(Method::from_path("/TraceSegmentReportService/collect"), Some(Method::Collect));
        assert_eq!(
            Method::from_path("/PprofTask/collect"),
            None,
            "a service of v10 needs its package"
        );
        for path in [
            "",
            "/",
            "//",
            "/skywalking.v3.ManagementService",
            "/skywalking.v3.ManagementService/",
            "/grpc.health.v1.Health/Check",
        ] {
            assert_eq!(Method::from_path(path), None, "{path}");
        }
    }
}
