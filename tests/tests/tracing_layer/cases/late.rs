//! Spans that end or change late.

use skywalking_runtime::stats::{self, Diagnostic};

use crate::prelude::*;

fn took(span: &testing::Span) -> i64 {
    span.end - span.start
}

#[test]
fn span_starts_when_it_is_made_and_ends_with_its_last_exit() {
    subscribe();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let made = info_span!("made");
            advance(20);
            made.in_scope(|| ());
            advance(200);
            drop(made);
        });
    });
    let made = &trees[0].root.children[0];

    assert!((15..150).contains(&took(made)), "{made:?}");
}

#[test]
fn log_after_the_last_exit_moves_the_end() {
    subscribe();
    let trees = run(|| {
        let late = info_span!("late");
        late.in_scope(|| ());
        advance(20);
        info!(parent: &late, "later");
    });
    let late = &trees[0].root;

    assert!(took(late) >= 15, "{late:?}");
    assert_eq!(text(&trees), "Local late [level=INFO message=later]\n");
}

#[test]
fn span_that_is_never_entered_ends_when_it_closes() {
    subscribe();
    let trees = run(|| {
        let root = info_span!("root");
        advance(20);
        drop(root);
        span(&ENTRY).run(|| drop(info_span!("never opened")));
    });

    assert_eq!(text(&trees), "Local root\nEntry /entry layer=Http\n");
    assert!(took(&trees[0].root) >= 15);
}

#[test]
fn clone_that_outlives_the_request_keeps_the_times() {
    subscribe();
    let trees = run(|| {
        let request = info_span!("request", otel.kind = "server");
        let clone = request.in_scope(|| {
            info_span!("part").in_scope(|| ());
            Span::current()
        });
        drop(request);
        advance(50);
        drop(clone);
    });

    assert_eq!(text(&trees), "Entry request\n  Local part\n");
    assert!(took(&trees[0].root) < 45, "{:?}", trees[0].root);
}

#[test]
fn fields_are_recorded_before_between_and_after_exits() {
    let trees = shown(|| {
        let root = info_span!("root").entered();
        let span = info_span!("span", a = Empty, b = Empty, c = Empty, d = Empty, e = Empty);
        span.record("a", 1);
        let guard = span.enter();
        span.record("b", "x");
        info_span!("child").in_scope(|| ());
        drop(guard);
        span.record("c", true);
        let there = span.clone();
        thread::spawn(move || _ = there.record("d", 4)).join().unwrap();
        drop(root);
        span.record("e", 5);
    });

    assert_eq!(trees, "Local root\n  Local span {a=1, b=x, c=true, d=4, e=5}\n    Local child\n");
}

#[test]
fn late_status_and_name_are_those_of_the_span() {
    let trees = shown(|| {
        let span = info_span!(
            "span",
            otel.status_code = Empty,
            otel.name = Empty,
            otel.kind = Empty,
            http.response.status_code = Empty
        );
        span.in_scope(|| ());
        span.record("otel.kind", "server");
        span.record("otel.name", "renamed");
        span.record("otel.status_code", "ERROR");
        span.record("http.response.status_code", 503);
    });

    assert_eq!(trees, "Local renamed ERROR {http.status_code=503}\n");
}

#[test]
fn span_below_an_annotated_function_that_ended_goes_on() {
    let trees = shown(|| {
        let span = ours(|| {
            let span = info_span!("escapes");
            span.in_scope(|| ());
            span
        });
        span.in_scope(|| info_span!("later").in_scope(|| ()));
    });

    assert_eq!(
        trees,
        "Local ours\n  Local escapes\n    Local escapes ref=CrossThread\n      Local later\n"
    );
}

#[test]
fn field_of_a_span_that_was_sent_is_lost_and_counted() {
    subscribe();
    let before = stats::read().count(Diagnostic::RecordedTooLate);
    let trees = shown(|| {
        let span = ours(|| {
            let span = info_span!("escapes", late = Empty);
            span.in_scope(|| ());
            span
        });
        span.record("late", 1);
        info!(parent: &span, "late");
    });

    assert_eq!(trees, "Local ours\n  Local escapes\n");
    assert!(stats::read().count(Diagnostic::RecordedTooLate) >= before + 2);
}
