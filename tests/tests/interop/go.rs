//! go2sky 1.5.

use crate::agents::Agent::{Example, Go, Ours};
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
