//! Agents with a transport of the program: what arrives, each outcome, and transports that panic or
//! hang.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use prost::Message as _;
use skywalking_proto::v3::{
    InstancePingPkg, InstanceProperties, MeterDataCollection, SegmentObject,
};

use super::threads::count;
use crate::Config;
use crate::agent::{Agent, alone};
use crate::report::stats::{Dropped, ReporterState, Stats};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::trace::builder::span;
use crate::transport::{Batch, Message, Outcome, Signal, Transport};

static WORK: Callsite = Callsite::new(SpanKind::Entry, "/work");

const LONG: Duration = Duration::from_secs(30);
/// The deadline of a batch.
const SHORT: Duration = Duration::from_millis(300);

/// What happens to the next batch of segments.
#[derive(Clone, Debug)]
enum Plan {
    Give(Outcome),
    /// Panics before there is a future.
    PanicInCall,
    PanicInFuture,
    /// Never ends.
    Hang,
    /// Blocks its thread until the gate opens.
    Block,
    /// Confirms after a while.
    Slow,
}

#[derive(Default)]
struct State {
    plans: Mutex<VecDeque<Plan>>,
    heard: Mutex<Vec<(Signal, Vec<Message>, ThreadId)>>,
    /// How many batches are being sent, and how many were at most.
    running: Mutex<(usize, usize)>,
    is_open: Mutex<bool>,
    opened: Condvar,
}

#[derive(Clone, Default)]
struct Fake {
    state: Arc<State>,
    width: usize,
}

impl Fake {
    fn new(plans: &[Plan]) -> Self {
        let fake = Self { width: 1, ..Self::default() };
        fake.state.plans.lock().unwrap().extend(plans.iter().cloned());
        fake
    }

    fn start(&self) -> Agent {
        Config::new("svc")
            .instance("one")
            .batch_timeout(SHORT)
            .transport(self.clone())
            .start()
            .unwrap()
    }

    fn open_gate(&self) {
        *self.state.is_open.lock().unwrap() = true;
        self.state.opened.notify_all();
    }

    fn heard(&self) -> Vec<(Signal, Vec<Message>, ThreadId)> {
        self.state.heard.lock().unwrap().clone()
    }

    /// Returns the keys of the segments that arrived.
    fn segments(&self) -> Vec<String> {
        let heard = self.heard().into_iter().filter(|(signal, ..)| *signal == Signal::Segments);
        heard
            .flat_map(|(_, messages, _)| messages)
            .map(|message| message.key().to_owned())
            .collect()
    }
}

impl Transport for Fake {
    fn send(&self, batch: Batch) -> impl Future<Output = Outcome> + Send {
        let state = Arc::clone(&self.state);
        let signal = batch.signal();
        let heard = (signal, batch.into_messages(), std::thread::current().id());
        state.heard.lock().unwrap().push(heard);
        let plan = (signal == Signal::Segments).then(|| state.plans.lock().unwrap().pop_front());
        let plan = plan.flatten().unwrap_or(Plan::Give(Outcome::Confirmed));
        assert!(!matches!(plan, Plan::PanicInCall), "in the call");
        async move {
            match plan {
                Plan::Give(outcome) => return outcome,
                Plan::Hang => return std::future::pending().await,
                Plan::Block => {
                    let open = state.is_open.lock().unwrap();
                    drop(state.opened.wait_while(open, |open| !*open).unwrap());
                }
                Plan::Slow => {
                    {
                        let mut running = state.running.lock().unwrap();
                        running.0 += 1;
                        running.1 = running.1.max(running.0);
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    state.running.lock().unwrap().0 -= 1;
                }
                Plan::PanicInCall | Plan::PanicInFuture => panic!("in the future"),
            }
            Outcome::Confirmed
        }
    }

    fn width(&self) -> usize {
        self.width
    }
}

fn work(times: usize) {
    for _ in 0..times {
        span(&WORK).run(|| {});
    }
}

#[track_caller]
fn until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < LONG, "{what}: {:?}", Stats::read());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until no thread of a transport is left.
#[track_caller]
fn until_no_thread_is_left() {
    until("the threads end", || count() == 0);
}

// Feature: custom transport
#[test]
fn batches_arrive_with_keys_and_decode() {
    let _alone = alone();
    let fake = Fake::new(&[]);
    let agent = fake.start();
    assert!(agent.wait_until_registered(LONG));
    work(3);
    let report = agent.shutdown(LONG);
    assert_eq!((report.sent, report.dropped.total()), (3, 0), "{report:?}");
    let heard = fake.heard();
    let signals: Vec<_> = heard.iter().map(|(signal, ..)| *signal).collect();
    assert_eq!(signals[..2], [Signal::InstanceProperties, Signal::KeepAlive]);
    let properties = InstanceProperties::decode(heard[0].1[0].payload()).unwrap();
    assert_eq!((properties.service.as_str(), heard[0].1[0].key()), ("svc", "one"));
    let ping = InstancePingPkg::decode(heard[1].1[0].payload()).unwrap();
    assert_eq!((ping.service_instance.as_str(), heard[1].1[0].key()), ("one", "one"));
    let of = |wanted: Signal| -> Vec<_> {
        let batches = heard[2..].iter().filter(|(signal, ..)| *signal == wanted);
        batches.flat_map(|(_, messages, _)| messages.clone()).collect()
    };
    let reports = of(Signal::Meters);
    assert_eq!(reports.len(), 1, "the last report, as one message");
    let meters = MeterDataCollection::decode(reports[0].payload()).unwrap().meter_data;
    assert!(meters.len() > 10 && meters.iter().all(|meter| meter.metric.is_some()));
    assert_eq!(reports[0].key(), "one");
    let segments = of(Signal::Segments);
    assert_eq!(segments.len(), 3);
    let mut bytes = 0;
    for message in segments {
        let segment = SegmentObject::decode(message.payload()).unwrap();
        assert_eq!(segment.trace_segment_id, message.key());
        assert_eq!(segment.spans[0].operation_name, "/work");
        let (key, payload) = message.into_parts();
        assert_eq!(key, segment.trace_segment_id);
        bytes += payload.len() as u64;
    }
    assert!(report.stats.reporter.bytes_sent >= bytes);
    until_no_thread_is_left();
}

/// Sends one segment a plan. Returns what was sent and dropped, and the keys that arrived.
fn outcomes(plans: &[Plan]) -> (u64, Dropped, Vec<String>) {
    let fake = Fake::new(plans);
    let agent = fake.start();
    for _ in plans {
        work(1);
        assert!(agent.flush(LONG));
    }
    work(1);
    assert!(agent.flush(LONG), "the agent goes on with the next batch");
    let report = agent.shutdown(LONG);
    until_no_thread_is_left();
    (report.sent, report.dropped, fake.segments())
}

#[test]
fn outcomes_are_counted() {
    let _alone = alone();
    let text = || "as planned".to_owned();
    let given = |outcome| outcomes(&[Plan::Give(outcome)]);
    let (sent, dropped, _) = given(Outcome::Refused(text()));
    assert_eq!((sent, dropped.refused, dropped.total()), (1, 1, 1));
    let (sent, dropped, _) = given(Outcome::Overloaded(text()));
    assert_eq!((sent, dropped.refused, dropped.total()), (1, 1, 1));
    let (sent, dropped, _) = given(Outcome::Unconfirmed(text()));
    assert_eq!((sent, dropped.unconfirmed, dropped.total()), (1, 1, 1));
    let (sent, dropped, arrived) = given(Outcome::NotSent(text()));
    assert_eq!((sent, dropped.total()), (2, 0));
    assert_eq!(arrived.len(), 3, "the first one was sent again");
    assert_eq!(arrived[0], arrived[1]);
}

#[test]
fn panic_costs_its_batch() {
    let _alone = alone();
    for plan in [Plan::PanicInCall, Plan::PanicInFuture] {
        let restarts = Stats::read().reporter.restarts;
        let (sent, dropped, arrived) = outcomes(&[plan.clone(), plan.clone()]);
        assert_eq!((sent, dropped.unconfirmed, dropped.total()), (1, 2, 2), "{plan:?}");
        assert_eq!(arrived.len(), 3, "{plan:?}");
        assert_eq!(Stats::read().reporter.restarts, restarts, "the reporter did not panic");
    }
}

#[test]
fn hang_without_blocking_costs_its_batch_and_no_thread() {
    let _alone = alone();
    let (sent, dropped, arrived) = outcomes(&[Plan::Hang, Plan::Hang]);
    assert_eq!((sent, dropped.unconfirmed, dropped.total(), arrived.len()), (1, 2, 2, 3));
}

#[test]
fn blocked_threads_are_limited_and_batches_wait() {
    let _alone = alone();
    let fake = Fake::new(&vec![Plan::Block; 4]);
    let agent = fake.start();
    for _ in 0..4 {
        work(1);
        assert!(agent.flush(LONG), "a batch whose call blocks is dropped at its deadline");
    }
    work(5);
    until("the transport is down", || {
        agent
            .health()
            .is_err_and(|problem| problem.to_string().contains("4 calls of the transport"))
    });
    let stats = agent.stats();
    assert!(matches!(stats.reporter.state, ReporterState::Down { .. }), "{stats:?}");
    assert_eq!((stats.queued + stats.in_flight, count()), (5, 4), "{stats:?}");
    fake.open_gate();
    assert!(agent.flush(LONG));
    let threads: std::collections::HashSet<_> =
        fake.heard().into_iter().map(|(.., thread)| thread).collect();
    assert!(threads.len() >= 4, "{threads:?}");
    let report = agent.shutdown(LONG);
    assert_eq!((report.sent, report.dropped.unconfirmed, report.dropped.total()), (5, 4, 4));
    assert_eq!(fake.segments().len(), 9, "nothing was sent twice");
    until_no_thread_is_left();
}

#[test]
fn slow_batches_overlap_up_to_the_width() {
    let _alone = alone();
    let fake = Fake { width: 4, ..Fake::new(&vec![Plan::Slow; 60]) };
    let agent = Config::new("svc").max_batch_segments(10).transport(fake.clone()).start().unwrap();
    work(600);
    assert!(agent.flush(LONG));
    let report = agent.shutdown(LONG);
    assert_eq!((report.sent, report.dropped.total()), (600, 0), "{report:?}");
    assert_eq!(*fake.state.running.lock().unwrap(), (0, 4));
    until_no_thread_is_left();
}

#[test]
fn shutdown_with_a_hanging_transport_returns_in_time() {
    const PROMISE: Duration = Duration::from_secs(1);
    let _alone = alone();
    let config = || Config::new("svc").batch_timeout(LONG);
    for plan in [Plan::Hang, Plan::Block] {
        for runtime in 0..3 {
            let fake = Fake::new(std::slice::from_ref(&plan));
            let agent = config().transport(fake.clone()).start().unwrap();
            work(2);
            until("the batch is being sent", || !fake.segments().is_empty());
            let began = Instant::now();
            let mut builder = match runtime {
                1 => Some(tokio::runtime::Builder::new_current_thread()),
                2 => Some(tokio::runtime::Builder::new_multi_thread()),
                _ => None,
            };
            let report = match &mut builder {
                Some(builder) => {
                    builder.enable_all().build().unwrap().block_on(agent.shutdown_async(PROMISE))
                }
                None => agent.shutdown(PROMISE),
            };
            let took = began.elapsed();
            assert!(took < PROMISE + Duration::from_secs(2), "{plan:?} {runtime}: {took:?}");
            let dropped = report.dropped;
            assert_eq!((report.sent, dropped.total()), (0, 2), "{plan:?}: {report:?}");
            assert!(dropped.unconfirmed >= 1, "{plan:?}: {report:?}");
            fake.open_gate();
            until_no_thread_is_left();
        }
    }
}

#[test]
fn last_of_reporter_and_transport_counts() {
    let _alone = alone();
    let fake = Fake::new(&[]);
    let config = Config::new("svc").transport(fake.clone());
    let agent = config.reporter(crate::config::Reporter::Discard).start().unwrap();
    work(1);
    assert_eq!(agent.shutdown(LONG).sent, 1);
    assert_eq!(fake.heard().len(), 0);
}
