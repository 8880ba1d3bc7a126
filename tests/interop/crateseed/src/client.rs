//! The client: service `RTS_Test`.

use std::sync::Arc;

use serde_json::{Value, json};
use skywalking::proto::v3::SpanLayer;
use skywalking::trace::propagation::encoder::encode_propagation;
use skywalking::trace::span::HandleSpanObject as _;
use skywalking::trace::trace_context::TracingContext;
use skywalking::trace::tracer::Tracer;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::{Failed, Options, rpc};

/// The names of spans.
struct Names {
    api: String,
    call: String,
    peer: String,
}

pub(crate) async fn run(tracer: &Tracer, options: &Options) -> Result<(), Failed> {
    let names = Arc::new(Names {
        api: options.named("/API/Snapshot", "/很长")?,
        call: options.named("/Service/OnSnapshot", "/长")?,
        peer: options.named("RTS_Server", ".long")?,
    });
    let (connect, requests) = (options.value("--connect")?.to_owned(), options.number("--requests", 1)?);
    let messages = options.number("--batch", 0)?;
    if messages > 0 {
        let messages: Vec<_> = (0..messages).map(|a| publish(tracer, &names, a)).collect();
        let mut stream = TcpStream::connect(connect).await?;
        let answer = rpc::call(&mut stream, "Req.Batch", json!({ "messages": messages })).await?;
        println!("answered, the last with: {}", answer.as_str().unwrap_or_default());
        return Ok(());
    }
    let mut connections = JoinSet::new();
    for _ in 0..options.number("--connections", 1)? {
        let (tracer, names, connect, a) = (tracer.clone(), Arc::clone(&names), connect.clone(), if options.fail { -1 } else { 3 });
        connections.spawn(async move {
            let mut stream = TcpStream::connect(connect).await?;
            let mut last = String::new();
            for _ in 0..requests {
                last = on_snapshot(&tracer, &names, &mut stream, a).await?;
            }
            Ok::<_, Failed>(last)
        });
    }
    let mut last = String::new();
    while let Some(done) = connections.join_next().await {
        last = done??;
    }
    println!("answered, the last with: {last}");
    Ok(())
}

/// A request of a user. The user's program is not traced.
async fn on_snapshot(tracer: &Tracer, names: &Names, stream: &mut TcpStream, a: i32) -> Result<String, Failed> {
    let mut context = tracer.create_trace_context();
    let mut entry = context.create_entry_span(&names.api);
    let mut exit = context.create_exit_span(&names.call, &names.peer);
    exit.span_object_mut().span_layer = SpanLayer::RpcFramework as i32;
    let header = header(&context, &names.api, &names.peer);
    let answer = rpc::call(stream, "Req.Snapshot", json!({ "a": a, "header": header })).await?;
    let Some(text) = answer.as_str() else {
        let message = format!("error {}", answer["error"]);
        for span in [&mut exit, &mut entry] {
            span.span_object_mut().is_error = true;
            span.add_log([("event", "error"), ("error.kind", "refused"), ("message", &message)]);
        }
        return Ok(message);
    };
    Ok(text.to_owned())
}

/// Creates a message for a batch.
fn publish(tracer: &Tracer, names: &Names, a: u32) -> Value {
    let mut context = tracer.create_trace_context();
    let _entry = context.create_entry_span("/API/Publish");
    let mut exit = context.create_exit_span("/Service/Publish", &names.peer);
    exit.span_object_mut().span_layer = SpanLayer::RpcFramework as i32;
    json!({ "a": a, "header": header(&context, "/API/Publish", &names.peer) })
}

/// The program sets the endpoint. This is the entry's, as the documentation requires.
fn header(context: &TracingContext, endpoint: &str, peer: &str) -> String {
    format!("sw8:{}", encode_propagation(context, endpoint, peer))
}
