//! Events as reported logs. The program is a child process with an agent, and the collector is the
//! backend.

use std::process::{Command, Stdio};

use skywalking_collector::{Collector, LogQuery, LogRecord};
use skywalking_runtime::redact::Redaction;
use skywalking_runtime::{Config, current};
use skywalking_tests::child::{TIMEOUT, without_agent_variables};
use skywalking_tracing::TracingLayer;
use tracing::debug;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::prelude::*;

use crate::prelude::*;

/// The ids and the endpoint of a log without a context.
const NONE: &str = "- - - -";

/// The reported events of the program.
const REPORTED: u64 = 13;

/// Returns the ids of the current span, as a log must have them.
fn ids() -> String {
    let context = current().context();
    format!(
        "{} {} {}",
        context.trace_id().unwrap(),
        context.segment_id().unwrap(),
        context.span_id().unwrap()
    )
}

#[entry_span(name = "/annotated")]
fn annotated() {
    info!("{} /annotated", ids());
    ours(|| info!("{} /annotated", ids()));
    instrumented("/annotated");
    info!(parent: None, "{NONE}");

    let inner = info_span!("inner");
    inner.in_scope(|| {
        let ids = ids();
        let there = inner.clone();
        thread::spawn(move || info!(parent: &there, "{ids} /annotated")).join().unwrap();
    });
}

#[instrument(skip_all)]
fn instrumented(endpoint: &str) {
    info!("{} {endpoint}", ids());
    debug!("not reported");
}

fn explicit_parents() {
    let parent = info_span!("parent", otel.name = Empty);
    let ids = parent.in_scope(ids);
    annotated_other(&parent, &format!("{ids} parent"));
    parent.record("otel.name", "renamed");
    let there = parent.clone();
    thread::spawn(move || info!(parent: &there, "{ids} renamed")).join().unwrap();

    let never = info_span!("never entered");
    info!(parent: &never, "never");
    never.in_scope(|| info!("never"));
}

#[entry_span(name = "/other")]
fn annotated_other(parent: &Span, expected: &str) {
    info!(parent: parent, "{expected}");
}

#[test]
#[ignore = "the child process of a test"]
fn program() {
    let layer = TracingLayer::new()
        .level(LevelFilter::DEBUG)
        .events(LevelFilter::WARN)
        .reported_events(LevelFilter::INFO)
        .max_fields(3)
        .build();
    tracing_subscriber::registry().with(layer).init();
    let config = Config::new("program").env_overrides().redact(Redaction::standard());
    let agent = config.start().unwrap();
    annotated();
    instrumented("instrumented");
    explicit_parents();
    info!("{NONE}");
    info_span!("failing").in_scope(|| {
        info!(password = "s3cret", sw8 = "s3cret", headers = "s3cret", count = 3, more = 4, "tags");
        error!("both");
    });
    let report = agent.shutdown(TIMEOUT);

    let logs = report.stats.logs;
    assert_eq!((logs.recorded, logs.sent), (REPORTED, REPORTED), "{logs:?}");
}

/// Runs the program, and returns what arrived.
fn reported() -> (Collector, Vec<LogRecord>) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let builder = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
    let collector = runtime.block_on(builder.start()).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "reported::program", "--ignored", "--nocapture"])
        .env("SW_AGENT_COLLECTOR_BACKEND_SERVICES", collector.grpc_addr().to_string())
        .stdin(Stdio::null());
    let output = without_agent_variables(&mut command).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}\n{errors}");
    let logs = collector.logs(&LogQuery::new().limit(100)).logs;
    (collector, logs)
}

fn context(log: &LogRecord) -> String {
    if log.trace_id.is_empty() {
        assert_eq!((log.segment_id.as_str(), log.endpoint.as_str()), ("", ""));
        return NONE.to_owned();
    }
    let span = log.span_id.unwrap();
    format!("{} {} {span} {}", log.trace_id, log.segment_id, log.endpoint)
}

fn tag<'a>(log: &'a LogRecord, key: &str) -> Option<&'a str> {
    log.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
}

// Feature: reported logs
#[test]
fn events_are_reported_in_the_context_of_their_span() {
    let (collector, logs) = reported();
    assert_eq!(logs.len() as u64, REPORTED, "{logs:#?}");

    let (named, attributed): (Vec<_>, Vec<_>) =
        logs.iter().partition(|log| ["never", "tags", "both"].contains(&log.body.as_str()));
    for log in &attributed {
        assert_eq!(log.body, context(log), "{log:?}");
        assert_eq!((log.level.as_str(), tag(log, "logger")), ("INFO", Some(module_path!())));
    }
    let endpoints = |endpoint| attributed.iter().filter(|log| log.endpoint == endpoint).count();
    let found = ["/annotated", "instrumented", "parent", "renamed", ""].map(endpoints);
    assert_eq!(found, [4, 1, 1, 1, 2]);

    let all = |body| named.iter().filter(move |log| log.body == body).collect::<Vec<_>>();
    let [first, second] = all("never")[..] else { panic!("{named:#?}") };
    assert_eq!(context(first), context(second));
    assert_eq!(first.endpoint, "never entered");

    let [tags] = all("tags")[..] else { panic!("{named:#?}") };
    assert_eq!(tag(tags, "count"), Some("3"));
    assert!(tag(tags, "password").is_some_and(|value| value != "s3cret"), "{tags:?}");
    assert!(["sw8", "headers", "more", "message"].iter().all(|key| tag(tags, key).is_none()));
    assert!(!format!("{logs:?}").contains("s3cret"));

    let [both] = all("both")[..] else { panic!("{named:#?}") };
    assert_eq!((both.level.as_str(), context(both)), ("ERROR", context(tags)));
    let trace = collector.trace(&both.trace_id).unwrap();
    let [span] = &trace.spans[..] else { panic!("{trace:#?}") };
    assert!(span.is_error && span.logs.len() == 1, "{span:#?}");
}
