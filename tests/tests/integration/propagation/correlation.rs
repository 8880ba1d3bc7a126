//! The header `sw8-correlation` with the default limits. The `agent` tests cover configured limits.

use crate::propagation::prelude::*;

/// Encodes the pairs for the header.
fn pairs(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(key, value)| format!("{}:{}", STANDARD.encode(key), STANDARD.encode(value)))
        .collect::<Vec<_>>()
        .join(",")
}

fn sent() -> Option<String> {
    header(&sent_by(&CALL), "sw8-correlation").map(str::to_owned)
}

// Feature: correlation
#[test]
fn three_keys_propagate_and_an_empty_value_removes_one() {
    run(|| {
        span(&ENTRY).run(|| {
            assert_eq!(sent(), None);
            assert_eq!(
                ["a", "b", "c", "d"].map(|key| correlation::put(key, "1")),
                [true, true, true, false]
            );
            assert!(correlation::put("b", "2") && !correlation::put("b", &"x".repeat(129)));
            assert_eq!(sent(), Some(pairs(&[("a", "1"), ("b", "2"), ("c", "1")])));
            assert!(
                correlation::put("a", "")
                    && correlation::put("never there", "")
                    && correlation::put("d", "4")
            );
            assert_eq!(sent(), Some(pairs(&[("b", "2"), ("c", "1"), ("d", "4")])));
            assert_eq!(
                (correlation::get("a"), correlation::get("d").as_deref()),
                (None, Some("4"))
            );
        });
    });
    assert!(!correlation::put("a", "1") && correlation::get("a").is_none());
}

#[test]
fn incoming_values_over_the_limits_are_counted() {
    let before = stats::read().count(Diagnostic::CorrelationLimit);
    let header = pairs(&[
        ("a", "1"),
        ("long", &"x".repeat(129)),
        ("b", "2"),
        ("c", "3"),
        ("d", "4"),
        ("a", "5"),
        ("empty", ""),
    ]);
    run(|| {
        span(&ENTRY).extract(&lines(&[("sw8-correlation", &header)])).run(|| {
            assert_eq!(sent(), Some(pairs(&[("a", "5"), ("b", "2"), ("c", "3")])));
            assert!(!correlation::put("d", "4"));
        });
    });

    assert!(stats::read().count(Diagnostic::CorrelationLimit) >= before + 2);
}

#[test]
fn snapshot_has_a_copy_that_later_changes_do_not_affect() {
    run(|| {
        span(&ENTRY).run(|| {
            correlation::put("key", "before");
            let here = capture();
            correlation::put("key", "after");
            std::thread::scope(|threads| {
                threads.spawn(|| {
                    here.run("elsewhere", || {
                        assert_eq!(correlation::get("key").as_deref(), Some("before"));
                        correlation::put("key", "elsewhere");
                        assert_eq!(sent(), Some(pairs(&[("key", "elsewhere")])));
                    });
                });
            });
            assert_eq!(correlation::get("key").as_deref(), Some("after"));
        });
    });
}

#[test]
fn unsampled_request_propagates_received_and_put_values() {
    let (mut first, mut second) = (None, None);
    Test::new().sampler(|_| false).run(|| {
        span(&ENTRY)
            .extract(&lines(&[("sw8", &sw8(1)), ("sw8-correlation", &pairs(&[("came", "1")]))]))
            .run(|| {
                correlation::put("put", "2");
                first = sent();
                let here = capture();
                std::thread::scope(|threads| {
                    threads.spawn(|| here.run("elsewhere", || second = sent()));
                });
            });
    });
    let both = Some(pairs(&[("came", "1"), ("put", "2")]));

    assert_eq!((first, second), (both.clone(), both));
}

#[test]
fn correlation_without_a_trace_is_read_and_makes_no_tags() {
    let mut got = None;
    let trees = run(|| {
        span(&ENTRY).extract(&lines(&[("sw8-correlation", &pairs(&[("tenant", "blue")]))])).run(
            || {
                got = correlation::get("tenant");
                correlation::put("user", "7");
                drop(sent());
            },
        );
    });
    assert_eq!(
        (got.as_deref(), text(&trees).as_str()),
        (Some("blue"), "Entry /entry\n  Exit call peer=other:1\n")
    );
}
