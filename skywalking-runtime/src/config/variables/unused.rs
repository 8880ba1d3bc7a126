//! The variables of other agents that are refused or have no effect.

use super::table::OtherAgent::{self, Go, Go2sky, Java, Python};
use super::table::{Usage, Variable};

const fn ignored(
    name: &'static str,
    agents: &'static [OtherAgent],
    reason: &'static str,
) -> Variable {
    Variable { name, agents, usage: Usage::Ignored { reason } }
}

const NO_PROFILING: &str = "this agent does not profile";
const NO_JVM: &str = "there is no JVM";
const METERS: &str = "each report has all meters, of which there are at most 500";
const NO_LOGS: &str = "set by code: `LogRecord`, `skywalking-log`";
const NO_KAFKA: &str = "this agent does not report to Kafka";
const PLUGIN: &str = "the other agent's plugins read it";

/// Sorted by name. A name with `*` at its end is a prefix.
pub(super) const UNUSED: &[Variable] = &[
    ignored("SW_AGENT_ASYNCIO_ENHANCEMENT", &[Python], "a forked child starts its own agent"),
    ignored("SW_AGENT_ASYNC_PROFILER_ACTIVE", &[Java], NO_PROFILING),
    ignored("SW_AGENT_ASYNC_PROFILER_MAX_DURATION", &[Java], NO_PROFILING),
    ignored("SW_AGENT_ASYNC_PROFILER_OUTPUT_PATH", &[Java], NO_PROFILING),
    ignored("SW_AGENT_BOTTLE_COLLECT_HTTP_PARAMS", &[Python], PLUGIN),
    ignored("SW_AGENT_CAUSE_EXCEPTION_DEPTH", &[Java, Python], "errors are recorded with 5 causes"),
    ignored("SW_AGENT_CELERY_PARAMETERS_LENGTH", &[Python], PLUGIN),
    ignored("SW_AGENT_CLASS_CACHE_MODE", &[Java], "there are no instrumented classes"),
    ignored(
        "SW_AGENT_COLLECTOR_GET_AGENT_DYNAMIC_CONFIG_INTERVAL",
        &[Java, Go2sky],
        "there is no dynamic configuration yet",
    ),
    ignored("SW_AGENT_COLLECTOR_GET_PROFILE_TASK_INTERVAL", &[Java, Python], NO_PROFILING),
    ignored(
        "SW_AGENT_COLLECTOR_GRPC_CHANNEL_CHECK_INTERVAL",
        &[Java],
        "a lost connection is noticed at once and opened again after a backoff",
    ),
    ignored(
        "SW_AGENT_COLLECTOR_IS_RESOLVE_DNS_PERIODICALLY",
        &[Java],
        "names are resolved for each connection",
    ),
    ignored(
        "SW_AGENT_CORRELATION_MAX_VALUE_SIZE",
        &[Go],
        "it counts bytes; set `SW_CORRELATION_VALUE_MAX_LENGTH`, which counts characters",
    ),
    ignored("SW_AGENT_DISABLE_PLUGINS", &[Python], "code has only the spans that it asks for"),
    ignored("SW_AGENT_DJANGO_COLLECT_HTTP_PARAMS", &[Python], PLUGIN),
    ignored("SW_AGENT_ELASTICSEARCH_TRACE_DSL", &[Python], PLUGIN),
    ignored("SW_AGENT_EXPERIMENTAL_FORK_SUPPORT", &[Python], "a forked child starts its own agent"),
    ignored("SW_AGENT_FASTAPI_COLLECT_HTTP_PARAMS", &[Python], PLUGIN),
    ignored("SW_AGENT_FLASK_COLLECT_HTTP_PARAMS", &[Python], PLUGIN),
    ignored(
        "SW_AGENT_FORCE_RECONNECTION_PERIOD",
        &[Java],
        "a lost connection is noticed at once and opened again after a backoff",
    ),
    ignored("SW_AGENT_GET_PROFILE_TASK_INTERVAL", &[Python], NO_PROFILING),
    ignored(
        "SW_AGENT_HTTP_IGNORE_METHOD",
        &[Python],
        "use `SW_AGENT_TRACE_IGNORE_PATH`, which can name the method: `GET:/health`",
    ),
    ignored("SW_AGENT_HTTP_PARAMS_LENGTH_THRESHOLD", &[Python], PLUGIN),
    ignored(
        "SW_AGENT_INSTANCE_NAME_MAX_LENGTH",
        &[Java],
        "the limits are those of the backend (`SW_AGENT_STORAGE`)",
    ),
    ignored("SW_AGENT_IS_CACHE_ENHANCED_CLASS", &[Java], "there are no instrumented classes"),
    ignored("SW_AGENT_KAFKA_*", &[Python], NO_KAFKA),
    ignored(
        "SW_AGENT_KEEP_TRACING",
        &[Java],
        "requests are always traced while the backend is unreachable; the queue is limited",
    ),
    ignored("SW_AGENT_LOG_REPORTER_FORMATTED", &[Python], NO_LOGS),
    ignored("SW_AGENT_LOG_REPORTER_IGNORE_FILTER", &[Python], NO_LOGS),
    ignored("SW_AGENT_LOG_REPORTER_LABEL_KEYS", &[Go], NO_LOGS),
    ignored("SW_AGENT_LOG_REPORTER_LAYOUT", &[Python], NO_LOGS),
    ignored("SW_AGENT_LOG_REPORTER_LEVEL", &[Python], NO_LOGS),
    ignored("SW_AGENT_LOG_REPORTER_MAX_BUFFER_SIZE", &[Python], NO_LOGS),
    ignored("SW_AGENT_LOG_REPORTER_SAFE_MODE", &[Python], NO_LOGS),
    ignored("SW_AGENT_LOG_TRACING_ENABLE", &[Go], NO_LOGS),
    ignored("SW_AGENT_LOG_TRACING_KEY", &[Go], NO_LOGS),
    ignored("SW_AGENT_LOG_TYPE", &[Go], NO_LOGS),
    ignored("SW_AGENT_METER_REPORTER_MAX_BUFFER_SIZE", &[Python], METERS),
    ignored(
        "SW_AGENT_NAME_MAX_LENGTH",
        &[Java],
        "the limits are those of the backend (`SW_AGENT_STORAGE`)",
    ),
    ignored("SW_AGENT_OPEN_DEBUG", &[Java], "there are no instrumented classes"),
    ignored(
        "SW_AGENT_OPERATION_NAME_THRESHOLD",
        &[Java],
        "the limits are those of the backend (`SW_AGENT_STORAGE`)",
    ),
    ignored("SW_AGENT_OSINFO_IPV4_LIST_SIZE", &[Java], "10 addresses are reported"),
    ignored("SW_AGENT_PLUGIN_CONFIG_*", &[Go], PLUGIN),
    ignored("SW_AGENT_PLUGIN_EXCLUDES", &[Java, Go], "code has only the spans that it asks for"),
    ignored("SW_AGENT_PROCESS_LABELS", &[Go2sky], "there is no hook for skywalking-rover"),
    ignored(
        "SW_AGENT_PROCESS_STATUS_HOOK_ENABLE",
        &[Go2sky],
        "there is no hook for skywalking-rover",
    ),
    ignored("SW_AGENT_PROFILER_ACTIVE", &[Python], NO_PROFILING),
    ignored("SW_AGENT_PROFILE_ACTIVE", &[Java, Python], NO_PROFILING),
    ignored("SW_AGENT_PROFILE_DUMP_MAX_STACK_DEPTH", &[Java, Python], NO_PROFILING),
    ignored("SW_AGENT_PROFILE_DURATION", &[Java, Python], NO_PROFILING),
    ignored("SW_AGENT_PROFILE_MAX_ACCEPT_SUB_PARALLEL", &[Java], NO_PROFILING),
    ignored("SW_AGENT_PROFILE_MAX_PARALLEL", &[Java, Python], NO_PROFILING),
    ignored("SW_AGENT_PROFILE_SNAPSHOT_TRANSPORT_BUFFER_SIZE", &[Java, Python], NO_PROFILING),
    ignored("SW_AGENT_PYMONGO_PARAMETERS_MAX_LENGTH", &[Python], PLUGIN),
    ignored("SW_AGENT_PYMONGO_TRACE_PARAMETERS", &[Python], PLUGIN),
    ignored(
        "SW_AGENT_QUEUE_TIMEOUT",
        &[Python],
        "segments wait for at most 100 ms, or 1 s in a quiet program",
    ),
    ignored(
        "SW_AGENT_REPORTER_GRPC_CDS_FETCH_INTERVAL",
        &[Go],
        "there is no dynamic configuration yet",
    ),
    ignored("SW_AGENT_REPORTER_GRPC_PPROF_TASK_FETCH_INTERVAL", &[Go], NO_PROFILING),
    ignored("SW_AGENT_REPORTER_GRPC_PROFILE_FETCH_INTERVAL", &[Go], NO_PROFILING),
    Variable {
        name: "SW_AGENT_REPORTER_GRPC_TLS_INSECURE_SKIP_VERIFY",
        agents: &[Go],
        usage: Usage::Refused {
            reason: "the certificate of the backend is always checked; set SW_AGENT_SSL_TRUSTED_CA_PATH to the authority of its certificate",
        },
    },
    ignored("SW_AGENT_REPORTER_KAFKA_*", &[Go], NO_KAFKA),
    ignored(
        "SW_AGENT_SAMPLER",
        &[Go],
        "a name in the documentation only; the other agent reads `SW_AGENT_SAMPLE`",
    ),
    ignored("SW_AGENT_SANIC_COLLECT_HTTP_PARAMS", &[Python], PLUGIN),
    ignored("SW_AGENT_SQL_PARAMETERS_LENGTH", &[Python], PLUGIN),
    ignored(
        "SW_AGENT_SW_PYTHON_BOOTSTRAP_PROPAGATE",
        &[Python],
        "a forked child starts its own agent",
    ),
    ignored(
        "SW_AGENT_SW_PYTHON_CLI_DEBUG_ENABLED",
        &[Python],
        "the other agent's command line reads it",
    ),
    ignored(
        "SW_BUFFER_BUFFER_SIZE",
        &[Java],
        "the two multiply to a number of segments: the queue here has one limit",
    ),
    ignored(
        "SW_BUFFER_CHANNEL_SIZE",
        &[Java],
        "the two multiply to a number of segments: the queue here has one limit",
    ),
    ignored("SW_EXCLUDE_PLUGINS", &[Java, Go], "code has only the spans that it asks for"),
    ignored("SW_GET_TOPIC_TIMEOUT", &[Java], NO_KAFKA),
    ignored("SW_GRPC_LOG_MAX_MESSAGE_SIZE", &[Java], NO_LOGS),
    ignored("SW_JDBC_TRACE_SQL_PARAMETERS", &[Java], PLUGIN),
    ignored("SW_JVM_BUFFER_SIZE", &[Java], NO_JVM),
    ignored("SW_JVM_METRICS_COLLECT_PERIOD", &[Java], NO_JVM),
    ignored("SW_KAFKA_*", &[Java, Python], NO_KAFKA),
    ignored("SW_KAFKA_BOOTSTRAP_SERVERS", &[Java, Python], NO_KAFKA),
    ignored("SW_KAFKA_NAMESPACE", &[Java, Python], NO_KAFKA),
    ignored(
        "SW_LOGGING_*",
        &[Java],
        "`SW_AGENT_SELF_LOG` selects where the agent logs; a subscriber or logger sets files and formats",
    ),
    ignored("SW_LOG_LIMIT_PER_SPAN", &[Java], "the limits are fixed"),
    ignored("SW_METER_MAX_METER_SIZE", &[Java], METERS),
    ignored("SW_MOUNT_FOLDERS", &[Java], "there are no instrumented classes"),
    ignored("SW_PLUGIN_*", &[Java, Python], PLUGIN),
    ignored(
        "SW_PLUGIN_HTTP_IGNORE_METHOD",
        &[Python],
        "use `SW_AGENT_TRACE_IGNORE_PATH`, which can name the method: `GET:/health`",
    ),
    ignored(
        "SW_PLUGIN_PEER_MAX_LENGTH",
        &[Java],
        "the limits are those of the backend (`SW_AGENT_STORAGE`)",
    ),
    ignored(
        "SW_SAMPLE_CPU_USAGE_PERCENT_LIMIT",
        &[Java],
        "write a sampler that reads the load: `Sampling::custom`",
    ),
    ignored("SW_SPRINGANNOTATION_CLASSNAME_MATCH_REGEX", &[Java], PLUGIN),
    ignored(
        "SW_STATUSCHECK_IGNORED_EXCEPTIONS",
        &[Java],
        "errors have types in Rust: use `err_ignore` at the function",
    ),
    ignored(
        "SW_STATUSCHECK_MAX_RECURSIVE_DEPTH",
        &[Java],
        "errors have types in Rust: use `err_ignore` at the function",
    ),
    ignored("SW_TRACE_SEGMENT_LIMIT", &[Java], "the limits are fixed"),
];
