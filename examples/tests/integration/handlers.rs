//! The program `handlers`: its handlers continue the trace of the headers.

use std::process::Command;

use crate::support::{Running, TIMEOUT, collector};
use skywalking_collector::SpanView;

fn handlers(arguments: &[&str]) -> (Running, String) {
    let command = &mut Command::new(env!("CARGO_BIN_EXE_handlers"));
    let mut running = Running::start(command.args(["--listen", "127.0.0.1:0"]).args(arguments));
    let line = running.stdout_after("listening on ");
    let (address, _) = line.split_once(';').unwrap();
    (running, address.to_owned())
}

/// The header that the program prints: span 0 of the segment by-hand.1.1 in the trace by-hand.1.
const SW8: &str = "1-YnktaGFuZC4x-YnktaGFuZC4xLjE=-0-Y3VybA==-Y3VybC0x-L2J5LWhhbmQ=-aGFuZGxlcnM=";

#[tokio::test(flavor = "multi_thread")]
async fn request_continues_the_trace_of_its_header() {
    let collector = collector(None).await;

    let (running, address) = handlers(&["--backend", &collector.grpc_addr().to_string()]);
    let (head, body) = crate::support::get(&address, "/users/8", &format!("sw8: {SW8}\r\n"));

    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, r#"{"id":8,"name":"user 8"}"#);

    collector.wait_for(|collector| collector.trace("by-hand.1").is_some(), TIMEOUT).await.unwrap();
    let trace = collector.trace("by-hand.1").unwrap();
    let shown = |span: &SpanView| {
        let tags: Vec<_> =
            span.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
        let refs: Vec<_> = span
            .refs
            .iter()
            .map(|parent| format!("{} {}", parent.ref_type, parent.parent_endpoint))
            .collect();
        format!("{} {} {} {tags:?} {refs:?}", span.span_type, span.operation_name, span.layer)
    };

    assert_eq!(
        trace.spans.iter().map(shown).collect::<Vec<_>>(),
        [
            r#"Entry GET:/users/{id} Http ["user.id=8"] ["CrossProcess /by-hand"]"#,
            "Local look_up Unknown [] []"
        ]
    );
    drop(running);
}

/// Gets `/health` until its body is accepted. Returns the body.
fn health(address: &str, accepts: impl Fn(&str) -> bool) -> String {
    let mut body = String::new();
    crate::support::until("the health is as expected", || {
        let (head, text) = crate::support::get(address, "/health", "");
        assert!(head.starts_with("HTTP/1.1 200 "), "a service works without tracing: {head}");
        body = text;
        accepts(&body)
    });
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn health_shows_the_state_of_tracing() {
    let collector = collector(None).await;
    let (running, address) = handlers(&["--backend", &collector.grpc_addr().to_string()]);
    assert_eq!(health(&address, |body| body.ends_with("up\n")), "ok\ntracing: up\n");
    drop(running);
    let (running, address) = handlers(&["--backend", "127.0.0.1:1"]);
    let body = health(&address, |body| body.contains(" is down "));
    assert!(body.starts_with("ok\ntracing: the tracing backend is down for "), "{body}");
    assert!(body.contains("refused"), "{body}");
    drop(running);
}

#[test]
fn log_has_a_segment_for_each_request() {
    let (mut running, address) = handlers(&["--log"]);

    assert!(running.stdout_after("curl http://").ends_with('/'));

    let (_, body) = crate::support::get(&address, "/", "");

    assert_eq!(body, "Try /users/{id} with a number.\n");

    let segment = running.stderr_after("");
    let segment: serde_json::Value = serde_json::from_str(&segment).unwrap();

    assert_eq!(segment["spans"][0]["operationName"], "GET:/");

    crate::support::interrupt(running.id());
    running.wait().succeeded();
}
