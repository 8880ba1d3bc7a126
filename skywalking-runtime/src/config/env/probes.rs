//! Sets each variable that is used, and sees the change of the settings.

use super::*;

/// A variable, a value, other variables that it needs, and the text by which the settings differ.
type Probe = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

const PROBES: &[Probe] = &[
    ("SW_AGENT_NAME", "probed", &[], "service: \"probed\""),
    ("SW_AGENT_INSTANCE_NAME", "probed", &[], "instance: \"probed\""),
    ("SW_AGENT_NAMESPACE", "probed", &[], "service: \"svc|probed|\""),
    ("SW_AGENT_CLUSTER", "probed", &[], "cluster: \"probed/\""),
    ("SW_AGENT_LAYER", "FAAS", &[], "layer: \"FAAS\""),
    (
        "SW_INSTANCE_PROPERTIES_JSON",
        "{\"team\": \"probed\"}",
        &[],
        "properties: [(\"team\", \"probed\")]",
    ),
    ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", "probed:7777", &[], "probed"),
    ("SW_AGENT_PROTOCOL", "log", &[], "reporter: Log"),
    ("SW_AGENT_REPORTER_DISCARD", "true", &[("SW_AGENT_PROTOCOL", "log")], "reporter: Discard"),
    ("SW_AGENT_AUTHENTICATION", "s3cret", &[], "token: Some(<hidden>)"),
    ("SW_AGENT_AUTHENTICATION_FILE", "/probed", &[], "token_file: Some(\"/probed\""),
    ("SW_AGENT_SAMPLE_N_PER_3_SECS", "77", &[], "sampling: \"77 per 3 s\""),
    ("SW_AGENT_SAMPLE_RATE", "0.77", &[], "sampling: \"rate 0.77\""),
    ("SW_AGENT_SAMPLE", "0.77", &[], "sampling: \"rate 0.77\""),
    ("SW_AGENT_IGNORE_SUFFIX", ".probed", &[], ".probed"),
    ("SW_AGENT_TRACE_IGNORE_PATH", "/pro", &[], "[Char('/'), Char('p'), Char('r'), Char('o')]"),
    ("SW_AGENT_SPAN_LIMIT", "77", &[], "max_spans_per_segment: 77"),
    ("SW_AGENT_ORPHANS", "skip", &[], "orphans: Skip"),
    ("SW_AGENT_STORAGE", "any", &[], "storage: Any"),
    ("SW_AGENT_SELF_LOG", "off", &[], "place: Off"),
    ("SW_LOGGING_LEVEL", "error", &[], "level: Error"),
    ("SW_AGENT_COLLECTOR_MAX_SEND_QUEUE_SIZE", "77", &[], "segments: 77"),
    ("SW_AGENT_MAX_QUEUE_BYTES", "7777", &[], "bytes: 7777"),
    ("SW_AGENT_OVERFLOW", "oldest", &[], "overflow: DropOldest"),
    ("SW_AGENT_MAX_BATCH_SEGMENTS", "77", &[], "segments: 77"),
    ("SW_AGENT_MAX_BATCH_BYTES", "7777", &[], "bytes: 7777"),
    ("SW_AGENT_COLLECTOR_HEARTBEAT_PERIOD", "77", &[], "heartbeat: 77s"),
    ("SW_AGENT_COLLECTOR_PROPERTIES_REPORT_PERIOD_FACTOR", "77", &[], "properties_every: 77"),
    ("SW_AGENT_COLLECTOR_GRPC_UPSTREAM_TIMEOUT", "77", &[], "batch_deadline: 77s"),
    ("SW_AGENT_MANAGEMENT_TIMEOUT", "77", &[], "management_deadline: 77s"),
    ("SW_AGENT_CONNECT_TIMEOUT", "7", &[], "connect_deadline: 7s"),
    ("SW_AGENT_MAX_BACKOFF", "0.77", &[], "max_backoff: 770ms"),
    ("SW_AGENT_SHUTDOWN_TIMEOUT", "0.77", &[], "shutdown: 770ms"),
    ("SW_AGENT_LOG_REPORTER_ACTIVE", "false", &[], " logs: false"),
    ("SW_AGENT_MAX_LOG_QUEUE_BYTES", "7777", &[], "log_queue_bytes: 7777"),
    ("SW_AGENT_LIFECYCLE_EVENTS", "false", &[], "lifecycle_events: false"),
    ("SW_AGENT_METER_REPORTER_ACTIVE", "false", &[], " meters: false"),
    ("SW_AGENT_METER_REPORTER_PERIOD", "77", &[], "meter_period: 77s"),
    ("SW_AGENT_RUNTIME_METERS", "false", &[], "runtime_meters: false"),
    ("SW_CORRELATION_ELEMENT_MAX_NUMBER", "7", &[], "pairs: 7"),
    ("SW_CORRELATION_VALUE_MAX_LENGTH", "77", &[], "value_length: 77"),
    ("SW_CORRELATION_AUTO_TAG_KEYS", "probed", &[], "correlation_tags: [\"probed\"]"),
];

/// Those that the settings of a reporter without a backend do not show: the text is of `Config`.
const WITH_BACKEND: &[Probe] = &[
    ("SW_AGENT_ENABLE", "false", &[], "enabled: false"),
    ("SW_AGENT_COMPRESSION", "gzip", &[], "compression: Gzip"),
    ("SW_AGENT_PROXY", "probed:7777", &[], "probed:7777"),
    ("SW_AGENT_FORCE_TLS", "true", &[], "forced: Some("),
    ("SW_AGENT_SSL_TRUSTED_CA_PATH", "/probed", &[], "ca: Some(\"/probed\""),
    ("SW_AGENT_SSL_CERT_CHAIN_PATH", "/probed", &[], "chain: Some(\"/probed\""),
    ("SW_AGENT_SSL_KEY_PATH", "/probed", &[], "key: Some(\"/probed\""),
];

fn from(variables: &[(&str, &str)]) -> Config {
    let lookup = |name: &str| {
        variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
    };
    apply(Config::new("svc").instance("one").reporter(Reporter::Discard), &lookup).unwrap()
}

/// Returns the settings as they were given, or as they are used.
fn shown(config: Config, given: bool) -> String {
    if given { format!("{config:?}") } else { format!("{:?}", config.check().unwrap()) }
}

fn probe(name: &str) -> (&'static Probe, bool) {
    let find = |probes: &'static [Probe]| probes.iter().find(|(probed, ..)| *probed == name);
    find(PROBES)
        .map(|probe| (probe, false))
        .or_else(|| find(WITH_BACKEND).map(|probe| (probe, true)))
        .unwrap_or_else(|| panic!("{name} has no probe"))
}

#[test]
fn each_used_variable_changes_its_setting() {
    for variable in variables() {
        // The tests of `settings_file` set the path of a file.
        if !matches!(variable.usage, Usage::Used { .. }) || variable.name == settings_file::PATH {
            continue;
        }
        let (&(name, value, others, text), given) = probe(variable.name);
        let without = shown(from(others), given);
        let with = shown(from(&[&[(name, value)], others].concat()), given);
        assert!(!without.contains(text), "{name}: {without}");
        assert!(with.contains(text), "{name}: {with}");
    }
}

#[test]
fn each_name_of_another_agent_changes_the_same_setting() {
    for variable in variables() {
        let Usage::Alias { of } = variable.usage else { continue };
        let (&(_, value, others, text), given) = probe(of);
        let with = shown(from(&[&[(variable.name, value)], others].concat()), given);
        assert!(with.contains(text), "{}: {with}", variable.name);
    }
}
