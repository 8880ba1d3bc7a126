//! Settings of a running agent that change the trees.

use std::future::pending;
use std::time::Duration;

use skywalking_runtime::testing::{Test, is_idle, run, text};
use skywalking_runtime::{
    Callsite, Config, Error, callsite,
    config::{Cancelled, Inbound, Orphans, Reporter},
    entry_span, local_span, span,
    stats::{self, Diagnostic},
};

use crate::start;

static ENTRY: Callsite = callsite!(entry, "/entry");
static PART: Callsite = callsite!(local, "part");

#[local_span(name = "orphan")]
fn orphan() {
    drop(span(&PART).enter());
}

#[local_span(name = "async orphan")]
async fn async_orphan() {
    orphan();
}

#[entry_span(name = "/serve", extract = header)]
fn serve(header: &str) {
    orphan();
}

const HEADER: &str = "sw8:1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox";

#[test]
fn orphans_can_be_skipped_and_are_counted() {
    let _running = start(Config::new("orphans").orphans(Orphans::Skip));
    let before = stats::read().count(Diagnostic::OrphanSkipped);
    let trees = run(|| {
        orphan();
        futures::executor::block_on(async_orphan());
        serve("");
        assert!(is_idle());
    });

    assert_eq!(text(&trees), "Entry /serve\n  Local orphan\n    Local part\n");
    // The async orphan is skipped, and so is the one inside of it.
    assert_eq!(stats::read().count(Diagnostic::OrphanSkipped) - before, 3);
}

#[test]
fn inbound_contexts_can_be_ignored() {
    let _running = start(Config::new("inbound").inbound(Inbound::Ignore));
    let trees = run(|| serve(HEADER));

    assert!(trees[0].root.refs.is_empty() && trees[0].trace_id != "trace-1");
}

#[test]
fn inbound_contexts_are_accepted_otherwise() {
    let _running = start(Config::new("inbound"));
    let trees = run(|| serve(HEADER));

    assert_eq!((trees[0].root.refs.len(), trees[0].trace_id.as_str()), (1, "trace-1"));
}

#[test]
fn header_read_twice_is_one_ref() {
    let _running = start(Config::new("twice"));
    let trees = run(|| span(&ENTRY).extract(&HEADER).run(|| serve(HEADER)));

    assert_eq!(text(&trees), "Entry /serve ref=CrossProcess\n  Local orphan\n    Local part\n");

    // If two Entry spans do not merge, both have the ref. An Entry without a ref would be a call of
    // a user.
    let trees = run(|| span(&ENTRY).extract(&HEADER).run(|| span(&PART).run(|| serve(HEADER))));
    assert_eq!(
        text(&trees),
        "Entry /entry ref=CrossProcess\n  Local part\n    Entry /serve ref=CrossProcess\n      Local orphan\n        Local part\n"
    );
}

#[tokio::test]
async fn cancelled_future_can_be_an_error() {
    let _running = start(Config::new("cancelled").cancelled(Cancelled::Error));
    let trees = Test::new()
        .run_async(async {
            let request = span(&ENTRY).future(pending::<()>());
            assert!(tokio::time::timeout(Duration::from_millis(1), request).await.is_err());
        })
        .await;

    assert_eq!(text(&trees), "Entry /entry ERROR [event=cancelled]\n");
}

#[test]
fn the_span_limit_can_be_set() {
    let _running = start(Config::new("limit").max_spans_per_segment(2));
    let trees = run(|| {
        span(&ENTRY).run(|| {
            drop(span(&PART).enter());
            drop(span(&PART).enter());
        });
    });

    assert_eq!(text(&trees), "Entry /entry SIZE_LIMITED {left_out=spans=1}\n  Local part\n");
}

#[test]
fn second_agent_is_refused_unless_disabled() {
    let (agent, _turn) = start(Config::new("first"));
    let second = Config::new("second").reporter(Reporter::Discard).start();

    assert!(matches!(second, Err(Error::AlreadyStarted { .. })), "{second:?}");

    drop(agent);
    let off =
        Config::new("").enabled(false).start().expect("a disabled agent with invalid settings");
    let before = stats::read();
    serve(HEADER);

    assert_eq!(stats::read(), before);
    assert_eq!(off.shutdown(Duration::from_secs(1)).sent, 0);

    let wrong = Config::new("").start_or_off();
    assert!(
        wrong.error().is_some_and(|error| error.to_string().contains("service")),
        "{:?}",
        wrong.error()
    );

    serve(HEADER);
    assert_eq!(stats::read(), before);
}
