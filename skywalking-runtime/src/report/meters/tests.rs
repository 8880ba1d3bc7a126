use std::time::Duration;

use prost::Message as _;
use skywalking_proto::v3::MeterData;
use skywalking_proto::v3::meter_data::Metric;

use super::*;

fn meters(settings: MeterSettings, form: MeterForm) -> Meters {
    Meters::new(Ledger::of_none(), Identity::new("svc", "one"), settings, form)
}

/// Returns the names in a batch.
fn names(batch: &Batch) -> Vec<String> {
    let name = |message: &bytes::Bytes| match MeterData::decode(message.clone()).unwrap().metric {
        Some(Metric::SingleValue(meter)) => meter.name,
        Some(Metric::Histogram(meter)) => meter.name,
        None => panic!("a message has a meter"),
    };
    batch.messages.iter().map(name).collect()
}

#[tokio::test(start_paused = true)]
async fn report_is_due_once_a_period_and_once_at_the_end() {
    meter::counter("source_total").register().unwrap();
    let settings = MeterSettings { runtime_meters: false, ..MeterSettings::default() };
    let mut meters = meters(settings, MeterForm::All);
    let mut reports = Vec::new();
    for second in 0..65 {
        let (batch, filled) = meters.fill(0);
        assert_eq!(filled, Filled::Dry);
        if !batch.messages.is_empty() {
            assert!(names(&batch).contains(&"source_total".to_owned()));
            reports.push(second);
        }
        assert_eq!(meters.goal(), meters.passes());
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!(reports, [20, 40, 60]);
    meters.release();
    assert_eq!(meters.goal(), meters.passes() + 1);
    assert!(!meters.fill(0).0.messages.is_empty());
    assert_eq!(meters.goal(), meters.passes());
    tokio::time::advance(Duration::from_secs(100)).await;
    assert!(meters.fill(0).0.messages.is_empty(), "the agent has ended");
}

#[tokio::test(start_paused = true)]
async fn own_meters_are_for_a_backend_and_can_be_turned_off() {
    let count = |settings, form| {
        let mut meters = meters(settings, form);
        meters.release();
        let own = names(&meters.fill(7).0);
        own.iter().filter(|name| name.starts_with("instance_rust_agent_")).count()
    };
    let settings = MeterSettings::default();
    assert!(count(settings, MeterForm::All) > 10);
    assert_eq!(count(settings, MeterForm::OfProgram), 0);
    assert_eq!(count(MeterSettings { runtime_meters: false, ..settings }, MeterForm::All), 0);
    assert_eq!(count(MeterSettings { meters: false, ..settings }, MeterForm::All), 0);
}

#[tokio::test(start_paused = true)]
async fn meters_without_a_form_are_counted_and_warned_of_once() {
    meter::counter("source_unsent").register().unwrap();
    let mut meters = meters(MeterSettings::default(), MeterForm::None);
    let before = diagnostics::read(Diagnostic::MeterUnsupported);
    let mut warnings = 0;
    for _ in 0..3 {
        tokio::time::advance(Duration::from_secs(20)).await;
        assert!(meters.fill(0).0.messages.is_empty());
        warnings += usize::from(meters.is_first_unsupported());
    }
    assert_eq!(warnings, 1);
    assert!(diagnostics::read(Diagnostic::MeterUnsupported) >= before + 3);
}
