//! Spans over returned futures and streams. Their arguments are computed at the call and stored
//! until the first poll.

use std::future::{Future, pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use futures::stream::{self, Stream, StreamExt as _};
use skywalking_runtime::__private::{Plain, Prepared, PutRaw as _};
use skywalking_runtime::testing::{Test, Tree, is_idle, run, text};
use skywalking_runtime::{Agent, Callsite, Config, callsite, config::Reporter, current, span};

use crate::turn;

static ENTRY: Callsite = callsite!(entry, "/entry");
static COVERED: Callsite = callsite!(local, "covered");
static SERVED: Callsite = callsite!(entry, "/served");
static LEAF: Callsite = callsite!(local, "leaf");

const HEADER: &str = "1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox";
const OTHER: &str = "1-dHJhY2UtMg==-cTI=-0-c3Zj-aW5zdA==-L2U=-aDox";

fn agent() -> Agent {
    Config::new("covered").reporter(Reporter::Discard).start().expect("a tracer")
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn next<S: Stream>(stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}

/// Runs `work` below a root and returns the trees.
fn below_a_root(work: impl FnOnce()) -> Vec<Tree> {
    let trees = run(|| span(&ENTRY).run(work));
    assert!(is_idle());
    trees
}

fn leaf() {
    drop(span(&LEAF).enter());
}

/// Returns a future that is ready at its second poll.
fn twice() -> impl Future<Output = u8> {
    let mut polled = false;
    poll_fn(move |_| {
        leaf();
        if std::mem::replace(&mut polled, true) { Poll::Ready(42) } else { Poll::Pending }
    })
}

#[test]
fn values_of_the_call_are_recorded_at_the_first_poll() {
    let _turn = turn();
    let _agent = agent();
    let trees = below_a_root(|| {
        let mut prepared = Prepared::new(&COVERED);
        assert!(prepared.wants_headers() && prepared.wants_tags());
        prepared.name("other name");
        prepared.peer(&format_args!("{}:{}", "db", 5432));
        Plain("text").__skywalking_put(&mut prepared, "text");
        Plain(&-1_i32).__skywalking_put(&mut prepared, "int");
        Plain(&u64::MAX).__skywalking_put(&mut prepared, "uint");
        Plain(&true).__skywalking_put(&mut prepared, "bool");
        prepared.tag_display("display", &'c');
        prepared.tag_debug("debug", &"d");
        let mut future = pin!(prepared.future(twice()));
        assert!(poll(future.as_mut()).is_pending());
        leaf();
        assert_eq!(poll(future), Poll::Ready(42));
    });

    assert_eq!(
        text(&trees),
        "Entry /entry\n  Local other name peer=db:5432 {text=text, int=-1, uint=18446744073709551615, bool=true, display=c, debug=\\\"d\\\"}\n    \
         Local leaf\n    Local leaf\n  Local leaf\n"
    );
}

#[test]
fn extracted_contexts_are_recorded_at_the_first_poll() {
    let _turn = turn();
    let _agent = agent();
    let trees = run(|| {
        let mut prepared = Prepared::new(&SERVED);
        prepared.extract_each([format!("sw8:{HEADER}"), String::new(), format!("sw8:{OTHER}")]);
        let mut future = pin!(prepared.future(ready(())));
        assert!(poll(future.as_mut()).is_ready());
        let mut prepared = Prepared::new(&SERVED);
        prepared.extract(&format!("sw8:{OTHER}"));
        assert!(poll(pin!(prepared.future(ready(())))).is_ready());
    });
    let refs: Vec<_> = trees.iter().map(ToString::to_string).collect();

    assert_eq!(refs.len(), 2, "{refs:?}");
    assert!(refs[0].matches("ref=").count() >= 1 && refs[1].contains("ref="), "{refs:?}");
}

#[test]
fn without_an_agent_nothing_is_stored() {
    let _turn = turn();
    let mut prepared = Prepared::new(&COVERED);

    assert!(!prepared.wants_headers() && !prepared.wants_tags());
    assert_eq!(poll(pin!(prepared.future(ready(1)))), Poll::Ready(1));

    let mut stream = pin!(Prepared::new(&COVERED).stream(stream::iter([1])));
    assert_eq!(next(stream.as_mut()), Poll::Ready(Some(1)));

    let waiting = Prepared::new(&COVERED).future(ready(2));
    let _agent = agent();
    let trees = below_a_root(|| {
        // A future that was polled before the tracer started stays untraced.
        assert_eq!(next(stream.as_mut()), Poll::Ready(None));
        assert_eq!(poll(pin!(waiting)), Poll::Ready(2));
    });

    assert_eq!(text(&trees), "Entry /entry\n  Local covered\n");
}

#[test]
fn unsampled_request_computes_nothing() {
    let _turn = turn();
    let _agent = agent();
    let trees = Test::new().sampler(|_| false).run(|| {
        span(&ENTRY).run(|| {
            let mut prepared = Prepared::new(&COVERED);
            assert!(!prepared.wants_headers() && !prepared.wants_tags());
            assert_eq!(poll(pin!(prepared.future(ready(1)))), Poll::Ready(1));
            let mut stream = pin!(Prepared::new(&COVERED).stream(stream::iter([1])));
            assert_eq!(
                (next(stream.as_mut()), next(stream.as_mut())),
                (Poll::Ready(Some(1)), Poll::Ready(None))
            );
        });
    });

    assert!(trees.is_empty() && is_idle());
}

#[test]
fn future_dropped_before_its_first_poll_has_no_span() {
    let _turn = turn();
    let _agent = agent();
    let trees = below_a_root(|| {
        let mut prepared = Prepared::new(&COVERED);
        prepared.name("never");
        drop(prepared.future(ready(())));
        drop(Prepared::new(&COVERED).stream(stream::iter([1])));
        drop(Prepared::new(&COVERED));
    });
    assert_eq!(text(&trees), "Entry /entry\n");
}

#[test]
fn dropped_future_is_cancelled_and_its_drops_are_children() {
    struct Leaves;
    impl Drop for Leaves {
        fn drop(&mut self) {
            leaf();
        }
    }

    let _turn = turn();
    let _agent = agent();
    let unfinished = || {
        Prepared::new(&COVERED).future(async {
            let _leaves = Leaves;
            pending::<()>().await;
        })
    };
    let trees = below_a_root(|| assert!(poll(pin!(unfinished())).is_pending()));

    assert_eq!(text(&trees), "Entry /entry\n  Local covered [event=cancelled]\n    Local leaf\n");

    let trees = run(|| assert!(poll(pin!(unfinished())).is_pending()));
    assert_eq!(text(&trees), "Local covered [event=cancelled]\n  Local leaf\n");
}

#[test]
fn panic_marks_the_span_and_unwinds() {
    let _turn = turn();
    let _agent = agent();
    let trees = below_a_root(|| {
        let mut future = pin!(Prepared::new(&COVERED).future(async { panic!("in a future") }));
        assert!(catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()))).is_err());
        leaf();
        let mut polls = 0;
        let mut stream = pin!(Prepared::new(&COVERED).stream(stream::poll_fn(move |_| {
            polls += 1;
            assert!(polls < 2, "in a stream");
            Poll::Ready(Some(()))
        })));
        assert!(next(stream.as_mut()).is_ready());
        assert!(catch_unwind(AssertUnwindSafe(|| next(stream.as_mut()))).is_err());
        leaf();
    });

    assert_eq!(
        text(&trees),
        "Entry /entry\n  Local covered ERROR [event=error error.kind=panic message=in a future]\n  Local leaf\n  \
         Local covered ERROR [event=error error.kind=panic message=in a stream]\n  Local leaf\n"
    );
}

#[test]
fn future_that_moves_after_its_first_poll_gets_a_segment() {
    let _turn = turn();
    let _agent = agent();
    let mut future = Box::pin(Prepared::new(&COVERED).future(twice()));
    let mut stream = Box::pin(Prepared::new(&COVERED).stream(stream::iter([1])));
    let trees = run(|| {
        span(&ENTRY).run(|| {
            assert!(poll(future.as_mut()).is_pending());
            assert!(next(stream.as_mut()).is_ready());
        });
        assert!(poll(future.as_mut()).is_ready());
        assert!(next(stream.as_mut()).is_ready());
    });

    assert!(is_idle());
    // The segments at the old places never end. The new ones refer to them.
    assert_eq!(
        text(&trees),
        "Entry /entry\n  Local covered {unfinished=true}\n    Local leaf\n    Local covered ref=CrossThread\n      Local leaf\n  \
         Local covered {unfinished=true}\n    Local covered ref=CrossThread {items=1}\n"
    );
}

#[test]
fn returned_value_is_seen_once_while_the_span_is_current() {
    let _turn = turn();
    let _agent = agent();
    let mut seen = 0;
    let trees = below_a_root(|| {
        let hook = |value: &u8| {
            current().tag("value", *value);
            seen += 1;
        };
        let mut future = pin!(Prepared::new(&COVERED).future_with_return(twice(), hook));
        assert!(poll(future.as_mut()).is_pending());
        assert!(poll(future.as_mut()).is_ready());
    });

    assert_eq!(seen, 1);
    assert_eq!(
        text(&trees),
        "Entry /entry\n  Local covered {value=42}\n    Local leaf\n    Local leaf\n"
    );
}

#[test]
fn stream_counts_items_and_ends_with_the_last() {
    let _turn = turn();
    let _agent = agent();
    let trees = below_a_root(|| {
        let mut prepared = Prepared::new(&COVERED);
        prepared.tag_display("of", &3);
        let inner = stream::iter(0..3).inspect(|_| leaf());
        let mut stream = pin!(prepared.stream(inner));
        assert_eq!(stream.size_hint(), (3, Some(3)));
        while let Poll::Ready(Some(_)) = next(stream.as_mut()) {
            // Between polls the span is not current.
            leaf();
        }
    });
    let leaves = "    Local leaf\n".repeat(3);

    assert_eq!(
        text(&trees),
        format!(
            "Entry /entry\n  Local covered {{of=3, items=3}}\n{leaves}{}",
            "  Local leaf\n".repeat(3)
        )
    );
}

#[test]
fn stream_is_cancelled_only_while_an_item_is_pending() {
    let _turn = turn();
    let _agent = agent();
    let enough = || Prepared::new(&COVERED).stream(stream::iter([1, 2]).chain(stream::pending()));
    let trees = below_a_root(|| {
        // A reader that stops after an item.
        assert!(next(pin!(enough())).is_ready());
        // A reader that is dropped while an item is pending.
        let mut stream = pin!(enough());
        while next(stream.as_mut()).is_ready() {}
    });

    assert_eq!(
        text(&trees),
        "Entry /entry\n  Local covered {items=1}\n  Local covered {items=2} [event=cancelled]\n"
    );
}

#[test]
fn wrappers_are_send_unpin_and_small() {
    fn is_send<T: Send>(_: &T) {}
    fn is_unpin<T: Unpin>(_: &T) {}

    let future = ready(1_u8);
    let (bare, covered) = (size_of_val(&future), Prepared::new(&COVERED).future(future));
    is_send(&covered);
    is_unpin(&covered);

    assert!(size_of_val(&covered) <= bare + 64 + 8, "{} against {bare}", size_of_val(&covered));

    let boxed: Pin<Box<dyn Future<Output = u8> + Send>> = Box::pin(async { 1 });
    is_unpin(&Prepared::new(&COVERED).future(boxed));
    is_send(&Prepared::new(&COVERED).stream(stream::iter([1])));
    is_unpin(&Prepared::new(&COVERED).stream(stream::iter([1])));
}
