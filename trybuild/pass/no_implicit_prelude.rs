//! Nothing of the prelude is in scope, and `std` is only there by its rooted path.
#![no_implicit_prelude]

#[derive(::skywalking_runtime::Carrier)]
struct Message {
    #[carrier]
    header: ::std::string::String,
}

#[derive(::skywalking_runtime::Carrier)]
struct Parts {
    #[carrier(header = "sw8")]
    sw8: ::std::string::String,
    #[carrier(header = "sw8-correlation")]
    correlation: ::std::option::Option<::std::string::String>,
}

#[::skywalking_runtime::entry_span(name = "/a", extract = message, tags(n, "d" = ?n, "p" = %n, "l" = "x"), layer = http, component = 2)]
fn entry(message: &Message, n: u8) -> ::std::result::Result<u8, u8> {
    let _ = &message.header;
    ::std::result::Result::Ok(n)
}

#[::skywalking_runtime::exit_span(peer = n, inject = parts)]
async fn exit(mut parts: Parts, n: u8) -> ::std::result::Result<u8, ::std::string::String> {
    parts.sw8.clear();
    parts.correlation = ::std::option::Option::None;
    ::std::result::Result::Err(::std::string::String::new())
}

#[::skywalking_runtime::local_span]
fn local() {}

#[::std::prelude::v1::test]
fn compiles() {
    ::skywalking_trybuild::spans(|| {
        let message = Message { header: ::std::string::String::new() };
        ::std::assert!(entry(&message, 1) == ::std::result::Result::Ok(1));
        let parts = Parts { sw8: ::std::string::String::new(), correlation: ::std::option::Option::None };
        ::std::assert!(::skywalking_trybuild::block_on(exit(parts, 1)) == ::std::result::Result::Err(::std::string::String::new()));
        local();
    })
    .are(
        "
        Entry /a layer=Http component=2 {l=x, n=1, d=1, p=1}
        Exit pass::no_implicit_prelude::exit peer=1 ERROR [event=error error.kind=alloc::string::String message=]
        Local pass::no_implicit_prelude::local
        ",
    );
}
