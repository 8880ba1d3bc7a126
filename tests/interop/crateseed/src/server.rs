//! The server: service `Service_Test`.

use serde_json::{Value, json};
use skywalking::proto::v3::SpanLayer;
use skywalking::trace::propagation::decoder::decode_propagation;
use skywalking::trace::span::HandleSpanObject as _;
use skywalking::trace::tracer::Tracer;
use tokio::net::{TcpListener, TcpStream};

use crate::{Failed, Options, rpc};

pub(crate) async fn run(tracer: &Tracer, options: &Options) -> Result<(), Failed> {
    let listener = TcpListener::bind(options.value("--listen")?).await?;
    println!("listening on {}", listener.local_addr()?);
    let name = options.named("/Service/OnSnapshot/QueringSnapshot", "/长")?;
    loop {
        let (stream, _) = listener.accept().await?;
        let (tracer, name, twice) = (tracer.clone(), name.clone(), options.twice);
        tokio::spawn(async move {
            if let Err(error) = answer(&tracer, &name, twice, stream).await {
                eprintln!("closed a connection: {error}");
            }
        });
    }
}

async fn answer(tracer: &Tracer, name: &str, twice: bool, mut stream: TcpStream) -> Result<(), Failed> {
    while let Some(request) = rpc::read(&mut stream).await? {
        let body = quering_snapshot(tracer, name, twice, &request["body"]);
        rpc::write(&mut stream, &json!({ "body": body })).await?;
    }
    Ok(())
}

fn quering_snapshot(tracer: &Tracer, name: &str, twice: bool, message: &Value) -> Value {
    let mut context = tracer.create_trace_context();
    let continued =
        rpc::sw8(message).map(decode_propagation).and_then(|read| read.inspect_err(|error| eprintln!("a new trace: {error}")).ok());
    let mut entry = match continued {
        Some(from) => context.create_entry_span_with_propagation(name, &from),
        None => context.create_entry_span(name),
    };
    entry.span_object_mut().span_layer = SpanLayer::RpcFramework as i32;
    if twice {
        entry.add_tag("seed.step", "first");
        entry.add_tag("seed.step", "second");
    }
    let a = message["a"].as_i64().unwrap_or_default();
    if a < 0 {
        let reason = format!("no snapshot of {a}");
        entry.span_object_mut().is_error = true;
        entry.add_log([("event", "error"), ("error.kind", "refused"), ("message", reason.as_str())]);
        return json!({ "error": reason });
    }
    let mut exit = context.create_exit_span("/database/QuerySnapshot", "APIService");
    exit.span_object_mut().span_layer = SpanLayer::Database as i32;
    exit.add_tag("db.type", "sql");
    exit.add_tag("db.statement", "SELECT 1");
    json!("Return Snapshot Info")
}
