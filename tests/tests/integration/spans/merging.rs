//! An Entry in an Entry and an Exit in an Exit are one span: which spans merge, which values of the
//! inner one are kept, and when it ends.

use crate::spans::prelude::*;
use skywalking_runtime::SpanLayer;

static GET: Callsite = callsite!(entry, "GET:/users/{id}", layer = http, component = 49).fallback();
static POST: Callsite =
    callsite!(exit, "POST:/v1/check", peer = "10.0.0.7:8080", layer = http, component = 2)
        .fallback();

static OUTER: Callsite = callsite!(exit, "/outer", peer = "a:1");
static INNER: Callsite = callsite!(exit, "/inner", peer = "b:2");

#[entry_span]
fn unnamed() {
    current().tag("inner", 1);
}

#[entry_span(name = "/users", component = 23, tags("who" = "inner", "more" = more))]
fn named(more: u32) {
    current().log("event", "looked up");
}

#[exit_span(name = "/check", peer = "stock:8080", layer = rpc, inject = headers)]
fn check(headers: &mut String) {
    span(&POST).run(|| {});
}

#[test]
fn handler_without_a_name_keeps_that_of_the_middleware() {
    let trees = run(|| span(&GET).run(unnamed));

    assert_eq!(text(&trees), "Entry GET:/users/{id} layer=Http component=49 {inner=1}\n");
    assert!(is_idle());
}

#[test]
fn inner_entry_overrides_name_and_component() {
    let trees = run(|| {
        span(&GET).run(|| {
            current().tag("who", "outer").tag("http.method", "GET").log("event", "came in");
            named(7);
            current().tag("http.status_code", 200);
        });
    });
    assert_eq!(
        text(&trees),
        "Entry /users layer=Http component=23 {http.method=GET, who=inner, more=7, http.status_code=200} [event=came in] [event=looked up]\n"
    );
    assert!(is_idle());
}

#[test]
fn fallback_values_do_not_replace_explicit_ones() {
    let mut headers = String::new();
    let trees = run(|| check(&mut headers));

    assert_eq!(text(&trees), "Exit /check layer=RPCFramework component=2 peer=stock:8080\n");
    assert!(is_idle());
}

#[test]
fn outer_exit_without_a_peer_uses_the_inner_one() {
    static CALL: Callsite = callsite!(exit, "/call");

    for (computed, shown) in [(None, "10.0.0.7:8080"), (Some("10.0.0.8:8080"), "10.0.0.8:8080")] {
        let trees = run(|| {
            span(&CALL).run(|| {
                let post = span(&POST);
                let post = if let Some(peer) = computed { post.peer(peer) } else { post };
                post.run(|| {});
            });
        });
        assert_eq!(text(&trees), format!("Exit /call layer=Http component=2 peer={shown}\n"));
    }

    assert!(is_idle());
}

#[test]
fn inner_exit_injects_with_the_span_and_peer_of_the_outer() {
    let mut outer = String::new();
    let mut inner = String::new();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let _outer = span(&OUTER).enter();
            inject(&mut outer);
            let _inner = span(&INNER).enter();
            inject(&mut inner);
        });
    });

    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Exit /outer peer=a:1\n");
    assert!(!outer.is_empty());
    assert_eq!(outer, inner);
}

#[test]
fn local_in_between_and_other_kinds_prevent_the_merge() {
    let trees = run(|| {
        span(&GET).run(|| {
            let _between = span(&A).enter();
            named(1);
            let mut headers = String::new();
            check(&mut headers);
        });
    });

    assert_eq!(
        text(&trees),
        "Entry GET:/users/{id} layer=Http component=49\n  Local a\n    Entry /users component=23 {who=inner, more=1} [event=looked up]\n    \
         Exit /check layer=RPCFramework component=2 peer=stock:8080\n"
    );
    assert!(is_idle());
}

#[test]
fn finished_local_does_not_prevent_the_merge() {
    let trees = run(|| {
        span(&GET).run(|| {
            drop(span(&A).enter());
            unnamed();
            drop(span(&B).enter());
        });
    });
    assert_eq!(
        text(&trees),
        "Entry GET:/users/{id} layer=Http component=49 {inner=1}\n  Local a\n  Local b\n"
    );
}

#[test]
fn nested_and_consecutive_spans_merge() {
    let trees = run(|| {
        span(&GET).run(|| {
            span(&ENTRY).run(unnamed);
            named(2);
            drop(span(&A).enter());
        });
    });

    assert_eq!(
        text(&trees),
        "Entry /users layer=Http component=23 {inner=1, who=inner, more=2} [event=looked up]\n  Local a\n"
    );
    assert!(is_idle());
}

#[tokio::test]
async fn concurrent_siblings_do_not_merge() {
    static CALL: Callsite = callsite!(exit, "/both", peer = "both:1");
    #[exit_span(name = name, peer = peer)]
    async fn part(name: &str, peer: &str) {
        yields(2).await;
        leaf_of(name);
        yields(1).await;
    }
    fn leaf_of(name: &str) {
        current().tag("part", name);
        drop(span(&A).enter());
    }
    let trees = run_async(span(&CALL).future(async {
        tokio::join!(part("/left", "left:1"), part("/right", "right:1"));
        // Those have ended, so the next one merges again.
        part("/after", "after:1").await;
    }))
    .await;
    assert_eq!(
        text(&trees),
        "Exit /both peer=both:1 {part=/after}\n  Exit /right peer=right:1 {part=/right}\n    Local a\n  Local a\n  Local a\n"
    );
    assert!(is_idle());
}

#[tokio::test]
async fn sibling_guard_does_not_merge_while_another_is_open() {
    static CALL: Callsite = callsite!(exit, "/both", peer = "both:1");
    static LEFT: Callsite = callsite!(exit, "/left", peer = "left:1");
    static RIGHT: Callsite = callsite!(exit, "/right", peer = "right:1");

    let trees = run_async(span(&CALL).future(async {
        let left = span(&LEFT).future(yields(2));
        let right = async {
            yields(1).await;
            drop(span(&RIGHT).enter());
            drop(span(&RIGHT).enter());
        };
        tokio::join!(left, right);
    }))
    .await;

    assert_eq!(
        text(&trees),
        "Exit /both peer=both:1\n  Exit /right peer=right:1\n  Exit /right peer=right:1\n"
    );
    assert!(is_idle());
}

#[test]
fn error_of_the_inner_span_marks_the_merged_span() {
    #[entry_span]
    fn fails() -> Result<(), fmt::Error> {
        Err(fmt::Error)
    }

    let trees = run(|| {
        span(&GET).run(|| {
            let _ = fails();
            current().tag("http.status_code", 500).set_error();
        });
    });

    assert_eq!(
        text(&trees),
        "Entry GET:/users/{id} layer=Http component=49 ERROR {http.status_code=500} [event=error error.kind=core::fmt::Error message=an error \
         occurred when formatting an argument]\n"
    );
}

#[test]
fn panic_through_both_is_recorded_once() {
    #[entry_span]
    fn panics() {
        panic!("inside");
    }

    let trees = run(|| {
        let _ = catch_unwind(AssertUnwindSafe(|| span(&GET).run(panics)));
    });
    let log = "[event=error error.kind=panic message=inside]";

    assert_eq!(
        text(&trees),
        format!("Entry GET:/users/{{id}} layer=Http component=49 ERROR {log}\n")
    );

    let trees = run(|| {
        let _ = catch_unwind(AssertUnwindSafe(|| {
            span(&GET).run(|| {
                let _ = catch_unwind(AssertUnwindSafe(panics));
                panic!("outside");
            });
        }));
    });
    let log = format!("{log} [event=error error.kind=panic message=outside]");

    assert_eq!(
        text(&trees),
        format!("Entry GET:/users/{{id}} layer=Http component=49 ERROR {log}\n")
    );
    assert!(is_idle());
}

#[tokio::test]
async fn dropped_request_is_cancelled_once() {
    #[entry_span]
    async fn waits() {
        pending::<()>().await;
    }

    let trees = run_async(async {
        let mut request = Box::pin(span(&GET).future(waits()));
        assert!(futures::poll!(request.as_mut()).is_pending());
        drop(request);
    })
    .await;

    assert_eq!(text(&trees), "Entry GET:/users/{id} layer=Http component=49 [event=cancelled]\n");

    // A future that the middleware drops is recorded as cancelled, and the request continues.
    let trees = run_async(span(&GET).future(async {
        let mut handler = Box::pin(waits());
        assert!(futures::poll!(handler.as_mut()).is_pending());
        drop(handler);
        current().tag("http.status_code", 504);
    }))
    .await;

    assert_eq!(
        text(&trees),
        "Entry GET:/users/{id} layer=Http component=49 {http.status_code=504} [event=cancelled]\n"
    );
    assert!(is_idle());
}

#[test]
fn merged_span_ends_with_the_outer_guard_in_any_order() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let outer = span(&OUTER).enter();
            let inner = span(&INNER).enter();
            drop(outer);
            drop(span(&A).enter());
            drop(inner);
            drop(span(&B).enter());
        });
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Exit /outer peer=a:1\n  Local a\n  Local b\n"
    );
    assert!(is_idle());
}

#[test]
fn moved_handler_leaves_the_span_to_the_middleware() {
    #[entry_span(name = "/moved")]
    async fn waits() {
        yields(1).await;
    }

    let trees = run(|| {
        let mut handler = Box::pin(waits());
        let mut cx = Context::from_waker(Waker::noop());
        span(&GET).run(|| assert!(handler.as_mut().poll(&mut cx).is_pending()));
        assert!(handler.as_mut().poll(&mut cx).is_ready());
    });

    assert_eq!(
        text(&trees),
        "Entry /moved layer=Http component=49\n  Local GET:/users/{id} component=49 ref=CrossThread SKIP_ANALYSIS\n"
    );
    assert!(is_idle());
}

#[test]
fn header_read_by_both_is_one_ref() {
    #[entry_span(name = "/users", extract = headers)]
    fn handler(headers: &String) {}
    static CALL: Callsite = callsite!(exit, "/call", peer = "users:1");

    let mut headers = String::new();
    let trees = run(|| {
        span(&CALL).run(|| inject(&mut headers));
        span(&GET).extract(&headers).run(|| handler(&headers));
    });

    assert_eq!(
        text(&trees),
        "Exit /call peer=users:1\n  Entry /users layer=Http component=49 ref=CrossProcess\n"
    );

    // The middleware reads no header. The span has the ref of its handler.
    let trees = run(|| {
        span(&CALL).run(|| inject(&mut headers));
        span(&GET).run(|| handler(&headers));
    });

    assert_eq!(
        text(&trees),
        "Exit /call peer=users:1\n  Entry /users layer=Http component=49 ref=CrossProcess\n"
    );
}

#[test]
fn full_segment_still_merges() {
    let trees = run(|| {
        span(&GET).run(|| {
            for _ in 0..400 {
                drop(span(&A).enter());
            }
            unnamed();
            current().set_layer(SpanLayer::Rpc);
        });
    });
    assert_eq!(trees.len(), 1);
    assert_eq!(
        trees[0].root.tags,
        [("inner", "1"), ("left_out", "spans=101")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
    );
    assert!(is_idle());
}

#[test]
fn ignored_request_records_no_children_and_no_orphans() {
    let trees = run(|| {
        span(&GET).ignore().run(|| {
            named(3);
            drop(span(&A).enter());
            let mut headers = String::new();
            check(&mut headers);
            assert!(!headers.contains("sw8:"));
        });
    });

    assert_eq!(text(&trees), "");
    assert!(is_idle());
}

#[test]
fn entry_in_entry_keeps_the_outer_name_over_a_block_name() {
    struct Handlers;
    #[entry_span(names = "/{fn}")]
    impl Handlers {
        fn plain() {}
        #[entry_span(tags("own" = true))]
        fn own() {}
    }
    struct Unnamed;
    #[entry_span]
    impl Unnamed {
        fn plain() {}
        #[entry_span(tags("own" = true))]
        fn own() {}
    }

    let seen = |handler: fn()| text(&run(|| span(&GET).run(handler)));

    assert_eq!(seen(Handlers::plain), "Entry GET:/users/{id} layer=Http component=49\n");
    assert_eq!(seen(Handlers::own), "Entry GET:/users/{id} layer=Http component=49 {own=true}\n");
    assert_eq!(seen(Unnamed::plain), "Entry GET:/users/{id} layer=Http component=49\n");
    assert_eq!(seen(Unnamed::own), "Entry GET:/users/{id} layer=Http component=49 {own=true}\n");
}

#[test]
fn inner_that_outlives_the_merged_span_ends_within_it() {
    static OUTER: Callsite = callsite!(exit, "outer", peer = "peer:1");
    static INNER: Callsite = callsite!(exit, "inner");
    let mut cx = Context::from_waker(Waker::noop());
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let mut inner = Some(Box::pin(span(&INNER).future(pending::<()>())));
            // The outer span ends, and another task continues the inner one.
            let outer = span(&OUTER).future(poll_fn(|cx| {
                assert!(inner.as_mut().is_some_and(|inner| inner.as_mut().poll(cx).is_pending()));
                Poll::Ready(())
            }));
            assert!(pin!(outer).poll(&mut cx).is_ready());
            advance_clock();
            drop(inner.take());
        });
    });
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Exit outer peer=peer:1 [event=cancelled]\n"
    );
}

#[test]
fn entry_that_reads_its_own_header_has_no_ref() {
    #[exit_span(name = "produce", peer = "here:1", inject = message)]
    fn produce(message: &mut String) {}
    #[entry_span(name = "consume", extract = message)]
    fn consume(message: &str) {}

    let mut message = String::new();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            produce(&mut message);
            // Merges with the request, below which the message was sent.
            consume(&message);
            span(&A).run(|| consume(&message));
        });
    });

    assert_eq!(
        text(&trees),
        "Entry consume layer=Http\n  Exit produce peer=here:1\n  Local a\n    Entry consume ref=CrossProcess\n"
    );
}
