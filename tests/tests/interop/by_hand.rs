//! A Go program whose message has one field for one header, written and read by hand: `Set` writes
//! `key + ":" + value` and ignores an empty value, `Get` splits at ":" and asks for exactly two
//! parts. Such a field is what our derived `String` carrier writes for a plain trace.

use crate::agents::Agent::{Go, Ours};
use crate::play::Play;

#[test]
fn a_trace_goes_on_from_the_program_to_ours() {
    let Some(play) = Play::of(Go.with(&["--two-parts"]), Ours.plain()) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=0 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=11000 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
fn a_trace_goes_on_from_ours_to_the_program() {
    let Some(play) = Play::of(Ours.plain(), Go.with(&["--two-parts"])) else { return };
    insta::assert_snapshot!(play.trees(4), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
        Service_Test_1 Entry /Service/OnSnapshot/QueringSnapshot RPCFramework component=0 {} <CrossProcess RTS_Test_1 /API/Snapshot RTS_Server>
          Service_Test_1 Exit /database/QuerySnapshot Database component=0 peer=APIService {db.type=sql, db.statement=SELECT 1}
    ");
}

#[test]
fn program_serves_a_request_with_correlation_untraced() {
    let Some(play) = Play::of(Ours.with(&["--correlate"]), Go.with(&["--two-parts"])) else {
        return;
    };
    assert_eq!(play.answer, "Return Snapshot Info");
    insta::assert_snapshot!(play.trees(2), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot RPCFramework component=0 peer=RTS_Server {}
    ");
    play.server.complains("served untraced: no header of two parts: sw8:1-");
    play.server.complains("\nsw8-correlation:");
}

/// Its second header takes the place of the first.
#[test]
fn correlation_of_the_program_starts_a_trace_at_ours() {
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

/// The time of sending is a second header as well.
#[test]
fn program_serves_a_message_with_its_time_untraced() {
    let Some(play) = Play::of(Ours.with(&["--mq"]), Go.with(&["--two-parts"])) else { return };
    assert_eq!(play.answer, "Return Snapshot Info");
    insta::assert_snapshot!(play.trees(2), @r"
    RTS_Test_1 Entry /API/Snapshot Http component=11000 {}
      RTS_Test_1 Exit /Service/OnSnapshot MQ component=0 peer=RTS_Server {}
    ");
    play.server.complains("\nsw8-x:0-");
}
