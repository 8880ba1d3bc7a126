//! A setting ignores the contexts of other tracers.

use std::collections::BTreeMap;

use skywalking_runtime::testing::{run, text};
use skywalking_runtime::{
    Config,
    config::{Inbound, OtherContexts},
    propagation::inject,
    span,
};

use super::{CALL, ENTRY, start};

#[test]
fn ignored_contexts_are_neither_recorded_nor_propagated() {
    for config in [
        Config::new("others").other_contexts(OtherContexts::Ignore),
        Config::new("inbound").inbound(Inbound::Ignore),
    ] {
        let _running = start(config);
        let incoming = [
            ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            ("x-request-id", "r-1"),
        ];
        let incoming: BTreeMap<String, String> =
            incoming.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut sent = BTreeMap::<String, String>::new();
        let trees = run(|| {
            span(&ENTRY).extract(&incoming).run(|| {
                let _exit = span(&CALL).enter();
                inject(&mut sent);
            });
        });
        assert_eq!(text(&trees), "Entry /entry\n  Exit call peer=other:1\n");
        assert_eq!(sent.into_keys().collect::<Vec<_>>(), ["sw8"]);
    }
}
