//! Every key, in any order, with trailing commas, on many lines, and no key at all.

use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::{block_on, spans_that_break};

/// A published id.
mod components {
    pub(super) const OURS: i32 = 7;
}

#[entry_span(layer = http, tags("a" = n,), err, extract = headers, component = 49, crate = ::skywalking_runtime, name = "/all",)]
fn entry(headers: Option<String>, n: u8) -> Result<u8, String> {
    Ok(n)
}

#[exit_span(
    inject = headers,
    layer = rpc,
    tags(
        "a" = 1,
        n,
    ),
    peer = "a:1",
    component = components::OURS,
    no_err,
    name = "all",
)]
async fn exit(headers: &mut String, n: u8) -> Result<u8, String> {
    Err(n.to_string())
}

#[local_span(tags(), component = 3i32)]
fn local() {}

#[local_span()]
fn no_argument() {}

#[local_span(layer = unknown, component = 0x10)]
fn hexadecimal() {}

macro_rules! layers {
    ($($layer:ident)*) => {
        $(mod $layer {
            #[::skywalking_runtime::local_span(layer = $layer, name = stringify!($layer))]
            pub(super) fn call() {}
        })*
        fn layers() {
            $($layer::call();)*
        }
    };
}

layers!(database rpc http mq cache faas genai unknown);

#[test]
fn are_accepted() {
    // A Local span of each layer.
    spans_that_break(&["database", "tag-missing"], || {
        assert_eq!(entry(None, 1), Ok(1));
        assert!(block_on(exit(&mut String::new(), 1)).is_err());
        local();
        no_argument();
        hexadecimal();
        layers();
    })
    .are(
        "
        Entry /all layer=Http component=49 {a=1}
        Exit all layer=RPCFramework component=7 peer=a:1 {a=1, n=1}
        Local pass::keys_in_any_order::local component=3
        Local pass::keys_in_any_order::no_argument
        Local pass::keys_in_any_order::hexadecimal component=16
        Local database layer=Database
        Local rpc layer=RPCFramework
        Local http layer=Http
        Local mq layer=MQ
        Local cache layer=Cache
        Local faas layer=FAAS
        Local genai layer=GenAI
        Local unknown
        ",
    );
}
