//! The embedded collector on its own runtime. It can be killed like a process: connections break,
//! and requests get no response.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use skywalking_collector::{
    Builder, Collector, InstanceView, MAX_TRACES, SpanView, Stats, TraceQuery,
};
use tokio::runtime::Runtime;

/// The timeout of all waits.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// An address where nothing listens. Connections are refused immediately.
pub(crate) const UNREACHABLE: &str = "127.0.0.1:1";

/// The protocol of an agent's reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Grpc,
    Http,
}

/// The protocols of the tests.
pub(crate) const PROTOCOLS: [Protocol; 2] = [Protocol::Grpc, Protocol::Http];

/// A collector and its runtime. A killed one has no runtime.
pub(crate) struct Backend {
    collector: Collector,
    runtime: Option<Runtime>,
}

fn builder() -> Builder {
    Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0")
}

/// Returns an address where nothing listens. It was free just now.
pub(crate) fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

impl Backend {
    pub(crate) fn start() -> Self {
        Self::run(builder())
    }

    pub(crate) fn start_at(protocol: Protocol, address: &str) -> Self {
        Self::run(match protocol {
            Protocol::Grpc => builder().grpc_addr(address),
            Protocol::Http => builder().http_addr(address),
        })
    }

    pub(crate) fn with_token(token: &str) -> Self {
        Self::run(builder().token(token))
    }

    /// Starts one that refuses a segment of more spans.
    pub(crate) fn with_max_spans(spans: usize) -> Self {
        Self::run(builder().max_spans(spans))
    }

    fn run(builder: Builder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let collector = runtime.block_on(builder.start()).expect("the port is free");
        Self { collector, runtime: Some(runtime) }
    }

    /// Breaks all connections. Received segments stay readable.
    pub(crate) fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(TIMEOUT);
        }
    }

    pub(crate) fn address(&self, protocol: Protocol) -> String {
        let address = match protocol {
            Protocol::Grpc => self.collector.grpc_addr(),
            Protocol::Http => self.collector.http_addr(),
        };
        address.to_string()
    }

    pub(crate) fn stats(&self) -> Stats {
        self.collector.stats()
    }

    #[track_caller]
    pub(crate) fn wait_for(&self, mut condition: impl FnMut(&Stats) -> bool) {
        let runtime = self.runtime.as_ref().expect("a running backend");
        let arrived = runtime
            .block_on(self.collector.wait_for(|collector| condition(&collector.stats()), TIMEOUT));
        arrived.expect("a condition that holds");
    }

    /// Returns the registered instances.
    pub(crate) fn instances(&self) -> Vec<InstanceView> {
        self.collector.instances()
    }

    /// Returns the ids of all traces.
    pub(crate) fn traces(&self) -> BTreeSet<String> {
        let query = TraceQuery::new().limit(MAX_TRACES);
        self.collector.traces(&query).into_iter().map(|trace| trace.trace_id).collect()
    }

    /// Returns the values of a tag of all spans, sorted.
    pub(crate) fn tag_values(&self, key: &str) -> Vec<String> {
        let traces = self.traces().into_iter();
        let traces = traces.filter_map(|trace| self.collector.trace(&trace));
        let tags = traces.flat_map(|trace| trace.spans).flat_map(|span| span.tags.clone());
        let mut values: Vec<_> =
            tags.filter(|tag| tag.key == key).map(|tag| tag.value.clone()).collect();
        values.sort_unstable();
        values
    }

    /// Formats a trace as text, with one line for each span, without ids and times.
    pub(crate) fn tree(&self, trace: &str) -> String {
        let trace = self.collector.trace(trace).expect("the trace arrived");
        let mut text = String::new();
        for branch in trace.tree() {
            let line = line(&trace.spans[branch.span]);
            writeln!(text, "{:indent$}{line}", "", indent = 2 * branch.depth)
                .expect("writing to a string cannot fail");
        }
        text
    }
}

fn line(span: &SpanView) -> String {
    let mut words = vec![span.span_type.to_owned(), span.operation_name.clone()];
    if span.layer != "Unknown" {
        words.push(format!("layer={}", span.layer));
    }
    if !span.peer.is_empty() {
        words.push(format!("peer={}", span.peer));
    }
    words.push(format!("{}/{}", span.service, span.service_instance));
    if !span.tags.is_empty() {
        let tags: Vec<_> =
            span.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
        words.push(format!("{{{}}}", tags.join(", ")));
    }
    for link in &span.refs {
        words.push(format!(
            "<{} {} {}>",
            link.ref_type, link.parent_endpoint, link.network_address_used_at_peer
        ));
    }
    if span.is_error {
        words.push("ERROR".to_owned());
    }
    for log in &span.logs {
        words.extend(log.data.first().map(|field| format!("[{}={}]", field.key, field.value)));
    }
    words.join(" ")
}
