//! The Python agent 1.2.

use crate::agents::Agent::{Example, Ours, Python};
use crate::agents::Role;
use crate::play::Play;

#[test]
fn python_asks_and_the_example_answers() {
    let Some(play) = Play::of(Python.plain(), Example.plain()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /Service/OnSnapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT info FROM snapshot WHERE a = ?}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Unknown)
    RTS_Test (Unknown) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ");
}

#[test]
fn the_example_asks_and_python_answers() {
    let Some(play) = Play::of(Example.plain(), Python.plain()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (Unknown)
    Service_Test (Unknown) -> APIService (Unknown, guessed)
    ");
}

#[test]
fn python_puts_into_the_correlation_context_and_ours_reads_it() {
    let Some(play) = Play::of(Python.with(&["--correlate"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {correlation.seed.by=RTS_Test: é, 快照} <CrossProcess RTS_Test_1 /Service/OnSnapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
fn ours_puts_into_the_correlation_context_and_python_reads_it() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {correlation.seed.by=RTS_Test: é, 快照} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn an_error_at_ours_is_one_at_python_as_well() {
    let Some(play) = Play::of(Python.with(&["--fail"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(3), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {} log={Traceback} ERROR BREAKS log-time
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {} log={Traceback} ERROR BREAKS log-time
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /Service/OnSnapshot RTS_Server> log={event, error.kind, message} ERROR
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn an_error_at_python_is_one_at_ours_as_well() {
    let Some(play) = Play::of(Ours.with(&["--fail"]), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(3), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {} log={event, error.kind, message} ERROR
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {} log={event, error.kind, message} ERROR
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> log={Traceback} ERROR BREAKS log-time
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn of_many_requests_at_once_by_python_each_is_one_trace() {
    let Some(mut play) = Play::of(Python.with(&["--connections", "8", "--requests", "250"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(8_000), @r"
    2000 of
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /Service/OnSnapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    let counters = play.counters(Role::Server);
    assert_eq!((&counters["sent"], &counters["opened"]), (&2_000.into(), &2_000.into()), "{counters}");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn of_many_requests_at_once_by_ours_each_is_one_trace_with_python() {
    let Some(mut play) = Play::of(Ours.with(&["--connections", "8", "--requests", "250"]), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(8_000), @r"
    2000 of
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    let counters = play.counters(Role::Client);
    assert_eq!((&counters["sent"], &counters["opened"]), (&2_000.into(), &2_000.into()), "{counters}");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn long_names_of_python_are_read_and_cut() {
    let Some(play) = Play::of(Python.with(&["--long", "100"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x100] Http component=0 {} BREAKS too-long
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x100] RPCFramework component=0 peer=RTS_Server[.long x100] {} BREAKS too-long BREAKS too-long
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /Service/OnSnapshot[/长 x65]/ RTS_Server[.long x38]>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// More than the 4 KiB that a stranger's header may have.
#[test]
#[ignore = "long: .ci/long interop-python"]
fn names_of_python_that_make_a_header_of_8_kib_are_not_read() {
    let Some(mut play) = Play::of(Python.with(&["--long", "500"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x500] Http component=0 {} BREAKS too-long
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x500] RPCFramework component=0 peer=RTS_Server[.long x500] {} BREAKS too-long BREAKS too-long
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
      Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    assert_eq!(play.counters(Role::Server)["reasons"], serde_json::json!({ "sw8_too_long": 1 }));
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn long_names_of_ours_arrive_cut_at_python() {
    let Some(play) = Play::of(Ours.with(&["--long", "500"]), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x45]/很 Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x65]/ RPCFramework component=11000 peer=RTS_Server[.long x38] {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot[/很长 x45]/很 RTS_Server[.long x38]>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn where_python_samples_nothing_a_trace_begins_at_ours() {
    let Some(mut play) = Play::of(Python.plain().unsampled(), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(2), @r"
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
      Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    assert_eq!(play.counters(Role::Server)["reasons"], serde_json::json!({ "sw8_empty_part": 1 }));
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn where_ours_samples_nothing_a_trace_begins_at_python() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]).unsampled(), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(2), @r"
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {}
      Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// Whatever its own sampler would say.
#[test]
#[ignore = "long: .ci/long interop-python"]
fn what_python_samples_ours_samples_too() {
    let Some(play) = Play::of(Python.plain(), Ours.plain().unsampled()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /Service/OnSnapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn a_batch_of_python_is_one_span_of_ours_with_a_ref_each() {
    let Some(play) = Play::of(Python.with(&["--batch", "3"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(7), @r"
    2 of
    RTS_Test_1 Entry /API/Publish Http component=0 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=0 peer=RTS_Server {}
    RTS_Test_1 Entry /API/Publish Http component=0 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=0 peer=RTS_Server {}
    Service_Test_1 Entry /Service/Consume RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /Service/Publish RTS_Server> <CrossProcess RTS_Test_1 /Service/Publish RTS_Server> <CrossProcess RTS_Test_1 /Service/Publish RTS_Server>
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn a_batch_of_ours_is_one_span_of_python_with_a_ref_each() {
    let Some(play) = Play::of(Ours.with(&["--batch", "3"]), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(7), @r"
    2 of
    RTS_Test_1 Entry /API/Publish Http component=11000 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=11000 peer=RTS_Server {}
    RTS_Test_1 Entry /API/Publish Http component=11000 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=11000 peer=RTS_Server {}
    Service_Test_1 Entry /Service/Consume RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Publish RTS_Server> <CrossProcess RTS_Test_1 /API/Publish RTS_Server> <CrossProcess RTS_Test_1 /API/Publish RTS_Server>
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn two_entries_of_ours_are_one_span_below_python() {
    let Some(play) = Play::of(Python.plain(), Ours.with(&["--merged"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /Service/OnSnapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn two_exits_of_ours_are_one_span_above_python() {
    let Some(play) = Play::of(Ours.with(&["--merged"]), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Middleware {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Middleware>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn ours_reports_by_http_below_python() {
    let Some(play) = Play::of(Python.plain().by_http(), Ours.plain().by_http()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /Service/OnSnapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Unknown)
    RTS_Test (Unknown) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn ours_reports_by_http_above_python() {
    let Some(play) = Play::of(Ours.plain().by_http(), Python.plain().by_http()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (Unknown)
    Service_Test (Unknown) -> APIService (Unknown, guessed)
    ");
}

#[test]
#[ignore = "long: .ci/long interop-python"]
fn python_sends_the_last_of_two_tags_of_one_key() {
    let Some(play) = Play::of(Ours.plain(), Python.with(&["--twice"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {seed.step=second} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// The header `sw8-x`, which it does not know.
#[test]
#[ignore = "long: .ci/long interop-python"]
fn a_time_of_sending_does_not_disturb_python() {
    let Some(play) = Play::of(Ours.with(&["--mq"]), Python.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot MQ component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}
