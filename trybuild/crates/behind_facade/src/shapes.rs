//! Each kind of expansion: sync and async, with and without arguments, with an error, with carriers.

use std::pin::Pin;

use skywalking_trybuild::{block_on, spans};
use skywalking_trybuild_facade::prelude::{Carrier, Request, entry_span, exit_span, local_span, skip_span};

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

struct Type;

#[local_span(names = "{type}.{fn}", err(Display), err_ignore(u8), crate = skywalking_trybuild_facade::tracing)]
impl Type {
    fn failing(&self, mut n: u8) -> Result<u8, String> {
        n += self.skipped();
        Err(n.to_string())
    }

    #[skip_span]
    fn skipped(&self) -> u8 {
        1
    }

    /// What the block says of the runtime holds for this one too.
    #[entry_span(extract_each = headers, ret_tags("n" = |n| *n, "debug" = ?|n| n))]
    async fn own(&self, headers: [&str; 1], n: u8) -> Result<u8, u8> {
        Ok(n)
    }

    #[exit_span(peer = "c:1", covers = future, crate = ::skywalking_trybuild_facade::prelude)]
    fn future(&self, n: u8) -> impl Future<Output = Result<u8, String>> + use<> {
        async move { Ok(n) }
    }
}

#[local_span(covers = stream, crate = skywalking_trybuild_facade::tracing)]
fn stream() -> Pin<Box<dyn futures::Stream<Item = u8>>> {
    Box::pin(futures::stream::iter([1]))
}

#[test]
fn an_impl_block_and_what_runs_later() {
    spans(|| {
        assert!(Type.failing(1).is_err());
        assert_eq!(
            (block_on(Type.own([""], 1)), block_on(Type.future(2)), block_on(futures::StreamExt::count(stream()))),
            (Ok(1), Ok(2), 1)
        );
    })
    .are(
        "
        Local Type.failing ERROR [event=error error.kind=alloc::string::String message=2]
        Entry Type.own {n=1, debug=1}
        Exit Type.future peer=c:1
        Local skywalking_trybuild_behind_facade::shapes::stream {items=1}
        ",
    );
}

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
