//! Runs the Java agent with the collector program, which implements all services of the agent, so
//! the agent logs no error.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use skywalking_tests::child::Running;
use skywalking_tests::interop;

use crate::program::Program;

const VERSION: &str = "9.4.0";
/// The agent has started, and has called each service several times, within this time.
const LIMIT: Duration = Duration::from_secs(180);

/// The calls of an agent without plugins, with how often the test waits for each. The agent reports
/// its start once, its properties with every tenth ping, and calls the others every second.
const CALLS: [(&str, u64); 6] = [
    ("/propertiesReports", 2),
    ("/pings", 10),
    ("/receivedNotKept/jvmMetrics", 10),
    ("/receivedNotKept/configuration", 10),
    ("/receivedNotKept/profileTasks", 10),
    ("/eventsAccepted", 1),
];

fn start(agent: &std::path::Path, program: &Program) -> Running {
    let mut java = Command::new("java");
    java.arg(format!("-javaagent:{}", agent.display()));
    for (setting, value) in [
        ("collector.backend_service", program.grpc_addr.to_string().as_str()),
        ("agent.service_name", "java"),
        ("collector.heartbeat_period", "1"),
        ("collector.grpc_channel_check_interval", "1"),
        ("collector.get_profile_task_interval", "1"),
        ("collector.get_agent_dynamic_config_interval", "1"),
        ("meter.report_interval", "1"),
        ("logging.level", "INFO"),
        ("logging.output", "CONSOLE"),
    ] {
        java.arg(format!("-Dskywalking.{setting}={value}"));
    }
    java.arg(interop::sources("javaidle").join("Idle.java"));
    Running::start("java", java)
}

#[test]
fn java_agent_is_shown_and_logs_no_error() {
    let agent = match interop::java_agent(VERSION, env!("CARGO_TARGET_TMPDIR")) {
        Ok(agent) => agent,
        Err(reason) => return interop::skip("the Java agent", &reason),
    };
    let program = Program::start();
    let began = Instant::now();
    let java = start(&agent, &program);
    // Only the agent reports to the collector, so the test fails if the agent is dead.
    let count = |stats: &Value, path| stats.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let stats = program
        .wait_for(LIMIT, |stats| CALLS.iter().all(|(path, wanted)| count(stats, path) >= *wanted));
    println!("all calls arrived in {:?}: {stats}", began.elapsed());

    let lines = java.new_lines();
    let errors: Vec<_> = lines.iter().filter(|line| line.contains("ERROR")).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(lines.iter().any(|line| line.contains("INFO")), "it logs to its output: {lines:?}");
    let refused = (count(&stats, "/segmentsRefused"), count(&stats, "/managementRefused"));
    assert_eq!(refused, (0, 0), "{stats}");

    let services = program.get("/api/services");
    assert_eq!((&services[0]["name"], &services[0]["instances"]), (&"java".into(), &1.into()));
    let known = program.get("/api/instances?service=java");
    let properties = known[0]["properties"].as_array().expect("an instance");
    let property = |key: &str| {
        let found = properties.iter().find(|property| property["key"] == key);
        found.and_then(|property| property["value"].as_str()).unwrap_or_default()
    };
    assert_eq!(property("language"), "java");
    for key in ["OS Name", "Process No.", "hostname", "ipv4", "JVM Arguments", "Start Time"] {
        assert!(!property(key).is_empty(), "{key}: {known}");
    }
    // The last ping is shown, in epoch milliseconds.
    assert!(known[0]["lastPing"].as_i64() > Some(1_700_000_000_000), "{known}");
}
