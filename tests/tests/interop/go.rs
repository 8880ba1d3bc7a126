//! go2sky 1.5.

use crate::agents::Agent::{Go, Ours};
use crate::cases::{Many, Parent, Peer, cases};
use crate::play::Play;

const GO: Peer = Peer {
    agent: Go,
    component: "0",
    language: "Unknown",
    parent: Parent::First,
    error: "log={event, error.kind, message} ERROR",
    unsampled: None,
    http: false,
    many: Many::THOUSANDS,
};

cases! { GO:
    peer_calls_the_example,
    example_calls_the_peer,
    correlation_of_the_peer_reaches_ours,
    correlation_of_ours_reaches_the_peer,
    "long: .ci/long interop-go":
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
    two_tags_with_one_key_of_the_peer_are_reported,
    time_of_sending_is_ignored_by_the_peer,
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn traces_sampled_by_ours_are_sampled_by_go() {
    let Some(play) = Play::of(Ours.plain(), Go.plain().unsampled()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}
