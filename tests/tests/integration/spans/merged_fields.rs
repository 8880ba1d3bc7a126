//! The name, component, layer and tags of a merged span, for each kind and for each source of the
//! two values.
#![expect(clippy::unused_self, reason = "methods of clients and handlers, reduced to their calls")]

use skywalking_runtime::ResumableSpan;

use crate::spans::prelude::*;

/// The source of a span's name.
#[derive(Clone, Copy, Debug)]
enum Source {
    Default,
    Pattern,
    Literal,
    Computed,
    ByHand,
    ComputedByHand,
    Integration,
    DescribedByIntegration,
}

const SOURCES: [Source; 8] = [
    Source::Default,
    Source::Pattern,
    Source::Literal,
    Source::Computed,
    Source::ByHand,
    Source::ComputedByHand,
    Source::Integration,
    Source::DescribedByIntegration,
];

impl Source {
    /// Returns its row and column in the tables.
    fn class(self) -> usize {
        match self {
            Self::Default => 0,
            Self::Pattern => 1,
            Self::Literal | Self::Computed | Self::ByHand | Self::ComputedByHand => 2,
            Self::Integration | Self::DescribedByIntegration => 3,
        }
    }
}

/// Declares functions that open a span of each source around `work`, and their names without a
/// merge.
macro_rules! spans {
    ($module:ident: $attribute:ident, $kind:ident $(, peer = $peer:literal)?) => {
        mod $module {
            use super::*;

            const LEVEL: &str = stringify!($module);

            #[$attribute($(peer = $peer)?)]
            fn plain(work: &mut dyn FnMut()) {
                work();
            }

            #[$attribute(name = concat!(stringify!($module), "/literal") $(, peer = $peer)?)]
            fn literal(work: &mut dyn FnMut()) {
                work();
            }

            #[$attribute(name = format_args!("{LEVEL}/computed") $(, peer = $peer)?)]
            fn computed(work: &mut dyn FnMut()) {
                work();
            }

            struct Block;

            #[$attribute(names = "{module}/{fn}" $(, peer = $peer)?)]
            impl Block {
                fn pattern(work: &mut dyn FnMut()) {
                    work();
                }
            }

            static BY_HAND: Callsite = callsite!($kind, concat!(stringify!($module), "/by hand") $(, peer = $peer)?);
            static INTEGRATION: Callsite =
                callsite!($kind, concat!(stringify!($module), "/integration") $(, peer = $peer)?).fallback();

            pub(super) fn open(source: Source, work: &mut dyn FnMut()) -> String {
                match source {
                    Source::Default => plain(work),
                    Source::Pattern => Block::pattern(work),
                    Source::Literal => literal(work),
                    Source::Computed => computed(work),
                    Source::ByHand => span(&BY_HAND).run(work),
                    Source::ComputedByHand => {
                        span(&BY_HAND).name(format_args!("{LEVEL}/computed by hand")).run(work);
                    }
                    Source::Integration => ResumableSpan::open(&INTEGRATION, |_| {}, work).0.finish(),
                    Source::DescribedByIntegration => {
                        let name = |span: &mut skywalking_runtime::OpeningSpan<'_>| {
                            span.name_parts(&[LEVEL, "/described"]);
                        };
                        ResumableSpan::open(&INTEGRATION, name, work).0.finish();
                    }
                }
                let module = module_path!();
                match source {
                    Source::Default => format!("{module}::plain"),
                    Source::Pattern => format!("{module}/pattern"),
                    Source::Literal => format!("{LEVEL}/literal"),
                    Source::Computed => format!("{LEVEL}/computed"),
                    Source::ByHand => format!("{LEVEL}/by hand"),
                    Source::ComputedByHand => format!("{LEVEL}/computed by hand"),
                    Source::Integration => format!("{LEVEL}/integration"),
                    Source::DescribedByIntegration => format!("{LEVEL}/described"),
                }
            }
        }
    };
}

spans!(outer_exit: exit_span, exit, peer = "outer:1");
spans!(inner_exit: exit_span, exit, peer = "inner:1");
spans!(outer_entry: entry_span, entry);
spans!(inner_entry: entry_span, entry);

type Open = fn(Source, &mut dyn FnMut()) -> String;

/// Compares the reported name for each pair of an outer class (the row) and an inner one (the
/// column): default, pattern, literal, integration.
fn compare(outer: Open, inner: Open, table: [[&str; 4]; 4]) {
    for (first, second) in
        SOURCES.into_iter().flat_map(|first| SOURCES.map(|second| (first, second)))
    {
        let mut names = (String::new(), String::new());
        let trees = run(|| names.0 = outer(first, &mut || names.1 = inner(second, &mut || ())));
        let wins = table[first.class()][second.class()];
        let expected = if wins == "outer" { &names.0 } else { &names.1 };
        assert_eq!(&trees[0].root.name, expected, "{second:?} in {first:?}: the {wins} one wins");
        assert!(trees.len() == 1 && trees[0].root.children.is_empty(), "{}", text(&trees));
    }
    assert!(is_idle());
}

// Feature: exit inside exit
#[test]
fn exit_in_exit_reports_the_outermost_name() {
    compare(
        outer_exit::open,
        inner_exit::open,
        [
            ["outer", "outer", "outer", "inner"],
            ["outer", "outer", "outer", "outer"],
            ["outer", "outer", "outer", "outer"],
            ["outer", "inner", "inner", "outer"],
        ],
    );
}

// Feature: entry inside entry
#[test]
fn entry_in_entry_reports_an_explicit_inner_name() {
    compare(outer_entry::open, inner_entry::open, [["outer", "outer", "inner", "outer"]; 4]);
}

#[test]
fn block_of_exits_that_call_each_other_keeps_its_names() {
    struct Client;
    #[exit_span(names = "redis/{fn}", peer = "r:1")]
    impl Client {
        fn set(&self) {
            self.write();
        }
        fn get(&self) {
            self.read();
        }
        fn write(&self) {
            self.read();
        }
        fn read(&self) {}
        async fn scan(&self) {
            yields(1).await;
            self.pipeline().await;
        }
        async fn pipeline(&self) {
            yields(1).await;
            self.read();
        }
    }

    let trees = run(|| {
        span(&ENTRY).run(|| {
            Client.set();
            Client.get();
            Client.read();
            futures::executor::block_on(Client.scan());
        });
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Exit redis/set peer=r:1\n  Exit redis/get peer=r:1\n  Exit redis/read peer=r:1\n  \
         Exit redis/scan peer=r:1\n"
    );
    assert!(is_idle());
}

#[test]
fn block_of_entries_that_call_each_other_keeps_its_names() {
    struct Handlers;
    #[entry_span(names = "orders/{fn}")]
    impl Handlers {
        fn create(&self) {
            self.store();
        }
        fn store(&self) {}
        #[entry_span(name = "/cancel")]
        fn cancel(&self) {
            self.store();
        }
        fn replace(&self) {
            self.cancel();
        }
    }

    let trees = run(|| {
        Handlers.create();
        Handlers.cancel();
        Handlers.replace();
    });

    assert_eq!(text(&trees), "Entry orders/create\nEntry /cancel\nEntry /cancel\n");
}

#[test]
fn functions_without_a_block_follow_the_same_rules() {
    #[exit_span(peer = "db:1")]
    fn find() {
        query();
    }
    #[exit_span(name = "SELECT", peer = "db:2", layer = database)]
    fn query() {}

    let trees = run(find);
    let name = format!("{}::find", module_path!());

    assert_eq!(text(&trees), format!("Exit {name} layer=Database peer=db:1\n"));
}

#[test]
fn exit_in_exit_fills_missing_values_of_the_outermost() {
    #[exit_span(name = "outer", peer = "p:1", layer = rpc, tags("both" = "outer", "computed" = value))]
    fn written(value: u8) {
        inner(value + 1);
    }
    #[exit_span(name = "outer", peer = "p:1")]
    fn bare(value: u8) {
        inner(value + 1);
    }
    #[exit_span(
        name = "inner",
        peer = "p:2",
        layer = database,
        component = 22,
        tags("both" = "inner", "computed" = value, "more" = %value, "debug" = ?value)
    )]
    fn inner(value: u8) {}
    let trees = run(|| {
        written(1);
        bare(1);
    });
    assert_eq!(
        text(&trees),
        "Exit outer layer=RPCFramework component=22 peer=p:1 {both=outer, computed=1, more=2, debug=2}\n\
         Exit outer layer=Database component=22 peer=p:1 {both=inner, computed=2, more=2, debug=2}\n"
    );
}

#[test]
fn exit_in_exit_takes_tags_that_are_set_later() {
    static OUTER: Callsite =
        callsite!(exit, "outer", peer = "p:1", tags = [("http.status_code", "0")]);
    static TRY: Callsite = callsite!(exit, "try", peer = "p:1").fallback();
    let trees = run(|| {
        span(&OUTER).run(|| {
            for (url, status) in [("/first", 503), ("/second", 200)] {
                let describe = |span: &mut skywalking_runtime::OpeningSpan<'_>| {
                    span.tag("url", url);
                };
                let (span, _) = ResumableSpan::open(&TRY, describe, || {
                    current().tag("http.status_code", status)
                });
                span.finish();
            }
        });
    });
    assert_eq!(text(&trees), "Exit outer peer=p:1 {url=/first, http.status_code=200}\n");
}

#[test]
fn entry_in_entry_takes_inner_tags_component_and_layer() {
    #[entry_span(name = "outer", layer = rpc, component = 1, tags("both" = "outer", "first" = true))]
    fn outer() {
        inner("inner");
    }
    #[entry_span(layer = http, component = 2, tags("both" = value))]
    fn inner(value: &str) {}
    assert_eq!(text(&run(outer)), "Entry outer layer=Http component=2 {first=true, both=inner}\n");
}

#[test]
fn layer_unknown_counts_as_explicit() {
    #[exit_span(name = "outer", peer = "p:1", layer = unknown)]
    fn exit() {
        span(&DATABASE).run(|| ());
    }
    static DATABASE: Callsite = callsite!(exit, "inner", peer = "p:1", layer = database);
    #[entry_span(name = "inner", layer = unknown)]
    fn entry() {}
    assert_eq!(text(&run(exit)), "Exit outer peer=p:1\n");
    assert_eq!(text(&run(|| span(&ENTRY).run(entry))), "Entry inner\n");
}

#[test]
fn exit_in_exit_does_not_evaluate_an_unused_name() {
    let _counts = crate::exact_counts();
    struct Loud;
    impl fmt::Display for Loud {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("this name is not needed");
        }
    }
    #[exit_span(name = Loud, peer = "p:2")]
    fn inner() {}
    static OUTER: Callsite = callsite!(exit, "outer", peer = "p:1");
    let before = skywalking_runtime::stats::read()
        .count(skywalking_runtime::stats::Diagnostic::FormatPanicked);
    assert_eq!(text(&run(|| span(&OUTER).run(inner))), "Exit outer peer=p:1\n");
    assert_eq!(
        skywalking_runtime::stats::read()
            .count(skywalking_runtime::stats::Diagnostic::FormatPanicked),
        before
    );
}

#[test]
fn exit_in_exit_injects_at_the_inner_one() {
    struct Client;
    #[exit_span(names = "redis/{fn}", peer = "r:1")]
    impl Client {
        fn set(&self, headers: &mut String) {
            self.send(headers);
        }
        #[exit_span(name = "send", peer = "r:2", inject = headers)]
        fn send(&self, headers: &mut String) {}
    }

    let mut headers = String::new();
    let trees = run(|| {
        span(&ENTRY).run(|| Client.set(&mut headers));
        span(&ENTRY).extract(&headers).run(|| ());
    });

    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http\n  Exit redis/set peer=r:1\n    Entry /entry layer=Http ref=CrossProcess\n"
    );
    assert_eq!(trees[0].root.children[0].children[0].refs[0].address, "r:1");
}
