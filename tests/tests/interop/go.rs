//! go2sky 1.5.

use crate::agents::Agent::{Example, Go, Ours};
use crate::agents::Role;
use crate::play::Play;

#[test]
fn go_asks_and_the_example_answers() {
    let Some(play) = Play::of(Go.plain(), Example.plain()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT info FROM snapshot WHERE a = ?}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Unknown)
    RTS_Test (Unknown) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ");
}

#[test]
fn the_example_asks_and_go_answers() {
    let Some(play) = Play::of(Example.plain(), Go.plain()) else { return };
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
fn go_puts_into_the_correlation_context_and_ours_reads_it() {
    let Some(play) = Play::of(Go.with(&["--correlate"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {correlation.seed.by=RTS_Test: é, 快照} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
fn ours_puts_into_the_correlation_context_and_go_reads_it() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]), Go.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {correlation.seed.by=RTS_Test: é, 快照} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn an_error_at_ours_is_one_at_go_as_well() {
    let Some(play) = Play::of(Go.with(&["--fail"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(3), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {} log={event, error.kind, message} ERROR
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {} log={event, error.kind, message} ERROR
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> log={event, error.kind, message} ERROR
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn an_error_at_go_is_one_at_ours_as_well() {
    let Some(play) = Play::of(Ours.with(&["--fail"]), Go.plain()) else { return };
    insta::assert_snapshot!(play.trees(3), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {} log={event, error.kind, message} ERROR
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {} log={event, error.kind, message} ERROR
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> log={event, error.kind, message} ERROR
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn of_many_requests_at_once_by_go_each_is_one_trace() {
    let Some(mut play) = Play::of(Go.with(&["--connections", "8", "--requests", "250"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(8_000), @r"
    2000 of
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    let counters = play.counters(Role::Server);
    assert_eq!((&counters["sent"], &counters["opened"]), (&2_000.into(), &2_000.into()), "{counters}");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn of_many_requests_at_once_by_ours_each_is_one_trace_with_go() {
    let Some(mut play) = Play::of(Ours.with(&["--connections", "8", "--requests", "250"]), Go.plain()) else { return };
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
#[ignore = "long: .ci/long interop-go"]
fn long_names_of_go_are_read_and_cut() {
    let Some(play) = Play::of(Go.with(&["--long", "100"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x100] Http component=0 {} BREAKS too-long
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x100] RPCFramework component=0 peer=RTS_Server[.long x100] {} BREAKS too-long BREAKS too-long
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot[/很长 x45]/很 RTS_Server[.long x38]>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// More than the 4 KiB that a stranger's header may have.
#[test]
#[ignore = "long: .ci/long interop-go"]
fn names_of_go_that_make_a_header_of_8_kib_are_not_read() {
    let Some(mut play) = Play::of(Go.with(&["--long", "500"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x500] Http component=0 {} BREAKS too-long
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x500] RPCFramework component=0 peer=RTS_Server[.long x500] {} BREAKS too-long BREAKS too-long
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
      Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
    assert_eq!(play.counters(Role::Server)["reasons"], serde_json::json!({ "sw8_too_long": 1 }));
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn long_names_of_ours_arrive_cut_at_go() {
    let Some(play) = Play::of(Ours.with(&["--long", "500"]), Go.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot[/很长 x45]/很 Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot[/长 x65]/ RPCFramework component=11000 peer=RTS_Server[.long x38] {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot[/很长 x45]/很 RTS_Server[.long x38]>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn where_go_samples_nothing_a_trace_begins_at_ours() {
    let Some(play) = Play::of(Go.plain().unsampled(), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(2), @r"
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {}
      Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn where_ours_samples_nothing_a_trace_begins_at_go() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]).unsampled(), Go.plain()) else { return };
    insta::assert_snapshot!(play.trees(2), @r"
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {}
      Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// Whatever its own sampler would say.
#[test]
#[ignore = "long: .ci/long interop-go"]
fn what_go_samples_ours_samples_too() {
    let Some(play) = Play::of(Go.plain(), Ours.plain().unsampled()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn what_ours_samples_go_samples_too() {
    let Some(play) = Play::of(Ours.plain(), Go.plain().unsampled()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn a_batch_of_go_is_one_span_of_ours_with_a_ref_each() {
    let Some(play) = Play::of(Go.with(&["--batch", "3"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(7), @r"
    2 of
    RTS_Test_1 Entry /API/Publish Http component=0 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=0 peer=RTS_Server {}
    RTS_Test_1 Entry /API/Publish Http component=0 {}
      RTS_Test_1 Exit /Service/Publish RPCFramework component=0 peer=RTS_Server {}
    Service_Test_1 Entry /Service/Consume RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Publish RTS_Server> <CrossProcess RTS_Test_1 /API/Publish RTS_Server> <CrossProcess RTS_Test_1 /API/Publish RTS_Server>
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn two_entries_of_ours_are_one_span_below_go() {
    let Some(play) = Play::of(Go.plain(), Ours.with(&["--merged"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn two_exits_of_ours_are_one_span_above_go() {
    let Some(play) = Play::of(Ours.with(&["--merged"]), Go.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Middleware {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Middleware>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn ours_reports_by_http_below_go() {
    let Some(play) = Play::of(Go.plain(), Ours.plain().by_http()) else { return };
    insta::assert_snapshot!(play.tree_and_map(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=11000 peer=APIService {db.type=sql, db.statement=SELECT 1}
    map: 4 nodes, 3 calls
    User -> RTS_Test (Unknown)
    RTS_Test (Unknown) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ");
}

#[test]
#[ignore = "long: .ci/long interop-go"]
fn ours_reports_by_http_above_go() {
    let Some(play) = Play::of(Ours.plain().by_http(), Go.plain()) else { return };
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
#[ignore = "long: .ci/long interop-go"]
fn go_sends_two_tags_of_one_key() {
    let Some(play) = Play::of(Ours.plain(), Go.with(&["--twice"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {seed.step=first, seed.step=second} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server> BREAKS tag-twice
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// The header `sw8-x`, which it does not know.
#[test]
#[ignore = "long: .ci/long interop-go"]
fn a_time_of_sending_does_not_disturb_go() {
    let Some(play) = Play::of(Ours.with(&["--mq"]), Go.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot MQ component=11000 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}
