//! A library that is built on the light core, linked into a program with the agent.

use futures::executor::block_on;
use skywalking_trybuild_library::{Order, send};

use super::{Backend, PROTOCOLS, TIMEOUT, agent};
use crate::turn;

#[test]
fn spans_of_a_library_on_the_light_core_arrive() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start();
        let agent = agent(protocol, &backend.address(protocol)).start().expect("an agent");

        let mut order = Order::default();
        let trace = block_on(send(&mut order, 25)).expect("the id of a trace");
        assert!(order.is_traced());
        assert!(agent.flush(TIMEOUT));

        assert_eq!(
            backend.tree(&trace),
            "Exit /orders/send layer=RPCFramework peer=stock:8080 RTS_Test/RTS_Test_1 {packed=3}\n\
             \x20 Local pack RTS_Test/RTS_Test_1 {count=25}\n"
        );
        assert_eq!(agent.shutdown(TIMEOUT).sent, 1);
    }
}
