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
    it_asks_and_the_example_answers,
    the_example_asks_and_it_answers,
    what_it_puts_into_the_correlation_context_ours_reads,
    what_ours_puts_into_the_correlation_context_it_reads,
    "long: .ci/long interop-python":
    where_ours_fails_its_call_fails,
    where_it_fails_our_call_fails,
    of_many_requests_at_once_by_it_each_is_one_trace,
    of_many_requests_at_once_by_ours_each_is_one_trace,
    its_long_names_are_read_and_cut,
    its_names_that_make_a_header_of_8_kib_are_not_read,
    long_names_of_ours_arrive_cut,
    where_it_samples_nothing_a_trace_begins_at_ours,
    where_ours_samples_nothing_a_trace_begins_at_it,
    what_it_samples_ours_samples_too,
    its_batch_is_one_span_of_ours_with_a_ref_each,
    two_entries_of_ours_are_one_span_below_it,
    two_exits_of_ours_are_one_span_above_it,
    ours_reports_by_http_below_it,
    ours_reports_by_http_above_it,
    a_time_of_sending_does_not_disturb_it,
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn a_batch_of_ours_is_one_span_of_python_with_a_ref_each() {
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
fn python_sends_the_last_of_two_tags_of_one_key() {
    let Some(play) = Play::of(Ours.plain(), Python.with(&["--twice"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {seed.step=second} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}
