//! Names that fit into SQL storage. Whatever names a process and its callers have, reported texts
//! fit their columns, and the callee names the endpoint that its caller reports.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use skywalking_proto::storage;
use skywalking_runtime::redact::Field;
use skywalking_runtime::stats::{self, Diagnostic};
use skywalking_runtime::testing::{Test, Tree, run, text};
use skywalking_runtime::{
    Callsite, Config, CurrentSpan, SpanKind, TracedFn as _, callsite,
    config::Storage,
    current, entry_span, exit_span, local_span,
    propagation::{capture, inject},
    span,
};
use skywalking_tests::spans;

use super::start;

const LONG: &str = "/注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文";
static ENTRY: Callsite = callsite!(
    entry,
    "/注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文"
);
static CALL: Callsite =
    callsite!(exit, "call", peer = "база-данных-номер-один.внутренняя.сеть.пример.испытание:5432");

/// Service names from the shortest to the longest valid one: ASCII, Cyrillic, CJK, and a mix.
fn services() -> [String; 6] {
    [
        "a".into(),
        "s".repeat(34),
        "s".repeat(50),
        "б".repeat(50),
        "键".repeat(49),
        format!("{}x", "𝄞".repeat(24)),
    ]
}

/// Names at a limit, and of each length beyond it.
fn names() -> Vec<String> {
    let mut names = vec![
        LONG.to_owned(),
        "键".repeat(150),
        "б".repeat(150),
        "n".repeat(150),
        "𝄞".repeat(75),
        "e\u{301}".repeat(75),
    ];
    names.extend((10..=60).map(|length| format!("/{}", "键".repeat(length))));
    names.extend((130..=150).map(|length| "n".repeat(length)));
    names
}

fn base64(text: &str) -> usize {
    STANDARD.encode(text).len()
}

/// Computes the length of the columns, independent of the tested rule.
#[track_caller]
fn fits(service: &str, name: &str) {
    assert!(base64(service) + 2 <= 200, "{service}");
    assert!(base64(service) + 3 + base64(name) <= 250, "{service} {name}");
}

fn parts(header: &str) -> Vec<String> {
    let value = header.lines().find_map(|line| line.strip_prefix("sw8:")).expect("a header");
    value
        .split('-')
        .skip(4)
        .map(|part| String::from_utf8(STANDARD.decode(part).unwrap()).unwrap())
        .collect()
}

/// Checks that each name and each reference of the trees fits.
#[track_caller]
fn all_fit(service: &str, instance: &str, trees: &[Tree]) {
    fits(service, instance);
    for span in spans::all(trees) {
        fits(service, &span.name);
        assert!(storage::peer_fits(&span.peer), "{}", span.peer);
        for reference in &span.refs {
            fits(&reference.service, &reference.instance);
            fits(&reference.service, &reference.endpoint);
            assert!(storage::peer_fits(&reference.address), "{}", reference.address);
        }
    }
}

#[test]
fn callee_names_the_endpoint_that_its_caller_reports() {
    for service in services() {
        let running = start(Config::new(&service).instance("实".repeat(50)));
        let instance = running.0.instance().to_owned();
        for name in names() {
            let mut header = String::new();
            let trees = run(|| {
                span(&ENTRY).name(&name).run(|| {
                    let here = capture();
                    std::thread::spawn(move || here.run("part", || ())).join().unwrap();
                    let _call = span(&CALL).enter();
                    inject(&mut header);
                });
            });
            all_fit(&service, &instance, &trees);
            let root = &trees[0].root;
            let [sent_service, sent_instance, endpoint, address] =
                parts(&header).try_into().unwrap();
            let call = root.children.iter().find(|span| span.kind == SpanKind::Exit).unwrap();
            assert_eq!(
                (&sent_service, &sent_instance, &endpoint, &address),
                (&service, &instance, &root.name, &call.peer)
            );
            let part = root.children.iter().find(|span| span.name == "part").unwrap();
            assert_eq!(part.refs[0].endpoint, root.name);
            assert_eq!(root.name == name, name.len() <= storage::name_bytes(service.len()));
        }
    }
}

#[test]
fn static_names_and_peers_of_every_origin_fit() {
    #[entry_span(
        name = "/注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文注文"
    )]
    fn macro_entry(headers: &mut [String]) {
        macro_exit(&mut headers[0]);
        inner(&mut headers[1]);
    }
    #[entry_span(
        name = "/内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側内側"
    )]
    fn inner(header: &mut String) {
        macro_exit(header);
    }
    #[exit_span(name = LONG, peer = "база-данных-номер-один.внутренняя.сеть.пример.испытание:5432", inject = header)]
    fn macro_exit(header: &mut String) {}

    // One callsite for several services of a process. A text that is cached for one service is not
    // used for another.
    let mut seen = BTreeSet::new();
    for service in services().into_iter().chain(services()) {
        let running = start(Config::new(&service).instance("i"));
        let mut headers = [String::new(), String::new(), String::new()];
        let trees = run(|| {
            macro_entry(&mut headers[..2]);
            span(&ENTRY).run(|| {
                std::thread::spawn((|| drop(span(&CALL).enter())).traced(LONG)).join().unwrap();
                let _call = span(&CALL).enter();
                inject(&mut headers[2]);
            });
        });
        all_fit(&service, running.0.instance(), &trees);
        let [merged, plain] = trees.as_slice() else { panic!("two trees") };
        // The first header was sent before the inner Entry renamed the span.
        let expected = storage::shorten(LONG, 150, storage::name_bytes(service.len()));
        assert_eq!(
            (parts(&headers[0])[2].as_str(), &parts(&headers[1])[2]),
            (&*expected, &merged.root.name)
        );
        assert_eq!(
            (&parts(&headers[2])[2], plain.root.name.as_str()),
            (&plain.root.name, &*expected)
        );
        assert_eq!(
            plain.root.children.iter().find(|span| span.name == *expected).unwrap().refs[0]
                .endpoint,
            plain.root.name
        );
        seen.insert(plain.root.name.clone());
    }

    assert!(seen.len() > 3, "{seen:?}");
}

#[test]
fn names_of_a_header_are_limited_by_the_parents_service() {
    let _running = start(Config::new("键".repeat(49)));
    let parents = services().into_iter().chain(["键".repeat(50), "𝄞".repeat(25), "п".repeat(70)]);
    for service in parents {
        let (instance, endpoint, address) = ("实".repeat(50), "端".repeat(150), "机".repeat(200));
        let encoded =
            [&service, &instance, &endpoint, &address].map(|name| STANDARD.encode(name)).join("-");
        let header = format!("sw8:1-dA==-cw==-0-{encoded}");
        let mut sent = String::new();
        let trees = run(|| {
            span(&ENTRY).extract(&header).run(|| {
                let _call = span(&CALL).enter();
                inject(&mut sent);
            });
        });
        all_fit(&"键".repeat(49), "i", &trees);
        let reference = &trees[0].root.refs[0];
        let cut = storage::cut(&service, 50);
        assert_eq!(reference.service, storage::shorten(cut, 50, 147));
        // Below another service the same endpoint keeps more of its name, up to the limit there.
        let limit = storage::name_bytes(reference.service.len());
        assert_eq!(reference.endpoint, storage::shorten(&endpoint, 150, limit));
        assert_eq!(reference.instance, storage::shorten(&instance, 50, limit));
        assert_eq!(trees[0].trace_id, "t");
    }
}

#[test]
fn setting_for_any_storage_keeps_150_units() {
    let service = "键".repeat(50);
    let _running = start(Config::new(&service).instance("实".repeat(50)).storage(Storage::Any));
    let mut header = String::new();
    let trees = Test::new().allow("column").run(|| {
        span(&ENTRY).run(|| {
            current().set_name("端".repeat(200));
            let _call = span(&CALL).enter();
            current().set_peer("机".repeat(90));
            inject(&mut header);
        });
    });
    let root = &trees[0].root;

    assert_eq!((&root.name, &root.children[0].peer), (&"端".repeat(150), &"机".repeat(90)));
    assert_eq!(
        parts(&header),
        [service, "实".repeat(50), root.name.clone(), root.children[0].peer.clone()]
    );
}

#[test]
fn ignore_list_matches_the_whole_name() {
    // The suffix is beyond the part that is stored below this service.
    let name = format!("/{}.jpg", "n".repeat(140));
    let _running = start(Config::new("s".repeat(50)));

    assert!(run(|| span(&ENTRY).name(&name).run(|| ())).is_empty());
}

#[test]
fn redacted_names_are_shortened_after_the_hook() {
    let hook =
        |field: Field<'_>, text: &str| (field == Field::Name).then(|| text.replace('9', "九九九"));
    let _running = start(Config::new("s".repeat(50)).redact(hook));
    let name = format!("/{}", "9".repeat(140));
    let trees = run(|| {
        span(&ENTRY).name(&name).run(|| {
            let here = capture();
            std::thread::spawn(move || here.run("part", || ())).join().unwrap();
        });
    });
    let root = &trees[0].root;
    fits(&"s".repeat(50), &root.name);

    assert!(root.name.starts_with("/九九"), "{}", root.name);
    assert_eq!(root.children[0].refs[0].endpoint, root.name);
}

/// Each text of a span with U+0000 in it: from the program, the attributes, headers and the hook.
#[test]
fn nul_is_replaced_in_every_text() {
    static TAGGED: Callsite = callsite!(
        entry,
        "/a\0b",
        peer = "p\0q",
        tags = [("lite\0ral", "lite\0ral"), ("lite\u{fffd}ral", "first")]
    );
    #[exit_span(name = "ca\0ll", peer = "p\0:1", layer = database, tags("db.statement" = "SELECT '\0'", "display" = %'\0'), inject = headers)]
    fn call(headers: &mut String) -> Result<(), String> {
        Err("wh\0y".to_owned())
    }
    let hook =
        |field: Field<'_>, text: &str| (field == Field::Tag("hook")).then(|| format!("{text}\0"));
    let _running = start(Config::new("nul").correlation_tags(["ten\0ant"]).redact(hook));
    let mut headers = String::new();
    let correlation = format!("{}:{}", STANDARD.encode("ten\0ant"), STANDARD.encode("bl\0ue"));
    let names = ["s\0", "i\0", "/e\0", "a\0"].map(|name| STANDARD.encode(name)).join("-");
    let incoming = format!("sw8:1-dA==-cw==-0-{names}\nsw8-correlation:{correlation}");
    let trees = Test::new().allow("database").run(|| {
        span(&TAGGED).extract(&incoming).run(|| {
            current()
                .tag("te\0xt", "a\0b")
                .tag_display("display", "\0")
                .tag("hook", "h")
                .log("lo\0g", "l\0")
                .log_fields(&[("f\0", &"\0")]);
            current().record_error(&std::io::Error::other("because\0"));
            current().set_name("re\0named").set_peer("pe\0er");
            drop(call(&mut headers));
            let mut span = current().detach();
            span.tag("late", "\0").log("late", "\0");
            span.finish();
        });
        let panicked =
            std::panic::catch_unwind(|| span(&ENTRY).name("/x").run(|| panic!("a panic with \0")));
        assert!(panicked.is_err());
    });
    let shown = format!("{trees:?}");
    assert!(!shown.contains("\\0"), "{shown}");
    assert_eq!(
        text(&trees),
        "Entry re_named peer=pe_er ref=CrossProcess ERROR {lite\u{fffd}ral=first, ten\u{fffd}ant=bl\u{fffd}ue, te\u{fffd}xt=a\u{fffd}b, \
         display=\u{fffd}, hook=h\u{fffd}, late=\u{fffd}} [lo\u{fffd}g=l\u{fffd}] [f\u{fffd}=\u{fffd}] \
         [event=error error.kind=std::io::error::Error message=because\u{fffd}] [late=\u{fffd}]\n  \
         Exit ca_ll layer=Database peer=p_:1 ERROR {db.statement=SELECT \\'\u{fffd}\\', display=\u{fffd}, ten\u{fffd}ant=bl\u{fffd}ue} \
         [event=error error.kind=alloc::string::String message=wh\u{fffd}y]\n\
         Entry /x ERROR [event=error error.kind=panic message=a panic with \u{fffd}]\n"
    );
}

#[test]
fn tags_that_become_names_or_statements_fit() {
    let long = "键".repeat(700);
    let sent = |config: Config| {
        let _running = start(config);
        let keys = [
            "mq.topic",
            "mq.queue",
            "cache.type",
            "gen_ai.provider.name",
            "cache.key",
            "cache.cmd",
            "db.statement",
        ];
        let trees = Test::new().allow("column").run(|| {
            span(&ENTRY).run(|| {
                for key in keys {
                    current().tag(key, "k".repeat(2_048));
                    current().tag(key, long.as_str());
                }
            });
        });
        trees[0]
            .root
            .tags
            .iter()
            .map(|(key, value)| (key.clone(), value.len(), value.chars().count()))
            .collect::<Vec<_>>()
    };
    let expected = [
        ("mq.topic", 144, 54),
        ("mq.queue", 144, 54),
        ("cache.type", 141, 53),
        ("gen_ai.provider.name", 147, 55),
        ("cache.key", 2_100, 700),
        ("cache.cmd", 294, 98),
        ("db.statement", 2_100, 700),
    ];

    assert_eq!(
        sent(Config::new("s")),
        expected.map(|(key, bytes, units)| (key.to_owned(), bytes, units))
    );
    assert!(
        sent(Config::new("s").storage(Storage::Any)).iter().all(|(_, bytes, _)| *bytes == 2_100)
    );
}

#[test]
fn logic_endpoint_has_a_name_that_can_be_stored() {
    let sent = |config: Config, value: &str| {
        let _running = start(config);
        let trees = run(|| span(&ENTRY).run(|| _ = current().set_name("/e").tag("x-le", value)));
        trees[0].root.tags[0].1.clone()
    };
    let named = |name: &str| format!(r#"{{"latency":3,"name":"{name}","status":true}}"#);
    let stored =
        |name: &str| named(&storage::shorten(name, usize::MAX, storage::endpoint_bytes(147)));
    let escaped = r"\u952e".repeat(79);
    for (name, expected) in [
        ("键".repeat(78), named(&"键".repeat(78))),
        ("键".repeat(79), stored(&"键".repeat(79))),
        (escaped.clone(), stored(&"键".repeat(79))),
        ("б".repeat(150), stored(&"б".repeat(150))),
        ("n".repeat(400), named(&"n".repeat(400))),
        (r"a\u0000b".to_owned(), named("a\u{fffd}b")),
        (r#"a\"b"#.to_owned(), named(r#"a\"b"#)),
    ] {
        assert_eq!(sent(Config::new("s"), &named(&name)), expected, "{name}");
        let whole = named(&name.replace(r"\u0000", "\u{fffd}"));
        assert_eq!(sent(Config::new("s").storage(Storage::Any), &named(&name)), whole);
    }
    for other in [
        r#"{"logic-span":true}"#.to_owned(),
        format!(r#"{{"name":1,"more":"{}"}}"#, "键".repeat(100)),
    ] {
        assert_eq!(sent(Config::new("s"), &other), other);
    }
}

/// Tags for which the OAP discards the whole segment: the rules of the checker refuse them.
#[test]
fn tag_that_loses_its_segment_is_left_out() {
    static TAGGED: Callsite =
        callsite!(local, "tagged", tags = [("x-le", "yes"), ("literal", "stays")]);
    #[local_span(name = "logic", logic_endpoint)]
    fn logic() {}
    let tagged = |work: fn(CurrentSpan)| text(&run(|| span(&TAGGED).run(|| work(current()))));
    let _running = start(Config::new("values"));
    let stays = "Local tagged {literal=stays}\n";
    let refused = || stats::read().count(Diagnostic::TagRefused);
    let before = refused();
    assert_eq!(tagged(|_| ()), stays);
    for work in [
        |span: CurrentSpan| _ = span.tag("transmission.latency", "soon"),
        |span: CurrentSpan| _ = span.tag("transmission.latency", "1.5"),
        |span: CurrentSpan| _ = span.tag("transmission.latency", u64::MAX),
        |span: CurrentSpan| _ = span.tag("transmission.latency", true),
        |span: CurrentSpan| {
            _ = span.tag("x-le", 7).tag("transmission.latency", "9223372036854775808");
        },
        |span: CurrentSpan| _ = span.tag("x-le", "{\"name\":").tag_debug("x-le", "{}"),
        |span: CurrentSpan| _ = span.tag("x-le", "[]"),
    ] {
        assert_eq!(tagged(work), stays);
    }
    assert_eq!(refused() - before, 13);
    assert_eq!(
        tagged(|span| _ = span.tag("transmission.latency", 12).tag("x-le", "{\"name\":\"n\"}")),
        "Local tagged {literal=stays, transmission.latency=12, x-le={\\\"name\\\":\\\"n\\\"}}\n"
    );
    assert_eq!(text(&run(logic)), "Local logic {x-le={\\\"logic-span\\\":true}}\n");
    assert_eq!(refused() - before, 13);
}

/// A hook that hides every tag takes no segment away.
#[test]
fn tag_that_a_hook_spoils_is_left_out() {
    #[exit_span(name = "publish", peer = "broker:1", layer = mq, inject = headers)]
    fn publish(headers: &mut String) {}
    #[local_span(name = "logic", logic_endpoint, tags("number" = 7))]
    fn logic() {}
    let hide = |field: Field<'_>, _: &str| matches!(field, Field::Tag(_)).then(|| "***".to_owned());
    let _running = start(Config::new("hidden").redact(hide));
    let trees = run(|| {
        let mut headers = String::new();
        publish(&mut headers);
        span(&ENTRY).extract(&headers).run(logic);
    });
    assert_eq!(
        text(&trees),
        format!(
            "Exit publish layer=MQ peer=broker:1\n  Entry {} ref=CrossProcess\n    Local logic {{number=***}}\n",
            trees[0].root.children[0].name
        )
    );
}
