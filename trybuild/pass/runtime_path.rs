//! The runtime under another path. `crates/renamed` and `crates/facade` have a renamed dependency.

mod tracing {
    pub(crate) mod agent {
        pub(crate) use skywalking_runtime::*;
    }
}

use skywalking_runtime as agent;
use tracing::agent::{Carrier, entry_span, exit_span};

use skywalking_trybuild::{block_on, spans};

#[derive(Carrier)]
#[carrier(crate = crate::runtime_path::tracing::agent)]
struct Message {
    #[carrier]
    header: String,
}

#[entry_span(crate = tracing::agent, extract = message)]
async fn entry(message: Message) -> Result<usize, String> {
    Ok(message.header.len())
}

#[exit_span(peer = "a", inject = message, crate = ::skywalking_runtime)]
fn exit(message: &mut Message) -> Result<(), String> {
    message.header.clear();
    Ok(())
}

#[agent::local_span(crate = self::agent)]
fn local() {}

mod deeper {
    #[super::agent::local_span(crate = super::agent)]
    pub(super) fn local() {}
}

#[test]
fn crate_key_is_used() {
    spans(|| {
        assert_eq!(block_on(entry(Message { header: String::new() })), Ok(0));
        exit(&mut Message { header: String::new() }).unwrap();
        local();
        deeper::local();
    })
    .are(
        "
        Entry pass::runtime_path::entry
        Exit pass::runtime_path::exit peer=a
        Local pass::runtime_path::local
        Local pass::runtime_path::deeper::local
        ",
    );
}
