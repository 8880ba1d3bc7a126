//! The header `sw8-x`: a trace without metrics, and the latency of a message.

use std::collections::{BTreeMap, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use skywalking_runtime::propagation::{Extract, Inject};
use skywalking_runtime::{SpanKind, SpanLayer};

use crate::propagation::prelude::*;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// Returns the only tag of a span as a number.
fn latency(span: &testing::Span) -> u64 {
    let [(key, value)] = &span.tags[..] else { panic!("{:?}", span.tags) };
    assert_eq!(key, "transmission.latency");
    value.parse().unwrap()
}

// Feature: extension header
#[test]
fn skip_analysis_covers_all_spans_and_downstream() {
    let mut sent = [const { String::new() }; 2];
    let trees = run(|| {
        span(&ENTRY).extract(&lines(&[("sw8", &sw8(1)), ("sw8-x", "1- ")])).run(|| {
            drop(span(&PART).enter());
            sent[0] = sent_by(&CALL);
            let here = capture();
            std::thread::scope(|threads| {
                threads.spawn(|| here.run("elsewhere", || sent[1] = sent_by(&CALL)));
            });
        });
    });

    assert_eq!(
        text(&trees),
        "Entry /entry ref=CrossProcess SKIP_ANALYSIS\n  Local part SKIP_ANALYSIS\n  Exit call peer=other:1 SKIP_ANALYSIS\n  \
         Local elsewhere ref=CrossThread SKIP_ANALYSIS\n    Exit call peer=other:1 SKIP_ANALYSIS\n"
    );
    assert_eq!(
        sent.map(|sent| header(&sent, "sw8-x").map(str::to_owned)),
        [Some("1-".to_owned()), Some("1-".to_owned())]
    );
    assert!(is_idle());
}

#[test]
fn usual_trace_sends_no_extension_and_removes_old_ones() {
    let mut sent = lines(&[("sw8-x", "1-5"), ("mine", "1")]);
    let trees = run(|| {
        span(&ENTRY).extract(&lines(&[("sw8", &sw8(1)), ("sw8-x", "0- ")])).run(|| {
            let _call = span(&CALL).enter();
            inject(&mut sent);
        });
    });

    assert_eq!(text(&trees), "Entry /entry ref=CrossProcess\n  Exit call peer=other:1\n");
    assert_eq!((header(&sent, "sw8-x"), header(&sent, "mine")), (None, Some("1")));
}

#[test]
fn skip_analysis_of_one_span_is_not_propagated() {
    let mut sent = String::new();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            current().skip_analysis();
            sent = sent_by(&CALL);
        });
    });

    assert_eq!(text(&trees), "Entry /entry SKIP_ANALYSIS\n  Exit call peer=other:1\n");
    assert_eq!(header(&sent, "sw8-x"), None);
}

#[test]
fn skip_analysis_covers_ended_spans_and_later_segments() {
    let mut sent = String::new();
    let trees = run(|| {
        span(&ENTRY).run(|| {
            drop(span(&PART).enter());
            let before = capture();
            current().skip_analysis_of_trace();
            let after = capture();
            before.run("here", || ());
            std::thread::scope(|threads| {
                threads.spawn(|| after.run("elsewhere", || ()));
            });
            sent = sent_by(&CALL);
        });
    });

    assert_eq!(
        text(&trees),
        "Entry /entry SKIP_ANALYSIS\n  Local part SKIP_ANALYSIS\n  Local here SKIP_ANALYSIS\n  Exit call peer=other:1 SKIP_ANALYSIS\n  \
         Local elsewhere ref=CrossThread SKIP_ANALYSIS\n"
    );
    assert_eq!(header(&sent, "sw8-x"), Some("1-"));
}

#[tokio::test]
async fn skip_analysis_covers_a_future_in_another_task() {
    let trees = run_async(async {
        let (_, headers) = (span(&PART).enter(), lines(&[("sw8", &sw8(1)), ("sw8-x", "1")]));
        let work = async {
            tokio::spawn(async { drop(span(&PART).enter()) }.traced("task")).await.unwrap();
        };
        span(&ENTRY).extract(&headers).future(work).await;
    })
    .await;
    assert_eq!(
        text(&trees),
        "Entry /entry ref=CrossProcess SKIP_ANALYSIS\n  Local task ref=CrossThread SKIP_ANALYSIS\n    Local part SKIP_ANALYSIS\n"
    );
}

#[test]
fn unsampled_request_propagates_skip_analysis() {
    let mut sent = [const { String::new() }; 3];
    let trees = Test::new().sampler(|_| false).run(|| {
        span(&ENTRY).extract(&lines(&[("sw8-x", "1")])).run(|| {
            sent[0] = sent_by(&CALL);
            sent[1] = sent_by(&PRODUCE);
        });
        span(&ENTRY).run(|| {
            current().skip_analysis_of_trace();
            let here = capture();
            std::thread::scope(|threads| {
                threads.spawn(|| here.run("elsewhere", || sent[2] = sent_by(&CALL)));
            });
        });
    });

    assert_eq!(text(&trees), "");
    assert_eq!(sent, ["sw8-x:1-"; 3]);
}

#[test]
fn producer_sends_the_time_and_consumer_tags_the_latency() {
    let mut message = String::new();
    let before = now();
    let trees = run(|| {
        span(&ENTRY).run(|| message = sent_by(&PRODUCE));
        span(&CONSUME).extract(&message).run(|| ());
    });
    let sent: u64 = header(&message, "sw8-x")
        .and_then(|value| value.strip_prefix("0-"))
        .unwrap()
        .parse()
        .unwrap();

    assert!((before..=now()).contains(&sent), "{message}");

    let consumer = &trees[0].root.children[0].children[0];
    assert_eq!((consumer.kind, consumer.layer), (SpanKind::Entry, SpanLayer::Mq));
    assert!(latency(consumer) <= now() - before);

    // The time is not forwarded.
    let mut sent_on = String::new();
    run(|| span(&CONSUME).extract(&message).run(|| sent_on = sent_by(&CALL)));

    assert_eq!(header(&sent_on, "sw8-x"), None);
}

#[test]
fn late_layer_makes_a_producer_and_any_consumer_tags_it() {
    let mut message = String::new();
    run(|| {
        span(&ENTRY).run(|| {
            current().skip_analysis_of_trace();
            let _exit = span(&CALL).enter();
            current().set_layer(SpanLayer::Mq);
            inject(&mut message);
        });
    });

    assert!(header(&message, "sw8-x").unwrap().starts_with("1-1"), "{message}");

    let trees = run(|| span(&ENTRY).extract(&lines(&[("sw8-x", "0-1")])).run(|| ()));
    assert!(latency(&trees[0].root) > 1_000_000_000_000);
}

#[test]
fn message_from_a_clock_ahead_has_latency_0() {
    let ahead = format!("0-{}", now() + 3_600_000);
    let trees =
        run(|| span(&CONSUME).extract(&lines(&[("sw8", &sw8(1)), ("sw8-x", &ahead)])).run(|| ()));

    assert_eq!(text(&trees), "Entry consume layer=MQ ref=CrossProcess {transmission.latency=0}\n");
}

#[test]
fn batch_tags_the_latency_of_its_last_message_once() {
    #[entry_span(name = "consume", layer = mq, extract_each = messages)]
    fn consume(messages: &[String]) {
        let _ = messages;
    }

    let ahead = now() + 3_600_000;
    let messages = [
        lines(&[("sw8", &sw8(1)), ("sw8-x", "0-1")]),
        lines(&[("sw8", &sw8(2)), ("sw8-x", &format!("0-{ahead}"))]),
        lines(&[("sw8", &sw8(3)), ("sw8-x", "0- ")]),
    ];
    let trees = run(|| consume(&messages));

    assert_eq!(
        text(&trees),
        "Entry consume layer=MQ ref=CrossProcess ref=CrossProcess ref=CrossProcess {transmission.latency=0}\n"
    );
}

#[test]
fn merged_spans_tag_the_latency_of_a_message_once() {
    let message = lines(&[("sw8", &sw8(1)), ("sw8-x", "1-99999999999999")]);
    let trees = run(|| {
        span(&CONSUME).extract(&message).run(|| {
            #[entry_span(name = "handler", extract = message)]
            fn handler(message: &str) {
                let _ = message;
            }
            handler(&message);
        });
    });
    assert_eq!(
        text(&trees),
        "Entry handler layer=MQ ref=CrossProcess SKIP_ANALYSIS {transmission.latency=0}\n"
    );
}

#[test]
fn invalid_extension_is_counted_and_ignored() {
    let before = stats::read().count(Diagnostic::ExtensionField);
    let trees = run(|| {
        span(&CONSUME).extract(&lines(&[("sw8", &sw8(1)), ("sw8-x", "yes-1.5")])).run(|| ());
        span(&CONSUME)
            .extract(&lines(&[("sw8", &sw8(2)), ("sw8-x", &format!("1-5-{}", "x".repeat(300)))]))
            .run(|| ());
    });

    assert_eq!(text(&trees), "Entry consume layer=MQ ref=CrossProcess\n".repeat(2));
    assert!(stats::read().count(Diagnostic::ExtensionField) >= before + 3);
}

#[test]
fn extension_passes_through_every_carrier() {
    #[derive(Default, Carrier)]
    struct Whole {
        #[carrier]
        headers: Option<String>,
    }
    #[derive(Default, Carrier)]
    struct Fields {
        #[carrier(header = "sw8")]
        trace: String,
        #[carrier(header = "sw8-x")]
        extension: Option<String>,
    }
    fn through<C: Extract + Inject>(mut carrier: C) {
        let mut sent = None;
        let trees = run(|| {
            span(&ENTRY).run(|| {
                current().skip_analysis_of_trace();
                let exit = span(&PRODUCE).enter();
                inject(&mut carrier);
                sent = carrier.header("sw8-x").map(std::borrow::Cow::into_owned);
                drop(exit);
            });
            span(&ENTRY).extract(&carrier).run(|| ());
        });
        assert!(sent.is_some_and(|sent| sent.starts_with("1-1")));
        let consumer = &trees[0].root.children[0].children[0];
        assert!(consumer.skip_analysis);
        latency(consumer);
        run(|| {
            span(&ENTRY).run(|| {
                let _exit = span(&CALL).enter();
                inject(&mut carrier);
            });
        });
        assert_eq!(carrier.header("sw8-x"), None);
    }

    through(String::new());
    through(HashMap::<String, String>::new());
    through(BTreeMap::<String, String>::new());
    through(Vec::<(String, String)>::new());
    through(Vec::<(String, Vec<u8>)>::new());
    through(Vec::<(String, bytes::Bytes)>::new());
    through(http::HeaderMap::new());
    through(Whole::default());
    through(Fields::default());
}
