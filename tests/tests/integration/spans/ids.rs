//! The ids of the current span, for log lines.

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use skywalking_runtime::testing::{Span, Test, Tree, run};
use skywalking_runtime::{Callsite, TracedFn as _, TracedFuture as _, callsite, current, span};

static ENTRY: Callsite = callsite!(entry, "/entry");
static LOCAL: Callsite = callsite!(local, "local");

/// Returns the ids of each span by its name.
fn ids_of(trees: &[Tree]) -> BTreeMap<String, (String, String, i32)> {
    fn visit(trace: &str, span: &Span, found: &mut BTreeMap<String, (String, String, i32)>) {
        let ids = (trace.to_owned(), span.segment_id.clone(), span.span_id);
        assert_eq!(found.insert(span.name.clone(), ids), None, "{}", span.name);
        for child in &span.children {
            visit(trace, child, found);
        }
    }
    let mut found = BTreeMap::new();
    for tree in trees {
        visit(&tree.trace_id, &tree.root, &mut found);
    }
    found
}

/// Returns the ids of the current span.
fn ids() -> (String, String, i32) {
    let context = current().context();
    let segment = context.segment_id().expect("a recorded span").to_owned();
    (context.trace_id().expect("a trace").to_owned(), segment, context.span_id().unwrap().into())
}

// Feature: ids for log lines
#[test]
fn ids_are_those_that_are_reported() {
    let seen = RefCell::new(BTreeMap::new());
    let note = |name: &str| _ = seen.borrow_mut().insert(name.to_owned(), ids());
    let trees = run(|| {
        span(&ENTRY).run(|| {
            note("/entry");
            span(&LOCAL).run(|| note("local"));
            note("/entry");
            let thread = std::thread::spawn(ids.traced("thread")).join().expect("no panic");
            seen.borrow_mut().insert("thread".to_owned(), thread);
            let task = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(
                async {
                    tokio::task::yield_now().await;
                    ids()
                }
                .traced("task"),
            );
            seen.borrow_mut().insert("task".to_owned(), task);
        });
    });

    assert_eq!(seen.into_inner(), ids_of(&trees));
}

#[test]
fn context_is_empty_without_a_trace() {
    let context = current().context();

    assert_eq!((context.trace_id(), context.segment_id(), context.span_id()), (None, None, None));
    assert_eq!((context.service(), context.instance()), (None, None));
    assert_eq!(context.tid().to_string(), "TID:N/A");
    assert_eq!(context.sw_ctx().to_string(), "SW_CTX:N/A");
}

#[test]
fn unsampled_request_has_only_a_trace_id() {
    let mut texts = [String::new(), String::new()];
    let trees = Test::new().sampler(|_| false).run(|| {
        span(&ENTRY).run(|| {
            let context = current().context();
            let trace = context.trace_id().expect("a trace id").to_owned();
            let names = format!("{},{}", context.service().unwrap(), context.instance().unwrap());
            assert_eq!((context.segment_id(), context.span_id()), (None, None));
            texts = [format!("SW_CTX:[{names},{trace},N/A,-1]"), context.sw_ctx().to_string()];
        });
    });

    assert!(trees.is_empty() && texts[0] == texts[1], "{texts:?}");
}

#[test]
fn ids_of_a_received_trace_are_printed() {
    let [trace, other] = ["trace/1", "segment"].map(|id| STANDARD.encode(id));
    let header = format!("sw8:1-{trace}-{other}-0-cw==-aQ==-Lw==-cDox");
    let mut text = String::new();
    let trees = run(|| {
        span(&ENTRY).extract(&header).run(|| text = current().context().sw_ctx().to_string());
    });

    let (_, segment, _) = &ids_of(&trees)["/entry"];
    assert!(text.ends_with(&format!(",trace/1,{segment},0]")), "{text}");
}
