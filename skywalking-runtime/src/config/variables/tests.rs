use super::*;

fn among(names: &[&str]) -> Ignored {
    let mut ignored = Ignored::default();
    ignored.add_variables(names.iter().map(|name| (*name).to_owned()));
    ignored
}

#[test]
fn unknown_variables_and_typos_are_in_one_warning() {
    let warning = among(&[
        "SW_AGENT_SERVICE_NAME",
        "SW_AGENT_NAMES",
        "SW_AGENT_COLECTOR_BACKEND_SERVICE",
        "SW_CORELATION_AUTO_TAG_KEYS",
        "SW_BUFFER_CHANEL_SIZE",
        "sw_agent_name",
        "PATH",
    ])
    .warnings();
    assert_eq!(
        warning,
        [concat!(
            "unknown variables have no effect: ",
            "SW_AGENT_COLECTOR_BACKEND_SERVICE (is SW_AGENT_COLLECTOR_BACKEND_SERVICES meant?), ",
            "SW_AGENT_NAMES (is SW_AGENT_NAME meant?), SW_AGENT_SERVICE_NAME, ",
            "SW_BUFFER_CHANEL_SIZE (is SW_BUFFER_CHANNEL_SIZE meant?), ",
            "SW_CORELATION_AUTO_TAG_KEYS (is SW_CORRELATION_AUTO_TAG_KEYS meant?), sw_agent_name (is SW_AGENT_NAME meant?)"
        )]
    );
}

#[test]
fn typo_of_one_or_two_letters_is_found_with_the_right_name() {
    for name in variables().filter(|known| known.is_read()).map(|known| known.name) {
        let mut typos = vec![format!("{name}S"), format!("{name}_X")];
        for place in 4..name.len() - 1 {
            typos.push(format!("{}{}", &name[..place], &name[place + 1..]));
            typos.push(format!(
                "{}{}{}{}",
                &name[..place],
                &name[place + 1..place + 2],
                &name[place..=place],
                &name[place + 2..]
            ));
        }
        for typo in typos.iter().filter(|typo| find(typo).is_none()) {
            let warning = among(&[typo]).warnings();
            assert!(
                warning.first().is_some_and(|warning| warning.contains("meant?")),
                "{typo}: {warning:?}"
            );
        }
    }
}

#[test]
fn names_of_kubernetes_and_other_agents_are_not_typos() {
    let known = among(&[
        "SW_AGENT_SERVICE_HOST",
        "SW_AGENT_SERVICE_PORT",
        "SW_AGENT_SERVICE_PORT_GRPC",
        "SW_AGENT_PORT",
        "SW_AGENT_PORT_11800_TCP_ADDR",
        "SW_AGENT_NAME",
        "SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE",
        "SW_AGENT_KEEP_TRACING",
        "SW_BUFFER_BUFFER_SIZE",
        "SW_KAFKA_REPORTER_CONFIG_ACKS",
        "SW_STORAGE",
        "SW_CORE_REST_HOST",
        "SWITCH",
        "SW",
    ]);
    assert_eq!(known.warnings(), [""; 0]);
    assert_eq!(
        known.of_others().as_deref(),
        Some("SW_AGENT_KEEP_TRACING, SW_BUFFER_BUFFER_SIZE, SW_KAFKA_REPORTER_CONFIG_ACKS")
    );
}

#[test]
fn warning_is_one_line_of_bounded_length() {
    let names: Vec<String> =
        (0..1_000).map(|number| format!("SW_AGENT_{number:04}\n{}", "x".repeat(1_000))).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let warning = among(&names).warnings().remove(0);
    assert!(
        warning.len() < 3_000 && !warning.contains('\n') && warning.ends_with(" and 980 more"),
        "{warning}"
    );
}

#[test]
fn edits_equal_the_levenshtein_distance() {
    for (from, to, expected) in [
        ("", "", 0),
        ("ab", "ab", 0),
        ("ab", "b", 1),
        ("ab", "ba", 2),
        ("abc", "axc", 1),
        ("a", "abc", 2),
    ] {
        assert_eq!((edits(from, to), edits(to, from)), (expected, expected), "{from} {to}");
    }
    assert!(edits("abcd", "wxyz") > EDITS);
}

#[test]
fn names_of_the_table_are_unique_and_aliases_have_a_setting() {
    let mut names: Vec<_> = variables().map(|variable| variable.name).collect();
    let number = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), number);
    for variable in variables() {
        if let Usage::Alias { of } = variable.usage {
            let of = find(of).unwrap();
            assert!(matches!(of.usage, Usage::Used { .. }), "{}", variable.name);
        }
    }
}

/// The names that the settings of the other agents have, from their own files.
#[test]
fn table_has_every_variable_of_the_other_agents() {
    for name in [
        "SW_AGENT_AUTHENTICATION",
        "SW_AGENT_CAUSE_EXCEPTION_DEPTH",
        "SW_AGENT_CLUSTER",
        "SW_AGENT_COLLECTOR_BACKEND_SERVICES",
        "SW_AGENT_COLLECTOR_GET_AGENT_DYNAMIC_CONFIG_INTERVAL",
        "SW_AGENT_COLLECTOR_GET_PROFILE_TASK_INTERVAL",
        "SW_AGENT_COLLECTOR_GRPC_UPSTREAM_TIMEOUT",
        "SW_AGENT_COLLECTOR_HEARTBEAT_PERIOD",
        "SW_AGENT_COLLECTOR_IS_RESOLVE_DNS_PERIODICALLY",
        "SW_AGENT_COLLECTOR_MAX_SEND_QUEUE_SIZE",
        "SW_AGENT_COLLECTOR_PROPERTIES_REPORT_PERIOD_FACTOR",
        "SW_AGENT_CORRELATION_MAX_KEY_COUNT",
        "SW_AGENT_CORRELATION_MAX_VALUE_SIZE",
        "SW_AGENT_ENABLE",
        "SW_AGENT_FORCE_TLS",
        "SW_AGENT_IGNORE_SUFFIX",
        "SW_AGENT_INSTANCE_NAME",
        "SW_AGENT_INSTANCE_PROPERTIES_JSON",
        "SW_AGENT_KEEP_TRACING",
        "SW_AGENT_LAYER",
        "SW_AGENT_LOGGING_LEVEL",
        "SW_AGENT_LOG_REPORTER_ENABLE",
        "SW_AGENT_LOG_REPORTER_FORMATTED",
        "SW_AGENT_LOG_REPORTER_IGNORE_FILTER",
        "SW_AGENT_LOG_REPORTER_LABEL_KEYS",
        "SW_AGENT_LOG_REPORTER_LAYOUT",
        "SW_AGENT_LOG_REPORTER_LEVEL",
        "SW_AGENT_LOG_REPORTER_MAX_BUFFER_SIZE",
        "SW_AGENT_LOG_REPORTER_SAFE_MODE",
        "SW_AGENT_LOG_TRACING_KEY",
        "SW_AGENT_LOG_TYPE",
        "SW_AGENT_METER_COLLECT_INTERVAL",
        "SW_AGENT_METER_REPORTER_ACTIVE",
        "SW_AGENT_METER_REPORTER_MAX_BUFFER_SIZE",
        "SW_AGENT_METER_REPORTER_PERIOD",
        "SW_AGENT_NAME",
        "SW_AGENT_NAMESPACE",
        "SW_AGENT_OPERATION_NAME_THRESHOLD",
        "SW_AGENT_PROCESS_LABELS",
        "SW_AGENT_PROCESS_STATUS_HOOK_ENABLE",
        "SW_AGENT_PROFILE_ACTIVE",
        "SW_AGENT_PROTOCOL",
        "SW_AGENT_PVM_METER_REPORTER_ACTIVE",
        "SW_AGENT_QUEUE_TIMEOUT",
        "SW_AGENT_REPORTER_CHECK_INTERVAL",
        "SW_AGENT_REPORTER_DISCARD",
        "SW_AGENT_REPORTER_GRPC_AUTHENTICATION",
        "SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE",
        "SW_AGENT_REPORTER_GRPC_CDS_FETCH_INTERVAL",
        "SW_AGENT_REPORTER_GRPC_MAX_SEND_QUEUE",
        "SW_AGENT_REPORTER_GRPC_PPROF_TASK_FETCH_INTERVAL",
        "SW_AGENT_REPORTER_GRPC_PROFILE_FETCH_INTERVAL",
        "SW_AGENT_REPORTER_GRPC_TLS_CA_PATH",
        "SW_AGENT_REPORTER_GRPC_TLS_CLIENT_CERT_CHAIN_PATH",
        "SW_AGENT_REPORTER_GRPC_TLS_CLIENT_KEY_PATH",
        "SW_AGENT_REPORTER_GRPC_TLS_ENABLE",
        "SW_AGENT_REPORTER_GRPC_TLS_INSECURE_SKIP_VERIFY",
        "SW_AGENT_REPORTER_KAFKA_BROKERS",
        "SW_AGENT_REPORTER_KAFKA_MAX_SEND_QUEUE",
        "SW_AGENT_REPORTER_TYPE",
        "SW_AGENT_SAMPLE",
        "SW_AGENT_SAMPLER",
        "SW_AGENT_SPAN_LIMIT",
        "SW_AGENT_SSL_CERT_CHAIN_PATH",
        "SW_AGENT_SSL_KEY_PATH",
        "SW_AGENT_SSL_TRUSTED_CA_PATH",
        "SW_AGENT_SW_PYTHON_CLI_DEBUG_ENABLED",
        "SW_AGENT_TRACE_IGNORE_PATH",
        "SW_AGENT_TRACE_REPORTER_MAX_BUFFER_SIZE",
        "SW_BUFFER_BUFFER_SIZE",
        "SW_BUFFER_CHANNEL_SIZE",
        "SW_CORRELATION_AUTO_TAG_KEYS",
        "SW_CORRELATION_ELEMENT_MAX_NUMBER",
        "SW_CORRELATION_VALUE_MAX_LENGTH",
        "SW_GET_TOPIC_TIMEOUT",
        "SW_GRPC_LOG_MAX_MESSAGE_SIZE",
        "SW_INSTANCE_PROPERTIES_JSON",
        "SW_KAFKA_BOOTSTRAP_SERVERS",
        "SW_KAFKA_NAMESPACE",
        "SW_KAFKA_REPORTER_CONFIG_ACKS",
        "SW_LOGGING_DIR",
        "SW_LOGGING_LEVEL",
        "SW_LOG_LIMIT_PER_SPAN",
        "SW_METER_ACTIVE",
        "SW_METER_MAX_METER_SIZE",
        "SW_METER_REPORT_INTERVAL",
        "SW_PLUGIN_HTTP_IGNORE_METHOD",
        "SW_PLUGIN_PEER_MAX_LENGTH",
        "SW_PLUGIN_TOOLKIT_LOG_TRANSMIT_FORMATTED",
        "SW_SAMPLE_CPU_USAGE_PERCENT_LIMIT",
        "SW_SAMPLE_N_PER_3_SECS",
        "SW_SPRINGANNOTATION_CLASSNAME_MATCH_REGEX",
        "SW_STATUSCHECK_MAX_RECURSIVE_DEPTH",
        "SW_TRACE_SEGMENT_LIMIT",
    ] {
        let variable = find(name).unwrap_or_else(|| panic!("{name}"));
        assert!(!variable.agents.is_empty(), "{name}");
    }
}
