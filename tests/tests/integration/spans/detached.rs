//! Spans that a handle ends later, on any thread.

use std::sync::mpsc;
use std::thread;

use skywalking_runtime::{
    DetachedSpan,
    stats::{self, Diagnostic},
};

use crate::spans::prelude::*;

/// A call whose response arrives later.
#[exit_span(name = "/submit", peer = "jobs:9000", layer = rpc, inject = headers)]
fn submit(headers: &mut String) -> DetachedSpan {
    current().tag("step", "inside");
    current().detach()
}

const SUBMITTED: &str =
    "Entry /entry layer=Http\n  Exit /submit layer=RPCFramework peer=jobs:9000 ";

fn submitted(then: impl FnOnce(DetachedSpan)) -> String {
    let trees = run(|| span(&ENTRY).run(|| then(submit(&mut String::new()))));
    assert!(is_idle());
    text(&trees)
}

// Feature: spans that end elsewhere
#[test]
fn handle_records_on_other_threads_after_its_root_ended() {
    let (hand, take) = mpsc::channel::<DetachedSpan>();
    let ended = run(|| {
        let answer = thread::spawn(move || {
            let mut handle = take.recv().unwrap();
            handle
                .tag("job", 7)
                .tag("ok", false)
                .tag_display("ratio", 0.5)
                .tag("word", "text")
                .tag("low", -3);
            handle.log("event", "taken").log_fields(&[("event", &"moved"), ("to", &2)]);
            handle.record_error(&std::io::Error::other("disk full"));
            handle.finish();
        });
        span(&ENTRY).run(|| hand.send(submit(&mut String::new())).unwrap());
        answer.join().unwrap();
    });

    assert_eq!(
        text(&ended),
        format!(
            "{SUBMITTED}ERROR {{step=inside, job=7, ok=false, ratio=0.5, word=text, low=-3}} \
             [event=taken] [event=moved to=2] [event=error error.kind=std::io::error::Error message=disk full]\n"
        )
    );
}

mod setters {
    use skywalking_runtime::{SpanLayer, component};

    use super::*;

    #[test]
    fn override_what_the_span_opened_with() {
        let shown = submitted(|mut handle| {
            thread::spawn(move || {
                handle.set_name("/answered").set_peer("jobs-2:9000").set_layer(SpanLayer::Mq);
                handle.set_component(component::KAFKA_PRODUCER).tag_debug("state", Some(1));
                handle.finish();
            })
            .join()
            .unwrap();
        });

        assert_eq!(
            shown,
            "Entry /entry layer=Http\n  \
               Exit /answered layer=MQ component=40 peer=jobs-2:9000 {step=inside, state=Some(1)}\n"
        );
    }

    #[test]
    fn exclude_the_span_from_analysis() {
        let shown = submitted(|mut handle| {
            handle.skip_analysis().tag("job.id", 7);
            handle.finish();
        });

        assert_eq!(shown, format!("{SUBMITTED}SKIP_ANALYSIS {{step=inside, job.id=7}}\n"));
    }

    #[test]
    fn last_call_wins_over_earlier_ones_and_over_the_scope() {
        let shown = submitted(|mut handle| {
            handle.set_name("/first").set_peer("first:1").set_component(1);
            handle.set_name("/second").set_peer("second:2").set_component(component::GRPC);
            handle.finish();
        });
        let scope = run(|| {
            span(&A).run(|| {
                let mut handle = current().set_name("before").detach();
                handle.set_name("by the handle");
                current().set_name("after");
                handle.finish();
            });
        });

        assert_eq!(
            shown,
            "Entry /entry layer=Http\n  \
               Exit /second layer=RPCFramework component=23 peer=second:2 {step=inside}\n"
        );
        assert_eq!(text(&scope), "Local by the handle\n");
    }

    #[test]
    fn clean_and_cut_as_those_of_the_current_span() {
        let name = format!("/na\u{7}me{}", "é".repeat(200));
        let by = |set: fn(&str) -> DetachedSpan| {
            run(|| span(&ENTRY).run(|| set(&name).finish())).remove(0).root
        };
        let handle = by(|name| {
            let mut handle = current().detach();
            handle.set_name(name).set_peer(name).set_name(" ").set_name("");
            handle
        });
        let current = by(|name| current().set_name(name).set_peer(name).set_name(" ").detach());

        assert_eq!(handle.name, current.name);
        assert_eq!(handle.peer, current.peer);
        assert!(handle.name.starts_with("/na_me"), "{}", handle.name);
        assert!(handle.peer.starts_with("/na_me") && handle.peer.chars().count() <= 200);
    }

    #[test]
    fn blank_peer_is_unknown_and_counted() {
        let before = stats::read().count(Diagnostic::EmptyPeer);

        let shown = submitted(|mut handle| {
            handle.set_peer(" ");
            handle.finish();
        });

        assert_eq!(shown, format!("{SUBMITTED}{{step=inside}}\n").replace("jobs:9000", "unknown"));
        assert!(stats::read().count(Diagnostic::EmptyPeer) > before);
    }

    #[test]
    fn panic_in_a_value_is_caught_and_counted() {
        struct Panics;
        impl fmt::Display for Panics {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("on purpose")
            }
        }
        let shown = submitted(|mut handle| {
            handle.set_name(Panics);
            handle.finish();
        });

        assert_eq!(shown, format!("{SUBMITTED}{{step=inside}}\n").replace("/submit", "<panicked>"));
    }

    #[test]
    fn do_nothing_without_a_recorded_span() {
        let mut handle = current().detach();

        handle.set_name("/x").set_peer("x:1").set_component(1).set_layer(SpanLayer::Cache);
        handle.tag_debug("k", 1);

        assert!(!handle.is_recording());
        handle.finish();
        assert!(is_idle());
    }

    #[test]
    fn share_the_limit_of_entries_and_are_counted() {
        let _counts = crate::exact_counts();
        let before = stats::read().count(Diagnostic::EntryLimit);

        let shown = submitted(|mut handle| {
            for at in 0..1_100 {
                handle.set_name(at);
            }
            handle.finish();
        });

        assert_eq!(shown, format!("{SUBMITTED}{{step=inside}}\n").replace("/submit", "1023"));
        assert_eq!(stats::read().count(Diagnostic::EntryLimit) - before, 1_100 - 1_024);
    }
}

#[test]
fn handle_ends_the_span_at_finish_not_with_its_scope() {
    let mut root_end = None;
    let trees = run(|| {
        let handle = span(&ENTRY).run(|| submit(&mut String::new()));
        advance_clock();
        root_end = Some(());
        handle.finish();
    });
    let (root, call) = (&trees[0].root, &trees[0].root.children[0]);

    assert!(root_end.is_some() && call.end >= root.end + 2, "{} {}", root.end, call.end);
}

#[test]
fn log_after_finish_has_the_end_time_of_the_span() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            current().detach().finish();
            advance_clock();
            current().log("event", "later");
        });
    });
    // A log after the end of its span violates the protocol, which every segment is checked
    // against.
    assert_eq!(text(&trees), "Entry /entry layer=Http [event=later]\n");
}

#[test]
fn unfinished_handle_is_tagged_when_dropped() {
    assert_eq!(submitted(drop), format!("{SUBMITTED}{{step=inside, unfinished=true}}\n"));
    assert_eq!(
        submitted(|mut handle| {
            handle.tag("last", "words");
            thread::spawn(move || drop(handle)).join().unwrap();
        }),
        format!("{SUBMITTED}{{step=inside, last=words, unfinished=true}}\n")
    );
}

#[test]
fn detached_span_is_current_until_its_scope_ends() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let call = span(&A).enter();
            let handle = current().detach();
            drop(span(&B).enter());
            current().tag("current", "yes");
            drop(call);
            drop(span(&C).enter());
            current().tag("root", true);
            handle.finish();
        });
    });

    assert!(is_idle());
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {root=true}\n  Local a {current=yes}\n    Local b\n  Local c\n"
    );
}

#[test]
fn detached_root_ends_after_its_children() {
    let mut handle = None;
    let trees = run(|| {
        span(&ENTRY).run(|| {
            handle = Some(current().detach());
            drop(span(&A).enter());
        });
        handle.take().unwrap().finish();
    });

    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local a\n");
}

#[test]
fn detached_spans_of_a_segment_end_in_any_order() {
    let trees = run(|| {
        let mut spans: Vec<_> = span(&ENTRY).run(|| {
            [&A, &B, &C].map(|site| span(site).run(|| current().detach())).into_iter().collect()
        });
        spans.rotate_left(1);
        for (at, mut handle) in spans.into_iter().enumerate() {
            thread::spawn(move || {
                handle.tag("at", at);
                handle.finish();
            })
            .join()
            .unwrap();
        }
    });
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local a {at=2}\n  Local b {at=0}\n  Local c {at=1}\n"
    );
}

#[test]
fn work_on_other_threads_continues_below_the_handle() {
    let shown = submitted(|handle| {
        let below = handle.snapshot();
        thread::spawn(move || {
            below.run("answer", || drop(span(&A).enter()));
            handle.finish();
        })
        .join()
        .unwrap();
    });
    assert_eq!(
        shown,
        format!("{SUBMITTED}{{step=inside}}\n    Local answer ref=CrossThread\n      Local a\n")
    );
}

#[tokio::test]
async fn handle_outlives_the_future_of_its_span() {
    #[local_span(name = "future")]
    async fn future() -> DetachedSpan {
        yields(1).await;
        let handle = current().detach();
        yields(2).await;
        step("inside").await;
        handle
    }

    let trees = run_async(span(&ENTRY).future(async {
        let mut handle = future().await;
        drop(span(&B).enter());
        handle.tag("late", true);
        handle.finish();
    }))
    .await;

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local future {late=true}\n    Local inside\n      Local leaf\n  Local b\n"
    );
}

#[test]
fn span_is_detached_only_once() {
    let before = stats::read().count(Diagnostic::DetachedTwice);
    let shown = submitted(|handle| {
        let inert = span(&A).run(|| {
            let first = current().detach();
            let second = current().detach();
            assert!(first.is_recording() && !second.is_recording());
            first.finish();
            second
        });
        inert.finish();
        handle.finish();
    });

    assert_eq!(shown, format!("{SUBMITTED}{{step=inside}}\n  Local a\n"));
    assert!(stats::read().count(Diagnostic::DetachedTwice) > before);
}

#[test]
fn handle_without_a_recorded_span_does_nothing() {
    let mut handle = current().detach();

    assert!(!handle.is_recording() && handle.snapshot().is_empty());

    handle.tag("k", 1).log("k", 2).record_error_message("no").set_error();
    handle.finish();
    let trees = Test::new()
        .sampler(|_| false)
        .run(|| span(&ENTRY).run(|| assert!(!current().detach().is_recording())));

    assert!(trees.is_empty() && is_idle());
}

#[test]
fn work_below_a_handle_stays_in_its_trace() {
    fn elsewhere(handle: &DetachedSpan) {
        let (below, test) = (handle.snapshot(), testing::mark());
        assert!(!handle.is_recording() && !below.is_empty());
        thread::spawn(move || test.run(|| below.run("answer", || span(&A).run(|| ()))))
            .join()
            .unwrap();
    }
    let unsampled = Test::new()
        .sampler(|name| name != "/entry")
        .run(|| span(&ENTRY).run(|| elsewhere(&current().detach())));
    assert_eq!(text(&unsampled), "");
    let taken_twice = run(|| {
        span(&ENTRY).run(|| {
            let first = current().detach();
            elsewhere(&current().detach());
            first.finish();
        });
    });
    assert_eq!(
        text(&taken_twice),
        "Entry /entry layer=Http\n  Local answer ref=CrossThread\n    Local a\n"
    );
}

#[test]
fn handle_ends_both_merged_spans() {
    static OUTER: Callsite = callsite!(exit, "outer", peer = "peer:1");
    static INNER: Callsite = callsite!(exit, "inner");
    let trees = run(|| {
        let handle = span(&ENTRY).run(|| {
            span(&OUTER).run(|| {
                let handle = span(&INNER).run(|| current().detach());
                // Still one span.
                drop(span(&INNER).enter());
                handle
            })
        });
        handle.finish();
    });
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Exit outer peer=peer:1\n");
}

#[test]
fn panic_after_the_detach_is_recorded() {
    let mut handle = None;
    let trees = run(|| {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            span(&ENTRY).run(|| {
                handle = Some(current().detach());
                panic!("on purpose");
            })
        }));
        assert!(caught.is_err());
        handle.take().unwrap().finish();
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http ERROR [event=error error.kind=panic message=on purpose]\n"
    );
    assert!(is_idle());
}

#[test]
fn entries_of_a_handle_are_limited_and_the_rest_counted() {
    let _counts = crate::exact_counts();
    let before = stats::read().count(Diagnostic::EntryLimit);
    let shown = submitted(|mut handle| {
        for _ in 0..5_000 {
            handle.tag("same", "again");
        }
        handle.finish();
    });
    let limited = SUBMITTED.replace("layer=Http", "layer=Http SIZE_LIMITED {left_out=tags=3976}");

    assert_eq!(shown, format!("{limited}{{step=inside, same=again}}\n"));
    assert!(stats::read().count(Diagnostic::EntryLimit) >= before + 5_000 - 1_024);
}

#[test]
fn log_of_the_scope_is_not_after_the_end() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let call = span(&A).enter();
            current().detach().finish();
            // The clock of the spans has advanced to another millisecond.
            let done = std::time::SystemTime::now() + Duration::from_millis(2);
            while std::time::SystemTime::now() < done {
                std::hint::spin_loop();
            }
            current().log("event", "later");
            drop(call);
        });
    });
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local a [event=later]\n");
    let span = &trees[0].root.children[0];
    assert!(span.end >= span.start + 2, "{span:?}");
}
