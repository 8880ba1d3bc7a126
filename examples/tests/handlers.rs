//! The axum handlers answer, and go on with the trace of the request's headers.

mod support;

use std::process::Command;

use skywalking_collector::{Collector, SpanView};
use support::{PATIENCE, Running};

fn handlers(arguments: &[&str]) -> (Running, String) {
    let command = &mut Command::new(env!("CARGO_BIN_EXE_handlers"));
    let mut running = Running::start(command.args(["--listen", "127.0.0.1:0"]).args(arguments));
    let said = running.says("listening on ");
    let (address, _) = said.split_once(';').unwrap();
    (running, address.to_owned())
}

/// Of span 0 of the segment by-hand.1.1 in the trace by-hand.1, as the program itself suggests it.
const SW8: &str = "1-YnktaGFuZC4x-YnktaGFuZC4xLjE=-0-Y3VybA==-Y3VybC0x-L2J5LWhhbmQ=-aGFuZGxlcnM=";

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_header_goes_on_with_its_trace() {
    let collector = Collector::builder()
        .grpc_addr("127.0.0.1:0")
        .http_addr("127.0.0.1:0")
        .start()
        .await
        .unwrap();
    let (running, address) = handlers(&["--backend", &collector.grpc_addr().to_string()]);
    let (head, body) = support::get(&address, "/users/8", &format!("sw8: {SW8}\r\n"));
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, r#"{"id":8,"name":"user 8"}"#);

    collector.wait_for(|collector| collector.trace("by-hand.1").is_some(), PATIENCE).await.unwrap();
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

#[test]
fn each_request_is_a_segment_in_the_log_and_ctrl_c_ends_the_program() {
    let (mut running, address) = handlers(&["--log"]);
    assert!(running.says("curl http://").ends_with('/'));
    let (_, body) = support::get(&address, "/", "");
    assert_eq!(body, "Ask for /users/{id}, with a number.\n");
    let segment = running.complains("");
    let segment: serde_json::Value = serde_json::from_str(&segment).unwrap();
    assert_eq!(segment["spans"][0]["operationName"], "GET:/");
    support::interrupt(running.id());
    running.ended().succeeded();
}
