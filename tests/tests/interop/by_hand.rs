//! A Go program whose message has a field for one header, which it writes and reads itself. `Set`
//! writes `key + ":" + value` and ignores an empty value. `Get` splits at ":" and expects exactly
//! two parts. Our derived `String` carrier writes the same for a trace without other headers.

use crate::agents::Agent::{Go, Ours};
use crate::play::Play;

#[test]
fn trace_continues_from_the_program_to_ours() {
    let Some(play) = Play::of(Go.with(&["--two-parts"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
fn trace_continues_from_ours_to_the_program() {
    let Some(play) = Play::of(Ours.plain(), Go.with(&["--two-parts"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
fn request_with_correlation_is_served_untraced() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]), Go.with(&["--two-parts"])) else {
        return;
    };
    assert_eq!(play.answer, "Return Snapshot Info");
    insta::assert_snapshot!(play.trees(2), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
    ");
    play.server.wait_for_stderr("served untraced: no header of two parts: sw8:1-");
    play.server.wait_for_stderr("\nsw8-correlation:");
}

/// Its second header replaces the first one.
#[test]
fn correlation_of_the_program_starts_a_new_trace() {
    let Some(play) = Play::of(Go.with(&["--two-parts", "--correlate"]), Ours.plain()) else {
        return;
    };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
    Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {correlation.seed.by=RTS_Test: é, 快照}
      Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

/// The time of sending is a second header too.
#[test]
fn message_with_its_time_is_served_untraced() {
    let Some(play) = Play::of(Ours.with(&["--mq"]), Go.with(&["--two-parts"])) else { return };
    assert_eq!(play.answer, "Return Snapshot Info");
    insta::assert_snapshot!(play.trees(2), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot MQ component=0 peer=RTS_Server {}
    ");
    play.server.wait_for_stderr("\nsw8-x:0-");
}
