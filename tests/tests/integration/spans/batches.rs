//! Consumers of batches: one span with a ref to the sender of each message.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use skywalking_runtime::stats::{self, Diagnostic};

use crate::spans::prelude::*;

fn header(trace: &str, segment: u32) -> String {
    let (trace, segment) =
        (BASE64_STANDARD.encode(trace), BASE64_STANDARD.encode(format!("segment-{segment}")));
    format!("sw8:1-{trace}-{segment}-0-c3Zj-aW5zdA==-L2U=-aDox")
}

#[entry_span(name = "/batch", layer = mq, extract_each = batch)]
fn consume(batch: &[String]) {}

#[entry_span(name = "/batch", layer = mq, extract_each = batch.iter().map(|message| &message.1))]
async fn consume_later(batch: Vec<(u8, String)>) {}

fn refs(trees: &[Tree]) -> Vec<&str> {
    trees[0].root.refs.iter().map(|sent| sent.segment_id.as_str()).collect()
}

// Feature: batches of messages
#[test]
fn batch_continues_the_first_trace_with_a_ref_per_sender() {
    let batch = [
        header("first", 1),
        String::from("nothing"),
        header("second", 2),
        header("first", 1),
        header("first", 3),
    ];
    let trees = run(|| consume(&batch));

    assert_eq!(
        text(&trees),
        "Entry /batch layer=MQ ref=CrossProcess ref=CrossProcess ref=CrossProcess\n"
    );
    assert_eq!(trees[0].trace_id, "first");
    assert_eq!(refs(&trees), ["segment-1", "segment-2", "segment-3"]);
}

#[test]
fn sender_with_changed_endpoint_has_one_ref() {
    let first = header("first", 1);
    let renamed = first.replace("-L2U=-", "-L3JlbmFtZWQ=-");
    let elsewhere = first.replace("-aDox", "-aDoy");
    assert!(first != renamed && first != elsewhere);
    let trees = run(|| consume(&[first, renamed, elsewhere]));
    assert_eq!(text(&trees), "Entry /batch layer=MQ ref=CrossProcess\n");
    assert_eq!(
        (trees[0].root.refs[0].endpoint.as_str(), trees[0].root.refs[0].address.as_str()),
        ("/e", "h:1"),
        "the endpoint of the first header"
    );
}

#[test]
fn message_served_twice_in_a_segment_has_two_refs() {
    let message = header("first", 1);
    let trees = run(|| {
        span(&A).run(|| {
            consume(std::slice::from_ref(&message));
            consume(std::slice::from_ref(&message));
        });
    });
    let served = "  Entry /batch layer=MQ ref=CrossProcess\n";

    assert_eq!(text(&trees), format!("Local a\n{served}{served}"));
}

#[tokio::test]
async fn future_extracts_its_batch_at_its_first_poll() {
    let batch = vec![(1, header("first", 1)), (2, header("second", 2))];
    let trees = run_async(consume_later(batch)).await;

    assert_eq!(
        (trees[0].trace_id.as_str(), refs(&trees)),
        ("first", vec!["segment-1", "segment-2"])
    );
}

#[test]
fn batch_below_a_span_adds_refs_and_keeps_the_trace() {
    let trees = run(|| {
        span(&ENTRY)
            .extract(&header("outer", 7))
            .run(|| span(&A).run(|| consume(&[header("inner", 1)])));
    });
    assert_eq!(trees[0].trace_id, "outer");
    assert_eq!(
        text(&trees),
        "Entry /entry layer=Http ref=CrossProcess\n  Local a\n    Entry /batch layer=MQ ref=CrossProcess\n"
    );
}

#[test]
fn merged_batch_adds_refs_and_keeps_the_trace() {
    let trees = run(|| {
        span(&ENTRY)
            .extract(&header("outer", 7))
            .run(|| consume(&[header("inner", 1), header("outer", 7)]));
    });
    assert_eq!(trees[0].trace_id, "outer");
    assert_eq!(text(&trees), "Entry /batch layer=MQ ref=CrossProcess ref=CrossProcess\n");
}

#[test]
fn handler_continues_a_trace_its_middleware_did_not_read() {
    let trees = run(|| {
        span(&ENTRY).run(|| {
            consume(&[header("outer", 7)]);
            assert_eq!(trace_id().as_deref(), Some("outer"));
        });
    });
    assert_eq!(trees[0].trace_id, "outer");
    assert_eq!(text(&trees), "Entry /batch layer=MQ ref=CrossProcess\n");
}

#[test]
fn batch_does_not_change_a_trace_id_that_was_propagated() {
    let mut own = None;
    let trees = Test::new().allow("ref-trace").run(|| {
        span(&ENTRY).run(|| {
            own = trace_id();
            let elsewhere = capture();
            consume(&[header("outer", 7)]);
            assert_eq!(trace_id(), own);
            std::thread::spawn(move || elsewhere.run("elsewhere", || ())).join().unwrap();
        });
    });
    assert_eq!(Some(&trees[0].trace_id), own.as_ref());
    assert_eq!(
        text(&trees),
        "Entry /batch layer=MQ ref=CrossProcess\n  Local elsewhere ref=CrossThread\n"
    );
}

#[test]
fn batch_has_500_refs_and_the_others_are_counted() {
    let _counts = crate::exact_counts();
    let batch: Vec<String> = (0..510).map(|segment| header("first", segment)).collect();
    let before = stats::read().count(Diagnostic::RefLimit);
    let trees = run(|| consume(&batch));

    assert_eq!(refs(&trees).len(), 500);
    assert_eq!(trees[0].root.tags, [("left_out".to_owned(), "refs=10".to_owned())]);
    assert_eq!(stats::read().count(Diagnostic::RefLimit) - before, 10);
    assert!(is_idle());
}

#[test]
fn unsampled_batch_has_the_first_trace_id() {
    let batch = [header("first", 1), header("second", 2)];
    let mut id = None;
    let trees = run(|| {
        #[entry_span(name = "/batch.html", extract_each = batch)]
        fn unsampled(batch: &[String]) -> Option<String> {
            trace_id()
        }
        id = unsampled(&batch);
    });

    assert_eq!((trees.len(), id.as_deref()), (0, Some("first")));
}

#[tokio::test]
async fn refs_left_out_before_the_first_poll_are_counted() {
    #[entry_span(name = "/batch", layer = mq, extract_each = batch, covers = future)]
    fn consume_later(batch: &[String]) -> impl Future<Output = ()> + use<> {
        ready(())
    }

    let batch: Vec<String> = (0..503).map(|segment| header("first", segment)).collect();
    let later = consume_later(&batch);
    let trees = run_async(later).await;

    assert_eq!(refs(&trees).len(), 500);
    assert_eq!(trees[0].root.tags, [("left_out".to_owned(), "refs=3".to_owned())]);
}

#[tokio::test]
async fn future_keeps_the_refs_read_before_its_first_poll() {
    #[entry_span(name = "/batch", layer = mq, extract_each = batch, covers = future)]
    fn consume_later(batch: &[String]) -> impl Future<Output = ()> + use<> {
        ready(())
    }

    // Invalid and repeated headers do not count towards the limit.
    let mut batch: Vec<_> = (0..300).map(|_| String::from("sw8:1-bad")).collect();
    batch.extend((0..600).map(|_| header("first", 0)));
    batch.extend((1..500).map(|segment| header("first", segment)));
    let now = run(|| consume(&batch));
    let later = run_async(async { consume_later(&batch).await }).await;

    assert_eq!((refs(&now).len(), refs(&later)), (500, refs(&now)));
}
