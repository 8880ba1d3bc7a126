//! Spans that end by a handle, wherever and whenever that is.

use std::sync::mpsc;
use std::thread;

use skywalking_runtime::{
    DetachedSpan,
    stats::{self, Diagnostic},
};

use crate::spans::prelude::*;

/// A call whose answer comes later.
#[exit_span(name = "/submit", peer = "jobs:9000", layer = rpc, inject = headers)]
fn submit(headers: &mut String) -> DetachedSpan {
    current().tag("said", "inside");
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
            "{SUBMITTED}ERROR {{said=inside, job=7, ok=false, ratio=0.5, word=text, low=-3}} \
             [event=taken] [event=moved to=2] [event=error error.kind=std::io::error::Error message=disk full]\n"
        )
    );
}

#[test]
fn it_ends_when_it_is_finished_and_not_with_its_scope() {
    let mut root_end = None;
    let trees = run(|| {
        let handle = span(&ENTRY).run(|| submit(&mut String::new()));
        // The clock of the wire counts milliseconds.
        let ended = std::time::Instant::now();
        while ended.elapsed() < Duration::from_millis(3) {
            thread::yield_now();
        }
        root_end = Some(());
        handle.finish();
    });
    let (root, call) = (&trees[0].root, &trees[0].root.children[0]);
    assert!(root_end.is_some() && call.end >= root.end + 2, "{} {}", root.end, call.end);
}

#[test]
fn what_its_scope_says_after_it_was_finished_lies_within_it() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            current().detach().finish();
            let finished = std::time::Instant::now();
            while finished.elapsed() < Duration::from_millis(3) {
                thread::yield_now();
            }
            current().log("event", "later");
        });
    });
    // That no log is later than its span is a rule of the wire, to which the segment is held.
    assert_eq!(text(&trees), "Entry /entry layer=Http [event=later]\n");
}

#[test]
fn dropped_unfinished_it_says_so() {
    assert_eq!(submitted(drop), format!("{SUBMITTED}{{said=inside, unfinished=true}}\n"));
    assert_eq!(
        submitted(|mut handle| {
            handle.tag("last", "words");
            thread::spawn(move || drop(handle)).join().unwrap();
        }),
        format!("{SUBMITTED}{{said=inside, last=words, unfinished=true}}\n")
    );
}

#[test]
fn until_its_scope_ends_it_is_the_current_span_and_then_nobodys() {
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
fn a_root_can_be_detached_and_its_children_end_before_it() {
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
fn several_spans_of_a_segment_end_in_any_order() {
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
fn work_on_other_threads_goes_on_below_it() {
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
        format!("{SUBMITTED}{{said=inside}}\n    Local answer ref=CrossThread\n      Local a\n")
    );
}

#[tokio::test]
async fn a_future_leaves_its_span_to_the_handle() {
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
fn its_end_is_taken_once() {
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
    assert_eq!(shown, format!("{SUBMITTED}{{said=inside}}\n  Local a\n"));
    assert!(stats::read().count(Diagnostic::DetachedTwice) > before);
}

#[test]
fn without_a_recorded_span_the_handle_does_nothing() {
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
fn a_panic_after_it_was_detached_is_told() {
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
fn what_it_says_is_bounded_and_the_rest_counted() {
    let _counts = crate::exact_counts();
    let before = stats::read().count(Diagnostic::EntryLimit);
    let shown = submitted(|mut handle| {
        for _ in 0..5_000 {
            handle.tag("same", "again");
        }
        handle.finish();
    });
    let limited = SUBMITTED.replace("layer=Http", "layer=Http SIZE_LIMITED {left_out=tags=3976}");
    assert_eq!(shown, format!("{limited}{{said=inside, same=again}}\n"));
    assert!(stats::read().count(Diagnostic::EntryLimit) >= before + 5_000 - 1_024);
}

#[test]
fn no_log_of_its_scope_comes_after_its_end() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let call = span(&A).enter();
            current().detach().finish();
            // The clock of the spans has gone on to another millisecond.
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
