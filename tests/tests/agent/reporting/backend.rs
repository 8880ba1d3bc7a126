//! The embedded collector, on a runtime of its own, so that it can be killed like a process: its
//! connections break, nothing is answered.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use skywalking_collector::{
    Builder, Collector, InstanceView, MAX_TRACES, SpanView, Stats, TraceQuery,
};
use tokio::runtime::Runtime;

/// For what never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Nobody listens there: the connection is refused at once.
pub(crate) const NOBODY: &str = "127.0.0.1:1";

/// How an agent reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Grpc,
    Http,
}

/// What holds by one way holds by the other.
pub(crate) const WAYS: [Way; 2] = [Way::Grpc, Way::Http];

/// A collector and what it runs on; without the latter once it was killed.
pub(crate) struct Backend {
    collector: Collector,
    runtime: Option<Runtime>,
}

fn builder() -> Builder {
    Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0")
}

/// An address that was free just now, and where nobody listens.
pub(crate) fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

impl Backend {
    pub(crate) fn start() -> Self {
        Self::run(builder())
    }

    pub(crate) fn start_at(way: Way, address: &str) -> Self {
        Self::run(match way {
            Way::Grpc => builder().grpc_addr(address),
            Way::Http => builder().http_addr(address),
        })
    }

    pub(crate) fn with_token(token: &str) -> Self {
        Self::run(builder().token(token))
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

    /// Breaks everything off. What had arrived by then can be read as before.
    pub(crate) fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(PATIENCE);
        }
    }

    pub(crate) fn address(&self, way: Way) -> String {
        let address = match way {
            Way::Grpc => self.collector.grpc_addr(),
            Way::Http => self.collector.http_addr(),
        };
        address.to_string()
    }

    pub(crate) fn stats(&self) -> Stats {
        self.collector.stats()
    }

    #[track_caller]
    pub(crate) fn wait_for(&self, mut condition: impl FnMut(&Stats) -> bool) {
        let runtime = self.runtime.as_ref().expect("it lives");
        let arrived = runtime
            .block_on(self.collector.wait_for(|collector| condition(&collector.stats()), PATIENCE));
        arrived.expect("it arrives");
    }

    /// Everybody who was heard of.
    pub(crate) fn instances(&self) -> Vec<InstanceView> {
        self.collector.instances()
    }

    /// The ids of all traces.
    pub(crate) fn traces(&self) -> BTreeSet<String> {
        let query = TraceQuery::new().limit(MAX_TRACES);
        self.collector.traces(&query).into_iter().map(|trace| trace.trace_id).collect()
    }

    /// A trace as text: a line a span, without ids and times.
    pub(crate) fn tree(&self, trace: &str) -> String {
        let trace = self.collector.trace(trace).expect("the trace arrived");
        let mut text = String::new();
        for branch in trace.tree() {
            let line = line(&trace.spans[branch.span]);
            writeln!(text, "{:indent$}{line}", "", indent = 2 * branch.depth)
                .expect("a string takes all");
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
