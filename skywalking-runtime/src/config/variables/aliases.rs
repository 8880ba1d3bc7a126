//! The names of other agents for settings of this agent.

use super::table::OtherAgent::{self, Go, Java, Python};
use super::table::{Usage, Variable};

const fn alias(name: &'static str, agents: &'static [OtherAgent], of: &'static str) -> Variable {
    Variable { name, agents, usage: Usage::Alias { of } }
}

/// In the order of the settings.
pub(super) const ALIASES: &[Variable] = &[
    alias("SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE", &[Go], "SW_AGENT_COLLECTOR_BACKEND_SERVICES"),
    alias("SW_AGENT_REPORTER_TYPE", &[Go], "SW_AGENT_PROTOCOL"),
    alias("SW_AGENT_REPORTER_GRPC_AUTHENTICATION", &[Go], "SW_AGENT_AUTHENTICATION"),
    alias("SW_SAMPLE_N_PER_3_SECS", &[Python], "SW_AGENT_SAMPLE_N_PER_3_SECS"),
    alias("SW_AGENT_REPORTER_GRPC_TLS_ENABLE", &[Go], "SW_AGENT_FORCE_TLS"),
    alias("SW_AGENT_REPORTER_GRPC_TLS_CA_PATH", &[Go], "SW_AGENT_SSL_TRUSTED_CA_PATH"),
    alias(
        "SW_AGENT_REPORTER_GRPC_TLS_CLIENT_CERT_CHAIN_PATH",
        &[Go],
        "SW_AGENT_SSL_CERT_CHAIN_PATH",
    ),
    alias("SW_AGENT_REPORTER_GRPC_TLS_CLIENT_KEY_PATH", &[Go], "SW_AGENT_SSL_KEY_PATH"),
    alias("SW_AGENT_LOGGING_LEVEL", &[Python], "SW_LOGGING_LEVEL"),
    alias("SW_AGENT_LOG_REPORTER_ENABLE", &[Go], "SW_AGENT_LOG_REPORTER_ACTIVE"),
    alias("SW_AGENT_CORRELATION_MAX_KEY_COUNT", &[Go], "SW_CORRELATION_ELEMENT_MAX_NUMBER"),
    alias(
        "SW_AGENT_CORRELATION_ELEMENT_MAX_NUMBER",
        &[Python],
        "SW_CORRELATION_ELEMENT_MAX_NUMBER",
    ),
    alias("SW_AGENT_CORRELATION_VALUE_MAX_LENGTH", &[Python], "SW_CORRELATION_VALUE_MAX_LENGTH"),
    alias("SW_AGENT_INSTANCE_PROPERTIES_JSON", &[Python], "SW_INSTANCE_PROPERTIES_JSON"),
    alias("SW_AGENT_REPORTER_GRPC_MAX_SEND_QUEUE", &[Go], "SW_AGENT_COLLECTOR_MAX_SEND_QUEUE_SIZE"),
    alias(
        "SW_AGENT_TRACE_REPORTER_MAX_BUFFER_SIZE",
        &[Python],
        "SW_AGENT_COLLECTOR_MAX_SEND_QUEUE_SIZE",
    ),
    alias("SW_AGENT_REPORTER_CHECK_INTERVAL", &[Go], "SW_AGENT_COLLECTOR_HEARTBEAT_PERIOD"),
    alias("SW_AGENT_REPORTER_GRPC_CHECK_INTERVAL", &[Go], "SW_AGENT_COLLECTOR_HEARTBEAT_PERIOD"),
    alias("SW_AGENT_HEARTBEAT_PERIOD", &[Python], "SW_AGENT_COLLECTOR_HEARTBEAT_PERIOD"),
    alias(
        "SW_AGENT_SERVICE_INSTANCE_PROPERTY_REPORT_FACTOR",
        &[Python],
        "SW_AGENT_COLLECTOR_PROPERTIES_REPORT_PERIOD_FACTOR",
    ),
    alias("SW_METER_ACTIVE", &[Java], "SW_AGENT_METER_REPORTER_ACTIVE"),
    alias("SW_METER_REPORT_INTERVAL", &[Java], "SW_AGENT_METER_REPORTER_PERIOD"),
    alias("SW_AGENT_METER_COLLECT_INTERVAL", &[Go], "SW_AGENT_METER_REPORTER_PERIOD"),
    alias("SW_AGENT_PVM_METER_REPORTER_ACTIVE", &[Python], "SW_AGENT_RUNTIME_METERS"),
];
