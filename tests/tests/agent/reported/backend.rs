//! A backend that keeps the log records and events that arrive, by gRPC or by HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::Value;
use skywalking_proto::v3::event_service_server::{EventService, EventServiceServer};
use skywalking_proto::v3::log_data_body::Content;
use skywalking_proto::v3::log_report_service_server::{LogReportService, LogReportServiceServer};
use skywalking_proto::v3::management_service_server::{ManagementService, ManagementServiceServer};
use skywalking_proto::v3::trace_segment_report_service_server::{
    TraceSegmentReportService, TraceSegmentReportServiceServer,
};
use skywalking_proto::v3::{
    Commands, Event, InstancePingPkg, InstanceProperties, LogData, SegmentCollection,
    SegmentObject, Type,
};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, Streaming};

use crate::reporting::backend::{Protocol, TIMEOUT};

/// A log record that arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) service: String,
    pub(super) instance: String,
    pub(super) endpoint: String,
    pub(super) body: String,
    /// The trace id, segment id and span id.
    pub(super) context: (String, String, i64),
    pub(super) tags: Vec<(String, String)>,
    pub(super) time: i64,
}

impl Line {
    pub(super) fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str())
    }
}

/// An event that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Happened {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) layer: String,
    pub(super) times: [i64; 2],
}

#[derive(Debug, Default)]
struct Arrived {
    lines: Vec<Line>,
    events: Vec<Happened>,
    /// The batches of log records.
    batches: usize,
}

#[derive(Clone, Debug, Default)]
struct Shared(Arc<Mutex<Arrived>>);

/// The running backend.
pub(super) struct Backend {
    shared: Shared,
    address: String,
    runtime: Option<Runtime>,
}

impl Backend {
    pub(super) fn start(protocol: Protocol) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let shared = Shared::default();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        match protocol {
            Protocol::Grpc => {
                let server = tonic::transport::Server::builder()
                    .add_service(LogReportServiceServer::new(shared.clone()))
                    .add_service(EventServiceServer::new(shared.clone()))
                    .add_service(TraceSegmentReportServiceServer::new(shared.clone()))
                    .add_service(ManagementServiceServer::new(shared.clone()))
                    .serve_with_incoming(TcpListenerStream::new(listener));
                runtime.spawn(server);
            }
            Protocol::Http => {
                let routes = Router::new()
                    .route("/v3/logs", post(logs))
                    .route("/v3/events", post(events))
                    .route("/v3/segments", post(async |_: axum::body::Bytes| {}))
                    .route("/v3/management/reportProperties", post(async || {}))
                    .route("/v3/management/keepAlive", post(async || {}))
                    .layer(axum::extract::DefaultBodyLimit::disable())
                    .with_state(shared.clone());
                runtime.spawn(async move { axum::serve(listener, routes).await });
            }
        }
        Self { shared, address, runtime: Some(runtime) }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn lines(&self) -> Vec<Line> {
        self.shared.0.lock().unwrap().lines.clone()
    }

    pub(super) fn events(&self) -> Vec<Happened> {
        self.shared.0.lock().unwrap().events.clone()
    }

    /// Returns the number of batches of log records.
    pub(super) fn batches(&self) -> usize {
        self.shared.0.lock().unwrap().batches
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(TIMEOUT);
        }
    }
}

async fn logs(State(shared): State<Shared>, axum::Json(logs): axum::Json<Vec<Value>>) {
    let mut arrived = shared.0.lock().unwrap();
    arrived.batches += 1;
    arrived.lines.extend(logs.iter().map(|log| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let number = |value: &Value| value.as_i64().unwrap_or_default();
        let context = &log["traceContext"];
        let tags = log["tags"]["data"].as_array().cloned().unwrap_or_default();
        Line {
            service: text(&log["service"]),
            instance: text(&log["serviceInstance"]),
            endpoint: text(&log["endpoint"]),
            body: text(&log["body"]["text"]["text"]),
            context: (
                text(&context["traceId"]),
                text(&context["traceSegmentId"]),
                number(&context["spanId"]),
            ),
            tags: tags.iter().map(|tag| (text(&tag["key"]), text(&tag["value"]))).collect(),
            time: number(&log["timestamp"]),
        }
    }));
}

async fn events(State(shared): State<Shared>, axum::Json(events): axum::Json<Vec<Value>>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let happened = events.iter().map(|event| Happened {
        name: text(&event["name"]),
        kind: text(&event["type"]),
        message: text(&event["message"]),
        layer: text(&event["layer"]),
        times: [&event["startTime"], &event["endTime"]]
            .map(|time| time.as_i64().unwrap_or_default()),
    });
    shared.0.lock().unwrap().events.extend(happened);
}

type Answer = Result<Response<Commands>, Status>;

fn confirmed() -> Answer {
    Ok(Response::new(Commands::default()))
}

#[tonic::async_trait]
impl LogReportService for Shared {
    async fn collect(&self, request: Request<Streaming<LogData>>) -> Answer {
        let mut stream = request.into_inner();
        let mut lines = Vec::new();
        while let Some(log) = stream.message().await? {
            let context = log.trace_context.unwrap_or_default();
            let body = match log.body.and_then(|body| body.content) {
                Some(Content::Text(body)) => body.text,
                _ => String::new(),
            };
            let tags = log.tags.unwrap_or_default().data.into_iter();
            lines.push(Line {
                service: log.service,
                instance: log.service_instance,
                endpoint: log.endpoint,
                body,
                context: (context.trace_id, context.trace_segment_id, context.span_id.into()),
                tags: tags.map(|tag| (tag.key, tag.value)).collect(),
                time: log.timestamp,
            });
        }
        let mut arrived = self.0.lock().unwrap();
        arrived.batches += 1;
        arrived.lines.append(&mut lines);
        drop(arrived);
        confirmed()
    }
}

#[tonic::async_trait]
impl EventService for Shared {
    async fn collect(&self, request: Request<Streaming<Event>>) -> Answer {
        let mut stream = request.into_inner();
        while let Some(event) = stream.message().await? {
            let kind = Type::try_from(event.r#type).expect("a type").as_str_name().to_owned();
            self.0.lock().unwrap().events.push(Happened {
                name: event.name,
                kind,
                message: event.message,
                layer: event.layer,
                times: [event.start_time, event.end_time],
            });
        }
        confirmed()
    }
}

#[tonic::async_trait]
impl TraceSegmentReportService for Shared {
    async fn collect(&self, request: Request<Streaming<SegmentObject>>) -> Answer {
        let mut stream = request.into_inner();
        while stream.message().await?.is_some() {}
        confirmed()
    }

    async fn collect_in_sync(&self, _: Request<SegmentCollection>) -> Answer {
        confirmed()
    }
}

#[tonic::async_trait]
impl ManagementService for Shared {
    async fn report_instance_properties(&self, _: Request<InstanceProperties>) -> Answer {
        confirmed()
    }

    async fn keep_alive(&self, _: Request<InstancePingPkg>) -> Answer {
        confirmed()
    }
}
