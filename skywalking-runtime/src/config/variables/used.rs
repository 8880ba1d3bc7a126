//! The variables that this agent uses.

use super::table::OtherAgent::{self, Go, Go2sky, Java, Python};
use super::table::{Usage, Variable};

const fn used(
    name: &'static str,
    agents: &'static [OtherAgent],
    method: &'static str,
    meaning: &'static str,
    default: &'static str,
) -> Variable {
    Variable { name, agents, usage: Usage::Used { meaning, default, method } }
}

const fn alias(name: &'static str, agents: &'static [OtherAgent], of: &'static str) -> Variable {
    Variable { name, agents, usage: Usage::Alias { of } }
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
        "SW_AGENT_COLLECTOR_BACKEND_SERVICES",
        &[Java, Go2sky, Python],
        "backend",
        "backend: `host:port`, `[ipv6]:port`, `https://host:port` or `unix:///path`; several separated by commas are tried in turn",
        "`127.0.0.1:11800`; by HTTP `127.0.0.1:12800`",
    ),
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
    ),
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
    ),
    used(
        "SW_AGENT_SAMPLE_N_PER_3_SECS",
        &[],
        "sampling",
        "requests to record in each 3 seconds; `-1` for all",
        "`-1`",
    ),
    used("SW_AGENT_SAMPLE_RATE", &[], "sampling", "share of requests to record, 0 to 1", "`1`"),
    used(
        "SW_AGENT_SAMPLE",
        &[Java, Go2sky, Go],
        "sampling",
        "`0.5` is a rate, a negative number is all; other values are ambiguous and an error",
        "none",
    ),
    used(
        "SW_AGENT_IGNORE_SUFFIX",
        &[Java, Go, Python],
        "ignore_suffixes",
        "endings of ignored operation names, separated by commas; `,` for none",
        "`.jpg,.jpeg,.js,.css,.png,.bmp,.gif,.ico,.mp3,.mp4,.html,.svg`",
    ),
    used(
        "SW_AGENT_TRACE_IGNORE_PATH",
        &[Java, Go, Python],
        "ignore_paths",
        "patterns of ignored operation names, separated by commas",
        "none",
    ),
    used(
        "SW_AGENT_SPAN_LIMIT",
        &[Java],
        "max_spans_per_segment",
        "spans in a segment, 1 to 65535",
        "`300`",
    ),
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
        "SW_AGENT_PROXY",
        &[],
        "proxy",
        "[HTTP proxy](tls.md#proxies) for all connections that are not local",
        "`HTTPS_PROXY` for addresses with TLS, else none",
    ),
    used(
        "SW_AGENT_FORCE_TLS",
        &[Java, Python],
        "force_tls",
        "`true` turns [TLS](tls.md) on for addresses without `http://`",
        "`false`",
    ),
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
    ),
    used(
        "SW_CORRELATION_VALUE_MAX_LENGTH",
        &[Java, Python],
        "max_correlation_value_length",
        "characters of a correlation value, at most 4096",
        "`128`",
    ),
    used(
        "SW_CORRELATION_AUTO_TAG_KEYS",
        &[Java],
        "correlation_tags",
        "correlation keys that also become tags, separated by commas",
        "none",
    ),
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
    alias("SW_AGENT_CORRELATION_MAX_KEY_COUNT", &[Go], "SW_CORRELATION_ELEMENT_MAX_NUMBER"),
    alias(
        "SW_AGENT_CORRELATION_ELEMENT_MAX_NUMBER",
        &[Python],
        "SW_CORRELATION_ELEMENT_MAX_NUMBER",
    ),
    alias("SW_AGENT_CORRELATION_VALUE_MAX_LENGTH", &[Python], "SW_CORRELATION_VALUE_MAX_LENGTH"),
];
