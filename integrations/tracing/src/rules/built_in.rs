//! Rules for libraries.

use skywalking_runtime::{SpanKind, SpanLayer, component};

use crate::rules::Rule;

/// Returns the rules that a layer has from the start.
pub(crate) fn all() -> Vec<Rule> {
    let quiet = ["h2", "hyper", "hyper_util", "tonic", "tower", "rustls", "mio", "want"];
    let mut rules = vec![tower_http(), tower_http_responses(), sqlx(), fred(), tarpc()];
    rules.extend(quiet.map(Rule::quiet));
    rules
}

/// The span `request` of tower-http's `TraceLayer`: an Entry span `METHOD:path`, with the layer
/// Http. With `DefaultMakeSpan::include_headers(true)` it continues the trace of its caller. The
/// headers are not recorded.
pub fn tower_http() -> Rule {
    Rule::span("tower_http::trace", "request")
        .kind(SpanKind::Entry)
        .layer(SpanLayer::Http)
        .component(component::HTTP)
        .named("{method}:{uri|path}")
        .tag("method", "http.method")
        .tag("uri", "url")
        .headers("headers")
}

/// The event at the end of a response: its status becomes a tag of the Entry span, and a status of
/// 400 and above an error.
pub fn tower_http_responses() -> Rule {
    Rule::tags_of_events("tower_http::trace::on_response").tag("status", "http.status_code")
}

/// Statements of sqlx, which reports each one when it is over: Exit spans with the layer Database.
///
/// The events name neither the database nor its address. Set both, or the spans have the peer
/// `unknown` and the type `sql`:
///
/// ```
/// let sqlx = skywalking_tracing::rules::sqlx().peer("db:5432").constant("db.type", "postgresql");
/// let layer = skywalking_tracing::TracingLayer::new().rule(sqlx);
/// ```
pub fn sqlx() -> Rule {
    Rule::past("sqlx::query", "elapsed_secs")
        .layer(SpanLayer::Database)
        .named("sqlx/{summary}")
        .constant("db.type", "sql")
        .tag("summary", "db.statement")
        .tag("rows_affected", "db.rows_affected")
        .tag("rows_returned", "db.rows_returned")
        .without("elapsed")
        .without("elapsed_secs")
}

/// Commands of fred: Exit spans with the layer Cache. The spans do not name the server: set it with
/// [`Rule::peer`].
pub fn fred() -> Rule {
    Rule::span("fred", "redis_command")
        .kind(SpanKind::Exit)
        .layer(SpanLayer::Cache)
        .named("Redis/{cmd}")
        .constant("cache.type", "redis")
        .tag("cmd", "cache.cmd")
        .tag("key", "cache.key")
        .without("module")
}

/// Calls of tarpc: Entry and Exit spans with the layer RPC, by the field `otel.kind`.
pub fn tarpc() -> Rule {
    Rule::span("tarpc", "RPC").layer(SpanLayer::Rpc).component(component::RPC)
}
