//! Items of the user with the names of the prelude: `Ok`, `Err`, `Some`, `None`, `Result`,
//! `Option`, `String`, `Box`, and modules called `core` and `std`.
#![allow(dead_code, reason = "the names are there to be in the way")]

use skywalking_trybuild::{block_on, spans};

#[derive(Debug, PartialEq)]
enum Answer {
    Ok(u8),
    Err(u8),
    Some(u8),
    None,
}

mod shadowed {
    use super::Answer::{self, *};
    use ::skywalking_runtime::{Carrier, entry_span, exit_span, local_span};

    pub(super) type Result = Answer;
    pub(super) struct Option;
    pub(super) struct String;
    pub(super) struct Box;
    pub(super) struct Vec;
    pub(super) trait Send {}
    pub(super) trait Drop {}
    pub(super) trait Display {}
    pub(super) trait Iterator {}
    pub(super) trait IntoIterator {}
    pub(super) trait Future {}
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod alloc {}
    pub(super) mod skywalking_runtime {}

    #[derive(Carrier)]
    pub(super) struct Message {
        #[carrier(header = "sw8")]
        pub(super) header: ::std::option::Option<::std::string::String>,
    }

    #[::skywalking_runtime::local_span(name = "at once", tags("n" = n, "shown" = %n, "debug" = ?n))]
    pub(super) fn at_once(n: u8) -> Result {
        if n == 0 { Err(n) } else { Ok(n) }
    }

    #[local_span(name = "later")]
    pub(super) async fn later(n: u8) -> Result {
        if n == 0 { None } else { Some(n) }
    }

    #[local_span(name = "really")]
    pub(super) async fn really(n: u8) -> ::std::result::Result<u8, u8> {
        if n == 0 { ::std::result::Result::Err(n) } else { ::std::result::Result::Ok(n) }
    }

    pub(super) struct Type;

    #[local_span(names = "{type}.{fn}", err(Display), err_ignore(u16))]
    impl Type {
        pub(super) fn failing(&self, mut n: u8) -> ::std::result::Result<u8, u8> {
            n += 1;
            ::std::result::Result::Err(n)
        }

        #[local_span(tags(n), ret_tags("n" = |some| some.is_some()), err(none))]
        pub(super) async fn returned(&self, n: u8) -> ::std::option::Option<u8> {
            if n == 0 { ::std::option::Option::None } else { ::std::option::Option::Some(n) }
        }
    }

    fn none(n: &::std::option::Option<u8>) -> ::std::option::Option<&'static str> {
        if n.is_none() { ::std::option::Option::Some("none") } else { ::std::option::Option::None }
    }

    #[local_span(name = "future", tags(n), covers = future)]
    pub(super) fn future(
        n: u8,
    ) -> impl ::std::future::Future<Output = ::std::result::Result<u8, u8>> {
        ::std::future::ready(::std::result::Result::Err(n))
    }

    #[local_span(name = "stream", tags(n), covers = stream)]
    pub(super) fn stream(n: u8) -> impl ::futures::stream::Stream<Item = u8> {
        ::futures::stream::iter([n])
    }

    #[exit_span(name = "sent", peer = "a:1", inject = message)]
    pub(super) fn send(message: &mut Message) -> ::std::result::Result<(), u8> {
        receive(message);
        ::std::result::Result::Err(7)
    }

    #[entry_span(name = "received", extract = message)]
    fn receive(message: &Message) {
        assert!(message.header.is_some());
    }
}

#[test]
fn does_not_affect_the_expansion() {
    spans(|| {
        assert_eq!((shadowed::at_once(0), shadowed::at_once(1)), (Answer::Err(0), Answer::Ok(1)));
        assert_eq!((block_on(shadowed::later(0)), block_on(shadowed::later(1))), (Answer::None, Answer::Some(1)));
        assert_eq!((block_on(shadowed::really(0)), block_on(shadowed::really(1))), (Err(0), Ok(1)));
        assert_eq!(shadowed::send(&mut shadowed::Message { header: None }), Err(7));
        assert_eq!(
            (shadowed::Type.failing(1), block_on(shadowed::Type.returned(0)), block_on(shadowed::future(3))),
            (Err(2), None, Err(3))
        );
        assert_eq!(block_on(futures::StreamExt::count(shadowed::stream(1))), 1);
    })
    .are(
        "
        Local at once {n=0, shown=0, debug=0}
        Local at once {n=1, shown=1, debug=1}
        Local later
        Local later
        Local really ERROR [event=error error.kind=u8 message=0]
        Local really
        Exit sent peer=a:1 ERROR [event=error error.kind=u8 message=7]
          Entry received ref=CrossProcess
        Local Type.failing ERROR [event=error error.kind=u8 message=2]
        Local Type.returned ERROR {n=false} [event=error error.kind=core::option::Option<u8> message=none]
        Local future ERROR {n=3} [event=error error.kind=u8 message=3]
        Local stream {n=1, items=1}
        ",
    );
}
