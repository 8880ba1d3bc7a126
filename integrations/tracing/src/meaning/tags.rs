//! Fields as tags, under the keys that SkyWalking reads.

use skywalking_runtime::movable::{MovableSpan, SpanFields};
use skywalking_runtime::{CurrentSpan, OpeningSpan, SpanKind, SpanLayer};

use crate::fields::{Fields, Value};
use crate::meaning::carrier::is_header;
use crate::meaning::{Meaning, number};
use crate::rules::{Rule, clean_url, expand};

/// A span that takes tags.
pub(crate) trait Sink {
    fn put(&mut self, key: &'static str, value: Value<'_>);
}

macro_rules! sink {
    ($($span:ty),+) => {
        $(impl Sink for $span {
            fn put(&mut self, key: &'static str, value: Value<'_>) {
                match value {
                    Value::Text(text) => _ = self.tag(key, text),
                    Value::Int(number) => _ = self.tag(key, number),
                    Value::Uint(number) => _ = self.tag(key, number),
                    Value::Bool(value) => _ = self.tag(key, value),
                }
            }
        })+
    };
}
sink!(OpeningSpan<'_>, SpanFields, MovableSpan, CurrentSpan);

/// Adds the tags of a rule and of the fields.
pub(crate) fn describe(
    sink: &mut impl Sink,
    rule: Option<&Rule>,
    meaning: &Meaning,
    fields: &Fields,
    is_new: bool,
) {
    if let Some(rule) = rule.filter(|_| is_new) {
        for (key, pattern) in &rule.constants {
            if let Some(value) = expand(pattern, fields) {
                sink.put(key, Value::Text(&value));
            }
        }
    }
    for (key, value) in fields.iter() {
        add(sink, rule, meaning, key, value);
    }
}

fn add(
    sink: &mut impl Sink,
    rule: Option<&Rule>,
    meaning: &Meaning,
    key: &'static str,
    value: Value<'_>,
) {
    if let Some(rule) = rule {
        if key == rule.headers {
            return;
        }
        if let Some((_, tag)) = rule.tags.iter().find(|(field, _)| field == key) {
            return put(sink, tag, value);
        }
    }
    if is_header(key) {
        return;
    }
    if key.contains('.') {
        semantic(sink, meaning, key, value);
    } else {
        sink.put(key, value);
    }
}

/// Adds the fields that a rule names.
pub(crate) fn tag_by_rule(sink: &mut impl Sink, rule: &Rule, fields: &Fields) {
    for (field, tag) in &rule.tags {
        if let Some(value) = fields.get(field) {
            put(sink, tag, value);
        }
    }
}

/// Adds a tag. An empty key leaves it out.
fn put(sink: &mut impl Sink, key: &'static str, value: Value<'_>) {
    match (key, value) {
        ("", _) => {}
        // sqlx leaves it empty if the summary is the whole statement.
        ("db.statement", Value::Text(text)) if text.trim().is_empty() => {}
        ("db.statement", Value::Text(text)) => sink.put(key, Value::Text(text.trim())),
        ("url", Value::Text(url)) => sink.put(key, Value::Text(&clean_url(url))),
        // tower-http reports the status of gRPC calls in the same field.
        ("http.status_code", _) if number(value).is_some_and(|status| status < 100) => {
            sink.put("rpc.status_code", value);
        }
        _ => sink.put(key, value),
    }
}

fn semantic(sink: &mut impl Sink, meaning: &Meaning, key: &'static str, value: Value<'_>) {
    let is_exit = meaning.kind == Some(SpanKind::Exit);
    let is_cache = meaning.layer == Some(SpanLayer::Cache);
    let tag = match key {
        "otel.kind" | "otel.name" | "otel.status_code" => "",
        "http.request.method" | "http.method" => "http.method",
        "http.response.status_code" | "http.status_code" => "http.status_code",
        "url.full" | "http.url" | "url.path" | "http.target" => "url",
        "server.address"
        | "server.port"
        | "net.peer.name"
        | "net.peer.port"
        | "net.peer.ip"
        | "network.peer.address"
        | "network.peer.port"
        | "peer.service"
            if is_exit =>
        {
            ""
        }
        "rpc.grpc.status_code" => "rpc.status_code",
        "db.system" | "db.system.name" if is_cache => "cache.type",
        "db.system" | "db.system.name" => "db.type",
        "db.operation" | "db.operation.name" if is_cache => {
            if let Some(operation) = value.text().and_then(cache_operation) {
                sink.put("cache.op", Value::Text(operation));
            }
            "cache.cmd"
        }
        "db.statement" | "db.query.text" => "db.statement",
        "db.name" | "db.namespace" => "db.instance",
        "messaging.system" => "mq.type",
        "messaging.destination" | "messaging.destination.name" => "mq.topic",
        other => other,
    };
    put(sink, tag, value);
}

/// Returns whether a common command of a cache reads or writes.
fn cache_operation(command: &str) -> Option<&'static str> {
    const READS: [&str; 12] = [
        "GET", "MGET", "EXISTS", "HGET", "HGETALL", "HMGET", "LRANGE", "SMEMBERS", "STRLEN", "TTL",
        "ZRANGE", "GETS",
    ];
    const WRITES: [&str; 16] = [
        "SET", "MSET", "SETEX", "SETNX", "DEL", "INCR", "DECR", "EXPIRE", "HSET", "HDEL", "LPUSH",
        "RPUSH", "SADD", "SREM", "ZADD", "DELETE",
    ];
    let is_in = |list: &[&str]| list.iter().any(|name| name.eq_ignore_ascii_case(command));
    if is_in(&READS) { Some("read") } else { is_in(&WRITES).then_some("write") }
}
