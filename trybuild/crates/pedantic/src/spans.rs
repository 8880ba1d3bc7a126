//! The spans of this crate's functions.

use std::sync::Arc;

use ::futures::StreamExt as _;
use skywalking_trybuild::{block_on, spans};

use crate::carriers::{Generic, Message, Parts};
use crate::futures::{Held, Remote, Store as _};
use crate::{blocks, failing, futures, later, plain, returned};

#[test]
fn plain_functions() {
    spans(|| {
        plain::nothing();
        assert_eq!((plain::entry("", 7), plain::parameters((1, 2), "", 3, 4), plain::line()), (0, 6, line!()));
        let mut headers = String::new();
        plain::exit(&mut headers, "a:1");
        assert!(headers.starts_with("sw8:"));
        assert_eq!(plain::generic("s", &["t"]).count(), 1);
        let shelf = plain::Shelf { book: "Emma".to_owned() };
        assert_eq!((shelf.title(), Arc::new(shelf.clone()).shared(), shelf.clone().into_book().len()), ("Emma", 4, 4));
    })
    .are(
        "
        Local skywalking_trybuild_pedantic::plain::nothing
        Entry GET:/users/7 layer=Http {k=1, id=7, debug=\\\"\\\", shown=7, headers=}
          Local one line component=2
        Local skywalking_trybuild_pedantic::plain::parameters {a=1}
        Local skywalking_trybuild_pedantic::plain::line
        Exit skywalking_trybuild_pedantic::plain::exit layer=RPCFramework peer=a:1 {len=3}
        Local skywalking_trybuild_pedantic::plain::generic {shown=s, n=1}
        Local Emma {len=4}
        Local skywalking_trybuild_pedantic::plain::shared {book=Emma}
        Local skywalking_trybuild_pedantic::plain::into_book
        ",
    );
}

#[test]
fn failing_functions() {
    spans(|| {
        assert!(failing::parse("7").is_ok() && failing::parse("x").is_err() && failing::one_line(1).is_ok());
        assert!(failing::boxed("").is_err() && failing::boxed("7").is_ok() && failing::not_marked(failing::Opaque).is_err());
        assert!(failing::generic::<u8, _>(Err(failing::Opaque)).is_err());
        assert_eq!(failing::changed(String::new(), "a:1", 1, ""), Ok(2));
        assert_eq!(failing::Shown.to_string(), "shown");
    })
    .are(
        "
        Entry /parse {len=1}
        Entry /parse ERROR {len=1} [event=error error.kind=core::num::error::ParseIntError message=invalid digit found in string]
        Local skywalking_trybuild_pedantic::failing::one_line
        Local skywalking_trybuild_pedantic::failing::boxed ERROR [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=empty]
        Local skywalking_trybuild_pedantic::failing::boxed
        Local skywalking_trybuild_pedantic::failing::not_marked
        Local skywalking_trybuild_pedantic::failing::generic ERROR [event=error error.kind=skywalking_trybuild_pedantic::failing::Opaque]
        Exit skywalking_trybuild_pedantic::failing::changed peer=a:1
        Local fmt
        ",
    );
}

#[test]
fn async_functions() {
    spans(|| {
        block_on(async {
            assert_eq!(futures::entry(Some(String::new()), 7).await, Ok(8));
            assert!(futures::exit(String::new(), "a:1").await.is_err());
            assert_eq!(futures::early(0).await.to_string() + &futures::early(1).await.to_string(), "none1");
            futures::early_unit(0).await;
            assert_eq!(futures::generic("s", 1, "").await.count(), 1);
            assert_eq!((futures::recursive(1).await, futures::boxed("ab").await), (1, Ok(2)));
            assert_eq!(Remote { address: "s:1".to_owned() }.load("key").await, Ok(3));
            assert_eq!(Held("held").lend().await, &"held");
        });
    })
    .are(
        "
        Entry GET:/users/7 layer=Http {k=1, id=7, debug=Some(\\\"\\\"), shown=7}
          Local skywalking_trybuild_pedantic::futures::one_line
        Exit skywalking_trybuild_pedantic::futures::exit peer=a:1 ERROR {len=3} [event=error error.kind=alloc::string::String message=sw8]
          Local skywalking_trybuild_pedantic::futures::nothing
        Local skywalking_trybuild_pedantic::futures::early
        Local skywalking_trybuild_pedantic::futures::early
          Local skywalking_trybuild_pedantic::futures::nothing
        Local skywalking_trybuild_pedantic::futures::early_unit
        Local skywalking_trybuild_pedantic::futures::generic {shown=s}
          Local skywalking_trybuild_pedantic::futures::one_line
        Local skywalking_trybuild_pedantic::futures::recursive {n=1}
          Local skywalking_trybuild_pedantic::futures::recursive {n=0}
        Local skywalking_trybuild_pedantic::futures::boxed
        Exit skywalking_trybuild_pedantic::futures::load peer=s:1 {key=key}
          Local skywalking_trybuild_pedantic::futures::nothing
        Local skywalking_trybuild_pedantic::futures::lend
          Local skywalking_trybuild_pedantic::futures::nothing
        ",
    );
}

#[test]
fn carriers() {
    spans(|| {
        let mut message = Message::default();
        let mut generic = Generic { headers: &mut message, rest: ["x"] };
        skywalking_runtime::propagation::inject(&mut generic);
        skywalking_runtime::propagation::inject(&mut Parts::default());
    })
    .are("");
}

#[test]
fn impl_blocks() {
    spans(|| {
        let shop = blocks::Shop::new("corner");
        assert_eq!((shop.check(1, ""), block_on(blocks::Shop::load(&shop, 1)), shop.to_string().len()), (Ok(2), Ok(2), 6));
        assert!(block_on(futures::Store::load(&shop, "")).is_err());
        assert_eq!(Arc::new(shop).shared(), 6);
    })
    .are(
        "
        Local Shop.new component=7 {fixed=1}
        Local Shop.check component=7 {fixed=1}
        Local Shop.load component=7 {fixed=1}
          Exit Shop.sent peer=corner
        Local skywalking_trybuild_pedantic::blocks::Shop::fmt
        Exit skywalking_trybuild_pedantic::blocks::Shop::load peer=shop:1 ERROR [event=error error.kind=alloc::string::String message=corner]
        Entry /shared
        ",
    );
}

#[test]
fn return_hooks() {
    spans(|| {
        assert_eq!((returned::items(1).len(), returned::result(2).is_ok(), returned::result(0).is_ok()), (1, true, false));
        assert!(returned::display().is_err() && returned::ignored("x").is_err() && returned::first(&[]).is_none());
        assert!(block_on(returned::later("text")).is_ok() && block_on(returned::debug()).is_err());
        assert_eq!(returned::batch(&[Message::default()]), 1);
    })
    .are(
        "
        Exit skywalking_trybuild_pedantic::returned::items peer=db:1 {len=1, first=Some(1)}
        Local skywalking_trybuild_pedantic::returned::result {n=2, shown=3}
        Local skywalking_trybuild_pedantic::returned::result ERROR [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        Local skywalking_trybuild_pedantic::returned::display ERROR [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        Local skywalking_trybuild_pedantic::returned::ignored [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=invalid digit found in string]
        Local skywalking_trybuild_pedantic::returned::first ERROR [event=error error.kind=core::option::Option<&u8> message=nothing]
        Local skywalking_trybuild_pedantic::returned::later {text=text, len=4}
        Local skywalking_trybuild_pedantic::returned::debug ERROR [event=error error.kind=core::fmt::Error message=Error]
        Entry /batch layer=MQ
          Local skywalking_trybuild_pedantic::returned::endpoint {x-le={\\\"logic-span\\\":true}}
        ",
    );
}

#[test]
fn covered_futures_and_streams() {
    spans(|| {
        assert_eq!((block_on(later::call(1)), block_on(later::future("", 2)), block_on(later::boxed(&3))), (1, Ok(2), 3));
        assert_eq!((block_on(later::opaque(1).count()), block_on(later::boxed_stream(&[1, 2]).count())), (1, 2));
    })
    .are(
        "
        Local skywalking_trybuild_pedantic::later::call {n=1}
        Entry GET:/2 {n=2, debug=2, ok=2}
        Exit skywalking_trybuild_pedantic::later::boxed peer=a:1
        Local skywalking_trybuild_pedantic::later::opaque {n=1, items=1}
        Local skywalking_trybuild_pedantic::later::boxed_stream {items=2}
        ",
    );
}
