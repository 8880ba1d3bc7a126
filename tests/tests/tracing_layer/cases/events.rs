//! Events as logs of spans.

use std::fmt;

use crate::prelude::*;

#[test]
fn event_is_a_log_of_the_innermost_span() {
    let trees = shown(|| {
        info_span!("outer").in_scope(|| {
            info!(count = 3, "in outer");
            ours(|| warn!(name = "x", ok = true, "in ours"));
            tracing::debug!("not at this level");
        });
        info!("in no span");
    });

    assert_eq!(
        trees,
        "Local outer [level=INFO message=in outer count=3]\n  \
         Local ours [level=WARN message=in ours name=x ok=true]\n"
    );
}

#[test]
fn event_with_a_parent_is_a_log_of_that_span() {
    let trees = shown(|| {
        let root = info_span!("root").entered();
        info_span!("other").in_scope(|| {
            info!(parent: &*root, "to root");
            info!(parent: None, "to none");
        });
        let there = (*root).clone();
        thread::spawn(move || info!(parent: &there, "from a thread")).join().unwrap();
        let never = info_span!("never entered");
        info!(parent: &never, "before");
        never.in_scope(|| ());
    });

    assert_eq!(
        trees,
        "Local root [level=INFO message=to root] [level=INFO message=from a thread]\n  \
         Local other\n  Local never entered [level=INFO message=before]\n"
    );
}

#[test]
fn event_of_the_level_error_is_an_error() {
    #[instrument(err)]
    fn fails() -> Result<(), fmt::Error> {
        Err(fmt::Error)
    }
    let message = fmt::Error.to_string();
    let trees = shown(|| {
        info_span!("root").in_scope(|| {
            error!(code = 7, "broken");
            fails().unwrap_err();
        });
    });

    assert_eq!(
        trees,
        format!(
            "Local root ERROR [event=error message=broken code=7]\n  \
             Local fails ERROR [event=error message={message}]\n"
        )
    );
}

#[test]
fn headers_are_never_recorded() {
    let trees = shown(|| {
        info_span!("root", headers = "s3cret", http.request.header.cookie = "s3cret", sw8 = "x")
            .in_scope(|| info!(request_headers = "s3cret", "x"));
    });

    assert_eq!(trees, "Local root [level=INFO message=x]\n");
}

/// A value whose code uses everything, and one that panics.
struct Loud;

impl fmt::Debug for Loud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info_span!("inside").in_scope(|| info!(value = 1, "inside"));
        f.write_str("loud")
    }
}

struct Bad;

impl fmt::Debug for Bad {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("on purpose")
    }
}

#[test]
fn code_of_values_can_trace_and_panic() {
    let trees = shown(|| {
        info_span!("root", value = ?Loud).in_scope(|| {
            info!(value = ?Loud, "outside");
            let late = info_span!("late", value = Empty, bad = ?Bad);
            late.record("value", tracing::field::debug(Loud));
            late.in_scope(|| ());
        });
    });

    assert!(trees.contains("Local root {value=loud}"), "{trees}");
    assert!(trees.contains("[level=INFO message=outside value=loud]"), "{trees}");
    assert!(trees.contains("Local late {bad=<panicked>, value=loud}"), "{trees}");
    assert!(is_idle());
}
