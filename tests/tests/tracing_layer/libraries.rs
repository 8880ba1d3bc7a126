//! Spans and events of well-known libraries.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::trace::{DefaultMakeSpan, TraceLayer};

use crate::prelude::*;

const SW8: &str = "1-dHJhY2U=-c2VnbWVudA==-3-Y2FsbGVy-Y2FsbGVyLTE=-L2NhbGw=-aGVyZToxMA==";

/// The events of sqlx 0.8.
fn sqlx_query() {
    tracing::event!(
        target: "sqlx::query",
        tracing::Level::DEBUG,
        summary = "SELECT name FROM items",
        db.statement = "",
        rows_affected = 0_u64,
        rows_returned = 3_u64,
        elapsed = ?std::time::Duration::from_millis(30),
        elapsed_secs = 0.03_f64,
    );
}

/// The span of reqwest-tracing 0.5.
async fn reqwest_call() {
    let span = info_span!(
        "HTTP request",
        http.request.method = "GET",
        url.scheme = "http",
        server.address = "stock",
        server.port = 8080_i64,
        url.full = "http://user:s3cret@stock:8080/items/7?token=s3cret",
        user_agent.original = "",
        otel.kind = "client",
        otel.name = "reqwest-http-client",
        otel.status_code = Empty,
        http.response.status_code = Empty,
    );
    async {
        yields(1).await;
        Span::current().record("http.response.status_code", 404);
        Span::current().record("otel.status_code", "ERROR");
    }
    .instrument(span)
    .await;
}

#[instrument(skip_all)]
async fn handle(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    yields(1).await;
    sqlx_query();
    reqwest_call().await;
    let status = if request.uri().path() == "/broken" {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    };
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    Ok(response)
}

fn request(path: &str) -> Request<Full<Bytes>> {
    let request = Request::get(format!("{path}?token=s3cret"));
    request.header("sw8", SW8).header("cookie", "s3cret").body(Full::default()).unwrap()
}

async fn call<S>(service: S, path: &str)
where
    S: Service<Request<Full<Bytes>>, Error = Infallible>,
{
    drop(service.oneshot(request(path)).await.unwrap_or_else(|error| match error {}));
}

/// What the handler records, below a span that is indented like this.
const HANDLED: &str = "  Local handle\n    \
    Exit sqlx/SELECT name FROM items layer=Database peer=unknown \
    {db.type=sql, db.statement=SELECT name FROM items, db.rows_affected=0, db.rows_returned=3}\n    \
    Exit reqwest-http-client layer=Http component=2 peer=stock:8080 ERROR \
    {http.method=GET, url.scheme=http, url=http://stock:8080/items/7, user_agent.original=, \
    http.status_code=404}\n";

// Feature: spans of `tracing`
#[test]
fn program_with_tracing_alone_shows_entries_locals_and_exits() {
    let trees = shown_async(async {
        let service = ServiceBuilder::new().layer(TraceLayer::new_for_http());
        call(service.service(service_fn(handle)), "/items/7").await;
    });

    assert_eq!(
        trees,
        format!(
            "Entry GET:/items/7 layer=Http component=49 \
             {{http.method=GET, url=/items/7, version=HTTP/1.1, http.status_code=200}}\n{HANDLED}"
        )
    );
    assert!(!trees.contains("s3cret") && is_idle());
}

#[test]
fn failed_request_of_tower_http_is_an_error() {
    let trees = shown_async(async {
        let service = ServiceBuilder::new().layer(TraceLayer::new_for_http());
        call(service.service(service_fn(handle)), "/broken").await;
    });
    let first = trees.lines().next().unwrap();

    assert!(first.starts_with("Entry GET:/broken layer=Http component=49 ERROR {"), "{trees}");
    assert!(first.contains("http.status_code=500"), "{trees}");
    assert!(first.contains("[event=error message=response failed classification="), "{trees}");
}

#[test]
fn trace_of_the_caller_is_joined_in_each_of_three_ways() {
    let joined = |trees: &str| {
        let first = trees.lines().next().unwrap().to_owned();
        assert!(first.contains("ref=CrossProcess"), "{trees}");
        assert!(!trees.contains("s3cret") && !trees.contains("sw8"), "{trees}");
    };

    joined(&shown_async(async {
        let spans = DefaultMakeSpan::new().include_headers(true);
        let service = ServiceBuilder::new().layer(TraceLayer::new_for_http().make_span_with(spans));
        call(service.service(service_fn(handle)), "/items/7").await;
    }));
    joined(&shown(|| {
        info_span!("/call", otel.kind = "server", sw8 = SW8).in_scope(|| ours(|| ()));
    }));
    joined(&shown_async(async {
        let service = ServiceBuilder::new()
            .layer(skywalking_tower::ServerLayer::new())
            .layer(TraceLayer::new_for_http());
        call(service.service(service_fn(handle)), "/items/7").await;
    }));
}

#[test]
fn rules_of_the_program_come_first() {
    use skywalking_tracing::{Rule, TracingLayer, rules};
    use tracing_subscriber::prelude::*;
    let layer = TracingLayer::new()
        .rule(rules::sqlx().peer("db:5432").constant("db.type", "postgresql"))
        .rule(Rule::span("tracing_layer", "get").named("Cache/{key}").tag("key", "cache.key"))
        .build();
    let subscriber = tracing_subscriber::registry().with(layer);
    let trees = tracing::subscriber::with_default(subscriber, || {
        text(&run(|| info_span!("get", key = "k").in_scope(sqlx_query)))
    });

    assert_eq!(
        trees,
        "Local Cache/k {cache.key=k}\n  Exit sqlx/SELECT name FROM items layer=Database \
         component=22 peer=db:5432 {db.type=postgresql, db.statement=SELECT name FROM items, \
         db.rows_affected=0, db.rows_returned=3}\n"
    );
}

#[test]
fn statement_of_the_past_starts_before_it_is_recorded() {
    subscribe();
    let trees = run(|| {
        info_span!("root").in_scope(|| {
            advance(60);
            sqlx_query();
        });
    });
    let statement = &trees[0].root.children[0];

    assert!((28..=32).contains(&(statement.end - statement.start)), "{statement:?}");
}

#[test]
fn databases_queues_and_calls_follow_their_fields() {
    let trees = shown(|| {
        info_span!("root").in_scope(|| {
            info_span!("sea_orm.execute", db.system = "postgresql", db.statement = Empty)
                .in_scope(|| _ = Span::current().record("db.statement", "SELECT 1"));
            info_span!("get", db.system = "redis", db.operation = "GET", server.address = "cache")
                .in_scope(|| ());
            info_span!(
                "send",
                messaging.system = "kafka",
                messaging.operation = "publish",
                messaging.destination.name = "orders",
                server.address = "::1",
                server.port = 9092
            )
            .in_scope(|| ());
            info_span!(
                "call",
                otel.kind = "client",
                rpc.system = "grpc",
                rpc.service = "shop.Stock",
                rpc.method = "Check",
                server.address = "stock",
                rpc.grpc.status_code = 5
            )
            .in_scope(|| ());
        });
    });

    assert_eq!(
        trees,
        "Local root\n  \
         Exit sea_orm.execute layer=Database component=22 peer=unknown \
         {db.type=postgresql, db.statement=SELECT 1}\n  \
         Exit get layer=Cache component=7 peer=cache {cache.type=redis, cache.op=read, \
         cache.cmd=GET}\n  \
         Exit send layer=MQ component=40 peer=[::1]:9092 {mq.type=kafka, \
         messaging.operation=publish, mq.topic=orders}\n  \
         Exit /shop.Stock/Check layer=RPCFramework component=23 peer=stock ERROR \
         {rpc.system=grpc, rpc.service=shop.Stock, rpc.method=Check, rpc.status_code=5}\n"
    );
}

/// The same service twice: with `#[tracing::instrument]`, and with our attributes.
mod equal {
    use super::{Instrument, error, exit_span, info_span, instrument, local_span, yields};

    #[instrument(name = "plan", fields(id = id), skip_all)]
    pub(super) async fn plan_theirs(id: u64) {
        tokio::join!(step_theirs(id), step_theirs(id + 1));
        call_theirs().await;
        tokio::spawn(async { leaf_theirs() }.instrument(info_span!("task"))).await.unwrap();
    }

    #[instrument(name = "step", fields(number), skip_all)]
    async fn step_theirs(number: u64) {
        yields(2).await;
        tracing::Span::current().record("number", number);
        leaf_theirs();
    }

    #[instrument(name = "leaf")]
    fn leaf_theirs() {}

    #[instrument(name = "/check", fields(otel.kind = "client", peer.service = "stock:1"))]
    async fn call_theirs() {
        yields(1).await;
        error!("broken");
    }

    #[local_span(name = "plan", tags("id" = id))]
    pub(super) async fn plan_ours(id: u64) {
        tokio::join!(step_ours(id), step_ours(id + 1));
        call_ours().await;
        skywalking_runtime::spawn("task", async { leaf_ours() }).await.unwrap();
    }

    #[local_span(name = "step")]
    async fn step_ours(number: u64) {
        yields(2).await;
        skywalking_runtime::current().tag("number", number);
        leaf_ours();
    }

    #[local_span(name = "leaf")]
    fn leaf_ours() {}

    #[exit_span(name = "/check", peer = "stock:1")]
    async fn call_ours() {
        yields(1).await;
        let fields: [(&str, &dyn std::fmt::Display); 2] =
            [("event", &"error"), ("message", &"broken")];
        skywalking_runtime::current().set_error().log_fields(&fields);
    }
}

#[test]
fn attributes_of_tracing_and_ours_give_equal_trees() {
    let theirs = shown_async(async { equal::plan_theirs(7).await });
    let ours = shown_async(async { equal::plan_ours(7).await });

    assert_eq!(theirs, ours);
    assert_eq!(ours.lines().count(), 8, "{ours}");
    assert!(is_idle());
}
