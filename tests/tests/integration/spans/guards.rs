//! Guards: dropped in any order, too late, without a context, and at the end of a thread.

use crate::spans::prelude::*;

/// Three nested guards can drop in six orders. The tree is always the same, and the next span opens
/// below the nearest open ancestor.
#[test]
fn three_guards_can_drop_in_any_order() {
    static NEXT: Callsite = callsite!(local, "next");
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let trees = run(|| {
            span(&ENTRY).run(|| {
                let mut guards =
                    [Some(span(&A).enter()), Some(span(&B).enter()), Some(span(&C).enter())];
                for at in order {
                    guards[at] = None;
                    drop(span(&NEXT).enter());
                }
            });
        });
        let names = ["a", "b", "c"];
        let mut open = vec![0, 1, 2];
        let mut expected = vec![String::new(); 4];
        for at in order {
            open.retain(|other| *other != at);
            // Below the root, or below the innermost guard that is still open.
            let parent = open.last().map_or(0, |inner| inner + 1);
            expected[parent].push('+');
        }
        let root = &trees[0].root;
        let mut found = vec![String::new(); 4];
        let mut at = root;
        for depth in 0..=3 {
            found[depth] =
                at.children.iter().filter(|child| child.name == "next").map(|_| '+').collect();
            if let Some(inner) =
                at.children.iter().find(|child| depth < 3 && child.name == names[depth])
            {
                at = inner;
            }
        }
        assert_eq!(found, expected, "order {order:?}");
        assert!(is_idle());
    }
}

#[test]
fn guard_that_outlives_its_root_is_counted() {
    let before = misplaced();
    let trees = run(|| {
        let late = span(&ENTRY).run(|| span(&A).enter());
        assert!(is_idle());
        drop(late);
        span(&ENTRY).run(|| drop(span(&B).enter()));
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local a {unfinished=true}\nEntry /entry layer=Http\n  Local b\n"
    );
    assert!(misplaced() > before);
    assert!(is_idle());
}

fn misplaced() -> u64 {
    skywalking_runtime::stats::read().count(skywalking_runtime::stats::Diagnostic::GuardMisplaced)
}

#[test]
fn child_without_a_context_does_nothing_and_is_counted() {
    let reason = skywalking_runtime::stats::Diagnostic::ChildWithoutContext;
    let before = skywalking_runtime::stats::read().count(reason);
    let trees = run(|| {
        drop(span(&A).enter());
        span(&B).run(|| drop(span(&C).enter()));
    });

    assert_eq!(text(&trees), "Local b\n  Local c\n");
    assert!(skywalking_runtime::stats::read().count(reason) > before);
    assert!(is_idle());
}

#[test]
fn thread_local_destructors_and_forgotten_guards_are_safe() {
    struct Late;
    impl Drop for Late {
        fn drop(&mut self) {
            annotated(3);
            drop(span(&A).enter());
            assert!(is_idle() || !is_idle());
        }
    }

    thread_local! { static LATE: Late = const { Late }; }
    for touch_first in [true, false] {
        std::thread::spawn(move || {
            if touch_first {
                LATE.with(|_| ());
            }
            annotated(1);
            LATE.with(|_| ());
        })
        .join()
        .expect("no panic at the end of a thread");
    }
    let trees = run(|| {
        let snapshot = span(&ENTRY).run(skywalking_runtime::propagation::capture);
        std::thread::spawn(move || {
            snapshot.run("on thread", || {
                std::mem::forget(span(&A).enter());
            });
        })
        .join()
        .expect("no panic");
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local on thread ref=CrossThread\n    Local a {unfinished=true}\n"
    );
}
