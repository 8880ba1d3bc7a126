//! The Python agent 1.2.

use crate::agents::Agent::{Ours, Python};
use crate::cases::{Many, Parent, Peer, cases};
use crate::play::Play;

const PYTHON: Peer = Peer {
    agent: Python,
    component: "0",
    language: "Unknown",
    parent: Parent::Exit,
    error: "log={Traceback} ERROR BREAKS log-time",
    unsampled: Some("sw8_empty_part"),
    http: true,
    many: Many::THOUSANDS,
};

cases! { PYTHON:
    peer_calls_the_example,
    example_calls_the_peer,
    correlation_of_the_peer_reaches_ours,
    correlation_of_ours_reaches_the_peer,
    "long: .ci/long interop-python":
    error_of_ours_fails_the_call_of_the_peer,
    error_of_the_peer_fails_the_call_of_ours,
    concurrent_requests_of_the_peer_are_one_trace_each,
    concurrent_requests_of_ours_are_one_trace_each,
    long_names_of_the_peer_are_read_and_cut,
    header_of_8_kib_of_the_peer_is_not_read,
    long_names_of_ours_arrive_cut,
    unsampled_request_of_the_peer_starts_a_trace_at_ours,
    unsampled_request_of_ours_starts_a_trace_at_the_peer,
    sampled_request_of_the_peer_is_sampled_by_ours,
    batch_of_the_peer_is_one_span_with_a_ref_each,
    merged_entries_of_ours_are_one_span_below_the_peer,
    merged_exits_of_ours_are_one_span_above_the_peer,
    ours_reports_by_http_below_the_peer,
    ours_reports_by_http_above_the_peer,
    time_of_sending_is_ignored_by_the_peer,
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn batch_of_ours_is_one_span_with_a_ref_each() {
    let Some(play) = Play::of(Ours.with(&["--batch", "3"]), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(7), @r"
    2 of
    RTS_Test_1 Entry /API/Publish Http component=11000 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=0 peer=RTS_Server {}
    RTS_Test_1 Entry /API/Publish Http component=11000 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=0 peer=RTS_Server {}
    Service_Test_1 Entry /Service/Consume RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Publish RTS_Server> <CrossProcess RTS_Test_1 /API/Publish RTS_Server> <CrossProcess RTS_Test_1 /API/Publish RTS_Server>
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn last_of_two_tags_with_one_key_is_sent() {
    let Some(play) = Play::of(Ours.plain(), Python.with(&["--twice"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {seed.step=second} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}
