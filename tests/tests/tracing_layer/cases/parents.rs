//! Explicit parents and links.

use crate::prelude::*;

#[test]
fn explicit_parent_that_was_never_entered_opens_now() {
    let trees = shown(|| {
        span(&ENTRY).run(|| {
            let parent = info_span!("parent");
            info_span!(parent: &parent, "child").in_scope(|| ());
        });
        let parent = info_span!("parent");
        info_span!(parent: &parent, "child").in_scope(|| ());
    });

    assert_eq!(
        trees,
        "Entry /entry layer=Http\n  Local parent\n    Local child\nLocal parent\n  \
         Local child ref=CrossThread\n"
    );
}

#[test]
fn explicit_parent_in_another_thread_is_referred_to() {
    let trees = shown(|| {
        let parent = info_span!("parent");
        let _guard = parent.enter();
        let there = parent.clone();
        thread::spawn(move || info_span!(parent: &there, "child").in_scope(|| ours(|| ())))
            .join()
            .unwrap();
    });

    assert_eq!(trees, "Local parent\n  Local child ref=CrossThread\n    Local ours\n");
}

#[test]
fn span_without_a_parent_begins_a_trace_inside_a_trace() {
    let trees = shown(|| {
        info_span!("outer").in_scope(|| {
            info_span!(parent: None, "other").in_scope(|| ours(|| ()));
            ours(|| ());
        });
    });

    assert_eq!(trees, "Local outer\n  Local ours\nLocal other\n  Local ours\n");
    assert!(is_idle());
}

#[test]
fn span_that_follows_another_one_refers_to_it() {
    let trees = shown(|| {
        let cause = info_span!("cause");
        cause.in_scope(|| ());
        let effect = info_span!(parent: None, "effect");
        effect.follows_from(&cause);
        effect.in_scope(|| ());
        // In one segment no reference is possible.
        cause.in_scope(|| {
            let (a, b) = (info_span!("a"), info_span!("b"));
            a.in_scope(|| ());
            b.follows_from(&a);
            b.in_scope(|| ());
        });
    });

    assert!(trees.contains("Local effect ref=CrossThread\n"), "{trees}");
    assert!(trees.contains("  Local a\n  Local b\n"), "{trees}");
}
