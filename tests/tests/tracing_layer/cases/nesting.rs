//! Spans that nest in one thread or task.

use crate::prelude::*;

// Feature: spans of `tracing`
#[test]
fn span_without_a_context_begins_a_trace() {
    let trees = shown(|| {
        info_span!("root", user = 7, name = "x", on = true).in_scope(|| {
            info_span!("child", value = ?Some(1)).in_scope(|| ());
        });
    });

    assert_eq!(trees, "Local root {user=7, name=x, on=true}\n  Local child {value=Some(1)}\n");
    assert!(is_idle());
}

#[test]
fn root_spans_can_be_left_to_entries() {
    use tracing_subscriber::prelude::*;
    let layer = skywalking_tracing::TracingLayer::new().root_spans(false).build();
    let subscriber = tracing_subscriber::registry().with(layer);
    let trees = tracing::subscriber::with_default(subscriber, || {
        text(&run(|| {
            info_span!("alone").in_scope(|| info_span!("below").in_scope(|| ()));
            info_span!("/x", otel.kind = "server").in_scope(|| {
                info_span!("below").in_scope(|| ());
            });
        }))
    });

    assert_eq!(trees, "Entry /x\n  Local below\n");
}

#[test]
fn annotated_functions_and_spans_nest_in_both_directions() {
    let trees = shown(|| {
        info_span!("outer").in_scope(|| {
            ours(|| info_span!("inner").in_scope(|| ours(|| ())));
        });
        ours(|| info_span!("inner").in_scope(|| ours(|| ())));
    });
    let part = "Local ours\n  Local inner\n    Local ours\n";

    assert_eq!(trees, format!("Local outer\n  {}{part}", part.replace("\n  ", "\n    ")));
    assert!(is_idle());
}

#[test]
fn spans_nest_over_awaits() {
    #[instrument]
    async fn step(number: u32) {
        yields(2).await;
        ours_async(async {
            yields(1).await;
            info_span!("leaf").in_scope(|| ());
        })
        .await;
    }
    let trees = shown_async(async {
        async {
            step(1).await;
            tokio::join!(step(2), step(3));
            tokio::select! {
                biased;
                () = step(4) => {}
                () = yields(1) => {}
            }
        }
        .instrument(info_span!("root"))
        .await;
    });
    let step =
        |number| format!("  Local step {{number={number}}}\n    Local ours\n      Local leaf\n");

    assert_eq!(
        trees,
        format!("Local root\n{}{}{}  Local step {{number=4}}\n", step(1), step(2), step(3))
    );
    assert!(is_idle());
}

#[test]
fn span_that_a_filter_disables_is_skipped() {
    let trees = shown(|| {
        info_span!("outer").in_scope(|| {
            trace_span!("hidden").in_scope(|| info_span!("inner").in_scope(|| ()));
        });
    });

    assert_eq!(trees, "Local outer\n  Local inner\n");
}

#[test]
fn exits_in_any_order_leave_the_innermost_entered_span() {
    let trees = shown(|| {
        let root = info_span!("root").entered();
        let a = info_span!("a").entered();
        let b = info_span!("b").entered();
        let c = info_span!("c").entered();
        drop(b);
        info_span!("in c").in_scope(|| ());
        drop(a);
        drop(root);
        info_span!("still in c").in_scope(|| ());
        drop(c);
        assert!(is_idle());
    });

    assert_eq!(
        trees,
        "Local root\n  Local a\n    Local b\n      Local c\n        Local in c\n        \
         Local still in c\n"
    );
}

#[test]
fn span_that_is_entered_twice_ends_with_its_last_exit() {
    let trees = shown(|| {
        let span = info_span!("twice");
        let outer = span.enter();
        let inner = span.enter();
        drop(outer);
        info_span!("below").in_scope(|| ());
        drop(inner);
        assert!(is_idle());
        info_span!("after").in_scope(|| ());
    });

    assert_eq!(trees, "Local twice\n  Local below\nLocal after\n");
}

#[test]
fn entries_of_layers_and_spans_merge() {
    let trees = shown(|| {
        span(&ENTRY).run(|| {
            let span = info_span!("request", otel.kind = "server", otel.name = "GET /x", id = 7);
            span.in_scope(|| {
                #[entry_span(name = "/orders")]
                fn orders() {
                    info_span!("call", otel.kind = "client", server.address = "stock").in_scope(
                        || {
                            #[exit_span(name = "/check", peer = "other:1")]
                            fn check() {}
                            check();
                        },
                    );
                }
                orders();
            });
        });
    });

    assert_eq!(trees, "Entry /orders layer=Http {id=7}\n  Exit /check peer=stock\n");
}

#[test]
fn nothing_is_recorded_below_a_request_that_is_left_out() {
    subscribe();
    let trees = Test::new().sampler(|_| false).run(|| {
        span(&ENTRY).run(|| {
            let span = info_span!("below");
            span.in_scope(|| info_span!("leaf").in_scope(|| ours(|| ())));
            let id = trace_id();
            assert!(id.is_some());
            thread::spawn(move || span.in_scope(|| ours(|| info!("x")))).join().unwrap();
        });
        info_span!("root").in_scope(|| ours(|| ()));
    });

    assert_eq!(text(&trees), "");
    assert!(is_idle());
}

#[test]
fn panic_marks_the_spans_that_it_leaves() {
    let trees = shown(|| {
        info_span!("root").in_scope(|| {
            let caught = std::panic::catch_unwind(|| {
                info_span!("outer").in_scope(|| {
                    info_span!("inner").in_scope(|| std::panic::panic_any("on purpose"));
                });
            });
            assert!(caught.is_err());
            info_span!("after").in_scope(|| ());
        });
    });
    let log = "ERROR [event=error error.kind=panic message=on purpose]";

    assert_eq!(
        trees,
        format!("Local root\n  Local outer {log}\n    Local inner {log}\n  Local after\n")
    );
}

#[test]
fn guard_over_an_await_of_an_annotated_future_stays_in_it() {
    let trees = shown_async(async {
        span(&ENTRY)
            .future(async {
                tokio::join!(
                    ours_async(async {
                        let _guard = info_span!("guarded").entered();
                        yields(2).await;
                        info_span!("in guard").in_scope(|| ());
                    }),
                    ours_async(async {
                        yields(1).await;
                        info_span!("beside").in_scope(|| ());
                    })
                );
            })
            .await;
    });

    // Like a guard of the runtime: after the await the future's own span is current.
    assert_eq!(
        trees,
        "Entry /entry layer=Http\n  Local ours\n    Local guarded\n    Local in guard\n  \
         Local ours\n    Local beside\n"
    );
    assert!(is_idle());
}
