//! Spans on one thread: nesting, guards in any order, panics, limits, what a `Display` may do.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use skywalking_runtime::testing::{self, Test, is_idle, run, text};
use skywalking_runtime::{Callsite, Root, callsite, child, current, entry_span, exit_span, local_span, trace_id};

static ENTRY: Callsite = callsite!(entry, "/entry", layer = http);
static A: Callsite = callsite!(local, "a");
static B: Callsite = callsite!(local, "b");
static C: Callsite = callsite!(local, "c");

#[entry_span(name = "/macro", layer = http)]
fn annotated(user: u64) -> u64 {
    part(user) + 1
}

#[local_span(name = "part", tags("user" = user, "kind" = "literal"))]
fn part(user: u64) -> u64 {
    store();
    user
}

#[exit_span(name = "store", peer = "db:5432", layer = database, component = 22)]
fn store() {
    current().tag("rows", 3).log("event", "stored");
}

#[test]
fn calls_nest_as_spans() {
    let trees = run(|| annotated(7));
    assert_eq!(
        text(&trees),
        "Entry /macro layer=Http\n  Local part {kind=literal, user=7}\n    Exit store layer=Database component=22 peer=db:5432 {rows=3} [event=stored]\n"
    );
    assert!(is_idle());
}

#[test]
fn macros_and_hands_give_the_same_tree() {
    static MACRO: Callsite = callsite!(entry, "/macro", layer = http);
    static PART: Callsite = callsite!(local, "part", tags = [("kind", "literal")]);
    static STORE: Callsite = callsite!(exit, "store", peer = "db:5432", layer = database, component = 22);
    let by_hand = run(|| {
        Root::new(&MACRO).run(|| {
            let _part = child(&PART);
            current().tag("user", 7_u64);
            let _store = child(&STORE);
            current().tag("rows", 3).log("event", "stored");
        });
    });
    assert_eq!(text(&by_hand), text(&run(|| annotated(7))));
}

#[test]
fn without_a_context_each_kind_begins_a_trace() {
    let trees = run(|| {
        annotated(1);
        part(2);
        store();
    });
    let roots: Vec<_> = trees.iter().map(|tree| format!("{} {}", tree.root.kind, tree.root.name)).collect();
    assert_eq!(roots, ["Entry /macro", "Local part", "Exit store"]);
    let ids: std::collections::HashSet<_> = trees.iter().map(|tree| &tree.trace_id).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn an_early_return_closes_the_span() {
    #[local_span(name = "early")]
    fn early(stop: bool) -> &'static str {
        if stop {
            return "early";
        }
        "late"
    }
    let trees = run(|| Root::new(&ENTRY).run(|| (early(true), early(false), drop(child(&A)))));
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local early\n  Local early\n  Local a\n");
}

/// The six orders in which three nested guards can drop: the tree is the same, and what is opened next finds the nearest open ancestor.
#[test]
fn three_guards_may_drop_in_every_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let trees = run(|| {
            Root::new(&ENTRY).run(|| {
                let mut guards = [Some(child(&A)), Some(child(&B)), Some(child(&C))];
                for at in order {
                    guards[at] = None;
                    drop(child(&ENTRY));
                }
            });
        });
        let names = ["a", "b", "c"];
        let mut open = vec![0, 1, 2];
        let mut expected = vec![String::new(); 4];
        for at in order {
            open.retain(|other| *other != at);
            // Below the root, or below the innermost guard that is still there.
            let parent = open.last().map_or(0, |inner| inner + 1);
            expected[parent].push('+');
        }
        let root = &trees[0].root;
        let mut found = vec![String::new(); 4];
        let mut at = root;
        for depth in 0..=3 {
            found[depth] = at.children.iter().filter(|child| child.name == "/entry").map(|_| '+').collect();
            if let Some(inner) = at.children.iter().find(|child| depth < 3 && child.name == names[depth]) {
                at = inner;
            }
        }
        assert_eq!(found, expected, "order {order:?}");
        assert!(is_idle());
    }
}

#[test]
fn a_guard_that_outlives_its_root_does_nothing_and_is_counted() {
    let before = misplaced();
    let trees = run(|| {
        let late = Root::new(&ENTRY).run(|| child(&A));
        assert!(is_idle());
        drop(late);
        Root::new(&ENTRY).run(|| drop(child(&B)));
    });
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local a {unfinished=true}\nEntry /entry layer=Http\n  Local b\n");
    assert!(misplaced() > before);
    assert!(is_idle());
}

fn misplaced() -> u64 {
    skywalking_runtime::stats().count(skywalking_runtime::Reason::GuardMisplaced)
}

#[test]
fn a_panic_marks_exactly_the_spans_that_unwound() {
    #[local_span(name = "outer")]
    fn outer() {
        let caught = catch_unwind(AssertUnwindSafe(inner));
        assert!(caught.is_err());
        drop(child(&C));
    }
    #[local_span(name = "inner")]
    fn inner() {
        let _guard = child(&B);
        panic!("on purpose: {}", 7)
    }
    let trees = run(|| Root::new(&ENTRY).run(outer));
    let log = "[event=error error.kind=panic message=on purpose: 7]";
    assert_eq!(
        text(&trees),
        format!("Entry /entry layer=Http\n  Local outer\n    Local inner ERROR {log}\n      Local b ERROR {log}\n    Local c\n")
    );
    assert!(is_idle());
}

#[test]
fn a_root_that_panics_is_sent_and_leaves_the_slot_empty() {
    let trees = run(|| {
        let caught = catch_unwind(|| Root::new(&ENTRY).run(|| panic!("whole")));
        assert!(caught.is_err() && is_idle());
    });
    assert_eq!(text(&trees), "Entry /entry layer=Http ERROR [event=error error.kind=panic message=whole]\n");
}

#[test]
fn spans_opened_while_unwinding_are_no_panics_of_their_own() {
    struct Cleanup;
    impl Drop for Cleanup {
        fn drop(&mut self) {
            drop(child(&A));
        }
    }
    let trees = run(|| {
        Root::new(&ENTRY).run(|| {
            let caught = catch_unwind(|| {
                let _cleanup = Cleanup;
                panic!("go")
            });
            assert!(caught.is_err());
        });
    });
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local a\n");
}

#[test]
fn an_error_that_is_returned_marks_the_span() {
    #[derive(Debug)]
    struct Broken(std::num::ParseIntError);
    impl fmt::Display for Broken {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no order")
        }
    }
    impl std::error::Error for Broken {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    #[local_span(name = "read")]
    fn read(text: &str) -> Result<u8, Broken> {
        let number = text.parse::<u8>().map_err(Broken)?;
        Ok(number)
    }
    #[local_span(name = "boxed")]
    fn boxed(text: &str) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
        Ok(text.parse::<u8>()?)
    }
    #[local_span(name = "unnamed")]
    fn unnamed<E>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[local_span(name = "quiet", no_err)]
    fn quiet() -> Result<(), fmt::Error> {
        Err(fmt::Error)
    }
    let trees = run(|| {
        Root::new(&ENTRY).run(|| {
            assert!(read("7").is_ok() && read("x").is_err() && boxed("x").is_err() && unnamed(()).is_err() && quiet().is_err());
        });
    });
    let shown = text(&trees);
    let lines: Vec<_> = shown.lines().map(str::trim).collect();
    assert_eq!(lines[1], "Local read");
    assert!(lines[2].starts_with("Local read ERROR [event=error error.kind="), "{}", lines[2]);
    assert!(lines[2].ends_with("Broken message=no order stack=no order\\nCaused by: invalid digit found in string]"), "{}", lines[2]);
    assert!(
        lines[3].contains("Box<dyn core::error::Error") && lines[3].ends_with("message=invalid digit found in string]"),
        "{}",
        lines[3]
    );
    assert_eq!(lines[4], "Local unnamed ERROR [event=error error.kind=()]");
    assert_eq!(lines[5], "Local quiet");
}

#[test]
fn a_display_that_opens_spans_and_tags_finds_its_own_context() {
    struct Curious;
    impl fmt::Display for Curious {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let _span = child(&C);
            current().tag_display("nested", &format_args!("{}", 1 + 1));
            f.write_str("shown")
        }
    }
    #[local_span(name = "tagged", tags("value" = %Curious))]
    fn tagged() {
        current().tag_display("inside", &Curious);
    }
    let trees = run(|| Root::new(&ENTRY).run(tagged));
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local c {nested=2}\n  Local tagged {value=shown, inside=shown}\n    Local c {nested=2}\n"
    );
    assert!(is_idle());
}

#[test]
fn a_display_that_panics_costs_its_value_alone() {
    struct Bad;
    impl fmt::Display for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in Display")
        }
    }
    #[local_span(name = "tagged", tags("bad" = %Bad, "good" = 1))]
    fn tagged() -> u8 {
        42
    }
    let trees = run(|| Root::new(&ENTRY).run(|| assert_eq!(tagged(), 42)));
    // Literal tags come first: they are in the callsite.
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local tagged {good=1, bad=<panicked>}\n");
}

#[test]
fn an_argument_that_panics_is_the_programs_own_and_leaves_nothing_behind() {
    fn boom() -> u8 {
        panic!("argument")
    }
    #[entry_span(name = "/never", tags("x" = boom()))]
    fn never() {}
    let trees = run(|| {
        assert!(catch_unwind(never).is_err());
        assert!(is_idle());
    });
    assert_eq!(text(&trees), "");
}

#[test]
fn past_the_span_limit_parents_stay_right_and_exits_still_send_a_header() {
    static CALL: Callsite = callsite!(exit, "call", peer = "other:1");
    #[exit_span(name = "call", peer = format!("other:{}", 1), inject = headers)]
    fn call(headers: &mut String) {}
    let mut header = String::new();
    let trees = run(|| {
        Root::new(&ENTRY).run(|| {
            for _ in 0..298 {
                drop(child(&A));
            }
            let _last = child(&B);
            // 300 spans: from here on nothing is recorded.
            let lost = child(&C);
            current().tag("lost", true);
            drop(child(&CALL));
            call(&mut header);
            drop(lost);
            current().tag("kept", true);
        });
    });
    let root = &trees[0].root;
    assert!(root.is_size_limited);
    assert_eq!(root.children.len(), 299);
    assert_eq!(root.children[298].tags, [("kept".to_owned(), "true".to_owned())]);
    let parts: Vec<_> = header.split('-').collect();
    assert_eq!((parts.len(), parts[3]), (8, "299"), "{header}");
    assert!(is_idle());
}

#[test]
fn an_unsampled_request_records_nothing_and_has_a_trace_id() {
    let mut seen = (None, None, String::from("sw8:old\nkeep:me"));
    let trees = Test::new().sampler(|name| name != "/macro").run(|| {
        #[entry_span(name = "/macro")]
        fn unsampled(seen: &mut (Option<String>, Option<String>, String)) {
            seen.0 = trace_id();
            part(1);
            assert!(skywalking_runtime::correlation::put("k", "v"));
            #[exit_span(name = "call", peer = "other:1", inject = header)]
            fn call(header: &mut String) {}
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

#[test]
fn a_child_by_hand_without_a_context_does_nothing_and_is_counted() {
    let reason = skywalking_runtime::Reason::ChildWithoutContext;
    let before = skywalking_runtime::stats().count(reason);
    let trees = run(|| {
        drop(child(&A));
        child(&B).run(|| drop(child(&C)));
    });
    assert_eq!(text(&trees), "Local b\n  Local c\n");
    assert!(skywalking_runtime::stats().count(reason) > before);
    assert!(is_idle());
}

#[test]
fn tags_of_every_type_are_recorded_as_display_prints_them() {
    #[local_span(name = "tags", tags(
        "str" = "literal", "int" = -3, "float" = 1.0, "char" = 'c', "bool" = true,
        "string" = String::from("s"), "u8" = 7_u8, "u64" = u64::MAX, "i64" = i64::MIN, "b" = 1 == 2, "f" = 0.5_f32 + 0.25, "u128" = u128::MAX,
        "debug" = ?Some(1), "display" = %"x", "twice" = 1, value
    ))]
    fn tags(value: &str) {
        current().tag("twice", 2).tag("bool", false);
    }
    let trees = run(|| tags("bare"));
    let tags: Vec<_> = trees[0].root.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut sorted = tags.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        [
            "b=false",
            "bool=false",
            "char=c",
            "debug=Some(1)",
            "display=x",
            "f=0.75",
            "float=1",
            "i64=-9223372036854775808",
            "int=-3",
            "str=literal",
            "string=s",
            "twice=2",
            "u128=340282366920938463463374607431768211455",
            "u64=18446744073709551615",
            "u8=7",
            "value=bare"
        ]
    );
}

#[test]
fn names_and_peers_are_cut_cleaned_and_never_empty() {
    #[exit_span(name = name, peer = peer)]
    fn call(name: &str, peer: &str) {}
    let trees = run(|| {
        Root::new(&ENTRY).run(|| {
            call("", "");
            call(&"键".repeat(200), &"p".repeat(300));
            call("a\nb\u{1b}[31m", "h\r\n:1");
            current().set_name("renamed").set_component(49).set_layer(skywalking_runtime::Layer::Rpc).skip_analysis();
        });
    });
    let root = &trees[0].root;
    assert_eq!(text(&trees).lines().next(), Some("Entry renamed layer=RPCFramework component=49 SKIP_ANALYSIS"));
    let shown: Vec<_> = root.children.iter().map(|span| (span.name.as_str(), span.peer.as_str())).collect();
    let (name, peer) = ("键".repeat(150), "p".repeat(200));
    assert_eq!(
        shown,
        [("heart_threads::call", "unknown"), (name.as_str(), peer.as_str()), ("a_b_[31m", "h__:1")]
            .map(|(name, peer)| (if name == "heart_threads::call" { shown[0].0 } else { name }, peer))
    );
    assert!(shown[0].0.ends_with("::call"), "{}", shown[0].0);
}

#[test]
fn thread_local_destructors_and_forgotten_guards_do_no_harm() {
    struct Late;
    impl Drop for Late {
        fn drop(&mut self) {
            annotated(3);
            drop(child(&A));
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
        let snapshot = Root::new(&ENTRY).run(skywalking_runtime::capture);
        std::thread::spawn(move || {
            snapshot.run("on thread", || {
                std::mem::forget(child(&A));
            });
        })
        .join()
        .expect("no panic");
    });
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local on thread ref=CrossThread\n    Local a {unfinished=true}\n");
}

#[test]
fn a_test_sees_its_own_spans_alone() {
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| testing::run(|| (0..100).for_each(|user| assert_eq!(annotated(user), user + 1))));
        let two = scope.spawn(|| testing::run(|| (0..100).for_each(|_| store())));
        (one.join().expect("one"), two.join().expect("two"))
    });
    assert_eq!((one.len(), two.len()), (100, 100));
    assert!(one.iter().all(|tree| tree.root.name == "/macro") && two.iter().all(|tree| tree.root.name == "store"));
}

/// A segment with no room for a further span.
fn full(work: impl FnOnce()) -> Vec<testing::Tree> {
    run(|| {
        Root::new(&ENTRY).run(|| {
            (0..299).for_each(|_| drop(child(&A)));
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
fn past_the_span_limit_each_exit_sends_its_own_address_and_a_local_none() {
    #[exit_span(name = "literal", peer = "literal:1", inject = headers)]
    fn literal(headers: &mut String) {}
    #[exit_span(name = "computed", peer = format!("computed:{port}"), inject = headers)]
    fn computed(port: u16, headers: &mut String) {}
    let mut headers = [const { String::new() }; 4];
    full(|| {
        computed(1, &mut headers[0]);
        literal(&mut headers[1]);
        {
            let _local = child(&B);
            skywalking_runtime::inject(&mut headers[2]);
        }
        computed(2, &mut headers[3]);
    });
    assert_eq!(headers[2], "");
    assert_eq!([0, 1, 3].map(|at| address_in(&headers[at])), ["computed:1", "literal:1", "computed:2"]);
}

#[test]
fn an_exit_that_finds_no_room_any_more_after_its_arguments_sends_its_address() {
    fn address() -> &'static str {
        drop(child(&B));
        "late:1"
    }
    #[exit_span(name = "late", peer = address(), inject = headers)]
    fn late(headers: &mut String) {}
    let mut headers = String::new();
    run(|| {
        Root::new(&ENTRY).run(|| {
            (0..298).for_each(|_| drop(child(&A)));
            late(&mut headers);
        });
    });
    assert_eq!(address_in(&headers), "late:1");
}

#[test]
fn a_name_by_hand_whose_display_panics_costs_its_text_alone() {
    struct Bad;
    impl fmt::Display for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in Display")
        }
    }
    let trees = run(|| Root::new(&ENTRY).name(Bad).peer(Bad).run(|| ()));
    assert_eq!(text(&trees), "Entry <panicked> layer=Http peer=<panicked>\n");
    assert!(is_idle());
}

#[test]
fn an_older_panic_is_not_told_of_a_later_one() {
    let trees = run(|| {
        Root::new(&ENTRY).run(|| {
            assert!(catch_unwind(|| panic!("older")).is_err());
            let caught = catch_unwind(|| {
                let _span = child(&A);
                // As an error of a joined task is: no hook runs, so nobody knows its message.
                std::panic::resume_unwind(Box::new("later"));
            });
            assert!(caught.is_err());
        });
    });
    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local a ERROR [event=error error.kind=panic]\n");
}

#[test]
fn literal_names_and_peers_keep_to_the_limits_as_well() {
    static LONG: Callsite = callsite!(
        entry,
        "/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789"
    );
    static CALL: Callsite = callsite!(exit, "call\n", peer = "host\r:1");
    let mut header = String::new();
    let trees = run(|| {
        Root::new(&LONG).run(|| {
            let _call = child(&CALL);
            skywalking_runtime::inject(&mut header);
        });
    });
    let (root, call) = (&trees[0].root, &trees[0].root.children[0]);
    assert_eq!((root.name.len(), call.name.as_str(), call.peer.as_str()), (150, "call_", "host_:1"));
    let again = run(|| Root::new(&ENTRY).extract(&header).run(|| ()));
    assert_eq!((&again[0].root.refs[0].endpoint, again[0].root.refs[0].address.as_str()), (&root.name, "host_:1"));
}

#[test]
fn a_sampler_may_trace() {
    let trees = Test::new()
        .sampler(|_| {
            annotated(1);
            true
        })
        .run(|| part(2));
    assert_eq!(trees.len(), 1);
}
