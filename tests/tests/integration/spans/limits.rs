//! Full segments, and unsampled requests.

use skywalking_runtime::stats::{self, Diagnostic};

use crate::spans::prelude::*;

// Feature: span limit
#[test]
fn over_the_limit_parents_are_correct_and_exits_inject() {
    static CALL: Callsite = callsite!(exit, "call", peer = "other:1");
    #[exit_span(name = "call", peer = format!("other:{}", 1), inject = headers)]
    fn call(headers: &mut String) {}

    let mut header = String::new();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            for _ in 0..298 {
                drop(span(&A).enter());
            }
            let _last = span(&B).enter();
            // There are 300 spans. From here on none is recorded.
            let lost = span(&C).enter();
            current().tag("lost", true);
            drop(span(&CALL).enter());
            call(&mut header);
            drop(lost);
            current().tag("kept", true);
        });
    });
    let root = &trees[0].root;

    assert!(root.is_size_limited);
    assert_eq!(root.children.len(), 299);
    assert_eq!(root.children[298].tags, [("kept".to_owned(), "true".to_owned())]);
    // The three lost spans are counted on the first span.
    assert_eq!(root.tags, [("left_out".to_owned(), "spans=3".to_owned())]);

    let parts: Vec<_> = header.split('-').collect();
    assert_eq!((parts.len(), parts[3]), (8, "299"), "{header}");
    assert!(is_idle());
}

/// An integration's exit inside of an annotated one merges with it, recorded or not.
#[test]
fn merged_spans_past_the_limit_count_once() {
    static CALL: Callsite = callsite!(exit, "call", peer = "other:1");
    static INNER: Callsite = callsite!(exit, "inner", peer = "inner:2");
    #[exit_span(name = "computed", peer = format!("inner:{}", 2), inject = headers)]
    fn computed(headers: &mut String) {}
    let mut headers = [String::new(), String::new()];
    let before = stats::read().count(Diagnostic::SpanLimit);
    let trees = full(|| {
        span(&CALL).run(|| drop(span(&INNER).enter()));
        span(&CALL).run(|| {
            // One after the other, and one in the other.
            computed(&mut headers[0]);
            span(&INNER).run(|| computed(&mut headers[1]));
        });
        span(&A).run(|| span(&ENTRY).run(|| drop(span(&ENTRY).enter())));
    });
    assert_eq!(trees[0].root.tags, [("left_out".to_owned(), "spans=4".to_owned())]);
    assert!(stats::read().count(Diagnostic::SpanLimit) >= before + 4);
    assert_eq!(headers.each_ref().map(|header| address_in(header)), ["inner:2", "inner:2"]);
    let trees = full(|| {
        // Two concurrent ones are two spans, and so is one below a Local span.
        futures::executor::block_on(span(&CALL).future(async {
            tokio::join!(span(&INNER).future(yields(2)), span(&INNER).future(yields(1)));
        }));
        span(&CALL).run(|| span(&A).run(|| drop(span(&INNER).enter())));
    });
    assert_eq!(trees[0].root.tags, [("left_out".to_owned(), "spans=5".to_owned())]);
    assert!(is_idle());
}

#[test]
fn unsampled_request_records_nothing_and_has_a_trace_id() {
    let mut seen = (None, None, String::from("sw8:old\nkeep:me"));
    let trees = Test::new().sampler(|name| name != "/macro").run(|| {
        #[exit_span(name = "call", peer = "other:1", inject = header)]
        fn call(header: &mut String) {}
        #[entry_span(name = "/macro")]
        fn unsampled(seen: &mut (Option<String>, Option<String>, String)) {
            seen.0 = trace_id();
            part(1);
            assert!(skywalking_runtime::propagation::correlation::put("k", "v"));
            call(&mut seen.2);
            seen.1 = trace_id();
        }
        unsampled(&mut seen);
        assert!(is_idle());
        part(2);
    });

    assert_eq!(
        text(&trees),
        "Local part {kind=literal, user=2}\n  Exit store layer=Database component=22 peer=db:5432 {rows=3} [event=stored]\n"
    );
    assert!(seen.0.is_some() && seen.0 == seen.1);
    assert_eq!(seen.2, "keep:me\nsw8-correlation:aw==:dg==");
}

/// Runs work in a segment at its span limit.
fn full(work: impl FnOnce()) -> Vec<testing::Tree> {
    run(|| {
        span(&ENTRY).run(|| {
            (0..299).for_each(|_| drop(span(&A).enter()));
            work();
        });
    })
}

fn address_in(header: &str) -> String {
    use base64::Engine as _;
    let part = header.lines().next().and_then(|line| line.rsplit('-').next()).unwrap_or_default();
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(part).unwrap()).unwrap()
}

#[test]
fn over_the_limit_each_exit_sends_its_own_address() {
    #[exit_span(name = "literal", peer = "literal:1", inject = headers)]
    fn literal(headers: &mut String) {}
    #[exit_span(name = "computed", peer = format!("computed:{port}"), inject = headers)]
    fn computed(port: u16, headers: &mut String) {}

    let mut headers = [const { String::new() }; 4];
    full(|| {
        computed(1, &mut headers[0]);
        literal(&mut headers[1]);
        {
            let _local = span(&B).enter();
            skywalking_runtime::propagation::inject(&mut headers[2]);
        }
        computed(2, &mut headers[3]);
    });

    assert_eq!(headers[2], "");
    assert_eq!(
        [0, 1, 3].map(|at| address_in(&headers[at])),
        ["computed:1", "literal:1", "computed:2"]
    );
}

#[test]
fn exit_over_the_limit_after_its_arguments_sends_its_address() {
    fn address() -> &'static str {
        drop(span(&B).enter());
        "late:1"
    }
    #[exit_span(name = "late", peer = address(), inject = headers)]
    fn late(headers: &mut String) {}

    let mut headers = String::new();
    run(|| {
        span(&ENTRY).run(|| {
            (0..298).for_each(|_| drop(span(&A).enter()));
            late(&mut headers);
        });
    });

    assert_eq!(address_in(&headers), "late:1");
}

#[test]
fn over_the_limit_many_exits_send_their_own_addresses() {
    #[exit_span(name = "call", peer = format!("host-{number}:1"), tags("number" = number), inject = headers)]
    fn call(number: u32, headers: &mut String) {}
    let mut headers = String::new();
    let trees = full(|| {
        for number in 0..20_000 {
            call(number, &mut headers);
            let expected = format!("host-{number}:1");
            assert_eq!(address_in(&headers), expected);
        }
    });
    assert_eq!(trees[0].root.children.len(), 299);
}

#[test]
fn over_the_limit_spans_merge_as_below_it() {
    static OTHER: Callsite = callsite!(entry, "/other");
    let trees = run(|| {
        let mut inner = Box::pin(span(&ENTRY).name("/inner").future(yields(1)));
        span(&ENTRY).run(|| {
            // Merges with the root, and waits.
            assert!(inner.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            for _ in 0..299 {
                drop(span(&A).enter());
            }
            drop(span(&B).enter());
            // So this one does not merge with the root, and is over the limit.
            let other = span(&OTHER).enter();
            current().tag("lost", true);
            drop(other);
            current().tag("kept", true);
            drop(inner);
        });
    });
    let root = &trees[0].root;
    assert_eq!((&*root.name, root.children.len()), ("/inner", 299));
    assert_eq!(
        root.tags,
        [("kept", "true"), ("left_out", "spans=2")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
    );
    assert!(is_idle());
}

#[test]
fn after_an_unrecorded_span_the_nearest_open_one_is_current() {
    static OUTER: Callsite = callsite!(exit, "outer", peer = "other:1");
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let mut inner = Box::pin(span(&OUTER).name("outer").future(async {
                yields(1).await;
                drop(span(&B).enter());
                current().tag("current", "the root");
            }));
            let mut cx = Context::from_waker(Waker::noop());
            // Merges with the outer span, which ends before it.
            span(&OUTER).run(|| assert!(inner.as_mut().poll(&mut cx).is_pending()));
            for _ in 0..298 {
                drop(span(&A).enter());
            }
            assert!(inner.as_mut().poll(&mut cx).is_ready());
        });
    });
    let root = &trees[0].root;
    assert_eq!((&*root.children[0].name, root.children.len()), ("outer", 299));
    assert_eq!(
        root.tags,
        [("current", "the root"), ("left_out", "spans=1")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
    );
}

#[test]
fn over_the_limit_arguments_that_open_spans_keep_the_address() {
    #[exit_span(name = "call", peer = peer, tags("part" = span(&A).run(|| 7)), inject = headers)]
    fn call(peer: &str, headers: &mut String) {}

    let mut header = String::new();
    full(|| call("computed:1", &mut header));

    assert_eq!(address_in(&header), "computed:1");
}

#[test]
fn blank_names_addresses_and_keys_count_as_missing() {
    static BLANK: Callsite = callsite!(exit, " ", peer = " ");
    #[exit_span(name = name, peer = peer, inject = headers)]
    fn call(name: &str, peer: &str, headers: &mut String) {}

    let mut headers = [String::new(), String::new()];
    let late = format!("{}x", "\u{a0}".repeat(200));
    let trees = run(|| {
        span(&ENTRY).name("  ").run(|| {
            call(" ", "\u{a0} ", &mut headers[0]);
            current()
                .set_name(&late)
                .tag("", 1)
                .tag(" ", "2")
                .log("", 3)
                .log_fields(&[("a", &4), ("\u{2003}", &5)]);
            span(&BLANK).run(|| current().set_peer(&late));
            let here = capture();
            here.run(" ", || ());
            std::thread::spawn(move || here.run("", || ())).join().unwrap();
        });
        span(&BLANK).run(|| inject(&mut headers[1]));
    });

    assert_eq!(headers.each_ref().map(|header| address_in(header)), ["unknown", "unknown"]);
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http {unnamed=2} [unnamed=3] [a=4 unnamed=5]\n  Exit integration::spans::limits::call peer=unknown\n  \
         Exit unnamed peer=unknown\n  Local continued\n  Local continued ref=CrossThread\nExit unnamed peer=unknown\n"
    );
}

/// Returns the value of the tag that counts the dropped entries on the first span.
fn left_out(trees: &[testing::Tree]) -> Option<&str> {
    trees[0].root.tags.iter().find(|(key, _)| key == "left_out").map(|(_, value)| &**value)
}

#[test]
fn spans_beyond_the_limit_are_counted_on_the_first_span() {
    for spans in [0, 299, 300, 401] {
        let trees = run(|| span(&ENTRY).run(|| (0..spans).for_each(|_| drop(span(&A).enter()))));
        let expected = (spans > 299).then(|| format!("spans={}", spans - 299));
        assert_eq!(left_out(&trees), expected.as_deref());
        assert_eq!(trees[0].root.is_size_limited, expected.is_some());
    }
}

#[test]
fn tags_and_logs_over_limits_are_counted_on_the_first_span() {
    let _counts = crate::exact_counts();
    let big = "x".repeat(2_048);
    // One span adds more than a segment holds: 16 384 entries, and 1 MiB of text.
    let entries = run(|| {
        span(&ENTRY)
            .run(|| span(&A).run(|| (0..16_390).for_each(|number| _ = current().tag("n", number))));
    });

    assert_eq!(left_out(&entries), Some("tags=6"));

    let text = run(|| {
        span(&ENTRY).run(|| span(&A).run(|| (0..520).for_each(|_| _ = current().tag("n", &*big))));
    });

    assert_eq!(left_out(&text), Some("tags=8"));

    let logs = run(|| {
        span(&ENTRY)
            .run(|| span(&A).run(|| (0..8_200).for_each(|number| _ = current().log("n", number))));
    });

    // 8 192 logs of one field each fill the segment, and a span reports 300 of them.
    assert_eq!(left_out(&logs), Some("logs=7900"));

    let fields = run(|| {
        span(&ENTRY).run(|| span(&A).run(|| (0..520).for_each(|_| _ = current().log("n", &*big))));
    });

    assert_eq!(left_out(&fields), Some("log_fields=8, logs=220"));
}

#[test]
fn logs_of_spans_and_entries_of_handles_are_counted() {
    let _counts = crate::exact_counts();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            (0..2).for_each(|_| {
                span(&A).run(|| (0..310).for_each(|number| _ = current().log("n", number)));
            });
            let mut handle = span(&B).run(|| current().detach());
            (0..1_030).for_each(|number| _ = handle.tag("n", number));
            (0..3).for_each(|number| _ = handle.log("n", number));
            handle.finish();
        });
    });

    assert_eq!(left_out(&trees), Some("tags=6, logs=23"));
    assert!(trees[0].root.is_size_limited);
}

#[test]
fn each_part_counts_its_own_dropped_entries() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            (0..301).for_each(|_| drop(span(&B).enter()));
            current().tag("left_out", "mine");
            (0..8_200).for_each(|number| _ = current().tag("number", number));
            drop(span(&C).enter());
            (0..300).for_each(|_| drop(span(&B).enter()));
        });
    });
    let root = &trees[0].root;
    // A tag of the program with this key is replaced.
    assert_eq!(left_out(&trees), Some("spans=3"));
    let next = root.children.iter().find(|child| child.name == "/entry").expect("a second part");
    assert_eq!(next.tags, [("left_out".to_owned(), "spans=1".to_owned())]);
}
