//! The runtime reached by another path than its name.

mod tracing {
    pub(crate) mod agent {
        pub(crate) use skywalking_runtime::*;
    }
}

extern crate skywalking_runtime as agent;

use futures::executor::block_on;
use tracing::agent::{Carrier, entry_span, exit_span};

mod skywalking_runtime_ {}

#[derive(Carrier)]
#[carrier(crate = crate::tracing::agent)]
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

#[agent::local_span(crate = agent)]
fn local() {}

fn main() {
    assert_eq!(block_on(entry(Message { header: String::new() })), Ok(0));
    exit(&mut Message { header: String::new() }).unwrap();
    local();
}
