//! Spans over the limit of a segment: which of them is current, and the headers of the exits among
//! them.

use crate::spans::prelude::*;

/// Runs work in a segment at its span limit, whose last recorded span is open.
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

/// Returns the parent and the address of a header that is injected here.
fn sent() -> Option<(String, String)> {
    use base64::Engine as _;
    let mut headers = String::new();
    inject(&mut headers);
    let parts: Vec<_> = headers.lines().next()?.split('-').collect();
    let address = base64::engine::general_purpose::STANDARD.decode(parts.get(7)?).ok()?;
    Some(((*parts.get(3)?).to_owned(), String::from_utf8(address).ok()?))
}

#[expect(clippy::unnecessary_wraps, reason = "the type of `sent`")]
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
fn unrecorded_futures_keep_their_addresses_over_polls() {
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
fn innermost_open_span_is_current_in_any_order_of_ends() {
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
fn guard_dropped_in_another_future_keeps_it_current() {
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
fn spans_of_an_exits_arguments_keep_its_address() {
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
fn panicking_argument_leaves_no_open_span() {
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

/// Runs an unrecorded call below a span that has ended. After `meanwhile` the segment outgrows its
/// limit and the call continues. Returns the id of the second part's root from the injected header.
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
fn exit_in_a_new_part_refers_to_a_span_of_that_part() {
    let mut header = None;
    let part = outgrown(async { header = sent() }, || drop(span(&A).enter()));

    assert_eq!(header, at(&part, "call:1"));
}

#[test]
fn poll_that_splits_the_segment_returns_to_the_new_part() {
    let mut headers = Vec::new();
    let both = async {
        // Ends a span, and thereby the part.
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
fn many_open_spans_end_with_their_segment() {
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

    // Above the tracking limit an exit's address is unknown, but the header still has the trace id.
    assert_eq!(headers, [at("299", "unknown"), None, at("299", "call:1"), at("299", "call:1")]);
    assert!(is_idle());
}
