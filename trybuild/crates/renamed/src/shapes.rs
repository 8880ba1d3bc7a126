//! Each kind of expansion: sync and async, with and without arguments, with an error, with carriers.

use skywalking_trybuild::{block_on, spans};
use tracing_sdk::{Carrier, entry_span, exit_span, local_span};

#[derive(Carrier)]
#[carrier(crate = tracing_sdk)]
struct Message {
    #[carrier]
    header: String,
}

#[derive(Carrier, Default)]
#[carrier(crate = ::tracing_sdk)]
struct Parts {
    #[carrier(header = "sw8")]
    trace: Option<String>,
}

#[entry_span(name = "/a", extract = message, layer = http, tags("len" = message.header.len(), "d" = ?message.header, "s" = %1), crate = tracing_sdk)]
async fn entry(message: Message) -> Result<usize, String> {
    let mut parts = Parts::default();
    exit(&mut parts, 7).map_err(|error| error.to_string())?;
    sent(String::new()).await;
    local();
    Err(parts.trace.unwrap_or_default().len().min(1).to_string())
}

#[exit_span(peer = format_args!("a:{n}"), inject = parts, crate = ::tracing_sdk)]
fn exit(parts: &mut Parts, n: u8) -> Result<(), std::fmt::Error> {
    Ok(())
}

#[exit_span(peer = "b:1", inject = message, component = 2, crate = tracing_sdk)]
async fn sent(mut message: String) {
    assert!(message.starts_with("sw8:"));
    message.clear();
}

#[local_span(crate = tracing_sdk)]
fn local() {}

#[test]
fn a_renamed_dependency() {
    spans(|| assert_eq!(block_on(entry(Message { header: String::new() })), Err("1".to_owned()))).are(
        "
        Entry /a layer=Http ERROR {s=1, len=0, d=\\\"\\\"} [event=error error.kind=alloc::string::String message=1]
          Exit skywalking_trybuild_renamed::shapes::exit peer=a:7
          Exit skywalking_trybuild_renamed::shapes::sent component=2 peer=b:1
          Local skywalking_trybuild_renamed::shapes::local
        ",
    );
}
