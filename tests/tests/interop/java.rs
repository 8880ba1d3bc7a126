//! Runs the Java agent with our collector, which implements all services of the agent, so the agent
//! logs no error.

use std::process::Command;
use std::time::{Duration, Instant};

use skywalking_collector::{Collector, NotKept, Stats};
use skywalking_tests::child::Running;
use skywalking_tests::interop;

const VERSION: &str = "9.4.0";
/// The duration of the test.
const WATCHED: Duration = Duration::from_secs(60);
/// Each of the agent's services has started and called within this time.
const STARTED: Duration = Duration::from_secs(120);

/// Returns the calls of an agent without plugins as text. Each call is repeated with the periods
/// below.
fn called(stats: &Stats) -> [u64; 6] {
    let not_kept = |kind| stats.received_not_kept.get(kind);
    [
        stats.properties_reports,
        stats.pings,
        not_kept(NotKept::JvmMetrics),
        not_kept(NotKept::Configuration),
        not_kept(NotKept::ProfileTasks),
        not_kept(NotKept::Events),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn java_agent_logs_no_error_in_a_minute() {
    let agent = match interop::java_agent(VERSION, env!("CARGO_TARGET_TMPDIR")) {
        Ok(agent) => agent,
        Err(reason) => return interop::skip("the Java agent", &reason),
    };
    let collector = Collector::builder()
        .grpc_addr("127.0.0.1:0")
        .http_addr("127.0.0.1:0")
        .start()
        .await
        .expect("free ports");

    let mut java = Command::new("java");
    java.arg(format!("-javaagent:{}", agent.display()));
    for (setting, value) in [
        ("collector.backend_service", collector.grpc_addr().to_string().as_str()),
        ("agent.service_name", "java"),
        ("collector.heartbeat_period", "1"),
        ("collector.get_profile_task_interval", "1"),
        ("collector.get_agent_dynamic_config_interval", "1"),
        ("meter.report_interval", "1"),
        ("logging.level", "INFO"),
        ("logging.output", "CONSOLE"),
    ] {
        java.arg(format!("-Dskywalking.{setting}={value}"));
    }
    let began = Instant::now();
    let java = Running::start("java", {
        java.arg(interop::sources("javaidle").join("Idle.java"));
        java
    });
    // Only the agent reports to the collector, so the test fails if the agent is dead.
    let arrived = collector
        .wait_for(|seen| called(&seen.stats()).iter().all(|count| *count > 0), STARTED)
        .await;

    assert!(
        arrived.is_ok(),
        "{:?} of {}: {:?}",
        called(&collector.stats()),
        collector.stats(),
        java.new_lines()
    );

    let started = called(&collector.stats());
    tokio::time::sleep(WATCHED.saturating_sub(began.elapsed())).await;
    let (watched, stats) = (began.elapsed(), collector.stats());
    let lines = java.new_lines();
    println!("watched for {watched:?}: {stats}");
    let errors: Vec<_> = lines.iter().filter(|line| line.contains("ERROR")).collect();

    assert!(errors.is_empty(), "{errors:#?}");
    assert!(
        lines.iter().any(|line| line.contains("INFO")),
        "it logs to its standard output: {lines:?}"
    );

    // It has called continuously, and reported its start once.
    let ended = called(&stats);
    assert!(
        started.iter().zip(&ended).take(5).all(|(before, after)| before < after),
        "{started:?} {ended:?}"
    );
    assert_eq!((stats.segments_refused, stats.management_refused), (0, 0), "{stats}");

    let known = collector.instances();
    assert!(known.iter().any(|one| one.service == "java"
        && one.properties.iter().any(|(key, value)| key == "language" && value == "java")));
}
