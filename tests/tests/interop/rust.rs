//! The crate `skywalking` 0.10. It has no correlation context: see what becomes of ours.

use crate::agents::Agent::{Crate, Example, Ours};
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
