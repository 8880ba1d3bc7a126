//! What the fields of a span mean: kind, name, peer, layer and component. The names are those of
//! `tracing-opentelemetry` (`otel.*`) and of OpenTelemetry's semantic conventions, old and new.

mod carrier;
mod tags;

use skywalking_runtime::{SpanKind, SpanLayer, component};

use crate::fields::{Fields, Value};
use crate::rules::{Rule, clean_url, expand, path};

pub(crate) use carrier::{carrier, is_header};
pub(crate) use tags::{Sink, describe, tag_by_rule};

/// What the fields of a span mean, apart from tags.
#[derive(Debug, Default)]
pub(crate) struct Meaning {
    pub(crate) kind: Option<SpanKind>,
    pub(crate) name: Option<String>,
    pub(crate) layer: Option<SpanLayer>,
    pub(crate) component: Option<i32>,
    pub(crate) peer: Option<String>,
    pub(crate) failed: bool,
}

/// The fields that decide, collected in one pass.
#[derive(Default)]
struct Found<'a> {
    kind: Option<SpanKind>,
    name: Option<Value<'a>>,
    failed: bool,
    method: Option<Value<'a>>,
    route: Option<Value<'a>>,
    url: Option<Value<'a>>,
    host: Option<Value<'a>>,
    port: Option<Value<'a>>,
    peer_service: Option<Value<'a>>,
    rpc: Option<Value<'a>>,
    rpc_service: Option<Value<'a>>,
    rpc_method: Option<Value<'a>>,
    database: Option<Value<'a>>,
    queue: Option<Value<'a>>,
    queue_operation: Option<Value<'a>>,
    is_model: bool,
}

impl<'a> Found<'a> {
    fn of(fields: &'a Fields) -> Self {
        let mut found = Self::default();
        for (key, value) in fields.iter() {
            // All names that mean something have a dot.
            if key.contains('.') {
                found.add(key, value);
            }
        }
        found
    }

    fn add(&mut self, key: &str, value: Value<'a>) {
        match key {
            "otel.kind" => self.kind = value.text().and_then(kind),
            "otel.name" => self.name = Some(value),
            "otel.status_code" => self.failed |= is_text(value, "error"),
            "http.request.method" | "http.method" => self.method = Some(value),
            "http.route" => self.route = Some(value),
            "http.response.status_code" | "http.status_code" => self.failed |= is_http_error(value),
            "url.full" | "http.url" | "url.path" | "http.target" => self.url = Some(value),
            "server.address" | "net.peer.name" => self.host = Some(value),
            "network.peer.address" | "net.peer.ip" => _ = self.host.get_or_insert(value),
            "server.port" | "net.peer.port" => self.port = Some(value),
            "network.peer.port" => _ = self.port.get_or_insert(value),
            "peer.service" => self.peer_service = Some(value),
            "rpc.system" | "rpc.system.name" => self.rpc = Some(value),
            "rpc.service" => self.rpc_service = Some(value),
            "rpc.method" => self.rpc_method = Some(value),
            "rpc.grpc.status_code" => self.failed |= !is_text(value, "0"),
            "db.system" | "db.system.name" => self.database = Some(value),
            "messaging.system" => self.queue = Some(value),
            "messaging.operation" | "messaging.operation.type" => {
                self.queue_operation = Some(value);
            }
            "gen_ai.response.model" => self.is_model = true,
            _ => {}
        }
    }

    /// Returns the kind. What only one side of a call knows decides where `otel.kind` is missing.
    fn kind(&self) -> Option<SpanKind> {
        let by_queue = || {
            let operation = self.queue.and(self.queue_operation)?.text()?;
            Some(match operation {
                "publish" | "send" | "create" => SpanKind::Exit,
                _ => SpanKind::Entry,
            })
        };
        let is_client = self.database.is_some() || (self.method.is_some() && self.host.is_some());
        self.kind
            .or_else(|| self.route.map(|_| SpanKind::Entry))
            .or_else(by_queue)
            .or_else(|| is_client.then_some(SpanKind::Exit))
    }

    fn layer(&self) -> Option<SpanLayer> {
        if let Some(system) = self.database {
            let cache = system.text().is_some_and(is_cache);
            Some(if cache { SpanLayer::Cache } else { SpanLayer::Database })
        } else if self.queue.is_some() {
            Some(SpanLayer::Mq)
        } else if self.rpc.is_some() {
            Some(SpanLayer::Rpc)
        } else if self.method.is_some() {
            Some(SpanLayer::Http)
        } else {
            self.is_model.then_some(SpanLayer::GenAi)
        }
    }

    fn component(&self, kind: Option<SpanKind>, layer: Option<SpanLayer>) -> Option<i32> {
        match (layer?, kind?) {
            (_, SpanKind::Local) => None,
            (SpanLayer::Http, SpanKind::Entry) => Some(component::HTTP),
            (SpanLayer::Http, _) => Some(component::HTTP_CLIENT),
            (SpanLayer::Rpc, _) if self.rpc.is_some_and(|rpc| is_text(rpc, "grpc")) => {
                Some(component::GRPC)
            }
            (SpanLayer::Rpc, _) => Some(component::RPC),
            // The runtime takes it from the tag that names the system.
            _ => None,
        }
    }

    fn name(&self) -> Option<String> {
        if let Some(name) = self.name {
            return Some(name.to_string());
        }
        if let (Some(service), Some(method)) = (self.rpc_service, self.rpc_method) {
            return Some(format!("/{service}/{method}"));
        }
        let method = self.method?;
        if let Some(route) = self.route {
            return Some(format!("{method}:{route}"));
        }
        Some(format!("{method}:{}", path(self.url?.text()?)))
    }

    fn peer(&self) -> Option<String> {
        if let Some(host) = self.host {
            let host = host.to_string();
            let host = if host.contains(':') { format!("[{host}]") } else { host };
            return Some(match self.port {
                Some(port) => format!("{host}:{port}"),
                None => host,
            });
        }
        if let Some(service) = self.peer_service {
            return Some(service.to_string());
        }
        let url = clean_url(self.url?.text()?);
        let (_, behind) = url.split_once("://")?;
        behind.split('/').next().map(str::to_owned)
    }
}

impl Meaning {
    /// Returns the meaning of fields. Only an Exit span has a peer. `known` is the kind of a span
    /// that exists already.
    pub(crate) fn of(rule: Option<&Rule>, fields: &Fields, known: Option<SpanKind>) -> Self {
        let found = Found::of(fields);
        let kind = known.or(rule.and_then(|rule| rule.kind)).or_else(|| found.kind());
        let layer = rule.and_then(|rule| rule.layer).or_else(|| found.layer());
        // The OAP makes a database of any span with that layer.
        let layer = layer.filter(|layer| {
            kind.is_some_and(|kind| kind != SpanKind::Local) || *layer == SpanLayer::GenAi
        });
        let expanded = |pattern: Option<&str>| pattern.and_then(|text| expand(text, fields));
        let component = rule.and_then(|rule| rule.component);
        let name = expanded(rule.and_then(|rule| rule.name.as_deref()));
        let peer = || expanded(rule.and_then(|rule| rule.peer.as_deref())).or_else(|| found.peer());
        Self {
            kind,
            name: name.or_else(|| found.name()),
            layer,
            component: component.or_else(|| found.component(kind, layer)),
            peer: if kind == Some(SpanKind::Exit) { peer() } else { None },
            failed: found.failed || is_failed(rule, fields),
        }
    }
}

/// Returns true if a field that a rule records as status is an error.
fn is_failed(rule: Option<&Rule>, fields: &Fields) -> bool {
    let statuses = rule.into_iter().flat_map(|rule| &rule.tags);
    let mut statuses = statuses.filter(|(_, tag)| *tag == "http.status_code");
    statuses.any(|(field, _)| fields.get(field).is_some_and(is_http_error))
}

fn kind(text: &str) -> Option<SpanKind> {
    let is = |name: &str| text.eq_ignore_ascii_case(name);
    if is("server") || is("consumer") {
        Some(SpanKind::Entry)
    } else if is("client") || is("producer") {
        Some(SpanKind::Exit)
    } else if is("internal") {
        Some(SpanKind::Local)
    } else {
        None
    }
}

fn number(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Int(number) => Some(number),
        Value::Uint(number) => i64::try_from(number).ok(),
        Value::Text(text) => text.parse().ok(),
        Value::Bool(_) => None,
    }
}

fn is_http_error(value: Value<'_>) -> bool {
    number(value).is_some_and(|status| status >= 400)
}

fn is_text(value: Value<'_>, expected: &str) -> bool {
    match value {
        Value::Text(text) => text.eq_ignore_ascii_case(expected),
        other => other.to_string() == expected,
    }
}

/// Returns true for databases that SkyWalking shows as caches.
fn is_cache(system: &str) -> bool {
    ["redis", "valkey", "memcached"].iter().any(|cache| system.eq_ignore_ascii_case(cache))
}
