//! The crate `skywalking` 0.10. It has no correlation context: see what becomes of ours.

use crate::agents::Agent::{Crate, Example, Ours};
use crate::agents::Role;
use crate::play::Play;

#[test]
fn the_crate_asks_and_the_example_answers() {
    let Some(play) = Play::of(Crate.plain(), Example.plain()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT info FROM snapshot WHERE a = ?}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ");
}

#[test]
fn the_example_asks_and_the_crate_answers() {
    let Some(play) = Play::of(Example.plain(), Crate.plain()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ");
}

#[test]
fn the_correlation_context_of_ours_ends_at_the_crate_and_the_trace_does_not() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]), Crate.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn an_error_at_ours_is_one_at_the_crate_as_well() {
    let Some(play) = Play::of(Crate.with(&["--fail"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(3), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {} log={event, error.kind, message} ERROR
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {} log={event, error.kind, message} ERROR
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> log={event, error.kind, message} ERROR
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn an_error_at_the_crate_is_one_at_ours_as_well() {
    let Some(play) = Play::of(Ours.with(&["--fail"]), Crate.plain()) else { return };
    insta::assert_snapshot!(play.trees(3), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {} log={event, error.kind, message} ERROR
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {} log={event, error.kind, message} ERROR
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> log={event, error.kind, message} ERROR
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn of_many_requests_at_once_by_the_crate_each_is_one_trace() {
    let Some(mut play) = Play::of(Crate.with(&["--connections", "8", "--requests", "25"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(800), @r"
    200 of
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    let counters = play.counters(Role::Server);
    assert_eq!((&counters["sent"], &counters["opened"]), (&200.into(), &200.into()), "{counters}");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn of_many_requests_at_once_by_ours_each_is_one_trace_with_the_crate() {
    let Some(mut play) = Play::of(Ours.with(&["--connections", "8", "--requests", "25"]), Crate.plain()) else { return };
    insta::assert_snapshot!(play.trees(800), @r"
    200 of
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    let counters = play.counters(Role::Client);
    assert_eq!((&counters["sent"], &counters["opened"]), (&200.into(), &200.into()), "{counters}");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn long_names_of_the_crate_are_read_and_cut() {
    let Some(play) = Play::of(Crate.with(&["--long", "100"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x100] Http component=11000 {} BREAKS too-long
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x100] RPCFramework component=11000 peer=RTS_Server[.long x100] {} BREAKS too-long BREAKS too-long
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot[/很长 x45]/很 RTS_Server[.long x38]>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// More than the 4 KiB that a stranger's header may have.
#[test]
#[ignore = "long: .ci/long interop-rust"]
fn names_of_the_crate_that_make_a_header_of_8_kib_are_not_read() {
    let Some(mut play) = Play::of(Crate.with(&["--long", "500"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x500] Http component=11000 {} BREAKS too-long
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x500] RPCFramework component=11000 peer=RTS_Server[.long x500] {} BREAKS too-long BREAKS too-long
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
      Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    assert_eq!(play.counters(Role::Server)["reasons"], serde_json::json!({ "sw8_too_long": 1 }));
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn long_names_of_ours_arrive_cut_at_the_crate() {
    let Some(play) = Play::of(Ours.with(&["--long", "500"]), Crate.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x45]/很 Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x65]/ RPCFramework component=11000 peer=RTS_Server[.long x38] {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot[/很长 x45]/很 RTS_Server[.long x38]>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn where_ours_samples_nothing_a_trace_begins_at_the_crate() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]).unsampled(), Crate.plain()) else { return };
    insta::assert_snapshot!(play.trees(2), @r"
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
      Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// Whatever its own sampler would say.
#[test]
#[ignore = "long: .ci/long interop-rust"]
fn what_the_crate_samples_ours_samples_too() {
    let Some(play) = Play::of(Crate.plain(), Ours.plain().unsampled()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn a_batch_of_the_crate_is_one_span_of_ours_with_a_ref_each() {
    let Some(play) = Play::of(Crate.with(&["--batch", "3"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(7), @r"
    2 of
    RTS_Test_1 Entry /API/Publish Http component=11000 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=11000 peer=RTS_Server {}
    RTS_Test_1 Entry /API/Publish Http component=11000 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=11000 peer=RTS_Server {}
    Service_Test_1 Entry /Service/Consume RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Publish RTS_Server> <CrossProcess RTS_Test_1 /API/Publish RTS_Server> <CrossProcess RTS_Test_1 /API/Publish RTS_Server>
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn two_entries_of_ours_are_one_span_below_the_crate() {
    let Some(play) = Play::of(Crate.plain(), Ours.with(&["--merged"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn two_exits_of_ours_are_one_span_above_the_crate() {
    let Some(play) = Play::of(Ours.with(&["--merged"]), Crate.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Middleware {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Middleware>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn ours_reports_by_http_below_the_crate() {
    let Some(play) = Play::of(Crate.plain(), Ours.plain().by_http()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn ours_reports_by_http_above_the_crate() {
    let Some(play) = Play::of(Ours.plain().by_http(), Crate.plain()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ");
}

#[test]
#[ignore = "long: .ci/long interop-rust"]
fn the_crate_sends_two_tags_of_one_key() {
    let Some(play) = Play::of(Ours.plain(), Crate.with(&["--twice"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {seed.step=first, seed.step=second} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> BREAKS tag-twice
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// The header `sw8-x`, which it does not know.
#[test]
#[ignore = "long: .ci/long interop-rust"]
fn a_time_of_sending_does_not_disturb_the_crate() {
    let Some(play) = Play::of(Ours.with(&["--mq"]), Crate.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot MQ component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}
