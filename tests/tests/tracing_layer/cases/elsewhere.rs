//! Spans that are entered in another task or thread.

use crate::prelude::*;

#[test]
fn spawned_future_with_a_span_is_one_span_with_a_reference() {
    let trees = shown_async(async {
        let root = info_span!("root");
        async {
            let part = async {
                yields(3).await;
                ours(|| ());
            };
            tokio::spawn(part.instrument(info_span!("task", number = 1))).await.unwrap();
        }
        .instrument(root)
        .await;
    });

    assert_eq!(trees, "Local root\n  Local task ref=CrossThread {number=1}\n    Local ours\n");
    assert!(is_idle());
}

#[test]
fn span_of_a_thread_refers_to_its_parent() {
    let trees = shown(|| {
        span(&ENTRY).run(|| {
            let span = info_span!("thread");
            thread::spawn(move || span.in_scope(|| ours(|| ()))).join().unwrap();
        });
    });

    assert_eq!(trees, "Entry /entry layer=Http\n  Local thread ref=CrossThread\n    Local ours\n");
}

#[test]
fn entry_of_a_thread_becomes_local_and_an_exit_stays() {
    let trees = shown(|| {
        span(&ENTRY).run(|| {
            let entry = info_span!("entry", otel.kind = "server");
            let exit = info_span!("exit", otel.kind = "client", peer.service = "other:1");
            thread::spawn(move || entry.in_scope(|| ())).join().unwrap();
            thread::spawn(move || exit.in_scope(|| ())).join().unwrap();
        });
    });

    assert_eq!(
        trees,
        "Entry /entry layer=Http\n  Local entry ref=CrossThread\n  \
         Exit exit peer=other:1 ref=CrossThread\n"
    );
}

#[test]
fn root_that_is_free_is_entered_by_another_thread() {
    let trees = shown(|| {
        let root = info_span!("root", otel.kind = "server");
        root.in_scope(|| info_span!("here").in_scope(|| ()));
        let there = root.clone();
        thread::spawn(move || {
            there.in_scope(|| info_span!("there").in_scope(|| ()));
            assert!(is_idle());
        })
        .join()
        .unwrap();
        root.in_scope(|| ours(|| ()));
    });

    assert_eq!(trees, "Entry root\n  Local here\n  Local there\n  Local ours\n");
    assert!(is_idle());
}

#[test]
fn span_in_two_threads_has_a_visit_and_both_have_children() {
    let trees = shown(|| {
        let root = info_span!("root");
        let both = Arc::new(Barrier::new(2));
        let threads = [(); 2].map(|()| {
            let (root, both) = (root.clone(), Arc::clone(&both));
            thread::spawn(move || {
                root.in_scope(|| {
                    both.wait();
                    info_span!("child").in_scope(|| ());
                    both.wait();
                });
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });

    assert_eq!(trees, "Local root\n  Local child\n  Local root ref=CrossThread\n    Local child\n");
}

#[test]
fn thread_that_records_nothing_in_a_span_leaves_no_trace() {
    let trees = shown(|| {
        let root = info_span!("root");
        let _guard = root.enter();
        let there = root.clone();
        thread::spawn(move || {
            for _ in 0..3 {
                there.in_scope(|| ());
            }
        })
        .join()
        .unwrap();
    });

    assert_eq!(trees, "Local root\n");
}

#[test]
fn span_below_a_hidden_span_in_a_task_refers_to_its_ancestor() {
    let trees = shown_async(async {
        async {
            let hidden = trace_span!("hidden");
            let task = async { info_span!("task").in_scope(|| ours(|| ())) };
            tokio::spawn(task.instrument(hidden)).await.unwrap();
        }
        .instrument(info_span!("root"))
        .await;
    });

    assert_eq!(trees, "Local root\n  Local task ref=CrossThread\n    Local ours\n");
}

#[test]
fn our_spawn_and_their_spans_nest() {
    let trees = shown_async(async {
        async {
            spawn("task", async {
                info_span!("below").in_scope(|| ());
            })
            .await
            .unwrap();
        }
        .instrument(info_span!("root"))
        .await;
    });

    assert_eq!(trees, "Local root\n  Local task ref=CrossThread\n    Local below\n");
}
