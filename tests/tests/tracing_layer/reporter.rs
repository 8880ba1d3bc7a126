//! The agent's own threads and lines, with every target at TRACE. The program is a child process,
//! since the collector's libraries would be traced too.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use skywalking_collector::Collector;
use skywalking_runtime::Config;
use skywalking_tests::child::{TIMEOUT, without_agent_variables};
use skywalking_tracing::TracingLayer;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::prelude::*;

use crate::prelude::*;

const REQUESTS: u64 = 50;

/// The reporter's libraries, which are quiet unless their targets have a level.
const LIBRARIES: [&str; 6] = ["h2", "hyper", "hyper_util", "tokio", "tonic", "tower"];

/// Counts what the libraries trace.
struct Counting;

static SEEN: AtomicUsize = AtomicUsize::new(0);

fn count(metadata: &tracing::Metadata<'_>) {
    if LIBRARIES.iter().any(|library| metadata.target().starts_with(library)) {
        SEEN.fetch_add(1, Ordering::Relaxed);
    }
}

impl<S: Subscriber> Layer<S> for Counting {
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        _: &tracing::span::Id,
        _: Context<'_, S>,
    ) {
        count(attributes.metadata());
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        count(event.metadata());
    }
}

#[test]
#[ignore = "the child process of a test"]
fn program() {
    let layer = LIBRARIES
        .into_iter()
        .fold(TracingLayer::new().level(LevelFilter::TRACE), |layer, library| {
            layer.target(library, LevelFilter::TRACE)
        });
    tracing_subscriber::registry().with(Counting).with(layer.build()).init();
    let agent = Config::new("program").env_overrides().start().unwrap();
    for number in 0..REQUESTS {
        info_span!("mine", number).in_scope(|| info!("x"));
        // Each batch needs the reporter's libraries again.
        if number % 10 == 0 {
            assert!(agent.flush(TIMEOUT));
        }
    }
    let report = agent.shutdown(TIMEOUT);

    assert_eq!((report.stats.opened, report.sent), (REQUESTS, REQUESTS));
    assert!(SEEN.load(Ordering::Relaxed) > 20, "the libraries trace");
    println!("the libraries traced {} spans and events", SEEN.load(Ordering::Relaxed));
}

#[test]
fn reporter_and_its_libraries_are_not_traced() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let builder = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
    let collector = runtime.block_on(builder.start()).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "reporter::program", "--ignored", "--nocapture"])
        .env("SW_AGENT_COLLECTOR_BACKEND_SERVICES", collector.grpc_addr().to_string())
        .stdin(Stdio::null());
    let output = without_agent_variables(&mut command).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    println!("{text}");

    assert!(output.status.success() && text.contains("1 passed"), "{text}\n{errors}");
    assert_eq!(collector.stats().segments_accepted, REQUESTS);
}
