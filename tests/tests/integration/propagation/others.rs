//! The contexts of other tracers: recorded as tags, and propagated unchanged if the carrier
//! supports them.

use std::collections::{BTreeMap, HashMap};

use http::{HeaderMap, HeaderValue};
use skywalking_runtime::propagation::{Extract, Inject};

use crate::propagation::prelude::*;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const STATE: &str = "congo=t61rcWkgMzE, rojo=00f067aa0ba902b7";
const TAGS: &str = "w3c.trace_id=4bf92f3577b34da6a3ce929d0e0e4736, w3c.parent_id=00f067aa0ba902b7";

fn map(headers: &[(&str, &str)]) -> HashMap<String, String> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Returns the headers that an exit adds to a map.
fn sent() -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    let _exit = span(&CALL).enter();
    inject(&mut headers);
    headers.retain(|name, _| name.starts_with("trace"));
    headers
}

fn both() -> BTreeMap<String, String> {
    map(&[("traceparent", PARENT), ("tracestate", STATE)]).into_iter().collect()
}

// Feature: contexts of other tracers
#[test]
fn foreign_context_is_tagged_and_propagated_unchanged() {
    let mut out = HeaderMap::new();
    let trees = run(|| {
        span(&ENTRY)
            .extract(&map(&[
                ("sw8", &sw8(1)),
                ("traceparent", PARENT),
                ("tracestate", STATE),
                ("x-request-id", "r-1"),
            ]))
            .run(|| {
                let _exit = span(&CALL).enter();
                inject(&mut out);
            });
    });

    assert_eq!(
        text(&trees),
        format!(
            "Entry /entry ref=CrossProcess {{{TAGS}, x-request-id=r-1}}\n  Exit call peer=other:1\n"
        )
    );
    assert_eq!(
        (out["traceparent"].as_bytes(), out["tracestate"].as_bytes()),
        (PARENT.as_bytes(), STATE.as_bytes())
    );
    assert!(out.contains_key("sw8") && !out.contains_key("x-request-id"));
    assert!(is_idle());
}

#[test]
fn traceparent_propagates_alone_unsampled_and_over_threads() {
    let headers = map(&[("traceparent", PARENT), ("tracestate", STATE)]);
    let mut seen = Vec::new();
    let mut work = || {
        span(&ENTRY).extract(&headers).run(|| {
            seen.push(sent());
            let here = capture();
            std::thread::scope(|threads| {
                threads.spawn(|| here.run("elsewhere", || seen.push(sent())));
            });
        });
    };
    let trees = run(&mut work);

    assert!(text(&trees).starts_with(&format!("Entry /entry {{{TAGS}}}\n")), "{}", text(&trees));
    assert_eq!(text(&Test::new().sampler(|_| false).run(&mut work)), "");
    assert_eq!(seen, [both(), both(), both(), both()]);
}

#[tokio::test]
async fn future_stores_the_context_until_its_first_poll() {
    let headers = map(&[("traceparent", PARENT), ("tracestate", STATE), ("x-request-id", "r-1")]);
    let mut seen = BTreeMap::new();
    let work = async { seen = sent() };
    let trees = run_async(span(&ENTRY).extract(&headers).future(work)).await;

    assert_eq!(
        text(&trees),
        format!("Entry /entry {{{TAGS}, x-request-id=r-1}}\n  Exit call peer=other:1\n")
    );
    assert_eq!(seen, both());
}

#[test]
fn traceparent_of_the_program_is_not_replaced() {
    fn kept<C: Inject + Extract>(mut carrier: C, name: &'static str) {
        run(|| {
            span(&ENTRY).extract(&map(&[("traceparent", PARENT), ("tracestate", STATE)])).run(
                || {
                    let _exit = span(&CALL).enter();
                    inject(&mut carrier);
                },
            );
        });
        assert!(carrier.header("sw8").is_some());
        assert_eq!(
            (carrier.header(name).as_deref(), carrier.header("tracestate")),
            (Some("mine"), None)
        );
    }

    kept(map(&[("traceparent", "mine")]), "traceparent");
    kept(map(&[("Traceparent", "mine")]), "Traceparent");
    kept(vec![("TraceParent".to_owned(), "mine".to_owned())], "TraceParent");
    kept(
        HeaderMap::from_iter([(
            http::HeaderName::from_static("traceparent"),
            HeaderValue::from_static("mine"),
        )]),
        "traceparent",
    );
}

#[test]
fn carrier_of_only_our_headers_gets_no_others() {
    #[derive(Default, Carrier)]
    struct Lines {
        #[carrier]
        headers: String,
    }
    #[derive(Default, Carrier)]
    struct Fields {
        #[carrier(header = "sw8")]
        sw8: String,
        #[carrier(header = "sw8-correlation")]
        correlation: Option<String>,
    }
    #[derive(Default, Carrier)]
    struct Map {
        #[carrier]
        headers: Option<HashMap<String, String>>,
    }

    let incoming = Map { headers: Some(map(&[("traceparent", PARENT)])) };
    let (mut lines, mut fields, mut map) = (Lines::default(), Fields::default(), Map::default());
    run(|| {
        span(&ENTRY).extract(&incoming).run(|| {
            let _exit = span(&CALL).enter();
            inject(&mut lines);
            inject(&mut fields);
            inject(&mut map);
        });
    });

    assert!(
        lines.headers.starts_with("sw8:1-") && lines.headers.lines().count() == 1,
        "{}",
        lines.headers
    );
    assert!(fields.sw8.starts_with("1-") && fields.correlation.is_none());

    let mut names: Vec<_> = map.headers.unwrap().into_keys().collect();
    names.sort();

    assert_eq!(names, ["sw8", "traceparent"]);

    // They are not read from such a carrier either: its lines are ours.
    let trees = run(|| {
        span(&ENTRY)
            .extract(&super::prelude::lines(&[("traceparent", PARENT), ("x-request-id", "r-1")]))
            .run(|| ());
    });

    assert_eq!(text(&trees), "Entry /entry\n");
}

#[test]
fn invalid_context_is_counted_and_ignored() {
    let before = stats::read().count(Diagnostic::OtherContext);
    let long = format!("a={}", "x".repeat(2_048));
    let mut seen = Vec::new();
    let trees = run(|| {
        for headers in [
            map(&[("traceparent", "00-0-0-01"), ("tracestate", STATE)]),
            map(&[("traceparent", PARENT), ("tracestate", &long)]),
            map(&[("traceparent", PARENT), ("tracestate", "é")]),
            map(&[("tracestate", STATE), ("x-request-id", "")]),
        ] {
            span(&ENTRY)
                .extract(&headers)
                .run(|| seen.push(sent().into_keys().collect::<Vec<_>>()));
        }
    });

    assert_eq!(
        seen,
        [vec![], vec!["traceparent".to_owned()], vec!["traceparent".to_owned()], vec![]]
    );

    let (bare, tagged) = (
        "Entry /entry\n  Exit call peer=other:1\n",
        format!("Entry /entry {{{TAGS}}}\n  Exit call peer=other:1\n"),
    );

    assert_eq!(text(&trees), format!("{bare}{tagged}{tagged}{bare}"));
    assert!(stats::read().count(Diagnostic::OtherContext) >= before + 3);
}

#[test]
fn first_of_several_foreign_contexts_is_tagged() {
    #[entry_span(name = "batch", extract_each = batch)]
    fn consume(batch: &[HashMap<String, String>]) -> BTreeMap<String, String> {
        sent()
    }

    let other = PARENT.replace("4bf9", "aaaa");
    let batch = [
        map(&[("x-request-id", "r-0")]),
        map(&[("traceparent", PARENT), ("x-request-id", "r-1")]),
        map(&[("traceparent", &other)]),
    ];
    let mut seen = BTreeMap::new();
    let trees = run(|| span(&ENTRY).extract(&batch[1]).run(|| seen = consume(&batch)));

    assert_eq!(
        text(&trees),
        format!("Entry batch {{{TAGS}, x-request-id=r-1}}\n  Exit call peer=other:1\n")
    );
    assert_eq!(seen, map(&[("traceparent", PARENT)]).into_iter().collect());
}

#[test]
fn tracestate_headers_join_and_request_ids_are_cut() {
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", HeaderValue::from_static(PARENT));
    headers.append("tracestate", HeaderValue::from_static("a=1"));
    headers.append("tracestate", HeaderValue::from_static("b=2, c=3"));
    headers.insert(
        "x-request-id",
        HeaderValue::from_bytes(format!("a\t{}", "x".repeat(300)).as_bytes()).unwrap(),
    );
    let mut seen = BTreeMap::new();
    let trees = run(|| span(&ENTRY).extract(&headers).run(|| seen = sent()));

    assert_eq!(seen["tracestate"], "a=1,b=2, c=3");
    assert_eq!(
        trees[0].root.tags[2],
        ("x-request-id".to_owned(), format!("a_{}", "x".repeat(198)))
    );
}

#[tokio::test]
async fn request_id_is_cut_equally_for_calls_and_futures() {
    let long = "x".repeat(10_000);
    let headers = map(&[("x-request-id", &long)]);
    let call = run(|| span(&ENTRY).extract(&headers).run(|| ()));
    let future = run_async(span(&ENTRY).extract(&headers).future(async {})).await;
    for trees in [call, future] {
        assert_eq!(trees[0].root.tags, [("x-request-id".to_owned(), "x".repeat(200))]);
    }
}
