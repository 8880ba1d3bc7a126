//! The variables that this agent uses.

use super::table::FileValue::{self, Integer, List, Number, Switch};
use super::table::OtherAgent::{self, Go, Go2sky, Java, Python};
use super::table::{Usage, Variable};

const fn used(
    name: &'static str,
    agents: &'static [OtherAgent],
    method: &'static str,
    meaning: &'static str,
    default: &'static str,
) -> Variable {
    let in_file = FileValue::Text;
    Variable { name, agents, usage: Usage::Used { meaning, default, method, in_file } }
}

impl Variable {
    /// Sets the type of its value in a file. Default: text.
    const fn takes(self, in_file: FileValue) -> Self {
        match self.usage {
            Usage::Used { meaning, default, method, .. } => {
                Self { usage: Usage::Used { meaning, default, method, in_file }, ..self }
            }
            _ => self,
        }
    }
}

/// In the order of the page.
pub(super) const USED: &[Variable] = &[
    used(
        "SW_AGENT_NAME",
        &[Java, Go2sky, Go, Python],
        "new",
        "service name: at most 50 characters and 147 bytes",
        "required",
    ),
    used(
        "SW_AGENT_INSTANCE_NAME",
        &[Java, Go2sky, Go, Python],
        "instance",
        "instance name; see [Kubernetes](kubernetes.md#instance-names)",
        "`<32 hex digits>@<first IPv4 address or host name>`",
    ),
    used(
        "SW_AGENT_NAMESPACE",
        &[Java, Python],
        "namespace",
        "namespace: the service is `name|namespace|cluster` if one of the two is set",
        "none",
    ),
    used(
        "SW_AGENT_CLUSTER",
        &[Java],
        "cluster",
        "cluster: the third part of the service name, and the prefix `cluster/` of the peers of exit spans",
        "none",
    ),
    used(
        "SW_AGENT_LAYER",
        &[Go2sky],
        "layer",
        "layer of the service: `GENERAL`, `MESH`, `OS_LINUX`, `K8S`, `FAAS`, `MQ` or `GENAI`",
        "none; the backend takes it for `GENERAL`",
    ),
    used(
        "SW_INSTANCE_PROPERTIES_JSON",
        &[Java],
        "instance_property",
        "properties of the instance, a flat JSON object: `{\"team\": \"blue\"}`",
        "none",
    ),
    used(
        "SW_AGENT_COLLECTOR_BACKEND_SERVICES",
        &[Java, Go2sky, Python],
        "backend",
        "backend: `host:port`, `[ipv6]:port`, `https://host:port` or `unix:///path`; several separated by commas are tried in turn",
        "`127.0.0.1:11800`; by HTTP `127.0.0.1:12800`",
    ).takes(List),
    used(
        "SW_AGENT_PROTOCOL",
        &[Python],
        "reporter",
        "`grpc`, `http` (feature `report-http`), `log` or `discard`",
        "`grpc`; without that feature `http`, else `log`",
    ),
    used(
        "SW_AGENT_REPORTER_DISCARD",
        &[Go],
        "reporter",
        "`true` is `SW_AGENT_PROTOCOL=discard`, and wins over it",
        "`false`",
    ).takes(Switch),
    used(
        "SW_AGENT_AUTHENTICATION",
        &[Java, Go2sky, Python],
        "token",
        "token that the backend expects",
        "none",
    ),
    used(
        "SW_AGENT_AUTHENTICATION_FILE",
        &[],
        "token_file",
        "path of a file with the token, which is read again when it changes",
        "none",
    ),
    used(
        "SW_AGENT_ENABLE",
        &[Java],
        "enabled",
        "`false` disables the agent; other variables are then not checked",
        "`true`",
    ).takes(Switch),
    used(
        "SW_AGENT_CONFIG_PATH",
        &[],
        "from_env",
        "path of a [file](#in-a-file) with settings",
        "none",
    ),
    used(
        "SW_AGENT_SAMPLE_N_PER_3_SECS",
        &[],
        "sampling",
        "requests to record in each 3 seconds; `-1` for all",
        "`-1`",
    ).takes(Integer),
    used("SW_AGENT_SAMPLE_RATE", &[], "sampling", "share of requests to record, 0 to 1", "`1`").takes(Number),
    used(
        "SW_AGENT_SAMPLE",
        &[Java, Go2sky, Go],
        "sampling",
        "`0.5` is a rate, a negative number is all; other values are ambiguous and an error",
        "none",
    ).takes(Number),
    used(
        "SW_AGENT_IGNORE_SUFFIX",
        &[Java, Go, Python],
        "ignore_suffixes",
        "endings of ignored operation names, separated by commas; `,` for none",
        "`.jpg,.jpeg,.js,.css,.png,.bmp,.gif,.ico,.mp3,.mp4,.html,.svg`",
    ).takes(List),
    used(
        "SW_AGENT_TRACE_IGNORE_PATH",
        &[Java, Go, Python],
        "ignore_paths",
        "patterns of ignored operation names, separated by commas",
        "none",
    ).takes(List),
    used(
        "SW_AGENT_SPAN_LIMIT",
        &[Java],
        "max_spans_per_segment",
        "spans in a segment, 1 to 65535",
        "`300`",
    ).takes(Integer),
    used(
        "SW_AGENT_ORPHANS",
        &[],
        "orphans",
        "local spans without a parent: `trace` starts a trace, `skip` ignores them",
        "`trace`",
    ),
    used(
        "SW_AGENT_STORAGE",
        &[],
        "storage",
        "`sql` shortens names that SQL storage rejects; `any` keeps them, for Elasticsearch and BanyanDB",
        "`sql`",
    ),
    used(
        "SW_AGENT_SELF_LOG",
        &[],
        "self_log",
        "log of the agent: `auto` (`tracing` subscriber, else `log` logger, else standard error), `program` (never standard error) or `off`",
        "`auto`",
    ),
    used(
        "SW_LOGGING_LEVEL",
        &[Java],
        "self_log_level",
        "lines of the agent's log: `off`, `error`, `warn` (also losses) or `info` (also the start); `debug` and `trace` are `info`",
        "`info`",
    ),
    used(
        "SW_AGENT_PROXY",
        &[],
        "proxy",
        "[HTTP proxy](tls.md#proxies) for all connections that are not local",
        "`HTTPS_PROXY` for addresses with TLS, else none",
    ),
    used(
        "SW_AGENT_COLLECTOR_MAX_SEND_QUEUE_SIZE",
        &[Go2sky],
        "max_queue_segments",
        "segments that may wait for the reporter",
        "`50000`",
    ).takes(Integer),
    used(
        "SW_AGENT_MAX_QUEUE_BYTES",
        &[],
        "max_queue_bytes",
        "bytes of segments that may wait for the reporter",
        "`16777216`",
    ).takes(Integer),
    used(
        "SW_AGENT_OVERFLOW",
        &[],
        "overflow",
        "segments to drop when the queue is full: `newest` or `oldest`",
        "`newest`",
    ),
    used(
        "SW_AGENT_COMPRESSION",
        &[],
        "compression",
        "compression of batches: `none`, or `gzip` with the feature `gzip`",
        "`none`",
    ),
    used(
        "SW_AGENT_MAX_BATCH_SEGMENTS",
        &[],
        "max_batch_segments",
        "segments that are sent together",
        "`1000`",
    ).takes(Integer),
    used(
        "SW_AGENT_MAX_BATCH_BYTES",
        &[],
        "max_batch_bytes",
        "bytes at which a batch is complete, at most 67108864",
        "`4194304`",
    ).takes(Integer),
    used(
        "SW_AGENT_LOG_REPORTER_ACTIVE",
        &[Python],
        "report_logs",
        "`false`: log records are not reported",
        "`true`",
    ).takes(Switch),
    used(
        "SW_AGENT_MAX_LOG_QUEUE_BYTES",
        &[],
        "max_log_queue_bytes",
        "bytes of log records that can wait for the reporter; further ones are dropped",
        "`8388608`",
    ).takes(Integer),
    used(
        "SW_AGENT_LIFECYCLE_EVENTS",
        &[],
        "lifecycle_events",
        "`false`: the start and the shutdown of the agent are not reported as events",
        "`true`",
    ).takes(Switch),
    used(
        "SW_AGENT_COLLECTOR_HEARTBEAT_PERIOD",
        &[Java, Go2sky, Python],
        "heartbeat_period",
        "seconds between two keep-alives, at least 1",
        "`30`",
    ).takes(Number),
    used(
        "SW_AGENT_COLLECTOR_PROPERTIES_REPORT_PERIOD_FACTOR",
        &[Java, Python],
        "properties_every",
        "keep-alives until the properties are sent again",
        "`10`",
    ).takes(Integer),
    used(
        "SW_AGENT_COLLECTOR_GRPC_UPSTREAM_TIMEOUT",
        &[Java],
        "batch_timeout",
        "seconds until a batch without an answer counts as unconfirmed; also by HTTP",
        "`30`",
    ).takes(Number),
    used(
        "SW_AGENT_MANAGEMENT_TIMEOUT",
        &[],
        "management_timeout",
        "seconds to wait for the answer to a keep-alive",
        "`10`",
    ).takes(Number),
    used(
        "SW_AGENT_CONNECT_TIMEOUT",
        &[],
        "connect_timeout",
        "seconds that a connect may take, at most those of `SW_AGENT_MANAGEMENT_TIMEOUT`",
        "`3`",
    ).takes(Number),
    used(
        "SW_AGENT_MAX_BACKOFF",
        &[],
        "max_backoff",
        "longest pause between attempts to reach the backend, in seconds",
        "`4`",
    ).takes(Number),
    used(
        "SW_AGENT_SHUTDOWN_TIMEOUT",
        &[],
        "shutdown_timeout",
        "seconds that dropping the agent may take",
        "`5`",
    ).takes(Number),
    used(
        "SW_AGENT_METER_REPORTER_ACTIVE",
        &[Python],
        "meters",
        "`false` turns the report of [meters](meters.md) off",
        "`true`",
    ).takes(Switch),
    used(
        "SW_AGENT_METER_REPORTER_PERIOD",
        &[Python],
        "meter_period",
        "seconds between two reports of meters, at least 1",
        "`20`",
    ).takes(Number),
    used(
        "SW_AGENT_RUNTIME_METERS",
        &[],
        "runtime_meters",
        "`false` turns the meters of the process and of the agent itself off",
        "`true`",
    ).takes(Switch),
    used(
        "SW_AGENT_FORCE_TLS",
        &[Java, Python],
        "force_tls",
        "`true` turns [TLS](tls.md) on for addresses without `http://`",
        "`false`",
    ).takes(Switch),
    used(
        "SW_AGENT_SSL_TRUSTED_CA_PATH",
        &[Java],
        "trusted_ca",
        "path of the certificates of trusted authorities; turns TLS on",
        "those of the system",
    ),
    used(
        "SW_AGENT_SSL_CERT_CHAIN_PATH",
        &[Java],
        "client_certificate",
        "path of the client certificate; turns TLS on",
        "none",
    ),
    used(
        "SW_AGENT_SSL_KEY_PATH",
        &[Java],
        "client_certificate",
        "path of the key of the client certificate; turns TLS on",
        "none",
    ),
    used(
        "SW_CORRELATION_ELEMENT_MAX_NUMBER",
        &[Java, Python],
        "max_correlation_pairs",
        "correlation keys in a trace, at most 64",
        "`3`",
    ).takes(Integer),
    used(
        "SW_CORRELATION_VALUE_MAX_LENGTH",
        &[Java, Python],
        "max_correlation_value_length",
        "characters of a correlation value, at most 4096",
        "`128`",
    ).takes(Integer),
    used(
        "SW_CORRELATION_AUTO_TAG_KEYS",
        &[Java],
        "correlation_tags",
        "correlation keys that also become tags, separated by commas",
        "none",
    ).takes(List),
];
