//! Segments that have grown too large continue in a new part. `agent::segment_age` tests those that
//! are too old.

use futures::future::BoxFuture;
use skywalking_runtime::stats::{self, Diagnostic};
use skywalking_tests::spans;

use crate::spans::prelude::*;

/// Adds more than half of the maximum entries of a segment.
fn outgrow() {
    for number in 0..8_200 {
        current().tag("number", number);
    }
}

#[test]
fn open_spans_end_unfinished_and_continue_below_a_ref() {
    let _counts = crate::exact_counts();
    let before = stats::read().count(Diagnostic::EntryLimit);
    let trees = run(|| {
        span(&ENTRY).name("/long").run(|| {
            drop(span(&A).enter());
            let open = span(&B).enter();
            span(&C).run(outgrow);
            current().tag("after", "the split");
            drop(span(&A).enter());
            drop(open);
            drop(span(&C).enter());
        });
    });
    assert!(is_idle());
    assert_eq!(
        text(&trees),
        "Entry /long layer=Http {unfinished=true}\n  Local a\n  Local b {unfinished=true}\n    Local c {number=8199}\n  \
         Local /long ref=CrossThread SKIP_ANALYSIS\n    Local b {after=the split}\n      Local a\n    Local c\n"
    );
    assert_eq!(trees[0].root.children[2].refs[0].endpoint, "/long");
    assert!(stats::read().count(Diagnostic::EntryLimit) == before);
}

#[test]
fn growing_segment_continues_in_any_number_of_parts() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            for _ in 0..3 {
                span(&A).run(outgrow);
            }
        });
    });
    let unfinished = "{unfinished=true}";
    let part = |indent: &str| {
        format!(
            "{indent}  Local a {{number=8199}}\n{indent}  Local /entry ref=CrossThread SKIP_ANALYSIS {unfinished}\n"
        )
    };
    let expected = format!(
        "Entry /entry layer=Http {unfinished}\n{}{}{}",
        part(""),
        part("  "),
        part("    ").replace(&format!(" {unfinished}"), "")
    );

    assert_eq!(text(&trees), expected);
}

#[test]
fn headers_and_snapshots_refer_to_their_own_part() {
    #[exit_span(name = "call", peer = "other:1", inject = headers)]
    fn call(headers: &mut String) {}

    let segment = |header: &str| header.split('-').nth(2).map(str::to_owned);
    let mut headers = [String::new(), String::new()];
    let trees = run(|| {
        span(&ENTRY).run(|| {
            call(&mut headers[0]);
            let early = capture();
            span(&A).run(outgrow);
            call(&mut headers[1]);
            let late = capture();
            for (name, snapshot) in [("early", early), ("late", late)] {
                std::thread::spawn(move || snapshot.run(name, || ())).join().unwrap();
            }
        });
    });
    let [first, second] = headers.each_ref().map(|header| segment(header));

    assert!(first.is_some() && second.is_some() && first != second);
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {unfinished=true}\n  Exit call peer=other:1\n  Local a {number=8199}\n  \
         Local /entry ref=CrossThread SKIP_ANALYSIS\n    Exit call peer=other:1\n    Local late ref=CrossThread\n  Local early ref=CrossThread\n"
    );
}

#[test]
fn received_trace_and_correlation_continue_in_a_new_part() {
    let header = "1-dHJhY2U=-c2VnbWVudA==-3-c3Zj-aW5zdA==-L2U=-aDox";
    let (mut before, mut after) = (None, None);
    let trees = run(|| {
        span(&ENTRY).extract(&format!("sw8:{header}")).run(|| {
            correlation::put("k", "v");
            before = trace_id();
            span(&A).run(outgrow);
            after = trace_id();
            assert_eq!(correlation::get("k").as_deref(), Some("v"));
        });
    });

    assert_eq!((before.as_deref(), after.as_deref()), (Some("trace"), Some("trace")));
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http ref=CrossProcess {unfinished=true}\n  Local a {number=8199}\n  Local /entry ref=CrossThread SKIP_ANALYSIS\n"
    );
}

#[tokio::test]
async fn future_continues_in_the_part_of_its_next_poll() {
    #[local_span(name = "future")]
    async fn future() {
        yields(1).await;
        leaf();
        yields(1).await;
        leaf();
    }

    let trees = run_async(span(&ENTRY).future(async {
        let outgrowing = async {
            yields(1).await;
            span(&A).run(outgrow);
        };
        futures::join!(future(), outgrowing);
    }))
    .await;

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {unfinished=true}\n  Local future {unfinished=true}\n    Local leaf\n  Local a {number=8199}\n  \
         Local /entry ref=CrossThread SKIP_ANALYSIS\n    Local future\n      Local leaf\n"
    );
}

#[test]
fn detached_span_ends_in_the_part_where_it_started() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let scope = span(&B).enter();
            let mut handle = current().detach();
            span(&A).run(outgrow);
            drop(span(&C).enter());
            drop(scope);
            drop(span(&C).enter());
            handle.tag("ended", "late");
            handle.finish();
        });
    });

    assert!(is_idle());
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {unfinished=true}\n  Local b {ended=late}\n    Local a {number=8199}\n  \
         Local /entry ref=CrossThread SKIP_ANALYSIS\n    Local b\n      Local c\n    Local c\n"
    );
}

#[test]
fn error_is_recorded_in_the_part_where_it_happened() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            current().record_error_message("early");
            span(&A).run(outgrow);
            drop(span(&B).enter());
        });
    });
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http ERROR {unfinished=true} [event=error error.kind=error message=early]\n  Local a {number=8199}\n  \
         Local /entry ref=CrossThread SKIP_ANALYSIS\n    Local b\n"
    );
}

#[test]
fn reported_entry_is_not_the_endpoint_of_a_later_part() {
    static JOB: Callsite = callsite!(local, "job");
    static CALL: Callsite = callsite!(exit, "call", peer = "other:1");
    let trees = run(|| {
        span(&JOB).run(|| {
            drop(span(&ENTRY).enter());
            // Spans that are open behind it keep their place.
            let open = span(&B).enter();
            span(&C).run(outgrow);
            let snapshot = span(&CALL).run(capture);
            snapshot.run("late", || ());
            drop(open);
            std::thread::spawn(move || snapshot.run("later", || ())).join().unwrap();
        });
    });
    let part =
        trees[0].root.children.iter().find(|child| child.name == "job").expect("a second part");
    let call = &part.children[0].children[0];
    let endpoints: Vec<_> =
        call.children.iter().flat_map(|child| &child.refs).map(|to| &*to.endpoint).collect();
    assert_eq!((&*call.name, endpoints), ("call", vec!["job"]), "{}", text(&trees));
}

#[test]
fn merged_future_continues_and_leaves_later_spans_alone() {
    static OUTER: Callsite = callsite!(exit, "outer", peer = "other:1");
    let mut snapshot = None;
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let mut cx = Context::from_waker(Waker::noop());
            let mut inner = Box::pin(span(&OUTER).name("outer").future(async {
                yields(1).await;
                drop(span(&B).enter());
                snapshot = Some(capture());
                yields(1).await;
            }));
            span(&OUTER).run(|| assert!(inner.as_mut().poll(&mut cx).is_pending()));
            span(&A).run(outgrow);
            // The outer span was reported. If its place were free, this span would take it.
            let open = span(&C).enter();
            assert!(inner.as_mut().poll(&mut cx).is_pending());
            current().tag("current", "c");
            drop(inner);
            drop(open);
        });
        snapshot.take().expect("a snapshot").run("late", || ());
    });
    assert!(is_idle());
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {unfinished=true}\n  Exit outer peer=other:1\n  Local a {number=8199}\n  \
         Local /entry ref=CrossThread SKIP_ANALYSIS\n    Local c {current=c}\n    Local b\n    Local late ref=CrossThread\n"
    );
}

#[test]
fn unused_place_is_free_in_the_next_part() {
    static OUTER: Callsite = callsite!(exit, "outer", peer = "other:1");
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..3 {
                // Each one merges with the span before it, and ends after it.
                (0..200).for_each(|_| {
                    let mut inner = Box::pin(span(&OUTER).future(yields(1)));
                    span(&OUTER).run(|| assert!(inner.as_mut().poll(&mut cx).is_pending()));
                    assert!(inner.as_mut().poll(&mut cx).is_ready());
                });
                span(&A).run(outgrow);
            }
        });
    });
    assert!(text(&trees).lines().all(|line| !line.contains("SIZE_LIMITED")));
    assert_eq!(text(&trees).lines().filter(|line| line.contains("Exit outer")).count(), 600);
}

#[test]
fn arguments_do_not_split_the_segment() {
    /// Ends a span that would split the segment if it were recorded.
    fn ends_a_span() -> &'static str {
        span(&C).run(outgrow);
        "due"
    }
    #[exit_span(name = "call", peer = "other:1", tags("one" = number, "two" = number, "three" = ends_a_span(), "four" = number), inject = headers)]
    fn call(number: u32, headers: &mut String) {}
    struct Traces;
    impl fmt::Display for Traces {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(ends_a_span())
        }
    }
    #[local_span(name = "shown", tags("one" = number, "two" = %Traces, "three" = number))]
    fn shown(number: u32) {}
    #[local_span(name = "gone", tags("one" = number, "two" = panics(number)))]
    fn gone(number: u32) {}
    fn panics(number: u32) -> u32 {
        assert!(number == 0, "on purpose");
        number
    }
    let mut headers = String::new();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            call(7, &mut headers);
            shown(7);
            assert!(catch_unwind(|| gone(7)).is_err());
            span(&A).run(outgrow);
            drop(span(&B).enter());
        });
    });
    assert!(is_idle());
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {unfinished=true}\n  Exit call peer=other:1 {one=7, two=7, three=due, four=7}\n  \
         Local shown {one=7, two=due, three=7}\n  Local a {number=8199}\n  \
         Local /entry ref=CrossThread SKIP_ANALYSIS\n    Local b\n"
    );
    assert!(headers.starts_with("sw8:"), "{headers}");
}

/// Returns the names of the spans that have `skip_analysis`.
fn skipped(trees: &[Tree]) -> Vec<&str> {
    let skipped = spans::all(trees).into_iter().filter(|span| span.skip_analysis);
    skipped.map(|span| &*span.name).collect()
}

#[test]
fn continuation_skips_analysis_of_only_its_first_span() {
    static CALL: Callsite = callsite!(exit, "call", peer = "other:1");

    let mut headers = [String::new(), String::new()];
    let trees = run(|| {
        span(&ENTRY).name("/stream").run(|| {
            current().skip_analysis();
            for header in &mut headers {
                let open = span(&B).enter();
                span(&A).run(outgrow);
                let here = capture();
                std::thread::spawn(move || here.run("part", || ())).join().unwrap();
                span(&CALL).run(|| inject(header));
                drop(open);
            }
        });
    });

    // The program skipped the first one itself. The split skips the two that continue it.
    assert_eq!(skipped(&trees), ["/stream", "/stream", "/stream"]);
    assert!(
        headers.iter().all(|header| header.starts_with("sw8:") && !header.contains("sw8-x")),
        "{headers:?}"
    );
}

/// The span of a middleware is reported with the first part of its segment, and that of the handler
/// opens inside of its continuation.
#[test]
fn inner_span_after_a_split_is_not_analysed_again() {
    static CALL: Callsite = callsite!(exit, "call", peer = "other:1");
    #[entry_span(name = "/handler", tags("user" = 7))]
    fn handler() {}
    #[entry_span(name = name)]
    fn named(name: &str) {}
    #[exit_span(name = "inner", peer = "other:1", inject = headers)]
    fn inner(headers: &mut String) {}
    let mut headers = String::new();
    let trees = run(|| {
        span(&ENTRY).name("/middleware").run(|| {
            span(&A).run(outgrow);
            handler();
            named("/named");
            // Two requests of one trace. Below a Local span nothing merges.
            span(&B).run(handler);
            span(&CALL).run(|| {
                span(&A).run(outgrow);
                inner(&mut headers);
            });
            handler();
        });
    });
    assert_eq!(
        text(&trees),
        "Entry /middleware layer=Http {unfinished=true}\n  Local a {number=8199}\n  \
         Local /middleware ref=CrossThread SKIP_ANALYSIS {unfinished=true}\n    \
         Entry /handler SKIP_ANALYSIS {user=7}\n    Entry /named SKIP_ANALYSIS\n    \
         Local b\n      Entry /handler {user=7}\n    \
         Exit call peer=other:1 {unfinished=true}\n      Local a {number=8199}\n    \
         Local /middleware ref=CrossThread SKIP_ANALYSIS\n      Local call\n        Exit inner peer=other:1 SKIP_ANALYSIS\n      \
         Entry /handler SKIP_ANALYSIS {user=7}\n"
    );
    assert!(headers.starts_with("sw8:"), "{headers}");
    assert!(is_idle());
}

#[tokio::test]
async fn entry_inside_one_that_moved_is_not_analysed_again() {
    #[entry_span(name = "/handler")]
    fn handler() {}
    let mut moved = Box::pin(span(&ENTRY).name("/moved").future(async {
        yields(1).await;
        handler();
    }));
    let trees = run_async(async {
        span(&A).run(|| {
            let mut cx = Context::from_waker(Waker::noop());
            assert!(moved.as_mut().poll(&mut cx).is_pending());
        });
        moved.await;
    })
    .await;
    assert_eq!(skipped(&trees), ["/entry", "/handler"], "{}", text(&trees));
}

#[tokio::test]
async fn entry_that_moves_to_another_task_is_analysed_once() {
    let mut moved = Box::pin(span(&ENTRY).name("/moved").future(yields(1)));
    let mut local = Box::pin(span(&B).future(yields(1)));
    let trees = run_async(async {
        span(&A).run(|| {
            let mut cx = Context::from_waker(Waker::noop());
            assert!(moved.as_mut().poll(&mut cx).is_pending());
            assert!(local.as_mut().poll(&mut cx).is_pending());
        });
        moved.await;
        local.await;
    })
    .await;
    // Each continues as a Local span with a ref. An Entry with a ref would count as a second call
    // of its endpoint.
    let text = text(&trees);

    assert_eq!(text.lines().filter(|line| line.contains("ref=CrossThread")).count(), 2, "{text}");
    assert_eq!(skipped(&trees), ["/entry"], "{text}");
}

/// Serves the call of each header.
fn serve(headers: &[String]) {
    for header in headers {
        span(&SERVED).extract(header).run(|| ());
    }
}

static SERVED: Callsite = callsite!(entry, "/served");

/// Returns the addresses that the callees were called at, and the endpoints of their callers.
fn callers(trees: &[Tree]) -> Vec<(&str, &str)> {
    let refs = spans::all(trees).into_iter().flat_map(|span| &span.refs);
    let calls = refs.filter(|to| to.kind == testing::RefKind::CrossProcess);
    calls.map(|to| (&*to.address, &*to.endpoint)).collect()
}

#[test]
fn exit_that_was_split_still_injects() {
    #[exit_span(name = "call", peer = "other:1", tags("key" = "value"))]
    fn to_literal(headers: &mut [String]) {
        for header in headers {
            span(&A).run(outgrow);
            inject(header);
        }
    }
    #[exit_span(name = "call", peer = peer)]
    fn to_computed(peer: &str, headers: &mut [String]) {
        to_literal(headers);
        span(&A).run(outgrow);
        // A span inside of it has no peer.
        let mut none = String::new();
        span(&B).run(|| inject(&mut none));
        assert_eq!(none, "");
    }

    let mut headers = [const { String::new() }; 2];
    let mut inner = [const { String::new() }; 1];
    let trees = run(|| {
        span(&ENTRY).name("/long").run(|| {
            to_literal(&mut headers);
            to_computed("other:2", &mut inner);
        });
        serve(&headers);
        serve(&inner);
    });

    assert!(is_idle());
    assert_eq!(
        text(&trees),
        "Entry /long layer=Http {unfinished=true}\n  Exit call peer=other:1 {key=value, unfinished=true}\n    Local a {number=8199}\n  \
         Local /long ref=CrossThread SKIP_ANALYSIS {unfinished=true}\n    Local call {unfinished=true}\n      Local a {number=8199}\n      \
         Entry /served ref=CrossProcess\n    \
         Local /long ref=CrossThread SKIP_ANALYSIS {unfinished=true}\n      Local call\n        Entry /served ref=CrossProcess\n      \
         Exit call peer=other:2 {key=value, unfinished=true}\n        Local a {number=8199}\n      \
         Local /long ref=CrossThread SKIP_ANALYSIS {unfinished=true}\n        Local call {unfinished=true}\n          Local a {number=8199}\n          \
         Entry /served ref=CrossProcess\n        Local /long ref=CrossThread SKIP_ANALYSIS\n          Local call\n            Local b\n"
    );
    assert_eq!(callers(&trees), [("other:1", "/long"), ("other:1", "/long"), ("other:2", "/long")]);
}

#[test]
fn producer_that_was_split_still_sends_the_time() {
    static PRODUCE: Callsite = callsite!(exit, "produce", peer = "broker:1", layer = mq);
    let mut header = String::new();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            span(&PRODUCE).run(|| {
                span(&A).run(outgrow);
                inject(&mut header);
            });
        });
    });

    assert!(header.contains("sw8:1-") && header.contains("sw8-x:0-"), "{header}");
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {unfinished=true}\n  Exit produce layer=MQ peer=broker:1 {unfinished=true}\n    Local a {number=8199}\n  \
         Local /entry ref=CrossThread SKIP_ANALYSIS\n    Local produce\n"
    );
}

#[tokio::test]
async fn exit_that_moved_to_another_task_still_injects() {
    #[exit_span(name = "call", peer = "other:1")]
    async fn to_literal(header: &mut String) {
        yields(1).await;
        inject(header);
    }
    #[exit_span(name = "call", peer = peer)]
    async fn to_computed(peer: String, header: &mut String) {
        yields(1).await;
        inject(header);
    }
    #[local_span(name = "inside")]
    async fn inside(header: &mut String) {
        yields(1).await;
        inject(header);
    }

    let mut headers = [const { String::new() }; 3];
    let trees = run_async(async {
        let [literal, computed, none] = &mut headers;
        let mut calls = [
            Box::pin(to_literal(literal)) as BoxFuture<'_, ()>,
            Box::pin(to_computed("other:2".to_owned(), computed)),
            Box::pin(inside(none)),
        ];
        span(&ENTRY).run(|| {
            let mut cx = Context::from_waker(Waker::noop());
            for call in &mut calls {
                assert!(call.as_mut().poll(&mut cx).is_pending());
            }
        });
        for call in calls {
            call.await;
        }
        assert_eq!(none, "");
        serve(&headers[..2]);
    })
    .await;

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Exit call peer=other:1 {unfinished=true}\n    Local call ref=CrossThread\n      Entry /served ref=CrossProcess\n  \
         Exit call peer=other:2 {unfinished=true}\n    Local call ref=CrossThread\n      Entry /served ref=CrossProcess\n  \
         Local inside {unfinished=true}\n    Local inside ref=CrossThread\n"
    );
    assert_eq!(callers(&trees), [("other:1", "call"), ("other:2", "call")]);
}
