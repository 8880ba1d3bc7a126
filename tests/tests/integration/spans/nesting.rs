//! Spans on one thread: parents, and attributes.

use crate::spans::prelude::*;

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
fn attributes_and_builders_give_the_same_tree() {
    static MACRO: Callsite = callsite!(entry, "/macro", layer = http);
    static PART: Callsite = callsite!(local, "part", tags = [("kind", "literal")]);
    static STORE: Callsite =
        callsite!(exit, "store", peer = "db:5432", layer = database, component = 22);
    let by_hand = run(|| {
        span(&MACRO).run(|| {
            let _part = span(&PART).enter();
            current().tag("user", 7_u64);
            let _store = span(&STORE).enter();
            current().tag("rows", 3).log("event", "stored");
        });
    });
    assert_eq!(text(&by_hand), text(&run(|| annotated(7))));
}

#[test]
fn without_a_context_each_kind_starts_a_trace() {
    let trees = run(|| {
        annotated(1);
        part(2);
        store();
    });
    let roots: Vec<_> =
        trees.iter().map(|tree| format!("{} {}", tree.root.kind, tree.root.name)).collect();

    assert_eq!(roots, ["Entry /macro", "Local part", "Exit store"]);

    let ids: std::collections::HashSet<_> = trees.iter().map(|tree| &tree.trace_id).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn early_return_ends_the_span() {
    #[local_span(name = "early")]
    fn early(stop: bool) -> &'static str {
        if stop {
            return "early";
        }
        "late"
    }

    let trees = run(|| span(&ENTRY).run(|| (early(true), early(false), drop(span(&A).enter()))));

    assert_eq!(text(&trees), "Entry /entry layer=Http\n  Local early\n  Local early\n  Local a\n");
}

#[test]
fn display_that_opens_spans_and_tags_has_its_own_context() {
    struct Curious;
    impl fmt::Display for Curious {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let _span = span(&C).enter();
            current().tag_display("nested", format_args!("{}", 1 + 1));
            f.write_str("shown")
        }
    }
    #[local_span(name = "tagged", tags("value" = %Curious))]
    fn tagged() {
        current().tag_display("inside", &Curious);
    }

    let trees = run(|| span(&ENTRY).run(tagged));

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Local tagged {value=shown, inside=shown}\n    Local c {nested=2}\n"
    );
    assert!(is_idle());
}

#[test]
fn tags_of_every_type_are_recorded_as_their_display() {
    #[local_span(name = "tags", tags(
        "str" = "literal", "int" = -3, "float" = 1.0, "char" = 'c', "bool" = true,
        "string" = String::from("s"), "u8" = 7_u8, "u64" = u64::MAX, "i64" = i64::MIN, "b" = 1 == 2, "f" = 0.5_f32 + 0.25, "u128" = u128::MAX,
        "debug" = ?Some(1), "display" = %"x", "twice" = 1, value
    ))]
    fn tags(value: &str) {
        current().tag("twice", 2).tag("bool", false);
    }
    let trees = run(|| tags("bare"));
    let tags: Vec<_> =
        trees[0].root.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
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
        span(&ENTRY).run(|| {
            call("", "");
            call(&"键".repeat(200), &"p".repeat(300));
            call("a\nb\u{1b}[31m", "h\r\n:1");
            current()
                .set_name("renamed")
                .set_component(49)
                .set_layer(skywalking_runtime::SpanLayer::Rpc)
                .skip_analysis();
        });
    });
    let root = &trees[0].root;

    assert_eq!(
        text(&trees).lines().next(),
        Some("Entry renamed layer=RPCFramework component=49 SKIP_ANALYSIS")
    );

    let shown: Vec<_> =
        root.children.iter().map(|span| (span.name.as_str(), span.peer.as_str())).collect();
    // 150 of these characters have 450 bytes. SQL storage accepts 174 below the service "testing".
    let name = skywalking_proto::storage::shorten(&"键".repeat(150), 150, 174).into_owned();
    let peer = "p".repeat(200);

    assert_eq!(
        shown,
        [("DEFAULT", "unknown"), (name.as_str(), peer.as_str()), ("a_b_[31m", "h__:1")]
            .map(|(name, peer)| (if name == "DEFAULT" { shown[0].0 } else { name }, peer))
    );
    assert!(shown[0].0.ends_with("::call"), "{}", shown[0].0);
}

#[test]
fn test_sees_only_its_own_spans() {
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| {
            testing::run(|| (0..100).for_each(|user| assert_eq!(annotated(user), user + 1)))
        });
        let two = scope.spawn(|| testing::run(|| (0..100).for_each(|_| store())));
        (one.join().expect("one"), two.join().expect("two"))
    });

    assert_eq!((one.len(), two.len()), (100, 100));
    assert!(
        one.iter().all(|tree| tree.root.name == "/macro")
            && two.iter().all(|tree| tree.root.name == "store")
    );
}

#[test]
fn literal_names_and_peers_have_the_limits_too() {
    static LONG: Callsite = callsite!(
        entry,
        "/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789"
    );
    static CALL: Callsite = callsite!(exit, "call\n", peer = "host\r:1");

    let mut header = String::new();
    let trees = run(|| {
        span(&LONG).run(|| {
            let _call = span(&CALL).enter();
            skywalking_runtime::propagation::inject(&mut header);
        });
    });
    let (root, call) = (&trees[0].root, &trees[0].root.children[0]);

    assert_eq!(
        (root.name.len(), call.name.as_str(), call.peer.as_str()),
        (150, "call_", "host_:1")
    );

    let again = run(|| span(&ENTRY).extract(&header).run(|| ()));
    assert_eq!(
        (&again[0].root.refs[0].endpoint, again[0].root.refs[0].address.as_str()),
        (&root.name, "host_:1")
    );
}

#[test]
fn sampler_may_open_spans() {
    let trees = Test::new()
        .sampler(|_| {
            annotated(1);
            true
        })
        .run(|| part(2));
    assert_eq!(trees.len(), 1);
}
