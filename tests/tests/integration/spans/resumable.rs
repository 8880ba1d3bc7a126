//! Spans that are entered several times, such as by a middleware that is called, polled and passed
//! a body.

use crate::spans::prelude::*;
use skywalking_runtime::{ResumableSpan, stats};

static CALL: Callsite = callsite!(exit, "/call", peer = "b:1");

#[test]
fn steps_are_inside_of_the_span_and_the_time_between_is_not() {
    let trees = run(|| {
        let (mut steps, seen) = ResumableSpan::open(&ENTRY, |span| _ = span.tag("size", 3), || 42);
        assert_eq!(seen, 42);
        assert!(is_idle());
        steps.run(|| drop(span(&A).enter()));
        assert_eq!(trace_id(), None);
        // On another thread too.
        let steps = std::thread::spawn(move || {
            steps.run(|| drop(span(&B).enter()));
            steps
        });
        steps.join().unwrap().finish();
    });

    assert_eq!(text(&trees), "Entry /entry layer=Http {size=3}\n  Local a\n  Local b\n");
    assert!(is_idle());
}

#[test]
fn resumed_in_a_span_is_a_child_and_continues_elsewhere() {
    let trees = run(|| {
        let steps = span(&ENTRY).run(|| {
            let (mut steps, ()) = ResumableSpan::open(&CALL, |_| {}, || {});
            steps.run(|| current().tag("step", 2));
            steps
        });
        let mut steps = steps;
        steps.run(|| current().tag("step", 3));
        steps.finish();
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Exit /call peer=b:1 {step=2, unfinished=true}\n    Local /call ref=CrossThread {step=3}\n"
    );
    assert!(is_idle());
}

#[test]
fn dropped_unfinished_is_cancelled_and_never_run_is_absent() {
    let trees = run(|| {
        drop(ResumableSpan::open(&ENTRY, |_| {}, || {}));
        drop(span(&ENTRY).resumable());
        span(&ENTRY).resumable().finish();
    });

    assert_eq!(text(&trees), "Entry /entry layer=Http [event=cancelled]\n");
    assert!(is_idle());
}

#[test]
fn panic_in_a_step_ends_the_span() {
    let trees = run(|| {
        let mut steps = span(&ENTRY).resumable();
        let step = catch_unwind(AssertUnwindSafe(|| steps.run(|| panic!("inside"))));
        assert!(step.is_err());
        steps.run(|| drop(span(&A).enter()));
        steps.finish();
        let opened =
            catch_unwind(|| drop(ResumableSpan::open(&ENTRY, |_| {}, || panic!("at once"))));
        assert!(opened.is_err());
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http ERROR [event=error error.kind=panic message=inside]\n\
         Entry /entry layer=Http ERROR [event=error error.kind=panic message=at once]\n"
    );
    assert!(is_idle());
}

#[test]
fn request_can_be_ignored_in_the_builder() {
    let trees = run(|| {
        let (mut steps, ()) = ResumableSpan::open(
            &ENTRY,
            |span| {
                span.ignore();
                assert!(!span.is_recording());
            },
            || {},
        );
        steps.run(|| drop(span(&A).enter()));
        steps.finish();
    });

    assert_eq!(text(&trees), "");
    assert!(is_idle());
}

#[test]
fn merged_steps_do_not_end_the_outer_span() {
    static LAYER: Callsite = callsite!(exit, "POST:/", peer = "c:1").fallback();
    let trees = run(|| {
        let (mut outer, mut inner) =
            ResumableSpan::open(&CALL, |_| {}, || ResumableSpan::open(&LAYER, |_| {}, || {}).0);
        outer.run(|| inner.run(|| current().tag("http.status_code", 200)));
        outer.run(|| inner.finish());
        outer.run(|| current().tag("after", true));
        outer.finish();
    });
    assert_eq!(text(&trees), "Exit /call peer=b:1 {http.status_code=200, after=true}\n");
    assert!(is_idle());
}

#[test]
fn resumable_span_is_send_and_sync() {
    fn both<T: Send + Sync>() {}

    both::<ResumableSpan>();

    assert!(stats::read().finished <= stats::read().opened);
}
