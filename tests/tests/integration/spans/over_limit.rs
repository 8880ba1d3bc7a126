//! Spans that find no room in a full segment: which of them is current, and what the exits among
//! them send.

use crate::spans::prelude::*;

/// Does it in a segment that has no room for a further span; the last one of those that are
/// recorded is open.
fn full(work: impl FnOnce()) -> Vec<Tree> {
    run(|| {
        span(&ENTRY).run(|| {
            (0..298).for_each(|_| drop(span(&A).enter()));
            let _last = span(&B).enter();
            work();
        });
    })
}

static CALL: Callsite = callsite!(exit, "call", peer = "call:1");
static OTHER: Callsite = callsite!(exit, "other", peer = "other:1");

/// The parent and the address of the header that is written here.
fn sent() -> Option<(String, String)> {
    use base64::Engine as _;
    let mut headers = String::new();
    inject(&mut headers);
    let parts: Vec<_> = headers.lines().next()?.split('-').collect();
    let address = base64::engine::general_purpose::STANDARD.decode(parts.get(7)?).ok()?;
    Some(((*parts.get(3)?).to_owned(), String::from_utf8(address).ok()?))
}

#[expect(clippy::unnecessary_wraps, reason = "what `sent` gives")]
fn at(span: &str, address: &str) -> Option<(String, String)> {
    Some((span.to_owned(), address.to_owned()))
}

#[test]
fn exit_sends_its_header_after_unrecorded_children() {
    let mut headers = Vec::new();
    full(|| {
        let call = span(&CALL).enter();
        drop(span(&A).enter());
        headers.push(sent());
        span(&OTHER).run(|| headers.push(sent()));
        headers.push(sent());
        span(&A).run(|| headers.push(sent()));
        headers.push(sent());
        drop(call);
        headers.push(sent());
    });
    assert_eq!(
        headers,
        [
            at("299", "call:1"),
            at("299", "other:1"),
            at("299", "call:1"),
            None,
            at("299", "call:1"),
            None
        ]
    );
    assert!(is_idle());
}

#[test]
fn futures_that_found_no_room_keep_their_addresses_over_polls() {
    #[exit_span(name = "call", peer = format!("call:{port}"))]
    async fn call(port: u16, headers: &mut Vec<Option<(String, String)>>) {
        headers.push(sent());
        yields(1).await;
        drop(span(&OTHER).enter());
        headers.push(sent());
    }
    #[local_span(name = "local")]
    async fn local(headers: &mut Vec<Option<(String, String)>>) {
        yields(1).await;
        headers.push(sent());
    }
    let (mut first, mut second, mut none) = (Vec::new(), Vec::new(), Vec::new());
    let trees = full(|| {
        let mut all = pin!(futures::future::join3(
            call(1, &mut first),
            call(2, &mut second),
            local(&mut none)
        ));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(all.as_mut().poll(&mut cx).is_pending());
        assert!(all.as_mut().poll(&mut cx).is_ready());
        current().tag("current", "b");
    });
    assert_eq!((first, second), (vec![at("299", "call:1"); 2], vec![at("299", "call:2"); 2]));
    assert_eq!(none, [None]);
    assert_eq!(trees[0].root.children[298].tags, [("current".to_owned(), "b".to_owned())]);
    assert!(is_idle());
}

#[test]
fn whichever_ends_first_the_innermost_that_is_open_is_current() {
    let mut headers = Vec::new();
    let trees = full(|| {
        let (first, second, third) = (span(&CALL).enter(), span(&A).enter(), span(&OTHER).enter());
        let fourth = span(&A).enter();
        headers.push(sent());
        drop(first);
        drop(fourth);
        headers.push(sent());
        drop(second);
        headers.push(sent());
        current().tag("lost", true);
        drop(third);
        headers.push(sent());
        current().tag("current", "b");
    });
    assert_eq!(headers, [None, at("299", "other:1"), at("299", "other:1"), None]);
    assert_eq!(trees[0].root.children[298].tags, [("current".to_owned(), "b".to_owned())]);
}

#[test]
fn guard_dropped_in_another_future_keeps_that_current() {
    let trees = full(|| {
        let mut cx = Context::from_waker(Waker::noop());
        let mut headers = None;
        let mut kept = None;
        {
            let mut call = pin!(span(&CALL).future(async {
                kept = Some(span(&A).enter());
                yields(1).await;
                drop(kept.take());
                headers = sent();
                current().tag("lost", true);
            }));
            assert!(call.as_mut().poll(&mut cx).is_pending());
            assert!(call.as_mut().poll(&mut cx).is_ready());
        }
        current().tag("current", "b");
        assert_eq!(headers, at("299", "call:1"));
    });
    assert_eq!(trees[0].root.children[298].tags, [("current".to_owned(), "b".to_owned())]);
}

#[test]
fn what_the_arguments_of_an_exit_open_leaves_its_address_alone() {
    fn argument() -> u32 {
        drop(span(&OTHER).enter());
        1
    }
    #[exit_span(name = "call", peer = format!("call:{}", 1), tags("argument" = argument()), inject = headers)]
    fn call(headers: &mut String) {
        assert_eq!(sent(), at("299", "call:1"));
    }
    let mut headers = String::new();
    full(|| call(&mut headers));
    assert!(headers.starts_with("sw8:"), "{headers}");
}

#[test]
fn arguments_that_panic_leave_nothing_behind() {
    #[exit_span(name = "call", peer = format!("call:{}", 1), tags("argument" = argument()))]
    fn call() {}
    fn argument() -> u32 {
        std::panic::resume_unwind(Box::new(()))
    }
    let mut headers = None;
    full(|| {
        for _ in 0..100_000 {
            assert!(catch_unwind(call).is_err());
        }
        headers = span(&CALL).run(sent);
    });
    assert_eq!(headers, at("299", "call:1"));
}

/// A call that found no room, below a span which has ended, goes on as this says after the segment
/// was given more than it takes: the id of the second part's root, as a header names it.
fn outgrown(call: impl Future<Output = ()>, meanwhile: impl FnOnce()) -> String {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            (0..298).for_each(|_| drop(span(&A).enter()));
            let last = span(&B).enter();
            let mut call = pin!(span(&CALL).future(async {
                yields(1).await;
                call.await;
            }));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(call.as_mut().poll(&mut cx).is_pending());
            drop(last);
            (0..8_200).for_each(|number| _ = current().tag("number", number));
            meanwhile();
            while call.as_mut().poll(&mut cx).is_pending() {}
        });
    });
    let part =
        trees[0].root.children.iter().find(|child| child.name == "/entry").expect("a second part");
    part.span_id.to_string()
}

#[test]
fn in_a_new_part_an_exit_names_a_span_of_that_part() {
    let mut header = None;
    let part = outgrown(async { header = sent() }, || drop(span(&A).enter()));
    assert_eq!(header, at(&part, "call:1"));
}

#[test]
fn poll_that_splits_the_segment_returns_to_the_new_part() {
    let mut headers = Vec::new();
    let both = async {
        // It ends a span, and with it the part.
        let inner = span(&A).future(async {
            drop(span(&A).enter());
            yields(1).await;
        });
        let mut inner = pin!(inner);
        poll_fn(|cx| {
            headers.push(sent());
            let polled = inner.as_mut().poll(cx);
            headers.push(sent());
            polled
        })
        .await;
    };
    let part = outgrown(both, || ());
    assert_eq!(headers[..2], [at("299", "call:1"), at(&part, "call:1")]);
}

#[test]
fn many_open_spans_do_not_panic_and_the_segment_ends() {
    let mut headers = Vec::new();
    full(|| {
        let mut guards: Vec<_> = (0..70_000).map(|_| span(&A).enter()).collect();
        headers.push(span(&CALL).run(sent));
        headers.push(sent());
        guards.truncate(1);
        headers.push(span(&CALL).run(sent));
        drop(guards);
        headers.push(span(&CALL).run(sent));
    });
    // Beyond all measure an exit's address is not known any more, but it is in the trace.
    assert_eq!(headers, [at("299", "unknown"), None, at("299", "call:1"), at("299", "call:1")]);
    assert!(is_idle());
}
