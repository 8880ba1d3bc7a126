//! Segments over the maximum age: an agent with a short `max_segment_age`.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::MutexGuard;
use std::task::{Context, Poll, Waker};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use skywalking_runtime::testing::{Span, Tree, is_idle, run, text};
use skywalking_runtime::{
    Agent, Callsite, Config, callsite, current, exit_span, span, stats::Diagnostic,
};

use crate::start;

static CONNECTION: Callsite = callsite!(entry, "/connection", layer = http);
static PART: Callsite = callsite!(local, "part");

/// The tolerance on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(12);

/// The agent, for one test at a time, since the tests compare its counts.
struct Alone {
    agent: Agent,
    _turn: MutexGuard<'static, ()>,
}

fn agent() -> Alone {
    let (agent, turn) = start(Config::new("ageing").max_segment_age(Duration::from_millis(100)));
    Alone { agent, _turn: turn }
}

/// Returns the segment id of a header that is injected here.
fn segment() -> String {
    #[exit_span(name = "probe", peer = "probe:1", inject = header)]
    fn probe(header: &mut String) {}
    let mut header = String::new();
    probe(&mut header);
    header.split('-').nth(2).unwrap_or_default().to_owned()
}

/// Calls `work` until the segment has changed.
fn until_it_goes_on(mut work: impl FnMut()) {
    let (first, began) = (segment(), Instant::now());
    while segment() == first {
        assert!(began.elapsed() < TIMEOUT, "the segment does not change");
        work();
        yield_now();
    }
}

/// Formats the trees without the probes, whose number depends on time.
fn shown(trees: &[Tree]) -> String {
    let mut trees = trees.to_vec();
    for tree in &mut trees {
        forget_left_out(&mut tree.root);
    }
    text(&trees)
        .lines()
        .filter(|line| !line.contains("probe"))
        .fold(String::new(), |all, line| all + &line.replace(" SIZE_LIMITED", "") + "\n")
}

fn forget_left_out(span: &mut Span) {
    span.tags.retain(|(key, _)| key != "left_out");
    span.children.iter_mut().for_each(forget_left_out);
}

// Feature: unfinished spans
#[test]
fn old_sync_root_continues_in_a_new_segment_at_span_end() {
    let _alone = agent();
    let trees = run(|| {
        span(&CONNECTION).run(|| {
            until_it_goes_on(|| ());
            drop(span(&PART).enter());
        });
    });

    assert!(is_idle());
    assert_eq!(
        shown(&trees),
        "Entry /connection layer=Http {unfinished=true}\n  Local /connection ref=CrossThread SKIP_ANALYSIS\n    Local part\n"
    );
}

#[test]
fn old_async_root_continues_in_a_new_segment_at_poll() {
    let alone = agent();
    let finished = alone.agent.stats().finished;
    let trees = run(|| {
        // Polls repeatedly without ending a span, like a connection without requests.
        let mut polls = 0_u32;
        let mut future = pin!(span(&CONNECTION).future(poll_fn(|_| {
            polls += 1;
            current().tag("polls", 0);
            Poll::<()>::Pending
        })));
        let began = Instant::now();
        while alone.agent.stats().finished == finished {
            assert!(began.elapsed() < TIMEOUT, "a poll does not check the age");
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            yield_now();
        }
    });

    assert!(is_idle());

    let shown = shown(&trees);
    assert!(
        shown.starts_with("Entry /connection layer=Http {polls=0, unfinished=true}\n  Local /connection ref=CrossThread SKIP_ANALYSIS"),
        "{shown}"
    );
}

#[test]
fn handle_past_the_age_limit_is_too_late_and_counted() {
    let alone = agent();
    let agent = &alone.agent;
    let too_late = agent.stats().count(Diagnostic::DetachedTooLate);
    let mut handle = None;
    let trees =
        run(|| span(&CONNECTION).run(|| handle = Some(span(&PART).run(|| current().detach()))));

    assert_eq!(text(&trees), "Entry /connection layer=Http\n  Local part {unfinished=true}\n");

    let mut handle = handle.unwrap();
    handle.tag("too", "late");
    handle.finish();

    assert_eq!(agent.stats().count(Diagnostic::DetachedTooLate), too_late + 1);
}
