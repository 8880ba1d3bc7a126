//! Each kind of expansion: sync and async, with and without arguments, with an error, with carriers.

use skywalking_trybuild::{block_on, spans};
use skywalking_trybuild_facade::prelude::{Carrier, Request, entry_span, exit_span, local_span};

#[derive(Carrier)]
#[carrier(crate = skywalking_trybuild_facade::tracing)]
struct Message {
    #[carrier]
    header: String,
}

#[derive(Carrier, Default)]
#[carrier(crate = ::skywalking_trybuild_facade::prelude)]
struct Parts {
    #[carrier(header = "sw8")]
    trace: Option<String>,
}

#[entry_span(name = "/a", extract = message, layer = http, tags("len" = message.header.len(), "d" = ?message.header, "s" = %1), crate = skywalking_trybuild_facade::tracing)]
async fn entry(message: Message) -> Result<usize, String> {
    let mut parts = Parts::default();
    exit(&mut parts, 7).map_err(|error| error.to_string())?;
    sent(String::new()).await;
    local();
    Err(parts.trace.unwrap_or_default().len().min(1).to_string())
}

#[exit_span(peer = format_args!("a:{n}"), inject = parts, crate = ::skywalking_trybuild_facade::prelude)]
fn exit(parts: &mut Parts, n: u8) -> Result<(), std::fmt::Error> {
    Ok(())
}

#[exit_span(peer = "b:1", inject = message, component = 2, crate = skywalking_trybuild_facade::tracing)]
async fn sent(mut message: String) {
    assert!(message.starts_with("sw8:"));
    message.clear();
}

#[local_span(crate = skywalking_trybuild_facade::tracing)]
fn local() {}

#[test]
fn a_dependency_of_a_dependency() {
    spans(|| assert_eq!(block_on(entry(Message { header: String::new() })), Err("1".to_owned()))).are(
        "
        Entry /a layer=Http ERROR {s=1, len=0, d=\\\"\\\"} [event=error error.kind=alloc::string::String message=1]
          Exit skywalking_trybuild_behind_facade::shapes::exit peer=a:7
          Exit skywalking_trybuild_behind_facade::shapes::sent component=2 peer=b:1
          Local skywalking_trybuild_behind_facade::shapes::local
        ",
    );
}

skywalking_trybuild_facade::handler!("/made", fn made(request) -> Result<usize, String> {
    local();
    Ok(request.headers.len())
});

#[test]
fn a_macro_of_the_facade() {
    spans(|| assert_eq!(made(&Request::default()), Ok(0))).are(
        "
        Entry /made layer=Http
          Local skywalking_trybuild_behind_facade::shapes::local
        ",
    );
}
