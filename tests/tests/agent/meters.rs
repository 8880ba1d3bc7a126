//! Meters that an agent sends, and the rules and the dashboard of `docs/oap` that show them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use prost::Message as _;
use skywalking_proto::v3::meter_data::Metric;
use skywalking_proto::v3::{MeterData, MeterDataCollection};
use skywalking_runtime::transport::{Batch, Outcome, Signal, Transport};
use skywalking_runtime::{Agent, Config, meter};

use crate::turn;

const LONG: Duration = Duration::from_secs(60);
/// The shortest period.
const PERIOD: Duration = Duration::from_secs(1);

/// Passes each report of meters on.
struct Reports(Mutex<Sender<Vec<MeterData>>>);

impl Transport for Reports {
    async fn send(&self, batch: Batch) -> Outcome {
        if batch.signal() == Signal::Meters {
            let [message] = batch.messages() else { panic!("a report is one message") };
            let report = MeterDataCollection::decode(message.payload()).expect("meters");
            assert_eq!(message.key(), "one");
            self.0.lock().expect("no panic").send(report.meter_data).expect("the test receives");
        }
        Outcome::Confirmed
    }
}

fn start(change: impl FnOnce(Config) -> Config) -> (Agent, Receiver<Vec<MeterData>>) {
    let (sender, reports) = channel();
    let config = Config::new("meters").instance("one").meter_period(PERIOD);
    let config = change(config).transport(Reports(Mutex::new(sender)));
    (config.start().expect("the configuration is valid"), reports)
}

fn name(meter: &MeterData) -> &str {
    match meter.metric.as_ref().expect("each message has a meter") {
        Metric::SingleValue(meter) => &meter.name,
        Metric::Histogram(meter) => &meter.name,
    }
}

/// Returns the value of a counter or gauge.
fn value(report: &[MeterData], wanted: &str) -> Option<f64> {
    match report.iter().find(|meter| name(meter) == wanted)?.metric.as_ref()? {
        Metric::SingleValue(meter) => Some(meter.value),
        Metric::Histogram(_) => None,
    }
}

#[test]
fn reports_arrive_each_period_and_once_at_the_end() {
    let _turn = turn();
    let total = meter::counter("agent.meters.total").register().unwrap();
    let before = skywalking_runtime::stats::read().meters;
    total.add(3);
    let (agent, reports) = start(|config| config);
    let first = reports.recv_timeout(LONG).unwrap();
    total.add(4);
    let second = reports.recv_timeout(LONG).unwrap();
    total.add(5);
    // A flush sends no report before its time.
    assert!(agent.flush(LONG));
    let stats = agent.shutdown(LONG).stats.meters;
    let rest: Vec<_> = reports.try_iter().collect();
    let last = rest.last().expect("a report at the end");

    let values = [&first, &second, last].map(|report| value(report, "agent_meters_total"));
    assert_eq!(values[0], Some(3.0));
    assert_eq!(values[2], Some(12.0));
    let apart = second[0].timestamp - first[0].timestamp;
    assert!(apart >= 950, "{apart} ms");
    for meter in first.iter().chain(last) {
        assert_eq!((meter.service.as_str(), meter.service_instance.as_str()), ("meters", "one"));
        assert!(meter.timestamp >= first[0].timestamp);
    }
    let recorded = first.len() + second.len() + rest.iter().map(Vec::len).sum::<usize>();
    assert_eq!(stats.recorded - before.recorded, recorded as u64);
    assert_eq!(stats.recorded, stats.sent + stats.dropped.total() + stats.in_flight);
    assert_eq!(stats.in_flight, 0);
}

#[test]
fn settings_turn_meters_off() {
    let _turn = turn();
    let own = |report: &[MeterData]| {
        report.iter().filter(|meter| name(meter).starts_with("instance_rust_agent_")).count()
    };
    let (agent, reports) = start(|config| config.runtime_meters(false));
    meter::gauge("agent.meters.gauge", || 1.0).register().unwrap();
    drop(agent);
    let report = reports.recv_timeout(LONG).unwrap();
    assert_eq!((own(&report), value(&report, "agent_meters_gauge")), (0, Some(1.0)));

    let (agent, reports) = start(|config| config.meters(false));
    drop(agent);
    assert!(reports.try_recv().is_err(), "the agent has ended without a report");
}

fn of_docs(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/oap").join(file);
    std::fs::read_to_string(path).unwrap()
}

/// Returns the rules of the file: the name of a metric, and the meter that its expression reads.
fn rules() -> Vec<(String, String)> {
    let text = of_docs("rust-runtime.yaml");
    let values = |key: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix(key)).map(str::to_owned).collect()
    };
    let (names, expressions) = (values("  - name: "), values("    exp: "));
    assert_eq!(names.len(), expressions.len());
    let meter = |expression: String| expression.split('.').next().unwrap().to_owned();
    names.into_iter().zip(expressions.into_iter().map(meter)).collect()
}

// Feature: meters of the process
#[test]
fn rules_name_the_meters_that_are_sent() {
    let _turn = turn();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    skywalking_tokio::register(runtime.handle(), "rules").unwrap();
    let (agent, reports) = start(|config| config);
    let report = reports.recv_timeout(LONG).unwrap();
    drop(agent);

    let sent: BTreeSet<&str> = report
        .iter()
        .map(name)
        .filter(|name| name.starts_with("instance_rust_"))
        // Only with `--cfg tokio_unstable`.
        .filter(|name| !name.contains("_tokio_blocking_"))
        .collect();
    let rules = rules();
    let named: BTreeSet<&str> = rules.iter().map(|(_, meter)| meter.as_str()).collect();
    assert!(named.len() > 10);
    assert_eq!(named, sent);
}

#[test]
fn dashboard_shows_the_metrics_of_the_rules() {
    let dashboards: serde_json::Value =
        serde_json::from_str(&of_docs("general-instance-rust.json")).unwrap();
    let widgets = dashboards[0]["configuration"]["children"].as_array().unwrap();
    let shown: BTreeSet<String> = widgets
        .iter()
        .flat_map(|widget| widget["expressions"].as_array().unwrap())
        .map(|expression| expression.as_str().unwrap().split('/').next().unwrap().to_owned())
        .collect();
    let rules: BTreeSet<String> =
        rules().into_iter().map(|(metric, _)| format!("meter_{metric}")).collect();
    assert_eq!(shown, rules);
}
