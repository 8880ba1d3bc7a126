//! A collector with TLS, on its own runtime.

use std::path::Path;

use skywalking_collector::{Builder, Collector};
use skywalking_tests::child::TIMEOUT;
use skywalking_tests::polling::poll_until;
use tokio::runtime::Runtime;

/// The protocols of an agent's reports.
pub(crate) const PROTOCOLS: [&str; 2] = ["grpc", "http"];

/// A running collector. Dropping it breaks all connections.
pub(crate) struct Backend {
    collector: Option<Collector>,
    runtime: Option<Runtime>,
}

impl Backend {
    /// Starts a collector with TLS at free ports.
    pub(crate) fn start(certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Self {
        Self::start_with(|builder| builder.tls(certificate.as_ref(), key.as_ref()))
    }

    pub(crate) fn start_with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let builder = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
        let collector = runtime.block_on(settings(builder).start()).expect("a collector");
        Self { collector: Some(collector), runtime: Some(runtime) }
    }

    fn collector(&self) -> &Collector {
        self.collector.as_ref().expect("it runs")
    }

    pub(crate) fn port(&self, protocol: &str) -> u16 {
        let collector = self.collector();
        match protocol {
            "grpc" => collector.grpc_addr().port(),
            "http" => collector.http_addr().port(),
            other => panic!("no port for {other}"),
        }
    }

    pub(crate) fn segments(&self) -> u64 {
        self.collector().stats().segments_accepted
    }

    /// Waits until segments arrive.
    #[track_caller]
    pub(crate) fn wait_for_segments(&self, output: impl Fn() -> String) {
        let before = self.segments();
        let arrived = poll_until(TIMEOUT, || self.segments() > before);
        assert!(arrived, "no segment arrived: {}", output());
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        drop(self.collector.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(TIMEOUT);
        }
    }
}
