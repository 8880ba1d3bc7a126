//! The environment of a chain: the collector of all its programs, and the server at its end.

use std::net::SocketAddr;

use skywalking_collector::{Collector, TraceQuery, TraceView};
use skywalking_tests::child::TIMEOUT;
use tokio::runtime::Runtime;

use crate::chain::echo::{self, Echo};
use crate::chain::programs::Protocol;

/// An address where nothing listens. Connections are refused immediately.
pub(crate) const NOBODY: &str = "127.0.0.1:1";

pub(crate) struct Stage {
    pub(crate) collector: Collector,
    pub(crate) echo: Echo,
    runtime: Runtime,
}

impl Stage {
    pub(crate) fn set() -> Self {
        let runtime = echo::runtime();
        let collector = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
        let collector = runtime.block_on(collector.start()).expect("a port is free");
        let echo = Echo::start(&runtime);
        Self { collector, echo, runtime }
    }

    /// Returns the address for reports.
    pub(crate) fn backend(&self, protocol: Protocol) -> SocketAddr {
        match protocol {
            Protocol::Grpc => self.collector.grpc_addr(),
            Protocol::Http => self.collector.http_addr(),
        }
    }

    /// Returns the only trace, after this number of spans has arrived.
    #[track_caller]
    pub(crate) fn trace(&self, spans: usize) -> TraceView {
        let complete = |collector: &Collector| collector.stats().spans_stored >= spans;
        let arrived = self.runtime.block_on(self.collector.wait_for(complete, TIMEOUT));
        let traces = self.collector.traces(&TraceQuery::default());
        arrived.unwrap_or_else(|error| panic!("{error}: {traces:#?}"));
        let [one] = traces.as_slice() else { panic!("expected one trace: {traces:#?}") };
        self.collector.trace(&one.trace_id).expect("a stored trace")
    }
}
