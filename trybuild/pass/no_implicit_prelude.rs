//! No name of the prelude is in scope, and `std` only by its absolute path.
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

struct Type;

#[::skywalking_runtime::local_span(err(Debug), err_ignore(u8))]
impl Type {
    fn failing(&self, mut n: u8) -> ::std::result::Result<u8, u8> {
        n += 1;
        ::std::result::Result::Err(n)
    }

    #[::skywalking_runtime::skip_span]
    fn skipped(&self) {}

    #[::skywalking_runtime::local_span(ret_tags("some" = |n| n.is_some(), "debug" = ?|n| n), err(none), logic_endpoint)]
    async fn later(&self) -> ::std::option::Option<u8> {
        self.skipped();
        ::std::option::Option::None
    }
}

fn none(n: &::std::option::Option<u8>) -> ::std::option::Option<&'static str> {
    if n.is_none() { ::std::option::Option::Some("none") } else { ::std::option::Option::None }
}

#[::skywalking_runtime::entry_span(extract_each = carriers, tags(n), ret_tags("ok" = |ok| *ok), covers = future)]
fn future(
    carriers: [&str; 1],
    n: u8,
) -> impl ::std::future::Future<Output = ::std::result::Result<u8, u8>> {
    let _ = carriers;
    ::std::future::ready(::std::result::Result::Ok(n))
}

#[::skywalking_runtime::local_span(tags(n), covers = stream)]
fn stream(n: u8) -> impl ::futures::stream::Stream<Item = u8> {
    ::futures::stream::iter([n])
}

#[::std::prelude::v1::test]
fn compiles() {
    ::skywalking_trybuild::spans(|| {
        let message = Message { header: ::std::string::String::new() };
        ::std::assert!(entry(&message, 1) == ::std::result::Result::Ok(1));
        let parts = Parts { sw8: ::std::string::String::new(), correlation: ::std::option::Option::None };
        ::std::assert!(::skywalking_trybuild::block_on(exit(parts, 1)) == ::std::result::Result::Err(::std::string::String::new()));
        local();
        ::std::assert!(Type.failing(1) == ::std::result::Result::Err(2));
        ::std::assert!(::skywalking_trybuild::block_on(Type.later()).is_none());
        ::std::assert!(::skywalking_trybuild::block_on(future([""], 1)) == ::std::result::Result::Ok(1));
        ::std::assert!(::skywalking_trybuild::block_on(::futures::stream::StreamExt::count(stream(1))) == 1);
    })
    .are(
        "
        Entry /a layer=Http component=2 {l=x, n=1, d=1, p=1}
        Exit pass::no_implicit_prelude::exit peer=1 ERROR [event=error error.kind=alloc::string::String message=]
        Local pass::no_implicit_prelude::local
        Local pass::no_implicit_prelude::Type::failing [event=error error.kind=u8 message=2]
        Local pass::no_implicit_prelude::Type::later ERROR {x-le={\\\"logic-span\\\":true}, some=false, debug=None} [event=error error.kind=core::option::Option<u8> message=none]
        Entry pass::no_implicit_prelude::future {n=1, ok=1}
        Local pass::no_implicit_prelude::stream {n=1, items=1}
        ",
    );
}
