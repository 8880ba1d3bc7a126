//! Every method that is answered, by its path.

use std::sync::Arc;

use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use super::{management, segments, unkept};
use crate::shared::Shared;
use crate::store::Unkept;

/// What a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Collect,
    CollectInSync,
    Properties,
    KeepAlive,
    /// One message that is counted.
    One(Unkept),
    /// Any number of messages that are counted.
    Many(Unkept),
    /// The same, and the agent waits for an answer to the first one.
    TwoWay(Unkept),
}

const V3: &str = "skywalking.v3";
const V10: &str = "skywalking.v10";

/// Package, service, method.
const METHODS: [(&str, &str, &str, Method); 25] = [
    (V3, "TraceSegmentReportService", "collect", Method::Collect),
    (V3, "TraceSegmentReportService", "collectInSync", Method::CollectInSync),
    (V3, "ManagementService", "reportInstanceProperties", Method::Properties),
    (V3, "ManagementService", "keepAlive", Method::KeepAlive),
    (V3, "JVMMetricReportService", "collect", Method::One(Unkept::JvmMetrics)),
    (V3, "CLRMetricReportService", "collect", Method::One(Unkept::ClrMetrics)),
    (V3, "MeterReportService", "collect", Method::Many(Unkept::Meters)),
    (V3, "MeterReportService", "collectBatch", Method::Many(Unkept::Meters)),
    (V3, "LogReportService", "collect", Method::Many(Unkept::Logs)),
    (V3, "EventService", "collect", Method::Many(Unkept::Events)),
    (
        V3,
        "ConfigurationDiscoveryService",
        "fetchConfigurations",
        Method::One(Unkept::Configuration),
    ),
    (V3, "ProfileTask", "getProfileTaskCommands", Method::One(Unkept::ProfileTasks)),
    (V3, "ProfileTask", "collectSnapshot", Method::Many(Unkept::Profiles)),
    (V3, "ProfileTask", "goProfileReport", Method::Many(Unkept::Profiles)),
    (V3, "ProfileTask", "reportTaskFinish", Method::One(Unkept::ProfileTasks)),
    (V3, "SpanAttachedEventReportService", "collect", Method::Many(Unkept::AttachedEvents)),
    (V3, "BrowserPerfService", "collectPerfData", Method::One(Unkept::Browser)),
    (V3, "BrowserPerfService", "collectWebVitalsPerfData", Method::One(Unkept::Browser)),
    (V3, "BrowserPerfService", "collectResourcePerfData", Method::One(Unkept::Browser)),
    (V3, "BrowserPerfService", "collectWebInteractionsPerfData", Method::One(Unkept::Browser)),
    (V3, "BrowserPerfService", "collectErrorLogs", Method::Many(Unkept::Browser)),
    (V10, "PprofTask", "getPprofTaskCommands", Method::One(Unkept::ProfileTasks)),
    (V10, "PprofTask", "collect", Method::TwoWay(Unkept::Profiles)),
    (V10, "AsyncProfilerTask", "getAsyncProfilerTaskCommands", Method::One(Unkept::ProfileTasks)),
    (V10, "AsyncProfilerTask", "collect", Method::TwoWay(Unkept::Profiles)),
];

impl Method {
    /// The method of a path. Agents of before the packages call the same services without one.
    pub(super) fn of(path: &str) -> Option<Self> {
        let (service, method) = path.strip_prefix('/')?.split_once('/')?;
        let (package, service) = service.rsplit_once('.').unwrap_or((V3, service));
        METHODS
            .iter()
            .find(|known| (known.0, known.1, known.2) == (package, service, method))
            .map(|known| known.3)
    }

    pub(super) const fn answers_at_once(self) -> bool {
        matches!(self, Self::TwoWay(_))
    }

    /// Takes the messages. Every answer is an empty `Commands`.
    pub(super) async fn call(
        self,
        shared: &Arc<Shared>,
        mut messages: Messages<Incoming>,
    ) -> Result<(), Status> {
        let messages = &mut messages;
        match self {
            Self::Collect => segments::collect(shared, messages).await,
            Self::CollectInSync => segments::collect_in_sync(shared, messages).await,
            Self::Properties => management::properties(shared, messages).await,
            Self::KeepAlive => management::keep_alive(shared, messages).await,
            Self::One(kind) => unkept::one(shared, kind, messages).await,
            Self::Many(kind) | Self::TwoWay(kind) => unkept::many(shared, kind, messages).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_found_by_their_path_alone() {
        for (package, service, method, known) in METHODS {
            assert_eq!(Method::of(&format!("/{package}.{service}/{method}")), Some(known));
            assert_eq!(Method::of(&format!("/{package}.{service}/{method}/")), None);
            assert_eq!(Method::of(&format!("/other.{service}/{method}")), None);
        }
        assert_eq!(Method::of("/TraceSegmentReportService/collect"), Some(Method::Collect));
        assert_eq!(Method::of("/PprofTask/collect"), None, "it never had a twin without a package");
        for path in [
            "",
            "/",
            "//",
            "/skywalking.v3.ManagementService",
            "/skywalking.v3.ManagementService/",
            "/grpc.health.v1.Health/Check",
        ] {
            assert_eq!(Method::of(path), None, "{path}");
        }
    }
}
