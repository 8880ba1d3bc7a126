//! Tail sampling: unsampled requests that failed or were slow are kept.

use std::time::{Duration, Instant};

use crate::sampling::prelude::*;

/// Starts an agent that records only forced requests, with this tail sampling.
fn keeping(keep: TailSampling) -> (Agent, std::sync::MutexGuard<'static, ()>) {
    start(Config::new("keeping").sampling(Sampling::rate(0.0)).tail_sampling(keep))
}

/// Returns the traces of `work`, and the number of segments that were not kept.
fn kept(work: impl FnOnce()) -> (String, u64) {
    let before = stats::read();
    let trees = run(work);
    assert!(is_idle());
    let after = stats::read();
    assert_eq!(
        (after.opened, after.open, after.queued, after.in_flight),
        (after.finished, 0, 0, 0),
        "{after:?}"
    );
    assert_eq!(after.finished, after.sent + after.dropped.total(), "{after:?}");
    (text(&trees), after.dropped.not_kept - before.dropped.not_kept)
}

#[entry_span(name = "/request")]
fn request(fails: bool) -> Result<(), &'static str> {
    local();
    if fails { Err("no tea") } else { Ok(()) }
}

const FAILED: &str = "Entry /request ERROR [event=error error.kind=&str message=no tea]\n  Local local\n    Exit /exit.png peer=next:1\n";

fn fail() {
    span(&PART).run(|| _ = current().set_error());
}

#[test]
fn without_the_setting_nothing_is_kept() {
    let _running = nothing();
    assert_eq!(kept(|| _ = request(true)), (String::new(), 0));
}

// Feature: tail sampling
#[test]
fn failed_request_is_kept_and_successful_one_counted() {
    let _running = keeping(TailSampling::errors());
    let mut left = (String::new(), 0);
    let left_out = counted(Diagnostic::UnsampledSampler, || {
        left = kept(|| {
            let _ = (request(false), request(true), request(false));
        });
    });

    assert_eq!((left, left_out), ((FAILED.to_owned(), 2), 3));
}

#[test]
fn any_error_or_panic_in_the_request_keeps_it() {
    let _running = keeping(TailSampling::errors());
    let (trees, not_kept) = kept(|| {
        span(&ENTRY).run(|| span(&PART).run(fail));
        let panicked =
            std::panic::catch_unwind(|| span(&ENTRY).run(|| span(&PART).run(|| panic!("no tea"))));
        assert!(panicked.is_err());
        // A cancellation is not an error.
        let mut cancelled = span(&ENTRY).resumable();
        cancelled.run(|| ());
        drop(cancelled);
    });
    let panic = "ERROR [event=error error.kind=panic message=no tea]";

    assert_eq!(
        (trees, not_kept),
        (
            format!(
                "Entry /entry\n  Local part\n    Local part ERROR\nEntry /entry {panic}\n  Local part {panic}\n"
            ),
            1
        )
    );
}

fn slow() {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1) {}
}

#[test]
fn slow_request_is_kept() {
    {
        let _running = keeping(TailSampling::errors().slower_than(Duration::ZERO));
        assert_eq!(kept(|| span(&ENTRY).run(slow)), ("Entry /entry\n".to_owned(), 0));
    }
    let _running = keeping(TailSampling::errors().slower_than(Duration::from_secs(3_600)));

    assert_eq!(kept(|| span(&ENTRY).run(|| ())), (String::new(), 1));
}

#[test]
fn pending_request_injects_no_context_but_correlation() {
    #[exit_span(name = "/call", peer = "next:1", layer = mq, inject = header)]
    fn call(header: &mut String) {}

    let _running = keeping(TailSampling::errors());
    let mut header = String::from("sw8:old\nkeep:me");
    let outside = counted(Diagnostic::InjectOutsideExit, || {
        let (trees, not_kept) = kept(|| {
            span(&ENTRY).run(|| {
                assert!(correlation::put("tenant", "blue"));
                call(&mut header);
                skywalking_runtime::propagation::inject(&mut String::new());
                assert!(trace_id().is_some());
                _ = current().set_error();
            });
        });
        assert_eq!(
            (trees.as_str(), not_kept),
            ("Entry /entry ERROR\n  Exit /call layer=MQ peer=next:1\n", 0)
        );
    });

    assert_eq!((header.as_str(), outside), ("keep:me\nsw8-correlation:dGVuYW50:Ymx1ZQ==", 0));
}

#[test]
fn ignored_and_over_limit_requests_are_not_kept() {
    static PNG: Callsite = callsite!(entry, "/a.png");

    let _running = start(
        Config::new("s")
            .sampling(Sampling::rate(0.0))
            .tail_sampling(TailSampling::errors())
            .max_open_segments(1),
    );
    let left = kept(|| {
        span(&PNG).run(|| _ = current().set_error());
        let mut first = span(&ENTRY).resumable();
        first.run(|| ());
        assert_eq!(counted(Diagnostic::UnsampledLiveLimit, || _ = request(true)), 1);
        first.finish();
    });

    assert_eq!(left, (String::new(), 1));
}

#[test]
fn request_with_a_context_is_not_tail_sampled() {
    let _running = keeping(TailSampling::errors());
    assert_eq!(
        kept(|| _ = serve("/users", SW8)),
        (tree_of("/users").replacen('\n', " ref=CrossProcess\n", 1), 0)
    );
}

#[test]
fn segment_that_ends_before_the_root_waits_for_it() {
    let _running = keeping(TailSampling::errors());
    let thread = |work: fn()| {
        std::thread::scope(|scope| _ = scope.spawn(work.traced("thread")).join());
    };
    let (trees, not_kept) = kept(|| {
        span(&ENTRY).run(|| thread(|| ()));
        span(&ENTRY).run(|| thread(fail));
        span(&ENTRY).run(|| {
            thread(|| ());
            _ = current().set_error();
        });
    });
    let thread = "  Local thread ref=CrossThread\n";

    assert_eq!(
        (trees, not_kept),
        (format!("Entry /entry\n{thread}    Local part ERROR\nEntry /entry ERROR\n{thread}"), 2)
    );
}

#[test]
fn segment_that_ends_after_the_root_follows_its_decision() {
    let _running = keeping(TailSampling::errors());
    let (trees, not_kept) = kept(|| {
        for fails in [true, false] {
            let snapshot = span(&ENTRY).run(|| {
                if fails {
                    _ = current().set_error();
                }
                capture()
            });
            snapshot.run("late", || ());
            // The request was known to have succeeded by then.
            snapshot.run("late", fail);
        }
    });
    let late = "  Local late ref=CrossThread\n";

    assert!(
        trees.starts_with(&format!("Entry /entry ERROR\n{late}{late}    Local part ERROR\n")),
        "{trees}"
    );
    // The reporter may have run before or after the last one failed.
    assert!(
        (trees.lines().count(), not_kept) == (4, 3) || (trees.lines().count(), not_kept) == (8, 0),
        "{trees} {not_kept}"
    );
}

#[test]
fn failed_root_handle_keeps_the_request() {
    let _running = keeping(TailSampling::errors());
    let (trees, not_kept) = kept(|| {
        for fails in [true, false] {
            let mut handle = span(&ENTRY).run(|| current().detach());
            if fails {
                handle.set_error();
            }
            handle.finish();
        }
    });

    assert_eq!((trees.as_str(), not_kept), ("Entry /entry ERROR\n", 1));
}

#[test]
fn split_request_is_kept_or_dropped_as_a_whole() {
    let _running = keeping(TailSampling::errors());
    let left = [true, false].map(|fails| {
        kept(|| {
            span(&ENTRY).run(|| {
                // Each span has more than half of a segment's entries, so new segments follow.
                (0..2).for_each(|_| {
                    span(&PART)
                        .run(|| (0..8_200).for_each(|number| _ = current().tag("number", number)));
                });
                if fails {
                    _ = current().set_error();
                }
            });
        })
    });
    let part = "Local part {number=8199}";
    let first = format!(
        "Entry /entry {{unfinished=true}}\n  {part}\n  Local /entry ref=CrossThread SKIP_ANALYSIS {{unfinished=true}}\n"
    );
    let expected =
        format!("{first}    {part}\n    Local /entry ref=CrossThread ERROR SKIP_ANALYSIS\n");
    assert_eq!(left, [(expected, 0), (String::new(), 3)]);
}

#[test]
fn buffer_is_limited_and_counts_dropped_segments() {
    let running = keeping(TailSampling::errors().max_buffer_bytes(4_096));
    let mut left = (String::new(), 0);
    let given_up = counted(Diagnostic::TailBufferFull, || {
        left = kept(|| {
            span(&ENTRY).run(|| {
                let here = capture();
                std::thread::scope(|scope| {
                    _ = scope.spawn(|| (0..100).for_each(|_| here.run("part", || ()))).join();
                });
                // The reporter receives these before the root. After the root nothing is pending.
                assert!(running.0.flush(Duration::from_secs(10)));
                _ = current().set_error();
            });
        });
    });
    let parts = left.0.lines().filter(|line| line.contains("Local part")).count() as u64;

    assert_eq!((given_up, left.1), (100 - parts, 100 - parts), "{}", left.0);
    assert!((1..=40).contains(&parts), "{parts}");
}

#[test]
fn shutdown_decides_by_the_current_state() {
    for (fails, expected) in [(true, (1, 0)), (false, (0, 1))] {
        let (agent, _turn) = keeping(TailSampling::errors());
        let mut root = span(&ENTRY).resumable();
        let snapshot = root.run(capture);
        snapshot.run("part", || {
            if fails {
                _ = current().set_error();
            }
        });
        let report = agent.shutdown(Duration::from_secs(10));
        assert_eq!((report.sent, report.dropped.not_kept), expected, "{report:?}");
        root.finish();
        drop(snapshot);
    }
}

#[test]
fn entries_of_handles_count_towards_the_buffer() {
    let running = keeping(TailSampling::errors().max_buffer_bytes(50_000));
    let full = counted(Diagnostic::TailBufferFull, || {
        let lost = kept(|| {
            span(&ENTRY).run(|| {
                let here = capture();
                let mut handle =
                    std::thread::spawn(move || here.run("elsewhere", || current().detach()))
                        .join()
                        .unwrap();
                for _ in 0..100 {
                    handle.tag("text", "x".repeat(2_000).as_str());
                }
                handle.finish();
                assert!(running.0.flush(Duration::from_secs(10)));
            });
        });
        assert_eq!(lost, (String::new(), 2));
    });

    assert_eq!(full, 1);
}
