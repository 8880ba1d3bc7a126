//! Samplers of the program.

use std::sync::Arc;
use std::sync::Mutex;

use crate::sampling::prelude::*;

/// Stores the names that it is called with.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Sampler for Recorder {
    fn is_sampled(&self, operation: &str) -> bool {
        self.0.lock().unwrap().push(operation.to_owned());
        !operation.starts_with("/no")
    }
}

impl Recorder {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

// Feature: custom sampler
#[test]
fn sampler_is_called_once_for_all_segments_of_a_trace() {
    let asked = Recorder::default();
    let _running = sampling(Sampling::custom(asked.clone()));
    let mut left_out = 0;
    let trees = run(|| {
        for name in ["/yes", "/no"] {
            left_out += counted(Diagnostic::UnsampledSampler, || {
                let snapshot = span(&ENTRY).name(name).run(|| {
                    local();
                    std::thread::scope(|scope| _ = scope.spawn(local.traced("thread")).join());
                    capture()
                });
                snapshot.run("late", || ());
            });
        }
    });

    assert_eq!((asked.taken(), left_out), (vec!["/yes".to_owned(), "/no".to_owned()], 1));
    assert_eq!(
        text(&trees),
        "Entry /yes\n  Local local\n    Exit /exit.png peer=next:1\n  Local thread ref=CrossThread\n    Local local\n      Exit /exit.png peer=next:1\n  Local late ref=CrossThread\n"
    );
    assert!(is_idle());
}

#[test]
fn child_that_moves_is_not_sampled_again() {
    #[local_span(name = "moves")]
    async fn moves() {
        let mut first = true;
        std::future::poll_fn(|cx| {
            cx.waker().wake_by_ref();
            if std::mem::take(&mut first) {
                std::task::Poll::Pending
            } else {
                std::task::Poll::Ready(())
            }
        })
        .await;
    }

    let asked = Recorder::default();
    let _running = sampling(Sampling::custom(asked.clone()));
    let trees = run(|| {
        for name in ["/yes", "/no"] {
            let mut future = Box::pin(moves());
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            span(&ENTRY).name(name).run(|| assert!(future.as_mut().poll(&mut cx).is_pending()));
            assert!(future.as_mut().poll(&mut cx).is_ready());
        }
    });

    assert_eq!(asked.taken(), ["/yes", "/no"]);
    assert_eq!(
        text(&trees),
        "Entry /yes\n  Local moves {unfinished=true}\n    Local moves ref=CrossThread\n"
    );
    assert!(is_idle());
}

#[test]
fn sampler_sees_the_request_and_its_own_spans_are_ignored() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&seen);
    let _running = sampling(Sampling::custom(move |name: &str| {
        serve("/inside", "");
        span(&ENTRY).run(local);
        written.lock().unwrap().push((name.to_owned(), trace_id(), correlation::get("tenant")));
        true
    }));
    let mut id = None;
    let trees = run(|| id = serve("/users", "sw8-correlation:dGVuYW50:Ymx1ZQ=="));

    assert_eq!(text(&trees), tree_of("/users"));
    assert!(id.is_some());
    assert_eq!(*seen.lock().unwrap(), [("/users".to_owned(), id, Some("blue".to_owned()))]);
    assert!(is_idle());
}

#[test]
fn request_with_a_context_skips_the_sampler() {
    let asked = Recorder::default();
    let _running = sampling(Sampling::custom(asked.clone()));
    let trees = run(|| _ = serve("/no", SW8));

    assert_eq!(trees.len(), 1);
    assert_eq!(asked.taken(), Vec::<String>::new());
}

#[test]
fn panicking_sampler_is_counted_and_the_request_recorded() {
    let _running =
        sampling(Sampling::custom(
            |name: &str| if name == "/users" { panic!("no idea") } else { false },
        ));
    let mut trees = Vec::new();
    let panicked = counted(Diagnostic::SamplerPanicked, || {
        trees = run(|| (serve("/users", ""), serve("/other", "")).0.map_or((), drop));
    });
    assert_eq!((text(&trees), panicked), (tree_of("/users"), 1));
    assert!(is_idle());
}

#[test]
fn forgotten_guard_of_a_sampler_affects_no_request() {
    let _running = sampling(Sampling::custom(|_: &str| {
        std::mem::forget(span(&PART).enter());
        true
    }));

    assert_eq!(text(&run(|| _ = serve("/users", ""))), tree_of("/users"));
    assert!(is_idle());
}

#[test]
fn sampler_that_takes_a_snapshot_keeps_other_segments() {
    let _running = sampling(Sampling::custom(|_: &str| {
        drop(capture());
        true
    }));
    let trees =
        run(|| span(&ENTRY).run(|| std::thread::spawn(exit.traced("elsewhere")).join().unwrap()));

    assert_eq!(
        text(&trees),
        "Entry /entry\n  Local elsewhere ref=CrossThread\n    Exit /exit.png peer=next:1\n"
    );
}
