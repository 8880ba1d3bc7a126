//! Meters in a lane of their own: their period, the last report, and their counts.

use std::time::Duration;

use prost::Message as _;
use skywalking_proto::v3::MeterData;
use skywalking_proto::v3::meter_data::Metric;

use super::bench::Bench;
use super::faulty::Fault;
use super::script::Plan;
use crate::meter::{self, Counter};
use crate::report::signal::Signal;
use crate::report::stats::{SignalStats, Stats};

const TOTAL: &str = "worker_meters_total";

/// Registers the counter of these tests.
fn total() -> Counter {
    meter::counter(TOTAL).register().unwrap()
}

/// Returns the values of the counter that the script took, in order: one for each report.
fn arrived(bench: &Bench) -> Vec<u64> {
    let taken = &bench.script.lock().taken;
    let messages = taken.iter().filter(|(signal, _)| *signal == Signal::Meters);
    let values = messages.filter_map(|(_, message)| {
        let data = MeterData::decode(message.clone()).unwrap();
        assert_eq!((data.service.as_str(), data.service_instance.as_str()), ("svc", "one"));
        assert!(data.timestamp > 1_600_000_000_000);
        match data.metric.unwrap() {
            Metric::SingleValue(meter) if meter.name == TOTAL => Some(meter.value),
            _ => None,
        }
    });
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    values.map(|value| value as u64).collect()
}

/// Returns the seconds at which reports were sent.
fn times(bench: &Bench) -> Vec<u64> {
    let calls = bench.heard().into_iter().filter(|(_, call)| call == "batch");
    calls.map(|(second, _)| second).collect()
}

#[track_caller]
fn exact(before: &SignalStats) -> SignalStats {
    let now = Stats::read().meters;
    assert_eq!(now.recorded, now.sent + now.dropped.total() + now.in_flight, "{now:?}");
    assert!(now.recorded > before.recorded && now.queued == 0);
    now
}

// Feature: meters
#[tokio::test(start_paused = true)]
async fn all_meters_are_sent_each_20_s_and_at_the_end() {
    let (bench, before) = (Bench::with_meters(&[]), Stats::read().meters);
    let total = total();
    let start = total.value();
    // The counter is raised between two reports.
    bench.pass(1).await;
    for _ in 0..3 {
        total.add(10);
        bench.pass(20).await;
    }
    bench.pass(4).await;
    assert_eq!(times(&bench), [20, 40, 60]);
    assert_eq!(arrived(&bench), [10, 20, 30].map(|value| start + value));
    total.add(5);
    // A flush makes no report.
    assert!(bench.flush(5).await);
    assert_eq!(times(&bench), [0_u64; 0]);
    assert!(bench.shutdown(5).await);
    assert_eq!(times(&bench), [65]);
    assert_eq!(arrived(&bench).last(), Some(&(start + 35)));
    let now = exact(&before);
    assert_eq!(now.sent - before.sent, now.recorded - before.recorded);
    bench.close();
}

#[tokio::test(start_paused = true)]
async fn no_report_is_made_while_the_backend_is_absent() {
    let (bench, before) = (Bench::with_meters(&[]), Stats::read().meters);
    bench.script.lock().always = Some(Plan::Absent);
    let total = total();
    total.add(1);
    bench.pass(35).await;
    assert!(arrived(&bench).is_empty());
    assert_eq!(Stats::read().meters.recorded, before.recorded);
    bench.script.lock().always = None;
    bench.pass(30).await;
    assert!(!arrived(&bench).is_empty());
    assert!(bench.shutdown(5).await);
    assert_eq!(arrived(&bench).last(), Some(&total.value()));
    exact(&before);
    bench.close();
}

#[tokio::test(start_paused = true)]
async fn outcome_of_a_report_is_counted() {
    // The first calls are the properties and a heartbeat.
    for (plan, expected) in [
        (Plan::Refuse, "refused"),
        (Plan::Cut, "unconfirmed"),
        (Plan::Overload, "refused"),
        (Plan::Absent, "none"),
    ] {
        let (bench, before) =
            (Bench::with_meters(&[Plan::Take, Plan::Take, plan]), Stats::read().meters);
        total().add(1);
        bench.pass(21).await;
        bench.pass(90).await;
        let now = exact(&before);
        let lost = now.dropped.total() - before.dropped.total();
        let of_cause = match expected {
            "refused" => now.dropped.refused - before.dropped.refused,
            "unconfirmed" => now.dropped.unconfirmed - before.dropped.unconfirmed,
            _ => 0,
        };
        assert_eq!(lost, of_cause, "{plan:?}");
        assert_eq!(lost > 0, expected != "none", "{plan:?}");
        assert!(now.sent > before.sent, "{plan:?}: later reports arrive");
        bench.close();
    }
}

#[tokio::test(start_paused = true)]
async fn panic_of_the_worker_costs_one_report() {
    for fault in [Fault::Fill, Fault::Filled, Fault::Depart, Fault::Arrive] {
        let (bench, before) = (Bench::with_meters(&[]), Stats::read().meters);
        total().add(1);
        bench.pass(19).await;
        bench.panic_at(fault, 1);
        bench.pass(60).await;
        assert!(!arrived(&bench).is_empty(), "{fault:?}");
        exact(&before);
        assert!(bench.shutdown(5).await);
        exact(&before);
        bench.close();
    }
}

#[tokio::test(start_paused = true)]
async fn reports_do_not_keep_a_quiet_worker_awake() {
    let bench = Bench::with_meters(&[]);
    bench.pass(200).await;
    let begin = tokio::time::Instant::now();
    let before = bench.pulses();
    bench.pass(100).await;
    // A worker with a tick of 100 ms runs 1 000 times.
    let pulses = bench.pulses() - before;
    assert!(pulses < 450, "{pulses} in {:?}", begin.elapsed());
    assert!(begin.elapsed() >= Duration::from_secs(100));
    bench.close();
}
